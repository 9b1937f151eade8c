"""What a stand-in should do with one request, chosen by marks like `[[cut:3]]` in its last words.

Timing:     [[slow]] [[first:MS]] [[chunks:N:GAP_MS]] [[words:N]]
Text:       [[markdown]] [[long:CHARACTERS]] [[thoughts]] [[length]] [[search]] [[pages]]
            [[program]] [[picture]] [[call]]
Pictures:   a model that draws sends one, with words; [[mute]] without, [[wordy]] only words
Tools:      [[tools:NAME(A=1;B=x)+NAME():ROUNDS]], with [[talks]] there are words before the calls
Refusals:   [[429:K:SECONDS]] [[quota:K]] [[500:K]] [[502:K]] [[503:K]] [[504:K]] [[408:K]]
            [[400:K]] [[401:K]] [[403:K]] [[404:K]] [[key:K]] [[toolong:K]] [[signature:K]]
            [[html502:K]]
            The first K requests with these words are refused; without K, all of them.
Streams:    [[cut:N:K]] [[nofinish:N:K]] [[malformed:N:K]] [[error:N:K:CODE]] [[stall:N:K]]
            break off after N chunks (0: before the first); for the first K requests, or always.
            [[linger]] does not end the response after the finished answer.
Endings:    [[blocked]] [[unsafe:N]] [[empty:K]] [[recite:K]] [[finish:REASON:N:K]] [[ateall:K]]
            [[pause:N]] hands out a continuation token after N chunks.
Bytes:      [[crlf]] [[torn]] [[noblank]] [[gzip]]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

MARK: Final = re.compile(r"\[\[([\w-]+)((?::[^\]:]*)*)\]\]")
_ALWAYS: Final = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How an answer flows when nothing else is asked for."""

    first: float = 0.0
    """Seconds until the first chunk."""
    chunks: int = 4
    gap: float = 0.0
    """Seconds between two chunks."""
    words: int = 4
    """Words of filling per chunk."""


STEADY: Final = Pace()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The marks of one request, and the pace they leave."""

    pace: Pace = STEADY
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __contains__(self, mark: str) -> bool:
        return mark in self.marks

    def number(self, mark: str, index: int, default: int) -> int:
        """Return an argument of *mark* as a number."""
        arguments = self.marks.get(mark, ())
        return int(arguments[index]) if len(arguments) > index and arguments[index] else default

    def now(self, mark: str, index: int, asked: int) -> bool:
        """Whether *mark* holds for the request number *asked* (from 1) with these words."""
        return mark in self.marks and asked <= self.number(mark, index, _ALWAYS)


def scenario_of(text: str, pace: Pace) -> Scenario:
    """Return the scenario that *text* asks for."""
    marks = {
        found[1]: tuple(found[2].split(":")[1:]) if found[2] else ()
        for found in MARK.finditer(text)
    }
    scenario = Scenario(pace=pace, marks=marks)
    if "slow" in marks:
        pace = replace(pace, chunks=60, gap=0.1)
    if "first" in marks:
        pace = replace(pace, first=scenario.number("first", 0, 0) / 1000)
    if "chunks" in marks:
        gap = scenario.number("chunks", 1, round(pace.gap * 1000)) / 1000
        pace = replace(pace, chunks=scenario.number("chunks", 0, pace.chunks), gap=gap)
    if "words" in marks:
        pace = replace(pace, words=scenario.number("words", 0, pace.words))
    return replace(scenario, pace=pace)


def without_marks(text: str) -> str:
    """Return *text* in one line, as a person would have meant it."""
    return " ".join(MARK.sub(" ", text).split())
