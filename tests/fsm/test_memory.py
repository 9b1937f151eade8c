"""What a chat keeps in mind: facts, windows, branches, compactions."""

from __future__ import annotations

import pytest

from fsm import branches, budget
from fsm.content import Media, MediaKind, Prompt
from fsm.data import Rules
from fsm.effects import Archive, Erase, Finish, Generate, Say, Summarize, Wish
from fsm.events import Chosen, Commanded, Emptied, Failed, Reset, Retried
from fsm.memory import Recall, Turn
from fsm.memory_events import Archived, Erased, Summarized, SummaryFailed
from fsm.outbox import Answer, Outbox, Part, PartMoved, PartState, move, take
from tests.fsm.talk import Talk

SMALL = Rules(recall=Recall(keep=2))


def said(talk: Talk, question: str, answer: str = "a", **more: object) -> None:
    talk.ask(question)
    talk.finish(answer, **more)
    rested(talk)


def rested(talk: Talk) -> None:
    effects = talk.effects
    talk.wait(1.0)
    talk.hear(Emptied())
    talk.effects = (*effects, *talk.effects)


def told(talk: Talk) -> list[str]:
    """What the model is reminded of, as `kind: text` or the question."""
    turns = talk.only(Generate).context
    return [
        f"{each.instruction}: {each.text}" if each.instruction else each.text
        for turn in turns
        for each in turn.prompts
    ]


def remember(talk: Talk, text: str) -> None:
    talk.hear(Commanded(name="remember", text=text))


# -- facts ------------------------------------------------------------------------------------


def test_a_fact_is_told_where_it_was_pinned_and_from_the_beginning_in_the_next_talk() -> None:
    talk = Talk()
    said(talk, "one")
    remember(talk, "no nuts")
    said(talk, "two")
    talk.ask("three")
    assert told(talk) == ["one", "fact: no nuts", "two"]
    talk.finish("a")

    talk.wait(4000)
    talk.hear(Emptied())
    talk.ask("good morning")

    assert told(talk) == ["facts: - no nuts"]


def test_a_fact_outlives_a_reset_and_is_taken_back_by_its_button() -> None:
    talk = Talk()
    remember(talk, "no  nuts")
    remember(talk, "no nuts")
    talk.hear(Reset())
    talk.hear(Commanded(name="memory"))
    forget, everything = talk.only(Say).buttons
    assert (forget.wish, forget.label, everything.wish) == (
        Wish.FORGET,
        "✖ no nuts",
        Wish.FORGET_ALL,
    )

    talk.hear(Chosen(wish=Wish.FORGET, about=forget.about))
    assert talk.conv.facts == ()
    talk.hear(Chosen(wish=Wish.FORGET, about=forget.about))
    assert talk.only(Say).key == "forgotten-already"


@pytest.mark.parametrize(
    ("text", "key", "left"),
    [("1", "forgotten", 1), ("3", "forget-which", 2), ("x", "forget-which", 2), ("", "shown", 2)],
)
def test_forget_takes_the_number_that_memory_shows(text: str, key: str, left: int) -> None:
    talk = Talk()
    remember(talk, "a")
    remember(talk, "b")

    talk.hear(Commanded(name="forget", text=text))

    assert talk.only(Say).key in {key, f"memory-{key}"}
    assert len(talk.conv.facts) == left


def test_facts_are_few_and_short() -> None:
    talk = Talk()
    remember(talk, "x" * 501)
    assert talk.only(Say).key == "remember-long"
    for number in range(31):
        remember(talk, f"fact {number}")
    assert talk.only(Say).key == "remember-full"
    assert len(talk.conv.facts) == 30


def test_everything_is_forgotten_only_when_the_person_is_sure() -> None:
    talk = Talk()
    said(talk, "secret")
    remember(talk, "no nuts")

    talk.hear(Commanded(name="forget", text="all"))
    (sure,) = talk.only(Say).buttons
    assert talk.conv.facts

    talk.hear(Chosen(wish=sure.wish, about=0))
    assert talk.only(Erase)
    assert (talk.conv.memory, talk.conv.facts, talk.conv.turn) == ((), (), 1)
    talk.hear(Erased())
    assert talk.only(Say).key == "forgotten-all"


# -- windows and branches ---------------------------------------------------------------------


def test_after_a_silence_the_old_talk_is_offered_and_can_be_joined_for_good() -> None:
    talk = Talk()
    said(talk, "my dog is called Rex")
    talk.wait(3600)
    talk.ask("what is he called?")
    assert told(talk) == []
    talk.finish("who?")
    offer = talk.only(Finish).buttons[-1]
    assert (offer.wish, offer.about) == (Wish.JOIN, 2)
    rested(talk)

    talk.hear(Chosen(wish=Wish.JOIN, about=offer.about))
    assert told(talk) == ["my dog is called Rex"]
    assert talk.only(Generate).replaces == 2
    talk.finish("Rex")
    assert talk.only(Finish).buttons == ()
    rested(talk)

    talk.ask("and?")
    assert told(talk) == ["my dog is called Rex", "what is he called?"]
    talk.finish("b")
    rested(talk)
    talk.hear(Chosen(wish=Wish.JOIN, about=offer.about))
    assert talk.only(Say).key == "nothing-to-join"


def test_the_first_question_of_all_offers_nothing() -> None:
    talk = Talk()
    talk.ask("hi")
    talk.finish("hello")

    assert talk.only(Finish).buttons == ()


def test_a_reply_to_an_older_answer_goes_on_from_there() -> None:
    talk = Talk()
    for question in ("one", "two", "three"):
        said(talk, question)
    talk.outbox = answered_in(messages={100: 1, 200: 2, 300: 3})

    talk.ask("other than two?", replies_to=100)
    assert told(talk) == ["one"]
    talk.finish("b")
    rested(talk)
    talk.ask("go on")
    assert told(talk) == ["one", "other than two?"]
    talk.hear(Failed(turn=5, attempt=1, problem="problem-empty"))
    rested(talk)

    talk.hear(Retried())
    assert told(talk) == ["one", "other than two?"]


def test_a_reply_to_the_newest_answer_or_to_an_unknown_one_is_no_branch() -> None:
    talk = Talk()
    for question in ("one", "two"):
        said(talk, question)
    talk.outbox = answered_in(messages={200: 2})
    for message in (200, 999):
        talk.ask("more", replies_to=message)
        assert told(talk)[:2] == ["one", "two"]
        talk.finish("b")
        rested(talk)


def answered_in(messages: dict[int, int]) -> Outbox:
    """An outbox that has delivered those turns in those messages."""
    outbox = Outbox()
    for message, turn in messages.items():
        outbox = take(outbox, Answer(id=0, parts=(Part(body=b"x"),), turn=turn))
        answer = outbox.answers[0].id
        sent = PartMoved(answer=answer, part=0, state=PartState.SENT, message=message)
        outbox = move(outbox, sent)
    return outbox


# -- compaction -------------------------------------------------------------------------------


def test_a_summary_takes_the_place_of_the_turns_in_it() -> None:
    talk = Talk(SMALL)
    for question in ("one", "two", "three"):
        said(talk, question)
        assert talk.none(Summarize)
    said(talk, "four")
    wanted = talk.only(Summarize)
    assert ([turn.number for turn in wanted.turns], wanted.before) == ([1, 2], "")
    talk.ask("five")
    assert told(talk) == ["one", "two", "three", "four"], "until it is there nothing changes"

    talk.hear(Summarized(upto=2, text="one and two"))
    talk.hear(Archived(upto=talk.only(Archive).turns[-1].number))
    talk.finish("a")
    assert talk.none(Summarize)
    rested(talk)
    talk.ask("six")

    assert told(talk) == ["summary: one and two", "three", "four", "five"]
    talk.finish("a")
    assert (talk.only(Summarize).before, talk.only(Summarize).upto) == ("one and two", 4)


def test_a_summary_of_an_earlier_talk_is_not_told_in_the_next() -> None:
    talk = Talk(SMALL)
    for question in ("one", "two", "three", "four"):
        said(talk, question)
    talk.hear(Summarized(upto=2, text="one and two"))
    talk.hear(Archived(upto=2))
    talk.wait(4000)
    talk.ask("five")
    assert told(talk) == []
    talk.finish("a")
    rested(talk)

    talk.hear(Chosen(wish=Wish.JOIN, about=talk.conv.turn))

    assert told(talk) == ["summary: one and two", "three", "four"]


def test_a_failed_summary_keeps_the_previous_one_and_is_tried_again() -> None:
    talk = Talk(SMALL)
    for question in ("one", "two", "three", "four"):
        said(talk, question)
    talk.hear(Summarized(upto=2, text="one and two"))
    talk.hear(Archived(upto=2))
    for number in (5, 6, 7):
        said(talk, str(number))
        if number > 5:
            assert talk.only(Summarize).before == "one and two"
            talk.hear(SummaryFailed(upto=talk.conv.compacting))
            assert talk.conv.summary.text == "one and two"
            assert talk.effects == ()
    said(talk, "8")
    talk.hear(SummaryFailed(upto=talk.conv.compacting))

    assert talk.only(Archive).turns[-1].number == 6
    talk.hear(Archived(upto=6))
    talk.ask("nine")
    assert told(talk) == ["summary: one and two", "7", "8"]


def test_a_summary_that_comes_after_a_reset_is_not_heard() -> None:
    talk = Talk(SMALL)
    for question in ("one", "two", "three", "four"):
        said(talk, question)
    talk.hear(Reset())

    talk.hear(Summarized(upto=2, text="one and two"))

    assert (talk.conv.summary.text, talk.effects) == ("", ())


def test_a_compaction_whose_life_ended_is_begun_again_after_the_next_answer() -> None:
    talk = Talk(SMALL)
    for question in ("one", "two", "three", "four"):
        said(talk, question)
    talk.restart()

    said(talk, "five")

    assert talk.only(Summarize).upto == 3


def test_many_tokens_are_compacted_before_there_are_many_turns() -> None:
    talk = Talk(Rules(recall=Recall(high_tokens=8000)))
    said(talk, "short", tokens=1000)
    said(talk, "long", "x" * 16_000, tokens=5900)
    assert talk.none(Summarize)

    said(talk, "more", tokens=6100)

    assert talk.only(Summarize).upto == 2


def test_talks_that_are_over_leave_without_being_summarized() -> None:
    talk = Talk(SMALL)
    for question in ("one", "two", "three"):
        said(talk, question)
        talk.wait(4000)
    said(talk, "four")

    assert talk.none(Summarize)
    assert [turn.number for turn in talk.only(Archive).turns] == [1, 2, 3]


# -- tokens -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("word" * 100, 100), ("汉字" * 50, 100), ("é" * 8, 5)]
)
def test_letters_are_a_quarter_of_a_token_and_ideographs_one(text: str, tokens: int) -> None:
    assert budget.of_text(text) == tokens


def test_a_file_weighs_by_its_kind_and_never_too_much() -> None:
    picture = Media(kind=MediaKind.PICTURE, ref="p", size=5_000_000)
    film = Media(kind=MediaKind.VIDEO, ref="v", size=2_000_000_000)

    assert budget.of_prompt(Prompt(media=(picture,))) == 1100
    assert budget.of_turn(Turn(number=1, prompts=(Prompt(media=(film,)),))) < 20_100


def test_what_went_on_from_a_turn_that_is_gone_goes_on_from_where_that_did() -> None:
    memory = tuple(
        Turn(number=number, prompts=(), parent=parent)
        for number, parent in ((1, 0), (2, 0), (3, 1), (4, 3))
    )

    left = branches.without(memory, memory[2])

    assert [(turn.number, turn.parent) for turn in left] == [(1, 0), (2, 0), (4, 1)]
