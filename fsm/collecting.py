"""What is gathered before a turn: albums, and pastes so long that they came in parts."""

from __future__ import annotations

from fsm.content import Prompt
from fsm.data import Conversation, Rules
from fsm.effects import Effects, StartTimer
from fsm.states import State, next_state
from fsm.values import replace

WINDOW = "window"
"""Name of the timer that closes the window."""
PATIENCE = 4
"""So many times as long as between the items so far the next one is waited for."""


def opens_window(prompt: Prompt, rules: Rules) -> bool:
    """Whether more is likely to follow *prompt* at once."""
    return bool(prompt.album) or len(prompt.text) >= rules.paste_from


def collect(
    conv: Conversation, prompt: Prompt, now: float, rules: Rules
) -> tuple[Conversation, Effects]:
    """Return the conversation with *prompt* gathered, and its window open a little longer."""
    first = conv.state is not State.COLLECTING
    began = now if first else conv.window_began
    wait = rules.album_window if prompt.album else rules.paste_window
    if not first:
        # Whoever sends quickly is soon done: the next one is awaited in proportion.
        usual = (now - began) / len(conv.collected)
        wait = min(wait, max(rules.shortest_window, PATIENCE * usual))
    ends = min(now + wait, began + rules.longest_window)
    moved = replace(
        conv,
        state=next_state(conv.state, "collect"),
        since=now if first else conv.since,
        collected=(*conv.collected, prompt),
        window_began=began,
        window_ends=ends,
    )
    return moved, (StartTimer(name=WINDOW, at=ends),)


def reopen(conv: Conversation, now: float, rules: Rules) -> tuple[Conversation, Effects]:
    """Return the conversation with its window open for its whole length again, after a start."""
    album = any(prompt.album for prompt in conv.collected)
    ends = now + (rules.album_window if album else rules.paste_window)
    return replace(conv, window_began=now, window_ends=ends), (StartTimer(name=WINDOW, at=ends),)


def completes(conv: Conversation, prompt: Prompt, rules: Rules) -> bool:
    """Whether *prompt* belongs to what is being collected and may have company still."""
    of_album = sum(prompt.album == known.album for known in conv.collected) if prompt.album else 0
    full = of_album + 1 >= rules.most_in_album or len(conv.collected) >= rules.most_collected
    return opens_window(prompt, rules) and not full


def in_order(prompts: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    """Return album items by message number (they arrive in any order), the rest as it came."""
    return tuple(sorted(prompts, key=lambda prompt: prompt.message))


def is_straggler(conv: Conversation, prompt: Prompt) -> bool:
    """Whether *prompt* is a late item of the album that the turn in hand answers."""
    return bool(prompt.album) and any(prompt.album == known.album for known in conv.prompts)
