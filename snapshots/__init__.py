"""The memory on disk: one journal that is synced, and one msgpack file per actor.

Knows nothing of chats: values are frozen dataclasses, registered per kind with a `Schema`.
"""

from snapshots.codec import Codec, Schema
from snapshots.errors import (
    DamagedError,
    DataDirectoryInUseError,
    NewerDataError,
    StoreFullError,
)
from snapshots.store import Store, open_store

__all__ = [
    "Codec",
    "DamagedError",
    "DataDirectoryInUseError",
    "NewerDataError",
    "Schema",
    "Store",
    "StoreFullError",
    "open_store",
]
