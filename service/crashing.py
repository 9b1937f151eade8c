"""What is behind the playground's button "Crash this chat's actor"."""

from __future__ import annotations

from collections.abc import Container, Mapping
from contextlib import suppress
from http import HTTPStatus

from actors.messages import CrashAsked
from actors.ports import Address
from actors.runtime import ActorSystem, AskFailed


async def crash(
    system: ActorSystem, resting: Container[str], bot: str, place: Mapping[str, object]
) -> HTTPStatus:
    """Crash the actor of the chat that *place* names, and return how it stands after that.

    OK: it goes on. LOCKED: it is in quarantine. NOT_FOUND: no such actor is in memory,
    not even a *resting* one.
    """
    chat, topic = place.get("chat"), place.get("topic") or 0
    if not isinstance(chat, int) or not isinstance(topic, int):
        return HTTPStatus.NOT_FOUND
    ref = system.ref("chat", Address(channel="telegram", bot=bot, chat=chat, topic=topic).key)
    if system.statistics(ref).status == "absent" and f"chat/{ref.key}" not in resting:
        return HTTPStatus.NOT_FOUND
    # Asked, not told: whoever asks hears of the crash when it has happened.
    with suppress(AskFailed):
        await ref.ask(CrashAsked())
    quarantined = system.statistics(ref).status == "quarantined"
    return HTTPStatus.LOCKED if quarantined else HTTPStatus.OK
