"""Handing a part of an answer to the channel, and saying in our words how it went."""

from __future__ import annotations

from actors.chat_value import Chat
from actors.gate import Gate
from actors.messages import Deliver, Gone, Moved
from actors.ports import (
    Address,
    Channel,
    DoubtError,
    GoneError,
    MovedError,
    NotSentError,
    PenaltyError,
    RefusedError,
    Voice,
)
from actors.runtime.behaviour import Perform
from actors.runtime.clock import Clock
from fsm.outbox import Answer, PartMoved, PartState, doubted
from fsm.values import replace

REPEAT_AFTER = 10.0
"""Seconds before a part of unknown fate is sent again."""


class Courier:
    """Delivers for all chats; what it ends, the gate is told."""

    def __init__(self, channel: Channel, gate: Gate, voice: Voice, clock: Clock) -> None:
        self._channel = channel
        self._gate = gate
        self._voice = voice
        self._clock = clock

    def delivery(self, effect: Deliver, chat: Chat) -> Perform:
        """Return the task that delivers a part; its result says how that went."""
        answer = chat.outbox.find(effect.answer)
        if answer is None:
            raise LookupError(f"answer {effect.answer} is not in the outbox")
        address, index = Address.parse(chat.key), effect.part
        if answer.turn and not answer.bubble:
            # From here on the final speaks; a preview after it would be a ghost.
            self._gate.drop_preview(address.peer, chat.key)
            self._channel.forget_preview(address)
        mark = ""
        if answer.parts[index].repeats and not answer.place(index):
            mark = self._voice.say(answer.language, "repeat-mark")

        async def run(_: object) -> object:
            self._gate.take_up(address.peer, chat.key)
            return await self._deliver(address, answer, index, mark)

        tag = ("deliver", answer.id, index)
        return Perform("deliver", run, durable=True, tag=tag)

    async def _deliver(
        self, address: Address, answer: Answer, index: int, mark: str
    ) -> PartMoved | Gone | Moved:
        """Make the one call that delivers a part, and say in our words how it went."""
        retry_after = 0.0
        sent = PartMoved(
            answer=answer.id, part=index, state=PartState.SENT, repeats=answer.parts[index].repeats
        )
        try:
            number = await self._channel.deliver(address, answer, index, mark=mark)
        except PenaltyError as penalty:
            if not isinstance(penalty, NotSentError):
                retry_after = penalty.retry_after
            until = self._clock.now() + penalty.retry_after
            return replace(sent, state=PartState.PENDING, until=until)
        except DoubtError:
            return doubted(answer, index, self._clock.now() + REPEAT_AFTER)
        except GoneError:
            return Gone()
        except MovedError as moved:
            return Moved(chat=moved.chat)
        except RefusedError:
            return PartMoved(answer=answer.id, part=index, state=PartState.DROPPED)
        finally:
            self._gate.release(address.peer, retry_after=retry_after)
        return replace(sent, message=number)
