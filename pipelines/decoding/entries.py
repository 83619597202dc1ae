"""From the answers of registers to observations: accidents by year and place, units counted on a day.

A register holds things, not figures: they are counted here. How it is asked is `providers.registers`' work.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import shapely

from indicators.catalogue.models import SourceTable
from pipelines.decoding.tidy import facts
from pipelines.errors import SourceError
from pipelines.providers.nodes import Malformed, Node
from pipelines.providers.registers import CONTENTS, objects_of, units_counted
from pipelines.storage.snapshots import Fetch, StoredResponse

POINTS = pa.schema(
    [
        ("area", pa.string()),
        ("year", pa.int16()),
        ("contents", pa.string()),
        ("value", pa.float64()),
        ("longitude", pa.float64()),
        ("latitude", pa.float64()),
    ]
)
"""What happened where: one row per accident and kind of figure.

area: the municipality that the register gives it. longitude, latitude: null where no place is given.
"""

ACCIDENTS = "accidents"
# NVDB's numbers of the properties of an accident.
_DAY = 5055
_PERSONS = {
    "killed": 5070,
    "very_seriously_injured": 5071,
    "seriously_injured": 5072,
    "slightly_injured": 5073,
}
# A year is counted when so many days have gone since: accidents are entered months after.
_ENTERED = timedelta(days=90)
_OSLO = ZoneInfo("Europe/Oslo")


def accidents(table: SourceTable, fetch: Fetch, content: Callable[[str], bytes]) -> tuple[pa.Table, pa.Table]:
    """Return accidents by municipality and year as facts, and each with its place (POINTS).

    A year without an accident has 0. Persons are counted in years in which every accident says how many were killed or
    hurt; in others their number is not available (`..`): NVDB no longer shows it for all. Raises SourceError.
    """
    first = _first_year(table)
    last = (fetch.fetched_at.astimezone(_OSLO).date() - _ENTERED).year - 1
    years = range(first, last + 1)
    of_areas = [(code, list(own.values())) for code, own in _by_area(table, fetch, content).items()]
    rows: list[tuple[str, int, str, float | None]] = []
    points: list[tuple[str, int, str, float, float | None, float | None]] = []
    for code, own in of_areas:
        if not own:
            raise SourceError(f"{fetch.source}: not one accident in municipality {code}; expected some since {first}")
        for year in years:
            of_year = [one for one in own if one["year"] == year]
            rows.append((code, year, ACCIDENTS, float(len(of_year))))
            known = all(one["persons"] is not None for one in of_year)
            for kind in _PERSONS:
                rows.append((code, year, kind, sum(one["persons"][kind] for one in of_year) if known else None))
            for one in of_year:
                points.append((code, year, ACCIDENTS, 1.0, *one["place"]))
                points += [(code, year, kind, one["persons"][kind], *one["place"]) for kind in _PERSONS if known]
    columns = list(zip(*points, strict=True)) or [()] * len(POINTS)
    return _facts(table, fetch, rows), pa.table(list(columns), schema=POINTS)


def _by_area(table: SourceTable, fetch: Fetch, content: Callable[[str], bytes]) -> dict[str, dict[int, dict[str, Any]]]:
    """Return the accidents of each municipality by their number, each once however many pages show it."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for answer in fetch.data:
        own = found.setdefault(_parameter(answer, table.area), {})
        try:
            for entry in objects_of(content(answer.sha256)):
                number = int(Node(entry)["id"].number())
                if (day := _accident(Node(entry))) is not None:
                    own[number] = day
        except ValueError as error:  # Malformed is one
            raise SourceError(f"{fetch.source}: {answer.url}: {error}") from error
    return found


def _accident(entry: Node) -> dict[str, Any] | None:
    """Return year, persons and place of an accident; None of one without a day, which is in no year."""
    properties = {int(one["id"].number()): one["verdi"] for one in entry["egenskaper"].entries()}
    if _DAY not in properties:
        return None
    try:
        year = date.fromisoformat(properties[_DAY].text()[:10]).year
    except ValueError:
        raise properties[_DAY].wrong("a day") from None
    told = {kind: properties[number].number() for kind, number in _PERSONS.items() if number in properties}
    persons = {kind: told.get(kind, 0.0) for kind in _PERSONS} if told else None
    return {"year": year, "persons": persons, "place": _place(entry["geometri"]["wkt"].text_or_none())}


def _place(wkt: str | None) -> tuple[float | None, float | None]:
    """Return longitude and latitude of a point, whichever comes first: in Norway they cannot be taken for each other.

    >>> _place("POINT Z (59.74 10.2 3)"), _place("POINT (10.2 59.74)"), _place(None)
    ((10.2, 59.74), (10.2, 59.74), (None, None))
    """
    shape = shapely.from_wkt(wkt, on_invalid="ignore") if wkt else None
    if shape is None or shape.geom_type != "Point" or shape.is_empty:
        return None, None
    longitude, latitude = sorted((shape.x, shape.y))
    if not (2 < longitude < 34 and 56 < latitude < 82):
        raise Malformed(f"geometri.wkt: a place in Norway by longitude and latitude expected, not {str(wkt)[:60]}")
    return longitude, latitude


def units(table: SourceTable, fetch: Fetch, content: Callable[[str], bytes]) -> pa.Table:
    """Return how many units there were of each kind, as facts of the year in which they were counted.

    The register says how it is, and nothing of earlier years. Raises SourceError.
    """
    filters = {frozenset(chosen): kind for kind, chosen in CONTENTS.items()}
    rows: list[tuple[str, int, str, float | None]] = []
    for answer in fetch.data:
        code = _parameter(answer, table.area)
        asked = frozenset(pair for pair in answer.params if pair[0] not in (table.area, "size"))
        try:
            counted = float(units_counted(content(answer.sha256)))
        except ValueError as error:
            raise SourceError(f"{fetch.source}: {answer.url}: {error}") from error
        if asked in filters:
            rows.append((code, fetch.fetched_at.astimezone(_OSLO).year, filters[asked], counted))
    return _facts(table, fetch, rows)


def _facts(table: SourceTable, fetch: Fetch, rows: list[tuple[str, int, str, float | None]]) -> pa.Table:
    wanted = set(table.selection["ContentsCode"].values)
    kept = [row for row in rows if row[2] in wanted]
    return facts(
        provider=fetch.provider,
        table_id=fetch.table_id,
        area_id=pa.array([row[0] for row in kept], pa.string()),
        area_label=pa.nulls(len(kept), pa.string()),
        period=pa.array([str(row[1]) for row in kept], pa.string()),
        boundary_year=table.boundary_year,
        dimensions={"ContentsCode": pa.array([row[2] for row in kept], pa.string())},
        value=pa.array([row[3] for row in kept], pa.float64()),
        status=pa.array([".." if row[3] is None else None for row in kept], pa.string()),
        snapshot_sha256=fetch.data[0].sha256,
        vintage=fetch.fetched_at,
        where=fetch.source,
    )


def placed(table: SourceTable, fetch: Fetch, known: pa.Table, points: pa.Table, polygons: pa.Table) -> pa.Table:
    """Return accidents by the polygons that they lie in, as facts of the polygons' own codes and year.

    known: the municipalities' facts, for their years. points: as POINTS. polygons: the table `areas/boundaries`. Of
    each level the newest year's polygons count, for all years alike; those of areas of the catalogue are left out, for
    they are sums of official ones. A polygon without an accident has 0 where the municipality was asked for, in the
    years in which these have figures; elsewhere nobody knows. Without any polygon there are no rows.
    """
    rows: list[dict[str, Any]] = []
    with_place = points.filter(points["longitude"].is_valid()) if points.num_rows else points
    at = shapely.points(with_place["longitude"].to_numpy(), with_place["latitude"].to_numpy())
    events = with_place.select(["area", "year", "contents", "value"]).to_pylist()
    cells: dict[str, list[tuple[str, str]]] = {}
    for row in known.to_pylist():
        if row["value"] is not None:
            cells.setdefault(row["area_id"], []).append((row["period"], dict(row["dimensions"])["ContentsCode"]))
    for codes, year, shapes in _newest(polygons):
        tree = shapely.STRtree(shapes)
        sums: Counter[tuple[str, str, str]] = Counter()
        seen: set[int] = set()
        for event, polygon in zip(*tree.query(at, predicate="intersects"), strict=True):
            one = events[event]
            # On a border it is in one polygon alone, and in none of another municipality than the register says.
            if int(event) not in seen and codes[polygon].startswith(one["area"]):
                seen.add(int(event))
                sums[codes[polygon], str(one["year"]), one["contents"]] += one["value"]
        rows += [
            {"code": code, "period": period, "contents": kind, "value": sums[code, period, kind], "year": year}
            for code in codes
            for period, kind in cells.get(code[:4], ())
        ]
    return facts(
        provider=fetch.provider,
        table_id=fetch.table_id,
        area_id=pa.array([row["code"] for row in rows], pa.string()),
        area_label=pa.nulls(len(rows), pa.string()),
        period=pa.array([row["period"] for row in rows], pa.string()),
        boundary_year=pa.array([row["year"] for row in rows], pa.int16()),
        dimensions={"ContentsCode": pa.array([row["contents"] for row in rows], pa.string())},
        value=pa.array([float(row["value"]) for row in rows], pa.float64()),
        status=pa.nulls(len(rows), pa.string()),
        snapshot_sha256=fetch.data[0].sha256,
        vintage=fetch.fetched_at,
        where=fetch.source,
    ).filter(
        pa.compute.is_in(
            pa.array([row["contents"] for row in rows], pa.string()), pa.array(table.selection["ContentsCode"].values)
        )
    )


def _newest(polygons: pa.Table) -> Iterator[tuple[list[str], int, Any]]:
    """Yield codes, year and shapes of the newest polygons of each official level below the municipality."""
    below = ("statistical tract", "basic statistical unit", "living-conditions zone")
    by_level: dict[str, list[Mapping[str, Any]]] = {}
    for row in polygons.select(["area_id", "level", "year", "geometry"]).to_pylist():
        if row["level"] in below:
            by_level.setdefault(row["level"], []).append(row)
    for rows in by_level.values():
        year = max(row["year"] for row in rows)
        own = [row for row in rows if row["year"] == year]
        yield [row["area_id"] for row in own], year, shapely.from_wkb([row["geometry"] for row in own])


def _first_year(table: SourceTable) -> int:
    [text] = table.selection[table.time].values
    return int(text.removeprefix("from(").removesuffix(")"))


def _parameter(answer: StoredResponse, name: str | None) -> str:
    return dict(answer.params)[name or ""]
