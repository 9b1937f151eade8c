"""What typed words mean at a step: an answer, a mistake with a hint, or no answer at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from fsm.content import Prompt
from fsm.flow.calendar import day, limits, today
from fsm.flow.definition import Kind, Step
from fsm.flow.screen import DONE, NO, YES

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]{2,}")
_URL = re.compile(r"https?://[^\s/.]+\.[^\s]+")
_FORMS = {"email": _EMAIL, "url": _URL}
_TIME = re.compile(r"(\d{1,2})(?:[:.：点时hH](\d{2})?)?")
_PLACE = re.compile(r"\[(?:Location: |Venue: .*\()(-?[\d.]+), (-?[\d.]+)\)?\]", re.DOTALL)
_CONTACT = re.compile(r"\[Contact: (.*), (\+?[\d ]{5,})\]", re.DOTALL)
_PHONE = re.compile(r"\+?[\d][\d ()/-]{4,20}")
_SPACES = re.compile(r"[\s.!。！]+")
_YES = frozenset({"yes", "y", "ok", "okay", "是", "好", "好的", "对", "确认"})
_NO = frozenset({"no", "n", "不", "否", "不是"})


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: `value`, or the `act` of a key that means the same."""

    value: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Not quite an answer; the hint says what is wanted."""

    key: str
    args: tuple[str, ...] = ()


def typed(step: Step, prompt: Prompt, now: float) -> Said | Wrong | None:
    """Return what *prompt* answers at *step*; None: it is no answer, but a question."""
    text = prompt.text.strip()
    if not text:
        return None
    match step.kind:
        case Kind.TEXT:
            return _text(step, text, now)
        case Kind.NUMBER:
            return _number(step, text)
        case Kind.CHOICE | Kind.CHOICES:
            return _choice(step, text)
        case Kind.DATE:
            found = day(text, today(step, now))
            return _day(step, found, now) if found else None
        case Kind.TIME:
            return _time(text)
        case Kind.LOCATION:
            place = _PLACE.search(text)
            return Said(f"{place[1]}, {place[2]}") if place else None
        case Kind.CONTACT:
            return _contact(text)
        case Kind.CONFIRM | Kind.AGAIN | Kind.INFO:
            return _yes_or_no(step, text)
    return None


def fits(step: Step, value: str, now: float) -> bool:
    """Return whether *value*, given earlier, is still an answer that *step* would take."""
    match step.kind:
        case Kind.TEXT:
            return isinstance(_text(step, value, now), Said)
        case Kind.NUMBER:
            return isinstance(_number(step, value), Said)
        case Kind.CHOICE:
            return any(option.key == value for option in step.options)
        case Kind.DATE:
            found = day(value, today(step, now))
            return found is not None and isinstance(_day(step, found, now), Said)
        case Kind.TIME:
            return isinstance(_time(value), Said)
    return True


def _text(step: Step, text: str, now: float) -> Said | Wrong:
    if step.least is not None and len(text) < step.least:
        return Wrong("flow-note-short", ("least", f"{step.least:g}"))
    if step.most is not None and len(text) > step.most:
        return Wrong("flow-note-long", ("most", f"{step.most:g}"))
    if step.form == "date":
        found = day(text, today(step, now))
        return _day(step, found, now) if found else Wrong("flow-note-date")
    if step.form and not _FORMS[step.form].fullmatch(text):
        return Wrong(f"flow-note-{step.form}")
    if step.pattern and not re.fullmatch(step.pattern, text):
        return Wrong("flow-note-pattern")
    return Said(text)


def _number(step: Step, text: str) -> Said | Wrong | None:
    plain = text.replace(" ", "").replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None if len(text.split()) > 1 else Wrong("flow-note-number", _range(step))
    low = step.least is not None and value < step.least
    high = step.most is not None and value > step.most
    if not abs(value) < 1e15 or low or high or (step.whole and value != int(value)):
        return Wrong("flow-note-number", _range(step))
    return Said(f"{value:.10g}")


def _range(step: Step) -> tuple[str, ...]:
    low = "-∞" if step.least is None else f"{step.least:g}"
    high = "∞" if step.most is None else f"{step.most:g}"
    return ("least", low, "most", high)


def _choice(step: Step, text: str) -> Said | None:
    wanted = _plain(text)
    act = "o" if step.kind is Kind.CHOICE else "+"
    for at, option in enumerate(step.options, start=1):
        known = {_plain(label) for label in option.label.values()} | {option.key, str(at)}
        if wanted in known:
            return Said(act=f"{act}{option.key}")
    return None


def _day(step: Step, found: date, now: float) -> Said | Wrong:
    low, high = limits(step, now)
    if low <= found <= high:
        return Said(found.isoformat())
    return Wrong("flow-note-range", ("least", low.isoformat(), "most", high.isoformat()))


def _time(text: str) -> Said | Wrong | None:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour > 23 or minute > 59:
        return Wrong("flow-note-time")
    return Said(f"{hour:02}:{minute:02}")


def _contact(text: str) -> Said | None:
    if found := _CONTACT.search(text):
        return Said(f"{found[1]}, {found[2]}")
    return Said(text) if _PHONE.fullmatch(text) else None


def _yes_or_no(step: Step, text: str) -> Said | None:
    word = _plain(text)
    if word in _YES:
        return Said(act=DONE if step.kind is Kind.INFO else YES)
    if word in _NO and step.kind is Kind.AGAIN:
        return Said(act=NO)
    return None


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text).strip().casefold()
