"""`make ui`: Dagster's user interface on 127.0.0.1 with a guard before it, on the command line's own instance.

On a server it stands behind a proxy that asks who comes in (`--behind https://levekar.example.no`, docs/operations.md).

What `dagster dev` starts, a webserver and the daemon for schedules and sensors, is started here, since it has no place
for the guard.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import dagster as dg
import uvicorn

# As dagster_webserver.cli puts them together; Dagster has no public door to them, and its version is pinned.
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster_webserver.app import create_app_from_workspace_process_context

from pipelines.settings import SOURCE_SETS, Settings, SettingsError
from pipelines.storage import files, warehouse
from pipelines.storage.store import network_warning
from pipelines.workplace import dagster_home
from pipelines.workplace.ui_guard import PROXY_HEADER, Entrance, Guard, Proxy, Ticket

HOST = "127.0.0.1"
DEFINITIONS = "pipelines.workplace.definitions"
_SHARED_WITH_PROXY = "LEVEKAR_PROXY_SECRET"
_SHORTEST_SECRET = 32
_TO_SHUT_DOWN = 20  # seconds


def main() -> None:
    """Open the user interface, until Ctrl-C."""
    try:
        given = _options()
        _serve(given.port, given.behind)
    except SettingsError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(0)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="make ui", description="Dagster's user interface on 127.0.0.1")
    options.add_argument("-p", "--port", type=int, default=3000)
    options.add_argument(
        "--behind", metavar="ORIGIN", help="the address of a proxy, such as https://levekar.example.no"
    )
    return options.parse_args()


def _serve(port: int, behind: str | None) -> None:
    files.keep_private()
    settings = Settings()
    _see_that_sources_are_chosen(settings)
    if warning := network_warning(settings.root):
        sys.stderr.write(f"warning: {warning}\n")
    files.make_folder(settings.inbox)  # so that there is a folder to drop files in
    os.environ["DAGSTER_HOME"] = str(dagster_home.prepare_dagster_home(settings))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    listening = listen(port)
    origins, entrance = _behind(behind) if behind else _alone(listening)
    target = ModuleTarget(DEFINITIONS, attribute=None, working_directory=None, location_name=None)
    with dg.DagsterInstance.get() as instance, WorkspaceProcessContext(instance, target) as context:
        dagster_home.end_dead_runs(instance, settings.dagster_home)
        app = create_app_from_workspace_process_context(context)
        guard = Guard(app, origins, entrance)
        server = uvicorn.Server(uvicorn.Config(guard, log_level="warning", timeout_graceful_shutdown=2))
        with _daemon(server):
            server.run([listening])


def _see_that_sources_are_chosen(settings: Settings) -> None:
    """Refuse to open the demo beside real figures, where nobody said so. Raises SettingsError."""
    if "sources" in settings.model_fields_set:
        return
    real = [name for name in SOURCE_SETS if name != "demo" and warehouse.current(settings.root.with_name(name))]
    if real:
        raise SettingsError(
            f"{settings.root.parent} has figures of {', '.join(real)}, and no source set was chosen: the default would "
            f"be the demo. Say which: LEVEKAR_SOURCES={real[0]} make ui (or LEVEKAR_SOURCES=demo make ui)"
        )


def _alone(listening: socket.socket) -> tuple[set[str], Entrance]:
    """Let in who opens the address that is printed; return the server's own origins, and how one comes in."""
    port = listening.getsockname()[1]

    def announce(path: str) -> None:
        sys.stdout.write(f"To come in, open http://{HOST}:{port}{path} (once; then another is printed)\n")
        sys.stdout.flush()

    return {f"http://{HOST}:{port}", f"http://localhost:{port}"}, Ticket(announce)


def _behind(origin: str) -> tuple[set[str], Entrance]:
    """Let in whom the proxy at this address lets in. Raises SettingsError where there is no secret, or a weak one."""
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        raise SettingsError(f"--behind '{origin}': expected scheme and name alone, such as https://levekar.example.no")
    secret = os.environ.pop(_SHARED_WITH_PROXY, "")  # runs need not know it
    if len(secret) < _SHORTEST_SECRET:
        raise SettingsError(
            f"{_SHARED_WITH_PROXY}: expected {_SHORTEST_SECRET} characters or more, the same that the proxy sends as "
            f"{PROXY_HEADER}; `openssl rand -hex 32` makes some"
        )
    return {origin}, Proxy(secret)


def listen(port: int) -> socket.socket:
    """Take a port of this machine alone; 0 takes any that is free. Raises SettingsError where it is taken."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        another = f"`make ui PORT={port + 1}` takes another port"
        raise SettingsError(f"port {port} of {HOST}: {error.strerror}. Is `make ui` open already? {another}") from error


@contextmanager
def _daemon(server: uvicorn.Server) -> Iterator[None]:
    """Run the daemon beside the server; where it ends by itself, the server ends too."""
    command = [sys.executable, "-m", "dagster._daemon", "run", "-m", DEFINITIONS]
    process = subprocess.Popen(command)

    def end_together() -> None:
        if process.wait() != 0:
            server.should_exit = True

    threading.Thread(target=end_together, daemon=True).start()
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_TO_SHUT_DOWN)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    main()
