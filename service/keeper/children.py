"""Processes that must not outlive the keeper, each ended politely first."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What the keeper starts; tests put something smaller in their place."""

    plan: Sequence[str] = (sys.executable, "-m", "service", "plan")
    service: Sequence[str] = (sys.executable, "-m", "service", "run")
    playground: Sequence[str] = (sys.executable, "-m", "service.playground")


class Child:
    """One running process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        changes: Mapping[str, str],
        *,
        heard: bool = False,
        told: bytes = b"",
    ) -> Child:
        """Start *command* with our environment and *changes*.

        *heard* keeps its output for us. It is *told* something through a pipe, which, other
        than a command line or an environment, nobody else can read.
        """
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE if told else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if heard else None,
            env={**os.environ, **changes},
            # A session of its own: Ctrl-C reaches the keeper alone, which ends its children in
            # order. The children's end with the keeper is then the kernel's to guarantee.
            start_new_session=True,
            preexec_fn=_ends_with_us(),
        )
        if process.stdin:
            process.stdin.write(told)
            process.stdin.close()
        return cls(process)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    async def line(self) -> bytes:
        """Return the next line it prints; empty when there will be none."""
        return await self._process.stdout.readline() if self._process.stdout else b""

    async def rest(self) -> bytes:
        """Return everything else it prints, once it has ended."""
        return await self._process.stdout.read() if self._process.stdout else b""

    async def ended(self) -> int:
        """Wait for its end; return its exit code, negative for a signal."""
        return await self._process.wait()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._signal(signal.SIGKILL)

    async def end(self, deadline: float) -> int | None:
        """Ask it to end; return its exit code, or None if it had to be killed."""
        self._signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self._process.wait(), deadline)
        except TimeoutError:
            self.kill()
            await self._process.wait()
            return None

    def _signal(self, number: signal.Signals) -> None:
        # Not asyncio's `terminate`: it looks whether the process has ended, and thereby takes its
        # exit code from under the thread that waits for it, which then reports 255.
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, number)


def told(code: int) -> str:
    """Return *code* in words for people: the signal's name, or the number."""
    if code >= 0:
        return str(code)
    try:
        return signal.Signals(-code).name
    except ValueError:
        return str(code)


def honest(code: int) -> int:
    """Return the exit code a shell would show for *code*."""
    return code if code >= 0 else 128 - code


def _ends_with_us() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork
    parent = os.getpid()

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died between the fork and the line above
            os.kill(os.getpid(), signal.SIGTERM)

    return ask_the_kernel
