"""The price table: by the model's name and by the day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fsm.usage import Spending
from service.money import prices

USED = Spending(prompt=10_000, cached=8_000, output=1_000)


def on(*day: int) -> float:
    return datetime(*day, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]


def test_cached_tokens_are_cheaper_and_later_days_dearer() -> None:
    table = prices.load()

    # 2 000 * 0.75 + 8 000 * 0.075 + 1 000 * 3.75 millionths
    assert table.cost("gemini-3.8-flash", USED, on(2026, 12, 31)) == 1500 + 600 + 3750
    assert table.cost("gemini-3.8-flash", USED, on(2027, 1, 1)) == 2 * (1500 + 600 + 3750)


def test_the_longest_name_that_fits_decides_and_a_stranger_is_not_free(tmp_path: Path) -> None:
    own = tmp_path / "prices.toml"
    own.write_text(
        '["ours"]\ninput = 1\ncached = 1\noutput = 1\n["ours-big"]\ninput = 9\n'
        "cached = 9\noutput = 9\n"
    )
    table = prices.load(own)

    assert table.cost("ours-small", USED, 0.0) == 11_000
    assert table.cost("ours-big-2", USED, 0.0) == 99_000
    assert table.cost("who-knows", USED, 0.0) == 20_000 + 10_000
    assert table.cost("offline", USED, 0.0) == 0


@pytest.mark.parametrize(
    "text",
    [
        '["a"]\ninput = 1',
        '["a"]\ninput = "x"\ncached = 1\noutput = 1',
        '["a"]\ninput = -1\ncached = 1\noutput = 1',
        '["a"]\ninput = 1\ncached = 1\noutput = 1\n[["a".later]]\ninput = 1',
        "a = 3",
        "[",
    ],
)
def test_a_table_that_does_not_fit_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    own = tmp_path / "prices.toml"
    own.write_text(text)

    with pytest.raises(prices.PricesError, match=r"prices\.toml"):
        prices.load(own)
