"""The forms that people filled in, as a table or as JSON, for the operator."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from fsm.flow.definition import Definition
from fsm.flow.path import repeated
from fsm.flow.state import Form, Given


def as_rows(
    forms: Iterable[tuple[str, Form]], flows: Mapping[str, Definition]
) -> list[dict[str, Any]]:
    """Return a row for every form: which chat, who, when, and every answer by its step.

    *forms* are pairs of a chat's key and a form. Several choices and files are lists, and so is
    everything in a repeated group.
    """
    rows = []
    for chat, form in forms:
        at = datetime.fromtimestamp(form.at, UTC).isoformat(timespec="seconds")
        row: dict[str, Any] = {"flow": form.flow, "chat": chat, "person": form.person, "at": at}
        definition = flows.get(form.flow)
        loops = repeated(definition) if definition else frozenset()
        for given in form.given:
            value = _plain(given)
            if given.step in loops:
                row.setdefault(given.step, []).append(value)
            else:
                row[given.step] = value
        rows.append(row)
    return rows


def as_json(rows: list[dict[str, Any]]) -> str:
    """Return *rows* as JSON."""
    return json.dumps(rows, ensure_ascii=False, indent=2)


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Return *rows* as CSV; a cell that a spreadsheet would take for a formula is quoted."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    table = csv.DictWriter(out, names)
    table.writeheader()
    for row in rows:
        table.writerow({name: _cell(value) for name, value in row.items()})
    return out.getvalue()


def _plain(given: Given) -> Any:
    if given.skipped:
        return ""
    if given.media:
        return [each.ref for each in given.media]
    return list(given.values) if given.values else given.value


def _cell(value: Any) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text[:1] in ("=", "@", "\t", "\r") else text
