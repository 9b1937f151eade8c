"""The JSON schema of a tool's arguments, in one piece.

Providers differ in what they make of references, so every type is written where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

_PREFIX = "#/"


def schema_of(struct: type[msgspec.Struct]) -> Mapping[str, Any]:
    """Return the schema of *struct*.

    Raises:
        TypeError: One of its types has no schema, or holds itself.

    """
    _, components = msgspec.json.schema_components([struct], ref_template=_PREFIX + "{name}")
    return dict(_whole(components[struct.__name__], components, (struct.__name__,)))


def _whole(schema: Any, components: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_whole(each, components, inside) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if (ref := schema.get("$ref")) is not None:
        name = ref.removeprefix(_PREFIX)
        if name in inside:
            raise TypeError(f"{name} holds itself, which no schema can say")
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_whole(components[name], components, (*inside, name)), **rest}
    return {
        # A parameter may be named title; the title of a type is its name, which says nothing.
        key: _properties(value, components, inside)
        if key == "properties"
        else value
        if key in {"default", "enum", "const"}
        else _whole(value, components, inside)
        for key, value in schema.items()
        if key != "title"
    }


def _properties(found: Any, components: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    return {name: _whole(schema, components, inside) for name, schema in found.items()}
