"""Files in what a chat says: which message they are, and when they may be let go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actors.ports import Channel
from fsm.effects import LetGo
from fsm.media import Media
from fsm.outbox import Answer, Outbox, Part, PartState


def enclosed(answer: Answer, media: Sequence[Media], text: str, channel: Channel) -> Answer:
    """Return *answer*, which says *text*, with *media*: a message for each.

    Short words are the caption of the first one; longer ones stay before them.
    """
    if not media:
        return answer
    bare = channel.caption("")
    caption = channel.caption(text)
    files = [Part(body=bare or b"", media=each) for each in media]
    if caption is None:
        return replace(answer, parts=(*answer.parts, *files))
    return replace(answer, parts=(replace(files[0], body=caption), *files[1:]))


def released(before: Outbox, after: Outbox) -> tuple[LetGo, ...]:
    """Return what to let go of, now that *before* has become *after*."""
    if before is after or not (held := _held(before)):
        return ()
    gone = held - _held(after)
    return (LetGo(media=tuple(sorted(gone, key=lambda each: each.ref))),) if gone else ()


def _held(outbox: Outbox) -> set[Media]:
    """Return what was made and is not delivered yet."""
    done = (PartState.SENT, PartState.DROPPED)
    return {
        part.media
        for answer in outbox.answers
        for part in answer.parts
        if part.media is not None and part.media.made and part.state not in done
    }
