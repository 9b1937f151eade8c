"""Purses: an actor for each person and one for everybody, who alone write what was spent.

They live in the same store as the chats. What a call cost is told to them when it ends; a kill in
that very moment may lose one entry, never the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from actors.ports import Refusal, Store
from actors.ports.purse import NOTHING
from actors.runtime import ActorSystem, Committed, Kind, Passivation, Ref, Reply, Turn
from fsm.usage import CENT, Spending, Usage, added, dollars
from service.money.prices import Prices
from service.settings import Settings

PERSON: Final = "person"
COMMON: Final = "purse"
EVERYBODY: Final = "everybody"
"""Key of the one common purse."""
_PATIENCE: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """The value of a person, and of everybody together."""

    key: str = ""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Spent:
    """A call of a model has ended."""

    spending: Spending


@dataclass(frozen=True, slots=True)
class HowMuch:
    """Asks for the usage so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """What a day may cost, in millionths of a dollar; 0: anything."""

    person: int = 0
    chat: int = 0
    everybody: int = 0


def budgets_of(settings: Settings) -> Budgets:
    """Return the budgets that the operator has set, in dollars."""
    return Budgets(
        person=round(settings.budget_person * 100 * CENT),
        chat=round(settings.budget_chat * 100 * CENT),
        everybody=round(settings.budget_day * 100 * CENT),
    )


class Purses:
    """Implements `actors.ports.Purse` on the actors of these kinds."""

    def __init__(
        self,
        prices: Prices,
        budgets: Budgets,
        store: Store,
        system: Callable[[], ActorSystem],
    ) -> None:
        self._prices = prices
        self._budgets = budgets
        self._store = store
        self._system = system

    def kinds(self) -> dict[str, Kind[Any, Any]]:
        """Return the kinds of actors that have purses."""
        return {PERSON: self._kind(PERSON), COMMON: self._kind(COMMON)}

    async def refusal(self, chat: Usage, person: str, unpaid: Spending = NOTHING) -> Refusal | None:
        """Return whose money is used up today, if anybody's is."""
        now, budgets = self._system().now(), self._budgets
        if budgets.chat and chat.on(now).cost + unpaid.cost >= budgets.chat:
            return Refusal(problem="problem-budget-chat", args={"budget": dollars(budgets.chat)})
        if budgets.person and person:
            spent = (await self.usage(person)).on(now).cost + unpaid.cost
            if spent >= budgets.person:
                args = {"budget": dollars(budgets.person)}
                return Refusal(problem="problem-budget-person", args=args)
        if budgets.everybody:
            spent = (await self.together()).on(now).cost + unpaid.cost
            if spent >= budgets.everybody:
                return Refusal(problem="problem-budget-everybody")
        return None

    def cost(self, model: str, used: Spending) -> int:
        """Return what *used* costs with *model* today."""
        return self._prices.cost(model, used, self._system().now())

    def spend(self, person: str, spent: Spending) -> None:
        """Tell whoever keeps count."""
        self._ref(COMMON, EVERYBODY).tell_system(Spent(spent))
        if person:
            self._ref(PERSON, person).tell_system(Spent(spent))

    async def usage(self, person: str) -> Usage:
        """Return what *person* has used."""
        return await self._ask(self._ref(PERSON, person))

    async def together(self) -> Usage:
        """Return what everybody together has used."""
        return await self._ask(self._ref(COMMON, EVERYBODY))

    def _ref(self, kind: str, key: str) -> Ref:
        return self._system().ref(kind, key)

    async def _ask(self, ref: Ref) -> Usage:
        answer = await ref.ask(HowMuch(), timeout=_PATIENCE)
        assert isinstance(answer, Usage)
        return answer

    def _kind(self, name: str) -> Kind[Purse, Any]:
        async def load(key: str) -> Purse | None:
            kept = await self._store.load(f"{name}/{key}")
            return kept if isinstance(kept, Purse) else None

        async def retire(key: str, purse: Purse) -> None:
            await self._store.retire(f"{name}/{key}", purse)

        def commit(turn: Turn[Purse]) -> Committed[Purse] | None:
            if turn.after == turn.before:
                return None
            ticket = self._store.commit(f"{name}/{turn.after.key}", turn.after, soon=True)
            return Committed(state=turn.after, effects=turn.effects, ticket=ticket)

        return Kind(
            behaviour=_turn,
            initial=lambda key: Purse(key=key),
            load=load,
            commit=commit,
            retire=retire,
            passivation=Passivation(idle=900.0, limit=20_000),
        )


def _turn(purse: Purse, message: object, now: float) -> tuple[Purse, Sequence[object]]:
    match message:
        case Spent(spending=spending):
            return replace(purse, usage=added(purse.usage, spending, now)), ()
        case HowMuch():
            return purse, (Reply(purse.usage),)
    raise TypeError(f"a purse has no use for {type(message).__name__}")
