"""The flows that are in force: read at start, read again when an admin asks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from fsm.flow.definition import Definition
from service.flows.loader import FOLDER, load


class Library:
    """All flows by name; a bad change of a file leaves them as they were."""

    def __init__(self, extra: Path | None = None) -> None:
        """Read the flows that come with the service, and those in *extra*.

        Raises:
            FlowsError: Something is wrong with one of them.

        """
        self._folders = (FOLDER, extra) if extra else (FOLDER,)
        self._flows = load(*self._folders)

    @property
    def flows(self) -> Mapping[str, Definition]:
        """The flows in force."""
        return MappingProxyType(self._flows)

    def reload(self) -> int:
        """Read all files again; return how many flows are new or changed.

        Raises:
            FlowsError: Something is wrong with one of them; nothing has changed.

        """
        fresh = load(*self._folders)
        changed = [name for name, each in fresh.items() if self._flows.get(name) != each]
        self._flows = fresh
        return len(changed)

    def flow_of(self, command: str) -> str:
        """Return the name of the flow that */command* starts, or nothing."""
        flows = self._flows.values()
        return next((each.name for each in flows if command and each.command == command), "")
