"""Says sentences that no chat's actor can say for itself, past every outbox, one task each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import anyio
import structlog

from actors.ports import Address, GoneError, Voice

log = structlog.get_logger()

TRIES: Final = 3
PAUSE: Final = 10.0
"""Seconds between them; a penalty is waited for at the gate."""


class Herald:
    """Whose chat has to wait keeps nobody else waiting; whoever is gone is not looked for."""

    def __init__(self, voice: Voice, say: Callable[[Address, str], Awaitable[bool]]) -> None:
        """*say* waits until the peer may be called, and returns whether the words arrived."""
        self._voice = voice
        self._say = say
        self._waiting: list[tuple[Address, str]] = []
        self._woken = anyio.Event()

    def tell(self, to: Address, language: str, key: str) -> None:
        """Have the sentence *key* said in a moment, in *language*; returns at once."""
        self._waiting.append((to, self._voice.say(language, key)))
        self._woken.set()

    async def run(self) -> None:
        """Tell people until cancelled."""
        async with anyio.create_task_group() as tasks:
            while True:
                waiting, self._waiting = self._waiting, []
                for address, sentence in waiting:
                    tasks.start_soon(self._tell, address, sentence)
                self._woken = anyio.Event()
                if not self._waiting:
                    await self._woken.wait()

    async def _tell(self, to: Address, sentence: str) -> None:
        try:
            for _ in range(TRIES):
                if await self._say(to, sentence):
                    return
                await anyio.sleep(PAUSE)
            log.warning("somebody should have been told something and could not be")
        except GoneError:
            log.info("somebody who should have been told something is gone")
