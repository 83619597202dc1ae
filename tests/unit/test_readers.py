"""Who may read what: an edition is for everybody, whole and unchanged; all else is its owner's alone."""

import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipelines.providers.pace import Pace
from pipelines.storage import files, warehouse
from pipelines.storage.lake import Lake, Memo
from pipelines.storage.snapshots import SnapshotStore
from tests.unit.test_warehouse import NAME, NOON, publish, quick

NOBODY = 65534
# Imports first, as another user may not reach this machine's Python; then gives up its rights, and tries everything.
VISITOR = """
import json, os, sys, duckdb
from pathlib import Path
root, user = Path(sys.argv[1]), int(sys.argv[2])
def tried(what):
    try:
        what()
    except OSError:
        return False
    return True
below = [path for path in [root, *root.rglob("*")] if not path.is_symlink()]
os.setgroups([])
os.setgid(user)
os.setuid(user)
read = [path for path in below if tried(lambda: os.listdir(path) if path.is_dir() else path.open("rb").close())]
write = [path for path in below if tried(lambda: (path / "x").touch() if path.is_dir() else path.open("ab").close())]
with duckdb.connect(str(root / "warehouse" / "levekar.duckdb"), read_only=True) as edition:
    answer = edition.execute("SELECT value FROM meta WHERE key = 'edition'").fetchone()[0]
with duckdb.connect() as scratch:
    parquet = scratch.read_parquet(str(root / "warehouse" / answer / "meta.parquet")).fetchall()
text = (root / "warehouse" / "CURRENT").read_text().strip()
names = [[path.relative_to(root).as_posix() for path in some] for some in (read, write)]
print(json.dumps([*names, answer, len(parquet), text]))
"""


@pytest.fixture(params=[0o022, 0o000, 0o077], ids=["usual umask", "open umask", "closed umask"])
def store(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A store with something of each kind in it, made under a umask; its parents may be passed by everybody."""
    before = os.umask(request.param)
    try:
        # pytest's own folders are closed to others.
        with tempfile.TemporaryDirectory(dir="/tmp") as parent:
            Path(parent).chmod(0o711)
            root = Path(parent) / "demo"
            for day in range(2):
                quick(root, now=NOON + timedelta(days=day))
            Lake(root / "lake").write("measures/work", pa.table({"persons": [3]}), Memo())
            SnapshotStore(root / "snapshots").put(b"a synthetic delivery")
            files.write(root / "charts" / "work.json", b"{}")
            Pace(30, file=root / ".paces" / "ssb.json").wait()
            yield root
    finally:
        os.umask(before)


def open_to_others(root: Path) -> dict[str, int]:
    found = [path for path in [root, *root.rglob("*")] if not path.is_symlink()]
    modes = {path.relative_to(root).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in found}
    return {name: mode for name, mode in modes.items() if mode & 0o077}


def test_readers_get_the_editions_and_their_pointers_and_nothing_else(store: Path) -> None:
    first, second = (edition.stem for edition in reversed(warehouse.editions(store)))
    assert open_to_others(store) == {
        ".": 0o711,
        "CURRENT": 0o644,
        "warehouse": 0o755,
        "warehouse/CURRENT": 0o644,
        **{f"warehouse/{name}": 0o755 for name in (first, second)},
        **{f"warehouse/{name}.duckdb": 0o444 for name in (first, second)},
        **{f"warehouse/{name}.sha256": 0o444 for name in (first, second)},
        **{f"warehouse/{name}/meta.parquet": 0o444 for name in (first, second)},
    }


def test_a_second_user_reads_the_current_edition_and_nothing_that_is_not_published(store: Path) -> None:
    """As root another user's rights are tried; who is not root tries what is left without: the pointers."""
    user = NOBODY if os.geteuid() == 0 else os.geteuid()
    current = warehouse.current(store)
    assert current is not None
    if user != NOBODY:
        assert (store / "warehouse" / "levekar.duckdb").resolve() == current.resolve()
        return
    command = [sys.executable, "-c", VISITOR, str(store), str(user)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    read, written, edition, rows, text = json.loads(done.stdout)
    assert set(read) == set(open_to_others(store)) - {"."}
    assert written == []
    assert (edition, rows, text) == (current.stem, 3, current.name)


def test_what_is_being_built_is_closed_until_it_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(building: Path, *_: object) -> None:
        seen.append(stat.S_IMODE(building.stat().st_mode))
        raise warehouse.PublicationError(["not today"])

    monkeypatch.setattr(warehouse, "_build", look)
    before = os.umask(0)
    try:
        with pytest.raises(warehouse.PublicationError, match="not today"):
            quick(tmp_path)
    finally:
        os.umask(before)
    assert seen == [0o700]


def test_a_folder_that_an_older_version_left_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir(0o755)
    files.close(tmp_path / "lake")
    files.close(tmp_path / "absent")
    assert stat.S_IMODE((tmp_path / "lake").stat().st_mode) == 0o700


# --- integrity ------------------------------------------------------------------------------------------------------


def test_the_sums_beside_an_edition_are_those_of_its_files(tmp_path: Path) -> None:
    edition = publish(tmp_path)
    command = ["sha256sum", "--check", "--strict", edition.path.with_suffix(".sha256").name]
    done = subprocess.run(command, cwd=edition.path.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) == 1 + len(list(edition.parquet.iterdir()))
    assert warehouse.damage(edition.path) == []


@pytest.mark.parametrize("name", [f"{NAME}.duckdb", f"{NAME}/meta.parquet"])
def test_a_flipped_byte_is_noticed(tmp_path: Path, name: str) -> None:
    edition = quick(tmp_path)
    path = edition.path.parent / name
    content = bytearray(path.read_bytes())
    for place in range(0, len(content), len(content) // 16):
        path.chmod(0o644)
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        found = f"{name} is not as it was published: its SHA-256 is not the one beside it"
        assert warehouse.damage(edition.path) == [found]


def test_a_missing_file_and_a_broken_list_of_sums_are_damage(tmp_path: Path) -> None:
    edition = quick(tmp_path)
    (edition.parquet / "meta.parquet").unlink()
    assert warehouse.damage(edition.path) == [f"{NAME}/meta.parquet cannot be read: No such file or directory"]
    sums = edition.path.with_suffix(".sha256")
    sums.chmod(0o644)
    sums.write_bytes(b"\xff\n")
    assert warehouse.damage(edition.path)


def test_an_edition_without_sums_is_neither_whole_nor_damaged(tmp_path: Path) -> None:
    edition = quick(tmp_path)
    edition.path.with_suffix(".sha256").unlink()
    assert warehouse.damage(edition.path) is None


def test_a_store_of_an_older_version_is_found_by_its_pointers_and_gets_those_for_readers(tmp_path: Path) -> None:
    edition = quick(tmp_path)
    for name in ("CURRENT", "levekar.duckdb"):
        (tmp_path / "warehouse" / name).unlink()
    assert warehouse.current(tmp_path) == edition.path
    newer = quick(tmp_path, now=NOON + timedelta(days=1))
    assert (tmp_path / "warehouse" / "levekar.duckdb").resolve() == newer.path.resolve()


# --- what a connection may reach ------------------------------------------------------------------------------------

REACHING_OUT = [
    "COPY meta TO '{folder}/out.csv'",
    "EXPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/out.duckdb'",
    "FROM read_csv('/etc/passwd')",
    "FROM read_text('/etc/passwd')",
    "FROM read_parquet('{root}/warehouse/*/meta.parquet')",
    "FROM glob('/etc/*')",
    "FROM '/etc/passwd'",
    "FROM frame",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET memory_limit = '64GB'",
    "SET temp_directory = '{folder}'",
    "RESET lock_configuration",
    "PRAGMA enable_profiling = 'json'",
    "CREATE SECRET (TYPE s3)",
    "SELECT getenv('HOME')",
    "FROM read_csv('http://127.0.0.1:9/')",
]


@pytest.mark.parametrize("query", REACHING_OUT)
def test_a_connection_reaches_nothing_but_the_edition(tmp_path: Path, query: str) -> None:
    frame = pa.table({"of": ["this process"]})
    quick(tmp_path / "root")
    (tmp_path / "out").mkdir()
    with warehouse.connect(tmp_path / "root") as connection, pytest.raises(duckdb.Error):
        connection.execute(query.format(folder=tmp_path / "out", root=tmp_path / "root")).fetchall()
    assert frame.num_rows == 1
    assert list((tmp_path / "out").iterdir()) == []


def test_a_query_that_needs_more_memory_than_it_gets_is_refused_not_spilled(tmp_path: Path) -> None:
    quick(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with warehouse.connect(tmp_path) as connection, pytest.raises(duckdb.OutOfMemoryException):
        connection.execute("SELECT list(i || repeat('x', 10000)) FROM range(1000000) r(i)").fetchone()
    assert sorted(tmp_path.rglob("*")) == before
