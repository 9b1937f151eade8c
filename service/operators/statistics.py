"""`/stats`: how many people, how many answers, how long they waited; in words and as a picture."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from fsm.events import Mood
from service.audience import DAY, MONTH, Audience
from service.observe.chronicle import Chronicle
from service.operators.latency import percentile
from service.texts import Texts

if TYPE_CHECKING:
    from PIL import ImageFont

_SIZE: Final = (960, 480)
_FINER: Final = 2
_PAPER: Final = "#fbfaf7"
_INK: Final = "#2b2a33"
_SOFT: Final = "#85828f"
_LINE: Final = "#e3e1d8"
_BAR: Final = "#1f7a5c"
_TODAY: Final = "#c98a12"


def told(audience: Audience, chronicle: Chronicle, now: float, texts: Texts, language: str) -> str:
    """Return the numbers as Markdown."""
    today = int(now // DAY)
    counts = {
        "day": str(audience.active(today, 1)),
        "week": str(audience.active(today, 7)),
        "month": str(audience.active(today, MONTH)),
    }
    lines = [
        f"**{texts.say(language, 'stats-title')}**\n",
        f"- {texts.say(language, 'stats-people', counts)}",
        f"- {texts.say(language, 'stats-answers', {'answers': str(chronicle.answers)})}",
    ]
    if chronicle.moods:
        moods = {mood.value: str(chronicle.moods[mood]) for mood in Mood}
        lines.append(f"- {texts.say(language, 'stats-moods', moods)}")
    firsts = [each.first for each in chronicle.answered if each.first is not None]
    wholes = [each.whole for each in chronicle.answered]
    for key, values in (("stats-first", firsts), ("stats-whole", wholes)):
        if values:
            lines.append(f"- {texts.say(language, key, _spread(values))}")
    return "\n".join(lines)


def _spread(values: Sequence[float]) -> dict[str, str]:
    shown = {
        "average": sum(values) / len(values),
        "half": percentile(values, 0.5) or 0.0,
        "most": percentile(values, 0.95) or 0.0,
        "all": percentile(values, 0.99) or 0.0,
    }
    return {name: f"{value:.2f} s" for name, value in shown.items()}


def last_days(audience: Audience, now: float) -> tuple[int, ...]:
    """Return how many people were active on each of the last thirty days, today at the end."""
    return tuple(audience.by_day(int(now // DAY), MONTH))


@functools.lru_cache(maxsize=4)
def chart(days: tuple[int, ...]) -> bytes:
    """Return the active people of *days* as a PNG; the last bar is another colour."""
    from PIL import Image, ImageDraw  # 4 MB for a picture that few ever ask for

    image = Image.new("RGB", (_SIZE[0] * _FINER, _SIZE[1] * _FINER), _PAPER)
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = (each * _FINER for each in (70, 40, _SIZE[0] - 30, _SIZE[1] - 50))
    most = _rounded(max(days))
    for share in (0.0, 0.5, 1.0):
        y = bottom - (bottom - top) * share
        pen.line((left, y, right, y), _LINE, 2 * _FINER)
        pen.text((left - 12 * _FINER, y), f"{most * share:g}", _SOFT, _font(20), "rm")
    width = (right - left) / len(days)
    for number, count in enumerate(days):
        if count:
            x, y = left + width * number, bottom - (bottom - top) * count / most
            colour = _TODAY if number == len(days) - 1 else _BAR
            box = (x + width * 0.16, min(y, bottom - 4), x + width * 0.84, bottom)
            pen.rounded_rectangle(box, 4 * _FINER, colour)
    for number in (0, len(days) // 2, len(days) - 1):
        x = left + width * (number + 0.5)
        pen.text((x, bottom + 24 * _FINER), str(number - len(days) + 1), _INK, _font(20), "mm")
    out = io.BytesIO()
    image.resize(_SIZE, Image.Resampling.LANCZOS).quantize(48).save(out, "PNG", optimize=True)
    return out.getvalue()


def _rounded(count: int) -> int:
    """Return the even number that the axis ends at."""
    return max(2, count + count % 2)


@functools.lru_cache(maxsize=2)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size * _FINER)
