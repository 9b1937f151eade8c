"""Parts of an answer that a Stop keeps back, and that a button brings out again."""

from __future__ import annotations

from dataclasses import replace

from fsm.outbox import Outbox, PartState


def withhold(outbox: Outbox, turn: int) -> tuple[Outbox, int]:
    """Return the outbox with later parts of the answer of *turn* kept back, and which that is.

    What is on its way already stays on its way, and a first part always goes: it completes the
    bubble, and is no more than the person has seen growing. Whole answers of earlier turns that
    a penalty has kept waiting are not meant. 0: nothing was kept back.
    """
    held, answers = 0, []
    for answer in outbox.answers:
        after = answer
        if answer.turn == turn and not answer.bubble:
            parts = tuple(
                replace(part, state=PartState.WITHHELD)
                if index and part.state is PartState.PENDING
                else part
                for index, part in enumerate(answer.parts)
            )
            if parts != answer.parts:
                held, after = answer.id, replace(answer, parts=parts)
        answers.append(after)
    return replace(outbox, answers=tuple(answers)), held


def show_rest(outbox: Outbox, answer: int) -> Outbox:
    """Return the outbox with the withheld parts of *answer* pending again."""
    return _each_part(outbox, answer, PartState.WITHHELD, PartState.PENDING)


def forget_withheld(outbox: Outbox) -> Outbox:
    """Return the outbox without answers of which only withheld parts are left."""
    kept = tuple(
        answer
        for answer in outbox.answers
        if any(part.state in (PartState.PENDING, PartState.SENDING) for part in answer.parts)
    )
    return outbox if len(kept) == len(outbox.answers) else replace(outbox, answers=kept)


def _each_part(outbox: Outbox, answer: int, before: PartState, after: PartState) -> Outbox:
    answers = tuple(
        replace(
            each,
            parts=tuple(
                replace(part, state=after) if part.state is before else part for part in each.parts
            ),
        )
        if each.id == answer
        else each
        for each in outbox.answers
    )
    return replace(outbox, answers=answers)
