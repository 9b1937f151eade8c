from __future__ import annotations

import io
from itertools import combinations

import pytest
from PIL import Image

from fsm.states import State
from service.operators.picture import SIZE, paint, place


def opened(live: State | None) -> Image.Image:
    return Image.open(io.BytesIO(paint(live))).convert("RGB")


@pytest.mark.parametrize("live", list(State))
def test_only_the_box_of_the_live_state_is_filled_with_light(live: State) -> None:
    image = opened(live)

    for state in State:
        x, y = place(state)
        red, _, blue = image.getpixel((int(x) - 108, int(y)))  # type: ignore[misc]
        assert (red - blue > 100) is (state is live)


def test_the_pictures_of_all_states_differ() -> None:
    pictures = [paint(None), *(paint(state) for state in State)]

    assert len(set(pictures)) == len(State) + 1


def test_it_has_the_size_of_a_phone_and_few_bytes() -> None:
    assert opened(None).size == SIZE
    assert len(paint(None)) < 60_000


def test_no_two_states_lie_on_one_another_and_all_are_inside() -> None:
    for one, other in combinations(State, 2):
        (ax, ay), (bx, by) = place(one), place(other)
        assert abs(ax - bx) >= 240 or abs(ay - by) >= 96
    for state in State:
        x, y = place(state)
        assert 120 < x < SIZE[0] - 120
        assert 48 < y < SIZE[1] - 48


def test_nothing_is_cut_off_at_the_edges() -> None:
    image = opened(State.GENERATING)
    paper = image.getpixel((0, 0))
    width, height = SIZE

    edges = [(x, y) for x in range(width) for y in (0, height - 1)]
    edges += [(x, y) for y in range(height) for x in (0, width - 1)]
    assert {image.getpixel(edge) for edge in edges} == {paper}
