"""What the rules are told of the models that answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from fsm.data import Deaf
from service.flows import Library
from service.personas import load
from service.rules import rules_of
from service.settings import Settings
from service.texts import Texts

GEMINI, OTHER = {"gemini_api_key": "a"}, {"openai_api_key": "b"}


@pytest.mark.parametrize(
    ("given", "safety", "thinking"),
    [
        (GEMINI, None, None),
        (
            GEMINI | {"gemini_model": "gemini-2.5-flash"},
            None,
            Deaf(names="gemini-2.5-flash", everywhere=True),
        ),
        (
            OTHER,
            Deaf(names="gpt-5-mini", everywhere=True),
            Deaf(names="gpt-5-mini", everywhere=True),
        ),
        (GEMINI | OTHER, Deaf(names="gpt-5-mini"), Deaf(names="gpt-5-mini")),
        ({}, Deaf(names="offline", everywhere=True), Deaf(names="offline", everywhere=True)),
    ],
)
def test_it_is_known_who_has_no_such_setting(
    given: dict[str, str], safety: Deaf | None, thinking: Deaf | None
) -> None:
    settings = Settings(_env_file=None, **given)  # type: ignore[arg-type, call-arg]

    deaf = rules_of(settings, Library(None), load(None)).deaf

    assert (deaf.get("safety"), deaf.get("thinking")) == (safety, thinking)


def test_another_model_or_another_wording_of_a_mode_answers_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "modes.toml"
    told = set()
    for model, manner in (("a", "Be kind."), ("b", "Be kind."), ("a", "Be brief.")):
        file.write_text(f'[usual]\nname = {{ en = "Usual" }}\nmanner = "{manner}"\n')
        settings = Settings(_env_file=None, **GEMINI, gemini_model=model)  # type: ignore[arg-type, call-arg]
        rules = [rules_of(settings, Library(None), load(file)).answering for _ in range(2)]
        assert rules[0] == rules[1]
        told.add(rules[0])

    assert len(told) == 3


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_it_is_said_beside_the_choice_where_only_a_stand_in_does_not_heed_it(language: str) -> None:
    said = [Texts().plain(language, "safety-strict", {"deaf": deaf}) for deaf in ("none", "gpt-5")]

    assert said[1].startswith(said[0])
    assert "gpt-5" in said[1]
