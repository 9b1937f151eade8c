"""A tool of an MCP server as one of ours: its name, its declaration, what its results say."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from actors.ports import Declaration, Setting, Used
from service.tools.declared import USUAL, ToolError
from service.tools.mcp_file import Plan
from service.tools.mcp_results import pictures_of, words_of
from service.tools.names import BETWEEN

MOST: Final = 64
"""Tools of one server; each is read, and paid for, with every question."""
_LONGEST_NAME: Final = 64
_LONGEST_DESCRIPTION: Final = 1000
_ODD: Final = re.compile(r"[^A-Za-z0-9_-]+")

Call = Callable[[str, Mapping[str, Any], bool], Awaitable[Any]]
"""Calls a tool of the server, by the server's own name for it; True: it may be called twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class McpTool:
    """One tool of a server; `declared.Tool`."""

    declaration: Declaration
    theirs: str
    """What the server calls it."""
    reads: bool
    """It changes nothing, as the server says."""
    within: float
    asks: bool
    calls: Call
    hide: Callable[[str], str] = str
    """Takes the keys of the server's plan out of what it says."""
    doing: str = USUAL

    async def call(self, arguments: Mapping[str, Any], setting: Setting) -> Used:
        """Let the server do it; it checks the arguments itself."""
        result = await self.calls(self.theirs, arguments, self.reads)
        if result.is_error:
            raise ToolError(self.hide(words_of(result)) or "It failed, and did not say why.")
        media = await pictures_of(result, setting.keep) if setting.keep else ()
        said = self.hide(words_of(result, shown=len(media)))
        return Used(output=said or "Done; it said nothing.", media=media)


def tools_of(plan: Plan, listed: Iterable[Any], calls: Call) -> tuple[McpTool, ...]:
    """Return the tools that a server has *listed*, as far as its *plan* wants them."""
    wanted = [each for each in listed if plan.tools is None or each.name in plan.tools]
    made: dict[str, McpTool] = {}
    for each in wanted[:MOST]:
        name = _free(_ODD.sub("_", f"{plan.name}{BETWEEN}{each.name}")[:_LONGEST_NAME], made)
        reads = bool(each.annotations and each.annotations.read_only_hint)
        schema = {key: value for key, value in each.input_schema.items() if key != "$schema"}
        about = each.description or each.title or each.name
        made[name] = McpTool(
            declaration=Declaration(
                name=name,
                description=" ".join(about.split())[:_LONGEST_DESCRIPTION],
                parameters=schema,
            ),
            theirs=each.name,
            reads=reads,
            # The time of a call that has to wait for a restart is in it, too.
            within=plan.timeout,
            asks=not reads if plan.asks == "hints" else plan.asks == "always",
            calls=calls,
            hide=plan.hidden,
        )
    return tuple(made.values())


def _free(name: str, taken: Mapping[str, object]) -> str:
    """Return *name*, or one like it: two names may be the same once odd letters are gone."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name[: _LONGEST_NAME - 4]}_{number}"
    return free
