"""Tells the admins about incidents, in Telegram: each gets each sentence once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import anyio
import structlog

from actors.ports import Address, GoneError
from service.observe.metrics import Metrics
from service.operators.counter import Counter
from service.operators.facts import FleetFacts
from service.operators.incidents import Incidents, Notice
from service.operators.pages import span
from service.texts import Texts

log = structlog.get_logger()

EVERY: Final = 5.0
_TRIES: Final = 20
_KEPT: Final = 50


class Alarm:
    """Looks at the house now and then, and speaks up."""

    def __init__(
        self,
        *,
        fleet: Callable[[], FleetFacts],
        counter: Counter,
        texts: Texts,
        metrics: Metrics,
        admins: Callable[[], Iterable[Sequence[Address]]],
        language: str,
    ) -> None:
        """*admins* says of each where they may be told something, in order."""
        self._fleet = fleet
        self._counter = counter
        self._texts = texts
        self._metrics = metrics
        self._admins = admins
        self._language = language
        self.incidents = Incidents()
        self._unsaid: deque[tuple[Sequence[Address], str, int]] = deque(maxlen=_KEPT)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await self.speak()
            await anyio.sleep(EVERY)

    def look(self) -> None:
        """Take note of what is the matter, for everybody to be told."""
        for notice in self.incidents.look(self._fleet()):
            log.warning("incident", kind=notice.kind, over=notice.over, **notice.args)
            if not notice.over:
                self._metrics.incident(notice.kind)
            sentence = self._sentence(notice)
            self._unsaid.extend((admin, sentence, 0) for admin in self._admins())

    async def speak(self) -> None:
        """Say what has not been said; what did not arrive is tried again at the next look."""
        for _ in range(len(self._unsaid)):
            places, sentence, tries = self._unsaid.popleft()
            if not await self._told(places, sentence) and tries < _TRIES:
                self._unsaid.append((places, sentence, tries + 1))

    async def _told(self, places: Sequence[Address], sentence: str) -> bool:
        """Say *sentence* by the first bot that can; whether there is any use in trying again."""
        lost = False
        for place in places:
            try:
                if await self._counter.say(place, sentence):
                    return True
                lost = True
            except GoneError:
                continue  # has never written to that bot: there is no chat to say it in
        return not lost

    def _sentence(self, notice: Notice) -> str:
        if not notice.over:
            return "⚠️ " + self._texts.say(self._language, _key(notice.kind), notice.args)
        args = {**notice.args, "lasted": span(notice.lasted)}
        return "✅ " + self._texts.say(self._language, _key(f"{notice.kind}-over"), args)


def _key(name: str) -> str:
    return f"alert-{name}"
