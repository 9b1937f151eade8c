"""What makes a voice message of a model's sounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from actors.ports.model import MediaPiece


class RecordError(Exception):
    """No sound came, or none that anybody could play."""


class Recorder(Protocol):
    """Between a text and a voice message: what is read, and how it is packed."""

    def words(self, text: str) -> tuple[str, bool]:
        """Return what of *text*, a model's Markdown, can be read aloud, and whether that is all."""

    async def voice(self, pieces: Sequence[MediaPiece]) -> MediaPiece:
        """Return *pieces* as one recording: a voice message where that can be made.

        Raises:
            RecordError: There is nothing in them to be heard.

        """
