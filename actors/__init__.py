"""Chats as actors: a conversation and its outbox, the gate to the channel, the router.

anyio only: everything here runs on asyncio and on trio, and knows nothing of Telegram, Gemini
or files. What it needs from outside stands in `actors.ports`.
"""
