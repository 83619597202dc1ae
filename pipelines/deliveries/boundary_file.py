"""Delivered GeoJSON files by their contract: which file it is, of which year, how many residents it states.

Polygons themselves are read by `formats.geojson`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from indicators.catalogue.contracts import BoundaryContract
from pipelines.deliveries.faults import DeliveryError, as_delivery_error, quoted
from pipelines.deliveries.opened import Opened
from pipelines.formats import geojson
from pipelines.formats.grid import Block, Grid


def match(content: bytes, contracts: Iterable[BoundaryContract]) -> BoundaryContract | None:
    """Return the contract whose properties the first feature that has some has; None for others, or no GeoJSON."""
    if content.lstrip()[:1] != b"{" or b'"FeatureCollection"' not in content[:4096]:
        return None
    try:
        properties = _properties(content, "")
    except DeliveryError:
        return None
    names = next((set(row) for row in properties if row), set())
    return next((contract for contract in contracts if {contract.code, contract.name} <= names), None)


def opened(content: bytes, name: str) -> Opened:
    """Return the features' properties as a table, to be searched: row 1 is its header, row 2 the first feature."""
    rows = _properties(content, name)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return Opened(name, [_Properties(None, [keys], rows)], "GeoJSON")


@dataclass(frozen=True)
class _Properties(Grid):
    """What a GeoJSON file says of each feature."""

    rows: list[dict[str, Any]] = field(repr=False)

    def _block(self, first: int, width: int, decimal: str) -> Block:
        columns = [
            pa.array([_text_of(row.get(key)) for row in self.rows], pa.string()).dictionary_encode()
            for key in self.head[0][:width]
        ]
        return Block(columns, np.arange(2, 2 + len(self.rows)), [], [])


def _text_of(given: Any) -> str:
    return given if isinstance(given, str) else "" if given is None else orjson.dumps(given).decode()


def year_of(contract: BoundaryContract, name: str) -> int:
    """Return the boundary year that the file's name states. Raises DeliveryError where it states none."""
    found = re.search(contract.year_in_name, name)
    if not found:
        fault = "the name does not say the year of the boundaries; expected one such as x_2024.geojson"
        raise DeliveryError(name, [fault])
    return int(found[1])


@as_delivery_error()
def polygons(contract: BoundaryContract, content: bytes, name: str) -> pa.Table:
    """Return the file's areas as `geojson.POLYGONS`. Raises DeliveryError with everything that is wrong."""
    return geojson.read(
        content,
        f"{name} (contract {contract.id})",
        code=contract.code,
        name=contract.name,
        level=contract.level,
        year=year_of(contract, name),
    )


def residents(contract: BoundaryContract, content: bytes, name: str) -> pa.Table:
    """Return code, name, value (persons, null where none is given). Raises DeliveryError for what is no count."""
    rows, key = _properties(content, name), contract.residents or ""
    faults = [
        f"feature {number}, '{key}': found {quoted(str(row.get(key)))}, expected a number"
        for number, row in enumerate(rows, 1)
        if not _is_count(row.get(key))
    ]
    if faults:
        raise DeliveryError(f"{name} (contract {contract.id})", faults)
    return pa.table(
        {
            "code": pa.array([row.get(contract.code) for row in rows], pa.string()),
            "name": pa.array([row.get(contract.name) for row in rows], pa.string()),
            "value": pa.array([row.get(key) for row in rows], pa.float64()),
        }
    )


def _is_count(given: Any) -> bool:
    return given is None or (isinstance(given, int) and not isinstance(given, bool) and given >= 0)


def _properties(content: bytes, name: str) -> list[dict[str, Any]]:
    """Return each feature's properties, none where it has null (RFC 7946, 3.2)."""
    try:
        return [dict(feature["properties"] or {}) for feature in orjson.loads(content)["features"]]
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryError(name, [f"no GeoJSON FeatureCollection ({type(error).__name__})"]) from None


def to_geojson(geometry: bytes) -> str:
    """Return a WKB geometry as GeoJSON text, for a page."""
    text: str = shapely.to_geojson(shapely.from_wkb(geometry))
    return text
