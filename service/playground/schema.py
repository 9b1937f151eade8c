"""Every call is held against aiogram's models: the one description of the Bot API we trust.

Telegram ignores what it does not know; here an unknown parameter, a wrong type or a
missing field is refused, because in a bot each of them is a mistake waiting to be found.
"""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from functools import cache
from typing import Any, Union, get_args, get_origin

from service.playground.files import Upload
from service.playground.refusals import Refusal, bad_request
from service.playground.wire import Call

Json = dict[str, Any]

_BUSY = (
    "getupdates", "sendmessage", "sendrichmessage", "sendmessagedraft",
    "sendrichmessagedraft", "editmessagetext", "sendchataction", "getfile",
)  # fmt: skip


def checked_call(name: str, params: Json, files: dict[str, Upload]) -> Call:
    """Return the call, its parameters decoded.

    Raises:
        Refusal: No such method, or it does not take these parameters.

    """
    from pydantic import ValidationError

    model = _models().get(name.lower())
    if model is None:
        raise Refusal(404, "Not Found: method not found")
    given: Json = {}
    for key, value in params.items():
        given[key] = _decoded(model, key, value)
    for key in files:
        if key in model.model_fields:
            given[key] = f"attach://{key}"
    try:
        made = model.model_validate(given)
    except ValidationError as wrong:
        raise bad_request(_in_a_line(wrong)) from None
    for path in _unknown(made, ""):
        raise bad_request(f"unknown field {path}")
    scalars = (str, int, float, bool)
    coerced = {
        key: value if isinstance(value := getattr(made, key), scalars) else given[key]
        for key in given
    }
    chat = coerced.get("chat_id")
    if isinstance(chat, str) and chat.removeprefix("-").isdecimal():
        coerced["chat_id"] = int(chat)  # a form cannot say whether it means a number or a name
    return Call(method=made.__api_method__, params=coerced, files=files)


def warm_up() -> None:
    """Import aiogram now and complete the models used most, so that no call has to wait."""
    models = _models()
    for name in _BUSY:
        models[name].model_rebuild()


@cache
def _models() -> dict[str, Any]:
    """Return aiogram's method models by their lower-case name; Telegram minds no case."""
    from service.channels.telegram import aiogram_light

    aiogram_light.load()
    from aiogram import methods

    found = (getattr(methods, name) for name in methods.__all__)
    return {
        model.__api_method__.lower(): model
        for model in found
        if isinstance(getattr(model, "__api_method__", None), str)
    }


def _decoded(model: Any, key: str, value: Any) -> Any:
    """Return *value*, parsed if it is JSON in a string where an object is wanted.

    Raises:
        Refusal: The method has no such parameter, or its JSON is broken.

    """
    known = model.model_fields.get(key)
    if known is None:
        raise bad_request(f"unknown parameter {key!r}")
    if not isinstance(value, str) or str in _alternatives(known.annotation):
        return value
    if not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {key}: expected a JSON object") from None


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in {Union, types.UnionType}:
        return get_args(annotation)
    return (annotation,)


def _unknown(made: Any, path: str) -> Iterator[str]:
    """Yield the fields of *made*, at any depth, that Telegram's description does not have."""
    from pydantic import BaseModel

    if isinstance(made, BaseModel):
        for key in made.model_extra or {}:
            yield f"{path}{key}"
        for key in made.model_fields_set:
            yield from _unknown(getattr(made, key, None), f"{path}{key}.")
    elif isinstance(made, list):
        for index, item in enumerate(made):
            yield from _unknown(item, f"{path}{index}.")


def _in_a_line(wrong: Any) -> str:
    """Return the first complaint of pydantic, without the value that caused it."""
    first = wrong.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in first["loc"])
    return f"{where}: {first['msg']}"
