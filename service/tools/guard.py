"""Which addresses a tool may visit when a person, a model or a page has named them.

Whatever is not on the public internet is refused: our own machine, the network it stands in,
the metadata services of clouds. The name is resolved once and the connection goes to what was
checked, so that a name cannot change its mind in between.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from service.tools.declared import ToolError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Returns the addresses of a host name."""

PORTS: Final = frozenset({80, 443, 8080, 8443})
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_GIVEN_OUT: Final = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is on the internet; `is_global` says yes to the old private fec0::/10."""
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})
_ODD_NUMBER: Final = re.compile(r"(.*\.)?(\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
_INTERNAL: Final = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))
"""For the protocols themselves and for old relays; of these `is_global` is not sure."""


class ForbiddenError(ToolError):
    """The address is not one that may be visited."""

    def __init__(self) -> None:
        super().__init__("That address must not be visited: it is not on the public internet.")


def is_public(text: str) -> bool:
    """Whether the address *text* is one that anybody on the internet could reach."""
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _inside(address)
    if inner is not None:
        return is_public(str(inner))
    if isinstance(address, ipaddress.IPv6Address):
        if address not in _GIVEN_OUT:
            return False
    elif any(address in network for network in _INTERNAL):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inside(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 one carries."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of *host*, as the system knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class Guard(AbstractResolver):
    """Says whether an address may be visited, and resolves names to such only."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve,
        is_public: Callable[[str], bool] = is_public,
        ports: frozenset[int] = PORTS,
    ) -> None:
        self._resolve = resolve
        self._is_public = is_public
        self._ports = ports

    def check(self, url: URL) -> None:
        """Look at *url* itself; its name is looked at when it is resolved.

        Raises:
            ForbiddenError: It has another scheme, a password, another port, or a private number.

        """
        host = url.host or ""
        if url.scheme not in {"http", "https"} or not host or url.user or url.password:
            raise ForbiddenError
        if self._ports and url.port not in self._ports:
            raise ForbiddenError
        # Numbers are never resolved: the client connects to them as they are. Those that are not
        # written in full (127.1, 0x7f.1, 2130706433) are numbers to some and names to others.
        if _is_number(host):
            if not self._is_public(host):
                raise ForbiddenError
        elif _ODD_NUMBER.fullmatch(host):
            raise ForbiddenError

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of *host*; one that is not public forbids them all."""
        addresses = [
            each
            for each in await self._resolve(host, port)
            if family != socket.AF_INET or ":" not in each
        ]
        if not addresses or not all(map(self._is_public, addresses)):
            raise ForbiddenError
        return [_resolved(host, port, address) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _resolved(host: str, port: int, address: str) -> ResolveResult:
    result: Any = {
        "hostname": host,
        "host": address,
        "port": port,
        "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
        "proto": 0,
        "flags": socket.AI_NUMERICHOST,
    }
    return result  # type: ignore[no-any-return]
