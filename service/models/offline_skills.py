"""What the offline model can do with words: remember, calculate, show Markdown, answer politely."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from fsm.content import Prompt
from service.models.arithmetic import NoNumberError, formula_in, value_of

Say = Callable[[str, str, Mapping[str, str]], str]

_MY_NAME: Final = re.compile(
    r"\b(?:my name is|call me|i am called)\s+([^\W\d_][\w'-]*(?:\s(?-i:[^\W\d_a-z])[\w'-]*)?)"
    r"|(?:我叫|我的名字是|我的名字叫|叫我)(?!什么|啥)\s*([^\s，。！？,.!?]{1,20})",
    re.IGNORECASE,
)
_WHO_AM_I: Final = re.compile(
    r"what(?:'s| is|s)? my name|who am i\b|我叫(?:什么|啥)|我的名字是什么|我是谁", re.IGNORECASE
)
_FIRST: Final = re.compile(
    r"(?:did i|i)\s+(?:say|said|write|wrote|ask|asked|tell you)\s+(?:\w+\s+)?first"
    r"|my first (?:message|question)|我(?:最先|第一[句次条个]|最开始|一开始)",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(
    r"what did i (?:just )?(?:say|write|ask)|my (?:last|previous) (?:message|question)"
    r"|我(?:刚才|刚刚|上一[句条次])",
    re.IGNORECASE,
)
_ALL: Final = re.compile(
    r"what (?:have|did) we (?:talk|speak)|what do you remember|我们(?:聊|谈)(?:了|过)|你记得什么",
    re.IGNORECASE,
)
_HELLO: Final = re.compile(r"^\W*(?:hi|hello|hey|help|/help|你好|您好|嗨|帮助)\W*$", re.IGNORECASE)
_FACTS: Final = re.compile(
    r"what (?:facts|do you know about me)|which facts|你知道我(?:什么|哪些)|记住了(?:什么|哪些)",
    re.IGNORECASE,
)
_SHOWN: Final = 200
_IN_A_SUMMARY: Final = 60
_SUMMARIZED: Final = 50

_CODE: Final = """\
```python
def greet(name: str) -> str:
    return f"Hello, {name}!"
```"""
_FORMULA: Final = r"$$e^{i\pi} + 1 = 0 \qquad \sum_{k=1}^{n} k = \frac{n(n+1)}{2}$$"


class Skills:
    """Answers one message at a time, from the words of the talk alone."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def reply(self, prompt: Prompt, earlier: Sequence[Prompt]) -> str:
        """Return the answer to *prompt* after all the *earlier* ones, oldest first."""
        told = [p.text for p in earlier if p.text]
        said = [p.text for p in earlier if p.text and not p.instruction]
        language, text = prompt.language, prompt.text.strip()
        if prompt.instruction == "summarize":
            return self._summary(language, earlier)
        if prompt.instruction and not text:
            return self._say(language, "offline-continue", {})
        about_memory = self._remember(language, text, said, told)
        if about_memory:
            return about_memory
        formula = formula_in(text)
        if formula:
            return self._calculate(language, formula)
        if _HELLO.match(text) or not text:
            return self._say(language, "offline-hello", {})
        about = {
            "text": _short(text),
            "words": str(len(text.split())),
            "letters": str(len(text)),
            "number": str(len(said) + 1),
        }
        return self._say(language, "offline-echo", about)

    def manner(self, language: str, manner: str) -> str:
        """Return how it was told to answer, since it cannot."""
        lines = [line for line in manner.splitlines() if line]
        heeded = " … ".join(_short(line) for line in {lines[0]: None, lines[-1]: None})
        return self._say(language, "offline-manner", {"manner": heeded})

    def _remember(self, language: str, text: str, said: list[str], told: list[str]) -> str:
        if _WHO_AM_I.search(text):
            name = _name([*told, text])
            return self._say(
                language, "offline-name" if name else "offline-no-name", {"name": name}
            )
        if _FACTS.search(text):
            return self._facts(language, told)
        if _FIRST.search(text):
            return self._recall(language, "offline-first", said[:1])
        if _BEFORE.search(text):
            return self._recall(language, "offline-before", said[-1:])
        if _ALL.search(text) and said:
            lines = [f"{n}. {self._quote(language, t)}" for n, t in enumerate(said[-20:], 1)]
            return "\n".join([self._say(language, "offline-talk", {}), "", *lines])
        name = _name([text])
        return self._say(language, "offline-noted", {"name": name}) if name else ""

    def _facts(self, language: str, told: list[str]) -> str:
        """Return what reached it besides the talk: pinned facts and summaries."""
        lines = [f"- {self._quote(language, text)}" for text in told]
        return "\n".join([self._say(language, "offline-told", {}), "", *lines])

    def _summary(self, language: str, earlier: Sequence[Prompt]) -> str:
        """Return the beginnings of what was said: what an offline model can call a summary."""
        lines: list[str] = []
        for prompt in earlier:
            if prompt.instruction == "summary":
                lines += [line for line in prompt.text.splitlines() if line.startswith("- ")]
            elif prompt.text and not prompt.instruction:
                lines.append(f"- {_short(prompt.text, _IN_A_SUMMARY)}")
        return "\n".join([self._say(language, "offline-summary", {}), *lines[-_SUMMARIZED:]])

    def _recall(self, language: str, key: str, said: list[str]) -> str:
        if not said:
            return self._say(language, "offline-nothing-yet", {})
        return self._say(language, key, {"text": _short(said[0])})

    def _quote(self, language: str, text: str) -> str:
        return self._say(language, "offline-quote", {"text": _short(text)})

    def _calculate(self, language: str, formula: str) -> str:
        try:
            about = {"formula": formula, "value": value_of(formula)}
        except NoNumberError:
            return self._say(language, "offline-no-value", {"formula": formula})
        return self._say(language, "offline-value", about)

    def showcase(self, language: str) -> str:
        """Return a page with one of everything that Markdown has to offer here."""

        def text(key: str) -> str:
            return self._say(language, f"offline-show-{key}", {})

        table = [
            f"| {text('planet')} | {text('moons')} |",
            "|---|---:|",
            f"| {text('earth')} | 1 |",
            f"| {text('mars')} | 2 |",
            f"| {text('jupiter')} | 97 |",
        ]
        steps = [f"{n}. {text(key)}" for n, key in enumerate(("first", "second", "third"), 1)]
        return "\n\n".join(
            [
                f"## {text('title')}",
                text("styles"),
                "\n".join(table),
                "\n".join(steps),
                _CODE,
                _FORMULA,
                f"> {text('quote')}",
            ]
        )


def _name(said: Sequence[str]) -> str:
    """Return the name that the person gave last."""
    for text in reversed(said):
        found = _MY_NAME.search(text)
        if found:
            return str(found[1] or found[2])
    return ""


def _short(text: str, most: int = _SHOWN) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
