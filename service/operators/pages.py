"""`/debug` in words: facts as Markdown, in the operator's language."""

from __future__ import annotations

from collections.abc import Mapping

from service.operators.facts import ChatFacts, FleetFacts
from service.operators.reasons import because
from service.texts import Texts


class Pages:
    """Writes the pages in one language."""

    def __init__(self, texts: Texts, language: str) -> None:
        self._texts = texts
        self._language = language

    def chat(self, facts: ChatFacts) -> str:
        """Return the page of one chat; its first line says what it is doing and why."""
        now = facts.now
        lines = [self._title("debug-chat", key=facts.key), self._why(facts), self._state(facts)]
        turn = {"turn": facts.turn, "attempt": facts.attempt, "kept": facts.memory}
        lines.append(self._line("debug-turn", **{name: str(n) for name, n in turn.items()}))
        mail = {"mail": facts.mail, "spilled": facts.spilled, "waiting": facts.waiting}
        lines.append(self._line("debug-mailbox", **{name: str(n) for name, n in mail.items()}))
        lines += self._list("debug-effects", [(n, span(now - at)) for n, at in facts.effects])
        lines += self._list("debug-timers", [(n, span(at - now)) for n, at in facts.timers])
        lines += self._list("debug-outbox", [(state, str(n)) for state, n in facts.parts])
        if facts.penalty_until:
            lines.append(self._line("debug-penalty", left=span(facts.penalty_until - now)))
        error = facts.last_error or self._word("debug-none")
        lines.append(self._line("debug-crashes", crashes=str(facts.crashes), error=error))
        if facts.written_at is not None:
            lines.append(self._line("debug-written", age=span(now - facts.written_at)))
        table = [f"{span(now - at):>7}  {what} {how}" for at, what, how in facts.trace[-12:]]
        if table:
            lines += ["", "```", *table, "```"]
        return "\n".join(lines)

    def fleet(self, facts: FleetFacts) -> str:
        """Return the overview."""
        states = ", ".join(f"{name} {count}" for name, count in facts.states)
        return "\n".join(
            [
                self._title("debug-fleet", age=span(facts.now - facts.started)),
                self._line(
                    "debug-actors",
                    actors=str(facts.actors),
                    states=states or self._word("debug-none"),
                ),
                self._line(
                    "debug-work",
                    mail=str(facts.mail),
                    effects=str(facts.effects),
                    timers=str(facts.timers),
                ),
                self._line(
                    "debug-trouble",
                    crashes=str(facts.crashes),
                    quarantined=str(facts.quarantined),
                    dead=str(facts.dead_letters),
                    penalties=str(facts.penalties),
                ),
                self._line(
                    "debug-disk",
                    unabsorbed=str(facts.unabsorbed),
                    size=f"{facts.journal_bytes / 1e6:.1f} MB",
                ),
                *([self._line("debug-disk-failing")] if facts.failing else []),
                *self._list(
                    "debug-children",
                    [(name, f"{'✓' if alive else '✗'} {n}") for name, alive, n in facts.children],
                ),
            ]
        )

    def _why(self, facts: ChatFacts) -> str:
        reason = because(facts)
        said = self._say(reason.key, {})
        if reason.left is not None:
            said += self._say("debug-left", {"left": span(reason.left)})
        return f"{said}\n"

    def _state(self, facts: ChatFacts) -> str:
        if facts.state is None:
            return self._line("debug-absent", status=facts.status)
        args = {
            "state": facts.state.value,
            "status": facts.status,
            "age": span(facts.now - facts.since),
        }
        return self._line("debug-state", **args)

    def _list(self, key: str, items: list[tuple[str, str]]) -> list[str]:
        said = ", ".join(f"{name} {value}" for name, value in items)
        return [self._line(key, items=said or self._word("debug-none"))]

    def _title(self, sentence: str, /, **args: str) -> str:
        return f"**{self._say(sentence, args)}**\n"

    def _line(self, key: str, **args: str) -> str:
        return f"- {self._say(key, args)}"

    def _word(self, key: str) -> str:
        return self._say(key, {})

    def _say(self, key: str, args: Mapping[str, str]) -> str:
        return self._texts.say(self._language, key, args)


def span(seconds: float) -> str:
    """Return a length of time as a person says it: `0.4 s`, `12 s`, `3 min`, `5 h`, `2 d`."""
    if abs(seconds) < 10:
        return f"{seconds:.1f} s"
    for most, unit, size in ((120, "s", 1), (7200, "min", 60), (172_800, "h", 3600)):
        if abs(seconds) < most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"
