"""A turn from its question to its last word: started, grown, finished, stopped, interrupted."""

from __future__ import annotations

from fsm import aloud, branches, compaction, promises, repeats
from fsm.collecting import in_order
from fsm.content import Prompt
from fsm.context import context
from fsm.data import Conversation, Rules
from fsm.effects import (
    Button,
    CancelGeneration,
    Effect,
    Effects,
    Finish,
    Generate,
    Say,
    Show,
    StartTimer,
    Wish,
)
from fsm.events import Failed, Finished, Interrupted
from fsm.leftovers import what_there_is
from fsm.memory import Outcome, Turn
from fsm.prompts import (
    corrected,
    has,
    is_order,
    language,
    of_one_speaker,
    reply_to,
    without_calls,
)
from fsm.proposals import Proposal
from fsm.states import BUSY, State, next_state
from fsm.values import replace

PAUSE = "pause"
"""Name of the timer that ends the cooling."""

Decided = tuple[Conversation, Effects]


def ask(
    conv: Conversation,
    prompts: tuple[Prompt, ...],
    now: float,
    rules: Rules,
    *,
    replaces: int = 0,
    again: Turn | None = None,
) -> Decided:
    """Start the next turn, about *prompts*; its answer *replaces* that of an older turn, or none.

    It goes on from the newest turn, from the one that the prompts reply to, or from where
    *again*, the turn that is asked anew, went on. What was being collected is dropped, so it
    has to be among the *prompts*.
    """
    if not again and (told := repeats.answered(conv, prompts, now, rules)):
        return repeats.tell_again(conv, told, prompts, now, rules)
    moved = replace(
        conv,
        state=next_state(conv.state, "ask"),
        since=now,
        turn=conv.turn + 1,
        attempt=1,
        prompts=prompts,
        partial="",
        longest="",
        collected=(),
        parent=again.parent if again else branches.parent(conv, prompts),
        joins=again.joins if again else False,
        asked_with=repeats.settings(conv, rules),
    )
    moved = replace(moved, fresh=not again and branches.is_fresh(moved, now, rules.recall))
    return moved, _generate(moved, now, rules, replaces)


def answer_again(
    conv: Conversation, prompts: tuple[Prompt, ...], now: float, rules: Rules
) -> Decided:
    """Answer the newest turn anew, now about *prompts*, in the place of its old answer.

    What is being collected waits for the turn after it.
    """
    old = conv.memory[-1]
    waiting = (*conv.collected, *conv.waiting)
    forgotten = replace(conv, memory=conv.memory[:-1], waiting=waiting)
    return ask(forgotten, prompts, now, rules, replaces=old.number, again=old)


def ask_waiting(conv: Conversation, now: float, rules: Rules) -> Decided:
    """Start the turn of the prompts that waited, as many as `in_turn` lets into one.

    Among them may be new forms of the question that was just answered: then its answer is
    given again, in its place, to that and to what else the same person said.
    """
    waiting, conv = conv.waiting, replace(conv, waiting=())
    known = conv.memory[-1].prompts if conv.memory else ()
    again = tuple(prompt for prompt in waiting if has(known, prompt))
    if not again:
        return in_turn(conv, waiting, now, rules)
    for prompt in again:
        known = corrected(known, prompt)
    others = tuple(prompt for prompt in waiting if prompt not in again)
    mine, rest = of_one_speaker((known[-1], *others))
    left = replace(conv, waiting=rest, skipped=conv.skipped if rest else 0)
    return answer_again(left, (*known, *mine[1:]), now, rules)


def in_turn(conv: Conversation, prompts: tuple[Prompt, ...], now: float, rules: Rules) -> Decided:
    """Start the next turn about the first of *prompts*; what somebody else said then waits.

    In a private chat that is all of them. In a group each question gets an answer of its own.
    """
    mine, rest = of_one_speaker(prompts)
    waiting = (*rest, *conv.waiting)
    skipped = conv.skipped if waiting else 0
    return ask(replace(conv, waiting=waiting, skipped=skipped), mine, now, rules)


def ask_or_wait(
    conv: Conversation, prompts: tuple[Prompt, ...], now: float, rules: Rules
) -> Decided:
    """Start the next turn about *prompts* if nothing is in hand; else they wait for it."""
    if conv.state in (State.IDLE, State.COLLECTING):
        return in_turn(conv, (*conv.collected, *prompts), now, rules)
    return replace(conv, waiting=(*conv.waiting, *prompts)), ()


def ask_again(conv: Conversation, now: float, rules: Rules) -> Decided:
    """Start the next attempt at the turn in hand, whole."""
    longest = max(conv.longest, conv.partial, key=len)
    moved = replace(
        conv,
        state=next_state(conv.state, "again"),
        since=now,
        attempt=conv.attempt + 1,
        partial="",
        longest=longest,
    )
    return moved, _generate(moved, now, rules)


def restart(conv: Conversation, prompts: tuple[Prompt, ...], now: float, rules: Rules) -> Decided:
    """Drop the turn in hand without a word and start one about *prompts* in its place."""
    old = conv.turn
    idle = replace(conv, state=next_state(conv.state, "abandon"))
    before = Turn(number=old, prompts=(), parent=conv.parent, joins=conv.joins)
    moved, effects = ask(idle, without_calls(prompts), now, rules, replaces=old, again=before)
    return moved, (CancelGeneration(turn=old), *effects)


def finish(conv: Conversation, event: Finished, now: float, rules: Rules) -> Decided:
    """Say the whole answer."""
    outcome = Outcome.TRUNCATED if event.truncated else Outcome.ANSWERED
    more = (Button(wish=Wish.CONTINUE, about=conv.turn),) if event.truncated else ()
    if event.media and is_order(conv.prompts):
        more = (*more, Button(wish=Wish.REDRAW, about=conv.turn))
    if conv.fresh:
        more = (*more, Button(wish=Wish.JOIN, about=conv.turn))
    said = Finish(
        turn=conv.turn,
        text=event.text,
        note="note-answered-by" if event.answered_by else "",
        note_args={"name": event.answered_by} if event.answered_by else {},
        sources=event.sources,
        media=event.media,
        buttons=(*more, *promises.undo(conv)),
        reply_to=reply_to(conv.prompts),
        language=language(conv.prompts),
    )
    moved = replace(conv, partial=event.text)
    ended, effects = _end(moved, outcome, now, rules, said, event)
    ended, speaking = aloud.begin(ended)
    return ended, (*effects, *_asking(conv), *speaking)


def _asking(conv: Conversation) -> Effects:
    """Return the question for consent to each call that was proposed in the turn in hand."""
    to, spoken = reply_to(conv.prompts), language(conv.prompts)
    return tuple(
        question_of_consent(each, reply_to=to, language=spoken)
        for each in conv.proposals
        if each.turn == conv.turn
    )


def question_of_consent(proposal: Proposal, *, reply_to: int = 0, language: str) -> Say:
    """Return the question whether the proposed call shall be made, with its button."""
    call = proposal.call
    return Say(
        key="proposal",
        args={"tool": call.name, "arguments": call.arguments[:1000]},
        buttons=(Button(wish=Wish.APPROVE, about=proposal.id),),
        reply_to=reply_to,
        language=language,
    )


def stop(conv: Conversation, now: float, rules: Rules) -> Decided:
    """Close the model call; what has been written is the answer."""
    said = what_there_is(conv, note="", empty="stopped")
    ended, effects = _end(conv, Outcome.STOPPED, now, rules, said)
    return ended, (CancelGeneration(turn=conv.turn), *effects)


def interrupt(conv: Conversation, event: Interrupted, now: float, rules: Rules) -> Decided:
    """Ask once more; when that was the last attempt, keep the longest text, marked."""
    if event.attempt < rules.attempts:
        return ask_again(conv, now, rules)
    return give_up(conv, now, rules)


def give_up(conv: Conversation, now: float, rules: Rules) -> Decided:
    """End a turn that was interrupted too often with the most that was written."""
    said = what_there_is(conv, note="note-interrupted", empty="problem-interrupted")
    return _end(conv, Outcome.INTERRUPTED, now, rules, said)


def fail(conv: Conversation, event: Failed, now: float, rules: Rules) -> Decided:
    """Tell the person why there is no answer; text that was written is kept."""
    outcome = Outcome.BLOCKED if event.blocked else Outcome.FAILED
    retry = () if event.blocked else (Button(wish=Wish.RETRY, about=conv.turn),)
    said: Effect
    if (conv.partial or conv.longest) and not event.blocked:
        said = what_there_is(conv, note=event.problem, empty=event.problem, args=event.args)
    else:
        said = Say(
            key=event.problem,
            args=event.args,
            turn=conv.turn,
            buttons=retry,
            reply_to=reply_to(conv.prompts),
            language=language(conv.prompts),
        )
    return _end(conv, outcome, now, rules, said)


def _generate(conv: Conversation, now: float, rules: Rules, replaces: int = 0) -> Effects:
    generate = Generate(
        turn=conv.turn,
        attempt=conv.attempt,
        prompts=in_order(conv.prompts),
        context=context(conv, now, rules.recall),
        replaces=replaces,
    )
    return generate, Show(turn=conv.turn, attempt=conv.attempt, text="")


def _end(
    conv: Conversation,
    outcome: Outcome,
    now: float,
    rules: Rules,
    said: Effect,
    finished: Finished | None = None,
) -> Decided:
    """Remember the turn, say *said*, and cool down."""
    answer = said.text if isinstance(said, Finish) else ""
    turn = branches.ended(conv, answer, outcome, now, finished)
    moved = replace(
        conv,
        state=next_state(conv.state, "finish"),
        since=now,
        attempt=0,
        prompts=(),
        partial="",
        longest="",
        rests_at=now + rules.pause,
        memory=(*conv.memory, turn),
        parent=0,
        joins=False,
        fresh=False,
    )
    moved, tidying = compaction.start(moved, now, rules.recall)
    return moved, (said, StartTimer(name=PAUSE, at=moved.rests_at), *tidying)


def rest(conv: Conversation, now: float, rules: Rules) -> Decided:
    """End the cooling; prompts that waited are next."""
    if conv.waiting:
        return ask_waiting(conv, now, rules)
    return replace(conv, state=next_state(conv.state, "rest"), since=now), ()


def is_current(conv: Conversation, turn: int, attempt: int) -> bool:
    """Whether an event of that turn and attempt is about the answer being written now."""
    return conv.state in BUSY and (turn, attempt) == (conv.turn, conv.attempt)
