"""Small questions about several prompts: who spoke last, which one is another's new form."""

from __future__ import annotations

from typing import Final

from fsm.content import Prompt
from fsm.values import replace

AT_PROVIDER: Final = ("search", "read", "run")
"""Wishes that a provider fulfils on its side."""
IMAGE: Final = "image"
"""The wish of whoever wants a picture."""


def at_provider(prompts: tuple[Prompt, ...]) -> str:
    """Return the wish among *prompts* that the model's provider is to fulfil; empty: none."""
    wishes = [prompt.instruction for prompt in prompts if prompt.instruction in AT_PROVIDER]
    return wishes[-1] if wishes else ""


def is_order(prompts: tuple[Prompt, ...]) -> bool:
    """Whether *prompts* order a picture."""
    return any(prompt.instruction == IMAGE for prompt in prompts)


def of_one_speaker(
    prompts: tuple[Prompt, ...],
) -> tuple[tuple[Prompt, ...], tuple[Prompt, ...]]:
    """Return those at the beginning of *prompts* that one person said, and all others.

    Only groups tell people apart.
    """
    speakers = [prompt.person if prompt.author else "" for prompt in prompts]
    count = next((at for at, each in enumerate(speakers) if each != speakers[0]), len(prompts))
    return prompts[:count], prompts[count:]


def language(prompts: tuple[Prompt, ...]) -> str:
    """Return the language of whoever spoke last."""
    return prompts[-1].language if prompts else "en"


def reply_to(prompts: tuple[Prompt, ...]) -> int:
    """Return the message to answer to: the last one that is a message."""
    return next((prompt.message for prompt in reversed(prompts) if prompt.message), 0)


def has(prompts: tuple[Prompt, ...], prompt: Prompt) -> bool:
    """Whether one of *prompts* is an earlier form of *prompt*."""
    return bool(prompt.message) and any(each.message == prompt.message for each in prompts)


def corrected(prompts: tuple[Prompt, ...], prompt: Prompt) -> tuple[Prompt, ...]:
    """Return *prompts* with *prompt* instead of its earlier form, if that is among them."""
    if not has(prompts, prompt):
        return prompts
    return tuple(prompt if each.message == prompt.message else each for each in prompts)


def without_calls(prompts: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    """Return *prompts* without the calls that were consented to: each consent is for once."""
    if not any(prompt.calls for prompt in prompts):
        return prompts
    return tuple(replace(prompt, calls=()) for prompt in prompts)
