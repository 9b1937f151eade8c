"""In chats that are not the bot's: short answers, grown in place, by inline mode and as a guest."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.stories.theatre import Person, StandIns, Theatre, is_final, theatre, words

pytestmark = pytest.mark.anyio


async def test_a_question_is_answered_where_it_was_typed_and_where_the_bot_was_called(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(GREENROOM_INLINE="true", GREENROOM_PACE="0.1")
        ada = await stage.person("Ada")
        elsewhere = ada.at(await stage.group(ada, has_bot=False))

        hint = await offered(stage, elsewhere, "")
        assert hint["results"] == []
        assert hint["button"]["start_parameter"] == "inline"
        assert not await stage.asked(), "typing costs nothing"

        number = await chosen(stage, elsewhere, "what is 6 times 7? [[chunks:12:50]]")
        answer = await completed(stage, elsewhere, number)
        assert "6 times 7" in words(answer).split("\n")[0], "the question stands above"
        assert answer["edit_date"]

        await elsewhere.says("@greenroom_bot who are you? [[chunks:12:50]]")
        (guest,) = await elsewhere.waits_for(1)
        assert "who are you?" in words(guest)
        assert guest["reply_to_message"]["text"].startswith("@greenroom_bot")

        await elsewhere.says("@greenroom_bot a long story [[chunks:200:50]]")
        growing = await stage.until(partial(grows, elsewhere), "words are there")
        await elsewhere.presses(growing, "Stop")
        stopped = await completed(stage, elsewhere, growing["message_id"])
        assert len(words(stopped)) > 20
        assert await stage.until(partial(closed, stage), "the call is closed", 3)

        number = await chosen(stage, elsewhere, "before the crash [[chunks:40:50]]")
        await stage.until(partial(grows, elsewhere), "words are there")
        await stage.kill()
        await stage.start()
        answer = await completed(stage, elsewhere, number)
        assert "before the crash" in words(answer)

        await ada.says("hello at home")
        await ada.waits_for(1)
        assert "6 times 7" not in str((await stage.asked())[-1]), "that talk was another one"
        edits = [call for call in await stage.calls("editMessageText") if call["status"] == 200]
        assert any("inline_message_id" in call["params"] for call in edits)
        refused = [call for call in await stage.calls() if call["status"] not in (200, None)]
        assert refused == []


async def offered(stage: Theatre, person: Person, text: str) -> dict[str, Any]:
    """Type *text* behind the bot's name; return what it offers."""
    query = (await stage.post("ask", **person._where(), text=text))["query"]

    async def answered() -> list[dict[str, Any]]:
        calls = await stage.calls("answerInlineQuery")
        return [c["params"] for c in calls if c["params"]["inline_query_id"] == query]

    found: list[dict[str, Any]] = await stage.until(answered, "something is offered")
    return found[0]


async def chosen(stage: Theatre, person: Person, text: str) -> int:
    """Send what the bot offers for *text*; return the number of the message."""
    offer = await offered(stage, person, text)
    sent = await stage.post(
        "choose",
        **person._where(),
        query=offer["inline_query_id"],
        result=offer["results"][0]["id"],
    )
    return int(sent["message"]["message_id"])


async def completed(stage: Theatre, person: Person, number: int) -> dict[str, Any]:
    """Return message *number* once its answer is complete."""

    async def done() -> dict[str, Any] | None:
        message = (await everything(stage, person))[number]
        return message if is_final(message) and "edit_date" in message else None

    found: dict[str, Any] = await stage.until(done, "the answer is complete")
    return found


async def grows(person: Person) -> dict[str, Any] | None:
    """Return the message in which an answer grows, once it has words."""
    messages = (await everything(person._theatre, person)).values()
    found = [m for m in messages if not is_final(m) and "edit_date" in m and "word9" in words(m)]
    return found[0] if found else None


async def everything(stage: Theatre, person: Person) -> dict[int, dict[str, Any]]:
    shown = await stage.get("chat", chat=person.chat)
    return {int(message["message_id"]): message for message in shown["messages"]}


async def closed(stage: Theatre) -> bool:
    return bool((await stage.asked())[-1]["closed_early_at"])
