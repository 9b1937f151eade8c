"""A server that says exactly what a test wants, and proxies that open tunnels."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Serve = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Place:
    """A server that is running."""

    address: str = ""
    connections: int = 0
    """So many were ever made."""
    open: int = 0
    requests: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def serving(serve: Serve, *, secure: ssl.SSLContext | None = None) -> AsyncIterator[Place]:
    """Hand each request to *serve*, one after the other for each connection."""
    place = Place()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place.connections += 1
        place.open += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                _, _, rest = head.lower().partition(b"content-length:")
                body = await reader.readexactly(int(rest.split(b"\r\n")[0])) if rest else b""
                place.requests.append(head + body)
                await serve(head + body, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            place.open -= 1
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=secure)
    async with server:
        scheme = "https" if secure else "http"
        place.address = f"{scheme}://localhost:{server.sockets[0].getsockname()[1]}"
        yield place


@asynccontextmanager
async def tunnelling(answer: bytes = b"HTTP/1.1 200 Fine\r\n\r\n") -> AsyncIterator[Place]:
    """Be a proxy that answers CONNECT and then carries bytes to and fro."""
    place = Place()
    carrying: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place.connections += 1
        head = await reader.readuntil(b"\r\n\r\n")
        place.requests.append(head)
        writer.write(answer)
        if b" 200 " not in answer:
            writer.close()
            return
        host, _, port = head.split(b" ")[1].decode().rpartition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        carrying.add(asyncio.create_task(carry(far_reader, writer)))
        await carry(reader, far_writer)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        place.address = f"http://us%40er:word@127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield place
    await asyncio.gather(*carrying, return_exceptions=True)


def certified(folder: Path) -> tuple[ssl.SSLContext, str]:
    """Return what a server called localhost needs for TLS, and the file to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    shown = folder / "certificate.pem"
    shown.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, secret)
    return context, str(shown)
