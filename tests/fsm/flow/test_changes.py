"""Files of guides change while people are in them, and guides go away."""

from __future__ import annotations

from fsm.content import MediaKind
from fsm.conversation import decide
from fsm.effects import Acknowledge, ReloadFlows
from fsm.events import Finished
from fsm.flow.definition import Definition
from fsm.flow_events import (
    FlowCancelled,
    FlowDue,
    FlowPlanned,
    FlowsListed,
    FlowsReloaded,
    FlowStarted,
)
from service.flows import Library
from service.flows.play import Play
from tests.fsm.flow.asking import guide, standing

NAME = "id: name, kind: text, text: Name, label: Name"
OPTIONS = "[{key: a, label: Ann}, {key: b, label: Bob}]"
LIKES = f"id: likes, kind: choices, text: Likes, options: {OPTIONS}"
FILES = "id: files, kind: media, text: Files, accepts: [picture, voice]"
SURE = "id: sure, kind: confirm, text: 'Sure?'"
GONE = "That guide is no longer here; /flows shows what there is."


def changed(person: Play, *steps: str) -> Play:
    """Give the guide *person* is in these steps instead."""
    person.rules = Play(guide(*steps)).rules
    return person


def test_what_is_written_after_a_change_answers_the_question_as_it_is_now() -> None:
    person = Play(guide(NAME, SURE)).starts("x")

    changed(person, f"{NAME}, most: 3", SURE).says("Annabel")
    assert person.sees("3 characters at most")

    assert person.says("Ann").sees("Sure?")


def test_answers_of_every_kind_that_still_fit_are_kept() -> None:
    place, hour = "id: place, kind: location, text: Place", "id: hour, kind: time, text: Hour"
    person = Play(guide(place, hour, f"{NAME}, optional: true", LIKES, FILES, SURE)).starts("x")
    person.says("[Location: 52.5, 13.4]").says("18:30").taps("Skip").taps("Ann").taps("Done")
    person.sends(MediaKind.PICTURE, "p").taps("Done")
    before = standing(person).given

    named = f"{NAME} in full, optional: true"
    changed(person, place, hour, named, LIKES, FILES, SURE).wakes_up()

    assert standing(person).given == before
    assert person.sees("Sure?")
    assert person.sees("Likes → **Ann**")


def test_an_answer_that_no_longer_fits_is_asked_for_again() -> None:
    skipped = Play(guide(NAME, f"{FILES}, optional: true", LIKES)).starts("x").says("Ann")
    skipped.taps("Skip")
    assert changed(skipped, NAME, FILES, LIKES).wakes_up().sees("Files")

    spoken = Play(guide(NAME, FILES, SURE)).starts("x").says("Ann")
    spoken.sends(MediaKind.VOICE, "v").taps("Done")
    only = FILES.replace(", voice", "")
    assert changed(spoken, NAME, only, SURE).wakes_up().sees("Files")

    ticked = Play(guide(NAME, LIKES, SURE)).starts("x").says("Ann").taps("Bob").taps("Done")
    fewer = LIKES.replace(", {key: b, label: Bob}", "")
    assert changed(ticked, NAME, fewer, SURE).wakes_up().sees("Likes")

    chosen = Play(guide(NAME, LIKES.replace("choices", "choice"), SURE)).starts("x").says("Ann")
    chosen.taps("Bob")
    fewer = fewer.replace("choices", "choice")
    assert changed(chosen, NAME, fewer, SURE).wakes_up().sees("Likes")

    written = Play(guide(LIKES, NAME, SURE)).starts("x").taps("Ann").taps("Done").says("late")
    hour = NAME.replace("kind: text", "kind: time")
    assert standing(changed(written, LIKES, hour, SURE).wakes_up()).step == "name"


def test_files_that_were_sent_at_the_question_in_hand_stay() -> None:
    person = Play(guide(FILES, SURE)).starts("x").sends(MediaKind.PICTURE, "a", "b")

    changed(person, f"{FILES}, most: 5", SURE).wakes_up().taps("Done")

    assert [each.ref for each in standing(person).given[0].media] == ["a", "b"]


def test_words_that_have_become_a_day_are_shown_as_they_were_written() -> None:
    person = Play(guide(NAME, SURE)).starts("x").says("24.12.2027")

    changed(person, NAME.replace("kind: text", "kind: date"), SURE).wakes_up()

    assert person.sees("Name → **24.12.2027**")


def test_a_reminder_sums_up_only_what_is_still_asked() -> None:
    person = Play(guide(NAME, FILES, f"{SURE}, remind: 1 h")).starts("x").says("Ann")
    person.sends(MediaKind.PICTURE, "a").taps("Done")
    assert person.sees("Files")

    changed(person, NAME, f"{SURE}, remind: 1 h").waits(3600)

    assert person.sees("I am still here")
    assert person.sees("Name → **Ann**")
    assert not person.sees("Files")


def test_the_offer_to_start_again_comes_back_below_an_answer_of_the_model() -> None:
    person = changed(Play(guide(NAME, SURE)).starts("x"), FILES).wakes_up()
    person.says("what happened?")
    assert person.asked

    person.hears(Finished(text="The file was changed.", turn=1, attempt=1))
    assert person.sees("Shall we start again?")

    before = person.conversation
    person.presses(f"f:1:{person.screen.view}:{person.screen.step}:yes")
    assert person.conversation == before, "there is no question that this answers"


# -- guides that go away ----------------------------------------------------------------------


def gone(person: Play) -> Play:
    """Take all guides away from *person*."""
    person.rules = Play({}).rules
    return person


def test_whoever_is_in_a_guide_that_is_gone_can_leave_it_and_is_not_kept_from_talking() -> None:
    person = gone(Play(guide(NAME)).starts("x"))
    before = person.conversation
    assert person.wakes_up().hears(FlowDue()).conversation == before

    assert person.says("hello").asked
    person.hears(FlowCancelled())

    assert person.told == [GONE]
    assert person.flow is None


def test_a_guide_that_is_gone_is_not_begun() -> None:
    person = gone(Play(guide(NAME))).starts("x")
    assert person.told == [GONE]

    person.hears(FlowStarted(name="x", callback="press"))

    assert person.toast == GONE
    assert person.told == [GONE]
    assert person.flow is None


def test_a_plan_of_a_guide_that_is_gone_is_dropped() -> None:
    person = Play(Library().flows)
    person.hears(FlowPlanned(name="lesson", wanted=True, person=person.person))
    assert person.conversation.flows.planned

    gone(person).waits(86_400)
    assert person.flow is None
    assert person.conversation.flows.planned == ()

    person.hears(FlowPlanned(name="lesson", wanted=True, person=person.person))
    assert person.told[-1] == GONE
    assert person.conversation.flows.planned == ()


def test_a_button_pressed_twice_begins_a_guide_once() -> None:
    person = Play(guide(NAME))
    press = FlowStarted(name="x", person=person.person, callback="press")
    person.hears(press)
    before = person.conversation

    person.conversation, effects = decide(
        before, press, person.now + 1, person.rules, person.outbox
    )
    assert person.conversation == before
    assert effects == (Acknowledge(callback="press"),)

    person.waits(10).hears(press)
    assert person.conversation.flows.count == 2


def test_an_admin_reads_the_files_again_and_is_told_what_came_of_it() -> None:
    flows: dict[str, Definition] = {}
    person = Play(flows)
    listed = FlowsListed(reload=True)
    kept, effects = decide(person.conversation, listed, person.now, person.rules, person.outbox)
    assert (kept, effects) == (person.conversation, (ReloadFlows(),))

    person.hears(FlowsReloaded(changed=2)).hears(FlowsReloaded(problem="x.yaml:3: no such field"))

    assert "2" in person.told[0]
    assert person.told[1].endswith("the guides stay as they were: x.yaml:3: no such field")
