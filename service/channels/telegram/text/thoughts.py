"""What must not reach a reader: characters no message can carry, and the model's thoughts."""

from __future__ import annotations

import re
from typing import Final

from service.channels.telegram.text.prepare import fence_after

__all__ = ["sanitised", "without_tags", "without_thoughts"]

_UNSENDABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef]")
_THOUGHTS: Final = re.compile(r"<(think|thinking)>.*?(?:(?P<end></\1>)|\Z)\s*", re.DOTALL)
_TAGS: Final = re.compile(r"</?(?:think|thinking)>")
_ALONE: Final = re.compile(r"<think(?:ing)?>[ \t]*(?:\n|\Z)")


def sanitised(text: str) -> str:
    """Return *text* without what no Telegram message can carry."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSENDABLE.sub("", text)


def without_thoughts(text: str) -> str:
    """Return *text* without ``<think>`` passages; one that is still open hides the rest.

    A tag inside code, or an open one in the middle of a sentence, is somebody's subject.
    """
    if "<think" not in text:
        return text
    kept: list[str] = []
    at = 0
    for found in _THOUGHTS.finditer(text):
        begin, end = found.span()
        if _in_code(text, begin):
            continue
        if not found["end"] and not _begins_thought(text, begin):
            break
        kept.append(text[at:begin])
        at = end
    return "".join((*kept, text[at:]))


def _begins_thought(text: str, begin: int) -> bool:
    """Tell whether the open tag at *begin* is the model's: first of all, or alone on its line."""
    before = text[:begin]
    alone = before[before.rfind("\n") + 1 :] == "" and _ALONE.match(text, begin)
    return not before.strip() or bool(alone)


def without_tags(text: str) -> str:
    """Return *text* with its thoughts but without their tags: better than an empty answer."""
    return _TAGS.sub("", text)


def _in_code(text: str, position: int) -> bool:
    """Tell whether *position* is inside a fence or, on its line, behind an odd backtick."""
    fence = ""
    for line in text[:position].split("\n")[:-1]:
        fence = fence_after(fence, line)
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return bool(fence) or line.count("`") % 2 == 1
