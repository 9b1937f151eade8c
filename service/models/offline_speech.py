"""What the offline model can do instead of speaking: a tone for each syllable.

It is no voice and is not meant to be taken for one; it lets people hear that an answer would be
read aloud.
"""

from __future__ import annotations

import io
import math
import re
import struct
import wave
from typing import Final

RATE: Final = 16_000
LONGEST: Final = 8.0
"""Seconds; nobody wants more of it."""
_SYLLABLE: Final = re.compile(r"[aeiouyäöü]+|[一-鿿]|([.,;:!?。，；：！？\n])", re.IGNORECASE)
_TONE: Final = 0.12
_PAUSE: Final = 0.18
_SCALE: Final = (0, 2, 4, 7, 9, 12, 14, 16)
"""Semitones over the lowest note: a pentatonic scale, in which nothing sounds wrong."""


def hummed(words: str) -> bytes:
    """Return a WAV that hums *words*; the same words always sound the same."""
    samples: list[float] = []
    for found in _SYLLABLE.finditer(words):
        if len(samples) > LONGEST * RATE:
            break
        if found[1]:
            samples += [0.0] * int(_PAUSE * RATE)
        else:
            samples += _tone(_SCALE[sum(map(ord, found[0].lower())) % len(_SCALE)])
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *(round(each) for each in samples)))
    return written.getvalue()


def _tone(semitones: int) -> list[float]:
    pitch, length = 196.0 * 2 ** (semitones / 12), int(_TONE * RATE)
    return [
        9000 * math.sin(math.pi * at / length) * math.sin(2 * math.pi * pitch * at / RATE)
        for at in range(length)
    ]
