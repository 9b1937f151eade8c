"""What a preview says: the answer so far, and what stands around it."""

from __future__ import annotations

from actors.chat_value import Chat
from actors.ports import Voice
from fsm.effects import Show


def shown(effect: Show, chat: Chat, voice: Voice) -> str:
    """Return the text of a preview; empty: nothing has been said yet, and nothing stands above."""
    conv, heading = chat.conversation, chat.outbox.heading
    language, text = conv.prompts[-1].language, effect.text
    if effect.doing:  # the model is at something else for a while
        doing = voice.say(language, effect.doing, effect.doing_args)
        text = f"{text.rstrip()}\n\n{doing}".lstrip()
    if effect.attempt > 1 and conv.longest:
        text = f"{voice.say(language, 'restart-mark')}\n\n{text}"
    return f"{heading}{text or '…'}" if heading else text
