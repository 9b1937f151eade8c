"""How careful answers are: what a chat has chosen, and what a group is owed in any case."""

from __future__ import annotations


def in_force(chosen: str, *, private: bool) -> str:
    """Return the preset for a chat that has *chosen* `strict`, `open` or nothing.

    A group is read by people who have chosen nothing, so there `careful` is the least.
    """
    if private or chosen == "strict":
        return chosen
    return "careful"
