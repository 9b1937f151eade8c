"""How a second try differs from the first, and the internal news that one is worth it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from actors.ports import ProviderError

Remedy = Literal[
    "wait", "pause", "at once", "rebuild", "shorten", "vary", "think less", "no tools", "renew"
]
"""What would make the next try better than this one.

`wait` as the provider asked; `pause` for an ever longer random moment; `at once` on another
connection; or with the history encoded anew, half the context, a higher temperature, more room
for the answer and little thinking, without tools, with a file stored anew.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """What is different in this try's request; nothing, in the first."""

    rebuilt: bool = False
    shortened: bool = False
    varied: bool = False
    thinks_less: bool = False
    no_tools: bool = False
    lost: tuple[str, ...] = ()
    """Files that the provider has not got any more."""
    inline: bool = False
    """Nothing is stored at the provider: what fits goes along, the rest is mentioned."""


PLAIN: Final = Variation()


class AgainError(Exception):
    """A try failed, but *remedy* may help; if not, *final* is what it means."""

    def __init__(
        self, remedy: Remedy, final: ProviderError, *, after: float = 0.0, file: str = ""
    ) -> None:
        super().__init__(f"{final} ({remedy})")
        self.remedy = remedy
        self.final = final
        self.after = after
        """Seconds that the provider asked us to wait."""
        self.file = file
        """The file that has to be stored anew."""
