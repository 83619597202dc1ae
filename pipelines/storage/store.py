"""The store of one source set: snapshots as received, the lake made of them, and below the same root the editions.

    <root>/.run.lock, .run.json      the lock that a run holds, and who holds it
    <root>/.run.died.json            who held it and died, until that is written down

One run at a time works on a store, from what it reads first to what it publishes last: of two at once, the second would
publish figures without what the first has just taken. The system releases the lock of a process that dies.
"""

import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipelines.storage import files
from pipelines.storage.lake import Lake
from pipelines.storage.public_names import PublicNames
from pipelines.storage.snapshots import SnapshotStore

_LOCK, _HOLDER, _DIED = ".run.lock", ".run.json", ".run.died.json"
_OF_LOCKS = (_LOCK, _HOLDER, _DIED)
SINCE = "%Y-%m-%d %H:%M UTC"
"""How it is written since when somebody holds the lock."""
_COPY = ".copy-"
_LEFT_BEHIND = 86_400.0  # seconds; a copy that old is a killed process's
_AT_ONCE = 0.05  # seconds to try for a free lock before it is said that one waits
# Where locks of other machines may not be seen, and where SQLite and DuckDB advise against their files.
_ACROSS_THE_NETWORK = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs")
MOUNTS = Path("/proc/mounts")


class StoreError(Exception):
    """A store that cannot be worked on now; the message says why and what to do."""


@dataclass(frozen=True)
class Store:
    """Snapshots and lake below `root`, opened when first used.

    known_key: of a store of made-up figures, a key that everybody knows, so that all machines publish the same.
    """

    root: Path
    known_key: bytes | None = None

    @cached_property
    def snapshots(self) -> SnapshotStore:
        """The source set's own snapshots."""
        return SnapshotStore(self.root / "snapshots")

    @cached_property
    def names(self) -> PublicNames:
        """The names that readers get of what was delivered, by the store's own key."""
        return PublicNames(self.root, self.known_key)

    @cached_property
    def lake(self) -> Lake:
        """The source set's Parquet files."""
        return Lake(self.root / "lake")

    def make_folders(self) -> None:
        """Make the folders that readers pass through on their way to the editions, and see nothing in."""
        files.make_folder(self.root.parent, files.PASSAGE)
        files.make_folder(self.root, files.PASSAGE)

    @contextmanager
    def alone(self, what: str, wait: float, say: Callable[[str], None]) -> Iterator[None]:
        """Have the store to oneself for a whole run, or wait for whoever has it.

        what: what is done, for those who wait. wait: seconds at most. say: is told once for whom. Raises StoreError
        where the other is not done by then, and where the folder cannot be written to.
        """
        try:
            self.make_folders()
            lock = FileLock(self.root / _LOCK, thread_local=False)
            self._acquire(lock, wait, say)
        except OSError as error:
            raise StoreError(
                f"{self.root}: cannot be worked on: {error.strerror or error}. Nothing was changed. Make the folder "
                "writable for this account, with room on its disk, and run it again."
            ) from error
        try:
            with suppress(FileNotFoundError):  # whoever ends in order removes it
                (self.root / _HOLDER).replace(self.root / _DIED)
            holder = {"what": what, "pid": os.getpid(), "host": socket.gethostname(), "since": _now()}
            files.write(self.root / _HOLDER, json.dumps(holder).encode() + b"\n")
            yield
        finally:
            # Whoever waits reads it only while somebody holds the lock.
            with suppress(OSError):
                (self.root / _HOLDER).unlink(missing_ok=True)
            lock.release()

    def died(self) -> dict[str, Any] | None:
        """Return who held the lock before and died (what, pid, host, since), once; None where nobody did."""
        path = self.root / _DIED
        try:
            found: dict[str, Any] = json.loads(path.read_bytes())
            path.unlink()
        except (OSError, ValueError):
            return None
        return found

    def _acquire(self, lock: FileLock, wait: float, say: Callable[[str], None]) -> None:
        """Raises StoreError, OSError."""
        try:
            lock.acquire(timeout=min(wait, _AT_ONCE), poll_interval=_AT_ONCE / 2)
            return
        except Timeout:
            if wait > _AT_ONCE:
                say(f"{self.root} is in use by {self._holder()}: waiting up to {wait:.0f} s")
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise StoreError(
                f"{self.root} is busy: {self._holder()} has not ended after {wait:.0f} s. Nothing was changed. "
                "Run it again later."
            ) from None

    def _holder(self) -> str:
        """Who has the lock, for people; what is written there may be of one before, for a moment."""
        try:
            holder = json.loads((self.root / _HOLDER).read_bytes())
            return f"{holder['what']} (process {holder['pid']} on {holder['host']}, since {holder['since']})"
        except (OSError, ValueError, KeyError, TypeError):
            return "another run"

    @contextmanager
    def copied(self, folder: Path) -> Iterator["Store"]:
        """Yield a copy of the store to try things on, below `folder`, which goes at the end.

        It is made of links, for no file of a store is changed once it is written.
        """
        files.make_folder(folder)
        for left in folder.glob(f"{_COPY}*"):
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
                shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=_COPY, dir=folder, ignore_cleanup_errors=True) as made:
            root = Path(made) / "store" / self.root.name
            root.parent.mkdir()
            if self.root.is_dir():
                shutil.copytree(self.root, root, copy_function=_link_or_copy, symlinks=True, ignore=_unfinished)
            with files.thrown_away():
                yield Store(root, self.known_key)


def network_drive(path: Path, mounts: Path = MOUNTS) -> str | None:
    """Return the kind of network file system that a path lies on, such as `nfs4`; None where it lies on none.

    mounts: the system's list of what is mounted; where there is none, nothing is known.
    """
    try:
        listed = [line.split() for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return None
    # Blanks are written as octal numbers there.
    places = [(row[1].replace("\\040", " "), row[2]) for row in listed if len(row) > 2]
    over = [(place, kind) for place, kind in places if path.resolve().is_relative_to(place)]
    kind = max(over, key=lambda found: len(found[0]), default=("", ""))[1]
    return kind if kind.startswith(_ACROSS_THE_NETWORK) else None


def network_warning(path: Path) -> str | None:
    """Return what is to be said where a path lies on a network drive; None where it does not."""
    kind = network_drive(path)
    if kind is None:
        return None
    return (
        f"{path} lies on a network drive ({kind}), where locks of other machines may not hold and databases may be "
        "damaged. Keep the store on a disk of this machine."
    )


def _unfinished(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(files.UNFINISHED) or name in _OF_LOCKS]


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _now() -> str:
    return datetime.now(UTC).strftime(SINCE)
