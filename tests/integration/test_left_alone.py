"""A provider that asks one thread to wait (429) is left alone by all threads of that transport, and by no other.

A real HTTP server; time is the test's own, and only sleeping moves it.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.providers.pace import Pace
from pipelines.providers.transport import LiveTransport, Request
from tests.pxweb_server import PxWebServer

CONFIG, TABLES = Request("GET", "/config"), Request("GET", "/tables")


class Time:
    """A clock that only sleeping moves; what is given is done once, when somebody first sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.meanwhile: Callable[[], object] | None = None
        self._lock = threading.Lock()

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        with self._lock:
            self.now += seconds


@pytest.fixture
def server() -> Iterator[PxWebServer]:
    with PxWebServer() as running:
        yield running


def asked_meanwhile(server: PxWebServer, time: Time, other: LiveTransport, one: LiveTransport) -> float:
    """Let `one` be refused and, while it waits, another thread ask by `other`. Returns when that was answered."""
    answered = list[float]()

    def ask() -> None:
        other.send(TABLES)
        answered.append(time.now)

    with ThreadPoolExecutor(1) as pool:
        time.meanwhile = lambda: pool.submit(ask).result(timeout=30)
        one.send(CONFIG)
    assert [(request.path, request.status) for request in server.requests] == [
        ("/config", 429),
        ("/tables", 200),
        ("/config", 200),
    ]
    return answered[0]


def transport(server: PxWebServer, time: Time) -> LiveTransport:
    return LiveTransport(server.url, name="ssb", clock=time.clock, sleep=time.sleep)


def test_the_other_threads_of_a_transport_wait_too(server: PxWebServer) -> None:
    time = Time()
    live = transport(server, time)
    server.fail("429", retry_after=40, path="/config")
    assert asked_meanwhile(server, time, live, live) == pytest.approx(40)


def test_the_threads_of_another_transport_do_not(server: PxWebServer) -> None:
    time = Time()
    server.fail("429", retry_after=40, path="/config")
    assert asked_meanwhile(server, time, transport(server, time), transport(server, time)) == 0


def test_of_two_wishes_to_be_left_alone_the_longer_holds() -> None:
    time = Time()
    pace = Pace(10_000, clock=time.clock, sleep=time.sleep)
    pace.pause(40)
    time.now = 5
    pace.pause(3)
    pace.wait()
    assert time.now == pytest.approx(40)
    pace.wait()
    assert time.now == pytest.approx(40)
