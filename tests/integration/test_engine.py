"""DuckDB within a limit of memory: what does not fit goes to disk and comes back, and the figures are the same."""

from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pytest

from pipelines.engine.on_duckdb import DuckDbEngine, compiled
from pipelines.settings import Settings, SettingsError

ROWS = 600_000
TABLE = pa.table(
    {"key": pa.array(range(ROWS), pa.int64()), "value": pa.array([number % 977 for number in range(ROWS)])}
)
LITTLE = "20MB"


def grouped_and_sorted(table: ibis.Table) -> ibis.Table:
    """A group per row: nothing gets smaller on the way."""
    return table.group_by("key").agg(value=table.value.sum()).order_by(ibis.desc("value"), "key")


def test_what_does_not_fit_into_memory_is_spilled_and_the_same(tmp_path: Path) -> None:
    sql, _schema, _brought = compiled(grouped_and_sorted, (TABLE.schema,))
    with duckdb.connect() as connection, pytest.raises(duckdb.OutOfMemoryException):
        connection.execute(f"SET threads = 1; SET memory_limit = '{LITTLE}'; SET temp_directory = ''")
        connection.register("table_0", TABLE)
        connection.sql(sql).write_parquet(str(tmp_path / "refused.parquet"))
    limited = DuckDbEngine(tmp_path, LITTLE).run(grouped_and_sorted, TABLE).read()
    assert limited.equals(DuckDbEngine(tmp_path).run(grouped_and_sorted, TABLE).read())
    assert limited.num_rows == ROWS


def test_an_amount_of_memory_without_a_unit_is_refused() -> None:
    assert Settings(memory="1.5GB").memory == "1.5GB"
    with pytest.raises(SettingsError, match="expected a number and a unit"):
        Settings(memory="4")
