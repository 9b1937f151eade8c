from __future__ import annotations

import asyncio
import os
import sys
import threading

import pytest

from service.keeper.children import Child


async def _ended_without_being_noticed(code: int) -> Child:
    child = await Child.start([sys.executable, "-S", "-c", f"raise SystemExit({code})"], {})
    pid = child._process.pid
    await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return child


@pytest.mark.parametrize("how", ["end", "kill"])
def test_whoever_ends_by_itself_just_before_being_told_to_keeps_its_exit_code(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, waitpid = threading.Event(), os.waitpid

    def slow(pid: int, options: int) -> tuple[int, int]:
        if not options and threading.current_thread() is not threading.main_thread():
            told.wait(10)  # a busy machine: asyncio's thread comes last
        return waitpid(pid, options)

    async def run() -> int | None:
        child = await _ended_without_being_noticed(3)
        asyncio.get_running_loop().call_soon(told.set)
        if how == "end":
            return await child.end(10)
        child.kill()
        return await child.ended()

    monkeypatch.setattr(os, "waitpid", slow)

    assert asyncio.run(run()) == 3
