"""What can be said about a chat and about the house: the one form that `/debug`, the console and
the metrics all read. Frozen values without behaviour; `sources` fills them in.
"""

from __future__ import annotations

from dataclasses import dataclass

from actors.peers import PeerView
from fsm.states import State
from fsm.usage import Spending
from service.models.retirement import Retirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One transition of a conversation."""

    at: float
    before: str
    after: str
    message: str
    """Type of the message that caused it."""
    stayed: float
    """Seconds spent in the state that was left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFacts:
    """One part of an answer in the outbox; never its text."""

    answer: int
    index: int
    state: str
    until: float
    repeats: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFacts:
    """A model, and whether it can be asked."""

    name: str
    state: str
    """`closed` (asked as usual), `open` (left in peace), `probing`; `failing` has no breaker."""
    failures: int
    rests_for: float
    calls: int
    problem: str
    """Key of the sentence of its last failure, empty after a success."""
    failing_since: float
    at_once: int = 0
    waiting: int = 0
    """For a turn, where the provider's limits are known."""
    per_minute: int = 0
    """Questions of the last minute."""
    cached: int | None = None
    """Per cent of the tokens read that came from the provider's cache; None: nothing was read."""
    openings: int = 0
    """How often its breaker has opened."""
    out_since: float = 0.0
    """Since when it cannot be asked; 0: it can."""
    answers: bool = True
    """Whether it is asked for answers; others draw, or read aloud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """An MCP server."""

    name: str
    up: bool
    tools: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BotFacts:
    """A bot of this service, or one that was and has left something undone."""

    id: str
    name: str
    state: str
    """`ok`, `starting`, `paused`, `conflict` (somebody else fetches its updates), `refused` (its
    token), `wedged` (its requests hang), `broken` (an error that nobody has foreseen), `silent` (no
    reply), or `away`: not in the settings."""
    poll_age: float = 0.0
    updates: int = 0
    """It has brought in this life."""
    chats: int = 0
    """In memory; those of one that is away sleep, and owe something."""
    waiting: int = 0
    """Updates for one that is away."""


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
    mailbox: tuple[tuple[str, int], ...] = ()
    """What waits, by type of message."""
    effects: tuple[tuple[str, float], ...] = ()
    """Name and when it began."""
    timers: tuple[tuple[str, float], ...] = ()
    """Name and when it is due."""
    parts: tuple[tuple[str, int], ...] = ()
    """Parts in the outbox by state of delivery."""
    outbox: tuple[PartFacts, ...] = ()
    gate: PeerView | None = None
    """How its peer stands at the gate; None: at rest, nothing has gone out for a while."""
    penalty_until: float = 0.0
    backoff_until: float | None = None
    """When the message that crashed is tried once more."""
    owes: float | None = None
    """When it must act by itself (0: now); None: it owes nothing."""
    crashes: int = 0
    last_error: str = ""
    crash_report: str = ""
    """The last crash, rendered without content; empty when there was none in this life."""
    trace: tuple[tuple[float, str, str], ...] = ()
    """When, which message, how its turn ended."""
    moves: tuple[Moved, ...] = ()
    """The last transitions, oldest first."""
    traced: bool = False
    written_at: float | None = None
    """When it was last given to the journal, in this life."""
    size: int = 0
    """Bytes of its snapshot, as it would be written now."""
    tokens: int = 0
    """Used for it in this life."""
    cached: int | None = None
    """Per cent of what was ever read for the chat that came from the provider's cache."""
    flow: str = ""
    """The guided flow in hand."""
    step: str = ""
    spent: Spending | None = None
    """What it has used and cost since it began; None: it is not in memory, or has asked nothing."""
    spent_today: Spending | None = None
    problem: str = ""
    """Key of the sentence for which the last turn had no answer."""
    gone_at: float = 0.0
    """When the channel said that nobody is there; 0 when somebody is."""
    poisoned_at: float = 0.0
    """When a message of it last became a dead letter."""
    heard_at: float = 0.0
    answered_at: float = 0.0
    provider_down: bool = False
    """No model of the chain can be asked just now."""
    intake: str = ""
    """Why nothing reaches it: `dead`, `paused`, `disk`, `conflict`, `refused`, `away`, or empty."""
    bot: str = ""
    """What its bot is called; empty where there is just one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """A chat that is waiting for something other than its person."""

    key: str
    cause: str
    left: float | None
    state: str
    since: float
    bot: str = ""
    """What its bot is called; empty where there is just one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Where the data directory is."""

    free: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """One step of a guided flow."""

    name: str
    here: int
    """Chats in memory that stand at it."""
    reached: int
    left: int
    """How many went away at it, or let the time run out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFacts:
    """A guided flow, since the start."""

    name: str
    begun: int
    finished: int
    left: int
    steps: tuple[StepFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetFacts:
    """All of it at a glance."""

    now: float
    started: float
    states: tuple[tuple[str, int], ...]
    causes: tuple[tuple[str, int], ...]
    """Chats in memory by what they wait for."""
    attention: tuple[Attention, ...]
    actors: int
    packed: int
    """Chats at rest, which are packed in memory, and their bytes."""
    packed_bytes: int
    statuses: tuple[tuple[str, str, int], ...]
    """Kind, status, number."""
    mail: int
    spilled: int
    effects: int
    timers: int
    crashes: int
    quarantined: int
    dead_letters: int
    dead_by_reason: tuple[tuple[str, int], ...]
    penalties: tuple[tuple[str, float], ...]
    """Peer and until when."""
    unabsorbed: int
    unwritten: int
    journal_bytes: int
    syncs: int
    damaged: int
    failing: bool
    children: tuple[tuple[str, bool, int], ...]
    """Name, alive, restarts."""
    lost: tuple[str, ...]
    """Children that were given up: they only watched, and ended too often."""
    providers: tuple[ProviderFacts, ...]
    lag: float
    """The greatest of the last minute, in seconds."""
    disk: Disk | None
    poll_age: float
    """Seconds since Telegram last answered getUpdates."""
    polling: str
    """`ok`, `paused`, `dead` or `starting`: of several bots, the best."""
    bots: tuple[BotFacts, ...] = ()
    rebuilt: int = 0
    """How often the connections for fetching updates had to be made anew."""
    unreadable: int = 0
    """Updates that nobody could understand, in this life."""
    active: tuple[int, int, int] = (0, 0, 0)
    """People of the day, the week, the month."""
    servers: tuple[ServerFacts, ...] = ()
    """Those of tools."""
    novelties: tuple[str, ...] = ()
    """Names of fields and kinds of updates that this copy does not know."""
    retiring: tuple[Retirement, ...] = ()
    """Configured models that their providers give up soon, or have given up."""
    flows: tuple[FlowFacts, ...] = ()
    log_level: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    """What the runtime has counted for chats, by name."""
