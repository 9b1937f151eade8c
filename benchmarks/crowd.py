"""What many people at a time feel, and what their turns weigh.

Run: `python -m benchmarks.crowd [chats]`. First turns that come evenly, 10 and 30 a second; then
all chats press send in the same instant, after each has had one turn (so that it is known, and in
memory). First text is counted from the model's first token. Memory is the most that the process
has had meanwhile, for each turn in flight: less what it had at rest, before anybody wrote (that is
how the peers are counted), and less what it had after everybody's first turn.
Targets: 4 and 12 ms (p50 and p99) at 30 a second, 800 ms (p99) and 25 kB for 1000 at once.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from benchmarks.standard_turn import BARE, OURS, Peer, measure


async def main(chats: int) -> None:
    for rate in (10, 30):
        for peer in (OURS, BARE):
            play = {"chats": rate * 10, "turns": 3, "warm": 1, "rate": float(rate)}
            print(f"{f'{rate} turns/s':12}{told(peer, await measure(peer, play))}", flush=True)
    for peer in (OURS, BARE):
        play = {"chats": chats, "turns": 2, "warm": 1, "together": True, "rest": 6.0, "settle": 2.0}
        found = await measure(peer, play)
        cold, warm = ((found["largest"] - found[name]) / chats / 1e3 for name in ("rest", "before"))
        weight = f"{cold:.1f} kB a turn from rest, {warm:.1f} from then on"
        print(f"{f'{chats} at once':12}{told(peer, found)}, {weight}", flush=True)


def told(peer: Peer, found: dict[str, Any]) -> str:
    """Return the line about one measurement."""
    median, worst = found["first_text"]
    return (
        f"{peer.name:24}first text p50/p99 {median:7.1f} /{worst:8.1f} ms, "
        f"{found['cpu'] / found['turns'] * 1e3:5.2f} ms CPU a turn"
    )


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    asyncio.run(main(*[*given, *(1000,)[len(given) :]]))
