"""The lake: tables as Parquet, each with the memo of what it was made from.

    <root>/measures/work.parquet                a table by its key
    <root>/measures/work.json                   its memo: which file, its SHA-256, what it was made from, what was found
    <root>/facts/ssb/07459/<vintage>.parquet    one vintage of a source's observations, written once

What belongs: names, atomic writing, reading back, telling damage. What does not: what a table holds (`decoding`,
`indicators`) and when it is made anew (`steps`).

The memo is written last. Where a writer was killed before, it does not fit its file, which is found out by size or by
SHA-256: such a table is made anew, and never taken for what it is not.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.storage import files

_PART = re.compile(r"(?!\.)[\w.-]+")


class LakeError(Exception):
    """A table of the lake that is not there or cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Ref:
    """A table by reference: a Parquet file, with the types that its columns are to have."""

    path: Path
    schema: pa.Schema

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the table, or some columns of it. Raises LakeError where the file is absent or damaged."""
        try:
            with pq.ParquetFile(self.path, page_checksum_verification=True) as file:
                table = file.read(columns=list(columns) if columns is not None else None)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(self.path, str(error)) from error
        if columns is not None:
            return table.select(list(columns))
        return table.cast(self.schema).replace_schema_metadata(self.schema.metadata)


@dataclass(frozen=True)
class Memo:
    """What a table was made from: versions by the name of each input, key of the catalogue, and module of our code."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    catalogue: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)

    def reasons(self, before: "Memo") -> list[str]:
        """Say what differs from an earlier memo, so that the table must be made anew; nothing where it stands."""
        kinds = {"input": "inputs", "catalogue": "catalogue", "module": "code"}
        return [
            f"{kind} {name} {_change(name, getattr(self, part), getattr(before, part))}"
            for kind, part in kinds.items()
            for name in sorted(getattr(self, part).keys() | getattr(before, part).keys())
            if getattr(self, part).get(name) != getattr(before, part).get(name)
        ]


def _change(name: str, now: Mapping[str, str], before: Mapping[str, str]) -> str:
    return "changed" if name in now and name in before else "is new" if name in now else "is gone"


@dataclass(frozen=True)
class Kept:
    """A table of the lake: its file, the SHA-256 of that (its version), its memo, and what its checks found."""

    path: Path
    version: str
    rows: int
    memo: Memo
    findings: tuple[Mapping[str, Any], ...] = ()


class Lake:
    """Tables kept by key, such as `facts/ssb/07459`, as Parquet below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._verified: set[tuple[Path, str]] = set()
        files.sweep(root)

    def path(self, key: str) -> Path:
        """Return the file that holds the table, unless its memo names another. Raises LakeError for no proper key."""
        parts = key.split("/")
        if not all(_PART.fullmatch(part) for part in parts):
            raise LakeError(f"lake: '{key}' cannot name a file; expected parts of letters, digits, '_', '-' and '.'")
        return self.root.joinpath(*parts[:-1], f"{parts[-1]}.parquet")

    def all_keys(self) -> list[str]:
        """Return the keys of all tables that have a memo or a file, in order."""
        found = {path.with_suffix("") for ending in ("json", "parquet") for path in self.root.rglob(f"*.{ending}")}
        keys = (path.relative_to(self.root).as_posix() for path in found)
        # Where a memo names another file, the key is the memo's alone; a vintage has both.
        return sorted(key for key in keys if all(map(_PART.fullmatch, key.split("/"))))

    def kept(self, key: str) -> Kept | None:
        """Return a table's memo and version; None where the table was never made, or not to the end.

        Raises LakeError for no proper key.
        """
        memo = self._memo_path(key)
        try:
            raw = json.loads(memo.read_bytes())
            path = memo.parent / raw["file"]
            # A file that was cut has another size; a flipped bit is found when it is read.
            if path.stat().st_size != raw["size"]:
                return None
            return Kept(path, raw["version"], raw["rows"], Memo(**raw["memo"]), tuple(raw["findings"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, key: str, table: pa.Table | Ref, memo: Memo) -> Kept:
        """Keep a table in memory, or the engine's file, which is moved here; a vintage of the lake stays where it is.

        A reader sees the old table or the new one. Raises LakeError for no proper key.
        """
        path = self.path(key)
        if isinstance(table, Ref):
            path = self._in_place(table, path)
            rows = pq.read_metadata(path).num_rows
        else:
            with files.replacing(path) as unfinished:
                pq.write_table(table, unfinished, compression="zstd", write_page_checksum=True)
            rows = table.num_rows
        kept = Kept(path, files.sha256(path), rows, memo)
        self._verified.add((path, kept.version))
        self._write_memo(key, kept)
        if path != self.path(key):
            self.path(key).unlink(missing_ok=True)
        return kept

    def note(self, key: str, kept: Kept, findings: Sequence[Mapping[str, Any]]) -> Kept:
        """Keep what the checks of a table found beside it."""
        noted = replace(kept, findings=tuple(findings))
        self._write_memo(key, noted)
        return noted

    def is_whole(self, kept: Kept) -> bool:
        """Tell whether a table's file is what its memo says, to the last byte; looked at once by each process."""
        if (kept.path, kept.version) not in self._verified:
            try:
                whole = files.sha256(kept.path) == kept.version
            except OSError:
                return False
            if not whole:
                return False
            self._verified.add((kept.path, kept.version))
        return True

    def ref(self, key: str) -> Ref:
        """Return a table by reference. Raises LakeError where it is absent or damaged."""
        kept = self.kept(key)
        if kept is None:
            raise LakeError(f"lake: {key} has not been made yet; expected {self.path(key)}. Run `levekar refresh`.")
        if not self.is_whole(kept):
            raise _damaged(kept.path, "its content has another SHA-256 than its memo says")
        return Ref(kept.path, pq.read_schema(kept.path))

    def read(self, key: str) -> pa.Table:
        """Return the table as it was written. Raises LakeError when it is absent or damaged."""
        return self.ref(key).read()

    def _memo_path(self, key: str) -> Path:
        return self.path(key).with_suffix(".json")

    def _write_memo(self, key: str, kept: Kept) -> None:
        memo = self._memo_path(key)
        raw = {
            "file": kept.path.relative_to(memo.parent).as_posix(),
            "version": kept.version,
            "size": kept.path.stat().st_size,
            "rows": kept.rows,
            "memo": asdict(kept.memo),
            "findings": [dict(finding) for finding in kept.findings],
        }
        files.write(memo, json.dumps(raw, ensure_ascii=False, indent=1).encode() + b"\n")

    def _in_place(self, table: Ref, path: Path) -> Path:
        """Move the engine's file into its place; a file that is the lake's own already stays where it is."""
        is_own = table.path.is_relative_to(self.root)
        if is_own and not table.path.relative_to(self.root).parts[0].startswith("."):
            path.unlink(missing_ok=True)
            return table.path
        files.make_folder(path.parent)
        files.sync(table.path)
        table.path.replace(path)
        files.sync(path.parent)
        return path


def _damaged(path: Path, how: str) -> LakeError:
    return LakeError(
        f"lake: {path} is damaged ({how}). `levekar refresh` makes it anew from the snapshots; nothing is lost."
    )
