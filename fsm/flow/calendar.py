"""The calendar and the clock as keyboards: days, months, years; hours, minutes."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from fsm.flow.days import in_words
from fsm.flow.definition import Step
from fsm.flow.screen import NOTHING, Key, Rows, Words

_LATER = re.compile(r"today(?:\s*\+\s*(\d{1,4}))?")
_YEARS = 12
"""Years on one page."""
_EMPTY = Key(label=Words(text="·"), act=NOTHING)


def day(text: str, today: date) -> date | None:
    """Return the day that *text* means: `2026-12-24`, `24.12.2026`, `today+7`, `next friday`."""
    if later := _LATER.fullmatch(text.strip().lower()):
        return today + timedelta(days=int(later[1] or 0))
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y年%m月%d日"):
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return in_words(text, today)


def today(step: Step, now: float) -> date:
    """Return the day that it is at the wall time *now* for who answers *step*."""
    return datetime.fromtimestamp(now, step.zone).date()


def limits(step: Step, now: float) -> tuple[date, date]:
    """Return the first and the last day that *step* takes."""
    earliest = day(step.earliest, today(step, now)) if step.earliest else None
    latest = day(step.latest, today(step, now)) if step.latest else None
    return earliest or date(1900, 1, 1), latest or date(2199, 12, 31)


def days(step: Step, page: str, now: float, *, sunday_first: bool) -> Rows:
    """Return the keyboard of a date step at *page* (`m2026-12`, `y2026`, `Y2020` or empty)."""
    low, high = limits(step, now)
    start = min(max(today(step, now), low), high)
    match page[:1], page[1:]:
        case "y", year:
            return _months(int(year), low, high)
        case "Y", year:
            return _years(int(year), low, high)
        case "m", month:
            start = date.fromisoformat(f"{month}-01")
    return _days(start.year, start.month, low, high, first=6 if sunday_first else 0)


def _days(year: int, month: int, low: date, high: date, *, first: int) -> Rows:
    weeks = calendar.Calendar(first).monthdatescalendar(year, month)
    head = tuple(
        Key(label=Words(key="flow-weekday", args={"day": f"d{each.weekday()}"}), act=NOTHING)
        for each in weeks[0]
    )
    rows = [
        tuple(
            Key(label=Words(text=str(each.day)), act=f"d{each.isoformat()}")
            if each.month == month and low <= each <= high
            else _EMPTY
            for each in week
        )
        for week in weeks
    ]
    before, after = _shifted(year, month, -1), _shifted(year, month, 1)
    title = Key(label=month_words(year, month), act=f"y{year}")
    turn = _turn(
        f"m{before:%Y-%m}" if before >= low.replace(day=1) else "",
        title,
        f"m{after:%Y-%m}" if after <= high else "",
    )
    return (turn, head, *_filled(rows))


def _months(year: int, low: date, high: date) -> Rows:
    keys = [
        Key(label=Words(key="flow-month", args={"month": f"m{month}"}), act=f"m{year}-{month:02}")
        if (low.year, low.month) <= (year, month) <= (high.year, high.month)
        else _EMPTY
        for month in range(1, 13)
    ]
    title = Key(label=Words(text=str(year)), act=f"Y{year - year % _YEARS}")
    turn = _turn(
        f"y{year - 1}" if year > low.year else "", title, f"y{year + 1}" if year < high.year else ""
    )
    return (turn, *_filled(in_rows(keys, 3)))


def _years(first: int, low: date, high: date) -> Rows:
    keys = [
        Key(label=Words(text=str(year)), act=f"y{year}")
        if low.year <= year <= high.year
        else _EMPTY
        for year in range(first, first + _YEARS)
    ]
    title = Key(label=Words(text=f"{first}-{first + _YEARS - 1}"), act=NOTHING)
    turn = _turn(
        f"Y{first - _YEARS}" if first > low.year else "",
        title,
        f"Y{first + _YEARS}" if first + _YEARS <= high.year else "",
    )
    return (turn, *_filled(in_rows(keys, 4)))


def _filled(rows: Iterable[tuple[Key, ...]]) -> Iterator[tuple[Key, ...]]:
    """Return the rows in which there is anything to press."""
    return (row for row in rows if any(key is not _EMPTY for key in row))


def month_words(year: int, month: int) -> Words:
    """Return a month with its year."""
    return Words(key="flow-month-year", args={"month": f"m{month}", "year": str(year)})


def _shifted(year: int, month: int, by: int) -> date:
    number = year * 12 + month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _turn(before: str, title: Key, after: str) -> tuple[Key, ...]:
    back = Key(label=Words(text="‹"), act=before) if before else _EMPTY
    on = Key(label=Words(text="›"), act=after) if after else _EMPTY
    return back, title, on


def times(step: Step, page: str) -> Rows:
    """Return the keyboard of a time step: the hours, or at page `h18` its minutes."""
    if page.startswith("h"):
        hour = int(page[1:])
        keys = [
            Key(label=Words(text=f"{hour:02}:{minute:02}"), act=f"t{hour:02}:{minute:02}")
            for minute in range(0, 60, step.minutes)
        ]
        return (*in_rows(keys, 4), (Key(label=Words(key="flow-hours"), act="h"),))
    hours = [Key(label=Words(text=f"{hour:02}"), act=f"h{hour}") for hour in range(24)]
    return in_rows(hours, 6)


def in_rows(keys: Sequence[Key], columns: int) -> Rows:
    """Return *keys* in rows of so many."""
    return tuple(tuple(keys[at : at + columns]) for at in range(0, len(keys), columns))
