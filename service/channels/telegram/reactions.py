"""What an emoji under a message says: that somebody likes it, or does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from actors.ports import Routed
from fsm.events import Mood, Reacted
from service.channels.telegram.addresses import address_of, person_key

Json = Mapping[str, Any]

_LIKING: Final = frozenset("👍❤🔥🥰👏😁🎉🤩🙏👌🕊😍🐳💯🤣⚡🏆🍓🍾💋😇🤝🤗🫡🆒💘🦄😘😎")
_DISLIKING: Final = frozenset("👎🤬💩🤮🥱💔🤨😐🖕😡😢😭🙊")
_VARIANT: Final = "\ufe0f"


def reacted(bot: str, reaction: Json, welcome: Callable[[int], bool]) -> Routed | None:
    """Return what a change of somebody's reactions means; *welcome* tells whose we count."""
    user, mood = reaction["user"], mood_of(reaction["old_reaction"], reaction["new_reaction"])
    if mood is None or user.get("is_bot") or not welcome(int(user["id"])):
        return None
    return Routed(
        address=address_of(bot, reaction),
        event=Reacted(message=int(reaction["message_id"]), mood=mood),
        person=person_key(int(user["id"])),
    )


def mood_of(old: list[Json], new: list[Json]) -> Mood | None:
    """Return what was added from *old* to *new*; None if nothing was, only taken back."""
    had = [_name(each) for each in old]
    added = [name for name in map(_name, new) if name not in had]
    if not added:
        return None
    if added[-1] in _LIKING:
        return Mood.LIKED
    return Mood.DISLIKED if added[-1] in _DISLIKING else Mood.OTHER


def _name(reaction: Json) -> str:
    """Return the emoji, without the mark that only changes how it is drawn."""
    return str(reaction.get("emoji") or reaction.get("custom_emoji_id") or "").rstrip(_VARIANT)
