"""The operator's desk: answers `/debug` past the chat itself, so that it works while that hangs.

An actor like any other, but its answers go straight through the gate: no outbox, no model,
no state of the chat they are about is touched. What is asked for in a group is answered in
private, because others read along there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from actors.messages import Inbound
from actors.ports import Address, GoneError
from actors.runtime import Effect, EffectFailed, Perform, Ref
from fsm.flow.definition import Definition
from service.audience import Audience
from service.channels.events import DebugAsked, DebugPressed
from service.observe import levels
from service.operators import buttons, painting, statistics
from service.operators.actions import LOG, Actions, Done
from service.operators.census import Census
from service.operators.counter import Counter, Rows
from service.operators.letters import Letters
from service.operators.pages import Pages
from service.operators.sources import Sources
from service.texts import Texts

Question = DebugAsked | DebugPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """An operator has got an answer, or could not be reached; the update is dealt with."""

    n: int


class Absorbs(Protocol):
    """The part of the store that the desk needs."""

    def absorb(self, *numbers: int) -> None:
        """Count updates as dealt with; see `Store.absorb`."""


class Desk:
    """What the `operator` actors are made of."""

    def __init__(
        self,
        *,
        sources: Sources,
        census: Census,
        actions: Actions,
        letters: Letters,
        counter: Counter,
        texts: Texts,
        flows: Callable[[], Mapping[str, Definition]],
    ) -> None:
        self._flows = flows
        self._sources = sources
        self._census = census
        self._actions = actions
        self._letters = letters
        self._counter = counter
        self._texts = texts
        self._store: Absorbs = sources.store

    def turn(self, state: None, message: object, _now: float) -> tuple[None, Sequence[object]]:
        """Start to answer each question; forget it when it is answered."""
        match message:
            case Inbound(n=n, event=DebugAsked() | DebugPressed() as asked):
                return state, ((n, asked),)
            case Served(n=n):
                self._store.absorb(n)
            case EffectFailed(tag=int() as n):
                self._store.absorb(n)
        return state, ()

    def perform(self, ref: Ref, effect: object, _state: None) -> Sequence[Effect]:
        """Return the task that answers one question."""
        assert isinstance(effect, tuple)
        n, asked = effect
        address = Address.parse(ref.key)

        async def run(_: object) -> Served:
            await self._answer(address, asked)
            return Served(n=n)

        return (Perform(f"debug {n}", run, timeout=120.0, tag=n),)

    async def _answer(self, asked_in: Address, asked: Question) -> None:
        private = _private(asked_in, asked.person)
        try:
            if isinstance(asked, DebugPressed):
                await self._press(private, asked)
            else:
                await self._question(asked_in, private, asked)
        except GoneError:
            if private != asked_in:
                sentence = self._texts.say(asked.language, "debug-write-first")
                await self._counter.say(asked_in, sentence)

    async def _question(self, asked_in: Address, to: Address, asked: DebugAsked) -> None:
        words = asked.text.split()
        command = words[0] if words else ("here" if asked.answers else "")
        match command:
            case "":
                page = self._pages(asked).fleet(self._census.fleet())
                await self._counter.say(to, page)
            case "stats":
                await self._stats(to, asked)
            case "dead":
                await self._dead(to, asked)
            case "log":
                await self._log(to, asked, words[1:])
            case "graph":
                await self._graph(to, asked_in, words[1:], asked)
            case _:
                await self._chat(to, self._key(asked_in, words), asked)

    async def _chat(self, to: Address, key: str | None, asked: Question) -> None:
        if key is None:
            sentence = self._texts.say(asked.language, "debug-unknown")
            await self._counter.say(to, sentence)
            return
        facts = self._sources.chat(key)
        rows = self._named(asked, buttons.of_chat(facts))
        await self._counter.say(to, self._pages(asked).chat(facts), rows)

    async def _log(self, to: Address, asked: DebugAsked, words: Sequence[str]) -> None:
        if words:
            await self._tell(to, await self._actions.do(LOG, words[0], asked.person), asked)
            return
        sentence = self._texts.say(asked.language, "debug-log", {"level": levels.chosen()})
        await self._counter.say(to, sentence, self._named(asked, buttons.of_log()))

    def _named(self, asked: Question, rows: list[list[buttons.Key]]) -> Rows:
        return [
            [(self._texts.plain(asked.language, label), data) for label, data in row]
            for row in rows
        ]

    async def _dead(self, to: Address, asked: Question) -> None:
        letters = await self._letters.all()
        rows = [
            [
                (f"{number} {self._texts.plain(asked.language, label)}", data)
                for label, data, number in row
            ]
            for row in buttons.of_letters(letters)
        ]
        page = self._pages(asked).dead(letters, self._sources.system.now())
        await self._counter.say(to, page, rows)

    async def _stats(self, to: Address, asked: DebugAsked) -> None:
        sources = self._sources
        audience, now = sources.around.audience() or Audience(), sources.system.now()
        page = statistics.told(audience, sources.chronicle, now, self._texts, asked.language)
        await self._counter.say(to, page)
        days = statistics.last_days(audience, now)
        await self._counter.picture(to, await painting.of_days(days))

    async def _graph(
        self, to: Address, asked_in: Address, words: Sequence[str], asked: DebugAsked
    ) -> None:
        flows = self._flows()
        if words and (definition := flows.get(words[0])):
            await self._flow(to, definition, self._key(asked_in, words[1:]))
            return
        key = self._key(asked_in, words)
        if key is None:
            args = {"flows": ", ".join(flows)}
            await self._counter.say(to, self._texts.say(asked.language, "debug-no-graph", args))
            return
        chat = self._sources.value(key)
        state = chat.conversation.state if chat else None
        await self._counter.picture(to, await painting.of_state(state))

    async def _flow(self, to: Address, definition: Definition, key: str | None) -> None:
        """Draw a flow, with the step marked at which the chat *key* is in it."""
        chat = self._sources.value(key) if key else None
        current = chat.conversation.flows.current if chat else None
        here = current is not None and current.name == definition.name
        picture = await painting.of_flow(definition, current.step if current and here else "")
        await self._counter.picture(to, picture)

    async def _press(self, to: Address, pressed: DebugPressed) -> None:
        if pressed.action == "refresh":
            await self._chat(to, pressed.about, pressed)
            return
        done = await self._actions.do(pressed.action, pressed.about, pressed.person)
        await self._tell(to, done, pressed)

    async def _tell(self, to: Address, done: Done, asked: Question) -> None:
        if done.file:
            await self._counter.file(to, done.content.encode(), done.file)
            return
        page = self._texts.say(asked.language, done.key, done.args)
        if done.content:
            # A fence longer than any in it, so that what somebody wrote stays what it is.
            page = f"{page}\n\n{_fenced(done.content)}"
        await self._counter.say(to, page)

    def _pages(self, asked: Question) -> Pages:
        return Pages(self._texts, asked.language)

    def _key(self, address: Address, words: Sequence[str]) -> str | None:
        """Return the key of the chat that *words* name: `here`, a number, or a whole key.

        A number is that of a chat of the bot that was asked, or of the one named before it.
        """
        if not words or words[0] == "here":
            return address.key
        name = words[0]
        if name.startswith("@"):
            bot = self._sources.around.roll.find(name)
            address, name = replace(address, bot=bot), words[1] if bot and len(words) > 1 else ""
        try:
            if "." in name:
                return Address.parse(name).key
            return Address(channel=address.channel, bot=address.bot, chat=int(name)).key
        except ValueError:
            return None


def _private(address: Address, person: str) -> Address:
    """Return the chat that *person* alone reads."""
    if address.private:
        return address
    return replace(address, chat=int(person.rpartition(".")[2]), topic=0)


def _fenced(content: str) -> str:
    longest = max((len(run) for run in _runs(content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{content}\n{fence}"


def _runs(content: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in content).split() if run]
