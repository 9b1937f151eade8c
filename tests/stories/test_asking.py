"""When a model is asked at all: budgets, repeated questions and stops, counted at the provider."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.stories.theatre import StandIns, Theatre, theatre, words

pytestmark = pytest.mark.anyio

PRICES = """
["gemini-3.8-flash"]
input = 0.0
cached = 0.0
output = 40.0
"""
DEAR = "[[chunks:60:0]]"
"""307 tokens, which is a little more than a cent."""


async def test_budgets_repetitions_and_stops_as_the_provider_sees_them(
    places: StandIns, tmp_path: Path
) -> None:
    (tmp_path / "prices.toml").write_text(PRICES)
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(
            GREENROOM_PACING="off",
            GREENROOM_PAUSE_SECONDS="0.1",
            GREENROOM_BUDGET_PERSON="0.01",
            GREENROOM_PRICES=str(tmp_path / "prices.toml"),
            GREENROOM_GEMINI_STREAM="sdk",
        )
        await a_cent_is_spent_once(stage)
        await a_question_again_is_no_call(stage)
        await a_stop_hangs_up(stage)


async def a_cent_is_spent_once(stage: Theatre) -> None:
    ada = await stage.person("Ada")
    await ada.says(f"a dear question {DEAR}")
    await ada.waits_for(1)
    asked = len(await stage.asked())

    await ada.says("a second question")
    *_, refusal = await ada.waits_for(2)

    assert "Your budget of $0.01 for today is used up" in words(refusal)
    assert len(await stage.asked()) == asked, "nobody was asked"


async def a_question_again_is_no_call(stage: Theatre) -> None:
    bob, eve = await stage.person("Bob"), await stage.person("Eve")

    for number, question in enumerate(("how tall is it", "how tall is it"), 1):
        await bob.says(question)
        *_, answer = await bob.waits_for(number)
    assert len(await _about(stage, "how tall is it")) == 1
    assert "The same question, so the same answer." in words(answer)
    assert "Answer anew" in str(answer["reply_markup"])

    await eve.says("how tall is it")
    await eve.waits_for(1)
    assert len(await _about(stage, "how tall is it")) == 2, "chats know nothing of each other"

    await bob.presses(answer, "Answer anew")
    await stage.until(partial(_asked, stage, "how tall is it", 3), "it is answered anew")

    await bob.says("and how wide")
    await bob.waits_for(3)
    await bob.says("how tall is it")
    await stage.until(partial(_asked, stage, "how tall is it", 4), "another one lay between")


async def a_stop_hangs_up(stage: Theatre) -> None:
    kim = await stage.person("Kim")
    await kim.says("a long story [[chunks:100:100]]")
    await stage.until(kim.drafts, "the answer grows")

    pressed = time.time()
    await kim.presses_stop()

    async def closed() -> dict[str, Any] | None:
        (call,) = await _about(stage, "a long story")
        return call if call["closed_early_at"] else None

    call = await stage.until(closed, "the call is closed")
    assert call["closed_early_at"] - pressed < 3.0  # 0.3 on a machine of its own: test_stop.py
    (kept,) = await kim.waits_for(1)
    assert "BEGIN" in words(kept)
    assert "END." not in words(kept)


async def _about(stage: Theatre, question: str) -> list[dict[str, Any]]:
    return [call for call in await stage.asked() if question in call["text"]]


async def _asked(stage: Theatre, question: str, times: int) -> bool:
    return len(await _about(stage, question)) == times
