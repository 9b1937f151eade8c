"""What is done about the memory of a chat while its talk goes on: archive, summarize, erase."""

from __future__ import annotations

from contextlib import aclosing

from actors.chat_value import Chat
from actors.paying import Till
from actors.ports import Done, Keep, Model, ProviderError, Request, Store, TextDelta
from actors.runtime.behaviour import Perform
from actors.runtime.clock import Clock
from fsm.content import Prompt
from fsm.context import told
from fsm.effects import Archive, Erase, LetGo, Summarize, TellUsage
from fsm.events import Wondered
from fsm.memory_events import Archived, Erased, Summarized, SummaryFailed

LONGEST = 4000
"""Characters of a summary; what a model writes beyond is left out."""
PATIENCE = 120.0
"""Seconds for a summary; nobody waits for it."""


class Tidier:
    """Does what chats ask for between their answers."""

    def __init__(
        self, store: Store, keep: Keep, summarizer: Model, till: Till, clock: Clock
    ) -> None:
        self._store = store
        self._keep = keep
        self._summarizer = summarizer
        self._till = till
        self._clock = clock

    def perform(
        self, effect: Archive | Summarize | Erase | TellUsage | LetGo, chat: Chat
    ) -> Perform:
        """Return what *effect* comes down to; its result is an event of the rules."""
        key = f"chat/{chat.key}"
        match effect:
            case Archive(turns=turns):

                async def archive(_: object) -> Archived:
                    await self._store.archive(key, turns)
                    return Archived(upto=turns[-1].number)

                return Perform("archive", archive, durable=True)
            case Summarize():

                async def shorten(_: object) -> Summarized | SummaryFailed:
                    return await self._summarized(effect, chat.key)

                tag = ("summarize", effect.upto)
                return Perform("summarize", shorten, timeout=PATIENCE, tag=tag)
            case Erase(language=language):

                async def erase(_: object) -> Erased:
                    await self._erased(chat)
                    return Erased(language=language)

                return Perform("erase", erase, durable=True, tag=("erase", language))
            case LetGo(media=media):

                async def let_go(_: object) -> None:
                    for each in media:
                        await self._keep.let_go(each.ref)

                return Perform("let go", let_go, durable=True)
            case TellUsage():

                async def tell(_: object) -> Wondered:
                    used = chat.conversation.usage
                    return await self._till.told(effect, used, self._clock.now())

                return Perform("usage", tell)

    async def _erased(self, chat: Chat) -> None:
        """Remove all that is kept; a supergroup has left things under the key of its group."""
        for name in filter(None, (chat.moved_from, chat.key)):
            await self._store.forget(f"chat/{name}")
            await self._keep.forget(name)

    async def _summarized(self, effect: Summarize, chat: str) -> Summarized | SummaryFailed:
        meter = self._till.meter(self._summarizer)
        try:
            return await summarize(meter, chat, effect)
        finally:
            self._till.bill(chat, meter.spent)


async def summarize(model: Model, chat: str, effect: Summarize) -> Summarized | SummaryFailed:
    """Ask *model* for a summary of the turns; anything but a whole answer is a failure.

    The question goes under a key of its own, so that it does not push the chat's encoded
    history out of the adapter's cache.
    """
    earlier = (told("summary", effect.before),) if effect.before else ()
    request = Request(
        chat=f"{chat}/summary",
        turn=effect.upto,
        attempt=1,
        prompts=(Prompt(instruction="summarize"),),
        context=(*earlier, *effect.turns),
    )
    text, whole = "", False
    try:
        async with aclosing(model.answer(request)) as stream:
            async for piece in stream:
                match piece:
                    case TextDelta():
                        text += piece.text
                    case Done():
                        whole = True
    except ProviderError:
        whole = False
    if not whole or not text.strip():
        return SummaryFailed(upto=effect.upto)
    return Summarized(upto=effect.upto, text=text.strip()[:LONGEST])
