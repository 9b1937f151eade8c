"""Gathers the facts, at once and without waiting for anybody: no chat is woken or disturbed."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from actors.chat import Chat
from actors.gate import Gate
from actors.ports import Address
from actors.runtime import ActorSystem
from fsm.conversation import owes
from fsm.usage import Usage
from service.audience import DAY, MONTH
from service.models.retirement import Retirement, near
from service.observe.chronicle import Chronicle
from service.observe.watched import Provider
from service.observe.ways import Way
from service.operators.around import Around, Breaker
from service.operators.facts import (
    ChatFacts,
    Disk,
    FlowFacts,
    Moved,
    PartFacts,
    ProviderFacts,
    ServerFacts,
    StepFacts,
)
from service.operators.reasons import are_down
from snapshots import Store
from snapshots.codec import encode


class Sources:
    """Where every fact comes from."""

    def __init__(
        self,
        *,
        system: Callable[[], ActorSystem],
        gate: Gate,
        store: Store,
        written: Mapping[str, float],
        chronicle: Chronicle,
        around: Around,
    ) -> None:
        """*written* tells when each chat in memory was last given to the journal."""
        self._system = system
        self.gate = gate
        self.store = store
        self._written = written
        self.chronicle = chronicle
        self.around = around
        self.started = time.time()

    @property
    def system(self) -> ActorSystem:
        """The actors."""
        return self._system()

    # -- one chat -----------------------------------------------------------------------------

    def value(self, key: str) -> Chat | None:
        """Return the chat *key* as it is in memory, at work or packed."""
        value = self.system.get_state(self.system.ref("chat", key))
        if value is None:
            value = self.store.resting.look(f"chat/{key}")
        return value if isinstance(value, Chat) else None

    def chats(self) -> list[str]:
        """Return the keys of all chats in memory, those that rest first."""
        resting = (key.partition("/") for key in self.store.resting)
        packed = [name for kind, _, name in resting if kind == "chat"]
        return [*packed, *self.system.keys("chat")]

    def chat(self, key: str) -> ChatFacts:
        """Return all there is to know about the chat *key*."""
        brief = self.brief(key, provider_down=self.provider_down())
        trace = self.system.trace(self.system.ref("chat", key))
        brief = replace(brief, trace=trace, bot=self.bot(key))
        return _completed(brief, self.value(key), self._rest(key))

    def bot(self, key: str) -> str:
        """Return what the bot of a chat is called; nothing where there is just one."""
        roll = self.around.roll
        return roll.name(Address.parse(key).bot) if roll.has_several else ""

    def brief(self, key: str, *, provider_down: bool) -> ChatFacts:
        """Return what the reason of its silence is found from; about 20 us."""
        system = self.system
        ref = system.ref("chat", key)
        seen, chat = system.statistics(ref), self.value(key)
        conv = chat.conversation if chat else None
        flow = conv.flows.current if conv else None
        diary, address = self.chronicle.of(key), Address.parse(key)
        parts: Counter[str] = Counter()
        for answer in chat.outbox.answers if chat else ():
            parts.update(part.state.value for part in answer.parts)
        return ChatFacts(
            key=key,
            now=system.now(),
            status="packed" if chat and seen.status == "absent" else seen.status,
            state=conv.state if conv else None,
            since=conv.since if conv else 0.0,
            turn=conv.turn if conv else 0,
            attempt=conv.attempt if conv else 0,
            waiting=len(conv.waiting) if conv else 0,
            memory=len(conv.memory) if conv else 0,
            mail=seen.user_mail + seen.system_mail,
            spilled=seen.spilled,
            mailbox=tuple(sorted(seen.mailbox.items())),
            effects=tuple((effect.name, effect.since) for effect in seen.effects),
            timers=tuple((timer.name, timer.at) for timer in seen.timers),
            parts=tuple(sorted(parts.items())),
            gate=self.gate.view(address.peer),
            penalty_until=self.gate.penalty(address.peer),
            owes=owes(chat.conversation, chat.outbox) if chat else None,
            backoff_until=seen.backoff_until,
            crashes=seen.crashes,
            last_error=type(seen.last_error).__name__ if seen.last_error else "",
            traced=key in self.chronicle.traced,
            written_at=self._written.get(key),
            tokens=diary.tokens,
            cached=conv.usage.total.cached_share if conv else None,
            flow=flow.name if flow else "",
            step=flow.step if flow else "",
            problem=diary.problem,
            gone_at=diary.gone_at,
            poisoned_at=diary.poisoned_at,
            heard_at=diary.asked_at,
            answered_at=diary.answered_at,
            provider_down=provider_down,
            intake=self.intake(address.bot),
        )

    def _rest(self, key: str) -> tuple[tuple[Moved, ...], str]:
        moves = tuple(
            Moved(
                at=move.at,
                before=move.before,
                after=move.after,
                message=move.message,
                stayed=move.stayed,
            )
            for move in self.chronicle.of(key).moves
        )
        ref = self.system.ref("chat", key)
        mine = [report for report in self.system.crash_reports if report.ref == ref]
        return moves, mine[-1].render() if mine else ""

    # -- around the chats ---------------------------------------------------------------------

    def intake(self, bot: str) -> str:
        """Return why no message reaches the chats of *bot*; nothing when all is well."""
        if self.store.failing_since is not None:
            return "disk"
        return self.around.roll.intake(bot)

    def active(self) -> tuple[int, int, int]:
        """Return how many people were active today, in a week, in a month."""
        audience, today = self.around.audience(), int(self.system.now() // DAY)
        if audience is None:
            return 0, 0, 0
        return audience.active(today, 1), audience.active(today, 7), audience.active(today, MONTH)

    def providers(self) -> tuple[ProviderFacts, ...]:
        """Return the models in the order in which they are asked."""
        links = {link.name: link for tell in self.around.links for link in tell()}
        now = self.system.now()
        loads = {load.name: load for load in (tell() for tell in self.around.loads)}
        found = []
        for provider in self.around.providers:
            link = links.get(provider.name)
            load = loads.get(provider.name)
            alone = "failing" if provider.failures else "closed"
            found.append(
                ProviderFacts(
                    name=provider.name,
                    state=link.state if link else alone,
                    failures=max(provider.failures, link.failures if link else 0),
                    rests_for=link.rests_for if link else 0.0,
                    calls=provider.calls,
                    problem=provider.last_problem,
                    failing_since=provider.failing_since,
                    at_once=load.at_once if load else provider.running,
                    waiting=load.waiting if load else 0,
                    per_minute=load.per_minute if load else 0,
                    cached=provider.spent.cached_share,
                    openings=link.openings if link else 0,
                    out_since=_out_since(link, provider, now),
                    answers=provider.answers,
                )
            )
        return tuple(found)

    def servers(self) -> tuple[ServerFacts, ...]:
        """Return the servers of tools."""
        told = [tell() for tell in self.around.servers]
        return tuple(
            ServerFacts(name=each.name, up=each.up, tools=each.tools, problem=each.problem)
            for each in told
        )

    def retiring(self) -> tuple[Retirement, ...]:
        """Return the configured models that their providers give up soon."""
        said = {each.name: each.retires for each in self.around.providers}
        return near(self.around.models(), self.system.now(), said)

    def flows(self, here: Counter[tuple[str, str]]) -> tuple[FlowFacts, ...]:
        """Return how far people come in each flow; *here* counts chats by flow and step."""
        ways = self.chronicle.ways
        return tuple(
            _flow_facts(name, [step.id for step in definition.steps], ways.of(name), here)
            for name, definition in self.around.flows().items()
        )

    def provider_down(self) -> bool:
        """Whether no model can be asked for an answer just now."""
        return are_down(self.providers())


def _completed(
    brief: ChatFacts, chat: Chat | None, rest: tuple[tuple[Moved, ...], str]
) -> ChatFacts:
    """Return *brief* with what only the page of a single chat shows."""
    outbox = tuple(
        PartFacts(
            answer=answer.id,
            index=index,
            state=part.state.value,
            until=part.until,
            repeats=part.repeats,
            bytes=len(part.body),
        )
        for answer in (chat.outbox.answers if chat else ())
        for index, part in enumerate(answer.parts)
    )
    usage = chat.conversation.usage if chat else Usage()
    asked = usage.total.calls > 0
    return replace(
        brief,
        moves=rest[0],
        crash_report=rest[1],
        outbox=outbox,
        size=len(encode(chat)) if chat else 0,
        spent=usage.total if asked else None,
        spent_today=usage.on(brief.now) if asked else None,
    )


def _flow_facts(
    name: str, steps: Sequence[str], way: Way, here: Mapping[tuple[str, str], int]
) -> FlowFacts:
    """Return what *way* has counted, step by step, and how many are *here* and there just now."""
    return FlowFacts(
        name=name,
        begun=way.begun,
        finished=way.finished,
        left=way.left,
        steps=tuple(
            StepFacts(
                name=step,
                here=here.get((name, step), 0),
                reached=way.reached[step],
                left=way.left_at[step],
            )
            for step in steps
        ),
    )


def _out_since(link: Breaker | None, provider: Provider, now: float) -> float:
    """Return since when a model cannot be asked: its breaker is open, or it fails and has none."""
    if link is None:
        return provider.failing_since
    return now - link.out_for if link.out_for else 0.0


def disk_of(folder: Path) -> Disk:
    """Measure the disk that *folder* is on; a slow one takes a while, so call it in a thread."""
    usage = shutil.disk_usage(folder)
    return Disk(free=usage.free, total=usage.total)
