"""Obeys what the policies decide: backs off, retries once, buries, quarantines, escalates."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from actors.runtime import status
from actors.runtime.actor import Actor, Envelope
from actors.runtime.behaviour import Poisoned
from actors.runtime.errors import ActorCrashed, ActorStopped
from actors.runtime.inspection import statistics, trace
from actors.runtime.observe import CrashReport, Quarantined, Reason
from actors.runtime.supervision import Decision, Escalate, Quarantine, RestartPolicy, Retry, Skip

if TYPE_CHECKING:
    from actors.runtime.engine import Engine

_REMEMBERED = 64  # crashes of one child; a policy that tolerates more never quarantines
_BREATH = 0.5  # seconds that cancelled effects get before their actor resumes


class Supervisor:
    """One-for-one over all actors, with a limit for each and one for all together."""

    def __init__(self, engine: Engine, aggregate: RestartPolicy) -> None:
        self._engine = engine
        self._aggregate = aggregate
        self._crashes: deque[float] = deque(maxlen=aggregate.tolerates + 1)

    # What can crash.

    def turn_crashed(self, actor: Actor, mail: object, error: Exception, *, system: bool) -> bool:
        """Decide what becomes of *mail*, whose turn left no trace, and of *actor*.

        Return whether the actor may go on at once.
        """
        envelope = mail if type(mail) is Envelope else Envelope(mail)
        message, answer = envelope.message, envelope.answer
        cell, engine = actor.cell, self._engine
        decision = self._decide(actor, type(message), error, message)
        if not system:
            cell.counts.handled -= 1  # it was not, after all
        if answer is not None:  # whoever asked decides about asking again
            cell.counts.dropped += 1
            answer.fail(ActorCrashed, error)
        elif envelope.tries or isinstance(decision, Skip):
            cell.counts.poisoned += 1
            cell.counts.dropped += not system
            reason = Reason.SKIPPED if isinstance(decision, Skip) else Reason.POISON
            engine.bury(cell.ref(actor.key), message, reason, error)
            if cell.kind.poisoned is not None:
                word = Poisoned(message, error)
                engine.turns.aside(actor, word, cell.kind.poisoned, message, error)
        else:
            again = Envelope(message, timer=envelope.timer, tries=1)
            if system:
                actor.system = [again, *(actor.system or ())]
            else:
                actor.user = [again, *(actor.user or ())]
        self._obey(actor, decision)
        return not actor.status & status.HELD

    def aside_crashed(self, actor: Actor, word: object, error: Exception) -> None:
        """A turn that no mail caused has crashed: there is nothing to retry or to bury."""
        self._obey(actor, self._decide(actor, type(word), error))

    def activation_crashed(self, actor: Actor, error: Exception) -> None:
        """Loading raised; mail waits, and it is tried again as long as the policy lets us."""
        decision = self._decide(actor, "activation", error)
        # There is no message that could be skipped: without a state nothing goes on.
        self._obey(actor, Quarantine() if isinstance(decision, Skip) else decision)

    def hook_crashed(self, actor: Actor, error: Exception) -> None:
        """A hook raised that has no business to: better one actor stands still than all."""
        self._decide(actor, "a hook", error)
        actor.status &= ~status.QUEUED
        self._obey(actor, Quarantine(len(actor.crashes)))

    # What is decided.

    def _decide(
        self, actor: Actor, during: type | str, error: Exception, message: object = None
    ) -> Decision:
        """Count a crash, report it, and return what the policies say."""
        engine, cell, policy = self._engine, actor.cell, actor.cell.kind.policy
        now = engine.clock.now()
        if isinstance(during, type):
            engine.history.append((cell, actor.key, now, during, "crashed"))
            during = during.__name__
        actor.crashes = [*policy.recent(actor.crashes, now)[-_REMEMBERED:], now]
        actor.error = error
        jitter = engine.random.random()
        try:
            decision = policy.decision(error, actor.crashes, now, jitter)
        except Exception as bug:  # in the policy's own table
            engine.fault(cell, "policy.decide", bug)
            decision = policy.after(actor.crashes, now, jitter)
        reason = f"{type(error).__name__} is bigger than one actor"
        self._crashes.append(now)
        recent = len(self._aggregate.recent(self._crashes, now))
        if recent > self._aggregate.tolerates:
            reason, decision = "the actors crashed too often, all together", Escalate(recent)
        cell.counts.crashes += 1
        crash = CrashReport(
            at=now,
            during=during,
            error=error,
            decision=decision,
            actor=statistics(cell, actor.key),
            trace=trace(cell, actor.key),
            message=message,
            state=actor.state,
        )
        engine.crash_reports.append(crash)
        engine.notice(crash)
        if isinstance(decision, Escalate):
            engine.escalate(f"{reason}; the last was {crash.ref}", crash, error)
        return decision

    def _obey(self, actor: Actor, decision: Decision) -> None:
        if isinstance(decision, Retry):
            self._clear_backoff(actor)  # of a hook that has crashed in the same visit
            actor.status |= status.BACKOFF
            go_on = partial(self.end_backoff, actor)
            actor.backoff = self._engine.deadlines.after(decision.delay, go_on)
        elif not (isinstance(decision, Skip) or actor.status & status.QUARANTINED):
            actor.cell.counts.quarantined += 1
            self._stop(actor)
            ref = actor.cell.ref(actor.key)
            self._engine.notice(Quarantined(ref, decision.crashes))

    def _stop(self, actor: Actor) -> None:
        """Put *actor* into quarantine."""
        actor.status |= status.QUARANTINED
        self._clear_backoff(actor)
        self._engine.effects.cancel_all(actor)
        actor.refuse(ActorStopped)
        if actor.cell.kind.resume is not None and not actor.status & status.LOADING:
            # Its effects are gone: released, it starts what it owes.
            actor.status |= status.REPLAYING

    @staticmethod
    def _clear_backoff(actor: Actor) -> None:
        if actor.backoff is not None:
            actor.backoff.cancel()
            actor.backoff = None
        actor.status &= ~status.BACKOFF

    # What somebody else decides.

    def end_backoff(self, actor: Actor) -> None:
        """Let *actor* go on, now."""
        self._clear_backoff(actor)
        actor.cell.wake_up(actor)

    def release(self, actor: Actor) -> None:
        """Let *actor* out of quarantine, with a clean record."""
        if actor.status & status.QUARANTINED:
            actor.status &= ~status.QUARANTINED
            actor.crashes, actor.error = (), None
            actor.cell.wake_up(actor)

    def restart(self, actor: Actor) -> None:
        """Cancel the effects of *actor*; when they have cleaned up it resumes what it owes."""
        actor.status &= ~status.SUSPENDED
        stands_still = actor.status & (status.BACKOFF | status.QUARANTINED)
        if actor.status & status.LOADING and not stands_still:
            return  # it is being loaded: nothing could be fresher
        self._stop(actor)
        self._engine.deadlines.after(_BREATH, partial(self.release, actor))
