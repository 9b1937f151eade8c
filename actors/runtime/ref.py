"""The address of an actor: its kind and key, valid before it lives and after it crashed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actors.runtime.cell import Cell
    from actors.runtime.mailbox import Delivery


@dataclass(frozen=True, slots=True)
class Ref:
    """A name that can be written to. Made by ``ActorSystem.ref``; costs nothing to keep."""

    kind: str
    key: str
    cell: Cell = field(repr=False, compare=False)

    def tell(self, message: object) -> Delivery:
        """Leave *message* in the user lane, without waiting."""
        return self.cell.tell(self.key, message)

    def tell_system(self, message: object) -> None:
        """Leave *message* in the system lane: never dropped, read before any user's mail."""
        self.cell.tell_system(self.key, message)

    async def ask(self, message: object, timeout: float = 5.0) -> object:
        """Leave *message* in the user lane and return what the actor replies.

        For effects and for code outside of actors; a turn cannot wait.

        Raises:
            AskFailed: No answer: AskTimeout, ActorCrashed, ActorStopped, MailboxFull,
                Unanswered or SystemClosed.

        """
        return await self.cell.asks.ask(self, message, timeout)

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"
