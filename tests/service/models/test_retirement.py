"""Operators hear two months before a model that they use is given up."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from service.models.retirement import ANNOUNCED, near
from service.settings import load
from service.texts import LANGUAGES, Texts

NOW = datetime(2026, 11, 26, tzinfo=UTC).timestamp()


def test_only_what_ends_within_two_months_or_has_ended_is_told() -> None:
    models = ("gemini-2.5-pro", "gemini-3.1-flash-lite", "gemini-3-pro-preview", "own", "own")

    found = near(models, NOW)

    assert [(each.model, each.day) for each in found] == [
        ("gemini-2.5-pro", date(2026, 12, 1)),
        ("gemini-3-pro-preview", date(2026, 3, 9)),
    ]


def test_what_the_provider_says_itself_counts_more_than_the_table() -> None:
    assert near(["gemini-2.5-pro"], NOW, {"gemini-2.5-pro": "2030-01-01"}) == ()
    assert near(["gemini-2.5-pro"], NOW, {"gemini-2.5-pro": "soon"})[0].day == date(2026, 12, 1)
    assert near(["own"], NOW, {"own": "2026-12-24"})[0].successor == ""


def test_the_table_can_be_read_and_no_default_is_about_to_end() -> None:
    assert all(date.fromisoformat(day) for day, _ in ANNOUNCED.values())
    names = load(env_file=None, gemini_api_key="k", openai_api_key="k").model_names
    assert len(names) == 7
    assert near(names, NOW) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_names_the_successor_where_there_is_one(language: str) -> None:
    (known,) = near(["gemini-2.5-pro"], NOW)
    (unknown,) = near(["own"], NOW, {"own": "2026-12-24"})

    said = [
        Texts().plain(language, "alert-retiring", each.args_for_person) for each in (known, unknown)
    ]

    assert "gemini-3.8-flash" in said[0]
    assert "2026-12-01" in said[0]
    assert "own" in said[1]
    assert "none" not in said[1]
    print(said)
