"""Questions from chats that are not ours: inline mode and guest mode.

Each is a chat of its own, with one message in it and nothing before it. What is said there is
read by people who did not call us, so it is short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from actors.ports import Routed
from fsm.content import Prompt
from fsm.events import Asked
from service.channels.telegram.addresses import foreign, language_of, person_key
from service.channels.telegram.hearing import Heard
from service.channels.telegram.marks import press
from service.channels.telegram.pressing import event_of

Json = Mapping[str, Any]

UPDATES: Final = ("inline_query", "chosen_inline_result", "guest_message")
"""What Telegram has to be asked for, to hear of them."""
BRIEF: Final = "brief"
"""The instruction that every question from there carries."""


class Abroad:
    """Understands what happens in chats that are not ours; *welcome* tells who may call us."""

    def __init__(self, welcome: Callable[[int], bool]) -> None:
        self._welcome = welcome

    def chosen(self, bot: str, chosen: Json) -> Routed | None:
        """Somebody has sent the message that we offered; it waits for its answer."""
        name, user = str(chosen["inline_message_id"]), chosen["from"]
        text = str(chosen.get("query") or "").strip()
        if not text or not self._welcome(int(user["id"])):
            return None
        person = person_key(int(user["id"]))
        prompt = Prompt(
            text=text, instruction=BRIEF, place=name, person=person, language=language_of(user)
        )
        return Routed(address=foreign(bot, name), event=Asked(prompt=prompt), person=person)

    def called(self, heard: Heard, prompt: Prompt) -> Routed:
        """Somebody has called us by our name; whoever reads the answer sees the question."""
        ticket = str(heard.message["guest_query_id"])
        asked = replace(
            prompt,
            instruction=BRIEF,
            ticket=ticket,
            message=0,
            reply_to=0,
            replies_to=0,
            album="",
            author="",
        )
        return Routed(address=heard.address, event=Asked(prompt=asked), person=prompt.person)

    def pressed(self, bot: str, query: Json) -> Routed | None:
        """Somebody has pressed a button under an answer of ours."""
        user, wanted = query["from"], press(str(query.get("data") or ""))
        if wanted is None or not self._welcome(int(user["id"])):
            return None
        return Routed(
            address=foreign(bot, str(query["inline_message_id"]), wanted.chat),
            event=event_of(wanted, user),
            person=person_key(int(user["id"])),
            callback=str(query["id"]),
        )
