"""What the page and the tests ask of the stand-in, under ``/_/``: people act, faults are ordered.

Every request carries the key in ``X-Playground-Key``; bodies and answers are JSON, a
refusal has the shape of the Bot API's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from service.playground import abroad, people, speech
from service.playground.files import developed
from service.playground.limits import Fault
from service.playground.refusals import Refusal, bad_request
from service.playground.wire import read_body

if TYPE_CHECKING:
    from service.playground.server import BotApi

Json = dict[str, Any]
_Act = Callable[["BotApi", Json], Any]


def people_routes(api: BotApi) -> list[web.RouteDef]:
    """Return every route that is not the Bot API's, nor the page's."""
    acts = [web.post(f"/_/{name}", _posted(api, act)) for name, act in _ACTS.items()]
    reads = [web.get(f"/_/{name}", _posted(api, read)) for name, read in _READS.items()]
    return [
        *acts,
        *reads,
        web.post("/_/send", _send(api)),
        web.post("/_/crash", _ask_parent(api, "crash")),
        web.post("/_/kill", _ask_parent(api, "kill")),
    ]


def _posted(api: BotApi, act: _Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> Json:
        body, _ = await read_body(request)
        answer: Json = act(api, body)
        return answer

    return _answering(handle)


def _answering(
    handle: Callable[[web.Request], Awaitable[Json]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a handler that answers in JSON, refusals and nonsense included."""

    async def answering(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handle(request))
        except Refusal as refusal:
            return web.json_response(refusal.as_json(), status=refusal.code)
        except (KeyError, TypeError, ValueError) as wrong:
            unfit = bad_request(f"{type(wrong).__name__}: {wrong}")
            return web.json_response(unfit.as_json(), status=unfit.code)

    return answering


def _send(api: BotApi) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of a multipart post of files: one, or several as an album."""

    async def handle(request: web.Request) -> Json:
        fields, files = await read_body(request)
        kind = fields.get("kind", "document")
        uploads = list(files.values())
        if kind == "photo":
            uploads = [await asyncio.to_thread(developed, upload) for upload in uploads]
        where = _place(api, fields)
        told = {key: fields[key] for key in ("duration", "title", "emoji") if key in fields}
        caption, album = fields.get("caption", ""), fields.get("album", "")
        sent = people.send_files(api.world, where, kind, uploads, caption, album=album, **told)
        return {"messages": sent}

    return _answering(handle)


def _ask_parent(api: BotApi, what: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> Json:
        body, _ = await read_body(request)
        answer = await api.parent.post(what, body)
        if what == "kill":
            api.heartbeat.killed()
        return {"ok": True, **answer}

    return _answering(handle)


def _place(api: BotApi, body: Json) -> people.Place:
    numbers = {
        key: int(body[key]) if body.get(key) not in {None, ""} else None
        for key in ("chat", "topic", "reply_to")
    }
    return people.place(
        api.world,
        int(body["person"]),
        numbers["chat"],
        topic=numbers["topic"],
        reply_to=numbers["reply_to"],
        quote=body.get("quote"),
    )


def _say(api: BotApi, body: Json) -> Json:
    entities = body.get("entities") or ()
    return {"message": people.say(api.world, _place(api, body), body["text"], entities)}


def _share(api: BotApi, body: Json) -> Json:
    return {"message": people.share(api.world, _place(api, body), body["kind"])}


def _edit(api: BotApi, body: Json) -> Json:
    where = _place(api, body)
    return {"message": people.edit(api.world, where, body["message_id"], body["text"])}


def _press(api: BotApi, body: Json) -> Json:
    return {"query": people.press(api.world, _place(api, body), body["message_id"], body["data"])}


def _stop(api: BotApi, body: Json) -> Json:
    return {"draft_id": people.stop(api.world, _place(api, body), body.get("draft_id"))}


def _react(api: BotApi, body: Json) -> Json:
    people.react(api.world, _place(api, body), body["message_id"], body.get("emoji", ""))
    return {"ok": True}


def _ask(api: BotApi, body: Json) -> Json:
    where = _place(api, body)
    return {"query": abroad.ask(api.world, where.person, body["text"], where.chat)}


def _choose(api: BotApi, body: Json) -> Json:
    where, world = _place(api, body), api.world
    return {
        "message": abroad.choose(world, where.person, where.chat, body["query"], body["result"])
    }


def _block(api: BotApi, body: Json) -> Json:
    people.block(api.world, body["person"], blocked=body.get("blocked", True))
    return {"ok": True}


def _inject(api: BotApi, body: Json) -> Json:
    return {"update_id": api.world.updates.put_raw(body["update"])}


def _new_person(api: BotApi, body: Json) -> Json:
    language = body.get("language", "en")
    person = api.world.add_person(body["name"], language=language, id=body.get("id"))
    return {"person": person.as_user()}


def _new_chat(api: BotApi, body: Json) -> Json:
    kind = body.get("type", "group")
    chat = api.world.add_chat(
        body["title"],
        body["members"],
        type=kind,
        id=body.get("id"),
        has_bot=body.get("has_bot", True),
    )
    by = api.world.person(body["members"][0]).as_user()
    for name in body.get("topics") or ():
        speech.open_topic(api.world, chat, name, by)
    return {"chat": api.world.shown_chat(chat)}


def _new_topic(api: BotApi, body: Json) -> Json:
    where = _place(api, body)
    by = where.person.as_user()
    return {"topic": speech.open_topic(api.world, where.chat, body["name"], by)}


def _fault(api: BotApi, body: Json) -> Json:
    api.limits.faults.append(Fault(**body))
    return api.limits.as_json()


def _limits(api: BotApi, body: Json) -> Json:
    if "on" in body:
        api.limits.on = bool(body["on"])
    api.limits.scale = float(body.get("scale", api.limits.scale))
    if body.get("clear"):
        api.limits.faults.clear()
        api.limits.penalties.clear()
    return api.limits.as_json()


def _note(api: BotApi, body: Json) -> Json:
    api.notes = {"": str(body["text"])}
    api.world.stage.tell("notes", notes=api.notes)
    return {"ok": True}


def _control(api: BotApi, body: Json) -> Json:
    api.parent.url, api.parent.secret = str(body["url"]), str(body.get("secret", ""))
    api.world.stage.tell("control", can_control=bool(api.parent.url))
    return {"ok": True}


def _revoke(api: BotApi, body: Json) -> Json:
    api.is_revoked = bool(body.get("on", True))
    return {"ok": True}


def _privacy(api: BotApi, body: Json) -> Json:
    api.world.privacy = bool(body["on"])
    return {"ok": True}


def _calls(api: BotApi, body: Json) -> Json:
    since, method = int(body.get("since", 0)), body.get("method")
    wanted = [
        call
        for call in api.calls
        if call["n"] > since and (method is None or call["method"] == method)
    ]
    return {"calls": wanted, "last": api.calls_ever, "limits": api.limits.as_json()}


def _chat(api: BotApi, body: Json) -> Json:
    """Return what a chat shows: its messages in order, and its live drafts."""
    chat = api.world.chat(int(body["chat"]))
    now = api.world.clock()
    drafts = [d.shown(now) for d in api.world.live_drafts() if d.chat == chat.id]
    return {"messages": list(chat.messages.values()), "drafts": drafts}


def _state(api: BotApi, _body: Json) -> Json:
    """Return everything a page needs to draw itself."""
    world = api.world
    now = world.clock()
    return {
        "bot": world.shown_profile(),
        "people": [
            {**person.as_user(), "has_blocked": person.has_blocked}
            for person in world.people.values()
        ],
        "chats": [
            {**world.shown_chat(chat), "messages": list(chat.messages.values())}
            for chat in world.chats.values()
        ],
        "drafts": [draft.shown(now) for draft in world.live_drafts()],
        "service": api.heartbeat.state,
        "waiting": len(world.updates),
        "notes": api.notes,
        "is_offline": api.is_offline,
        "can_control": bool(api.parent.url),
    }


_ACTS: dict[str, _Act] = {
    "say": _say,
    "share": _share,
    "edit": _edit,
    "press": _press,
    "stop": _stop,
    "react": _react,
    "ask": _ask,
    "choose": _choose,
    "block": _block,
    "inject": _inject,
    "people": _new_person,
    "chats": _new_chat,
    "topics": _new_topic,
    "faults": _fault,
    "limits": _limits,
    "note": _note,
    "control": _control,
    "privacy": _privacy,
    "revoke": _revoke,
}
_READS: dict[str, _Act] = {
    "calls": _calls,
    "chat": _chat,
    "state": _state,
}
