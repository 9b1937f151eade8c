"""What the offline model draws: a picture that is plainly its own, the same for the same words.

It draws what it can make out in the words (a sun, the sea, a moon, hills ...) over a sky whose
colours the words decide, and does simple things to a picture that it gets: grey, blurred, mirrored,
turned, lighter, darker. A band at the foot says what it is.
"""

from __future__ import annotations

import hashlib
import io
import random
import re
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

SIZE: Final = 512
_BAND: Final = 36
_LABEL: Final = "offline model"
_WIDEST: Final = 1280
_Colour = tuple[int, int, int]
_Draw = Callable[[ImageDraw.ImageDraw, random.Random], None]

_CHANGES: Final[dict[str, Callable[[Image.Image], Image.Image]]] = {
    r"gr[ae]y|black and white|灰|黑白": lambda image: ImageOps.grayscale(image).convert("RGB"),
    r"blur|soft|模糊": lambda image: image.filter(ImageFilter.GaussianBlur(6)),
    r"mirror|flip|镜像|翻转": ImageOps.mirror,
    r"turn|rotate|旋转": lambda image: image.rotate(90, expand=True),
    r"light|bright|亮": lambda image: ImageEnhance.Brightness(image).enhance(1.5),
    r"dark|night|暗|夜": lambda image: ImageEnhance.Brightness(image).enhance(0.45),
    r"invert|negative|反色": ImageOps.invert,
}


def drawn(words: str, picture: bytes | None = None) -> bytes:
    """Return a PNG of what *words* say, or *picture* changed the way they say; takes some ms."""
    image = _changed(words, picture) if picture else _painted(words)
    return _as_png(_labelled(image, words))


def _changed(words: str, picture: bytes) -> Image.Image:
    with Image.open(io.BytesIO(picture)) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail((_WIDEST, _WIDEST))
    wanted = [change for sign, change in _CHANGES.items() if re.search(sign, words, re.IGNORECASE)]
    for change in wanted or [_posterized]:
        image = change(image)
    return image


def _posterized(image: Image.Image) -> Image.Image:
    return ImageOps.posterize(image, 3)


def _painted(words: str) -> Image.Image:
    chance = random.Random(hashlib.sha256(words.casefold().encode()).digest())
    high, low = _colour(chance, 40, 140), _colour(chance, 120, 240)
    image = Image.new("RGB", (SIZE, SIZE))
    pen = ImageDraw.Draw(image)
    for row in range(SIZE):
        pen.line(((0, row), (SIZE, row)), fill=_between(high, low, row / SIZE))
    wanted = [draw for sign, draw in _THINGS.items() if re.search(sign, words, re.IGNORECASE)]
    for draw in wanted or [_circles]:
        draw(pen, chance)
    return image


def _sun(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    _disc(pen, chance.randint(120, 390), 130, 60, (255, 214, 90))


def _moon(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    _disc(pen, chance.randint(120, 390), 110, 45, (240, 240, 225))


def _stars(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for _ in range(60):
        _disc(pen, chance.randrange(SIZE), chance.randrange(SIZE // 2), chance.randint(1, 2))


def _sea(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for row in range(340, SIZE, 12):
        shade = chance.randint(-15, 15)
        pen.rectangle((0, row, SIZE, row + 12), fill=(20 + shade, 90 + shade, 150 + shade))


def _hills(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for at, shade in ((300, 70), (350, 55), (400, 40)):
        tops = [(x, at + chance.randint(-60, 60)) for x in range(0, SIZE + 64, 64)]
        pen.polygon([(0, SIZE), *tops, (SIZE, SIZE)], fill=(shade, shade + 40, shade))


def _house(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    left = chance.randint(120, 280)
    pen.rectangle((left, 300, left + 120, 420), fill=(190, 120, 90))
    pen.polygon([(left - 15, 300), (left + 135, 300), (left + 60, 230)], fill=(120, 50, 40))
    pen.rectangle((left + 45, 350, left + 75, 420), fill=(80, 50, 30))


def _cat(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    at, fur = chance.randint(180, 330), _colour(chance, 60, 160)
    pen.polygon([(at - 70, 290), (at - 55, 190), (at - 10, 240)], fill=fur)
    pen.polygon([(at + 70, 290), (at + 55, 190), (at + 10, 240)], fill=fur)
    pen.ellipse((at - 80, 220, at + 80, 370), fill=fur)
    for side in (-32, 32):
        _disc(pen, at + side, 280, 14, (235, 235, 160))
        _disc(pen, at + side, 280, 5, (20, 20, 20))
    pen.polygon([(at - 8, 310), (at + 8, 310), (at, 320)], fill=(220, 130, 130))


def _circles(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for _ in range(9):
        centre = chance.randrange(SIZE), chance.randrange(SIZE)
        _disc(pen, *centre, chance.randint(20, 90), _colour(chance, 60, 255))


_THINGS: Final[dict[str, _Draw]] = {
    r"night|star|夜|星": _stars,
    r"\bsun|太阳|日出|日落": _sun,
    r"moon|月": _moon,
    r"hill|mountain|山": _hills,
    r"\bsea\b|ocean|beach|海": _sea,
    r"house|home|屋|房": _house,
    r"\bcats?\b|kitten|猫": _cat,
}


def _disc(
    pen: ImageDraw.ImageDraw, x: int, y: int, radius: int, fill: _Colour = (255, 255, 255)
) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _labelled(image: Image.Image, words: str) -> Image.Image:
    """Return *image* with a band at its foot; the font knows Latin letters only."""
    width, height = image.size
    whole = Image.new("RGB", (width, height + _BAND), (24, 24, 28))
    whole.paste(image, (0, 0))
    said = " ".join(words.split())
    text = f"{_LABEL}: {said}" if said.isascii() and said else _LABEL
    font = ImageFont.load_default(16)
    while len(text) > len(_LABEL) and font.getlength(text) > width - 20:
        text = f"{text[:-2].rstrip('… ')}…" if len(text) > len(_LABEL) + 3 else _LABEL
    ImageDraw.Draw(whole).text((10, height + 9), text, fill=(235, 235, 235), font=font)
    return whole


def _as_png(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _colour(chance: random.Random, least: int, most: int) -> _Colour:
    return chance.randint(least, most), chance.randint(least, most), chance.randint(least, most)


def _between(one: _Colour, other: _Colour, share: float) -> _Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
