"""A disk that is full or cannot be written to: one clear line, what stood before is read, and it goes on later.

The disk is a real one of a few megabytes (tmpfs), mounted in a namespace of its own, which any user may make.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import PROJECT
from tests.e2e.conftest import LEVEKAR, Published, environment
from tests.e2e.test_deliver import newer
from tests.e2e.test_kill import figures, opened, see_that_the_folder_is_whole

MEGABYTE = 2**20


class SmallDisk:
    """A disk with a store on it, and little room beside."""

    def __init__(self, mounted: Path, holder: subprocess.Popen[str]) -> None:
        self.store, self._mounted, self._holder = mounted / "store", mounted, holder

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        """Run a command where the disk is seen."""
        enter = ["nsenter", f"--target={self._holder.pid}", "--mount", "--user", "--preserve-credentials"]
        return subprocess.run(
            [*enter, *map(str, command)], cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False
        )

    def levekar(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return self.run(LEVEKAR, *arguments, "--data-dir", self.store)

    def mounted_anew(self, options: str) -> None:
        done = self.run("mount", "-o", f"remount,{options}", self._mounted)
        assert done.returncode == 0, done.stderr

    def used(self) -> int:
        """Return how many bytes of the disk are in use."""
        total, available = self.run("df", "--block-size=1", "--output=size,avail", self._mounted).stdout.split()[2:]
        return int(total) - int(available)

    def copied(self, folder: Path) -> Path:
        """Return a copy of the store where this process sees it."""
        shutil.rmtree(folder, ignore_errors=True)
        done = self.run("tar", "--create", f"--directory={self._mounted}", f"--file={folder}.tar", "store")
        assert done.returncode == 0, done.stderr
        folder.mkdir()
        subprocess.run(["tar", "--extract", f"--directory={folder}", f"--file={folder}.tar"], check=True)
        return folder / "store"


@pytest.fixture
def disk(demo: Published, tmp_path: Path) -> Iterator[SmallDisk]:
    mounted = tmp_path / "disk"
    mounted.mkdir()
    script = (
        'mount -t tmpfs -o size=200m levekar "$0" && cp -a "$1" "$0/store" && echo mounted && read -r _until_closed'
    )
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, mounted, demo.folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "mounted\n", "a disk of its own needs Linux with user namespaces (unshare)"
        yield SmallDisk(mounted, holder)


def assert_says_that_room_is_missing(said: str) -> None:
    """Python says that no space is left, SQLite that there was an I/O error; what is free is told beside either."""
    words = " ".join(said.split())
    free = re.search(r"has room \(([0-9.]+) MB are free\)", words)
    assert "No space left on device" in words or (free is not None and float(free[1]) < 1), said


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_loses_nothing(disk: SmallDisk, tmp_path: Path) -> None:
    with opened(disk.copied(tmp_path / "before")) as evaluator:
        expected = figures(evaluator)
    for room in (0, MEGABYTE, 6 * MEGABYTE):
        disk.mounted_anew(f"size={disk.used() + room}")
        refused = disk.levekar("refresh", "--full")
        assert refused.returncode == 1, (room, refused.stdout[-2000:], refused.stderr[-2000:])
        assert "Traceback" not in refused.stderr
        assert_says_that_room_is_missing(refused.stderr)
        assert disk.levekar("scorecard", "--json").returncode == 0
        with opened(disk.copied(tmp_path / "full")) as evaluator:
            assert figures(evaluator) == expected
    disk.mounted_anew("size=200m")
    again = disk.levekar("refresh", "--full")
    assert again.returncode == 0, again.stderr
    see_that_the_folder_is_whole(disk.copied(tmp_path / "after"), expected)


@pytest.mark.slow
def test_a_delivery_that_finds_no_room_is_taken_when_there_is_some(disk: SmallDisk, tmp_path: Path) -> None:
    path, _period, value = newer(tmp_path)
    disk.mounted_anew(f"size={disk.used() + MEGABYTE // 2}")
    refused = disk.levekar("deliver", path)
    assert refused.returncode == 1, refused.stdout
    assert_says_that_room_is_missing(refused.stderr)
    disk.mounted_anew("size=200m")
    taken = disk.levekar("deliver", path)
    assert taken.returncode == 0, taken.stderr
    assert f"{value:.1f} points → {value + 1:.1f} points" in taken.stdout


@pytest.mark.slow
def test_a_disk_that_cannot_be_written_to_is_read(disk: SmallDisk, tmp_path: Path) -> None:
    path, _period, _value = newer(tmp_path)
    disk.mounted_anew("ro")
    for command in (["refresh"], ["refresh", "--full"], ["deliver", path]):
        refused = disk.levekar(*command)
        assert refused.returncode == 1, refused.stdout
        said = " ".join(refused.stderr.split())
        assert "Traceback" not in said
        assert "Read-only file system" in said or "cannot be worked on" in said
        assert "writable" in said
    for question in (["scorecard"], ["explain", "crowding"], ["sql", "SELECT count(*) FROM measure"], ["doctor"]):
        answered = disk.levekar(*question)
        assert answered.returncode == 0, (question, answered.stderr)
