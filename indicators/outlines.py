"""Outlines of areas: the union of parts, fewer points where borders stay shared, and the area inside.

What belongs: pure functions on polygons as WKB, in WGS84 longitude and latitude (degrees, x is longitude). What does
not: reading a file of boundaries or writing one (`pipelines`), which codes make up an area (`geography`), and drawing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely

_SNAP = 1e-9  # degrees, a tenth of a millimetre: below this, a difference is noise
_SLIVER = 1e-9  # square degrees, some 6 m2 in Norway: a smaller hole is filled
_STRETCH = 0.001  # degrees: a border is projected in stretches of at most this length

# WGS84: the equatorial radius in km, and the eccentricity.
_RADIUS = 6378.137
_ECCENTRICITY = math.sqrt((2 - 1 / 298.257223563) / 298.257223563)
_METRES_PER_DEGREE = math.pi * 6_371_008.8 / 180  # of latitude, on the sphere of mean radius


def outline(parts: Sequence[bytes]) -> bytes:
    """Return the union of polygons as one polygon or multipolygon: borders that parts share are gone.

    parts: WKB, at least one; they may touch, overlap or lie apart. Where borders are not equal point by point,
    coordinates are rounded to 1e-9 degrees first, so that noise in the last digits separates no neighbours. Holes below
    1e-9 square degrees are filled, larger ones stay. A gap that the source has between neighbours stays a gap.

    Raises ValueError where there is no part, or one is no polygon or is invalid.
    """
    if not len(parts):
        raise ValueError("an outline of no parts; expected at least one polygon")
    polygons = _polygons(parts)
    if shapely.coverage_is_valid(polygons, gap_width=_SNAP):
        union = shapely.coverage_union_all(polygons)
    else:
        union = shapely.union_all(polygons, grid_size=_SNAP)
    return _wkb(_without_slivers(union))


def simplified(geometries: Sequence[bytes], tolerance_m: float) -> list[bytes]:
    """Return the polygons with fewer points, in the order given; neighbours that touched still touch.

    geometries: WKB. Where they are a coverage (no overlap, shared borders equal point by point) they are simplified
    together (Visvalingam-Whyatt): a point goes if the triangle that it makes with its neighbours is below
    tolerance_m². Where they are not, each is simplified alone (Douglas-Peucker) and no border moves by more than
    tolerance_m; borders may then part. No polygon vanishes.

    tolerance_m: metres at the middle latitude of all geometries together, at least 0.

    Raises ValueError for a tolerance that is none, and for a geometry that is no polygon or is invalid.
    """
    if not 0 <= tolerance_m < math.inf:
        raise ValueError(f"tolerance is a distance in metres, at least 0; found {tolerance_m}")
    if not len(geometries):
        return []
    polygons = _polygons(geometries)
    degrees = tolerance_m / _METRES_PER_DEGREE
    if shapely.coverage_is_valid(polygons):
        # The criterion is an area: a square degree is cos(latitude) of what it is at the equator.
        fewer = shapely.coverage_simplify(polygons, degrees / math.sqrt(_cosine(polygons)))
    else:
        # The criterion is a distance: a degree of longitude is nowhere longer than one of latitude.
        fewer = shapely.simplify(polygons, degrees, preserve_topology=True)
    return [_wkb(polygon) for polygon in fewer]


def area_km2(geometry: bytes) -> float:
    """Return the area inside a polygon or multipolygon (WKB), in km², holes left out.

    In Lambert's cylindrical equal-area projection of the WGS84 ellipsoid (Snyder 1987, Map Projections, eq. 3-12,
    10-15). A border between two points is GeoJSON's straight line in degrees, taken in stretches of 0.001 degrees:
    exact to rounding along meridians and parallels, elsewhere to a millionth or better. (Along geodesics, a border
    of L km moves the area by up to L³ tan(latitude) / 50,000 km²: 0.03 km² for 10 km at 60° north.)

    Raises ValueError where the geometry is no polygon or is invalid.
    """
    (polygon,) = _polygons([geometry])
    return float(shapely.transform(shapely.segmentize(polygon, _STRETCH), _equal_area).area)


def _polygons(given: Sequence[bytes]) -> np.ndarray:
    """Return valid polygons and multipolygons. Raises ValueError, naming the first that is none."""
    try:
        geometries = shapely.from_wkb(np.array(given, object))
    except shapely.errors.ShapelyError as error:
        raise ValueError(f"no WKB ({error}); expected polygons as WKB") from None
    kinds = shapely.get_type_id(geometries)
    polygonal = np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    usable = polygonal & ~shapely.is_empty(geometries) & shapely.is_valid(geometries)
    if not usable.all():
        at = int(np.argmin(usable))
        found = "nothing" if geometries[at] is None else geometries[at].wkt[:60]
        reason = f" ({shapely.is_valid_reason(geometries[at])})" if polygonal[at] else ""
        raise ValueError(f"geometry {at + 1} is {found}{reason}; expected a valid Polygon or MultiPolygon")
    return geometries


def _cosine(polygons: np.ndarray) -> float:
    """Return the cosine of the middle latitude, and never 0."""
    _west, south, _east, north = shapely.total_bounds(polygons)
    return max(math.cos(math.radians((south + north) / 2)), _SNAP)


def _without_slivers(union: shapely.Geometry) -> shapely.Geometry:
    polygons = [_without_small_holes(polygon) for polygon in shapely.get_parts(union)]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _without_small_holes(polygon: shapely.Polygon) -> shapely.Polygon:
    holes = [ring for ring in polygon.interiors if shapely.Polygon(ring).area >= _SLIVER]
    return shapely.Polygon(polygon.exterior, holes)


def _equal_area(degrees: np.ndarray) -> np.ndarray:
    """Project longitude and latitude (n x 2) to km whose product is an area on the ellipsoid."""
    longitude, latitude = np.radians(degrees).T
    sine, e = np.sin(latitude), _ECCENTRICITY
    q = (1 - e**2) * (sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e)
    return np.column_stack((_RADIUS * longitude, _RADIUS * q / 2))


def _wkb(geometry: shapely.Geometry) -> bytes:
    """Return WKB that is the same on every machine: little-endian, longitude and latitude only."""
    return bytes(shapely.to_wkb(geometry, output_dimension=2, byte_order=1))
