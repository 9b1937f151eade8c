"""What can be wrong with data at rest; each message is a sentence for the operator."""

from __future__ import annotations


class DamagedError(Exception):
    """These bytes are not a whole record, file or value of ours."""


class NewerDataError(Exception):
    """A newer version of the program wrote this data directory; nothing was touched."""


class DataDirectoryInUseError(Exception):
    """Another process owns this data directory."""


class StoreFullError(Exception):
    """The disk does not take more now; nothing was accepted."""
