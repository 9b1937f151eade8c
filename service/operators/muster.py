"""The bots in words: which cannot receive, which are away, and how the others fare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from service.operators.facts import BotFacts, FleetFacts

Say = Callable[[str, Mapping[str, str]], str]

_TROUBLES: Final = {
    "away": "debug-bot-away",
    "broken": "debug-bot-broken",
    "conflict": "debug-bot-conflict",
    "refused": "debug-bot-refused",
    "silent": "debug-bot-silent",
    "wedged": "debug-bot-wedged",
}


def troubles(facts: FleetFacts, say: Say, span: Callable[[float], str]) -> list[str]:
    """Return a sentence about each bot that something is the matter with."""
    return [said for bot in facts.bots if (said := trouble(bot, say, span))]


def trouble(bot: BotFacts, say: Say, span: Callable[[float], str]) -> str:
    """Return what is the matter with *bot*; nothing when nothing is."""
    key = _TROUBLES.get(bot.state)
    return say(key, _told(bot, span)) if key is not None else ""


def listed(facts: FleetFacts, say: Say) -> list[tuple[str, str]]:
    """Return each bot and how it fares, where there are several."""
    here = [bot for bot in facts.bots if bot.state != "away"]
    if len(here) < 2:
        return []
    return [
        (bot.name, say("debug-bot-state", {"state": bot.state, "chats": str(bot.chats)}))
        for bot in here
    ]


def _told(bot: BotFacts, span: Callable[[float], str]) -> dict[str, str]:
    counts = {"chats": str(bot.chats), "mail": str(bot.waiting)}
    return {"bot": bot.name, "age": span(bot.poll_age), **counts}
