"""The tools that come with the service, against a loopback server where they need one."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest
from aiohttp import web

from actors.ports import Setting
from fsm.flow_events import FlowOffered
from fsm.reminders import Reminder
from fsm.steps import Call
from fsm.tool_events import ReminderDropped, ReminderSet
from service.equipment import opened_toolbox
from service.flows import Library
from service.observe.watch import Watch
from service.settings import Settings
from service.tools.clock import Clock, zone_of
from service.tools.declared import ToolError
from service.tools.fetching import Fetcher
from service.tools.names import OURS
from service.tools.news import News, items_of
from service.tools.pages import text_of
from service.tools.reminders import Reminders
from service.tools.units import converted
from service.tools.weather import Weather

pytestmark = pytest.mark.anyio

NOW = 1_795_500_000.0  # Tuesday, 2026-11-24, 06:00 UTC
HERE = Setting(chat="c", turn=7, now=NOW, person="telegram.42", message=99)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def settings(**given: str) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type, call-arg]


async def test_the_settings_choose_the_tools() -> None:
    watch = Watch()
    async with (
        opened_toolbox(settings(), watch) as every,
        opened_toolbox(settings(tools="off"), watch) as none,
    ):
        names = [each.name for each in every.offered]
    async with opened_toolbox(settings(tools="units, time"), watch) as two:
        chosen = [each.name for each in two.offered]

    assert {"weather", "news", "remind", "convert_units", "read_page"} <= set(names)
    assert none.offered == ()
    assert chosen == ["current_time", "convert_units"]


async def test_a_guide_is_offered_with_a_button_and_never_begun() -> None:
    library = Library()
    async with opened_toolbox(settings(), Watch(), lambda: library.flows) as tools:
        assert {each.name for each in tools.offered} == set(OURS)
        (offer,) = [each for each in tools.offered if each.name == "offer_guide"]
        call = Call(id="1", name="offer_guide", arguments='{"name": "trip"}')
        used = await tools.use(call, HERE)
        wrong = await tools.use(replace(call, arguments='{"name": "party"}'), HERE)

    assert "trip (A plan for your next trip)" in offer.description
    assert used.events == (FlowOffered(name="trip"),)
    assert wrong.failed
    assert "There are: bug, lesson, meal" in wrong.output


async def test_the_time_of_the_service_and_of_a_city() -> None:
    clock = Clock("Europe/Berlin")

    assert await clock.current_time(HERE) == "Tuesday, 2026-11-24 07:00 (UTC+0100), Europe/Berlin"
    assert "15:00 (UTC+0900)" in await clock.current_time(HERE, place="Tokyo")
    assert "14:00 (UTC+0800)" in await clock.current_time(HERE, place="北京")
    assert "00:00 (UTC-0600)" in await clock.current_time(HERE, place="Chicago, USA")
    with pytest.raises(ToolError, match="Atlantis"):
        zone_of("Atlantis")


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (5, "km", "miles", 3.106856),
        (100, "°F", "C", 37.777778),
        (0, "K", "celsius", -273.15),
        (1, "lb", "g", 453.59237),
        (2, "hours", "min", 120),
        (3, "斤", "kg", 1.5),
        (1, "mph", "km/h", 1.609344),
        (1, "m²", "sq ft", 10.763910),
        (3, "square feet", "m2", 0.278709),
        (2, "centimeters", "Inches", 0.787402),
        (180, "degrees Celsius", "deg F", 356),
        (5, "stone", "kilograms", 31.751466),
        (100, "miles per hour", "km per hour", 160.9344),
        (1, "Cal", "kJ", 4.184),
        (1, "fl oz", "millilitres", 29.573530),
        (2, "英寸", "厘米", 5.08),
    ],
)
def test_units(value: float, source: str, target: str, expected: float) -> None:
    assert converted(value, source, target) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "source", "target", "said"),
    [
        (1, "km", "kg", "km measures length, and kg mass"),
        (1, "oz", "ml", "oz measures mass, and ml volume"),
        (1, "ton", "kg", "'ton' is not known. There are length: m, km"),
        (1, "Mb", "MB", "'Mb' is not known"),
        (-300, "C", "K", "below absolute zero"),
        (float("nan"), "m", "km", "too large, or none"),
        (1e308, "km", "mm", "too large, or none"),
    ],
)
def test_units_that_do_not_fit(value: float, source: str, target: str, said: str) -> None:
    with pytest.raises(ToolError) as told:
        converted(value, source, target)

    assert said in str(told.value)


class TestReminders:
    tools = Reminders(zone_of("Europe/Berlin"))

    async def made(self, **given: object) -> Reminder:
        used = await self.tools.remind(HERE, text=" call  mum ", **given)  # type: ignore[arg-type]
        (event,) = used.events
        assert isinstance(event, ReminderSet)
        return event.reminder

    async def test_in_some_minutes(self) -> None:
        made = await self.made(minutes=90)

        assert made.at == NOW + 5400
        assert (made.text, made.turn, made.reply_to) == ("call mum", 7, 99)

    async def test_at_a_time_of_the_person_or_of_a_zone(self) -> None:
        assert (await self.made(at="2026-11-24T08:00")).at == NOW + 3600
        assert (await self.made(at="2026-11-24T08:00+00:00")).at == NOW + 7200

    @pytest.mark.parametrize(
        ("at", "shown", "utc"),
        [
            # The hour that is left out: what clocks show; the one that is twice: the first.
            ("2027-03-28T02:30", "Sunday, 2027-03-28 03:30 (UTC+0200)", "2027-03-28T01:30+00:00"),
            ("2027-10-31T02:30", "Sunday, 2027-10-31 02:30 (UTC+0200)", "2027-10-31T00:30+00:00"),
            ("2027-07-01T09:00", "Thursday, 2027-07-01 09:00 (UTC+0200)", "2027-07-01T07:00+00:00"),
        ],
    )
    async def test_where_the_clocks_are_changed(self, at: str, shown: str, utc: str) -> None:
        used = await self.tools.remind(HERE, text="x", at=at)
        (event,) = used.events

        assert isinstance(event, ReminderSet)
        assert shown in used.output
        assert event.reminder.at == datetime.fromisoformat(utc).timestamp()

    @pytest.mark.parametrize(
        "when",
        [
            {},
            {"minutes": -5},
            {"at": "yesterday"},
            {"at": "2020-01-01"},
            {"at": "9999-12-31T23:59"},
            {"minutes": 1e9},
            {"minutes": float("nan")},
            {"minutes": float("inf")},
        ],
    )
    async def test_a_time_that_is_none(self, when: dict[str, object]) -> None:
        with pytest.raises(ToolError):
            await self.made(**when)

    async def test_listed_and_cancelled_by_number(self) -> None:
        kept = Reminder(id=4, at=NOW + 60, text="tea")
        setting = Setting(chat="c", turn=8, now=NOW, reminders=(kept,))

        assert await self.tools.list_reminders(setting) == (
            "4. Tuesday, 2026-11-24 07:01 (UTC+0100): tea"
        )
        cancelled = await self.tools.cancel_reminder(setting, number=4)
        assert cancelled.events == (ReminderDropped(id=4),)
        with pytest.raises(ToolError):
            await self.tools.cancel_reminder(setting, number=5)


FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>
<item><title>Cats &amp;amp; dogs</title><link>https://example.org/1</link>
<description>&lt;b&gt;Rain&lt;/b&gt; in Ulm</description><pubDate>Mon</pubDate></item>
<item><title>Chess</title><link>https://example.org/2</link></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Moon</title>
<link href="https://example.org/3"/><summary>Landed</summary></entry></feed>"""
PLACES = {
    "results": [
        None,
        {"name": "Ulm", "country": "Nowhere"},
        {"name": "Ulm", "country": "USA", "latitude": 1.0, "longitude": 2.0},
        {"name": "Ulm", "country": "Germany", "latitude": 48.4, "longitude": 10.0},
    ]
}
FORECAST = {
    "current": {"temperature_2m": 3.5, "apparent_temperature": 1.0, "relative_humidity_2m": 80,
                "weather_code": 61, "wind_speed_10m": 12.0},
    "daily": {"time": ["2026-11-24"], "weather_code": [73], "temperature_2m_max": [2.0],
              "temperature_2m_min": [-1.0], "precipitation_probability_max": [70]},
}  # fmt: skip


PARIS = {
    "results": [
        {"name": "Paris", "admin1": "Île-de-France", "country": "France", "country_code": "FR",
         "latitude": 48.9, "longitude": 2.3},
        {"name": "Paris", "admin1": "Texas", "country": "United States", "country_code": "US",
         "latitude": 33.7, "longitude": -95.6},
        {"name": "Paris", "admin1": "Ontario", "country": "Canada", "country_code": "CA",
         "latitude": 43.2, "longitude": -80.4},
    ]
}  # fmt: skip


@pytest.fixture
async def address() -> AsyncIterator[str]:
    asked: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.path_qs)
        match request.path:
            case "/v1/search":
                known = {"Ulm": PLACES, "Paris": PARIS, "Odd": {"results": "none"}}
                return web.json_response(known.get(request.query["name"], {}))
            case "/v1/forecast":
                return web.json_response(FORECAST)
            case "/rss":
                return web.Response(body=FEED, content_type="text/xml")
            case "/atom":
                return web.Response(body=ATOM, content_type="text/xml")
        return web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{tail:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_the_weather_of_the_right_place(address: str) -> None:
    async with Fetcher() as fetcher:
        weather = Weather(fetcher, places=address, forecast=address)
        told = await weather.weather("Ulm, Germany")
        with pytest.raises(ToolError, match="Nowhere"):
            await weather.weather("Nowhere")

    assert told.splitlines() == [
        "Ulm, Germany",
        "Now: light rain, 3.5 °C (feels like 1.0 °C), humidity 80 %, wind 12.0 km/h",
        "2026-11-24: snow, -1.0 to 2.0 °C, rain 70 %",
    ]


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("Paris", "Paris, Île-de-France, France"),
        ("Paris, Texas", "Paris, Texas, United States"),
        ("Paris, TX, USA", "Paris, Île-de-France, France"),  # what nobody knows changes nothing
        ("Paris, Ontario, Canada", "Paris, Ontario, Canada"),
        ("Paris，CA", "Paris, Ontario, Canada"),
        ("Ulm, Germany", "Ulm, Germany"),
    ],
)
async def test_the_place_that_was_meant(address: str, place: str, where: str) -> None:
    async with Fetcher() as fetcher:
        told = await Weather(fetcher, places=address, forecast=address).weather(place)

    assert told.splitlines()[0] == where


async def test_weather_without_a_service_is_a_sentence(address: str) -> None:
    async with Fetcher() as fetcher:
        with pytest.raises(ToolError, match="No place named 'Odd'"):
            await Weather(fetcher, places=address, forecast=address).weather("Odd")
        with pytest.raises(ToolError, match="could not be reached"):
            await Weather(fetcher, places="http://127.0.0.1:9", forecast=address).weather("Ulm")
        with pytest.raises(ToolError, match="HTTP 404"):
            await Weather(fetcher, places=f"{address}/gone", forecast=address).weather("Ulm")


async def test_the_news_of_all_feeds_in_turn(address: str) -> None:
    async with Fetcher() as fetcher:
        news = News(fetcher, [f"{address}/rss", f"{address}/atom", f"{address}/gone"])
        told = await news.news()
        about = await news.news(topic="rain ULM")
        with pytest.raises(ToolError):
            await News(fetcher, [f"{address}/gone"]).news()

    assert told.splitlines() == [
        "- Cats & dogs (Mon): Rain in Ulm https://example.org/1",
        "- Moon: Landed https://example.org/3",
        "- Chess:  https://example.org/2",
    ]
    assert about.startswith("- Cats & dogs")


@pytest.mark.parametrize("end", [b"<item><title>cut", b"<item>&nope;</item></channel></rss>", b"<"])
def test_a_feed_that_breaks_off_has_what_came_before(end: bytes) -> None:
    whole = FEED.removesuffix(b"</channel></rss>")

    assert [each.title for each in items_of(whole + end)] == ["Cats & dogs", "Chess"]


def test_a_feed_that_is_none_has_no_items() -> None:
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "'
        + b"x" * 1000
        + b'">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 50) for n in range(8))
        + b"]><rss><item><title>&i;</title></item></rss>"
    )

    assert items_of(b"no feed") == []
    assert items_of(b"<html><body><p>Not found<br></body></html>") == []
    assert items_of(b"") == []
    assert items_of(b"\x00\xff\xfe") == []
    assert items_of(bomb) == []


@pytest.mark.parametrize(
    "piece",
    ["<a", "<!--", "<!", "<![CDATA[", "<?", "<", "<script>", "<svg>", '<a x="', "<a" + "b" * 999],
)
def test_a_page_takes_no_longer_than_its_length(piece: str) -> None:
    page = "<head>" + piece * (1_000_000 // len(piece))
    began = time.process_time()

    text_of(page)
    text_of(page[6:])

    assert time.process_time() - began < 3.0  # 0.1; html.parser: minutes


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<head><title>T</title><body>Seen", "Seen"),
        ("a<script>if (1<2) { x('<p>') }</script>b", "ab"),
        ("a<!-- <p>no</p> -->b", "ab"),
        ("1 < 2 &amp;&lt;b&gt;", "1 < 2 &<b>"),
        ("<svg><svg>x</svg>y</svg>z", "z"),
        ("a<script>never closed", "a"),
        ("<P CLASS=x>A<BR/>B", "A\nB"),
        ("", ""),
    ],
)
def test_pages_that_are_written_oddly(page: str, text: str) -> None:
    assert text_of(page) == text


def test_a_page_is_what_a_person_reads_of_it() -> None:
    page = """<html><head><title>T</title><script>steal()</script></head><body><h1>Cats</h1>
    <p>They&nbsp;sleep a <b>lot</b>.<br>Always.</p><style>p{}</style><ul><li>one<li>two</ul>"""

    assert text_of(page) == "Cats\n\nThey sleep a lot.\nAlways.\n\none\ntwo"
