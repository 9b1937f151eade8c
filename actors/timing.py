"""What it means for a chat that one of its timers rings."""

from __future__ import annotations

from actors.chat_value import Chat
from fsm import collecting, promises
from fsm.events import Event, Rested, WindowClosed
from fsm.flow import moves, plans
from fsm.flow_events import FlowDue, PlanDue
from fsm.tool_events import CameDue


def timed(name: str, chat: Chat) -> Event:
    """Return what the timer *name* reports."""
    match name:
        case collecting.WINDOW:
            return WindowClosed()
        case moves.TIMER:
            return FlowDue()
        case plans.TIMER:
            return PlanDue()
        case promises.REMINDER:
            return CameDue()
        case _:
            return Rested(turn=chat.conversation.turn)
