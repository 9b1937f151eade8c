"""The value kept for a peer: until when it must be left alone, so that a restart knows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """No call to the peer before wall time *until*."""

    until: float = 0.0
