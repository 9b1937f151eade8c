"""Days in the words that everybody uses for them: tomorrow, next friday, 下周五."""

from __future__ import annotations

import re
from datetime import date, timedelta

_NEAR = {
    **dict.fromkeys(("today", "今天"), 0),
    **dict.fromkeys(("tomorrow", "明天"), 1),
    **dict.fromkeys(("day after tomorrow", "the day after tomorrow", "后天"), 2),
    **dict.fromkeys(("yesterday", "昨天"), -1),
}
_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(r"(?:(?:on|this|(next)) )?([a-z]{3,9})")
_LATER = re.compile(r"in (a|an|one|two|three|\d{1,3}) (day|week)s?")
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
_CHINESE = re.compile(r"(下)?(?:这|本)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_CHINESE_LATER = re.compile(r"(\d{1,3})\s*(天|周|个星期)(?:之?后|以后)")


def in_words(text: str, today: date) -> date | None:
    """Return the day that *text* names; "next friday" is the one in the next week."""
    said = " ".join(text.lower().rstrip(".!。！").split())
    if said in _NEAR:
        return today + timedelta(days=_NEAR[said])
    if found := _LATER.fullmatch(said):
        count = _COUNTS.get(found[1]) or int(found[1])
        return today + timedelta(days=count * (7 if found[2] == "week" else 1))
    if found := _CHINESE_LATER.fullmatch(said):
        return today + timedelta(days=int(found[1]) * (1 if found[2] == "天" else 7))
    if found := _CHINESE.fullmatch(said):
        return _weekday("一二三四五六日".find(found[2].replace("天", "日")), today, bool(found[1]))
    if found := _WEEKDAY.fullmatch(said):
        numbers = [at for at, name in enumerate(_ENGLISH) if name.startswith(found[2])]
        return _weekday(numbers[0], today, bool(found[1])) if len(numbers) == 1 else None
    return None


def _weekday(number: int, today: date, in_next_week: bool) -> date:
    if in_next_week:
        return today + timedelta(days=7 - today.weekday() + number)
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
