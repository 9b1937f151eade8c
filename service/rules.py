"""The numbers of the rules, from the settings; and the guided flows that are in force."""

from __future__ import annotations

import hashlib
from typing import Final
from zoneinfo import ZoneInfo

from fsm.data import Deaf, Rules
from fsm.memory import Recall
from fsm.preferences import Preferences
from service.flows import Library
from service.models.offline import NAME as OFFLINE
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
        answering=_answering(settings, personas),
        deaf={each: found for each in _HEARD if (found := _deaf(settings, each)).names},
    )


def _answering(settings: Settings, personas: Personas) -> str:
    """Return what changes when another model answers, or with other instructions."""
    manners = [personas.manner(Preferences(mode=mode.key)) for mode in personas.modes]
    told = repr((settings.model_name, settings.gemini_base_url, settings.openai_model, manners))
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


_HEARD: Final = ("safety", "thinking")


def _deaf(settings: Settings, preference: str) -> Deaf:
    """Return which of the models that answer have no setting like *preference*."""
    asked: list[tuple[str, bool]] = []
    if settings.gemini_api_key.get_secret_value():
        from service.models.gemini_request import Generation

        level = Generation.for_model(settings.gemini_model).thinking
        asked.append((settings.gemini_model, preference == "safety" or bool(level)))
    if settings.openai_api_key.get_secret_value():
        asked.append((settings.openai_model, False))
    deaf = [name for name, heeds in asked or [(OFFLINE, False)] if not heeds]
    return Deaf(names=", ".join(deaf), everywhere=len(deaf) == max(1, len(asked)))
