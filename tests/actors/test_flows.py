"""Guided flows in a chat that is killed at every step; the store is all that is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest

from actors.chat import Chat, apply
from actors.messages import Woken
from fsm.content import Media
from fsm.data import Rules
from fsm.flow.screen import Pressable, read
from fsm.flow_events import FlowStarted, Tapped
from service.flows import Library
from snapshots.codec import Codec, Schema
from tests.actors.memory_store import MemoryStore
from tests.actors.world import PRIVATE, Script, World, life
from tests.service.flows.walks import CARD, COMES_OUT, WALKS, Act, Says, Sends, Taps

pytestmark = pytest.mark.anyio

RULES = Rules(flows=Library().flows, pause=0.0)
KEY = f"chat/{PRIVATE}"
CODEC = Codec({"chat": Schema(value=Chat, apply=apply)})


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    from trio.testing import MockClock

    return "trio", {"clock": MockClock(autojump_threshold=0)}


class Phone:
    """What a person has in hand: messages with keys outlive the service."""

    def __init__(self, store: MemoryStore, rules: Rules = RULES) -> None:
        self.store = store
        self.rules = rules
        self.model = Script(pieces=(CARD,), gap=0.01)
        self.keyboards: dict[int, tuple[tuple[Pressable, ...], ...]] = {}
        self.last = 500
        self.acknowledged: list[tuple[str, str]] = []
        self.acts = 0

    @asynccontextmanager
    async def life(self) -> AsyncIterator[World]:
        """One life of the service; what the store keeps went through bytes in between."""
        if KEY in self.store.values:
            packed = CODEC.pack(self.store.values[KEY])
            self.store.values[KEY] = CODEC.unpack(KEY, 1, packed)
        async with life(self.store, model=self.model, rules=self.rules, page=4000) as world:
            world.channel.keyboards = self.keyboards
            world.channel.acknowledged = self.acknowledged
            world.channel.start_at(self.last)
            if self.store.owed.get(KEY) is not None:
                world.system.ref("chat", PRIVATE).tell_system(Woken())
            yield world
            self.last += 100

    def does(self, world: World, act: Act) -> None:
        self.acts += 1
        match act:
            case Says(text=text):
                world.says(text)
            case Sends(kind=kind, ref=ref, album=album):
                world.says("", album=album, media=(Media(kind=kind, ref=ref, unique=ref),))
            case Taps(label=label):
                world.does(self.tap(label))

    def tap(self, label: str) -> Tapped:
        """Press the key *label* under the newest message that has one."""
        for number in sorted(self.keyboards, reverse=True):
            keys = [key for row in self.keyboards[number] for key in row]
            exact = [key for key in keys if key.label == label]
            near = [key for key in keys if label in key.label]
            if found := exact or near:
                carried = read(found[0].data)
                assert carried is not None
                return Tapped(
                    flow=carried.flow,
                    view=carried.view,
                    step=carried.step,
                    act=carried.act,
                    person="",
                    message=number,
                    callback=f"{self.acts}",
                )
        raise AssertionError(f"no key {label!r} under {self.keyboards}")


async def quiet(world: World) -> None:
    """Wait until everything that can be delivered is, and no file is waited for."""

    def rests() -> bool:
        chat = world.store.values.get(KEY, Chat())
        flow = chat.conversation.flows.current
        waiting = flow is not None and (flow.shows_at or not flow.step or flow.reading)
        return not chat.outbox.owing and not world.store.mail and not waiting

    await world.until(rests)


@pytest.mark.parametrize("patience", ["after delivery", "before delivery"])
@pytest.mark.parametrize("name", sorted(WALKS))
async def test_a_kill_at_every_step_changes_nothing(name: str, patience: str) -> None:
    phone = Phone(MemoryStore())
    async with phone.life() as world:
        world.does(FlowStarted(name=name, language="en"))
        await quiet(world)

    for act in WALKS[name]:
        async with phone.life() as world:
            if patience == "before delivery" and KEY in world.store.values:
                await quiet(world)  # what was on its way in the last life reaches the person first
            phone.does(world, act)
            if patience == "after delivery":
                await quiet(world)
            else:
                await world.until(lambda: not world.store.mail)
    async with phone.life() as world:
        await world.until(lambda: ended(world))

    said = outcome(phone, world)
    assert all(words in said for words in COMES_OUT[name]), said
    files = [each.ref for act in WALKS[name] if isinstance(act, Sends) for each in [act]]
    if phone.model.asked:
        assert [each.ref for each in phone.model.asked[-1].prompts[-1].media] == files


def ended(world: World) -> bool:
    chat = world.store.values[KEY]
    return chat.conversation.flows.current is None and world.store.owed[KEY] is None


def outcome(phone: Phone, world: World) -> str:
    """Return what came out of a flow: the question to the model, or the form."""
    forms = world.store.values[KEY].conversation.flows.forms
    if phone.model.asked:
        prompt = phone.model.asked[-1].prompts[-1]
        return prompt.text + "".join(call.arguments for call in prompt.calls)
    return str(forms[-1].given)


async def test_every_press_is_answered_at_once_and_an_old_one_in_words() -> None:
    phone = Phone(MemoryStore())
    async with phone.life() as world:
        world.does(FlowStarted(name="trip"))
        await quiet(world)
        old = phone.tap("Help")
        phone.does(world, Says("Lisbon"))
        await quiet(world)
        world.does(old)
        await quiet(world)
        phone.does(world, Taps("›"))
        await quiet(world)

    (first, sentence), (second, nothing) = phone.acknowledged
    assert (first, nothing) == (old.callback, "")
    assert second != first
    assert "answered already" in sentence


async def test_taps_in_a_burst_are_shown_as_one_edit_of_the_live_message() -> None:
    phone = Phone(MemoryStore())
    async with phone.life() as world:
        world.does(FlowStarted(name="trip"))
        for text in ("Lisbon", "today+3", "3", "alone"):
            phone.does(world, Says(text))
        await quiet(world)
        before = len(world.channel.sent)
        for label in ("Food", "Nature", "Museums", "Beaches"):
            phone.does(world, Taps(label))
        await quiet(world)

        flow = world.state().conversation.flows.current
        assert flow is not None
        assert flow.picked == ("food", "nature", "museums", "beach")
        assert len(world.channel.sent) - before <= 2
        live = world.state().outbox.live
        assert all(edit == live for _, _, edit, _ in world.channel.sent[before:])


async def test_a_silence_is_noticed_though_the_service_was_down_when_it_ended() -> None:
    trip = RULES.flows["trip"]
    impatient = replace(trip, steps=tuple(replace(step, expire=60.0) for step in trip.steps))
    phone = Phone(MemoryStore(), replace(RULES, flows={"trip": impatient}))
    async with phone.life() as world:
        world.does(FlowStarted(name="trip"))
        await quiet(world)
        due = world.store.owed[KEY]
        assert due is not None, "whoever starts next knows when to wake it"

    async with phone.life() as world:
        await anyio.sleep(due - world.clock.now() + 1)

        assert "<flow-expired>" in world.channel.texts()[-1]


@pytest.mark.parametrize(
    ("written", "step"),
    [
        ('{"value": "1970-02-14"}', "days"),
        ('{"value": "none"}', "leaving"),
        ("no JSON at all", "leaving"),
        ('["1970-02-14"]', "leaving"),
    ],
)
async def test_a_day_in_own_words_is_read_by_the_model(written: str, step: str) -> None:
    phone = Phone(MemoryStore())
    phone.model = Script(pieces=(written,), gap=0.01)
    async with phone.life() as world:
        world.does(FlowStarted(name="trip"))
        world.says("Lisbon")
        await quiet(world)
        world.says("when lovers send each other cards")
        await world.until(lambda: bool(phone.model.closed))
        await quiet(world)

        flow = world.state().conversation.flows.current
        assert flow is not None
        assert flow.step == step
    (asked, *_) = phone.model.asked
    assert asked.prompts[0].quote == "when lovers send each other cards"
    assert "Today is 1970-01-12, Monday." in asked.prompts[0].text
