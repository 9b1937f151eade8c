"""The body of a call that carries files: a form, as browsers send it."""

from __future__ import annotations

import mimetypes
import secrets
from typing import Final

_ESCAPES: Final = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


class Form:
    """A `multipart/form-data` body, put together in memory: files here are media of a chat."""

    def __init__(self) -> None:
        self._boundary = secrets.token_hex(16)
        self._parts: list[bytes] = []

    @property
    def kind(self) -> str:
        """The type of the body."""
        return f"multipart/form-data; boundary={self._boundary}"

    def add(self, name: str, content: bytes | str, *, filename: str = "") -> None:
        """Add a field, or a file if it has a *filename*."""
        head = f'Content-Disposition: form-data; name="{name.translate(_ESCAPES)}"'
        if filename:
            head += f'; filename="{filename.translate(_ESCAPES)}"'
            kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
            head += f"\r\nContent-Type: {kind}"
        raw = content.encode() if isinstance(content, str) else content
        self._parts += (f"--{self._boundary}\r\n{head}\r\n\r\n".encode(), raw, b"\r\n")

    def body(self) -> bytes:
        """Return all of it."""
        return b"".join((*self._parts, f"--{self._boundary}--\r\n".encode()))
