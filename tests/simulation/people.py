"""People who write, press and change their minds, at random but never for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import anyio

from actors.ports import Address
from fsm.effects import Button, Wish
from service.channels.telegram.marks import callback_data, draft_id
from tests.simulation.ledger import Chat, Sent
from tests.simulation.telegram import ME, Screen, Telegram, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A chat where somebody writes."""

    chat: int
    topic: int = 0

    @property
    def key(self) -> str:
        return Address(channel="telegram", bot=str(ME.id), chat=self.chat, topic=self.topic).key

    def message(self, number: int, **what: Any) -> dict[str, Any]:
        kind = "private" if self.chat > 0 else "supergroup"
        topic = {"message_thread_id": self.topic, "is_topic_message": True} if self.topic else {}
        return {
            "message_id": number,
            "chat": {"id": self.chat, "type": kind},
            "from": {"id": 42, "first_name": "Ada", "language_code": "en"},
            **topic,
            **what,
        }


PLACES = (
    Place(chat=42),
    Place(chat=43),
    Place(chat=-100),
    Place(chat=-200, topic=5),
    Place(chat=-200, topic=6),
)


class Crowd:
    """Everybody, with what they will do drawn as they do it."""

    def __init__(self, telegram: Telegram, chance: Random, clock: Callable[[], float]) -> None:
        self._telegram = telegram
        self._chance = chance
        self._clock = clock
        self._albums = 0
        self.places = chance.sample(PLACES, chance.randint(1, 4))
        self.events = chance.randint(3, 25)
        self.done = False
        self._come_back: set[tuple[Place, int]] = set()
        self.pauses = chance.choice([(0.0, 0.1, 0.5), (0.3, 2.0, 8.0), (0.0, 0.5, 30.0)])
        wild = chance.random() < 0.7
        self._acts: dict[Callable[[Place], None], int] = {
            self._says: 10,
            self._sends_album: 3,
            self._pastes: 1,
            self._edits: 2 if wild else 0,
            self._presses: 4,
            self._stops_draft: 2,
            self._stops: 1 if wild else 0,
            self._resets: 1 if wild else 0,
            self._retries: 1 if wild else 0,
            self._asks_for_help: 1,
        }

    async def act(self) -> None:
        """Do everything there is to do."""
        for _ in range(self.events):
            await anyio.sleep(about(self._chance, *self.pauses))
            self._choose()(self._chance.choice(self.places))
        self.done = True

    def _choose(self) -> Callable[[Place], None]:
        return self._chance.choices(list(self._acts), list(self._acts.values()))[0]

    def _chat(self, place: Place) -> Chat:
        return self._telegram.ledger.chat(place.key)

    def _screen(self, place: Place) -> Screen:
        return self._telegram.screen(place.key)

    def _sends(self, place: Place, album: str = "", **what: Any) -> int:
        number = self._telegram.number()
        message = place.message(number, date=int(self._clock()), **what)
        if place.chat < 0:  # in a group the bot hears replies to it
            message["reply_to_message"] = place.message(1, **{"from": {"id": ME.id}})
        update = self._telegram.put({"message": message})
        self._chat(place).sent[number] = Sent(update=update, message=number, album=album)
        return update

    def _commands(self, place: Place, text: str) -> int:
        entity = {"type": "bot_command", "offset": 0, "length": len(text)}
        message = place.message(
            self._telegram.number(), date=int(self._clock()), text=text, entities=[entity]
        )
        return self._telegram.put({"message": message})

    def _says(self, place: Place) -> None:
        self._sends(place, text="hello")

    def _pastes(self, place: Place) -> None:
        for length in (3600, 3600, 20):
            self._sends(place, text="p" * length)

    def _sends_album(self, place: Place) -> None:
        self._albums += 1
        album = f"a{self._albums}"
        for _ in range(self._chance.randint(2, 4)):
            photo = [
                {"file_id": f"f{self._albums}", "file_unique_id": "u", "width": 9, "height": 9}
            ]
            self._sends(place, album=album, photo=photo, media_group_id=album)

    def _edits(self, place: Place) -> None:
        if known := self._chat(place).sent:
            number = self._chance.choice(list(known))
            if not known[number].album:
                changed = place.message(
                    number, date=1, edit_date=2, text=f"changed {self._chance.random()}"
                )
                if place.chat < 0:
                    changed["reply_to_message"] = place.message(1, **{"from": {"id": ME.id}})
                self._telegram.put({"edited_message": changed})
                self._chat(place).edits += 1

    def _presses(self, place: Place) -> None:
        """Press any button that was ever shown, also one that is of no use any more."""
        shown = [
            (number, button)
            for number, buttons in self._screen(place).buttons.items()
            for button in buttons
        ]
        if not shown:
            return
        self._press(place, *self._chance.choice(shown))

    def _press(self, place: Place, number: int, button: Button) -> None:
        self._telegram.put(
            {
                "callback_query": {
                    "id": "1",
                    "from": {"id": 42, "first_name": "Ada"},
                    "data": callback_data(button),
                    "message": place.message(number),
                }
            }
        )
        chat = self._chat(place)
        if button.wish is Wish.STOP:
            chat.stopped.add(button.about)
        chat.retries += button.wish is Wish.RETRY
        chat.helds += button.wish is Wish.HELD
        chat.rests += button.wish is Wish.REST

    def come_back_to_what_was_held(self) -> bool:
        """Press the button under what a /stop held, where somebody has not; whether there was."""
        found = False
        for place in self.places:
            for number, buttons in self._screen(place).buttons.items():
                for button in buttons:
                    if button.wish is Wish.HELD and (place, number) not in self._come_back:
                        self._come_back.add((place, number))
                        self._press(place, number, button)
                        found = True
        return found

    def _stops_draft(self, place: Place) -> None:
        """Press Stop, now and then for a draft that is no more."""
        turn = self._screen(place).draft
        if self._chance.random() < 0.3:
            turn = max(self._chat(place).prompts, default=0)
        if place.chat > 0 and turn:
            stopped = {"chat": {"id": place.chat, "type": "private"}, "draft_id": draft_id(turn, 1)}
            self._telegram.put({"stopped_message_generation": stopped})
            self._chat(place).stopped.add(turn)

    def _stops(self, place: Place) -> None:
        self._chat(place).stops.append(self._commands(place, "/stop"))

    def _resets(self, place: Place) -> None:
        self._chat(place).resets.append(self._commands(place, "/reset"))

    def _retries(self, place: Place) -> None:
        self._commands(place, "/retry")
        self._chat(place).retries += 1

    def _asks_for_help(self, place: Place) -> None:
        self._commands(place, "/help")
        self._chat(place).helps += 1
