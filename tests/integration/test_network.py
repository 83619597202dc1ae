"""Hosts that cannot be reached, proxies and a certificate authority of one's own, over real sockets and real TLS."""

import base64
import re
import select
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from indicators.catalogue.models import Provider
from pipelines.errors import SourceError, Unreachable
from pipelines.providers.pxweb import Query, Selection
from pipelines.providers.tonight import Providers
from pipelines.providers.transport import LiveTransport, Request
from tests.pxweb_server import PxWebServer

CONFIG = Request("GET", "/config")
VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@dataclass
class Slept:
    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def refused(url: str, name: str = "ssb", unreachable: dict[str, str] | None = None) -> str:
    """What is said of a host that cannot be reached. No word of it is urllib3's."""
    with pytest.raises(Unreachable) as caught:
        LiveTransport(url, name=name, unreachable=unreachable, sleep=Slept()).send(CONFIG)
    said = str(caught.value)
    assert not re.search(r"urllib3|HTTPS?Connection|Max retries|Errno|object at", said)
    assert "\n" not in said
    assert caught.value.host == re.sub(r"^\w+://|/.*", "", url)
    return said


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


# --- hosts ----------------------------------------------------------------------------------------------------------


def test_a_name_that_nobody_knows_is_said_in_plain_words() -> None:
    assert refused("https://data.ssb.invalid/api") == (
        "data.ssb.invalid cannot be reached: no such name; is this machine online? proxy: none set (HTTPS_PROXY)"
    )


def test_a_host_that_refuses_the_connection() -> None:
    port = closed_port()
    assert refused(f"http://127.0.0.1:{port}/api") == (
        f"127.0.0.1:{port} cannot be reached: the connection is refused; "
        "is the address right, or is there a firewall? proxy: none set (HTTP_PROXY)"
    )


def test_an_unreachable_host_is_tried_twice_and_then_no_more() -> None:
    url, slept = f"http://127.0.0.1:{closed_port()}/api", Slept()
    live = LiveTransport(url, name="ssb", sleep=slept)
    for _ in range(20):
        with pytest.raises(Unreachable):
            live.send(CONFIG)
    assert len(slept.seconds) == 1
    assert slept.seconds[0] <= 1


def test_a_lookup_that_takes_its_time_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def slow(*_given: object, **_options: object) -> None:
        asked.append(time.sleep(2.1))
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    assert "no such name" in refused("https://data.ssb.no/api")
    assert len(asked) == 1


def test_a_night_without_network_ends_soon_with_one_message_per_host() -> None:
    declared = {
        "ssb": Provider(
            id="ssb", name="SSB", url="https://data.ssb.invalid/api/pxwebapi/v2", dialect="v2", licence="CC BY 4.0"
        ),
        "klass": Provider(
            id="klass", name="Klass", url="https://data.ssb.invalid/api/klass/v1", dialect="klass", licence="x"
        ),
        "fhi": Provider(id="fhi", name="FHI", url="https://fhi.invalid/api/open/v1", dialect="fhi", licence="x"),
    }
    night, said, began = Providers(declared), set(), time.monotonic()
    query = Query("07459", {"Tid": Selection(("*",))})
    for asked in [lambda: night.klass.updated("131"), *[lambda: night.clients["ssb"].fetch(query)] * 20]:
        with pytest.raises(Unreachable) as caught:
            asked()
        said.add(str(caught.value))
    with pytest.raises(Unreachable) as caught:
        night.clients["fhi"].fetch(query)
    assert len(said | {str(caught.value)}) == 2
    assert time.monotonic() - began < 15


def test_a_connection_that_breaks_later_is_no_sign_that_the_host_is_gone() -> None:
    with PxWebServer() as server:
        server.fail("drop", times=5)
        live = LiveTransport(server.url, name="ssb", sleep=Slept())
        with pytest.raises(
            Unreachable, match=r"^ssb: .*no complete answer: the connection broke off \(tried 5"
        ) as caught:
            live.send(CONFIG)
        assert caught.value.host is None
        assert live.send(CONFIG).content


def test_a_host_that_has_answered_before_is_tried_five_times() -> None:
    with PxWebServer() as server:
        slept = Slept()
        live = LiveTransport(server.url, name="ssb", sleep=slept)
        live.send(CONFIG)
    for _ in range(3):
        with pytest.raises(Unreachable, match="the connection is refused"):
            live.send(CONFIG)
    assert len(slept.seconds) == 4


# --- certificates ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate authority (ca.pem) and a certificate of its for localhost, with its key."""
    folder = tmp_path_factory.mktemp("ca")
    (folder / "san").write_text("subjectAltName=DNS:localhost\n")
    ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    usage = ["-addext", "keyUsage=critical,keyCertSign"]
    signed = ["-days", "2", "-extfile", "san", "-CAcreateserial"]
    for command in (
        ["req", "-x509", *ec, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Kommunens CA", "-days", "2", *usage],
        ["req", *ec, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost"],
        ["x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "cert.pem", *signed],
    ):
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def secure(authority: Path) -> Iterator[PxWebServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "cert.pem", authority / "key.pem")
    with PxWebServer(tls=context) as server:
        yield server


def test_a_certificate_of_an_unknown_authority_is_refused_and_says_what_to_set(secure: PxWebServer) -> None:
    said = refused(secure.url)
    assert re.search(r"cannot be reached: its certificate is not trusted \(.*issuer.*\); .*REQUESTS_CA_BUNDLE", said)
    assert not secure.requests


def test_a_municipalitys_own_authority_is_trusted_once_it_is_set(
    secure: PxWebServer, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority / "ca.pem"))
    assert LiveTransport(secure.url, name="ssb").send(CONFIG).content


def test_a_file_of_authorities_that_is_not_there_is_named(secure: PxWebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    assert "there is no file /nowhere/ca.pem" in refused(secure.url)


def test_https_to_a_server_that_does_not_speak_it() -> None:
    with PxWebServer() as plain:
        assert "no encrypted connection comes about" in refused(plain.url.replace("http://", "https://"))


# --- proxies --------------------------------------------------------------------------------------------------------


@dataclass
class Proxy:
    """Forwards; wants name and password where they are given; answers `status` to every CONNECT where one is given."""

    password: str = ""
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> "Proxy":
        self._listener = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_ProxyHandler,), {"proxy": self}))
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()
        self.address = f"127.0.0.1:{self._listener.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown()
        self._listener.server_close()


class _ProxyHandler(BaseHTTPRequestHandler):
    proxy: Proxy

    def do_CONNECT(self) -> None:
        self.proxy.asked.append(f"{self.command} {self.path}")
        wanted = "Basic " + base64.b64encode(self.proxy.password.encode()).decode()
        if self.proxy.password and self.headers.get("Proxy-Authorization") != wanted:
            self.send_error(407)
            return
        if self.proxy.status != 200:
            self.send_error(self.proxy.status)
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as server:
            self.send_response(200)
            self.end_headers()
            ends = {self.connection: server, server: self.connection}
            while True:
                for end in select.select(list(ends), [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)

    def do_GET(self) -> None:
        self.proxy.asked.append(f"{self.command} {self.path}")
        host = self.headers["Host"]
        with socket.create_connection((host.split(":")[0], int(host.split(":")[1]))) as server:
            path = self.path.partition(host)[2]
            server.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            while data := server.recv(65536):
                self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing: `asked` is the log."""


def test_a_proxy_is_used_for_https_and_a_password_in_it_works(
    secure: PxWebServer, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority / "ca.pem"))
    with Proxy(password="kari:hemmelig") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://kari:hemmelig@{proxy.address}")
        assert LiveTransport(secure.url, name="ssb").send(CONFIG).content
        assert proxy.asked == [f"CONNECT {secure.url[8:].partition('/')[0]}"]


def test_a_proxy_is_used_for_http_and_not_where_no_proxy_excepts_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with PxWebServer() as server, Proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        assert LiveTransport(server.url, name="ssb").send(CONFIG).content
        assert proxy.asked == [f"GET {server.url}/config"]
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert LiveTransport(server.url, name="ssb").send(CONFIG).content
        assert len(proxy.asked) == 1


def test_a_proxy_that_wants_a_password_is_named_without_telling_ours(
    secure: PxWebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(password="kari:hemmelig") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://ola:feil@{proxy.address}")
        said = refused(secure.url)
    assert "the proxy: 407 Proxy Authentication Required; does it want a user name and a password" in said
    assert said.endswith(f"proxy: {proxy.address} (HTTPS_PROXY)")
    assert "feil" not in said


def test_a_proxy_that_does_not_let_through(secure: PxWebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(status=403) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        assert "the proxy: 403 Forbidden" in refused(secure.url)


@pytest.mark.parametrize("address", ["http://proxy.invalid:8080", "proxy.invalid:8080", "http://:8080", "http://[::1"])
def test_a_proxy_that_is_not_there(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(SourceError, match=r"^data\.ssb\.no cannot be reached: the proxy: .*\(HTTPS_PROXY\)$"):
        LiveTransport("https://data.ssb.no/api", name="ssb", sleep=Slept()).send(CONFIG)
