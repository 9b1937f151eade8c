"""What a question to Gemini costs us in CPU, beside google-genai in the same run.

Run: `python -m benchmarks.models`. The stand-in server is a process of its own, so only the
client's work is counted: CPU microseconds, the best of several interleaved rounds.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import aclosing
from typing import Any

import aiohttp

from actors.ports import Request, TextDelta
from fsm.content import Prompt
from fsm.memory import Turn
from service.models.gemini_chunks import EventStream, decode_chunk
from service.models.gemini_reading import Reading
from service.models.gemini_request import Generation, RequestWriter
from service.models.gemini_sdk import GeminiSdk
from service.models.gemini_wire import GeminiWire

ROUNDS = 7
WORDS = "This is a message of a usual length, as people write them in a chat every day. " * 3
CHUNK = {
    "candidates": [
        {
            "content": {
                "parts": [{"text": "Sixteen words or so of an answer, " * 3}],
                "role": "model",
            }
        }
    ],
    "usageMetadata": {"promptTokenCount": 100, "candidatesTokenCount": 20, "totalTokenCount": 120},
    "modelVersion": "gemini-3.8-flash",
    "responseId": "abcdef",
}


def asked(messages: int, text: str = WORDS, *, chat: str = "c") -> Request:
    """Return a question after so many messages; the turns are the same objects every time."""
    context = TURNS[: messages // 2]
    return Request(chat=chat, turn=1, attempt=1, prompts=(Prompt(text=text),), context=context)


TURNS = tuple(
    Turn(number=number, prompts=(Prompt(text=f"{WORDS} {number}"),), answer=WORDS * 2)
    for number in range(50)
)


async def building(messages: int, *, known: bool) -> float:
    """Return the CPU seconds of one request body.

    *known*: the talk has grown by one exchange since the last request, as it does when people
    talk; otherwise it is met for the first time.
    """
    number, spent = 200, 0.0
    writer = RequestWriter(Generation())
    for each in range(number):
        chat = str(each)
        if known:
            await writer.body(asked(messages - 2, chat=chat))
        request = asked(messages, chat=chat)
        began = time.perf_counter()
        await writer.body(request)
        spent += time.perf_counter() - began
    return spent / number


def parsing() -> float:
    """Return the CPU seconds per event, from bytes to our event."""
    number = 2000
    line = b"data: " + json.dumps(CHUNK).encode() + b"\n\n"
    stream, reading, events = EventStream(), Reading("p"), 0
    began = time.process_time()
    for _ in range(number):
        for data in stream.feed(line):
            events += len(reading.take(decode_chunk(data)))
    assert events == number
    return (time.process_time() - began) / number


async def per_turn(model: Any, chunks: int, *, messages: int = 10, turns: int = 20) -> float:
    """Return the CPU seconds of a whole turn with so many chunks."""
    text = f"[[chunks:{chunks}:2]] [[words:16]]"
    began = time.process_time()
    for number in range(turns):
        got = 0
        async with aclosing(model.answer(asked(messages, f"{text} {number}"))) as stream:
            async for event in stream:
                got += isinstance(event, TextDelta)
        assert got == chunks, got
    return (time.process_time() - began) / turns


async def floor(address: str, chunks: int, turns: int = 20) -> float:
    """Return the CPU seconds of the same turn with aiohttp alone: nothing is read or checked."""
    writer = RequestWriter(Generation())
    url = f"{address}/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse"
    async with aiohttp.ClientSession(headers={"x-goog-api-key": "k"}) as session:
        began = time.process_time()
        for number in range(turns):
            body = await writer.body(asked(10, f"[[chunks:{chunks}:2]] [[words:16]] {number}"))
            async with session.post(url, data=body) as response:
                async for _ in response.content.iter_any():
                    pass
        return (time.process_time() - began) / turns


async def turns_of_all(address: str) -> dict[str, list[float]]:
    """Return, for each client, the best CPU seconds of turns with 2, 42, and 2 chunks.

    The last has 40 messages of context. The clients take turns, so that a busy machine slows
    all of them down alike.
    """
    best_of: dict[str, list[float]] = {}
    async with GeminiWire("k", base_url=address) as wire, GeminiSdk("k", base_url=address) as sdk:
        for _ in range(ROUNDS):
            for name, model in (("wire", wire), ("google-genai", sdk)):
                costs = [await per_turn(model, chunks) for chunks in (2, 42)]
                costs.append(await per_turn(model, 2, messages=40))
                _keep(best_of, name, costs)
            bare = [await floor(address, chunks) for chunks in (2, 42)]
            _keep(best_of, "aiohttp alone", [*bare, bare[0]])
    return best_of


def _keep(best_of: dict[str, list[float]], name: str, costs: list[float]) -> None:
    held = best_of.get(name, costs)
    best_of[name] = [min(pair) for pair in zip(held, costs, strict=True)]


def main() -> None:
    """Measure, and print."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.stand_ins.gemini", "--port", "0"], stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    address = json.loads(server.stdout.readline())["address"]
    try:
        print("building a request, us      10 messages  40 messages    (<= 100)")
        for known in (True, False):
            ours = [
                min(asyncio.run(building(messages, known=known)) for _ in range(ROUNDS)) * 1e6
                for messages in (10, 40)
            ]
            what = "a talk that goes on" if known else "a talk met anew"
            print(f"  {what:<24}  {ours[0]:11.0f}  {ours[1]:11.0f}")
        read = min(parsing() for _ in range(ROUNDS)) * 1e6
        print(f"parsing an event, us        {read:11.1f}                 (<= 20)")
        print("a turn, ms of CPU           10 messages  40 messages    per chunk with wake-up, us")
        for name, costs in asyncio.run(turns_of_all(address)).items():
            short, long, deep = costs
            chunk = (long - short) / 40 * 1e6
            print(f"  {name:<24}  {short * 1e3:11.2f}  {deep * 1e3:11.2f}    {chunk:11.0f}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
