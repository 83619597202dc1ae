"""The live transport against a real HTTP server that misbehaves. Time is the test's own: nothing waits."""

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from time import monotonic
from typing import Any

import pytest

from pipelines.errors import AnswerError, SourceError
from pipelines.providers.pace import Limits, Pace, stated_limits
from pipelines.providers.pxweb_metadata import json_object
from pipelines.providers.transport import LiveTransport, Request, Response
from tests.pxweb_server import PxWebServer

CONFIG = Request("GET", "/config")


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, list[float]()
        self._lock = threading.Lock()

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds
            self.slept.append(seconds)


@pytest.fixture
def server() -> Iterator[PxWebServer]:
    with PxWebServer() as running:
        yield running


@pytest.fixture
def time() -> Time:
    return Time()


def transport(server: PxWebServer, time: Time, **options: Any) -> LiveTransport:
    return LiveTransport(server.url, name="ssb", clock=time.clock, sleep=time.sleep, **options)


def is_json(content: bytes) -> None:
    json_object(content)


def ask(live: LiveTransport, request: Request = CONFIG) -> Response:
    return live.send(request, check=is_json)


# --- what is sent -------------------------------------------------------------------------------------------


def test_the_answer_comes_with_address_headers_and_time(server: PxWebServer, time: Time) -> None:
    before = datetime.now(UTC)
    response = ask(transport(server, time), Request("GET", "/config", (("lang", "no"),)))
    assert json_object(response.content)["maxDataCells"] == 800_000
    assert response.url == f"{server.url}/config?lang=no"
    assert before <= response.fetched_at <= datetime.now(UTC)
    assert "json" in response.headers["Content-Type"]
    assert not time.slept


def test_the_user_agent_names_the_project_and_its_version(server: PxWebServer, time: Time) -> None:
    ask(transport(server, time))
    told = server.requests[0].headers["User-Agent"]
    assert re.fullmatch(rf"levekar/{re.escape(version('levekar'))} \(python-requests/[\d.]+\)", told)


def test_a_key_is_the_same_whatever_the_order_of_parameters_and_the_host() -> None:
    one = Request("GET", "/a", (("x", "1"), ("y", "2")))
    assert one.key == Request("GET", "/a", (("y", "2"), ("x", "1")), headers=(("A", "b"),)).key
    others = [
        Request("POST", "/a", one.params),
        Request("GET", "/b", one.params),
        Request("GET", "/a", (("x", "1"),)),
        Request("GET", "/a", one.params, b"{}"),
    ]
    assert len({one.key, *(other.key for other in others)}) == 5


def test_norwegian_letters_brackets_and_spaces_arrive_as_sent(server: PxWebServer, time: Time) -> None:
    params = (("valueCodes[Kjønn]", "1,2 3+4&5"), ("codelist[Kjønn]", "vs_Å"))
    with pytest.raises(AnswerError):
        transport(server, time).send(Request("GET", "/tables/æ ø", params))
    assert server.requests[0].path == "/tables/æ ø"
    assert server.requests[0].params == params


# --- faults that pass ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["429", "500", "503", "truncated", "cut", "html", "drop"])
def test_a_passing_fault_is_asked_again_with_growing_random_waits(server: PxWebServer, time: Time, kind: Any) -> None:
    server.fail(kind, times=2)
    assert json_object(ask(transport(server, time)).content)["maxDataCells"] == 800_000
    assert len(server.requests) == 3
    assert all(0 <= wait <= limit for wait, limit in zip(time.slept, [1, 2], strict=True))


def test_a_timeout_is_asked_again(server: PxWebServer, time: Time) -> None:
    server.fail("slow", seconds=0.3)
    ask(transport(server, time, timeout=(1, 0.05)))
    assert len(server.requests) == 2


@pytest.mark.parametrize("kind", ["429", "503"])
def test_retry_after_in_seconds_is_obeyed(server: PxWebServer, time: Time, kind: Any) -> None:
    server.fail(kind, retry_after=17)
    ask(transport(server, time))
    assert 17 <= sum(time.slept) <= 18


def test_retry_after_as_a_date_is_obeyed(server: PxWebServer, time: Time) -> None:
    server.fail("429", retry_after=datetime.now(UTC) + timedelta(seconds=90))
    ask(transport(server, time))
    assert 88 <= sum(time.slept) <= 91  # HTTP dates have whole seconds


@pytest.mark.parametrize("after", ["soon", "-5", "Mon, 01 Jan 2001 00:00:00 GMT"])
def test_a_retry_after_that_cannot_be_meant_is_passed_over(server: PxWebServer, time: Time, after: str) -> None:
    server.fail("429", retry_after=after)
    ask(transport(server, time))
    assert sum(time.slept) <= 1


def test_a_provider_that_wants_long_peace_is_left_alone(server: PxWebServer, time: Time) -> None:
    server.fail("429", retry_after=86_400)
    with pytest.raises(SourceError, match=r"ssb: http.*HTTP 429 Injected fault; asks .* 86400 seconds"):
        ask(transport(server, time))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("500", "HTTP 500 Internal Server Error, no body"),
        ("truncated", "not JSON, or not all of it"),
        ("html", r"not JSON.*text/html.*<!DOCTYPE html>"),
        ("cut", "no complete answer"),
        ("drop", "no complete answer"),
    ],
)
def test_after_five_tries_the_error_names_source_address_and_what_came(
    server: PxWebServer, time: Time, kind: Any, said: str
) -> None:
    server.fail(kind, times=99)
    with pytest.raises(SourceError, match=rf"^ssb: {server.url}/config: .*{said}.*\(tried 5 times\)"):
        ask(transport(server, time))
    assert len(server.requests) == 5


# --- faults that do not pass --------------------------------------------------------------------------------


def test_a_refusal_carries_the_servers_title_and_is_not_repeated(server: PxWebServer, time: Time) -> None:
    with pytest.raises(AnswerError, match="HTTP 404 Non-existent table") as error:
        ask(transport(server, time), Request("GET", "/tables/00000/metadata"))
    assert (error.value.status, error.value.title) == (404, "Non-existent table")
    assert len(server.requests) == 1


def test_a_redirect_to_another_host_is_refused(server: PxWebServer, time: Time) -> None:
    with PxWebServer() as other:
        server.fail("redirect", location=f"{other.url}/config")
        with pytest.raises(SourceError, match="redirects to another host"):
            ask(transport(server, time))
        assert not other.requests
    assert len(server.requests) == 1


def test_a_redirect_on_the_same_host_is_followed_but_not_for_ever(server: PxWebServer, time: Time) -> None:
    server.fail("redirect", location=f"{server.url}/config?here")
    response = ask(transport(server, time))
    assert json_object(response.content)
    assert response.request == CONFIG
    server.fail("redirect", location="/api/pxwebapi/v2/config", times=99)
    with pytest.raises(SourceError, match="more than 3 redirects"):
        ask(transport(server, time))


@pytest.mark.parametrize("location", ["http://[::1", "//[", "http://a:b/", "http://127.0.0.1:99999999/", "\u00ff", ""])
def test_a_redirect_to_no_address_is_refused(server: PxWebServer, time: Time, location: str) -> None:
    server.fail("redirect", location=location, times=99)
    with pytest.raises(SourceError, match=r"ssb: .*redirect"):
        ask(transport(server, time))


@pytest.mark.parametrize("fault", [TypeError("NoneType"), AttributeError("no x"), KeyError("id"), RecursionError()])
def test_a_reader_that_stumbles_costs_no_more_than_its_source(
    server: PxWebServer, time: Time, fault: Exception
) -> None:
    def check(_content: bytes) -> None:
        raise fault

    with pytest.raises(SourceError, match=rf"ssb: .*/config: .* could not be read \({type(fault).__name__}: .*got"):
        transport(server, time).send(CONFIG, check)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "head",
    [
        "",
        "nonsense",
        "HTTP/1.1 abc OK",
        "HTTP/1.1 99999 OK\r\nContent-Length: 2",
        "HTTP/1.1 200 OK\r\nContent-Length: -5",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked",
        "HTTP/1.1 200 OK\r\nX: " + "y" * 100_000,
        "HTTP/1.1 302 OK\r\nLocation: \xff\xfe\r\nContent-Length: 0",
        "HTTP/1.1 429 OK\r\nRetry-After: \xb2\r\nContent-Length: 2",
    ],
)
def test_whatever_stands_in_the_head_of_an_answer_it_ends_as_a_source_error(time: Time, head: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection = listener.accept()[0]
                    connection.recv(65536)
                    connection.sendall(head.encode("latin-1") + b"\r\n\r\nxx")
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        live = LiveTransport(
            f"http://127.0.0.1:{listener.getsockname()[1]}", name="x", sleep=time.sleep, clock=time.clock
        )
        with pytest.raises(SourceError, match=r"^x: http"):
            ask(live)
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("at_once", "drip"),
    [
        (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 99),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"{" * 99),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n{\r\n" * 99),
        (b"HTTP/1.1 302 OK\r\nLocation: /\r\nContent-Length: 99\r\n\r\n", b"{" * 99),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 99\r\n\r\n", b"{" * 99),
    ],
)
def test_an_answer_that_drips_ends_at_its_time_limit(time: Time, at_once: bytes, drip: bytes) -> None:
    asked, stop = list[bytes](), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError), listener.accept()[0] as connection:
                asked.append(connection.recv(65536))
                connection.sendall(at_once)
                for byte in drip:
                    if stop.wait(0.1):
                        return
                    connection.sendall(bytes([byte]))

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        live = LiveTransport(url, name="x", sleep=time.sleep, clock=time.clock, longest_answer=0.5)
        began = monotonic()
        with pytest.raises(SourceError, match=r"x: .*/config: the answer had not ended after 0\.5 seconds"):
            ask(live)
        assert monotonic() - began < 1.5
        stop.set()
    assert len(asked) == 1


def test_a_limit_that_is_not_reached_leaves_connections_as_they_were(server: PxWebServer, time: Time) -> None:
    live = transport(server, time, longest_answer=0.4, timeout=(1, 5))
    ask(live)
    server.fail("slow", seconds=0.25)
    ask(live)  # on the same connection, with a limit of its own
    assert len(server.requests) == 2


def test_a_mark_before_json_is_harmless() -> None:
    assert json_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_an_answer_that_is_too_large_is_cut_off(server: PxWebServer, time: Time) -> None:
    with pytest.raises(SourceError, match="larger than 100 bytes"):
        ask(transport(server, time, max_bytes=100))
    assert len(server.requests) == 1


@pytest.mark.parametrize("url", ["data.ssb.no/api", "ftp://data.ssb.no", "http://"])
def test_an_address_that_is_none_is_said_at_once(time: Time, url: str) -> None:
    with pytest.raises(SourceError, match="not an address"):
        ask(LiveTransport(url, name="ssb", clock=time.clock, sleep=time.sleep))
    assert not time.slept


# --- the pace -----------------------------------------------------------------------------------------------


def test_the_pace_is_shared_by_all_threads(time: Time) -> None:
    pace = Pace(5, clock=time.clock, sleep=time.sleep)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(pace.wait) for _ in range(20)]:
            done.result()
    # 20 calls, 5 a minute: the last five may go after three full minutes.
    assert time.now - 1000 >= 180


def test_no_window_ever_holds_more_calls_than_allowed(time: Time) -> None:
    pace, made = Pace(3, clock=time.clock, sleep=time.sleep), list[float]()
    for gap in [0, 0, 20, 20, 0, 45, 1, 0, 0, 0, 7, 0]:
        time.now += gap
        pace.wait()
        made.append(time.now)
    assert all(later - earlier >= 60 for earlier, later in zip(made, made[3:], strict=False))
    assert made[-1] - made[0] <= 4 * 60  # 12 calls, 3 a minute


def test_of_two_stated_limits_the_stricter_holds_and_zero_states_none(time: Time) -> None:
    pace = Pace(1, clock=time.clock, sleep=time.sleep)
    pace.state("configuration", 0, 0)
    pace.state("headers", 40, 60)
    pace.state("configuration", 2, 10)
    for _ in range(5):
        pace.wait()
    assert time.now == pytest.approx(1020)


def test_thirty_calls_a_minute_where_nothing_is_stated(server: PxWebServer, time: Time) -> None:
    class Silent(PxWebServer):
        def _count_call(self) -> tuple[bool, dict[str, str]]:
            return True, {}

    with Silent() as silent:
        live = transport(silent, time)
        live.pace(0, 0)
        for _ in range(31):
            ask(live)
    assert sum(time.slept) == pytest.approx(60)


def test_the_limit_in_the_headers_is_kept_to(time: Time) -> None:
    with PxWebServer(calls=4, window=60) as strict:
        live = transport(strict, time)
        for _ in range(4):
            ask(live)
        assert not time.slept
        strict.calls = 8  # the stand-in's clock does not move with ours
        ask(live)
    # The fourth answer said that none is left for the rest of the minute.
    assert 59 <= sum(time.slept) <= 60
    assert {one.status for one in strict.requests} == {200}


def test_a_429_that_says_only_the_policy_waits_for_its_window_to_pass(time: Time) -> None:
    # SSB's headers as they were seen. Someone else on our address has used the calls up, so that our own count is low.
    with PxWebServer(calls=40, window=60, says_reset=False, clock=time.clock) as ssb:
        for _ in range(40):
            ask(LiveTransport(ssb.url, name="other", clock=time.clock, sleep=time.sleep, calls_per_minute=1000))
        ask(transport(ssb, time))
        assert [each.status for each in ssb.requests[39:]] == [200, 429, 200]
        assert 60 <= sum(time.slept) <= 61


@pytest.mark.parametrize("digits", ["9" * 5000, "²", "١"])
def test_numbers_in_headers_that_are_none_are_passed_over(digits: str) -> None:
    headers = {"ratelimit-policy": f"{digits};w={digits}", "ratelimit-remaining": "0", "ratelimit-reset": digits}
    assert stated_limits(headers).none_left_for <= 300


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Limits()),
        ({"x-ratelimit-policy": "40;w=60s"}, Limits(40, 60)),
        ({"RateLimit-Policy": "30;w=10"}, Limits(30, 10)),
        ({"RateLimit-Policy": '"fair";q=100;w=60', "RateLimit": "x"}, Limits(100, 60)),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "12"}, Limits(none_left_for=12)),
        ({"X-RateLimit-Remaining": "3", "X-RateLimit-Reset": "12"}, Limits()),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000000"}, Limits()),
        ({"X-RateLimit-Policy": "nonsense"}, Limits()),
    ],
)
def test_rate_limit_headers(headers: dict[str, str], expected: Limits) -> None:
    assert stated_limits(headers) == expected
