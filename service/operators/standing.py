"""How each model stands, in words: whether it can be asked, since when not, and how busy it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from service.operators.facts import FleetFacts, ProviderFacts

Say = Callable[[str, Mapping[str, str]], str]


def listed(facts: FleetFacts, say: Say, span: Callable[[float], str]) -> list[tuple[str, str]]:
    """Return each model's name, and its state with what there is to say about it."""
    found = []
    for each in facts.providers:
        about = "; ".join(say(key, args) for key, args in _about(each, facts.now, span))
        found.append((each.name, f"{each.state} ({about})" if about else each.state))
    return found


def _about(
    provider: ProviderFacts, now: float, span: Callable[[float], str]
) -> Iterator[tuple[str, dict[str, str]]]:
    if provider.out_since:
        yield "debug-provider-out", {"since": span(now - provider.out_since)}
    if provider.rests_for:
        yield "debug-provider-probe", {"left": span(provider.rests_for)}
    if provider.openings:
        yield "debug-provider-openings", {"count": str(provider.openings)}
    if provider.at_once or provider.waiting:
        load = {"running": str(provider.at_once), "waiting": str(provider.waiting)}
        yield "debug-provider-load", load
    if provider.cached is not None:
        yield "debug-provider-cached", {"share": str(provider.cached)}
