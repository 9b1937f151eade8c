"""What a chat's intentions come down to: tasks, timers, previews."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

from actors.chat_value import Chat
from actors.delivering import Courier
from actors.drawing import Easel, for_artist
from actors.filling import Filler, card_of, for_card
from actors.gate import Gate
from actors.generation import generate, pace_of
from actors.messages import Deliver, Gone, Moved
from actors.moving import Bequeath, Bequeathed, Confirm, Inherited, PassOn
from actors.paying import Meter, Till
from actors.ports import (
    Address,
    Channel,
    GoneError,
    Growth,
    Guides,
    MovedError,
    NoPurse,
    Purse,
    Request,
    Store,
    Toolbox,
    Voice,
)
from actors.ports.model import Model
from actors.rendering import guided
from actors.runtime.behaviour import Cancel, ClearTimer, Effect, Perform, SetTimer, Tell
from actors.runtime.clock import Clock
from actors.runtime.ref import Ref
from actors.showing import shown
from actors.speaking import Reciter, reading_of
from actors.studio import Studio
from actors.tidying import Tidier
from actors.timing import timed
from actors.tooling import setting_of
from actors.understanding import understanding
from fsm import promises
from fsm.content import Media
from fsm.effects import (
    Acknowledge,
    Archive,
    CancelGeneration,
    CancelSpeech,
    Erase,
    Generate,
    LetGo,
    ReloadFlows,
    Render,
    Show,
    Speak,
    StartTimer,
    StopTimer,
    Summarize,
    TellUsage,
    Understand,
)
from fsm.events import Event
from fsm.flow import moves, plans
from fsm.preferences import Preferences
from fsm.prompts import at_provider, is_order
from fsm.safety import in_force
from fsm.states import BUSY
from fsm.values import replace

LONGEST_ANSWER = 900.0
"""Seconds after which a model call counts as broken, whatever the adapter's own deadlines say."""

TYPING_LASTS = 4.5
"""Seconds after which it is said again that an answer is being prepared; it fades after five."""

Fetch = Callable[[Address, Media], Awaitable[bytes | Path]]
"""Returns the bytes of what was sent in a chat; only its own bot can have them."""


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
        studio: Studio,
        summarizer: Model | None = None,
        purse: Purse | None = None,
        manner: Callable[[Preferences], str] = lambda _: "",
        ref_of: Callable[[str], Ref],
        toolbox: Toolbox | None = None,
    ) -> None:
        """*manner* words a chat's choices; *ref_of* names a chat by its key."""
        self._ref_of = ref_of
        self._model = model
        self._channel = channel
        self._gate = gate
        self._pace = pace_of(gate.gap)
        self._store = store
        self._voice = voice
        self._clock = clock
        self._fetch = fetch
        self._manner = manner
        self._guides = guides
        self._toolbox = toolbox
        self._studio = studio
        self._till = Till(purse or NoPurse(), ref_of)
        self._reader = summarizer or model
        self._tidier = Tidier(store, studio.keep, summarizer or model, self._till, clock)
        self._reciter = Reciter(studio, self._till)
        self._courier = Courier(channel, gate, voice, clock)
        self._under_way: set[tuple[str, object]] = set()

    def is_under_way(self, chat: str, tag: object) -> bool:
        """Whether this life has an effect with that tag running for *chat*, or about to run."""
        return (chat, tag) in self._under_way

    def perform(self, ref: Ref, effect: object, chat: Chat) -> Sequence[Effect]:
        """Return what *effect* comes down to; previews are handed to the gate at once."""
        match effect:
            case Generate():
                return (self._generation(effect, chat),)
            case CancelGeneration():
                self._gate.drop_preview(Address.parse(chat.key).peer, chat.key)
                return (Cancel("generate"),)
            case Show():
                self._show(effect, chat, ref)
                return ()
            case Deliver():
                return (self._begun(chat, self._courier.delivery(effect, chat)),)
            case Archive() | Summarize() | Erase() | TellUsage() | LetGo():
                return (self._tidier.perform(effect, chat),)
            case Speak() | CancelSpeech():
                return self._aloud(effect, chat)
            case StartTimer(name=name, at=at):
                # What belongs to a state of the conversation dies with it; a promise does not.
                staged = name not in (moves.TIMER, plans.TIMER, promises.REMINDER)
                return (SetTimer(name, at, timed(name, chat), staged=staged),)
            case StopTimer(name=name):
                return (ClearTimer(name),)
            case Bequeath() | Confirm() | PassOn():
                return self._move(effect, chat)
            case Acknowledge():
                text = effect.key and self._voice.plain(effect.language, effect.key, effect.args)
                self._channel.acknowledge_soon(Address.parse(chat.key), effect.callback, text)
                return ()
            case Render() | Understand() | ReloadFlows():
                return (self._of_flow(effect, chat),)
        raise TypeError(f"a chat has no intention like {type(effect).__name__}")

    def _of_flow(self, effect: Render | Understand | ReloadFlows, chat: Chat) -> Perform:
        if isinstance(effect, Understand):
            return understanding(effect, self._reader, self._till, chat.key)
        return guided(effect, self._guides)

    def _generation(self, effect: Generate, chat: Chat) -> Perform:
        preferences, address = chat.conversation.preferences, Address.parse(chat.key)
        request = Request(
            chat=chat.key,
            turn=effect.turn,
            attempt=effect.attempt,
            prompts=effect.prompts,
            context=effect.context,
            manner=self._manner(preferences),
            fetch=partial(self._fetch, address),
            tools=self._toolbox.offered if self._toolbox else (),
            thinking=preferences.thinking,
            safety=in_force(preferences.safety, private=address.private),
            at_provider=at_provider(effect.prompts),
        )
        easel = Easel(artist=self._studio.artist, keep=self._studio.keep, request=request)
        model = self._model
        if is_order(effect.prompts):
            model, request = self._studio.artist, for_artist(request)
        card = card_of(request)
        if card is not None:
            request = for_card(request, card)
        setting = setting_of(effect, chat, self._clock.now())

        async def run(report: Callable[[object], None]) -> object:
            def ask(meter: Meter) -> Awaitable[Event]:
                draw = None if address.foreign else easel.metered(meter).draw
                making = replace(setting, draw=draw, keep=easel.keep_file)
                keep, toolbox, pace = self._studio.keep, self._toolbox, self._pace
                asked = Filler(meter, card, self._guides) if card else meter
                return generate(
                    report, asked, request, keep, toolbox=toolbox, setting=making, pace=pace
                )

            return await self._till.paid(ask, request, model, chat.conversation.usage)

        return self._begun(
            chat,
            Perform(
                "generate",
                run,
                timeout=LONGEST_ANSWER,
                # On disk before the model hears of it: a crash loop must not ask for ever.
                durable=effect.attempt > 1,
                tag=("generate", effect.turn, effect.attempt),
            ),
        )

    def _aloud(self, effect: Speak | CancelSpeech, chat: Chat) -> Sequence[Effect]:
        if isinstance(effect, CancelSpeech):
            return tuple(Cancel(reading_of(turn)) for turn in effect.turns)
        return (self._begun(chat, self._reciter.reading(effect, chat)),)

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

    def _move(self, effect: Bequeath | Confirm | PassOn, chat: Chat) -> Sequence[Effect]:
        match effect:
            case PassOn(to=to, mail=mail):
                return (Tell(self._ref_of(to), mail),)
            case Bequeath(to=to):
                heir = self._ref_of(to)

                async def bequeath(_: object) -> None:
                    heir.tell_system(Inherited(was=chat))

                return (Perform("bequeath", bequeath, durable=True),)
            case Confirm(old=old):
                before = self._ref_of(old)

                async def confirm(_: object) -> None:
                    kept = f"chat/{chat.key}"
                    if (left := await self._store.archived(f"chat/{old}")) and not (
                        await self._store.archived(kept)
                    ):
                        await self._store.archive(kept, left)
                    before.tell_system(Bequeathed())

                return (Perform("confirm", confirm, durable=True),)

    def _show(self, effect: Show, chat: Chat, ref: Ref) -> None:
        address = Address.parse(chat.key)
        conv = chat.conversation
        if conv.state not in BUSY:
            return
        bubble = chat.outbox.bubble if chat.outbox.bubble_turn == effect.turn else 0
        growth = self._channel.growth(address)
        if not bubble and growth is not Growth.DRAFT:
            # Shown with the next piece, once the bubble is there; or not at all.
            if growth is Growth.UNSEEN and not effect.text and not address.foreign:
                self._gate.preview(
                    address.peer,
                    chat.key,
                    lambda _: self._channel.typing(address),
                    draft=True,
                    lasts=TYPING_LASTS,
                )
            return
        text = shown(effect, chat, self._voice)
        plain, turn, attempt = conv.plain, effect.turn, effect.attempt
        language = conv.prompts[-1].language

        async def run(refresh: bool) -> None:
            try:
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
            except GoneError:
                ref.tell_system(Gone())
                raise
            except MovedError as moved:
                ref.tell_system(Moved(chat=moved.chat))
                raise

        self._gate.preview(address.peer, chat.key, run, draft=not bubble)
