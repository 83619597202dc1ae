"""A real HTTP server of a test's own, on a free port of this machine, as long as the block lasts."""

import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Listening(ABC):
    """Begins to listen where the block begins, and ends with it."""

    @abstractmethod
    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Return what answers a request."""

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def root(self) -> str:
        """The server's address, without a path."""
        return f"http://127.0.0.1:{self._server.server_port}"
