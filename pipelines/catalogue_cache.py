"""Today's catalogue for who only reads: from what was kept of it, where nothing of the YAML or its models changed.

Reading and checking the YAML takes longer than all that a question needs. What is kept lies in the store, for its owner
alone; a night always reads the YAML itself.
"""

import hashlib
import os
import pickle
import sys
from contextlib import suppress
from pathlib import Path

import pydantic

from indicators import catalogue
from indicators.catalogue import Catalogue
from pipelines.code_version import version_behind

_NAME = ".catalogue.pickle"
_WRITABLE_BY_OTHERS = 0o022


def load(root: Path) -> Catalogue:
    """Return the catalogue. root: the folder of a source set, where it may be kept. Raises CatalogueError."""
    version = _version().encode()
    kept = root / _NAME
    with (
        suppress(OSError, ValueError, EOFError, AttributeError, ImportError, pickle.PickleError),
        kept.open("rb") as file,
    ):
        before, _, content = file.read().partition(b"\n")
        if before == version and _is_ours(file.fileno()):
            found = pickle.loads(content)  # noqa: S301 (written by this user, and nobody else can write to it)
            if isinstance(found, Catalogue):
                return found
    loaded = catalogue.load()
    if root.is_dir():
        from pipelines.storage import files

        with suppress(OSError):
            files.write(kept, version + b"\n" + pickle.dumps(loaded))
    return loaded


def _is_ours(descriptor: int) -> bool:
    """Whether this user wrote a file, and nobody else can: what is unpickled is obeyed."""
    about = os.fstat(descriptor)
    own = about.st_uid == os.geteuid() if hasattr(os, "geteuid") else True
    return own and not about.st_mode & _WRITABLE_BY_OTHERS


def _version() -> str:
    """Return one digest over the YAML and whatever makes a catalogue of it."""
    yaml = sorted(catalogue.HERE.rglob("*.yaml"))
    digest = hashlib.sha256(f"{sys.version} {pydantic.VERSION} {version_behind(catalogue.load)}".encode())
    for path in yaml:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
