"""What becomes of the answers: other guides, words without a model, and endings that fail."""

from __future__ import annotations

from fsm.conversation import NOW, owes
from fsm.effects import Effects, Render
from fsm.flow_events import Rendered
from service.flows.play import Play
from tests.fsm.flow.asking import guide, standing

WHO = "id: who, kind: text, text: Who"
WHAT = "id: what, kind: text, text: What"
PROMPT = '{kind: prompt, template: "Greet {{ who }}."}'


class Unworded(Play):
    """Somebody whose ending is still being put into words."""

    def _perform(self, effects: Effects) -> None:
        super()._perform(tuple(each for each in effects if not isinstance(each, Render)))


def at_the_end() -> Unworded:
    person = Unworded(guide(WHO, ending=PROMPT)).starts("x").says("Ann")
    assert standing(person).step == ""
    return person


def test_an_ending_can_be_the_beginning_of_another_guide() -> None:
    flows = {**guide(WHO, ending="{kind: flow, flow: y}"), **guide(WHAT, name="y")}
    person = Play(flows).starts("x").says("Ann")

    flow = standing(person)

    assert (flow.number, flow.name, flow.person, flow.given) == (2, "y", "person.1", ())
    assert person.sees("What")
    assert person.asked == []


def test_a_card_without_blanks_is_shown_without_a_model() -> None:
    person = Play(guide(WHO, ending='{kind: card, template: "Hello {{ who }}!"}')).starts("x")

    person.says("Ann")

    assert person.text == "Hello Ann!"
    assert person.keys == ()
    assert person.asked == []
    assert person.flow is None


def test_a_template_that_fails_is_said_in_one_sentence() -> None:
    person = at_the_end().hears(Rendered(flow=1, problem="line 1: no such filter"))

    (said,) = person.told
    assert said.startswith("Your answers are complete, but I could not put them together")
    assert person.flow is None
    assert person.asked == []


def test_words_of_an_ending_that_was_left_are_not_heard() -> None:
    person = at_the_end().starts("x").says("Bob")
    before = person.conversation

    person.hears(Rendered(flow=1, text="Greet Ann."))
    assert person.conversation == before

    person.hears(Rendered(flow=2, text="Greet Bob."))
    assert [prompt.text for (prompt,) in person.asked] == ["Greet Bob."]


def test_a_press_while_the_ending_is_put_into_words_changes_nothing() -> None:
    person = at_the_end()
    before = person.conversation

    person.presses("f:1:2:who:back")

    assert person.conversation == before
    assert person.toast == ""


def test_an_ending_that_a_kill_interrupted_comes_after_the_restart() -> None:
    killed = at_the_end()
    assert owes(killed.conversation, killed.outbox) == NOW
    person = Play(guide(WHO, ending=PROMPT))
    person.conversation = killed.conversation

    person.wakes_up()

    assert [prompt.text for (prompt,) in person.asked] == ["Greet Ann."]
    assert person.flow is None
