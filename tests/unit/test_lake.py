from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.decoding.tidy import FACTS_SCHEMA
from pipelines.storage.io_manager import Frame, ParquetIOManager
from pipelines.storage.lake import Lake, LakeError

KEY = ["facts", "ssb", "99001"]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def table(value: float = 1.5) -> pa.Table:
    given = pa.table({"area": pa.array(["0301", "0602"]).dictionary_encode(), "value": [value, None]})
    return given.replace_schema_metadata({"unit": "persons (synthetic)"})


def test_a_table_comes_back_as_it_was_with_its_metadata(lake: Lake) -> None:
    lake.write(KEY, table(), "made from a")
    read = lake.read(KEY)
    assert read.equals(table(), check_metadata=True)
    assert lake.fingerprint(KEY) == "made from a"


def test_facts_come_back_with_their_schema(lake: Lake) -> None:
    row = dict.fromkeys(FACTS_SCHEMA.names) | {
        "dimensions": [("ContentsCode", "persons"), ("Kjonn", "0")],
        "vintage": datetime(2026, 3, 1, tzinfo=UTC),
    }
    facts = pa.Table.from_pylist([row], schema=FACTS_SCHEMA)
    lake.write(KEY, facts, "f")
    assert lake.read(KEY).equals(facts)
    assert lake.read(KEY).schema.equals(FACTS_SCHEMA)


def test_files_lie_where_their_keys_say_and_others_can_read_them(lake: Lake) -> None:
    lake.write(KEY, table(), "f")
    path = lake.root / "facts" / "ssb" / "99001.parquet"
    assert lake.path(KEY) == path
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"
    with duckdb.connect() as connection:
        assert connection.read_parquet(str(path)).fetchall() == [("0301", 1.5), ("0602", None)]


@pytest.mark.parametrize("key", [[], [""], ["facts", ".."], ["a/b"], ["facts", ".hidden"]])
def test_a_key_cannot_lead_out_of_the_lake(lake: Lake, key: list[str]) -> None:
    with pytest.raises(LakeError, match="cannot name a file"):
        lake.path(key)


def test_writing_again_replaces_table_and_fingerprint_and_leaves_nothing_beside(lake: Lake) -> None:
    lake.write(KEY, table(), "a")
    lake.write(KEY, table(2.5), "b")
    assert lake.read(KEY)["value"].to_pylist() == [2.5, None]
    assert lake.fingerprint(KEY) == "b"
    assert list(lake.path(KEY).parent.iterdir()) == [lake.path(KEY)]


def test_a_write_that_fails_leaves_the_old_table(lake: Lake) -> None:
    lake.write(KEY, table(), "a")
    unwritable = pa.table({"x": pa.array([1], pa.run_end_encoded(pa.int32(), pa.int64()))})
    with pytest.raises(pa.ArrowException):
        lake.write(KEY, unwritable, "b")
    assert lake.fingerprint(KEY) == "a"
    assert list(lake.path(KEY).parent.iterdir()) == [lake.path(KEY)]


def test_what_was_never_made_has_no_fingerprint_and_says_so_when_read(lake: Lake) -> None:
    assert not lake.exists(KEY)
    assert lake.fingerprint(KEY) is None
    with pytest.raises(LakeError, match=r"facts/ssb/99001 has not been made yet.*levekar refresh"):
        lake.read(KEY)


def test_a_damaged_file_has_no_fingerprint_and_names_itself_when_read(lake: Lake) -> None:
    lake.write(KEY, table(), "a")
    path = lake.path(KEY)
    path.write_bytes(path.read_bytes()[:-10])
    assert lake.fingerprint(KEY) is None
    with pytest.raises(LakeError, match=r"99001\.parquet is damaged.*Delete it"):
        lake.read(KEY)


def test_a_flipped_bit_among_the_figures_is_noticed(lake: Lake) -> None:
    lake.write(KEY, pa.table({"value": [float(number) for number in range(1000)]}), "a")
    path = lake.path(KEY)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    with pytest.raises(LakeError, match="is damaged"):
        lake.read(KEY)


def test_a_parquet_file_of_another_maker_has_no_fingerprint(lake: Lake) -> None:
    lake.path(KEY).parent.mkdir(parents=True)
    pq.write_table(table(), lake.path(KEY))
    assert lake.fingerprint(KEY) is None
    assert lake.read(KEY).num_rows == 2


def graph(lake: Lake, frame: Frame | None) -> dg.ExecuteInProcessResult:
    @dg.asset(key=KEY, io_manager_key="lake")
    def facts() -> dg.MaterializeResult[object]:
        return dg.MaterializeResult(value=frame)

    @dg.asset(io_manager_key="lake", ins={"facts": dg.AssetIn(key=KEY)})
    def doubled(facts: pa.Table) -> Frame:
        return Frame(pa.concat_tables([facts, facts]), "twice")

    manager = ParquetIOManager(lake)
    return dg.materialize([facts, doubled], resources={"lake": manager}, raise_on_error=False)


def test_dagster_hands_tables_on_through_the_lake(lake: Lake) -> None:
    assert graph(lake, Frame(table(), "a")).success
    assert lake.read(["doubled"]).num_rows == 4
    assert lake.fingerprint(["doubled"]) == "twice"


def test_an_asset_that_hands_over_none_keeps_what_is_there(lake: Lake) -> None:
    lake.write(KEY, table(), "a")
    before = lake.path(KEY).stat()
    assert graph(lake, None).success
    assert lake.path(KEY).stat().st_ino == before.st_ino
    assert lake.read(["doubled"]).num_rows == 4


def test_an_asset_that_hands_over_none_where_nothing_is_fails(lake: Lake) -> None:
    failed = graph(lake, None)
    assert not failed.success
    assert "nothing is kept of it" in str(failed.failure_data_for_node("facts__ssb__99001"))
