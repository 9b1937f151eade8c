"""Pictures: who draws them, what is shown to the one who draws, and where they are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from actors.paying import Meter
from actors.ports import (
    BlockedError,
    FetchError,
    Keep,
    KeepError,
    MediaPiece,
    Model,
    NoPictureError,
    ProviderError,
    Request,
)
from fsm.media import Media, MediaKind
from fsm.memory import Turn
from fsm.prompts import IMAGE

_TALK = 6
"""So many turns of the talk are told to the one who draws: "now at night" means the last one."""
_KINDS = {"image": MediaKind.PICTURE, "audio": MediaKind.AUDIO, "video": MediaKind.VIDEO}

Fetch = Callable[[Media], Awaitable[bytes]]


def for_artist(request: Request) -> Request:
    """Return *request* for a model that draws: the words of the talk, and no tools."""
    talk = tuple(_words(turn) for turn in request.context[-_TALK:])
    return replace(request, context=talk, tools=(), thinking="")


def _words(turn: Turn) -> Turn:
    prompts = tuple(replace(prompt, media=()) for prompt in turn.prompts)
    return replace(turn, prompts=prompts, media=(), steps=(), seals=(), model="")


async def kept(keep: Keep, chat: str, piece: MediaPiece) -> Media:
    """Return *piece* as something that can be delivered, on the disk.

    Raises:
        KeepError: The disk does not take it.

    """
    ref = await keep.keep(chat, piece.data)
    kind = _KINDS.get(piece.mime.partition("/")[0], MediaKind.DOCUMENT)
    if piece.mime == "audio/ogg":  # Opus in OGG is what Telegram plays as a voice message
        kind = MediaKind.VOICE
    return Media(kind=kind, ref=ref, unique=ref, mime=piece.mime, size=len(piece.data))


@dataclass(frozen=True, slots=True, kw_only=True)
class Easel:
    """Draws for one answer, when its model asks for a picture by a tool."""

    artist: Model
    keep: Keep
    request: Request
    """That the answer is to."""

    def metered(self, meter: Meter) -> Easel:
        """Return the same, paid for by the answer that *meter* counts."""
        return replace(self, artist=meter.beside(self.artist))

    async def keep_file(self, mime: str, data: bytes) -> Media:
        """Return *data* as something that can go out with the answer.

        Raises:
            KeepError: The disk does not take it.

        """
        return await kept(self.keep, self.request.chat, MediaPiece(mime=mime, data=data))

    async def draw(self, description: str, *, change: bool) -> tuple[Media, ...]:
        """Return the picture of *description*, or the last picture of the talk changed so.

        Raises:
            NoPictureError: There is none.

        """
        request = self.request
        before = self._last() if change else ()
        if change and not before:
            raise NoPictureError("There is no picture in this talk that could be changed.")
        wish = replace(request.prompts[-1], text=description, media=before, instruction=IMAGE)
        wanted = replace(
            request,
            chat=f"{request.chat}/{IMAGE}",
            prompts=(replace(wish, quote="", author="", calls=()),),
            context=(),
            steps=(),
            tools=(),
            thinking="",
            at_provider="",
        )
        try:
            async with aclosing(self.artist.answer(wanted)) as stream:
                pieces = [piece async for piece in stream if isinstance(piece, MediaPiece)]
            return tuple([await kept(self.keep, request.chat, piece) for piece in pieces])
        except BlockedError:
            raise NoPictureError("The picture was refused, for reasons of safety.") from None
        except (ProviderError, KeepError, FetchError):
            raise NoPictureError("The picture could not be made just now.") from None

    def _last(self) -> tuple[Media, ...]:
        """Return the picture that was seen last."""
        asked = [each for prompt in self.request.prompts for each in prompt.media]
        for turn in reversed(self.request.context):
            asked = [*(each for p in turn.prompts for each in p.media), *turn.media, *asked]
        return tuple([each for each in asked if each.kind is MediaKind.PICTURE][-1:])
