"""Parquet, and CSV with a Frictionless data package that says what each column is.

(Data Package and Table Schema, version 1, specs.frictionlessdata.io)
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from indicators.dictionary import Column, Table
from pipelines.exports.table_model import Exported
from pipelines.formats.spreadsheet_text import inert_table

_TYPES = {
    "BIGINT": "integer",
    "BLOB": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "number",
    "INTEGER": "integer",
    "MAP(VARCHAR, VARCHAR)": "object",
    "SMALLINT": "integer",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "VARCHAR": "string",
    "VARCHAR[]": "array",
}
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


def write_parquet(exported: Exported, folder: Path) -> Iterator[Path]:
    """Write each table as Parquet; yield the files."""
    for description, table in exported.described():
        path = folder / exported.named(f"{description.name}.parquet")
        pa.parquet.write_table(table, path, compression="zstd")
        yield path


def write_csv(exported: Exported, folder: Path) -> Iterator[Path]:
    """Write each table as CSV in UTF-8 and datapackage.json beside them; yield the files.

    Lists and maps stand as JSON, polygons in hexadecimals, moments in UTC; an empty cell is NULL. Text that a
    spreadsheet program would take for a formula has an apostrophe before it.
    """
    resources = []
    for description, table in exported.described():
        path = folder / exported.named(f"{description.name}.csv")
        pa.csv.write_csv(inert_table(plain(table)), path)
        resources.append(_resource(description, path.name))
        yield path
    package = folder / "datapackage.json"
    package.write_text(json.dumps(_package(exported, resources), ensure_ascii=False, indent=1), encoding="utf-8")
    yield package


def write_figures(exported: Exported, folder: Path) -> Iterator[Path]:
    """Write the figures of each indicator as a CSV file of its own; yield the files."""
    measures = exported.tables["measure"]
    for indicator in exported.tables["indicator"]["indicator_id"].to_pylist():
        own = measures.filter(pc.equal(measures["indicator_id"], indicator))
        if own.num_rows:
            path = folder / exported.named(f"{indicator}.csv")
            pa.csv.write_csv(inert_table(plain(own)), path)
            yield path


def plain(table: pa.Table) -> pa.Table:
    """Return a table in columns that CSV knows: text, numbers, days, true and false."""
    return pa.table({name: _plain(table[name]) for name in table.column_names})


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_map(kind) or pa.types.is_list(kind):
        cells = column.to_pylist()
        as_json = (None if cell is None else dict(cell) if pa.types.is_map(kind) else cell for cell in cells)
        texts = [None if cell is None else json.dumps(cell, ensure_ascii=False) for cell in as_json]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if pa.types.is_binary(kind):
        return pa.chunked_array([pa.array([None if cell is None else cell.hex() for cell in column.to_pylist()])])
    if pa.types.is_timestamp(kind):
        return pa.chunked_array([pa.array([_moment(cell) for cell in column.to_pylist()], pa.string())])
    return column


def _moment(cell: Any) -> str | None:
    return None if cell is None else cell.strftime(_MOMENT)


def _resource(description: Table, path: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in description.columns], "missingValues": [""]}
    if description.key and not any(column.nullable for column in description.columns if column.name in description.key):
        schema["primaryKey"] = list(description.key)
    return {
        "name": description.name,
        "path": path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "description": description.comment,
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.type], "description": column.comment}
    if column.type == "TIMESTAMP WITH TIME ZONE":
        field["format"] = _MOMENT
    if not column.nullable:
        field["constraints"] = {"required": True}
    return field


def _package(exported: Exported, resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": exported.named("levekar"),
        "title": "Levekår" + (" (SYNTHETIC FIGURES)" if exported.synthetic else ""),
        "profile": "tabular-data-package",
        "version": exported.meta["edition"],
        "created": exported.meta["built_at"],
        "sources": [{"title": f"{attribution} ({licence})"} for attribution, licence in exported.sources()],
        "resources": resources,
    }
