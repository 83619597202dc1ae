"""The store's secret key, and the public names of files that were handed over.

A delivered file with a few hidden counts can be rebuilt, and tried until its SHA-256 fits; so can all that follows from
that SHA-256. Readers get a name instead that only the store can make: HMAC-SHA256 with its key (RFC 2104).
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from filelock import FileLock

from pipelines.storage import files

KEY = "secret"
_BYTES = 32


class KeyDamaged(Exception):
    """The store's key is empty or cut: what follows from it could be made by everybody. The message says what to do."""


@dataclass(frozen=True)
class PublicNames:
    """Names what is delivered to the store at `root`, and what is made of it, for readers.

    known_key: of a store that has no key yet, instead of a random one.
    """

    root: Path
    known_key: bytes | None = None

    @property
    def exists(self) -> bool:
        """Whether the store has a key already, which whoever asks may read."""
        return os.access(self.root / KEY, os.R_OK)

    @cached_property
    def key(self) -> bytes:
        """The store's key, made when it is first asked for; only its owner can read the file.

        Raises OSError and KeyDamaged.
        """
        path = self.root / KEY
        # It is put in place whole and never changed, so that it is read where nothing can be written, too.
        if path.is_file():
            return _whole(path)
        files.make_folder(self.root)
        with FileLock(self.root / f".{KEY}.lock"):
            if not path.is_file():
                with files.replacing(path) as unfinished:
                    unfinished.touch(mode=0o600)
                    unfinished.chmod(0o600)
                    unfinished.write_bytes(self.known_key or os.urandom(_BYTES))
            return _whole(path)

    def of(self, sha256: str) -> str:
        """Return the public name for a SHA-256, or for any other text that follows from deliveries: 64 letters."""
        return hmac.new(self.key, sha256.encode(), hashlib.sha256).hexdigest()


def _whole(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) < _BYTES:
        raise KeyDamaged(
            f"{path}: expected the store's key of {_BYTES} bytes, found {len(key)}: copy the file from a backup. "
            "Without one remove it: the next `levekar refresh` makes a new key, and deliveries get other names in what "
            "is published"
        )
    return key
