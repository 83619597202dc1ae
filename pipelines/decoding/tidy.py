"""From a cube or a delivery's columns to facts: the one schema that every source's observations have.

Vectorised over dictionaries: periods and cells are worked out once per distinct value, not per row.
How a response is decoded belongs to the module of its format; which figures are used, to the catalogue.
"""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicators import periods
from indicators.dictionary import SCHEMA
from pipelines.errors import SourceError

_OBSERVATION = SCHEMA["observation"].arrow
# Beside what is published, the text by which the catalogue names a cell.
FACTS_SCHEMA = _OBSERVATION.insert(_OBSERVATION.get_field_index("value"), pa.field("cell", pa.string()))
_COUNTRY = "0"
_NOT_DIMENSIONS = ("value", "status", "snapshot_sha256")
_WITHOUT_VALUE = pa.array([":", ".", "..", "..."])


def tidy(
    cube: pa.Table,
    *,
    provider: str,
    table_id: str,
    area: str | None,
    time: str,
    boundary_year: int | None,
    vintage: datetime,
    where: str,
) -> pa.Table:
    """Return a cube's cells as facts.

    cube: one column of codes per dimension, then value, status and snapshot_sha256 (see `pxweb.assemble`). area: None
    where all figures are the country's.
    Raises SourceError when the area or time dimension is not there, or a time code is no period.
    """
    for name in filter(None, (area, time)):
        if name not in cube.column_names:
            raise SourceError(f"{where}: no dimension '{name}'; the answer has {', '.join(cube.column_names)}")
    others = [name for name in cube.column_names if name not in {area, time, *_NOT_DIMENSIONS}]
    return facts(
        provider=provider,
        table_id=table_id,
        area_id=_repeat(_COUNTRY, cube.num_rows) if area is None else text(cube[area]),
        area_label=pa.nulls(cube.num_rows, pa.string()),
        period=text(cube[time]),
        boundary_year=boundary_year,
        dimensions={name: text(cube[name]) for name in others},
        value=cube["value"].combine_chunks(),
        status=text(cube["status"]),
        snapshot_sha256=text(cube["snapshot_sha256"]),
        vintage=vintage,
        where=where,
    )


def facts(
    *,
    provider: str,
    table_id: str,
    area_id: pa.Array,
    area_label: pa.Array,
    period: pa.Array,
    boundary_year: int | pa.Array | None,
    dimensions: Mapping[str, pa.Array],
    value: pa.Array,
    status: pa.Array,
    snapshot_sha256: pa.Array | str,
    vintage: datetime,
    where: str,
) -> pa.Table:
    """Return a table of FACTS_SCHEMA from columns of equal length; the boundary year defaults to the period's.

    The provider's mark decides, whatever stands in the value's place: `-` is a zero, and what is confidential, not
    available or not applicable has no value. Raises SourceError for what is no period.
    """
    rows = len(value)
    start, end, year = _period_columns(period, where)
    keys = sorted(dimensions)
    columns = {
        "provider": _repeat(provider, rows),
        "table_id": _repeat(table_id, rows),
        "area_id": area_id,
        "area_label": area_label,
        "boundary_year": _boundary_years(boundary_year, year),
        "period": period,
        "period_start": start,
        "period_end": end,
        "dimensions": _map(keys, dimensions, rows),
        "cell": _cells(keys, dimensions, rows),
        "value": _by_status(value.cast(pa.float64()), status),
        "status": status,
        "snapshot_sha256": _repeat(snapshot_sha256, rows) if isinstance(snapshot_sha256, str) else snapshot_sha256,
        "vintage": pa.array([vintage], pa.timestamp("us", tz="UTC")).take(_zeros(rows)),
    }
    return pa.table([columns[field.name] for field in FACTS_SCHEMA], schema=FACTS_SCHEMA)


def _boundary_years(given: int | pa.Array | None, of_period: pa.Array) -> pa.Array:
    if isinstance(given, int):
        return pa.array([given], pa.int16()).take(_zeros(len(of_period)))
    return of_period if given is None else pc.coalesce(given, of_period)


def _by_status(value: pa.Array, status: pa.Array) -> pa.Array:
    zero = pc.fill_null(pc.equal(status, "-"), False)
    return pc.if_else(pc.is_in(status, _WITHOUT_VALUE), None, pc.if_else(zero, 0.0, value))


def text(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one plain string array, whatever its encoding."""
    return column.cast(pa.string()).combine_chunks()


def _zeros(rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(0, pa.int64()), rows)


def _repeat(value: str, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), rows)


def _period_columns(period: pa.Array, where: str) -> tuple[pa.Array, pa.Array, pa.Array]:
    encoded = period.dictionary_encode()
    try:
        parsed = [periods.parse(code) for code in encoded.dictionary.to_pylist()]
    except periods.PeriodError as error:
        raise SourceError(f"{where}: {error}") from error
    starts = pa.array([period.start for period in parsed], pa.date32())
    ends = pa.array([period.end for period in parsed], pa.date32())
    years = pa.array([period.year for period in parsed], pa.int16())
    return starts.take(encoded.indices), ends.take(encoded.indices), years.take(encoded.indices)


def _cells(keys: list[str], dimensions: Mapping[str, pa.Array], rows: int) -> pa.Array:
    """Return `dim=code|dim=code` with sorted dimension ids: the text by which the catalogue names a cell."""
    if not keys:
        return _repeat("", rows)
    named = [pc.binary_join_element_wise(_repeat(key, rows), dimensions[key], "=") for key in keys]
    return pc.binary_join_element_wise(*named, "|")


def _map(keys: list[str], dimensions: Mapping[str, pa.Array], rows: int) -> pa.Array:
    """Return the dimensions as one MAP per row: the columns interleaved row by row."""
    width = len(keys)
    offsets = pa.array(np.arange(rows + 1) * width, pa.int32())
    names = pa.array(keys, pa.string()).take(pa.array(np.tile(np.arange(width), rows)))
    stacked = pa.concat_arrays([pa.array([], pa.string()), *(dimensions[key] for key in keys)])
    # Positions that read the stacked columns row by row: 0, rows, 2*rows, ..., 1, rows+1, ...
    positions = (np.arange(rows)[:, None] + np.arange(width)[None, :] * rows).ravel()
    return pa.MapArray.from_arrays(offsets, names, stacked.take(pa.array(positions)))
