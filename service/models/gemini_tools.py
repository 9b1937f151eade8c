"""Tools, signatures and thresholds as Gemini writes them."""

from __future__ import annotations

import base64
from typing import Any, Final

import msgspec

from actors.ports import Declaration, Request
from fsm.steps import Seal, Step, stretches

UNSIGNED: Final = "skip_thought_signature_validator"
"""Stands for the signature of a call that this model did not make."""
GOOGLES: Final = frozenset({"search", "read", "run"})
"""What Google can do on its side."""
_FOR: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "search": (("search", "googleSearch"), ("read", "urlContext")),
    "read": (("read", "urlContext"),),
    "run": (("run", "codeExecution"),),
}
"""For each wish what serves it, if that is allowed."""

_HARMS: Final = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
_THRESHOLDS: Final = {
    "strict": "BLOCK_LOW_AND_ABOVE",
    "careful": "BLOCK_MEDIUM_AND_ABOVE",
    "open": "BLOCK_NONE",
}


def safety_field(preset: str) -> dict[str, Any]:
    """Return the field of a request with a *preset*'s thresholds; none: Google's own hold."""
    if not (threshold := _THRESHOLDS.get(preset)):
        return {}
    return {
        "safetySettings": [
            {"category": f"HARM_CATEGORY_{harm}", "threshold": threshold} for harm in _HARMS
        ]
    }


def tools_for(request: Request, allowed: frozenset[str], *, ours: bool = True) -> dict[str, Any]:
    """Return the field of tools: Google's own for a wish that they serve, else ours.

    Not every model takes both together, and one that draws takes none of *ours*. A wish that
    nothing *allowed* serves leaves ours.
    """
    wanted = _FOR.get(request.at_provider, ())
    googles: list[dict[str, Any]] = [{field: {}} for name, field in wanted if name in allowed]
    return {"tools": googles} if googles else tools_field(request.tools if ours else ())


def tools_field(tools: tuple[Declaration, ...]) -> dict[str, Any]:
    """Return the field of a request that declares *tools*."""
    if not tools:
        return {}
    declared = [
        {
            "name": tool.name,
            "description": tool.description,
            "parametersJsonSchema": tool.parameters,
        }
        for tool in tools
    ]
    return {"tools": [{"functionDeclarations": declared}]}


def signed_parts(text: str, seals: tuple[Seal, ...]) -> list[dict[str, Any]]:
    """Return *text* as parts. A signed part is never merged with another one."""
    return [
        {"text": words, "thoughtSignature": base64.b64encode(signature).decode()}
        if signature
        else {"text": words}
        for words, signature in stretches(text, seals)
    ]


def contents_of(step: Step, *, ours: bool) -> list[dict[str, Any]]:
    """Return a round of tools as the model's calls and the user's answers to them.

    A call that another model made has no signature that this one would accept; the first of
    them carries the word that Google documents for that case.
    """
    parts = signed_parts(step.text, step.seals if ours else ())
    for number, call in enumerate(step.calls):
        part: dict[str, Any] = {
            "functionCall": {
                "id": call.id,
                "name": call.name,
                "args": msgspec.json.decode(call.arguments),
            }
        }
        if ours and call.signature:
            part["thoughtSignature"] = base64.b64encode(call.signature).decode()
        elif not ours and not number:
            part["thoughtSignature"] = UNSIGNED
        parts.append(part)
    answers = [
        {
            "functionResponse": {
                "id": result.call,
                "name": result.name,
                "response": {"error" if result.failed else "output": result.output},
            }
        }
        for result in step.results
    ]
    return [{"role": "model", "parts": parts}, {"role": "user", "parts": answers}]
