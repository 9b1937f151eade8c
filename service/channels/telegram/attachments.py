"""The long code of an answer, as documents."""

from __future__ import annotations

import re
from typing import Final

from service.channels.telegram.text.pages import visible_blocks
from service.channels.telegram.text.tree import Code, Item, ListBlock, Quote

LONG: Final = 25
"""Lines from which on code is easier to keep than to read in a chat."""
_WORD: Final = re.compile(r"^[a-z0-9+#-]{1,15}$")
_ENDINGS: Final = {
    "bash": "sh", "c#": "cs", "c++": "cpp", "csharp": "cs", "golang": "go", "haskell": "hs",
    "javascript": "js", "kotlin": "kt", "markdown": "md", "perl": "pl", "python": "py",
    "ruby": "rb", "rust": "rs", "shell": "sh", "typescript": "ts", "yaml": "yml",
}  # fmt: skip


def long_code(text: str) -> tuple[tuple[str, str], ...]:
    """Return (file name, content) of each long piece of code in *text*, a model's Markdown."""
    if "```" not in text and "~~~" not in text:
        return ()
    found = [code for block in visible_blocks(text) for code in _codes(block)]
    long = [code for code in found if code.text.count("\n") >= LONG - 1]
    return tuple((_name(code, at), code.text) for at, code in enumerate(long, 1))


def _codes(block: object) -> list[Code]:
    match block:
        case Code():
            return [block]
        case Quote(blocks=inner) | Item(blocks=inner):
            return [code for each in inner for code in _codes(each)]
        case ListBlock(items=items):
            return [code for item in items for code in _codes(item)]
        case _:
            return []


def _name(code: Code, number: int) -> str:
    language = code.language.lower()
    ending = _ENDINGS.get(language, language if _WORD.match(language) else "txt")
    return f"code-{number}.{ending}"
