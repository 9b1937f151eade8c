"""Whoever is told "/help shows the commands I know" finds them there, and in the handbook."""

from __future__ import annotations

import re

import pytest

from service.channels.telegram.commands import EVERYBODY
from service.texts import Texts
from tests.house.sources import ROOT

SAID_OTHERWISE = {"start", "help"}
"""Telegram's own button sends the one, and who reads the answer has found the other."""


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_help_names_every_command(language: str) -> None:
    shown = Texts().plain(language, "help", {"mode": "Teacher"})

    assert set(EVERYBODY) - set(re.findall(r"/([a-z]+)", shown)) == SAID_OTHERWISE


@pytest.mark.parametrize("page", ["using.md", "using.zh-CN.md"])
def test_the_handbook_names_every_command(page: str) -> None:
    written = (ROOT / "docs" / page).read_text(encoding="utf-8")

    assert set(EVERYBODY) <= set(re.findall(r"/([a-z]+)", written))
