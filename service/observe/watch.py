"""Everything that watches one life of the service, made before anything that is to be watched."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from actors.ports import Channel, Model
from service.observe.chronicle import Chronicle
from service.observe.metrics import Metrics
from service.observe.notify import Notify
from service.observe.pulse import Pulse
from service.observe.watched import Provider, WatchedChannel, WatchedModel


class Watch:
    """The metrics, the diaries of the chats, the pulse of the loop, the models that are asked."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.notify = Notify.of()
        self.pulse = Pulse(self.metrics.lag.observe, notify=self.notify)
        self.chronicle = Chronicle(self.metrics)
        self.providers: list[Provider] = []
        self.models: Sequence[str] = ()
        """The names of all models that the settings ask for."""
        self.links: list[Callable[[], Iterable[Any]]] = []
        """What each chain of models tells of its breakers: for answers, pictures and voices."""

        self.loads: list[Callable[[], Any]] = []
        """How busy those models are whose limits are known."""

        self.servers: list[Callable[[], Any]] = []
        """How each MCP server is."""

    def model(self, model: Model, *, answers: bool = True) -> Model:
        """Return *model*, watched, as the next one in its chain: of those that answer, or not."""
        watched = WatchedModel(model, self.chronicle, self.metrics, time.time, answers=answers)
        self.providers.append(watched.provider)
        return watched

    def channel(self, channel: Channel, now: Callable[[], float]) -> Channel:
        """Return *channel*, watched; *now* is the clock of the actors."""
        return WatchedChannel(channel, self.chronicle, self.metrics, now)
