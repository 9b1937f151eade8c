"""Tells people that their button press has arrived: at once, and whatever else is going on."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import msgspec

from service.channels.telegram.session import Line

log = logging.getLogger(__name__)

AT_ONCE: Final = 64
"""More than so many at a time are not answered: the little clock on the button stops by itself."""
TIMEOUT: Final = 10.0
LONGEST: Final = 200


class Acknowledger:
    """Answers callback queries of one bot. Telegram does not limit these."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._tasks: set[asyncio.Task[None]] = set()

    async def acknowledge(self, callback: str, text: str = "") -> None:
        """Answer *callback*, perhaps with a short *text* that the person sees; never fails."""
        answer = {"callback_query_id": callback}
        if text:
            answer["text"] = text[:LONGEST]
        try:
            await self._line.call(
                "answerCallbackQuery", msgspec.json.encode(answer), timeout=TIMEOUT
            )
        except Exception as problem:  # too old, or no connection: nobody is worse off
            log.info("a button press could not be acknowledged: %s", problem)

    def soon(self, callback: str, text: str = "") -> None:
        """Do the same without waiting for it."""
        if callback and len(self._tasks) < AT_ONCE:
            task = asyncio.get_running_loop().create_task(self.acknowledge(callback, text))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End what is still under way."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
