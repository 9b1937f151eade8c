"""Where files that were made for a chat stay until they are delivered."""

from __future__ import annotations

from typing import Protocol


class KeepError(Exception):
    """The disk does not take a file."""


class Keep(Protocol):
    """Files that have no other copy; the channel fetches them by their reference."""

    async def keep(self, chat: str, data: bytes) -> str:
        """Keep *data*, made for *chat*, and return its reference; it is on disk by then.

        Raises:
            KeepError: It is not.

        """

    async def let_go(self, ref: str) -> None:
        """Count *ref* as delivered: from now on it stays only as long as there is room."""

    async def forget(self, chat: str) -> None:
        """Remove what was made for *chat*, and every copy of what people sent there."""
