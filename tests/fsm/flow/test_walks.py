"""Random walks: whatever people press, in whatever order, their last word at each step counts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fsm.flow.definition import ANSWERLESS, Kind
from fsm.flow.screen import payload
from fsm.flow.state import Given, counted
from service.flows import Library
from service.flows.play import Play
from snapshots.codec import Codec, Schema

FLOWS = Library().flows
CODEC = Codec({"chat": Schema(value=type(Play(FLOWS).conversation))})
TYPED = {
    Kind.TEXT: ["Lisbon by the sea", "Rome in the spring", "no"],
    Kind.NUMBER: ["2", "3"],
    Kind.TIME: ["18:30", "7"],
    Kind.DATE: ["today", "today+3"],
    Kind.LOCATION: ["[Location: 1.5, 2.5]"],
    Kind.CONTACT: ["+49 30 1234567"],
}
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["key", "key", "key", "type", "back", "old", "kill"]),
        st.integers(0, 99),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(FLOWS)), moves=MOVES)
def test_the_answers_at_the_end_are_the_last_words_at_every_step(
    name: str, moves: list[tuple[str, int]]
) -> None:
    person = Play(FLOWS).starts(name)
    # The model of it: what was said last at each step, and the steps that were gone through.
    said: dict[tuple[str, int], Given] = {}
    way: list[tuple[str, int]] = []
    seen = [payload(person.screen, key) for row in person.screen.rows for key in row]
    for move, number in moves:
        before = person.flow
        if before is None:
            break
        at = (before.step, before.round)
        act(person, move, number, seen)
        after = person.flow
        seen += [payload(person.screen, key) for row in person.screen.rows for key in row]
        if after is None:
            break
        if len(after.trail) > len(before.trail):
            way.append(at)
            step = FLOWS[name].step(at[0])
            assert step is not None
            if step.kind not in ANSWERLESS:
                newest = after.given[-1]
                assert (newest.step, newest.round) == at
                said[at] = newest
        elif len(after.trail) < len(before.trail):
            assert (after.step, after.round) == way.pop()
        assert [(each.step, each.round) for each in after.trail] == way
        assert list(counted(after)) == [said[each] for each in way if each in said]


def act(person: Play, move: str, number: int, seen: list[str]) -> None:
    """Do one thing that a person, or bad luck, can do."""
    flow = person.flow
    assert flow is not None
    step = FLOWS[flow.name].step(flow.step)
    assert step is not None
    match move:
        case "type":
            if words := TYPED.get(step.kind):
                person.says(words[number % len(words)])
        case "back":
            if flow.trail:
                person.taps("‹ Back")
        case "old":
            stale = seen[number % len(seen)]
            if not stale.endswith(":cancel"):
                person.waits(10).presses(stale)
        case "kill":
            packed = CODEC.pack(person.conversation)
            person.conversation = CODEC.unpack("chat/1", 1, packed)
            person.wakes_up()
        case _:
            keys = [key for row in person.screen.rows for key in row if key.act != "cancel"]
            if keys:
                person.presses(payload(person.screen, keys[number % len(keys)]))
