"""The rules of a conversation: pure, synchronous, frozen.

Nothing here knows of clocks, files, networks or Telegram. `decide` takes a conversation, an
event and the time, and returns the conversation after it and what to do about it.
"""
