"""The answer of a stand-in: it says what it saw, and has a beginning and an end to look for."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.stand_ins.scenario import Scenario, without_marks

BEGIN: Final = "BEGIN"
END: Final = "END."
_ECHO: Final = 120
_FILES: Final = frozenset({"inlineData", "fileData"})

MARKDOWN: Final = """\
## A heading

| name | value |
|---|---:|
| one | 1 |
| two | 2 |

1. first
2. second

```python
print("hello")
```
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a request contains, as a model would see it."""

    question: tuple[str, ...]
    """Texts of the last user turn, marks included."""
    context: tuple[str, ...] = ()
    """User texts before it."""
    files: tuple[tuple[str, bytes], ...] = ()
    earlier_files: int = 0
    outputs: tuple[str, ...] = ()
    """What tools said in this turn."""

    @property
    def text(self) -> str:
        """The last thing that was said: the marks in it count, those before it are over."""
        return self.question[-1] if self.question else ""


def seen_in(
    contents: list[dict[str, Any]],
    outputs: tuple[str, ...] = (),
    stored: Mapping[str, bytes] = {},
) -> Seen:
    """Read Gemini's *contents*; *stored* are the files that they may name."""
    *earlier, last = contents
    before = [part for content in earlier if content["role"] == "user" for part in content["parts"]]
    return Seen(
        question=tuple(part["text"] for part in last["parts"] if "text" in part),
        context=tuple(part["text"] for part in before if "text" in part),
        files=tuple(_file(part, stored) for part in last["parts"] if not _FILES.isdisjoint(part)),
        earlier_files=sum(not _FILES.isdisjoint(part) for part in before),
        outputs=outputs,
    )


def _file(part: dict[str, Any], stored: Mapping[str, bytes]) -> tuple[str, bytes]:
    if "fileData" in part:
        return part["fileData"]["mimeType"], stored[part["fileData"]["fileUri"]]
    return part["inlineData"]["mimeType"], base64.b64decode(part["inlineData"]["data"])


def chunks_for(seen: Seen, scenario: Scenario) -> list[str]:
    """Return the texts of the chunks, one for each."""
    pace = scenario.pace
    head = f"{BEGIN} {_described(seen)} "
    if "markdown" in scenario:
        head += "\n\n" + MARKDOWN + "\n"
    if "long" in scenario:
        return _long(head, scenario.number("long", 0, 10_000), max(2, pace.chunks))
    if pace.chunks <= 1:
        return [head + END]
    filling = [
        "".join(f"word{number * pace.words + each} " for each in range(pace.words))
        for number in range(pace.chunks - 2)
    ]
    return [head, *filling, END]


def _described(seen: Seen) -> str:
    said = f"Question: {_listed(seen.question)}. Context: {_listed(seen.context)}."
    if seen.files:
        prints = [f"{mime} {hashlib.sha256(data).hexdigest()[:12]}" for mime, data in seen.files]
        said += f" Files: {len(prints)} ({', '.join(prints)})."
    if seen.earlier_files:
        said += f" Earlier files: {seen.earlier_files}."
    if seen.outputs:
        said += f" Tools: {' / '.join(seen.outputs)}."
    return said


def _listed(texts: tuple[str, ...]) -> str:
    return " / ".join(without_marks(text)[:_ECHO] for text in texts) or "nothing"


def _long(head: str, characters: int, chunks: int) -> list[str]:
    sentences, number, size = [], 0, len(head)
    while size < characters:
        number += 1
        ending = "\n\n" if number % 5 == 0 else " "
        sentences.append(f"Sentence {number} of a long answer.{ending}")
        size += len(sentences[-1])
    each = -(-len(sentences) // max(1, chunks - 2))
    starts = range(0, len(sentences), each)
    return [head, *("".join(sentences[start : start + each]) for start in starts), END]
