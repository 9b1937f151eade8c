"""The offline model: what it remembers, counts, describes, shows, and how it fails on command."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from actors.ports import (
    Declaration,
    Done,
    InterruptedStreamError,
    ModelEvent,
    TextDelta,
    ToolCall,
)
from fsm.content import Media, MediaKind, Prompt
from fsm.memory import Turn
from fsm.steps import Call, Result, Step
from service.models.arithmetic import NoNumberError, formula_in, value_of
from service.models.offline import OfflineModel
from service.models.pictures import dimensions
from service.texts import Texts
from tests.contracts.model import all_of, exchange, question, text_of

pytestmark = pytest.mark.anyio

TEXTS = Texts()


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Not one of those that need asyncio."""
    return "trio"


def model() -> OfflineModel:
    return OfflineModel(TEXTS.say, pace=0)


async def hear(text: str, *context: Turn, language: str = "en") -> str:
    prompts = (Prompt(text=text, language=language),)
    return await text_of(model(), question(prompts=prompts, context=context))


async def test_it_says_what_it_is_in_the_first_answer_only() -> None:
    assert "Offline model" in await hear("Good evening to you")
    assert "Offline model" not in await hear("And now?", exchange(1, "hello"))


async def test_the_same_question_has_the_same_answer() -> None:
    assert await hear("Something") == await hear("Something")


async def test_it_remembers_the_last_name_that_it_was_told() -> None:
    context = (exchange(1, "My name is Ada"), exchange(2, "no, call me Grace Hopper please"))

    assert "Your name is Grace Hopper." in await hear("What is my name?", *context)
    assert "not told" in await hear("What's my name?")


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("What time is it in Tokyo?", "current_time", {"place": "Tokyo"}),
        ("what time is it?", "current_time", {}),
        ("东京现在几点？", "current_time", {"place": "东京"}),
        ("5 km in miles", "convert_units", {"value": 5, "source": "km", "target": "miles"}),
        ("5公里是多少英里", "convert_units", {"value": 5, "source": "公里", "target": "英里"}),
        ("Remind me in 2 hours to call mum.", "remind", {"text": "call mum", "minutes": 120}),
        ("30秒后提醒我喝水", "remind", {"text": "喝水", "minutes": 0.5}),
    ],
)
async def test_it_asks_for_a_tool_and_says_what_it_said(
    text: str, name: str, arguments: dict[str, object]
) -> None:
    tools = (Declaration(name=name, description="", parameters={}),)
    events = await all_of(model(), question(text, tools=tools))
    assert events == [ToolCall("", name, arguments), Done()]

    call = Call(id="1", name=name)
    result = Result(call="1", name=name, output="forty-two")
    steps = (Step(calls=(call,), results=(result,)),)
    assert "forty-two" in await text_of(model(), question(text, tools=tools, steps=steps))


@pytest.mark.parametrize("text", ["Remind me of Paris", "a time in my life", "come in to town"])
async def test_it_wants_no_tool_without_a_reason(text: str) -> None:
    tools = tuple(
        Declaration(name=name, description="", parameters={})
        for name in ("current_time", "convert_units", "remind")
    )
    assert text in await text_of(model(), question(text, tools=tools))


async def test_it_wants_no_tool_that_is_not_there() -> None:
    assert "5 km in miles" in await hear("5 km in miles")


async def test_it_remembers_in_chinese() -> None:
    context = (exchange(1, "我叫小明"), exchange(2, "今天天气不错"))

    assert "小明" in await hear("我叫什么？", *context, language="zh-CN")
    assert "我叫小明" in await hear("我最先说了什么？", *context, language="zh-CN")


async def test_it_recalls_what_was_said_first_and_last() -> None:
    context = (exchange(1, "alpha"), exchange(2, "beta"))

    assert "alpha" in await hear("what did I say first?", *context)
    assert "beta" in await hear("What did I just say?", *context)
    assert "not said anything" in await hear("What did I say first?")


async def test_it_lists_the_talk() -> None:
    listed = await hear("What have we talked about?", exchange(1, "alpha"), exchange(2, "beta"))

    assert listed.index("1. “alpha”") < listed.index("2. “beta”")


async def test_it_does_sums_inside_a_sentence() -> None:
    assert "**391**" in await hear("what is 17 * 23, please?", exchange(1, "hi"))
    assert "no value" in await hear("1/0", exchange(1, "hi"))


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1+1", "2"),
        ("2,5 + 0.1", "2.6"),
        ("1,000 * 3", "3,000"),
        ("(1+2)^3", "27"),
        ("7 // 2", "3"),
        ("0.1 + 0.2", "0.3"),
        ("-2 × -3", "6"),
        ("10 ÷ 4", "2.5"),
    ],
)
def test_a_formula_has_a_value(formula: str, value: str) -> None:
    assert formula_in(f"tell me {formula}") == formula
    assert value_of(formula) == value


@pytest.mark.parametrize(
    "formula",
    [
        "1/0",
        "9**9**9",
        "9**99999",
        "(-1)**0.5",
        "1e999 + 1",
        "().__class__",
        "a+1",
        "((((",
        "1<<99",
    ],
)
def test_what_has_no_value_is_refused_quickly(formula: str) -> None:
    with pytest.raises(NoNumberError):
        value_of(formula)


@pytest.mark.parametrize("text", ["2026-11-24", "call 555-1234", "1.2.3", "no numbers", "v3", ""])
def test_dates_and_numbers_are_not_formulas(text: str) -> None:
    assert formula_in(text) == ""


async def test_the_showcase_has_one_of_everything() -> None:
    shown = await hear("!show")

    for each in ("## ", "|---|", "1. ", "```python", "$$", "> ", "**", "~~"):
        assert each in shown


async def test_a_dropped_answer_is_whole_at_the_second_attempt() -> None:
    events: list[ModelEvent] = []
    with pytest.raises(InterruptedStreamError):
        await all_of(model(), question("!drop and more words to say"), events)

    assert any(isinstance(event, TextDelta) for event in events)
    assert "and more words" in await text_of(
        model(), question("!drop and more words to say", attempt=2)
    )


async def test_a_long_answer_is_as_long_as_asked() -> None:
    assert "number 300 of" in await hear("!long 300")
    assert len(await hear("!long")) > 4096


async def test_words_come_one_by_one() -> None:
    english = await all_of(model(), question("one two three"))
    chinese = await all_of(model(), question(prompts=(Prompt(text="你好", language="zh-CN"),)))

    assert sum(isinstance(event, TextDelta) for event in english) > 20
    assert sum(isinstance(event, TextDelta) for event in chinese) > 20


async def test_markup_of_a_person_stays_theirs() -> None:
    assert "\\*\\*bold\\*\\*" in await hear("look: **bold** <b>", exchange(1, "hi"))


def encoded(format_: str, **options: Any) -> bytes:
    file = BytesIO()
    Image.new("RGB", (321, 123)).save(file, format_, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        encoded("PNG"),
        encoded("JPEG"),
        encoded("JPEG", progressive=True),
        encoded("GIF"),
        encoded("WEBP"),
        encoded("WEBP", lossless=True),
        encoded("WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
    ],
    ids=["png", "jpeg", "progressive", "gif", "webp", "lossless", "extended"],
)
def test_a_picture_tells_its_size(data: bytes) -> None:
    assert dimensions(data) == (321, 123)


def test_a_damaged_picture_has_no_size() -> None:
    for data in (
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe0\x00",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF....WEBPVP8X",
    ):
        assert dimensions(data) is None
    assert dimensions(zlib.compress(struct.pack(">I", 7))) is None


async def test_files_are_described() -> None:
    files = (
        Media(kind=MediaKind.PICTURE, ref="a", mime="image/png"),
        Media(kind=MediaKind.DOCUMENT, ref="b", mime="application/pdf", name="a_b.pdf", size=2048),
        Media(kind=MediaKind.VOICE, ref="c", mime="audio/ogg"),
    )

    async def fetch(media: Media) -> bytes:
        return encoded("PNG") if media.ref == "a" else bytes(2048)

    answer = await text_of(model(), question(prompts=(Prompt(media=files),), fetch=fetch))

    assert "321 × 123 pixels, image/png" in answer
    assert "a\\_b.pdf”: application/pdf, 2.0 kB" in answer
    assert "A voice message: audio/ogg" in answer


async def test_it_says_how_it_was_told_to_answer() -> None:
    said = await text_of(model(), question("hello", manner="You are a cook.\nUse salt."))

    assert "You are a cook. … Use salt." in said


async def test_it_knows_what_was_pinned_and_what_was_summarized() -> None:
    pinned = Prompt(instruction="facts", text="- my name is Ada")
    summary = Prompt(instruction="summary", text="What was said so far:\n- I like tea")
    told = tuple(Turn(number=0, prompts=(each,), answer="OK.") for each in (pinned, summary))
    later = exchange(5, "And cake")

    assert "Your name is Ada" in await hear("What is my name?", *told)
    assert "I like tea" in await hear("What do you know about me?", *told)
    assert "And cake" in await hear("What was the first thing? My first message?", *told, later)
    wish = Prompt(instruction="summarize")
    text = await text_of(model(), question(prompts=(wish,), context=(*told, later)))
    assert text.splitlines()[1:] == ["- I like tea", "- And cake"]


async def test_a_question_with_a_wish_is_still_a_question() -> None:
    brief = (Prompt(text="What is 17 * 23?", instruction="brief"),)
    assert "391" in await text_of(model(), question(prompts=brief))
