"""Releases: editions frozen with all that it takes to cite, defend and rebuild them; each is made once and never again.

    <out>/<name>/                 what was frozen, read-only (synthetic-<name>/ where the figures are made up)
      release.json                which edition, by which code and catalogue, what is inside and what is not
      levekar.duckdb, parquet/    the edition as readers had it
      catalogue/, methods/        what was measured and how, as it was then; requirements.lock: with which libraries
      page/, exports/             the same to be read, and in formats that other programs read
      snapshots/                  the answers that it was made from (`store/`: what else a rebuild needs)
      CITATION.cff, datacite.json how to cite it; README.md: how to check it
      SHA256SUMS                  SHA-256 of every other file, as `sha256sum --check` reads it
    <out>/<name>.zip              the same as one file
    <root>/releases/<name>.json   that it was made, for the store

Delivered files may hold small numbers, and with the store's key and its history they tell every figure that is hidden:
they are inside only where that is asked for, or all is made up. How a release is rebuilt belongs to `workplace`.
"""

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from indicators import catalogue
from pipelines.edition import citation
from pipelines.settings import PROJECT
from pipelines.storage import files, warehouse
from pipelines.storage.snapshots import DELIVERED
from pipelines.storage.store import Store

SUMS, MANIFEST = "SHA256SUMS", "release.json"
_NEVER_WRITTEN = 0o444
_MADE = "releases"
_LARGEST = 20_000_000_000  # bytes that an archive may unpack to


class ReleaseError(Exception):
    """A release that cannot be made or is not what it was; the message says what to do."""


@dataclass(frozen=True)
class Release:
    """That a release was made; sha256: of its SHA256SUMS."""

    name: str
    as_of: date
    created_at: datetime
    edition: str
    sha256: str
    corrects: str | None
    note: str | None

    @property
    def row(self) -> dict[str, Any]:
        """The row of the table `release`."""
        return asdict(self)


@dataclass(frozen=True)
class Request:
    """What is to be frozen. confidential: delivered files, the store's key and its history too."""

    name: str
    as_of: date
    corrects: str | None = None
    note: str | None = None
    confidential: bool = False


def made(root: Path) -> list[Release]:
    """Return the releases of the store at `root`, oldest first."""
    found = [json.loads(path.read_bytes()) for path in sorted((root / _MADE).glob("*.json"))]
    times = {"as_of": date.fromisoformat, "created_at": datetime.fromisoformat}
    releases = [Release(**{name: times.get(name, _same)(value) for name, value in raw.items()}) for raw in found]
    return sorted(releases, key=lambda release: release.created_at)


def _same(value: Any) -> Any:
    return value


def edition_of(root: Path, as_of: date) -> Path:
    """Return the edition that readers had at the end of a day (UTC). Raises ReleaseError where it is not kept."""
    until = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) + timedelta(days=1)
    kept = warehouse.editions(root)
    found = next((path for path in kept if warehouse.published_at(path.stem) < until), None)
    if found is None:
        names = ", ".join(path.stem for path in kept) or "none"
        raise ReleaseError(
            f"no edition of {as_of} is kept, so it cannot be frozen (kept are: {names}). What was published then is in "
            f"the newest edition all the same: FROM measure_as_of('{as_of}')"
        )
    return found


def freeze(
    store: Store,
    request: Request,
    out: Path,
    now: datetime,
    show: Callable[[Path, Path], None] | None = None,
    tell_changes: Callable[[str, str], str] | None = None,
) -> Release:
    """Freeze an edition as a folder and an archive below `out`. Raises ReleaseError, OSError.

    show: writes pages and exports of the edition that stands in one folder into another. tell_changes: gives, for a
    correction, as Markdown what changed between the release that it corrects and this one.
    """
    before = {release.name: release for release in made(store.root)}
    edition = edition_of(store.root, request.as_of)
    name = file_name(request.name, synthetic=_meta(edition)["synthetic"] == "true")
    folder, archive = out / name, out / f"{name}.zip"
    if request.name in before or folder.exists() or archive.exists():
        raise ReleaseError(f"release '{request.name}' is there already, and none is ever changed: choose another name")
    if request.corrects is not None and request.corrects not in before:
        raise ReleaseError(f"no release '{request.corrects}' to correct; there are: {', '.join(before) or 'none'}")
    if wrong := warehouse.damage(edition):
        raise ReleaseError(f"{edition.name} is damaged and cannot be frozen: {'; '.join(wrong)}")
    files.make_folder(out, files.FOLDER_FOR_READERS)
    with files.scratch(out) as building:
        made_of = building / name
        made_of.mkdir()
        manifest = _fill(made_of, store, request, edition, now)
        if show is not None:
            show(alone(building / "store", edition, edition.stem), made_of)
        if request.corrects is not None and tell_changes is not None:
            old = before[request.corrects].edition
            (made_of / "CHANGES.md").write_text(tell_changes(old, edition.stem), encoding="utf-8")
        citation.write(made_of, manifest, _terms(edition))
        sha256 = _sum_up(made_of)
        _pack(made_of, building / "archive.zip")
        made_of.rename(folder)
        (building / "archive.zip").rename(archive)
    archive.chmod(_NEVER_WRITTEN)
    release = Release(request.name, request.as_of, now, edition.stem, sha256, request.corrects, request.note)
    record = json.dumps(release.row, default=str, ensure_ascii=False, indent=1).encode() + b"\n"
    files.write(store.root / _MADE / f"{request.name}.json", record)
    return release


def file_name(name: str, *, synthetic: bool) -> str:
    """Return what a release's folder and archive are called: made-up figures are called so in every name of a file."""
    return f"synthetic-{name}" if synthetic else name


def _meta(edition: Path) -> dict[str, str]:
    with duckdb.connect(str(edition), read_only=True) as connection:
        return dict(connection.execute("SELECT key, value FROM meta").fetchall())


def alone(root: Path, edition: Path, name: str) -> Path:
    """Return a folder in which one edition stands as the current one, whatever was published since.

    edition: its DuckDB file, wherever it lies; name: the edition's name.
    """
    (root / "warehouse").mkdir(parents=True)
    (root / "warehouse" / f"{name}.duckdb").symlink_to(edition.resolve())
    (root / "CURRENT").write_text(f"warehouse/{name}.duckdb\n", encoding="utf-8")
    return root


def _fill(folder: Path, store: Store, request: Request, edition: Path, now: datetime) -> dict[str, Any]:
    """Copy everything into the folder, and return the manifest, which is written there."""
    shutil.copyfile(edition, folder / "levekar.duckdb")
    shutil.copytree(edition.with_suffix(""), folder / "parquet", copy_function=shutil.copyfile)
    ours = shutil.ignore_patterns("*.py", "__pycache__", "schema")
    shutil.copytree(catalogue.HERE, folder / "catalogue", ignore=ours, copy_function=shutil.copyfile)
    shutil.copytree(PROJECT / "docs", folder / "methods", ignore=shutil.ignore_patterns("*.json"))
    shutil.copyfile(PROJECT / "requirements.lock", folder / "requirements.lock")
    meta = _meta(edition)
    with duckdb.connect(str(edition), read_only=True) as connection:
        delivered = connection.execute(
            "SELECT DISTINCT table_id, sha256 FROM snapshot WHERE provider = ? AND accepted ORDER BY ALL", [DELIVERED]
        ).fetchall()
    whole = request.confidential or meta["synthetic"] == "true"
    _snapshots(folder, store, edition, whole=whole)
    manifest = {
        "name": request.name,
        "as_of": str(request.as_of),
        "edition": edition.stem,
        "created_at": now.isoformat(),
        "corrects": request.corrects,
        "note": request.note,
        "confidential": request.confidential,
        "commit": _commit(),
        **{name: meta[name] for name in ("source_set", "synthetic", "code_version", "catalogue_hash")},
        "can_be_rebuilt": whole or not delivered,
        "deliveries_left_out": [] if whole else [{"contract": table, "public_name": name} for table, name in delivered],
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return manifest


def _snapshots(folder: Path, store: Store, edition: Path, *, whole: bool) -> None:
    """Copy the answers that were there when the edition was made, and what else a rebuild of hidden figures needs."""
    moment = warehouse.published_at(edition.stem)
    answers = folder / "snapshots"
    answers.mkdir()
    for record in store.snapshots.records():
        fetch = store.snapshots.fetch(record)
        if fetch.fetched_at > moment or (fetch.provider == DELIVERED and not whole):
            continue
        for path in (
            store.snapshots.path_of(record),
            *(store.snapshots.path_of_bytes(response.sha256) for response in fetch.responses),
        ):
            target = answers / path.relative_to(store.root / "snapshots")
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
    if not whole:
        return
    (folder / "store").mkdir()
    (folder / "store" / "secret").write_bytes(store.names.key)
    # What editions before it showed and hid decides, too, what may be shown.
    history = store.root / "lake" / "history"
    for path in sorted(history.glob("*/*")):
        if path.stem < edition.stem:
            target = folder / "store" / "history" / path.relative_to(history)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _commit() -> str | None:
    """Return the commit that the code lies at, as far as Git knows; None where it does not."""
    command = ["git", "-C", str(PROJECT), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


def _terms(edition: Path) -> list[tuple[str, str]]:
    """Whom to name, and the terms, of everything that the edition was made from."""
    with duckdb.connect(str(edition), read_only=True) as connection:
        query = "SELECT DISTINCT attribution, licence FROM snapshot WHERE accepted ORDER BY ALL"
        return connection.execute(query).fetchall()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)


def _sum_up(folder: Path) -> str:
    """Write SHA256SUMS, close everything, and return its own SHA-256."""
    lines = [f"{files.sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in _files(folder)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    for path in (*_files(folder), folder / SUMS):
        path.chmod(_NEVER_WRITTEN)
    return files.sha256(folder / SUMS)


def _pack(folder: Path, archive: Path) -> None:
    """Pack a folder so that the same files give the same archive."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in (*_files(folder), folder / SUMS):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o100444 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, packed.open(entry, "w") as target:
                shutil.copyfileobj(source, target)


# --- checking one that somebody has ----------------------------------------------------------------------------------


def unpacked(archive: Path, into: Path) -> Path:
    """Return the folder of a release: itself, or an archive unpacked. Raises ReleaseError for what is none."""
    if archive.is_dir():
        return archive
    try:
        with zipfile.ZipFile(archive) as packed:
            if unfit := files.unfit_to_unpack(packed, _LARGEST):
                raise ReleaseError(f"{archive} is no release: {unfit}")
            packed.extractall(into)
    except (OSError, zipfile.BadZipFile) as error:
        raise ReleaseError(f"{archive} cannot be read: {error}") from error
    [*folders] = [path for path in into.iterdir() if path.is_dir()]
    if len(folders) != 1:
        raise ReleaseError(f"{archive} is no release: expected one folder in it, found {len(folders)}")
    return folders[0]


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return what a release says of itself. Raises ReleaseError."""
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        return found
    except (OSError, ValueError) as error:
        raise ReleaseError(f"{folder} is no release: {MANIFEST} cannot be read ({error})") from error


def broken(folder: Path) -> Iterator[str]:
    """Yield what of a release is not as it was frozen: changed, missing, or added. Raises ReleaseError."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError(f"{folder} is no release: {SUMS} cannot be read ({error})") from error
    wanted = {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}
    there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    for name, sha256 in wanted.items():
        if name not in there:
            yield f"{name} is missing"
        elif files.sha256(there[name]) != sha256:
            yield f"{name} was changed: its SHA-256 is not the one in {SUMS}"
    yield from (f"{name} was added" for name in sorted(there.keys() - wanted.keys()))
