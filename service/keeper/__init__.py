"""The small parent process that keeps the service alive.

It needs nothing but the standard library, so that it stays small and has little that could
fail: settings and sentences come from a short-lived child of their own (`plan`). Without a
Telegram token it also starts the playground, which outlives the service as Telegram does.
"""

from service.keeper.children import Child, Commands
from service.keeper.keeping import Keeper, main
from service.keeper.restarts import Patience, Restarts

__all__ = ["Child", "Commands", "Keeper", "Patience", "Restarts", "main"]
