"""What the parts of the runtime share: one loop, one clock, one heap, one memory of the past."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import anyio

from actors.runtime.behaviour import Kind
from actors.runtime.cell import Cell
from actors.runtime.children import Family
from actors.runtime.clock import Clock, LoopClock
from actors.runtime.deadlines import Deadlines
from actors.runtime.dispatcher import Dispatcher
from actors.runtime.effects import Effects
from actors.runtime.errors import Escalated
from actors.runtime.inspection import REMEMBERED, Entry
from actors.runtime.loop import Loop
from actors.runtime.observe import (
    CrashReport,
    DeadLetter,
    Escalating,
    Faulty,
    Happening,
    Observer,
    Reason,
)
from actors.runtime.ref import Ref
from actors.runtime.supervision import RestartPolicy
from actors.runtime.supervisor import Supervisor
from actors.runtime.turns import Turns

AGGREGATE = RestartPolicy(tolerates=500, within=60.0)
"""All actors together may crash so often; more is not one chat's trouble any more."""


class Engine:
    """The parts, introduced to each other."""

    def __init__(
        self,
        kinds: Mapping[str, Kind[Any, Any]],
        *,
        clock: Clock | None = None,
        policy: RestartPolicy = AGGREGATE,
        observer: Observer | None = None,
        random: Random | None = None,
        pause_intake: Callable[[], None] | None = None,
        grace: float = 10.0,
    ) -> None:
        """*pause_intake* is called before the end; each phase of a shutdown gets *grace* seconds.

        *policy* is the limit for all actors together; each has that of its kind.
        """
        self.loop = Loop()
        self.spawn = self.loop.start
        self.clock = clock or LoopClock()
        self.random = random or Random()
        self.history: deque[Entry] = deque(maxlen=REMEMBERED)
        self.crash_reports: deque[CrashReport] = deque(maxlen=64)
        self.dead_letters: deque[DeadLetter] = deque(maxlen=256)
        self.buried: Counter[Reason] = Counter()
        self.deadlines = Deadlines(self.clock, lambda error: self.notice(Faulty("a time", error)))
        self.dispatcher = Dispatcher(self)
        self.turns = Turns(self)
        self.effects = Effects(self)
        self.supervisor = Supervisor(self, policy)
        self.cells = {name: Cell(name, kind, self) for name, kind in kinds.items()}
        self.families: list[Family] = []
        self.grace = grace
        self.stopping = False  # a shutdown has begun
        self.closing = False  # nothing is taken in any more
        self.escalated: Escalated | None = None
        self.body = anyio.CancelScope()
        self._pause_intake = pause_intake
        self._observer = observer

    def notice(self, happening: Happening) -> None:
        """Tell the observer."""
        try:
            if self._observer is not None:
                self._observer(happening)
        except Exception as error:
            if not isinstance(happening, Faulty):  # telling it about itself could go on for ever
                self.notice(Faulty("the observer", error))

    def fault(self, cell: Cell, what: str, error: Exception) -> None:
        """Take note that a hook of a kind raised which must not."""
        cell.counts.faults += 1
        self.notice(Faulty(f"{what} of {cell.name}", error))

    def bury(
        self, ref: Ref, message: object, reason: Reason, error: BaseException | None = None
    ) -> None:
        """Make a dead letter of *message*."""
        self.buried[reason] += 1
        letter = DeadLetter(
            number=self.buried.total(),
            at=self.clock.now(),
            ref=ref,
            reason=reason,
            message=message,
            error=error,
        )
        self.dead_letters.append(letter)
        self.notice(letter)

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
