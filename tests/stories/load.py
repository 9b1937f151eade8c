"""A load of many people writing at a steady rate, and what became of each message."""

from __future__ import annotations

import io
import itertools
import random
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tests.stories.theatre import Person, Theatre, breath, is_final, words


@dataclass(slots=True)
class Said:
    """One message (or album) that a person sent."""

    person: Person
    mark: str
    at: float


@dataclass(slots=True)
class Load:
    """Plays the load and looks at the result."""

    stage: Theatre
    random: random.Random
    said: list[Said] = field(default_factory=list)
    kinds: tuple[str, ...] = ("text", "text", "text", "photo", "album", "document", "voice")
    seen: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    async def play(
        self, *, chats: int, messages: int, rate: float, flow: str = "", within: float = 90
    ) -> None:
        """Let *chats* people send *messages* each, *rate* a second over all; wait for the end."""
        people = [await self.stage.person(f"L{number}") for number in range(chats)]
        for number in range(0, chats, 5):  # every fifth in a group of their own
            people[number] = people[number].at(await self.stage.group(people[number]))
        order = [(person, turn) for turn in range(messages) for person in people]
        began = time.monotonic()
        for number, (person, turn) in enumerate(order):
            wait = began + number / rate - time.monotonic()
            if wait > 0:
                await breath(wait)
            await self._send(person, f"mark-{person.id}-{turn}-end", flow)
        await self.stage.until(self._all_covered, "every message is covered", within)

    async def _send(self, person: Person, mark: str, flow: str) -> None:
        text = f"{mark} {flow}".strip()
        if person.chat < 0:
            text = f"@greenroom_bot {text}"
        self.said.append(Said(person, mark, time.time()))
        kind = self.random.choice(self.kinds)
        match kind:
            case "text":
                await person.says(text)
            case "photo":
                await person.sends("photo", ("a.jpg", _picture()), caption=text)
            case "album":
                files = [(f"{n}.jpg", _picture()) for n in range(3)]
                await person.sends("photo", *files, caption=text)
            case "document":
                await person.sends("document", ("n.txt", b"notes"), caption=text)
            case "voice":
                await person.sends("voice", ("v.ogg", b"OggS" + bytes(100)), caption=text)

    async def _all_covered(self) -> bool:
        for person in {said.person.chat: said.person for said in self.said}.values():
            self.seen[person.chat] = await person.sees()
        return not self.uncovered()

    def uncovered(self) -> list[str]:
        """Return marks that are not in exactly one final of their own chat."""
        return [
            said.mark
            for said in self.said
            if sum(
                said.mark in question(message) and is_final(message)
                for message in self.seen.get(said.person.chat, ())
            )
            != 1
        ]

    def misplaced(self) -> list[str]:
        """Return what stands in a wrong chat or in a wrong order."""
        wrong = []
        for chat, messages in self.seen.items():
            everything = "\n".join(question(message) for message in messages)
            own = [said.mark for said in self.said if said.person.chat == chat]
            wrong += [
                said.mark
                for said in self.said
                if said.person.chat != chat and said.mark in everything
            ]
            places = [everything.find(mark) for mark in own]
            if places != sorted(places):
                wrong.append(f"order in {chat}")
        return wrong

    async def refused_calls(self) -> list[dict[str, Any]]:
        """Return the calls that the stand-in refused."""
        return [call for call in await self.stage.calls() if call["status"] not in (200, None)]

    async def calls_per_turn(self) -> float:
        """Return how often the model was asked per final answer."""
        finals = sum(map(is_final, (m for each in self.seen.values() for m in each)))
        return len(await self.stage.asked()) / finals

    async def first_text_delays(self) -> list[float]:
        """Return, per turn, the seconds from the model's first byte to the first shown words."""
        shown: dict[int, list[float]] = {}
        for call in await self.stage.calls():
            if call.get("chat") and "BEGIN" in str(call.get("params")) and call["status"] == 200:
                shown.setdefault(call["chat"], []).append(call["at"])
        chats = {str(said.person.id): said.person.chat for said in self.said}
        delays = []
        for asked in await self.stage.asked():
            who = asked["text"].partition("mark-")[2].partition("-")[0]
            later = [at for at in shown.get(chats.get(who, 0), ()) if at >= asked["first_byte_at"]]
            if later:
                delays.append(min(later) - asked["first_byte_at"])
        return delays

    async def waits_between_previews(self) -> list[float]:
        """Return the seconds between two looks at one growing answer, in private chats."""
        shown: dict[tuple[int, int], list[float]] = {}
        for call in await self.stage.calls():
            if call["method"].endswith("Draft") and call["params"].get("text", "rich"):
                key = (call["chat"], call["params"]["draft_id"])
                shown.setdefault(key, []).append(call["at"])
        return [b - a for times in shown.values() for a, b in itertools.pairwise(times)]

    async def final_delays(self) -> list[float]:
        """Return, per message, the seconds from sending it to the call that delivers its answer."""
        calls = [call for call in await self.stage.calls() if _is_delivery(call)]
        delays = []
        for said in self.said:
            ends = [
                call["at"]
                for call in calls
                if said.mark in (text := str(call["params"])) and "END." in text
            ]
            if ends:
                delays.append(min(ends) - said.at)
        return delays


def _is_delivery(call: dict[str, Any]) -> bool:
    return call["status"] == 200 and call["method"] in {
        "sendMessage",
        "sendRichMessage",
        "editMessageText",
    }


def _picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (32, 32), "teal").save(made, "JPEG")
    return made.getvalue()


def question(message: dict[str, Any]) -> str:
    """Return what the stand-in says it was asked; it tells of the context after that."""
    return words(message).partition("Context:")[0]


def quantiles(values: list[float]) -> tuple[float, float]:
    """Return median and 99th percentile."""
    return statistics.median(values), statistics.quantiles(values, n=100)[98]
