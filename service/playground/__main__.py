"""``python -m service.playground``: Telegram's place on this machine, as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import os
import signal
import sys
from contextlib import AsyncExitStack

from service.playground.seed import seed
from service.playground.server import BotApi, serving


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m service.playground", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default="1000:playground", help="the bot's token")
    parser.add_argument(
        "--also",
        metavar="TOKEN",
        action="append",
        default=[],
        help="another bot, whose people are under /ID/_/ (with the same key)",
    )
    parser.add_argument("--name", default="Greenroom", help="the bot's name")
    parser.add_argument("--key", help="what control requests must carry; made up if left out")
    parser.add_argument(
        "--secrets",
        action="store_true",
        help="read token, key, control_secret and notes from a JSON line on standard input",
    )
    parser.add_argument("--note", default="", help="one line for the page: who answers")
    parser.add_argument(
        "--offline", action="store_true", help="suggest what the offline model is good at"
    )
    parser.add_argument("--control", default="", help="address of the service's parent")
    parser.add_argument("--limits", action="store_true", help="enforce flood limits")
    parser.add_argument("--no-privacy", action="store_true", help="tell the bot all group talk")
    parser.add_argument("--empty", action="store_true", help="begin without people and chats")
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> int:
    # A command line can be read by every user of a machine, a pipe cannot.
    told = json.loads(sys.stdin.readline()) if options.secrets else {}
    token, key = told.get("token", options.token), told.get("key", options.key)
    api = BotApi(token, name=options.name, key=key, limits=options.limits)
    api.notes, api.is_offline = told.get("notes", {"": options.note}), options.offline
    api.world.privacy = not options.no_privacy
    api.parent.url = options.control
    api.parent.secret = told.get("control_secret", "")
    if not options.empty:
        seed(api.world)
    others = [_other(each, key=api.key, limits=options.limits) for each in options.also]
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with AsyncExitStack() as stack:
        try:
            address = await stack.enter_async_context(serving(api, options.port, others=others))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            _tell({"refused": os.strerror(error.errno or 0), "taken": taken})
            return 1
        _tell({"ready": address, "key": api.key, "bot": api.world.profile.username})
        await ended.wait()
    return 0


def _other(token: str, *, key: str, limits: bool) -> BotApi:
    """Return another bot, known by its number."""
    number = token.partition(":")[0]
    name = f"Greenroom {number}"
    return BotApi(token, name=name, username=f"greenroom_{number}_bot", key=key, limits=limits)


def _tell(line: dict[str, str | bool]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(asyncio.run(_run(_arguments())))
