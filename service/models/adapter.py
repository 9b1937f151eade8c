"""What the adapters of providers have in common: a name, tries within deadlines, and an end."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Any, Generic, Self

import anyio
import anyio.to_thread

from actors.ports import ModelEvent, Request
from service.models import tries
from service.models.tries import DEADLINES, PATIENCE, Deadlines, Draw, Patience, R
from service.models.variation import Variation


class Adapter(ABC, Generic[R]):
    """One model of one provider. Use it as a context manager, or call `aclose`."""

    def __init__(
        self,
        model: str,
        *,
        deadlines: Deadlines = DEADLINES,
        patience: Patience = PATIENCE,
        draw: Draw = random.uniform,
    ) -> None:
        self.name = model
        self._deadlines = deadlines
        self._patience = patience
        self._draw = draw

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer piece by piece; see `actors.ports.Model`."""
        return tries.answer(
            self.name,
            request,
            self._reading,
            self._try,
            deadlines=self._deadlines,
            patience=self._patience,
            draw=self._draw,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def ready(self) -> None:
        """Do what the first question would otherwise wait for. Here that is nothing."""

    @abstractmethod
    async def aclose(self) -> None:
        """Close every connection."""

    @abstractmethod
    def _reading(self) -> R:
        """Return where what comes of the next try is gathered."""

    @abstractmethod
    def _try(
        self, request: Request, variation: Variation, reading: R, ends_at: float
    ) -> AsyncGenerator[list[ModelEvent], None]:
        """Ask once; see `tries.Try`."""


class PackagedAdapter(Adapter[R]):
    """An adapter around a provider's package, imported at the first question."""

    def __init__(
        self,
        model: str,
        *,
        deadlines: Deadlines = DEADLINES,
        patience: Patience = PATIENCE,
        draw: Draw = random.uniform,
    ) -> None:
        super().__init__(model, deadlines=deadlines, patience=patience, draw=draw)
        self._client: Any = None
        self._warming = anyio.Lock()

    @abstractmethod
    def warm_up(self) -> None:
        """Import the package and build its client. Slow; may run in a thread."""

    async def ready(self) -> None:
        """Warm up in a thread, once: the import would hold up every other chat."""
        if self._client is None:
            async with self._warming:
                if self._client is None:
                    await anyio.to_thread.run_sync(self.warm_up)
