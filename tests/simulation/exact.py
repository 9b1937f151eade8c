"""One seed, one story: takes away whatever would make a second run of it different."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from random import Random
from typing import Any
from unittest import mock

import anyio.lowlevel
import anyio.to_thread
from trio._core import _run as trio_run

from actors.runtime import engine


@contextmanager
def exact(seed: int) -> Iterator[None]:
    """Let everything that happens within follow from *seed*."""
    numbers = Random(f"numbers {seed}")
    with (
        # Tasks that are ready at once run in an order that trio draws, here from the seed ...
        mock.patch.object(trio_run, "_ALLOW_DETERMINISTIC_SCHEDULING", True),
        mock.patch.object(trio_run, "_r", Random(seed)),
        # ... and those whose time has come at once in the order in which they began to wait: trio
        # takes the addresses of their scopes.
        mock.patch.object(trio_run, "id", _tickets(), create=True),
        # Virtual time would run ahead of a real thread.
        mock.patch.object(anyio.to_thread, "run_sync", _at_once),
        mock.patch.object(secrets, "randbits", numbers.getrandbits),
        mock.patch.object(secrets, "token_bytes", numbers.randbytes),
        mock.patch.object(engine, "Random", return_value=Random(seed)),
    ):
        yield


def _tickets() -> Callable[[object], int]:
    numbers = count()
    return lambda _: next(numbers)


async def _at_once(call: Callable[..., Any], *args: Any, **_: Any) -> Any:
    await anyio.lowlevel.cancel_shielded_checkpoint()
    return call(*args)
