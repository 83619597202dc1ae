"""GeoParquet 1.1.0: the metadata that tells other tools that a column of a Parquet file holds geometries.

What belongs: the `geo` key of a table's schema. What does not: writing the file (`lake`, or any Parquet writer: the
key travels with the schema), and where the geometries come from (`formats.geojson`).
(geoparquet.org/releases/v1.1.0)
"""

import numpy as np
import orjson
import pyarrow as pa
import shapely

_KEY = b"geo"
_VERSION = "1.1.0"


def with_geo_metadata(table: pa.Table, column: str = "geometry") -> pa.Table:
    """Return the table with the metadata that makes it a GeoParquet file when written as Parquet.

    column: WKB, two-dimensional, longitude and latitude in WGS84 (OGC:CRS84, which the format takes for granted
    where no `crs` is given); null is allowed. Other metadata of the table is kept.

    Raises ValueError where the column is absent, no binary, no WKB, or has heights.
    """
    geometries = _geometries(table, column)
    types = {geometry.geom_type for geometry in geometries if geometry is not None}
    description = {"encoding": "WKB", "geometry_types": sorted(types)}
    with_extent = geometries[~shapely.is_missing(geometries) & ~shapely.is_empty(geometries)]
    if with_extent.size:
        description["bbox"] = shapely.total_bounds(with_extent).tolist()
    geo = {"version": _VERSION, "primary_column": column, "columns": {column: description}}
    return table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: orjson.dumps(geo)})


def _geometries(table: pa.Table, column: str) -> np.ndarray:
    if column not in table.column_names:
        raise ValueError(f"no column '{column}'; expected one of WKB among {table.column_names}")
    kind = table.schema.field(column).type
    if not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
        raise ValueError(f"column '{column}' is {kind}; expected binary, the geometries as WKB")
    try:
        geometries = shapely.from_wkb(table[column].to_numpy())
    except shapely.errors.ShapelyError as error:
        raise ValueError(f"column '{column}' is no WKB ({error}); expected shapely.to_wkb of the geometries") from None
    if shapely.has_z(geometries).any():
        raise ValueError(f"column '{column}' has heights; expected two dimensions: shapely.force_2d drops them")
    return geometries
