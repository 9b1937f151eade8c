"""What a conversation does with what happens to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fsm.content import Prompt
from fsm.conversation import NOW, owes
from fsm.data import Rules
from fsm.effects import (
    Archive,
    CancelGeneration,
    Finish,
    Generate,
    Say,
    Show,
    ShowRest,
    StartTimer,
    Summarize,
    Wish,
    Withhold,
)
from fsm.events import (
    Asked,
    Continued,
    Edited,
    Emptied,
    Failed,
    Finished,
    Grew,
    HeldAsked,
    Interrupted,
    Left,
    Mood,
    PlainChosen,
    Reacted,
    Reset,
    Rested,
    RestShown,
    Retried,
    Stopped,
    WindowClosed,
    Wondered,
)
from fsm.memory import Outcome, Recall
from fsm.memory_events import Archived, Summarized
from fsm.outbox import Answer, Outbox, Part, PartState, take
from fsm.states import BUSY, State
from tests.fsm.talk import Talk

ALL_BUT_BUSY = [state for state in State if state not in BUSY]


def owing() -> Outbox:
    return take(Outbox(), Answer(id=0, parts=(Part(body=b"x"),), turn=1))


def test_a_question_starts_a_turn_and_asks_the_model_at_once() -> None:
    talk = Talk()

    talk.ask("hello")

    generate = talk.only(Generate)
    assert (generate.turn, generate.attempt) == (1, 1)
    assert [prompt.text for prompt in generate.prompts] == ["hello"]
    assert talk.conv.state is State.GENERATING
    assert talk.only(Show).text == ""


def test_the_answer_is_shown_while_it_grows_and_said_when_it_is_whole() -> None:
    talk = Talk()
    talk.ask("hello")

    talk.grow("I am")
    assert talk.conv.state is State.STREAMING
    assert talk.only(Show).text == "I am"

    talk.finish("I am well")
    said = talk.only(Finish)
    assert (said.turn, said.text, said.reply_to, said.buttons) == (1, "I am well", 1, ())
    assert talk.conv.state is State.COOLING
    assert talk.conv.memory[-1].answer == "I am well"
    assert talk.conv.memory[-1].outcome is Outcome.ANSWERED


def test_the_next_question_sees_the_last_answer() -> None:
    talk = Talk()
    talk.ask("one")
    talk.finish("1")
    talk.wait(2)
    talk.hear(Rested(turn=1))

    talk.ask("two")

    assert [turn.answer for turn in talk.only(Generate).context] == ["1"]


def test_a_silence_of_thirty_minutes_starts_a_fresh_window() -> None:
    talk = Talk()
    talk.ask("one")
    talk.finish("1")
    talk.wait(2)
    talk.hear(Rested(turn=1))
    talk.wait(1801)

    talk.ask("two")

    assert talk.only(Generate).context == ()


def test_cooling_ends_when_everything_is_delivered_and_the_pause_is_over() -> None:
    talk = Talk().in_state(State.COOLING)

    talk.hear(Emptied())
    assert talk.conv.state is State.COOLING, "the pause is not over"

    talk.wait(1.0)
    talk.outbox = owing()
    talk.hear(Rested(turn=1))
    assert talk.conv.state is State.COOLING, "a part is still to be delivered"

    talk.outbox = Outbox()
    talk.hear(Emptied())
    assert talk.conv.state is State.IDLE


def test_prompts_of_a_busy_chat_wait_and_become_one_next_turn() -> None:
    talk = Talk()
    talk.ask("one")
    talk.ask("two")
    talk.grow("1")
    talk.ask("three")
    assert talk.effects == ()
    talk.finish("1.")
    talk.ask("four")
    talk.wait(1)

    talk.hear(Rested(turn=1))

    generate = talk.only(Generate)
    assert [prompt.text for prompt in generate.prompts] == ["two", "three", "four"]
    assert (generate.turn, talk.conv.waiting) == (2, ())


@pytest.mark.parametrize("state", BUSY)
def test_words_of_another_turn_or_attempt_are_dropped(state: State) -> None:
    talk = Talk().in_state(state)
    before = talk.conv

    for turn, attempt in ((0, 1), (2, 1), (1, 2)):
        talk.hear(Grew(turn=turn, attempt=attempt, text="a much longer text"))
        talk.hear(Finished(turn=turn, attempt=attempt, text="no"))
        talk.hear(Interrupted(turn=turn, attempt=attempt, cause="x"))
        talk.hear(Failed(turn=turn, attempt=attempt, problem="x"))

    assert talk.conv is before


@pytest.mark.parametrize("state", ALL_BUT_BUSY)
def test_late_words_of_a_turn_that_is_over_change_nothing(state: State) -> None:
    talk = Talk().in_state(state)
    before, turn = talk.conv, talk.conv.turn

    talk.hear(Grew(turn=turn, attempt=1, text="late"))
    talk.hear(Finished(turn=turn, attempt=1, text="late"))

    assert talk.conv is before


# -- collecting -------------------------------------------------------------------------------


def test_an_album_is_one_turn_in_the_order_of_its_messages() -> None:
    talk = Talk()
    for number in (3, 1, 2):
        text = "caption" if number == 2 else ""
        talk.hear(Asked(prompt=Prompt(text=text, message=number, album="x")))
        talk.wait(0.3)
    assert talk.conv.state is State.COLLECTING
    talk.hear(WindowClosed())
    assert talk.conv.state is State.COLLECTING, "the timer was early"

    talk.wait(0.8)
    talk.hear(WindowClosed())

    assert [prompt.message for prompt in talk.only(Generate).prompts] == [1, 2, 3]


@pytest.mark.parametrize(("gap", "window"), [(0.0, 0.3), (0.1, 0.4), (0.15, 0.6), (0.5, 0.8)])
def test_an_album_that_comes_quickly_is_not_waited_for_as_long(gap: float, window: float) -> None:
    talk = Talk()
    for number in range(4):
        talk.hear(Asked(prompt=Prompt(message=number, album="x")))
        if number == 0:
            assert talk.only(StartTimer).at == talk.now + 0.8
        if number < 3:
            talk.wait(gap)

    assert talk.conv.window_ends == pytest.approx(talk.now + window)


def test_an_album_with_all_that_fits_into_one_is_answered_at_once() -> None:
    talk = Talk()
    for number in range(10):
        assert talk.none(Generate)
        talk.hear(Asked(prompt=Prompt(message=number, album="x")))

    assert len(talk.only(Generate).prompts) == 10


def test_collecting_ends_at_last_whatever_still_comes() -> None:
    talk = Talk(Rules(longest_window=2.0))
    began = talk.now
    for _ in range(10):
        talk.ask("", album="x")
        talk.wait(0.5)
    assert talk.conv.window_ends == began + 2.0


def test_words_after_an_album_complete_it() -> None:
    talk = Talk().in_state(State.COLLECTING)

    talk.ask("what is this?")

    assert [prompt.text for prompt in talk.only(Generate).prompts] == ["", "what is this?"]


def test_a_straggler_restarts_the_turn_while_nothing_shows() -> None:
    talk = Talk().in_state(State.COLLECTING)
    talk.wait(1)
    talk.hear(WindowClosed())

    talk.ask("", album="a")

    assert talk.only(CancelGeneration).turn == 1
    assert len(talk.only(Generate).prompts) == 2


def test_a_straggler_after_the_first_words_belongs_to_the_next_turn() -> None:
    talk = Talk().in_state(State.COLLECTING)
    talk.wait(1)
    talk.hear(WindowClosed())
    talk.grow("I see")

    talk.ask("", album="a")

    assert talk.effects == ()
    assert len(talk.conv.waiting) == 1


def test_a_long_paste_waits_for_its_other_half() -> None:
    talk = Talk()
    talk.ask("x" * 3600)
    assert talk.conv.state is State.COLLECTING

    talk.ask("the end")

    assert len(talk.only(Generate).prompts) == 2


# -- stop -------------------------------------------------------------------------------------


def test_stop_keeps_the_partial_answer_and_closes_the_model_call() -> None:
    talk = Talk().in_state(State.STREAMING)

    talk.hear(Stopped(turn=1))

    assert talk.only(CancelGeneration).turn == 1
    said = talk.only(Finish)
    assert (said.text, said.note) == ("ans", "")
    assert [button.wish for button in said.buttons] == [Wish.CONTINUE, Wish.RETRY]
    assert talk.conv.memory[-1].outcome is Outcome.STOPPED


def test_stop_before_the_first_word_says_so() -> None:
    talk = Talk().in_state(State.GENERATING)

    talk.hear(Stopped(turn=1))

    said = talk.only(Say)
    assert (said.key, said.turn) == ("stopped", 1)


@pytest.mark.parametrize("state", list(State))
def test_a_stop_of_another_turn_is_ignored(state: State) -> None:
    talk = Talk().in_state(state)
    before = talk.conv

    talk.hear(Stopped(turn=talk.conv.turn + 1))

    assert (talk.conv, talk.effects) == (before, ())


def test_the_stop_button_lets_waiting_prompts_go_on_and_the_command_holds_them() -> None:
    pressed, written = Talk().in_state(State.STREAMING), Talk().in_state(State.STREAMING)
    pressed.ask("next")
    written.ask("next")

    pressed.hear(Stopped(turn=1))
    written.hear(Stopped())

    assert len(pressed.conv.waiting) == 1
    assert (written.conv.waiting, len(written.conv.held)) == ((), 1)
    assert written.only(Say).buttons[0].wish is Wish.HELD

    written.wait(1)
    written.hear(Rested(turn=1))
    written.hear(HeldAsked())
    assert [prompt.text for prompt in written.only(Generate).prompts] == ["next"]
    written.hear(HeldAsked())
    assert written.effects == (), "a second tap is harmless"


def test_stop_during_the_delivery_withholds_the_rest() -> None:
    talk = Talk().in_state(State.COOLING)
    talk.outbox = owing()

    talk.hear(Stopped(turn=1))

    assert talk.only(Withhold).turn == 1
    talk.hear(RestShown(answer=1))
    assert talk.only(ShowRest).answer == 1


def test_a_second_stop_holds_more_and_loses_nothing() -> None:
    talk = Talk()
    for text in ("one", "two"):
        talk.ask("question")
        talk.ask(text)
        talk.hear(Stopped())
        talk.wait(1)
        talk.hear(Rested(turn=talk.conv.turn))

    talk.hear(HeldAsked())

    assert [prompt.text for prompt in talk.only(Generate).prompts] == ["one", "two"]


def test_a_late_press_of_stop_does_not_drop_what_is_being_collected() -> None:
    talk = Talk().in_state(State.COOLING)
    talk.wait(1)
    talk.hear(Rested(turn=1))
    talk.ask("", album="a")

    talk.hear(Stopped(turn=1))

    assert (talk.conv.state, talk.effects) == (State.COLLECTING, ())


def test_stop_with_nothing_to_stop_says_so() -> None:
    talk = Talk()
    talk.hear(Stopped())
    assert talk.only(Say).key == "nothing-to-stop"


def test_stop_while_collecting_drops_what_was_collected() -> None:
    talk = Talk().in_state(State.COLLECTING)

    talk.hear(Stopped())

    assert talk.only(Say).key == "collection-dropped"
    assert (talk.conv.state, talk.conv.collected) == (State.IDLE, ())


# -- failures ---------------------------------------------------------------------------------


def test_an_interrupted_answer_is_tried_once_more_whole() -> None:
    talk = Talk().in_state(State.STREAMING)

    talk.hear(Interrupted(turn=1, attempt=1, cause="cut"))

    assert talk.only(Generate).attempt == 2
    assert (talk.conv.state, talk.conv.partial, talk.conv.longest) == (State.GENERATING, "", "ans")


def test_a_second_interruption_keeps_the_longest_text_marked() -> None:
    talk = Talk().in_state(State.STREAMING)
    talk.hear(Interrupted(turn=1, attempt=1, cause="cut"))
    talk.grow("a")

    talk.hear(Interrupted(turn=1, attempt=2, cause="cut"))

    said = talk.only(Finish)
    assert (said.text, said.note) == ("ans", "note-interrupted")
    assert talk.conv.memory[-1].outcome is Outcome.INTERRUPTED


def test_two_interruptions_without_a_word_end_in_one_sentence_and_retry() -> None:
    talk = Talk().in_state(State.GENERATING)
    talk.hear(Interrupted(turn=1, attempt=1, cause="cut"))
    talk.hear(Interrupted(turn=1, attempt=2, cause="cut"))

    said = talk.only(Say)
    assert (said.key, said.turn, said.buttons[0].wish) == ("problem-interrupted", 1, Wish.RETRY)


def test_a_blocked_answer_is_never_tried_again_and_leaves_the_context() -> None:
    talk = Talk().in_state(State.STREAMING)

    talk.hear(Failed(turn=1, attempt=1, problem="problem-blocked", blocked=True))

    said = talk.only(Say)
    assert (said.key, said.buttons) == ("problem-blocked", ())
    talk.wait(1)
    talk.hear(Rested(turn=1))
    talk.ask("other")
    assert talk.only(Generate).context == ()


def test_a_failure_offers_retry_and_keeps_text_that_was_shown() -> None:
    talk = Talk().in_state(State.STREAMING)
    talk.hear(Failed(turn=1, attempt=1, problem="problem-quota"))
    said = talk.only(Finish)
    assert (said.text, said.note) == ("ans", "problem-quota")

    silent = Talk().in_state(State.GENERATING)
    silent.hear(Failed(turn=1, attempt=1, problem="problem-quota", args={"a": "b"}))
    sentence = silent.only(Say)
    assert (sentence.key, sentence.args, sentence.buttons[0].wish) == (
        "problem-quota",
        {"a": "b"},
        Wish.RETRY,
    )


@pytest.mark.parametrize("problem", ["problem-unavailable", "problem-quota", "problem-budget"])
def test_text_that_was_seen_outlives_a_second_attempt_that_fails_before_its_first_word(
    problem: str,
) -> None:
    talk = Talk().in_state(State.STREAMING)
    talk.hear(Interrupted(turn=1, attempt=1, cause="cut"))

    talk.hear(Failed(turn=1, attempt=2, problem=problem))

    said = talk.only(Finish)
    assert (said.text, said.note) == ("ans", problem)
    assert [each.wish for each in said.buttons] == [Wish.CONTINUE, Wish.RETRY]
    assert talk.conv.memory[-1].answer == "ans"


def test_a_second_attempt_that_is_blocked_takes_back_what_the_first_had_said() -> None:
    talk = Talk().in_state(State.STREAMING)
    talk.hear(Interrupted(turn=1, attempt=1, cause="cut"))

    talk.hear(Failed(turn=1, attempt=2, problem="problem-blocked", blocked=True))

    assert talk.only(Say).key == "problem-blocked"
    assert talk.conv.memory[-1].answer == ""


def test_a_truncated_answer_offers_to_continue() -> None:
    talk = Talk().in_state(State.GENERATING)
    talk.finish("long", truncated=True)
    assert talk.only(Finish).buttons[0].wish is Wish.CONTINUE

    talk.wait(1)
    talk.hear(Rested(turn=1))
    talk.hear(Continued(turn=1))
    assert talk.only(Generate).prompts[0].instruction == "continue"


def test_an_old_answer_cannot_be_continued() -> None:
    talk = Talk()
    talk.hear(Continued(turn=7))
    assert talk.only(Say).key == "nothing-to-continue"


def test_the_answer_says_who_answered_when_it_was_not_the_first() -> None:
    talk = Talk().in_state(State.GENERATING)
    talk.finish("ok", answered_by="other")
    said = talk.only(Finish)
    assert (said.note, said.note_args) == ("note-answered-by", {"name": "other"})


# -- wishes -----------------------------------------------------------------------------------


def test_retry_asks_the_last_question_again_and_forgets_the_old_answer() -> None:
    talk = Talk().in_state(State.COOLING)

    talk.hear(Retried())

    generate = talk.only(Generate)
    assert (generate.turn, generate.context) == (2, ())
    assert generate.prompts[0].text == "question"
    assert talk.conv.memory == ()


@pytest.mark.parametrize(
    ("state", "key"), [(State.IDLE, "nothing-to-retry"), *[(s, "busy") for s in BUSY]]
)
def test_retry_says_why_not(state: State, key: str) -> None:
    talk = Talk().in_state(state)
    talk.hear(Retried())
    assert talk.only(Say).key == key


def test_a_retry_button_of_an_older_turn_asks_its_question_anew() -> None:
    talk = Talk().in_state(State.COOLING)
    talk.wait(1)
    talk.hear(Rested(turn=1))
    talk.ask("another")
    talk.finish("sure")

    talk.hear(Retried(turn=1))

    generate = talk.only(Generate)
    assert (generate.turn, generate.replaces) == (3, 0)
    assert [prompt.text for prompt in generate.prompts] == ["question"]
    assert [turn.number for turn in generate.context] == [2], "nothing is twice in it"


def test_a_retry_button_of_a_turn_that_has_been_forgotten_says_so() -> None:
    talk = Talk().in_state(State.COOLING)
    talk.hear(Retried(turn=99))
    assert talk.only(Say).key == "retry-gone"


@pytest.mark.parametrize("state", list(State))
def test_reset_forgets_everything_but_the_number_of_the_turn(state: State) -> None:
    talk = Talk().in_state(state)
    talk.hear(PlainChosen())
    turn = talk.conv.turn

    talk.hear(Reset(language="zh-CN"))

    assert (talk.conv.state, talk.conv.memory, talk.conv.turn) == (State.IDLE, (), turn)
    assert talk.conv.plain, "a choice of form is not context"
    assert talk.only(Say).language == "zh-CN"
    assert talk.none(CancelGeneration) is (state not in BUSY)


def test_the_bare_command_switches_between_plain_and_formatted() -> None:
    talk = Talk()
    for plain, key in ((True, "plain-on"), (False, "plain-off"), (True, "plain-on")):
        talk.hear(PlainChosen(plain=None))
        assert (talk.conv.plain, talk.only(Say).key) == (plain, key)


def test_plain_chosen_under_the_newest_answer_gives_it_again_plainly() -> None:
    talk = rested(Talk().in_state(State.COOLING))

    talk.hear(PlainChosen(turn=1))

    said = talk.only(Finish)
    assert (said.turn, said.text, said.again) == (1, "answer", True)
    assert talk.only(Say).key == "plain-on"
    assert talk.conv.plain
    talk.hear(PlainChosen(turn=7))
    assert talk.none(Finish), "an older answer stays as it is"


@pytest.mark.parametrize("state", list(State))
def test_one_fixed_sentence_disturbs_nothing(state: State) -> None:
    talk = Talk().in_state(state)
    before = talk.conv

    talk.hear(Wondered(key="help", message=5))

    assert talk.conv is before
    assert (talk.only(Say).key, talk.only(Say).reply_to) == ("help", 5)


@pytest.mark.parametrize("state", list(State))
def test_a_reaction_is_never_answered(state: State) -> None:
    talk = Talk().in_state(state)
    before = talk.conv

    talk.hear(Reacted(message=5, mood=Mood.DISLIKED))

    assert talk.conv is before
    assert talk.none(Say)


def test_an_edit_of_the_question_in_hand_restarts_its_turn() -> None:
    talk = Talk().in_state(State.STREAMING)

    talk.hear(Edited(prompt=Prompt(text="better", message=1)))

    assert talk.only(CancelGeneration).turn == 1
    generate = talk.only(Generate)
    assert (generate.turn, generate.prompts[0].text) == (2, "better")
    assert generate.replaces == 1


def test_an_edit_of_a_waiting_question_corrects_it() -> None:
    talk = Talk().in_state(State.STREAMING)
    talk.ask("teh")

    talk.hear(Edited(prompt=Prompt(text="the", message=2)))

    assert [prompt.text for prompt in talk.conv.waiting] == ["the"]


def rested(talk: Talk) -> Talk:
    talk.wait(1)
    talk.hear(Rested(turn=talk.conv.turn))
    return talk


def test_an_edit_of_the_newest_question_gives_its_answer_again_in_its_place() -> None:
    talk = rested(Talk().in_state(State.COOLING))

    talk.hear(Edited(prompt=Prompt(text="better", message=1)))

    generate = talk.only(Generate)
    assert (generate.turn, generate.replaces, generate.context) == (2, 1, ())
    assert [prompt.text for prompt in generate.prompts] == ["better"]
    talk.finish("anew")
    assert [turn.answer for turn in talk.conv.memory] == ["anew"], "the old answer is forgotten"


def test_an_edit_while_the_answer_is_on_its_way_waits_for_it_and_then_takes_its_place() -> None:
    talk = Talk().in_state(State.COOLING)
    talk.hear(Edited(prompt=Prompt(text="bette", message=1)))
    talk.hear(Edited(prompt=Prompt(text="better", message=1)))
    assert talk.effects == ()
    talk.ask("and this")

    rested(talk)

    generate = talk.only(Generate)
    assert generate.replaces == 1
    assert [prompt.text for prompt in generate.prompts] == ["better", "and this"]


def test_whoever_is_left_out_behind_an_edit_is_told_so_the_next_time_too() -> None:
    talk = Talk(rules=Rules(most_waiting=1)).in_state(State.COOLING)
    talk.hear(Edited(prompt=Prompt(text="better", message=1)))
    talk.ask("one too many")
    assert talk.only(Say).key == "busy-many"

    rested(talk)

    assert talk.conv.skipped == 0


def test_an_edit_while_an_album_comes_in_lets_the_album_wait() -> None:
    talk = rested(Talk().in_state(State.COOLING))
    talk.ask("", album="x")

    talk.hear(Edited(prompt=Prompt(text="better", message=1)))

    assert [prompt.text for prompt in talk.only(Generate).prompts] == ["better"]
    assert [prompt.album for prompt in talk.conv.waiting] == ["x"]


@pytest.mark.parametrize("busy", [False, True])
def test_an_edit_of_an_older_question_corrects_the_memory_and_says_so(busy: bool) -> None:
    talk = rested(Talk().in_state(State.COOLING))
    talk.ask("second")
    if not busy:
        talk.finish("2")
        rested(talk)

    talk.hear(Edited(prompt=Prompt(text="better", message=1)))

    assert talk.none(Generate)
    assert (talk.only(Say).key, talk.only(Say).reply_to) == ("edit-noted", 1)
    assert talk.conv.memory[0].prompts[0].text == "better"
    assert talk.conv.memory[0].answer == "answer"


def test_an_edit_that_changes_nothing_or_is_of_nothing_known_is_not_heard() -> None:
    talk = rested(Talk().in_state(State.COOLING))
    before = talk.conv
    for prompt in (Prompt(text="question", message=1, at=9e9), Prompt(text="other", message=77)):
        talk.hear(Edited(prompt=prompt))
        assert (talk.conv, talk.effects) == (before, ())


def test_the_button_under_an_answer_gives_it_again_in_its_place() -> None:
    talk = rested(Talk().in_state(State.COOLING))
    talk.hear(Retried(turn=1))
    assert talk.only(Generate).replaces == 1


# -- restarts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", BUSY)
def test_after_a_restart_an_unfinished_answer_is_asked_for_again(state: State) -> None:
    talk = Talk().in_state(state)

    talk.restart()

    assert talk.only(Generate).attempt == 2
    talk.finish("whole")
    assert talk.only(Finish).text == "whole"


def test_after_two_restarts_the_longest_partial_is_the_answer() -> None:
    talk = Talk().in_state(State.STREAMING)
    talk.restart()
    talk.restart()

    said = talk.only(Finish)
    assert (said.text, said.note) == ("ans", "note-interrupted")
    assert talk.none(Generate)


def test_after_a_restart_an_album_goes_on_collecting_for_its_whole_window() -> None:
    talk = Talk().in_state(State.COLLECTING)
    talk.wait(100)

    talk.restart()

    assert talk.only(StartTimer).at == talk.now + 0.8
    talk.ask("", album="a")
    assert len(talk.conv.collected) == 2


def test_after_a_restart_cooling_ends_and_waiting_prompts_are_asked() -> None:
    talk = Talk().in_state(State.COOLING)
    talk.wait(50)
    talk.restart()
    assert talk.only(StartTimer).at == talk.now

    idle = Talk()
    idle.conv = replace(idle.conv, waiting=(Prompt(text="left"),))
    idle.restart()
    assert idle.only(Generate).prompts[0].text == "left"

    quiet = Talk()
    assert quiet.restart() == ()


def test_owes_says_when_a_chat_must_act_by_itself() -> None:
    assert owes(Talk().conv, Outbox()) is None
    for state in (State.COLLECTING, State.GENERATING, State.STREAMING, State.COOLING):
        assert owes(Talk().in_state(state).conv, Outbox()) == NOW
    idle = Talk().conv
    assert owes(idle, owing()) == NOW
    later = take(Outbox(), Answer(id=0, parts=(Part(body=b"x", until=5000.0),)))
    assert owes(idle, later) == 5000.0
    sending = take(Outbox(), Answer(id=0, parts=(Part(body=b"x", state=PartState.SENDING),)))
    assert owes(idle, sending) == NOW
    held = take(Outbox(), Answer(id=0, parts=(Part(body=b"x", state=PartState.WITHHELD),)))
    assert owes(idle, held) is None


# -- memory -----------------------------------------------------------------------------------


def test_turns_leave_the_memory_at_twice_the_low_water_and_only_once_they_are_archived() -> None:
    talk = Talk(Rules(recall=Recall(keep=3)))
    for number in range(6):
        talk.ask(f"q{number}")
        talk.finish("a")
        if len(talk.conv.memory) < 6:
            assert talk.none(Archive)
            assert talk.none(Summarize)
        summarize = [effect for effect in talk.effects if isinstance(effect, Summarize)]
        talk.wait(1)
        talk.hear(Rested(turn=talk.conv.turn))
    assert [turn.number for turn in summarize[0].turns] == [1, 2, 3]

    talk.hear(Summarized(upto=3, text="it was about q"))
    assert [turn.number for turn in talk.only(Archive).turns] == [1, 2, 3]
    assert len(talk.conv.memory) == 6, "nothing is dropped before it is safe"

    talk.hear(Archived(upto=3))

    assert [turn.number for turn in talk.conv.memory] == [4, 5, 6]


@pytest.mark.parametrize("state", [State.GENERATING, State.STREAMING, State.COOLING])
def test_whoever_throws_us_out_sees_no_preview_go_on(state: State) -> None:
    talk = Talk().in_state(state)

    talk.hear(Left())

    assert talk.only(CancelGeneration).turn == 1
    assert talk.conv.state is State.IDLE
