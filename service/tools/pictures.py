"""Pictures by the model's own choice: what it cannot draw itself, another model draws for it."""

from __future__ import annotations

from actors.ports import NoPictureError, Setting, Used
from service.tools.declared import ToolError

PATIENCE = 120.0
"""Seconds that a picture may take."""


async def draw_picture(setting: Setting, description: str, change: bool = False) -> Used:
    """Draw a picture for the person, or change the last picture of this talk.

    Use it when a picture is asked for, not as an ornament. The picture goes to the person with
    your answer; you do not see it, so do not describe it, and say no more than a short line.

    Args:
        description: What the picture shows, in detail; or what to change about the last one.
        change: True to change the last picture that either of you sent, instead of a new one.

    """
    if setting.draw is None:
        raise ToolError("No picture can be shown in this chat. Say so, and to ask in our own.")
    if not description.strip():
        raise ToolError("It needs words that say what to draw.")
    try:
        made = await setting.draw(description, change=change)
    except NoPictureError as none:
        raise ToolError(str(none)) from None
    if not made:
        raise ToolError("No picture came of it; say so, and suggest other words.")
    return Used(output="The picture is made and goes out with your answer.", media=made)
