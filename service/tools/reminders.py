"""Reminders: the chat keeps them itself, and says them when it is time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Final

from actors.ports import Setting, Used
from fsm.reminders import MOST, Reminder
from fsm.tool_events import ReminderDropped, ReminderSet
from service.tools.clock import shown
from service.tools.declared import ToolError

LONGEST: Final = 1000
FURTHEST: Final = 5 * 366 * 86400.0


class Reminders:
    """Sets, lists and cancels the reminders of a chat."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    @property
    def functions(self) -> tuple[Callable[..., object], ...]:
        """The functions that are tools."""
        return (self.remind, self.list_reminders, self.cancel_reminder)

    async def remind(self, setting: Setting, text: str, minutes: float = 0.0, at: str = "") -> Used:
        """Remind the person of something later, in this chat.

        Give either the minutes from now, or a date and time. Ask for the current time first if
        you need it to work out the date.

        Args:
            text: What to remind of, in the person's language and worded to them.
            minutes: Minutes from now.
            at: Date and time as 2026-11-24T18:30, in the person's time zone unless one is given.

        """
        words = " ".join(text.split())[:LONGEST]
        if not words:
            raise ToolError("It needs words to remind of.")
        if len(setting.reminders) >= MOST:
            raise ToolError(f"There are {MOST} reminders already; cancel one first.")
        when = self._time(at) if at.strip() else setting.now + minutes * 60
        if not when > setting.now:  # a number that is none is no time either
            raise ToolError(f"That is not in the future; now is {shown(setting.now, self._zone)}.")
        if when > setting.now + FURTHEST:
            raise ToolError("That is more than five years away.")
        made = Reminder(
            id=0,
            at=when,
            text=words,
            person=setting.person,
            language=setting.language,
            reply_to=setting.message,
            turn=setting.turn,
        )
        said = f"The reminder is set for {shown(when, self._zone)}."
        return Used(output=said, events=(ReminderSet(reminder=made),))

    async def list_reminders(self, setting: Setting) -> str:
        """List the reminders that are set in this chat, with their numbers."""
        if not setting.reminders:
            return "There are none."
        return "\n".join(
            f"{each.id}. {shown(each.at, self._zone)}: {each.text}" for each in setting.reminders
        )

    async def cancel_reminder(self, setting: Setting, number: int) -> Used:
        """Cancel a reminder of this chat.

        Args:
            number: Its number, from the list of reminders.

        """
        if all(each.id != number for each in setting.reminders):
            raise ToolError("There is no reminder of that number; list them first.")
        dropped = ReminderDropped(id=number)
        return Used(output="It is cancelled.", events=(dropped,))

    def _time(self, text: str) -> float:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            raise ToolError("The time has to look like 2026-11-24T18:30.") from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)
        return moment.timestamp()
