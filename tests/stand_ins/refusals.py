"""The errors of the stand-in for Gemini, worded as Google words them."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from tests.stand_ins.scenario import Scenario

_PLAIN: Final = {
    "408": "REQUEST_TIMEOUT",
    "500": "INTERNAL",
    "502": "UNAVAILABLE",
    "503": "UNAVAILABLE",
    "504": "DEADLINE_EXCEEDED",
    "400": "INVALID_ARGUMENT",
    "401": "UNAUTHENTICATED",
    "403": "PERMISSION_DENIED",
    "404": "NOT_FOUND",
}
_TYPE: Final = "type.googleapis.com/google.rpc."


def error(
    status: int, name: str, message: str, details: list[dict[str, Any]] | None = None
) -> web.Response:
    """Return an error as Google writes it."""
    body: dict[str, Any] = {"code": status, "message": message, "status": name}
    if details:
        body["details"] = details
    return web.json_response({"error": body}, status=status)


def no_model(name: str) -> web.Response:
    """There is no such model."""
    return error(404, "NOT_FOUND", f"models/{name} is not found for API version v1beta")


def for_key(request: web.Request) -> web.Response | None:
    """Refuse a key that is missing, wrong, or in the address."""
    if "key" in request.query:
        return error(400, "INVALID_ARGUMENT", "the key belongs into a header here")
    key = request.headers.get("x-goog-api-key", "")
    if not key:
        return error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers")
    return _bad_key() if key.startswith("bad") else None


def for_scenario(scenario: Scenario, asked: int) -> web.Response | None:
    """Return the refusal that the marks ask for at this request, if any."""
    for mark, name in _PLAIN.items():
        if scenario.now(mark, 0, asked):
            return error(int(mark), name, f"{name.lower()}, as told")
    if scenario.now("429", 0, asked):
        return _too_many("GenerateRequestsPerMinutePerProject", scenario.number("429", 1, 1))
    if scenario.now("quota", 0, asked):
        return _too_many("GenerateRequestsPerDayPerProjectPerModel-FreeTier", 40_000)
    if scenario.now("toolong", 0, asked):
        return error(400, "INVALID_ARGUMENT", "The input token count exceeds the maximum number")
    if scenario.now("signature", 0, asked):
        return error(400, "INVALID_ARGUMENT", "Function call is missing a thought_signature")
    if scenario.now("html502", 0, asked):
        return web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html")
    return _bad_key() if scenario.now("key", 0, asked) else None


def _bad_key() -> web.Response:
    reason = {"@type": _TYPE + "ErrorInfo", "reason": "API_KEY_INVALID"}
    return error(400, "INVALID_ARGUMENT", "API key not valid.", [reason])


def _too_many(quota: str, seconds: int) -> web.Response:
    details: list[dict[str, Any]] = [
        {"@type": _TYPE + "QuotaFailure", "violations": [{"quotaId": quota}]},
        {"@type": _TYPE + "Help", "links": []},
        {"@type": _TYPE + "RetryInfo", "retryDelay": f"{seconds}s"},
    ]
    return error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", details)
