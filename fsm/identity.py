"""Who the bot is in a chat: its name, the words and the picture with which it welcomes."""

from __future__ import annotations

from typing import Final

from fsm.data import Conversation
from fsm.effects import Effects, Say
from fsm.events import Commanded
from fsm.media import Media, MediaKind
from fsm.modes import OFF
from fsm.preferences import Preferences
from fsm.values import replace

NAME: Final = 40
"""Characters of a name; it stands under every answer."""
WELCOME: Final = 900
"""Characters of a welcome; with a picture it has to fit under that."""

Obeyed = tuple[Conversation, Effects]


def greet(conv: Conversation, event: Commanded) -> Obeyed:
    """Welcome somebody the way this chat wants it."""
    chosen = conv.preferences
    media = (chosen.portrait,) if chosen.portrait else ()
    said = Say(key="welcome", media=media, language=event.language, reply_to=event.message)
    if chosen.welcome:
        return conv, (replace(said, key="welcome-own", args={"text": chosen.welcome}),)
    if chosen.name:
        return conv, (replace(said, key="welcome-named", args={"name": chosen.name}),)
    return conv, (said,)


def name(conv: Conversation, event: Commanded) -> Obeyed:
    """Give the bot a name in this chat, take it back, or tell it."""
    wanted, now = " ".join(event.text.split()), conv.preferences.name
    if not wanted:
        return conv, _say(event, "name-shown", name=now) if now else _say(event, "name-none")
    if wanted.lower() in OFF:
        return _with(conv, name=""), _say(event, "name-off")
    if len(wanted) > NAME:
        return conv, _say(event, "name-long", most=str(NAME))
    return _with(conv, name=wanted), _say(event, "name-on", name=wanted)


def welcome(conv: Conversation, event: Commanded) -> Obeyed:
    """Set the words of welcome, take them back, or show the welcome."""
    wanted = event.text.strip()
    if not wanted:
        return greet(conv, event)
    if wanted.lower() in OFF:
        return _with(conv, welcome=""), _say(event, "welcome-off")
    if len(wanted) > WELCOME:
        return conv, _say(event, "welcome-long", most=str(WELCOME))
    return _with(conv, welcome=wanted), _say(event, "welcome-on")


def avatar(conv: Conversation, event: Commanded) -> Obeyed:
    """Take the picture that the command came with, or replied to, into the welcome."""
    if event.text.strip().lower() in OFF:
        return _with(conv, portrait=None), _say(event, "avatar-off")
    picture = next((file for file in event.media if file.kind is MediaKind.PICTURE), None)
    if picture is None:
        now = conv.preferences.portrait
        return conv, _say(event, "avatar-shown", now) if now else _say(event, "avatar-none")
    return _with(conv, portrait=picture), _say(event, "avatar-on")


def _with(conv: Conversation, **changes: str | Media | None) -> Conversation:
    chosen: Preferences = replace(conv.preferences, **changes)  # type: ignore[arg-type]
    return replace(conv, preferences=chosen)


def _say(event: Commanded, key: str, picture: Media | None = None, **args: str) -> Effects:
    media = (picture,) if picture else ()
    language, message = event.language, event.message
    return (Say(key=key, args=args, media=media, language=language, reply_to=message),)
