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
    "onboarding": (
        Taps("Next"),
        Says("Ada"),
        Taps("Study"),
        Says("mathematics"),
        Says("[Location: 52.52, 13.4]"),
        Says("not an address"),
        Says("ada@example.org"),
        Taps("18"),
        Taps("18:30"),
        Taps("Yes"),
    ),
    "meal": (
        Says("4"),
        Taps("Vegan"),
        Taps("Vegan"),
        Taps("No nuts"),
        Taps("Done"),
        Says("rice"),
        Taps("Plenty"),
        Taps("One more"),
        Says("beans"),
        Taps("A little"),
        Taps("That is all"),
        Says("19:30"),
        Taps("Yes"),
    ),
    "bug": (
        Says("the list is empty after a restart"),
        Taps("I cannot go on"),
        Sends(PICTURE, "shot", "s"),
        Sends(PICTURE, "another", "s"),
        Taps("Done"),
        Taps("Skip"),
        Says("+49 30 1234567"),
        Taps("Yes"),
    ),
    "lesson": (
        Taps("Another"),
        Says("Norwegian"),
        Taps("I get by"),
        Says("Jeg har spist fisk"),
        Taps("Eating out"),
        Sends(MediaKind.VOICE, "voice"),
    ),
    "reminder": (
        Says("water the plants"),
        Says("today+2"),
        Taps("07"),
        Taps("07:15"),
        Taps("Yes"),
    ),
}
CARD = (
    '{"dinners": [{"name": "Rice", "minutes": 25, "steps": "Cook."}], '
    '"shopping": ["salt"], "tip": "Rinse it."}'
)
"""What a model writes into the card of the meal plan."""
COMES_OUT: dict[str, tuple[str, ...]] = {
    "onboarding": ("Ada", "study", "mathematics", "52.52, 13.4", "ada@example.org", "18:30"),
    "meal": ("for 4 people", "No nuts", "rice (Plenty)", "beans (A little)", "at 19:30"),
    "bug": ("empty after a restart", "blocker", "shot", "+49 30 1234567"),
    "lesson": ("in Norwegian", "I get by", "Jeg har spist fisk", "A voice message is attached"),
    "reminder": ('"text":"water the plants"', '"at":"1970-01-14T07:15"'),
    "trip": ("Lisbon by the sea", "for 2 days", "Family with children (2", "Food, Beaches"),
}
"""What has to be in the question to the model, in the call of a tool, or in the saved form."""
