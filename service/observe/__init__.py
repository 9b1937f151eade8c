"""What operators are told: log lines without message text and without secrets."""

from service.observe.logs import configure, crashed
from service.observe.scrubbing import Scrubber, chat_hash

__all__ = ["Scrubber", "chat_hash", "configure", "crashed"]
