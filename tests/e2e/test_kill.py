"""A refresh killed at any moment: what readers see stays whole and the same, and the next refresh succeeds."""

import hashlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.settings import PROJECT
from tests.e2e.conftest import LEVEKAR, environment

SEED = 20300101
LOCKS = (".lock", ".run.lock", ".secret.lock")  # files that lie there, locked or not
TABLES = ("observation", "measure", "series", "scorecard", "area", "indicator", "snapshot")


def started(folder: Path) -> subprocess.Popen[str]:
    """A refresh that fetches and computes everything anew, in a process group of its own."""
    return subprocess.Popen(
        [LEVEKAR, "refresh", "--full", "--data-dir", folder],
        cwd=PROJECT,
        env=environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def timed(folder: Path) -> float:
    """Seconds from the first finished step of a refresh to its end."""
    with started(folder) as process:
        process.stdout.readline()
        begun = time.monotonic()
        said = process.communicate()[0]
        assert process.returncode == 0, said
        return time.monotonic() - begun


def killed(folder: Path, seconds: float) -> bool:
    """Start a refresh, kill it so long after its first finished step; say whether it was still at work."""
    with started(folder) as process:
        process.stdout.readline()
        time.sleep(seconds)
        at_work = process.poll() is None
        if at_work:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return at_work


def figures(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    return {name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in TABLES}


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open what evaluators open, as they do."""
    return duckdb.connect(str(folder / "demo" / "levekar.duckdb"), read_only=True)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def moments(number: int, seconds: float) -> list[float]:
    """Random moments, one in each of `number` equal parts of the run."""
    rng = random.Random(SEED)
    return [seconds * (part + rng.random()) / number for part in range(number)]


def see_that_nothing_is_lost_when_killed(folder: Path, seconds: float, evaluator: duckdb.DuckDBPyConnection) -> bool:
    expected = figures(evaluator)
    edition = (folder / "demo" / "levekar.duckdb").resolve()
    before = sha256(edition)
    at_work = killed(folder, seconds)
    assert figures(evaluator) == expected
    assert sha256(edition) == before
    with opened(folder) as newcomer:
        assert figures(newcomer) == expected
    current = (folder / "demo" / "CURRENT").read_text(encoding="utf-8").strip()
    assert (folder / "demo" / current).is_file()
    return at_work


@pytest.mark.slow
def test_a_refresh_killed_at_any_moment_leaves_the_edition_and_the_next_succeeds(demo_copy: Path) -> None:
    seconds = timed(demo_copy)
    with opened(demo_copy) as evaluator:
        expected = figures(evaluator)
        at_work = []
        for number, at in enumerate(moments(8, seconds)):
            at_work.append(see_that_nothing_is_lost_when_killed(demo_copy, at, evaluator))
            if number % 4 == 3:
                timed(demo_copy)
                see_that_the_folder_is_whole(demo_copy, expected)
        assert sum(at_work) >= 5
        assert figures(evaluator) == expected


def see_that_the_folder_is_whole(folder: Path, expected: dict[str, list[tuple[Any, ...]]]) -> None:
    """The edition holds the same figures, both pointers name it, and nothing unfinished is left."""
    with opened(folder) as newcomer:
        assert figures(newcomer) == expected
    root = folder / "demo"
    assert (root / "CURRENT").read_text(encoding="utf-8").strip() == str((root / "levekar.duckdb").readlink())
    left = [path for path in root.rglob("*") if path.name.startswith(".") and path.name not in LOCKS]
    assert not left
    for edition in (root / "warehouse").glob("levekar-*.duckdb"):
        assert edition.with_suffix("").is_dir()
    assert not list(root.rglob("*.wal"))
