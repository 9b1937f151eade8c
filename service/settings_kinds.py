"""The kinds of settings: how each is written in the environment, and what does not fit."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, SecretStr
from pydantic_settings import NoDecode

TOOLS: Final = ("time", "units", "reminders", "weather", "news", "pages", "pictures", "guides")
GOOGLES: Final = ("search", "read", "run")


@dataclass(frozen=True, slots=True)
class ModelLimit:
    """What one model's provider allows; 0: whatever comes."""

    per_minute: int = 0
    tokens_per_minute: int = 0
    at_once: int = 0


class ModelLimits(dict[str, ModelLimit]):
    """The limits of models, by name; as a string, what was written."""

    def __init__(self, text: str = "") -> None:
        super().__init__(_limit(each) for each in text.split(";") if each.strip())
        self._text = text

    def __str__(self) -> str:
        return self._text


_AMOUNT: Final = re.compile(r"(\d+) *(rpm|tpm|at once)", re.IGNORECASE)
_AMOUNTS: Final = {"rpm": "per_minute", "tpm": "tokens_per_minute", "at once": "at_once"}


def _limit(text: str) -> tuple[str, ModelLimit]:
    # Names have colons too, as llama3:8b.
    name, _, allowed = text.rpartition(":")
    found = [_AMOUNT.fullmatch(each.strip()) for each in allowed.split(",")]
    if not name.strip() or None in found:
        raise ValueError("not limits")
    amounts = {_AMOUNTS[each[2].lower()]: int(each[1]) for each in found if each}
    return name.strip(), ModelLimit(**amounts)


def _limits(value: object) -> object:
    return ModelLimits(value) if isinstance(value, str) else value


def _ids(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = re.split(r"[\s,;]+", value.strip())
    return frozenset(int(part) for part in parts if part)


def _names(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = re.split(r"[\s,;]+", value.strip())
    return frozenset(part for part in parts if part and part != "off")


def _googles(value: frozenset[str]) -> frozenset[str]:
    if unknown := value - set(GOOGLES):
        raise ValueError(f"no such tool: {', '.join(sorted(unknown))}")
    return value


def _tools(value: frozenset[str]) -> frozenset[str]:
    if unknown := value - set(TOOLS):
        raise ValueError(f"no such tool: {', '.join(sorted(unknown))}")
    return value


def _addresses(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone") from None
    return value


def _address(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise ValueError("not an address")
    return value.rstrip("/")


def _model(value: str) -> str:
    if value != "".join(value.split()):
        raise ValueError("not a name")
    return value


def _hook_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\w-]{0,256}", value.get_secret_value(), re.ASCII):
        raise ValueError("not what Telegram takes")
    return value


class TokensError(ValueError):
    """Tokens of bots that do not fit: the key of a sentence, which must not repeat them."""

    def __init__(self, key: str, **args: str) -> None:
        super().__init__(key)
        self.key = key
        self.args_for_person = args


def _tokens(value: SecretStr) -> SecretStr:
    """Return the tokens, one of each bot, without the space around them."""
    written = [each.strip() for each in value.get_secret_value().split(",")]
    tokens = [each for each in written if each]
    places: dict[str, int] = {}
    for place, token in enumerate(tokens, start=1):
        if not re.fullmatch(r"\d+:[\w-]+", token, re.ASCII):
            one = TokensError("problem-token-shape")
            several = TokensError("problem-tokens-shape", place=str(place), count=str(len(tokens)))
            raise one if len(tokens) == 1 else several
        bot = str(int(token.partition(":")[0]))
        if (first := places.setdefault(bot, place)) != place:
            raise TokensError("problem-tokens-twice", bot=bot, first=str(first), other=str(place))
    return SecretStr(",".join(tokens))


def _data_keys(value: SecretStr) -> SecretStr:
    if words := value.get_secret_value():
        # Imported here: the keeper, which stays, can do without the library of ciphers.
        from snapshots.cipher import KeyRing

        KeyRing.parse(words)
    return value


ModelId = Annotated[str, AfterValidator(_model)]
HookSecret = Annotated[SecretStr, AfterValidator(_hook_secret)]
Tokens = Annotated[SecretStr, AfterValidator(_tokens)]
DataKeys = Annotated[SecretStr, AfterValidator(_data_keys)]
Ids = Annotated[frozenset[int], NoDecode, BeforeValidator(_ids)]
Url = Annotated[str, AfterValidator(_address)]
Urls = Annotated[tuple[Url, ...], NoDecode, BeforeValidator(_addresses)]
Googles = Annotated[frozenset[str], NoDecode, BeforeValidator(_names), AfterValidator(_googles)]
Names = Annotated[frozenset[str], NoDecode, BeforeValidator(_names), AfterValidator(_tools)]
Limits = Annotated[InstanceOf[ModelLimits], NoDecode, BeforeValidator(_limits)]
NO_LIMITS: Final = ModelLimits()
Zone = Annotated[str, AfterValidator(_zone)]
Port = Annotated[int, Field(ge=0, le=65535)]
