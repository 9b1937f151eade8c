"""What does not fit about a setting, as the key of one sentence and its placeholders."""

from __future__ import annotations

import difflib
import errno
import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from service.settings_kinds import TokensError
from service.texts import DEFAULT, Texts

_KEYS: Final = {
    "int_parsing": "settings-whole",
    "int_from_float": "settings-whole",
    "float_parsing": "settings-number",
    "finite_number": "settings-number",
    "greater_than": "settings-more",
    "greater_than_equal": "settings-at-least",
    "less_than_equal": "settings-at-most",
    "bool_parsing": "settings-on-off",
    "literal_error": "settings-one-of",
}
_LIMITS: Final = ("gt", "ge", "le")


class Warned(NamedTuple):
    """One sentence about one setting."""

    key: str
    args: Mapping[str, str]


class SettingsError(Exception):
    """The service cannot start like this; each of *sentences* says what to change."""

    def __init__(self, sentences: Iterable[Warned]) -> None:
        self.sentences = tuple(sentences)
        texts = Texts()
        super().__init__("\n".join(texts.plain(DEFAULT, key, args) for key, args in self.sentences))


class CannotStartError(Exception):
    """A token, a key, a folder or a port is wrong: the operator must act; a restart is no use."""

    def __init__(self, key: str, **args: str) -> None:
        super().__init__(key)
        self.key = key
        self.args_for_person = args


def unheard(error: OSError, host: str, port: int, names: str) -> CannotStartError:
    """Return the sentence about an address at which nothing can listen.

    *names* is what its two settings are called before `_HOST` and `_PORT`.
    """
    name = f"{names}_PORT"
    if error.errno == errno.EADDRINUSE:
        return CannotStartError("problem-port", port=str(port), name=name)
    # asyncio repeats the address in its own words, the resolver has codes of its own
    resolver = isinstance(error, socket.gaierror)
    why = str(error.strerror) if resolver else os.strerror(error.errno or 0)
    both = f"{names}_HOST, {name}"
    return CannotStartError("problem-listen", host=host, port=str(port), why=why, name=both)


def sentence(error: Mapping[str, Any], names: Mapping[str, str]) -> Warned:
    """Return what *error*, one of pydantic's, says about the setting it names."""
    place = str(error["loc"][0]) if error["loc"] else ""
    name = names.get(place, place)
    if isinstance(found := error.get("ctx", {}).get("error"), TokensError):
        return Warned(found.key, found.args_for_person)
    if name == "GREENROOM_WEBHOOK_SECRET":
        return Warned("settings-webhook-secret", {})
    if name == "GREENROOM_DATA_KEYS":
        return Warned("settings-data-keys", {})
    if name.endswith(("_KEY", "_TOKEN", "_SECRET")):
        return Warned("settings-secret", {"name": name})
    context = error.get("ctx", {})
    args = {"name": name, "value": repr(error.get("input", ""))}
    key = _KEYS.get(error["type"], "settings-other")
    if key == "settings-other" and name.endswith(("_ADMINS", "_ALLOWED")):
        key = "settings-ids"
    elif key == "settings-other" and name.endswith(("_BASE", "_URL")):
        key = "settings-address"
    elif name.endswith("_MODEL"):
        key = "settings-model"
    elif name.endswith("_LIMITS"):
        key = "settings-limits"
    elif key == "settings-one-of":
        args["choices"] = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    for limit in _LIMITS:
        if limit in context:
            args["limit"] = f"{context[limit]:g}"
    return Warned(key, args)


def unknown(name: str, known: Sequence[str], prefix: str) -> Warned:
    """Return what is said of the variable *name*, which is like ours by its *prefix* alone."""
    # Compared without the prefix, which would make any two of them look alike.
    ours = [each.removeprefix(prefix) for each in known if each.startswith(prefix)]
    near = difflib.get_close_matches(name.upper().removeprefix(prefix), ours, n=1)
    if near:
        return Warned("settings-unknown-near", {"name": name, "near": prefix + near[0]})
    return Warned("settings-unknown", {"name": name})
