"""Plays flows without a messenger: for `greenroom flows try`, and for tests of your own flows.

person = Play(flows).starts("trip")
person.says("Lisbon")
person.taps("Done")
assert person.sees("Who comes along?")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Self

from fsm.content import Media, MediaKind, Prompt
from fsm.conversation import decide, resume
from fsm.data import Conversation, Rules
from fsm.effects import Acknowledge, Effects, Finish, Generate, Render, Say, ShowStep, Understand
from fsm.events import Asked, Event
from fsm.flow.definition import Definition
from fsm.flow.screen import PLAN, PUT_AWAY, START, UNPLAN, Key, Screen, Words, joined, payload, read
from fsm.flow.state import Flow
from fsm.flow_events import (
    FlowDue,
    FlowPlanned,
    FlowsListed,
    FlowStarted,
    PlanDue,
    Tapped,
    Understood,
)
from fsm.outbox import Outbox
from service.flows.words import worded
from service.texts import Texts

NEW_YEAR: Final = 1_798_761_600.0
"""1 January 2027: when a play takes place unless it is told otherwise."""


class NoSuchKeyError(LookupError):
    """Nothing like that stands on a key of what is shown now."""

    def __init__(self, label: str, keys: tuple[str, ...]) -> None:
        super().__init__(f"there is no key {label!r}; there are: {', '.join(keys)}")


class Play:
    """One person and the flows; what they do takes no time."""

    def __init__(
        self,
        flows: Mapping[str, Definition],
        *,
        language: str = "en",
        person: str = "person.1",
        now: float = NEW_YEAR,
    ) -> None:
        self.rules = Rules(flows=flows)
        self.language = language
        self.person = person
        self.now = now
        self.conversation = Conversation()
        self.outbox = Outbox(live_flow=1, live=1)
        self.screen = Screen(lines=())
        self.toast = ""
        """What the last press was answered with."""
        self.request = ""
        """What the special key beside the text field sends: `location`, `contact` or nothing."""
        self.reads: dict[str, str] = {}
        """What a model would read in these words, where a step wants them understood."""
        self.told: list[str] = []
        """Every sentence that was said outside of a question."""
        self.asked: list[tuple[Prompt, ...]] = []
        """What the model was asked."""
        self._texts = Texts()
        self._messages = 1

    # -- what a person does -------------------------------------------------------------------

    def starts(self, name: str) -> Self:
        """Begin the flow *name*."""
        return self.hears(FlowStarted(name=name, person=self.person, language=self.language))

    def lists(self) -> Self:
        """Ask what there is (/flows)."""
        return self.hears(FlowsListed(language=self.language))

    def says(self, text: str, **more: object) -> Self:
        """Write *text*."""
        return self.hears(Asked(prompt=self._prompt(text=text, **more)))

    def sends(self, kind: MediaKind, *refs: str) -> Self:
        """Send files, as one album if there are several."""
        album = f"album {self._messages}" if len(refs) > 1 else ""
        for ref in refs:
            media = (Media(kind=kind, ref=ref, unique=ref),)
            self.hears(Asked(prompt=self._prompt(media=media, album=album)))
        flow = self.flow
        if flow is not None and flow.shows_at:
            self.now = max(self.now, flow.shows_at)
            self.hears(FlowDue())
        return self

    def taps(self, label: str) -> Self:
        """Press the key that *label* stands on, or else the first with *label* in it.

        Raises:
            NoSuchKeyError: There is none.

        """
        keys = [key for row in self.screen.rows for key in row]
        exact = [key for key in keys if self.label(key) == label]
        near = [key for key in keys if label in self.label(key)]
        if not (found := exact or near):
            raise NoSuchKeyError(label, tuple(map(self.label, keys)))
        return self.presses(payload(self.screen, found[0]))

    def presses(self, data: str) -> Self:
        """Press a key that carries *data*, perhaps an old one."""
        carried = read(data)
        assert carried is not None, data
        if carried.act == START:
            return self.starts(carried.step)
        if carried.act in (PLAN, UNPLAN):
            wanted = carried.act == PLAN
            return self.hears(
                FlowPlanned(
                    name=carried.step, wanted=wanted, person=self.person, language=self.language
                )
            )
        return self.hears(
            Tapped(
                flow=carried.flow,
                view=carried.view,
                step=carried.step,
                act=carried.act,
                person=self.person,
                message=int(self.outbox.live),
                callback="press",
                language=self.language,
            )
        )

    def hears(self, event: Event) -> Self:
        """Let *event* happen."""
        self.toast = ""
        self.conversation, effects = decide(
            self.conversation, event, self.now, self.rules, self.outbox
        )
        self._perform(effects)
        return self

    def wakes_up(self) -> Self:
        """Go on as after a restart: only the conversation is left."""
        self.conversation, effects = resume(self.conversation, self.now, self.rules)
        self._perform(effects)
        return self

    def waits(self, seconds: float) -> Self:
        """Let time pass; deadlines of the flow come due."""
        self.now += seconds
        flow = self.flow
        if flow is not None and flow.due and flow.due <= self.now:
            self.hears(FlowDue())
        if any(each.at <= self.now for each in self.conversation.flows.planned):
            self.hears(PlanDue())
        return self

    # -- what a person sees -------------------------------------------------------------------

    @property
    def flow(self) -> Flow | None:
        """Where the person stands."""
        return self.conversation.flows.current

    @property
    def text(self) -> str:
        """The words of the question that is shown."""
        return joined([(line, self._words(line)) for line in self.screen.lines], close="\n")

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """What stands on the keys, in rows."""
        return tuple(tuple(map(self.label, row)) for row in self.screen.rows)

    def sees(self, words: str) -> bool:
        """Return whether *words* are in the question that is shown, or on one of its keys."""
        return words in self.text or any(words in label for row in self.keys for label in row)

    def label(self, key: Key) -> str:
        """Return what stands on *key*."""
        words = key.label
        if not words.key:
            return words.text
        return self._texts.plain(self.language, words.key, words.args)

    def _words(self, words: Words) -> str:
        if not words.key:
            return words.text
        return self._texts.plain(self.language, words.key, words.args)

    def _prompt(self, **more: object) -> Prompt:
        self._messages += 1
        message = self._messages
        fields: dict[str, object] = {"message": message, "person": self.person, "at": self.now}
        return Prompt(**{**fields, "language": self.language, **more})  # type: ignore[arg-type]

    def _perform(self, effects: Effects) -> None:
        for effect in effects:
            match effect:
                case ShowStep(screen=Screen(request=wanted)) if wanted:
                    self.request = "" if wanted == PUT_AWAY else wanted
                    self.told += map(self._words, effect.screen.lines)
                case ShowStep():
                    self.screen = effect.screen
                    self.outbox = replace(self.outbox, live_flow=effect.flow)
                case Acknowledge(key=key, args=args) if key:
                    self.toast = self._texts.plain(self.language, key, args)
                case Say(key=key, args=args):
                    self.told.append(self._texts.plain(self.language, key, args))
                case Finish(text=text):
                    self.told.append(text)
                case Generate(prompts=prompts):
                    self.asked.append(prompts)
                case Render():
                    self.hears(worded(effect.definition, effect.flow))
                case Understand(flow=flow, view=view, prompt=prompt):
                    value = self.reads.get(prompt.text, "")
                    self.hears(Understood(flow=flow, view=view, value=value))
