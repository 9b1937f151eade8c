"""What Telegram refuses, in Telegram's own words."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

MAX_TEXT = 4096
MAX_ENTITIES = 100
MAX_CALLBACK_BYTES = 64
MAX_BUTTONS = 100
MAX_DOWNLOAD = 20 << 20
MAX_UPLOAD = 50 << 20


class Refusal(Exception):  # noqa: N818 - it is an answer, not a failure of ours
    """The server says no; the bot reads *code* and *description*."""

    def __init__(self, code: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def as_json(self) -> Json:
        """Return the body of the answer."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


def bad_request(what: str) -> Refusal:
    """Return the refusal of a call that can never work as it stands."""
    return Refusal(400, f"Bad Request: {what}")


def too_many(seconds: int) -> Refusal:
    """Return the refusal of a call that came too early."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def units(text: str) -> int:
    """Return the length of *text* in UTF-16 units, as Telegram counts it."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Return *text* without the blank ends Telegram cuts off, its entities moved along."""
    start = len(text) - len(text.lstrip())
    if any(entity["offset"] < start for entity in entities):
        start = 0
    kept = text[start:].rstrip()
    length = units(kept)
    moved = []
    for entity in entities:
        offset = entity["offset"] - start
        span = min(entity["length"], length - offset)
        if span > 0:
            moved.append(entity | {"offset": offset, "length": span})
    return kept, moved


def checked_text(
    text: str, entities: list[Json], *, most: int = MAX_TEXT, empty_ok: bool = False
) -> tuple[str, list[Json]]:
    """Return *text* and *entities* as a message would carry them.

    Raises:
        Refusal: Telegram would not take them.

    """
    check_entities(text, entities)
    text, entities = trimmed(text, entities)
    if not text and not empty_ok:
        raise bad_request("message text is empty")
    if units(text) > most:
        what = "message is too long" if most == MAX_TEXT else "message caption is too long"
        raise bad_request(what)
    return text, entities


def check_entities(text: str, entities: list[Json]) -> None:
    """Make sure that every entity lies within *text* and splits no character.

    Raises:
        Refusal: One does not, or there are too many.

    """
    if not entities:
        return
    if len(entities) > MAX_ENTITIES:
        raise bad_request("ENTITIES_TOO_LONG")
    edges = _edges(text)
    end = units(text)
    for entity in entities:
        first, last = entity["offset"], entity["offset"] + entity["length"]
        if first < 0 or entity["length"] < 0:
            raise bad_request(f"receive an entity with incorrect offset {first}")
        if last > end:
            raise bad_request(
                f"entity beginning at UTF-16 offset {first} ends after the end of the text "
                f"at UTF-16 offset {end}"
            )
        if first not in edges:
            raise bad_request(
                f"entity begins in a middle of a UTF-16 symbol at UTF-16 offset {first}"
            )
        if last not in edges:
            raise bad_request(
                f"entity beginning at UTF-16 offset {first} ends in a middle of a UTF-16 symbol "
                f"at UTF-16 offset {last}"
            )


def _edges(text: str) -> set[int]:
    """Return the UTF-16 offsets at which a character begins, the end included."""
    edges, at = {0}, 0
    for character in text:
        at += 2 if character > "\uffff" else 1
        edges.add(at)
    return edges


def check_keyboard(markup: Json | None) -> None:
    """Make sure that an inline keyboard can be shown.

    Raises:
        Refusal: A button says too much or nothing at all, or there are too many.

    """
    rows = (markup or {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    if len(buttons) > MAX_BUTTONS:
        raise bad_request("too many reply markup buttons")
    for button in buttons:
        if not button.get("text"):
            raise bad_request("can't parse inline keyboard button: Text buttons are unallowed")
        check_button(button)


_DEEDS = ("callback_data", "url", "copy_text", "disabled", "web_app", "login_url", "pay")


def check_button(button: Json) -> None:
    """Make sure that *button* does exactly one thing, and says it shortly enough.

    Raises:
        Refusal: It does not.

    """
    deeds = [key for key in button if key in _DEEDS or key.startswith("switch_inline")]
    if len(deeds) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    copied = (button.get("copy_text") or {}).get("text")
    if copied is not None and not 1 <= len(copied) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
