"""What a reader of the warehouse folder has: every edition in it, DuckDB and Parquet, as rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]
TABLES = (
    "measure",
    "series",
    "comparison",
    "observation",
    "revision",
    "snapshot",
    "evaluation",
    "area_code",
    "population",
    "measure_history",
    "series_history",
    "comparison_history",
    "small_area",
    "standardised",
    "change_test",
    "pillar_view",
    "forecast_skill",
    "base_rate",
    "evaluation_placebo",
)


@dataclass(frozen=True)
class Edition:
    """One edition: its name, which begins with the time it was made at, and its tables."""

    name: str
    tables: dict[str, list[Row]]
    files: tuple[Path, ...]

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables.get(table, [])


def editions(warehouse: Path) -> list[Edition]:
    """Return every edition that lies anywhere below a folder, the oldest first."""
    return [edition(path) for path in sorted(warehouse.rglob("levekar-*.duckdb"), key=lambda path: path.name)]


def edition(path: Path) -> Edition:
    """Return an edition with the rows of the DuckDB file and those that the Parquet beside it has more."""
    beside = path.with_suffix("")
    tables = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        held = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for name in TABLES:
            if name in held:
                tables[name] = _rows(connection, f"SELECT * FROM {name}")
            if (parquet := beside / f"{name}.parquet").exists() and name in held:
                source = f"read_parquet('{parquet}')"
                tables[name] += _rows(connection, f"SELECT * FROM {source} EXCEPT ALL SELECT * FROM {name}")
    return Edition(path.stem, tables, (path, *sorted(beside.glob("*.parquet"))))


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found = connection.execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
