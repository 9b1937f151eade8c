"""The buttons under our messages, as Telegram wants them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from actors.ports import Voice
from fsm.effects import Button, Wish
from fsm.flow.screen import PUT_AWAY
from fsm.outbox import Answer
from service.channels.telegram.marks import callback_data

_STYLES: Final = {Wish.STOP: "danger"}
_PER_ROW: Final = 2


class Keyboards:
    """Draws keyboards; what a button is called is asked once per language."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._labels: dict[tuple[str, Wish], str] = {}

    def draw(
        self, buttons: tuple[Button, ...], language: str, chat: int = 0
    ) -> msgspec.Raw | msgspec.UnsetType:
        """Return *buttons* as JSON, or nothing when there are none; *chat* as in `Press`."""
        if not buttons:
            return msgspec.UNSET
        drawn = [self._button(button, language, chat) for button in buttons]
        rows = [drawn[at : at + _PER_ROW] for at in range(0, len(drawn), _PER_ROW)]
        return msgspec.Raw(msgspec.json.encode({"inline_keyboard": rows}))

    def of(
        self, answer: Answer, *, private: bool, chat: int = 0
    ) -> msgspec.Raw | msgspec.UnsetType:
        """Return the keyboard of *answer* as JSON: its own keys, or its buttons.

        A key that sends a location or a contact is known in private chats alone.
        """
        if answer.request and not private:
            return msgspec.UNSET
        if answer.request:
            return msgspec.Raw(msgspec.json.encode(self._request(answer)))
        if not answer.keys:
            return self.draw(answer.buttons, answer.language, chat)
        rows = [
            [{"text": key.label, "callback_data": key.data} for key in row] for row in answer.keys
        ]
        return msgspec.Raw(msgspec.json.encode({"inline_keyboard": rows}))

    def stop(self, turn: int, language: str, chat: int = 0) -> msgspec.Raw | msgspec.UnsetType:
        """Return the keyboard of an answer that is still growing."""
        return self.draw((Button(wish=Wish.STOP, about=turn),), language, chat)

    def _request(self, answer: Answer) -> dict[str, Any]:
        if answer.request == PUT_AWAY:
            return {"remove_keyboard": True}
        label = self._voice.say(answer.language, f"button-send-{answer.request}")
        key = {"text": label, f"request_{answer.request}": True}
        return {"keyboard": [[key]], "resize_keyboard": True, "one_time_keyboard": True}

    def title(self, language: str) -> str:
        """Return what stands over an offer, where a list of them is shown."""
        return self._voice.plain(language, "inline-title")

    def _button(self, button: Button, language: str, chat: int) -> dict[str, Any]:
        key = (language, button.wish)
        label = button.label or self._labels.get(key)
        if not label:
            label = self._voice.say(language, f"button-{button.wish.value}")
            self._labels[key] = label
        drawn = {"text": label, "callback_data": callback_data(button, chat)}
        if style := _STYLES.get(button.wish):
            drawn["style"] = style
        return drawn
