"""The facts behind `/debug`, gathered at once and without waiting for anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from actors.chat import Chat
from actors.gate import Gate
from actors.ports import Address
from actors.runtime import ActorSystem
from fsm.conversation import owes
from fsm.states import State
from snapshots import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFacts:
    """One chat, as it is now. Times are wall seconds."""

    key: str
    now: float
    status: str
    state: State | None
    since: float = 0.0
    turn: int = 0
    attempt: int = 0
    waiting: int = 0
    memory: int = 0
    mail: int = 0
    spilled: int = 0
    effects: tuple[tuple[str, float], ...] = ()
    """Name and when it began."""
    timers: tuple[tuple[str, float], ...] = ()
    """Name and when it is due."""
    parts: tuple[tuple[str, int], ...] = ()
    """Parts in the outbox by state of delivery."""
    penalty_until: float = 0.0
    backoff_until: float | None = None
    """When the message that crashed is tried once more."""
    owes: float | None = None
    crashes: int = 0
    last_error: str = ""
    trace: tuple[tuple[float, str, str], ...] = ()
    """When, which message, how its turn ended."""
    written_at: float | None = None
    """When it was last given to the journal, in this life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetFacts:
    """All of it at a glance."""

    now: float
    started: float
    states: tuple[tuple[str, int], ...]
    actors: int
    mail: int
    effects: int
    timers: int
    crashes: int
    quarantined: int
    dead_letters: int
    penalties: int
    unabsorbed: int
    journal_bytes: int
    failing: bool
    children: tuple[tuple[str, bool, int], ...]
    """Name, alive, restarts."""


def chat_facts(
    key: str, system: ActorSystem, gate: Gate, written: Mapping[str, float]
) -> ChatFacts:
    """Return what there is to know about the chat *key*; it is not woken for it."""
    ref = system.ref("chat", key)
    now, seen, value = system.now(), system.statistics(ref), system.get_state(ref)
    chat = value if isinstance(value, Chat) else None
    conv = chat.conversation if chat else None
    answers = chat.outbox.answers if chat else ()
    parts = Counter(part.state.value for answer in answers for part in answer.parts)
    return ChatFacts(
        key=key,
        now=now,
        status=seen.status,
        state=conv.state if conv else None,
        since=conv.since if conv else 0.0,
        turn=conv.turn if conv else 0,
        attempt=conv.attempt if conv else 0,
        waiting=len(conv.waiting) if conv else 0,
        memory=len(conv.memory) if conv else 0,
        mail=seen.user_mail + seen.system_mail,
        spilled=seen.spilled,
        effects=tuple((effect.name, effect.since) for effect in seen.effects),
        timers=tuple((timer.name, timer.at) for timer in seen.timers),
        parts=tuple(sorted(parts.items())),
        penalty_until=gate.penalty(Address.parse(key).peer),
        owes=owes(chat.conversation, chat.outbox) if chat else None,
        backoff_until=seen.backoff_until,
        crashes=seen.crashes,
        last_error=type(seen.last_error).__name__ if seen.last_error else "",
        written_at=written.get(key),
        trace=tuple((turn.at, turn.message, turn.outcome) for turn in seen.trace),
    )


def fleet_facts(
    system: ActorSystem, gate: Gate, store: Store, started: float, keys: tuple[str, ...]
) -> FleetFacts:
    """Return the overview; *keys* are the chats in memory."""
    tree, disk = system.tree(), store.statistics()
    states: Counter[str] = Counter()
    mail = 0
    for key in keys:
        ref = system.ref("chat", key)
        seen, value = system.statistics(ref), system.get_state(ref)
        mail += seen.user_mail + seen.system_mail
        if isinstance(value, Chat):
            states[value.conversation.state.value] += 1
    chats = next(kind for kind in tree.kinds if kind.name == "chat")
    return FleetFacts(
        now=system.now(),
        started=started,
        states=tuple(sorted(states.items())),
        actors=chats.actors,
        mail=mail,
        effects=tree.effects,
        timers=chats.timers,
        crashes=chats.counts.get("crashes", 0),
        quarantined=chats.by_status.get("quarantined", 0),
        dead_letters=sum(tree.dead_letters.values()),
        penalties=len(gate.penalties()),
        unabsorbed=disk.unabsorbed,
        journal_bytes=disk.journal_bytes,
        failing=disk.failing_since is not None,
        children=tuple(
            (child.name, child.alive, child.restarts)
            for family in tree.children
            for child in family
        ),
    )
