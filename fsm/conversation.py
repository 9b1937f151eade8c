"""The rules of a conversation: `decide` what an event means, `resume` after a restart.

Read `decide` first; it is the table of contents. What a turn does from its question to its
last word stands in `fsm.turns`, what is gathered before a turn in `fsm.collecting`, and what a
changed question does in `fsm.editing`.
"""

from __future__ import annotations

from fsm import (
    aloud,
    branches,
    busy,
    collecting,
    commands,
    compaction,
    consent,
    editing,
    forgetting,
    growing,
    leaving,
    paying,
    promises,
    retrying,
    turns,
)
from fsm.content import Prompt
from fsm.data import Conversation, Rules
from fsm.effects import (
    Button,
    Say,
    ShowRest,
    StartTimer,
    Wish,
    Withhold,
)
from fsm.events import (
    Asked,
    Chosen,
    Commanded,
    Continued,
    Edited,
    Emptied,
    Event,
    Failed,
    Finished,
    Grew,
    HeldAsked,
    Interrupted,
    Left,
    PlainChosen,
    Reacted,
    Reset,
    Rested,
    RestShown,
    Retried,
    Stopped,
    TalkEvent,
    WindowClosed,
    Wondered,
)
from fsm.flow import requests
from fsm.flow import rules as flows
from fsm.flow_events import FlowEvent
from fsm.memory_events import Archived, Erased, Summarized, SummaryFailed
from fsm.outbox import Outbox, PartState
from fsm.prompts import language
from fsm.states import BUSY, State, next_state
from fsm.tool_events import CameDue, Progressed, Proposed, ReminderDropped, ReminderSet
from fsm.turns import PAUSE, Decided
from fsm.usage import Spent
from fsm.values import replace
from fsm.voice import Spoken

NOW = 0.0
"""What `owes` returns for something that is due already."""


def decide(conv: Conversation, event: Event, now: float, rules: Rules, outbox: Outbox) -> Decided:
    """Return the conversation after *event*, and what to do about it.

    *outbox* is only looked at (is everything delivered?); effects say what goes into it.
    """
    after, effects = _heard(conv, event, now, rules, outbox)
    return after, requests.around(conv, after, effects, rules)


def _heard(conv: Conversation, event: Event, now: float, rules: Rules, outbox: Outbox) -> Decided:
    if isinstance(event, FlowEvent):
        return flows.decide(conv, event, now, rules, outbox)
    after, effects = _decide(conv, event, now, rules, outbox)
    if conv.state in BUSY and after.state not in BUSY:
        # An answer was said: the question of a flow that it interrupted is asked again below.
        after, more = flows.below(after, now, rules, language(conv.prompts))
        effects = (*effects, *more)
    return after, effects


def _decide(
    conv: Conversation, event: TalkEvent, now: float, rules: Rules, outbox: Outbox
) -> Decided:
    match event:
        case Grew() | Progressed() | Finished() | Interrupted() | Failed() | Spent():
            return _answered(conv, event, now, rules)
        case Asked(prompt=prompt):
            taken = flows.heard(conv, prompt, now, rules, outbox)
            asked = branches.found(prompt, outbox)
            return taken or _asked(flows.question(conv), asked, now, rules)
        case Edited(prompt=prompt):
            return editing.edited(conv, prompt, now, rules)
        case Stopped():
            return _stopped(conv, event, now, rules, outbox)
        case Retried():
            return retrying.retried(conv, event, now, rules)
        case Continued():
            return _continued(conv, event, now, rules)
        case HeldAsked() | RestShown() | PlainChosen() | Reset() | Wondered():
            return _served(conv, event, now, rules, outbox)
        case Commanded() | Chosen() | Erased():
            return commands.obey(conv, event, now, rules)
        case WindowClosed() | Rested() | Emptied():
            return _waited(conv, event, now, rules, outbox)
        case Spoken() | ReminderSet() | ReminderDropped() | CameDue() | Proposed():
            return consent.hear(conv, event, now)
        case Left() | Archived() | Summarized() | SummaryFailed() | Reacted():
            return _dropped(conv, event, now)


def resume(conv: Conversation, now: float, rules: Rules) -> Decided:
    """Return what a conversation that was just loaded still owes, started again.

    An answer that was being written counts as interrupted, because its writer is gone. The
    attempt that replaces it is in the returned value, so it is durable before the model is asked.
    """
    conv, effects = _resume(conv, now, rules)
    conv, flowing = flows.resume(conv, now, rules)
    conv, speaking = aloud.resume(conv)
    return conv, (*effects, *flowing, *promises.rearm(conv), *speaking)


def _resume(conv: Conversation, now: float, rules: Rules) -> Decided:
    conv = compaction.dropped(conv)
    if conv.state in BUSY:
        if conv.attempt < rules.attempts:
            return turns.ask_again(conv, now, rules)
        return turns.give_up(conv, now, rules)
    if conv.state is State.COLLECTING:
        return collecting.reopen(conv, now, rules)
    if conv.state is State.COOLING:
        return conv, (StartTimer(name=PAUSE, at=max(conv.rests_at, now)),)
    if conv.waiting:
        return turns.ask_waiting(conv, now, rules)
    return conv, ()


def owes(conv: Conversation, outbox: Outbox) -> float | None:
    """Return when the chat must act without being written to: None, `NOW`, or a wall time."""
    if conv.state is not State.IDLE or conv.waiting or conv.aloud:
        return NOW
    times = [at for at in (flows.owes(conv), promises.owes(conv)) if at is not None]
    if (head := outbox.head()) is not None:
        answer, index = head
        part = answer.parts[index]
        times.append(part.until if part.state is PartState.PENDING else NOW)
    return min(times, default=None)


def _waited(
    conv: Conversation,
    event: WindowClosed | Rested | Emptied,
    now: float,
    rules: Rules,
    outbox: Outbox,
) -> Decided:
    """A window or a pause may be over; each is checked, because a timer may have been late."""
    if conv.state is State.COLLECTING and isinstance(event, WindowClosed):
        over = now >= conv.window_ends
        return turns.in_turn(conv, conv.collected, now, rules) if over else (conv, ())
    if conv.state is State.COOLING and now >= conv.rests_at and not outbox.owing:
        return turns.rest(conv, now, rules)
    return conv, ()


def _dropped(
    conv: Conversation, event: Left | Archived | Summarized | SummaryFailed | Reacted, now: float
) -> Decided:
    if isinstance(event, Left):
        return leaving.leave(conv, now)
    if isinstance(event, Reacted):
        return conv, ()  # an opinion about an answer: for whoever runs the bot
    return compaction.settle(conv, event)


def _asked(conv: Conversation, prompt: Prompt, now: float, rules: Rules) -> Decided:
    match conv.state:
        case State.IDLE | State.COLLECTING:
            if collecting.completes(conv, prompt, rules):
                return collecting.collect(conv, prompt, now, rules)
            return turns.in_turn(conv, (*conv.collected, prompt), now, rules)
        case State.GENERATING if collecting.is_straggler(conv, prompt):
            return turns.restart(conv, (*conv.prompts, prompt), now, rules)
        case State.GENERATING | State.STREAMING | State.COOLING:
            return busy.asked(conv, prompt, now, rules)


def _answered(
    conv: Conversation,
    event: Grew | Progressed | Finished | Interrupted | Failed | Spent,
    now: float,
    rules: Rules,
) -> Decided:
    conv = paying.counted(conv, event, now)
    if isinstance(event, Spent) or not turns.is_current(conv, event.turn, event.attempt):
        return conv, ()  # a late word from a turn that is over
    match event:
        case Grew():
            return growing.grow(conv, event, now)
        case Progressed():
            return growing.progress(conv, event)
        case Finished():
            return turns.finish(conv, event, now, rules)
        case Interrupted():
            return turns.interrupt(conv, event, now, rules)
        case Failed():
            return turns.fail(conv, event, now, rules)


def _stopped(
    conv: Conversation, event: Stopped, now: float, rules: Rules, outbox: Outbox
) -> Decided:
    """Stop what runs. A Stop that names a turn is deaf to any other; /stop also holds the queue."""
    if event.turn is not None and (event.turn != conv.turn or conv.state is State.COLLECTING):
        return conv, ()  # what is being collected has no turn yet
    conv, effects = aloud.stop(conv) if event.turn is None else (conv, ())
    if event.turn is None and conv.waiting:
        conv = replace(conv, held=(*conv.held, *conv.waiting), waiting=())
        offer = Button(wish=Wish.HELD)
        count = {"count": str(len(conv.held))}
        effects = (*effects, Say(key="held", args=count, buttons=(offer,), language=event.language))
    if conv.state in BUSY:
        stopped, done = turns.stop(conv, now, rules)
        return stopped, (*done, *effects)
    if conv.state is State.COLLECTING:
        dropped = replace(conv, state=next_state(conv.state, "discard"), collected=(), since=now)
        sentence = Say(key="collection-dropped", language=event.language)
        return dropped, (sentence, *effects)
    if conv.state is State.COOLING and outbox.owing:
        return conv, (Withhold(turn=conv.turn, language=event.language), *effects)
    if event.turn is None and not effects:
        effects = (Say(key="nothing-to-stop", language=event.language),)
    return conv, effects


def _continued(conv: Conversation, event: Continued, now: float, rules: Rules) -> Decided:
    """Ask the model to go on; only the newest answer can be continued."""
    last = conv.memory[-1] if conv.memory else None
    if last is None or event.turn != last.number:
        return conv, (Say(key="nothing-to-continue", language=event.language),)
    person = last.prompts[-1].person if last.prompts else ""
    wish = Prompt(instruction="continue", language=event.language, person=person, at=now)
    return _asked(conv, wish, now, rules)


def _served(
    conv: Conversation,
    event: HeldAsked | RestShown | PlainChosen | Reset | Wondered,
    now: float,
    rules: Rules,
    outbox: Outbox,
) -> Decided:
    match event:
        case HeldAsked():
            held, conv = conv.held, replace(conv, held=())
            if not held:  # a second tap, or a button of long ago
                old = Say(key="button-old", language=event.language)
                return conv, (old,) if conv.state is State.IDLE else ()
            return turns.ask_or_wait(conv, held, now, rules)
        case RestShown(answer=answer):
            if outbox.find(answer) is None:
                return conv, (Say(key="button-old", language=event.language),)
            return conv, (ShowRest(answer=answer),)
        case PlainChosen(language=language):
            plain = not conv.plain if event.plain is None else event.plain
            said = Say(key="plain-on" if plain else "plain-off", language=language)
            return replace(conv, plain=plain), (*editing.newest_again(conv, event), said)
        case Wondered():
            said = Say(
                key=event.key, args=event.args, language=event.language, reply_to=event.message
            )
            return conv, (said,)
        case Reset(language=language):
            return forgetting.reset(conv, now, language)


__all__ = ["NOW", "Conversation", "Rules", "decide", "owes", "resume"]
