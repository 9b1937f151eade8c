"""People who each walk through another flow, a step at a time, and what the service keeps of it.

The same steps in a play without a service tell what has to be kept, and what to come out.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from typing import Any, Final

from actors.chat import Chat
from fsm.content import Prompt
from fsm.flow.state import Flows, Given
from fsm.states import State
from service.flows import Library
from service.flows.play import Play
from service.storing import SCHEMAS
from snapshots import Codec, Plain
from snapshots.disk import RealDisk
from snapshots.inspection import Inspection
from tests.service.flows.walks import WALKS, Act, Says, Sends, Taps
from tests.stories.test_journey import picture
from tests.stories.theatre import Person, Theatre, words

FLOWS: Final = Library().flows
_FILES: Final = {
    "picture": ("photo", "a.jpg", picture("red")),
    "voice": ("voice", "a.ogg", b"OggS" + bytes(100)),
}
_COUNTED: Final = ("photo", "file")


@dataclass(slots=True)
class Walker:
    """One person on their way through the flow *name*."""

    stage: Theatre
    person: Person
    name: str
    acts: tuple[Act, ...]
    done: int = 0
    seen: Any = None
    """What stood there when they last did something."""
    was: Chat | None = None
    """What was kept before that."""
    files: int = 0
    """How many they have sent at this step."""
    began: float = field(default_factory=time.time)

    async def starts(self) -> None:
        await self.person.says(f"/{FLOWS[self.name].command}")

    @property
    def at_end(self) -> bool:
        return self.done == len(self.acts)

    @property
    def amid_album(self) -> bool:
        """Whether some of an album has been sent, and the rest comes next."""
        around = self.acts[max(self.done - 1, 0) : self.done + 1]
        return [type(each) for each in around] == [Sends, Sends]

    async def steps(self) -> None:
        """Do what comes next, with the keyboard that is there."""
        act = self.acts[self.done]
        self.seen, self.was = await self._newest(), self.kept()
        match act:
            case Taps(label=label):
                await self.person.presses(self.seen, label)
            case Says(text=text):
                await self.person.says(text)
            case Sends(kind=kind, album=album):
                kind_of_file, name, data = _FILES[kind.value]
                album = f"{self.person.id}-{album}" if album else ""
                await self.person.sends(kind_of_file, (name, data), album=album)
        self.files = self.files + 1 if isinstance(act, Sends) else 0
        self.done += 1

    async def is_kept(self) -> None:
        """Wait until what was done last is on the disk, whether or not it is shown."""

        async def changed() -> bool:
            return self.kept() != self.was

        await self.stage.until(changed, f"{self.name} keeps step {self.done}", 60)

    async def sees(self) -> None:
        """Wait until what was done last is shown."""
        what = f"{self.name} goes on after {self.acts[self.done - 1 :][:1]}"
        if self.acts[: self.done] == WALKS[self.name]:
            await self.stage.until(self._is_over, f"{self.name} is over", 60)
        else:
            await self.stage.until(self._has_moved, what, 60)

    async def _has_moved(self) -> bool:
        newest = await self._newest()
        if newest is None or newest == self.seen:
            return False
        count = "One" if self.files == 1 else str(self.files)
        return not self.files or any(f"{count} {what}" in words(newest) for what in _COUNTED)

    async def _newest(self) -> Any:
        """Return the question with its keyboard."""
        seen = await self.person.sees()
        return next((each for each in reversed(seen) if _keys(each)), None)

    async def _is_over(self) -> bool:
        chat = self.kept()
        flows, state = chat.conversation.flows, chat.conversation.state
        return flows.current is None and state is State.IDLE and not chat.outbox.owing

    # -- what is kept -------------------------------------------------------------------------

    def kept(self) -> Chat:
        """Return this person's chat as it is on the disk."""
        look = Inspection(RealDisk(self.stage.data), Codec(SCHEMAS), Plain())
        chat = look.value(f"chat/telegram.1000.{self.person.chat}")
        assert isinstance(chat, Chat)
        return chat

    def check(self) -> None:
        """Make sure that what is kept is what was said, neither more nor less."""
        conv = self.kept().conversation
        asked = [conv.memory[-1].prompts] if conv.memory else []
        done = [{"text": each.text, "at": _minute(each.at)} for each in conv.reminders]
        kept = _told(conv.flows, asked, done)
        assert kept in [self._should(self.began), self._should(time.time())], f"{self.name}: {kept}"

    def _should(self, now: float) -> list[Any]:
        """Return what has to be kept when nobody is killed; *now* says which day it is."""
        play = Play(FLOWS, now=now).starts(self.name)
        for number, act in enumerate(self.acts[: self.done]):
            match act:
                case Taps(label=label):
                    play.taps(label)
                case Says(text=text):
                    play.says(text)
                case Sends(kind=kind):
                    play.sends(kind, f"file {number}")
        called = [call for prompts in play.asked for call in prompts[-1].calls]
        done = [json.loads(call.arguments) for call in called]
        return _told(play.conversation.flows, play.asked, done)


def _told(flows: Flows, asked: list[tuple[Prompt, ...]], done: list[Any]) -> list[Any]:
    """Return the answers so far, those of a form, or what was asked and *done* in the end."""
    if flows.current is not None:
        current = flows.current
        return [current.step, current.picked, len(current.media), *map(_plain, current.given)]
    if flows.forms:
        return [_plain(given) for given in flows.forms[-1].given]
    prompt = asked[-1][-1]
    return [prompt.text, len(prompt.media), *done]


def _minute(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(at))


def _plain(given: Given) -> tuple[Given, int]:
    """Return *given* with the number of its files: what they are called is the channel's affair."""
    return replace(given, media=()), len(given.media)


def _keys(message: dict[str, Any]) -> list[str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [key["text"] for row in rows for key in row]
