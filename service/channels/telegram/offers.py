"""What we put in place in chats that are not ours, before anything has been answered.

To whoever types our name and a question anywhere, inline mode offers one thing: to ask it. The
message that they then send shows the question, and the answer grows under it. Offering costs no
question to the model, however fast somebody types.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from actors.ports import Voice
from service.channels.telegram import forms
from service.channels.telegram.addresses import language_of
from service.channels.telegram.keyboards import Keyboards
from service.channels.telegram.methods import NO_PREVIEW, Fragment
from service.channels.telegram.session import Line
from service.channels.telegram.text import Profile

log = logging.getLogger(__name__)

Json = Mapping[str, Any]

AT_ONCE: Final = 64
"""More than so many offers at a time are not made; the next letter that is typed asks again."""
TIMEOUT: Final = 8.0
"""After about ten seconds Telegram takes no offer any more."""
CACHED: Final = 300
"""Seconds for which Telegram may make the same offer to the same person without asking us."""
FIRST: Final = 1
"""The turn of the answer: each of these messages is a chat of its own."""


class Offers:
    """Offers one bot's help to whoever types its name; if somebody is *allowed*, only to them."""

    def __init__(
        self, line: Line, keyboards: Keyboards, voice: Voice, allowed: frozenset[int]
    ) -> None:
        self._line = line
        self._keyboards = keyboards
        self._voice = voice
        self._allowed = allowed
        self._tasks: set[asyncio.Task[None]] = set()

    def soon(self, query: Json) -> None:
        """Offer to answer *query*, without waiting for it."""
        if len(self._tasks) < AT_ONCE:
            task = asyncio.get_running_loop().create_task(self._offer(query))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End what is still under way."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _offer(self, query: Json) -> None:
        user, text = query["from"], str(query.get("query") or "").strip()
        answer: dict[str, Any] = {
            "inline_query_id": str(query["id"]),
            "results": [],
            "is_personal": True,
            "cache_time": CACHED,
        }
        if not self._allowed or int(user["id"]) in self._allowed:
            language = language_of(user)
            if text:
                answer["results"] = [self._article(text, language)]
            else:
                hint = self._voice.plain(language, "inline-hint")
                answer["button"] = {"text": hint, "start_parameter": "inline"}
        try:
            await self._line.call("answerInlineQuery", msgspec.json.encode(answer), timeout=TIMEOUT)
        except Exception as problem:  # too late, or no connection: the next letter asks again
            log.info("an inline query could not be answered: %s", problem)

    def _article(self, question: str, language: str) -> dict[str, Any]:
        heading = self._voice.say(language, "heading", {"question": question})
        body = forms.unpacked(forms.bodies(f"{heading}\n\n{forms.DOTS}", Profile(rich=False))[0])
        title = self._voice.plain(language, "inline-title")
        # Without a button under it, Telegram would not tell us what the message is called.
        return article(title, body, self._keyboards.stop(FIRST, language), description=question)


def article(
    title: str, body: forms.Body, keyboard: Fragment, *, description: str = ""
) -> dict[str, Any]:
    """Return an offer to send *body* as a message, as Telegram wants it."""
    content: dict[str, Any] = {"message_text": body.text, "link_preview_options": NO_PREVIEW}
    if body.has_entities:
        content["entities"] = body.entities
    made: dict[str, Any] = {
        "type": "article",
        "id": "ask",
        "title": title,
        "input_message_content": content,
    }
    if description:
        made["description"] = description
    if keyboard is not msgspec.UNSET:
        made["reply_markup"] = keyboard
    return made
