"""Publication: a new edition of the warehouse, checked in full before any reader is shown it.

    <root>/warehouse/levekar-<time>.duckdb      an edition; its name is never used again
    <root>/warehouse/levekar-<time>/*.parquet   the same tables
    <root>/warehouse/levekar-<time>.sha256      SHA-256 of each of these files, as `sha256sum --check` reads it
    <root>/warehouse/levekar.duckdb             symlink to the current edition: what readers open
    <root>/warehouse/CURRENT                    the same as text, for systems without symlinks
    <root>/levekar.duckdb, <root>/CURRENT       the same two, for who may look into <root>

Readers get the folder `warehouse` and all editions in it; what is not published yet lies there closed to them.

What belongs: building, checking, moving the pointers, removing old editions, opening the current one.
What does not: which tables there are (`indicators.dictionary`) and where their rows come from (`edition`).

An edition is built in a hidden folder under a lock that the system releases when its process dies. So any
hidden folder a lock holder finds is a killed process's. A reader that has an old edition open keeps it.
"""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from indicators.dictionary import Table, WarehouseSchema
from pipelines.storage import files

if TYPE_CHECKING:
    import pyarrow as pa

_POINTER, _TEXT_POINTER = "levekar.duckdb", "CURRENT"
_PREFIX, _STAMP = "levekar-", "%Y%m%dT%H%M%S%fZ"
_SUMS = ".sha256"
_NEVER_WRITTEN = 0o444
_EDITION = re.compile(r"levekar-\d{8}T\d{12}Z\.duckdb")
_BUILDING = ".building-"
# Who asks questions gets nothing but the edition: no other file, no network, no setting that would open them, and no
# more memory than this. What does not fit is refused, not spilled beside the edition.
_CONFINED = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "memory_limit": "1GB",
    "temp_directory": "",
    "lock_configuration": "true",
}
# What would give a suppressed figure away, by the status that says it is: the figure, its parts, its distance from
# what is shown.
_HIDDEN = {
    "status": (
        *("value", "nominal", "numerator", "lower", "upper", "gap_to_required", "gap_to_target", "gap_to_comparator"),
        *("change", "change_lower", "change_upper"),
    ),
    "old_status": ("old_value",),
    "new_status": ("new_value",),
}


class PublicationError(Exception):
    """An edition that was refused, with every reason; the edition before it stands."""

    def __init__(self, failures: list[str]) -> None:
        listed = "".join(f"\n  - {failure}" for failure in failures)
        super().__init__(f"the new edition was refused, the one before it stands:{listed}")
        self.failures = failures


class NothingPublished(Exception):
    """There is no edition to open."""


class OtherVersion(Exception):
    """The edition has other tables or columns than this version reads; the message says what to do."""


@dataclass(frozen=True)
class Edition:
    """One published edition: its name, its DuckDB file, and the folder of the same tables in Parquet."""

    name: str
    path: Path
    parquet: Path


def publish(
    root: Path,
    tables: Mapping[str, pa.Table],
    schema: WarehouseSchema,
    views: Mapping[str, str],
    meta: Mapping[str, str],
    now: datetime,
    keep: int = 5,
    macros: Mapping[str, tuple[str, str]] | None = None,
) -> Edition:
    """Build a new edition, check it, show it to readers; then remove all but the newest `keep`.

    tables: every table of the schema except `meta`, with exactly its columns. views: the SELECT of each view.
    meta: rows of `meta`, to which `edition` and `built_at` are added. macros: SELECT and comment of each
    table macro, by its name with parameters. Raises PublicationError with all failures; then nothing that readers see
    has changed.
    """
    # Who reads an edition needs neither.
    import pyarrow as pa
    from filelock import FileLock

    folder = root / "warehouse"
    files.make_folder(root, files.PASSAGE)
    files.make_folder(folder, files.FOLDER_FOR_READERS)
    with FileLock(folder / ".lock", mode=files.PRIVATE):
        _tidy_up(root)
        name = next_name(root, now)
        facts = {**meta, "edition": name, "built_at": now.astimezone(UTC).isoformat()}
        rows = [{"key": key, "value": value} for key, value in facts.items()]
        complete = {**tables, "meta": pa.Table.from_pylist(rows)}
        building = folder / f"{_BUILDING}{uuid.uuid4().hex}"
        building.mkdir(files.PRIVATE_FOLDER)
        try:
            _build(building, complete, schema, views, macros or {})
            edition = _put_in_place(building, folder, name)
        finally:
            shutil.rmtree(building)
        _point(root, edition.path)
        _prune(root, keep)
    return edition


def current(root: Path) -> Path | None:
    """Return the current edition's file, or None where nothing is published. The readers' symlink comes first."""
    for folder in (root / "warehouse", root):
        for name in (_name_in_symlink(folder), _name_in_text(folder)):
            if name is not None and (root / "warehouse" / name).is_file():
                return root / "warehouse" / name
    return None


def editions(root: Path) -> list[Path]:
    """Return the files of the editions that are kept, newest first, beginning with the current one."""
    newest = current(root)
    return [path for path in _files(root) if newest is not None and path.name <= newest.name]


def connect(root: Path, schema: WarehouseSchema | None = None) -> duckdb.DuckDBPyConnection:
    """Open the current edition for reading, and nothing else: no other file, no network (`docs/security.md`).

    It stays the same while others are published. schema: what whoever asks relies on. Raises NothingPublished,
    OtherVersion.
    """
    path = current(root)
    if path is None:
        raise NothingPublished(f"{root}: nothing is published here yet. Run `levekar refresh` with these sources.")
    connection = duckdb.connect(str(path), read_only=True, config=_CONFINED)
    if schema is not None and (missing := lacking(connection, schema)):
        connection.close()
        raise OtherVersion(
            f"{path.name}: this edition was written by another version of Levekår, and lacks {missing[0]} and "
            f"{len(missing) - 1} more. `levekar refresh` publishes it anew; `levekar sql` reads it as it is. A release "
            "has the pages of its own version in its folder page/"
        )
    return connection


def lacking(connection: duckdb.DuckDBPyConnection, schema: WarehouseSchema) -> list[str]:
    """Return the columns of a schema that an edition has not, such as `series.pace`."""
    there = set(connection.execute("SELECT table_name, column_name FROM duckdb_columns()").fetchall())
    wanted = ((table.name, column.name) for table in schema for column in table.columns)
    return [f"{table}.{column}" for table, column in wanted if (table, column) not in there]


@contextmanager
def side_by_side(newer: Path, older: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open two editions for reading, as `new` and `old`."""
    with duckdb.connect() as connection:
        for name, edition in (("new", newer), ("old", older)):
            connection.execute(f"ATTACH {literal(edition)} AS {name} (READ_ONLY)")
        yield connection


def damage(edition: Path) -> list[str] | None:
    """Say of each file of an edition that is not as it was published what is wrong; None where no SHA-256 was kept."""
    try:
        kept = edition.with_suffix(_SUMS).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None  # published before there were any
    found = []
    for line in kept.splitlines():
        sha256, _, name = line.partition("  ")
        path = edition.parent / name
        try:
            if files.sha256(path) != sha256:
                found.append(f"{name} is not as it was published: its SHA-256 is not the one beside it")
        except OSError as error:
            found.append(f"{name} cannot be read: {error.strerror}")
    return found


def rows(connection: duckdb.DuckDBPyConnection, query: str, *parameters: Any) -> list[dict[str, Any]]:
    """Return the rows of a query by column name.

    Texts, whole numbers and lists of texts take the place of `?` as DuckDB writes them; all else ($1) is bound. For to
    bind anything, DuckDB imports pandas, which takes longer than all that a reader asks for.
    """
    written = [_written(value) for value in parameters]
    if None in written or query.count("?") != len(written):
        connection.execute(query, list(parameters))
    else:
        connection.execute(_filled(query, written))
    names = [column[0] for column in connection.description or ()]
    return [dict(zip(names, map(_read, row), strict=True)) for row in connection.fetchall()]


def _read(value: Any) -> Any:
    """Return a value as Arrow gives it, wherever the machine stands: times in UTC, a map as its pairs."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return list(value.items()) if isinstance(value, dict) else value


def _written(value: Any) -> str | None:
    """Return a parameter as DuckDB writes it; None for what is to be bound."""
    if isinstance(value, bool | int):
        return str(value)
    if isinstance(value, list | tuple) and all(isinstance(text, str) for text in value):
        return f"[{', '.join(map(literal, value))}]"
    return literal(value) if isinstance(value, str) else None


def _filled(query: str, written: list[str | None]) -> str:
    parts = query.split("?")
    return "".join(f"{part}{value}" for part, value in zip(parts, written, strict=False)) + parts[-1]


def dangling(root: Path) -> list[Path]:
    """Return the pointers that name an edition which is not there."""
    named = [
        (folder / pointer, name_in(folder))
        for folder in (root / "warehouse", root)
        for pointer, name_in in ((_POINTER, _name_in_symlink), (_TEXT_POINTER, _name_in_text))
    ]
    return [pointer for pointer, name in named if name is not None and not (root / "warehouse" / name).is_file()]


def repoint(root: Path) -> Path | None:
    """Have all pointers name the current edition, or, where none of them does, the newest; return it."""
    from filelock import FileLock

    with FileLock(root / "warehouse" / ".lock"):
        edition = current(root) or next(iter(_files(root)), None)
        if edition is not None:
            _point(root, edition)
    return edition


def _name_in_symlink(folder: Path) -> str | None:
    pointer = folder / _POINTER
    return pointer.readlink().name if pointer.is_symlink() else None


def _name_in_text(folder: Path) -> str | None:
    try:
        return Path((folder / _TEXT_POINTER).read_text(encoding="utf-8").strip()).name or None
    except FileNotFoundError:
        return None


def _files(root: Path) -> list[Path]:
    found = (root / "warehouse").glob(f"{_PREFIX}*.duckdb")
    return sorted((path for path in found if _EDITION.fullmatch(path.name)), reverse=True)


def published_at(name: str) -> datetime:
    """Return when an edition was published, by its name: the store's own order, which a clock put back keeps."""
    return datetime.strptime(name, f"{_PREFIX}{_STAMP}").replace(tzinfo=UTC)


def next_name(root: Path, now: datetime) -> str:
    """Return the name of an edition that is published now: the time in UTC.

    It is always after every edition there is, even if the clock was put back. Raises ValueError without a time zone.
    """
    if now.tzinfo is None:
        raise ValueError(f"publish: {now} has no time zone; expected a time such as datetime.now(UTC)")
    stamp = now.astimezone(UTC)
    taken = _files(root)
    if taken:
        stamp = max(stamp, published_at(taken[0].stem) + timedelta(microseconds=1))
    return f"{_PREFIX}{stamp.strftime(_STAMP)}"


def _build(
    building: Path,
    tables: Mapping[str, pa.Table],
    schema: WarehouseSchema,
    views: Mapping[str, str],
    macros: Mapping[str, tuple[str, str]],
) -> None:
    """Write the DuckDB file and the Parquet beside it. Raises PublicationError."""
    _refuse_if([*_undescribed(schema, views), *_shape_failures(tables, schema)])
    path = building / "edition.duckdb"
    (building / "parquet").mkdir()
    with duckdb.connect(str(path)) as connection:
        failures = [*_fill(connection, tables, schema), *_add_views(connection, schema, views)]
        _refuse_if(failures)
        _describe(connection, schema)
        for macro, (select, comment) in macros.items():
            connection.execute(f"CREATE MACRO {macro} AS TABLE {select}")
            connection.execute(f"COMMENT ON MACRO TABLE {macro.partition('(')[0]} IS {literal(comment)}")
        connection.execute("CHECKPOINT")
    with duckdb.connect(str(path), read_only=True) as connection:
        _refuse_if(list(_content_failures(connection, tables, schema)))
        for table in schema.tables:
            target = building / "parquet" / f"{table.name}.parquet"
            connection.table(table.name).write_parquet(str(target), compression="zstd")
            files.sync(target)
    _refuse_if([f"{left.name} was left beside the file" for left in building.glob("*.wal")])
    files.sync(path)
    files.sync(building / "parquet")


def _refuse_if(failures: list[str]) -> None:
    if failures:
        raise PublicationError(failures)


def _undescribed(schema: WarehouseSchema, views: Mapping[str, str]) -> Iterator[str]:
    """Yield what the schema leaves without comment, and views only described or only defined."""
    for table in schema:
        if not table.comment.strip():
            yield f"{table.name}: has no comment; every table says what a row is"
        for column in table.columns:
            if not column.comment.strip():
                yield f"{table.name}.{column.name}: has no comment; every column says what it means"
    described = {view.name for view in schema.views}
    for name in sorted(described ^ set(views)):
        yield f"view {name}: " + ("has no SELECT" if name in described else "is not described in the schema")


def _shape_failures(tables: Mapping[str, pa.Table], schema: WarehouseSchema) -> Iterator[str]:
    """Yield tables and columns that are missing, or that the schema does not know."""
    wanted = {table.name: table for table in schema.tables}
    for name in sorted(wanted.keys() ^ tables.keys()):
        yield f"{name}: " + ("no such table was handed over" if name in wanted else "is not a table of the schema")
    for name in sorted(wanted.keys() & tables.keys()):
        columns = {column.name for column in wanted[name].columns}
        given = set(tables[name].column_names)
        for column in sorted(columns ^ given):
            yield f"{name}.{column}: " + ("is missing" if column in columns else "is not a column of the schema")


def _fill(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], schema: WarehouseSchema
) -> Iterator[str]:
    """Create and fill the tables; yield those whose rows do not fit the types."""
    for table in schema.tables:
        columns = ", ".join(f"{_quoted(column.name)} {column.type}" for column in table.columns)
        connection.execute(f"CREATE TABLE {_quoted(table.name)} ({columns})")
        in_order = ", ".join(_quoted(column.name) for column in table.columns)
        try:
            connection.from_arrow(tables[table.name]).project(in_order).insert_into(table.name)
        except duckdb.Error as error:
            yield f"{table.name}: a value does not fit its column: {error}"


def _add_views(
    connection: duckdb.DuckDBPyConnection, schema: WarehouseSchema, views: Mapping[str, str]
) -> Iterator[str]:
    for view in schema.views:
        try:
            connection.execute(f"CREATE VIEW {_quoted(view.name)} AS {views[view.name]}")
            yield from _type_failures(connection, connection.table(view.name), view)
        except duckdb.Error as error:
            yield f"view {view.name}: {error}"


def _describe(connection: duckdb.DuckDBPyConnection, schema: WarehouseSchema) -> None:
    """Put the comments into the file, in one transaction: one by one, each would wait for the disk."""
    kinds = [("TABLE", table) for table in schema.tables] + [("VIEW", view) for view in schema.views]
    connection.begin()
    for kind, table in kinds:
        name = _quoted(table.name)
        connection.execute(f"COMMENT ON {kind} {name} IS {literal(table.comment)}")
        for column in table.columns:
            connection.execute(f"COMMENT ON COLUMN {name}.{_quoted(column.name)} IS {literal(column.comment)}")
    connection.commit()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return a text in quotes for SQL that takes no parameters there, such as ATTACH, COMMENT and CREATE VIEW."""
    return "'" + str(value).replace("'", "''") + "'"


def _content_failures(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], schema: WarehouseSchema
) -> Iterator[str]:
    """Yield all that is wrong with the finished file, opened as a reader opens it."""
    yield from _comments_lost(connection, schema)
    for table in schema:
        try:
            found = connection.table(table.name)
            yield from _type_failures(connection, found, table)
            yield from _row_failures(found, table)
        except duckdb.Error as error:
            yield f"{table.name}: does not answer: {error}"
            continue
        counted = _count(found)
        if table.name in tables and counted != tables[table.name].num_rows:
            yield f"{table.name}: {counted} rows, expected {tables[table.name].num_rows}"


def _comments_lost(connection: duckdb.DuckDBPyConnection, schema: WarehouseSchema) -> Iterator[str]:
    found = connection.execute(
        "SELECT table_name, comment FROM duckdb_tables() "
        "UNION ALL SELECT view_name, comment FROM duckdb_views() "
        "UNION ALL SELECT table_name || '.' || column_name, comment FROM duckdb_columns()"
    ).fetchall()
    comments = dict(found)
    for table in schema:
        for name in (table.name, *(f"{table.name}.{column.name}" for column in table.columns)):
            if not comments.get(name):
                yield f"{name}: its comment is not in the file"


def _type_failures(
    connection: duckdb.DuckDBPyConnection, found: duckdb.DuckDBPyRelation, table: Table
) -> Iterator[str]:
    actual = dict(zip(found.columns, map(str, found.types), strict=True))
    expected = {column.name: str(connection.type(column.type)) for column in table.columns}
    for name in sorted(actual.keys() | expected.keys()):
        found_type, wanted = actual.get(name, "absent"), expected.get(name, "no such column")
        if found_type != wanted:
            yield f"{table.name}.{name}: is {found_type}, expected {wanted}"


def row_failures(rows: pa.Table, table: Table) -> list[str]:
    """Return why publication would refuse a table with these rows: gaps, doubled keys, suppressed figures."""
    with duckdb.connect() as connection:
        return list(_row_failures(connection.from_arrow(rows), table))


def _row_failures(found: duckdb.DuckDBPyRelation, table: Table) -> Iterator[str]:
    """Yield required columns with gaps, keys that occur twice, and suppressed figures that show."""
    yield from _gaps(found, table)
    if table.key:
        key = ", ".join(map(_quoted, table.key))
        repeated = found.aggregate(f"{key}, count(*) AS occurrences", key).filter("occurrences > 1")
        if example := repeated.limit(1).fetchone():
            yield f"{table.name}: {_count(repeated)} keys occur twice or more: {_key_of(table, example)}"
    for status, figures in _HIDDEN.items():
        hidden = [name for name in figures if name in found.columns]
        if status not in found.columns or not hidden:
            continue
        shown = " OR ".join(f"{_quoted(name)} IS NOT NULL" for name in hidden)
        leaks = found.filter(f"{status} = 'suppressed' AND ({shown})")
        # The message names the row, never its figure.
        if leak := leaks.project(", ".join(map(_quoted, table.key)) or status).limit(1).fetchone():
            yield f"{table.name}: {_count(leaks)} suppressed rows show a figure: {_key_of(table, leak) or status}"


def _gaps(found: duckdb.DuckDBPyRelation, table: Table) -> Iterator[str]:
    required = [column.name for column in table.columns if not column.nullable and column.name in found.columns]
    counts = ["count(*)", *(f"count(*) FILTER ({_quoted(name)} IS NULL)" for name in required)]
    rows, *empty = found.aggregate(", ".join(counts)).fetchone()
    for name, number in zip(required, empty, strict=True):
        if number:
            share = f"{number} of {rows} rows ({number / rows:.1%})"
            yield f"{table.name}.{name}: NULL in {share}, expected none"


def _key_of(table: Table, row: tuple[object, ...]) -> str:
    return ", ".join(f"{name}={value}" for name, value in zip(table.key, row, strict=False))


def _count(relation: duckdb.DuckDBPyRelation) -> int:
    counted: tuple[int] = relation.aggregate("count(*)").fetchone()
    return counted[0]


def _put_in_place(building: Path, folder: Path, name: str) -> Edition:
    """Give the finished files their names; the DuckDB file last, so that no edition is without Parquet and sums."""
    edition = Edition(name, folder / f"{name}.duckdb", folder / name)
    parquet = sorted((building / "parquet").iterdir())
    named = {edition.path.name: building / "edition.duckdb", **{f"{name}/{path.name}": path for path in parquet}}
    sums = "".join(f"{files.sha256(path)}  {published}\n" for published, path in named.items())
    for path in named.values():
        # An edition never changes: opening it for writing fails, instead of locking every other reader out.
        path.chmod(_NEVER_WRITTEN)
    (building / "parquet").chmod(files.FOLDER_FOR_READERS)
    (building / "parquet").rename(edition.parquet)
    files.write(edition.path.with_suffix(_SUMS), sums.encode(), _NEVER_WRITTEN)
    (building / "edition.duckdb").rename(edition.path)
    files.sync(folder)
    return edition


def _point(root: Path, edition: Path) -> None:
    """Move the pointers, each in one step; the readers' symlink, which counts, first."""
    for folder in (root / "warehouse", root):
        target = edition.relative_to(folder).as_posix()
        unfinished = folder / f"{files.UNFINISHED}{uuid.uuid4().hex}"
        try:
            unfinished.symlink_to(target)
        except (OSError, NotImplementedError):
            # No symlinks here. One that came with a copied folder would go on naming an old edition.
            (folder / _POINTER).unlink(missing_ok=True)
        else:
            unfinished.replace(folder / _POINTER)
        files.write(folder / _TEXT_POINTER, f"{target}\n".encode(), files.FOR_READERS)


def _tidy_up(root: Path) -> None:
    """Put right what a killed publication left: half-built folders, lone Parquet and sums, lagging pointers."""
    folder = root / "warehouse"
    for left in folder.glob(f"{_BUILDING}*"):
        shutil.rmtree(left)
    for beside in [*folder.glob(f"{_PREFIX}*/"), *folder.glob(f"{_PREFIX}*{_SUMS}")]:
        if not beside.with_suffix(".duckdb").exists():
            shutil.rmtree(beside) if beside.is_dir() else beside.unlink()
    for left in [*root.glob(f"{files.UNFINISHED}*"), *folder.glob(f"{files.UNFINISHED}*")]:
        left.unlink()
    edition = current(root)
    if edition is not None:
        _point(root, edition)


def _prune(root: Path, keep: int) -> None:
    """Remove all but the newest editions. The file goes first: Parquet left alone is swept next time."""
    for path in _files(root)[max(keep, 1) :]:
        try:
            path.unlink()
        except PermissionError:
            continue  # Windows does not remove what a reader has open; the next publication will
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
        path.with_suffix(_SUMS).unlink(missing_ok=True)
        shutil.rmtree(path.with_suffix(""))
