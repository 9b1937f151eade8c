"""What an operator can do to a chat or to a dead letter; whoever does it is written down."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import structlog

from actors.messages import Woken
from service.observe import levels
from service.observe.scrubbing import chat_hash
from service.operators.letters import Letters
from service.operators.sources import Sources

log = structlog.get_logger()

CHAT_ACTIONS: Final = (
    "trace",
    "suspend",
    "resume",
    "restart",
    "release",
    "passivate",
    "export",
    "reveal",
)
LETTER_ACTIONS: Final = ("replay", "read", "remove")
LOG: Final = "log"
"""The action that is about a level of the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How an action went: a sentence, and perhaps something to show or to save."""

    key: str
    ok: bool = True
    args: Mapping[str, str] = field(default_factory=dict)
    content: str = ""
    """What was asked to be seen; it may hold what people wrote."""
    file: str = ""
    """Name of a file to save *content* under; empty: it is to be shown."""


class Actions:
    """Does what operators ask, and keeps the record of it in the log."""

    def __init__(self, sources: Sources, letters: Letters) -> None:
        self._sources = sources
        self._letters = letters
        self._on_chats: dict[str, Callable[[str], Done]] = {
            "trace": self._trace,
            "suspend": self._suspend,
            "resume": self._resume,
            "restart": self._restart,
            "release": self._release,
            "passivate": self._passivate,
            "export": self._export,
            "reveal": self._reveal,
        }
        self._on_letters: dict[str, Callable[[str], Awaitable[Done]]] = {
            "replay": self._replay,
            "read": self._read,
            "remove": self._remove,
        }

    async def do(self, action: str, about: str, who: str) -> Done:
        """Do *action* about a chat (its key), a letter (its id) or the log (a level), for *who*."""
        name: dict[str, str] = {}
        if action in self._on_chats:
            try:
                done = self._on_chats[action](about)
            except LookupError:
                done = Done(key="debug-done-absent", ok=False)
            name = {"chat": chat_hash(about)}
        elif action in self._on_letters:
            done = await self._on_letters[action](about)
            name = {"letter": about}
        elif action == LOG and about in levels.LEVELS:
            levels.choose(about)
            done, name = Done(key="debug-done-log", args={"level": about}), {"level": about}
        else:
            return Done(key="debug-done-unknown", ok=False)
        log.warning("operator", action=action, who=chat_hash(who), ok=done.ok, **name)
        return done

    def _trace(self, key: str) -> Done:
        traced = self._sources.chronicle.traced
        if key in traced:
            traced.discard(key)
            return Done(key="debug-done-untraced")
        traced.add(key)
        return Done(key="debug-done-traced")

    def _suspend(self, key: str) -> Done:
        ref = self._sources.system.ref("chat", key)
        if self._sources.chat(key).status == "packed":
            ref.tell_system(Woken())
        self._sources.system.suspend(ref)
        return Done(key="debug-done-suspended")

    def _resume(self, key: str) -> Done:
        self._sources.system.resume(self._sources.system.ref("chat", key))
        return Done(key="debug-done-resumed")

    def _restart(self, key: str) -> Done:
        self._sources.system.restart(self._sources.system.ref("chat", key))
        return Done(key="debug-done-restarted")

    def _release(self, key: str) -> Done:
        ref = self._sources.system.ref("chat", key)
        if self._sources.system.statistics(ref).status != "quarantined":
            return Done(key="debug-done-free", ok=False)
        self._sources.system.release(ref)
        return Done(key="debug-done-released")

    def _passivate(self, key: str) -> Done:
        if self._sources.system.passivate(self._sources.system.ref("chat", key)):
            return Done(key="debug-done-passivated")
        return Done(key="debug-done-busy", ok=False)

    def _export(self, key: str) -> Done:
        facts = plain(self._sources.chat(key))
        told = json.dumps(facts, ensure_ascii=False, indent=1)
        return Done(key="debug-done-exported", content=told, file=f"chat-{chat_hash(key)}.json")

    def _reveal(self, key: str) -> Done:
        chat = self._sources.value(key)
        if chat is None:
            return Done(key="debug-done-absent", ok=False)
        conv = chat.conversation
        told = [f"> {prompt.text}" for prompt in (*conv.prompts, *conv.waiting, *conv.collected)]
        if conv.partial:
            told.append(conv.partial)
        return Done(key="debug-done-revealed", content="\n\n".join(told))

    async def _replay(self, id_: str) -> Done:
        letter = await self._letters.replay(id_)
        found = letter is not None
        return Done(key="debug-done-replayed" if found else "debug-done-no-letter", ok=found)

    async def _read(self, id_: str) -> Done:
        letter = await self._letters.find(id_)
        if letter is None:
            return Done(key="debug-done-no-letter", ok=False)
        return Done(key="debug-done-revealed", content=letter.content())

    async def _remove(self, id_: str) -> Done:
        found = await self._letters.remove(id_)
        return Done(key="debug-done-removed" if found else "debug-done-no-letter", ok=found)


def plain(facts: Any) -> dict[str, Any]:
    """Return *facts* as plain data for JSON."""
    found = asdict(facts)
    state = found.get("state")
    if state is not None and not isinstance(state, str):
        found["state"] = state.value
    return found
