"""`greenroom doctor`: looks at everything a copy of the service needs, and says what to do.

It changes nothing and may run beside a running service.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, Final

import aiohttp

from service import foreseen
from service.equipment import tried
from service.flows.loader import FOLDER, FlowsError, load
from service.models.credentials import Verdict, ask_gemini, ask_openai
from service.models.retirement import near
from service.operators.roll import away
from service.papers import own_tools_of
from service.settings import Settings
from service.settings_errors import CannotStartError
from service.storing import SCHEMAS, cipher_of
from snapshots import Codec, DirectoryError, MissingKeyError
from snapshots.directory import owner
from snapshots.disk import RealDisk
from snapshots.inspection import Inspection

LEAST_FREE: Final = 0.1
SLOW_SYNC: Final = 0.05
"""Seconds for one fsync; every answer waits for one or two."""
SKEW: Final = 30.0
_WITHIN: Final = 8.0


class Grade(Enum):
    """How bad it is; the value is the mark that is printed."""

    FINE = "✓"
    ODD = "!"
    BROKEN = "✗"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: the key of its sentence, and how bad it is."""

    key: str
    grade: Grade = Grade.FINE
    args: Mapping[str, str] = field(default_factory=dict)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Yield what is found, one after the other, the quick ones first."""
    for look in (_disk, _lock, _flows):
        yield await asyncio.to_thread(look, settings)
    for wrong in await asyncio.to_thread(lambda: list(foreseen.files(settings))):
        yield Finding(key=wrong.key, grade=Grade.BROKEN, args=wrong.args_for_person)
    for finding in _own_tools(settings):
        yield finding
    for finding in (_admins(settings), _ffmpeg()):
        yield finding
    if settings.telegram_bot_token.get_secret_value():
        for finding in await _telegram(settings):
            yield finding
    else:
        yield Finding(key="doctor-no-token", grade=Grade.ODD)
    for finding in await _models(settings):
        yield finding
    for finding in await _servers(settings):
        yield finding


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir
    args = {"folder": str(folder)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"x" * 20_000)
            began = time.perf_counter()
            file.flush()
            os.fsync(file.fileno())
            took = time.perf_counter() - began
        usage = shutil.disk_usage(folder)
    except OSError as error:
        why = {"why": error.strerror or ""}
        return Finding(key="doctor-disk-broken", grade=Grade.BROKEN, args={**args, **why})
    args["sync"] = f"{took * 1000:.1f} ms"
    args["free"] = f"{100 * usage.free / max(1, usage.total):.0f} %"
    if usage.free < LEAST_FREE * usage.total:
        return Finding(key="doctor-disk-full", grade=Grade.BROKEN, args=args)
    slow = took > SLOW_SYNC
    return Finding(
        key="doctor-disk-slow" if slow else "doctor-disk",
        grade=Grade.ODD if slow else Grade.FINE,
        args=args,
    )


def _lock(settings: Settings) -> Finding:
    args = {"folder": str(settings.data_dir)}
    try:
        process = owner(settings.data_dir)
    except OSError as error:
        why = {"why": error.strerror or ""}
        return Finding(key="doctor-lock-closed", grade=Grade.ODD, args={**args, **why})
    if process:
        return Finding(key="doctor-lock", args={**args, "process": process})
    return Finding(key="doctor-lock-free", args=args)


def _flows(settings: Settings) -> Finding:
    own = settings.flows_dir
    if own is not None and not own.is_dir():
        args = {"folder": str(own)}
        return Finding(key="doctor-flows-away", grade=Grade.BROKEN, args=args)
    try:
        flows = load(FOLDER, own) if own else load(FOLDER)
    except FlowsError as error:
        first, *others = error.mistakes
        args = {"what": str(first), "more": str(len(others))}
        return Finding(key="doctor-flows-broken", grade=Grade.BROKEN, args=args)
    return Finding(key="doctor-flows", args={"count": str(len(flows))})


def _own_tools(settings: Settings) -> Iterator[Finding]:
    """Yield which tools of the operator's own there are; a file that does not fit is told above."""
    with contextlib.suppress(CannotStartError):
        if names := [each.declaration.name for each in own_tools_of(settings)]:
            yield Finding(key="doctor-own-tools", args={"names": ", ".join(names)})


def _admins(settings: Settings) -> Finding:
    if settings.admins:
        return Finding(key="doctor-admins", args={"count": str(len(settings.admins))})
    return Finding(key="doctor-no-admins", grade=Grade.ODD)


def _ffmpeg() -> Finding:
    found = shutil.which("ffmpeg") is not None
    key = "doctor-ffmpeg" if found else "doctor-no-ffmpeg"
    return Finding(key=key, grade=Grade.FINE if found else Grade.ODD)


async def _telegram(settings: Settings) -> list[Finding]:
    """Ask who each bot is; what is the same for all of them is said once."""
    tokens = settings.bot_tokens
    answers = await asyncio.gather(*(_call(settings, token, "getMe") for token in tokens))
    if all(me is None for me, _ in answers):
        return [Finding(key="doctor-telegram-away", grade=Grade.BROKEN)]
    found = [
        finding
        for token, (me, _) in zip(tokens, answers, strict=True)
        for finding in await _bot(settings, token, me)
    ]
    worst = max((skew for _, skew in answers), key=abs)
    if abs(worst) > SKEW:
        args = {"skew": f"{worst:.0f} s"}
        found.append(Finding(key="doctor-clock", grade=Grade.BROKEN, args=args))
    return [*found, *await asyncio.to_thread(_away, settings)]


async def _bot(settings: Settings, token: str, me: dict[str, Any] | None) -> list[Finding]:
    args = {"bot": token.partition(":")[0]}
    if me is None:
        return [Finding(key="doctor-bot-away", grade=Grade.BROKEN, args=args)]
    if not me.get("ok"):
        key = "problem-token" if len(settings.bot_tokens) == 1 else "doctor-bot-token"
        return [Finding(key=key, grade=Grade.BROKEN, args=args)]
    bot, args = me["result"], {"name": f"@{me['result'].get('username', '')}"}
    found = [Finding(key="doctor-telegram", args=args)]
    if bot.get("can_read_all_group_messages"):
        found.append(Finding(key="doctor-privacy", grade=Grade.ODD, args=args))
    hook, _ = await _call(settings, token, "getWebhookInfo")
    if hook and hook.get("ok") and hook["result"].get("url") and not settings.webhook_url:
        found.append(Finding(key="doctor-webhook", grade=Grade.ODD, args=args))
    return found


def _away(settings: Settings) -> list[Finding]:
    """Count what bots have left undone that are not in the settings (any more)."""
    if not (settings.data_dir / "format").exists():
        return []
    try:
        disk = RealDisk(settings.data_dir)
        owing, mail = Inspection(disk, Codec(SCHEMAS), cipher_of(settings)).undone()
    except (DirectoryError, MissingKeyError, OSError):
        return []  # a start says so, in its own words
    here = [token.partition(":")[0] for token in settings.bot_tokens]
    return [
        Finding(
            key="debug-bot-away",
            grade=Grade.ODD,
            args={"bot": bot.name, "chats": str(bot.chats), "mail": str(bot.waiting)},
        )
        for bot in away(here, owing, mail)
    ]


async def _call(settings: Settings, token: str, method: str) -> tuple[dict[str, Any] | None, float]:
    """Return Telegram's answer, and by how much our clock is ahead; None: there was no answer."""
    url = f"{settings.telegram_api_base}/bot{token}/{method}"
    try:
        async with (
            asyncio.timeout(_WITHIN),
            aiohttp.ClientSession(trust_env=False) as session,
            session.get(url) as answer,
        ):
            date = answer.headers.get("Date")
            skew = time.time() - parsedate_to_datetime(date).timestamp() if date else 0.0
            return await answer.json(content_type=None), skew
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return None, 0.0  # its words would hold the address, and that the token


async def _servers(settings: Settings) -> list[Finding]:
    """Start or reach every MCP server once, and count its tools."""
    try:
        found = await tried(settings.mcp_servers)
    except CannotStartError as error:
        return [Finding(key=error.key, grade=Grade.BROKEN, args=error.args_for_person)]
    return [
        Finding(key="doctor-mcp", args={"name": each.name, "count": str(each.tools)})
        if each.up
        else Finding(
            key="doctor-mcp-broken",
            grade=Grade.BROKEN,
            args={"name": each.name, "why": each.problem},
        )
        for each in found
    ]


async def _models(settings: Settings) -> list[Finding]:
    found = []
    if key := settings.gemini_api_key.get_secret_value():
        verdict = await ask_gemini(
            key,
            model=settings.gemini_model,
            base_url=settings.gemini_base_url,
            api_version=settings.gemini_api_version,
            within=_WITHIN,
        )
        found.append(_judged(verdict, settings.gemini_model))
        if verdict is Verdict.FINE:
            found += await _others(settings, key)
    if key := settings.openai_api_key.get_secret_value():
        verdict = await ask_openai(
            key, model=settings.openai_model, base_url=settings.openai_base_url, within=_WITHIN
        )
        found.append(_judged(verdict, settings.openai_model))
    for end in near(settings.model_names, time.time()):
        args = end.args_for_person
        found.append(Finding(key="alert-retiring", grade=Grade.ODD, args=args))
    return found or [Finding(key="doctor-no-key", grade=Grade.ODD)]


async def _others(settings: Settings, key: str) -> list[Finding]:
    """Return which of Google's models that sum up, draw or read aloud are not there."""
    names = (settings.summary_model, settings.image_model, settings.speech_model)
    found = []
    for model in filter(None, names):
        verdict = await ask_gemini(
            key,
            model=model,
            base_url=settings.gemini_base_url,
            api_version=settings.gemini_api_version,
            within=_WITHIN,
        )
        if verdict is Verdict.NO_SUCH_MODEL:
            found.append(_judged(verdict, model))
    return found


def _judged(verdict: Verdict, model: str) -> Finding:
    key, grade = {
        Verdict.FINE: ("doctor-model", Grade.FINE),
        Verdict.WRONG_KEY: ("doctor-wrong-key", Grade.BROKEN),
        Verdict.NO_SUCH_MODEL: ("doctor-no-model", Grade.BROKEN),
        Verdict.UNKNOWN: ("doctor-model-away", Grade.ODD),
    }[verdict]
    return Finding(key=key, grade=grade, args={"model": model})
