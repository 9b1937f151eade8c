"""Fetching from the web, for tools: little, briefly, and never from where it should not."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

import aiohttp
from yarl import URL

from service.tools.declared import ToolError
from service.tools.guard import ForbiddenError, Guard

MOST: Final = 2 * 1024 * 1024
"""Bytes that are read of a response."""
HOPS: Final = 5
"""Redirects that are followed, each checked like the first address."""
TIMEOUT: Final = 8.0


class Fetcher:
    """Fetches public addresses (*guard* set) or those of the settings, which are trusted."""

    def __init__(self, guard: Guard | None = None) -> None:
        self._guard = guard
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, address: str | URL, *, accept: str = "*/*") -> tuple[str, bytes]:
        """Return the MIME type and the first `MOST` bytes of what is at *address*.

        Raises:
            ToolError: It cannot be had; ForbiddenError: it must not be.

        """
        url = URL(address)
        try:
            for _ in range(HOPS + 1):
                if self._guard is not None:
                    self._guard.check(url)
                found = await self._one(url, accept)
                if not isinstance(found, URL):
                    return found
                url = found
        except ForbiddenError:
            raise
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            if (forbidden := _forbidden(error)) is not None:
                raise forbidden from None
            raise ToolError(f"It could not be reached ({type(error).__name__}).") from None
        raise ToolError("It only leads from one address to another.")

    async def _one(self, url: URL, accept: str) -> URL | tuple[str, bytes]:
        """Return what is at *url*, or where it leads."""
        async with self._ours().get(
            url, allow_redirects=False, headers={"accept": accept}
        ) as response:
            if response.status in {301, 302, 303, 307, 308}:
                return url.join(URL(response.headers.get("location", "")))
            if response.status != 200:
                raise ToolError(f"It answered with HTTP {response.status}.")
            if response.headers.get("content-encoding", "identity") != "identity":
                raise ToolError("It sent something compressed, which was not asked for.")
            data = bytearray()
            async for piece in response.content.iter_any():
                data += piece
                if len(data) >= MOST:
                    break
            return response.content_type, bytes(data[:MOST])

    def _ours(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=self._guard, use_dns_cache=False)
                if self._guard is not None
                else aiohttp.TCPConnector(),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                # Not unpacked, so that nothing small can become something huge.
                auto_decompress=False,
                headers={"accept-encoding": "identity", "user-agent": "greenroom"},
            )
        return self._session


def _forbidden(error: BaseException | None) -> ForbiddenError | None:
    """Return the refusal of the resolver inside *error*, which the client wraps."""
    while error is not None:
        if isinstance(error, ForbiddenError):
            return error
        error = error.__cause__ or error.__context__
    return None
