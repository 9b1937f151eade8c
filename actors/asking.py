"""Questions of guided flows on their way to the outbox: worded, with their keyboards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from actors.ports import Voice
from fsm.effects import ShowStep
from fsm.flow.screen import Pressable, Words, joined, payload
from fsm.outbox import Answer, Outbox, Part, take
from fsm.questions import take_question

Cut = Callable[[str], Sequence[bytes]]
"""Makes the bodies of messages from a text."""


def put_question(outbox: Outbox, show: ShowStep, voice: Voice, cut: Cut) -> Outbox:
    """Return *outbox* with a question in it; the message it moves away from is settled after it."""
    old = outbox.live if outbox.live_flow == show.flow else 0
    question = asked(show, voice, cut, below=show.settled is not None)
    outbox = take_question(outbox, question) if show.flow else take(outbox, question)
    if show.settled is None or not old:
        return outbox
    left = replace(show, screen=show.settled, settled=None, flow=0)
    return take(outbox, replace(asked(left, voice, cut), edit=old))


def asked(
    show: ShowStep,
    voice: Voice,
    cut: Cut,
    *,
    below: bool = False,
) -> Answer:
    """Return *show* as an answer; a question is one message, so only its first body is taken."""
    screen = show.screen
    text = joined([(line, _said(line, show.language, voice)) for line in screen.lines])
    bodies = cut(text)
    keys = tuple(
        tuple(
            Pressable(label=_label(key.label, show.language, voice), data=payload(screen, key))
            for key in row
        )
        for row in screen.rows
    )
    return Answer(
        id=0,
        parts=tuple(Part(body=body) for body in (bodies[:1] if show.flow else bodies)),
        language=show.language,
        flow=show.flow,
        below=below,
        keys=keys,
        request=screen.request,
    )


def _said(words: Words, language: str, voice: Voice) -> str:
    return voice.say(language, words.key, words.args) if words.key else words.text


def _label(words: Words, language: str, voice: Voice) -> str:
    return voice.plain(language, words.key, words.args) if words.key else words.text
