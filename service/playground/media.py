"""What a bot sends that is not words: pictures, files, sound, albums."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from service.playground.files import Upload
from service.playground.refusals import bad_request
from service.playground.sending import deliver, read_caption
from service.playground.wire import Call
from service.playground.world import World

Json = dict[str, Any]

_ALBUMS = {"photo", "video", "audio", "document"}


def sender_of(kind: str) -> Callable[[World, Call], Json]:
    """Return the method that sends one *kind* of file ("photo", "voice", ...)."""

    def send(world: World, call: Call) -> Json:
        content = stored(world, kind, call.params.get(kind), call)
        about = read_caption(call.params)
        if call.get("has_spoiler"):
            about["has_media_spoiler"] = True
        return deliver(world, call, content | about)

    return send


def send_media_group(world: World, call: Call) -> list[Json]:
    """Send two to ten pictures or files as one album."""
    items = call.params["media"]
    if not 2 <= len(items) <= 10:
        raise bad_request("expected 2-10 files in the album")
    kinds = {item["type"] for item in items}
    if not kinds <= _ALBUMS or (len(kinds) > 1 and kinds & {"audio", "document"}):
        raise bad_request("media of these types can't be mixed in an album")
    album = str(secrets.randbits(53))
    contents = [
        stored(world, item["type"], item["media"], call)
        | read_caption(item)
        | {"media_group_id": album}
        for item in items
    ]
    return [deliver(world, call, content) for content in contents]


def stored(world: World, kind: str, source: Any, call: Call) -> Json:
    """Return the part of a message that shows the file a bot named or uploaded."""
    if not isinstance(source, str) or not source:
        raise bad_request(f"there is no {kind} in the request")
    if source.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")  # a playground calls nobody
    if not source.startswith("attach://"):
        about = world.files.by_id(source).about
        return {kind: [about] if kind == "photo" else about}
    upload = call.files.get(source.removeprefix("attach://"))
    if upload is None:
        raise bad_request("can't find the attached file")
    if not upload.data:
        raise bad_request("file must be non-empty")
    return {kind: stored_upload(world, kind, upload, call.params)}


def stored_upload(world: World, kind: str, upload: Upload, told: Json) -> Any:
    """Keep *upload* and return what a message of that *kind* says of it.

    Raises:
        Refusal: It is meant to be a photo and is no picture.

    """
    files = world.files
    length = {"duration": int(told.get("duration") or 0)}
    named = {"file_name": upload.name, "mime_type": upload.type}
    match kind:
        case "photo":
            return files.keep_photo(upload)
        case "voice":
            return files.keep(upload, "voice", mime_type=upload.type, **length)
        case "audio":
            titles = {key: told[key] for key in ("title", "performer") if told.get(key)}
            return files.keep(upload, "music", **named, **length, **titles)
        case "video":
            size = {key: int(told.get(key) or 320) for key in ("width", "height")}
            return files.keep(upload, "videos", **named, **length, **size)
        case "sticker":
            return _sticker(world, upload, told)
        case "video_note":
            return files.keep(upload, "video_notes", length=240, **length)
        case "animation":
            return files.keep(upload, "animations", **named, **length, width=320, height=320)
        case _:
            return files.keep(upload, "documents", **named)


def _sticker(world: World, upload: Upload, told: Json) -> Json:
    """Keep a sticker: a picture, a film, or (with a still of it) a drawing that moves."""
    moves = upload.name.endswith(".tgs")
    film = upload.name.endswith(".webm")
    about: Json = {"type": "regular", "width": 512, "height": 512}
    about |= {"is_animated": moves, "is_video": film, "emoji": told.get("emoji") or "🙂"}
    if moves:
        still = Upload(name="still.webp", type="image/webp", data=b"RIFF    WEBPVP8 " + upload.data)
        about["thumbnail"] = world.files.keep(still, "thumbnails", width=128, height=128)
    return world.files.keep(upload, "stickers", **about)
