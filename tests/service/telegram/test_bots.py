"""Several bots in one service: each call by its own, and one in trouble is nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from actors.ports import Address, Channel, FetchError, Growth, NotSentError, PenaltyError
from fsm.content import Media, MediaKind
from service.channels.telegram import BadTokenError, Bots, Heed, Telegram, WedgedError, member
from service.channels.telegram.bots import Panels
from service.playground import people
from service.playground.files import Upload
from service.playground.limits import Fault
from service.playground.refusals import Refusal
from service.playground.server import BotApi, serving
from service.texts import Texts
from tests.service.telegram.conftest import Memory, answer
from tests.stories.theatre import breath

pytestmark = pytest.mark.anyio

ONE, TWO = "1000:the-first-of-two-secret-tokens-00000", "2000:the-other-of-two-secret-tokens-0000"
ADA = 1001
AT_ONE = Address(channel="telegram", bot="1000", chat=ADA)
AT_TWO = Address(channel="telegram", bot="2000", chat=ADA)
NOWHERE = Address(channel="telegram", bot="3000", chat=ADA)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for a second try."""
    monkeypatch.setattr(member, "FIRST_PAUSE", 0.01)


class Offsets(Memory):
    """A store for several bots."""

    def offset(self, bot: str) -> int | None:
        return None


@dataclass
class House:
    """Two bots that have a person in common, and Telegram's side of both."""

    one: BotApi
    two: BotApi
    base: str
    bots: Bots
    store: Offsets = field(default_factory=Offsets)
    known: list[str] = field(default_factory=list)
    caught_up: list[str] = field(default_factory=list)

    @property
    def heed(self) -> Heed:
        return Heed(
            known=self.known.append,
            batch=lambda batch: None,
            caught_up=self.caught_up.append,
            poison=lambda raw: None,
        )

    def texts(self, api: BotApi) -> list[str]:
        return [each.get("text", "") for each in api.world.chat(ADA).messages.values()]

    def says(self, api: BotApi, text: str) -> None:
        people.say(api.world, people.place(api.world, ADA), text)

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.ensure_future(self.bots.poll(self.store, self.heed))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, true: Callable[[], Any]) -> None:
        async with asyncio.timeout(10):
            while not true():
                await breath()

    def heard(self) -> set[tuple[str, str]]:
        """Return who was told what."""
        return {
            (each.bot, each.update["message"]["text"])
            for each in self.store.accepted
            if "message" in each.update
        }


@asynccontextmanager
async def house(*, revoked: Sequence[str] = ()) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        one, two = BotApi(ONE), BotApi(TWO, username="other_bot")
        for api in (one, two):
            api.world.add_person("Ada", id=ADA)
            api.is_revoked = api.token in revoked
        base = await stack.enter_async_context(serving(one, others=[two]))
        bots = Bots([Telegram(token, base, voice=Texts()) for token in (ONE, TWO)])
        await stack.enter_async_context(bots)
        yield House(one, two, base, bots)


@pytest.fixture
async def two() -> AsyncIterator[House]:
    async with house() as found:
        yield found


def test_all_of_them_together_are_a_channel() -> None:
    bots = Bots([Telegram(ONE, "http://127.0.0.1:9", voice=Texts())])
    channel: Channel = bots

    assert channel.growth(AT_ONE) is Growth.DRAFT
    assert ONE not in repr(bots)


async def test_two_chats_of_the_same_number_are_answered_each_by_its_own_bot(two: House) -> None:
    bots = two.bots
    spoken = {AT_ONE: "from the first", AT_TWO: "from the other"}
    for address, text in spoken.items():
        await bots.deliver(address, answer(bots.members[0].telegram, text), 0, mark="")
        await bots.typing(address)

    assert two.texts(two.one) == ["from the first"]
    assert two.texts(two.two) == ["from the other"]
    for api in (two.one, two.two):
        assert [call["status"] for call in api.calls if call["method"] == "sendChatAction"] == [200]


async def test_a_file_is_fetched_by_the_bot_that_was_sent_it(two: House) -> None:
    place = people.place(two.two.world, ADA)
    upload = Upload(name="a.pdf", type="application/pdf", data=b"%PDF of the other")
    (message,) = people.send_files(two.two.world, place, "document", [upload])
    media = Media(kind=MediaKind.DOCUMENT, ref=message["document"]["file_id"])

    assert await two.bots.fetch(AT_TWO, media) == upload.data
    for stranger in (AT_ONE, NOWHERE):
        with pytest.raises(FetchError):
            await two.bots.fetch(stranger, media)


async def test_a_press_is_acknowledged_by_the_bot_that_was_told_of_it(two: House) -> None:
    two.two.world.questions["q1"] = (ADA, two.two.world.clock())

    two.bots.acknowledge_soon(AT_TWO, "q1")
    await two.bots.acknowledge(NOWHERE, "q2")
    await two.until(lambda: _acks(two.two))

    assert _acks(two.two) == [200]
    assert _acks(two.one) == []


def _acks(api: BotApi) -> list[int]:
    return [call["status"] for call in api.calls if call["method"] == "answerCallbackQuery"]


async def test_a_page_for_an_operator_comes_from_the_bot_that_was_asked(two: House) -> None:
    panels = Panels(two.bots)
    (body,) = two.bots.paginate("the house", plain=True)

    await panels.page(AT_TWO, body, [])
    await panels.file(AT_TWO, b"{}", "facts.json")
    with pytest.raises(NotSentError):
        await panels.page(NOWHERE, body, [])

    assert two.texts(two.two) == ["the house", ""]
    assert two.texts(two.one) == []


async def test_a_penalty_of_one_bot_is_not_felt_by_the_other(two: House) -> None:
    two.one.limits.faults.append(Fault(kind="429", method="sendMessage", chat=ADA, seconds=60))
    said = answer(two.bots.members[0].telegram, "hello")

    with pytest.raises(PenaltyError):
        await two.bots.deliver(AT_ONE, said, 0, mark="")
    await two.bots.deliver(AT_TWO, said, 0, mark="")

    assert two.texts(two.two) == ["hello"]
    assert AT_ONE.peer != AT_TWO.peer


async def test_each_bot_reads_its_own_name_in_a_group(two: House) -> None:
    group = {"id": -5, "type": "supergroup", "title": "G"}
    message = {
        "message_id": 1,
        "date": 1,
        "chat": group,
        "from": {"id": ADA, "is_bot": False, "first_name": "Ada"},
        "text": "@other_bot hello",
        "entities": [{"type": "mention", "offset": 0, "length": 10}],
    }

    assert two.bots.read("1000", {"message": message}) is None
    heard = two.bots.read("2000", {"message": message})
    assert heard is not None
    assert heard.address.key == "telegram.2000.-5"


async def test_what_people_write_comes_in_by_both(two: House) -> None:
    async with two.polling():
        two.says(two.one, "to the first")
        two.says(two.two, "to the other")
        await two.until(lambda: len(two.store.accepted) == 2)

    assert two.heard() == {("1000", "to the first"), ("2000", "to the other")}
    assert sorted(two.known) == ["1000", "2000"]
    assert two.bots.states() == {"@greenroom_bot": "ok", "@other_bot": "ok"}
    assert [each.updates for each in two.bots.members] == [1, 1]


async def test_a_revoked_token_stops_nobody_else_and_comes_back_by_itself(two: House) -> None:
    async with two.polling() as task:
        await two.until(lambda: sorted(two.caught_up) == ["1000", "2000"])
        two.two.is_revoked = True
        two.says(two.two, "wake the poll up")
        await two.until(lambda: two.bots.states()["@other_bot"] == "refused")
        tried = two.two.calls_ever

        two.says(two.one, "still there?")
        await two.until(lambda: ("1000", "still there?") in two.heard())
        with pytest.raises(NotSentError):
            await two.bots.deliver(AT_TWO, answer(two.bots.members[0].telegram, "x"), 0, mark="")
        assert not task.done()
        two.two.is_revoked = False
        two.says(two.two, "back again")
        await two.until(lambda: ("2000", "back again") in two.heard())

        assert two.bots.states()["@other_bot"] == "ok"
        assert [c for c in two.two.calls if c["n"] > tried and c["method"] == "sendMessage"] == []


async def test_a_token_that_is_refused_at_the_start_keeps_the_others_waiting_for_nothing() -> None:
    async with house(revoked=[TWO]) as two, two.polling():
        await two.until(lambda: two.caught_up == ["1000"])
        assert two.bots.states() == {"@greenroom_bot": "ok", "2000": "refused"}
        assert two.known == ["1000"], "nobody reads what is for the other one"

        two.two.is_revoked = False
        await two.until(lambda: "2000" in two.caught_up)
        assert two.bots.states()["@other_bot"] == "ok"


async def test_without_a_single_token_that_is_known_there_is_nothing_to_serve() -> None:
    with pytest.raises(BadTokenError) as refused:
        async with house(revoked=[ONE, TWO]):
            pass

    assert refused.value.count == 2


async def test_when_the_last_token_is_revoked_the_way_in_ends(two: House) -> None:
    async with two.polling() as task:
        await two.until(lambda: sorted(two.caught_up) == ["1000", "2000"])
        for api in (two.one, two.two):
            api.is_revoked = True
            two.says(api, "wake the poll up")

        with pytest.raises(BadTokenError):
            await asyncio.wait_for(task, 10)


async def test_somebody_else_who_fetches_for_one_bot_is_told_and_the_other_goes_on(
    two: House,
) -> None:
    async with two.polling():
        await two.until(lambda: sorted(two.caught_up) == ["1000", "2000"])
        rival = asyncio.ensure_future(_fetch_as_well(two.two))
        await two.until(lambda: two.bots.states()["@other_bot"] == "conflict")

        two.says(two.one, "still there?")
        await two.until(lambda: ("1000", "still there?") in two.heard())
        rival.cancel()
        await asyncio.gather(rival, return_exceptions=True)


async def _fetch_as_well(api: BotApi) -> None:
    """Be the other copy of a service, which does not give in either."""
    while True:
        try:
            await api.world.updates.read(wait=30, allowed=None)
        except Refusal:
            await breath()


async def test_a_bot_whose_requests_hang_is_begun_anew_while_the_other_goes_on(
    two: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = two.bots.members[1]
    polled, hangs = hung.telegram.poll, iter([True, True, False])

    async def poll(*args: Any, **more: Any) -> None:
        if next(hangs, False):
            raise WedgedError
        await polled(*args, **more)

    monkeypatch.setattr(hung.telegram, "poll", poll)
    async with two.polling():
        await two.until(lambda: sorted(two.caught_up) == ["1000", "2000"])

    assert hung.renewed == 2
    assert two.bots.members[0].renewed == 0


async def test_what_nobody_has_foreseen_in_one_bot_stops_no_other(
    two: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    odd = two.bots.members[1]
    polled, breaks = odd.telegram.poll, iter([True, True, False])

    async def poll(*args: Any, **more: Any) -> None:
        if next(breaks, False):
            raise LookupError
        await polled(*args, **more)

    monkeypatch.setattr(odd.telegram, "poll", poll)
    async with two.polling() as task:
        await two.until(lambda: sorted(two.caught_up) == ["1000", "2000"])
        assert not task.done()

    assert caplog.text.count("which nobody has foreseen") == 2


async def test_a_single_bot_whose_requests_hang_leaves_it_to_whoever_watches(
    two: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def poll(*args: Any, **more: Any) -> None:
        raise WedgedError

    alone = Bots([two.bots.members[0].telegram])
    monkeypatch.setattr(alone.members[0].telegram, "poll", poll)

    with pytest.raises(WedgedError):
        await alone.poll(two.store, two.heed)
