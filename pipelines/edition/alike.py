"""Whether two editions say the same, cell by cell, but for when and by which run they were made."""

from pathlib import Path

import duckdb

from indicators.dictionary import SCHEMA, Table
from pipelines.storage.warehouse import literal

_OF_THE_RUN = {"meta", "refresh_run", "check_result", "publication", "ingredient", "release"}
COMPARED = [table for table in SCHEMA.tables if table.name not in _OF_THE_RUN and not table.name.endswith("_history")]
"""The tables that do not tell of the publication itself."""


def first_difference(frozen: Path, rebuilt: Path) -> str | None:
    """Return the first cell that differs, in words; None where two editions are the same."""
    with duckdb.connect() as connection:
        for name, path in (("frozen", frozen), ("rebuilt", rebuilt)):
            connection.execute(f"ATTACH {literal(path)} AS {name} (READ_ONLY)")
        return next((found for table in COMPARED if (found := _difference(connection, table)) is not None), None)


def _difference(connection: duckdb.DuckDBPyConnection, table: Table) -> str | None:
    name = table.name
    try:
        columns = [connection.table(f"{side}.{name}").columns for side in ("frozen", "rebuilt")]
    except duckdb.Error:
        return f"{name}: is not in both"
    if columns[0] != columns[1]:
        return (
            f"{name}: has other columns: {', '.join(sorted(set(columns[0]) ^ set(columns[1]))) or 'in another order'}"
        )
    order = ", ".join(table.key) or "ALL"
    # A map has no order of its own in a comparison, as text it has.
    texts = ", ".join(
        f"{column.name}::VARCHAR AS {column.name}" if column.type.startswith("MAP") else column.name
        for column in table.columns
    )
    only = {
        (side, other): connection.execute(
            f"SELECT {texts} FROM {side}.{name} EXCEPT ALL SELECT {texts} FROM {other}.{name} ORDER BY {order} LIMIT 1"
        ).fetchone()
        for side, other in (("frozen", "rebuilt"), ("rebuilt", "frozen"))
    }
    old, new = only.values()
    if old is None and new is None:
        return None
    row = dict(zip(columns[0], old or new or (), strict=True))
    which = ", ".join(f"{key}={row[key]}" for key in table.key) or str(row)
    if old is None or new is None or any(row[key] != dict(zip(columns[0], new, strict=True))[key] for key in table.key):
        return f"{name}: {which} is {'not frozen' if old is None else 'not rebuilt so'}"
    cells = [
        f"{key}: {before} frozen, {after} rebuilt"
        for key, before, after in zip(columns[0], old, new, strict=True)
        if before != after
    ]
    return f"{name}: {which}: {'; '.join(cells)}"
