"""A small HTTP/1.1 client for the calls that are made for every message, and nothing else.

A general client spends 100 to 300 us on a call: cookies, redirections, proxies of the environment,
compression, tracing. None of that has a place on these calls, and without it they cost 30 us. The
parser is httptools (llhttp, the one of Node.js); connections, pooling and deadlines are here.

This folder knows nothing of the service.
"""

from service.http.client import Client
from service.http.errors import HttpError, HungUpError, LostError, NotConnectedError
from service.http.reply import Reply

__all__ = ["Client", "HttpError", "HungUpError", "LostError", "NotConnectedError", "Reply"]
