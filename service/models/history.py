"""A talk as the messages that a model expects: user and model in turn, the user first.

`messages` serves the adapters that hand plain values to a package; the wire adapter writes the
same messages as bytes, because it keeps them (`gemini_request`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from actors.ports import Request
from fsm.content import Media, MediaKind, Prompt
from fsm.memory import Turn
from fsm.steps import Seal, Step, last_words
from service.models import instructions
from service.models.shelf import HISTORY_MEDIA, Shelf, Shown
from service.models.stored import Stored
from service.models.variation import PLAIN, Variation


@dataclass(frozen=True, slots=True)
class Words:
    """What a model said, with its signatures."""

    text: str
    seals: tuple[Seal, ...] = ()
    model: str = ""


Piece = str | tuple[Media, bytes | Stored] | Words | Step
"""Words of a person, a file encoded or stored, words of a model, or a round of tools."""


@dataclass(slots=True)
class Message:
    """What one side says."""

    from_model: bool
    pieces: list[Piece] = field(default_factory=list)


async def messages(request: Request, shelf: Shelf, variation: Variation = PLAIN) -> list[Message]:
    """Return the context and the question; user messages that nobody answered become one."""

    async def files(wanted: tuple[Media, ...]) -> dict[str, Shown]:
        return await shelf.collect(wanted, request, variation) if wanted else {}

    turns = request.context
    if variation.shortened:
        turns = turns[(len(turns) + 1) // 2 :]
    mentioned = mention_to(turns, -1, shelf.weight)
    said: list[Message] = []
    asking = Message(from_model=False)
    for turn in turns:
        shown = await files(files_of(turn)) if turn.number > mentioned else {}
        asking.pieces += pieces(turn.prompts, shown)
        if (turn.answer.strip() or turn.media) and asking.pieces:
            said += [asking, _answer(turn)]
            asking = Message(from_model=False, pieces=[*shown_again(turn, shown)])
    asking.pieces += pieces(request.prompts, await files(sent(request.prompts)))
    under_way = Message(from_model=True, pieces=[*request.steps])
    return [*said, asking, under_way] if request.steps else [*said, asking]


def _answer(turn: Turn) -> Message:
    """Return rounds of tools and the words after them; `Step` holds both sides of a round."""
    said = last_words(turn.answer, turn.steps)
    if sent := instructions.made(turn):
        said = f"{said}\n{sent}".lstrip()
    words = Words(said, turn.seals, turn.model)
    return Message(from_model=True, pieces=[*turn.steps, *([words] if words.text else [])])


def pieces(prompts: tuple[Prompt, ...], files: dict[str, Shown]) -> list[Piece]:
    """Return what *prompts* say: the files of each first, then its words; never nothing."""
    found: list[Piece] = []
    for prompt in prompts:
        for media in prompt.media:
            content = files.get(media.ref) or instructions.earlier_file(media)
            found.append(content if isinstance(content, str) else (media, content))
        words = instructions.words(prompt)
        if words or not prompt.media:
            found.append(words or "...")
    return found


def sent(prompts: tuple[Prompt, ...]) -> tuple[Media, ...]:
    """Return the files of *prompts*, each once."""
    found = [file for prompt in prompts for file in prompt.media]
    return tuple({file.ref: file for file in found}.values()) if found else ()


def files_of(turn: Turn) -> tuple[Media, ...]:
    """Return the files of *turn* that can be looked at again: those of both sides."""
    files = sent(turn.prompts)
    return (*files, *_pictures(turn)) if turn.media else files  # mostly neither


def shown_again(turn: Turn, files: dict[str, Shown]) -> list[str | tuple[Media, bytes | Stored]]:
    """Return the pictures that the model has made in *turn*, so that it can be asked about them.

    They come from the person's side: not every model takes pictures as its own words.
    """
    there = [(file, files.get(file.ref, "")) for file in _pictures(turn)]
    seen = [(file, content) for file, content in there if not isinstance(content, str)]
    return [instructions.SHOWN, *seen] if seen else []


def _pictures(turn: Turn) -> tuple[Media, ...]:
    return tuple(file for file in turn.media if file.kind is MediaKind.PICTURE)


def mention_to(turns: tuple[Turn, ...], before: int, weight: Callable[[Media], int]) -> int:
    """Return up to which turn files are only mentioned, *before* as long as it is enough.

    Goes down to half of what is allowed at once, so that the beginning of the requests changes
    rarely and the provider's cache survives most turns.
    """
    sizes = [
        (turn.number, sum(map(weight, files)))
        for turn in turns
        if turn.number > before and (files := files_of(turn))
    ]
    if sum(size for _, size in sizes) <= HISTORY_MEDIA:
        return before
    room = HISTORY_MEDIA // 2
    for number, size in reversed(sizes):
        room -= size
        if room < 0:
            return number
    return before
