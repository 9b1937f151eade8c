"""What the console's page gets to read: facts as plain data, each cause as a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fsm.draw import LAYOUT, arrows
from fsm.usage import Usage
from service.audience import DAY, MONTH, Audience
from service.console.series import Sample
from service.operators import muster
from service.operators.actions import plain
from service.operators.facts import ChatFacts, FleetFacts
from service.operators.letters import Letter
from service.operators.pages import span
from service.operators.reasons import because, key_of
from service.texts import Texts

Json = dict[str, Any]


class Views:
    """Speaks one language."""

    def __init__(self, texts: Texts, language: str) -> None:
        self._texts = texts
        self._language = language

    def house(self, facts: FleetFacts) -> Json:
        """Return the overview."""
        found = plain(facts)
        for bot, each in zip(facts.bots, found["bots"], strict=True):
            each["why"] = muster.trouble(bot, self._say, span)
        for each in found["attention"]:
            each["why"] = self._cause(each["cause"], each["left"])
        found["retiring"] = [{**each, "day": each["day"].isoformat()} for each in found["retiring"]]
        found["reasons"] = {cause: self._cause(cause, None) for cause, _ in facts.causes}
        return found

    def chat(self, facts: ChatFacts) -> Json:
        """Return one chat, its reason first."""
        reason = because(facts)
        return {
            "cause": reason.cause,
            "why": self._cause(reason.cause, reason.left),
            **plain(facts),
        }

    def letters(self, letters: Sequence[Letter]) -> list[Json]:
        """Return dead letters without what stands in them."""
        return [
            {
                "id": letter.id,
                "at": letter.at,
                "actor": letter.actor,
                "chat": letter.chat,
                "reason": letter.reason,
                "error": letter.error or letter.message,
                "replayable": bool(letter.update),
            }
            for letter in letters
        ]

    def _say(self, key: str, args: Mapping[str, str]) -> str:
        return self._texts.plain(self._language, key, args)

    def _cause(self, cause: str, left: float | None) -> str:
        said = self._texts.plain(self._language, key_of(cause))
        if left is not None:
            said += self._texts.plain(self._language, "debug-left", {"left": span(left)})
        return said


def machine() -> Json:
    """Return the state machine: where each state stands, and every arrow with its moves."""
    return {
        "states": [{"name": state.value, "at": list(place)} for state, place in LAYOUT.items()],
        "arrows": [
            {"from": source.value, "to": target.value, "moves": list(moves)}
            for (source, target), moves in arrows().items()
        ],
    }


def days(audience: Audience, usage: Usage, now: float) -> list[Json]:
    """Return for each of the last thirty days who was there, what it took and what it cost."""
    today, spent = int(now // DAY), {day.number: day.spent for day in usage.days}
    people = audience.by_day(today, MONTH)
    return [
        {
            "at": day * DAY,
            "people": count,
            "tokens": spent[day].prompt + spent[day].output if day in spent else 0,
            "cost": spent[day].cost / 1_000_000 if day in spent else 0.0,
        }
        for day, count in zip(range(today - MONTH + 1, today + 1), people, strict=True)
    ]


def samples(taken: Sequence[Sample]) -> list[Json]:
    """Return the samples for the plots."""
    return [asdict(each) for each in taken]
