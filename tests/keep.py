"""A place for what was made, in memory: what is let go of is there, but could go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actors.ports import FetchError, KeepError, MediaPiece, RecordError
from actors.studio import Studio
from fsm.media import Media


class Keep:
    """Implements `actors.ports.Keep`, and fetches what it has."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.let_gone: list[str] = []
        self.full = False

    async def keep(self, chat: str, data: bytes) -> str:
        if self.full:
            raise KeepError
        ref = f"made:{chat}/{len(self.held)}"
        self.held[ref] = data
        return ref

    async def let_go(self, ref: str) -> None:
        self.let_gone.append(ref)

    async def forget(self, chat: str) -> None:
        self.held = {ref: data for ref, data in self.held.items() if f":{chat}/" not in ref}

    async def fetch(self, media: Media) -> bytes:
        try:
            return self.held[media.ref]
        except KeyError:
            raise FetchError(media.ref) from None


class Recorder:
    """Reads everything aloud, and packs nothing."""

    def words(self, text: str) -> tuple[str, bool]:
        return text.strip("*"), len(text) < 50

    async def voice(self, pieces: Sequence[MediaPiece]) -> MediaPiece:
        if not pieces:
            raise RecordError("silence")
        return MediaPiece("audio/ogg", b"".join(piece.data for piece in pieces))


def studio(keep: Keep, model: Any, speaker: Any = None) -> Studio:
    """Return a studio in which *model* draws, and reads aloud if nobody else does."""
    return Studio(keep=keep, artist=model, speaker=speaker or model, recorder=Recorder())
