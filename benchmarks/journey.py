"""First words and final answers of the whole service over HTTP, between the stand-ins.

Run: `python -m benchmarks.journey [chats] [messages] [per second] [chunks]`. Prints how long after
the model's first byte the first words of the answer are shown, how long an answer takes from the
message to its last word, and whether anything was lost. The model needs 300 ms for its first
chunk and 50 ms for each further one: 18 chunks are an answer of 1.15 s.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.stories.load import Load, quantiles
from tests.stories.theatre import stand_ins, theatre


async def main(chats: int, messages: int, rate: float, chunks: int) -> None:
    with stand_ins() as places, tempfile.TemporaryDirectory() as folder:
        async with theatre(places, Path(folder)) as stage:
            await stage.start()
            warm = Load(stage, random.Random(1))
            await warm.play(chats=20, messages=1, rate=20.0)
            load = Load(stage, random.Random(2))
            flow = f"[[first:300]] [[chunks:{chunks}:50]]"
            await load.play(chats=chats, messages=messages, rate=rate, flow=flow)
            delays = await load.first_text_delays()
            median, worst = quantiles(delays)
            print(f"{len(load.said)} messages, {len(load.uncovered())} not covered exactly once")
            print(f"{len(await load.refused_calls())} calls refused")
            print(f"first words after the model's first byte: p50 {median * 1e3:.1f} ms, ", end="")
            print(f"p99 {worst * 1e3:.1f} ms ({len(delays)} turns; targets: 40 and 200)")
            words = Load(stage, random.Random(3), kinds=("text",))
            await words.play(chats=chats, messages=messages, rate=rate, flow=flow)
            finals = await words.final_delays()
            model = 0.3 + 0.05 * (chunks - 1)
            mean = sum(finals) / len(finals)
            print(f"from a text to its final: mean {mean:.3f} s ({model:.2f} s of it the model's)")


if __name__ == "__main__":
    given = [float(each) for each in sys.argv[1:]]
    chats, messages, rate, chunks = [*given, *(40.0, 3.0, 5.0, 36.0)[len(given) :]]
    asyncio.run(main(int(chats), int(messages), rate, int(chunks)))
