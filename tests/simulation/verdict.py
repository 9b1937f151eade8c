"""What must be true of a chat when everything has come to rest."""

from __future__ import annotations

from tests.simulation.ledger import Chat, Ledger
from tests.simulation.telegram import Telegram


def judge(ledger: Ledger, telegram: Telegram) -> None:
    """Note in *ledger* every promise that was not kept."""
    for chat in ledger.chats.values():
        _covered(ledger, chat)
        _whole(ledger, chat)
        _in_order(ledger, chat)
        _helped(ledger, chat)
        _no_bare_bubbles(ledger, telegram, chat)


def _covered(ledger: Ledger, chat: Chat) -> None:
    """Each message has exactly one final."""
    spoken: dict[int, list[int]] = {}
    for turn, answers in chat.finals.items():
        if len(answers) > 1:
            ledger.broke(f"{chat.key} {turn}: has {len(answers)} finals")
        if turn not in chat.prompts:
            ledger.broke(f"{chat.key} {turn}: a final of a turn that nobody knows")
        for message in chat.prompts.get(turn, ()):
            spoken.setdefault(message, []).append(turn)
    for number, sent in chat.sent.items():
        turns = spoken.get(number, [])
        if len(turns) > 1 + chat.retries + chat.edits:
            ledger.broke(f"{chat.key}: message {number} was answered in turns {turns}")
        # A /stop forgets what is being collected and says so; what waited it only holds, behind
        # a button, and Telegram may refuse to show that.
        dropped = any(c[0].body == "<collection-dropped>" for c in chat.calls.values())
        hidden = any(c[0].body == "<held>" and not c[-1].shown for c in chat.calls.values())
        stops = chat.stops if dropped or hidden else []
        excused = any(update > sent.update for update in (*chat.resets, *stops))
        excused = excused or any(update >= sent.update for update in chat.gone)
        if not turns and not excused:
            ledger.broke(f"{chat.key}: message {number} was never answered")


def _whole(ledger: Ledger, chat: Chat) -> None:
    """A final says what the model wrote, from its first word on, in whole parts."""
    if chat.gone:
        return
    for turn, answers in chat.finals.items():
        for answer in answers:
            calls = {index: made for (known, index), made in chat.calls.items() if known == answer}
            parts = next(iter(calls.values()))[0].answer.parts
            unseen = [
                index
                for index in range(len(parts))
                if not any(call.shown for call in calls.get(index, ()))
                and (answer, index) not in chat.refused
                and sum(call.outcome == "doubt" for call in calls.get(index, ())) < 3
            ]
            if unseen and not chat.stops and not _can_be_stopped(chat, turn):
                ledger.broke(f"{chat.key} {turn}: parts {unseen} were never seen")
        text, _, note = chat.said(turn).partition("\n\n<")
        written = any(each.startswith(text.rstrip()) for each in chat.written[turn])
        if text.startswith("[") and not (written or note or chat.refused):
            ledger.broke(f"{chat.key} {turn}: said {text!r}, the model did not")


def _can_be_stopped(chat: Chat, turn: int) -> bool:
    return bool(chat.rests) or turn in chat.stopped


def _in_order(ledger: Ledger, chat: Chat) -> None:
    """Answers come in the order of their questions, parts in the order of the text."""
    if not chat.rests and not chat.stopped and not chat.stops and chat.order != sorted(chat.order):
        ledger.broke(f"{chat.key}: seen in the order {chat.order}")
    if chat.retries or chat.helds or chat.edits:
        return
    asked = [
        number
        for turn in sorted(chat.finals)
        for number in chat.prompts.get(turn, ())
        if number in chat.sent and not chat.sent[number].album
    ]
    if asked != sorted(asked):
        ledger.broke(f"{chat.key}: answered in the order {asked}")


def _helped(ledger: Ledger, chat: Chat) -> None:
    helped = {where for where, calls in chat.calls.items() if calls[0].body == "<help>"}
    if len(helped) != chat.helps and not chat.gone:
        ledger.broke(f"{chat.key}: {chat.helps} asked for help, {len(helped)} were helped")


def _no_bare_bubbles(ledger: Ledger, telegram: Telegram, chat: Chat) -> None:
    """A bare bubble stays only where its number could not be known."""
    bare = [n for n, text in telegram.screen(chat.key).texts.items() if text.startswith("...")]
    unknown = sum(
        call.shown and (call.outcome != "ok" or ledger.died_after(call.ended, 0.5))
        for calls in chat.calls.values()
        for call in calls
        if call.answer.bubble
    )
    if len(bare) > unknown and not chat.gone and not chat.refused:
        ledger.broke(f"{chat.key}: bubbles {bare} are left bare, {unknown} could not be known")
