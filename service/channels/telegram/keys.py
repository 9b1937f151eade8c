"""Pressed keys that are no wishes of the talk: those of guided flows, and those of operators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actors.ports import Routed
from fsm.flow import screen
from fsm.flow_events import FlowPlanned, FlowStarted, Tapped
from service.channels.events import DebugPressed
from service.channels.telegram.addresses import address_of, language_of, person_key

Json = Mapping[str, Any]


def operated(bot: str, id_: str, user: Json, pressed: tuple[str, str], message: Json) -> Routed:
    """Return the press of a button under a page for operators; *pressed* is action and object."""
    action, about = pressed
    address = address_of(bot, message)
    event = DebugPressed(
        action=action,
        about=about,
        person=person_key(int(user["id"])),
        language=language_of(user),
        chat=address.chat,
    )
    return Routed(address=address, event=event, person=event.person, callback=id_)


def tapped_key(bot: str, id_: str, user: Json, tapped: screen.Payload, message: Json) -> Routed:
    """Hand a key of a flow to its chat, which answers the press: it alone knows what to say."""
    person, language = person_key(int(user["id"])), language_of(user)
    event: Any
    if tapped.act == screen.START:
        event = FlowStarted(name=tapped.step, person=person, language=language, callback=id_)
    elif tapped.act in (screen.PLAN, screen.UNPLAN):
        event = FlowPlanned(
            name=tapped.step,
            wanted=tapped.act == screen.PLAN,
            person=person,
            language=language,
            callback=id_,
        )
    else:
        event = Tapped(
            flow=tapped.flow,
            view=tapped.view,
            step=tapped.step,
            act=tapped.act,
            person=person,
            message=int(message["message_id"]),
            callback=id_,
            language=language,
        )
    return Routed(address=address_of(bot, message), event=event, person=person)
