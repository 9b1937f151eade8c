"""Actors to test with: one that keeps a list, told by its mail what to do and when to fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio

from actors.runtime import AskFailed, Effect, Happening, Kind, Reply, Turn
from actors.runtime.testing import TestSystem

Log = tuple[object, ...]
STATE = "state?"


@dataclass(frozen=True)
class Do:
    """Noted, and these effects are wished for."""

    effects: tuple[object, ...]

    def __repr__(self) -> str:
        return "Do"


def do(*effects: object) -> Do:
    return Do(effects)


@dataclass(eq=False)
class Bang:
    """Crashes its turn so many times."""

    times: int = 10**9
    error: BaseException = field(default_factory=lambda: ValueError("bang"))
    tried: int = 0


def log(state: Log, message: object, now: float) -> tuple[Log, Sequence[object]]:
    """Note every message."""
    if message == STATE:
        return state, (Reply(state),)
    if isinstance(message, Bang):
        message.tried += 1
        if message.tried <= message.times:
            raise message.error
    if isinstance(message, Do):
        return (*state, message), message.effects
    return (*state, message), ()


def logging(**rest: Any) -> Kind[Log, Any]:
    """Return a kind of actors that note every message."""
    return Kind(**{"behaviour": log, "initial": lambda _: (), **rest})


class Kept:
    """A store for one kind: loads and keeps states, slowly or badly if told to."""

    def __init__(self) -> None:
        self.states: dict[str, Any] = {}
        self.loads: list[str] = []
        self.writes: list[str] = []
        self.load_errors: list[Exception] = []
        self.write_errors: list[Exception] = []
        self.before_load: Callable[[], Any] | None = None
        self.before_write: Callable[[], Any] | None = None

    async def load(self, key: str) -> Any:
        self.loads.append(key)
        if self.before_load is not None:
            await self.before_load()
        if self.load_errors:
            raise self.load_errors.pop(0)
        return self.states.get(key)

    async def retire(self, key: str, state: Any) -> None:
        if self.before_write is not None:
            await self.before_write()
        if self.write_errors:
            raise self.write_errors.pop(0)
        self.writes.append(key)
        self.states[key] = state


class Ticket:
    """A commit that reaches the disk when the test says so."""

    def __init__(self) -> None:
        self.durable = False
        self._waiting: list[Callable[[], None]] = []

    def when_durable(self, callback: Callable[[], None]) -> None:
        if self.durable:
            callback()
        else:
            self._waiting.append(callback)

    def reach_disk(self) -> None:
        self.durable = True
        for callback in self._waiting:
            callback()


class Watcher:
    """Remembers what happened."""

    def __init__(self) -> None:
        self.happened: list[Happening] = []

    def __call__(self, happening: Happening) -> None:
        self.happened.append(happening)

    def of(self, kind: type) -> list[Any]:
        return [one for one in self.happened if isinstance(one, kind)]


class Commits:
    """A commit hook that remembers every turn."""

    def __init__(self) -> None:
        self.turns: list[Turn[Any]] = []

    def __call__(self, turn: Turn[Any]) -> None:
        self.turns.append(turn)


async def until_the_end() -> None:
    """Wait until the system ends by itself; not for ever, if a defence of it is gone."""
    with anyio.fail_after(5):
        await anyio.sleep_forever()


async def outcome(question: Any) -> Any:
    """Return the answer, or the type of the reason."""
    try:
        return await question
    except AskFailed as error:
        return type(error)


async def asked(system: TestSystem, *questions: Any) -> list[Any]:
    """Ask all questions at once and let them wait; return the list their outcomes go to."""
    outcomes: list[Any] = []

    async def one(question: Any) -> None:
        outcomes.append(await outcome(question))

    for question in questions:
        system.spawn(one, question)
    await system.settle()
    return outcomes


__all__ = [
    "STATE",
    "Bang",
    "Commits",
    "Do",
    "Effect",
    "Kept",
    "Log",
    "Ticket",
    "Watcher",
    "asked",
    "do",
    "log",
    "logging",
    "outcome",
    "until_the_end",
]
