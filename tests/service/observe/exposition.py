"""Every metric that the service can expose, read from a registry that has something of all."""

from __future__ import annotations

from prometheus_client.metrics import MetricWrapperBase

from service.observe.gauges import Gauges
from service.observe.metrics import Metrics
from service.operators.facts import BotFacts, Disk, FleetFacts, ProviderFacts, ServerFacts

Family = tuple[str, str, tuple[str, ...], str]
"""Name as Prometheus stores it, type, labels, description."""


def overview() -> FleetFacts:
    """Something of everything."""
    return FleetFacts(
        now=100.0,
        started=1.0,
        states=(("idle", 2),),
        causes=(("person", 2),),
        attention=(),
        actors=2,
        statuses=(("chat", "idle", 2),),
        mail=0,
        spilled=0,
        effects=0,
        timers=0,
        crashes=0,
        quarantined=0,
        dead_letters=1,
        dead_by_reason=(("poison", 1),),
        penalties=(("peer/x", 130.0),),
        unabsorbed=0,
        unwritten=0,
        journal_bytes=0,
        packed=2,
        packed_bytes=3000,
        syncs=0,
        damaged=0,
        failing=False,
        children=(("poller", True, 0),),
        lost=(),
        providers=(
            ProviderFacts(
                name="m",
                state="closed",
                failures=0,
                rests_for=0,
                calls=1,
                problem="",
                failing_since=0,
            ),
        ),
        servers=(ServerFacts(name="s", up=True, tools=1, problem=""),),
        lag=0.001,
        disk=Disk(free=1, total=2),
        poll_age=1.0,
        polling="ok",
        bots=(BotFacts(id="1", name="@bot", state="ok"),),
    )


def families() -> list[Family]:
    """Return what is exposed, ours alone."""
    metrics = Metrics()
    found = [
        _family(each)
        for each in metrics.registry._collector_to_names
        if isinstance(each, MetricWrapperBase)
    ]
    for metric in Gauges(overview).collect():
        suffix = "_total" if metric.type == "counter" else ""
        labels = tuple(metric.samples[0].labels)
        found.append((f"{metric.name}{suffix}", metric.type, labels, metric.documentation))
    return found


def _family(metric: MetricWrapperBase) -> Family:
    suffix = "_total" if metric._type == "counter" else ""
    return f"{metric._name}{suffix}", metric._type, metric._labelnames, metric._documentation
