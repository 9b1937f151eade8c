"""What a message means to the question in hand: an answer, a hint, a file more, or a question."""

from __future__ import annotations

from dataclasses import replace

from fsm.content import Prompt
from fsm.flow.definition import Definition, Kind, Step
from fsm.flow.state import Flow, Given
from fsm.flow.steps import filled
from fsm.flow.typed import Said, Wrong, typed
from fsm.outbox import Number

REST = 0.8
"""Seconds without another file after which the files of one step count as complete."""


def hear(
    definition: Definition, flow: Flow, prompt: Prompt, now: float, *, live: Number
) -> Given | str | Flow | Prompt | None:
    """Return what *prompt* means: an answer, the act of a key, the flow changed, or a question.

    The prompt itself is returned where a model has to read it first.
    *live* is the number of the flow's own message: a reply to it is an answer, a reply to any
    other message is a question.
    """
    step = definition.step(flow.step)
    if prompt.album and prompt.album == flow.album and (step is None or not step.accepts):
        return flow  # a straggler of the album that the last step was answered with
    if step is None or flow.asking or (prompt.quote and prompt.reply_to != live):
        return None
    if prompt.media:
        return _files(step, flow, prompt, now)
    match typed(step, prompt, now):
        case Said(act=act) if act:
            return act
        case Said(value=value):
            return Given(step=step.id, round=flow.round, value=value)
        case _ if step.understand and prompt.text:
            return prompt
        case Wrong(key=key, args=args):
            return replace(flow, note=key, note_args=args)
    return None


def _files(step: Step, flow: Flow, prompt: Prompt, now: float) -> Flow | None:
    """Take the files that the step accepts; other ones are a question."""
    if step.kind is not Kind.MEDIA or not any(each.kind in step.accepts for each in prompt.media):
        return None
    media = filled(step, flow, prompt.media)
    full = step.most is not None and len(media) >= step.most
    wait = REST if prompt.album or not full else 0.0
    return replace(flow, media=media, album=prompt.album, note="", shows_at=now + wait)
