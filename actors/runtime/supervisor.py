"""Obeys what the policies decide: backs off, retries once, buries, quarantines, escalates."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from actors.runtime.actor import (
    BACKOFF,
    HELD,
    LOADING,
    QUARANTINED,
    QUEUED,
    REPLAYING,
    SUSPENDED,
    Actor,
    Envelope,
)
from actors.runtime.dead_letters import Reason
from actors.runtime.errors import ActorCrashed, ActorStopped
from actors.runtime.observe import Crashed, Quarantined, Released
from actors.runtime.reports import report
from actors.runtime.supervision import (
    Decision,
    Escalate,
    Quarantine,
    RestartPolicy,
    Retry,
    Skip,
)

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

    def turn_crashed(self, actor: Actor, mail: object, error: Exception, *, system: bool) -> bool:
        """Decide what becomes of *mail*, whose turn left no trace, and of *actor*.

        Return whether the actor may go on at once.
        """
        envelope = mail if type(mail) is Envelope else Envelope(mail)
        message, answer = envelope.message, envelope.answer
        counts = actor.cell.counts
        self._engine.traces.note(actor, self._engine.turns.now, message, "crashed")
        decision = self._decide(actor, type(message).__name__, error, message)
        if not system:
            counts.handled -= 1  # it was not, after all
        if answer is not None:  # whoever asked decides about asking again
            counts.dropped += 1
            answer.fail(ActorCrashed(answer.ref), error)
        elif envelope.tries or isinstance(decision, Skip):
            counts.poisoned += 1
            counts.dropped += not system
            reason = Reason.SKIPPED if isinstance(decision, Skip) else Reason.POISON
            self._engine.bury(actor.cell.ref(actor.key), message, reason, error)
            self._engine.turns.poisoned(actor, message, error)
        else:
            again = Envelope(message, timer=envelope.timer, tries=1)
            (actor.systems() if system else actor.users()).insert(0, again)
        self._obey(actor, decision)
        return not actor.status & HELD

    def aside_crashed(self, actor: Actor, message: object, error: Exception) -> None:
        """A turn that no mail caused has crashed: there is nothing to retry or to bury."""
        self._obey(actor, self._decide(actor, type(message).__name__, error, message))

    def hook_crashed(self, actor: Actor, error: Exception) -> None:
        """A hook raised that has no business to: better one actor stands still than all."""
        self._decide(actor, "a hook", error, None)
        actor.status &= ~QUEUED
        self._obey(actor, Quarantine(len(actor.more().crashes)))

    def activation_crashed(self, actor: Actor, error: Exception) -> None:
        """Loading raised; mail waits, and it is tried again as long as the policy lets us."""
        decision = self._decide(actor, "activation", error, None)
        if isinstance(decision, Skip):  # without a state there is no going on
            decision = Quarantine()
        self._obey(actor, decision)

    def release(self, actor: Actor) -> None:
        """Let *actor* out of quarantine, with a clean record."""
        if actor.status & QUARANTINED:
            actor.status &= ~QUARANTINED
            actor.more().crashes.clear()
            actor.tidy()
            self._engine.notice(Released(actor.cell.ref(actor.key)))
            self._engine.lifecycle.wake_up(actor)

    def restart(self, actor: Actor) -> None:
        """Cancel the effects of *actor*; when they have cleaned up it resumes what it owes."""
        was = actor.status
        self._engine.effects.cancel_all(actor)
        self._clear_backoff(actor)
        actor.more().crashes.clear()
        actor.tidy()
        actor.status &= ~QUARANTINED
        actor.status |= SUSPENDED  # mail waits as well
        if actor.cell.kind.resume is not None and not was & LOADING:
            actor.status |= REPLAYING
        if was & QUARANTINED:
            self._engine.notice(Released(actor.cell.ref(actor.key)))
        failed = bool(was & LOADING and was & (BACKOFF | QUARANTINED))
        go_on = partial(self._restarted, actor, load=failed)
        self._engine.deadlines.after(_BREATH, go_on)

    def _restarted(self, actor: Actor, *, load: bool) -> None:
        actor.status &= ~SUSPENDED
        if load:  # any other that is loading goes on by itself
            self._engine.lifecycle.load(actor)
        elif actor.has_mail():
            self._engine.dispatcher.enqueue(actor)

    def end_backoff(self, actor: Actor) -> None:
        """Let *actor* go on, now."""
        self._clear_backoff(actor)
        if actor.status & LOADING and not actor.status & QUARANTINED:
            self._engine.lifecycle.load(actor)
        else:
            self._engine.dispatcher.enqueue(actor)

    def _decide(self, actor: Actor, during: str, error: Exception, message: object) -> Decision:
        """Count a crash, report it, and return what the policies say."""
        now = self._engine.clock.now()
        kind = actor.cell.kind
        extra = actor.more()
        extra.crashes = [*kind.policy.recent(extra.crashes, now)[-_REMEMBERED:], now]
        extra.error = error
        jitter = self._engine.random.random()
        try:
            decision = kind.policy.decision(error, extra.crashes, now, jitter)
        except Exception as bug:  # in the policy's own table
            self._engine.fault(actor.cell, "policy.decide", bug)
            decision = kind.policy.after(extra.crashes, now, jitter)
        reason = f"{type(error).__name__} is bigger than one actor"
        self._crashes.append(now)
        recent = len(self._aggregate.recent(self._crashes, now))
        if recent > self._aggregate.tolerates:
            reason, decision = "the actors crashed too often, all together", Escalate(recent)
        actor.cell.counts.crashes += 1
        crash = report(actor, now, during, error, decision, message)
        self._engine.remember(crash)
        self._engine.notice(Crashed(crash))
        if isinstance(decision, Escalate):
            self._engine.escalate(f"{reason}; the last was {crash.ref}", crash, error)
        return decision

    def _obey(self, actor: Actor, decision: Decision) -> None:
        if isinstance(decision, Retry):
            self._clear_backoff(actor)  # of a hook that has crashed in the same visit
            actor.status |= BACKOFF
            actor.more().backoff = self._engine.deadlines.after(
                decision.delay, partial(self.end_backoff, actor)
            )
        elif not isinstance(decision, Skip):
            self._quarantine(actor, decision.crashes)

    @staticmethod
    def _clear_backoff(actor: Actor) -> None:
        extra = actor.more()
        if extra.backoff is not None:
            extra.backoff.cancel()
            extra.backoff = None
        actor.status &= ~BACKOFF

    def _quarantine(self, actor: Actor, crashes: int) -> None:
        if actor.status & QUARANTINED:
            return
        actor.status |= QUARANTINED
        self._clear_backoff(actor)
        actor.cell.counts.quarantined += 1
        self._engine.effects.cancel_all(actor)
        ref = actor.cell.ref(actor.key)
        mail = actor.user or []
        actor.user = [one for one in mail if not (type(one) is Envelope and one.answer)] or None
        for one in mail:
            if type(one) is Envelope and one.answer is not None:
                actor.cell.counts.dropped += 1
                one.answer.fail(ActorStopped(ref))
        if actor.cell.kind.resume is not None and not actor.status & LOADING:
            actor.status |= REPLAYING  # its effects are gone: released, it starts what it owes
        self._engine.notice(Quarantined(ref, crashes))
