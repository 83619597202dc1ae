"""GeoJSON to Arrow: one polygon or multipolygon for each area code, in WGS84 longitude and latitude (RFC 7946).

What belongs: the format, and refusing what is no boundary of an area before anything is drawn or joined. What does
not: where the bytes come from, other systems of coordinates (a person reprojects, with a tool made for it), joining
and simplifying outlines (`indicators.outlines`), and how the table is kept (`storage.geoparquet`).

Vectorised: Python loops over features, never over coordinates.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from pipelines.formats.format_error import FormatError, excerpt

POLYGONS = pa.schema(
    [
        ("level", pa.string()),
        ("code", pa.string()),
        ("name", pa.string()),
        ("year", pa.int16()),
        ("geometry", pa.binary()),
    ]
)
"""One row per area, in the order of the file; `geometry` is WKB, two-dimensional, EPSG:4326 as lon/lat."""

_MOST_POSITIONS = 10_000_000  # some 3 GB of memory while they are read
_MOST_MEMBERS = 4 * _MOST_POSITIONS  # a position of three numbers takes three commas
_POLYGONAL = ("Polygon", "MultiPolygon")
_REPAIRED = 1e-6  # a repair may change this share of the area: a spike has none, a bow tie much
_WGS84 = re.compile(
    r"(urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?(OGC[:/]([\d.]*[:/])?CRS84|EPSG[:/]([\d.]*[:/])?4326|CRS84)",
    re.IGNORECASE,
)
_REPROJECT = "reproject it to WGS84 (ogr2ogr -t_srs EPSG:4326 -lco RFC7946=YES new.geojson old.geojson)"

_Fault = tuple[int, str]
"""Number of the feature, from 1 (0: the whole file), and what is wrong with it."""


def read(content: bytes, where: str, *, code: str, name: str, level: str, year: int) -> pa.Table:
    """Return the areas of a FeatureCollection as POLYGONS.

    where: names the source in errors. code, name: properties that hold them, as text: a number has lost its leading
    zero. level, year: what the codes are and when they were in use, for example "tract", 2024. Heights are dropped.

    Raises FormatError with everything that is wrong, feature by feature, the first 20 in full.
    """
    collection = _collection(content, where)
    features = collection["features"]
    geometries, faults = _geometries(features)
    faults += [(0, fault) for fault in _crs_faults(collection)]
    faults += [(number, fault) for key in (code, name) for number, fault in _text_faults(features, key)]
    codes = [_property(feature, code) for feature in features]
    faults += _repeated(codes)
    if faults:
        in_order = sorted(faults, key=lambda fault: fault[0])
        raise FormatError(where, [_line(number, fault, code, codes) for number, fault in in_order])
    columns = {
        "level": [level] * len(features),
        "code": codes,
        "name": [_property(feature, name) for feature in features],
        "year": [year] * len(features),
        "geometry": shapely.to_wkb(geometries, output_dimension=2, byte_order=1),
    }
    return pa.table(columns, schema=POLYGONS)


def _collection(content: bytes, where: str) -> dict[str, Any]:
    """Return the FeatureCollection, its features a list that is not empty; members are not looked at yet."""
    _check_extent(content, where)
    try:
        parsed = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise FormatError(where, [f"not JSON ({error}); expected GeoJSON. Export the layer as GeoJSON."]) from None
    kind = parsed.get("type") if isinstance(parsed, dict) else None
    if kind != "FeatureCollection":
        what = f"type {excerpt(kind)}" if isinstance(parsed, dict) else f"a {type(parsed).__name__}"
        raise FormatError(where, [f"{what} at the top; expected a FeatureCollection. Export the layer as GeoJSON."])
    features = parsed.get("features")
    if not isinstance(features, list) or not features:
        expected = "expected a list of areas. Was the right layer exported?"
        raise FormatError(where, [f"'features' is {excerpt(features)}; {expected}"])
    return parsed


def _check_extent(content: bytes, where: str) -> None:
    """Refuse by the bytes alone what could fill the memory; orjson itself refuses what is nested too deep."""
    if content.count(b"[") > _MOST_POSITIONS or content.count(b",") > _MOST_MEMBERS:
        expected = "expected the outlines of areas. Simplify the layer, or deliver fewer areas in one file."
        raise FormatError(where, [f"more than {_MOST_POSITIONS:,} coordinates; {expected}"])


def _line(number: int, fault: str, code: str, codes: Sequence[Any]) -> str:
    return fault if number == 0 else f"feature {number} ({code} {excerpt(codes[number - 1])}): {fault}"


def _crs_faults(holder: Any) -> Iterator[str]:
    """Yield what is wrong with a `crs`, which RFC 7946 no longer has and older writers still give."""
    if not isinstance(holder, dict) or "crs" not in holder:
        return
    crs = holder["crs"]
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not (isinstance(name, str) and _WGS84.fullmatch(name)):
        yield f"'crs' is {excerpt(name or crs)}; expected WGS84 (CRS84, EPSG:4326) or no 'crs'; {_REPROJECT}"


def _property(feature: Any, key: str) -> Any:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties.get(key) if isinstance(properties, dict) else None


def _text_faults(features: Sequence[Any], key: str) -> Iterator[_Fault]:
    for number, feature in enumerate(features, 1):
        fault = _text_fault(_property(feature, key))
        if fault:
            yield number, f"property '{key}' {fault}"


def _text_fault(given: Any) -> str | None:
    if given is None:
        return "is missing or null; expected text; name the right property, or fill it in"
    if isinstance(given, int | float):
        return f"is {given}, no text: a leading zero may be lost; expected text such as '0602'; write codes as text"
    if not isinstance(given, str):
        return f"is {excerpt(given)}; expected text"
    if not given or given != given.strip():
        return f"is {given!r}; expected text without blanks around it; correct the property"
    return None


def _repeated(codes: Sequence[Any]) -> Iterator[_Fault]:
    first: dict[str, int] = {}
    for number, code in enumerate(codes, 1):
        if isinstance(code, str) and first.setdefault(code, number) != number:
            yield (
                number,
                f"the code is that of feature {first[code]} too; expected each once; make its parts one MultiPolygon",
            )


def _geometries(features: Sequence[Any]) -> tuple[np.ndarray, list[_Fault]]:
    """Return a valid polygon or multipolygon per feature, None where there is a fault."""
    faults: list[_Fault] = []
    texts = np.full(len(features), None, object)
    for at, feature in enumerate(features):
        try:
            texts[at] = _geometry_text(feature)
        except ValueError as error:
            faults.append((at + 1, str(error)))
    geometries = shapely.from_geojson(texts, on_invalid="ignore")
    for find in (_unreadable, _empty, _outside, _crossing):
        found = dict(find(texts, geometries))
        faults += [(at + 1, fault) for at, fault in found.items()]
        texts[list(found)], geometries[list(found)] = None, None
    return geometries, faults


def _geometry_text(feature: Any) -> bytes:
    """Return a polygonal geometry as JSON of its own. Raises ValueError, saying what stands there."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise ValueError(f"{excerpt(feature)}; expected an object of type 'Feature'; export the layer anew")
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        raise ValueError(
            f"geometry is {excerpt(geometry)}; expected a Polygon or MultiPolygon; draw or remove the area"
        )
    kind = geometry.get("type")
    if kind not in _POLYGONAL:
        raise ValueError(
            f"geometry is of type {excerpt(kind)}; expected Polygon or MultiPolygon; deliver the layer of areas"
        )
    for fault in (*_crs_faults(feature), *_crs_faults(geometry)):
        raise ValueError(fault)
    try:
        return orjson.dumps({"type": kind, "coordinates": geometry.get("coordinates")})
    except orjson.JSONEncodeError:
        raise ValueError(
            f"coordinates are nested too deep; expected those of a {kind}; export the layer anew"
        ) from None


def _unreadable(texts: np.ndarray, geometries: np.ndarray) -> Iterator[tuple[int, str]]:
    for at in np.flatnonzero(shapely.is_missing(geometries)).tolist():
        if texts[at] is None:
            continue
        try:
            shapely.from_geojson(texts[at])
        except shapely.errors.ShapelyError as error:
            kind = orjson.loads(texts[at])["type"]
            yield at, f"coordinates are not those of a {kind} ({_short(error)}); export the layer anew"


def _short(error: Exception) -> str:
    """Return what is wrong with the coordinates, without the reader's own prefixes."""
    return re.sub(r"^\w+Exception: |Error parsing JSON: '\[[\w.]+\] |'$", "", str(error))[:120]


def _empty(_texts: np.ndarray, geometries: np.ndarray) -> Iterator[tuple[int, str]]:
    for at in np.flatnonzero(shapely.is_empty(geometries)).tolist():
        yield at, "geometry is empty; expected a Polygon or MultiPolygon; draw or remove the area"


def _outside(_texts: np.ndarray, geometries: np.ndarray) -> Iterator[tuple[int, str]]:
    bounds = np.abs(shapely.bounds(geometries))
    for at in np.flatnonzero(np.any(bounds > (180, 90, 180, 90), axis=1)).tolist():
        coordinates = shapely.get_coordinates(geometries[at])
        first = coordinates[np.any(np.abs(coordinates) > (180, 90), axis=1)][0].tolist()
        metres = ": metres of UTM (EPSG:25833 or 25832)?" if np.abs(first).max() > 1000 else ""
        yield at, f"{first} is no longitude (-180..180) and latitude (-90..90){metres}; {_REPROJECT}"


def _crossing(_texts: np.ndarray, geometries: np.ndarray) -> Iterator[tuple[int, str]]:
    """Repair in place the invalid geometries whose area a repair leaves alone, and yield the others."""
    invalid = np.flatnonzero(~shapely.is_valid(geometries) & ~shapely.is_missing(geometries))
    repaired = shapely.make_valid(geometries[invalid], method="structure", keep_collapsed=False)
    for at, after in zip(invalid.tolist(), repaired, strict=True):
        before = geometries[at]
        if after.geom_type in _POLYGONAL and abs(after.area - before.area) < _REPAIRED * after.area:
            geometries[at] = after
        else:
            reason = shapely.is_valid_reason(before)
            yield at, f"the outline is invalid ({reason}), and a repair would change its area; correct it by hand"
