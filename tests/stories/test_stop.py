"""Stop means stop, over HTTP: in every way, after every piece of an answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from service.channels.telegram.marks import draft_id
from tests.stories.theatre import Person, StandIns, Theatre, is_final, theatre, words

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

SOAK = os.environ.get("GREENROOM_SOAK") == "1"
PIECES, GAP = 40, 0.06
MOMENTS = range(1, 12) if SOAK else (2,)
CLOSED_WITHIN = 0.3 if SOAK else 3.0
"""Seconds; a test run shares its machine with others."""


async def by_draft(person: Person, _question: int) -> None:
    await person._theatre.until(person.drafts, "there is a draft")
    await person.presses_stop()


async def by_button(person: Person, _question: int) -> None:
    async def growing() -> list[dict[str, Any]]:
        return [each for each in await person.sees() if not is_final(each)]

    (bubble,) = await person._theatre.until(growing, "the answer grows")
    await person.presses(bubble, "Stop")


async def by_command(person: Person, _question: int) -> None:
    await person.says("/stop")


async def by_edit(person: Person, question: int) -> None:
    await person.edits(question, "something else")


WAYS: dict[str, Callable[[Person, int], Awaitable[None]]] = {
    "draft": by_draft,
    "button": by_button,
    "command": by_command,
    "edit": by_edit,
}


async def test_after_every_piece_the_call_is_closed_and_one_message_says_what_there_was(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(GREENROOM_PACE="0.1")
        tries = [(way, moment) for way in WAYS for moment in MOMENTS]
        async with asyncio.timeout(240):
            took = [await stopped(stage, way, moment) for way, moment in tries]
        assert max(took) <= CLOSED_WITHIN, took


async def stopped(stage: Theatre, way: str, moment: int) -> float:
    """Stop an answer after *moment* pieces; return how long its call stayed open."""
    ada = await stage.person("Ada")
    name = ""
    if way == "button":
        ada, name = ada.at(await stage.group(ada)), "@greenroom_bot "
    mark = f"m{ada.id}-{moment}"
    question = await ada.says(f"{name}{mark} [[chunks:{PIECES}:{int(GAP * 1000)}]]")
    call = await stage.until(partial(_begun, stage, mark), "the model speaks")
    await stage.until(partial(_past, call["first_byte_at"] + moment * GAP), "the piece is there")

    pressed = time.time()
    await WAYS[way](ada, question)

    call = await stage.until(partial(_closed, stage, mark), "the call is closed")
    (first,) = await ada.waits_for(1)
    if way == "edit":
        assert "something else" in words(first)
    else:
        numbers = [int(number) for number in re.findall(r"\bword(\d+)", words(first))]
        assert numbers == list(range(len(numbers))), "what was written, and nothing after it"
        assert "END." not in words(first)
    await ada.says(f"{name}and now?")
    seen = await ada.waits_for(2)
    assert len(seen) == 2
    assert "and now?" in words(seen[1])
    return float(call["closed_early_at"] - pressed)


@pytest.mark.parametrize("killed", [False, True], ids=["live", "replayed"])
async def test_a_question_and_its_stop_that_come_together_leave_one_message(
    places: StandIns, tmp_path: Path, *, killed: bool
) -> None:
    """Of four ways to stop three leave nothing to answer; the edit leaves its new form."""
    async with theatre(places, tmp_path / "data") as stage:
        people = {way: await _asking_and_stopping(stage, way) for way in WAYS}
        if killed:
            with contextlib.suppress(AssertionError):  # it may die before anybody looks
                await stage.start(mine="heard:1", GREENROOM_PAUSE_SECONDS="0.1")
            assert stage.service is not None
            await stage.service.ended()
        await stage.start(GREENROOM_PAUSE_SECONDS="0.1")

        for way, (person, mark) in people.items():
            (only,) = await person.waits_for(1)
            calls = [call for call in await stage.asked() if mark in call["text"]]
            if way == "edit":
                assert f"{mark} better" in words(only)
                assert len(calls) <= 2
            else:
                assert words(only) == "Stopped."
                assert len(calls) <= 1
            await person.says(f"@greenroom_bot {mark} and now?")
            assert len(await person.waits_for(2)) == 2
        for call in await stage.asked():
            if "[[chunks" in call["text"] and "better" not in call["text"]:
                assert call["closed_early_at"], "what was asked for nothing is closed"


async def _asking_and_stopping(stage: Theatre, way: str) -> tuple[Person, str]:
    """Let somebody ask and stop it at once, while nobody listens."""
    ada = await stage.person("Ada")
    mark = f"q{ada.id}"
    if way == "button":
        ada = ada.at(await stage.group(ada))
    question = await ada.says(f"@greenroom_bot {mark} [[chunks:40:60]]")
    chat = {"id": ada.chat, "type": "private" if ada.chat > 0 else "supergroup", "title": "x"}
    if way == "draft":
        stopped = {"chat": chat, "draft_id": draft_id(1, 1)}
        await stage.post("inject", update={"stopped_message_generation": stopped})
    elif way == "button":
        user = {"id": ada.id, "is_bot": False, "first_name": "Ada", "language_code": "en"}
        query = {"id": "1", "from": user, "chat_instance": "1", "data": "g:stop:1"}
        query["message"] = {"message_id": question + 1, "date": 0, "chat": chat}
        await stage.post("inject", update={"callback_query": query})
    elif way == "command":
        await ada.says("/stop")
    else:
        await ada.edits(question, f"@greenroom_bot {mark} better")
    return ada, mark


async def _call(stage: Theatre, mark: str) -> dict[str, Any] | None:
    """Return the first call that was about *mark*."""
    found = [call for call in await stage.asked() if mark in call["text"]]
    return found[0] if found else None


async def _begun(stage: Theatre, mark: str) -> dict[str, Any] | None:
    call = await _call(stage, mark)
    return call if call and call["first_byte_at"] else None


async def _closed(stage: Theatre, mark: str) -> dict[str, Any] | None:
    call = await _call(stage, mark)
    return call if call and call["closed_early_at"] else None


async def _past(moment: float) -> bool:
    return time.time() >= moment
