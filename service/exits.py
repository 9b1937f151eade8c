"""Exit codes of the service, and what they tell the keeper."""

from __future__ import annotations

from typing import Final

WELL: Final = 0
"""Asked to end, and everything was written."""
USAGE: Final = 2
"""A setting or an argument does not fit; its sentence has been printed."""
DAMAGED: Final = 65
"""Something at rest is not whole; what a start would do about it has been printed."""
BROKEN: Final = 70
"""Something failed that a restart may cure; the keeper tries."""
MISCONFIGURED: Final = 78
"""A wrong token, key or folder; its sentence has been printed and a restart is no use."""
INTERRUPTED: Final = 130
"""Ended by Ctrl-C before it could end by itself."""

FINAL: Final = frozenset({WELL, USAGE, MISCONFIGURED})
"""After these the keeper ends too, with the same code."""
