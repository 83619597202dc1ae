"""A refresh that somebody stops says so in words, and leaves what stood before."""

import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from pipelines.settings import PROJECT
from tests.e2e.conftest import LEVEKAR, Published, environment


@pytest.mark.slow  # two processes that start and publish
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_refresh_says_so(demo: Published, tmp_path: Path, sent: signal.Signals) -> None:
    store = shutil.copytree(demo.folder, tmp_path / "store", symlinks=True)
    edition = (store / "demo" / "levekar.duckdb").readlink()
    command = [LEVEKAR, "refresh", "--full", "--data-dir", store]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # at work
        process.send_signal(sent)
        _out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert " ".join(err.split()) == "interrupted: what stood before stands; `levekar refresh` goes on where this ended."
    assert (store / "demo" / "levekar.duckdb").readlink() == edition
