"""A time limit for a whole answer, head and body, however slowly its bytes come.

A socket's timeout begins anew with each byte, so that an answer that drips would last for days.

What belongs: the limit, and how requests is made to keep to it. What does not: how long it is and what
happens then (`transport`).
"""

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

_limit = threading.local()


class Overdue(TimeoutError):
    """An answer has not ended in time."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Let what this thread reads through a `BoundedAdapter` raise Overdue when so many seconds have passed.

    requests and urllib3 wrap that error in their own.
    """
    _limit.end = time.monotonic() + seconds
    try:
        yield
    finally:
        del _limit.end


class _BoundedReader(io.RawIOBase):
    """Reads from a socket, waiting neither longer than its timeout nor beyond the limit."""

    def __init__(self, raw: Any, sock: socket.socket) -> None:
        self._raw, self._sock, self._timeout = raw, sock, sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = getattr(_limit, "end", float("inf")) - time.monotonic()
        if left <= 0:
            raise Overdue
        if left < (self._timeout or float("inf")):
            self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        except TimeoutError as error:
            raise (Overdue if left < (self._timeout or float("inf")) else TimeoutError)(*error.args) from error

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp: Any = io.BufferedReader(_BoundedReader(self.fp.detach(), sock))


class _Plain(HTTPConnection):
    response_class = _BoundedResponse


class _Secure(HTTPSConnection):
    response_class = _BoundedResponse


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class BoundedAdapter(HTTPAdapter):
    """An adapter whose answers keep to `at_most`, directly and through a proxy."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pool of connections."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Return the pool of connections through a proxy."""
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = self.poolmanager.pool_classes_by_scheme
        return manager
