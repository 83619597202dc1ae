"""From the answers of registers to observations: accidents by year and place, units counted on a day.

A register holds things, not figures: they are counted here. How it is asked is `providers.registers`' work.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
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
"""What happened where: one row per accident and kind of figure, or per station, year and kind.

area: the municipality that the register gives it. longitude, latitude: null where no place is given.
"""

Row = tuple[str, str, str, float | None]  # area, period, what is counted, its number
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


class Accident(NamedTuple):
    """An accident of a register. persons: by kind, None where it is not told. place: longitude and latitude."""

    year: int
    persons: Mapping[str, float] | None
    place: tuple[float | None, float | None]


def accidents(table: SourceTable, fetch: Fetch, content: Callable[[str], bytes]) -> tuple[pa.Table, pa.Table]:
    """Return accidents by municipality and year as facts, and each with its place (POINTS).

    A year without an accident has 0. Persons are counted in years in which every accident says how many were killed or
    hurt; in others their number is not available (`..`): NVDB no longer shows it for all. Raises SourceError.
    """
    first = first_year(table)
    last = (fetch.fetched_at.astimezone(_OSLO).date() - _ENTERED).year - 1
    rows: list[Row] = []
    points: list[tuple[str, int, str, float, float | None, float | None]] = []
    for code, own in _by_area(table, fetch, content).items():
        if not own:
            raise SourceError(f"{fetch.source}: not one accident in municipality {code}; expected some since {first}")
        for year in range(first, last + 1):
            of_year = [accident for accident in own.values() if accident.year == year]
            persons = [accident.persons for accident in of_year if accident.persons is not None]
            known = len(persons) == len(of_year)
            rows.append((code, str(year), ACCIDENTS, float(len(of_year))))
            rows += [
                (code, str(year), kind, sum(told[kind] for told in persons) if known else None) for kind in _PERSONS
            ]
            for accident in of_year:
                counts = {ACCIDENTS: 1.0, **((accident.persons if known else None) or {})}
                points += [(code, year, kind, number, *accident.place) for kind, number in counts.items()]
    columns = list(zip(*points, strict=True)) or [()] * len(POINTS)
    return as_facts(table, fetch, rows, table.boundary_year), pa.table(list(columns), schema=POINTS)


def _by_area(table: SourceTable, fetch: Fetch, content: Callable[[str], bytes]) -> dict[str, dict[int, Accident]]:
    """Return the accidents of each municipality by their number, each once however many pages show it."""
    found: dict[str, dict[int, Accident]] = {}
    for answer in fetch.data:
        own = found.setdefault(_parameter(answer, table.area), {})
        try:
            for entry in objects_of(content(answer.sha256)):
                number = int(Node(entry)["id"].number())
                if (accident := _accident(Node(entry))) is not None:
                    own[number] = accident
        except ValueError as error:  # Malformed is one
            raise SourceError(f"{fetch.source}: {answer.url}: {error}") from error
    return found


def _accident(entry: Node) -> Accident | None:
    """Return an accident; None of one without a day, which is in no year."""
    properties = {int(one["id"].number()): one["verdi"] for one in entry["egenskaper"].entries()}
    if _DAY not in properties:
        return None
    try:
        year = date.fromisoformat(properties[_DAY].text()[:10]).year
    except ValueError:
        raise properties[_DAY].wrong("a day") from None
    told = {kind: properties[number].number() for kind, number in _PERSONS.items() if number in properties}
    persons = {kind: told.get(kind, 0.0) for kind in _PERSONS} if told else None
    return Accident(year, persons, _place(entry["geometri"]["wkt"].text_or_none()))


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
    rows: list[Row] = []
    for answer in fetch.data:
        code = _parameter(answer, table.area)
        asked = frozenset(pair for pair in answer.params if pair[0] not in (table.area, "size"))
        try:
            counted = float(units_counted(content(answer.sha256)))
        except ValueError as error:
            raise SourceError(f"{fetch.source}: {answer.url}: {error}") from error
        if asked in filters:
            rows.append((code, f"{fetch.fetched_at.astimezone(_OSLO):%Y}", filters[asked], counted))
    return as_facts(table, fetch, rows, table.boundary_year)


def as_facts(table: SourceTable, fetch: Fetch, rows: Sequence[Row], boundary_year: int | pa.Array | None) -> pa.Table:
    """Return those rows as facts that the table asks for. boundary_year: of all, or of each row."""
    wanted = set(table.selection["ContentsCode"].values)
    is_wanted = pa.array([kind in wanted for _code, _period, kind, _value in rows], pa.bool_())
    codes, periods, kinds, values = zip(*rows, strict=True) if rows else ((), (), (), ())
    return facts(
        provider=fetch.provider,
        table_id=fetch.table_id,
        area_id=pa.array(codes, pa.string()),
        area_label=pa.nulls(len(rows), pa.string()),
        period=pa.array(periods, pa.string()),
        boundary_year=boundary_year,
        dimensions={"ContentsCode": pa.array(kinds, pa.string())},
        value=pa.array(values, pa.float64()),
        status=pa.array([".." if value is None else None for value in values], pa.string()),
        snapshot_sha256=fetch.data[0].sha256,
        vintage=fetch.fetched_at,
        where=fetch.source,
    ).filter(is_wanted)


def placed(table: SourceTable, fetch: Fetch, known: pa.Table, points: pa.Table, polygons: pa.Table) -> pa.Table:
    """Return accidents by the polygons that they lie in, as facts of the polygons' own codes and year.

    known: the municipalities' facts, for their years. points: as POINTS. polygons: the table `areas/boundaries`. Of
    each level the newest year's polygons count, for all years alike; those of areas of the catalogue are left out, for
    they are sums of official ones. A polygon without an accident has 0 where the municipality was asked for, in the
    years in which these have figures; elsewhere nobody knows. Without any polygon there are no rows.
    """
    rows: list[Row] = []
    years: list[int] = []
    with_place = points.filter(points["longitude"].is_valid())
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
        for number, polygon in zip(*tree.query(at, predicate="intersects"), strict=True):
            event = events[number]
            # On a border it is in one polygon alone, and in none of another municipality than the register says.
            if int(number) not in seen and codes[polygon].startswith(event["area"]):
                seen.add(int(number))
                sums[codes[polygon], str(event["year"]), event["contents"]] += event["value"]
        own = [(code, period, kind) for code in codes for period, kind in cells.get(code[:4], ())]
        rows += [(*cell, float(sums[cell])) for cell in own]
        years += [year] * len(own)
    return as_facts(table, fetch, rows, pa.array(years, pa.int16()))


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


def first_year(table: SourceTable) -> int:
    """Return the year from which on a table is asked."""
    [text] = table.selection[table.time].values
    return int(text.removeprefix("from(").removesuffix(")"))


def _parameter(answer: StoredResponse, name: str | None) -> str:
    return dict(answer.params)[name or ""]
