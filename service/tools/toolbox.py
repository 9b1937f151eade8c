"""The tools of this copy of the service, behind the port `actors.ports.Toolbox`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

import anyio
import msgspec
import structlog

from actors.ports import Declaration, Setting, Used
from fsm.proposals import Proposal
from fsm.steps import Call
from fsm.tool_events import Proposed
from service.tools.declared import USUAL, Tool, ToolError

log = structlog.get_logger()

LONGEST: Final = 12_000
"""Characters of an output that the model gets; it is paid for in every later turn."""


class Toolbox:
    """Runs tools: within their time, with checked arguments, and never raising."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._own = tuple(tools)
        self._taken: dict[str, tuple[Tool, ...]] = {}
        self._arrange()

    def take(self, owner: str, tools: Iterable[Tool]) -> None:
        """Offer *tools* from now on, instead of those that the same *owner* had before."""
        self._taken[owner] = tuple(tools)
        self._arrange()

    def _arrange(self) -> None:
        # In the order of names, whoever was there first: requests begin with the tools.
        owners = sorted(self._taken)
        every = (*self._own, *(tool for owner in owners for tool in self._taken[owner]))
        self._tools: dict[str, Tool] = {tool.declaration.name: tool for tool in every}
        self._offered = tuple(tool.declaration for tool in self._tools.values())

    @property
    def offered(self) -> tuple[Declaration, ...]:
        """Every tool, in a fixed order; the same tuple until a server offers others."""
        return self._offered

    def doing(self, name: str) -> str:
        """Return the key of the line that the person sees while *name* runs."""
        tool = self._tools.get(name)
        return tool.doing if tool else USUAL

    async def use(self, call: Call, setting: Setting) -> Used:
        """Run a tool; whatever goes wrong is an output that says so."""
        if setting.approved and setting.again:  # also while its server is still being started
            return _failed("It may have been done already: the connection broke then. Say so.")
        tool = self._tools.get(call.name)
        if tool is None:
            known = ", ".join(self._tools)
            return _failed(f"There is no tool of that name. There are: {known}.")
        if tool.asks and not setting.approved:
            return _proposed(call, setting)
        try:
            with anyio.fail_after(tool.within):
                said = await tool.call(_arguments(call), setting)
        except TimeoutError:
            return _failed(f"It took longer than {tool.within:g} s and was given up.")
        except ToolError as error:
            return _failed(str(error))
        # Somebody else's code, which may mean to end the process: the answer goes on without it.
        except (Exception, SystemExit) as error:
            log.warning("a tool broke", tool=call.name, error=type(error).__name__)
            return _failed(f"It broke ({type(error).__name__}).")
        used = said if isinstance(said, Used) else Used(output=said)
        return _capped(used)


def _arguments(call: Call) -> dict[str, Any]:
    arguments = msgspec.json.decode(call.arguments)
    if not isinstance(arguments, dict):
        raise ToolError("The arguments have to be an object.")
    return arguments


def _proposed(call: Call, setting: Setting) -> Used:
    proposal = Proposal(id=0, call=call, turn=setting.turn, person=setting.person)
    said = "Not done yet: the person is being asked with a button. Say briefly what it would do."
    return Used(output=said, events=(Proposed(proposal=proposal),))


def _failed(what: str) -> Used:
    return Used(output=what, failed=True)


def _capped(used: Used) -> Used:
    """Return *used* with words that fit into a question to a model."""
    output, left_out = used.output[:LONGEST], len(used.output) - LONGEST
    # Names of files may hold halves of characters, which nothing can be encoded with.
    output = output.encode(errors="replace").decode()
    if left_out > 0:
        output = f"{output}\n(... {left_out} more characters left out)"
    return replace(used, output=output) if output != used.output else used
