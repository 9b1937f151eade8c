"""The screen of the question in hand: its words, the keys of its kind, and those to steer by."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from fsm.flow import screen as on
from fsm.flow.calendar import days, in_rows, times
from fsm.flow.definition import ANSWERLESS, Definition, Kind, Schedule, Step, Texts, pick
from fsm.flow.path import progress
from fsm.flow.screen import Key, Rows, Screen, Words
from fsm.flow.state import Flow, Given, counted, find

_UNITS = "■□"
_MARKUP = re.compile(r"([\\`*_\[\]<>~|#$])")


def question(definition: Definition, flow: Flow, now: float) -> Screen:
    """Return the screen of the step that *flow* is at."""
    step = definition.step(flow.step)
    if flow.changed or step is None:
        again = Key(label=Words(key="flow-restart"), act=on.RESTART)
        rows: Rows = ((again, _key("cancel")),)
        return _addressed(flow, (Words(key="flow-changed"),), rows)
    lines = [_head(definition, flow), _author(step.text, flow)]
    if step.kind is Kind.CONFIRM:
        lines += summary(definition, flow)
    if step.kind is Kind.MEDIA and flow.media:
        lines.append(Words(key="flow-media-count", args=_received(step, flow)))
    if flow.helped and step.help:
        lines.append(_author(step.help, flow))
    if flow.asking:
        lines.append(Words(key="flow-asking"))
    if flow.note:
        args = dict(zip(flow.note_args[::2], flow.note_args[1::2], strict=True))
        lines.append(Words(key=flow.note, args=args))
    return _addressed(flow, tuple(lines), (*_widget(step, flow, now), *_steering(step, flow)))


def settled(definition: Definition, flow: Flow) -> Screen:
    """Return what is left of a question when the next one stands below: its words, the answer."""
    step = definition.step(flow.step)
    if step is None:
        return Screen(lines=(Words(key="flow-changed"),))
    given = find(flow.given, step.id, flow.round)
    if given is not None and flow.trail[-1:] and flow.trail[-1].step == step.id:
        return Screen(lines=(_answer(step, given, flow),))
    return Screen(lines=(_author(step.text, flow),))


def closing(definition: Definition, flow: Flow, key: str) -> Screen:
    """Return what the last question turns into when the flow is over."""
    again = Key(label=Words(key="flow-again"), act=on.START, flow=definition.name)
    lines = [Words(key=key, args={"title": pick(definition.title, flow.language)})]
    if key == "flow-finished":
        said = pick(definition.ending.text, flow.language)
        lines += [*summary(definition, flow), *([Words(text=said)] if said else [])]
        planning = planned(definition, on.PLAN, flow.language)
        return Screen(lines=tuple(lines), rows=((planning,),) if planning else ())
    return Screen(lines=tuple(lines), rows=((again,),))


def planned(definition: Definition, act: str, language: str) -> Key | None:
    """Return the key that plans a flow, or ends that; None where it has no schedule."""
    if definition.schedule is None:
        return None
    label = Words(key=f"flow-{act}", args=scheduled(definition, definition.schedule, language))
    return Key(label=label, act=act, flow=definition.name)


def scheduled(definition: Definition, schedule: Schedule, language: str) -> dict[str, str]:
    """Return what sentences about a schedule speak of."""
    title = pick(definition.title, language)
    return {"title": title, "every": schedule.every, "at": schedule.at}


def summary(definition: Definition, flow: Flow) -> list[Words]:
    """Return a line for every answer that counts."""
    found: list[Words] = []
    for given in counted(flow):
        step = definition.step(given.step)
        if step is not None and step.kind not in ANSWERLESS:
            found.append(replace(_answer(step, given, flow), close=bool(found)))
    return found


def shown(step: Step, given: Given, language: str) -> str:
    """Return an answer in words as people read it."""
    labels = {option.key: pick(option.label, language) for option in step.options}
    if given.values:
        return ", ".join(labels.get(each, each) for each in given.values)
    return labels.get(given.value, given.value)


def _answer(step: Step, given: Given, flow: Flow) -> Words:
    label = _author(step.label or step.text, flow).text.splitlines()[0][:80]
    if given.skipped:
        return Words(key="flow-line-skipped", args={"question": label})
    if given.media:
        files = {"question": label, "count": str(len(given.media)), "kind": _files(step)}
        return Words(key="flow-line-media", args=files)
    if step.kind is Kind.DATE and (told := _day(given.value)):
        return Words(key="flow-line-day", args={"question": label, **told})
    answer = shown(step, given, flow.language)
    return Words(key="flow-line", args={"question": label, "answer": answer})


def _day(value: str) -> dict[str, str]:
    """Return a day as sentences speak of it."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return {}
    return {
        "day": f"d{found.weekday()}",
        "date": str(found.day),
        "month": f"m{found.month}",
        "year": str(found.year),
    }


def _received(step: Step, flow: Flow) -> dict[str, str]:
    return {"count": str(len(flow.media)), "kind": _files(step)}


def _files(step: Step) -> str:
    """Return what the files of *step* are called: `picture`, `voice`, or any `file`."""
    (only, *more) = step.accepts
    return "file" if more or only.value not in ("picture", "voice") else only.value


def _head(definition: Definition, flow: Flow) -> Words:
    at, of = progress(definition, flow)
    bar = _UNITS[0] * min(at, 12) + _UNITS[1] * max(0, min(of, 12) - at)
    title = pick(definition.title, flow.language)
    args = {"title": title, "at": str(at), "of": str(of), "bar": bar}
    return Words(key="flow-head", args=args)


def _author(texts: Texts, flow: Flow) -> Words:
    """Return the author's sentence with the answers it mentions (`{name}`)."""
    text = pick(texts, flow.language)
    for given in counted(flow):
        said = _MARKUP.sub(r"\\\1", given.value or ", ".join(given.values))
        text = text.replace("{" + given.step + "}", said)
    return Words(text=text)


def _widget(step: Step, flow: Flow, now: float) -> Rows:
    match step.kind:
        case Kind.CHOICE:
            keys = [
                Key(label=Words(text=pick(option.label, flow.language)), act=f"o{option.key}")
                for option in step.options
            ]
            return in_rows(keys, step.columns)
        case Kind.CHOICES:
            return (*in_rows(_ticks(step, flow), step.columns), (_key("done"),))
        case Kind.NUMBER:
            return _stepper(step, flow)
        case Kind.DATE:
            return days(step, flow.page, now, sunday_first=flow.language == "en-US")
        case Kind.TIME:
            return times(step, flow.page)
        case Kind.MEDIA:
            return ((_key("done"), _key("clear")),) if flow.media else ()
        case Kind.CONFIRM:
            return ((_key("yes", "confirm"),),)
        case Kind.AGAIN:
            return ((_key("yes", "another"), _key("no", "enough")),)
        case Kind.INFO:
            return ((_key("done", "next"),),)
    return ()


def _ticks(step: Step, flow: Flow) -> list[Key]:
    """Return the options of several choices; each key says what will be, so a double tap is one."""
    keys = []
    for option in step.options:
        on_ = option.key in flow.picked
        label = pick(option.label, flow.language)
        text = f"✓ {label}" if on_ else label
        keys.append(Key(label=Words(text=text), act=f"{'-' if on_ else '+'}{option.key}"))
    return keys


def number_shown(step: Step, flow: Flow) -> float:
    """Return the number that the stepper stands at."""
    if flow.picked:
        return float(flow.picked[0])
    return step.least if step.least is not None else min(0.0, step.most or 0.0)


def _stepper(step: Step, flow: Flow) -> Rows:
    value = number_shown(step, flow)
    keys = []
    for label, target in (("−", value - step.by), ("", value), ("+", value + step.by)):
        low = step.least is not None and target < step.least
        high = step.most is not None and target > step.most
        act = on.NOTHING if low or high or not label else f"={target:.10g}"
        keys.append(Key(label=Words(text=label or f"{value:.10g}"), act=act))
    return tuple(keys), (_key("done"),)


def _steering(step: Step, flow: Flow) -> Rows:
    keys = []
    if flow.trail:
        keys.append(_key("back"))
    if step.optional:
        keys.append(_key("skip"))
    if step.help and not flow.helped:
        keys.append(_key("help"))
    if step.kind is Kind.TEXT and not flow.asking:
        keys.append(_key("ask"))
    keys.append(_key("cancel"))
    return in_rows(keys, 3)


def _key(act: str, label: str = "") -> Key:
    return Key(label=Words(key=f"flow-{label or act}"), act=act)


def _addressed(flow: Flow, lines: tuple[Words, ...], rows: Rows) -> Screen:
    return Screen(lines=lines, rows=rows, number=flow.number, view=flow.view, step=flow.step)
