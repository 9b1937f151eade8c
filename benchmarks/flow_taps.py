"""How soon a pressed key is answered while many people are inside guided flows.

Run: `python -m benchmarks.flow_taps [people] [taps per second] [seconds]`. Everybody is at a
question of their own; in turns they press an option and go back, each of which changes the
question. Printed is the time from a press, as the stand-in for Telegram gets it (the service is
asking for updates at that moment, so it is delivered at once), to the call that answers it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.stories.load import quantiles
from tests.stories.theatre import Person, Theatre, stand_ins, theatre


async def main(people: int, rate: float, seconds: float) -> None:
    with stand_ins() as places, tempfile.TemporaryDirectory() as folder:
        async with theatre(places, Path(folder)) as stage:
            await stage.start()
            crowd = [await _inside(stage, number) for number in range(people)]
            await stage.until(lambda: _all_asked(crowd), "everybody is at a question", 120)
            pressed = await _press(crowd, rate, int(rate * seconds))
            answered = await _answers(stage, len(pressed))
            delays = [answered[query] - at for query, at in pressed.items() if query in answered]
            median, worst = quantiles(delays)
            refused = [call for call in await stage.calls() if call["status"] not in (200, None)]
            print(f"{len(pressed)} presses, {len(pressed) - len(delays)} never answered, ", end="")
            print(f"{len(refused)} calls refused")
            print(f"answered after: p50 {median * 1e3:.1f} ms, p99 {worst * 1e3:.1f} ms", end="")
            print(f" ({people} people, {rate:g} presses a second; target: p99 20 ms)")


async def _inside(stage: Theatre, number: int) -> Person:
    person = await stage.person(f"T{number}")
    await person.says("/lesson")
    return person


async def _all_asked(crowd: list[Person]) -> bool:
    return all([bool(await person.sees()) for person in crowd])


async def _press(crowd: list[Person], rate: float, count: int) -> dict[str, float]:
    """Let one after the other press; return when, by the number of the press."""
    pressed: dict[str, float] = {}
    began = time.monotonic()
    for number in range(count):
        person = crowd[number % len(crowd)]
        label = "French" if number // len(crowd) % 2 == 0 else "‹ Back"
        message = (await person.sees())[-1]
        wait = began + number / rate - time.monotonic()
        await asyncio.sleep(max(0.0, wait))
        at = time.time()
        pressed[await person.presses(message, label)] = at
    return pressed


async def _answers(stage: Theatre, count: int) -> dict[str, float]:
    """Return when each press was answered, by its number."""
    found: dict[str, float] = {}

    async def all_there() -> bool:
        for call in await stage.calls("answerCallbackQuery"):
            found.setdefault(call["params"]["callback_query_id"], call["at"])
        return len(found) >= count

    await stage.until(all_there, "every press is answered", 30)
    return found


if __name__ == "__main__":
    given = [float(each) for each in sys.argv[1:]]
    people, rate, seconds = [*given, *(200.0, 20.0, 30.0)[len(given) :]]
    asyncio.run(main(int(people), rate, seconds))
