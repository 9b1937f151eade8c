"""Flood limits and faults: how Telegram punishes haste, and how a network fails.

The limits are off unless asked for; faults are ordered by a test. A penalty is always
kept: a call to a chat inside its penalty is refused, counted, and doubles what is left.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from service.playground.refusals import bad_request, too_many

FREE: Final = frozenset({"answerCallbackQuery", "getFile", "getMe", "getUpdates", "getWebhookInfo"})
_PENALTY = 5.0

FAULT_KINDS: Final = ("429", "5xx", "lost", "cut", "slow", "refuse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most *many* calls within any *many* x *every* seconds.

    Or, where it is *smooth*, *many* at once and then one more every *every* seconds.
    """

    many: int
    every: float
    smooth: bool = False


# What the numbers are made of: about one message a second in a chat with small bursts and
# twenty a minute in a group are Telegram's own words; previews and typing are ours.
RATES: Final[dict[str, Rate]] = {
    "message": Rate(many=5, every=1.0, smooth=True),
    "group message": Rate(many=20, every=3.0),
    "draft": Rate(many=6, every=0.3),
    "typing": Rate(many=3, every=2.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with the next *times* calls that fit.

    ``429`` opens a penalty of *seconds*; ``5xx`` answers *code* without acting; ``lost``
    acts and then drops the connection; ``cut`` drops it without acting; ``slow`` waits
    *seconds* first; ``refuse`` answers 400 with *description*.
    """

    kind: str
    chat: int | None = None
    method: str | None = None
    times: int = 1
    seconds: float = 1.0
    code: int = 502
    description: str = "refused on request"

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise bad_request(f"a fault is one of {', '.join(FAULT_KINDS)}")

    def fits(self, method: str, chat: int | None) -> bool:
        """Whether a call of *method* to *chat* meets this fault."""
        if self.method is not None and self.method != method:
            return False
        if self.chat is not None:
            return self.chat == chat
        return self.method is not None or method != "getUpdates"


@dataclass(slots=True)
class Penalty:
    """A time in which a chat must not be called."""

    until: float
    length: float


@dataclass(slots=True)
class Limits:
    """Who may call what, and when."""

    clock: Callable[[], float]
    on: bool = False
    faults: list[Fault] = field(default_factory=list)
    penalties: dict[int, Penalty] = field(default_factory=dict)
    inside_penalty: int = 0
    scale: float = 1.0
    """Below 1, every window is so much shorter: a long day in a short test."""
    _spent: dict[tuple[int, str], deque[float]] = field(default_factory=dict)
    _full_at: dict[tuple[int, str], float] = field(default_factory=dict)

    def next_fault(self, method: str, chat: int | None) -> Fault | None:
        """Return what goes wrong with this call, if anything does."""
        for index, fault in enumerate(self.faults):
            if fault.fits(method, chat):
                if fault.times > 1:
                    self.faults[index] = replace(fault, times=fault.times - 1)
                else:
                    del self.faults[index]
                return fault
        return None

    def check(self, method: str, chat: int | None) -> None:
        """Let the call pass.

        Raises:
            Refusal: It came too early; 429, with the seconds to wait.

        """
        if chat is None or method in FREE:
            return
        self._check_penalty(chat)
        family = family_of(method, chat)
        if self.on and family and not self._affords(chat, family):
            self.punish(chat, _PENALTY * self.scale)

    def punish(self, chat: int, seconds: float) -> None:
        """Open a penalty for *chat* and refuse the call that brought it about.

        Raises:
            Refusal: Always.

        """
        self.penalties[chat] = Penalty(until=self.clock() + seconds, length=seconds)
        raise too_many(math.ceil(seconds))

    def _check_penalty(self, chat: int) -> None:
        penalty = self.penalties.get(chat)
        if penalty is None:
            return
        left = penalty.until - self.clock()
        if left <= 0:
            del self.penalties[chat]
            return
        self.inside_penalty += 1
        self.punish(chat, left * 2)

    def _affords(self, chat: int, family: str) -> bool:
        """Count this call against *family*, unless its window is full."""
        rate = RATES[family]
        now = self.clock()
        every = rate.every * self.scale
        if rate.smooth:
            # The bucket is known by when it will be full again.
            full_at = max(now, self._full_at.get((chat, family), 0.0)) + every
            if full_at - now > rate.many * every + 1e-6:
                return False
            self._full_at[chat, family] = full_at
            return True
        spent = self._spent.setdefault((chat, family), deque())
        while spent and spent[0] <= now - every * rate.many:
            spent.popleft()
        if len(spent) >= rate.many:
            return False
        spent.append(now)
        return True

    def as_json(self) -> dict[str, Any]:
        """Return the state of the limits for a test to read."""
        now = self.clock()
        return {
            "on": self.on,
            "faults": len(self.faults),
            "inside_penalty": self.inside_penalty,
            "penalties": {
                str(chat): round(penalty.until - now, 3)
                for chat, penalty in self.penalties.items()
                if penalty.until > now
            },
        }


def family_of(method: str, chat: int) -> str | None:
    """Return which window a call counts in; None if in none."""
    if method == "sendChatAction":
        return "typing"
    if method.endswith("Draft"):
        return "draft"
    if method.startswith(("send", "edit")):
        return "message" if chat > 0 else "group message"
    return None
