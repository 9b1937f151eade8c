"""A flow as a picture: its steps as boxes from top to bottom, its ways as arrows, for a phone."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from fsm.flow.definition import END, Definition
from fsm.flow.machine import ways

_FINER: Final = 2
_BOX: Final = (280, 46)
_GAP: Final = 58
_LEFT: Final = 40
_LANE: Final = 34
"""How far apart arrows run that pass over steps."""
_LABEL: Final = 26
"""Characters of a label before it is cut."""
_PAPER: Final = "#fbfaf7"
_INK: Final = "#2b2a33"
_PALE: Final = "#7a7785"
_FILL: Final = "#ffffff"
_LIVE: Final = "#f6c344"


def paint(definition: Definition, live: str = "") -> bytes:
    """Return the flow as a PNG; the step *live* is marked."""
    places = {step.id: at for at, step in enumerate(definition.steps)}
    places[END] = len(places)
    leaps = [way for way in ways(definition) if places[way[2]] != places[way[0]] + 1]
    lanes = _lanes([(places[source], places[target]) for source, _, target in leaps])
    widest = max((len(_short(label)) for _, label, _ in leaps), default=0) * 7
    width = _LEFT + _BOX[0] + _LANE * (max(lanes, default=0) + 1) + widest + 30
    height = 40 + len(places) * (_BOX[1] + _GAP) - _GAP
    image = Image.new("RGB", (width * _FINER, height * _FINER), _PAPER)
    pen = _Pen(ImageDraw.Draw(image))
    for source, label, target in ways(definition):
        if places[target] == places[source] + 1:
            pen.down(places[source], "" if label == "next" else label)
    for (source, label, target), lane in zip(leaps, lanes, strict=True):
        pen.leap(places[source], places[target], lane, "" if label == "next" else label)
    for step in definition.steps:
        kind = f"{step.kind}{' ?' if step.optional else ''}"
        pen.box(places[step.id], f"{step.id}   ({kind})", live=step.id == live)
    pen.box(places[END], f"{definition.ending.kind}", live=False)
    out = io.BytesIO()
    image.resize((width, height), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _lanes(spans: list[tuple[int, int]]) -> list[int]:
    """Return for each span of steps a lane in which no other one runs beside it."""
    taken: list[list[tuple[int, int]]] = []
    found = []
    for span in spans:
        low, high = sorted(span)
        lane = next(
            (
                number
                for number, others in enumerate(taken)
                if all(high < other[0] or low > other[1] for other in others)
            ),
            len(taken),
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        found.append(lane)
    return found


def _short(label: str) -> str:
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 3]}..."


class _Pen:
    """Draws at twice the size."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw
        self._font = ImageFont.load_default(15 * _FINER)
        self._small = ImageFont.load_default(13 * _FINER)

    def box(self, at: int, label: str, *, live: bool) -> None:
        top = _top(at)
        corners = (_point(_LEFT, top), _point(_LEFT + _BOX[0], top + _BOX[1]))
        fill = _LIVE if live else _FILL
        self._draw.rounded_rectangle(
            corners, radius=10 * _FINER, fill=fill, outline=_INK, width=_FINER * 2
        )
        middle = _point(_LEFT + _BOX[0] // 2, top + _BOX[1] // 2)
        self._draw.text(middle, label, fill=_INK, font=self._font, anchor="mm")

    def down(self, at: int, label: str) -> None:
        x, low, high = _LEFT + _BOX[0] // 2, _top(at) + _BOX[1], _top(at + 1)
        self._line((x, low), (x, high))
        self._head(x, high, (0, -1))
        if label:
            place = _point(x + 10, (low + high) // 2)
            self._draw.text(place, _short(label), fill=_PALE, font=self._small, anchor="lm")

    def leap(self, source: int, target: int, lane: int, label: str) -> None:
        edge = _LEFT + _BOX[0]
        far = edge + _LANE * (lane + 1)
        start, end = _top(source) + _BOX[1] * 2 // 3, _top(target) + _BOX[1] // 3
        self._line((edge, start), (far, start), (far, end), (edge, end))
        self._head(edge, end, (1, 0))
        if label:
            place = _point(far + 8, (start + end) // 2)
            self._draw.text(place, _short(label), fill=_PALE, font=self._small, anchor="lm")

    def _line(self, *points: tuple[int, int]) -> None:
        flat = [each * _FINER for point in points for each in point]
        self._draw.line(flat, fill=_INK, width=_FINER * 2)

    def _head(self, x: int, y: int, back: tuple[int, int]) -> None:
        """Draw an arrow head at (x, y) that came from the direction *back*."""
        dx, dy = back
        tip = (x, y)
        left = (x + dx * 9 - dy * 5, y + dy * 9 - dx * 5)
        right = (x + dx * 9 + dy * 5, y + dy * 9 + dx * 5)
        self._draw.polygon([(a * _FINER, b * _FINER) for a, b in (tip, left, right)], fill=_INK)


def _top(at: int) -> int:
    return 20 + at * (_BOX[1] + _GAP)


def _point(x: int, y: int) -> tuple[float, float]:
    return x * _FINER, y * _FINER
