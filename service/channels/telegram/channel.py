"""Telegram as the rest of the service sees it: one way in, one way out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from actors.ports import Accepted, Address, Growth, Voice
from fsm.content import Media
from fsm.outbox import Answer, Number
from service.channels.telegram import commands, forms
from service.channels.telegram.abroad import UPDATES
from service.channels.telegram.aiogram_light import Bot
from service.channels.telegram.attachments import long_code
from service.channels.telegram.callbacks import Acknowledger
from service.channels.telegram.failures import BadTokenError, in_our_words
from service.channels.telegram.files import Cache, Files
from service.channels.telegram.introduction import introduced
from service.channels.telegram.keyboards import Keyboards
from service.channels.telegram.methods import Action
from service.channels.telegram.novelties import Novelties
from service.channels.telegram.offers import Offers
from service.channels.telegram.panels import Panels
from service.channels.telegram.poller import ALLOWED, Poller
from service.channels.telegram.previews import Previews, Transport
from service.channels.telegram.reader import Me, TelegramReader
from service.channels.telegram.receiving import OffsetStore, Receiving
from service.channels.telegram.sender import Sender
from service.channels.telegram.session import LeanSession, Line, server
from service.channels.telegram.text import Profile
from service.channels.telegram.webhook import Hook

TYPING_TIMEOUT: Final = 5.0


class Telegram:
    """One bot: reads its updates, and is the channel of its chats.

    Entering it asks Telegram who the bot is, for as long as it takes: without a connection
    there is nothing to serve. A wrong token is a `BadTokenError` at once.
    """

    def __init__(
        self,
        token: str,
        base: str = "",
        *,
        voice: Voice,
        allowed: frozenset[int] = frozenset(),
        admins: frozenset[int] = frozenset(),
        cache: Cache | None = None,
        folder: Path | None = None,
        rich: bool = True,
        flow_of: Callable[[str], str] = lambda _: "",
        flows: commands.Flows = lambda _: (),
        transport: Transport = "auto",
        hook: Hook | None = None,
        abroad: bool = False,
        identity: Callable[[Bot, Me], Awaitable[int]] | None = None,
    ) -> None:
        """*abroad*: be of use in chats that are not ours, in inline mode and as a guest.

        *identity* tells Telegram who the bot wants to be.
        """
        api = server(base)
        self._sending = LeanSession(api, purpose="sending")
        self._polling = LeanSession(api, purpose="polling", limit=2)
        self._loading = LeanSession(api, purpose="files", limit=16, timeout=60.0)
        try:
            self._bot = Bot(token, session=self._sending)
            self._poll_bot = Bot(token, session=self._polling)
            file_bot = Bot(token, session=self._loading)
        except Exception:  # aiogram's own check of its shape; its text is of no use to anybody
            raise BadTokenError from None
        line = Line(self._sending, token)
        keyboards = Keyboards(voice)
        self._line = line
        self._voice = voice
        self._allowed = allowed
        self._admins = admins
        self._files = Files(file_bot, self._loading, cache, folder)
        self._sender = Sender(line, keyboards, self._bot, voice, self._files.bytes_of, rich=rich)
        self.panels = Panels(self._bot, self._sender)
        """The way out for pages, pictures and files that only operators get."""
        self._previews = Previews(line, keyboards, voice, self._sender.profile, transport=transport)
        self._acknowledger = Acknowledger(line)
        self._menu: asyncio.Task[int] | None = None
        self._identity = identity
        self._naming: asyncio.Future[int] | None = None
        kinds = (*ALLOWED, *UPDATES) if abroad else ALLOWED
        self._receiving = Receiving(self._poll_bot, self._polling, hook, kinds)
        self._is_abroad = abroad
        self._offers = Offers(line, keyboards, voice, allowed)
        self.me = Me(id=self._bot.id, username="")
        self.is_known = False
        """Whether Telegram has said who the bot is, and nothing has put that in doubt since."""
        self._flow_of, self._flows = flow_of, flows
        self.reader = self._reader()
        self.novelties = Novelties()

    def __repr__(self) -> str:
        return f"<Telegram as @{self.me.username or self.me.id}>"

    async def introduce(self) -> None:
        """Ask Telegram who the bot is, for as long as it takes, and tell it who it wants to be.

        Raises:
            BadTokenError: Telegram does not know the token.

        """
        self.is_known = False
        self.me = await introduced(self._bot, abroad=self._is_abroad)
        self.is_known = True
        self.reader = self._reader()
        self.publish_menu()
        if self._identity is not None and self._naming is None:
            self._naming = asyncio.ensure_future(self._identity(self._bot, self.me))

    def publish_menu(self) -> None:
        """Make the menu of commands what it should be, without waiting for it."""
        if self._menu is not None:
            self._menu.cancel()
        menu = commands.publish(self._bot, self._voice, self._admins, self._flows)
        self._menu = asyncio.get_running_loop().create_task(menu)

    async def close(self) -> None:
        """End whatever is still under way, and let all connections go."""
        for task in filter(None, (self._menu, self._naming)):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._acknowledger.close()
        await self._offers.close()
        for session in (self._polling, self._loading, self._sending):
            await session.close()

    def _reader(self) -> TelegramReader:
        return TelegramReader(
            self.me,
            allowed=self._allowed,
            admins=self._admins,
            flow_of=self._flow_of,
            largest=self._files.largest,
        )

    # -- the way in ---------------------------------------------------------------------------

    async def poll(
        self,
        store: OffsetStore,
        *,
        on_batch: Callable[[Sequence[Accepted]], None],
        on_caught_up: Callable[[], None] = lambda: None,
        on_poison: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        """Take updates in until cancelled; see `Receiving.run`.

        *on_batch* gets what the store has just accepted; *on_caught_up* is called when nothing
        is left from before; *on_poison* gets what no JSON parser can read.

        Raises:
            BadTokenError, WedgedError: As `Receiving.run`.

        """
        name = str(self.me.id)

        def arrived(batch: list[Accepted]) -> None:
            on_batch(batch)
            for accepted in batch:
                self.novelties.look(accepted.update)
                if query := accepted.update.get("inline_query"):
                    self._offers.soon(query)
                if "callback_query" in accepted.update:
                    callback, language = self.reader.unclaimed_press(accepted.update)
                    text = self._voice.say(language, "button-old") if language else ""
                    self._acknowledger.soon(callback, text)

        await self._receiving.run(
            store,
            name=name,
            on_batch=arrived,
            on_caught_up=on_caught_up,
            on_poison=on_poison,
        )

    @property
    def poller(self) -> Poller | None:
        """The loop that fetches; None where updates are posted to us."""
        return self._receiving.poller

    @property
    def is_open(self) -> bool:
        """Whether updates are being fetched, or Telegram knows where to post them."""
        return self._receiving.is_open

    async def renew(self) -> None:
        """Let the connections go on which updates were fetched."""
        await self._polling.rebuild()

    def pause(self) -> None:
        """Take no more updates in."""
        self._receiving.pause()

    async def fetch(self, _address: Address, media: Media) -> bytes | Path:
        """Return the bytes of *media*, which is of a chat of this bot; see `Files.fetch`."""
        return await self._files.fetch(media)

    # -- the way out --------------------------------------------------------------------------

    def paginate(self, text: str, *, plain: bool, grown: Address | None = None) -> Sequence[bytes]:
        """Cut *text* into the bodies of messages; see `Channel.paginate`."""
        return forms.bodies(text, self._sender.profile(plain=plain), self._previews.of(grown))

    def caption(self, text: str) -> bytes | None:
        """Return *text* as a caption; see `Channel.caption`."""
        return forms.caption(text, Profile(rich=False))

    def is_rich(self, body: bytes) -> bool:
        """Whether *body* goes out as a rich message."""
        return forms.unpacked(body).is_rich

    def attachments(self, text: str) -> Sequence[bytes]:
        """Return the long code in *text* as the bodies of documents."""
        return [forms.of_file(name, content) for name, content in long_code(text)]

    def growth(self, address: Address) -> Growth:
        """Return how the next answer will be seen growing; see `Channel.growth`."""
        return self._previews.growth(address)

    async def deliver(self, address: Address, answer: Answer, index: int, *, mark: str) -> Number:
        """Send or edit one part; see `Channel.deliver`."""
        return await self._sender.deliver(address, answer, index, mark=mark)

    async def preview(
        self,
        address: Address,
        *,
        turn: int,
        attempt: int,
        text: str,
        bubble: Number,
        plain: bool,
        language: str = "en",
        refresh: bool = False,
    ) -> None:
        """Show how far an answer has come; see `Channel.preview`."""
        await self._previews.show(
            address,
            turn=turn,
            attempt=attempt,
            text=text,
            bubble=bubble,
            plain=plain,
            language=language,
            refresh=refresh,
        )

    def forget_preview(self, address: Address) -> None:
        """Drop what is cached for a preview; see `Channel.forget_preview`."""
        self._previews.forget(address)

    async def typing(self, address: Address) -> None:
        """Show that an answer is being prepared; see `Channel.typing`."""
        call = Action(chat_id=address.chat, message_thread_id=address.topic, action="typing")
        name, body = "sendChatAction", call.encoded()
        try:
            await self._line.call(name, body, timeout=TYPING_TIMEOUT, chat=address.chat)
        except Exception as problem:
            raise in_our_words(problem) from None

    async def acknowledge(self, _address: Address, callback: str, text: str = "") -> None:
        """Tell the person that their press has arrived; see `Channel.acknowledge`."""
        await self._acknowledger.acknowledge(callback, text)

    def acknowledge_soon(self, _address: Address, callback: str, text: str = "") -> None:
        """Do the same without waiting for it."""
        self._acknowledger.soon(callback, text)
