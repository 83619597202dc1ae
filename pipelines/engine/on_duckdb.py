"""DuckDB as the engine, with each expression compiled once.

To turn an expression into SQL takes Ibis a second, longer than DuckDB needs for a pillar's figures, and four pillars
put the same question to tables of the same columns.
"""

import os
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import pyarrow as pa

from pipelines.engine import Expression, Input, Union
from pipelines.storage.lake import Ref
from pipelines.storage.warehouse import literal


class DuckDbEngine:
    """Reads Parquet, writes Parquet below `scratch`, a folder of whoever runs it.

    memory: as DuckDB spells it, such as 4GB; half of the machine's, unless given. What does not fit lies in `scratch`
    meanwhile. threads: one, unless given: else the order in which a mean is summed, and its last bit, would differ
    from run to run.
    """

    def __init__(self, scratch: Path, memory: str | None = None, threads: int = 1) -> None:
        self._scratch, self._memory, self._threads = scratch, memory or _half_of_the_machine(), threads

    def run(self, expression: Expression, *tables: Input) -> Ref:
        """Return what the expression gives for these tables, as a Parquet file of this engine's own."""
        sql, schema, constants = compiled(expression, tuple(table.schema.remove_metadata() for table in tables))
        path = self._scratch / f"{uuid.uuid4().hex}.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"SET threads = {self._threads}; SET TimeZone = 'UTC'; SET enable_progress_bar = false")
            connection.execute(f"SET memory_limit = {literal(self._memory)}")
            connection.execute(f"SET temp_directory = {literal(self._scratch / 'spilled')}")
            for number, table in enumerate(tables):
                register(connection, _name(number), table)
            for name, constant in constants:
                connection.register(name, constant)
            # The lowest level takes a quarter less time to write, and a fifth more room.
            how = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
            connection.execute(f"COPY ({sql}) TO {literal(path)} ({how})")
        return Ref(path, schema)


def _half_of_the_machine() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') // 2}B"


def register(connection: duckdb.DuckDBPyConnection, name: str, table: Input) -> None:
    """Let a connection read a table under a name."""
    if isinstance(table, pa.Table):
        connection.register(name, table)
        return
    if isinstance(table, Union):
        columns = ", ".join(table.columns)
        parts = [
            f"SELECT {columns}, {literal(part)} AS {table.label} FROM read_parquet({literal(ref.path)})"  # noqa: S608
            for part, ref in table.parts.items()
        ]
        connection.execute(f"CREATE VIEW {name} AS {' UNION ALL '.join(parts)}")
        return
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({literal(table.path)})")  # noqa: S608


@cache
def compiled(
    expression: Expression, schemas: tuple[pa.Schema, ...]
) -> tuple[str, pa.Schema, tuple[tuple[str, Any], ...]]:
    """Return an expression as SQL, its schema, and the small tables that it brings along by their names."""
    tables = [ibis.table(ibis.Schema.from_pyarrow(schema), name=_name(number)) for number, schema in enumerate(schemas)]
    asked = expression(*tables)
    brought = tuple((table.name, table.data.to_pyarrow(table.schema)) for table in asked.op().find(ops.InMemoryTable))
    return str(ibis.to_sql(asked, dialect="duckdb")), asked.schema().to_pyarrow(), brought


def _name(number: int) -> str:
    return f"table_{number}"
