"""Where accepted updates and the values of actors live."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fsm.memory import Turn


class Ticket(Protocol):
    """The promise that something will be on disk."""

    @property
    def durable(self) -> bool:
        """Whether it is there already."""

    def when_durable(self, callback: Callable[[], None]) -> None:
        """Run *callback* on the event loop once it is; at once if it is already.

        Never runs it when the write failed for good: then the store stops the service.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An update that the journal has, with its arrival number."""

    n: int
    bot: str
    update: Mapping[str, Any]


class Store(Protocol):
    """Where accepted updates and the values of actors live; one instance owns the data directory.

    Keys look like `chat/telegram.7.42`; the part before the slash names the kind of value.
    Only the actor of a key may write under it.
    """

    async def accept(
        self, bot: str, updates: Sequence[Mapping[str, Any]], *, next_offset: int | None
    ) -> list[Accepted]:
        """Put *updates* into the journal; they are on disk when this returns.

        Updates that were accepted before (by `update_id`, among the last 1000) are left out.

        Raises:
            StoreFullError: The disk is full or the journal is over its bound: ask again later.

        """

    def commit(
        self,
        key: str,
        value: object,
        *,
        absorbed: Sequence[int] = (),
        owes: float | None = None,
        soon: bool = False,
    ) -> Ticket:
        """Keep *value* as the newest of *key*, and count the updates *absorbed* as dealt with.

        Never waits. *soon* allows up to two seconds before the write (latest wins).
        """

    def amend(
        self, key: str, delta: object, *, owes: float | None = None, soon: bool = False
    ) -> Ticket:
        """Keep a small change to the newest value of *key*; the newest delta of a type may win."""

    def absorb(self, *numbers: int) -> None:
        """Count updates as dealt with that mean nothing to any actor."""

    async def load(self, key: str) -> object | None:
        """Return the newest value of *key*, or None when there is none (or none that is whole)."""

    def pending(self, key: str, most: int, after: int = 0) -> Sequence[Accepted]:
        """Return up to *most* accepted, unabsorbed updates of *key* with n > *after*, in order."""

    async def archived(self, key: str) -> list[Turn]:
        """Return what the archive of *key* holds, oldest first."""

    async def archive(self, key: str, turns: Sequence[Turn]) -> None:
        """Append *turns* to the archive of *key*; they are on disk when this returns."""

    async def forget(self, key: str) -> None:
        """Remove everything at rest about *key*; what is committed afterwards is kept again."""

    def rest(self, key: str, value: object) -> None:
        """Keep *value*, which was committed or loaded, ready for the next `load` of *key*.

        It takes little memory and no write; what is committed later is newer.
        """

    async def retire(self, key: str, value: object) -> None:
        """Write *value* into the snapshot file of *key*: nobody will need it for a while."""


class StoreFullError(Exception):
    """The store cannot take more now; nothing was accepted."""
