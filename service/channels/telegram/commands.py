"""The menu of commands that Telegram shows, in people's languages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from actors.ports import Voice
from service.channels.telegram.aiogram_light import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    GetMyCommands,
    MenuButtonCommands,
    SetChatMenuButton,
    SetMyCommands,
)

log = logging.getLogger(__name__)

EVERYBODY: Final = (
    *("start", "help", "flows", "cancel", "stop", "retry", "reset"),
    *("mode", "instruction", "name", "welcome", "avatar", "voice", "remember", "memory", "forget"),
    *("usage", "busy", "plain"),
    *("search", "read", "run", "translate", "image", "think", "safety"),
)
ADMINS: Final = (*EVERYBODY, "debug", "stats")
MOST: Final = 100
"""Commands that Telegram takes."""
LANGUAGES: Final = (("", "en"), ("zh", "zh-CN"))
"""What Telegram calls a language ("" is everybody else's), and what we call it."""


Flows = Callable[[str], Sequence[tuple[str, str]]]
"""Returns the commands that start guided flows, each with its title in a language."""


async def publish(
    bot: Bot, voice: Voice, admins: Iterable[int] = (), flows: Flows = lambda _: ()
) -> int:
    """Make the menu what it should be; return how many of its versions had to be changed.

    Guided flows stand at its end, and the button beside the text field opens it.
    Never fails: without a menu the commands work as well, and an admin who has never written
    to the bot has no chat whose menu could be set.
    """
    scopes: list[tuple[BotCommandScopeDefault | BotCommandScopeChat, tuple[str, ...]]]
    scopes = [(BotCommandScopeDefault(), EVERYBODY)]
    scopes += [(BotCommandScopeChat(chat_id=admin), ADMINS) for admin in sorted(admins)]
    changed = 0
    for scope, names in scopes:
        for code, language in LANGUAGES:
            told = [(name, voice.say(language, f"command-{name}")) for name in names]
            wanted = [
                BotCommand(command=name, description=said)
                for name, said in (*told, *flows(language))[:MOST]
            ]
            try:
                changed += await _publish_one(bot, scope, code, wanted)
            except Exception as problem:  # see above
                log.info("a menu of commands could not be set: %s", problem)
    if changed:  # so it is the first start with this menu
        try:
            await bot(SetChatMenuButton(menu_button=MenuButtonCommands()))
        except Exception as problem:  # see above
            log.info("the menu button could not be set: %s", problem)
    return changed


async def _publish_one(
    bot: Bot,
    scope: BotCommandScopeDefault | BotCommandScopeChat,
    code: str,
    wanted: list[BotCommand],
) -> bool:
    known = await bot(GetMyCommands(scope=scope, language_code=code or None))
    shown = [(command.command, command.description) for command in known]
    if shown == [(command.command, command.description) for command in wanted]:
        return False
    await bot(SetMyCommands(commands=wanted, scope=scope, language_code=code or None))
    return True
