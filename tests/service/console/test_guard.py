"""Nobody gets in who should not: tried as an attacker would."""

from __future__ import annotations

import pytest

from service.console.guard import is_loopback
from tests.service.console.stand import stand

pytestmark = pytest.mark.anyio

PRIVATE_PLACES = ["house", "chats", "chat/telegram.1.42", "dead", "machine", "series", "events"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_nothing_is_told_without_the_key_and_nothing_done() -> None:
    async with stand() as opened:
        for place in PRIVATE_PLACES:
            for headers in ({}, {"X-Greenroom-Console": "guess"}, {"Cookie": opened.key}):
                status, said = await opened.ask(f"/console/api/{place}", key=False, headers=headers)
                assert status == 401, place
                assert "telegram" not in said
        wish = {"action": "suspend", "about": "telegram.1.42"}
        status, _ = await opened.ask("/console/api/act", method="POST", key=False, json=wish)
        assert status == 401


async def test_another_origin_gets_nothing_not_even_with_the_key() -> None:
    foreign = [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ]
    async with stand() as opened:
        for headers in foreign:
            for path in ("/console", "/console/api/house", "/console/files/main.js"):
                assert (await opened.ask(path, headers=headers))[0] == 403
            wish = {"action": "suspend", "about": "telegram.1.42"}
            status, _ = await opened.ask(
                "/console/api/act", method="POST", headers=headers, json=wish
            )
            assert status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Host": "localhost.evil.example"},
        {"Host": ""},
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"X-Forwarded-Host": "localhost"},
    ],
)
async def test_a_name_that_is_not_this_machines_does_not_get_the_page_with_the_key(
    headers: dict[str, str],
) -> None:
    async with stand() as opened:
        status, said = await opened.ask("/console", key=False, headers=headers)

        assert status in {400, 403}
        assert opened.key not in said


async def test_elsewhere_the_key_is_the_token_and_the_page_does_not_hold_it() -> None:
    async with stand(host="0.0.0.0", token="a-long-token") as opened:
        status, page = await opened.ask("/console", key=False, headers={"Host": "bot.example"})
        assert status == 200
        assert "a-long-token" not in page
        assert 'name="console-key" content=""' in page
        assert (await opened.ask("/console/api/house", key=False))[0] == 401
        assert (await opened.ask("/console/api/house"))[0] == 200


async def test_elsewhere_and_without_a_token_there_is_no_console() -> None:
    async with stand(host="0.0.0.0") as opened:
        for path in ("/console", "/console/files/main.js", "/console/api/house"):
            assert (await opened.ask(path))[0] == 404
        assert (await opened.ask("/healthz"))[0] == 200


async def test_guessing_the_token_is_slowed_down() -> None:
    async with stand(token="a-long-token") as opened:
        for number in range(10):
            wrong = {"X-Greenroom-Console": f"guess{number}"}
            assert (await opened.ask("/console/api/house", key=False, headers=wrong))[0] == 401
        assert (await opened.ask("/console/api/house"))[0] == 429


@pytest.mark.parametrize(
    "path",
    [
        "/console/files/../server.py",
        "/console/files/..%2fserver.py",
        "/console/files/%2e%2e%2f%2e%2e%2fsettings.py",
        "/console/files//etc/passwd",
        "/console/files/index.html",
        "/console/files/main.js%00.css",
        "/console/api/chat/../../etc",
        "/console/api/chat/nonsense",
        "/console/api/chat/telegram.1.42%2f..",
    ],
)
async def test_no_path_leads_out_of_the_folder(path: str) -> None:
    async with stand() as opened:
        status, said = await opened.ask(path)

        assert status in {400, 404}
        assert "root:" not in said
        assert "import" not in said


async def test_every_answer_forbids_to_be_framed_sniffed_or_kept() -> None:
    async with stand() as opened:
        for path in ("/console", "/console/files/main.js", "/console/api/house", "/console/api/x"):
            async with opened.client.get(f"{opened.address}{path}") as answer:
                if path.endswith("/x"):
                    continue
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                assert answer.headers["X-Frame-Options"] == "DENY"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"action": 1}', b"\xff"])
async def test_a_body_that_is_no_wish_is_refused(body: bytes) -> None:
    async with stand() as opened:
        status, _ = await opened.ask("/console/api/act", method="POST", data=body)
        assert status == 400


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.8.9.1", True)]
    + [(host, False) for host in ("0.0.0.0", "::", "10.0.0.3", "example.org", "")],
)
def test_what_counts_as_this_machine(host: str, local: bool) -> None:
    assert is_loopback(host) is local
