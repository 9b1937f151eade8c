"""A picture of the state machine with the live state marked, readable on a phone.

The states stand where `fsm.draw` puts them, the arrows are the table's, and those that lead away
from the live state are lit: they are what can happen next. Only identifiers are drawn,
so Pillow's own font is enough and the machine needs none.
"""

from __future__ import annotations

import functools
import io
import math
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from fsm.draw import LAYOUT, arrows
from fsm.states import State

SIZE: Final = (960, 1040)
_FINER: Final = 2
"""Drawn so many times larger and scaled down: Pillow's lines have hard edges."""
_COLOURS: Final = 48
"""Enough for a few inks and their edges; a third of the bytes."""

_FIRST: Final = (180.0, 130.0)
_STEP: Final = (500.0, 390.0)
_BOX: Final = (240.0, 96.0)
_GAP: Final = 8.0
_BEND: Final = 0.13
"""How far an arrow bows out, as a share of its length; so there and back are two lines."""
_LABEL_AT: Final = 0.35
"""Where along an arrow its label stands: nearer to its tail, away from the crossings."""

_PAPER: Final = "#fbfaf7"
_INK: Final = "#2b2a33"
_PALE: Final = "#c3c1cb"
_PALE_TEXT: Final = "#85828f"
_BOX_FILL: Final = "#ffffff"
_LIVE_FILL: Final = "#f6c344"
_LIT: Final = "#b0720a"

Point = tuple[float, float]
Ends = tuple[State, State]


@functools.lru_cache(maxsize=8)
def paint(live: State | None = None) -> bytes:
    """Return the machine as a PNG; *live* is marked, if given. About 0.2 s the first time."""
    image = Image.new("RGB", (SIZE[0] * _FINER, SIZE[1] * _FINER), _PAPER)
    pen = ImageDraw.Draw(image)
    # The lit ones last, so that they lie on top; and every label above every line.
    curves = {ends: _curve(ends) for ends in sorted(arrows(), key=lambda each: each[0] is live)}
    for ends, curve in curves.items():
        _draw_line(pen, curve, lit=ends[0] is live)
    for ends, curve in curves.items():
        at = curve[round((0.5 if ends[0] is ends[1] else _LABEL_AT) * (len(curve) - 1))]
        _draw_label(pen, at, ", ".join(arrows()[ends]), lit=ends[0] is live)
    for state in State:
        _draw_state(pen, state, live=state is live)
    out = io.BytesIO()
    small = image.resize(SIZE, Image.Resampling.LANCZOS).quantize(_COLOURS)
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def place(state: State) -> Point:
    """Return the middle of the box of *state*."""
    column, row = LAYOUT[state]
    return _FIRST[0] + column * _STEP[0], _FIRST[1] + row * _STEP[1]


def _draw_state(pen: ImageDraw.ImageDraw, state: State, *, live: bool) -> None:
    x, y = place(state)
    half_w, half_h = _BOX[0] / 2, _BOX[1] / 2
    pen.rounded_rectangle(
        _fine(x - half_w, y - half_h, x + half_w, y + half_h),
        radius=half_h * 0.62 * _FINER,
        fill=_LIVE_FILL if live else _BOX_FILL,
        outline=_LIT if live else _INK,
        width=(6 if live else 3) * _FINER,
    )
    pen.text(_pair((x, y)), state.value, fill=_INK, font=_font(34), anchor="mm")


def _draw_line(pen: ImageDraw.ImageDraw, curve: list[Point], *, lit: bool) -> None:
    colour, width = (_LIT, 5) if lit else (_PALE, 3)
    pen.line([_pair(point) for point in curve], colour, width=width * _FINER, joint="curve")
    _draw_head(pen, curve, colour, 26.0 if lit else 20.0)


def _draw_label(pen: ImageDraw.ImageDraw, at: Point, label: str, *, lit: bool) -> None:
    left, top, right, bottom = pen.textbbox(_pair(at), label, font=_font(25), anchor="mm")
    edge = 7 * _FINER
    pen.rounded_rectangle((left - edge, top - edge, right + edge, bottom + edge), edge, _PAPER)
    ink = _LIT if lit else _PALE_TEXT
    pen.text(_pair(at), label, fill=ink, font=_font(25), anchor="mm")


def _draw_head(pen: ImageDraw.ImageDraw, curve: list[Point], colour: str, length: float) -> None:
    tip, before = curve[-1], curve[-4]
    angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
    wings = [
        (tip[0] - length * math.cos(angle + turn), tip[1] - length * math.sin(angle + turn))
        for turn in (0.42, -0.42)
    ]
    pen.polygon([_pair(point) for point in (tip, *wings)], fill=colour)


def _curve(ends: Ends) -> list[Point]:
    return _loop(ends[0]) if ends[0] is ends[1] else _bow(ends)


def _bow(ends: Ends) -> list[Point]:
    """Return a curve between two boxes, bowed to one side, that begins and ends outside them."""
    (ax, ay), (bx, by) = place(ends[0]), place(ends[1])
    bend = ((ax + bx) / 2 + (by - ay) * _BEND, (ay + by) / 2 - (bx - ax) * _BEND)
    curve = [_bezier((ax, ay), bend, (bx, by), step / 80) for step in range(81)]
    return [
        point
        for point in curve
        if not _inside(point, ends[0], 0) and not _inside(point, ends[1], _GAP)
    ]


def _loop(state: State) -> list[Point]:
    """Return a curve from the right end of a box back to it."""
    x, y = place(state)
    x += _BOX[0] / 2
    turns = [math.pi * (step / 40 - 0.5) for step in range(41)]
    curve = [(x + 74 * math.cos(turn), y + 30 * math.sin(turn)) for turn in turns]
    return [point for point in curve[:-3] if point[0] >= x] + [(x + _GAP, y + 30)]


def _inside(point: Point, state: State, gap: float) -> bool:
    x, y = place(state)
    return abs(point[0] - x) < _BOX[0] / 2 + gap and abs(point[1] - y) < _BOX[1] / 2 + gap


def _bezier(a: Point, b: Point, c: Point, t: float) -> Point:
    left, both, right = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return left * a[0] + both * b[0] + right * c[0], left * a[1] + both * b[1] + right * c[1]


def _pair(point: Point) -> Point:
    return point[0] * _FINER, point[1] * _FINER


def _fine(*numbers: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = (each * _FINER for each in numbers)
    return left, top, right, bottom


@functools.lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * _FINER)
