"""Drafts: previews that grow in a private chat and fade after thirty seconds."""

from __future__ import annotations

from typing import Any, Final

from service.playground import rich
from service.playground.refusals import bad_request
from service.playground.sending import reachable, read_text
from service.playground.wire import Call
from service.playground.world import Draft, World

Json = dict[str, Any]

SHOWN_FOR: Final = 30.0


def send_message_draft(world: World, call: Call) -> bool:
    """Show words that are still being written; no words at all mean "thinking"."""
    return _show(world, call, read_text(call, empty_ok=True))


def send_rich_message_draft(world: World, call: Call) -> bool:
    """Show blocks that are still being written."""
    message = rich.accepted(world.files, call.params["rich_message"], call.files, is_draft=True)
    return _show(world, call, {"rich_message": message})


def _show(world: World, call: Call, content: Json) -> bool:
    chat = reachable(world, call)
    if not chat.is_private:
        raise bad_request("TEXTDRAFT_PEER_INVALID")
    if call.params["draft_id"] == 0:
        raise bad_request("draft identifier must be non-zero")
    topic = call.get("message_thread_id")
    if topic is not None and topic not in chat.topics:
        raise bad_request("message thread not found")
    shown = world.drafts.get((chat.id, topic))
    number = call.params["draft_id"]
    if shown is not None and shown.id == number and shown.stopped:
        return True  # the person has closed it; Telegram says nothing and shows nothing
    now = world.clock()
    draft = Draft(
        chat=chat.id,
        topic=topic,
        id=number,
        content=content,
        can_stop=bool(call.get("can_stop")),
        keep_on_stop=bool(call.get("keep_on_stop")),
        until=now + SHOWN_FOR,
    )
    world.drafts[chat.id, topic] = draft
    world.stage.tell("draft", **draft.shown(now))
    return True
