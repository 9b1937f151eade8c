"""What a chat has to say: from intentions of the rules to answers in its outbox. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from actors.asking import put_question
from actors.citing import with_sources
from actors.enclosing import enclosed
from actors.ports import Address, Channel, Growth, Voice
from fsm.effects import (
    Attach,
    Button,
    Effect,
    Finish,
    Generate,
    Say,
    ShowRest,
    ShowStep,
    Wish,
    Withhold,
)
from fsm.outbox import Answer, Outbox, Part, drop_bubble, has_place, take, take_over
from fsm.withholding import forget_withheld, show_rest, withhold

OFFERS = 2
"""So many answers that are more than text offer to be plain ones from now on."""
_FOREIGN_WISHES = (Wish.RETRY, Wish.REGENERATE)
BUBBLE = b""
"""Body of a first bubble: the channel writes what it likes."""


class Speech:
    """Words intentions and cuts them into parts for good."""

    def __init__(self, voice: Voice, channel: Channel) -> None:
        self._voice = voice
        self._channel = channel

    def said(
        self,
        outbox: Outbox,
        effects: Sequence[Effect],
        address: Address,
        *,
        plain: bool,
        name: str = "",
    ) -> tuple[Outbox, Sequence[object]]:
        """Return the outbox with all that *effects* want said, and the other effects.

        Answers are signed with *name*.
        """
        others: list[object] = []
        for effect in effects:
            match effect:
                case Finish():
                    outbox = self._finished(outbox, effect, address, plain=plain, name=name)
                case Say():
                    if effect.turn:
                        outbox = drop_bubble(outbox, effect.turn)
                    said = self._sentence(effect, address, outbox.heading, plain=plain)
                    outbox = take(outbox, said)
                case Attach():
                    outbox = self._attached(outbox, effect)
                case Withhold():
                    outbox = self._withheld(outbox, effect, address, plain=plain)
                case ShowRest():
                    outbox = show_rest(outbox, effect.answer)
                case ShowStep():
                    cut = partial(self._channel.paginate, plain=plain)
                    outbox = put_question(outbox, effect, self._voice, cut)
                case Generate():
                    outbox = self._begun(forget_withheld(outbox), effect, address)
                    others.append(effect)
                case _:
                    others.append(effect)
        return outbox, others

    def _finished(
        self, outbox: Outbox, finish: Finish, address: Address, *, plain: bool, name: str
    ) -> Outbox:
        """Take the whole answer; the first rich ones offer plain messages, in case they look odd.

        Telegram does not say whether somebody's app can show a rich message.
        """
        outbox = drop_bubble(outbox, finish.turn)
        if finish.again:
            outbox = take_over(outbox, finish.turn, finish.turn)
        answer = self._answer(finish, address, outbox.heading, plain=plain, name=name)
        if address.foreign:
            return take(outbox, answer)
        if outbox.offers < OFFERS and any(map(self._channel.is_rich, bodies_of(answer))):
            offer = Button(wish=Wish.PLAIN, about=finish.turn)
            answer = replace(answer, buttons=(*answer.buttons, offer))
            outbox = replace(outbox, offers=outbox.offers + 1)
        if self._channel.attachments(finish.text):
            offer = Button(wish=Wish.FILES, about=finish.turn)
            answer = replace(answer, buttons=(*answer.buttons, offer))
        return take(outbox, answer)

    def _attached(self, outbox: Outbox, attach: Attach) -> Outbox:
        bodies = self._channel.attachments(attach.text)
        if not bodies:
            return outbox
        parts = tuple(Part(body=body) for body in bodies)
        return take(outbox, Answer(id=0, parts=parts, language=attach.language))

    def _answer(
        self, finish: Finish, address: Address, heading: str, *, plain: bool, name: str
    ) -> Answer:
        text = finish.text
        if finish.sources:
            text = with_sources(text, finish.sources, self._voice.say(finish.language, "sources"))
        if finish.note:
            note = self._voice.say(finish.language, finish.note, finish.note_args)
            text = f"{text.rstrip()}\n\n{note}"
        if name and text:
            signature = self._voice.say(finish.language, "signature", {"name": name})
            text = f"{text.rstrip()}\n\n{signature}"
        if address.foreign and finish.media:
            # Only what is at Telegram already could be shown there, and to get it there it would
            # have to be sent to somebody who has not asked for it.
            text = f"{text.rstrip()}\n\n{self._voice.say(finish.language, 'not-shown-here')}"
            answer = self._worded(heading + text, finish, address, plain=plain)
            return replace(answer, parts=(replace(answer.parts[0], media=finish.media[0]),))
        answer = self._worded(heading + text, finish, address, plain=plain)
        return enclosed(answer, finish.media, text, self._channel)

    def _sentence(self, say: Say, address: Address, heading: str, *, plain: bool) -> Answer:
        text = self._voice.say(say.language, say.key, say.args) if say.key else ""
        answer = self._worded(heading + text, say, address, plain=plain)
        return enclosed(answer, say.media, text, self._channel)

    def _worded(self, text: str, said: Finish | Say, address: Address, *, plain: bool) -> Answer:
        """Return *text* as it will be sent, cut into parts for good."""
        grown = address if isinstance(said, Finish) else None
        bodies = self._channel.paginate(text, plain=plain, grown=grown)
        if address.foreign and len(bodies) > 1:
            bodies = self._shortened(text, said.language, plain=plain)
        return Answer(
            id=0,
            parts=tuple(Part(body=body) for body in bodies),
            turn=said.turn,
            # Only among several people an answer quotes its question, so that each finds theirs.
            reply_to=0 if address.private else said.reply_to,
            buttons=said.buttons if not address.foreign else foreign_buttons(said.buttons),
            language=said.language,
        )

    def _shortened(self, text: str, language: str, *, plain: bool) -> Sequence[bytes]:
        """Return the beginning of *text* as one message that says that there was more."""
        note, room = self._voice.say(language, "cut-short"), len(text)
        bodies = self._channel.paginate(text, plain=plain)
        while len(bodies) > 1 and room > 1:
            room = room * 3 // 4
            beginning = text[:room].rsplit("\n", 1)[0] or text[:room]
            bodies = self._channel.paginate(f"{beginning}…\n\n{note}", plain=plain)
        return bodies[:1]

    def _withheld(
        self, outbox: Outbox, effect: Withhold, address: Address, *, plain: bool
    ) -> Outbox:
        outbox, answer = withhold(outbox, effect.turn)
        if not answer:
            return outbox
        button = Button(wish=Wish.REST, about=answer)
        offer = Say(key="withheld", buttons=(button,), language=effect.language)
        return take(outbox, self._sentence(offer, address, outbox.heading, plain=plain))

    def _begun(self, outbox: Outbox, generate: Generate, address: Address) -> Outbox:
        """Make room for an answer: the place of the one it replaces, or a bubble.

        Where there are no drafts, an answer grows in a message of its own, sent first.
        """
        if generate.replaces:
            outbox = take_over(outbox, generate.replaces, generate.turn)
        asked = generate.prompts[-1]
        if asked.place and not has_place(outbox, generate.turn):
            heading = self._voice.say(asked.language, "heading", {"question": asked.text})
            return replace(
                outbox,
                bubble_turn=generate.turn,
                bubble=asked.place,
                heading=f"{heading}\n\n",
            )
        in_bubble = asked.ticket or self._channel.growth(address) is Growth.BUBBLE
        if not in_bubble or generate.attempt > 1 or has_place(outbox, generate.turn):
            return outbox
        bubble = Answer(
            id=0,
            parts=(Part(body=BUBBLE),),
            turn=generate.turn,
            reply_to=next((each.message for each in generate.prompts if each.message), 0),
            buttons=(Button(wish=Wish.STOP, about=generate.turn),),
            language=generate.prompts[-1].language,
            bubble=True,
            ticket=asked.ticket,
        )
        return take(outbox, bubble)


def foreign_buttons(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    """Return the *buttons* that make sense where nothing can follow the answer."""
    return tuple(button for button in buttons if button.wish in _FOREIGN_WISHES)


def bodies_of(answer: Answer) -> tuple[bytes, ...]:
    """Return the bodies of the parts of *answer*."""
    return tuple(part.body for part in answer.parts)
