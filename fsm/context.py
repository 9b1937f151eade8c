"""What the model is reminded of: pinned facts, the summary, and the turns of this talk.

Nothing here has a state of its own. The context follows from the memory alone, in such a way
that from one compaction to the next every context begins with the whole of the one before it,
to the byte: a fact that is pinned in mid-talk is told after the turn it was pinned at, and moves
to the front when that turn is compacted. So the provider's cache pays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fsm import budget
from fsm.content import Prompt
from fsm.data import Conversation
from fsm.memory import Fact, Outcome, Recall, Turn
from fsm.states import BUSY

NOTED: Final = "OK."
"""What the model is taken to have said to a fact or a summary."""


def context(conv: Conversation, now: float, recall: Recall) -> tuple[Turn, ...]:
    """Return what goes before the question of the turn in hand, oldest first.

    Blocked turns are left out, because sending them again would block the next answer as well.
    """
    turns, summarized = talk(conv, now, recall)
    turns = tuple(turn for turn in turns if turn.outcome is not Outcome.BLOCKED)
    if not turns and not summarized and not conv.facts:
        return ()
    first = turns[0].number if turns else conv.turn + 1
    early = tuple(fact for fact in conv.facts if fact.after < first)
    said = [told("facts", "\n".join(f"- {fact.text}" for fact in early))] if early else []
    if summarized:
        said.append(told("summary", conv.summary.text))
    return (*said, *_interleaved(turns, conv.facts[len(early) :]))


def talk(conv: Conversation, now: float, recall: Recall) -> tuple[tuple[Turn, ...], bool]:
    """Return the turns of the talk that is going on, and whether the summary belongs to it.

    Reads back from the turn in hand (or from *now*) along the branch that it is on, and stops
    at the first long silence that nobody has joined over.
    """
    later = now
    joined = conv.state in BUSY and (conv.joins or conv.parent > 0)
    found: list[Turn] = []
    for turn in _back(conv):
        if later - turn.at > recall.silence and not joined:
            return tuple(reversed(found)), False
        found.append(turn)
        later, joined = _began(turn), turn.joins or turn.parent > 0
    summary = conv.summary
    near = later - summary.until <= recall.silence or joined
    return tuple(reversed(found)), bool(summary.text) and near


def tokens(conv: Conversation, turns: tuple[Turn, ...]) -> int:
    """Return how large the context with these *turns* is: as measured last, or estimated."""
    last = turns[-1] if turns else None
    if last is not None and last.tokens and last.number > conv.summary.made_at:
        return last.tokens
    said = sum(budget.of_text(fact.text) for fact in conv.facts)
    said += budget.of_text(conv.summary.text)
    return budget.OVERHEAD + said + sum(map(budget.of_turn, turns))


def _back(conv: Conversation) -> Iterator[Turn]:
    """Yield the turns before the turn in hand, newest first, as far as no summary has them."""
    known = {turn.number: place for place, turn in enumerate(conv.memory)}
    branched = conv.parent if conv.state in BUSY else 0
    place: int | None = known.get(branched) if branched else len(conv.memory) - 1
    while place is not None and place >= 0:
        turn = conv.memory[place]
        if conv.summary.upto and turn.number <= conv.summary.upto:
            return
        yield turn
        place = known.get(turn.parent) if turn.parent else place - 1


def _interleaved(turns: tuple[Turn, ...], facts: tuple[Fact, ...]) -> Iterator[Turn]:
    """Yield *turns*, each followed by the facts that were pinned before the next one."""
    waiting = list(facts)
    for place, turn in enumerate(turns):
        yield turn
        later = turns[place + 1].number if place + 1 < len(turns) else None
        while waiting and (later is None or waiting[0].after < later):
            yield told("fact", waiting.pop(0).text)


def told(kind: str, text: str) -> Turn:
    """Return something that is told to the model as if it had been said at the beginning."""
    return Turn(number=0, prompts=(Prompt(instruction=kind, text=text),), answer=NOTED)


def _began(turn: Turn) -> float:
    """Return when *turn* was asked (turns from before that was noted: when it ended)."""
    return min((prompt.at for prompt in turn.prompts if prompt.at), default=turn.at)
