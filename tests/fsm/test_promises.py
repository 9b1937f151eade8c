"""Reminders: kept in the conversation, said once, dropped on request."""

from __future__ import annotations

from fsm.content import Prompt
from fsm.conversation import decide, owes, resume
from fsm.data import Conversation, Rules
from fsm.effects import Effects, Finish, Say, StartTimer, StopTimer, Wish
from fsm.events import Asked, Chosen, Event, Finished, Reset
from fsm.outbox import Outbox
from fsm.reminders import MOST, Reminder
from fsm.states import State
from fsm.tool_events import CameDue, ReminderDropped, ReminderSet

RULES = Rules()


def heard(conv: Conversation, event: Event, now: float = 0.0) -> tuple[Conversation, Effects]:
    return decide(conv, event, now, RULES, Outbox())


def reminder(at: float, text: str = "tea", turn: int = 1) -> ReminderSet:
    return ReminderSet(reminder=Reminder(id=0, at=at, text=text, turn=turn))


def with_reminders(*ats: float) -> Conversation:
    conv = Conversation()
    for at in ats:
        conv, _ = heard(conv, reminder(at, f"at {at:g}"))
    return conv


def test_the_earliest_has_the_timer_and_is_owed() -> None:
    conv, effects = heard(with_reminders(500), reminder(200))

    assert [each.at for each in conv.reminders] == [200, 500]
    assert [each.id for each in conv.reminders] == [2, 1]
    assert effects == (StartTimer(name="reminder", at=200),)
    assert owes(conv, Outbox()) == 200


def test_what_is_due_is_said_and_forgotten_in_one_step() -> None:
    conv, effects = heard(with_reminders(100, 130, 500), CameDue(), now=131.0)

    assert [each.args["text"] for each in effects if isinstance(each, Say)] == ["at 100", "at 130"]
    assert [each.at for each in conv.reminders] == [500]
    assert effects[-1] == StartTimer(name="reminder", at=500)


def test_a_late_one_says_so() -> None:
    _, (said, timer) = heard(with_reminders(100), CameDue(), now=400.0)

    assert isinstance(said, Say)
    assert (said.key, said.args["minutes"]) == ("reminder-late", "5")
    assert timer == StopTimer(name="reminder")


def test_a_timer_that_rings_too_early_is_set_again() -> None:
    conv = with_reminders(100)

    assert heard(conv, CameDue(), now=99.9) == (conv, (StartTimer(name="reminder", at=100),))


def test_a_second_attempt_does_not_promise_twice() -> None:
    conv = with_reminders(100)

    assert heard(conv, reminder(160, "AT 100")) == (conv, ())


def test_the_same_words_later_are_another_promise() -> None:
    conv, _ = heard(with_reminders(100), reminder(5000, "at 100", turn=2))

    assert len(conv.reminders) == 2


def test_there_is_an_end_to_promises() -> None:
    conv = with_reminders(*range(1000, 1000 + 100 * (MOST + 3), 100))

    assert len(conv.reminders) == MOST


def test_a_start_sets_the_timer_again() -> None:
    conv = with_reminders(100)

    assert resume(conv, 50.0, RULES) == (conv, (StartTimer(name="reminder", at=100),))


def test_a_fresh_start_of_the_talk_keeps_them() -> None:
    conv, _ = heard(with_reminders(100), Reset())

    assert [each.at for each in conv.reminders] == [100]


def test_the_answer_offers_to_take_it_back() -> None:
    conv, _ = heard(Conversation(), Asked(prompt=Prompt(text="remind me")))
    conv, _ = heard(conv, reminder(100, turn=conv.turn))
    conv, effects = heard(conv, Finished(turn=1, attempt=1, text="I will."))

    (said,) = (each for each in effects if isinstance(each, Finish))
    (button,) = said.buttons
    assert (button.wish, button.about) == (Wish.FORGET_REMINDER, 1)
    assert conv.state is State.COOLING

    conv, effects = heard(conv, Chosen(wish=button.wish, about=button.about))
    assert conv.reminders == ()
    assert [each.key for each in effects if isinstance(each, Say)] == ["reminder-dropped"]

    _, effects = heard(conv, Chosen(wish=button.wish, about=button.about))
    assert [each.key for each in effects if isinstance(each, Say)] == ["reminder-gone"]


def test_a_tool_drops_without_a_sentence() -> None:
    conv, effects = heard(with_reminders(100), ReminderDropped(id=1))

    assert conv.reminders == ()
    assert effects == (StopTimer(name="reminder"),)
