"""What the public API takes: a request with anything else in it is refused, as Google does."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

Shape = dict[str, Any]
"""Field -> a Python type, a nested shape, or a list with the one shape of its items."""

_BLOB: Final[Shape] = {"mimeType": str, "data": str, "displayName": str}
_PART: Final[Shape] = {
    "text": str,
    "thought": bool,
    "thoughtSignature": str,
    "inlineData": _BLOB,
    "fileData": {"mimeType": str, "fileUri": str, "displayName": str},
    "functionCall": {"id": str, "name": str, "args": dict},
    "functionResponse": {"id": str, "name": str, "response": dict},
    "executableCode": {"language": str, "code": str},
    "codeExecutionResult": {"outcome": str, "output": str},
    "videoMetadata": dict,
    "mediaResolution": dict,
}
_CONTENT: Final[Shape] = {"role": str, "parts": [_PART]}
_TOOL: Final[Shape] = {
    "functionDeclarations": [
        {"name": str, "description": str, "parametersJsonSchema": dict, "parameters": dict}
    ],
    "googleSearch": dict,
    "urlContext": dict,
    "codeExecution": dict,
}
REQUEST: Final[Shape] = {
    "model": str,
    "contents": [_CONTENT],
    "systemInstruction": _CONTENT,
    "generationConfig": {
        "candidateCount": int,
        "maxOutputTokens": int,
        "temperature": float,
        "topP": float,
        "topK": float,
        "seed": int,
        "stopSequences": list,
        "responseMimeType": str,
        "responseSchema": dict,
        "responseJsonSchema": dict,
        "responseModalities": list,
        "imageConfig": dict,
        "speechConfig": dict,
        "mediaResolution": str,
        "thinkingConfig": {"thinkingLevel": str, "thinkingBudget": int, "includeThoughts": bool},
    },
    "safetySettings": [{"category": str, "threshold": str}],
    "tools": [_TOOL],
    "toolConfig": {"functionCallingConfig": {"mode": str, "allowedFunctionNames": list}},
    "cachedContent": str,
    "continuationToken": str,
    "store": bool,
    "serviceTier": str,
    "labels": dict,
}
SKIP: Final = "skip_thought_signature_validator"
LEVELS: Final = frozenset({"LOW", "MEDIUM", "HIGH"})


class ShapeError(Exception):
    """The request would be refused with this sentence."""


def check(body: Any) -> None:
    """Look at a whole request, and spell its fields in one way.

    Raises:
        ShapeError: The public API would not take it.

    """
    _fields(body, REQUEST, "")
    contents = body.get("contents")
    if not contents:
        raise ShapeError("* GenerateContentRequest.contents: contents is not specified")
    for index, content in enumerate(contents):
        where = f"contents[{index}]"
        if content.get("role") not in {"user", "model"}:
            raise ShapeError("Please use a valid role: user, model.")
        if not content.get("parts"):
            raise ShapeError(f"* GenerateContentRequest.{where}.parts: must not be empty")
        for number, part in enumerate(content["parts"]):
            _check_part(part, f"{where}.parts[{number}]")
    if contents[0]["role"] != "user" or contents[-1]["role"] != "user":
        raise ShapeError("Please ensure that the contents begin and end with a user turn.")
    thinking = body.get("generationConfig", {}).get("thinkingConfig", {})
    if thinking.get("thinkingLevel", "LOW") not in LEVELS:
        raise ShapeError("Thinking level is not supported for this model.")


def _check_part(part: dict[str, Any], where: str) -> None:
    kinds = set(part) - {"thought", "thoughtSignature", "videoMetadata", "mediaResolution"}
    if len(kinds) != 1:
        raise ShapeError(
            f"{where}.data: required oneof field 'data' must have one initialized field"
        )
    if part.get("thoughtSignature", SKIP) != SKIP:
        given = part["thoughtSignature"].replace("-", "+").replace("_", "/")
        part["thoughtSignature"] = given
    blob = part.get("inlineData")
    if blob is None:
        return
    if not blob.get("mimeType", "").startswith(("image/", "audio/", "video/", "text/", "applica")):
        raise ShapeError(f"Unsupported MIME type: {blob.get('mimeType')}")
    # Google reads both alphabets, and its own package writes the other one.
    blob["data"] = blob.get("data", "").replace("-", "+").replace("_", "/")
    try:
        if not base64.b64decode(blob.get("data", ""), validate=True):
            raise ShapeError("Unable to process input image.")
    except binascii.Error:
        raise ShapeError(f"Invalid value at '{where}.inline_data.data' (TYPE_BYTES)") from None


def _fields(value: Any, shape: Any, where: str) -> None:
    if isinstance(shape, dict):
        _is(value, dict, where)
        for name in list(value):
            # Google reads both spellings, and its own package mixes them.
            value[_camel(name)] = value.pop(name)
        for name, inner in value.items():
            if name not in shape:
                at = f" at '{where}'" if where else ""
                raise ShapeError(
                    f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'
                )
            _fields(inner, shape[name], f"{where}.{name}" if where else name)
    elif isinstance(shape, list):
        _is(value, list, where)
        for index, inner in enumerate(value):
            _fields(inner, shape[0], f"{where}[{index}]")
    else:
        _is(value, (int, float) if shape is float else shape, where)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _is(value: Any, kind: Any, where: str) -> None:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ShapeError(f"Invalid value at '{where}'")
