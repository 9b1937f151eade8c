from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message

from fsm.effects import Wish
from service.channels.telegram.hearing import WISHES
from service.texts import LANGUAGES, MissingTextError, Texts, nearest
from service.texts.loader import FOLDER

ROOT = FOLDER.parent.parent
PLACEHOLDER = re.compile(r"\{ *\$(\w+)")
WITHIN = re.compile(r"\{ *([a-z][\w-]*) *\}")
NAMED = {"key", "note", "empty", "problem"}
SPEAKERS = {"say", "plain", "_say", "_line", "_word", "_title", "_list", "_help"}
SPOKEN = {
    "what_there_is",
    "Say",
    "Finish",
    "Wondered",
    "Failed",
    "CannotStartError",
    "Warned",
    "Reason",
}
SHAPE = re.compile(r"(debug|problem|settings|keeper|note)-[a-z-]+")
"""A text of this shape is a key, wherever it stands."""


def used_keys() -> Iterator[tuple[str, str]]:
    """Every key that the code names, with where it does."""
    for folder in ("fsm", "actors", "service"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for key in _keys_in(ast.parse(path.read_text(encoding="utf-8"))):
                yield key, str(path.relative_to(ROOT))


def _keys_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=args) if (
                name in SPEAKERS | SPOKEN
            ):
                named = [each.value for each in node.keywords if each.arg in NAMED]
                yield from (key for key in _texts([*args[:2], *named]) if key not in LANGUAGES)
            case ast.Assign(targets=[ast.Name(id="problem")], value=value):
                yield from _texts([value])
            case ast.Constant(value=str(text)) if SHAPE.fullmatch(text):
                yield text


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    """Every text in an expression; of one that is put together, its beginning and a star."""
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)) if text:
                yield text
            case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                yield f"{text}*"
            case ast.IfExp(body=one, orelse=other):
                yield from _texts([one, other])


def is_written(key: str, known: Collection[str]) -> bool:
    return key in known or (key[-1] == "*" and any(each.startswith(key[:-1]) for each in known))


def placeholders(language: str) -> dict[str, set[str]]:
    """What each sentence has to be told, for itself and for the sentences within it."""
    found: dict[str, set[str]] = {}
    within: dict[str, set[str]] = {}
    key = ""
    for path in sorted((FOLDER / language).glob("*.ftl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if begins := re.match(r"([a-z][\w-]*) *=", line):
                key = begins[1]
                assert key not in found, f"{language} says {key} twice"
                found[key], within[key] = set(), set()
            if key and not line.startswith("#"):
                found[key] |= set(PLACEHOLDER.findall(line))
                within[key] |= set(WITHIN.findall(line))
    return {key: told.union(*(found[each] for each in within[key])) for key, told in found.items()}


def test_both_languages_say_the_same_things_with_the_same_placeholders() -> None:
    english, *others = (placeholders(language) for language in LANGUAGES)

    for other in others:
        assert other == english


def test_every_sentence_of_the_files_is_understood_by_fluent() -> None:
    for language in LANGUAGES:
        files = sorted((FOLDER / language).glob("*.ftl"))
        entries = [
            entry
            for path in files
            for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body
        ]

        assert not any(isinstance(entry, Junk) for entry in entries)
        found = {entry.id.name for entry in entries if isinstance(entry, Message)}
        assert Texts().keys(language) == found == placeholders(language).keys()


def test_every_sentence_can_be_said() -> None:
    texts = Texts()
    for language in LANGUAGES:
        for key, names in placeholders(language).items():
            said = texts.say(language, key, dict.fromkeys(names, "7"))

            assert said
            assert "{" not in said


def test_every_key_that_the_code_uses_is_written() -> None:
    used, known = dict(used_keys()), Texts().keys("en")

    assert {"held", "stopped", "note-interrupted", "problem-quota"} <= used.keys()
    assert {key: place for key, place in used.items() if not is_written(key, known)} == {}


def test_every_button_has_a_caption() -> None:
    assert {f"button-{wish.value}" for wish in Wish} <= Texts().keys("en")


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("zh-CN", "zh-CN"),
        ("zh-hans", "zh-CN"),
        ("zh_TW", "zh-CN"),
        ("ZH", "zh-CN"),
        ("de", "en"),
        ("", "en"),
        ("zhuang", "en"),
    ],
)
def test_people_are_spoken_to_in_the_nearest_language(asked: str, spoken: str) -> None:
    assert nearest(asked) == spoken


def test_a_missing_sentence_is_a_programming_error() -> None:
    with pytest.raises(MissingTextError, match="no sentence 'nonsense'"):
        Texts().say("en", "nonsense")


def test_a_missing_placeholder_is_a_programming_error() -> None:
    with pytest.raises(MissingTextError):
        Texts().say("en", "not-allowed")


def test_one_message_and_many_have_their_own_forms() -> None:
    texts = Texts()

    assert "one message" in texts.say("en", "held", {"count": "1"})
    assert "3 messages" in texts.say("en", "held", {"count": "3"})
    assert "3 条" in texts.say("zh-CN", "held", {"count": "3"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_command_that_needs_words_has_an_example_of_its_own(language: str) -> None:
    said = {Texts().say(language, "needs-words", {"command": wish}) for wish in WISHES}

    assert len(said) == len(WISHES)
    assert all(any(f"`/{wish} " in each for each in said) for wish in WISHES)


def test_ids_are_not_written_like_amounts() -> None:
    assert "1234567890" in Texts().say("en", "not-allowed", {"id": "1234567890"})


def test_nothing_that_is_filled_in_can_become_markup() -> None:
    name = "*a*_b_[c](http://d)\n# <e>`"
    said = Texts().say("en", "file-too-big", {"name": name, "size": "20 MB"})

    assert r"\*a\*\_b\_\[c\](http://d) \# \<e\>\`" in said


def test_terminals_get_what_is_filled_in_as_it_is() -> None:
    address = "http://127.0.0.1:8000/#a_b"

    assert address in Texts().plain("en", "start-open", {"address": address})


def test_the_mark_of_a_repeat_fits_the_room_that_parts_leave() -> None:
    for language in LANGUAGES:
        mark = Texts().say(language, "repeat-mark")

        assert len(mark.encode("utf-16-le")) // 2 <= 62


def test_buttons_and_descriptions_are_short() -> None:
    texts = Texts()
    for language in LANGUAGES:
        for key in texts.keys(language):
            if key.startswith(("button-", "command-")) and key != "button-old":
                assert len(texts.plain(language, key)) <= 32


def test_what_nobody_says_is_not_parsed_but_a_sentence_within_another_is(tmp_path: Path) -> None:
    written = "# greeting = no\nname = Ada\n\nhello =\n    Hello { name },\n\n    how are you?\n"
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "mine.ftl").write_text(f"{written}\nbroken = {{\n", encoding="utf-8")
    texts = Texts(tmp_path)

    assert texts.plain("en", "hello") == "Hello Ada,\n\nhow are you?"
    assert texts.keys("en") == {"name", "hello", "broken"}
    with pytest.raises(MissingTextError):
        texts.plain("en", "broken")


def test_another_folder_may_speak(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "mine.ftl").write_text("hello = Hello { $name }\n", encoding="utf-8")

    assert Texts(tmp_path).say("en", "hello", {"name": "you"}) == "Hello you"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_that_is_opened_ends_where_a_terminal_thinks_it_does(language: str) -> None:
    said = Texts().plain(language, "start-open", {"address": "http://127.0.0.1:8000"})
    assert re.search(r"http://127\.0\.0\.1:8000(\s|$)", said)
