"""The bare bot: aiogram's polling and google-genai, and nothing that survives a crash.

What a good programmer writes in an afternoon: ten messages of context in memory, the first words at
once, one more preview, the final as an edit. `python -m benchmarks.peers.bare ADDRESS`.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict, deque
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message
from google import genai
from google.genai import types

KEPT = 10


async def main(address: str) -> None:
    """Answer until killed."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(address), limit=2000)
    bot = Bot("1000:" + "A" * 35, session=session)
    options = types.HttpOptions(base_url=address, api_version="v1beta")
    client = genai.Client(api_key="key", http_options=options)
    memory: defaultdict[int, deque[Any]] = defaultdict(lambda: deque(maxlen=KEPT))
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        asked = {"role": "user", "parts": [{"text": message.text}]}
        context = [*memory[message.chat.id], asked]
        text, shown, pieces = "", None, 0
        stream = await client.aio.models.generate_content_stream(
            model="gemini-3.8-flash", contents=context
        )
        async for chunk in stream:
            text += chunk.text or ""
            pieces += 1
            if shown is None:
                shown = (await message.answer(text)).as_(bot)
            elif pieces == 11:
                await shown.edit_text(text)
        assert shown is not None
        memory[message.chat.id] += [asked, {"role": "model", "parts": [{"text": text}]}]
        await shown.edit_text(text)

    await dispatcher.start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
