"""A watchdog barks once, at the time that was expected last, on a clock turned by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from service.models.watchdog import Watchdog


class Timer:
    def __init__(self, at: float, ring: Callable[[], None]) -> None:
        self.at = at
        self.ring = ring
        self.cancelled = False

    def when(self) -> float:
        return self.at

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """The two things that a watchdog needs of an event loop."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []
        self.barks: list[float] = []

    def time(self) -> float:
        return self.now

    def call_at(self, at: float, ring: Callable[[], None]) -> Any:
        self.timers.append(Timer(at, ring))
        return self.timers[-1]

    def turn_to(self, now: float) -> None:
        while due := [t for t in self.timers if t.at <= now and not t.cancelled]:
            first = min(due, key=Timer.when)
            self.timers.remove(first)
            self.now = first.at
            first.ring()
        self.now = now

    def watchdog(self) -> Watchdog:
        return Watchdog(
            lambda: self.barks.append(self.now), cast("asyncio.AbstractEventLoop", self)
        )


def test_it_barks_when_what_was_expected_did_not_come() -> None:
    clock = Clock()
    watchdog = clock.watchdog()
    watchdog.expect(5)

    clock.turn_to(4.9)
    assert not watchdog.barked
    clock.turn_to(100)
    assert clock.barks == [5]
    assert watchdog.barked


def test_putting_off_costs_no_new_timer_until_the_old_one_rings() -> None:
    clock = Clock()
    watchdog = clock.watchdog()
    for now in range(4):
        clock.turn_to(now)
        watchdog.rest()
        watchdog.expect(now + 5)
    assert len(clock.timers) == 1

    clock.turn_to(100)
    assert clock.barks == [8]


def test_bringing_forward_is_heard() -> None:
    clock = Clock()
    watchdog = clock.watchdog()
    watchdog.expect(60)
    watchdog.expect(2)

    clock.turn_to(100)
    assert clock.barks == [2]


def test_it_is_quiet_while_nothing_is_expected_and_after_closing() -> None:
    clock = Clock()
    watchdog = clock.watchdog()
    watchdog.expect(1)
    watchdog.rest()
    clock.turn_to(10)
    watchdog.expect(11)
    watchdog.close()
    clock.turn_to(100)

    assert clock.barks == []
