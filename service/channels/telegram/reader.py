"""What Telegram's updates mean: from plain dicts to the events of a conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from actors.ports import Routed
from fsm import commands
from fsm.content import Prompt
from fsm.events import (
    Asked,
    Commanded,
    Edited,
    PlainChosen,
    Reset,
    Retried,
    Stopped,
    Wondered,
)
from fsm.flow import screen
from fsm.flow_events import FlowCancelled, FlowsListed, FlowStarted
from service.channels.events import DebugAsked
from service.channels.telegram import membership
from service.channels.telegram.abroad import Abroad
from service.channels.telegram.addresses import (
    address_of,
    author_of,
    key_of,
    language_of,
    person_key,
)
from service.channels.telegram.contents import (
    MAX_BYTES,
    answer_of,
    is_unsupported,
    looked_at,
    origin_of,
    quote_of,
    too_big,
)
from service.channels.telegram.hearing import WISHES, Ear, Heard, Me
from service.channels.telegram.keys import operated, tapped_key
from service.channels.telegram.marks import is_ours, operator_press, press, turn_of
from service.channels.telegram.pressing import event_of
from service.channels.telegram.reactions import reacted

Json = Mapping[str, Any]


class TelegramReader:
    """Understands the updates of one bot."""

    def __init__(
        self,
        me: Me,
        *,
        allowed: frozenset[int] = frozenset(),
        admins: frozenset[int] = frozenset(),
        flow_of: Callable[[str], str] = lambda _: "",
        largest: int = MAX_BYTES,
    ) -> None:
        """*flow_of* names the flow that a command starts; *largest* is the limit of files."""
        self._largest = largest
        self._flow_of = flow_of
        self._me = me
        self._ear = Ear(me)
        self._allowed = allowed
        self._admins = admins
        self._abroad = Abroad(self.welcome)

    def read(self, bot: str, update: Json) -> Routed | None:
        """Return what *update* means to us, or None if it means nothing."""
        match update:
            case {"message": {"migrate_to_chat_id": _} as message}:
                return membership.migrated(bot, message)
            case {"message": dict(message)}:
                return self._message(bot, message)
            case {"my_chat_member": dict(change)}:
                return membership.changed(self._me, bot, change, self.welcome)
            case {"message_reaction": {"user": _} as reaction}:
                return reacted(bot, reaction, self.welcome)
            case {"edited_message": dict(message)}:
                return self._edited(bot, message)
            case {"callback_query": {"id": id_, "from": user, "data": data, "message": message}}:
                return self._pressed(bot, str(id_), user, str(data), message)
            case {"callback_query": {"inline_message_id": _} as query}:
                return self._abroad.pressed(bot, query)
            case {"chosen_inline_result": {"inline_message_id": _} as chosen}:
                return self._abroad.chosen(bot, chosen)
            case {"guest_message": dict(message)}:
                return self._called(bot, message)
            case {"stopped_message_generation": {"chat": _, "draft_id": draft} as stopped}:
                return self._draft_stopped(bot, stopped, int(draft))
            case _:
                return None

    def unclaimed_press(self, update: Json) -> tuple[str, str]:
        """Return the id of a button press that `read` leaves to nobody; it still has to be told.

        With it comes the language in which to say that the button is an old one, or nothing
        to somebody who may not press it.
        """
        match update:
            case {"callback_query": {"id": id_, **query}}:
                data = str(query.get("data") or "")
                sender: Any = query.get("from") or {}
                person = int(sender.get("id") or 0)
                if not self.welcome(person):
                    return str(id_), ""
                ours = is_ours(data)
                ours = ours or (operator_press(data) is not None and person in self._admins)
                known = "message" in query or (press(data) and "inline_message_id" in query)
                return ("", "") if ours and known else (str(id_), language_of(sender))
            case _:
                return "", ""

    def _message(self, bot: str, message: Json) -> Routed | None:
        heard = self._ear.hear(bot, message)
        if heard is None:
            return None
        if not self.welcome(heard.person):
            return self._refused(heard)
        if command := self._ear.command(heard):
            return self._commanded(heard, *command)
        return self._asked(heard)

    def _called(self, bot: str, message: Json) -> Routed | None:
        """Somebody has called us into a chat that is not ours."""
        heard = self._ear.overhear(bot, message)
        if heard is None or not self.welcome(heard.person):
            return None
        prompt = self._prompt(heard)
        return self._abroad.called(heard, prompt) if prompt else None

    def _edited(self, bot: str, message: Json) -> Routed | None:
        if "location" in message:  # a live location moves without anybody saying anything
            return None
        heard = self._ear.hear(bot, message)
        if heard is None or not self.welcome(heard.person) or self._ear.command(heard):
            return None
        prompt = self._prompt(heard)
        return self._routed(heard, Edited(prompt=prompt)) if prompt else None

    def _commanded(self, heard: Heard, name: str, rest: str) -> Routed | None:
        language = heard.language
        if started := self._flow_commanded(heard, name, rest):
            return started
        if name in {"debug", "stats"} and heard.person in self._admins:
            asked = DebugAsked(
                text=rest if name == "debug" else name,
                message=heard.number,
                person=person_key(heard.person),
                language=language,
                chat=heard.address.chat,
                answers="reply_to_message" in heard.message,
            )
            return self._routed(heard, asked)
        match name:
            case "stop":
                return self._routed(heard, Stopped(language=language))
            case "reset":
                return self._routed(heard, Reset(language=language))
            case "retry":
                return self._routed(heard, Retried(language=language))
            case "plain":
                plain = rest.lower() not in _NOT_PLAIN if rest else None
                return self._routed(heard, PlainChosen(plain=plain, language=language))
            case _ if name in WISHES:
                return self._wished(heard, name, rest)
            case _ if name in commands.NAMES:
                return self._routed(heard, self._ordered(heard, name, rest))
            case _ if heard.address.private:
                return self._wondered(heard, "unknown-command")
            case _:
                return None

    def _wished(self, heard: Heard, name: str, rest: str) -> Routed:
        """Return the question that is asked in a special way; `/image` is one about pictures."""
        prompt = self._prompt(heard, rest)
        if prompt is None or (name == "image" and not rest):
            return self._wondered(heard, "needs-words", {"command": name})
        return self._routed(heard, Asked(prompt=replace(prompt, instruction=name)))

    def _ordered(self, heard: Heard, name: str, rest: str) -> Commanded:
        return Commanded(
            name=name,
            text=rest,
            media=looked_at(heard.message, self._largest),
            person=person_key(heard.person),
            admin=heard.person in self._admins,
            language=heard.language,
            message=heard.number,
        )

    def _flow_commanded(self, heard: Heard, name: str, rest: str) -> Routed | None:
        """Return what a command about guided flows means; None: it is about something else."""
        language, flow = heard.language, self._flow_of(name)
        if name == "start" and rest.startswith(_LINK):
            flow = rest.removeprefix(_LINK)
        if flow:
            started = FlowStarted(name=flow, person=person_key(heard.person), language=language)
            return self._routed(heard, started)
        if name == "flows":
            reload = rest == "reload" and heard.person in self._admins
            return self._routed(heard, FlowsListed(language=language, reload=reload))
        if name == "cancel":
            return self._routed(heard, FlowCancelled(language=language))
        return None

    def _asked(self, heard: Heard) -> Routed | None:
        if args := too_big(heard.message, self._largest):
            return self._wondered(heard, "file-too-big", args)
        if prompt := self._prompt(heard):
            return self._routed(heard, Asked(prompt=prompt))
        if is_unsupported(heard.message):
            return self._wondered(heard, "unsupported")
        if heard.message.get("text"):  # nothing but our name
            return self._wondered(heard, "only-name")
        return None

    def _prompt(self, heard: Heard, said: str | None = None) -> Prompt | None:
        """Return what *heard* asks; *said* instead of its words, when they are a command."""
        message, text = heard.message, heard.text if said is None else said
        media, quote = looked_at(message, self._largest), quote_of(message, self._me.id)
        if not text and not media and not (quote and message.get("text")):
            return None
        return Prompt(
            text=text,
            media=media,
            message=heard.number,
            album=heard.album,
            author="" if heard.address.private else author_of(message),
            person=person_key(heard.person),
            language=heard.language,
            origin=origin_of(message),
            quote=quote,
            replies_to=answer_of(message, self._me.id),
            reply_to=int((message.get("reply_to_message") or {}).get("message_id") or 0),
            at=float(message.get("edit_date") or message.get("date") or 0),
        )

    def _pressed(self, bot: str, id_: str, user: Json, data: str, message: Json) -> Routed | None:
        if (pressed := operator_press(data)) is not None:
            # For anybody who is no admin a button of /debug does not exist.
            admin = int(user["id"]) in self._admins
            return operated(bot, id_, user, pressed, message) if admin else None
        if not self.welcome(int(user["id"])):
            return None
        if (tapped := screen.read(data)) is not None:
            return tapped_key(bot, id_, user, tapped, message)
        wanted = press(data)
        if wanted is None:
            return None
        return Routed(
            address=address_of(bot, message),
            event=event_of(wanted, user),
            person=person_key(int(user["id"])),
            callback=id_,
        )

    def _draft_stopped(self, bot: str, stopped: Json, draft: int) -> Routed | None:
        turn = turn_of(draft)
        if turn < 0:
            return None
        # Telegram does not say who pressed; in a private chat there is just one who could.
        chat = int(stopped["chat"]["id"])
        return Routed(
            address=address_of(bot, stopped), event=Stopped(turn=turn), person=person_key(chat)
        )

    def _refused(self, heard: Heard) -> Routed | None:
        """Answer somebody who is not on the list: in private, once per album."""
        if not heard.address.private or not self._ear.is_first(heard):
            return None
        return self._wondered(heard, "not-allowed", {"id": str(heard.person)})

    def welcome(self, person: int) -> bool:
        """Whether *person* may use this bot."""
        return not self._allowed or person in self._allowed

    def _wondered(self, heard: Heard, key: str, args: Mapping[str, str] | None = None) -> Routed:
        event = Wondered(key=key, args=args or {}, language=heard.language, message=heard.number)
        return self._routed(heard, event)

    def _routed(self, heard: Heard, event: Any) -> Routed:
        return Routed(address=heard.address, event=event, person=person_key(heard.person))


_LINK: Final = "flow_"
"""What a deep link to a flow begins with (`/start flow_trip`)."""
_NOT_PLAIN: Final = frozenset({"off", "no", "rich"})

__all__ = ["Me", "TelegramReader", "key_of"]
