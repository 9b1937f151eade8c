"""How many chat turns a second: the real table, commit step, trace and `owes`, without I/O.

Run: `python -m benchmarks.chat_turns [chats]`. One turn is one message through the mailbox,
the rules, the outbox and the commit; a question costs about eight of them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncGenerator
from typing import Any

import anyio

from actors.ports import Done, Request, TextDelta
from fsm.states import State
from tests.actors.world import life


class Instant:
    """A model that answers at once, in two pieces."""

    name = "instant"

    async def answer(self, _request: Request) -> AsyncGenerator[Any, None]:
        yield TextDelta("Hello ")
        yield TextDelta("there, how are you?")
        yield Done()


async def main(chats: int) -> None:
    async with life(model=Instant()) as world:  # type: ignore[arg-type]
        world.channel.delay = 0.0
        for warm in range(50):
            world.says("warm", f"telegram.1.{10_000_000 + warm}")
        await anyio.sleep(0.5)
        before = world.system.counts("chat")
        cpu, wall = time.process_time(), time.perf_counter()
        for number in range(chats):
            world.says("hello", f"telegram.1.{number + 1}")
        ref = world.system.ref("chat", f"telegram.1.{chats}")

        def done() -> bool:
            chat: Any = world.system.get_state(ref)
            return chat is not None and chat.conversation.state is State.COOLING

        while not done() or len(world.channel.sent) < chats + 50:  # noqa: ASYNC110
            await anyio.sleep(0.01)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        after = world.system.counts("chat")
    turns = {name: after[name] - before.get(name, 0) for name in after}
    print(turns)
    count = turns.get("turns", 0) or turns.get("handled", 0)
    print(f"{chats} questions: {cpu:.2f} s CPU, {wall:.2f} s wall, {cpu / chats * 1e6:.0f} us each")
    if count:
        print(f"{count} turns, {count / cpu:.0f} turns/s of CPU (target: 25 000)")


if __name__ == "__main__":
    anyio.run(main, int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
