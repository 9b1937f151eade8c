"""A turn: the behaviour decides, the commit keeps, then and only then the effects go out.

Up to the commit a turn can crash without a trace: the state is a value, so rolling back is
not replacing it. Timers and running effects are untouched by a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from actors.runtime.actor import Actor, Envelope
from actors.runtime.behaviour import (
    Cancel,
    ClearTimer,
    Effect,
    EffectFailed,
    Perform,
    Poisoned,
    Replaced,
    Reply,
    Resumed,
    SetTimer,
    Tell,
    Ticket,
    Turn,
)
from actors.runtime.dead_letters import Reason
from actors.runtime.errors import Unanswered
from actors.runtime.mailbox import Delivery

if TYPE_CHECKING:
    from actors.runtime.asks import Answer
    from actors.runtime.engine import Engine
    from actors.runtime.timers import Timer

Attempt = Callable[[], tuple[Any, Sequence[object]]]


class Turns:
    """Takes turns for all actors."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.traces = engine.traces
        self.now = 0.0  # read once per slice: a turn's `now` may be some milliseconds old

    def take(self, actor: Actor, mail: object, *, system: bool = False) -> bool:
        """Let *actor* handle one message; False if it has to stand still after that."""
        # Every message comes through here, so it is written out where calls would be nicer.
        cell = actor.cell
        message, answer = mail, None
        if type(mail) is Envelope:
            if mail.timer is not None and not self._still_counts(actor, mail, mail.timer):
                return True
            message, answer = mail.message, mail.answer
        ticket = None
        try:
            if cell.slot is not None:
                cell.slot.enter(actor.key, message)
            state, effects = cell.behaviour(actor.state, message, self.now)
            if cell.commit is not None:
                turn = (actor.key, message, actor.state, state, effects, self.now)
                kept = cell.commit(tuple.__new__(Turn, turn))  # a third of Turn's own price
                if kept is not None:
                    state, effects, ticket = kept
        except Exception as error:  # cancellation is a BaseException and goes its way
            return self._engine.supervisor.turn_crashed(actor, mail, error, system=system)
        actor.state = state
        if actor.ring is not None:
            actor.ring.append((self.now, type(message), "handled"))
        if effects or actor.key in cell.timers.by_key:
            self._release(actor, effects, ticket, answer)
        if answer is not None and answer.open:
            answer.fail(Unanswered(answer.ref))
        return True

    def resume(self, actor: Actor) -> bool:
        """Take the turn of ``Kind.resume``; False if it crashed."""
        resume = actor.cell.kind.resume
        assert resume is not None
        now = self.now
        return self._aside(actor, Resumed(), lambda: resume(actor.state, now))

    def replace(self, actor: Actor, change: Callable[[Any], Any]) -> None:
        """Take a turn in which somebody else says what the state is; what it raises is his."""
        state, _, _ = self._commit(actor, Replaced(), change(actor.state), ())
        actor.state = state
        self.traces.note(actor, self.now, Replaced(), "handled")

    def poisoned(self, actor: Actor, message: object, error: BaseException) -> None:
        """Take the turn of ``Kind.poisoned``: somebody should be told about a dead letter."""
        hook = actor.cell.kind.poisoned
        if hook is not None:
            self._aside(actor, Poisoned(message, error), lambda: hook(actor.state, message, error))

    def _aside(self, actor: Actor, message: object, attempt: Attempt) -> bool:
        """Take a turn that no mail caused."""
        try:
            state, effects = attempt()
            state, effects, ticket = self._commit(actor, message, state, effects)
        except Exception as error:
            self.traces.note(actor, self.now, message, "crashed")
            self._engine.supervisor.aside_crashed(actor, message, error)
            return False
        actor.state = state
        self.traces.note(actor, self.now, message, "handled")
        self._release(actor, effects, ticket, None, covers=isinstance(message, Resumed))
        return True

    def _commit(
        self, actor: Actor, message: object, state: Any, effects: Sequence[object]
    ) -> tuple[Any, Sequence[object], Ticket | None]:
        commit = actor.cell.commit
        if commit is None:
            return state, effects, None
        turn = Turn(actor.key, message, actor.state, state, effects, self.now)
        return commit(turn) or (state, effects, None)

    @staticmethod
    def _still_counts(actor: Actor, envelope: Envelope, timer: Timer) -> bool:
        """Whether a timer that came due was neither cleared nor replaced since."""
        if envelope.tries or actor.cell.timers.take(actor.key, timer):
            return True
        actor.cell.counts.stale_timers += 1
        return False

    def _release(
        self,
        actor: Actor,
        effects: Sequence[object],
        ticket: Ticket | None,
        answer: Answer | None,
        *,
        covers: bool = False,
    ) -> None:
        """Do what the turn wished. The state is kept by now, so nothing here rolls back."""
        cell = actor.cell
        if cell.kind.stage is not None and actor.key in cell.timers.by_key:
            self._leave_stage(actor, cell.kind.stage)
        for effect in effects:
            try:
                if isinstance(effect, Effect):
                    self._do(actor, effect, ticket, answer, covers=covers)
                else:
                    for inner in self._perform(actor, effect):
                        self._do(actor, inner, ticket, answer, covers=covers)
            except Exception as error:
                cell.counts.faults += 1
                name = getattr(effect, "name", type(effect).__name__)
                failed = EffectFailed(name, getattr(effect, "tag", None), error)
                cell.tell_system(actor.key, failed)

    def _leave_stage(self, actor: Actor, stage: Callable[[Any], Hashable]) -> None:
        try:
            actor.cell.timers.leave_stage(actor.key, stage(actor.state))
        except Exception as error:
            self._engine.fault(actor.cell, "stage", error)

    def _perform(self, actor: Actor, intention: object) -> Sequence[Effect]:
        perform = actor.cell.kind.perform
        if perform is None:
            wish = type(intention).__name__
            raise TypeError(f"{actor.cell.name} has no perform, so nobody can do its {wish}")
        return perform(actor.cell.ref(actor.key), intention, actor.state)

    def _do(
        self,
        actor: Actor,
        effect: Effect,
        ticket: Ticket | None,
        answer: Answer | None,
        *,
        covers: bool,
    ) -> None:
        cell = actor.cell
        match effect:
            case Perform():
                self._engine.effects.start(actor, effect, ticket, keep=covers)
            case Cancel(name):
                self._engine.effects.cancel(actor, name)
            case SetTimer():
                stage = cell.kind.stage(actor.state) if cell.kind.stage is not None else None
                cell.timers.set(actor.key, effect, stage)
            case ClearTimer(name):
                cell.timers.clear(actor.key, name)
            case Tell(ref, message):
                if ref.tell(message) is Delivery.REJECTED:  # nobody else would ever know
                    self._engine.bury(ref, message, Reason.REJECTED)
            case Reply(value):
                if answer is None or not answer.resolve(value):
                    cell.counts.unheard_replies += 1
            case _:
                raise TypeError(f"the runtime does not know how to do {type(effect).__name__}")
