"""The way to whoever keeps the service alive: please crash this actor, please kill it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from service.playground.refusals import Refusal

Json = dict[str, Any]

SECRET_HEADER: Final = "X-Greenroom-Control"  # noqa: S105 - the name of a header


@dataclass(slots=True)
class Parent:
    """Where the control port of the service's parent is; "" when there is none."""

    url: str = ""
    secret: str = ""
    _session: aiohttp.ClientSession | None = None

    async def post(self, path: str, body: Json) -> Json:
        """Ask the parent for something and return what it answers.

        Raises:
            Refusal: There is no parent, or it does not do it.

        """
        if not self.url:
            raise Refusal(409, "Conflict: nobody has told the playground who keeps the service")
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=5)
            self._session = aiohttp.ClientSession(timeout=timeout)
        address = f"{self.url.rstrip('/')}/{path}"
        headers = {SECRET_HEADER: self.secret}
        try:
            async with self._session.post(address, json=body, headers=headers) as answer:
                if answer.status == 404:
                    raise Refusal(404, "Not Found: there is no such actor")
                if answer.status == 423:
                    raise Refusal(423, "Locked: the actor is in quarantine")
                if answer.status >= 400:
                    raise Refusal(502, f"Bad Gateway: the parent answered {answer.status}")
                said = await answer.json(content_type=None) if answer.content_length else {}
                return said if isinstance(said, dict) else {}
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise Refusal(502, "Bad Gateway: the parent does not answer") from None

    async def close(self) -> None:
        """Let the connection go."""
        if self._session is not None:
            await self._session.close()
