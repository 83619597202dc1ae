import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.decoding.tidy import FACTS_SCHEMA
from pipelines.storage import files
from pipelines.storage.lake import Kept, Lake, LakeError, Memo, Ref

KEY = "facts/ssb/99001"
A, B = Memo({"snapshot/ssb/99001": "a"}), Memo({"snapshot/ssb/99001": "b"})


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def table(value: float = 1.5) -> pa.Table:
    given = pa.table({"area": pa.array(["0301", "0602"]).dictionary_encode(), "value": [value, None]})
    return given.replace_schema_metadata({"unit": "persons (synthetic)"})


def memo(lake: Lake) -> Memo | None:
    kept = lake.kept(KEY)
    return kept.memo if kept is not None else None


def test_a_table_comes_back_as_it_was_with_its_metadata(lake: Lake) -> None:
    lake.write(KEY, table(), A)
    read = lake.read(KEY)
    assert read.equals(table(), check_metadata=True)
    assert memo(lake) == A


def test_facts_come_back_with_their_schema(lake: Lake) -> None:
    row = dict.fromkeys(FACTS_SCHEMA.names) | {
        "dimensions": [("ContentsCode", "persons"), ("Kjonn", "0")],
        "vintage": datetime(2026, 3, 1, tzinfo=UTC),
    }
    facts = pa.Table.from_pylist([row], schema=FACTS_SCHEMA)
    lake.write(KEY, facts, A)
    assert lake.read(KEY).equals(facts)
    assert lake.read(KEY).schema.equals(FACTS_SCHEMA)


def test_files_lie_where_their_keys_say_and_others_can_read_them(lake: Lake) -> None:
    lake.write(KEY, table(), A)
    path = lake.root / "facts" / "ssb" / "99001.parquet"
    assert lake.path(KEY) == path
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"
    with duckdb.connect() as connection:
        assert connection.read_parquet(str(path)).fetchall() == [("0301", 1.5), ("0602", None)]


@pytest.mark.parametrize("key", ["", "/", "facts/..", "a//b", "facts/.hidden"])
def test_a_key_cannot_lead_out_of_the_lake(lake: Lake, key: str) -> None:
    with pytest.raises(LakeError, match="cannot name a file"):
        lake.path(key)


def test_writing_again_replaces_table_and_fingerprint_and_leaves_nothing_beside(lake: Lake) -> None:
    lake.write(KEY, table(), A)
    lake.write(KEY, table(2.5), B)
    assert lake.read(KEY)["value"].to_pylist() == [2.5, None]
    assert memo(lake) == B
    assert sorted(path.name for path in lake.path(KEY).parent.iterdir()) == ["99001.json", "99001.parquet"]


def test_a_write_that_fails_leaves_the_old_table(lake: Lake) -> None:
    lake.write(KEY, table(), A)
    unwritable = pa.table({"x": pa.array([1], pa.run_end_encoded(pa.int32(), pa.int64()))})
    with pytest.raises(pa.ArrowException):
        lake.write(KEY, unwritable, B)
    assert memo(lake) == A
    assert lake.read(KEY).equals(table(), check_metadata=True)


def test_a_table_whose_writer_was_killed_before_its_memo_is_not_taken_for_the_old_one(lake: Lake) -> None:
    lake.write(KEY, table(), A)
    old = lake.path(KEY).with_suffix(".json").read_bytes()
    lake.write(KEY, table(2.5), B)
    lake.path(KEY).with_suffix(".json").write_bytes(old)
    with pytest.raises(LakeError, match=r"is damaged|has not been made yet"):
        Lake(lake.root).read(KEY)


def test_what_was_never_made_is_not_kept_and_says_so_when_read(lake: Lake) -> None:
    assert lake.kept(KEY) is None
    with pytest.raises(LakeError, match=r"facts/ssb/99001 has not been made yet.*levekar refresh"):
        lake.read(KEY)


def test_a_file_that_was_cut_is_not_kept(lake: Lake) -> None:
    lake.write(KEY, table(), A)
    path = lake.path(KEY)
    path.write_bytes(path.read_bytes()[:-10])
    assert lake.kept(KEY) is None
    with pytest.raises(LakeError, match="has not been made yet"):
        Lake(lake.root).read(KEY)


def test_a_flipped_bit_among_the_figures_is_noticed(lake: Lake) -> None:
    lake.write(KEY, pa.table({"value": [float(number) for number in range(1000)]}), A)
    path = lake.path(KEY)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    for reader in (lake, Lake(lake.root)):
        with pytest.raises(LakeError, match=r"99001\.parquet is damaged.*makes it anew"):
            reader.read(KEY)


def test_a_parquet_file_of_another_maker_is_not_kept(lake: Lake) -> None:
    lake.path(KEY).parent.mkdir(parents=True)
    pq.write_table(table(), lake.path(KEY))
    assert lake.kept(KEY) is None


def test_the_engines_file_is_moved_and_a_vintage_of_the_lake_is_pointed_at(lake: Lake) -> None:
    made = lake.root / ".scratch" / "x" / "made.parquet"
    made.parent.mkdir(parents=True)
    pq.write_table(table(), made)
    lake.write("measures/work", Ref(made, table().schema), A)
    assert not made.exists()
    assert lake.read("measures/work").num_rows == 2
    vintage = lake.write(f"{KEY}/20260301", table(), A)
    pointed = lake.write(KEY, lake.ref(f"{KEY}/20260301"), B)
    assert (pointed.path, pointed.version) == (vintage.path, vintage.version)
    assert not lake.path(KEY).exists()
    assert lake.read(KEY).equals(table())


def test_the_same_table_has_the_same_version_whatever_it_was_made_from(lake: Lake) -> None:
    versions = {lake.write(f"x/{number}", table(), memo).version for number, memo in enumerate((A, B))}
    assert len(versions) == 1
    assert lake.write("x/2", table(2.5), A).version not in versions


def test_what_checks_found_is_kept_beside_the_table(lake: Lake) -> None:
    kept = lake.write(KEY, table(), A)
    lake.note(KEY, kept, [{"check": "one_row_per_cell", "passed": True}])
    again = Lake(lake.root).kept(KEY)
    assert isinstance(again, Kept)
    assert again.findings == ({"check": "one_row_per_cell", "passed": True},)
    assert (again.version, again.rows, again.memo) == (kept.version, 2, A)


def test_a_memo_says_by_name_what_differs() -> None:
    before = Memo({"facts/a": "1", "facts/b": "1"}, {"indicator crowding": "1"}, {"indicators.rates": "1"})
    now = Memo({"facts/a": "2", "facts/c": "1"}, {"indicator crowding": "2"}, {"indicators.rates": "2"})
    assert before.reasons(before) == []
    assert now.reasons(before) == [
        "input facts/a changed",
        "input facts/b is gone",
        "input facts/c is new",
        "catalogue indicator crowding changed",
        "module indicators.rates changed",
    ]


def test_a_scratch_folder_goes_and_that_of_a_killed_process_is_swept(tmp_path: Path) -> None:
    with files.scratch(tmp_path) as own:
        (own / "made.parquet").write_bytes(b"x")
        files.sweep(tmp_path, clock=lambda: time.time() + 10)
        assert (own / "made.parquet").is_file()
    assert not list(tmp_path.iterdir())
    left = tmp_path / f"{files.UNFINISHED}dead"
    left.mkdir()
    (left / "lock").write_bytes(b"")
    files.sweep(tmp_path, clock=lambda: time.time() + 10)
    assert not list(tmp_path.iterdir())
