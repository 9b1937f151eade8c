"""The personas that come with the service, and files of an operator's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from fsm.preferences import Preferences
from service import personas
from service.texts import LANGUAGES


def test_there_are_a_dozen_and_each_is_told_in_every_language() -> None:
    found = personas.load()

    assert len(found.modes) >= 12
    for mode in found.modes:
        assert set(mode.names) == set(mode.abouts) == set(LANGUAGES)
        assert max(map(len, mode.names.values())) <= 24, "it has to fit on a button"
    names = [name for mode in found.modes for name in mode.names.values()]
    assert len(set(names)) == len(names)
    assert len({mode.number for mode in found.modes}) == len(found.modes)


def test_the_usual_one_adds_nothing_and_every_other_something_of_its_own() -> None:
    found = personas.load()

    manners = [found.manner(Preferences(mode=mode.key)) for mode in found.modes]

    assert manners[0] == found.manner(Preferences()) == ""
    assert len(set(manners)) == len(manners)
    assert all(200 < len(manner) < 1000 for manner in manners[1:])


def test_what_a_chat_has_set_is_told_in_one_order() -> None:
    found = personas.load()

    manner = found.manner(Preferences(mode="cook", name="Ann\nB", instruction="Use salt."))

    assert manner.index("home cook") < manner.index("called Ann B.") < manner.index("Use salt.")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[a]\nname = 3", "[a] needs a name"),
        ("[a]\nname = { zh-CN = '甲' }", "in English"),
        ("[a]\nname = { en = 'A' }\nmaner = 'x'", "'maner', which means nothing"),
        ("[a]\nname = { en = 'A' }\nmanner = 3", "nothing but texts"),
        ("", "no persona"),
        ("[a", "personas.toml"),
    ],
)
def test_a_file_that_does_not_fit_is_told_in_a_sentence(
    tmp_path: Path, text: str, what: str
) -> None:
    path = tmp_path / "personas.toml"
    path.write_text(text)

    with pytest.raises(personas.PersonasError, match=what.replace("[", r"\[")):
        personas.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(personas.PersonasError, match=r"nowhere\.toml"):
        personas.load(tmp_path / "nowhere.toml")
