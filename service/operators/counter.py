"""Hands things over to operators: straight through the gate, past every outbox."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import anyio

from actors.gate import Gate
from actors.ports import Address, DeliveryError, GoneError, NotSentError

Rows = Sequence[Sequence[tuple[str, str]]]


class Panels(Protocol):
    """How a channel shows pages, pictures and files to operators."""

    async def page(self, address: Address, body: bytes, keys: Rows) -> None:
        """Send a page with buttons under it."""

    async def picture(self, address: Address, png: bytes, caption: str) -> None:
        """Send a picture."""

    async def file(self, address: Address, content: bytes, name: str) -> None:
        """Send a file."""


class Counter:
    """The one place where operators are served."""

    def __init__(
        self, gate: Gate, panels: Panels, paginate: Callable[[str], Sequence[bytes]]
    ) -> None:
        self._gate = gate
        self._panels = panels
        self._paginate = paginate
        self._waiting: dict[str, anyio.Event] = {}
        self._numbers = itertools.count(1)

    def granted(self, name: str) -> bool:
        """Take a slot of the gate, if it is one of ours."""
        event = self._waiting.pop(name, None)
        if event is not None:
            event.set()
        return event is not None

    async def say(self, to: Address, page: str, rows: Rows = ()) -> bool:
        """Say *page* (Markdown), with *rows* of buttons under its last part.

        Return whether it has arrived. Raises GoneError: nobody is there.
        """
        bodies = self._paginate(page)
        arrived = True
        for number, body in enumerate(bodies, start=1):
            keys = rows if number == len(bodies) else ()

            async def send(body: bytes = body, keys: Rows = keys) -> None:
                await self._panels.page(to, body, keys)

            arrived = await self._through_gate(to, send) and arrived
        return arrived

    async def picture(self, to: Address, png: bytes, caption: str = "") -> bool:
        """Show a picture; see `say`."""
        return await self._through_gate(to, lambda: self._panels.picture(to, png, caption))

    async def file(self, to: Address, content: bytes, name: str) -> bool:
        """Hand over a file; see `say`."""
        return await self._through_gate(to, lambda: self._panels.file(to, content, name))

    async def _through_gate(self, to: Address, call: Callable[[], Awaitable[None]]) -> bool:
        """Make *call* when the peer may be called; what the channel refuses is not repeated."""
        name = f"operator {next(self._numbers)}"
        if not self._gate.reserve(to.peer, name):
            event = self._waiting.setdefault(name, anyio.Event())
            try:
                await event.wait()
            except BaseException:
                self._waiting.pop(name, None)
                self._gate.withdraw(to.peer, name)
                if event.is_set():  # granted in the very moment in which we gave up
                    self._gate.release(to.peer)
                raise
        retry_after = 0.0
        try:
            await call()
            return True
        except GoneError:
            raise
        except DeliveryError as problem:
            innocent = isinstance(problem, NotSentError)
            retry_after = 0.0 if innocent else getattr(problem, "retry_after", 0.0)
            return False
        finally:
            self._gate.release(to.peer, retry_after=retry_after)
