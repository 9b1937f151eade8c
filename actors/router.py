"""The router: finds the actor that an accepted update is for, and hands it over.

An actor like any other, with an instant turn: it reads, looks up and tells. Chats are
activated by their first mail, so the router never waits for a disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actors.messages import Gone, Inbound
from actors.ports import Accepted, Address, Reader, Routed, Store
from actors.runtime.behaviour import Effect, Tell
from actors.runtime.ref import Ref
from fsm.events import Left, Reacted, Wondered
from fsm.values import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What one `getUpdates` brought, accepted by the journal."""

    batch: tuple[Accepted, ...]
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """How many updates went where, for `/debug`."""

    routed: int = 0
    ignored: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorb:
    """Count updates as dealt with that mean nothing to anybody."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An update that cannot be understood: a dead letter, not a blocked bot."""

    accepted: Accepted
    error: Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Tell the person at once that their button press has arrived."""

    address: Address
    callback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Tell the topics of a group what has happened to it as a whole."""

    refs: tuple[Ref, ...]
    message: object


class Router:
    """What the router actor is made of."""

    def __init__(
        self,
        *,
        reader: Reader,
        store: Store,
        ref_of: Callable[[Routed], Ref],
        bury: Callable[[Unreadable], None],
        acknowledge: Callable[[Address, str], None],
        topics: Callable[[Address], Sequence[Ref]] = lambda _: (),
    ) -> None:
        """*ref_of* names the actor for what an update means; *bury* keeps unreadable ones.

        *topics* names the chats in memory that share the peer of an address.
        """
        self._topics = topics
        self._reader = reader
        self._store = store
        self._ref_of = ref_of
        self._bury = bury
        self._acknowledge = acknowledge

    def turn(
        self, routing: Routing, message: Arrived, _now: float
    ) -> tuple[Routing, Sequence[object]]:
        """Read each update and send it on its way."""
        effects: list[object] = []
        ignored: list[int] = []
        unreadable = 0
        for accepted in message.batch:
            try:
                routed = self._reader.read(accepted.bot, accepted.update)
            except Exception as error:  # whatever a newer Bot API sends must not block the bot
                effects.append(Unreadable(accepted=accepted, error=error))
                ignored.append(accepted.n)
                unreadable += 1
                continue
            if routed is None:
                ignored.append(accepted.n)
                continue
            chat = self._ref_of(routed)
            effects.append(Tell(chat, inbound(accepted, routed, replayed=message.replayed)))
            if isinstance(routed.event, Left):  # the whole group is gone, with all its topics
                effects.append(Spread(refs=tuple(self._topics(routed.address)), message=Gone()))
            if isinstance(routed.event, Reacted):  # and nobody says in which topic
                topics = (ref for ref in self._topics(routed.address) if ref != chat)
                effects.append(Spread(refs=tuple(topics), message=routed.event))
            if routed.callback:
                effects.append(Acknowledge(address=routed.address, callback=routed.callback))
        if ignored:
            effects.append(Absorb(numbers=tuple(ignored)))
        after = replace(
            routing,
            routed=routing.routed + len(message.batch) - len(ignored),
            ignored=routing.ignored + len(ignored) - unreadable,
            unreadable=routing.unreadable + unreadable,
        )
        return after, effects

    def perform(self, _ref: Ref, effect: object, _routing: Routing) -> Sequence[Effect]:
        """Do what is done at once; tells are the runtime's own."""
        match effect:
            case Absorb(numbers=numbers):
                self._store.absorb(*numbers)
            case Unreadable():
                self._bury(effect)
            case Acknowledge(address=address, callback=callback):
                self._acknowledge(address, callback)
            case Spread(refs=refs, message=message):
                for ref in refs:
                    ref.tell_system(message)
        return ()

    def apologise(self, bot: str, update: Mapping[str, Any]) -> None:
        """Let the chat say that *update* was set aside: its turn has ended the process, twice."""
        routed = self._reader.read(bot, update)
        if routed is not None:
            heard = inbound(Accepted(n=0, bot=bot, update=update), routed, replayed=True)
            said = Wondered(key="poison", language=heard.language)
            self._ref_of(routed).tell_system(said)

    def refill(self, key: str, most: int) -> Sequence[Inbound]:
        """Return mail of the chat *key* that did not fit into its mailbox, in order."""
        mail = []
        for accepted in self._store.pending(f"chat/{key}", most):
            routed = self._reader.read(accepted.bot, accepted.update)
            if routed is not None:
                mail.append(inbound(accepted, routed, replayed=False))
        return mail


def inbound(accepted: Accepted, routed: Routed, *, replayed: bool) -> Inbound:
    """Return *routed* as the message of an actor."""
    language = getattr(routed.event, "language", "")
    if not language and (prompt := getattr(routed.event, "prompt", None)) is not None:
        language = prompt.language
    return Inbound(n=accepted.n, event=routed.event, language=language or "en", replayed=replayed)
