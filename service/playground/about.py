"""What a bot asks and says about itself, its chats and its files."""

from __future__ import annotations

import json
from typing import Any

from service.playground.refusals import bad_request
from service.playground.sending import reachable
from service.playground.wire import Call
from service.playground.world import World

Json = dict[str, Any]


def get_me(world: World, _call: Call) -> Json:
    """Say who the bot is."""
    return world.profile.as_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": True,
        "supports_guest_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_webhook_info(world: World, _call: Call) -> Json:
    """Say where updates should be posted, and how many wait."""
    return {
        "url": world.webhook,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
    }


def set_webhook(world: World, call: Call) -> bool:
    """Remember where updates should be posted to; the stand-in leaves the posting to tests."""
    url = str(call.params.get("url", ""))
    if not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    world.webhook = url
    return True


def delete_webhook(world: World, call: Call) -> bool:
    """Make sure that updates are read by polling."""
    world.webhook = ""
    if call.get("drop_pending_updates"):
        world.updates.drop_all()
    return True


def get_file(world: World, call: Call) -> Json:
    """Say where a file can be fetched."""
    return world.files.describe(call.params["file_id"])


def get_chat(world: World, call: Call) -> Json:
    """Say what is known of a chat."""
    chat = world.as_chat(world.chat(call.params["chat_id"]))
    return chat | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


def get_chat_member(world: World, call: Call) -> Json:
    """Say what somebody is in a chat; the first member of a group owns it."""
    chat = world.chat(call.params["chat_id"])
    wanted = call.params["user_id"]
    if wanted == world.profile.id:
        status = "member" if chat.has_bot else "left"
        return {"status": status, "user": world.profile.as_user()}
    user = world.person(wanted).as_user()
    if wanted not in chat.members:
        return {"status": "left", "user": user}
    if wanted == chat.members[0] and not chat.is_private:
        return {"status": "creator", "user": user, "is_anonymous": False}
    return {"status": "member", "user": user}


def leave_chat(world: World, call: Call) -> bool:
    """Leave a group."""
    chat = reachable(world, call)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.has_bot = False
    world.stage.tell("chat", chat=world.shown_chat(chat))
    return True


def set_my_commands(world: World, call: Call) -> bool:
    """Keep the menu of commands for a language and a scope."""
    commands = call.params["commands"]
    for command in commands:
        if not 1 <= len(command["command"]) <= 32:
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.profile.commands[_menu(call)] = commands
    world.stage.tell("profile", profile=world.shown_profile())
    return True


def get_my_commands(world: World, call: Call) -> list[Json]:
    """Return the menu of commands for a language and a scope."""
    return world.profile.commands.get(_menu(call), [])


def delete_my_commands(world: World, call: Call) -> bool:
    """Forget the menu of commands for a language and a scope."""
    world.profile.commands.pop(_menu(call), None)
    world.stage.tell("profile", profile=world.shown_profile())
    return True


def set_chat_menu_button(world: World, call: Call) -> bool:
    """Keep what the button beside the text field does."""
    world.profile.menu_button = call.get("menu_button", {"type": "default"})
    return True


def get_chat_menu_button(world: World, _call: Call) -> Json:
    """Say what the button beside the text field does."""
    return world.profile.menu_button


def _menu(call: Call) -> tuple[str, str]:
    scope = call.get("scope", {"type": "default"})
    return json.dumps(scope, sort_keys=True), call.get("language_code", "")


def set_my_name(world: World, call: Call) -> bool:
    """Keep the bot's name for a language."""
    return _set(world, world.profile.names, call, "name", 64)


def set_my_description(world: World, call: Call) -> bool:
    """Keep the text that stands in an empty chat."""
    return _set(world, world.profile.descriptions, call, "description", 512)


def set_my_short_description(world: World, call: Call) -> bool:
    """Keep the text that stands on the bot's profile page."""
    return _set(world, world.profile.abouts, call, "short_description", 120)


def _set(world: World, texts: dict[str, str], call: Call, name: str, most: int) -> bool:
    text, language = call.get(name, ""), call.get("language_code", "")
    if len(text) > most:
        raise bad_request(f"{name} is too long")
    if text:
        texts[language] = text
    elif language or texts is not world.profile.names:
        texts.pop(language, None)
    world.stage.tell("profile", profile=world.shown_profile())
    return True


def get_my_name(world: World, call: Call) -> Json:
    """Return the bot's name in a language."""
    return {"name": _said(world.profile.names, call)}


def get_my_description(world: World, call: Call) -> Json:
    """Return the text that stands in an empty chat."""
    return {"description": _said(world.profile.descriptions, call)}


def get_my_short_description(world: World, call: Call) -> Json:
    """Return the text of the bot's profile page."""
    return {"short_description": _said(world.profile.abouts, call)}


def _said(texts: dict[str, str], call: Call) -> str:
    return texts.get(call.get("language_code", ""), texts.get("", ""))


def set_my_profile_photo(world: World, call: Call) -> bool:
    """Keep the bot's photo; Telegram takes a JPEG, and nothing but a new upload."""
    photo = call.params["photo"]
    name = str(photo.get("photo") or "")
    upload = call.files.get(name.removeprefix("attach://"))
    if photo.get("type") != "static" or not name.startswith("attach://") or upload is None:
        raise bad_request("a static profile photo has to be uploaded as a new file")
    if not upload.data.startswith(b"\xff\xd8"):
        raise bad_request("PHOTO_EXT_INVALID")
    world.profile.photo = world.files.keep_photo(upload)
    world.stage.tell("profile", profile=world.shown_profile())
    return True


def remove_my_profile_photo(world: World, _call: Call) -> bool:
    """Take the bot's photo away."""
    world.profile.photo = None
    world.stage.tell("profile", profile=world.shown_profile())
    return True
