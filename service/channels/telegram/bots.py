"""Several bots in one service: each lives by itself, and every call goes out by its own.

For the rest of the service this is the channel. A bot in trouble keeps none of the others
waiting. With a token that Telegram refuses nothing is called but what finds out whether that
is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from actors.ports import Address, FetchError, Growth, NotSentError, Routed
from fsm.content import Media
from fsm.outbox import Answer, Number
from service.channels.telegram.channel import Telegram
from service.channels.telegram.failures import NO_ACCESS_PAUSE, BadTokenError
from service.channels.telegram.member import Heed, Member, Trouble
from service.channels.telegram.receiving import OffsetStore

GRACE: Final = 2.0
"""Seconds that the other bots get to introduce themselves once the first one has."""


class Bots:
    """The bots of one service; there is at least one.

    Entering it waits until Telegram has said who one of them is, for as long as that takes.
    """

    def __init__(self, bots: Sequence[Telegram]) -> None:
        self.members = tuple(Member(bot) for bot in bots)
        self._by_id = {member.id: member for member in self.members}
        self._any = bots[0]
        self.reader = self
        self.panels = Panels(self)

    def __repr__(self) -> str:
        return f"<Bots {', '.join(member.name for member in self.members)}>"

    async def __aenter__(self) -> Self:
        try:
            await self._introduced()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    @property
    def ids(self) -> tuple[str, ...]:
        """The id of each bot, in the order of the settings."""
        return tuple(self._by_id)

    @property
    def novelties(self) -> tuple[str, ...]:
        """What a newer Bot API has sent to any of them."""
        return tuple(
            dict.fromkeys(
                name for member in self.members for name in member.telegram.novelties.names
            )
        )

    def states(self) -> Mapping[str, str]:
        """Return how each bot fares, by name, where there are several."""
        several = self.members if len(self.members) > 1 else ()
        return {member.name: member.state for member in several}

    def publish_menu(self) -> None:
        """Make every menu of commands what it should be, without waiting for it."""
        for member in self.members:
            if member.telegram.is_known:
                member.telegram.publish_menu()

    # -- the way in ---------------------------------------------------------------------------

    def read(self, bot: str, update: Mapping[str, Any]) -> Routed | None:
        """Return what *update* means to the bot that got it; see `Reader.read`."""
        return self._by_id[bot].telegram.reader.read(bot, update)

    async def poll(self, store: OffsetStore, heed: Heed) -> None:
        """Take the updates of all bots in until cancelled.

        Raises:
            Exception: No bot can receive; what the last of them has met, such as BadTokenError.

        """
        tasks = [
            asyncio.ensure_future(member.live(store, heed, may_rest=self._has_others))
            for member in self.members
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            await _ended(tasks)

    def pause(self) -> None:
        """Take no more updates in."""
        for member in self.members:
            member.telegram.pause()

    def _has_others(self, fallen: Member) -> bool:
        return any(member.trouble is None for member in self.members if member is not fallen)

    async def _introduced(self) -> None:
        """Return when one bot is known, and the others are or have had their chance.

        Raises:
            BadTokenError: Telegram knows none of the tokens.

        """
        tasks = [asyncio.ensure_future(member.introduce()) for member in self.members]
        waiting: set[asyncio.Future[None]] = set(tasks)
        try:
            while waiting and not any(member.telegram.is_known for member in self.members):
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    _check(task, may_fail=len(self.members) > 1)
            if not any(member.telegram.is_known for member in self.members):
                raise BadTokenError(len(self.members))
            if waiting:
                await asyncio.wait(waiting, timeout=GRACE)
        finally:
            await _ended(tasks)

    async def _close(self) -> None:
        for member in self.members:
            await member.telegram.close()

    # -- the way out: what is the same for all of them ----------------------------------------

    def paginate(self, text: str, *, plain: bool, grown: Address | None = None) -> Sequence[bytes]:
        """Cut *text* into the bodies of messages; see `Channel.paginate`."""
        member = self._by_id.get(grown.bot) if grown is not None else None
        bot = member.telegram if member is not None else self._any
        return bot.paginate(text, plain=plain, grown=grown)

    def caption(self, text: str) -> bytes | None:
        """Return *text* as a caption; see `Channel.caption`."""
        return self._any.caption(text)

    def is_rich(self, body: bytes) -> bool:
        """Whether *body* goes out as a rich message."""
        return self._any.is_rich(body)

    def attachments(self, text: str) -> Sequence[bytes]:
        """Return the long code in *text* as the bodies of documents."""
        return self._any.attachments(text)

    # -- the way out: by the bot whose chat it is ---------------------------------------------

    def growth(self, address: Address) -> Growth:
        """Return how the next answer will be seen growing; see `Channel.growth`."""
        member = self._by_id.get(address.bot)
        return member.telegram.growth(address) if member is not None else Growth.UNSEEN

    async def deliver(self, address: Address, answer: Answer, index: int, *, mark: str) -> Number:
        """Send or edit one part; see `Channel.deliver`."""
        return await self.of(address).deliver(address, answer, index, mark=mark)

    async def preview(self, address: Address, **more: Any) -> None:
        """Show how far an answer has come; see `Channel.preview`."""
        await self.of(address).preview(address, **more)

    def forget_preview(self, address: Address) -> None:
        """Drop what is cached for a preview; see `Channel.forget_preview`."""
        if (member := self._by_id.get(address.bot)) is not None:
            member.telegram.forget_preview(address)

    async def typing(self, address: Address) -> None:
        """Show that an answer is being prepared; see `Channel.typing`."""
        await self.of(address).typing(address)

    async def acknowledge(self, address: Address, callback: str, text: str = "") -> None:
        """Tell the person that their press has arrived; see `Channel.acknowledge`."""
        if (member := self._by_id.get(address.bot)) is not None:
            await member.telegram.acknowledge(address, callback, text)

    def acknowledge_soon(self, address: Address, callback: str, text: str = "") -> None:
        """Do the same without waiting for it."""
        if (member := self._by_id.get(address.bot)) is not None:
            member.telegram.acknowledge_soon(address, callback, text)

    async def fetch(self, address: Address, media: Media) -> bytes | Path:
        """Return the bytes of *media*, which was sent in that chat; see `Files.fetch`."""
        try:
            bot = self.of(address)
        except NotSentError as problem:
            raise FetchError(str(problem)) from None
        return await bot.fetch(address, media)

    def of(self, address: Address) -> Telegram:
        """Return the bot whose chat *address* is.

        Raises:
            NotSentError: It is not here (any more), or Telegram does not know its token.

        """
        member = self._by_id.get(address.bot)
        if member is None:
            raise NotSentError("that bot is not in the settings", NO_ACCESS_PAUSE)
        if member.trouble is Trouble.REFUSED:
            raise NotSentError("Telegram does not accept the bot's token", NO_ACCESS_PAUSE)
        return member.telegram


class Panels:
    """What operators get, each by the bot that they have asked."""

    def __init__(self, bots: Bots) -> None:
        self._bots = bots

    async def page(
        self, address: Address, body: bytes, keys: Sequence[Sequence[tuple[str, str]]]
    ) -> None:
        """Send a page; see `telegram.panels.Panels.page`."""
        await self._bots.of(address).panels.page(address, body, keys)

    async def picture(self, address: Address, png: bytes, caption: str) -> None:
        """Send a picture of ours."""
        await self._bots.of(address).panels.picture(address, png, caption)

    async def file(self, address: Address, content: bytes, name: str) -> None:
        """Send a file of ours."""
        await self._bots.of(address).panels.file(address, content, name)


def _check(task: asyncio.Future[None], *, may_fail: bool) -> None:
    """Raise what *task* has ended with, unless it is one of several that may."""
    error = task.exception()
    if error is not None and not (may_fail and isinstance(error, BadTokenError)):
        raise error


async def _ended(tasks: Sequence[asyncio.Future[None]]) -> None:
    """End what is still running of *tasks*."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
