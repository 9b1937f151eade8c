"""Which tool the offline model wants for a message: it reads a few fixed phrases, no more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from actors.ports import Declaration, ToolCall

_TIME: Final = re.compile(
    r"what(?:'s| is)? (?:the )?time(?: is it)?(?: now)?(?: in ([\w /]+))?\s*\?*$"
    r"|(?:([\w一-鿿/]{1,20}?)(?:现在)?)?几点了?[？?]*$",
    re.IGNORECASE,
)
_UNITS: Final = re.compile(
    r"(-?\d+(?:\.\d+)?)\s*([a-z°/一-鿿]{1,12})\s+(?:in|to|into)\s+([a-z°/]{1,12})\b"
    r"|(-?\d+(?:\.\d+)?)\s*([a-z°/一-鿿]{1,6})是多少([a-z°/一-鿿]{1,6})",
    re.IGNORECASE,
)
_REMIND: Final = re.compile(
    r"remind me in (\d+(?:\.\d+)?)\s*(s|sec\w*|m|min\w*|h|hour\w*)\s+(?:to |that |of |about )?(.+)"
    r"|(\d+(?:\.\d+)?)\s*(秒|分钟|小时)[之以]?后提醒我(.+)",
    re.IGNORECASE | re.DOTALL,
)
_DRAW: Final = re.compile(
    r"(?:please )?(?:draw|paint|画)(?: me| us|一[个张只幅])?[:：]?\s*(.+)"
    r"|(?:make|change) (?:it|the picture)\b(?: to)?\s*(.+)",
    re.IGNORECASE | re.DOTALL,
)
_MINUTES: Final = {"s": 1 / 60, "秒": 1 / 60, "m": 1.0, "分": 1.0, "h": 60.0, "小": 60.0}


_SHORT: Final = 80
_GUIDES: Final = {
    "trip": re.compile(r"\bplan\b.*\b(trip|holidays?|vacation)\b|计划.*旅行", re.IGNORECASE),
    "meal": re.compile(r"\bplan\b.*\b(meals?|dinners?)\b|计划.*(晚餐|菜单)", re.IGNORECASE),
}
"""What one has to write for the offline model to think of a guide."""


def wish_in(text: str, tools: tuple[Declaration, ...]) -> ToolCall | None:
    """Return the call that *text* asks for, if one of *tools* can do it."""
    found = _reminder(text) or _units(text) or _time(text) or _picture(text) or _guide(text)
    if found is None or all(tool.name != found.name for tool in tools):
        return None
    return found


def _guide(text: str) -> ToolCall | None:
    if len(text) > _SHORT:  # what a guide itself asks in the end is a long text about the same
        return None
    found = next((name for name, words in _GUIDES.items() if words.search(text)), "")
    return _call("offer_guide", {"name": found}) if found else None


def _reminder(text: str) -> ToolCall | None:
    match = _REMIND.search(text)
    if not match:
        return None
    count, unit, what = (one or other for one, other in _pairs(match))
    minutes = float(count) * _MINUTES[unit[0].lower()]
    return _call("remind", {"text": what.strip(" .。!！"), "minutes": minutes})


def _units(text: str) -> ToolCall | None:
    match = _UNITS.search(text)
    if not match:
        return None
    value, source, target = (one or other for one, other in _pairs(match))
    return _call("convert_units", {"value": float(value), "source": source, "target": target})


def _time(text: str) -> ToolCall | None:
    match = _TIME.search(text.strip())
    if not match:
        return None
    place = (match[1] or match[2] or "").removesuffix("现在").strip()
    return _call("current_time", {"place": place} if place else {})


def _picture(text: str) -> ToolCall | None:
    match = _DRAW.match(text.strip())
    if not match:
        return None
    if match[2]:
        return _call("draw_picture", {"description": match[2].strip(), "change": True})
    return _call("draw_picture", {"description": (match[1] or "").strip()})


def _pairs(match: re.Match[str]) -> list[tuple[str, str]]:
    groups = [each or "" for each in match.groups()]
    half = len(groups) // 2
    return list(zip(groups[:half], groups[half:], strict=True))


def _call(name: str, arguments: Mapping[str, Any]) -> ToolCall:
    return ToolCall("", name, arguments)
