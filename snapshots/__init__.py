"""The memory on disk: one journal that is synced, and one msgpack file per actor.

Knows nothing of chats: values are frozen dataclasses, registered per kind with a `Schema`.
docs/durability.md tells what is promised, and where the promises end.
"""

from snapshots.cipher import Cipher, KeyRing, Plain
from snapshots.codec import Codec, Schema
from snapshots.entries import Ticket
from snapshots.errors import (
    DamagedError,
    DataDirectoryInUseError,
    DirectoryError,
    MissingKeyError,
    NewerDataError,
    StoreFullError,
    UnusableDirectoryError,
)
from snapshots.in_memory import InMemoryStore
from snapshots.opening import Bounds, open_on, open_store
from snapshots.parts import Statistics
from snapshots.store import Store

__all__ = [
    "Bounds",
    "Cipher",
    "Codec",
    "DamagedError",
    "DataDirectoryInUseError",
    "DirectoryError",
    "InMemoryStore",
    "KeyRing",
    "MissingKeyError",
    "NewerDataError",
    "Plain",
    "Schema",
    "Statistics",
    "Store",
    "StoreFullError",
    "Ticket",
    "UnusableDirectoryError",
    "open_on",
    "open_store",
]
