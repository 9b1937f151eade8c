"""Cards that the model fills in: their JSON schema, and their words once they are filled in."""

from __future__ import annotations

from typing import Any

import msgspec

from fsm.content import Card
from fsm.flow.definition import Blank, BlankKind
from service.flows.templates import rendered


class UnfitError(ValueError):
    """What the model wrote does not fit the card."""


def schema_of(blanks: tuple[Blank, ...]) -> dict[str, Any]:
    """Return the schema of an object with all *blanks*; strict enough for every provider."""
    return {
        "type": "object",
        "properties": {each.name: _schema(each) for each in blanks},
        "required": [each.name for each in blanks],
        "additionalProperties": False,
    }


def _schema(blank: Blank) -> dict[str, Any]:
    about = {"description": blank.about} if blank.about else {}
    match blank.kind:
        case BlankKind.NUMBER:
            return {"type": "number", **about}
        case BlankKind.FLAG:
            return {"type": "boolean", **about}
        case BlankKind.CHOICE:
            return {"type": "string", "enum": list(blank.options), **about}
        case BlankKind.LIST:
            return {"type": "array", "items": {"type": "string"}, **about}
        case BlankKind.ROWS:
            return {"type": "array", "items": schema_of(blank.columns), **about}
        case _:
            return {"type": "string", **about}


def filled(card: Card, text: str) -> str:
    """Return the words of *card* with the object that *text* is.

    Raises:
        UnfitError: It is no JSON, or not what the schema asks for.
        TemplateError: The author's template cannot be filled in.

    """
    try:
        found = msgspec.json.decode(_bare(text))
    except msgspec.DecodeError:
        raise UnfitError("this is no JSON") from None
    _check(found, msgspec.json.decode(card.schema))
    return rendered(card.template, {**msgspec.json.decode(card.names), **found})


def _bare(text: str) -> str:
    """Return *text* without the fence that some models put around JSON."""
    bare = text.strip()
    if bare.startswith("```"):
        bare = bare.partition("\n")[2].rpartition("```")[0]
    return bare


def _check(found: Any, schema: dict[str, Any]) -> None:
    match schema:
        case {"enum": list(known)}:
            fits = found in known
        case {"type": "object", "properties": dict(properties)}:
            fits = isinstance(found, dict) and properties.keys() == found.keys()
            if fits:
                for name, inner in properties.items():
                    _check(found[name], inner)
        case {"type": "array", "items": dict(items)}:
            fits = isinstance(found, list)
            for each in found if fits else ():
                _check(each, items)
        case {"type": "number"}:
            fits = isinstance(found, int | float) and not isinstance(found, bool)
        case {"type": "boolean"}:
            fits = isinstance(found, bool)
        case _:
            fits = isinstance(found, str)
    if not fits:
        raise UnfitError(f"a {schema.get('type', 'value')} was expected")
