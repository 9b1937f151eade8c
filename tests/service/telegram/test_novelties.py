"""A newer Bot API is noticed by the names of what it sends, and by nothing else."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from service.channels.telegram.aiogram_light import load
from service.channels.telegram.known import KNOWN, OLD
from service.channels.telegram.novelties import Novelties
from tests.service.telegram.conftest import Stage
from tests.service.telegram.test_poller import polling

MODELS = {
    "message": "Message",
    "edited_message": "Message",
    "guest_message": "Message",
    "callback_query": "CallbackQuery",
    "my_chat_member": "ChatMemberUpdated",
    "message_reaction": "MessageReactionUpdated",
    "stopped_message_generation": "MessageGenerationStopped",
    "inline_query": "InlineQuery",
    "chosen_inline_result": "ChosenInlineResult",
}


def fields(name: str) -> set[str]:
    load()
    model = getattr(sys.modules["aiogram.types"], name)
    return {field.alias or key for key, field in model.model_fields.items()}


def seen(*updates: dict[str, Any]) -> tuple[str, ...]:
    novelties = Novelties()
    for update in updates:
        novelties.look(update)
    return novelties.names


def test_we_know_what_aiogram_knows() -> None:
    """When this fails, aiogram has a newer Bot API: copy its names, and read its changes."""
    assert set(KNOWN) == fields("Update")
    for kind, names in KNOWN.items():
        if names is not None:
            assert names - OLD == fields(MODELS[kind]) - OLD, kind


def test_each_name_is_noted_once_and_no_content() -> None:
    update = {"update_id": 1, "message": {"text": "secret", "telepathy": {"said": "secret"}}}

    found = seen(update, update, {"update_id": 2, "dream": {"text": "secret"}})

    assert found == ("message.telepathy", "dream")


def test_what_is_known_is_no_news() -> None:
    old = {"message_id": 1, "from": {}, "new_chat_participant": {}}
    kinds = {"message": old, "poll": {"anything": 1}, "callback_query": {"id": "1", "from": {}}}

    assert seen({"update_id": 1, **kinds}) == ()


def test_what_does_not_look_like_a_name_is_not_passed_on() -> None:
    assert seen({"message": {"Hello, this is content": 1}, "x" * 65: 1}) == ()
    assert len(seen({f"kind_{n}": 1 for n in range(1000)})) == 50


@pytest.mark.anyio
async def test_updates_that_come_in_are_looked_at(stage: Stage) -> None:
    stage.say("one")
    stage.api.world.updates.put_raw({"telegraph": {"words": "secret"}})

    await polling(stage, lambda arrived: len(arrived) == 2)

    assert stage.telegram.novelties.names == ("telegraph",)
