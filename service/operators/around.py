"""What stands around the chats, as the sources of facts see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fsm.flow.definition import Definition
from service.audience import Audience
from service.observe.pulse import Pulse
from service.observe.watched import Provider
from service.operators.facts import Disk
from service.operators.roll import Roll


class Breaker(Protocol):
    """A model of a chain, as the chain tells of it."""

    @property
    def name(self) -> str:
        """Name of the model."""

    @property
    def state(self) -> str:
        """`closed`, `open` or `probing`."""

    @property
    def failures(self) -> int:
        """In a row."""

    @property
    def rests_for(self) -> float:
        """Seconds until it is tried again."""

    @property
    def openings(self) -> int:
        """How often it has opened."""

    @property
    def out_for(self) -> float:
        """Seconds since it opened."""


class Load(Protocol):
    """How busy a model is whose provider's limits are known."""

    @property
    def name(self) -> str:
        """Name of the model."""

    @property
    def at_once(self) -> int:
        """Questions that are being answered."""

    @property
    def waiting(self) -> int:
        """Questions that wait for their turn."""

    @property
    def per_minute(self) -> int:
        """Questions of the last minute."""


@dataclass(slots=True, kw_only=True)
class Around:
    """What stands around the chats; filled in when the service is put together."""

    pulse: Pulse
    roll: Roll
    """The bots of the service."""
    providers: Sequence[Provider] = ()
    models: Callable[[], Sequence[str]] = tuple
    """The names of all that are configured."""
    links: Sequence[Callable[[], Iterable[Breaker]]] = ()
    """What each chain of models tells of its breakers."""
    loads: Sequence[Callable[[], Load]] = ()
    servers: Sequence[Callable[[], Any]] = ()
    """What each server of tools tells of itself."""
    novelties: Callable[[], Sequence[str]] = tuple
    """What a newer Bot API sends that we do not know."""
    unreadable: Callable[[], int] = lambda: 0
    audience: Callable[[], Audience | None] = lambda: None
    flows: Callable[[], Mapping[str, Definition]] = dict
    """The guided flows there are."""
    disk: Disk | None = None
    """Measured now and then by `Watch`: asking a disk can take a while."""
