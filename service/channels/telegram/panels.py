"""What only operators get: pages with buttons of their own, pictures, files; past every outbox."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from actors.ports import Address
from service.channels.telegram.aiogram_light import (
    Bot,
    BufferedInputFile,
    SendDocument,
    SendPhoto,
)
from service.channels.telegram.failures import in_our_words
from service.channels.telegram.sender import Sender

Label = str
Data = str
_TIMEOUT = 30


class Panels:
    """Sends for one bot; the gate paces these like everything else."""

    def __init__(self, bot: Bot, sender: Sender) -> None:
        self._bot = bot
        self._sender = sender

    async def page(
        self, address: Address, body: bytes, keys: Sequence[Sequence[tuple[Label, Data]]]
    ) -> None:
        """Send one body of `Channel.paginate` with rows of buttons under it.

        Raises:
            DeliveryError: As `Channel.deliver`.

        """
        keyboard: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
        if keys:
            rows = [[{"text": text, "callback_data": data} for text, data in row] for row in keys]
            keyboard = msgspec.Raw(msgspec.json.encode({"inline_keyboard": rows}))
        await self._sender.page(address, body, keyboard)

    async def picture(self, address: Address, png: bytes, caption: str) -> None:
        """Send a picture of ours.

        Raises:
            DeliveryError: As `Channel.deliver`.

        """
        await self._upload(
            SendPhoto(
                chat_id=address.chat,
                message_thread_id=address.topic or None,
                photo=BufferedInputFile(png, "picture.png"),
                caption=caption or None,
            )
        )

    async def file(self, address: Address, content: bytes, name: str) -> None:
        """Send a file of ours.

        Raises:
            DeliveryError: As `Channel.deliver`.

        """
        await self._upload(
            SendDocument(
                chat_id=address.chat,
                message_thread_id=address.topic or None,
                document=BufferedInputFile(content, name),
            )
        )

    async def _upload(self, call: SendPhoto | SendDocument) -> None:
        try:
            await self._bot(call, request_timeout=_TIMEOUT)
        except Exception as problem:
            raise in_our_words(problem) from None
