"""Draft ids and callback data come back as what they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm.effects import Button, Wish
from service.channels.telegram.marks import callback_data, draft_id, press, turn_of


@given(st.integers(0, 10**9), st.integers(0, 50), st.integers(0, 50))
def test_a_draft_id_tells_its_turn_and_is_never_zero(turn: int, attempt: int, page: int) -> None:
    number = draft_id(turn, attempt, page)

    assert number > 0
    assert turn_of(number) == turn


def test_neighbouring_pages_and_attempts_have_ids_of_their_own() -> None:
    ids = {draft_id(turn, a, p) for turn in (1, 2, 3) for a in (1, 2, 3) for p in range(16)}

    assert len(ids) == 3 * 3 * 16


def test_a_draft_id_that_is_not_ours_names_no_turn() -> None:
    assert turn_of(1) == -1


@pytest.mark.parametrize("wish", list(Wish))
def test_a_button_comes_back_as_what_it_was(wish: Wish) -> None:
    data = callback_data(Button(wish=wish, about=10**15))

    assert len(data.encode()) <= 64
    assert press(data) == (wish, 10**15, 0)


def test_a_button_in_somebody_elses_chat_names_the_answer_it_is_about() -> None:
    data = callback_data(Button(wish=Wish.STOP, about=1), -(2**48))

    assert len(data.encode()) <= 64
    assert press(data) == (Wish.STOP, 1, -(2**48))


@pytest.mark.parametrize(
    "data",
    [
        "",
        "g",
        "g:stop",
        "g:stop:",
        "g:stop:-1",
        "g:dance:1",
        "x:stop:1",
        "g:stop:1:7",
        "g:stop:1:-7:1",
    ],
)
def test_foreign_data_is_no_press(data: str) -> None:
    assert press(data) is None
