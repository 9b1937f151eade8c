"""Answers read aloud: chosen with /voice, owed until they are said, asked for twice at most."""

from __future__ import annotations

from typing import Final

from fsm import paying
from fsm.data import Conversation
from fsm.effects import CancelSpeech, Effects, LetGo, Say, Speak
from fsm.events import Commanded
from fsm.memory import Turn
from fsm.prompts import language, reply_to
from fsm.values import replace
from fsm.voice import Spoken, Wanted

ATTEMPTS: Final = 2
_ON: Final = frozenset({"on", "yes", "开", "打开"})
_OFF: Final = frozenset({"off", "no", "关", "关闭"})

Obeyed = tuple[Conversation, Effects]


def command(conv: Conversation, event: Commanded) -> Obeyed:
    """Have answers read aloud from now on, or no more; alone, tell which it is."""
    word, speaks = event.text.strip().casefold(), conv.preferences.speaks
    if word in _ON | _OFF:
        speaks = word in _ON
        conv = replace(conv, preferences=replace(conv.preferences, speaks=speaks))
    key = "voice-on" if speaks else "voice-off"
    return conv, (Say(key=key, language=event.language, reply_to=event.message),)


def begin(conv: Conversation) -> Obeyed:
    """Have the newest answer read aloud, if this chat wants that."""
    last = conv.memory[-1]
    if not conv.preferences.speaks or not last.answer.strip():
        return conv, ()
    wanted = Wanted(turn=last.number)
    return replace(conv, aloud=(*conv.aloud, wanted)), (_speak(last, wanted),)


def resume(conv: Conversation) -> Obeyed:
    """Begin again what a life that has ended was reading aloud; give up what ended it twice."""
    turns = {turn.number: turn for turn in conv.memory}
    again = tuple(
        replace(each, attempt=each.attempt + 1)
        for each in conv.aloud
        if each.attempt < ATTEMPTS and each.turn in turns
    )
    effects = tuple(_speak(turns[each.turn], each) for each in again)
    return (replace(conv, aloud=again) if again != conv.aloud else conv), effects


def hear(conv: Conversation, event: Spoken, now: float) -> Obeyed:
    """Send what was recorded, or say why there is nothing."""
    conv = paying.paid(conv, event.spent, now)
    media = (event.media,) if event.media else ()
    wanted = next((each for each in conv.aloud if each.turn == event.turn), None)
    if wanted is None:  # a Stop came first
        return conv, (LetGo(media=media),) if media else ()
    conv = replace(conv, aloud=tuple(each for each in conv.aloud if each is not wanted))
    turn = next((turn for turn in conv.memory if turn.number == event.turn), None)
    prompts = turn.prompts if turn else ()
    said = Say(
        key=event.note,
        args=event.args,
        media=media,
        reply_to=reply_to(prompts),
        language=language(prompts),
    )
    return conv, (said,)


def stop(conv: Conversation) -> Obeyed:
    """Read no more."""
    if not conv.aloud:
        return conv, ()
    turns = tuple(each.turn for each in conv.aloud)
    return replace(conv, aloud=()), (CancelSpeech(turns=turns),)


def _speak(turn: Turn, wanted: Wanted) -> Speak:
    person = turn.prompts[-1].person if turn.prompts else ""
    return Speak(turn=turn.number, attempt=wanted.attempt, text=turn.answer, person=person)
