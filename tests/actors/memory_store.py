"""The least store that chats can live on: values in a dict, durable at once or when told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from actors.chat import apply
from actors.ports import Accepted
from fsm.memory import Turn
from tests.keep import Keep


class Instant:
    durable = True

    def when_durable(self, callback: Callable[[], None]) -> None:
        callback()


class MemoryStore:
    """Implements `actors.ports.Store` far enough for one process; `freeze` drops late writes."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.owed: dict[str, float | None] = {}
        self.mail: dict[int, tuple[str, Accepted]] = {}
        self.archived_turns: dict[str, list[Turn]] = {}
        self.commits = self.amends = 0
        self.keep = Keep()
        self._numbers = 0
        self._frozen = False

    def take(self, key: str, update: Mapping[str, Any]) -> Accepted:
        self._numbers += 1
        accepted = Accepted(n=self._numbers, bot="1", update=update)
        self.mail[accepted.n] = (key, accepted)
        return accepted

    async def accept(
        self, bot: str, updates: Sequence[Mapping[str, Any]], *, next_offset: int | None
    ) -> list[Accepted]:
        raise AssertionError("tests hand mail over by take()")

    def commit(
        self,
        key: str,
        value: object,
        *,
        absorbed: Sequence[int] = (),
        owes: float | None = None,
        soon: bool = False,
    ) -> Instant:
        if not self._frozen:
            self.commits += 1
            self.values[key] = value
            self.owed[key] = owes
            self.absorb(*absorbed)
        return Instant()

    def amend(
        self, key: str, delta: Any, *, owes: float | None = None, soon: bool = False
    ) -> Instant:
        if not self._frozen:
            self.amends += 1
            self.values[key] = apply(self.values[key], delta)
            self.owed[key] = owes
        return Instant()

    def absorb(self, *numbers: int) -> None:
        for number in numbers:
            self.mail.pop(number, None)

    async def load(self, key: str) -> object | None:
        return self.values.get(key)

    def pending(self, key: str, most: int, after: int = 0) -> Sequence[Accepted]:
        found = [mail for kept, mail in self.mail.values() if kept == key and mail.n > after]
        return sorted(found, key=lambda mail: mail.n)[:most]

    async def archive(self, key: str, turns: Sequence[Turn]) -> None:
        self.archived_turns.setdefault(key, []).extend(turns)

    async def archived(self, key: str) -> list[Turn]:
        return list(self.archived_turns.get(key, ()))

    async def forget(self, key: str) -> None:
        self.values.pop(key, None)
        self.archived_turns.pop(key, None)

    def rest(self, key: str, value: object) -> None:
        if not self._frozen:
            self.values[key] = value

    async def retire(self, key: str, value: object) -> None:
        self.rest(key, value)

    def freeze(self) -> None:
        self._frozen = True

    def thaw(self) -> None:
        self._frozen = False
