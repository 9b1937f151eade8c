"""What can still be read of a batch of updates that is not the JSON it should be.

A bot whose every getUpdates ends in the same decoding error is dead for good, so whatever
Telegram (or something between us) sends, the good updates must come through and the rest must
get out of the way. But only where ids show that these are updates: a page of some proxy is
trouble with the network, and nothing may be skipped because of it.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any, Final, NamedTuple

_START: Final = re.compile(r'\{\s*"update_id"\s*:\s*(\d+)')


class Salvaged(NamedTuple):
    """Updates that were read, and the bytes of those that were not."""

    updates: list[dict[str, Any]]
    lost: list[bytes]


def salvaged(body: bytes) -> Salvaged:
    """Return what can be read of *body*.

    An update that is beyond reading is represented by its bare id, so that the offset moves
    past it: it means nothing to anybody.
    """
    text = body.decode("utf-8", "replace")
    starts = [found.start() for found in _START.finditer(text)]
    updates: list[dict[str, Any]] = []
    lost: list[bytes] = []
    decoder = json.JSONDecoder()
    end = 0
    for at, following in pairwise((*starts, len(text))):
        if at < end:
            continue  # inside an update that was read already: somebody quotes JSON
        try:
            update, end = decoder.raw_decode(text, at)
            updates.append(_sendable(update))
        except (ValueError, RecursionError):
            lost.append(text[at:following].encode("utf-8", "replace"))
            found = _START.match(text, at)
            updates.append({"update_id": int(found[1])} if found else {})
    return Salvaged([update for update in updates if update], lost)


def _sendable(value: Any) -> Any:
    """Return *value* without halves of characters, which no file and no model would take."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_sendable(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _sendable(each) for key, each in value.items()}
    return value
