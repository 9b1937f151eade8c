"""How far people come in guided flows, and where they leave."""

from __future__ import annotations

from dataclasses import replace

from fsm.flow.state import MOST_FORMS, Flow, Flows, Form, Visit
from service.observe.ways import Ways

NONE = Flows()


def at(step: str, *trail: str, number: int = 1) -> Flows:
    visits = tuple(Visit(step=each) for each in trail)
    return Flows(current=Flow(number=number, name="trip", step=step, trail=visits))


def walked(ways: Ways, *path: Flows, chat: str = "a") -> None:
    for before, after in zip((NONE, *path), path, strict=False):
        ways.note(chat, before, after)


def test_a_step_counts_once_however_often_it_is_shown() -> None:
    ways = Ways()
    first, second = at("place"), at("days", "place")
    walked(ways, first, second, first, second, at("", "place", "days"))
    walked(ways, at("place"), NONE, chat="b")
    way = ways.of("trip")

    assert way.begun == 2
    assert way.reached == {"place": 2, "days": 1}
    assert (way.finished, way.left) == (0, 1)
    assert way.left_at == {"place": 1}


def test_an_ending_that_is_prepared_or_kept_is_no_leaving() -> None:
    ways = Ways()
    walked(ways, at("place"), at("", "place"), NONE)
    form = Form(flow="trip", revision="", person="")
    full = tuple(replace(form, at=float(n)) for n in range(MOST_FORMS))
    before = replace(at("check", number=2), forms=full)
    walked(ways, before, Flows(forms=(*full[1:], replace(form, at=999.0))))

    way = ways.of("trip")
    assert (way.begun, way.finished, way.left) == (2, 2, 0)


def test_whoever_begins_another_flow_or_wants_all_forgotten_has_left() -> None:
    ways = Ways()
    kept = (Form(flow="trip", revision="", person=""),)
    first = replace(at("place"), forms=kept)
    walked(ways, first, replace(at("days", "place", number=2), forms=kept), NONE)

    assert ways.of("trip").left_at == {"place": 1, "days": 1}
    assert not ways._been, "nobody is remembered who is in no flow"


def test_a_flow_of_an_earlier_life_is_begun_with_all_that_was_gone_through() -> None:
    ways = Ways()
    ways.note("a", at("days", "place"), at("company", "place", "days"))

    assert ways.of("trip").reached == {"place": 1, "days": 1, "company": 1}
    assert ways.of("lesson").begun == 0
