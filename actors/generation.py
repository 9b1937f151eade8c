"""Asking the model, as an effect: pieces are gathered, failures become events."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

import anyio
import anyio.abc

from actors.ports import (
    BlockedError,
    Citation,
    Done,
    EmptyAnswerError,
    InterruptedStreamError,
    Model,
    ProviderError,
    Request,
    TextDelta,
    Usage,
)
from fsm.events import Event, Failed, Finished, Grew, Interrupted

PACE = 0.25
"""Seconds between two reports of a growing answer, at least; the first goes at once.

Twice as often as a preview is shown, so that what is shown is never much older than it looks; each
report is a turn of the chat and a record for the journal, so more of them would only cost."""


async def generate(report: Callable[[object], None], model: Model, request: Request) -> Event:
    """Ask *model*, report how the answer grows, and return how it ended.

    Cancelling closes the connection to the provider at once. Whatever a provider does wrong
    becomes an event; any other exception is a crash of this effect.
    """
    answer = _Answer(report, request)
    try:
        async with anyio.create_task_group() as tasks:
            async with aclosing(model.answer(request)) as stream:
                async for piece in stream:
                    answer.take(piece, tasks)
            tasks.cancel_scope.cancel()
    except ExceptionGroup as group:
        # The task group wraps whatever went wrong inside it, even a single error.
        error = _first(group)
        if not isinstance(error, ProviderError):
            raise
        return answer.broke(error)
    return answer.ended()


class _Answer:
    """What has been said so far."""

    def __init__(self, report: Callable[[object], None], request: Request) -> None:
        self._report = report
        self._request = request
        self._text = ""
        self._tokens = 0
        self._done: Done | None = None
        self._citations: list[Citation] = []
        self._reported = 0
        self._next_at = 0.0
        self._waiting = False

    def take(self, piece: object, tasks: anyio.abc.TaskGroup) -> None:
        match piece:
            case TextDelta(text=text):
                self._text += text
                self._grow(tasks)
            case Usage() as usage:
                self._tokens = usage.prompt + usage.output + usage.thoughts
            case Done() as done:
                self._done = done
            case Citation() as citation:
                self._citations.append(citation)

    def _grow(self, tasks: anyio.abc.TaskGroup) -> None:
        """Report now, or in a moment together with what else comes until then."""
        now = anyio.current_time()
        if now >= self._next_at:
            self._next_at = now + PACE
            self._flush()
        elif not self._waiting:
            self._waiting = True
            tasks.start_soon(self._flush_later, self._next_at - now)

    async def _flush_later(self, delay: float) -> None:
        await anyio.sleep(delay)
        self._waiting = False
        self._next_at = anyio.current_time() + PACE
        self._flush()

    def _flush(self) -> None:
        if len(self._text) > self._reported and self._text.strip():
            self._reported = len(self._text)
            turn, attempt = self._request.turn, self._request.attempt
            self._report(Grew(turn=turn, attempt=attempt, text=self._text))

    def broke(self, error: ProviderError) -> Event:
        """Return what *error* means; text that was not reported yet is reported first."""
        self._flush()
        turn, attempt = self._request.turn, self._request.attempt
        if isinstance(error, InterruptedStreamError):
            return Interrupted(turn=turn, attempt=attempt, cause=str(error))
        return Failed(
            turn=turn,
            attempt=attempt,
            problem=error.problem,
            args=error.args_for_person,
            blocked=isinstance(error, BlockedError),
        )

    def ended(self) -> Event:
        turn, attempt = self._request.turn, self._request.attempt
        if self._done is None:
            self._flush()
            return Interrupted(turn=turn, attempt=attempt, cause="the stream ended without an end")
        if not self._text.strip():
            return Failed(turn=turn, attempt=attempt, problem=EmptyAnswerError.problem)
        return Finished(
            turn=turn,
            attempt=attempt,
            text=self._text,
            truncated=self._done.reason == "length",
            tokens=self._tokens,
            answered_by=self._done.answered_by,
        )


def _first(group: BaseException) -> BaseException:
    """Return the first error in *group*, however deep it lies."""
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group
