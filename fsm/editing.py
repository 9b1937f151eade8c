"""What a changed question does: the newest is answered again, an older one corrects the memory."""

from __future__ import annotations

from fsm import turns
from fsm.content import Prompt
from fsm.data import Conversation, Rules
from fsm.effects import Effects, Finish, Say
from fsm.events import PlainChosen
from fsm.prompts import corrected, has
from fsm.states import BUSY, State
from fsm.turns import Decided
from fsm.values import replace


def edited(conv: Conversation, prompt: Prompt, now: float, rules: Rules) -> Decided:
    """Return the conversation after a message of somebody's has become *prompt*.

    Channels report an edit for more than its words (a link got its preview), so one that
    changes nothing is not heard. Nor is one of a message that nobody remembers.
    """
    known = _known(conv, prompt)
    if known is None or _says(known) == _says(prompt):
        return conv, ()
    if conv.state in BUSY and has(conv.prompts, prompt):
        return turns.restart(conv, corrected(conv.prompts, prompt), now, rules)
    last = conv.memory[-1] if conv.memory else None
    if last is not None and has(last.prompts, prompt):
        return _edited_newest(conv, prompt, now, rules)
    if any(has(turn.prompts, prompt) for turn in conv.memory):
        said = Say(key="edit-noted", reply_to=prompt.message, language=prompt.language)
        return _remembered(conv, prompt), (said,)
    return replace(
        conv,
        waiting=corrected(conv.waiting, prompt),
        held=corrected(conv.held, prompt),
        collected=corrected(conv.collected, prompt),
    ), ()


def _edited_newest(conv: Conversation, prompt: Prompt, now: float, rules: Rules) -> Decided:
    if conv.state in BUSY:
        # The next question is being answered already: this one has become an older one.
        said = Say(key="edit-noted", reply_to=prompt.message, language=prompt.language)
        return _remembered(conv, prompt), (said,)
    if conv.state is State.COOLING:
        # Its answer is on its way to the person; the next turn takes its place.
        rest = tuple(each for each in conv.waiting if each.message != prompt.message)
        return replace(conv, waiting=(*rest, prompt)), ()
    return turns.answer_again(conv, corrected(conv.memory[-1].prompts, prompt), now, rules)


def _remembered(conv: Conversation, prompt: Prompt) -> Conversation:
    memory = tuple(replace(turn, prompts=corrected(turn.prompts, prompt)) for turn in conv.memory)
    return replace(conv, memory=memory)


def _known(conv: Conversation, prompt: Prompt) -> Prompt | None:
    """Return the form of *prompt* that was heard last."""
    remembered = (each for turn in reversed(conv.memory) for each in turn.prompts)
    in_hand = (*conv.waiting, *conv.held, *conv.collected)
    busy = conv.prompts if conv.state in BUSY else ()
    for each in (*in_hand, *busy, *remembered):
        if prompt.message and each.message == prompt.message:
            return each
    return None


def _says(prompt: Prompt) -> tuple[object, ...]:
    """Return what of *prompt* an answer depends on."""
    return prompt.text, tuple(each.unique or each.ref for each in prompt.media), prompt.quote


def newest_again(conv: Conversation, event: PlainChosen) -> Effects:
    """Give the newest answer once more in the form that was just chosen under it."""
    last = conv.memory[-1] if conv.memory else None
    if last is None or event.turn != last.number or not last.answer or conv.state in BUSY:
        return ()
    if last.media:  # words cannot take the place of a picture, nor need they
        return ()
    return (Finish(turn=last.number, text=last.answer, again=True, language=event.language),)
