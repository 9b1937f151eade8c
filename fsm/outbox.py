"""What a chat still has to say: answers cut into parts, each part with its state of delivery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fsm.content import Media
from fsm.effects import Button
from fsm.flow.screen import Pressable
from fsm.values import replace

Number = int | str
"""What a channel calls one of its messages; a word where the chat is somebody else's."""

TOLD = 60
"""Of so many messages it is known which turn they answer."""
REPEATS = 3
"""A part whose fate stayed unknown so often is set aside."""
EDIT_REPEATS = 30
"""The same for an edit, which nobody sees twice; without an end it would block its chat."""


class PartState(StrEnum):
    """Where a part stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    WITHHELD = "withheld"
    DROPPED = "dropped"


_DONE = (PartState.SENT, PartState.DROPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message as it will be sent; fixed at commit, so that a newer version cuts it the same."""

    body: bytes
    """The channel's own form; only the channel reads it. Empty: a message is taken away."""
    state: PartState = PartState.PENDING
    until: float = 0.0
    """Not before this wall time (a penalty, or the pause before a repeat)."""
    message: Number = 0
    """The channel's number of the message once it is sent."""
    repeats: int = 0
    """How often the fate of this part was unknown; a repeat that is no edit is marked."""
    media: Media | None = None
    """The message is this file, and `body` its caption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing to say: the final answer of a turn, or a sentence of ours."""

    id: int
    parts: tuple[Part, ...]
    turn: int = 0
    """Not 0: the final answer (or the first bubble) of that turn."""
    reply_to: int = 0
    edit: Number = 0
    """Not 0: part 0 completes this message instead of being a new one."""
    edits: tuple[Number, ...] = ()
    """Messages that the parts after part 0 stand in for; further parts are new messages."""
    buttons: tuple[Button, ...] = ()
    """Shown under the last part."""
    language: str = "en"
    flow: int = 0
    """Not 0: a question of that flow; it completes the flow's live message."""
    below: bool = False
    """The question is a new message, which becomes the flow's live one."""
    keys: tuple[tuple[Pressable, ...], ...] = ()
    """A question's own keyboard, in rows."""
    request: str = ""
    """What a special key of the channel shall send (see `fsm.flow.screen.Screen`)."""
    bubble: bool = False
    """A bare "..." where the edit transport will write; its number becomes the turn's bubble."""
    ticket: str = ""
    """Of a bubble in somebody else's chat: what lets us say it, once. Saying it again is harmless,
    and without it there is no place for the answer."""

    def place(self, index: int) -> Number:
        """Return the message that part *index* changes; 0 when it is a new one."""
        if index == 0:
            return self.edit
        return self.edits[index - 1] if index <= len(self.edits) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """The answers not yet wholly delivered, oldest first. They are delivered strictly in order."""

    answers: tuple[Answer, ...] = ()
    next_id: int = 1
    bubble_turn: int = 0
    bubble: Number = 0
    """Number of the message that the answer of `bubble_turn` completes, 0 if there is none."""
    more_bubbles: tuple[Number, ...] = ()
    """When a long answer is given again: the messages after `bubble` that it stood in."""
    shown_turn: int = 0
    shown: tuple[Number, ...] = ()
    """Messages that the answer of `shown_turn`, the newest one delivered, stands in."""
    told: tuple[tuple[Number, int], ...] = ()
    """The newest messages that answers stand in, each with its turn: who replies to one goes on
    from that turn."""
    live_flow: int = 0
    live: Number = 0
    """Number of the message that shows the question of `live_flow`, 0 if there is none."""
    offers: int = 0
    """How many answers have offered plain messages so far."""
    heading: str = ""
    """Stands above everything said here: the question, where nobody else shows it."""

    def head(self) -> tuple[Answer, int] | None:
        """Return the part to deliver next as (answer, index), or None."""
        for answer in self.answers:
            for index, part in enumerate(answer.parts):
                if part.state in (PartState.PENDING, PartState.SENDING):
                    return answer, index
        return None

    @property
    def owing(self) -> bool:
        """Whether a part is still to be delivered (withheld ones wait for a person)."""
        return self.head() is not None

    def find(self, answer: int) -> Answer | None:
        """Return the answer with that id, if it is not finished."""
        return next((each for each in self.answers if each.id == answer), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMoved:
    """A part changed its state: small enough for a journal record of its own."""

    answer: int
    part: int
    state: PartState
    until: float = 0.0
    message: Number = 0
    repeats: int = 0


def take(outbox: Outbox, answer: Answer) -> Outbox:
    """Return the outbox with *answer* at its end, under the next free id.

    An answer that is given again takes the places of the old one; what that had more is
    taken away.
    """
    kept = replace(answer, id=outbox.next_id)
    after = replace(outbox, next_id=outbox.next_id + 1)
    if not answer.turn or answer.turn != outbox.bubble_turn or answer.bubble:
        return replace(after, answers=(*outbox.answers, kept))
    room = len(answer.parts) - 1
    kept = replace(kept, edit=outbox.bubble, edits=outbox.more_bubbles[:room])
    after = replace(after, answers=(*outbox.answers, kept), more_bubbles=())
    if left := outbox.more_bubbles[room:]:
        removed = Answer(id=0, parts=(Part(body=b""),) * len(left), edit=left[0], edits=left[1:])
        return take(after, removed)
    return after


def take_over(outbox: Outbox, old: int, new: int) -> Outbox:
    """Return the outbox in which turn *new* speaks where turn *old* spoke, or was about to."""
    answers = tuple(
        replace(answer, turn=new, buttons=()) if answer.bubble and answer.turn == old else answer
        for answer in outbox.answers
    )
    after = replace(outbox, answers=answers)
    if outbox.bubble_turn == old and outbox.bubble and outbox.shown_turn != old:
        return replace(after, bubble_turn=new)
    if outbox.shown_turn == old and outbox.shown:
        first, *more = outbox.shown
        return replace(
            after, bubble_turn=new, bubble=first, more_bubbles=tuple(more), shown_turn=0, shown=()
        )
    return after


def has_place(outbox: Outbox, turn: int) -> bool:
    """Whether the answer of *turn* has a message to grow in, or will have one."""
    coming = any(answer.bubble and answer.turn == turn for answer in outbox.answers)
    return coming or (outbox.bubble_turn == turn and bool(outbox.bubble))


def move(outbox: Outbox, moved: PartMoved) -> Outbox:
    """Return the outbox after *moved*; finished answers leave it, unknown ones change nothing.

    When a first bubble is sent, the final answer of its turn, if it is waiting already, will
    complete that bubble.
    """
    answers = []
    turn, bubble = outbox.bubble_turn, outbox.bubble
    shown_turn, shown = outbox.shown_turn, outbox.shown
    told = outbox.told
    flow, live = outbox.live_flow, outbox.live
    for answer in outbox.answers:
        after = answer
        if answer.id == moved.answer:
            after = _with_part(answer, moved)
            if answer.bubble and moved.state is PartState.SENT:
                turn, bubble = answer.turn, moved.message
            elif answer.turn and moved.state is PartState.SENT:
                before = shown if shown_turn == answer.turn else ()
                shown_turn, shown = answer.turn, (*before, moved.message)
                told = (*told[1 - TOLD :], (moved.message, answer.turn))
            elif answer.flow and moved.state is PartState.SENT:
                flow, live = answer.flow, moved.message
        elif answer.flow and answer.flow == flow and not answer.below:
            after = replace(answer, edit=live)
        elif answer.turn and answer.turn == turn and not answer.bubble:
            after = replace(answer, edit=bubble)
        if any(part.state not in _DONE for part in after.parts):
            answers.append(after)
    return replace(
        outbox,
        answers=tuple(answers),
        bubble_turn=turn,
        bubble=bubble,
        shown_turn=shown_turn,
        shown=shown,
        told=told,
        live_flow=flow,
        live=live,
    )


def drop_bubble(outbox: Outbox, turn: int) -> Outbox:
    """Return the outbox without a first bubble of *turn* that nobody has begun to send."""
    kept = tuple(
        answer
        for answer in outbox.answers
        if not (
            answer.bubble
            and answer.turn == turn
            and answer.parts[0].state is PartState.PENDING
            and not answer.ticket  # the answer has no other way to get there
        )
    )
    return outbox if len(kept) == len(outbox.answers) else replace(outbox, answers=kept)


def recover(outbox: Outbox, is_under_way: Callable[[int, int], bool]) -> Outbox:
    """Return the outbox at the start of a life: what was on its way has an unknown fate.

    *is_under_way(answer, part)* tells what this life itself has begun to send already.

    A send is repeated and marked, at most `REPEATS` times. An edit can simply be made again,
    and a bare bubble is not worth a second one.
    """
    for answer in outbox.answers:
        for index, part in enumerate(answer.parts):
            if part.state is PartState.SENDING and not is_under_way(answer.id, index):
                outbox = move(outbox, doubted(answer, index, 0.0))
    return outbox


def doubted(answer: Answer, index: int, until: float) -> PartMoved:
    """Return what becomes of a part when nobody knows whether it arrived."""
    part = answer.parts[index]
    if answer.bubble and not answer.ticket:
        return PartMoved(answer=answer.id, part=index, state=PartState.DROPPED)
    repeats, most = part.repeats + 1, EDIT_REPEATS if answer.place(index) else REPEATS
    state = PartState.PENDING if repeats <= most else PartState.DROPPED
    return PartMoved(answer=answer.id, part=index, state=state, until=until, repeats=repeats)


def _with_part(answer: Answer, moved: PartMoved) -> Answer:
    if not 0 <= moved.part < len(answer.parts):
        return answer
    part = replace(
        answer.parts[moved.part],
        state=moved.state,
        until=moved.until,
        message=moved.message or answer.parts[moved.part].message,
        repeats=max(moved.repeats, answer.parts[moved.part].repeats),
    )
    return replace(
        answer, parts=(*answer.parts[: moved.part], part, *answer.parts[moved.part + 1 :])
    )
