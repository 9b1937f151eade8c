"""The outbox: order, fates, bubbles."""

from __future__ import annotations

from fsm.outbox import (
    EDIT_REPEATS,
    REPEATS,
    Answer,
    Outbox,
    Part,
    PartMoved,
    PartState,
    doubted,
    drop_bubble,
    has_place,
    move,
    recover,
    take,
    take_over,
)
from fsm.withholding import forget_withheld, show_rest, withhold


def answer(parts: int = 1, **more: object) -> Answer:
    bodies = tuple(Part(body=str(n).encode()) for n in range(parts))
    return Answer(id=0, parts=bodies, **more)  # type: ignore[arg-type]


def moved(outbox: Outbox, state: PartState, *, message: int = 0) -> Outbox:
    head = outbox.head()
    assert head is not None
    return move(outbox, PartMoved(answer=head[0].id, part=head[1], state=state, message=message))


def nothing(_answer: int, _part: int) -> bool:
    return False


def test_parts_are_delivered_strictly_in_order() -> None:
    outbox = take(take(Outbox(), answer(2, turn=1)), answer(1))
    order = []
    while (head := outbox.head()) is not None:
        order.append((head[0].id, head[1]))
        outbox = moved(moved(outbox, PartState.SENDING), PartState.SENT, message=9)
    assert order == [(1, 0), (1, 1), (2, 0)]
    assert outbox.answers == ()


def test_a_part_that_waits_holds_up_those_behind_it() -> None:
    outbox = moved(take(take(Outbox(), answer()), answer()), PartState.SENDING)
    head = outbox.head()
    assert head is not None
    assert head[0].id == 1


def test_a_result_for_something_unknown_changes_nothing() -> None:
    outbox = take(Outbox(), answer())
    assert move(outbox, PartMoved(answer=77, part=0, state=PartState.SENT)) == outbox
    assert move(outbox, PartMoved(answer=1, part=5, state=PartState.SENT)) == outbox


def test_the_final_answer_completes_the_bubble_of_its_turn() -> None:
    outbox = moved(take(Outbox(), answer(bubble=True, turn=3)), PartState.SENT, message=50)

    outbox = take(outbox, answer(turn=3))

    assert outbox.answers[0].edit == 50


def test_a_final_that_waits_behind_its_bubble_completes_it_too() -> None:
    outbox = moved(take(Outbox(), answer(bubble=True, turn=3)), PartState.SENDING)
    outbox = take(drop_bubble(outbox, 3), answer(turn=3))

    outbox = moved(outbox, PartState.SENT, message=51)

    assert outbox.answers[0].edit == 51


def test_a_bubble_that_nobody_has_begun_to_send_is_dropped() -> None:
    outbox = take(drop_bubble(take(Outbox(), answer(bubble=True, turn=3)), 3), answer(turn=3))
    assert [(each.bubble, each.edit) for each in outbox.answers] == [(False, 0)]


def test_the_bubble_of_another_turn_is_left_alone() -> None:
    outbox = moved(take(Outbox(), answer(bubble=True, turn=3)), PartState.SENT, message=50)
    assert take(outbox, answer(turn=4)).answers[0].edit == 0


def test_a_send_of_unknown_fate_is_repeated_marked_and_at_last_set_aside() -> None:
    outbox = take(Outbox(), answer())
    for repeat in range(1, REPEATS + 1):
        outbox = recover(moved(outbox, PartState.SENDING), nothing)
        part = outbox.answers[0].parts[0]
        assert (part.state, part.repeats) == (PartState.PENDING, repeat)

    assert recover(moved(outbox, PartState.SENDING), nothing).answers == ()


def test_an_edit_of_unknown_fate_is_made_again() -> None:
    outbox = recover(moved(take(Outbox(), answer(edit=5)), PartState.SENDING), nothing)
    part = outbox.answers[0].parts[0]
    assert (part.state, part.repeats) == (PartState.PENDING, 1)


def test_an_edit_that_never_succeeds_does_not_block_its_chat_for_ever() -> None:
    outbox = take(Outbox(), answer(edit=5))
    for _ in range(EDIT_REPEATS):
        outbox = recover(moved(outbox, PartState.SENDING), nothing)
    assert outbox.owing

    outbox = recover(moved(outbox, PartState.SENDING), nothing)

    assert not outbox.owing


def test_a_bubble_of_unknown_fate_is_not_worth_a_second() -> None:
    assert doubted(answer(bubble=True), 0, 0.0).state is PartState.DROPPED


def test_the_rest_is_withheld_and_can_be_shown() -> None:
    outbox = moved(take(Outbox(), answer(3, turn=1)), PartState.SENDING)

    outbox, held = withhold(outbox, 1)
    states = [part.state for part in outbox.answers[0].parts]
    assert (held, states) == (1, [PartState.SENDING, PartState.WITHHELD, PartState.WITHHELD])
    outbox = moved(outbox, PartState.SENT)
    assert not outbox.owing
    assert outbox.answers, "what is withheld is kept"

    shown = show_rest(outbox, held)
    assert shown.owing
    assert forget_withheld(outbox).answers == ()
    assert forget_withheld(shown) is shown


def test_a_first_part_is_never_withheld() -> None:
    alone, long = take(Outbox(), answer(1, turn=1)), take(Outbox(), answer(2, turn=1))

    assert withhold(alone, 1) == (alone, 0)
    states = [part.state for part in withhold(long, 1)[0].answers[0].parts]
    assert states == [PartState.PENDING, PartState.WITHHELD]


def test_a_stop_of_one_answer_leaves_an_earlier_one_whole() -> None:
    outbox = take(take(Outbox(), answer(2, turn=1)), answer(2, turn=2))

    stopped, held = withhold(outbox, 2)

    first, second = stopped.answers
    assert (held, first) == (second.id, outbox.answers[0])
    assert second.parts[1].state is PartState.WITHHELD


def test_our_own_sentences_are_not_withheld() -> None:
    outbox = take(Outbox(), answer())
    assert withhold(outbox, 1) == (outbox, 0)


def test_what_this_life_has_begun_to_send_is_not_in_doubt() -> None:
    outbox = moved(take(Outbox(), answer()), PartState.SENDING)
    assert recover(outbox, lambda answer, part: (answer, part) == (1, 0)) == outbox


def delivered(outbox: Outbox, first: int) -> Outbox:
    """Deliver everything; messages are numbered from *first* on, edits keep their number."""
    while (head := outbox.head()) is not None:
        answer_, index = head
        number = answer_.place(index) or first
        first += not answer_.place(index)
        outbox = moved(moved(outbox, PartState.SENDING), PartState.SENT, message=number)
    return outbox


def places(outbox: Outbox) -> list[list[tuple[bytes, int]]]:
    return [
        [(part.body, each.place(index)) for index, part in enumerate(each.parts)]
        for each in outbox.answers
    ]


def test_an_answer_given_again_stands_where_the_old_one_stood() -> None:
    outbox = delivered(take(Outbox(), answer(2, turn=1)), 500)

    outbox = take_over(outbox, 1, 2)
    assert has_place(outbox, 2)

    longer = take(outbox, answer(3, turn=2))
    assert places(longer) == [[(b"0", 500), (b"1", 501), (b"2", 0)]]
    shorter = take(outbox, answer(1, turn=2))
    assert places(shorter) == [[(b"0", 500)], [(b"", 501)]], "what is too much is taken away"


def test_it_can_be_given_again_and_again() -> None:
    outbox = delivered(take(Outbox(), answer(3, turn=1)), 500)
    outbox = delivered(take(take_over(outbox, 1, 2), answer(1, turn=2)), 600)
    outbox = take(take_over(outbox, 2, 3), answer(2, turn=3))
    assert places(outbox) == [[(b"0", 500), (b"1", 0)]]


def test_a_question_edited_while_its_answer_grows_keeps_the_bubble() -> None:
    bubble = take(Outbox(), answer(1, turn=1, bubble=True))
    sending = moved(bubble, PartState.SENDING)
    for outbox in (bubble, sending, moved(sending, PartState.SENT, message=500)):
        after = take_over(outbox, 1, 2)
        assert has_place(after, 2)
        assert not has_place(after, 1)
        final = take(delivered(after, 500), answer(1, turn=2))
        assert places(final) == [[(b"0", 500)]]


def test_an_edit_of_unknown_fate_is_made_again_at_any_place_oftener_than_a_send() -> None:
    outbox = delivered(take(Outbox(), answer(2, turn=1)), 500)
    outbox = take(take_over(outbox, 1, 2), answer(2, turn=2))
    for _ in range(REPEATS + 1):
        outbox = move(outbox, doubted(outbox.answers[0], 1, 0.0))
    assert outbox.answers[0].parts[1].state is PartState.PENDING
