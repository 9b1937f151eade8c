"""What each chat has been through lately: its moves, its turns, its troubles. Never a word of it.

Fed by the commit of every turn and by every call to the channel and the models, so each method
here is on the path of a message: none costs more than a few microseconds.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import structlog

from actors.chat import Chat
from actors.messages import Inbound
from actors.runtime.behaviour import Committed, Turn
from fsm.events import Asked, Failed, Finished, Interrupted, Mood, Reacted
from fsm.states import BUSY, State
from service.observe import levels
from service.observe.metrics import Metrics
from service.observe.scrubbing import chat_hash
from service.observe.tracing import trace
from service.observe.ways import Ways

log = structlog.get_logger()

MOVES: Final = 20
_DIARIES: Final = 4096
"""So many chats are remembered; the one that has been quiet for longest is forgotten."""

_ANSWERS: Final = 5000

Commit = Callable[[Turn[Chat]], Committed[Chat]]


class Move(NamedTuple):
    """One transition of a conversation, and the message that caused it."""

    at: float
    before: str
    after: str
    message: str
    stayed: float
    """Seconds spent in the state that was left."""


class Waited(NamedTuple):
    """How long somebody waited for one answer, in seconds."""

    at: float
    first: float | None
    """Until the first text of it was shown; None if that was not seen."""
    whole: float


@dataclass(slots=True)
class Diary:
    """What is remembered of one chat, in this life."""

    moves: deque[Move] = field(default_factory=lambda: deque(maxlen=MOVES))
    turn: int = 0
    began: float = 0.0
    """When the turn in hand began; 0 when none is."""
    shown: float | None = None
    """Seconds from there until the person saw text of it."""
    asked_at: float = 0.0
    answered_at: float = 0.0
    answers: int = 0
    problem: str = ""
    """Key of the sentence for which there was no answer to the last turn."""
    problem_at: float = 0.0
    gone_at: float = 0.0
    """When the channel said that nobody is there any more; 0 when it last took a message."""
    poisoned_at: float = 0.0
    """When a message of it last became a dead letter."""
    tokens: int = 0


class Chronicle:
    """Keeps the diaries, and counts what the metrics want to know of turns."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._diaries: OrderedDict[str, Diary] = OrderedDict()
        self.answered: deque[Waited] = deque(maxlen=_ANSWERS)
        """The latest answers, oldest first."""
        self.answers = 0
        self.tokens = 0
        """Both since the start."""
        self.moods: Counter[Mood] = Counter()
        """What people thought of answers since the start."""
        self.ways = Ways()
        self.traced: set[str] = set()
        """Chats of which every turn is logged."""

    def of(self, chat: str) -> Diary:
        """Return the diary of *chat*; an empty one, not kept, if there is none."""
        return self._diaries.get(chat) or Diary()

    def watched(self, commit: Commit) -> Commit:
        """Return *commit*, with every turn that it keeps noted here."""

        def watch(turn: Turn[Chat]) -> Committed[Chat]:
            done = commit(turn)
            self._note(turn, done.state)
            return done

        return watch

    def shown(self, chat: str, now: float) -> None:
        """Note that the person has seen text of the answer in hand."""
        diary = self._diaries.get(chat)
        if diary is not None and diary.began and diary.shown is None:
            diary.shown = max(0.0, now - diary.began)
            self._metrics.first_text.observe(diary.shown)

    def reached(self, chat: str) -> None:
        """Note that the channel has taken a message for *chat*: somebody is there."""
        diary = self._diaries.get(chat)
        if diary is not None:
            diary.gone_at = 0.0

    def gone(self, chat: str, now: float) -> None:
        """Note that nobody is in *chat* any more."""
        self._diary(chat).gone_at = now

    def poisoned(self, chat: str, now: float) -> None:
        """Note that a message of *chat* has become a dead letter."""
        self._diary(chat).poisoned_at = now

    def used(self, chat: str, tokens: int) -> None:
        """Note that a model call for *chat* took *tokens*."""
        self.tokens += tokens
        self._diary(chat).tokens += tokens

    def _diary(self, chat: str) -> Diary:
        diary = self._diaries.get(chat)
        if diary is None:
            diary = self._diaries[chat] = Diary()
            if len(self._diaries) > _DIARIES:
                self._diaries.popitem(last=False)
        return diary

    def _note(self, turn: Turn[Chat], chat: Chat) -> None:
        message, key = turn.message, chat.key
        before, after = turn.before.conversation, chat.conversation
        if before.state is not after.state or before.turn != after.turn:
            self._moved(turn, chat)
        kind = type(message)
        if kind is Inbound:
            self._heard(message, chat, turn.now)  # type: ignore[arg-type]
        elif kind is Reacted:
            self._judged(message, chat)  # type: ignore[arg-type]
        elif kind in _ENDS and (message.turn, message.attempt) == (before.turn, before.attempt):  # type: ignore[attr-defined]
            self._ended(message, key, turn.now, again=after.state in BUSY)
        if turn.before.outbox is not chat.outbox and not chat.outbox.answers:
            self._delivered(key, turn.now)
        if before.flows is not after.flows:
            self.ways.note(key, before.flows, after.flows)
        if self.traced and key in self.traced:
            self._trace(turn, chat)

    def _moved(self, turn: Turn[Chat], chat: Chat) -> None:
        before, after = turn.before.conversation, chat.conversation
        diary = self._diary(chat.key)
        self._diaries.move_to_end(chat.key)
        what = turn.message.event if isinstance(turn.message, Inbound) else turn.message
        stayed = max(0.0, turn.now - before.since) if before.since else 0.0
        diary.moves.append(
            Move(turn.now, before.state.value, after.state.value, type(what).__name__, stayed)
        )
        self._metrics.moves[after.state].inc()
        if after.state is State.GENERATING and after.turn != diary.turn:
            diary.turn, diary.began, diary.shown = after.turn, turn.now, None
            diary.problem = ""
        if before.state in BUSY and after.state not in BUSY and type(turn.message) not in _ENDS:
            self._metrics.turns("stopped").inc()

    def _heard(self, inbound: Inbound, chat: Chat, now: float) -> None:
        event = inbound.event
        self._metrics.updates(type(event)).inc()
        if isinstance(event, Asked):
            self._diary(chat.key).asked_at = now
        elif isinstance(event, Reacted):
            self._judged(event, chat)

    def _judged(self, reaction: Reacted, chat: Chat) -> None:
        """Count what somebody thinks of an answer of ours; other messages are not our business."""
        if any(message == reaction.message for message, _ in chat.outbox.told):
            self.moods[reaction.mood] += 1
            self._metrics.reactions(reaction.mood).inc()

    def _ended(self, message: object, key: str, now: float, *, again: bool) -> None:
        diary = self._diary(key)
        match message:
            case Finished(truncated=truncated):
                outcome = "truncated" if truncated else "answered"
                diary.answers += 1
            case Failed(problem=problem, blocked=blocked):
                outcome = "blocked" if blocked else "failed"
                diary.problem, diary.problem_at = problem, now
                self._metrics.problems(problem).inc()
            case _:
                outcome = "interrupted" if again else "broken"
        self._metrics.turns(outcome).inc()
        if levels.chosen() == "debug":  # both names cost more than the count above
            log.debug(
                "turn ended", chat=chat_hash(key), trace=trace(key, diary.turn), outcome=outcome
            )

    def _delivered(self, key: str, now: float) -> None:
        diary = self._diaries.get(key)
        if diary is not None and diary.began:
            whole = max(0.0, now - diary.began)
            self._metrics.answer.observe(whole)
            self.answered.append(Waited(now, diary.shown, whole))
            self.answers += 1
            diary.began, diary.answered_at = 0.0, now

    def _trace(self, turn: Turn[Chat], chat: Chat) -> None:
        what = turn.message.event if isinstance(turn.message, Inbound) else turn.message
        log.info(
            "turn",
            chat=chat_hash(chat.key),
            trace=trace(chat.key, chat.conversation.turn),
            message=type(what).__name__,
            before=turn.before.conversation.state.value,
            after=chat.conversation.state.value,
            effects=[type(effect).__name__ for effect in turn.effects],
        )


_ENDS: Final = frozenset({Finished, Failed, Interrupted})
