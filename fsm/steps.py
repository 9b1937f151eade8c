"""What a model did before its last word: calls for tools, their results, and its signatures."""

from __future__ import annotations

from dataclasses import dataclass

from fsm.media import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A stretch of a text that its model signed; given back to the same model unchanged."""

    start: int
    end: int
    """Characters of the text; an empty stretch is a signature of its own."""
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The model wants a tool."""

    id: str
    name: str
    arguments: str = "{}"
    """An object in JSON."""
    signature: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a call."""

    call: str
    """Its id."""
    name: str
    output: str
    failed: bool = False
    media: tuple[Media, ...] = ()
    """What it has made for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One round of tools: what was said before, the calls, and a result for each, in order."""

    calls: tuple[Call, ...]
    results: tuple[Result, ...]
    text: str = ""
    seals: tuple[Seal, ...] = ()
    model: str = ""
    """Whose signatures these are."""


def stretches(text: str, seals: tuple[Seal, ...]) -> list[tuple[str, bytes]]:
    """Return *text* cut into signed and unsigned stretches (empty signature), none of them merged.

    Seals that do not fit the text (it was cut after a Stop) are left out.
    """
    found: list[tuple[str, bytes]] = []
    at = 0
    for seal in seals:
        if not at <= seal.start <= seal.end <= len(text):
            continue
        if seal.start > at:
            found.append((text[at : seal.start], b""))
        found.append((text[seal.start : seal.end], seal.signature))
        at = seal.end
    if at < len(text):
        found.append((text[at:], b""))
    return found


def last_words(answer: str, steps: tuple[Step, ...]) -> str:
    """Return what of *answer* was said after the last round of tools."""
    before = "".join(step.text for step in steps)
    return answer.removeprefix(before)
