"""The lake: one Parquet file per asset, each with the fingerprint of what it was made from.

What belongs: names, atomic writing, reading back. What does not: what a table holds (`sources.tidy`,
`indicators`) and when it is made anew (`assets`).
"""

import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.storage import files

_FINGERPRINT = b"levekar.fingerprint"
_PART = re.compile(r"(?!\.)[\w.-]+")


class LakeError(Exception):
    """A table of the lake that is not there or cannot be read; the message says what to do."""


class Lake:
    """Tables kept by key, such as ("facts", "ssb", "07459"), as Parquet below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        files.sweep(root)

    def path(self, key: Sequence[str]) -> Path:
        """Return the file that holds (or will hold) the table."""
        if not key or not all(_PART.fullmatch(part) for part in key):
            raise LakeError(
                f"lake: {list(key)} cannot name a file; expected parts of letters, digits, '_', '-' and '.'"
            )
        return self.root.joinpath(*key[:-1], f"{key[-1]}.parquet")

    def exists(self, key: Sequence[str]) -> bool:
        """Whether the table has ever been written."""
        return self.path(key).is_file()

    def write(self, key: Sequence[str], table: pa.Table, fingerprint: str) -> None:
        """Keep table, schema metadata and fingerprint; a reader sees the old file or the new one."""
        metadata = {**(table.schema.metadata or {}), _FINGERPRINT: fingerprint.encode()}
        with files.replacing(self.path(key)) as unfinished:
            pq.write_table(
                table.replace_schema_metadata(metadata),
                unfinished,
                compression="zstd",
                write_page_checksum=True,
            )

    def read(self, key: Sequence[str]) -> pa.Table:
        """Return the table as it was written. Raises LakeError when it is absent or damaged."""
        path = self.path(key)
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                table = file.read()
        except FileNotFoundError:
            raise LakeError(
                f"lake: {'/'.join(key)} has not been made yet; expected {path}. Run `levekar refresh`."
            ) from None
        except (pa.ArrowException, OSError) as error:
            raise LakeError(
                f"lake: {path} is damaged ({error}). Delete it and run `levekar refresh`: it is made anew "
                "from the snapshots."
            ) from error
        given = {name: text for name, text in (table.schema.metadata or {}).items() if name != _FINGERPRINT}
        return table.replace_schema_metadata(given or None)

    def fingerprint(self, key: Sequence[str]) -> str | None:
        """Return what the table was made from, by the footer alone; None if absent or damaged."""
        try:
            metadata = pq.read_metadata(self.path(key)).metadata or {}
        except (pa.ArrowException, OSError):
            return None
        return metadata[_FINGERPRINT].decode() if _FINGERPRINT in metadata else None
