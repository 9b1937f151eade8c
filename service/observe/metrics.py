"""Every number that is counted while it happens; what is merely looked up is in `gauges`.

docs/operations.md describes each by name. No label names a chat or a person, and every label
has a small, fixed set of values.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from fsm.states import State

WAITS: Final = (0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2, 3, 5, 8, 13, 21, 40, 80, 160, 320, 900)
"""Upper bounds, in seconds, of the buckets for what people wait for."""
LAGS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 30)


class Metrics:
    """All counters and histograms of one life, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)

        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"greenroom_{name}", what, labels, registry=registry)

        def histogram(name: str, what: str, bounds: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(f"greenroom_{name}", what, labels, buckets=bounds, registry=registry)

        self._updates = counter("updates", "Updates that reached a chat, by meaning.", "event")
        self._turns = counter("turns", "Model attempts that ended, by outcome.", "outcome")
        self._problems = counter("problems", "Turns without an answer, by sentence.", "problem")
        self._reactions = counter("reactions", "Reactions to answers, by what they say.", "mood")
        self._moves = counter("transitions", "Transitions of conversations, by new state.", "state")
        self._calls = counter(
            "channel_calls", "Calls to the channel, by family and outcome.", "call", "outcome"
        )
        self._asked = counter("model_calls", "Model calls, by outcome.", "provider", "outcome")
        self._tokens = counter("model_tokens", "Tokens used, by kind.", "provider", "kind")
        self._incidents = counter("incidents", "Incidents that began, by kind.", "incident")
        self.first_text = histogram(
            "first_text_seconds", "From a turn's begin until text of it was shown.", WAITS
        )
        self.answer = histogram(
            "answer_seconds", "From a turn's begin until all of it was delivered.", WAITS
        )
        self._call_seconds = histogram(
            "channel_call_seconds", "Length of calls to the channel.", WAITS, "call"
        )
        self._first_token = histogram(
            "model_first_token_seconds", "From a model call to its first text.", WAITS, "provider"
        )
        self._model_seconds = histogram(
            "model_call_seconds", "Length of model calls.", WAITS, "provider"
        )
        self.lag = histogram("loop_lag_seconds", "How late the event loop wakes us.", LAGS)
        self.moves = {state: self._moves.labels(state.value) for state in State}
        self._by_event: dict[type, Counter] = {}
        self._by_call: dict[tuple[str, str], Counter] = {}
        self._call_lengths: dict[str, Histogram] = {}

    def updates(self, event: type) -> Counter:
        """Return the counter of updates that mean *event*."""
        found = self._by_event.get(event)
        if found is None:
            found = self._by_event[event] = self._updates.labels(event.__name__.lower())
        return found

    def turns(self, outcome: str) -> Counter:
        """Return the counter of attempts with that outcome."""
        return self._turns.labels(outcome)

    def problems(self, problem: str) -> Counter:
        """Return the counter of turns that ended with that sentence."""
        return self._problems.labels(problem.removeprefix("problem-"))

    def reactions(self, mood: str) -> Counter:
        """Return the counter of reactions with that mood."""
        return self._reactions.labels(mood)

    def called(self, call: str, outcome: str, seconds: float) -> None:
        """Note a call to the channel; asking prometheus for a label costs more than counting."""
        key = (call, outcome)
        counter = self._by_call.get(key)
        if counter is None:
            counter = self._by_call[key] = self._calls.labels(call, outcome)
            self._call_lengths.setdefault(call, self._call_seconds.labels(call))
        counter.inc()
        self._call_lengths[call].observe(seconds)

    def asked(self, provider: str, outcome: str, seconds: float) -> None:
        """Note a model call that has ended."""
        self._asked.labels(provider, outcome).inc()
        self._model_seconds.labels(provider).observe(seconds)

    def first_token(self, provider: str, seconds: float) -> None:
        """Note how long the first text of a model call took."""
        self._first_token.labels(provider).observe(seconds)

    def tokens(self, provider: str, kind: str, count: int) -> None:
        """Note that *count* tokens of *kind* were used."""
        if count > 0:
            self._tokens.labels(provider, kind).inc(count)

    def incident(self, kind: str) -> None:
        """Note that an incident has begun."""
        self._incidents.labels(kind).inc()
