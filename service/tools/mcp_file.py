"""Which MCP servers there are: read from a file in the form that MCP's clients share.

    {"mcpServers": {"files": {"command": "npx", "args": ["-y", "some-server", "/data"]},
                    "tickets": {"url": "https://example.org/mcp", "headers": {"X-Key": "..."}}}}

Ours beside the usual: `tools` (those that are offered; otherwise all), `asks` (`hints`: a person is
asked unless the server says that a tool only reads; `always`; `never`) and `timeout` (seconds).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import yaml

from service.tools.declared import WITHIN

_HARMLESS: Final = re.compile("(accept|content-type|user-agent)", re.IGNORECASE)
_KEY: Final = re.compile("KEY|TOKEN|SECRET|PASS|AUTH|CREDENTIAL", re.IGNORECASE)
_SHORTEST: Final = 8
"""Letters of a key; anything shorter would be taken out of innocent words."""
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}")


class McpFileError(Exception):
    """The file does not fit; the words say what, and never a value of it: those are secrets."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One server as it stands in the file."""

    name: str = ""
    type: Literal["stdio", "http", "streamable-http", "sse", ""] = ""
    """Some clients want it. `command` and `url` tell as much, but for `sse`: the older HTTP."""
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    cwd: str | None = None
    url: str = ""
    headers: Mapping[str, str] = {}
    tools: tuple[str, ...] | None = None
    asks: Literal["hints", "always", "never"] = "hints"
    timeout: Annotated[float, msgspec.Meta(gt=0)] = 2 * WITHIN

    def __repr__(self) -> str:
        return f"<Plan {self.name}>"

    def hidden(self, said: str) -> str:
        """Return what the server has *said* without the keys of this plan.

        Careless servers repeat the header that they refuse, and what a tool says is read by a
        model and by people.
        """
        for secret in self._secrets():
            said = said.replace(secret, "***")
        return said

    def _secrets(self) -> list[str]:
        kept = [value for name, value in self.headers.items() if not _HARMLESS.match(name)]
        kept += [value for name, value in self.env.items() if _KEY.search(name)]
        parts = [part for value in kept for part in value.split() if len(part) >= _SHORTEST]
        return sorted(parts, key=len, reverse=True)


def read(path: Path) -> tuple[Plan, ...]:
    """Return the servers in the file *path*, in their order.

    Raises:
        McpFileError: It cannot be read, or something in it does not fit.

    """
    try:
        found = yaml.safe_load(path.read_text())  # JSON is YAML
    except OSError as error:
        raise McpFileError(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise McpFileError(f"{path} is no JSON") from None
    servers = found.get("mcpServers") if isinstance(found, dict) else None
    if not isinstance(servers, dict):
        raise McpFileError(f'{path} has no "mcpServers" with a name for each')
    return tuple(_plan(path, str(name), row) for name, row in servers.items())


def _plan(path: Path, name: str, row: Any) -> Plan:
    if not _NAME.fullmatch(name):
        raise McpFileError(f"{path}: a name is up to 32 letters, digits and -, not {name!r}")
    try:
        plan = msgspec.convert(row, Plan)
    except msgspec.ValidationError as wrong:
        raise McpFileError(f"{path}, {name}: {wrong}") from None
    if bool(plan.command) == bool(plan.url):
        raise McpFileError(f"{path}, {name}: it needs either a command or a url")
    if plan.url and not re.match(r"https?://", plan.url):
        raise McpFileError(f"{path}, {name}: its url begins with https:// or http://")
    for header, value in plan.headers.items():
        if not _HEADER.fullmatch(header) or not re.fullmatch(r"[!-~](?:[ -~]*[!-~])?", value):
            raise McpFileError(
                f"{path}, {name}: header {header!r} has to be plain ASCII, without a space or a"
                " line break at the end"
            )
    return msgspec.structs.replace(plan, name=name)
