"""Every way in which a provider fails, and what the person reads of it, through the whole service.

The rows are those of the models' fault table: the sentence in the person's language, the buttons
under it, and what pressing *Try again* gives. All rows happen at once, to a person each, and to
each of the three adapters.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from service.texts import Texts
from tests.stand_ins.gemini import GeminiStandIn
from tests.stand_ins.openai import OpenAIStandIn
from tests.stand_ins.server import StandIn
from tests.stories.theatre import Person, StandIns, Theatre, is_final, theatre, words

pytestmark = pytest.mark.anyio

END = "END."
"""How a whole answer of a stand-in ends; it begins with BEGIN."""
BROKEN, BLOCKED = "note-interrupted", "problem-blocked"
AGAIN, MORE = "button-retry", "button-continue"
FEW = 10
SHORTLY = "[[429:1:1]]"
PATIENCE = 1.5
"""Seconds that the service waits here for a silent provider."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What happens, and what the person sees of it; without a sentence: the whole answer."""

    mark: str
    says: str = ""
    args: dict[str, str] = field(default_factory=dict)
    buttons: tuple[str, ...] = ()
    begins: bool = False
    """Whether what was written before it is kept above the sentence."""
    only: str = ""
    """Who fails in this way: `google`, or everybody."""


def asked_twice(mark: str, **more: Any) -> Row:
    return Row(mark=mark, says=BROKEN, buttons=(MORE, AGAIN), begins=True, **more)


def told(mark: str, says: str, *buttons: str, **more: Any) -> Row:
    return Row(mark=mark, says=says, buttons=buttons or (AGAIN,), **more)


# The numbers in the marks are exhausted when the person presses the button: then it works.
TABLE = {
    "an invalid signature once": Row(mark="[[signature:1]]", only="google"),
    "an invalid signature twice": told("[[signature:2]]", "problem-unknown", only="google"),
    "a signature that is said to be missing": Row(
        mark="[[finish:MISSING_THOUGHT_SIGNATURE:0:1]]", only="google"
    ),
    "a key that is not valid": told("[[key:1]]", "problem-misconfigured"),
    "401": told("[[401:1]]", "problem-misconfigured"),
    "403": told("[[403:1]]", "problem-misconfigured"),
    "no such model": told("[[404:1]]", "problem-misconfigured"),
    "a disabled account": told(
        "[[finish:PUP_LIMITED_DISABLED:0:1]]", "problem-misconfigured", only="google"
    ),
    "too many tokens once": Row(mark="[[toolong:1]]"),
    "too many tokens twice": told("[[toolong:2]]", "problem-too-long"),
    "a bad request": told("[[400:1]]", "problem-unknown"),
    "a limit per minute that is soon over": Row(mark=SHORTLY),
    "a limit per minute that is not": told(
        "[[429:1:30]]", "problem-rate-limited", args={"seconds": "30"}
    ),
    "the day's quota": told("[[quota:1]]", "problem-quota"),
    "500 twice": Row(mark="[[500:2]]"),
    "503 three times": told("[[503:3]]", "problem-unavailable"),
    "502 twice": Row(mark="[[502:2]]"),
    "504 twice": Row(mark="[[504:2]]"),
    "408 once": Row(mark="[[408:1]]"),
    "a gateway's page": Row(mark="[[html502:1]]", only="google"),
    "a line cut before the first word": Row(mark="[[cut:0:1]]"),
    "a line cut in the middle once": Row(mark="[[cut:2:1]]"),
    "a line cut in the middle twice": asked_twice("[[cut:2:2]]"),
    "a clean end without a reason once": Row(mark="[[nofinish:2:1]]"),
    "a clean end without a reason twice": asked_twice("[[nofinish:2:2]]"),
    "a malformed event before the first word": Row(mark="[[malformed:0:1]]"),
    "a malformed event in the middle twice": asked_twice("[[malformed:2:2]]"),
    "an error in the stream before the first word": Row(mark="[[error:0:1]]"),
    "an error in the middle of the stream twice": asked_twice("[[error:2:2]]"),
    "a blocked prompt": told("[[blocked]]", BLOCKED, ""),
    "a blocked answer": told("[[unsafe:2]]", BLOCKED, ""),
    "a recitation once": Row(mark="[[recite:1]]", only="google"),
    "a recitation twice": told("[[recite:2]]", BLOCKED, "", only="google"),
    "another language once": Row(mark="[[finish:LANGUAGE:0:1]]", only="google"),
    "a reason named OTHER twice": told("[[finish:OTHER:0:2]]", "problem-empty", only="google"),
    "a malformed call once": Row(mark="[[finish:MALFORMED_FUNCTION_CALL:0:1]]", only="google"),
    "a malformed call twice": told(
        "[[finish:MALFORMED_FUNCTION_CALL:0:2]]", "problem-empty", only="google"
    ),
    "a malformed call in the middle twice": asked_twice(
        "[[finish:MALFORMED_FUNCTION_CALL:2:2]]", only="google"
    ),
    "an empty candidate once": Row(mark="[[empty:1]]"),
    "an empty candidate twice": told("[[empty:2]]", "problem-empty"),
    "thoughts that ate the budget once": Row(mark="[[ateall:1]]", only="google"),
    "thoughts that ate the budget twice": told("[[ateall:2]]", "problem-empty", only="google"),
    "the limit of length": Row(mark="[[length]]", buttons=(MORE,)),
    "a reason that nobody knows yet": Row(mark="[[finish:HEAT_DEATH]]", only="google"),
}
SILENCES = {
    "no first word once": Row(mark="[[stall:0:1]]"),
    "no first word ever": told("[[stall:0]]", "problem-unavailable"),
    "silence in the middle once": Row(mark="[[stall:2:1]]"),
    "silence in the middle always": asked_twice("[[stall:2]]"),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A row and whoever it happens to."""

    name: str
    row: Row
    person: Person
    language: str


@asynccontextmanager
async def provider(kind: str) -> AsyncIterator[tuple[StandIn, dict[str, str]]]:
    """Run a provider; yield it with the settings that make it the only one."""
    make: type[StandIn] = OpenAIStandIn if kind == "openai" else GeminiStandIn
    async with make() as server:
        if kind == "openai":
            yield server, {"OPENAI_API_KEY": "story-openai-key", "OPENAI_BASE_URL": server.address}
        else:
            key = {"GEMINI_API_KEY": "story-gemini-key", "GEMINI_BASE_URL": server.address}
            yield server, key | {"GREENROOM_GEMINI_STREAM": kind}


@pytest.mark.parametrize("kind", ["wire", "sdk", "openai"])
async def test_what_people_read_when_a_provider_fails(
    places: StandIns, tmp_path: Path, kind: str
) -> None:
    rows = {name: row for name, row in TABLE.items() if kind != "openai" or not row.only}
    async with house(places, tmp_path, kind) as (server, stage):
        scenes = await _scenes(stage, rows)

        await _all(_plays(scene, stage) for scene in scenes)

        assert "Traceback" not in stage.printed()
        await _check_the_wait(stage, next(each for each in scenes if each.row.mark == SHORTLY))
        for scene in scenes:
            if scene.row.says == BLOCKED:
                (after,) = (call for call in server.calls if f"{scene.person.id}" in call.text)
                assert scene.name not in str(after.body), "nothing of it is said again"


async def test_what_people_read_when_a_provider_falls_silent(
    places: StandIns, tmp_path: Path
) -> None:
    patience = {
        "GREENROOM_MODEL_FIRST_SECONDS": str(PATIENCE),
        "GREENROOM_MODEL_SILENCE_SECONDS": str(PATIENCE),
    }
    async with house(places, tmp_path, "wire", **patience) as (_, stage):
        await _all(_reads(scene) for scene in await _scenes(stage, SILENCES))


async def _check_the_wait(stage: Theatre, scene: Scene) -> None:
    """Make sure that whoever had to wait for a limit was told so meanwhile."""
    line = Texts().plain(scene.language, "progress-waiting", {"seconds": "2"}).strip("*")
    seen = [str(each) for each in await stage.calls() if each["chat"] == scene.person.chat]
    assert any(line in each for each in seen), (line, seen)


@asynccontextmanager
async def house(
    places: StandIns, folder: Path, kind: str, **more: str
) -> AsyncIterator[tuple[StandIn, Theatre]]:
    """Run the service with one provider, asked by the adapter *kind*."""
    async with (
        provider(kind) as (server, settings),
        theatre(places, folder / "data", gemini=False) as stage,
    ):
        await stage.start(GREENROOM_PACING="off", **settings, **more)
        yield server, stage


async def _scenes(stage: Theatre, rows: dict[str, Row]) -> list[Scene]:
    return [
        await _scene(stage, name, row, number % 2)
        for number, (name, row) in enumerate(rows.items())
    ]


async def _all(played: Iterable[Awaitable[None]]) -> None:
    """Play them side by side, a few at a time: each asks Telegram's stand-in again and again."""
    few = asyncio.Semaphore(FEW)

    async def one(play: Awaitable[None]) -> None:
        async with few:
            await play

    ended = await asyncio.gather(*map(one, played), return_exceptions=True)
    wrong = [each for each in ended if each]

    assert not wrong, "\n".join(map(str, wrong))


async def _scene(stage: Theatre, name: str, row: Row, chinese: int) -> Scene:
    language = ("en", "zh-CN")[chinese]
    return Scene(name, row, await stage.person(name[:20], language=language.lower()), language)


async def _plays(scene: Scene, stage: Theatre) -> None:
    """Read what comes, and go on talking."""
    await _reads(scene)
    if AGAIN in scene.row.buttons:
        await _tries_again(scene, stage)
    if scene.row.says == BLOCKED:
        await scene.person.says(f"and now? {scene.person.id}")
        await scene.person.waits_for(2, within=40)


async def _reads(scene: Scene) -> None:
    """Ask, and compare what comes with the table."""
    row, texts = scene.row, Texts()
    await scene.person.says(f"{scene.name} {row.mark}")
    (answer,) = await scene.person.waits_for(1, within=40)
    said = words(answer)
    told = [texts.plain(scene.language, key, row.args) for key in (row.says,) if key]
    assert all(each in said for each in told), (scene.name, said)
    assert said.count(END) == (0 if told else 1), (scene.name, said)
    assert (f"BEGIN Question: {scene.name}" in said) == (row.begins or not told), (scene.name, said)
    assert not {"Traceback", "HTTP", "Error", "story-"} & set(said.split()), (scene.name, said)
    wanted = [texts.plain(scene.language, key) for key in row.buttons if key]
    assert _buttons(answer) == wanted, (scene.name, _buttons(answer))


async def _tries_again(scene: Scene, stage: Theatre) -> None:
    """Press the button; the answer comes in the place of the sentence."""
    (answer,) = await scene.person.sees()
    await scene.person.presses(answer, Texts().plain(scene.language, AGAIN))

    async def whole() -> bool:
        seen = await scene.person.sees()
        return len(seen) == 1 and is_final(seen[0]) and END in words(seen[0])

    await stage.until(whole, f"the answer after {scene.name} stands in its place", 20)


def _buttons(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [key["text"] for row in rows for key in row]
