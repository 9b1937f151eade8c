"""Stop means stop, over HTTP: in every way, after every piece of an answer."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

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
