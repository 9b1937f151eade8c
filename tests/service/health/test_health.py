from __future__ import annotations

import socket
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest

from service.health import Health, serving
from service.settings_errors import CannotStartError

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"  # aiohttp knows no other


async def call(
    health: Health, method: str, path: str, **options: Any
) -> tuple[int, dict[str, Any]]:
    async with (
        serving(health, "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as client,
        client.request(method, f"http://127.0.0.1:{port}{path}", **options) as answer,
    ):
        is_json = answer.content_type == "application/json"
        return answer.status, await answer.json() if is_json else {}


async def test_a_service_that_can_answer_is_alive() -> None:
    assert await call(Health(), "GET", "/healthz") == (200, {"ok": True})


async def test_whatever_is_not_ready_is_named() -> None:
    health = Health(ready=lambda: {"polling": True, "disk": False})

    status, told = await call(health, "GET", "/readyz")

    assert status == 503
    assert told == {"ok": False, "polling": True, "disk": False}


async def test_ready_means_that_everything_is() -> None:
    health = Health(ready=lambda: {"polling": True})

    assert (await call(health, "GET", "/readyz"))[0] == 200


async def test_a_crash_reaches_the_chat_that_the_page_names() -> None:
    asked: list[Mapping[str, object]] = []

    async def crash(wanted: Mapping[str, object]) -> HTTPStatus:
        asked.append(wanted)
        return HTTPStatus.OK if len(asked) == 1 else HTTPStatus.LOCKED

    health = Health(crash=crash, secret="s3cret")
    headers = {"X-Greenroom-Control": "s3cret"}

    answer = await call(health, "POST", "/playground/crash", json={"chat": 7}, headers=headers)

    assert answer == (200, {"ok": True})
    assert asked == [{"chat": 7}]

    answer = await call(health, "POST", "/playground/crash", json={"chat": 7}, headers=headers)

    assert answer == (423, {"ok": False})


async def test_an_unknown_chat_is_not_found() -> None:
    health = Health(secret="s3cret")
    headers = {"X-Greenroom-Control": "s3cret"}

    answer = await call(health, "POST", "/playground/crash", json={}, headers=headers)

    assert answer == (404, {"ok": False})


@pytest.mark.parametrize("headers", [{}, {"X-Greenroom-Control": "wrong"}])
async def test_without_the_secret_nothing_crashes(headers: dict[str, str]) -> None:
    health = Health(crash=lambda _: pytest.fail("it crashed"), secret="s3cret")

    status, _ = await call(health, "POST", "/playground/crash", json={}, headers=headers)

    assert status == 403


async def test_outside_the_playground_there_is_no_such_door() -> None:
    headers = {"X-Greenroom-Control": ""}

    assert (await call(Health(), "POST", "/playground/crash", json={}, headers=headers))[0] == 404


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
async def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    health = Health(secret="s3cret")
    headers = {"X-Greenroom-Control": "s3cret"}

    assert (await call(health, "POST", "/playground/crash", data=body, headers=headers))[0] == 400


async def test_a_taken_port_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CannotStartError) as told:
            async with serving(Health(), "127.0.0.1", port):
                pass

    assert told.value.key == "problem-port"
    assert told.value.args_for_person == {"port": str(port), "name": "GREENROOM_HTTP_PORT"}


@pytest.mark.parametrize(
    ("host", "why"),
    [("192.0.2.1", "Cannot assign requested address"), ("elsewhere.invalid", "No such name")],
)
async def test_a_host_of_another_machine_is_not_called_a_taken_port(
    host: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "No such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(CannotStartError) as told:
        async with serving(Health(), host, 0):
            pass

    assert told.value.key == "problem-listen"
    names = "GREENROOM_HTTP_HOST, GREENROOM_HTTP_PORT"
    assert told.value.args_for_person == {"host": host, "port": "0", "why": why, "name": names}
