"""The command line as a user meets it: in this process where a question is asked, as its own process where it matters.

Starting Python with Dagster costs seconds, so the demo is published once and copied.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines import cli
from pipelines.settings import PROJECT

LEVEKAR = Path(sys.executable).with_name("levekar")


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


REGISTERS = ("LEVEKAR_NVDB_URL", "LEVEKAR_BRREG_URL", "LEVEKAR_TRAFIKKDATA_URL", "LEVEKAR_NILU_URL")
"""Set for all tests (tests/conftest.py), so that none asks a register on the net."""

Levekar = Callable[..., Said]


def environment(**more: str) -> dict[str, str]:
    """The user's environment, in English, with no settings but those given; compiled modules are kept."""
    ours = ("LEVEKAR_", "DAGSTER_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name in REGISTERS or not name.startswith(ours)}
    return {**kept, "LEVEKAR_ANYWAY": "true", "LEVEKAR_LANG": "en", **more}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("LEVEKAR_", "DAGSTER_")) and name not in REGISTERS:
            monkeypatch.delenv(name)
    # The stand-ins have no closed hours, whatever the clock says while the tests run.
    monkeypatch.setenv("LEVEKAR_ANYWAY", "true")
    monkeypatch.setenv("LEVEKAR_LANG", "en")  # whatever the machine's own language is


@pytest.fixture
def levekar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Levekar]:
    """Run one command in this process, through the same entry point as the script; it leaves the umask as it was."""
    umask = os.umask(0o022)
    os.umask(umask)

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["levekar", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        written = capsys.readouterr()
        return Said(int(ended.value.code or 0), written.out, written.err)

    yield run
    os.umask(umask)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def eventually(what: Callable[[], Any], seconds: float) -> Any:
    """Return the first true answer; the last error or answer tells why there was none."""
    end, last = time.monotonic() + seconds, None
    while time.monotonic() < end:
        try:
            if found := what():
                return found
        except OSError as error:
            last = error
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s (last: {last!r})")


@dataclass(frozen=True)
class Published:
    """A data folder with an edition, and what the refresh said that made it."""

    folder: Path
    said: Said


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The (synthetic) demo, published by `levekar refresh` as its own process."""
    folder = tmp_path_factory.mktemp("demo")
    command = [LEVEKAR, "refresh", "--data-dir", folder]
    done = subprocess.run(command, cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False)
    return Published(folder, Said(done.returncode, done.stdout, done.stderr))


@pytest.fixture
def demo_copy(demo: Published, tmp_path: Path) -> Path:
    return shutil.copytree(demo.folder, tmp_path / "store", symlinks=True)
