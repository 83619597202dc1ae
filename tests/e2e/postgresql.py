"""A real PostgreSQL for Dagster's records, set up as `deploy/` says, on a free port of this machine."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from pipelines.settings import PROJECT
from tests.e2e.conftest import eventually, free_port

DEPLOY = PROJECT / "deploy"
SECRET = "0123456789abcdef" * 4


@contextmanager
def passable_folder() -> Iterator[Path]:
    """A folder like /srv/levekar: others, such as PostgreSQL's account, pass through, and see nothing in it."""
    made = Path(mkdtemp(prefix="levekar-server-"))
    for above in (made, *made.parents[:-1]):
        if above.owner() == made.owner():
            above.chmod(above.stat().st_mode | 0o011)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@contextmanager
def serving(folder: Path) -> Iterator[dict[str, str]]:
    """Run PostgreSQL below a folder, with what `deploy/postgresql.sql` makes; yields the settings that name it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "PostgreSQL is not on this machine; .ci/run installs Debian's postgresql"
    programs = found[-1].parent
    home, port = folder / "postgresql", free_port()
    home.mkdir()
    account: dict[str, Any] = {}
    if os.geteuid() == 0:  # it refuses to be started by root
        shutil.chown(home, "postgres", "postgres")
        account = {"user": "postgres", "group": "postgres", "extra_groups": [], "cwd": home}

    def run(program: str, *options: object) -> None:
        command = [programs / program, *map(str, options)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **account)
        assert done.returncode == 0, done.stdout + done.stderr

    run("initdb", "--pgdata", home / "data", "--auth-local", "peer", "--auth-host", "scram-sha-256")
    ours = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home}"
    server = subprocess.Popen(
        [programs / "postgres", "-D", home / "data", *ours.split()], stderr=subprocess.DEVNULL, **account
    )
    try:
        eventually(lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None, 60)
        script = (home / "postgresql.sql", (DEPLOY / "postgresql.sql").read_text(encoding="utf-8"))
        script[0].write_text(script[1], encoding="utf-8")
        script[0].chmod(0o644)
        connected = ("--host", home, "--port", port, "--dbname", "postgres", "--set", "ON_ERROR_STOP=1")
        run("psql", *connected, "--set", f"password='{SECRET}'", "--file", script[0])
        yield {
            "LEVEKAR_PG_HOST": "127.0.0.1",
            "LEVEKAR_PG_PORT": str(port),
            "LEVEKAR_PG_DATABASE": "levekar_dagster",
            "LEVEKAR_PG_USER": "levekar",
            "LEVEKAR_PG_PASSWORD": SECRET,
        }
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
