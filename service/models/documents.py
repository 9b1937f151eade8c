"""Documents on their way to a model: PDFs that nobody could read, and text in old encodings."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
import msgspec
import structlog

from service.models.stored import Content, piece_of, size_of

log = structlog.get_logger()

PDF: Final = "application/pdf"
MOST_PAGES: Final = 1000
LARGEST: Final = 50_000_000
"""Bytes of a PDF that Google takes, whichever way it comes."""

_WORKER: Final = Path(__file__).with_name("pdf_worker.py")
_WITHIN: Final = 20.0
_AT_ONCE: Final = 2
"""Workers; each has the file in memory once more."""
_turns: Final = anyio.CapacityLimiter(_AT_ONCE)

_MARKED: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKELY: Final = [
    "utf_16_le", "utf_16_be", "gb18030", "big5", "cp932", "cp949", "cp1251", "koi8_r", "cp1252",
    "cp1250", "cp1253", "cp1254", "cp1255", "cp1256",
]  # fmt: skip
_WESTERN: Final = frozenset("àâäáãåæçèéêëíîïñóôöõúùûüœßÀÂÄÁÃÅÆÇÈÉÊËÍÎÏÑÓÔÖÕÚÙÛÜŒ")
_SAMPLE: Final = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why nobody could read a document."""

    key: str
    """Of the sentence for the person."""
    args: Mapping[str, str] = field(default_factory=dict)
    remark: str
    """The same for a model, when there is more to answer."""


_LOCKED: Final = Fault(
    key="problem-file-locked",
    remark="it is protected by a password; say so, and ask for one without",
)
_BROKEN: Final = Fault(
    key="problem-file-broken", remark="it is damaged; say so, and ask to send it anew"
)


async def fault_of(content: Content) -> Fault | None:
    """Return what is wrong with a PDF, if anything is.

    It is looked into by another process: parsers of PDFs have been brought down before.

    Raises:
        OSError: The file on our disk cannot be read (any more).

    """
    size = size_of(content)
    if size > LARGEST:
        return Fault(
            key="problem-file-heavy",
            args={"size": str(size // 1_000_000), "most": str(LARGEST // 1_000_000)},
            remark="it is too large; say so, and ask for a part of it",
        )
    found = await _looked_into(await piece_of(content, 0, LARGEST))
    if found.get("unable"):
        return None
    if found.get("locked"):
        return _LOCKED
    if (pages := int(found.get("pages") or 0)) > MOST_PAGES:
        return Fault(
            key="problem-file-long",
            args={"pages": str(pages), "most": str(MOST_PAGES)},
            remark=f"it has {pages} pages, and {MOST_PAGES} can be read; say so, ask for a part",
        )
    return None if pages else _BROKEN


async def _looked_into(data: bytes) -> dict[str, Any]:
    argv = [sys.executable, "-I", str(_WORKER)]
    try:
        async with _turns:
            with anyio.fail_after(_WITHIN):
                done = await anyio.run_process(argv, input=data, check=False, env={})
        found = msgspec.json.decode(done.stdout)
    except (TimeoutError, msgspec.DecodeError) as problem:
        # It has used up its time or its memory: whoever else tries will fare no better.
        log.warning("a PDF could not be looked into", why=type(problem).__name__)
        return {}
    except (OSError, ExceptionGroup) as problem:  # a group: it ended before it had heard it all
        log.warning("PDFs cannot be looked into here", why=type(problem).__name__)
        return {"unable": True}
    if not isinstance(found, dict) or found.get("unable"):
        log.warning("PDFs cannot be looked into here", why="is pypdf installed?")
        return {"unable": True}
    return found


async def in_utf8(data: bytes) -> bytes:
    """Return the text in *data* as UTF-8, from whatever encoding it probably is in."""
    return await anyio.to_thread.run_sync(_in_utf8, data)


def _in_utf8(data: bytes) -> bytes:
    for mark, name in _MARKED:
        if data.startswith(mark):
            return data.decode(name, "replace").encode()
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode(_guessed(data[:_SAMPLE]), "replace").encode()
    if b"\0" in data[:_SAMPLE]:  # ASCII in two bytes each is valid UTF-8, too
        return data.decode(_guessed(data[:_SAMPLE]), "replace").encode()
    return data


def _guessed(sample: bytes) -> str:
    """Return the encoding that *sample* is most likely in."""
    from charset_normalizer import from_bytes  # 30 ms, and most files are UTF-8

    best = from_bytes(sample, cp_isolation=_LIKELY).best()
    name = best.encoding if best else "cp1252"
    if name == "cp1250":
        # The library cannot tell French from Slovak by a handful of accents.
        letters = {each for each in sample.decode("cp1252", "replace") if each.isalpha()}
        if all(each.isascii() or each in _WESTERN for each in letters):
            return "cp1252"
    return name
