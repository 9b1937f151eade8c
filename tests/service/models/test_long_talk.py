"""A talk of three hundred turns, as the bytes that go to Gemini."""

from __future__ import annotations

import json
from typing import Any

import pytest

from actors.chat_value import Chat
from actors.ports import Request
from fsm.content import Prompt
from fsm.data import Conversation, Rules
from fsm.effects import Archive, Generate, Summarize
from fsm.events import Commanded, Emptied
from fsm.memory import Recall, Turn
from fsm.memory_events import Archived, Summarized
from fsm.steps import Call, Result, Seal, Step
from service.models.gemini_request import Generation, RequestWriter
from service.models.gemini_wire import MODEL
from service.storing import SCHEMAS
from snapshots.codec import Codec
from tests.contracts.model import question
from tests.fsm.talk import Talk

pytestmark = pytest.mark.anyio

RECALL = Recall(keep=20, high_tokens=6000)
TURNS = 300
FACT, EARLY = "I am allergic to walnuts", "My parrot is called Captain Flint"


def texts(body: bytes) -> list[str]:
    return [part["text"] for content in json.loads(body)["contents"] for part in content["parts"]]


def beginning(body: bytes) -> bytes:
    """The whole request but its end: everything that the next one has to begin with."""
    return body[: body.rindex(b'],"generationConfig"')]


def measured(body: bytes) -> int:
    """What a provider would count: a quarter of the letters in the contents."""
    return sum(len(text) for text in texts(body)) // 4 + 300


def summary_of(effect: Summarize) -> str:
    """A summarizer that keeps what it knew, and the first words of each turn, within bounds."""
    known = [effect.before] if effect.before else []
    new = [
        prompt.text for turn in effect.turns for prompt in turn.prompts if "parrot" in prompt.text
    ]
    return "\n".join([*known, *new]) or "Small talk."


async def test_three_hundred_turns_stay_small_and_remember_and_begin_alike() -> None:
    talk, writer = Talk(Rules(recall=RECALL)), RequestWriter(Generation())
    before, compactions, sizes, kept = b"", 0, [], 0
    for number in range(1, TURNS + 1):
        if number == 7:
            talk.hear(Commanded(name="remember", text=FACT))
        asked = EARLY if number == 3 else f"Question {number}: " + "why? " * (number % 40)
        talk.ask(asked)
        generate = talk.only(Generate)
        body = await writer.body(request(generate))
        sizes.append(measured(body))
        if before and body.startswith(before):
            kept += 1
        else:
            compactions += 1
        before = beginning(body)
        talk.finish(f"Answer {number}. " + "Because. " * (number % 30), tokens=measured(body) + 60)
        settle(talk)
        talk.wait(2.0)
        talk.hear(Emptied())

    assert max(sizes) < RECALL.high_tokens
    assert max(sizes) > RECALL.high_tokens // 2, "the room is used"
    said = texts(body)
    assert any(FACT in text for text in said)
    assert any("Captain Flint" in text for text in said)
    assert f"Question {TURNS - 1}:" in said[-3]
    assert kept + compactions == TURNS
    assert 5 < compactions < 25, "nearly every request begins with the whole of the one before"
    assert len(talk.conv.memory) <= 2 * RECALL.keep


async def test_what_was_on_the_disk_makes_the_same_request_to_the_byte() -> None:
    signature = bytes(range(256))
    call = Call(id="a", name="weather", arguments='{"place": "乌尔姆"}', signature=signature)
    step = Step(
        text="Let me 😀 看. ",
        seals=(Seal(start=0, end=9, signature=signature[::-1]),),
        calls=(call,),
        results=(Result(call="a", name="weather", output="rain"),),
        model=MODEL,
    )
    turn = Turn(
        number=1,
        prompts=(Prompt(text="Rain?"),),
        answer="Let me 😀 看. It rains.",
        steps=(step,),
        seals=(Seal(start=0, end=2, signature=b"\x00\xff"), Seal(start=9, end=9, signature=b"s")),
        model=MODEL,
    )
    chat = Chat(key="telegram.7.42", conversation=Conversation(memory=(turn,)))
    codec, key = Codec(SCHEMAS), f"chat/{chat.key}"

    kept = codec.unpack(key, codec.version(key), codec.pack(chat)).conversation.memory

    asked = [question("And now?", context=memory) for memory in ((turn,), kept)]
    bodies = [await RequestWriter(Generation(), model=MODEL).body(each) for each in asked]
    assert bodies[0] == bodies[1]
    assert bodies[0].count(b"thoughtSignature") == 4


def settle(talk: Talk) -> None:
    """Do at once what a compaction asks for."""
    for effect in talk.effects:
        if isinstance(effect, Summarize):
            talk.hear(Summarized(upto=effect.upto, text=summary_of(effect)))
            talk.hear(Archived(upto=talk.only(Archive).turns[-1].number))


def request(generate: Generate) -> Any:
    return Request(
        chat="c",
        turn=generate.turn,
        attempt=1,
        prompts=generate.prompts,
        context=generate.context,
    )
