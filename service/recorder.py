"""Voice messages: which words of an answer are read aloud, and OGG with Opus where ffmpeg is there.

Without ffmpeg what the model sent goes out as it is, raw samples with the header of a WAV before
them: an audio file rather than a voice message.
"""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import wave
from collections.abc import Sequence
from typing import Final

import pyromark
import structlog

from actors.ports import MediaPiece, RecordError

log = structlog.get_logger()

MOST: Final = 3000
"""Characters that are read aloud, some four minutes; the rest can be read."""
PROGRAM: Final = "ffmpeg"
VOICE: Final = "audio/ogg"
_WITHIN: Final = 60.0
_RATE: Final = re.compile(r"rate=(\d+)")
_ENDS: Final = re.compile(r"[.!?。！？]\s*|\n+")
_SILENT: Final = frozenset({"CodeBlock", "Table", "Image", "HtmlBlock", "MetadataBlock"})
_BREAKS: Final = frozenset({"Paragraph", "Heading", "Item", "BlockQuote"})


class Recorder:
    """Implements `actors.ports.Recorder`."""

    def __init__(self, program: str | None = None) -> None:
        """*program* is ffmpeg; empty: there is none; None: look for it."""
        self._program = shutil.which(PROGRAM) or "" if program is None else program

    def words(self, text: str) -> tuple[str, bool]:
        """Return what is read aloud of *text*: no code, no tables, no markup, and not too much."""
        spoken, silent = _spoken(text)
        if len(spoken) <= MOST:
            return spoken, not silent
        ends = [found.end() for found in _ENDS.finditer(spoken, 0, MOST)]
        return spoken[: ends[-1] if ends else MOST].strip(), False

    async def voice(self, pieces: Sequence[MediaPiece]) -> MediaPiece:
        """Return *pieces* as one recording; see `actors.ports.Recorder`."""
        sounds = [piece for piece in pieces if piece.mime.startswith("audio/") and piece.data]
        if not sounds:
            raise RecordError("there is no sound")
        whole = b"".join(piece.data for piece in sounds)
        mime = sounds[0].mime.lower()
        if mime.startswith(VOICE):
            return MediaPiece(VOICE, whole)
        if mime.startswith(("audio/l16", "audio/pcm")):
            mime, whole = "audio/wav", _as_wav(whole, mime)
        mime = "audio/wav" if mime.startswith("audio/x-wav") else mime.partition(";")[0]
        if not self._program:
            return MediaPiece(mime, whole)
        try:
            return MediaPiece(VOICE, await self._packed(whole))
        except (OSError, TimeoutError, RecordError) as problem:
            log.warning("no voice message could be made of a sound", why=str(problem))
            return MediaPiece(mime, whole)

    async def _packed(self, sound: bytes) -> bytes:
        """Return *sound* as Opus in OGG, which Telegram plays as a voice message."""
        quiet = ("-hide_banner", "-loglevel", "error", "-nostdin")
        form = ("-c:a", "libopus", "-b:a", "32k", "-application", "voip", "-ac", "1", "-f", "ogg")
        child = await asyncio.create_subprocess_exec(
            self._program,
            *quiet,
            *("-i", "pipe:0", "-vn", *form, "pipe:1"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_WITHIN):
                packed, said = await child.communicate(sound)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode or not packed:
            raise RecordError(said.decode(errors="replace").strip()[:200])
        return packed


def _as_wav(samples: bytes, mime: str) -> bytes:
    """Return 16-bit samples with the header that says what they are."""
    rate = _RATE.search(mime)
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(int(rate[1]) if rate else 24_000)
        file.writeframes(samples)
    return written.getvalue()


def _spoken(text: str) -> tuple[str, bool]:
    """Return the words of *text* without its markup, and whether something had to be left out."""
    said: list[str] = []
    depth, left_out = 0, False
    for event in pyromark.events(text, options=pyromark.Options.ENABLE_TABLES):
        match event:
            case {"Start": tag}:
                if _name(tag) in _SILENT:
                    depth, left_out = depth + 1, True
            case {"End": tag}:
                depth -= _name(tag) in _SILENT
                if _name(tag) in _BREAKS:
                    said.append("\n")
            case {"Text": str(words)} | {"Code": str(words)} if not depth:
                said.append(words)
            case "SoftBreak" | "HardBreak" if not depth:
                said.append(" ")
    lines = (" ".join(line.split()) for line in "".join(said).splitlines())
    return "\n".join(line for line in lines if line), left_out


def _name(tag: object) -> str:
    return next(iter(tag)) if isinstance(tag, dict) else str(tag)
