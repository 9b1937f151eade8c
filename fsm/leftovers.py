"""What a turn that did not end well leaves to say: the longest text it got to, or a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from fsm.data import Conversation
from fsm.effects import Button, Finish, Say, Wish
from fsm.prompts import language, reply_to


def what_there_is(
    conv: Conversation, *, note: str, empty: str, args: Mapping[str, str] | None = None
) -> Finish | Say:
    """Return the longest text as the final answer, or one sentence when there is none."""
    text = max(conv.partial, conv.longest, key=len)
    again = Button(wish=Wish.RETRY, about=conv.turn)
    if not text:
        return Say(
            key=empty,
            args=args or {},
            turn=conv.turn,
            buttons=(again,),
            reply_to=reply_to(conv.prompts),
            language=language(conv.prompts),
        )
    return Finish(
        turn=conv.turn,
        text=text,
        note=note,
        note_args=args or {},
        buttons=(Button(wish=Wish.CONTINUE, about=conv.turn), again),
        reply_to=reply_to(conv.prompts),
        language=language(conv.prompts),
    )
