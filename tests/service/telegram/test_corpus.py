"""Whatever a model writes, in whatever pieces: each call is taken, and every letter arrives."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from actors.ports import Address
from fsm.outbox import Answer
from tests.service.telegram.conftest import ADA, TRIP, Stage, answer
from tests.service.telegram.text.checks import rich_text
from tests.service.telegram.text.documents import document, letters

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

SOAK = os.environ.get("GREENROOM_SOAK") == "1"
DOCUMENTS = 2000 if SOAK else 12
LONG = 100 if SOAK else 4
"""Every so many-th document has up to 30 000 characters."""
WAYS = ("draft", "edit", "final")


@pytest.mark.parametrize("plain", [False, True], ids=["rich", "plain"])
@pytest.mark.parametrize("way", WAYS)
async def test_every_call_is_taken_and_every_letter_arrives(
    stage: Stage, way: str, plain: bool
) -> None:
    address = TRIP if way == "edit" else ADA
    for seed in range(WAYS.index(way) + 3 * plain, DOCUMENTS, 6):
        made = document(seed, blocks=8 if seed % (DOCUMENTS // LONG) else 120)
        calls = len(stage.api.calls)
        before = set(stage.api.world.chat(address.chat).messages)
        edit = await bubble(stage, address) if way == "edit" else 0
        if way != "final":
            await grow(stage, address, made.markdown[:30_000], edit, seed, plain=plain)
        whole = answer(stage.telegram, made.markdown, plain=plain, edit=edit, turn=seed + 1)
        for index in range(len(whole.parts)):
            await stage.telegram.deliver(address, whole, index, mark="")

        refused = [c for c in list(stage.api.calls)[calls:] if not fine(c)]
        assert refused == [], (seed, made.markdown)
        shown = stage.api.world.chat(address.chat).messages
        said = "\n".join(words(shown[number]) for number in sorted(set(shown) - before))
        for _, url in made.links:
            said = said.replace(f" ({url})", "")
        assert letters(said) == made.visible, (seed, made.markdown)


async def bubble(stage: Stage, address: Address) -> int:
    """Send the message that an answer grows in."""
    first = Answer(id=1, parts=answer(stage.telegram, "x").parts, turn=1, bubble=True)
    return int(await stage.telegram.deliver(address, first, 0, mark=""))


async def grow(
    stage: Stage, address: Address, text: str, edit: int, seed: int, *, plain: bool
) -> None:
    """Show *text* as it grows, in pieces of random length."""
    chance, at = random.Random(seed), 0
    most = max(90, len(text) // 12)
    while at < len(text):
        at += chance.randint(1, most)
        await stage.telegram.preview(
            address, turn=seed + 1, attempt=1, text=text[:at], bubble=edit, plain=plain
        )


def fine(call: dict[str, Any]) -> bool:
    """Whether Telegram took *call*; an edit that changes nothing does no harm."""
    return call["status"] in (200, None) or "not modified" in call.get("description", "")


def words(message: dict[str, Any]) -> str:
    """Return what a client shows of *message*."""
    rich = message.get("rich_message")
    return str(message["text"]) if rich is None else rich_text(rich["blocks"])
