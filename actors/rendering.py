"""What a chat asks of the guides, as effects: files are an author's and may be wrong."""

from __future__ import annotations

from actors.ports import Guides
from actors.runtime.behaviour import Perform
from fsm.effects import ReloadFlows, Render
from fsm.flow_events import FlowsReloaded, Rendered


def rendering(effect: Render, guides: Guides) -> Perform:
    """Return the effect whose result is `Rendered`, whatever the template does."""

    async def render(_: object) -> Rendered:
        number = effect.flow.number
        try:
            return await guides.word(effect)
        except Exception as error:  # an author's template may do anything wrong
            return Rendered(flow=number, problem=f"{type(error).__name__}: {error}")

    return Perform("render", render)


def reloading(language: str, guides: Guides) -> Perform:
    """Return the effect that puts changed files into force, or says what is wrong with them."""

    async def reload(_: object) -> FlowsReloaded:
        changed, problem = await guides.reload()
        return FlowsReloaded(changed=changed, problem=problem, language=language)

    return Perform("reload", reload)


def guided(effect: Render | ReloadFlows, guides: Guides) -> Perform:
    """Return the task for what a flow wants of its files."""
    if isinstance(effect, Render):
        return rendering(effect, guides)
    return reloading(effect.language, guides)
