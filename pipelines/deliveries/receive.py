"""A delivered file taken from disk: its bytes, whole, and nothing but a file's; and its removal from there.

What the bytes mean is for the other modules.
"""

import hashlib
import os
import stat
import sys
from pathlib import Path
from typing import NamedTuple

from pipelines.deliveries.faults import DeliveryError

LARGEST = 512 * 1024 * 1024
"""Bytes: a million rows of statistics are a tenth of it."""

if sys.platform == "linux":
    import fcntl


class StillWritten(DeliveryError):
    """A file that another program has open for writing, or that changed while it was read."""


class Taken(NamedTuple):
    """A file's bytes, their SHA-256, and which file of the disk has them (device and inode)."""

    content: bytes
    sha256: str
    inode: tuple[int, int]


def remove(path: Path, sha256: str, inode: tuple[int, int]) -> bool:
    """Remove a file that still is the one that was read and has the same bytes; tell whether it is gone.

    What was put in its place, or written to it since, stays: nobody has looked at it. A folder that others own keeps
    its file.
    """
    try:
        now = content_of(path, path.name)
        if (now.sha256, now.inode) != (sha256, inode):
            return False
        path.unlink()
    except (OSError, DeliveryError):
        return not path.exists() and not path.is_symlink()
    return True


def content_of(path: Path, name: str, largest: int = LARGEST) -> Taken:
    """Return a file's bytes.

    Raises StillWritten, or DeliveryError for what is no ordinary file, is too large or may not be read.
    """
    try:
        # Not followed: a link in the inbox could lead anywhere. Not waited for: a pipe may never answer.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise DeliveryError(name, [_unreadable(path, error)]) from None
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        os.close(descriptor)
        raise DeliveryError(name, ["is no ordinary file (a folder, pipe or device); expected a file of figures"])
    with os.fdopen(descriptor, "rb") as file:
        if before.st_size > largest:
            size = f"is {before.st_size:,} bytes large, more than the {largest:,} that are taken"
            raise DeliveryError(name, [f"{size}. Deliver it in parts: a later one adds to the earlier ones"])
        if _open_for_writing(descriptor):
            raise StillWritten(name, ["another program is writing to it; close it there, or wait until it is copied"])
        try:
            content = file.read(largest + 1)
        except OSError as error:
            raise DeliveryError(name, [_unreadable(path, error)]) from None
        after = os.fstat(descriptor)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise StillWritten(name, ["changed while it was read; wait until it is whole and deliver it again"])
    return Taken(content, hashlib.sha256(content).hexdigest(), (before.st_dev, before.st_ino))


def _unreadable(path: Path, error: OSError) -> str:
    if path.is_symlink():
        return "is a link to another place; put the file itself here"
    return f"cannot be read ({error.strerror}); expected a file that the account running Levekår may read"


def _open_for_writing(descriptor: int) -> bool:
    """Whether any program has the file open for writing; where the system cannot tell, no."""
    if sys.platform != "linux":
        return False
    try:
        # A read lease is granted only while nobody writes; it needs the file to be ours.
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
