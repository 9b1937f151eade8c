"""What the parts of the runtime share: one loop, one clock, one heap, one morgue."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random

import anyio

from actors.runtime.asks import Asks
from actors.runtime.cell import Cell
from actors.runtime.clock import Clock
from actors.runtime.dead_letters import DeadLetters, Morgue, Reason
from actors.runtime.deadlines import Deadlines
from actors.runtime.dispatcher import Dispatcher
from actors.runtime.effects import Effects
from actors.runtime.errors import Escalated
from actors.runtime.inspection import Traces
from actors.runtime.lifecycle import Lifecycle
from actors.runtime.loop import Loop
from actors.runtime.observe import Buried, Escalating, Faulty, Happening, Observer
from actors.runtime.ref import Ref
from actors.runtime.reports import CrashReport
from actors.runtime.supervision import RestartPolicy
from actors.runtime.supervisor import Supervisor
from actors.runtime.turns import Turns

_REPORTS = 64


class Engine:
    """The parts, introduced to each other."""

    def __init__(
        self,
        *,
        clock: Clock,
        policy: RestartPolicy,
        dead_letters: DeadLetters | None,
        observer: Observer | None,
        random: Random,
        pause_intake: Callable[[], None] | None,
    ) -> None:
        self.loop = Loop()
        self.spawn = self.loop.start
        self.clock = clock
        self.random = random
        self.cells: dict[str, Cell] = {}
        self.morgue = Morgue()
        self.reports: deque[CrashReport] = deque(maxlen=_REPORTS)
        self.traces = Traces()
        self.deadlines = Deadlines(clock, lambda error: self.notice(Faulty("a deadline", error)))
        self.asks = Asks(self.loop, self.deadlines)
        self.dispatcher = Dispatcher(self)
        self.turns = Turns(self)
        self.effects = Effects(self)
        self.supervisor = Supervisor(self, policy)
        self.lifecycle = Lifecycle(self)
        self.faults = 0
        self.closing = False
        self.escalated: Escalated | None = None
        self.body = anyio.CancelScope()
        self._pause_intake = pause_intake
        self._dead_letters = dead_letters
        self._observer = observer

    def notice(self, happening: Happening) -> None:
        """Tell the observer."""
        try:
            if self._observer is not None:
                self._observer.observe(happening)
        except Exception:
            self.faults += 1  # telling the observer about itself could go on for ever

    def fault(self, cell: Cell, what: str, error: Exception) -> None:
        """Take note that a hook of a kind raised which must not."""
        cell.counts.faults += 1
        self.notice(Faulty(f"{what} of {cell.name}", error))

    def bury(
        self, ref: Ref, message: object, reason: Reason, error: BaseException | None = None
    ) -> None:
        """Make a dead letter of *message*, and hand it to the port."""
        letter = self.morgue.add(ref, message, reason, self.clock.now(), error)
        try:
            if self._dead_letters is not None:
                self._dead_letters.bury(letter)
        except Exception as failure:  # a full disk must not stop the actor as well
            self.fault(ref.cell, "the dead-letter port", failure)
        self.notice(Buried(letter))

    def escalate(
        self, reason: str, crash: CrashReport | None, error: BaseException | None = None
    ) -> None:
        """Give up, once: the trouble is bigger than one child. Intake pauses, the body ends."""
        if self.escalated is not None or self.closing:
            return
        self.notice(Escalating(reason))
        self.escalated = Escalated(reason, crash)
        self.escalated.__cause__ = error
        try:
            if self._pause_intake is not None:
                self._pause_intake()
        except Exception as failure:  # the end must come all the same
            self.notice(Faulty("pause_intake", failure))
        self.body.cancel()
