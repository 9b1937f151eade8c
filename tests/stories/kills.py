"""Kills at named points, while many people write; and what was on its way at each of them."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.stories.load import Load, question
from tests.stories.theatre import Person, Theatre, breath, is_final, words

REPEAT = "(perhaps a repeat)"
GAVE_UP = "The answer broke off before it began"
LAG = 0.3
"""Seconds within which the journal certainly says that a message is sent."""
SENDS = frozenset({"sendMessage", "sendRichMessage", "sendPhoto"})


@dataclass(slots=True)
class Survivors(Load):
    """People who do not care that the service is killed; every fourth wants plain messages."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Nobody is killed any more."""
    pressed: set[tuple[int, int]] = field(default_factory=set)

    async def meet(self, chats: int, messages: int, rate: float) -> None:
        """Let them write, and wait until each has their answers."""
        flow = "[[chunks:8:40]]"
        await self.play(chats=chats, messages=messages, rate=rate, flow=flow, within=500)

    async def _all_covered(self) -> bool:
        await self.over.wait()
        await breath(0.3)  # looking at every chat costs more than all their answers
        await Load._all_covered(self)  # look at every chat
        for said in self.said:
            if not self.answers(said.mark):
                for message in self.seen.get(said.person.chat, ()):
                    await self._try_again(said.person, message)
        return not self.uncovered()

    async def _try_again(self, person: Person, message: dict[str, Any]) -> None:
        """Press what is offered where two kills have met the same answer before its first word."""
        where = (person.chat, message["message_id"])
        if GAVE_UP in words(message) and where not in self.pressed:
            self.pressed.add(where)
            await person.presses(message, "again")

    async def _send(self, person: Person, mark: str, flow: str) -> None:
        if person.chat > 0 and person.id % 4 == 0:
            if not any(said.person is person for said in self.said):
                await person.says("/plain")
            flow = f"[[long:9000]] {flow}"
        await Load._send(self, person, mark, flow)

    def answers(self, mark: str) -> list[dict[str, Any]]:
        """Return the finals that say they answer *mark*, wherever they stand."""
        return [
            message
            for messages in self.seen.values()
            for message in messages
            if mark in question(message) and is_final(message)
        ]

    def uncovered(self) -> list[str]:
        """Return the marks without a final, and those with two of which none is marked.

        A question that broke off goes along with the next one; whoever presses *Try again* when
        that is already under way has asked for one more answer.
        """
        found = []
        for said in self.said:
            answers = self.answers(said.mark)
            unmarked = [message for message in answers if REPEAT not in words(message)]
            again = sum(chat == said.person.chat for chat, _ in self.pressed)
            if not answers or len(unmarked) > 1 + again:
                found.append(said.mark)
        return found

    def repeats(self) -> int:
        """Return how many messages are there more than once."""
        found = 0
        for messages in self.seen.values():
            texts = Counter(words(each).replace(REPEAT, "").strip() for each in messages)
            answers = sum("Question:" in text for text in texts)
            for text, count in texts.items():
                if "Question:" in text:
                    found += count - 1
                elif "Sentence" in text:  # a later part: of each answer it is the same
                    found += max(0, count - answers)
        return found

    def bare(self) -> int:
        """Return how many placeholders are left."""
        return sum(not is_final(each) for messages in self.seen.values() for each in messages)


@dataclass(slots=True)
class Reaper:
    """Kills the service again and again, and keeps count of what was on its way."""

    stage: Theatre
    chance: random.Random
    in_flight: int = 0
    deaths: list[str] = field(default_factory=list)

    async def reap(self, where: str) -> None:
        """Start the service, and end it at that point."""
        point, mined, _ = where.partition(":")
        since = (await self.stage.get("calls"))["last"]
        try:
            await self.stage.start(mine=where if mined else "")
        except AssertionError:  # a mine may well go off before it asks for updates
            assert mined, self.stage.printed()
        match point:
            case "instant":
                await breath(self.chance.uniform(0.1, 1.0))
            case "final":
                await self._slow_final(since)
            case "parts":
                await self._first_of_several(since)
            case _:
                await self._mine_goes_off()
        await self.stage.kill()
        self.in_flight += await self._on_its_way(since, time.time())
        self.deaths.append(where)

    async def _mine_goes_off(self) -> None:
        assert self.stage.service is not None
        code = await self.stage.service.ended(30)
        assert code == -9, f"it ended by itself, with {code}"

    async def _slow_final(self, since: int) -> None:
        """Wait until a final is on its way, and takes its time."""
        await self.stage.post("faults", kind="slow", method="sendMessage", seconds=0.5)
        await self._until(since, lambda call: call.get("fault") == "slow", "a final is on its way")

    async def _first_of_several(self, since: int) -> None:
        """Wait until the first part of a long answer is there, and the next one takes its time."""
        await self._until(
            since,
            lambda call: (
                call["method"] == "sendMessage"
                and "Sentence 1 of" in str(call.get("params"))
                and call["status"] == 200
            ),
            "a first part is there",
        )

    async def _until(self, since: int, true: Any, what: str) -> None:
        async def seen() -> bool:
            calls = (await self.stage.get("calls", since=since))["calls"]
            return any(true(call) for call in calls)

        await self.stage.until(seen, what, 30)

    async def _on_its_way(self, since: int, died: float) -> int:
        """Count the sends whose fate the service cannot know."""
        calls = (await self.stage.get("calls", since=since))["calls"]
        return sum(
            call["method"] in SENDS
            and (call["status"] is None or call["at"] + call["ms"] / 1000 > died - LAG)
            for call in calls
        )
