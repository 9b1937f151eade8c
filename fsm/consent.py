"""What a tool may do only when a person has pressed a button: proposed, shown, approved once."""

from __future__ import annotations

from fsm import aloud, busy, promises, turns
from fsm.content import Prompt
from fsm.data import Conversation, Rules
from fsm.effects import Say
from fsm.events import Chosen
from fsm.proposals import MOST, Proposal
from fsm.states import State
from fsm.tool_events import CameDue, Proposed, ReminderDropped, ReminderSet
from fsm.turns import Decided
from fsm.values import replace
from fsm.voice import Spoken


def hear(
    conv: Conversation,
    event: Spoken | ReminderSet | ReminderDropped | CameDue | Proposed,
    now: float,
) -> Decided:
    """Return the conversation after what a tool, a recording, or the time of a promise brought."""
    match event:
        case Spoken():
            return aloud.hear(conv, event, now)
        case Proposed():
            return propose(conv, event)
        case _:
            return promises.hear(conv, event, now)


def propose(conv: Conversation, event: Proposed) -> Decided:
    """Keep a call until a person decides; the same one again (a second attempt) is no other."""
    if any(_key(each) == _key(event.proposal) for each in conv.proposals):
        return conv, ()
    made = replace(event.proposal, id=conv.last_proposal + 1)
    kept = (*conv.proposals, made)[-MOST:]
    return replace(conv, proposals=kept, last_proposal=made.id), ()


def approve(conv: Conversation, event: Chosen, now: float, rules: Rules) -> Decided:
    """Ask the model again, with what it proposed done first; each consent is for one time."""
    found = next((each for each in conv.proposals if each.id == event.about), None)
    if found is None:
        return conv, (Say(key="proposal-gone", language=event.language),)
    if found.person and event.person != found.person:
        return conv, (Say(key="proposal-not-yours", language=event.language),)
    left = replace(conv, proposals=tuple(each for each in conv.proposals if each is not found))
    wish = Prompt(
        instruction="approved",
        calls=(found.call,),
        language=event.language,
        person=event.person,
        at=now,
    )
    if left.state in (State.IDLE, State.COLLECTING):
        return turns.in_turn(left, (*left.collected, wish), now, rules)
    return busy.wait(left, wish, rules)


def _key(proposal: Proposal) -> tuple[int, str, str]:
    return proposal.turn, proposal.call.name, proposal.call.arguments
