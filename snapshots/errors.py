"""What can be wrong with data at rest; each message is a sentence for the operator."""

from __future__ import annotations


class DamagedError(Exception):
    """These bytes are not a whole record, file or value of ours."""


class DirectoryError(Exception):
    """The data directory at *path* cannot be ours now."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(what)
        self.path = path


class NewerDataError(DirectoryError):
    """A newer version of the program wrote this data directory; nothing was touched."""


class DataDirectoryInUseError(DirectoryError):
    """Another process, *owner* by number, owns this data directory."""

    def __init__(self, path: str, what: str, owner: str) -> None:
        super().__init__(path, what)
        self.owner = owner


class UnusableDirectoryError(DirectoryError):
    """The data directory cannot be made or written."""


class MissingKeyError(Exception):
    """The data are encrypted with the key *name*, which is not in the ring; nothing was touched."""

    def __init__(self, name: str) -> None:
        what = f"The data are encrypted with the key {name}, which is not in GREENROOM_DATA_KEYS."
        super().__init__(what)
        self.name = name


class StoreFullError(Exception):
    """The disk does not take more now; nothing was accepted."""
