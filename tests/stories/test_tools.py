"""A model uses tools, through the whole service; a promise to remind outlives a kill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.stories.theatre import StandIns, Theatre, theatre, words

pytestmark = pytest.mark.anyio


FEED = (
    "<rss><channel><item><title>Rain &amp;amp; wind</title><link>https://example.org/1</link></item>"
    "<item><title>cut off"
)
PLACES = [
    {"name": "Paris", "country": "France", "latitude": 1, "longitude": 2},
    {"name": "Paris", "admin1": "Texas", "country": "United States", "latitude": 3, "longitude": 4},
]
FORECAST = {
    "current": {"temperature_2m": 3.5, "apparent_temperature": 1.0, "relative_humidity_2m": 80,
                "weather_code": 61, "wind_speed_10m": 12.0},
    "daily": {"time": ["2026-11-24"], "weather_code": [73], "temperature_2m_max": [2.0],
              "temperature_2m_min": [-1.0], "precipitation_probability_max": [70]},
}  # fmt: skip


class Web:
    """What stands for Open-Meteo and for newspapers."""

    def __init__(self) -> None:
        self.address = ""
        self.visited: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.visited.append(request.path)
        match request.path:
            case "/v1/search":
                known = request.query["name"] == "Paris"
                return web.json_response({"results": PLACES} if known else {})
            case "/v1/forecast":
                return web.json_response(FORECAST)
            case "/feed":
                return web.Response(text=FEED, content_type="text/xml")
        return web.Response(
            text="<html><body>Not a feed<br></body></html>", content_type="text/html"
        )


@asynccontextmanager
async def a_web() -> AsyncIterator[Web]:
    here, app = Web(), web.Application()
    app.router.add_get("/{tail:.*}", here.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield here
    await runner.cleanup()


async def what_tools_say(stage: Theatre, web: Web) -> None:
    """Ask for all of them, side by side, as a person who reads what comes."""
    bob = await stage.person("Bob")
    private = web.address.removeprefix("http://").replace(":", "%3A")
    calls = (
        "weather(place=Paris, Texas)",
        "weather(place=Atlantis)",
        "news()",
        "convert_units(value=1;source=oz;target=ml)",
        "current_time(place=Chicago, USA)",
        f"read_page(address=http%3A//{private}/secret)",
        "remind(text=late;minutes=-5)",
        "no_such_tool()",
    )
    await bob.says(f"[[tools:{'+'.join(calls)}]]")
    (answer,) = await bob.waits_for(1)
    for said in (
        "Paris, Texas, United States",
        "Now: light rain, 3.5 °C (feels like 1.0 °C)",
        "No place named 'Atlantis' is known.",
        "Rain & wind",
        "oz measures mass, and ml volume",
        "Chicago, USA",
        "it is not on the public internet",
        "That is not in the future",
        "There is no tool of that name",
    ):
        assert said in words(answer).replace("\\", ""), said
    assert "/secret" not in web.visited


async def test_tools_are_used_and_a_reminder_outlives_a_kill(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage, a_web() as web:
        await stage.start(
            GREENROOM_PACING="off",
            GREENROOM_TIME_ZONE="Europe/Berlin",
            GREENROOM_PLACES_URL=web.address,
            GREENROOM_WEATHER_URL=web.address,
            GREENROOM_NEWS_FEEDS=f"{web.address}/feed,{web.address}/page",
        )
        await what_tools_say(stage, web)
        ada = await stage.person("Ada")

        await ada.says("[[tools:convert_units(value=5;source=km;target=mi)+current_time()]]")
        (answer,) = await ada.waits_for(1)
        assert "5 km = 3.10686 mi" in words(answer)
        assert "Europe/Berlin" in words(answer)

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
