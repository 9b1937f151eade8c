"""Reminders in a conversation: made by a tool, said when they are due, dropped by a button."""

from __future__ import annotations

from dataclasses import replace

from fsm import reminders
from fsm.data import Conversation
from fsm.effects import Button, Effect, Effects, Say, StartTimer, StopTimer, Wish
from fsm.reminders import Reminder
from fsm.tool_events import CameDue, ReminderDropped, ReminderSet

REMINDER = "reminder"
"""Name of the timer that rings at the earliest one."""
LATE = 60.0
"""A reminder that comes so many seconds after its time says so."""


def hear(
    conv: Conversation, event: ReminderSet | ReminderDropped | CameDue, now: float
) -> tuple[Conversation, Effects]:
    """Return the conversation after *event*, and what to do about it."""
    match event:
        case ReminderSet():
            return promise(conv, event)
        case ReminderDropped():
            return drop(conv, event)
        case CameDue():
            return remind(conv, now)


def promise(conv: Conversation, event: ReminderSet) -> tuple[Conversation, Effects]:
    """Keep a reminder, under the next number."""
    made = replace(event.reminder, id=conv.last_reminder + 1)
    kept = reminders.with_one_more(conv.reminders, made)
    if kept is conv.reminders:
        return conv, ()
    return _with_timer(replace(conv, reminders=kept, last_reminder=made.id))


def drop(conv: Conversation, event: ReminderDropped) -> tuple[Conversation, Effects]:
    """Forget a reminder; the person hears whether it was still there."""
    kept = reminders.without(conv.reminders, event.id)
    key = "reminder-dropped" if kept != conv.reminders else "reminder-gone"
    said = (Say(key=key, language=event.language),) if event.asked else ()
    after, timer = _with_timer(replace(conv, reminders=kept))
    return after, (*timer, *said)


def remind(conv: Conversation, now: float) -> tuple[Conversation, Effects]:
    """Say what is due, and forget it in the same value: once it is in the outbox, it is kept."""
    due = reminders.due(conv.reminders, now)
    left = conv.reminders[len(due) :]
    after, timer = _with_timer(replace(conv, reminders=left))
    return after, (*(_said(each, now) for each in due), *timer)


def rearm(conv: Conversation) -> Effects:
    """Return the timer of the earliest reminder, if there is one."""
    first = next(iter(conv.reminders), None)
    return (StartTimer(name=REMINDER, at=first.at),) if first else ()


def owes(conv: Conversation) -> float | None:
    """Return when the earliest reminder is due."""
    return conv.reminders[0].at if conv.reminders else None


def undo(conv: Conversation) -> tuple[Button, ...]:
    """Return a button for each reminder that was made in the turn in hand."""
    return tuple(
        Button(wish=Wish.FORGET_REMINDER, about=each.id)
        for each in conv.reminders
        if each.turn == conv.turn
    )


def _said(reminder: Reminder, now: float) -> Effect:
    late = now - reminder.at
    return Say(
        key="reminder-late" if late > LATE else "reminder",
        args={"text": reminder.text, "minutes": str(round(late / 60))},
        reply_to=reminder.reply_to,
        language=reminder.language,
    )


def _with_timer(conv: Conversation) -> tuple[Conversation, Effects]:
    return conv, rearm(conv) or (StopTimer(name=REMINDER),)
