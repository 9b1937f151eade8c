"""Guided flows as a model may suggest them; whether one begins is decided by a button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from actors.ports import Used
from fsm.flow.definition import Definition, pick
from fsm.flow_events import FlowOffered
from service.tools.declared import FunctionTool, ToolError, tool


class Suggestions:
    """The one tool: offer a guide."""

    def __init__(self, flows: Callable[[], Mapping[str, Definition]]) -> None:
        """*flows* returns those in force."""
        self._flows = flows

    @property
    def tool(self) -> FunctionTool:
        """The tool; its description lists the guides that there are now."""
        made = tool(self.offer_guide)
        known = "; ".join(
            f"{name} ({pick(each.about or each.title, 'en')})"
            for name, each in self._offered().items()
        )
        about = f"{made.declaration.description} Guides: {known}."
        return replace(made, declaration=replace(made.declaration, description=about))

    async def offer_guide(self, name: str) -> Used:
        """Offer the person one of the guides: a few questions with buttons that lead to what it is
        good for. Offer one only when it clearly fits what the person has just asked for; they get
        a button below your answer, and may as well not press it.

        Args:
            name: The name of the guide.

        """
        if name not in self._offered():
            raise ToolError(f"There is no such guide. There are: {', '.join(self._offered())}.")
        return Used(
            output="The button will stand below your answer. Mention it in half a sentence.",
            events=(FlowOffered(name=name),),
        )

    def _offered(self) -> dict[str, Definition]:
        return {name: each for name, each in self._flows().items() if not each.hidden}
