"""What a model writes, as Telegram can show it: one tree from Markdown, three ways to say it.

>>> page, = paginate("**Hello**, `world`", Profile())
>>> page.text, [entity["type"] for entity in page.entities], page.rich
('Hello, world', ['bold', 'code'], None)
"""

from service.channels.telegram.text.pages import Page, Profile, paginate, simpler
from service.channels.telegram.text.preview import Preview

__all__ = ["Page", "Preview", "Profile", "paginate", "simpler"]
