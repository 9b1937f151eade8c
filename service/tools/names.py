"""What our own tools are called, for those who name one before any is made."""

from __future__ import annotations

from typing import Final

OURS: Final = (
    "current_time",
    "convert_units",
    "remind",
    "list_reminders",
    "cancel_reminder",
    "weather",
    "news",
    "read_page",
    "draw_picture",
    "offer_guide",
)
BETWEEN: Final = "__"
"""Stands between the name of an MCP server and its tool; no tool of ours has it in its name."""
