"""A guided flow through the whole service, which is killed on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.test_journey import picture
from tests.stories.theatre import Person, StandIns, Theatre, theatre, words

pytestmark = pytest.mark.anyio


async def test_a_trip_is_planned_over_kills_in_one_call_with_words_choices_and_photos(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")
        await ada.says("/trip")
        await sees(stage, ada, "Where would you like to go?")
        await ada.says("Lisbon by the sea")
        await sees(stage, ada, "When do you leave?")
        await taps(stage, ada, "›", "15", "+")
        await sees(stage, ada, "2")
        await stage.kill()
        await stage.start()

        await taps(stage, ada, "Done", "The two of us", "Food")
        await sees(stage, ada, "What do you enjoy?")
        await taps(stage, ada, "Done")
        await sees(stage, ada, "photos of places")
        await ada.sends("photo", ("a.jpg", picture("red")), ("b.jpg", picture("blue")))
        await sees(stage, ada, "2 photos so far")
        await stage.kill()
        await stage.start()

        await taps(stage, ada, "Done", "Yes")
        await stage.until(lambda: answered(ada), "the plan is there")
        (asked,) = await stage.asked()
        assert "Lisbon by the sea" in asked["text"]
        assert "The two of us" in asked["text"]
        assert "Food" in asked["text"]
        assert asked["media"] == 2
        assert await stage.calls("sendMessageDraft") or await stage.calls("sendRichMessageDraft")


async def sees(stage: Theatre, person: Person, text: str) -> None:
    """Wait until *text* stands in the newest message."""

    async def there() -> bool:
        seen = await person.sees()
        return bool(seen) and (text in words(seen[-1]) or text in str(seen[-1]["reply_markup"]))

    await stage.until(there, f"{text!r} is shown")


async def taps(stage: Theatre, person: Person, *labels: str) -> None:
    """Press one key after the other, each as soon as it is there."""
    for label in labels:
        shown = await stage.until(lambda label=label: key(person, label), f"{label!r} is shown")
        await person.presses(shown, label)


async def key(person: Person, label: str) -> dict[str, object] | None:
    seen = [each for each in await person.sees() if each.get("reply_markup")]
    return seen[-1] if seen and label in str(seen[-1]["reply_markup"]) else None


async def answered(person: Person) -> bool:
    return any("BEGIN" in words(each) and "END" in words(each) for each in await person.sees())
