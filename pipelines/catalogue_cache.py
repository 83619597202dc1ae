"""Today's catalogue for who only reads: from what was kept of it, where nothing of the YAML or its models changed.

Reading and checking the YAML takes longer than all that a question needs. What is kept lies in the store, for its owner
alone; a night always reads the YAML itself.
"""

import hashlib
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
    with suppress(OSError, ValueError, EOFError, AttributeError, ImportError, pickle.PickleError):
        before, _, content = kept.read_bytes().partition(b"\n")
        if before == version and not kept.stat().st_mode & _WRITABLE_BY_OTHERS:
            found = pickle.loads(content)  # noqa: S301  # our own file in a folder that nobody else writes to
            if isinstance(found, Catalogue):
                return found
    loaded = catalogue.load()
    if root.is_dir():
        from pipelines.storage import files

        with suppress(OSError):
            files.write(kept, version + b"\n" + pickle.dumps(loaded))
    return loaded


def _version() -> str:
    """Return one digest over the YAML and whatever makes a catalogue of it."""
    yaml = sorted(catalogue.HERE.rglob("*.yaml"))
    digest = hashlib.sha256(f"{sys.version} {pydantic.VERSION} {version_behind(catalogue.load)}".encode())
    for path in yaml:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
