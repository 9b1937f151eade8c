"""Files at the provider: stored once when it pays, named in requests, stored anew when gone."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from actors.ports import Request, UnavailableError
from fsm.content import Media, MediaKind, Prompt
from fsm.memory import Turn
from service.models.gemini_files import EARLY, REST, GeminiFiles
from service.models.gemini_sdk import GeminiSdk
from service.models.gemini_uploads import PIECE
from service.models.gemini_wire import GeminiWire
from service.models.shelf import Shelf
from service.models.stored import NotStoredError
from tests.contracts.model import KEY, all_of, question, text_of
from tests.stand_ins.gemini import GeminiStandIn

pytestmark = pytest.mark.anyio

SOUND = b"ID3" + bytes(3 << 20)
FILM = b"film" + bytes(9 << 20)


class Clock:
    """Wall seconds that a test sets."""

    def __init__(self) -> None:
        self.at = time.time()

    def __call__(self) -> float:
        return self.at


@pytest.fixture
async def server() -> AsyncIterator[GeminiStandIn]:
    async with GeminiStandIn() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


Open = Callable[[], GeminiFiles]


@pytest.fixture
async def opened(server: GeminiStandIn, clock: Clock) -> AsyncIterator[Open]:
    made: list[GeminiFiles] = []

    def opened() -> GeminiFiles:
        made.append(
            GeminiFiles(
                KEY, base_url=server.address, api_version="v1beta", now=clock, first_look=0.01
            )
        )
        return made[-1]

    yield opened
    for each in made:
        await each.__aexit__()


@pytest.fixture(params=[GeminiWire, GeminiSdk])
async def model(
    request: pytest.FixtureRequest, server: GeminiStandIn, opened: Open
) -> AsyncIterator[GeminiWire | GeminiSdk]:
    async with request.param(
        KEY, base_url=server.address, draw=lambda low, _: low, store=opened()
    ) as model:
        yield model


def sound(ref: str = "song") -> Media:
    return Media(
        kind=MediaKind.AUDIO, ref=ref, unique=f"u-{ref}", mime="audio/mpeg", size=len(SOUND)
    )


def film(ref: str = "film") -> Media:
    return Media(kind=MediaKind.VIDEO, ref=ref, unique=f"u-{ref}", mime="video/mp4", size=len(FILM))


class Fetch:
    """Fetches files, and counts."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, media: Media) -> bytes:
        self.count += 1
        return FILM if media.kind is MediaKind.VIDEO else SOUND


def asked(fetch: Any, *media: Media, context: tuple[Turn, ...] = (), **more: Any) -> Request:
    prompts = (Prompt(text="What is this?", media=media),)
    return question(prompts=prompts, fetch=fetch, context=context, **more)


def heard(media: Media, number: int = 1) -> Turn:
    prompts = (Prompt(text="What is this?", media=(media,)),)
    return Turn(number=number, prompts=prompts, answer="A file.")


def parts_of(server: GeminiStandIn, call: int = -1) -> list[dict[str, Any]]:
    contents = server.calls[call].body["contents"]
    return [part for content in contents for part in content["parts"]]


def uris(server: GeminiStandIn, call: int = -1) -> list[str]:
    return [p["fileData"]["fileUri"] for p in parts_of(server, call) if "fileData" in p]


async def test_a_large_file_is_stored_once_and_named_in_every_request(
    model: GeminiWire, server: GeminiStandIn
) -> None:
    fetch = Fetch()
    first = await text_of(model, asked(fetch, sound()))
    again = asked(fetch, context=(heard(sound()),))
    second = await text_of(model, again)

    assert "Files: 1 (audio/mpeg" in first
    assert "Earlier files: 1." in second
    assert (server.files.uploads, fetch.count) == (1, 1)
    assert uris(server, 0) == uris(server, 1)
    assert server.calls[1].bytes < 10_000


async def test_the_beginning_of_requests_stays_the_same(
    model: GeminiWire, server: GeminiStandIn
) -> None:
    fetch = Fetch()
    await text_of(model, asked(fetch, sound()))
    await text_of(model, asked(fetch, context=(heard(sound()),)))

    before, after = (call.body["contents"][0]["parts"] for call in server.calls)
    assert before == after


@pytest.mark.parametrize(
    ("kind", "mime", "size"),
    [
        (MediaKind.AUDIO, "audio/mpeg", 1 << 20),
        (MediaKind.VIDEO, "video/mp4", 7 << 20),  # it would have to be looked through first
        (MediaKind.DOCUMENT, "text/plain", 9 << 20),  # it is shortened
    ],
)
async def test_a_small_file_goes_along(
    model: GeminiWire, server: GeminiStandIn, kind: MediaKind, mime: str, size: int
) -> None:
    small = Media(kind=kind, ref="s", mime=mime, size=size)

    await text_of(model, asked(Fetch(), small))

    assert "inlineData" in parts_of(server)[0]
    assert server.files.uploads == 0


async def test_several_large_files_stay_in_the_talk(
    model: GeminiWire, server: GeminiStandIn
) -> None:
    context = tuple(heard(film(f"film {number}"), number) for number in range(1, 4))

    assert "Earlier files: 3." in await text_of(model, asked(Fetch(), context=context))


async def test_a_film_is_waited_for_until_it_has_been_looked_through(
    model: GeminiWire, server: GeminiStandIn
) -> None:
    server.files.busy = 3
    told: list[str] = []

    answer = await text_of(model, asked(Fetch(), film(), tell=told.append))

    assert "Files: 1 (video/mp4" in answer
    assert [each.asked for each in server.files.kept.values()] == [3]
    assert told == ["progress-passing-on"]


async def test_films_that_are_looked_through_keep_nobody_else_waiting(
    opened: Open, server: GeminiStandIn
) -> None:
    files, server.files.busy = opened(), 10_000
    async with anyio.create_task_group() as tasks:
        for number in range(3):
            tasks.start_soon(files.put, "chat", f"film {number}", "video/mp4", FILM)

        with anyio.fail_after(10):
            await files.put("chat", "song", "audio/mpeg", SOUND)
        tasks.cancel_scope.cancel()


async def test_a_film_that_google_cannot_read_is_said_to_be_damaged(
    model: GeminiWire, server: GeminiStandIn
) -> None:
    server.files.fails.add("video/mp4")

    assert "it seems to be damaged" in await text_of(model, asked(Fetch(), film()))


async def test_a_file_that_has_ended_is_stored_anew_unseen(
    model: GeminiWire, server: GeminiStandIn
) -> None:
    fetch = Fetch()
    await text_of(model, asked(fetch, sound()))
    server.files.end()

    answer = await text_of(model, asked(fetch, context=(heard(sound()),)))

    assert "Earlier files: 1." in answer
    assert [call.status for call in server.calls] == [200, 403, 200]
    assert server.files.uploads == 2
    await text_of(model, asked(fetch, context=(heard(sound()),)))
    assert [call.status for call in server.calls] == [200, 403, 200, 200]


async def test_a_file_is_stored_anew_before_it_ends(
    model: GeminiWire, server: GeminiStandIn, clock: Clock
) -> None:
    fetch = Fetch()
    await text_of(model, asked(fetch, sound()))
    await text_of(model, asked(fetch, context=(heard(sound()),)))
    clock.at += 48 * 3600 - EARLY + 5
    server.files.end()

    await text_of(model, asked(fetch, context=(heard(sound()),)))

    assert [call.status for call in server.calls] == [200, 200, 200]
    assert server.files.uploads == 2


async def test_when_nothing_stored_can_be_used_files_go_along(
    model: GeminiWire, server: GeminiStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = server.files.refusal

    def refusal(contents: Any) -> Any:
        server.files.kept.clear()
        return kept(contents)

    monkeypatch.setattr(server.files, "refusal", refusal)

    answer = await text_of(model, asked(Fetch(), sound()))

    assert "Files: 1 (audio/mpeg" in answer
    assert "inlineData" in parts_of(server)[0]


async def test_a_refusal_that_never_ends_is_an_error_in_our_words(
    model: GeminiWire, server: GeminiStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.stand_ins.files import _unknown

    monkeypatch.setattr(server.files, "refusal", lambda _: _unknown("ghost"))

    with pytest.raises(UnavailableError):
        await all_of(model, asked(Fetch(), sound()))
    assert len(server.calls) <= 4


@pytest.mark.parametrize("status", [404, 403, 429, 503])
async def test_without_a_store_files_go_along_and_it_is_left_alone_for_a_while(
    model: GeminiWire, server: GeminiStandIn, clock: Clock, status: int
) -> None:
    server.files.refuses = status

    assert "Files: 1 (audio/mpeg" in await text_of(model, asked(Fetch(), sound()))
    server.files.refuses = 0
    await text_of(model, asked(Fetch(), sound("b")))
    assert server.files.uploads == 0
    clock.at += REST + 1
    await text_of(model, asked(Fetch(), sound("c")))
    assert server.files.uploads == 1


async def test_an_upload_that_breaks_off_goes_on_where_it_was(
    opened: Open, server: GeminiStandIn, tmp_path: Path
) -> None:
    data = bytes(range(256)) * (4096 * 9)  # three pieces
    large = tmp_path / "large.bin"
    large.write_bytes(data)
    server.files.cuts = 2

    stored = await opened().put("chat", "large", "application/pdf", large)

    assert server.files.contents[stored.uri] == data
    assert server.files.bytes < len(data)  # what had arrived was not sent again
    assert server.files.largest <= PIECE


async def test_an_upload_of_one_piece_goes_on_where_it_was_too(
    opened: Open, server: GeminiStandIn
) -> None:
    server.files.cuts = 1

    stored = await opened().put("chat", "song", "audio/mpeg", SOUND)

    assert server.files.contents[stored.uri] == SOUND


async def test_an_upload_whose_end_was_not_heard_is_ended_again(
    opened: Open, server: GeminiStandIn
) -> None:
    server.files.unheard = 1

    stored = await opened().put("chat", "song", "audio/mpeg", SOUND)

    assert server.files.contents[stored.uri] == SOUND
    assert server.files.bytes == len(SOUND)


async def test_a_file_that_vanishes_under_way_says_nothing_about_the_store(
    opened: Open, server: GeminiStandIn, tmp_path: Path
) -> None:
    files, film = opened(), tmp_path / "film"
    film.write_bytes(SOUND)
    server.files.on_piece = lambda: film.write_bytes(b"")
    server.files.cuts = 1

    with pytest.raises(NotStoredError):
        await files.put("chat", "film", "video/mp4", film)
    assert files.is_open


async def test_a_store_that_hangs_up_for_ever_is_given_up(
    opened: Open, server: GeminiStandIn
) -> None:
    server.files.cuts = 100
    files = opened()

    with pytest.raises(NotStoredError):
        await files.put("chat", "song", "audio/mpeg", SOUND)
    assert not files.is_open


async def test_a_later_life_finds_what_an_earlier_one_has_stored(
    opened: Open, server: GeminiStandIn
) -> None:
    first = await opened().put("chat", "song", "audio/mpeg", SOUND)
    sent = server.files.bytes

    assert await opened().put("chat", "song", "audio/mpeg", SOUND) == first
    assert server.files.bytes == sent


async def test_two_questions_at_once_store_a_file_once(opened: Open, server: GeminiStandIn) -> None:
    files = opened()
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(files.put, "chat", "song", "audio/mpeg", SOUND)

    assert server.files.uploads == 1


async def test_whoever_is_forgotten_leaves_nothing_at_the_provider(
    opened: Open, server: GeminiStandIn
) -> None:
    files = opened()
    for number in range(5):
        await files.put("telegram.1.2", f"song {number}", "audio/mpeg", SOUND)
    others = await files.put("telegram.1.3", "song", "audio/mpeg", SOUND)

    await opened().forget("telegram.1.2")  # a later life, which remembers nothing

    assert list(server.files.kept) == [others.name]


async def test_a_file_that_ends_meanwhile_keeps_no_other_from_being_forgotten(
    opened: Open, server: GeminiStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = opened()
    await files.put("telegram.1.2", "song", "audio/mpeg", SOUND)
    names = files._names

    async def with_one_gone(prefix: str) -> list[str]:
        return [f"{prefix}gone", *await names(prefix)]

    monkeypatch.setattr(files, "_names", with_one_gone)
    await files.forget("telegram.1.2")

    assert not server.files.kept


async def test_forgetting_survives_a_store_that_is_out_of_reach(
    opened: Open, server: GeminiStandIn
) -> None:
    server.files.refuses = 503

    await opened().forget("telegram.1.2")


async def test_names_tell_nobody_whose_files_they_are(opened: Open, server: GeminiStandIn) -> None:
    stored = await opened().put("telegram.1.42", "u-song", "audio/mpeg", SOUND)
    other = GeminiFiles("another-key", base_url=server.address, api_version="v1beta")

    theirs = await other.put("telegram.1.42", "u-song", "audio/mpeg", SOUND)
    await other.__aexit__()

    assert not set(stored.name.split("-")[1:]) & set(theirs.name.split("-")[1:])


async def test_a_file_too_large_for_memory_is_sent_piece_by_piece(
    model: GeminiWire, server: GeminiStandIn, tmp_path: Path
) -> None:
    large = tmp_path / "film.mp4"
    with large.open("wb") as file:
        file.truncate(30 << 20)
    media = Media(kind=MediaKind.VIDEO, ref="l", unique="l", mime="video/mp4", size=30 << 20)

    async def fetch(_: Media) -> Path:
        return large

    assert "Files: 1 (video/mp4" in await text_of(model, asked(fetch, media))
    assert server.files.largest <= PIECE
    shelf = Shelf(lambda _, data: data)  # of a provider without a store
    assert "too large to be looked at" in str(await shelf.collect([media], asked(fetch, media)))
    server.files.refuses = 503
    other = Media(kind=MediaKind.VIDEO, ref="m", unique="m", mime="video/mp4", size=30 << 20)
    assert "could not be passed on just now" in await text_of(model, asked(fetch, other))
