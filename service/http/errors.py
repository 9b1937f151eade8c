"""How a call can fail without a reply. No text contains an address: that may hold a secret."""

from __future__ import annotations


class HttpError(Exception):
    """There was no whole reply; a call that took too long is a `TimeoutError` instead."""


class NotConnectedError(HttpError):
    """No connection could be made, so nothing was sent."""


class LostError(HttpError):
    """The connection broke after the request may have been read, or said what is not HTTP."""


class HungUpError(LostError):
    """The connection was closed before a word of the reply, as kept ones are now and then."""
