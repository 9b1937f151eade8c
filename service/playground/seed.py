"""The people and chats a visitor finds on the page at the first look."""

from __future__ import annotations

from service.playground.speech import open_topic
from service.playground.world import World


def seed(world: World) -> None:
    """Fill *world* with three people, a group, one with topics, and one without the bot."""
    ada = world.add_person("Ada", id=1001)
    lin = world.add_person("小林", language="zh-hans", id=1002)
    sam = world.add_person("Sam", id=1003)
    everyone = [ada.id, lin.id, sam.id]
    world.add_chat("Weekend trip", everyone, id=-2001)
    studio = world.add_chat("Studio", everyone, type="supergroup", id=-1_000_000_003_001)
    for name in ("Ideas", "食谱 Recipes"):
        open_topic(world, studio, name, ada.as_user())
    world.add_chat("Book club", everyone, id=-2002, has_bot=False)
