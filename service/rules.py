"""The numbers of the rules, from the settings; and the guided flows that are in force."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from fsm.data import Rules
from fsm.memory import Recall
from service.flows import Library
from service.personas import Personas
from service.settings import Settings


def rules_of(settings: Settings, library: Library, personas: Personas) -> Rules:
    """Return the numbers of the rules."""
    recall = Recall(
        keep=settings.recall_turns,
        high_tokens=settings.recall_tokens,
        silence=settings.window_seconds,
    )
    pause = settings.pause_seconds if settings.pacing else 0.0
    return Rules(
        recall=recall,
        pause=pause,
        flows=library.flows,
        zone=ZoneInfo(settings.time_zone),
        modes=personas.modes,
        repeats=settings.answer_cache,
    )
