"""Reading an answer aloud, as an effect: paid for, recorded, on the disk before it is named."""

from __future__ import annotations

from contextlib import aclosing
from typing import Final

from actors.chat_value import Chat
from actors.drawing import kept
from actors.paying import Till
from actors.ports import KeepError, MediaPiece, Model, ProviderError, RecordError, Request
from actors.runtime.behaviour import Perform
from actors.studio import Studio
from fsm.content import Prompt
from fsm.effects import Speak
from fsm.voice import Spoken

PATIENCE: Final = 180.0
"""Seconds for a recording; the person reads meanwhile."""
FAILED: Final = "voice-failed"


class Reciter:
    """Reads aloud for all chats."""

    def __init__(self, studio: Studio, till: Till) -> None:
        self._studio = studio
        self._till = till

    def reading(self, effect: Speak, chat: Chat) -> Perform:
        """Return the task that records an answer; its result is an event of the rules."""

        async def run(_: object) -> Spoken:
            if refusal := await self._till.refusal(chat.conversation.usage, effect.person):
                return Spoken(turn=effect.turn, note=refusal.problem, args=refusal.args)
            meter = self._till.meter(self._studio.speaker)
            try:
                spoken = await self._recorded(effect, chat, meter)
            except (ProviderError, KeepError, RecordError):
                spoken = Spoken(turn=effect.turn, note=FAILED)
            finally:
                self._till.charge(effect.person, meter.spent)
            return spoken.paid(meter.spent)

        return Perform(
            reading_of(effect.turn),
            run,
            timeout=PATIENCE,
            # A second attempt is on disk first: what ends the process must not do so for ever.
            durable=effect.attempt > 1,
            tag=("speak", effect.turn),
        )

    async def _recorded(self, effect: Speak, chat: Chat, speaker: Model) -> Spoken:
        words, whole = self._studio.recorder.words(effect.text)
        if not words:
            return Spoken(turn=effect.turn, note="voice-nothing")
        request = Request(
            chat=f"{chat.key}/speech",
            turn=effect.turn,
            attempt=effect.attempt,
            prompts=(Prompt(text=words, instruction="speak"),),
        )
        async with aclosing(speaker.answer(request)) as stream:
            pieces = [piece async for piece in stream if isinstance(piece, MediaPiece)]
        voice = await self._studio.recorder.voice(pieces)
        media = await kept(self._studio.keep, chat.key, voice)
        note = self._studio.label or ("" if whole else "voice-cut")
        return Spoken(turn=effect.turn, media=media, note=note)


def reading_of(turn: int) -> str:
    """Return the name of the task that reads the answer of *turn*: several may run at a time."""
    return f"speak {turn}"
