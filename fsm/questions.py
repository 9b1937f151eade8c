"""Questions of guided flows in the outbox: one live message, and nothing that is outdated."""

from __future__ import annotations

from dataclasses import replace

from fsm.outbox import Answer, Outbox, PartState


def take_question(outbox: Outbox, answer: Answer) -> Outbox:
    """Return the outbox with a question at its end instead of those that nobody has seen yet."""
    unseen = [
        each
        for each in outbox.answers
        if each.flow == answer.flow and each.parts[0].state is PartState.PENDING
    ]
    below = answer.below or any(each.below for each in unseen)
    edit = outbox.live if answer.flow == outbox.live_flow and not below else 0
    kept = replace(answer, id=outbox.next_id, edit=edit, below=below)
    answers = (*(each for each in outbox.answers if each not in unseen), kept)
    return replace(outbox, answers=answers, next_id=outbox.next_id + 1)
