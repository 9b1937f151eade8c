"""What is done about the memory of a chat while its talk goes on: archive, summarize, erase."""

from __future__ import annotations

from contextlib import aclosing

from actors.ports import Done, Model, ProviderError, Request, Store, TextDelta
from actors.runtime.behaviour import Perform
from fsm.content import Prompt
from fsm.context import told
from fsm.effects import Archive, Erase, Summarize
from fsm.events import Archived, Erased, Summarized, SummaryFailed

LONGEST = 4000
"""Characters of a summary; what a model writes beyond is left out."""
PATIENCE = 120.0
"""Seconds for a summary; nobody waits for it."""


def tidying(
    effect: Archive | Summarize | Erase, chat: str, store: Store, summarizer: Model
) -> Perform:
    """Return what *effect* comes down to for *chat*; its result is an event of the rules."""
    key = f"chat/{chat}"
    match effect:
        case Archive(turns=turns):

            async def archive(_: object) -> Archived:
                await store.archive(key, turns)
                return Archived(upto=turns[-1].number)

            return Perform("archive", archive, durable=True)
        case Summarize():

            async def shorten(_: object) -> Summarized | SummaryFailed:
                return await summarize(summarizer, chat, effect)

            tag = ("summarize", effect.upto)
            return Perform("summarize", shorten, timeout=PATIENCE, tag=tag)
        case Erase(language=language):

            async def erase(_: object) -> Erased:
                await store.forget(key)
                return Erased(language=language)

            return Perform("erase", erase, durable=True, tag=("erase", language))


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
