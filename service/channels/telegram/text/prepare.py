"""What happens to the model's text before the parser sees it.

The parser is a strict CommonMark one, and models are not. It would swallow ``List<String>`` as
HTML, an unused ``[note]: words`` as a link definition, and it knows two of the four ways to write
maths. So we put invisible marks (Unicode noncharacters, which no text may contain) in front of
what it would misread, and `cleaned` takes them out of whatever comes back. We only ever insert,
never replace: where we guess wrong, in code for example, the text still comes out as it went in.

Everything here looks at one stretch between blank lines at a time, so that a preview may prepare
the end of a text alone and get what the whole text would give. The exception is link definitions,
which act at a distance; `defines` tells of those.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from typing import Final, NamedTuple

__all__ = [
    "BREAK",
    "Prepared",
    "cleaned",
    "defines",
    "fence_after",
    "guarded",
    "normal",
    "prepared",
]

# Our three marks: in front of a dollar we added, of a backslash we added, and alone as a wall.
_DOLLAR: Final = "\ufdd0"
_ESCAPE: Final = "\ufdd1"
_WALL: Final = "\ufdd2"
_OURS: Final = re.compile("\ufdd0\\${0,2}|\ufdd1\\\\?|\ufdd2")

# A line break in HTML, as it looks after the wall was put in; it is the one tag that we obey.
BREAK: Final = re.compile("<\ufdd2br[ \t]*/?>", re.IGNORECASE)

_WORTH_A_LOOK: Final = re.compile(r"[$<]|\\[(\[]|\]:")


_PREFIX: Final = r"(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*"
_FENCE: Final = re.compile("^" + _PREFIX + r"(`{3,}(?=[^`]*$)|~{3,})")
# Code spans, the four kinds of maths, escapes, and what looks like HTML but is no address. One
# character class comes first, because then the search skips plain words quickly; and all is
# bounded, so that a text full of openers without closers stays linear.
_INLINE: Final = re.compile(
    r"[`\\$<](?:"
    r"(?<=`)(?P<ticks>`*)(?!`).{1,2000}?(?<!`)`(?P=ticks)(?!`)"
    r"|(?<=`)`*"
    r"|(?<=\\)(?:\((?P<round>.{1,1500}?)\\\)|\[(?P<square>.{1,3000}?)\\\]|(?P<escape>.))"
    r"|(?<=\$)(?:\$(?P<display>[^$]{1,3000})\$\$"
    r"|(?<![A-Za-z0-9$]\$)(?P<inner>[^\s$](?:[^$]{0,1500}[^\s$\\])?)\$(?![A-Za-z0-9$])"
    r"|(?P<lone>\$*))"
    r"|(?<=<)(?P<tag>)(?=[A-Za-z/!?])(?!(?:https?://|mailto:|tel:)[^\s<>]{1,2000}>"
    r"|[^\s<>@]{1,100}@[^\s<>@]{1,200}>))",
    re.DOTALL,
)
_LABEL: Final = re.compile(
    "^(?P<lead>" + _PREFIX + r")\[(?P<label>[^\]\n]{1,999})\]:", re.MULTILINE
)
_TARGET: Final = r"[ \t]*<?(?:https?://|mailto:|tel:)[^\s<>]+>?[ \t]*(?=\n|\Z)(?!\n[ \t>]*[\"'(])"
_TARGETED: Final = re.compile(_TARGET)
_DEFINITION: Final = re.compile(
    "^" + _PREFIX + r"\[([^\]\n^][^\]\n]{0,998})\]:" + _TARGET, re.MULTILINE
)
_REFERENCE: Final = re.compile(r"\[([^\[\]\n]+)\](?!:)")
_WORDY: Final = re.compile(r"(?<!\\)\b[^\W\d_]{2,}")
_OPERATOR: Final = re.compile(r"[-+*/<>|]")
_FORMULA: Final = re.compile(r"[\\^_={}]")
_NEW_LINE: Final = re.compile(r"\n[ \t]*(?:>[ \t]*)*")
_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")


class Prepared(NamedTuple):
    """Text for the parser, and the places in it (after a blank line) where it may be divided.

    *labels* are those of the link definitions that may vanish, because links show their targets.
    """

    text: str
    seams: tuple[int, ...]
    labels: frozenset[str] = frozenset()

    def walled(self, places: list[int]) -> Prepared:
        """Return this with walls in front of what stands at *places*, which are sorted."""
        edges = [0, *places, len(self.text)]
        text = _WALL.join(self.text[start:end] for start, end in pairwise(edges))
        seams = (seam + bisect_left(places, seam) for seam in self.seams)
        return Prepared(text, tuple(seams), self.labels)

    def labelled(self) -> list[int]:
        """Return where lines begin that look like link definitions but must not vanish."""
        return [
            found.end("lead")
            for found in _LABEL.finditer(self.text)
            if normal(found["label"]) not in self.labels
        ]


def cleaned(text: str) -> str:
    """Return *text* without the marks that `prepared` put in."""
    return _OURS.sub("", text)


def guarded(text: str) -> bool:
    """Tell whether `prepared` put marks into *text*."""
    return not text.isascii() and any(mark in text for mark in (_DOLLAR, _ESCAPE, _WALL))


def defines(text: str) -> bool:
    """Tell whether *text* may hold a link definition, which changes words far away."""
    return "]:" in text and _DEFINITION.search(text) is not None


def prepared(text: str) -> Prepared:
    """Return *text* as the parser should see it."""
    labels = _labels(text) if "]:" in text else frozenset()
    done: list[str] = []
    seams: list[int] = []
    stretch: list[str] = []
    length = 0
    fence = ""

    def flush() -> None:
        nonlocal length
        if stretch:
            part = "".join(stretch)
            if _WORTH_A_LOOK.search(part):
                part = _guarded(part, labels)
            done.append(part)
            length += len(part)
            stretch.clear()

    for line in _LINES.findall(text):
        before, fence = fence, fence_after(fence, line)
        if before or fence:
            flush()
            done.append(line)
            length += len(line)
        elif not line.strip(" \t\n>"):
            flush()
            done.append(line)
            length += len(line)
            seams.append(length)
        else:
            stretch.append(line)
    flush()
    return Prepared("".join(done), tuple(seams), labels)


def fence_after(fence: str, line: str) -> str:
    """Return the fence that is open after *line*, given the one before it ("" for none)."""
    if not fence:
        if "```" not in line and "~~~" not in line:
            return ""
        found = _FENCE.match(line.rstrip("\n"))
        return found[1] if found else ""
    bare = line.strip(" \t\n>")
    closes = len(bare) >= len(fence) and not bare.strip(fence[0])
    return "" if closes else fence


def _labels(text: str) -> frozenset[str]:
    """Return the labels that are defined with an honest target and also used."""
    defined = {normal(found[1]) for found in _DEFINITION.finditer(text)}
    if not defined:
        return frozenset()
    return frozenset(defined & {normal(found[1]) for found in _REFERENCE.finditer(text)})


def normal(label: str) -> str:
    """Return *label* as labels are compared."""
    return " ".join(label.casefold().split())


def _guarded(stretch: str, labels: frozenset[str]) -> str:
    """Return a *stretch* without blank lines, marked wherever the parser needs help."""
    if "]:" in stretch:
        stretch = _LABEL.sub(lambda found: _definition(found, stretch, labels), stretch)
    return _INLINE.sub(_guard, stretch)


def _definition(found: re.Match[str], stretch: str, labels: frozenset[str]) -> str:
    """Return a link definition that is used as it is, and any other so that it stays visible."""
    if normal(found["label"]) in labels and _TARGETED.match(stretch, found.end()):
        return found[0]
    return f"{found['lead']}{_WALL}[{found['label']}]:"


def _guard(found: re.Match[str]) -> str:
    kind = found.lastgroup
    whole = found[0]
    if kind == "tag":
        return f"<{_WALL}"
    if kind == "round":
        return _formula(whole, found["round"], "$")
    if kind == "square":
        return whole if _in_sentence(found) else _formula(whole, found["square"], "$$")
    if kind == "display":
        return _walled(whole)
    if kind == "inner":
        if _is_formula(found["inner"]):
            return _walled(whole)
        return f"{_ESCAPE}\\$" + _INLINE.sub(_guard, whole[1:])
    if kind == "lone":
        return f"{_ESCAPE}\\$" * len(whole)
    return whole


def _formula(whole: str, inside: str, dollars: str) -> str:
    r"""Return ``\(maths\)`` between dollars the parser knows; escaped brackets stay as they are."""
    if _WORDY.search(inside) and not _FORMULA.search(inside):
        return whole
    return f"{_DOLLAR}{dollars}{_walled(whole)}{_DOLLAR}{dollars}{_WALL}"


def _in_sentence(found: re.Match[str]) -> bool:
    r"""Tell whether ``\[1\]`` is an escaped bracket within a sentence rather than a formula."""
    if _FORMULA.search(found["square"]) or "\n" in found["square"]:
        return False
    before = found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()]
    after = found.string[found.end() :].partition("\n")[0]
    return bool(before.strip(" \t>") or after.strip(" \t.,;:"))


def _is_formula(inside: str) -> bool:
    """Tell maths from money: ``$x_1$`` and ``$5$`` from ``$5, then 10$``."""
    if _FORMULA.search(inside):
        return True
    spoken = _WORDY.search(inside) is not None
    if inside[0].isdigit():
        return not spoken and (" " not in inside or _OPERATOR.search(inside) is not None)
    return not (spoken and " " in inside)


def _walled(formula: str) -> str:
    """Return *formula* with every line begun by a wall: ``- b`` in it is no list item."""
    if "\n" not in formula:
        return formula
    return _NEW_LINE.sub(lambda found: f"{found[0]}{_WALL}", formula)
