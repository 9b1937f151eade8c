"""Where a kill can meet a chat: each scene brings one there, and looks at what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actors.chat import Chat
from fsm.outbox import PartState
from fsm.states import State
from service.storing import SCHEMAS
from snapshots import Codec, Plain
from snapshots.disk import RealDisk
from snapshots.inspection import Inspection
from tests.stories.test_flows import sees, taps
from tests.stories.test_journey import picture
from tests.stories.theatre import Person, Theatre, words

REPEAT = "(perhaps a repeat)"
RESTARTED = "here is the answer from the start again"


class Scene:
    """One chat. *before* ends where the kill is to come, *at_last* just before it."""

    asked_twice = False
    """Whether the model has to be asked again, because its answer was not complete."""

    def __init__(self, stage: Theatre, person: Person) -> None:
        self.stage = stage
        self.person = person
        self.name = f"{type(self).__name__.lower()}-{person.id}"
        """What the first message says, whatever else it says."""

    async def before(self) -> None:
        """Bring the chat to where it can stay until everybody is there."""

    async def at_last(self) -> None:
        """Do what must come just before the kill."""

    async def meanwhile(self) -> None:
        """Do what people do while nobody listens."""

    async def after(self) -> None:
        """Wait for what the chat is owed, and look whether it is what it should be."""
        await self.answered_once()

    async def remembers(self) -> None:
        """Ask once more: what came before is in the context, and only once."""
        count = len(await self.person.sees())
        await self.says(f"and now, {self.name}?")
        await self.person.waits_for(count + 1)
        asked = await self.calls_about(f"and now, {self.name}?")
        assert len(asked) == 1, self.name
        assert str(asked[0]["context"]).count(self.name) == 1, (self.name, asked[0]["context"])

    # -- what scenes are made of --------------------------------------------------------------

    async def says(self, text: str) -> None:
        called = "@greenroom_bot " if self.person.chat < 0 else ""
        await self.person.says(f"{called}{text}")

    async def calls_about(self, text: str) -> list[dict[str, Any]]:
        """Return the calls to the model whose question has *text*."""
        return [call for call in await self.stage.asked() if text in call["text"]]

    async def is_asked(self) -> None:
        async def asked() -> bool:
            return bool(await self.calls_about(self.name))

        await self.stage.until(asked, f"the model is asked ({self.name})")

    async def on_disk(self, true: Callable[[Chat], Any], what: str) -> None:
        """Wait until what the disk has of the chat is as it should be."""
        key = f"chat/telegram.1000.{self.person.chat}"

        async def looked() -> bool:
            chat = Inspection(RealDisk(self.stage.data), Codec(SCHEMAS), Plain()).value(key)
            return chat is not None and bool(true(chat))

        await self.stage.until(looked, f"{self.name} {what}")

    async def has_state(self, state: State) -> None:
        await self.on_disk(lambda chat: chat.conversation.state is state, f"is {state.value}")

    async def was_told_of_the_restart(self) -> bool:
        """Whether a preview has said that the answer begins again."""
        calls = [call["params"] for call in await self.stage.calls()]
        return any(RESTARTED in str(p) for p in calls if p.get("chat_id") == self.person.chat)

    async def answered_once(self) -> str:
        """Wait for the answer to the first message; there is one, from as many calls as it took."""
        (answer,) = await self.person.waits_for(1)
        assert self.name in words(answer), (self.name, words(answer))
        assert REPEAT not in words(answer), self.name
        calls = await self.calls_about(self.name)
        assert len(calls) == 1 + self.asked_twice, (self.name, calls)
        return words(answer)


class Idle(Scene):
    """Nothing is going on, but a reminder is due soon."""

    async def before(self) -> None:
        await self.says(f"{self.name} [[tools:remind(text=Drink tea;minutes=0.15)]]")
        await self.person.waits_for(1)
        await self.has_state(State.IDLE)

    async def after(self) -> None:
        said = [words(each) for each in await self.person.waits_for(2)]
        assert said[1] == "⏰ Drink tea"


class Collecting(Scene):
    """Half an album has come; the other half comes while nobody listens."""

    album = ""

    async def at_last(self) -> None:
        half = [(f"{colour}.jpg", picture(colour)) for colour in ("red", "lime")]
        messages = await self.person.sends("photo", *half, caption=self.name)
        self.album = messages[0]["media_group_id"]
        await self.has_state(State.COLLECTING)

    async def meanwhile(self) -> None:
        await self.person.sends("photo", ("blue.jpg", picture("blue")), album=self.album)

    async def after(self) -> None:
        await self.answered_once()
        (call,) = await self.calls_about(self.name)
        assert call["media"] == 3


class Generating(Scene):
    """The model has been asked and has said nothing yet."""

    asked_twice = True

    async def before(self) -> None:
        await self.says(f"{self.name} [[first:6000]]")
        await self.is_asked()
        await self.has_state(State.GENERATING)

    async def after(self) -> None:
        await self.answered_once()
        assert not await self.was_told_of_the_restart(), "nobody had seen a word"


class Streaming(Scene):
    """Words can be seen: a draft in a private chat."""

    asked_twice = True

    async def before(self) -> None:
        await self.says(f"{self.name} [[chunks:40:150]]")
        await self.is_asked()
        await self.on_disk(lambda chat: "word20" in chat.conversation.partial, "streams")

    async def after(self) -> None:
        await self.answered_once()
        assert await self.was_told_of_the_restart(), "it says why it begins again"


class Growing(Streaming):
    """Words can be seen: a message in a group, that is edited as it grows."""

    bubble = 0

    async def before(self) -> None:
        await super().before()

        async def shown() -> bool:
            return any("word" in words(each) for each in await self.person.sees())

        await self.stage.until(shown, "words can be seen")
        (message,) = await self.person.sees()
        self.bubble = message["message_id"]

    async def after(self) -> None:
        await super().after()
        (message,) = await self.person.sees()
        assert message["message_id"] == self.bubble, "the same bubble is completed"


class Stopped(Streaming):
    """Stop was pressed just before the kill, perhaps too late to be heard in that life."""

    asked_twice = False

    async def at_last(self) -> None:
        await self.person.presses_stop()

    async def after(self) -> None:
        text = await self.answered_once()
        assert "word20" in text, "what was there is kept"
        assert "END." not in text


class Waiting(Streaming):
    """Two more messages wait behind the answer that is being written."""

    async def before(self) -> None:
        await super().before()
        for what in ("second", "third"):
            await self.says(f"{what} {self.person.id}")
        await self.on_disk(lambda chat: len(chat.conversation.waiting) == 2, "has two waiting")

    async def after(self) -> None:
        first, rest = [words(each) for each in await self.person.waits_for(2)]
        assert self.name in first
        assert await self.was_told_of_the_restart()
        assert f"second {self.person.id} / third {self.person.id}" in rest
        assert len(await self.calls_about(self.name)) == 2
        assert len(await self.calls_about(f"third {self.person.id}")) == 1


class Cooling(Scene):
    """A whole answer is held back by a penalty, and another message waits behind it."""

    async def before(self) -> None:
        await self.stage.post(
            "faults", kind="429", method="sendMessage", chat=self.person.chat, seconds=8
        )
        await self.says(self.name)
        await self.on_disk(
            lambda chat: any(part.until for answer in chat.outbox.answers for part in answer.parts),
            "has heard of the penalty",
        )
        await self.says(f"another {self.person.id}")
        await self.on_disk(lambda chat: chat.conversation.waiting, "has one waiting")
        await self.has_state(State.COOLING)

    async def after(self) -> None:
        first, rest = [words(each) for each in await self.person.waits_for(2)]
        assert self.name in first
        assert f"another {self.person.id}" in rest
        assert REPEAT not in first + rest, "a refusal leaves nothing in doubt"
        assert len(await self.calls_about(self.name)) == 1, "the answer was complete"
        sent = await self.stage.calls("sendMessage")
        mine = [call["status"] for call in sent if call["params"]["chat_id"] == self.person.chat]
        assert mine.count(429) == 1, "and not once too early"


class HalfSent(Scene):
    """The second of three parts is on its way; whether it has arrived nobody knows."""

    async def before(self) -> None:
        await self.says("/plain")
        await self.person.waits_for(1)
        for seconds in (0.01, 3):  # the first part gets through, the second takes its time
            await self.stage.post(
                "faults", kind="slow", method="sendMessage", chat=self.person.chat, seconds=seconds
            )
        await self.says(f"{self.name} [[long:9000]]")
        await self.on_disk(
            lambda chat: (
                [part.state for part in chat.outbox.answers[0].parts][:2]
                == [PartState.SENT, PartState.SENDING]
                if chat.outbox.answers
                else False
            ),
            "has sent one part",
        )

    async def after(self) -> None:
        _, *parts = [words(each) for each in await self.person.waits_for(4)]
        assert [REPEAT in text for text in parts] == [False, True, False]
        assert self.name in parts[0], "the first part is not said again"
        assert parts[-1].endswith("END.")
        assert len(await self.calls_about(self.name)) == 1, "the answer was complete"


class UsingATool(Scene):
    """The model waits for a tool that does not come back."""

    asked_twice = True

    async def before(self) -> None:
        await self.says(f"{self.name} [[tools:weather(place=Ulm)]]")
        await self.is_asked()
        await self.has_state(State.GENERATING)

    async def after(self) -> None:
        (answer,) = await self.person.waits_for(1)
        assert self.name in words(answer)
        assert "Tools:" in words(answer), "it was used again"


class InAFlow(Scene):
    """A guided flow has got its first answer; the buttons of its second step are there."""

    async def before(self) -> None:
        await self.says("/trip")
        await self.person.waits_for(1)
        await self.says(self.name)
        await sees(self.stage, self.person, "When do you leave?")

    async def after(self) -> None:
        await taps(self.stage, self.person, "›", "15", "+")  # under the old message

    async def remembers(self) -> None:
        """Its answers are no talk, but they are kept."""
        await self.on_disk(lambda chat: self.name in str(chat.conversation.flows), "knows")


SCENES: tuple[type[Scene], ...] = (
    Idle,
    Collecting,
    Generating,
    Streaming,
    Growing,
    Stopped,
    Waiting,
    Cooling,
    HalfSent,
    UsingATool,
    InAFlow,
)
