"""What needs consent is proposed, shown as it is, and done once, by whoever asked."""

from __future__ import annotations

from fsm.content import Prompt
from fsm.conversation import decide
from fsm.data import Conversation, Rules
from fsm.effects import Effects, Generate, Say, Wish
from fsm.events import Asked, Chosen, Event, Finished, Retried
from fsm.outbox import Outbox
from fsm.proposals import MOST, Proposal
from fsm.states import State
from fsm.steps import Call
from fsm.tool_events import Proposed

CALL = Call(id="1", name="files_delete", arguments='{"name": "a.txt"}', signature=b"s")


def heard(conv: Conversation, *events: Event) -> tuple[Conversation, Effects]:
    effects: Effects = ()
    for event in events:
        conv, effects = decide(conv, event, 1000.0, Rules(pause=0.0), Outbox())
    return conv, effects


def proposed(turn: int = 1, call: Call = CALL) -> Proposed:
    return Proposed(proposal=Proposal(id=0, call=call, turn=turn, person="ada"))


def asked() -> Conversation:
    conv, _ = heard(Conversation(), Asked(prompt=Prompt(text="delete it", person="ada")))
    return conv


def pressed(about: int = 1, person: str = "ada") -> Chosen:
    return Chosen(wish=Wish.APPROVE, about=about, person=person)


def test_the_call_is_shown_as_it_is_under_the_answer() -> None:
    conv, effects = heard(asked(), proposed(), Finished(turn=1, attempt=1, text="Shall I?"))

    (question,) = (each for each in effects if isinstance(each, Say))
    assert question.key == "proposal"
    assert question.args == {"tool": "files_delete", "arguments": '{"name": "a.txt"}'}
    assert [(each.wish, each.about) for each in question.buttons] == [(Wish.APPROVE, 1)]
    assert conv.state is State.COOLING


def test_a_press_asks_again_with_the_call_done_first_and_only_once() -> None:
    conv, _ = heard(asked(), proposed(), Finished(turn=1, attempt=1, text="Shall I?"))
    conv, effects = heard(conv, pressed())
    assert [prompt.calls for prompt in conv.waiting] == [(CALL,)]

    conv, effects = heard(conv, pressed())
    assert [each.key for each in effects if isinstance(each, Say)] == ["proposal-gone"]


def test_only_who_asked_may_consent() -> None:
    conv, effects = heard(asked(), proposed(), pressed(person="eve"))

    assert [each.key for each in effects if isinstance(each, Say)] == ["proposal-not-yours"]
    assert conv.proposals


def test_a_second_attempt_proposes_nothing_new() -> None:
    conv, _ = heard(asked(), proposed(), proposed())

    assert len(conv.proposals) == 1


def test_old_proposals_make_room() -> None:
    calls = [Call(id=str(n), name="x", arguments=str(n)) for n in range(MOST + 2)]
    conv, _ = heard(asked(), *(proposed(call=call) for call in calls))

    assert [each.id for each in conv.proposals] == list(range(3, MOST + 3))


def test_asking_again_does_not_do_it_again() -> None:
    conv, effects = heard(Conversation(), proposed(turn=0), pressed())
    (generate,) = (each for each in effects if isinstance(each, Generate))
    assert [prompt.calls for prompt in generate.prompts] == [(CALL,)]

    conv, effects = heard(conv, Finished(turn=1, attempt=1, text="Done."), Retried())
    (generate,) = (each for each in effects if isinstance(each, Generate))
    assert [prompt.calls for prompt in generate.prompts] == [()]
