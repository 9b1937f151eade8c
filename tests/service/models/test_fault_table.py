"""Every way in which Gemini fails, and what the person gets to see of it.

Real HTTP to a stand-in, the real adapter, a real chat around it; only the sentences are keys.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from service.models.gemini_wire import GeminiWire
from service.models.tries import Deadlines, Patience
from tests.actors.world import PRIVATE, World, life
from tests.contracts.model import KEY
from tests.stand_ins.gemini import GeminiStandIn

pytestmark = pytest.mark.anyio

WHOLE = "END."
"""An answer that came to its end."""
BROKEN = "<note-interrupted>"
NOW_AND_THEN = 0.4
"""Seconds that the adapter waits here for a silent server."""

TABLE = {
    # what Gemini does                            the mark               what the person sees
    "an invalid signature once": ("[[signature:1]]", WHOLE),
    "an invalid signature always": ("[[signature]]", "<problem-unknown>"),
    "a missing signature as a finish reason": ("[[finish:MISSING_THOUGHT_SIGNATURE:0:1]]", WHOLE),
    "a key that is not valid": ("[[key]]", "<problem-misconfigured>"),
    "401": ("[[401]]", "<problem-misconfigured>"),
    "403": ("[[403]]", "<problem-misconfigured>"),
    "no such model": ("[[404]]", "<problem-misconfigured>"),
    "a disabled account": ("[[finish:PUP_LIMITED_DISABLED:0]]", "<problem-misconfigured>"),
    "too many tokens once": ("[[toolong:1]]", WHOLE),
    "too many tokens always": ("[[toolong]]", "<problem-too-long>"),
    "a bad request": ("[[400]]", "<problem-unknown>"),
    "a limit per minute that is soon over": ("[[429:1:0]]", WHOLE),
    "a limit per minute that is not": ("[[429:9:30]]", "<problem-rate-limited>"),
    "the day's quota": ("[[quota]]", "<problem-quota>"),
    "500 twice": ("[[500:2]]", WHOLE),
    "503 always": ("[[503]]", "<problem-unavailable>"),
    "408 once": ("[[408:1]]", WHOLE),
    "a gateway's page": ("[[html502:1]]", WHOLE),
    "a line cut before the first word": ("[[cut:0:1]]", WHOLE),
    "a line cut in the middle once": ("[[cut:2:1]]", WHOLE),
    "a line cut in the middle always": ("[[cut:2]]", BROKEN),
    "a clean end without a reason once": ("[[nofinish:2:1]]", WHOLE),
    "a clean end without a reason always": ("[[nofinish:2]]", BROKEN),
    "a malformed event before the first word": ("[[malformed:0:1]]", WHOLE),
    "a malformed event in the middle always": ("[[malformed:2]]", BROKEN),
    "an error inside the stream always": ("[[error:2]]", BROKEN),
    "no first word once": ("[[stall:0:1]]", WHOLE),
    "no first word ever": ("[[stall:0]]", "<problem-unavailable>"),
    "silence in the middle once": ("[[stall:2:1]]", WHOLE),
    "silence in the middle always": ("[[stall:2]]", BROKEN),
    "a blocked prompt": ("[[blocked]]", "<problem-blocked>"),
    "a blocked answer": ("[[unsafe:2]]", "<problem-blocked>"),
    "a recitation once": ("[[recite:1]]", WHOLE),
    "a recitation always": ("[[recite]]", "<problem-blocked>"),
    "another language once": ("[[finish:LANGUAGE:0:1]]", WHOLE),
    "a malformed call once": ("[[finish:MALFORMED_FUNCTION_CALL:0:1]]", WHOLE),
    "a malformed call always": ("[[finish:MALFORMED_FUNCTION_CALL:0]]", "<problem-empty>"),
    "an empty candidate once": ("[[empty:1]]", WHOLE),
    "an empty candidate always": ("[[empty]]", "<problem-empty>"),
    "thoughts that ate the budget once": ("[[ateall:1]]", WHOLE),
    "thoughts that ate the budget always": ("[[ateall]]", "<problem-empty>"),
    "the limit of length": ("[[length]]", WHOLE),
    "a reason that nobody knows yet": ("[[finish:HEAT_DEATH]]", WHOLE),
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    deadlines = Deadlines(first=NOW_AND_THEN, silence=NOW_AND_THEN)
    async with (
        GeminiStandIn() as server,
        GeminiWire(
            KEY,
            base_url=server.address,
            deadlines=deadlines,
            patience=Patience(first_pause=0.0, longest_pause=0.0),
            draw=lambda low, high: low,
        ) as model,
        life(model=model, page=4000) as world,  # type: ignore[arg-type]
    ):
        world.channel.delay = 0.0
        yield world


@pytest.mark.parametrize("row", TABLE)
async def test_what_the_person_sees(world: World, row: str) -> None:
    mark, seen = TABLE[row]

    world.says(f"private words {mark}")
    await world.until(lambda: world.channel.texts(PRIVATE), within=10)

    (answer,) = world.channel.texts(PRIVATE)
    assert seen in answer
    assert ("Traceback" in answer, "HTTP" in answer, KEY in answer) == (False, False, False)
    if seen in (WHOLE, BROKEN):
        assert answer.startswith("BEGIN Question: private words.")


async def test_after_a_block_the_talk_goes_on_without_it(world: World) -> None:
    world.says("something forbidden [[blocked]]")
    await world.until(lambda: len(world.channel.texts(PRIVATE)) == 1, within=10)
    world.says("something else")
    await world.until(lambda: len(world.channel.texts(PRIVATE)) == 2, within=10)

    assert "forbidden" not in world.channel.texts(PRIVATE)[1]
