"""Pictures, voices and files, by reference and never by bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MediaKind(StrEnum):
    """What sort of thing a file is to the person who sent it."""

    PICTURE = "picture"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    VIDEO_NOTE = "video note"
    STICKER = "sticker"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file that stays with the channel until somebody needs its bytes."""

    kind: MediaKind
    ref: str
    """The channel's own handle for fetching the bytes (Telegram: file_id), or `made:...`."""
    unique: str = ""
    """The same for the same file in every message (Telegram: file_unique_id)."""
    mime: str = ""
    name: str = ""
    size: int = 0
    """Bytes, 0 when the channel does not say."""

    @property
    def made(self) -> bool:
        """Whether it was made for the person, and is kept by ourselves until it is delivered."""
        return self.ref.startswith("made:")
