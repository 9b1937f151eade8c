"""Where we are let in and thrown out, and groups that become other groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from actors.messages import Moved
from actors.ports import Routed
from fsm.events import Left, Wondered
from service.channels.telegram.addresses import address_of, language_of, person_key
from service.channels.telegram.hearing import Me

Json = Mapping[str, Any]


def migrated(bot: str, message: Json) -> Routed:
    """Return that the group of *message* has become a supergroup."""
    moved = Moved(chat=int(message["migrate_to_chat_id"]))
    return Routed(address=address_of(bot, message), event=moved)


def changed(me: Me, bot: str, change: Json, welcome: Callable[[int], bool]) -> Routed | None:
    """Return what a change of our own membership means; *welcome* tells who may invite us."""
    match change:
        case {"new_chat_member": {"status": "left" | "kicked"}}:
            return Routed(address=address_of(bot, change), event=Left())
        case {
            "chat": {"type": "group" | "supergroup"},
            "from": user,
            "old_chat_member": {"status": "left" | "kicked"},
            "new_chat_member": {"status": "member" | "administrator" as status},
        } if welcome(int(user["id"])):
            return _invited(me, bot, change, user, sees_all=status == "administrator")
        case _:
            return None


def _invited(me: Me, bot: str, change: Json, user: Json, *, sees_all: bool) -> Routed:
    """Say hello to a group, and how it can call us: that is what groups wonder about most."""
    key = "welcome-group" if sees_all or me.reads_all else "welcome-group-privacy"
    hello = Wondered(key=key, args={"name": f"@{me.username}"}, language=language_of(user))
    return Routed(address=address_of(bot, change), event=hello, person=person_key(int(user["id"])))
