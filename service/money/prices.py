"""The price table: what a call of a model costs on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from fsm.usage import Spending
from service import tables

FILE: Final = Path(__file__).with_name("prices.toml")
ANY: Final = "*"


class PricesError(Exception):
    """A price table that cannot be used; the text says what and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Dollars for a million tokens, which is millionths of a dollar for one."""

    since: date
    input: float
    cached: float
    output: float


class Prices:
    """What models cost."""

    def __init__(self, table: Mapping[str, tuple[Price, ...]]) -> None:
        self._table = table
        self._longest_first = sorted(table, key=len, reverse=True)

    def cost(self, model: str, used: Spending, now: float) -> int:
        """Return what *used* costs with *model* at wall time *now*, in millionths of a dollar."""
        today = datetime.fromtimestamp(now, UTC).date()
        known = (name for name in self._longest_first if name != ANY and model.startswith(name))
        rows = self._table[next(known, ANY)]
        price = next((row for row in reversed(rows) if row.since <= today), rows[0])
        fresh = max(0, used.prompt - used.cached)
        exact = fresh * price.input + used.cached * price.cached + used.output * price.output
        return round(exact)


def load(own: Path | None = None) -> Prices:
    """Return the table that comes with the service, with the operator's *own* laid over it.

    Raises:
        PricesError: The file cannot be read, or something in it does not fit.

    """
    table = _read(FILE)
    if own is not None:
        table |= _read(own)
    return Prices(table)


def _read(path: Path) -> dict[str, tuple[Price, ...]]:
    found = tables.read(path, PricesError)
    return {name: _rows(path, name, row) for name, row in found.items()}


def _rows(path: Path, name: str, row: Any) -> tuple[Price, ...]:
    try:
        first = _price(row, date.min)
        later = [_price(each, each["from"]) for each in row.get("later", ())]
        return tuple(sorted([first, *later], key=lambda price: price.since))
    except (KeyError, TypeError, ValueError, AttributeError):
        what = f"{path}: [{name}] needs input, cached and output as numbers, and days as 2027-01-31"
        raise PricesError(what) from None


def _price(row: Any, since: Any) -> Price:
    if not isinstance(since, date):
        raise TypeError
    numbers = {key: float(row[key]) for key in ("input", "cached", "output")}
    if min(numbers.values()) < 0:
        raise ValueError
    return Price(since=since, **numbers)
