"""Drafts live thirty seconds, make way for messages, and can be stopped."""

from __future__ import annotations

from typing import Any

import pytest

from service.playground import people
from service.playground.people import place
from service.playground.refusals import Refusal
from tests.service.playground.bot import Bot
from tests.service.playground.conftest import ADA, LIN, Stand

pytestmark = pytest.mark.anyio


def shown(stand: Stand) -> list[Any]:
    return [(draft.id, draft.content.get("text")) for draft in stand.api.world.live_drafts()]


async def test_a_draft_fades_after_thirty_seconds_unless_it_is_said_again(
    stand: Stand, bot: Bot
) -> None:
    draft = {"chat_id": ADA, "draft_id": 1}
    await bot.call("sendMessageDraft", **draft, text="so")
    stand.clock.now += 29
    await bot.call("sendMessageDraft", **draft, text="so far")
    stand.clock.now += 29
    assert shown(stand) == [(1, "so far")]

    stand.clock.now += 1

    assert shown(stand) == []


async def test_a_message_takes_the_draft_of_its_own_chat_away(stand: Stand, bot: Bot) -> None:
    for chat in (ADA, LIN):
        await bot.call("sendMessageDraft", chat_id=chat, draft_id=chat, text="so")

    await bot.call("sendMessage", chat_id=ADA, text="so it was")

    assert shown(stand) == [(LIN, "so")]


async def test_no_words_at_all_mean_thinking(stand: Stand, bot: Bot) -> None:
    await bot.call("sendMessageDraft", chat_id=ADA, draft_id=1)

    assert shown(stand) == [(1, "")]


async def test_a_rich_draft_may_think_but_carry_no_media(stand: Stand, bot: Bot) -> None:
    thinking = {"blocks": [{"type": "thinking", "text": "Reading the photo"}]}
    draft = {"chat_id": ADA, "draft_id": 1}

    await bot.call("sendRichMessageDraft", **draft, rich_message=thinking)

    assert stand.api.world.live_drafts()[0].content == {"rich_message": thinking}
    photo = {"blocks": [{"type": "photo", "photo": {"type": "photo", "media": "attach://x"}}]}
    said = await bot.refused("sendRichMessageDraft", **draft, rich_message=photo)
    assert said == "400 Bad Request: media can't be sent in a draft"


async def test_stop_is_told_once_and_later_words_of_that_draft_are_not_shown(
    stand: Stand, bot: Bot
) -> None:
    await bot.updates(wait=0)
    draft = {"chat_id": ADA, "draft_id": 7, "can_stop": True}
    await bot.call("sendMessageDraft", **draft, text="so")
    here = place(stand.api.world, ADA)

    people.stop(stand.api.world, here)
    with pytest.raises(Refusal, match="no draft to stop"):
        people.stop(stand.api.world, here, draft_id=8)
    await bot.call("sendMessageDraft", **draft, text="so far")

    told = [each["stopped_message_generation"] for each in await bot.updates(wait=0)]
    assert [each["draft_id"] for each in told] == [7]
    assert stand.api.world.drafts[ADA, None].stopped


async def test_a_draft_without_a_stop_button_cannot_be_stopped(stand: Stand, bot: Bot) -> None:
    await bot.call("sendMessageDraft", chat_id=ADA, draft_id=1, text="so")

    with pytest.raises(Refusal, match="no draft to stop"):
        people.stop(stand.api.world, place(stand.api.world, ADA))
