"""Values to bytes and back: every value, any bytes, and what older versions have written."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import typing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.storing import SCHEMAS
from snapshots import DamagedError, Schema
from snapshots.codec import ARCHIVED, Codec
from tests.snapshots import golden

SOAK = os.environ.get("GREENROOM_SOAK") == "1"
CODEC = golden.CODEC
_BY_HAND: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False),
    bytes: st.binary(max_size=20),
}


def any_of(type_: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for *type_* that fills every field, with a default or without."""
    if type_ in _BY_HAND:
        return _BY_HAND[type_]
    arguments = typing.get_args(type_)
    if typing.get_origin(type_) is tuple and arguments[-1:] == (...,):
        return st.lists(any_of(arguments[0]), max_size=3).map(tuple)
    if typing.get_origin(type_) is tuple:
        return st.tuples(*map(any_of, arguments))
    if arguments and typing.get_origin(type_) is not typing.Literal:
        origin = typing.get_origin(type_)
        if isinstance(origin, type) and issubclass(origin, typing.Mapping):
            return st.dictionaries(any_of(arguments[0]), any_of(arguments[1]), max_size=3)
        if origin in (frozenset, set, list):
            return st.lists(any_of(arguments[0]), max_size=3).map(origin)
        return st.one_of(*map(any_of, arguments))
    if dataclasses.is_dataclass(type_):
        hints = typing.get_type_hints(type_)
        fields = {each.name: hints[each.name] for each in dataclasses.fields(type_) if each.init}
        made = st.fixed_dictionaries({name: any_of(hint) for name, hint in fields.items()})
        return made.map(lambda fields: type_(**fields))
    return st.from_type(type_)


def kinds() -> list[tuple[str, Schema]]:
    return [*SCHEMAS.items(), (ARCHIVED, CODEC._schemas[ARCHIVED])]


@pytest.mark.soak
@settings(deadline=None, max_examples=500 if SOAK else 20, database=None, derandomize=True)
@given(data=st.data())
@pytest.mark.parametrize(("kind", "schema"), kinds())
def test_every_value_comes_back_as_it_was(kind: str, schema: Schema, data: st.DataObject) -> None:
    value = data.draw(any_of(schema.value))

    assert CODEC.unpack(f"{kind}/x", schema.version, CODEC.pack(value)) == value


@settings(deadline=None, max_examples=60, database=None, derandomize=True)
@given(data=st.data())
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, schema in kinds() for name in schema.deltas]
)
def test_every_change_does_what_it_did_before_it_was_packed(
    kind: str, name: str, data: st.DataObject
) -> None:
    schema = SCHEMAS[kind]
    delta = data.draw(any_of(schema.deltas[name]))
    value = golden.values()[kind]
    packed_as, packed = CODEC.pack_delta(f"{kind}/x", delta)
    assert schema.apply is not None

    assert packed_as == name
    try:
        expected = schema.apply(value, delta)
    except Exception:
        return  # a change of what is not there; no rule makes one
    assert CODEC.apply(f"{kind}/x", value, schema.version, name, packed) == expected


@settings(deadline=None, max_examples=150, database=None, derandomize=True)
@given(data=st.data())
@pytest.mark.parametrize("kind", [kind for kind, _ in kinds()])
def test_any_bytes_are_a_value_or_damaged(kind: str, data: st.DataObject) -> None:
    whole = CODEC.pack(golden.values()[kind])
    at = data.draw(st.integers(0, len(whole)))
    noise = data.draw(st.binary(max_size=12))
    tail = whole[at + data.draw(st.integers(0, 12)) :]
    version = data.draw(st.integers(0, 3))

    try:
        value = CODEC.unpack(f"{kind}/x", version, whole[:at] + noise + tail)
    except DamagedError:
        return

    assert type(value) is type(golden.values()[kind])


@pytest.mark.parametrize("kind", [kind for kind, _ in kinds()])
def test_of_every_version_there_is_a_golden_file(kind: str) -> None:
    schema = dict(kinds())[kind]
    names = [kind, *(f"{kind}.{delta}" for delta in schema.deltas)]

    missing = [name for name in names if not golden.path(name, schema.version).exists()]

    assert missing == [], "python -m tests.snapshots.golden writes them"


@pytest.mark.parametrize("file", sorted(golden.FOLDER.glob("*.json")), ids=lambda each: each.stem)
def test_what_an_older_version_has_written_is_still_read(file: Path) -> None:
    kept = json.loads(file.read_text())
    name = file.name.split(".v")[0]
    kind, _, delta = name.partition(".")
    expected, data = golden.values(), base64.b64decode(kept["packed"])

    if delta:
        read = CODEC.apply(f"{kind}/x", expected[kind], kept["version"], delta, data)
        assert read == CODEC.applied(f"{kind}/x", expected[kind], expected[name])
    else:
        assert CODEC.unpack(f"{kind}/x", kept["version"], data) == expected[name]


def test_a_value_of_a_retired_version_goes_through_every_upgrade() -> None:
    def second(plain: dict[str, Any]) -> dict[str, Any]:
        return {"until": plain["until"] * 2}

    def third(plain: dict[str, Any]) -> dict[str, Any]:
        return {"until": plain["until"] + 1}

    peer = dataclasses.replace(SCHEMAS["peer"], version=3, upgrades={1: second, 2: third})
    codec = Codec({"peer": peer})
    packed = codec.pack({"until": 10.0})

    found = [codec.unpack("peer/x", version, packed).until for version in (1, 2, 3)]

    assert found == [21.0, 11.0, 10.0]
    with pytest.raises(DamagedError, match="cannot be read"):
        codec.unpack("peer/x", 1, codec.pack({"surprise": 1}))
