"""People are counted exactly, over restarts, and nobody can read who they are."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from service.audience import DAY, Audience, Came, Counting, Seen, apply
from service.operators import statistics
from service.operators.latency import percentile
from service.storing import SCHEMAS
from snapshots import Codec
from tests.actors.world import PRIVATE
from tests.service.operators.house import house

TODAY = 20_000


def seen(audience: Audience, *people: str, day: int = TODAY) -> Audience:
    for person in people:
        audience, _ = Counting(None).turn(audience, Came(person=person), day * DAY + 5.0)  # type: ignore[arg-type]
    return audience


def test_everybody_counts_once_a_day_a_week_a_month() -> None:
    audience = Audience(key=b"k")
    audience = seen(audience, "a", "b", day=TODAY - 20)
    audience = seen(audience, "a", "c", "d", day=TODAY - 3)
    audience = seen(audience, "a", "a", "e")

    assert [audience.active(TODAY, days) for days in (1, 7, 30)] == [2, 4, 5]
    assert audience.by_day(TODAY, 4) == [3, 0, 0, 2]


def test_whoever_was_away_for_a_month_is_forgotten() -> None:
    audience = seen(Audience(key=b"k"), "a", "b", day=TODAY - 30)
    audience = seen(audience, "b")

    assert len(audience.people) == 1
    assert audience.active(TODAY, 30) == 1


def test_nothing_that_is_kept_tells_who_it_was() -> None:
    one, other = seen(Audience(key=b"k"), "telegram.42"), seen(Audience(key=b"l"), "telegram.42")
    packed = Codec(SCHEMAS).pack(one)

    assert b"42" not in packed
    assert set(one.people) != set(other.people), "without the key a hash means nothing"
    assert "people" not in repr(one)


def test_it_is_the_same_after_a_restart() -> None:
    codec = Codec(SCHEMAS)
    audience = seen(Audience(key=b"k"), "a", "b")
    back = codec.unpack("fleet/audience", 1, codec.pack(audience))

    assert back == audience
    name, packed = codec.pack_delta("fleet/audience", Seen(person=b"x" * 8, day=TODAY))
    assert codec.apply("fleet/audience", back, 1, name, packed).active(TODAY, 1) == 3


def test_a_day_that_was_counted_is_not_counted_again() -> None:
    audience = seen(Audience(key=b"k"), "a")
    again = apply(audience, Seen(person=next(iter(audience.people)), day=TODAY))

    assert again is audience


@pytest.mark.anyio
async def test_stats_tells_people_and_times_and_draws_them() -> None:
    async with house() as stage:
        for person in ("telegram.1", "telegram.2", "telegram.1", ""):
            stage.office.came(person)
        stage.says("hi")
        await stage.until(lambda: stage.metric("answer_seconds_count"))
        stage.debug("stats")
        page = await stage.page()
        await stage.until(lambda: stage.panels.pictures)

        assert "2 today, 2 in seven days, 2 in thirty" in page
        assert "Answers since the start: 1" in page
        assert "half within 0.5" in page
        assert stage.metric("people_active", period="week") == 2
        assert isinstance(stage.store.values["fleet/audience"], Audience)
        assert PRIVATE not in page


def test_the_chart_shows_a_bar_for_each_day_with_somebody() -> None:
    audience = seen(Audience(key=b"k"), "a", "b", "c")
    days = statistics.last_days(audience, TODAY * DAY + 1.0)
    image = Image.open(io.BytesIO(statistics.chart(days))).convert("RGB")

    colours = {colour for _, colour in image.getcolors(100_000) or ()}
    assert any(red > 180 and green < 160 and blue < 60 for red, green, blue in colours), "today"
    assert not any(red < 60 and green > 100 and blue < 110 for red, green, blue in colours)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, None),
        ([3.0], 0.5, 3.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0),
        ([4.0, 1.0, 3.0, 2.0], 0.95, 4.0),
        ([float(n) for n in range(1, 101)], 0.95, 95.0),
        ([float(n) for n in range(1, 101)], 0.99, 99.0),
    ],
)
def test_a_percentile_is_a_value_that_occurred(
    values: list[float], share: float, expected: float | None
) -> None:
    assert percentile(values, share) == expected
