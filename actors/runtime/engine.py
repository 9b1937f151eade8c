"""What the parts of the runtime share: one clock, one heap, one task group, one morgue."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random

from actors.runtime.asks import Asks
from actors.runtime.cell import Cell
from actors.runtime.clock import Clock
from actors.runtime.dead_letters import DeadLetters, Morgue, Reason
from actors.runtime.deadlines import Deadlines
from actors.runtime.dispatcher import Dispatcher
from actors.runtime.effects import Effects
from actors.runtime.errors import Escalated
from actors.runtime.lifecycle import Lifecycle
from actors.runtime.loop import Loop
from actors.runtime.observe import Buried, Escalating, Faulty, Happening, Observer
from actors.runtime.ref import Ref
from actors.runtime.reports import CrashReport
from actors.runtime.supervision import RestartPolicy
from actors.runtime.supervisor import Supervisor
from actors.runtime.trace import Traces
from actors.runtime.turns import Turns

_REPORTS = 64


class Engine:
    """The parts, introduced to each other."""

    def __init__(
        self,
        *,
        clock: Clock,
        policy: RestartPolicy,
        dead_letters: DeadLetters,
        observer: Observer,
        random: Random,
    ) -> None:
        self.loop = Loop()
        self.spawn = self.loop.start
        self.clock = clock
        self.random = random
        self.observer = observer
        self.cells: dict[str, Cell] = {}
        self.morgue = Morgue(dead_letters)
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
        self.on_escalation: Callable[[Escalated], None] = lambda _: None

    def notice(self, happening: Happening) -> None:
        """Tell the observer."""
        try:
            self.observer.observe(happening)
        except Exception:
            self.faults += 1  # telling the observer about itself could go on for ever

    def fault(self, cell: Cell, what: str, error: Exception) -> None:
        """Take note that a hook of a kind raised which must not."""
        cell.counts.faults += 1
        self.notice(Faulty(f"{what} of {cell.name}", error))

    def bury(
        self, ref: Ref, message: object, reason: Reason, error: BaseException | None = None
    ) -> None:
        """Make a dead letter of *message*."""
        letter, failure = self.morgue.add(ref, message, reason, self.clock.now(), error)
        if failure is not None:
            self.fault(ref.cell, "the dead-letter port", failure)
        self.notice(Buried(letter))

    def remember(self, crash: CrashReport) -> None:
        """Keep a crash report for inspection."""
        self.reports.append(crash)

    def escalate(
        self, reason: str, crash: CrashReport | None, error: BaseException | None = None
    ) -> None:
        """Give up: the trouble is bigger than one child."""
        self.notice(Escalating(reason))
        escalated = Escalated(reason, crash)
        escalated.__cause__ = error
        self.on_escalation(escalated)
