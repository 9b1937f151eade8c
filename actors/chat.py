"""A chat: a conversation and its outbox in one value, and what a turn makes of them.

`Chats.turn` is pure: the rules decide, and what must be said goes into the outbox. `Chats.commit`
is the step after it: it takes a slot at the gate for the next part, and writes the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from actors import moving
from actors.chat_value import Chat, apply
from actors.enclosing import released
from actors.gate import Gate
from actors.messages import CrashAsked, Deliver, Gone, Granted, Inbound, Moved, Nudged, Woken
from actors.moving import Bequeath, Bequeathed, Confirm, Inherited, PassOn
from actors.ports import Address, Channel, Store, Ticket, Voice
from actors.runtime.behaviour import Committed, EffectFailed, Poisoned, SetTimer
from actors.runtime.behaviour import Turn as ActorTurn
from actors.speaking import FAILED
from actors.speech import Speech
from fsm.conversation import NOW, decide, owes, resume
from fsm.data import Rules
from fsm.effects import Effect, Say, Show
from fsm.events import Emptied, Event, Grew, Interrupted, Left
from fsm.memory_events import SummaryFailed
from fsm.outbox import PartMoved, PartState, doubted, move, recover
from fsm.states import BUSY
from fsm.values import replace
from fsm.voice import Spoken


class Chats:
    """What all chats share: rules, voice, channel, gate and store."""

    def __init__(
        self,
        *,
        rules: Rules,
        voice: Voice,
        channel: Channel,
        gate: Gate,
        store: Store,
        is_under_way: Callable[[str, object], bool],
    ) -> None:
        """*is_under_way(chat, tag)* tells which effects this life runs for a chat already."""
        self._is_under_way = is_under_way
        self.rules = rules
        """In force from the next message on, when they are replaced."""
        self._speech = Speech(voice, channel)
        self._gate = gate
        self._store = store
        self.written: dict[str, float] = {}
        """When each chat in memory was last given to the journal."""

    def turn(self, chat: Chat, message: object, now: float) -> tuple[Chat, Sequence[object]]:
        """Let the rules decide, put what must be said into the outbox."""
        match message:
            case Inbound(event=Moved() as moved) | (Moved() as moved):
                return moving.leave(chat, moved)
            case Inherited() | Bequeathed():
                return self._moved(chat, message, now)
            case Inbound() if chat.moved_to:
                return chat, (PassOn(to=chat.moved_to, mail=message),)
            case Gone() | Inbound(event=Left()):
                return self._gone(chat, now)
            case Inbound(event=event):
                return self._decided(chat, event, now)
            case PartMoved():
                return self._part_moved(chat, message, now)
            case EffectFailed():
                return self._effect_failed(chat, message, now)
            case Granted() | Nudged() | Woken():
                return chat, ()
            case CrashAsked():
                message.crash()
                return chat, ()
            case _:
                return self._decided(chat, message, now)  # type: ignore[arg-type]

    def resume(self, chat: Chat, now: float) -> tuple[Chat, Sequence[object]]:
        """Start again what an interrupted life left undone."""
        if chat.moved_to:
            return chat, (Bequeath(to=chat.moved_to),) if moving.is_handing_over(chat) else ()
        conv = chat.conversation
        effects: Sequence[Effect] = ()
        if not self._is_under_way(chat.key, ("generate", conv.turn, conv.attempt)):
            conv, effects = resume(conv, now, self.rules)
        outbox = recover(
            chat.outbox,
            lambda answer, part: self._is_under_way(chat.key, ("deliver", answer, part)),
        )
        return self._said(replace(chat, conversation=conv, outbox=outbox), effects)

    def poisoned(
        self, chat: Chat, message: object, _error: BaseException
    ) -> tuple[Chat, Sequence[object]]:
        """Tell the person that their message could not be handled."""
        if not isinstance(message, Inbound):
            return chat, ()
        return self._said(chat, (Say(key="poison", language=message.language),))

    def _decided(self, chat: Chat, event: Event, now: float) -> tuple[Chat, Sequence[object]]:
        conv, effects = decide(chat.conversation, event, now, self.rules, chat.outbox)
        same = conv is chat.conversation and not effects
        return (chat, ()) if same else self._said(replace(chat, conversation=conv), effects)

    def _said(self, chat: Chat, effects: Sequence[Effect]) -> tuple[Chat, Sequence[object]]:
        """Put into the outbox what must be said; return the other effects."""
        conv = chat.conversation
        outbox, others = self._speech.said(
            chat.outbox,
            effects,
            Address.parse(chat.key),
            plain=conv.plain,
            name=conv.preferences.name,
        )
        return (chat if outbox is chat.outbox else replace(chat, outbox=outbox)), others

    def _part_moved(
        self, chat: Chat, moved: PartMoved, now: float
    ) -> tuple[Chat, Sequence[object]]:
        after = replace(chat, outbox=move(chat.outbox, moved))
        if chat.outbox.owing and not after.outbox.owing:
            return self._decided(after, Emptied(), now)
        conv = chat.conversation
        if after.outbox.bubble != chat.outbox.bubble and conv.state in BUSY and conv.partial:
            return after, (Show(turn=conv.turn, attempt=conv.attempt, text=conv.partial),)
        return after, ()

    def _gone(self, chat: Chat, now: float) -> tuple[Chat, Sequence[object]]:
        """Owe nothing any more: nobody is there to hear it, until somebody writes again."""
        after = replace(chat, outbox=replace(chat.outbox, answers=()))
        return self._decided(after, Left(), now)

    def _moved(
        self, chat: Chat, message: Inherited | Bequeathed, now: float
    ) -> tuple[Chat, Sequence[object]]:
        """Take over what this chat was under its old key, or let go of it there."""
        if isinstance(message, Bequeathed):
            return moving.let_go(chat), ()
        confirm = Confirm(old=message.was.key)
        if chat.moved_from == message.was.key:
            return chat, (confirm,)
        after = moving.inherit(chat, message.was)
        if not moving.is_at_rest(chat):
            return after, (confirm,)
        conv, effects = resume(after.conversation, now, self.rules)
        after, others = self._said(replace(after, conversation=conv), effects)
        return after, (*others, confirm)

    def _effect_failed(
        self, chat: Chat, failed: EffectFailed, now: float
    ) -> tuple[Chat, Sequence[object]]:
        """A crash of the model call is an interruption; a crash of a delivery leaves a doubt."""
        match failed.tag:
            case ("generate", int() as turn, int() as attempt):
                cause = f"{type(failed.error).__name__} in the model call"
                event = Interrupted(turn=turn, attempt=attempt, cause=cause)
                return self._decided(chat, event, now)
            case ("summarize", int() as upto):
                return self._decided(chat, SummaryFailed(upto=upto), now)
            case ("speak", int() as turn):
                return self._decided(chat, Spoken(turn=turn, note=FAILED), now)
            case ("erase", str() as language):
                return self._said(chat, (Say(key="problem-forget", language=language),))
            case ("deliver", int() as answer, int() as index):
                if (found := chat.outbox.find(answer)) is not None:
                    return self._part_moved(chat, doubted(found, index, now + 10.0), now)
        return chat, ()

    def commit(self, turn: ActorTurn[Chat]) -> Committed[Chat]:
        """Reserve the next delivery, write the journal, return what to release."""
        chat, effects = self._dispatch(turn)
        if not chat.moved_to:
            effects = (*effects, *released(turn.before.outbox, chat.outbox))
        ticket = self._journal(turn, chat)
        if ticket is not None:
            self.written[chat.key] = turn.now
        return Committed(state=chat, effects=effects, ticket=ticket)

    def _dispatch(self, turn: ActorTurn[Chat]) -> tuple[Chat, Sequence[object]]:
        """Start the delivery of the next part, if the peer is free and nothing is on its way."""
        chat, effects = turn.after, turn.effects
        head = None if chat.moved_to else chat.outbox.head()
        if head is None and not isinstance(turn.message, Granted):
            return chat, effects
        peer = Address.parse(chat.key).peer
        granted = isinstance(turn.message, Granted) and self._gate.holds(peer, chat.key)
        part = head[0].parts[head[1]] if head else None
        if head is None or part is None or part.state is PartState.SENDING:
            if granted:
                self._gate.release(peer)
            return chat, effects
        answer, index = head
        if part.until > turn.now and not granted:
            return chat, (*effects, SetTimer(name="nudge", at=part.until, message=Nudged()))
        if not granted and not self._gate.reserve(peer, chat.key):
            return chat, effects
        moved = PartMoved(
            answer=answer.id, part=index, state=PartState.SENDING, repeats=part.repeats
        )
        after = replace(chat, outbox=move(chat.outbox, moved))
        return after, (*effects, Deliver(answer=answer.id, part=index))

    def _journal(self, turn: ActorTurn[Chat], chat: Chat) -> Ticket | None:
        """Write as little as says it all: a full value, or a small record when that is enough."""
        message = turn.message
        if isinstance(message, Poisoned):
            message = message.message
        owed = owed_by(chat)
        key = f"chat/{chat.key}"
        if isinstance(message, Inbound) and not (
            chat.moved_to and not isinstance(message.event, Moved)
        ):
            return self._store.commit(key, chat, absorbed=(message.n,), owes=owed)
        before = turn.before
        if chat == before:
            return None
        if chat.outbox is before.outbox and isinstance(message, Grew):
            return self._store.amend(key, message, owes=owed, soon=True)
        if chat.conversation is before.conversation and chat.outbox is not before.outbox:
            if isinstance(message, PartMoved) and chat.outbox == turn.after.outbox:
                return self._store.amend(key, message, owes=owed)
            if isinstance(message, Granted | Nudged | Woken):
                return self._amend_sending(key, chat, owed)
        quiet = chat.outbox is before.outbox and chat.conversation.attempt <= 1
        return self._store.commit(key, chat, owes=owed, soon=quiet and owed is None)

    def _amend_sending(self, key: str, chat: Chat, owed: float | None) -> Ticket | None:
        head = chat.outbox.head()
        assert head is not None
        answer, index = head
        part = answer.parts[index]
        moved = PartMoved(answer=answer.id, part=index, state=part.state, repeats=part.repeats)
        return self._store.amend(key, moved, owes=owed)


def owed_by(chat: Chat) -> float | None:
    """Return when *chat* must act without being written to: None, `NOW`, or a wall time."""
    if chat.moved_to:
        return NOW if moving.is_handing_over(chat) else None
    return owes(chat.conversation, chat.outbox)


__all__ = ["Chat", "Chats", "apply", "owed_by"]
