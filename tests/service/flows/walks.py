"""A way through each flow that comes with the service, and what must come out of it."""

from __future__ import annotations

from dataclasses import dataclass

from fsm.content import MediaKind


@dataclass(frozen=True)
class Says:
    text: str


@dataclass(frozen=True)
class Taps:
    label: str


@dataclass(frozen=True)
class Sends:
    kind: MediaKind
    ref: str
    album: str = ""


Act = Says | Taps | Sends
PICTURE = MediaKind.PICTURE

WALKS: dict[str, tuple[Act, ...]] = {
    "trip": (
        Says("Lisbon by the sea"),
        Taps("›"),
        Taps("15"),
        Taps("+"),
        Taps("Done"),
        Taps("Family"),
        Taps("Back"),
        Taps("Family"),
        Taps("+"),
        Taps("Done"),
        Taps("Food"),
        Taps("Beaches"),
        Taps("Done"),
        Sends(PICTURE, "one", "a"),
        Sends(PICTURE, "two", "a"),
        Taps("Done"),
        Taps("Yes"),
    ),
}
COMES_OUT: dict[str, tuple[str, ...]] = {
    "trip": ("Lisbon by the sea", "for 2 days", "Family with children (2", "Food, Beaches"),
}
"""What has to be in the question to the model, or in the saved form."""
