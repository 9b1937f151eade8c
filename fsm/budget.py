"""How many tokens a talk takes: measured where a provider has told, estimated elsewhere."""

from __future__ import annotations

from typing import Final

from fsm.content import Media, MediaKind, Prompt
from fsm.memory import Turn

OVERHEAD: Final = 400
"""Tokens of the system instruction and of what holds a request together."""
_PER_TURN: Final = 8
_FLAT: Final = {MediaKind.PICTURE: 1100, MediaKind.STICKER: 1100}
"""A picture costs the same whatever its size (Gemini 3, usual resolution)."""
_BYTES_PER_TOKEN: Final = {
    MediaKind.VOICE: 64,  # 32 tokens a second of 16 kbit/s
    MediaKind.AUDIO: 500,  # 32 tokens a second of 128 kbit/s
    MediaKind.VIDEO: 400,  # 300 tokens a second of 1 Mbit/s
    MediaKind.VIDEO_NOTE: 400,
    MediaKind.DOCUMENT: 40,  # between plain text (4) and pages of a PDF
}
_MOST: Final = 20_000
"""What one file is taken for at most: a wrong guess must not empty the memory."""


def of_text(text: str) -> int:
    """Return about how many tokens *text* is: a quarter of its letters, all of its ideographs."""
    if text.isascii():
        return (len(text) + 3) // 4
    wide = (len(text.encode("utf-8", "replace")) - len(text)) // 2
    wide = min(wide, len(text))
    return wide + (len(text) - wide + 3) // 4


def of_prompt(prompt: Prompt) -> int:
    """Return about how many tokens *prompt* is, its files included."""
    words = of_text(prompt.text) + of_text(prompt.quote)
    return words + sum(_of_file(file) for file in prompt.media)


def of_turn(turn: Turn) -> int:
    """Return about how many tokens *turn* adds to a context; what was counted once is kept."""
    if turn.weight:
        return turn.weight
    tools = sum(of_text(result.output) for step in turn.steps for result in step.results)
    return _PER_TURN + of_text(turn.answer) + sum(map(of_prompt, turn.prompts)) + tools


def _of_file(file: Media) -> int:
    flat = _FLAT.get(file.kind)
    return flat or min(_MOST, file.size // _BYTES_PER_TOKEN[file.kind])
