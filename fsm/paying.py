"""What a chat has used: counted at every end of a call, shown by /usage."""

from __future__ import annotations

from fsm.data import Conversation
from fsm.effects import Effects, TellUsage
from fsm.events import Commanded, Failed, Finished, Interrupted
from fsm.usage import Spending, Spent, added
from fsm.values import replace


def paid(conv: Conversation, spent: Spending, now: float) -> Conversation:
    """Return the conversation after a call that took *spent*."""
    if spent == Spending():
        return conv
    return replace(conv, usage=added(conv.usage, spent, now), last=spent)


def counted(conv: Conversation, event: object, now: float) -> Conversation:
    """Return the conversation after an *event* that may say what a call took."""
    match event:
        case Spent(spending=spent):
            return paid(conv, spent, now)
        case Finished(spent=spent) | Interrupted(spent=spent) | Failed(spent=spent):
            return paid(conv, spent, now)
        case _:
            return conv


def tell(conv: Conversation, event: Commanded) -> tuple[Conversation, Effects]:
    """Find out what the person has used elsewhere, and tell it together with this chat's."""
    wanted = TellUsage(person=event.person, language=event.language, message=event.message)
    return conv, (wanted,)
