"""The flows that are in force: read at start, read again when an admin asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path
from types import MappingProxyType

import structlog
from anyio import to_thread

from fsm.content import Card
from fsm.effects import Render
from fsm.flow.definition import Definition, pick
from fsm.flow_events import Rendered
from service.flows.loader import FOLDER, FlowsError, load
from service.flows.words import fill, word

log = structlog.get_logger()


class Library:
    """All flows by name; a bad change of a file leaves them as they were."""

    def __init__(
        self,
        extra: Path | None = None,
        servers: Collection[str] | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        """Read the flows that come with the service, and those in *extra*; *servers* as in `load`.

        Calendars mean by today what it is in *zone*.

        Raises:
            FlowsError: Something is wrong with one of them.

        """
        self._folders = (FOLDER, extra) if extra else (FOLDER,)
        self._servers = servers
        self._zone = zone
        self._flows = self._read()

    @property
    def flows(self) -> Mapping[str, Definition]:
        """The flows in force."""
        return MappingProxyType(self._flows)

    def reload(self) -> int:
        """Read all files again; return how many flows are new or changed.

        Raises:
            FlowsError: Something is wrong with one of them; nothing has changed.

        """
        fresh = self._read()
        changed = [name for name, each in fresh.items() if self._flows.get(name) != each]
        self._flows = fresh
        return len(changed)

    def _read(self) -> dict[str, Definition]:
        found = load(*self._folders, servers=self._servers)
        return {name: self._here(each) for name, each in found.items()}

    def _here(self, flow: Definition) -> Definition:
        return replace(flow, steps=tuple(replace(step, zone=self._zone) for step in flow.steps))

    def flow_of(self, command: str) -> str:
        """Return the name of the flow that */command* starts, or nothing."""
        flows = self._flows.values()
        return next((each.name for each in flows if command and each.command == command), "")

    def commands(self, language: str) -> list[tuple[str, str]]:
        """Return the commands of the flows that people are shown, with their titles."""
        return [
            (each.command, pick(each.about or each.title, language))
            for each in self._flows.values()
            if each.command and not each.hidden
        ]


class Guides:
    """The library as a chat sees it."""

    def __init__(self, library: Library, on_change: Callable[[], None]) -> None:
        """*on_change* is called when other flows are in force."""
        self._library = library
        self._on_change = on_change

    async def word(self, effect: Render) -> Rendered:
        """Return the ending of a flow in words; see `actors.ports.Guides`."""
        try:
            return await word(effect)
        except Exception as error:
            # Only the kind of error: its text may quote what somebody answered.
            what, name = type(error).__name__, effect.definition.name
            log.warning("the ending of a flow could not be worded", flow=name, error=what)
            raise

    async def fill(self, card: Card, text: str) -> str:
        """Return *card* filled in with what the model wrote; see `actors.ports.Guides`."""
        return await fill(card, text)

    async def reload(self) -> tuple[int, str]:
        """Put changed files into force; see `actors.ports.Guides`."""
        try:
            changed = await to_thread.run_sync(self._library.reload)
        except FlowsError as error:
            return 0, str(error)
        if changed:
            self._on_change()
        return changed, ""
