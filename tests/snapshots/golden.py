"""One value of every kind as each version of its schema has written it, for ever readable.

Run `python -m tests.snapshots.golden` after raising a version: it writes what is missing and never
changes a file that is there.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Final

from actors.chat import Chat
from fsm.content import Media, MediaKind, Prompt
from fsm.data import Conversation
from fsm.events import Grew
from fsm.memory import Outcome, Turn
from fsm.outbox import Answer, Outbox, Part, PartMoved, PartState, take
from fsm.states import State
from fsm.usage import Spending, Usage, added
from service.audience import Audience, Seen
from service.identities import Face
from service.money.purses import Purse
from service.penalties import Penalty
from service.storing import SCHEMAS
from snapshots.codec import ARCHIVED, Codec

FOLDER: Final = Path(__file__).parent / "golden"
CODEC: Final = Codec(SCHEMAS)


def values() -> dict[str, Any]:
    """Return the values by kind, and `kind.delta`."""
    picture = Media(kind=MediaKind.PICTURE, ref="file", unique="u", mime="image/png", size=7)
    prompt = Prompt(text="¿Qué? 什么?", media=(picture,), message=5, author="Ada", at=1.5)
    turn = Turn(number=1, prompts=(prompt,), answer="so", outcome=Outcome.STOPPED, at=2.0, tokens=9)
    conv = Conversation(
        state=State.STREAMING, turn=2, attempt=1, prompts=(prompt,), memory=(turn,), partial="half"
    )
    part = Part(body=b"\x00\xff", state=PartState.SENDING, until=3.0, message=8, repeats=1)
    outbox = take(Outbox(), Answer(id=0, turn=1, parts=(part, Part(body=b"2")), reply_to=5))
    usage = added(Usage(), Spending(calls=1, prompt=9, cached=4, output=2, cost=7), 86_400.0)
    return {
        "chat": Chat(key="telegram.1.42", conversation=conv, outbox=outbox),
        "chat.part": PartMoved(answer=1, part=0, state=PartState.SENT, message=77),
        "chat.grew": Grew(turn=2, attempt=1, text="half of it"),
        "fleet": Audience(key=b"k" * 16, people={b"ada-hash": 20_400}, daily=((20_400, 1),)),
        "fleet.seen": Seen(person=b"bob-hash", day=20_401),
        "person": Purse(key="telegram.42", usage=usage),
        "bot": Face(photo="ab" * 32),
        "purse": Purse(key="everybody", usage=usage),
        "peer": Penalty(until=1_790_000_000.5),
        ARCHIVED: turn,
    }


def path(name: str, version: int) -> Path:
    """Return where the golden file of *name* lies."""
    return FOLDER / f"{name}.v{version}.json"


def packed(name: str, value: Any) -> dict[str, Any]:
    """Return what a golden file says of *value*."""
    kind, _, delta = name.partition(".")
    data = CODEC.pack_delta(f"{kind}/x", value)[1] if delta else CODEC.pack(value)
    return {"version": CODEC.version(f"{kind}/x"), "packed": base64.b64encode(data).decode()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, value in values().items():
        what = packed(name, value)
        target = path(name, what["version"])
        if not target.exists():
            target.write_text(json.dumps(what, indent=1) + "\n")
