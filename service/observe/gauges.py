"""What is looked up when somebody asks for the metrics: nothing of it costs a message anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from actors.runtime.observe import Reason
from fsm.states import State

if TYPE_CHECKING:
    from service.operators.facts import FleetFacts

Rows = Iterable[tuple[tuple[str, ...], float]]

CAUSES = (
    "absent", "away", "backoff", "budget", "collecting", "conflict", "cooling", "delivery", "disk",
    "full", "gone", "idle-model", "loading", "mail", "model", "paused", "penalty", "person",
    "poison", "poller", "provider", "quarantined", "refused", "suspended",
)  # fmt: skip
"""Everything that a chat can be waiting for."""


class Gauges(Collector):
    """Turns an overview into metrics."""

    def __init__(self, fleet: Callable[[], FleetFacts]) -> None:
        self._fleet = fleet

    def describe(self) -> Iterator[Metric]:
        """Say nothing in advance: the overview cannot be had before the service runs."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """Yield every gauge."""
        facts = self._fleet()
        yield from _chats(facts)
        yield from _trouble(facts)
        yield from _disk(facts)
        yield from _bots(facts)
        yield from _around(facts)


def _chats(facts: FleetFacts) -> Iterator[Metric]:
    states, causes = dict(facts.states), dict(facts.causes)
    yield _gauge(
        "chats",
        "Chats in memory, by state.",
        ("state",),
        [((state.value,), states.get(state.value, 0)) for state in State],
    )
    yield _gauge(
        "chats_waiting",
        "Chats in memory, by what they wait for.",
        ("cause",),
        [((cause,), causes.get(cause, 0)) for cause in CAUSES],
    )
    yield _gauge(
        "actors",
        "Actors in memory, by kind and status.",
        ("kind", "status"),
        [((kind, status), number) for kind, status, number in facts.statuses],
    )
    yield _gauge("chats_packed", "Chats at rest, packed in memory.", (), [((), facts.packed)])
    yield _gauge("chats_packed_bytes", "What those take.", (), [((), facts.packed_bytes)])
    yield _gauge("mailbox_messages", "Messages in mailboxes of chats.", (), [((), facts.mail)])
    yield _gauge(
        "mailbox_spilled", "Messages left in the journal by full mailboxes.", (),
        [((), facts.spilled)],
    )  # fmt: skip
    yield _gauge("effects", "Effects running or about to run.", (), [((), facts.effects)])
    yield _gauge("timers", "Timers set for chats.", (), [((), facts.timers)])


def _trouble(facts: FleetFacts) -> Iterator[Metric]:
    counts = dict(facts.counts)
    yield _counter("crashes", "Crashes of chats.", (), [((), facts.crashes)])
    yield _counter(
        "effects_failed", "Effects of chats that raised or timed out.", (),
        [((), counts.get("effects_failed", 0))],
    )  # fmt: skip
    yield _gauge("quarantined", "Chats in quarantine.", (), [((), facts.quarantined)])
    yield _counter(
        "dead_letters",
        "Messages set aside in this life, by reason.",
        ("reason",),
        # From zero on, or the first one of its reason would not count as an increase.
        [((reason.value,), dict(facts.dead_by_reason).get(reason.value, 0)) for reason in Reason],
    )
    yield _gauge("penalties", "Peers under a penalty.", (), [((), len(facts.penalties))])
    longest = max((until - facts.now for _, until in facts.penalties), default=0.0)
    yield _gauge(
        "penalty_longest_seconds", "Longest time left of any penalty.", (), [((), longest)]
    )
    yield _counter(
        "restarts",
        "Restarts of long-running children.",
        ("child",),
        [((name,), restarts) for name, _, restarts in facts.children],
    )
    yield _gauge(
        "child_up",
        "Whether a long-running child is alive.",
        ("child",),
        [((name,), alive) for name, alive, _ in facts.children],
    )


def _disk(facts: FleetFacts) -> Iterator[Metric]:
    for name, what, value in (
        ("journal_bytes", "Bytes of the journal.", facts.journal_bytes),
        ("journal_unabsorbed", "Updates accepted and not dealt with.", facts.unabsorbed),
        ("journal_unwritten", "Values that are not on disk yet.", facts.unwritten),
        ("disk_failing", "Whether the disk does not take more.", facts.failing),
    ):
        yield _gauge(name, what, (), [((), value)])
    yield _counter("journal_syncs", "Batches synced to disk.", (), [((), facts.syncs)])
    yield _counter("damaged", "Files and records found damaged.", (), [((), facts.damaged)])
    if facts.disk is not None:
        yield _gauge("disk_free_bytes", "Room left for data.", (), [((), facts.disk.free)])
        yield _gauge("disk_bytes", "Size of the disk.", (), [((), facts.disk.total)])


def _bots(facts: FleetFacts) -> Iterator[Metric]:
    bots = [each for each in facts.bots if each.state != "away"]
    yield _gauge(
        "bot_up",
        "Whether a bot receives what people write to it.",
        ("bot",),
        [((each.name,), each.state == "ok") for each in bots],
    )
    yield _gauge(
        "bot_poll_age_seconds",
        "Since the last reply to getUpdates, by bot.",
        ("bot",),
        [((each.name,), each.poll_age) for each in bots],
    )
    yield _gauge(
        "bot_chats",
        "Chats in memory, by bot.",
        ("bot",),
        [((each.name,), each.chats) for each in bots],
    )
    yield _counter(
        "bot_updates",
        "Updates that came in, by bot.",
        ("bot",),
        [((each.name,), each.updates) for each in bots],
    )


def _around(facts: FleetFacts) -> Iterator[Metric]:
    yield _gauge(
        "provider_up",
        "Whether a model can be asked.",
        ("provider",),
        [((each.name,), each.state in {"closed", "probing"}) for each in facts.providers],
    )
    yield _counter(
        "breaker_openings",
        "How often a failing model was left in peace from then on.",
        ("provider",),
        [((each.name,), each.openings) for each in facts.providers],
    )
    yield _gauge(
        "model_questions",
        "Questions to a model, in hand or waiting for their turn.",
        ("provider", "state"),
        [
            ((each.name, state), count)
            for each in facts.providers
            for state, count in (("asked", each.at_once), ("waiting", each.waiting))
        ],
    )
    yield _gauge(
        "tool_server_up",
        "Whether an MCP server is there.",
        ("server",),
        [((each.name,), each.up) for each in facts.servers],
    )
    yield _gauge(
        "poll_age_seconds", "Since the last reply to getUpdates.", (), [((), facts.poll_age)]
    )
    yield _gauge("polling", "Whether updates are being fetched.", (), [((), facts.polling == "ok")])
    yield _gauge(
        "people_active",
        "People who have used the bot in the last day, week or month.",
        ("period",),
        [
            ((period,), count)
            for period, count in zip(("day", "week", "month"), facts.active, strict=True)
        ],
    )
    yield _counter("unreadable", "Updates that nobody understood.", (), [((), facts.unreadable)])
    yield _counter(
        "poller_rebuilt", "New connections for fetching updates.", (), [((), facts.rebuilt)]
    )
    yield _gauge("started_seconds", "When this life began.", (), [((), facts.started)])


def _gauge(name: str, what: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    family = GaugeMetricFamily(f"greenroom_{name}", what, labels=labels)
    for values, number in rows:
        family.add_metric(values, float(number))
    return family


def _counter(name: str, what: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    family = CounterMetricFamily(f"greenroom_{name}", what, labels=labels)
    for values, number in rows:
        family.add_metric(values, float(number))
    return family
