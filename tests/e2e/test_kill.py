"""Refreshes, deliveries and withdrawals killed at any moment: readers see what is whole, what is run again succeeds.

Thirty moments; `python -m tests.e2e.test_kill 300` tries as many as are asked for, on a demo of its own.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest

from pipelines.settings import PROJECT
from pipelines.storage.store import Store
from tests.e2e.conftest import LEVEKAR, environment
from tests.e2e.test_deliver import newer

SEED = 20300101
FINISHED = (".lock", ".run.lock", ".secret.lock", ".catalogue.pickle")  # whole files with hidden names
Figures = dict[str, list[tuple[Any, ...]]]
TABLES = ("observation", "measure", "series", "scorecard", "area", "indicator", "snapshot")


def started(folder: Path, *command: object, **settings: str) -> subprocess.Popen[str]:
    """A command at work on a store, in a process group of its own."""
    return subprocess.Popen(
        [LEVEKAR, *map(str, command), "--data-dir", folder],
        cwd=PROJECT,
        env=environment(PYTHONUNBUFFERED="1", **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def timed(folder: Path, *command: object) -> float:
    """Seconds from what a command says first to its end."""
    with started(folder, *command) as process:
        process.stdout.readline()
        begun = time.monotonic()
        said = process.communicate()[0]
        assert process.returncode == 0, said
        return time.monotonic() - begun


def killed(folder: Path, seconds: float, *command: object) -> bool:
    """Start a command, kill it so long after what it says first; say whether it was still at work."""
    with started(folder, *command) as process:
        process.stdout.readline()
        time.sleep(seconds)
        at_work = process.poll() is None
        if at_work:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return at_work


def figures(connection: duckdb.DuckDBPyConnection) -> Figures:
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
    """Kill a refresh that changes nothing; the open edition and the one that a newcomer opens are as they were."""
    expected = figures(evaluator)
    edition = (folder / "demo" / "levekar.duckdb").resolve()
    before = sha256(edition)
    at_work = killed(folder, seconds, "refresh", "--full")
    assert figures(evaluator) == expected
    assert sha256(edition) == before
    assert published(folder) == expected
    current = (folder / "demo" / "CURRENT").read_text(encoding="utf-8").strip()
    assert (folder / "demo" / current).is_file()
    return at_work


def published(folder: Path) -> Figures:
    with opened(folder) as newcomer:
        return figures(newcomer)


def see_that_the_folder_is_whole(folder: Path, expected: Figures) -> None:
    """The edition holds the same figures, both pointers name it, and nothing unfinished is left."""
    assert published(folder) == expected
    root = folder / "demo"
    assert (root / "CURRENT").read_text(encoding="utf-8").strip() == str((root / "levekar.duckdb").readlink())
    left = [path for path in root.rglob("*") if path.name.startswith(".") and path.name not in FINISHED]
    assert not left
    for edition in (root / "warehouse").glob("levekar-*.duckdb"):
        assert edition.with_suffix("").is_dir()
    assert not list(root.rglob("*.wal"))


def kill_refreshes(folder: Path, number: int) -> int:
    """Kill a refresh at so many moments, and run it to its end after each ten; return how many kills met it at work."""
    seconds = timed(folder, "refresh", "--full")
    at_work = 0
    with opened(folder) as evaluator:
        expected = figures(evaluator)
        for count, at in enumerate(moments(number, seconds)):
            at_work += see_that_nothing_is_lost_when_killed(folder, at, evaluator)
            if count % 10 == 9:
                timed(folder, "refresh", "--full")
                see_that_the_folder_is_whole(folder, expected)
        assert figures(evaluator) == expected
    return at_work


def kill_deliveries(folder: Path, number: int, file: Path) -> int:
    """Kill deliveries and withdrawals of a file at so many moments; return how many were at work.

    What is published after each is what stood before or what stands after it; given again, it is taken or taken back.
    """
    names = Store(folder / "demo").names
    withdraw = ("deliver", "--withdraw", names.of(sha256(file)))
    without = published(folder)
    seconds = timed(folder, "deliver", file)
    with_it = published(folder)
    seconds = min(seconds, timed(folder, *withdraw))
    assert values(published(folder)) == values(without) != values(with_it)
    at_work = 0
    rng = random.Random(SEED)
    for early, late in zip(moments(number // 4, seconds / 2), moments(number // 4, seconds / 2), strict=True):
        # Twice in a row, the second time upon what the first one left.
        pair = rng.sample([early, seconds / 2 + late], 2)
        for at in pair:
            at_work += killed(folder, at, "deliver", file)
            assert values(published(folder)) in (values(without), values(with_it))
        timed(folder, "deliver", file)
        assert values(published(folder)) == values(with_it)
        for at in pair:
            at_work += killed(folder, at, *withdraw)
            assert values(published(folder)) in (values(without), values(with_it))
        # A withdrawal that was recorded stands: a refresh publishes it, and the delivery can be given again.
        timed(folder, "refresh")
        if values(published(folder)) == values(with_it):
            timed(folder, *withdraw)
        assert values(published(folder)) == values(without)
    return at_work


def values(of: Figures) -> list[tuple[Any, ...]]:
    """The scorecard's rows, which say nothing of when."""
    return of["scorecard"]


@pytest.mark.slow
def test_a_refresh_killed_at_any_moment_leaves_the_edition_and_the_next_succeeds(demo_copy: Path) -> None:
    assert kill_refreshes(demo_copy, 22) >= 11


@pytest.mark.slow
def test_a_delivery_killed_at_any_moment_is_taken_or_not_there_and_nothing_is_lost(
    demo_copy: Path, tmp_path: Path
) -> None:
    file, _period, _value = newer(tmp_path)
    assert kill_deliveries(demo_copy, 8, file) >= 4


if __name__ == "__main__":
    asked = int(sys.argv[1])
    with TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        timed(store, "refresh")
        refreshes = kill_refreshes(store, asked * 2 // 3)
        file, _period, _value = newer(Path(folder))
        deliveries = kill_deliveries(store, asked // 3, file)
        sys.stdout.write(
            f"killed at work: {refreshes} refreshes, {deliveries} deliveries or withdrawals; nothing lost\n"
        )
