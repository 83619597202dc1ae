"""Files that are either whole or not there, whatever moment a process dies, and that only their owner may read.

Shared by the snapshot store, the lake and the warehouse. What a file holds and where it lies is theirs. What others
may read is opened to them by name (`FOR_READERS`); all else is private, whatever the system's umask says.
"""

import hashlib
import os
import shutil
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path, PurePosixPath

if sys.platform != "win32":
    import fcntl

UNFINISHED = ".unfinished-"
PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
FOR_READERS, FOLDER_FOR_READERS = 0o644, 0o755
PASSAGE = 0o711  # a folder that others pass through to what they know by name, without seeing what else is in it
_LOCK = "lock"
_LEFT_BEHIND = 3600.0  # seconds; where there are no locks, the process behind a write that old is taken for dead
_THROWN_AWAY = ContextVar("what is written goes again", default=False)
_TIME_TO_LOCK = 1.0  # seconds that a writer may take between making a file and locking it


class HoldsOther(Exception):
    """A folder that was to be replaced holds something else than what it is known by."""


def keep_private() -> None:
    """Let no file that this process or one of its children makes be read by others: libraries make files too."""
    os.umask(0o077)


def close(folder: Path) -> None:
    """Take a folder from others that was made before files were private, and with it all below."""
    # Somebody else's folder is theirs to close; `docs/security.md` says which there are.
    with suppress(FileNotFoundError, PermissionError):
        folder.chmod(PRIVATE_FOLDER)


@contextmanager
def replacing(path: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """Yield a name to write to; at the end the finished file takes its place as `path`, in one step.

    Readers see the old file or the new one. If writing fails, the old one stays.
    """
    make_folder(path.parent)
    unfinished = path.with_name(f"{UNFINISHED}{uuid.uuid4().hex}")
    try:
        with _locked(unfinished):
            yield unfinished
            unfinished.chmod(mode)
            sync(unfinished)
            unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync(path.parent)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Yield a folder below `folder` for what is on its way, which goes at the end; a killed process's is swept."""
    make_folder(folder)
    own = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        with _locked(own / _LOCK):
            yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def write(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write the file in one step."""
    with replacing(path, mode) as unfinished:
        unfinished.write_bytes(content)


def make_folder(path: Path, mode: int = PRIVATE_FOLDER) -> None:
    """Make the folder where it is missing, so that it outlives a power cut; and its parents, which stay private.

    A folder that is there keeps the rights that somebody gave it.
    """
    if path.is_dir():
        return
    make_folder(path.parent)
    with suppress(FileExistsError):  # another process was quicker
        path.mkdir(PRIVATE_FOLDER)
        path.chmod(mode)  # mkdir heeds the umask
    sync(path.parent)


@contextmanager
def thrown_away() -> Iterator[None]:
    """Wait for no disk inside: what is written there goes at the end, so a power cut takes nothing.

    Waiting for the disk was most of the time that a trial of a file took.
    """
    outside = _THROWN_AWAY.set(True)
    try:
        yield
    finally:
        _THROWN_AWAY.reset(outside)


def show_to_readers(folder: Path) -> None:
    """Let others read a folder and all that is in it, whatever the umask says."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(FOLDER_FOR_READERS if path.is_dir() else FOR_READERS)


@contextmanager
def replacing_folder(folder: Path, marker: str) -> Iterator[Path]:
    """Yield an empty folder; at the end it takes the place of `folder`, open to readers, with what it holds by then.

    marker: the name of a file by which a folder of that kind is known. Raises HoldsOther where something else is.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / marker).exists():
        raise HoldsOther(str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch(folder.parent) as own:
        made = own / "made"
        made.mkdir()
        (made / marker).touch()
        yield made
        show_to_readers(made)
        if folder.exists():
            folder.rename(own / "before")
        made.rename(folder)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unfit_to_unpack(archive: zipfile.ZipFile, most: int) -> str | None:
    """Say why an archive must not be unpacked: a name that leads out of its folder, or more than `most` bytes."""
    entries = archive.infolist()
    for name in (entry.filename for entry in entries):
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
            return name
    return "it unpacks to too much" if sum(entry.file_size for entry in entries) > most else None


def sync(path: Path) -> None:
    """Have the disk hold the file, or the folder's list of names, before anything relies on it."""
    if _THROWN_AWAY.get() or (os.name == "nt" and path.is_dir()):
        return  # Windows cannot open a folder; there a rename is durable on its own
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path, clock: Callable[[], float] = time.time) -> None:
    """Remove the unfinished files of killed processes; those of living ones stay.

    A writer holds a lock on its file, and the system releases it when the writer dies. Where there are no locks, an
    unfinished file goes after an hour.
    """
    for unfinished in folder.rglob(f"{UNFINISHED}*"):
        lock = unfinished / _LOCK if unfinished.is_dir() else unfinished
        try:
            if _is_abandoned(lock, clock) or clock() - lock.stat().st_mtime > _LEFT_BEHIND:
                shutil.rmtree(unfinished) if unfinished.is_dir() else unfinished.unlink()
        except OSError:
            # Another process swept it first, or the folder is read-only: in both cases the file harms nobody.
            continue


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lock the file while it is written, where the system has locks that end with the process."""
    if sys.platform == "win32":
        yield
        return
    with path.open("ab") as file:
        # On a file system without locks the file is written all the same, and `sweep` goes by its age.
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _is_abandoned(path: Path, clock: Callable[[], float]) -> bool:
    """Whether the file's writer is known to be gone: its lock is free, and there was time to take it."""
    if sys.platform == "win32" or clock() - path.stat().st_mtime < _TIME_TO_LOCK:
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
