"""Growing answers: drafts in private, edits elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actors.ports import Address, Growth, PenaltyError, RefusedError
from service.channels.telegram import forms
from service.channels.telegram.channel import Telegram
from service.channels.telegram.marks import turn_of
from service.channels.telegram.previews import PATIENCE, REFRESH
from service.channels.telegram.text.markdown import Parsed, parsed
from service.texts import Texts
from tests.service.telegram.conftest import ADA, TOKEN, TRIP, Stage, answer

pytestmark = pytest.mark.anyio

DRAFTS = ("sendMessageDraft", "sendRichMessageDraft")


async def show(stage: Stage, to: Address, text: str, **more: Any) -> None:
    given: dict[str, Any] = {"turn": 3, "attempt": 1, "bubble": 0, "plain": False, **more}
    await stage.telegram.preview(to, text=text, **given)


async def test_before_the_first_word_there_is_an_empty_draft_with_a_stop(stage: Stage) -> None:
    await show(stage, ADA, "")

    (call,) = stage.calls(*DRAFTS)
    assert call["status"] == 200
    assert "text" not in call["params"]
    assert call["params"]["can_stop"] is True
    assert turn_of(call["params"]["draft_id"]) == 3


async def test_a_growing_text_grows_in_one_draft(stage: Stage) -> None:
    for text in ("Hello", "Hello **wor", "Hello **world**"):
        await show(stage, ADA, text)

    calls = stage.calls(*DRAFTS)
    assert [call["params"]["text"] for call in calls] == ["Hello", "Hello wor", "Hello world"]
    assert len({call["params"]["draft_id"] for call in calls}) == 1


async def test_another_attempt_is_another_draft(stage: Stage) -> None:
    await show(stage, ADA, "Hello")
    await show(stage, ADA, "Hi", attempt=2)

    first, second = stage.calls(*DRAFTS)
    assert first["params"]["draft_id"] != second["params"]["draft_id"]


async def test_what_has_not_changed_is_shown_again_only_before_it_fades(stage: Stage) -> None:
    clock = [100.0]
    stage.telegram._previews._clock = lambda: clock[0]
    await show(stage, ADA, "Hello")
    await show(stage, ADA, "Hello")
    assert len(stage.calls(*DRAFTS)) == 1

    await show(stage, ADA, "Hello", refresh=True)
    assert len(stage.calls(*DRAFTS)) == 2

    clock[0] += REFRESH
    await show(stage, ADA, "Hello")
    assert len(stage.calls(*DRAFTS)) == 3


async def test_a_table_is_previewed_as_it_will_be(stage: Stage) -> None:
    await show(stage, ADA, "| a | b |\n|---|---|\n| 1 | 2 |\n")

    (call,) = stage.calls(*DRAFTS)
    assert call["method"] == "sendRichMessageDraft"


async def test_a_refused_rich_draft_becomes_a_classic_one(stage: Stage) -> None:
    text = "| a | b |\n|---|---|\n| 1 | 2 |\n"
    stage.fail("refuse", method="sendRichMessageDraft")
    with pytest.raises(RefusedError):
        await show(stage, ADA, text)

    await show(stage, ADA, text)

    assert [call["method"] for call in stage.calls(*DRAFTS)] == list(reversed(DRAFTS))


async def test_a_long_draft_goes_on_with_its_current_page_under_a_new_id(stage: Stage) -> None:
    text = "word " * 1500
    await show(stage, ADA, text[:3000], plain=True)
    await show(stage, ADA, text, plain=True)

    first, second = stage.calls(*DRAFTS)
    assert first["params"]["draft_id"] != second["params"]["draft_id"]
    assert len(second["params"]["text"]) < 4096
    assert turn_of(second["params"]["draft_id"]) == 3


async def test_a_penalty_is_told(stage: Stage) -> None:
    stage.fail("429", seconds=3)

    with pytest.raises(PenaltyError):
        await show(stage, ADA, "Hello")


async def test_a_group_without_a_bubble_shows_nothing(stage: Stage) -> None:
    await show(stage, TRIP, "Hello")

    assert stage.calls("editMessageText", "sendMessage", *DRAFTS) == []


async def test_a_bubble_grows_by_edits_and_keeps_its_stop(stage: Stage) -> None:
    bubble = await stage.telegram.deliver(
        TRIP, answer(stage.telegram, "", bubble=True, turn=3, language="zh-CN"), 0, mark=""
    )
    for text in ("Hello", "Hello", "Hello **world**"):
        await show(stage, TRIP, text, bubble=bubble, language="zh-CN")

    (shown,) = stage.shown(TRIP)
    stop = shown["reply_markup"]["inline_keyboard"][0][0]
    assert (shown["text"], stop["text"], stop["callback_data"]) == (
        "Hello world",
        "停止",
        "g:stop:3",
    )
    assert len(stage.calls("editMessageText")) == 2


@pytest.mark.parametrize("to", [ADA, TRIP])
async def test_an_answer_given_again_grows_in_its_old_place(stage: Stage, to: Address) -> None:
    (old,) = [await stage.telegram.deliver(to, answer(stage.telegram, "old"), 0, mark="")]

    await show(stage, to, "", turn=4, bubble=old)
    (message,) = stage.shown(to)
    assert message["text"] == forms.DOTS
    assert message["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "g:stop:4"

    await show(stage, to, "see https://example.org", turn=4, bubble=old)
    (message,) = stage.shown(to)
    assert message["text"] == "see https://example.org"
    assert stage.calls(*DRAFTS) == []
    shown = stage.calls("editMessageText")[-1]["params"]
    assert shown["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize("plain", [True, False])
async def test_a_long_bubble_stays_at_page_one_and_says_that_more_follows(
    stage: Stage, plain: bool
) -> None:
    bubble = await stage.telegram.deliver(
        TRIP, answer(stage.telegram, "", bubble=True, turn=3), 0, mark=""
    )
    text = "\n\n".join(f"paragraph {n} " + "word " * 100 for n in range(80))

    await show(stage, TRIP, text, bubble=bubble, plain=plain)

    (shown,) = stage.shown(TRIP)
    more = Texts().say("en", "more-follows")
    assert more in str(shown)
    first = forms.unpacked(stage.telegram.paginate(text, plain=plain)[0])
    if plain:
        assert shown["text"] == f"{first.text}\n{more}"


@pytest.mark.parametrize(
    "text", ["Hello **world**", "- a\n- b\n\n```py\nx = 1\n```", "word " * 1500]
)
async def test_the_last_preview_of_page_one_is_what_the_final_says(stage: Stage, text: str) -> None:
    await show(stage, ADA, text[:4000])
    whole = answer(stage.telegram, text)
    await stage.telegram.deliver(ADA, whole, 0, mark="")

    preview = stage.calls(*DRAFTS)[-1]["params"]
    final = stage.calls("sendMessage", "sendRichMessage")[-1]["params"]
    if "text" in preview and "text" in final:
        assert final["text"].startswith(preview["text"].rstrip())


async def test_of_an_answer_that_was_seen_growing_only_the_end_is_read_for_the_final(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n\n".join(f"Paragraph {n} with **some** words.\n\n- and `code`" for n in range(60))
    whole = stage.telegram.paginate(text, plain=False)
    await show(stage, ADA, text[:-40])
    read: list[int] = []

    def counting(source: str) -> Parsed:
        read.append(len(source))
        return parsed(source)

    monkeypatch.setattr("service.channels.telegram.text.preview.parsed", counting)

    assert stage.telegram.paginate(text, plain=False, grown=ADA) == whole
    assert 0 < sum(read) < 200
    assert stage.telegram.paginate("Another.", plain=False, grown=ADA) == (
        stage.telegram.paginate("Another.", plain=False)
    )
    assert stage.telegram.paginate(text, plain=True, grown=ADA) == (
        stage.telegram.paginate(text, plain=True)
    )


async def test_a_forgotten_preview_begins_anew(stage: Stage) -> None:
    await show(stage, ADA, "Hello")
    stage.telegram.forget_preview(ADA)
    await show(stage, ADA, "Hello")

    assert len(stage.calls(*DRAFTS)) == 2
    assert len(stage.telegram._previews._growing) == 1


async def test_an_old_server_without_drafts_is_not_asked_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.playground import schema

    known = {name: model for name, model in schema._models().items() if "draft" not in name}
    monkeypatch.setattr(schema, "_models", lambda: known)
    for _ in range(2):
        with pytest.raises(RefusedError):
            await show(stage, ADA, "| a |\n|---|\n| 1 |\n")
    before = stage.api.calls_ever

    await show(stage, ADA, "Hello")

    assert stage.api.calls_ever == before


async def test_where_drafts_are_punished_again_and_again_answers_grow_by_edits(
    stage: Stage,
) -> None:
    growth = stage.telegram.growth
    assert (growth(ADA), growth(TRIP)) == (Growth.DRAFT, Growth.BUBBLE)
    for number in range(PATIENCE):
        assert growth(ADA) is Growth.DRAFT
        stage.fail("429", seconds=0.01)
        with pytest.raises(PenaltyError):
            await show(stage, ADA, f"text {number}")
        stage.api.limits.penalties.clear()

    assert growth(ADA) is Growth.BUBBLE
    assert growth(replace(ADA, chat=1002)) is Growth.DRAFT, "others are as before"


@pytest.mark.parametrize(
    ("transport", "private", "group"),
    [
        ("draft", Growth.DRAFT, Growth.BUBBLE),
        ("edit", Growth.BUBBLE, Growth.BUBBLE),
        ("final", Growth.UNSEEN, Growth.UNSEEN),
    ],
)
async def test_the_operator_decides_how_answers_grow(
    stage: Stage, transport: Any, private: Growth, group: Growth
) -> None:
    chosen = Telegram(TOKEN, stage.base, voice=Texts(), transport=transport)

    assert (chosen.growth(ADA), chosen.growth(TRIP)) == (private, group)
