"""Delivered GeoJSON files by their contract: which file it is, of which year, how many residents it states.

Polygons themselves are read by `formats.geojson`.
"""

import re
from collections.abc import Iterable
from typing import Any

import orjson
import pyarrow as pa
import shapely

from indicators.catalogue.contracts import BoundaryContract
from pipelines.deliveries.faults import DeliveryError, as_delivery_error, quoted
from pipelines.formats import geojson


def match(content: bytes, contracts: Iterable[BoundaryContract]) -> BoundaryContract | None:
    """Return the contract whose properties the first feature has; None for what is no GeoJSON, or fits none."""
    if content.lstrip()[:1] != b"{" or b'"FeatureCollection"' not in content[:4096]:
        return None
    try:
        properties = _properties(content, "")
    except DeliveryError:
        return None
    names = set(properties[0]) if properties else set()
    return next((contract for contract in contracts if {contract.code, contract.name} <= names), None)


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
            "code": pa.array([row[contract.code] for row in rows], pa.string()),
            "name": pa.array([row[contract.name] for row in rows], pa.string()),
            "value": pa.array([row.get(key) for row in rows], pa.float64()),
        }
    )


def _is_count(given: Any) -> bool:
    return given is None or (isinstance(given, int) and not isinstance(given, bool) and given >= 0)


def _properties(content: bytes, name: str) -> list[dict[str, Any]]:
    try:
        return [feature["properties"] for feature in orjson.loads(content)["features"]]
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryError(name, [f"no GeoJSON FeatureCollection ({error!r})"]) from None


def to_geojson(geometry: bytes) -> str:
    """Return a WKB geometry as GeoJSON text, for a page."""
    text: str = shapely.to_geojson(shapely.from_wkb(geometry))
    return text
