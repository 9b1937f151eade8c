"""Chats that stand still because they crash again and again: whoever is in one is told, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from actors.chat import Chat
from actors.messages import Inbound
from actors.ports import Address
from actors.runtime import ActorSystem, Ref
from fsm.content import Prompt
from fsm.data import Conversation
from fsm.prompts import language


class Sickroom:
    """An actor in quarantine has no turns, so it cannot say itself why it is silent."""

    def __init__(
        self,
        tell: Callable[[Address, str, str], None],
        system: Callable[[], ActorSystem],
        waiting: Callable[[str, int], Sequence[Inbound]],
        language: str,
    ) -> None:
        """*waiting* returns the oldest mail of a chat; *language* is for who has written none."""
        self._tell = tell
        self._system = system
        self._waiting = waiting
        self._language = language

    def admit(self, ref: Ref) -> None:
        """Tell the people of a chat that has just been put into quarantine."""
        address = Address.parse(ref.key)
        if not address.foreign:  # there the one message is the answer, and only its actor has it
            self._tell(address, self._spoken(ref), "quarantine")

    def _spoken(self, ref: Ref) -> str:
        if mail := self._waiting(ref.key, 1):
            return mail[0].language
        chat = self._system().get_state(ref)
        said = _last_said(chat.conversation) if isinstance(chat, Chat) else ()
        return language(said) if said else self._language


def _last_said(conv: Conversation) -> tuple[Prompt, ...]:
    return conv.prompts or (conv.memory[-1].prompts if conv.memory else ())
