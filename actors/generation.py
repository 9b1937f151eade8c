"""Asking the model, as an effect: pieces are gathered, tools are run, failures become events."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from actors import tooling
from actors.drawing import kept
from actors.fetching import announced
from actors.later import Later
from actors.ports import (
    BlockedError,
    Citation,
    Done,
    EmptyAnswerError,
    InterruptedStreamError,
    Keep,
    KeepError,
    MediaPiece,
    Model,
    ModelEvent,
    ProviderError,
    Request,
    Setting,
    Signed,
    TextDelta,
    ThoughtDelta,
    Toolbox,
    ToolCall,
    Usage,
    Waiting,
)
from actors.runtime.loop import loop_time
from actors.thoughts import headline
from fsm.events import (
    Event,
    Failed,
    Finished,
    Grew,
    Interrupted,
)
from fsm.media import Media
from fsm.prompts import is_order
from fsm.sources import Source
from fsm.steps import Call, Result, Seal, Step
from fsm.tool_events import Progressed

PACE = 0.5
"""Seconds between two reports of a growing answer, at least; the first goes at once.

As often as a preview is shown at most, so that each report is shown as it comes; it is a turn of
the chat and a record for the journal, so more of them would only cost."""
SLOWEST = 1.5
"""However seldom previews are shown: what is not reported is not in the journal."""
GRACE = 0.1
"""Seconds that words wait for others to be reported with, when their report is due."""
THOUGHT_PACE = 1.0
"""Seconds between two reports of what the model thinks about."""


async def generate(
    report: Callable[[object], None],
    model: Model,
    request: Request,
    keep: Keep,
    *,
    toolbox: Toolbox | None = None,
    setting: Setting | None = None,
    pace: float = PACE,
) -> Event:
    """Ask *model*, report every *pace* seconds how the answer grows, and return how it ended.

    Where the model calls tools, they are run and it is asked again, a few rounds at most. What
    it makes besides words goes into *keep* as it comes.
    Cancelling closes the connection to the provider at once. Whatever a provider does wrong
    becomes an event; any other exception is a crash of this effect.
    """
    later = Later()
    answer = _Answer(report, request, later, pace)
    answer.begin()
    try:
        async with later:
            if request.fetch is not None:
                fetch = announced(request.fetch, request, report, later)
                request = replace(request, fetch=fetch, tell=answer.tell)
            if toolbox is not None and setting is not None and (calls := approved(request)):
                consent = replace(setting, approved=True)
                results = await tooling.use(toolbox, calls, consent, request.attempt, report)
                request = replace(request, steps=answer.step(calls, results))
            while True:
                async with aclosing(model.answer(request)) as stream:
                    async for piece in stream:
                        if isinstance(piece, MediaPiece):
                            answer.media += (await kept(keep, request.chat, piece),)
                        answer.take(piece)
                calls = answer.calls()
                if toolbox is None or setting is None or not calls or not request.may_call:
                    break
                results = await tooling.use(toolbox, calls, setting, request.attempt, report)
                steps = answer.step(calls, results)
                request = replace(request, steps=steps, may_call=len(steps) < tooling.ROUNDS)
    except (ProviderError, KeepError, ExceptionGroup) as raised:
        error = _first(raised)
        if not isinstance(error, ProviderError | KeepError):
            raise
        for made in answer.media:
            await keep.let_go(made.ref)
        return answer.broke(error)
    return answer.ended()


def pace_of(gap: float) -> float:
    """Return how many seconds lie between two reports where previews come *gap* apart."""
    return min(max(PACE, gap), SLOWEST)


def approved(request: Request) -> tuple[Call, ...]:
    """Return the calls that the person has consented to, under ids that nobody has used."""
    calls = [call for prompt in request.prompts for call in prompt.calls]
    return tuple(
        replace(call, id=f"approved-{number}", signature=b"") for number, call in enumerate(calls)
    )


class _Answer:
    """What has been said so far."""

    def __init__(
        self, report: Callable[[object], None], request: Request, later: Later, pace: float
    ) -> None:
        self._report = report
        self._later = later
        self._pace = pace
        self._turn, self._attempt = request.turn, request.attempt
        self._draws = is_order(request.prompts)
        self.media: tuple[Media, ...] = ()
        self._text = ""
        self._steps: tuple[Step, ...] = ()
        self._begins = 0
        """Where the words of this round begin."""
        self._seals: list[Seal] = []
        self._calls: list[ToolCall] = []
        self._thoughts = ""
        self._usage = Usage()
        self._done: Done | None = None
        self._sources: list[Source] = []
        self._reported = 0
        self._next_at = self._next_thought_at = 0.0
        self._waiting = False
        """Whether somebody sees to it that the last words are reported."""
        self._time = loop_time()

    def take(self, piece: ModelEvent) -> None:
        match piece:
            case TextDelta(text=text):
                self._text += text
                self._grow()
            case ThoughtDelta(text=text):
                self._think(text)
            case Signed(length=length, signature=signature):
                end = len(self._text) - self._begins
                self._seals.append(Seal(start=end - length, end=end, signature=signature))
            case ToolCall():
                self._calls.append(piece)
            case Usage():
                self._usage = piece
            case Done():
                self._done = piece
            case Waiting(seconds=seconds):
                self.tell("progress-waiting", seconds=str(math.ceil(seconds)))
            case Citation():
                start, end = piece.start + self._begins, piece.end + self._begins
                self._sources.append(Source(start=start, end=end, title=piece.title, uri=piece.uri))

    def calls(self) -> tuple[Call, ...]:
        """Return what the model wants before it goes on; nothing when its answer is complete."""
        return tooling.calls_of(self._calls, len(self._steps)) if self._done else ()

    def step(self, calls: tuple[Call, ...], results: tuple[Result, ...]) -> tuple[Step, ...]:
        """Begin the next round, and return those before it."""
        done = Step(
            text=self._text[self._begins :],
            seals=tuple(self._seals),
            calls=calls,
            results=results,
            model=self._done.model if self._done else "",
        )
        self._steps = (*self._steps, done)
        self._begins, self._done = len(self._text), None
        self._seals, self._calls, self._thoughts = [], [], ""
        self._usage = Usage()
        self.media += tuple(made for result in results for made in result.media)
        return self._steps

    def begin(self) -> None:
        """Say what takes so long, where no words can be expected for a while."""
        if self._draws:
            self.tell("progress-drawing")

    def tell(self, key: str, **args: str) -> None:
        """Say what takes so long, in the line of that key."""
        self._report(Progressed(turn=self._turn, attempt=self._attempt, key=key, args=args))

    def _think(self, text: str) -> None:
        """Tell now and then what the model thinks about."""
        self._thoughts += text
        now = self._time()
        about = headline(self._thoughts)
        if about and now >= self._next_thought_at:
            self._next_thought_at = now + THOUGHT_PACE
            self.tell("progress-thinking", about=about)

    def _grow(self) -> None:
        """Report now, or in a moment together with what else comes until then."""
        now = self._time()
        if now >= self._next_at:
            self._next_at = now + self._pace
            self._flush()
        elif not self._waiting:
            self._waiting = True
            self._later.after(self._next_at + GRACE - now, self._flush_last)

    def _flush_last(self) -> None:
        """Report words after which none come: in a stream that flows, the next piece does it."""
        if (wait := self._next_at + GRACE - self._time()) > 0:
            self._later.after(wait, self._flush_last)
            return
        self._waiting = False
        if len(self._text) > self._reported:
            self._next_at = self._time() + self._pace
            self._flush()

    def _flush(self) -> None:
        if len(self._text) > self._reported and self._text.strip():
            self._reported = len(self._text)
            self._report(Grew(turn=self._turn, attempt=self._attempt, text=self._text))

    def broke(self, error: ProviderError | KeepError) -> Event:
        """Return what *error* means; text that was not reported yet is reported first."""
        self._flush()
        if isinstance(error, KeepError):
            return Failed(turn=self._turn, attempt=self._attempt, problem="problem-not-kept")
        if isinstance(error, InterruptedStreamError):
            return Interrupted(turn=self._turn, attempt=self._attempt, cause=str(error))
        return Failed(
            turn=self._turn,
            attempt=self._attempt,
            problem=error.problem,
            args=error.args_for_person,
            blocked=isinstance(error, BlockedError),
        )

    def ended(self) -> Event:
        turn, attempt = self._turn, self._attempt
        if self._done is None:
            self._flush()
            return Interrupted(turn=turn, attempt=attempt, cause="the stream ended without an end")
        if not self._text.strip() and not self.media:
            return Failed(turn=turn, attempt=attempt, problem=EmptyAnswerError.problem)
        return Finished(
            turn=turn,
            attempt=attempt,
            text=self._text,
            truncated=self._done.reason == "length",
            # Of the last round alone: so large is the context now. Who draws sees another one.
            tokens=0 if self._draws else _tokens(self._usage),
            answered_by=self._done.answered_by,
            steps=self._steps,
            seals=tuple(self._seals),
            model=self._done.model if self._steps or self._seals else "",
            sources=tuple(self._sources),
            media=self.media,
        )


def _tokens(usage: Usage) -> int:
    return usage.prompt + usage.output + usage.thoughts


def _first(raised: BaseException) -> BaseException:
    """Return the first error in *raised*: the tools of a round run in a group, which wraps it."""
    while isinstance(raised, BaseExceptionGroup):
        raised = raised.exceptions[0]
    return raised
