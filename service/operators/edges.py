"""Where the office touches the rest of the service, as one value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from actors.gate import Gate
from actors.messages import Inbound
from actors.ports import Accepted
from actors.runtime import ActorSystem
from fsm.flow.definition import Definition
from fsm.usage import Usage
from service.observe.watch import Watch
from service.operators.counter import Panels
from service.operators.roll import Bot
from service.texts import Texts
from snapshots import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """What is made later, or changes, is a function that returns it."""

    system: Callable[[], ActorSystem]
    gate: Gate
    store: Store
    watch: Watch
    texts: Texts
    panels: Panels
    paginate: Callable[[str], Sequence[bytes]]
    bots: Sequence[Bot]
    written: dict[str, float]
    """When each chat was last written to the disk."""
    arrived: Callable[[Sequence[Accepted]], None]
    """Takes updates as if they had just come."""
    waiting: Callable[[str, int], Sequence[Inbound]]
    """Returns the oldest mail of a chat, so many at most."""
    unreadable: Callable[[], int]
    """Returns how many updates nobody has understood."""
    flows: Callable[[], Mapping[str, Definition]]
    spent: Callable[[], Awaitable[Usage]]
    """Returns what everybody has used together."""
    novelties: Callable[[], Sequence[str]] = tuple
    """Returns what channels have sent that this version does not know."""
    data: Path
    admins: Collection[int]
    language: str
