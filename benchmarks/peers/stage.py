"""A quick Telegram and a quick Gemini in one process, people who write, and a stop watch.

Run by the benchmarks: `python -m benchmarks.peers.stage '{"chats": 100, ...}'`. Prints the port,
then a line of JSON when the warm-up is over and one at the end. A turn is over when the chat gets a
final message with the end mark of its own answer, so lost, cut and mixed-up answers stop the run.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import deque
from dataclasses import dataclass, field

import msgspec
import uvloop

from benchmarks.peers.wire import Connection

FIRST = 0.3
"""Seconds until the model's first token."""
APART = 0.1
WAIT = 8.0
"""Seconds that a poll waits at most."""
PAUSE = 3.0
"""Seconds of quiet before everybody writes at once."""
PIECES = 20
WORDS = "one two three four five six seven eight nine ten eleven twelve more words to come "
MARKDOWN = (
    "# A title\n\nSome **bold** and *slanted* words with `code`.\n\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n",
    "1. first of all\n2. and then\n   - a nested one\n\n",
    "```python\nfor each in range(10):\n    print(each)\n```\n\n",
)
_ASK = re.compile(rb"ask(\d+)x(\d+)x")
_BEGIN = re.compile(rb"bgn(\d+)x(\d+)x")
_END = re.compile(rb"end(\d+)x(\d+)x")
_OFFSET = re.compile(rb"offset[\"=: ]+(\d+)")
_SENT = {b"sendMessage", b"sendRichMessage", b"editMessageText"}


class Play(msgspec.Struct, kw_only=True):
    """What is played."""

    chats: int = 100
    turns: int = 6
    warm: int = 1
    """Turns of each chat before the stop watch starts."""
    rate: float = 0.0
    """Turns a second, evenly; 0: every chat writes again as soon as it has its answer."""
    together: bool = False
    """Everybody writes again in the same instant, when everybody has their answer."""
    markdown: bool = False
    final: str = "send"
    """How the last word comes: as a new message (`send`) or by an `edit`."""


@dataclass(slots=True)
class Stage:
    """Both stand-ins and the people."""

    play: Play
    updates: deque[bytes] = field(default_factory=deque)
    poll: Connection | None = None
    number: int = 0
    message: int = 0
    turn: dict[int, int] = field(default_factory=dict)
    asked: dict[tuple[int, int], float] = field(default_factory=dict)
    first_token: dict[tuple[int, int], float] = field(default_factory=dict)
    first_text: dict[tuple[int, int], float] = field(default_factory=dict)
    finished: dict[tuple[int, int], float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    began: float = 0.0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    # -- Telegram -----------------------------------------------------------------------------

    def serve(self, connection: Connection, target: bytes, body: bytes) -> None:
        """Answer a request to either of the two."""
        if target.startswith(b"/bot"):
            self.telegram(connection, target.split(b"?")[0].rpartition(b"/")[2], body)
        elif b"GenerateContent" in target:
            self.gemini(connection, body)
        else:
            connection.answer(b'{"models":[{"name":"models/gemini-3.8-flash"}],"error":null}')

    def telegram(self, connection: Connection, method: bytes, body: bytes) -> None:
        """Answer a call of the Bot API as far as bots look at it."""
        now = time.perf_counter()
        self.calls[method.decode()] = self.calls.get(method.decode(), 0) + 1
        if method == b"getUpdates":
            self.get_updates(connection)
            return
        if method == b"getMe":
            me = {"id": 1000, "is_bot": True, "first_name": "B", "username": "b_bot"}
            connection.answer(json.dumps({"ok": True, "result": me}).encode())
            return
        if method == b"getWebhookInfo":
            info = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
            connection.answer(json.dumps({"ok": True, "result": info}).encode())
            return
        if begun := _BEGIN.search(body):
            key = (int(begun[1]), int(begun[2]))
            self.first_text.setdefault(key, now)
        if method not in _SENT:
            connection.answer(b'{"ok":true,"result":true}')
            return
        self.message += 1
        chat = int(begun[1]) if begun else 1
        connection.answer(
            b'{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"},'
            b'"text":"."}}' % (self.message, chat)
        )
        is_final = (method == b"editMessageText") is (self.play.final == "edit")
        if is_final and (ended := _END.search(body)):
            self.finish((int(ended[1]), int(ended[2])), now)

    def get_updates(self, connection: Connection) -> None:
        """Answer at once if there is something, else when there is."""
        self.poll = connection
        self.hand_out()
        asyncio.get_running_loop().call_later(WAIT, self.nothing, connection)

    def nothing(self, connection: Connection) -> None:
        """End a poll that has waited long enough."""
        if self.poll is connection:
            connection.answer(b'{"ok":true,"result":[]}')
            self.poll = None

    def hand_out(self) -> None:
        """Give the waiting poll up to a hundred updates."""
        if self.poll is None or not self.updates:
            return
        batch = [self.updates.popleft() for _ in range(min(100, len(self.updates)))]
        self.poll.answer(b'{"ok":true,"result":[%b]}' % b",".join(batch))
        self.poll = None

    # -- the people ---------------------------------------------------------------------------

    def write(self, chat: int) -> None:
        """Let the person of *chat* write their next message."""
        turn = self.turn[chat] = self.turn.get(chat, 0) + 1
        self.number += 1
        self.asked[chat, turn] = time.perf_counter()
        who = b'"id":%d,"first_name":"P"' % chat
        self.updates.append(
            b'{"update_id":%d,"message":{"message_id":%d,"date":%d,"chat":{%b,"type":"private"},'
            b'"from":{%b,"is_bot":false,"language_code":"en"},'
            b'"text":"ask%dx%dx please tell me something that takes a few words"}}'
            % (self.number, self.number, int(time.time()), who, who, chat, turn)
        )
        self.hand_out()

    def write_all(self) -> None:
        """Let everybody write at once."""
        for chat in range(1, self.play.chats + 1):
            self.write(chat)

    def finish(self, key: tuple[int, int], now: float) -> None:
        """Note the end of a turn, and let the same person write again."""
        if key in self.finished:
            return
        self.finished[key] = now
        chat, turn = key
        if len(self.finished) == self.play.chats * self.play.warm:
            self.began = now
            print(json.dumps({"warm": len(self.finished)}), flush=True)
        if self.play.together:
            if len(self.finished) == self.play.chats * turn and turn < self.play.turns:
                asyncio.get_running_loop().call_later(PAUSE, self.write_all)
        elif turn < self.play.turns and not self.play.rate:
            # Everybody else gets their answer first; nobody writes within the same millisecond.
            asyncio.get_running_loop().call_later(0.002, self.write, chat)
        if len(self.finished) == self.play.chats * self.play.turns:
            self.over.set()

    # -- Gemini -------------------------------------------------------------------------------

    def gemini(self, connection: Connection, body: bytes) -> None:
        """Stream an answer to the newest question in *body*."""
        asks = _ASK.findall(body)
        chat, turn = (int(part) for part in asks[-1])
        loop = asyncio.get_running_loop()
        connection.begin()
        began = loop.time()
        for index in range(PIECES):
            loop.call_at(began + FIRST + index * APART, self.piece, connection, chat, turn, index)

    def piece(self, connection: Connection, chat: int, turn: int, index: int) -> None:
        """Send one piece of an answer."""
        text = MARKDOWN[index % 4] if self.play.markdown else WORDS
        if index == 0:
            text = f"bgn{chat}x{turn}x {text}"
            self.first_token[chat, turn] = time.perf_counter()
        last = index == PIECES - 1
        if last:
            text = f"{text}end{chat}x{turn}x"
        candidate = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
        if last:
            candidate["finishReason"] = "STOP"
        usage = {"promptTokenCount": 100, "candidatesTokenCount": 16 * (index + 1)}
        event = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "x"}
        connection.event(msgspec.json.encode(event))
        if last:
            connection.end()

    # -- the result ---------------------------------------------------------------------------

    async def run(self) -> None:
        """Play until every turn is over, then print what was seen."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self.serve), "127.0.0.1", 0)
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)  # the bot is ready
        self.began = time.perf_counter()
        if self.play.rate:
            for number in range(self.play.chats * self.play.turns):
                at = number / self.play.rate
                loop.call_later(at, self.write, 1 + number % self.play.chats)
        else:
            self.write_all()
        await self.over.wait()
        print(json.dumps(self.report()), flush=True)

    def report(self) -> dict[str, object]:
        """Return the figures of the turns after the warm-up; times in milliseconds."""
        keys = [key for key in self.finished if key[1] > self.play.warm or not self.play.warm]
        late = sorted((self.first_text[key] - self.first_token[key]) * 1e3 for key in keys)
        whole = FIRST + APART * (PIECES - 1)
        ends = sorted((self.finished[key] - self.asked[key] - whole) * 1e3 for key in keys)
        seconds = max(self.finished.values()) - self.began
        return {
            "turns": len(keys),
            "seconds": round(seconds, 2),
            "first_text": [_at(late, 0.5), _at(late, 0.99)],
            "final": [_at(ends, 0.5), _at(ends, 0.99)],
            "calls": self.calls,
        }


def _at(values: list[float], share: float) -> float:
    return round(values[min(len(values) - 1, int(len(values) * share))], 1) if values else -1.0


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Stage(msgspec.json.decode(sys.argv[1], type=Play)).run())
