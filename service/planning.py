"""`python -m service plan`: reads the settings for the keeper and lends it our voice."""

from __future__ import annotations

import sys
from typing import Final

from service import exits, foreseen
from service import settings as reading
from service.keeper.plan import Plan
from service.settings import Mode, Settings
from service.settings_errors import SettingsError, Warned
from service.texts import LANGUAGES, Texts

_KEEPERS: Final = {
    "start-open": ("address",),
    "keeper-restarting": ("code", "seconds"),
    "keeper-killed": (),
    "keeper-gave-up": ("count",),
    "keeper-stopping": (),
    "keeper-stopped": (),
    "keeper-hard": ("seconds",),
    "keeper-playground-failed": (),
    "keeper-playground-ended": ("code",),
    "problem-data-folder": ("folder",),
    "problem-port": ("port", "name"),
    "problem-listen": ("host", "port", "why", "name"),
}
"""Every sentence the keeper has, with its placeholders."""


def main() -> int:
    """Print the plan as one line; or what does not fit, one sentence each, on stderr."""
    try:
        settings = reading.load()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return exits.USAGE
    texts = Texts()
    if wrong := foreseen_in(settings, texts):
        print("\n".join(wrong), file=sys.stderr)
        return exits.MISCONFIGURED
    print(plan(settings, texts).written())
    return exits.WELL


def foreseen_in(settings: Settings, texts: Texts) -> list[str]:
    """Return a sentence for everything over which a start would fail, as far as can be seen."""
    return [
        texts.plain(settings.language, wrong.key, wrong.args_for_person)
        for wrong in foreseen.mistakes(settings)
    ]


def plan(settings: Settings, texts: Texts) -> Plan:
    """Return what the keeper has to know and to say under *settings*."""
    language = settings.language
    sentences = {
        key: texts.plain(language, key, {name: f"{{{name}}}" for name in names})
        for key, names in _KEEPERS.items()
    }
    return Plan(
        playground=settings.mode.playground,
        data_dir=str(settings.data_dir),
        http_port=settings.http_port,
        playground_port=settings.playground_port,
        lines=[*warnings(settings, texts), *introduction(settings, texts)],
        notes={each: introduction(settings, texts, each)[0] for each in LANGUAGES},
        offline=settings.mode is Mode.NOTHING,
        sentences=sentences,
    )


def introduction(settings: Settings, texts: Texts, language: str = "") -> list[str]:
    """Return what is said at start: which of the four cases, and where Telegram is if elsewhere."""
    language = language or settings.language
    model = {"model": settings.model_name} if settings.model_name else {}
    lines = [texts.plain(language, settings.mode.value, model)]
    usual = Settings.model_fields["telegram_api_base"].default
    if not settings.mode.playground and settings.telegram_api_base != usual:
        address = {"address": settings.telegram_api_base}
        lines.append(texts.plain(language, "start-server", address))
    return lines


def warnings(settings: Settings, texts: Texts) -> list[str]:
    """Return a sentence for each name that is set and means nothing."""
    odd = [
        *reading.warnings(),
        *(Warned("settings-no-such-model", {"model": name}) for name in settings.limited_in_vain),
    ]
    if settings.mode.playground and settings.webhook_url:
        odd.append(Warned("settings-not-here", {"name": "GREENROOM_WEBHOOK_URL"}))
    return [texts.plain(settings.language, key, args) for key, args in odd]
