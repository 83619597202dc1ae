"""A copy of a store in one archive, by which all of it comes back on another disk or machine.

    backup.json     which source set, when
    SHA256SUMS      of every file
    store/          snapshots, what each edition told, editions, releases, nights, the store's key
    quarantine/ held/   beside the store: refused files with their reasons, why files are held

Left out is what is made anew from these: tables of steps, charts, pages. Dagster's own records are not of the store.
The archive tells hidden figures, and holds the key: it is its owner's alone.
"""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from pipelines.storage import files, warehouse

_SUMS, _MANIFEST = "SHA256SUMS", "backup.json"
_STORE = "store"
_OF_STORE = ("snapshots", "lake/history", "warehouse", "releases", "nights", "secret")
_BESIDE = ("quarantine", "held")
_AT_ONCE = 1 << 20  # bytes
_LARGEST = 1_000_000_000_000  # bytes that an archive may unpack to


class BackupError(Exception):
    """A backup that cannot be made, or is not what it was; the message says what to do."""


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself. made_at: ISO time. files: how many, with the sum of their bytes."""

    source_set: str
    made_at: str
    files: int
    bytes: int


def write(root: Path, folder: Path, now: datetime, *, synthetic: bool) -> tuple[Path, Backup]:
    """Write a backup of the store at `root` into a folder, read it again, and return it with what it says of itself.

    Whoever calls has the lock. Raises BackupError, OSError.
    """
    made_up = "synthetic-" if synthetic else ""
    archive = folder / f"{made_up}levekar-{root.name}-{now:%Y%m%dT%H%M%SZ}.zip"
    if archive.exists():
        raise BackupError(f"{archive} is there already: no backup is written over")
    if not (root / "snapshots").is_dir():
        raise BackupError(f"{root}: there is no store to keep; expected snapshots/ in it")
    sums, size = {}, 0
    with files.replacing(archive) as unfinished:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, path in _kept(root):
                with path.open("rb") as source, packed.open(name, "w", force_zip64=True) as target:
                    sums[name] = _copied(source, target)
                size += path.stat().st_size
            made = Backup(root.name, now.isoformat(timespec="seconds"), len(sums), size)
            manifest = json.dumps(asdict(made), indent=1) + "\n"
            sums[_MANIFEST] = hashlib.sha256(manifest.encode()).hexdigest()
            packed.writestr(_MANIFEST, manifest)
            packed.writestr(_SUMS, "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items())))
        read(unfinished)
    return archive, made


def read(archive: Path) -> Backup:
    """Read a backup whole, and return what it says of itself. Raises BackupError where a file is not as it was."""
    try:
        with zipfile.ZipFile(archive) as packed:
            if unfit := files.unfit_to_unpack(packed, _LARGEST):
                raise BackupError(f"{archive} is no backup: {unfit}")
            lines = packed.read(_SUMS).decode().splitlines()
            wanted = {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}
            if unlike := set(packed.namelist()) ^ {*wanted, _SUMS}:
                raise BackupError(f"{archive}: {min(unlike)} is missing, or was added; take another backup")
            for name, sha256 in wanted.items():
                with packed.open(name) as source:
                    if _copied(source, None) != sha256:
                        raise BackupError(f"{archive}: {name} is not as it was kept; take another backup")
            return Backup(**json.loads(packed.read(_MANIFEST)))
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, ValueError, TypeError) as error:
        raise BackupError(f"{archive} is no whole backup: {error}") from error


def restore(archive: Path, root: Path) -> Backup:
    """Bring a store back at `root`, where there is none, once every file was seen to be as it was kept.

    The tables that editions are made of come with the next refresh. Raises BackupError, OSError.
    """
    told = read(archive)
    if told.source_set != root.name:
        raise BackupError(f"{archive} is of source set '{told.source_set}': expected --sources {told.source_set}")
    beside = root.parent.parent
    for path in (root, *(beside / name for name in _BESIDE)):
        if path.is_dir() and any(path.iterdir()):
            raise BackupError(f"{path} is not empty: a backup takes no store's place; name another --data-dir")
    files.make_folder(root.parent, files.PASSAGE)
    with files.scratch(root.parent) as building, zipfile.ZipFile(archive) as packed:
        packed.extractall(building)
        if (building / _STORE / "warehouse").is_dir():
            files.show_to_readers(building / _STORE / "warehouse")
        (building / _STORE).chmod(files.PASSAGE)
        for name in _BESIDE:
            if (building / name).is_dir():
                shutil.copytree(building / name, beside / name, dirs_exist_ok=True)
        if root.is_dir():
            root.rmdir()
        (building / _STORE).rename(root)
    warehouse.repoint(root)
    return told


def _kept(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file with its name in the archive; locks, pointers and what is being written are none."""
    folders = [(f"{_STORE}/{name}", root / name) for name in _OF_STORE]
    folders += [(name, root.parent.parent / name) for name in _BESIDE]
    for name, path in folders:
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            within = file.relative_to(path)
            hidden = any(part.startswith(".") for part in within.parts)
            if file.is_file() and not file.is_symlink() and not hidden:
                yield (PurePosixPath(name) / within).as_posix(), file


def _copied(source: IO[bytes], target: IO[bytes] | None) -> str:
    """Copy a file, or only read it, and return its SHA-256."""
    digest = hashlib.sha256()
    while content := source.read(_AT_ONCE):
        digest.update(content)
        if target is not None:
            target.write(content)
    return digest.hexdigest()
