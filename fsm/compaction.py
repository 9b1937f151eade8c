"""Compaction: when the memory is full, its older half becomes a summary, in the background.

Started when an answer is complete, and settled by an event. Until then, and when it fails,
everything stays as it was: the turns, the previous summary, and the beginning of the requests.
"""

from __future__ import annotations

from typing import Final

from fsm import budget
from fsm.context import talk, tokens
from fsm.data import Conversation
from fsm.effects import Archive, Effects, Summarize
from fsm.memory import Outcome, Recall, Summary, Turn
from fsm.memory_events import Archived, Summarized, SummaryFailed
from fsm.values import replace

PATIENCE: Final = 3
"""After so many failures in a row the turns leave without having been summarized."""


def start(conv: Conversation, now: float, recall: Recall) -> tuple[Conversation, Effects]:
    """Return the conversation with its compaction begun, if it is time for one."""
    if conv.compacting:
        return conv, ()
    turns, summarized = talk(conv, now, recall)
    size = tokens(conv, turns)
    full = len(conv.memory) >= 2 * recall.keep
    if not full and size < recall.compact_from:
        return conv, ()
    kept = _kept(turns, size, recall)
    leaving = turns[: len(turns) - len(kept)]
    told = tuple(turn for turn in leaving if turn.answer and turn.outcome is not Outcome.BLOCKED)
    if not told:
        return _archived(conv, kept)
    moved = replace(conv, compacting=leaving[-1].number)
    if not summarized:  # it tells of an earlier talk
        moved = replace(moved, summary=replace(conv.summary, text=""))
    before = moved.summary.text
    return moved, (Summarize(upto=moved.compacting, turns=told, before=before),)


def settle(
    conv: Conversation, event: Archived | Summarized | SummaryFailed
) -> tuple[Conversation, Effects]:
    """Return the conversation after a step of its compaction has succeeded or failed.

    A failure keeps the previous summary and is tried again after the next answer; in the end
    the turns leave without having been summarized, because memory is bounded.
    """
    if isinstance(event, Archived):
        kept = tuple(turn for turn in conv.memory if turn.number > event.upto)
        return replace(conv, memory=kept), ()
    if event.upto != conv.compacting:
        return conv, ()  # of a talk that was reset meanwhile
    if isinstance(event, Summarized):
        return _replaced(conv, event.text)
    failures = conv.compaction_failures + 1
    if failures >= PATIENCE:
        return _replaced(conv, conv.summary.text)
    return replace(conv, compacting=0, compaction_failures=failures), ()


def dropped(conv: Conversation) -> Conversation:
    """Return the conversation without a compaction whose summarizer is gone with its life.

    The next answer starts one anew.
    """
    return replace(conv, compacting=0) if conv.compacting else conv


def _replaced(conv: Conversation, text: str) -> tuple[Conversation, Effects]:
    upto = conv.compacting
    leaving = tuple(turn for turn in conv.memory if turn.number <= upto)
    until = max((turn.at for turn in leaving), default=conv.summary.until)
    summary = Summary(text=text, upto=upto, until=until, made_at=conv.turn)
    moved = replace(conv, summary=summary, compacting=0, compaction_failures=0)
    return moved, (Archive(turns=leaving),) if leaving else ()


def _kept(turns: tuple[Turn, ...], size: int, recall: Recall) -> tuple[Turn, ...]:
    """Return the newest turns that stay: as many as low water allows, but always the last."""
    weights = [budget.of_turn(turn) for turn in turns]
    # What the provider measured corrects what was estimated.
    scale = size / max(1, budget.OVERHEAD + sum(weights))
    room, kept = recall.low_tokens / max(scale, 0.1), 0
    while kept < min(len(turns), recall.keep) and (not kept or room >= weights[-kept - 1]):
        room -= weights[-kept - 1]
        kept += 1
    return turns[len(turns) - kept :]


def _archived(conv: Conversation, kept: tuple[Turn, ...]) -> tuple[Conversation, Effects]:
    """Let turns leave that no context has any more: they belong to an earlier talk."""
    first = kept[0].number if kept else conv.turn + 1
    leaving = tuple(turn for turn in conv.memory if turn.number < first)
    return conv, (Archive(turns=leaving),) if leaving else ()
