"""`/debug` in words: facts as Markdown, in the operator's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from actors.peers import PeerView
from fsm.usage import Spending, dollars
from service.operators import muster, standing
from service.operators.facts import ChatFacts, FleetFacts
from service.operators.letters import Letter
from service.operators.reasons import are_down, because, key_of
from service.texts import Texts

_MOVES = 20
_LETTERS = 20
_PENALTIES = 5


class Pages:
    """Writes the pages in one language."""

    def __init__(self, texts: Texts, language: str) -> None:
        self._texts = texts
        self._language = language

    def chat(self, facts: ChatFacts) -> str:
        """Return the page of one chat; its first line says what it is doing and why."""
        now = facts.now
        lines = [self._title("debug-chat", key=facts.key), self._why(facts), self._state(facts)]
        if facts.bot:
            lines.append(self._line("debug-bot", bot=facts.bot))
        turn = {"turn": facts.turn, "attempt": facts.attempt, "kept": facts.memory}
        lines.append(self._line("debug-turn", **{name: str(n) for name, n in turn.items()}))
        mail = {"mail": facts.mail, "spilled": facts.spilled, "waiting": facts.waiting}
        lines.append(self._line("debug-mailbox", **{name: str(n) for name, n in mail.items()}))
        lines += self._list("debug-effects", [(n, span(now - at)) for n, at in facts.effects])
        lines += self._list("debug-timers", [(n, span(at - now)) for n, at in facts.timers])
        lines += self._list("debug-outbox", [(state, str(n)) for state, n in facts.parts])
        if facts.gate is not None:
            lines.append(self._gate(facts.gate, now))
        if facts.penalty_until:
            lines.append(self._line("debug-penalty", left=span(facts.penalty_until - now)))
        lines.append(self._owes(facts))
        error = facts.last_error or self._word("debug-none")
        lines.append(self._line("debug-crashes", crashes=str(facts.crashes), error=error))
        lines += self._kept(facts)
        if facts.tokens:
            lines.append(self._line("debug-tokens", tokens=str(facts.tokens)))
        for key, spent in (("debug-spent", facts.spent), ("debug-spent-today", facts.spent_today)):
            if spent is not None:
                lines.append(self._spent(key, spent))
        if facts.cached is not None:
            lines.append(self._line("debug-cached", share=str(facts.cached)))
        if facts.traced:
            lines.append(self._line("debug-traced"))
        return "\n".join([*lines, *self._history(facts)])

    def _spent(self, key: str, spent: Spending) -> str:
        """Return what was used and what it cost, as `/usage` counts it."""
        counted = {"calls": spent.calls, "read": spent.prompt, "written": spent.output}
        args = {name: str(count) for name, count in counted.items()}
        return self._line(key, **args, cost=dollars(spent.cost))

    def _gate(self, peer: PeerView, now: float) -> str:
        """Return how the way out to the channel stands, which all topics of a group share."""
        busy = self._word("debug-none")
        if peer.busy_since is not None:
            busy = span(now - peer.busy_since)
        return self._line(
            "debug-gate",
            busy=busy,
            finals=str(len(peer.finals)),
            previews=str(len(peer.previews)),
            left=f"{max(0.0, peer.left):.1f}",
            slower=f"{peer.slowness:.1f}",
        )

    def fleet(self, facts: FleetFacts) -> str:
        """Return the overview; what needs somebody comes first."""
        return "\n".join(
            [
                self._title("debug-fleet", age=span(facts.now - facts.started)),
                *self._troubles(facts),
                *self._counts(facts),
                *self._bots(facts),
                *self._list("debug-providers", standing.listed(facts, self._say, span)),
                *self._servers(facts),
                self._line(
                    "debug-disk",
                    unabsorbed=str(facts.unabsorbed),
                    size=f"{facts.journal_bytes / 1e6:.1f} MB",
                ),
                *self._free(facts),
                *self._list(
                    "debug-children",
                    [(name, f"{'✓' if alive else '✗'} {n}") for name, alive, n in facts.children],
                ),
                *self._waiting(facts),
            ]
        )

    def dead(self, letters: Sequence[Letter], now: float) -> str:
        """Return the list of dead letters, newest first; what stands in them is not shown."""
        lines = [self._title("debug-dead", count=str(len(letters)))]
        for number, letter in enumerate(letters[:_LETTERS], start=1):
            lines.append(
                f"{number}. "
                + self._say(
                    "debug-letter",
                    {
                        "age": span(now - letter.at),
                        "actor": letter.actor or self._word("debug-none"),
                        "reason": letter.reason,
                        "error": letter.error or letter.message or self._word("debug-none"),
                    },
                )
            )
        return "\n".join(lines)

    # -- parts of a chat's page ---------------------------------------------------------------

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

    def _owes(self, facts: ChatFacts) -> str:
        if facts.owes is None:
            return self._line("debug-owes-nothing")
        if facts.owes <= facts.now:
            return self._line("debug-owes-now")
        return self._line("debug-owes-later", left=span(facts.owes - facts.now))

    def _kept(self, facts: ChatFacts) -> list[str]:
        if facts.written_at is None:
            return []
        age = span(facts.now - facts.written_at)
        return [self._line("debug-written", age=age, size=size(facts.size))]

    def _history(self, facts: ChatFacts) -> list[str]:
        now = facts.now
        moves = [
            f"{span(now - move.at):>7}  {move.before} → {move.after}  ({move.message}, "
            f"{span(move.stayed)})"
            for move in facts.moves[-_MOVES:]
        ]
        trace = [f"{span(now - at):>7}  {what} {how}" for at, what, how in facts.trace]
        lines = []
        for table in (moves, trace, facts.crash_report.splitlines()):
            if table:
                lines += ["", "```", *table, "```"]
        return lines

    # -- parts of the overview ----------------------------------------------------------------

    def _troubles(self, facts: FleetFacts) -> list[str]:
        found = []
        if facts.polling == "dead":
            found.append(self._line("debug-polling-dead", age=span(facts.poll_age)))
        if facts.polling == "paused":
            found.append(self._line("debug-polling-paused"))
        if facts.failing:
            found.append(self._line("debug-disk-failing"))
        if are_down(facts.providers):
            found.append(self._line("debug-providers-down"))
        found += [self._line("alert-child", child=child) for child in facts.lost]
        found += [f"- {each}" for each in muster.troubles(facts, self._say, span)]
        found += [self._line("alert-retiring", **end.args_for_person) for end in facts.retiring]
        return found

    def _bots(self, facts: FleetFacts) -> list[str]:
        told = muster.listed(facts, self._say)
        return self._list("debug-bots", told) if told else []

    def _counts(self, facts: FleetFacts) -> list[str]:
        none = self._word("debug-none")
        states = ", ".join(f"{name} {count}" for name, count in facts.states)
        return [
            self._line("debug-actors", actors=str(facts.actors), states=states or none),
            self._line("debug-packed", chats=str(facts.packed), size=size(facts.packed_bytes)),
            self._line(
                "debug-work",
                mail=str(facts.mail),
                spilled=str(facts.spilled),
                effects=str(facts.effects),
                timers=str(facts.timers),
            ),
            self._line(
                "debug-trouble",
                crashes=str(facts.crashes),
                quarantined=str(facts.quarantined),
                dead=str(facts.dead_letters),
                penalties=str(len(facts.penalties)),
            ),
            self._line("debug-lag", lag=f"{facts.lag * 1000:.0f} ms"),
        ]

    def _free(self, facts: FleetFacts) -> list[str]:
        if facts.disk is None:
            return []
        share = f"{100 * facts.disk.free / max(1, facts.disk.total):.0f} %"
        return [self._line("debug-disk-free", free=size(facts.disk.free), share=share)]

    def _waiting(self, facts: FleetFacts) -> list[str]:
        """Return the chats that wait for something, a line each: where to look next."""
        lines = [
            f"- `{each.key}`{f' `{each.bot}`' if each.bot else ''} "
            f"{self._say(key_of(each.cause), {})}"
            for each in facts.attention[:_PENALTIES]
        ]
        return ["", *lines] if lines else []

    # -- words --------------------------------------------------------------------------------

    def _list(self, key: str, items: list[tuple[str, str]]) -> list[str]:
        said = ", ".join(f"{name} {value}" for name, value in items)
        return [self._line(key, items=said or self._word("debug-none"))]

    def _servers(self, facts: FleetFacts) -> list[str]:
        if not facts.servers:
            return []
        return self._list(
            "debug-servers",
            [
                (
                    each.name,
                    self._say("debug-server-up", {"tools": str(each.tools)})
                    if each.up
                    else self._say("debug-server-down", {"why": each.problem}),
                )
                for each in facts.servers
            ],
        )

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
    for most, unit, length in ((120, "s", 1), (7200, "min", 60), (172_800, "h", 3600)):
        if abs(seconds) < most:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def size(count: int) -> str:
    """Return a number of bytes as a person says it: `512 B`, `3.4 kB`, `12 GB`."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 1000:
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{value:.0f} PB"
