"""Encryption at rest: every body of a record or a file passes here on its way in and out.

A sealed body begins with its form: 0 is plain, 1 is AES-256-GCM under a key of the ring. So data
from before encryption was switched on stay readable, and keys can be rotated: the first key of
the ring seals, all of them open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from typing import Final, Protocol

from snapshots.errors import DamagedError, MissingKeyError

_PLAIN: Final = b"\x00"
_AES: Final = b"\x01"
_NAME: Final = 4
_NONCE: Final = 12


PLAIN: Final = "plain"
"""The name of not encrypting, where keys are named."""


class Cipher(Protocol):
    """Makes bodies unreadable to others, and readable again."""

    @property
    def name(self) -> str:
        """The name of the key that seals; it tells nothing about the key."""

    def knows(self, name: str) -> bool:
        """Whether what the key *name* has sealed can be opened."""

    def seal(self, body: bytes, label: bytes) -> bytes:
        """Return *body* as it may lie on a disk; *label* says where it belongs."""

    def open(self, sealed: bytes, label: bytes) -> bytes:
        """Return the body again.

        Raises:
            DamagedError: The bytes were changed, or belong under another label.
            MissingKeyError: They need a key that the ring does not have.

        """

    def is_current(self, sealed: bytes) -> bool:
        """Whether *sealed* is as `seal` would make it today; if not, `rekey` has work to do."""


class Plain:
    """No encryption: for whoever trusts their disk."""

    name = PLAIN

    def knows(self, name: str) -> bool:
        """See `Cipher`."""
        return name == PLAIN

    def seal(self, body: bytes, _label: bytes) -> bytes:
        """See `Cipher`."""
        return _PLAIN + body

    def open(self, sealed: bytes, _label: bytes) -> bytes:
        """See `Cipher`."""
        if sealed[:1] == _AES:
            raise _missing(sealed)
        return _unsealed(sealed)

    def is_current(self, sealed: bytes) -> bool:
        """See `Cipher`."""
        return sealed[:1] == _PLAIN


class KeyRing:
    """AES-256-GCM; the first key seals, every key opens."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise ValueError("a key ring needs keys of 32 bytes")
        # Imported here: it weighs 7 MB, which a service without keys can spare.
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._wrong = (InvalidTag, ValueError)
        self._keys = {_name(key): AESGCM(key) for key in keys}
        self._first = _name(keys[0])

    @property
    def name(self) -> str:
        """See `Cipher`."""
        return self._first.hex()

    def knows(self, name: str) -> bool:
        """See `Cipher`."""
        return name == PLAIN or name in {each.hex() for each in self._keys}

    @classmethod
    def parse(cls, words: str) -> KeyRing:
        """Return the ring of *words*: base64 of 32 bytes each, separated by commas.

        Raises:
            ValueError: One of them is not such a key. Keys are not repeated in the message.

        """
        keys = []
        for number, word in enumerate(words.split(","), start=1):
            try:
                key = base64.b64decode(word.strip().replace("-", "+").replace("_", "/") + "==")
            except (binascii.Error, ValueError):
                key = b""
            if len(key) != 32:
                raise ValueError(f"key {number} is not the base64 of 32 bytes")
            keys.append(key)
        return cls(keys)

    def seal(self, body: bytes, label: bytes) -> bytes:
        """See `Cipher`."""
        nonce = os.urandom(_NONCE)
        secret = self._keys[self._first].encrypt(nonce, body, label)
        return b"".join((_AES, self._first, nonce, secret))

    def open(self, sealed: bytes, label: bytes) -> bytes:
        """See `Cipher`."""
        if sealed[:1] != _AES:
            return _unsealed(sealed)
        key = self._keys.get(sealed[1 : 1 + _NAME])
        if key is None:
            raise _missing(sealed)
        nonce, secret = sealed[1 + _NAME : 1 + _NAME + _NONCE], sealed[1 + _NAME + _NONCE :]
        try:
            return key.decrypt(nonce, secret, label)
        except self._wrong:
            raise DamagedError("its content was changed after it was encrypted") from None

    def is_current(self, sealed: bytes) -> bool:
        """See `Cipher`."""
        return sealed[: 1 + _NAME] == _AES + self._first


def _name(key: bytes) -> bytes:
    return hashlib.sha256(b"greenroom key name" + key).digest()[:_NAME]


def _unsealed(sealed: bytes) -> bytes:
    if sealed[:1] != _PLAIN:
        raise DamagedError("its content is in no form that we know")
    return sealed[1:]


def _missing(sealed: bytes) -> MissingKeyError:
    return MissingKeyError(sealed[1 : 1 + _NAME].hex())
