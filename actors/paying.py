"""Asking a model for money: refused before it is asked, counted however it ends."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

import anyio

from actors.ports import Done, Model, ModelEvent, ProviderError, Purse, Refusal, Request
from actors.ports import Usage as Tokens
from actors.ports.purse import NOTHING
from actors.runtime.ref import Ref
from fsm.effects import TellUsage
from fsm.events import Event, Failed, Finished, Interrupted, Wondered
from fsm.usage import Spending, Spent, Usage, dollars

Allowed = Callable[[Spending], Awaitable[Refusal | None]]
"""Says whether a model may be asked once more, after so much."""


class SpentError(ProviderError):
    """The money ran out in the middle of an answer."""

    def __init__(self, provider: str, refusal: Refusal) -> None:
        super().__init__(provider, "may not be asked again")
        self.problem = refusal.problem
        self._args = dict(refusal.args)

    @property
    def args_for_person(self) -> dict[str, str]:
        """Whose money, and how much there was."""
        return self._args


class Meter:
    """A model that counts what asking it takes; one for each answer."""

    def __init__(
        self,
        model: Model,
        purse: Purse,
        account: Meter | None = None,
        allowed: Allowed | None = None,
    ) -> None:
        """What it takes is added to *account*, if it has not one of its own.

        *allowed* is asked before each call but the first, which somebody else has allowed.
        """
        self.name = model.name
        self.spent = Spending()
        self._account = account
        self._allowed = allowed
        self._model = model
        self._purse = purse

    def beside(self, model: Model) -> Meter:
        """Return *model* with a meter that counts for the same answer."""
        return Meter(model, self._purse, self._account or self, self._allowed)

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer; see `actors.ports.Model`.

        Raises:
            SpentError: It was allowed once, and no longer is.

        """
        spent = (self._account or self).spent
        if spent.calls and self._allowed and (refusal := await self._allowed(spent)):
            raise SpentError(self.name, refusal)
        tokens, by = Tokens(), self.name
        try:
            async with aclosing(self._model.answer(request)) as stream:
                async for event in stream:
                    match event:
                        case Tokens():
                            tokens = event
                        case Done(answered_by=other) if other:
                            by = other
                    yield event
        finally:
            self._count(tokens, by)

    def _count(self, tokens: Tokens, by: str) -> None:
        used = Spending(
            calls=1,
            prompt=tokens.prompt,
            cached=tokens.cached,
            output=tokens.output + tokens.thoughts,
        )
        account = self._account or self
        account.spent += replace(used, cost=self._purse.cost(by, used))


class Till:
    """Where what was asked of models is counted: for the chat, its people, and the service."""

    def __init__(self, purse: Purse, ref_of: Callable[[str], Ref]) -> None:
        """*ref_of* names a chat by its key."""
        self._purse = purse
        self._ref_of = ref_of

    async def paid(
        self, ask: Callable[[Meter], Awaitable[Event]], request: Request, model: Model, used: Usage
    ) -> Event:
        """Return how *ask* ended, with what it took; without asking when there is no money.

        *used* is what the chat has used before. What a call took that is cancelled is told to
        the chat by itself, because nobody hears its end.
        """
        person = request.prompts[-1].person if request.prompts else ""
        if refusal := await self.refusal(used, person):
            return Failed(
                turn=request.turn,
                attempt=request.attempt,
                problem=refusal.problem,
                args=refusal.args,
            )
        meter = Meter(model, self._purse, allowed=lambda spent: self.refusal(used, person, spent))
        try:
            event = await ask(meter)
        except anyio.get_cancelled_exc_class():
            self._ref_of(request.chat).tell_system(Spent(spending=meter.spent))
            raise
        finally:
            self.charge(person, meter.spent)
        if isinstance(event, Finished | Interrupted | Failed):
            return replace(event, spent=meter.spent)
        return event

    async def refusal(self, used: Usage, person: str, unpaid: Spending = NOTHING) -> Refusal | None:
        """Return why nothing may be asked for *person* in a chat that *used* so much, or None."""
        return await self._purse.refusal(used, person, unpaid)

    def charge(self, person: str, spent: Spending) -> None:
        """Count *spent* for *person* and for everybody; the chat hears of it by itself."""
        if spent.calls:
            self._purse.spend(person, spent)

    def meter(self, model: Model) -> Meter:
        """Return *model* with a meter."""
        return Meter(model, self._purse)

    def bill(self, chat: str, spent: Spending) -> None:
        """Count what was *spent* for *chat* though nobody in particular has asked for it."""
        if spent.calls:
            self._purse.spend("", spent)
            self._ref_of(chat).tell_system(Spent(spending=spent))

    async def told(self, effect: TellUsage, chat: Usage, now: float) -> Wondered:
        """Return the sentence about what a chat and a person have used."""
        person = await self._purse.usage(effect.person)
        here, there = chat.on(now), person.on(now)
        args = {
            "chat_tokens": f"{here.prompt + here.output:,}",
            "chat_cost": dollars(here.cost),
            "chat_total": dollars(chat.total.cost),
            "tokens": f"{there.prompt + there.output:,}",
            "cost": dollars(there.cost),
            "total": dollars(person.total.cost),
            "cached": str(here.cached_share or "none"),
        }
        used = here.prompt + here.output + there.prompt + there.output
        paid = chat.total.cost + person.total.cost
        key = "usage-free" if used and not paid else "usage-shown"
        return Wondered(key=key, args=args, language=effect.language, message=effect.message)
