"""Documents that nobody could read are answered plainly, and text is read in any encoding."""

from __future__ import annotations

import inspect
import io
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pypdf import PdfWriter

from actors.ports import UnreadableFileError
from fsm.content import Media, MediaKind, Prompt
from fsm.memory import Turn
from service.models import documents, pdf_worker
from service.models.documents import fault_of, in_utf8
from service.models.gemini_wire import GeminiWire
from service.models.shelf import Shelf
from tests.contracts.model import KEY, all_of, question, text_of
from tests.stand_ins.gemini import GeminiStandIn

pytestmark = pytest.mark.anyio


def pdf(pages: int = 1, *, password: str | None = None, owner: str = "owner") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=72, height=72)
    if password is not None:
        writer.encrypt(password, owner, algorithm="AES-256")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def hollow(tree: bytes, *more: bytes) -> bytes:
    """Return a PDF of our own making whose pages are *tree*."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", tree, *more]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return (
        body + head + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(body))
    )


async def test_one_that_only_forbids_printing_can_be_read() -> None:
    assert await fault_of(pdf(3, password="")) is None


async def test_one_with_a_password_is_locked() -> None:
    fault = await fault_of(pdf(password="secret"))

    assert fault is not None
    assert fault.key == "problem-file-locked"


@pytest.mark.parametrize("data", [b"MZ no PDF at all", pdf()[:200]])
async def test_what_is_no_whole_pdf_is_broken(data: bytes) -> None:
    fault = await fault_of(data)

    assert fault is not None
    assert fault.key == "problem-file-broken"


async def test_one_that_declares_millions_of_pages_is_believed_to_be_too_long() -> None:
    fault = await fault_of(hollow(b"<</Type/Pages/Count 90000000/Kids[]>>"))

    assert fault is not None
    assert (fault.key, fault.args["pages"]) == ("problem-file-long", "90000000")


@pytest.mark.parametrize(
    "tree",
    [
        b"<</Type/Pages/Count 1/Kids[2 0 R]>>",
        b"<</Type/Pages/Count 1/Kids" + b"[" * 100_000 + b">>",
        b"<</Type/Pages/Count 1/Kids" + b"<</A" * 50_000 + b">>",
    ],
    ids=["a page that is its own parent", "a deep list", "a deep dictionary"],
)
async def test_what_leads_a_parser_astray_ends_in_a_sentence(tree: bytes) -> None:
    fault = await fault_of(hollow(tree))

    assert fault is not None
    assert fault.key == "problem-file-broken"


async def test_one_that_unpacks_to_a_thousand_times_its_size_costs_a_process_and_no_more() -> None:
    bomb = b""
    packer = zlib.compressobj(1)
    for _ in range(256):
        bomb += packer.compress(bytes(1 << 20))
    bomb += packer.flush()
    stream = b"<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>>stream\n" % len(bomb)
    kids = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"

    fault = await fault_of(hollow(kids, stream + bomb + b"\nendstream"))

    assert fault is None or fault.key == "problem-file-broken"


async def test_a_worker_that_takes_for_ever_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    forever = tmp_path / "forever.py"
    forever.write_text("while True: pass")
    monkeypatch.setattr(documents, "_WORKER", forever)
    monkeypatch.setattr(documents, "_WITHIN", 0.5)

    fault = await fault_of(pdf())

    assert fault is not None
    assert fault.key == "problem-file-broken"


async def test_a_machine_that_cannot_look_does_not_blame_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without = tmp_path / "without.py"
    text = inspect.getsource(pdf_worker)
    without.write_text(text.replace("from pypdf", "from pypdf_that_is_not_here"))
    monkeypatch.setattr(documents, "_WORKER", without)

    assert await fault_of(b"anything") is None
    without.write_text("raise MemoryError")
    assert await fault_of(bytes(1 << 20)) is None  # more than a pipe holds
    monkeypatch.setattr(documents.sys, "executable", str(tmp_path / "no python"))
    assert await fault_of(b"anything") is None


async def test_too_many_bytes_are_not_even_looked_at(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(60_000_000)

    fault = await fault_of(large)

    assert fault is not None
    assert (fault.key, fault.args) == ("problem-file-heavy", {"size": "60", "most": "50"})


def test_pages_are_counted() -> None:
    assert pdf_worker.looked_into(pdf(7)) == {"pages": 7}


@pytest.fixture
async def model() -> AsyncIterator[GeminiWire]:
    async with GeminiStandIn() as server, GeminiWire(KEY, base_url=server.address) as model:
        yield model


def a_pdf(ref: str = "locked") -> Media:
    return Media(
        kind=MediaKind.DOCUMENT, ref=ref, mime="application/pdf", name=f"{ref}.pdf", size=900
    )


async def fetch(media: Media) -> bytes:
    return pdf(password="secret" if media.ref == "locked" else None)


async def test_a_locked_file_is_said_to_be_locked_before_anybody_is_asked(
    model: GeminiWire,
) -> None:
    prompts = (Prompt(text="What is in it?", media=(a_pdf(),)),)

    with pytest.raises(UnreadableFileError) as caught:
        await all_of(model, question(prompts=prompts, fetch=fetch))

    assert caught.value.problem == "problem-file-locked"
    assert caught.value.args_for_person == {"name": "locked.pdf"}


async def test_beside_other_files_and_in_earlier_questions_the_model_is_told(
    model: GeminiWire,
) -> None:
    both = (Prompt(text="Compare them", media=(a_pdf(), a_pdf("open"))),)
    turn = Turn(number=1, prompts=(Prompt(text="This?", media=(a_pdf(),)),), answer="No.")

    for asked in (
        question(prompts=both, fetch=fetch),
        question("And now?", context=(turn,), fetch=fetch),
    ):
        assert "protected by a password" in await text_of(model, asked)


async def test_a_file_that_is_gone_from_our_disk_is_asked_for_again(tmp_path: Path) -> None:
    async def gone(_: Media) -> Path:
        return tmp_path / "gone.pdf"

    found = await Shelf(lambda _, data: data).collect([a_pdf()], question(fetch=gone))

    assert "send it again" in str(found["locked"])


RUSSIAN = "Привет, это заметки о поездке. Завтра мы едем в Москву, и нужно купить билеты."
CHINESE = "你好，这是我的旅行笔记。明天我们去北京，需要买火车票。"
FRENCH = "Il a dit « bonjour » — l’été est arrivé, très chaud à Paris, où nous étions déjà."
GERMAN = "Grüße aus München; die Straße ist groß."
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy. Zítra pojedeme do Prahy."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "utf-8-sig"),
        (RUSSIAN, "utf-16"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "utf-16-le"),
        ("only,ascii\n1,2\n" * 9, "utf-16-be"),
        (CHINESE, "gb18030"),
        (FRENCH, "cp1252"),
        (GERMAN, "latin-1"),
        (CZECH, "cp1250"),
    ],
)
async def test_text_is_read_in_the_encoding_that_it_is_in(text: str, encoding: str) -> None:
    assert (await in_utf8(text.encode(encoding))).decode() == text


async def test_a_file_of_text_reaches_the_model_in_utf8() -> None:
    async def fetched(_: Media) -> bytes:
        return RUSSIAN.encode("cp1251")

    file = Media(kind=MediaKind.DOCUMENT, ref="t", mime="text/plain", name="notes.txt")
    found = await Shelf(lambda _, data: data).collect([file], question(fetch=fetched))

    assert found["t"] == RUSSIAN.encode()
