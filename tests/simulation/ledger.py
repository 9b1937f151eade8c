"""What people sent and what became of it, written down outside of the service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from actors.ports import Request
from fsm.data import Conversation
from fsm.outbox import Answer

LAG = 0.5
"""Seconds within which whatever was committed is on the simulated disk."""


@dataclass(slots=True, kw_only=True)
class Sent:
    """A message of a person's that wants an answer."""

    update: int
    """Updates are numbered in the order in which they were sent."""
    message: int
    album: str = ""


@dataclass(slots=True, kw_only=True)
class Call:
    """One attempt to deliver one part."""

    at: float
    life: int
    answer: Answer
    index: int
    mark: str
    outcome: str = "cut short"
    """`ok`, `penalty`, `not sent`, `refused`, `gone`, `doubt`; or the life ended."""
    ended: float = 0.0
    shown: bool = False
    """Whether it can be seen in the chat."""

    @property
    def body(self) -> str:
        return "..." if self.answer.bubble else self.answer.parts[self.index].body.decode()


@dataclass(slots=True)
class Chat:
    """Everything about one chat."""

    key: str
    sent: dict[int, Sent] = field(default_factory=dict)
    """By number of the message."""
    resets: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    """Updates that were /stop."""
    retries: int = 0
    edits: int = 0
    helps: int = 0
    helds: int = 0
    stopped: set[int] = field(default_factory=set)
    """Turns whose Stop was pressed."""
    rests: int = 0
    gone: list[int] = field(default_factory=list)
    """Newest update when the chat was said to be gone."""
    refused: set[tuple[int, int]] = field(default_factory=set)
    prompts: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Which messages a turn answers, as the service last decided."""
    calls: dict[tuple[int, int], list[Call]] = field(default_factory=lambda: defaultdict(list))
    """By answer and part."""
    order: list[tuple[int, int]] = field(default_factory=list)
    """Answers and parts in the order in which they were first seen."""
    asked: list[tuple[float, int, Request]] = field(default_factory=list)
    """When, in which life, what."""
    written: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    """What the model wrote in each turn, per call, as far as it came."""
    finals: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Answers that speak for a turn, once one of them has been called for."""

    def text(self, answer: int) -> str:
        """Return what can be seen of *answer*, its parts in order."""
        found = []
        for (known, _), calls in sorted(self.calls.items()):
            if known == answer:
                found += [call.body for call in calls if call.shown][:1]
        return "".join(found)

    def asked_after(self, turn: int, update: int) -> bool:
        """Whether *turn* answers messages, and all of them came after *update*."""
        known = [self.sent[n].update for n in self.prompts[turn] if n in self.sent]
        return bool(known) and min(known) > update

    def said(self, turn: int) -> str:
        """Return the first words of the final of *turn*, empty if there is none to see."""
        return self.text(self.finals[turn][0]) if self.finals.get(turn) else ""


class Ledger:
    """The books of all chats, and every broken promise."""

    def __init__(self) -> None:
        self.chats: dict[str, Chat] = {}
        self.broken: list[str] = []
        self.deaths: list[float] = []
        self.log: list[str] = []
        self.life = 0
        self.updates = 0
        self.steps = 0
        """Steps that the last life took: each could be its last."""
        self.clock: Callable[[], float] = lambda: 0.0

    @property
    def now(self) -> float:
        return self.clock()

    def chat(self, key: str) -> Chat:
        if key not in self.chats:
            self.chats[key] = Chat(key)
        return self.chats[key]

    def note(self, what: str) -> None:
        self.log.append(f"{self.now % 1e5:9.3f} life {self.life}: {what}")

    def broke(self, what: str) -> None:
        self.note(f"BROKEN: {what}")
        self.broken.append(what)

    def died(self) -> None:
        self.deaths.append(self.now)

    def died_after(self, at: float, lag: float) -> bool:
        """Whether a life ended within *lag* seconds after *at*."""
        return any(at <= death <= at + lag for death in self.deaths)

    # -- what is looked at while it happens ---------------------------------------------------

    def decided(self, key: str, conv: Conversation) -> None:
        """A chat has decided what its turn in hand answers."""
        if conv.prompts:
            numbers = tuple(prompt.message for prompt in conv.prompts)
            self.chat(key).prompts[conv.turn] = numbers

    def asks(self, request: Request, keep: int) -> None:
        """The model is asked; what it is told must be what was said."""
        chat = self.chat(request.chat)
        self.note(f"{request.chat} asks {request.turn}.{request.attempt} {_numbers(request)}")
        self._is_new(chat, request)
        chat.asked.append((self.now, self.life, request))
        own = [chat.sent[n].update for n in _numbers(request) if n in chat.sent]
        told = [p.message for turn in request.context for p in turn.prompts if p.message]
        twice = len(set(told)) != len(told) or set(told) & set(_numbers(request)) - {0}
        if twice and not chat.edits:
            self.broke(f"{chat.key} {request.turn}: something is twice in its context {told}")
        numbers = [turn.number for turn in request.context]
        if numbers != sorted(set(numbers)) or (numbers and numbers[-1] >= request.turn):
            self.broke(f"{chat.key} {request.turn}: its context is out of order {numbers}")
        if own:
            self._remembers(chat, request, min(own), told, keep)

    def _is_new(self, chat: Chat, request: Request) -> None:
        if chat.finals.get(request.turn):
            self.broke(f"{chat.key} {request.turn}: asked again although it had been answered")
        for at, life, known in chat.asked:
            if (known.turn, known.attempt) == (request.turn, request.attempt):
                lost = request.attempt == 1 and life != self.life and self.died_after(at, LAG)
                if not lost:
                    self.broke(f"{chat.key} {request.turn}.{request.attempt}: asked twice")

    def _remembers(
        self, chat: Chat, request: Request, first: int, told: Sequence[int], keep: int
    ) -> None:
        """Since the last reset, what was said is there, word for word; before it, nothing."""
        reset = max((update for update in chat.resets if update < first), default=0)
        early = [n for n in told if n in chat.sent and chat.sent[n].update < reset]
        if early:
            self.broke(f"{chat.key} {request.turn}: remembers {early} from before a reset")
        context = {turn.number: turn for turn in request.context}
        for number, turn in context.items():
            if (said := chat.said(number)) and not chat.refused and not chat.gone:
                answer = turn.answer.rstrip() or "<"
                if not said.startswith(answer[: len(said)]):
                    self.broke(f"{chat.key} {number}: said {said!r}, remembers {turn.answer!r}")
        if chat.retries or chat.edits:
            return
        due = [
            number
            for number in chat.finals
            if chat.said(number)
            and number < request.turn
            and "blocked" not in chat.said(number)
            and chat.asked_after(number, reset)
            and not any(update > reset for update in chat.resets)
        ]
        latest = sorted(turn for turn in chat.prompts if turn < request.turn)[-(keep // 2) :]
        # Long ones may leave for a summary (it is told as number 0) early, but for the last one.
        told_again = min(filter(None, context), default=request.turn - 1) if 0 in context else 0
        if missing := {n for n in latest if n >= told_again} & set(due) - set(context):
            self.broke(f"{chat.key} {request.turn}: has forgotten {sorted(missing)}")

    def calls(self, key: str, call: Call) -> None:
        """A part is about to be delivered: may it be?"""
        chat = self.chat(key)
        answer, where = call.answer, (call.answer.id, call.index)
        before = chat.calls[where]
        self.note(f"{key} delivers {where} of turn {answer.turn} {call.mark}{call.body[:40]!r}")
        if answer.turn and not answer.bubble and answer.id not in chat.finals[answer.turn]:
            chat.finals[answer.turn].append(answer.id)
        if before:
            self._may_repeat(key, call, before)
        elif call.mark and not self.deaths:  # else a life may have ended on its way here
            self.broke(f"{key} {where}: marked as a repeat although it is none")
        before.append(call)

    def _may_repeat(self, key: str, call: Call, before: list[Call]) -> None:
        last, where = before[-1], (call.answer.id, call.index)
        edit = bool(call.answer.place(call.index))
        marked = bool(call.mark)
        doubts = 0
        for each in before:
            cut = each.outcome == "cut short" or (
                each.life != call.life and self.died_after(each.ended, LAG)
            )
            doubts += each.outcome == "doubt" or cut
            if each is last and each.outcome in ("ok", "refused", "gone") and not cut:
                self.broke(f"{key} {where}: delivered again after {each.outcome}")
        if call.answer.bubble and last.outcome == "doubt":
            self.broke(f"{key} {where}: a bubble is not worth a second one")
        if doubts and not marked and not edit and any(each.shown for each in before):
            self.broke(f"{key} {where}: said twice and not marked")
        marked_before = any(each.mark for each in before)
        unknown = doubts or marked_before or self.died_after(last.at, float("inf"))
        if marked and edit:
            self.broke(f"{key} {where}: an edit is marked as a repeat")
        if marked and not unknown:
            self.broke(f"{key} {where}: marked as a repeat although nothing was in doubt")
        if last.outcome == "doubt" and last.life == call.life and call.at < last.ended + 10:
            self.broke(f"{key} {where}: repeated after {call.at - last.ended:.1f} s")

    def shows(self, key: str, turn: int) -> None:
        """A preview is about to be shown."""
        if self.chat(key).finals.get(turn):
            self.broke(f"{key} {turn}: a preview after its final")

    def saw(self, key: str, call: Call) -> None:
        """A part can be seen now."""
        where = (call.answer.id, call.index)
        chat = self.chat(key)
        if not call.shown and where not in chat.order:
            chat.order.append(where)
        call.shown = True


def _numbers(request: Request) -> tuple[int, ...]:
    return tuple(prompt.message for prompt in request.prompts)


def brief(update: dict[str, Any]) -> str:
    """Return what *update* is, for the log."""
    match update:
        case {"message": {"text": text, "message_id": n}}:
            return f"message {n} {text!r}"
        case {"message": {"message_id": n, "media_group_id": album}}:
            return f"message {n} of album {album}"
        case {"edited_message": {"message_id": n}}:
            return f"edit of {n}"
        case {"callback_query": {"data": data}}:
            return f"press {data}"
        case {"stopped_message_generation": {"draft_id": draft}}:
            return f"stop of draft {draft}"
        case _:
            return "something else"
