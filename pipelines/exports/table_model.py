"""The one model that all formats are made of: an edition's tables as the dictionary describes them, and its figures.

A format writes down tables, or the figures of an indicator as a cube: area, period, sex, age and kind of figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from indicators.dictionary import SCHEMA, Table
from pipelines.language import Language
from pipelines.storage import warehouse

Row = dict[str, Any]

CONTENTS = ("value", "lower", "upper", "numerator", "denominator")
"""The kinds of figures in a cube: columns of `measure`."""
NO_ROW = "no_row"
"""The status of a cube's cell of which the edition has no row at all."""
HEAVY = (
    *("observation", "official_area", "area_change", "area_code", "boundary", "population"),
    *("measure_history", "series_history", "comparison_history", "ingredient"),
)
"""Tables that the figures come from, left out where a small package is wanted."""


@dataclass(frozen=True)
class Axis:
    """One dimension of a cube: its id, its categories in order, and their labels by language."""

    id: str
    codes: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Cube:
    """The figures of one indicator. rows: of `measure`, by area, period, sex and age."""

    indicator: Row
    axes: tuple[Axis, ...]
    rows: Mapping[tuple[str, ...], Row]

    def cells(self) -> Iterator[tuple[tuple[str, ...], float | None, str | None]]:
        """Yield key, figure and status of each cell, the last dimension fastest."""
        area, period, sex, age, contents = (axis.codes for axis in self.axes)
        for key in ((a, p, s, g) for a in area for p in period for s in sex for g in age):
            row = self.rows.get(key)
            for content in contents:
                yield (*key, content), row[content] if row else None, row["status"] if row else NO_ROW


@dataclass(frozen=True)
class Exported:
    """One edition: what it says of itself, its tables in the order of the dictionary, and its figures as cubes."""

    meta: Mapping[str, str]
    tables: Mapping[str, pa.Table]

    @property
    def synthetic(self) -> bool:
        """Whether the figures are made up."""
        return self.meta.get("synthetic") == "true"

    def named(self, name: str) -> str:
        """Return a file's name, which says so where the figures are made up."""
        return f"synthetic-{name}" if self.synthetic else name

    def described(self) -> Iterator[tuple[Table, pa.Table]]:
        """Yield each table with its description."""
        yield from ((SCHEMA[name], table) for name, table in self.tables.items())

    def sources(self) -> list[tuple[str, str]]:
        """Return whom to name for the figures, and on which terms they may be used; each once."""
        rows = self.tables["snapshot"].select(["attribution", "licence", "accepted"]).to_pylist()
        return sorted({(row["attribution"], row["licence"]) for row in rows if row["accepted"]})

    @cached_property
    def indicators(self) -> list[Row]:
        """The catalogue's indicators."""
        found: list[Row] = self.tables["indicator"].to_pylist()
        return found

    @cached_property
    def _measures(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.tables["measure"].to_pylist():
            found.setdefault(row["indicator_id"], []).append(row)
        return found

    @cached_property
    def _areas(self) -> dict[str, str]:
        """Names of areas by id, in the order of the edition."""
        return {row["area_id"]: row["name"] for row in self.tables["area"].select(["area_id", "name"]).to_pylist()}

    def cubes(self) -> Iterator[Cube]:
        """Yield the figures of each indicator that has any."""
        for indicator in self.indicators:
            rows = self._measures.get(indicator["indicator_id"], [])
            if rows:
                yield self._cube(indicator, rows)

    def _cube(self, indicator: Row, rows: list[Row]) -> Cube:
        places = {row["area_id"] for row in rows}
        areas = tuple(area for area in self._areas if area in places)
        in_time = sorted(rows, key=lambda row: (row["period_end"], row["period_start"], row["period"]))
        periods = tuple(dict.fromkeys(row["period"] for row in in_time))
        sexes = tuple(sorted({row["sex"] for row in rows}))
        ages = tuple(sorted({row["age"] for row in rows}))
        names = tuple(self._areas[area] for area in areas)
        axes = (
            Axis("area", areas, {"nb": names, "en": names}),
            Axis("period", periods, {"nb": periods, "en": periods}),
            Axis("sex", sexes, _called("sex", sexes)),
            Axis("age", ages, {"nb": ages, "en": ages}),
            Axis("contents", CONTENTS, _called("contents", CONTENTS)),
        )
        keyed: dict[tuple[str, ...], Row] = {
            (row["area_id"], row["period"], row["sex"], row["age"]): row for row in rows
        }
        return Cube(indicator, axes, keyed)


def _called(group: str, codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {code: tuple(Language(code).known(group, one) for one in codes) for code in ("nb", "en")}


def read(root: Path, *, heavy: bool = True) -> Exported:
    """Read the current edition; without the heavy tables where a small package is wanted. Raises NothingPublished."""
    with warehouse.connect(root, SCHEMA) as connection:
        return read_from(connection, heavy=heavy)


def read_from(connection: duckdb.DuckDBPyConnection, *, heavy: bool = True) -> Exported:
    """Read an edition through an open connection, rows in the order of their keys, so that files compare."""
    wanted = [table for table in SCHEMA.tables if heavy or table.name not in HEAVY]
    tables = {table.name: _in_order(connection, table) for table in wanted}
    meta = {row["key"]: row["value"] for row in tables["meta"].to_pylist()}
    return Exported(meta, tables)


def _in_order(connection: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    return connection.table(table.name).order(", ".join(table.key) or "ALL").to_arrow_table()
