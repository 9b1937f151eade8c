"""A model uses tools, through the whole service; a promise to remind outlives a kill."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.theatre import StandIns, theatre, words

pytestmark = pytest.mark.anyio


async def test_tools_are_used_and_a_reminder_outlives_a_kill(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(GREENROOM_PACING="off")
        ada = await stage.person("Ada")

        await ada.says("[[tools:convert_units(value=5;source=km;target=mi)+current_time()]]")
        (answer,) = await ada.waits_for(1)
        assert "5 km = 3.10686 mi" in words(answer)
        assert "(UTC+0000), UTC" in words(answer)

        await ada.says("[[tools:remind(text=Drink tea;minutes=0.1)]]")
        _, promised = await ada.waits_for(2)
        assert "The reminder is set for" in words(promised)
        assert "Forget the reminder" in str(promised["reply_markup"])
        await ada.says("[[tools:remind(text=Never said;minutes=0.11)]]")
        *_, unwanted = await ada.waits_for(3)
        await ada.presses(unwanted, "Forget the reminder")
        await ada.waits_for(4)

        await ada.says("/search cats [[search]]")
        *_, sourced = await ada.waits_for(5)
        assert "Sources:" in words(sourced)
        assert "https://example.org/a" in str(sourced)

        await stage.kill()
        await stage.start()

        seen = await ada.waits_for(6)
        said = [words(each) for each in seen]
        assert [each for each in said if each.startswith("⏰")] == ["⏰ Drink tea"]
        assert not any("Never said" in each for each in said)
