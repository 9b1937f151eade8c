"""Where a turn goes on from: the newest answer, one that was replied to, or a talk of long ago."""

from __future__ import annotations

from fsm import budget
from fsm.collecting import in_order
from fsm.content import Prompt
from fsm.context import talk
from fsm.data import Conversation
from fsm.events import Finished
from fsm.memory import Outcome, Recall, Turn
from fsm.outbox import Outbox
from fsm.prompts import without_calls
from fsm.values import replace


def found(prompt: Prompt, outbox: Outbox) -> Prompt:
    """Return *prompt* with the turn whose answer it replies to, if that is still known."""
    if not prompt.replies_to:
        return prompt
    return replace(prompt, branch=dict(outbox.told).get(prompt.replies_to, 0))


def parent(conv: Conversation, prompts: tuple[Prompt, ...]) -> int:
    """Return the turn that *prompts* go on from; 0 when that is the newest one, as usual."""
    branch = prompts[-1].branch if prompts else 0
    newest = conv.memory[-1].number if conv.memory else 0
    known = any(turn.number == branch for turn in conv.memory)
    return branch if known and branch != newest else 0


def without(memory: tuple[Turn, ...], gone: Turn) -> tuple[Turn, ...]:
    """Return *memory* without *gone*; what went on from it goes on from where it went on."""
    return tuple(
        replace(turn, parent=gone.parent) if turn.parent == gone.number else turn
        for turn in memory
        if turn.number != gone.number
    )


def is_fresh(conv: Conversation, now: float, recall: Recall) -> bool:
    """Whether the turn in hand begins a fresh window, though there was a talk before."""
    before = bool(conv.memory) or bool(conv.summary.text)
    return before and talk(conv, now, recall) == ((), False)


def ended(
    conv: Conversation, answer: str, outcome: Outcome, now: float, finished: Finished | None
) -> Turn:
    """Return the turn in hand as it is remembered from *now* on; *finished* if it is whole."""
    turn = Turn(
        number=conv.turn,
        # Whoever asks this again has not consented again.
        prompts=without_calls(in_order(conv.prompts)),
        answer=answer,
        outcome=outcome,
        at=now,
        tokens=finished.tokens if finished else 0,
        parent=conv.parent,
        joins=conv.joins,
        steps=finished.steps if finished else (),
        seals=finished.seals if finished else (),
        model=finished.model if finished else "",
        settings=conv.asked_with,
        media=finished.media if finished else (),
        tools=bool(finished and (finished.steps or finished.sources or finished.media)),
    )
    return replace(turn, weight=budget.of_turn(turn))
