"""What a pressed button of ours means: its wish as an event of the conversation it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fsm import commands
from fsm.effects import Wish
from fsm.events import Chosen, Continued, HeldAsked, PlainChosen, RestShown, Retried, Stopped
from service.channels.telegram.addresses import language_of, person_key
from service.channels.telegram.marks import Press

Json = Mapping[str, Any]


def event_of(pressed: Press, user: Json) -> Any:
    """Return the event that *user* causes with *pressed*.

    Raises:
        ValueError: Nobody hears this button; a programming error.

    """
    about, language = pressed.about, language_of(user)
    match pressed.wish:
        case Wish.STOP:
            return Stopped(turn=about, language=language)
        case Wish.RETRY | Wish.REGENERATE | Wish.REDRAW:
            return Retried(turn=about, language=language)
        case Wish.CONTINUE:
            return Continued(turn=about, language=language)
        case Wish.REST:
            return RestShown(answer=about, language=language)
        case Wish.HELD:
            return HeldAsked(language=language)
        case Wish.PLAIN:
            return PlainChosen(turn=about, language=language)
        case _ if pressed.wish in commands.WISHES:
            person = person_key(int(user["id"]))
            return Chosen(wish=pressed.wish, about=about, person=person, language=language)
        case _:
            raise ValueError(f"nobody hears the button {pressed.wish.value!r}")
