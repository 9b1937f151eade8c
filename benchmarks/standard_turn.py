"""The standard turn: what one costs when a core is busy with them.

Run: `python -m benchmarks.standard_turn [chats] [turns]`. A text comes by long polling, the model's
first token 300 ms later, 20 pieces of 16 words 100 ms apart, with up to 10 messages of context.
The service (journal, snapshots, supervision, everything on) and a bare bot (aiogram and
google-genai) take turns between the same stand-ins; CPU is that of the bot's process alone, after
a warm-up. The bare bot shows the first words, one more preview and the whole answer. So does the
service by edits, and with drafts at half its usual pace; before them it shows that it is at work,
a call more. At its usual pace a draft comes every half second: two more. Targets: 2.5 ms for plain
words, 400 turns a second; it takes some 1300 chats to keep the service busy, and a core that is
not busy spends more on each turn.
`benchmarks.crowd` measures what people feel of it, and the memory of a turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = resource.getpagesize()
TOKEN = "1000:" + "A" * 35
LONGEST = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Who answers, and how its last word comes."""

    name: str
    argv: tuple[str, ...]
    final: str
    settings: tuple[tuple[str, str], ...] = ()
    most: int = 2000
    """Chats that it can serve at once without minutes of waiting."""


OURS = Peer(name="greenroom", argv=("-m", "service", "run"), final="send")
EDITS = Peer(
    name="greenroom, by edits",
    argv=OURS.argv,
    final="edit",
    settings=(("GREENROOM_TRANSPORT", "edit"),),
)
PACED = Peer(
    name="greenroom, half pace",
    argv=OURS.argv,
    final="send",
    settings=(("GREENROOM_PACE", "2"),),
)
BARE = Peer(
    name="aiogram + google-genai", argv=("-m", "benchmarks.peers.bare"), final="edit", most=200
)


def used(pid: int) -> tuple[float, int]:
    """Return the CPU seconds and the resident bytes of a process, all threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return (int(fields[11]) + int(fields[12])) / TICKS, pages * PAGE


async def measure(peer: Peer, play: dict[str, Any]) -> dict[str, Any]:
    """Let *peer* answer a whole play; return what the stage saw and what the process used."""
    stage = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "benchmarks.peers.stage",
            json.dumps({**play, "final": peer.final}),
        ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert stage.stdout is not None
    assert stage.stdin is not None
    port = json.loads(await stage.stdout.readline())["port"]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, *peer.argv, *([address] if peer is BARE else [])),
            env={**os.environ, **settings(address, folder), **dict(peer.settings)},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=None if os.environ.get("VERBOSE") else asyncio.subprocess.DEVNULL,
        )
        watching = asyncio.create_task(largest(bot.pid))
        try:
            await asyncio.sleep(play.get("rest", 0.0))
            rest = used(bot.pid)[1]
            stage.stdin.write(b"go\n")
            async with asyncio.timeout(LONGEST):
                await stage.stdout.readline()  # the warm-up is over
                await asyncio.sleep(play.get("settle", 0.0))
                before, small = used(bot.pid)
                found: dict[str, Any] = json.loads(await stage.stdout.readline())
            after, resident = used(bot.pid)
            found |= {"cpu": after - before, "resident": resident}
            found |= {"rest": rest, "before": small}
        finally:
            watching.cancel()
            bot.kill()
            stage.kill()
            await asyncio.gather(bot.wait(), stage.wait())
    with contextlib.suppress(asyncio.CancelledError):
        found["largest"] = await watching
    return found


async def largest(pid: int) -> int:
    """Return the most resident bytes that a process has had, when cancelled."""
    most = 0
    try:
        while True:
            with contextlib.suppress(OSError):
                most = max(most, used(pid)[1])
            await asyncio.sleep(0.02)
    except asyncio.CancelledError:
        return most


def settings(address: str, folder: str) -> dict[str, str]:
    """Return the environment that points a service at the stage."""
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE": address,
        "GEMINI_API_KEY": "key",
        "GEMINI_BASE_URL": address,
        "GREENROOM_DATA_DIR": folder,
        "GREENROOM_RECALL_TURNS": "5",
        "GREENROOM_LOG_LEVEL": "warning",
    }


async def main(chats: int, turns: int) -> None:
    for markdown in (False, True):
        kind = "Markdown" if markdown else "plain words"
        for peer in (PACED, EDITS, OURS, BARE):
            play = {"chats": min(chats, peer.most), "turns": turns, "warm": 1, "markdown": markdown}
            print(told(peer, kind, await measure(peer, play)), flush=True)


def told(peer: Peer, kind: str, found: dict[str, Any]) -> str:
    """Return the line about one measurement."""
    cpu, rate = found["cpu"] / found["turns"] * 1e3, found["turns"] / found["seconds"]
    median, worst = found["first_text"]
    return (
        f"{peer.name:24}{kind:12}{cpu:6.2f} ms CPU a turn,{rate:6.1f} turns/s, first text p50/p99 "
        f"{median}/{worst} ms, {found['resident'] >> 20} MB; calls: {found['calls']}"
    )


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    chats, turns = [*given, *(1300, 4)[len(given) :]]
    asyncio.run(main(chats, turns))
