"""Builds Markdown together with what a reader should see of it, from one random tree.

The plain text is not made by parsing: each construct writes both sides at once, so neither our
parser nor its grammar has a say in what is right.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

WORDS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "run_time",
    "snake_case_name",
    "naïve",
    "Größe",
    "привет",
    "мир",
    "漢字",
    "かな",
    "안녕",
    "שלום",
    "مرحبا",
    "x1",
    "42",
    "3.14",
    "don't",
    "e.g.",
    "😀",
    "👨\u200d👩\u200d👧",
    "🇩🇪",
    "é",
    "C++",
    "a/b",
    "#tag",
    "@name",
    "50%",
    "List<String>",
    "Map<K,V>",
    "$5",
    "US$10",
    "AT&T",
    "2024-01-01",
    "f(x)",
    "[1]",
    "__init__.py",
]
PLAIN = [word for word in WORDS if not set(word) & set("<>$&[]_#@*")]


@dataclass
class Document:
    """Both sides, and what has to be found in the rendering besides the letters."""

    markdown: str = ""
    seen: list[str] = field(default_factory=list)
    codes: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)

    @property
    def visible(self) -> str:
        """The letters and digits a reader sees, in order."""
        return letters("".join(self.seen))


def letters(text: str) -> str:
    """Return the letters and digits of *text*."""
    return "".join(letter for letter in text if letter.isalnum())


def document(seed: int, blocks: int = 8, *, plain_grammar: bool = False) -> Document:
    """Return the document number *seed*; *plain_grammar* leaves out what markdown-it lacks."""
    made = _Maker(random.Random(seed), plain_grammar=plain_grammar)
    lines = made.blocks(0, made.random.randint(1, blocks))
    made.document.markdown = "\n".join(lines)
    return made.document


class _Maker:
    def __init__(self, source: random.Random, *, plain_grammar: bool) -> None:
        self.random = source
        self.document = Document()
        self.common = plain_grammar

    def blocks(self, depth: int, count: int) -> list[str]:
        lines = self.block(depth)
        for _ in range(count - 1):
            self.document.seen.append("then")  # keeps two lists from becoming one
            lines += ["", "then", "", *self.block(depth)]
        return lines

    def block(self, depth: int) -> list[str]:
        kinds = [self.paragraph, self.paragraph, self.heading, self.code, self.table, self.rule]
        if depth < 3:
            kinds += [self.bullets, self.numbers, self.quote]
        if not self.common:
            kinds += [self.formula, self.tasks]
        kind = self.random.choice(kinds)
        if kind in (self.bullets, self.numbers, self.quote):
            return kind(depth)
        return kind()

    # Inline: each returns Markdown and notes what is seen

    def words(self, least: int = 1, most: int = 6) -> str:
        chosen = self.random.choices(
            PLAIN if self.common else WORDS, k=self.random.randint(least, most)
        )
        self.document.seen.append(" ".join(chosen))
        # What would be markup at this place is escaped, as a careful model does.
        return " ".join(word.replace("[1]", r"\[1\]").replace("#", r"\#") for word in chosen)

    def inline(self) -> str:
        pieces = []
        for _ in range(self.random.randint(1, 4)):
            kinds = [
                self.words,
                self.words,
                self.strong,
                self.emphasis,
                self.span,
                self.link,
                self.struck,
            ]
            if not self.common:
                kinds += [self.spoiler, self.math, self.odd_link]
            pieces.append(self.random.choice(kinds)())
        return " ".join(pieces)

    def simple(self) -> str:
        chosen = self.random.choices(["one", "two", "drei", "четыре", "五", "😀"], k=2)
        return " ".join(chosen)

    def strong(self) -> str:
        text = self.simple()
        self.document.seen.append(text)
        self.document.bold.append(text)
        return f"**{text}**"

    def emphasis(self) -> str:
        text = self.simple()
        self.document.seen.append(text)
        return f"*{text}*"

    def struck(self) -> str:
        text = self.simple()
        self.document.seen.append(text)
        return f"~~{text}~~"

    def spoiler(self) -> str:
        text = self.simple()
        self.document.seen.append(text)
        return f"||{text}||"

    def span(self) -> str:
        text = self.random.choice(["x = 1", "a**b", "<tag>", "$HOME", "f(`", "\\(n\\)", "_u_"])
        self.document.seen.append(text)
        return f"`` {text} ``" if "`" in text else f"`{text}`"

    def link(self) -> str:
        text = self.simple()
        url = f"https://example.org/{self.random.randint(1, 99)}?q=a_b"
        self.document.seen.append(text)
        self.document.links.append((text, url))
        return f"[{text}]({url})"

    def odd_link(self) -> str:
        text = self.simple()
        self.document.seen.append(f"{text} tg://user?id=7")
        return f"[{text}](tg://user?id=7)"

    def math(self) -> str:
        text = self.random.choice(["x_1 + y^2", r"\alpha", "n", r"\frac{a}{b}"])
        self.document.seen.append(text)
        return self.random.choice([f"${text}$", rf"\({text}\)", rf"\( {text} \)"])

    # Blocks: each returns lines

    def paragraph(self) -> list[str]:
        lines = []
        for _ in range(self.random.randint(1, 3)):
            self.document.seen.append("So")  # no line begins a block by accident
            lines.append(f"So {self.inline()}")
        return lines

    def heading(self) -> list[str]:
        return ["#" * self.random.randint(1, 6) + " " + self.inline()]

    def code(self) -> list[str]:
        language = self.random.choice(["", "python", "c++"])
        body = self.random.choice(
            [
                "def f():\n    return 1",
                "a | b\n---\n",
                "# no heading\n\n\n**no bold**",
                "<b>\\(x\\)</b> $5$",
            ]
        )
        self.document.seen.append(body)
        self.document.codes.append((language, body))
        fence = self.random.choice(["```", "~~~~"])
        return [fence + language, *body.split("\n"), fence]

    def formula(self) -> list[str]:
        text = self.random.choice(["E = mc^2", "a\n- b\n= c", r"\int_0^1 x \, dx"])
        self.document.seen.append(text)
        self.document.formulas.append(text)
        begin, end = self.random.choice([("$$", "$$"), (r"\[", r"\]")])
        return [begin, *text.split("\n"), end]

    def rule(self) -> list[str]:
        return ["---"]

    def table(self) -> list[str]:
        width, height = self.random.randint(1, 5), self.random.randint(0, 4)
        rows = [[self.cell(empty=row > 0) for _ in range(width)] for row in range(height + 1)]
        self.document.tables.append([[text for _, text in row] for row in rows])
        lines = ["| " + " | ".join(source for source, _ in row) + " |" for row in rows]
        sides = self.random.choices(["---", ":--", "--:", ":-:"], k=width)
        return [lines[0], "|" + "|".join(sides) + "|", *lines[1:]]

    def cell(self, *, empty: bool) -> tuple[str, str]:
        text = self.random.choice(["one", "2", "äöü", "漢字", "x y z", "😀"] + [""] * empty)
        self.document.seen.append(text)
        source = f"**{text}**" if text and self.random.random() < 0.2 else text
        return source, text

    def bullets(self, depth: int) -> list[str]:
        return self.entries(["- "] * self.random.randint(1, 4), depth)

    def tasks(self) -> list[str]:
        signs = self.random.choices(["[ ] ", "[x] "], k=self.random.randint(1, 3))
        return [f"- {sign}{self.inline()}" for sign in signs]

    def numbers(self, depth: int) -> list[str]:
        first = self.random.randint(1, 20)
        return self.entries([f"{first + n}. " for n in range(self.random.randint(1, 4))], depth)

    def entries(self, markers: list[str], depth: int) -> list[str]:
        lines: list[str] = []
        for marker in markers:
            self.document.seen.append(marker.strip("- ."))
            indent = " " * len(marker)
            lines.append(marker + self.inline())
            if self.random.random() < 0.3:
                lines += [
                    "",
                    *(indent + line if line else line for line in self.block(depth + 1)),
                    "",
                ]
        return lines

    def quote(self, depth: int) -> list[str]:
        lines = self.blocks(depth + 1, self.random.randint(1, 2))
        return [f"> {line}".rstrip() if line else ">" for line in lines]
