"""The engine that computes the expressions of `indicators`: DuckDB, with each expression compiled once.

To turn an expression into SQL takes Ibis a second, longer than DuckDB needs for a pillar's figures, and four pillars
put the same question to tables of the same columns.
"""

from collections.abc import Callable
from functools import cache

import duckdb
import ibis
import pyarrow as pa

Expression = Callable[..., ibis.Table]


def compute(expression: Expression, *tables: pa.Table) -> pa.Table:
    """Return what an expression, a function of Ibis tables, gives for these Arrow tables, in that order.

    On one thread: else the order in which a mean is summed, and its last bit, would differ from run to run.
    """
    sql, schema = _compiled(expression, tuple(table.schema.remove_metadata() for table in tables))
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
        for number, table in enumerate(tables):
            connection.register(_name(number), table)
        return connection.execute(sql).to_arrow_table().cast(schema)


@cache
def _compiled(expression: Expression, schemas: tuple[pa.Schema, ...]) -> tuple[str, pa.Schema]:
    tables = [ibis.table(ibis.Schema.from_pyarrow(one), name=_name(number)) for number, one in enumerate(schemas)]
    asked = expression(*tables)
    return str(ibis.to_sql(asked, dialect="duckdb")), asked.schema().to_pyarrow()


def _name(number: int) -> str:
    return f"table_{number}"
