"""Where things are made that are not words, and where they stay until they are delivered."""

from __future__ import annotations

from dataclasses import dataclass

from actors.ports import Keep, Model, Recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What all chats share for making pictures and voices."""

    keep: Keep
    artist: Model
    """Draws what `/image` or a model asks for."""
    speaker: Model
    """Reads aloud what it is told."""
    recorder: Recorder
    label: str = ""
    """Key of the line that stands with every voice, if one has to."""
