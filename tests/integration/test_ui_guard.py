"""The guard before Dagster's webserver, by the requests of an attacker: a real server, real HTTP, real websockets.

Each attack is first put to the same webserver without a guard, where it does its work.
"""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import dagster as dg
import pytest
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pipelines.workplace.ui import HOST, listen
from pipelines.workplace.ui_guard import Guard, Ticket

MUTATION = 'mutation { setConcurrencyLimit(concurrencyKey: "attacked", limit: 7) }'
JSON = {"Content-Type": "application/json"}
BODY = json.dumps({"query": MUTATION})
BY_GET = f"/graphql?{urlencode({'query': MUTATION})}"


@dataclass
class Server:
    """A running webserver, the instance behind it, and the addresses that its guard announced."""

    instance: dg.DagsterInstance
    port: int
    tickets: list[str] = field(default_factory=list)

    @property
    def own(self) -> dict[str, str]:
        return {"Origin": f"http://{HOST}:{self.port}"}

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: str | None = None
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        connection.request(method, path, body, dict(headers or {}))
        return connection.getresponse()

    def come_in(self) -> dict[str, str]:
        """Open the address that was printed last, as the analyst's browser does; return the cookie it got."""
        answer = self.ask("GET", self.tickets[-1], {"Sec-Fetch-Site": "none"})
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        given, *terms = answer.headers["Set-Cookie"].split("; ")
        assert {"HttpOnly", "SameSite=strict", "Path=/"} == set(terms)
        return {"Cookie": given}

    def was_changed(self) -> bool:
        """Tell whether a mutation did its work, and undo it."""
        changed = "attacked" in self.instance.event_log_storage.get_concurrency_keys()
        self.instance.event_log_storage.delete_concurrency_limit("attacked")
        return changed


@contextmanager
def served(folder: Path, *, guard: bool) -> Iterator[Server]:
    instance = dg.DagsterInstance.local_temp(str(folder), overrides={"telemetry": {"enabled": False}})
    with instance, WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as context, listen(0) as listening:
        port = listening.getsockname()[1]
        server = Server(instance, port)
        app = create_app_from_workspace_process_context(context)
        origins = {f"http://{HOST}:{port}", f"http://localhost:{port}"}
        running = uvicorn.Server(
            uvicorn.Config(
                Guard(app, origins, Ticket(server.tickets.append)) if guard else app,
                log_level="warning",
                timeout_graceful_shutdown=1,
            )
        )
        thread = threading.Thread(target=running.run, args=([listening],))
        thread.start()
        try:
            end = time.monotonic() + 30
            while not running.started and time.monotonic() < end:
                time.sleep(0.02)
            assert running.started
            yield server
        finally:
            running.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("guarded"), guard=True) as server:
        yield server


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("bare"), guard=False) as server:
        yield server


FOREIGN = {"Origin": "http://attacker.example", "Sec-Fetch-Site": "cross-site"}
# Method, path, headers, body, and the status that the guard answers with to a browser that has come in.
ATTACKS: dict[str, tuple[str, str, dict[str, str], str | None, int]] = {
    "a mutation by GET, as a picture's address": ("GET", BY_GET, {}, None, 405),
    "a mutation by GET from another page": ("GET", BY_GET, FOREIGN, None, 403),
    "a mutation by GET from another port": ("GET", BY_GET, {"Sec-Fetch-Site": "same-site"}, None, 403),
    "a mutation from a foreign origin": ("POST", "/graphql", FOREIGN | JSON, BODY, 403),
    "a mutation from a file": ("POST", "/graphql", {"Origin": "null"} | JSON, BODY, 403),
    "a mutation as a form sends it": ("POST", BY_GET, FOREIGN | {"Content-Type": "text/plain"}, "", 403),
    "a mutation from nowhere": ("POST", "/graphql", JSON, BODY, 403),
    "a mutation under a foreign name": (
        "POST",
        "/graphql",
        {"Host": "attacker.example:3000", "Origin": "http://attacker.example:3000"} | JSON,
        BODY,
        403,
    ),
}


@pytest.mark.parametrize("case", ATTACKS)
def test_an_attack_works_without_the_guard_and_not_with_it(bare: Server, guarded: Server, case: str) -> None:
    method, path, headers, body, status = ATTACKS[case]
    assert bare.ask(method, path, headers, body).status == 200
    assert bare.was_changed()
    answer = guarded.ask(method, path, headers | guarded.come_in(), body)
    assert answer.status == status
    assert answer.read().startswith(b"refused: ")
    assert not guarded.was_changed()


@pytest.mark.parametrize("path", ["/", "/graphql", "/server_info", "/logs/a", "/download_debug/a", "/favicon.png"])
def test_who_has_not_come_in_sees_nothing(guarded: Server, path: str) -> None:
    refused = [
        guarded.ask("GET", path),
        guarded.ask("GET", path, {"Cookie": "levekar=x; other=y"}),
        guarded.ask("GET", path, {"Cookie": guarded.come_in()["Cookie"][:-1]}),
        guarded.ask("POST", path, guarded.own | JSON, BODY),
    ]
    assert {answer.status for answer in refused} <= {403, 405}
    assert not guarded.was_changed()


def test_other_ways_of_writing_the_address_change_nothing(guarded: Server) -> None:
    cookie = guarded.come_in()
    for path in ("//graphql", "/graphql/", "/%67raphql", "/./graphql", "/GRAPHQL", "http://attacker.example/graphql"):
        for accept in ("*/*", "text/html"):
            guarded.ask("GET", f"{path}?{urlencode({'query': MUTATION})}", cookie | {"Accept": accept}).read()
            assert not guarded.was_changed()
    twice = http.client.HTTPConnection(HOST, guarded.port, timeout=10)
    twice.putrequest("POST", "/graphql", skip_host=True)
    for name, text in [
        ("Host", f"{HOST}:{guarded.port}"),
        ("Host", "attacker.example"),
        *(guarded.own | cookie | JSON).items(),
    ]:
        twice.putheader(name, text)
    twice.putheader("Content-Length", str(len(BODY)))
    twice.endheaders(BODY.encode())
    assert twice.getresponse().status in (400, 403)
    assert not guarded.was_changed()


def test_an_address_is_good_for_one_browser_and_another_is_printed(guarded: Server) -> None:
    first = guarded.tickets[-1]
    assert guarded.ask("GET", first, FOREIGN).status == 403  # a page that guessed it does not use it up
    guarded.come_in()
    assert guarded.tickets[-1] != first
    for used in (first, "/enter", "/enter?ticket=", "/enter?ticket=%ff"):
        answer = guarded.ask("GET", used)
        assert (answer.status, answer.headers["Set-Cookie"]) == (403, None)
    guarded.come_in()


def test_the_servers_own_pages_work(guarded: Server) -> None:
    own = guarded.come_in() | guarded.own | {"Sec-Fetch-Site": "same-origin"}
    answer = guarded.ask("POST", "/graphql", own | JSON, BODY)
    assert json.load(answer) == {"data": {"setConcurrencyLimit": True}}
    assert guarded.was_changed()
    page = guarded.ask("GET", "/runs", own)
    assert (page.status, page.headers["X-Frame-Options"]) == (200, "SAMEORIGIN")


def spoken(port: int, headers: Mapping[str, str]) -> dict:
    """Open a websocket, subscribe with a mutation, and return the first answer."""
    address = f"ws://{HOST}:{port}/graphql"
    with connect(address, additional_headers=dict(headers), subprotocols=["graphql-ws"], open_timeout=10) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": {}}))
        assert json.loads(socket.recv(10)) == {"type": "connection_ack"}
        socket.send(json.dumps({"id": "1", "type": "start", "payload": {"query": MUTATION, "variables": {}}}))
        said: dict = json.loads(socket.recv(10))
        return said


def test_websockets_are_for_the_servers_own_pages(bare: Server, guarded: Server) -> None:
    assert spoken(bare.port, FOREIGN)["type"] in ("data", "error")
    cookie = guarded.come_in()
    for headers in (FOREIGN | cookie, cookie, guarded.own, {"Origin": f"http://{HOST}:1"} | cookie):
        with pytest.raises(InvalidStatus) as refused:
            spoken(guarded.port, headers)
        assert refused.value.response.status_code == 403
    assert spoken(guarded.port, cookie | guarded.own)["type"] in ("data", "error")
