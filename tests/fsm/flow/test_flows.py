"""A guided flow, step by step, as the person in it sees it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fsm.content import MediaKind
from fsm.effects import Wish
from fsm.events import Chosen, Finished
from fsm.flow.definition import Definition
from fsm.flow.screen import payload
from fsm.flow_events import FlowCancelled, FlowOffered, Tapped
from service.flows import Library, parsed
from service.flows.loader import FOLDER
from service.flows.play import Play

FLOWS: Mapping[str, Definition] = Library().flows


def at_company() -> Play:
    person = Play(FLOWS).starts("trip").says("Lisbon")
    return person.says("2027-05-01").says("4")


def test_a_trip_is_planned_from_words_choices_a_day_and_photos_in_one_question() -> None:
    person = Play(FLOWS).starts("trip").says("Lisbon").taps("15").taps("+").taps("Done")
    person.taps("Family").taps("+").taps("Done").taps("Food").taps("Beaches").taps("Done")
    person.sends(MediaKind.PICTURE, "a", "b").taps("Done")
    assert person.sees("Place → **Lisbon**")

    person.taps("Yes")

    ((prompt,),) = person.asked
    assert "Lisbon, leaving on 2027-01-15, for 2 days" in prompt.text
    assert "Family with children (2 children)" in prompt.text
    assert "Food, Beaches" in prompt.text
    assert [each.ref for each in prompt.media] == ["a", "b"]
    assert person.flow is None


def test_a_step_whose_condition_fails_is_passed_over_and_the_count_knows() -> None:
    person = at_company()
    assert person.sees("4 / 7")

    person.taps("Family")
    assert person.sees("How many children?")
    assert person.sees("5 / 8")

    person.taps("Back").taps("Just me")
    assert person.sees("What do you enjoy?")


def test_the_last_word_at_every_step_counts_and_only_at_steps_that_were_gone_through() -> None:
    person = at_company().taps("Family").taps("Done")
    person.taps("Back").taps("Back").taps("Friends").taps("Food").taps("Done").taps("Skip")

    person.taps("Yes")

    ((prompt,),) = person.asked
    assert "Travellers: Friends." in prompt.text
    assert "children" not in prompt.text


def test_going_back_shows_what_was_chosen_before() -> None:
    person = at_company().taps("Friends").taps("Food").taps("Done").taps("Back")

    assert person.sees("✓ Food")


@pytest.mark.parametrize(
    ("typed", "next_"), [("friends", "enjoy"), ("4", "enjoy"), ("朋友", "enjoy")]
)
def test_words_that_mean_an_option_are_the_option(typed: str, next_: str) -> None:
    assert at_company().says(typed).sees(next_)


def test_other_words_at_a_button_step_are_a_question_for_the_model() -> None:
    person = at_company()
    before = person.flow

    person.says("is Lisbon safe for children?")

    assert person.asked[0][0].text == "is Lisbon safe for children?"
    assert person.flow == before


def test_at_a_text_step_a_question_is_asked_by_the_key_or_by_a_reply() -> None:
    person = Play(FLOWS).starts("trip").taps("Ask").says("which season is best?")
    assert person.asked[0][0].text == "which season is best?"

    person = Play(FLOWS).starts("trip").says("what is this?", quote="some message", reply_to=77)
    assert person.asked

    person = Play(FLOWS).starts("trip")
    live = person.outbox.live
    assert person.says("Rome", quote="Where would you like to go?", reply_to=live).sees("leave")


def test_a_hint_says_what_is_wanted() -> None:
    person = Play(FLOWS).starts("trip").says("x")

    assert person.sees("at least 2 characters")
    assert person.says("Xi'an").sees("When do you leave?")


def test_an_old_key_gets_an_answer_and_the_question_again() -> None:
    person = at_company()
    old = payload(person.screen, person.screen.rows[0][0])
    person.taps("Friends").waits(10)

    person.presses(old)

    assert "answered already" in person.toast
    assert person.sees("What do you enjoy?")


def test_a_double_tap_changes_nothing_and_says_nothing() -> None:
    person = at_company()
    friends = payload(person.screen, person.screen.rows[1][1])
    food = ""
    person.presses(friends).presses(friends)
    assert person.toast == ""

    food = payload(person.screen, person.screen.rows[0][0])
    person.presses(food).presses(food)
    assert person.sees("✓ Food")


def test_a_key_of_an_earlier_flow_leads_to_the_current_one() -> None:
    person = at_company()
    old = payload(person.screen, person.screen.rows[0][0])
    person.starts("trip").presses(old)

    assert "earlier guide" in person.toast
    assert person.sees("Where would you like to go?")


def test_only_who_began_may_answer() -> None:
    person = at_company()
    screen = person.screen
    stranger = Tapped(
        flow=screen.number,
        view=screen.view,
        step=screen.step,
        act="oalone",
        person="person.2",
        message=1,
        callback="c",
    )

    person.hears(stranger)

    assert "Only the person who began" in person.toast
    assert person.sees("Who comes along?")


def test_cancelling_ends_it_and_its_keys_say_so() -> None:
    person = at_company()
    old = payload(person.screen, person.screen.rows[0][0])
    person.hears(FlowCancelled())
    assert person.sees("is cancelled")

    person.presses(old)

    assert "That is over" in person.toast


def test_a_restart_goes_on_at_the_same_question_with_the_same_keys() -> None:
    person = at_company().taps("Friends").taps("Food")
    before = payload(person.screen, person.screen.rows[0][1])

    person.wakes_up().presses(before).taps("Done")

    assert person.sees("photos of places")


def changed(old: str, new: str) -> Mapping[str, Definition]:
    text = (FOLDER / "trip.yaml").read_text()
    assert old in text
    return {"trip": parsed(text.replace(old, new), "trip.yaml")[0]}


def test_a_change_under_way_keeps_the_question_and_the_answers_that_fit() -> None:
    person = at_company()
    old = payload(person.screen, person.screen.rows[0][0])
    person.rules = Play(changed("Who comes along?", "Who joins?")).rules

    person.presses(old)

    assert "improved meanwhile" in person.toast
    assert person.sees("Who joins?")
    assert person.flow is not None
    assert [each.value for each in person.flow.given] == ["Lisbon", "2027-05-01", "4"]


def test_a_change_that_an_answer_does_not_fit_asks_that_question_again() -> None:
    person = at_company()
    person.rules = Play(changed("most: 30", "most: 3")).rules

    person.wakes_up()

    assert person.sees("How many days?")


def test_a_change_that_fits_nothing_offers_a_fresh_start() -> None:
    person = at_company()
    person.rules = Play(_renamed()).rules

    person.wakes_up()
    assert person.sees("Shall we start again?")

    assert person.taps("Start again").sees("Where would you like to go?")


def _renamed() -> Mapping[str, Definition]:
    text = (FOLDER / "trip.yaml").read_text()
    first = text.index("  - id: leaving")
    return {
        "trip": parsed(
            text[:first].replace("id: place", "id: target") + "ending: {kind: form}\n", "t"
        )[0]
    }


REMIND = """
flow: tea
title: Tea
steps:
  - {id: minutes, kind: number, text: Minutes, least: 1, most: 9}
  - {id: sure, kind: confirm, text: Sure, when: {gt: {minutes: 3}}}
ending: {kind: tool, tool: remind, arguments: {text: Tea, minutes: "{{ minutes }}"}}
"""


def test_a_tool_is_called_with_the_answers_after_a_yes_to_all_of_them() -> None:
    definition, _ = parsed(REMIND, "tea.yaml")
    person = Play({"tea": definition}).starts("tea").says("5").taps("Yes")

    ((prompt,),) = person.asked
    (call,) = prompt.calls
    assert (call.name, call.arguments) == ("remind", '{"text":"Tea","minutes":"5"}')


def test_without_that_yes_a_button_asks_for_it_first() -> None:
    definition, _ = parsed(REMIND, "tea.yaml")
    person = Play({"tea": definition}).starts("tea").says("2")
    assert person.asked == []
    assert "remind" in person.told[-1]

    (proposal,) = person.conversation.proposals
    person.hears(Chosen(wish=Wish.APPROVE, about=proposal.id, person=person.person))

    ((prompt,),) = person.asked
    assert prompt.calls[0].arguments == '{"text":"Tea","minutes":"2"}'


def test_a_card_is_what_the_model_is_asked_to_fill_in() -> None:
    person = Play(FLOWS, language="zh-CN").starts("meal").says("2").taps("完成")
    person.says("米饭").taps("很多").taps("就这些").says("19:00").taps("是的")

    ((prompt,),) = person.asked
    assert "米饭（很多）" in prompt.text
    assert prompt.card is not None
    assert "还要买" in prompt.card.template


def test_what_the_model_suggests_stands_below_its_answer_and_begins_with_a_button() -> None:
    person = Play(FLOWS).says("Help me with a holiday")
    turn = {"turn": 1, "attempt": 1}
    person.hears(FlowOffered(name="trip")).hears(FlowOffered(name="trip"))
    person.hears(FlowOffered(name="nothing like that"))
    assert person.keys == ()

    person.hears(Finished(text="Gladly; there is a guide.", **turn))
    assert person.keys == (("Trip planner",),)
    assert person.flow is None

    person.taps("Trip planner")
    assert person.sees("Where would you like to go?")


def test_a_suggestion_is_shown_once() -> None:
    person = Play(FLOWS).says("Help me")
    person.hears(FlowOffered(name="trip")).hears(Finished(text="Gladly.", turn=1, attempt=1))

    assert person.conversation.flows.offered == ()


def test_a_summary_names_the_answers_that_a_question_spoke_of() -> None:
    size = "{id: size, kind: text, text: Size}"
    shots = '{id: shots, kind: text, text: "How many for {size}?"}'
    text = f"flow: x\ntitle: X\nsteps: [{size}, {shots}]\nending: {{kind: form}}\n"
    definition, _ = parsed(text, "x.yaml")

    person = Play({"x": definition}).starts("x").says("large").says("two")

    assert person.sees("Size → **large**\nHow many for large? → **two**")
