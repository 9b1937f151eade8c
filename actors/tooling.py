"""The rounds of tools in an answer: the calls of one round run side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final

import anyio

from actors.chat_value import Chat
from actors.ports import Setting, Toolbox, ToolCall
from fsm.effects import Generate
from fsm.steps import Call, Result
from fsm.tool_events import Progressed

ROUNDS: Final = 5
"""Rounds in one answer; in the one after, the model has to do without tools."""
AT_ONCE: Final = 8
"""Calls of one round that are run; the others are told to come later."""


def calls_of(asked: Sequence[ToolCall], rounds: int) -> tuple[Call, ...]:
    """Return *asked* as they are kept. A provider without ids gets some that no round repeats."""
    seen: set[str] = set()
    calls = []
    for number, call in enumerate(asked, 1):
        id_ = call.id or f"call-{rounds + 1}-{number}"
        if id_ in seen:
            id_ = f"{id_}-{number}"
        seen.add(id_)
        arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
        calls.append(Call(id=id_, name=call.name, arguments=arguments, signature=call.signature))
    return tuple(calls)


async def use(
    toolbox: Toolbox,
    calls: tuple[Call, ...],
    setting: Setting,
    attempt: int,
    report: Callable[[object], None],
) -> tuple[Result, ...]:
    """Run *calls* and return their results in the same order; *report* hears what they cause."""
    doing = toolbox.doing(calls[0].name)
    report(Progressed(turn=setting.turn, attempt=attempt, key=doing))
    results: dict[int, Result] = {}

    async def one(index: int, call: Call) -> None:
        used = await toolbox.use(call, setting)
        for event in used.events:
            report(event)
        results[index] = Result(
            call=call.id,
            name=call.name,
            output=used.output,
            failed=used.failed,
            media=used.media,
        )

    async with anyio.create_task_group() as tasks:
        for index, call in enumerate(calls[:AT_ONCE]):
            tasks.start_soon(one, index, call)
    for index, call in enumerate(calls[AT_ONCE:], AT_ONCE):
        late = f"Not run: at most {AT_ONCE} calls at a time. Ask again if you still need it."
        results[index] = Result(call=call.id, name=call.name, output=late, failed=True)
    return tuple(results[index] for index in range(len(calls)))


def setting_of(generate: Generate, chat: Chat, now: float) -> Setting:
    """Return where and for whom the tools of a turn are used."""
    asker = generate.prompts[-1]
    return Setting(
        chat=chat.key,
        turn=generate.turn,
        now=now,
        person=asker.person,
        language=asker.language,
        message=next((each.message for each in reversed(generate.prompts) if each.message), 0),
        reminders=chat.conversation.reminders,
        again=generate.attempt > 1,
    )
