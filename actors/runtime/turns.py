"""A turn: the behaviour decides, the commit keeps, then and only then the effects go out.

Up to the commit a turn can crash without a trace: the state is a value, so rolling back is
not replacing it. Timers and running effects are untouched by a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from actors.runtime import behaviour as words
from actors.runtime.actor import Actor, Answer, Envelope
from actors.runtime.errors import Unanswered
from actors.runtime.observe import Reason
from actors.runtime.ref import Delivery

if TYPE_CHECKING:
    from actors.runtime.engine import Engine

_Turn, _new = words.Turn, tuple.__new__  # a third of the price of Turn's own constructor


class Turns:
    """Takes turns for all actors."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._trace = engine.history.append
        self.now = 0.0  # read once per slice: a turn's `now` may be some milliseconds old

    def take(self, actor: Actor, mail: object, *, system: bool = False) -> bool:
        """Let *actor* handle one message; False if it has to stand still after that."""
        # Every message comes through here, so it is written out where calls would be nicer.
        cell = actor.cell
        message, answer = mail, None
        if type(mail) is Envelope:
            message, answer = mail.message, mail.answer
            # A timer that came due may have been cleared or replaced since.
            if mail.timer and not (mail.tries or cell.timers.take(actor.key, mail.timer)):
                cell.counts.stale_timers += 1
                return True
        ticket = None
        try:
            if cell.slot is not None:
                cell.slot.enter(actor.key, message)
            state, effects = cell.behaviour(actor.state, message, self.now)
            if cell.commit is not None:
                turn = (actor.key, message, actor.state, state, effects, self.now)
                kept = cell.commit(_new(_Turn, turn))
                if kept is not None:
                    state, effects, ticket = kept
        except Exception as error:  # cancellation is a BaseException and goes its way
            return self._engine.supervisor.turn_crashed(actor, mail, error, system=system)
        actor.state = state
        self._trace((cell, actor.key, self.now, type(message), "handled"))
        if effects or actor.key in cell.timers.by_key:
            self._release(actor, effects, ticket, answer)
        if answer is not None and answer.open:
            answer.fail(Unanswered)
        return True

    # Turns that no mail caused.

    def aside(
        self,
        actor: Actor,
        word: object,
        hook: Callable[..., tuple[Any, Sequence[object]]],
        *more: object,
    ) -> bool:
        """Take the turn of a *hook* of the kind, *word* being its message; False if it crashed."""
        try:
            self.keep(actor, word, *hook(actor.state, *more))
        except Exception as error:
            self._engine.supervisor.aside_crashed(actor, word, error)
            return False
        return True

    def keep(self, actor: Actor, word: object, state: Any, effects: Sequence[object] = ()) -> None:
        """Commit *state* and let the effects go; what the commit raises changes nothing."""
        cell, ticket = actor.cell, None
        if cell.commit is not None:
            turn = words.Turn(actor.key, word, actor.state, state, effects, self.now)
            state, effects, ticket = cell.commit(turn) or (state, effects, None)
        actor.state = state
        self._trace((cell, actor.key, self.now, type(word), "handled"))
        self._release(actor, effects, ticket, None, covers=isinstance(word, words.Resumed))

    # Effects.

    def _release(
        self,
        actor: Actor,
        effects: Sequence[object],
        ticket: words.Ticket | None,
        answer: Answer | None,
        *,
        covers: bool = False,
    ) -> None:
        """Do what the turn wished. The state is kept by now, so nothing here rolls back."""
        cell = actor.cell
        if cell.kind.stage is not None and actor.key in cell.timers.by_key:
            try:
                cell.timers.leave_stage(actor.key, cell.kind.stage(actor.state))
            except Exception as error:
                self._engine.fault(cell, "stage", error)
        for effect in effects:
            try:
                known = isinstance(effect, words.Effect)
                for one in (effect,) if known else self._perform(actor, effect):
                    self._do(actor, one, ticket, answer, covers)
            except Exception as error:
                cell.counts.faults += 1
                name = getattr(effect, "name", type(effect).__name__)
                failed = words.EffectFailed(name, getattr(effect, "tag", None), error)
                cell.tell_system(actor.key, failed)

    def _perform(self, actor: Actor, intention: object) -> Sequence[object]:
        perform = actor.cell.kind.perform
        if perform is None:
            wish = type(intention).__name__
            raise TypeError(f"{actor.cell.name} has no perform, so nobody can do its {wish}")
        return perform(actor.cell.ref(actor.key), intention, actor.state)

    def _do(
        self,
        actor: Actor,
        effect: object,
        ticket: words.Ticket | None,
        answer: Answer | None,
        covers: bool,
    ) -> None:
        cell = actor.cell
        if isinstance(effect, words.Reply):
            if answer is None or not answer.resolve(effect.value):
                cell.counts.unheard_replies += 1
        elif isinstance(effect, words.Perform):
            self._engine.effects.start(actor, effect, ticket, keep=covers)
        elif isinstance(effect, words.SetTimer):
            stage = cell.kind.stage(actor.state) if cell.kind.stage is not None else None
            cell.timers.set(actor.key, effect, stage)
        elif isinstance(effect, words.Tell):
            if effect.ref.tell(effect.message) is Delivery.REJECTED:  # nobody else would know
                self._engine.bury(effect.ref, effect.message, Reason.REJECTED)
        elif isinstance(effect, words.Cancel):
            self._engine.effects.cancel(actor, effect.name)
        elif isinstance(effect, words.ClearTimer):
            cell.timers.clear(actor.key, effect.name)
        else:
            raise TypeError(f"the runtime does not know how to do {type(effect).__name__}")
