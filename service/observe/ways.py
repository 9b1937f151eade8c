"""How far people come in guided flows, and where they leave; counted while they go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from fsm.flow.state import Flow, Flows


@dataclass(slots=True)
class Way:
    """One flow, in this life of the service."""

    begun: int = 0
    finished: int = 0
    left: int = 0
    reached: Counter[str] = field(default_factory=Counter)
    """How many came to each step, each once."""
    left_at: Counter[str] = field(default_factory=Counter)
    """At which step they went away, or let the time run out."""


class Ways:
    """Counts what changes in the flows of chats."""

    def __init__(self) -> None:
        self.by_flow: dict[str, Way] = {}
        self._been: dict[tuple[str, int], set[str]] = {}
        """The steps that each person in a flow has come to."""

    def of(self, flow: str) -> Way:
        """Return what is known of *flow*."""
        return self.by_flow.get(flow) or Way()

    def note(self, chat: str, before: Flows, after: Flows) -> None:
        """Take note of a change."""
        old, new = before.current, after.current
        if old is not None and (new is None or new.number != old.number):
            kept = bool(after.forms) and after.forms[-1:] != before.forms[-1:]
            self._ended(chat, old, finished=kept or not old.step)
        if new is not None:
            self._goes_on(chat, new)

    def _goes_on(self, chat: str, flow: Flow) -> None:
        way, key = self._way(flow), (chat, flow.number)
        been = self._been.get(key)
        if been is None:  # begun just now, or in an earlier life
            been = self._been[key] = set()
            way.begun += 1
        come_to = {*(visit.step for visit in flow.trail), flow.step} - been - {""}
        way.reached.update(come_to)
        been |= come_to

    def _ended(self, chat: str, flow: Flow, *, finished: bool) -> None:
        way = self._way(flow)
        self._been.pop((chat, flow.number), None)
        if finished:
            way.finished += 1
        else:
            way.left += 1
            way.left_at[flow.step] += 1

    def _way(self, flow: Flow) -> Way:
        return self.by_flow.setdefault(flow.name, Way())
