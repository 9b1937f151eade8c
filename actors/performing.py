"""What a chat's intentions come down to: tasks, timers, previews."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from actors.chat import Chat
from actors.gate import Gate
from actors.generation import generate
from actors.messages import Deliver, Gone
from actors.ports import (
    Address,
    Channel,
    DoubtError,
    GoneError,
    Growth,
    Guides,
    MovedError,
    NotSentError,
    PenaltyError,
    RefusedError,
    Request,
    Store,
    Voice,
)
from actors.ports.model import Model
from actors.runtime.behaviour import Cancel, ClearTimer, Effect, Perform, SetTimer
from actors.runtime.clock import Clock
from actors.runtime.ref import Ref
from fsm import collecting
from fsm.content import Media
from fsm.effects import (
    Acknowledge,
    Archive,
    CancelGeneration,
    Generate,
    ReloadFlows,
    Render,
    Show,
    StartTimer,
    StopTimer,
)
from fsm.events import Archived, Event, FlowDue, FlowsReloaded, Rendered, Rested, WindowClosed
from fsm.flow import moves
from fsm.outbox import Answer, PartMoved, PartState, doubted
from fsm.preferences import Preferences
from fsm.states import BUSY

LONGEST_ANSWER = 900.0
"""Seconds after which a model call counts as broken, whatever the adapter's own deadlines say."""
REPEAT_AFTER = 10.0
"""Seconds before a part of unknown fate is sent again."""

Fetch = Callable[[Media], Awaitable[bytes]]


class Performer:
    """Turns intentions of chats into effects of the runtime."""

    def __init__(
        self,
        *,
        model: Model,
        channel: Channel,
        gate: Gate,
        store: Store,
        voice: Voice,
        clock: Clock,
        fetch: Fetch,
        guides: Guides,
        manner: Callable[[Preferences], str] = lambda _: "",
    ) -> None:
        """*manner* words what a chat has chosen for the model."""
        self._model = model
        self._channel = channel
        self._gate = gate
        self._store = store
        self._voice = voice
        self._clock = clock
        self._fetch = fetch
        self._manner = manner
        self._guides = guides
        self._under_way: set[tuple[str, object]] = set()

    def is_under_way(self, chat: str, tag: object) -> bool:
        """Whether this life has an effect with that tag running for *chat*, or about to run."""
        return (chat, tag) in self._under_way

    def perform(self, _ref: Ref, effect: object, chat: Chat) -> Sequence[Effect]:
        """Return what *effect* comes down to; previews are handed to the gate at once."""
        match effect:
            case Generate():
                return (self._generation(effect, chat),)
            case CancelGeneration():
                self._gate.drop_preview(Address.parse(chat.key).peer, chat.key)
                return (Cancel("generate"),)
            case Show():
                self._show(effect, chat)
                return ()
            case Deliver():
                return self._delivery(effect, chat)
            case Archive(turns=turns):

                async def archive(_: object) -> Archived:
                    await self._store.archive(f"chat/{chat.key}", turns)
                    return Archived(upto=turns[-1].number)

                return (Perform("archive", archive, durable=True),)
            case StartTimer(name=name, at=at):
                # What belongs to a state of the conversation dies with it.
                return (SetTimer(name, at, _timed(name, chat), staged=name != moves.TIMER),)
            case StopTimer(name=name):
                return (ClearTimer(name),)
            case Acknowledge():
                text = effect.key and self._voice.plain(effect.language, effect.key, effect.args)
                self._channel.acknowledge_soon(effect.callback, text)
                return ()
            case Render():
                return (self._rendering(effect),)
            case ReloadFlows(language=language):
                return (self._reloading(language),)
        raise TypeError(f"a chat has no intention like {type(effect).__name__}")

    def _rendering(self, effect: Render) -> Perform:
        async def render(_: object) -> Rendered:
            number = effect.flow.number
            try:
                return Rendered(flow=number, text=await self._guides.word(effect))
            except Exception as error:  # an author's template may do anything wrong
                return Rendered(flow=number, problem=f"{type(error).__name__}: {error}")

        return Perform("render", render)

    def _reloading(self, language: str) -> Perform:
        async def reload(_: object) -> FlowsReloaded:
            changed, problem = await self._guides.reload()
            return FlowsReloaded(changed=changed, problem=problem, language=language)

        return Perform("reload", reload)

    def _generation(self, effect: Generate, chat: Chat) -> Perform:
        request = Request(
            chat=chat.key,
            turn=effect.turn,
            attempt=effect.attempt,
            prompts=effect.prompts,
            context=effect.context,
            manner=self._manner(chat.conversation.preferences),
            fetch=self._fetch,
        )

        async def run(report: Callable[[object], None]) -> object:
            return await generate(report, self._model, request)

        return self._begun(
            chat,
            Perform(
                "generate",
                run,
                timeout=LONGEST_ANSWER,
                # A second attempt must be on disk before the model hears of it, or a crash
                # loop would ask for ever.
                durable=effect.attempt > 1,
                tag=("generate", effect.turn, effect.attempt),
            ),
        )

    def _begun(self, chat: Chat, effect: Perform) -> Perform:
        """Return *effect*, known to be under way from now until it has ended."""
        begun = (chat.key, effect.tag)
        self._under_way.add(begun)

        async def run(report: Callable[[object], None]) -> object:
            try:
                return await effect.run(report)
            finally:
                self._under_way.discard(begun)

        return replace(effect, run=run)

    def _show(self, effect: Show, chat: Chat) -> None:
        address = Address.parse(chat.key)
        conv = chat.conversation
        if conv.state not in BUSY:
            return
        bubble = chat.outbox.bubble if chat.outbox.bubble_turn == effect.turn else 0
        if not bubble and self._channel.growth(address) is not Growth.DRAFT:
            # Shown with the next piece, once the bubble is there; or not at all.
            return
        text = effect.text
        if effect.attempt > 1 and conv.longest:
            text = f"{self._voice.say(conv.prompts[-1].language, 'restart-mark')}\n\n{text}"
        plain, turn, attempt = conv.plain, effect.turn, effect.attempt
        language = conv.prompts[-1].language

        async def run(refresh: bool) -> None:
            await self._channel.preview(
                address,
                turn=turn,
                attempt=attempt,
                text=text,
                bubble=bubble,
                plain=plain,
                language=language,
                refresh=refresh,
            )

        self._gate.preview(address.peer, chat.key, run, draft=not bubble)

    def _delivery(self, effect: Deliver, chat: Chat) -> Sequence[Effect]:
        answer = chat.outbox.find(effect.answer)
        if answer is None:
            raise LookupError(f"answer {effect.answer} is not in the outbox")
        address, index = Address.parse(chat.key), effect.part
        if answer.turn and not answer.bubble:
            # From here on the final speaks; a preview after it would be a ghost.
            self._gate.drop_preview(address.peer, chat.key)
            self._channel.forget_preview(address)
        mark = ""
        if answer.parts[index].repeats and not answer.place(index):
            mark = self._voice.say(answer.language, "repeat-mark")

        async def run(_: object) -> object:
            return await self._deliver(address, answer, index, mark)

        tag = ("deliver", answer.id, index)
        return (self._begun(chat, Perform("deliver", run, durable=True, tag=tag)),)

    async def _deliver(
        self, address: Address, answer: Answer, index: int, mark: str
    ) -> PartMoved | Gone:
        """Make the one call that delivers a part, and say in our words how it went."""
        retry_after = 0.0
        sent = PartMoved(
            answer=answer.id, part=index, state=PartState.SENT, repeats=answer.parts[index].repeats
        )
        try:
            number = await self._channel.deliver(address, answer, index, mark=mark)
        except PenaltyError as penalty:
            if not isinstance(penalty, NotSentError):
                retry_after = penalty.retry_after
            until = self._clock.now() + penalty.retry_after
            return PartMoved(
                answer=answer.id,
                part=index,
                state=PartState.PENDING,
                until=until,
                repeats=sent.repeats,
            )
        except DoubtError:
            return doubted(answer, index, self._clock.now() + REPEAT_AFTER)
        except (GoneError, MovedError):
            return Gone()
        except RefusedError:
            return PartMoved(answer=answer.id, part=index, state=PartState.DROPPED)
        finally:
            self._gate.release(address.peer, retry_after=retry_after)
        return PartMoved(
            answer=answer.id,
            part=index,
            state=PartState.SENT,
            message=number,
            repeats=sent.repeats,
        )


def _timed(name: str, chat: Chat) -> Event:
    """Return what the timer *name* reports."""
    match name:
        case collecting.WINDOW:
            return WindowClosed()
        case moves.TIMER:
            return FlowDue()
        case _:
            return Rested(turn=chat.conversation.turn)
