"""A server as `deploy/` sets it up: PostgreSQL behind Dagster, nginx before it, all of them real and on this machine.

Names, ports, folders and secrets in the files of `deploy/` are replaced, as whoever installs them does. nginx serves
readers' files under an account of its own, so that file rights are tried too.
"""

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pipelines.settings import PROJECT
from pipelines.workplace.dagster_home import STARTED_ONCE_MORE
from tests.e2e import postgresql
from tests.e2e.conftest import LEVEKAR, Published, environment, eventually, free_port
from tests.e2e.postgresql import DEPLOY, SECRET

pytestmark = pytest.mark.slow  # three servers, and runs that publish

ANALYST = ("analyst", "synthetic password")
RUNS = "{ runsOrError { ... on Runs { results { runId status tags { key value } } } } }"
LAUNCH = """
    mutation($params: ExecutionParams!) {
        launchRun(executionParams: $params) { ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } }
    }
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with postgresql.passable_folder() as made:
        yield made


@pytest.fixture(scope="module")
def database(folder: Path) -> Iterator[dict[str, str]]:
    with postgresql.serving(folder) as settings:
        yield settings


@dataclass
class Server:
    """A store whose Dagster keeps its records in PostgreSQL, and the user interface behind the proxy."""

    folder: Path
    settings: dict[str, str]
    port: int
    origin: str
    certificate: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def start(self) -> None:
        """Start what the unit starts, and wait until the proxy reaches it."""
        unit = (DEPLOY / "systemd" / "levekar-ui.service").read_text(encoding="utf-8")
        (started,) = re.findall(r"^ExecStart=/opt/levekar/.venv/bin/python (.+)$", unit, re.MULTILINE)
        options = started.replace("3000", str(self.port)).replace("https://levekar.example.no", self.origin).split()
        with (self.folder / "ui.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *options],
                cwd=PROJECT,
                env=environment(**self.settings),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually(lambda: self.get("/server_info", auth=ANALYST).status_code == 200, 300)

    def kill(self) -> None:
        """Let the power go: nothing of it has a moment to end in order."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(f"{self.origin}{path}", verify=str(self.certificate), timeout=60, **options)

    def ask(self, query: str, origin: str | None = None, **variables: Any) -> requests.Response:
        """Put a GraphQL query through the proxy, as the pages that it serves do."""
        return requests.post(
            f"{self.origin}/graphql",
            json={"query": query, "variables": variables},
            headers={"Origin": origin or self.origin},
            auth=ANALYST,
            verify=str(self.certificate),
            timeout=60,
        )

    def runs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(RUNS).json()["data"]["runsOrError"]["results"]
        return found

    def levekar(self, *command: str) -> str:
        """Run a command of ours on the store, and return what it said."""
        done = subprocess.run(
            [LEVEKAR, *command],
            cwd=PROJECT,
            env=environment(**self.settings),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@contextmanager
def proxied(folder: Path, port: int, own: int, certificate: Path) -> Iterator[None]:
    """Run nginx with the configuration of `deploy/`, on other names, ports and folders."""
    text = (DEPLOY / "nginx" / "levekar.conf").read_text(encoding="utf-8")
    for was, now in {
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "levekar.example.no": "localhost",
        "/etc/levekar/certificate.pem": str(certificate),
        "/etc/levekar/certificate.key": str(certificate.with_suffix(".key")),
        "/srv/levekar/store/live/": f"{folder}/store/demo/",
        "/etc/levekar/who-comes-in.conf": str(folder / "who-comes-in.conf"),
        "127.0.0.1:3000": f"127.0.0.1:{own}",
        "the secret of levekar.env": SECRET,
    }.items():
        assert was in text, was
        text = text.replace(was, now)
    who = (DEPLOY / "nginx" / "who-comes-in-password.conf").read_text(encoding="utf-8")
    (folder / "who-comes-in.conf").write_text(who.replace("/etc/levekar/passwords", str(folder / "passwords")))
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", ANALYST[1]], capture_output=True, text=True, check=True
    ).stdout.strip()
    (folder / "passwords").write_text(f"{ANALYST[0]}:{hashed}\n")
    (folder / "passwords").chmod(0o644)
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    assert Path(nginx).exists(), "nginx is not on this machine; .ci/run installs Debian's nginx"
    account = "user www-data;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{account} daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        f"events {{}}\nhttp {{ access_log off; types {{ text/html html; }}\n{text}\n}}\n"
    )
    server = subprocess.Popen([nginx, "-p", folder, "-e", folder / "nginx.log", "-c", folder / "nginx.conf"])
    try:
        eventually(lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None, 30)
        yield
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(30)


@pytest.fixture(scope="module")
def server(folder: Path, database: dict[str, str], demo: Published) -> Iterator[Server]:
    """The server of an installation: a store, PostgreSQL, the user interface, nginx."""
    shutil.copytree(demo.folder, folder / "store", symlinks=True)
    (folder / "store").chmod(0o711)  # as docs/operations.md has it made
    home = folder / "store" / "dagster" / "demo"
    shutil.rmtree(home)
    home.mkdir()
    shutil.copy(DEPLOY / "dagster.yaml", home)
    (folder / "inbox").mkdir()
    certificate, port, own = folder / "certificate.pem", free_port(), free_port()
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    written = ("-out", certificate, "-keyout", certificate.with_suffix(".key"))
    key = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    subprocess.run(["openssl", *key, *names, *written], capture_output=True, check=True)
    settings = {
        **database,
        "LEVEKAR_DATA_DIR": str(folder / "store"),
        "LEVEKAR_INBOX": str(folder / "inbox"),
        "LEVEKAR_SOURCES": "demo",
        "LEVEKAR_PROXY_SECRET": SECRET,
    }
    made = Server(folder, settings, own, f"https://localhost:{port}", certificate)
    with proxied(folder, port, own, certificate):
        made.start()
        yield made
        made.kill()


def test_who_is_not_let_in_by_the_proxy_sees_nothing_of_dagster(server: Server) -> None:
    for given in (None, (ANALYST[0], "another password")):
        assert server.get("/", auth=given).status_code == 401
    assert server.get("/", auth=ANALYST).status_code == 200
    # Past the proxy, by the port of the machine, under any name.
    host = server.origin.removeprefix("https://")
    for name in (host, f"127.0.0.1:{server.port}"):
        for shown in ({}, {"X-Levekar-Proxy": "another secret"}):
            answer = requests.get(f"http://127.0.0.1:{server.port}/", headers={"Host": name, **shown}, timeout=10)
            assert answer.status_code == 403, answer.text
            assert answer.text.startswith("refused: ")


def test_pages_of_others_change_nothing_through_the_proxy(server: Server) -> None:
    mutation = 'mutation { setConcurrencyLimit(concurrencyKey: "attacked", limit: 7) }'
    limits = "{ instance { concurrencyLimits { concurrencyKey } } }"
    assert server.ask(mutation, origin="https://attacker.example").status_code == 403
    assert server.get("/graphql", params={"query": mutation}, auth=ANALYST).status_code == 405
    assert server.ask(limits).json()["data"]["instance"]["concurrencyLimits"] == []


def test_a_page_hears_through_the_proxy_what_happens(server: Server) -> None:
    trusted = ssl.create_default_context(cafile=str(server.certificate))
    address = f"{server.origin.replace('https', 'wss')}/graphql"
    coming_in = requests.models.PreparedRequest()
    coming_in.prepare(method="GET", url=server.origin, auth=ANALYST)
    known = {"Authorization": str(coming_in.headers["Authorization"])}
    with connect(
        address, ssl=trusted, additional_headers=known | {"Origin": server.origin}, subprotocols=["graphql-ws"]
    ) as heard:
        heard.send(json.dumps({"type": "connection_init", "payload": {}}))
        assert json.loads(heard.recv(10)) == {"type": "connection_ack"}
    with pytest.raises(InvalidStatus) as refused:
        connect(address, ssl=trusted, additional_headers=known | {"Origin": "https://attacker.example"})
    assert refused.value.response.status_code == 403


def test_readers_get_editions_and_nothing_else_of_the_store(server: Server) -> None:
    edition = server.get("/editions/levekar.duckdb")
    assert edition.content == (server.store / "demo" / "warehouse" / "levekar.duckdb").read_bytes()
    for path in (
        "/editions/../snapshots/",
        "/editions/%2e%2e/lake/",
        "/editions/..%2f..%2fdagster/",
        "/rapport../lake/",
    ):
        assert server.get(path).status_code in (400, 401, 403, 404), path


def test_the_commands_runs_are_in_postgresql_and_on_the_page(server: Server) -> None:
    server.levekar("refresh", "--full")
    (run,) = [run for run in server.runs() if run["status"] == "SUCCESS"]
    assert {"key": "levekar/sources", "value": "demo"} in run["tags"]
    assert not (server.store / "dagster" / "demo" / "history").exists()
    assert "ok" in server.levekar("doctor").casefold()


def test_a_power_cut_in_the_middle_of_a_run_is_made_good_after_the_start(server: Server) -> None:
    selector = {
        "repositoryLocationName": "pipelines.workplace.definitions",
        "repositoryName": "__repository__",
        "jobName": "refresh",
    }
    tags = [{"key": key, "value": value} for key, value in STARTED_ONCE_MORE.items()]
    launched = server.ask(
        LAUNCH, params={"selector": selector, "mode": "default", "executionMetadata": {"tags": tags}}
    ).json()
    run_id = launched["data"]["launchRun"]["run"]["runId"]

    def status() -> str:
        return next(run["status"] for run in server.runs() if run["runId"] == run_id)

    eventually(lambda: status() == "STARTED", 120)
    time.sleep(3)
    server.kill()
    server.start()
    eventually(lambda: status() == "FAILURE", 120)

    def again() -> bool:
        anew = [run for run in server.runs() if {"key": "dagster/parent_run_id", "value": run_id} in run["tags"]]
        return bool(anew) and anew[0]["status"] == "SUCCESS"

    eventually(again, 900)  # it publishes; on a crowded machine that takes minutes
