"""Where a tool may go when a person, a model or a page has named the address."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from yarl import URL

from service.tools.declared import ToolError
from service.tools.fetching import MOST, Fetcher
from service.tools.guard import ForbiddenError, Guard, is_public
from tests.stories.theatre import breath

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
        "fec0::1",
        "4000::1",
        "::127.0.0.1",
        "::ffff:0:7f00:1",
        "64:ff9b:1::7f00:1",
        "2001:470:1f0b::5efe:7f00:1",
        "2001:470:1f0b::200:5efe:a00:1",
        "192.0.0.8",
        "192.88.99.1",
        "198.18.0.1",
        "not an address",
    ],
)
def test_what_is_not_on_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_what_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/latest/meta-data",
        "http://me:secret@example.org/",
        "http://example.org:22/",
        "http:///nothing",
        "javascript:alert(1)",
        "http://2130706433/",
        "http://0/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://0x7F000001/",
        "http://１２７.０.０.１/",
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
        "http://public.example@127.0.0.1/",
        "http://a@b@127.0.0.1/",
        "http://[0:0:0:0:0:ffff:127.0.0.1]/",
        "http://[::1%25lo]/",
        "//127.0.0.1/",
        "",
    ],
)
async def test_an_address_that_gives_itself_away(address: str) -> None:
    async with Fetcher(Guard()) as fetcher:
        with pytest.raises(ToolError):
            await fetcher.get(address)


@pytest.mark.parametrize("name", ["localhost", "2130706433", "0x7f.1", "127.1", "0", "127.0.0.1."])
async def test_other_spellings_of_our_own_machine(name: str) -> None:
    async with Fetcher(Guard()) as fetcher:
        with pytest.raises(ForbiddenError):
            await fetcher.get(f"http://{name}/")


@pytest.mark.parametrize("found", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], []])
async def test_a_name_that_leads_inside(found: list[str]) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return found

    async with Fetcher(Guard(resolve=resolve)) as fetcher:
        with pytest.raises(ForbiddenError):
            await fetcher.get("http://innocent.example/")


class Site:
    """A site on loopback that counts as public; 127.0.0.2 stands for the network behind it."""

    def __init__(self) -> None:
        self.port = 0
        self.visited: list[str] = []
        self.hosts: set[str] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.visited.append(request.path)
        self.hosts.add(request.transport.get_extra_info("sockname")[0])  # type: ignore[union-attr]
        match request.path:
            case "/to-name":
                raise web.HTTPFound(f"http://inside.example:{self.port}/secret")
            case "/to-number":
                raise web.HTTPFound(f"http://127.0.0.2:{self.port}/secret")
            case "/to-file":
                raise web.HTTPFound("file:///etc/passwd")
            case "/on":
                raise web.HTTPMovedPermanently("/page")
            case "/round":
                raise web.HTTPFound("/round")
            case "/far":
                raise web.HTTPFound("/" + "x" * 20_000)
            case "/nowhere":
                return web.Response(status=302)
            case "/drip":
                return await self._drip(request)
            case "/huge":
                return web.Response(body=b"x" * (MOST + 100_000))
            case "/packed":
                return web.Response(body=b"\x1f\x8b", headers={"content-encoding": "gzip"})
        return web.Response(text="hello")

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await breath()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_get("/{tail:.*}", site.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()
    site.port = runner.addresses[0][1]
    yield site
    await runner.cleanup()


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    names = {"public.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"]}

    async def resolve(host: str, port: int) -> list[str]:
        return names[host]

    guard = Guard(resolve=resolve, is_public=lambda each: each == "127.0.0.1", ports=frozenset())
    async with Fetcher(guard) as fetcher:
        yield fetcher


async def test_a_public_page_is_fetched_over_a_redirect(site: Site, fetcher: Fetcher) -> None:
    assert await fetcher.get(f"http://public.example:{site.port}/on") == ("text/plain", b"hello")


@pytest.mark.parametrize("path", ["/to-name", "/to-number", "/to-file"])
async def test_a_redirect_inside_is_not_followed(site: Site, fetcher: Fetcher, path: str) -> None:
    with pytest.raises(ForbiddenError):
        await fetcher.get(URL(f"http://public.example:{site.port}{path}"))

    assert site.visited == [path]


@pytest.mark.parametrize("path", ["/round", "/packed", "/far", "/nowhere"])
async def test_what_cannot_be_had_is_said(site: Site, fetcher: Fetcher, path: str) -> None:
    with pytest.raises(ToolError):
        await fetcher.get(f"http://public.example:{site.port}{path}")
    assert len(site.visited) <= 6
    assert site.visited[0] == path
    assert not any("secret" in each for each in site.visited)


async def test_a_page_that_drips_is_given_up(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.tools.fetching.TIMEOUT", 0.3)

    with pytest.raises(ToolError, match="TimeoutError"):
        async with asyncio.timeout(10):
            await fetcher.get(f"http://public.example:{site.port}/drip")


async def test_a_name_that_changes_its_mind_is_asked_once(site: Site) -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    async def resolve(host: str, port: int) -> list[str]:
        return answers.pop(0)

    def is_public(address: str) -> bool:
        return address == "127.0.0.1"

    guard = Guard(resolve=resolve, is_public=is_public, ports=frozenset())
    async with Fetcher(guard) as fetcher:
        assert await fetcher.get(f"http://rebinding.example:{site.port}/") == (
            "text/plain",
            b"hello",
        )
        # The connection that was checked is used again, or the name is looked at again.
        url = f"http://rebinding.example:{site.port}/on"
        with contextlib.suppress(ForbiddenError):
            await fetcher.get(url)

    assert site.hosts == {"127.0.0.1"}


async def test_a_huge_page_is_read_in_part(site: Site, fetcher: Fetcher) -> None:
    _, body = await fetcher.get(f"http://public.example:{site.port}/huge")

    assert len(body) == MOST
