"""A conversation that a test can talk to, step by step, without actors."""

from __future__ import annotations

from typing import TypeVar

from fsm.content import Prompt
from fsm.conversation import decide, resume
from fsm.data import Conversation, Rules
from fsm.effects import Effect, Effects
from fsm.events import Asked, Event, Finished, Grew
from fsm.outbox import Outbox
from fsm.states import State

E = TypeVar("E")


class Talk:
    """Keeps the value, the time and the effects of the latest step."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.conv = Conversation()
        self.outbox = Outbox()
        self.now = 1000.0
        self.effects: Effects = ()
        self._message = 0

    def hear(self, event: Event) -> Effects:
        self.conv, self.effects = decide(self.conv, event, self.now, self.rules, self.outbox)
        return self.effects

    def ask(self, text: str = "hi", **more: object) -> Effects:
        self._message += 1
        prompt = Prompt(text=text, message=self._message, at=self.now, **more)  # type: ignore[arg-type]
        return self.hear(Asked(prompt=prompt))

    def grow(self, text: str) -> Effects:
        return self.hear(Grew(turn=self.conv.turn, attempt=self.conv.attempt, text=text))

    def finish(self, text: str = "answer", **more: object) -> Effects:
        return self.hear(
            Finished(turn=self.conv.turn, attempt=self.conv.attempt, text=text, **more)  # type: ignore[arg-type]
        )

    def restart(self) -> Effects:
        self.conv, self.effects = resume(self.conv, self.now, self.rules)
        return self.effects

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def only(self, kind: type[E]) -> E:
        """Return the one effect of that kind in the latest step."""
        found = [effect for effect in self.effects if isinstance(effect, kind)]
        assert len(found) == 1, self.effects
        return found[0]

    def none(self, kind: type[Effect]) -> bool:
        return not any(isinstance(effect, kind) for effect in self.effects)

    def in_state(self, state: State) -> Talk:
        """Bring a fresh conversation into *state*, by the way people do."""
        if state is State.COLLECTING:
            self.ask("", album="a")
        elif state is not State.IDLE:
            self.ask("question")
        if state is State.STREAMING:
            self.grow("ans")
        if state is State.COOLING:
            self.finish()
        assert self.conv.state is state
        return self
