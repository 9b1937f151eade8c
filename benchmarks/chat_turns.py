"""How many chat turns a second: the real table, outbox, commit, trace and `owes`, without I/O.

Run: `python -m benchmarks.chat_turns [chats]`. A talk is six turns: a question, two pieces and
the end of its answer, its delivery, the end of the pause. First the turns alone: what a model
and a channel would report is told by the benchmark, and timers fall due at once. Then whole
questions, each with its loading, the task that asks an instant model, the previews and the task
that delivers. Figures are CPU seconds, the best of several rounds.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

import anyio
import anyio.lowlevel

from actors.messages import Deliver, Inbound
from actors.ports import Done, Request, TextDelta
from actors.runtime import ActorSystem, Effect, Ref
from benchmarks.runtime import settled
from fsm.content import Prompt
from fsm.data import Rules
from fsm.effects import CancelGeneration, Generate, Show
from fsm.events import Asked, Finished, Grew, Rested
from fsm.outbox import PartMoved, PartState
from fsm.states import State
from tests.actors.world import World, life

ROUNDS = 5
TURNS = 6  # per talk
PIECES = ("Hello ", "Hello there, how are you?")


class Instant:
    """A model that answers at once, in two pieces."""

    name = "instant"

    async def answer(self, _request: Request) -> AsyncGenerator[Any, None]:
        yield TextDelta("Hello ")
        yield TextDelta("there, how are you?")
        yield Done()


def without_io(world: World) -> ActorSystem:
    """Return a system whose chats do everything but call the model and the channel."""
    perform = world.kind.perform
    assert perform is not None

    def performed(ref: Ref, effect: object, chat: Any) -> Sequence[Effect]:
        if isinstance(effect, Generate | CancelGeneration | Show | Deliver):
            return ()
        return perform(ref, effect, chat)

    return ActorSystem({"chat": replace(world.kind, perform=performed)}, clock=world.clock)


async def talks(world: World, system: ActorSystem, keys: Sequence[str], turn: int) -> None:
    """Let every chat have its talk number *turn*, all of them step by step."""
    refs = [system.ref("chat", key) for key in keys]
    for ref in refs:
        asked = Asked(prompt=Prompt(text=f"hello {turn}", message=turn, at=world.clock.now()))
        accepted = world.store.take(f"chat/{ref.key}", {})
        ref.tell(Inbound(n=accepted.n, event=asked))
    await settled(system)
    for text in PIECES:
        for ref in refs:
            ref.tell_system(Grew(turn=turn, attempt=1, text=text))
        await settled(system)
    for ref in refs:
        ref.tell_system(Finished(turn=turn, attempt=1, text=PIECES[-1]))
    await settled(system)
    for ref in refs:
        world.gate.release(f"peer/{ref.key}")
        ref.tell_system(PartMoved(answer=turn, part=0, state=PartState.SENT, message=turn))
    await settled(system)
    for ref in refs:
        ref.tell_system(Rested(turn=turn))
    await settled(system)


async def turns_alone(chats: int) -> float:
    """Return us of CPU per turn."""
    keys = [f"telegram.1.{number + 1}" for number in range(chats)]
    best = float("inf")
    async with life(rules=Rules(pause=0.0)) as world, without_io(world) as system:
        for turn in range(1, ROUNDS + 2):
            before = system.counts("chat")["turns"]
            gc.collect()
            began = time.process_time()
            await talks(world, system, keys, turn)
            spent = time.process_time() - began
            taken = system.counts("chat")["turns"] - before
            assert taken >= TURNS * chats, (taken, chats)
            if turn > 1:  # in the first, everybody is loaded
                best = min(best, spent / taken)
        chat: Any = system.get_state(system.ref("chat", keys[-1]))
        assert chat.conversation.state is State.IDLE
        assert [each.answer for each in chat.conversation.memory] == [PIECES[-1]] * (turn)
    return best * 1e6


async def whole_questions(chats: int) -> tuple[float, float]:
    """Return us of CPU per question of a new chat, and how many turns it took."""
    async with life(model=Instant()) as world:  # type: ignore[arg-type]
        world.channel.delay = 0.0
        began = time.process_time()
        for number in range(chats):
            world.says("hello", f"telegram.1.{number + 1}")
        while len(world.channel.sent) < chats:
            await anyio.lowlevel.checkpoint()
        spent = time.process_time() - began
        turns = world.system.counts("chat")["turns"]
    return spent / chats * 1e6, turns / chats


async def main(chats: int) -> None:
    alone = await turns_alone(chats)
    print(f"a turn alone      {alone:7.1f} us, {1e6 / alone:,.0f} a second (>= 25 000)")
    whole, turns = min([await whole_questions(chats) for _ in range(3)])
    print(f"a whole question  {whole:7.1f} us, {turns:.1f} turns in it")


if __name__ == "__main__":
    anyio.run(
        main,
        int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 1000,
        backend_options={"use_uvloop": "uvloop" in sys.argv},
    )
