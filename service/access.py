"""Who may do what: two questions about a person's number."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The lists that the operator set."""

    admins: AbstractSet[int] = frozenset()
    allowed: AbstractSet[int] = frozenset()
    """Empty: everybody."""

    def may_talk(self, person: int) -> bool:
        """Whether *person* may use the bot; an admin always may."""
        return not self.allowed or person in self.allowed or person in self.admins

    def may_inspect(self, person: int) -> bool:
        """Whether *person* may use /debug; for anybody else the command does not exist."""
        return person in self.admins
