"""From stations to observations: counters of vehicles and stations of air quality, each with its figure of every year.

A station tells of the place where it stands, and of nobody's home. An area's figure is the mean of the stations in it
that have a figure of every year: the same ones in all years, so that none moves it by being opened or closed. How they
are asked is `providers.registers`' work.
"""

import calendar
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from statistics import fmean
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import shapely

from indicators.catalogue.models import SourceTable
from pipelines.decoding.entries import POINTS, Row, as_facts, first_year
from pipelines.errors import SourceError
from pipelines.providers.nodes import Node
from pipelines.providers.registers import DAYS, STATIONS, graph_of, list_of, municipality_asked
from pipelines.storage.snapshots import Fetch

COVERED = 75.0
"""Per cent of a year, or of a day, that has to be measured: what the European Environment Agency asks of a mean."""
VEHICLES = "vehicles"
_SETTLED = timedelta(days=90)  # after its end a year's figures are looked through by those who measure
_OSLO = ZoneInfo("Europe/Oslo")
_OUTLINES = "area of the catalogue"


class Station(NamedTuple):
    """A station with its means of years. area: a municipality's code. kind: what it measures."""

    area: str
    kind: str
    place: tuple[float | None, float | None]
    years: dict[int, float]


def measured(table: SourceTable, fetch: Fetch, content: Callable[[str], bytes]) -> tuple[pa.Table, pa.Table]:
    """Return means of stations by municipality and year as facts, and each station's with its place (POINTS).

    Of each kind that is measured (vehicles; NO2, PM10) there is its mean, and under `<kind>_stations` how many stations
    it is of. Where no station has every year, the mean is not available (`..`). Raises SourceError.
    """
    read = _counters if table.provider == "trafikkdata" else _air
    try:
        stations = list(read(table, fetch, content))
    except ValueError as error:  # Malformed is one
        raise SourceError(f"{fetch.source}: {error}") from error
    if not stations:
        wanted = ", ".join(table.selection[table.area or ""].values)
        raise SourceError(f"{fetch.source}: not one station in {wanted}; expected some")
    last = (fetch.fetched_at.astimezone(_OSLO).date() - _SETTLED).year - 1
    years = range(first_year(table), last + 1)
    kept = [station for station in stations if station.years.keys() >= set(years)]
    rows: list[Row] = []
    for area in table.selection[table.area or ""].values:
        for kind in sorted({station.kind for station in stations}):
            own = [station for station in kept if (station.area, station.kind) == (area, kind)]
            rows += _rows(area, kind, years, [station.years for station in own])
    points = [(one.area, year, one.kind, one.years[year], *one.place) for one in kept for year in years]
    columns = list(zip(*points, strict=True)) or [()] * len(POINTS)
    return as_facts(table, fetch, rows, table.boundary_year), pa.table(list(columns), schema=POINTS)


def _rows(area: str, kind: str, years: Iterable[int], stations: list[dict[int, float]]) -> Iterator[Row]:
    for year in years:
        yield area, str(year), kind, fmean(one[year] for one in stations) if stations else None
        yield area, str(year), f"{kind}_stations", float(len(stations))


def _counters(_table: SourceTable, fetch: Fetch, content: Callable[[str], bytes]) -> Iterator[Station]:
    """Yield the counters of vehicles, with the average day of each year of which enough was counted."""
    for answer in fetch.data:
        area = municipality_asked((answer.body or "").encode())
        for name, found in graph_of(content(answer.sha256)).named():
            if name == "trafficRegistrationPoints":
                continue
            years = {
                int(one["year"].number()): one["total"]["volume"]["average"].number()
                for one in found["volume"]["average"]["daily"]["byYear"].entries()
                if one["total"]["volume"]["average"].value is not None
                and one["total"]["coverage"]["percentage"].number(0) >= COVERED
            }
            at = found["trafficRegistrationPoint"]["location"]["coordinates"]["latLon"]
            yield Station(area, VEHICLES, _place(at["lat"], at["lon"]), years)


def _air(table: SourceTable, fetch: Fetch, content: Callable[[str], bytes]) -> Iterator[Station]:
    """Yield each station's means of a component; a year's is that of its days, where enough days were measured."""
    codes = {name: code for code, name in table.selection[table.area or ""].labels.items()}
    known: dict[str, tuple[str, tuple[float | None, float | None]]] = {}
    for answer in fetch.data:
        found = list_of(content(answer.sha256))
        if answer.path == STATIONS:
            for one in found:
                name, place = one["municipality"].text(), _place(one["latitude"], one["longitude"])
                if name in codes:
                    known[one["station"].text()] = codes[name], place
            continue
        station, component = answer.path.rpartition("/")[2], dict(answer.params)["components"]
        if answer.path.startswith(DAYS) and station in known:
            days = dict(_day(day) for one in found for day in one["values"].entries())
            yield Station(known[station][0], component, known[station][1], _annual(days))


def _day(given: Node) -> tuple[date, float]:
    """Return a day and its mean; not a number where too little of the day was measured."""
    text = given["dateTime"].text_or_none() or given["fromTime"].text()
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise given["dateTime"].wrong("a day") from None
    value, covered = given["value"].value, given["coverage"].number(100)
    if value is None or covered < COVERED:
        return day, math.nan
    # Near zero an instrument may show less than nothing, which is a reading like any other.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise given["value"].wrong("a number")
    return day, float(value)


def _annual(days: Mapping[date, float]) -> dict[int, float]:
    by_year = defaultdict(list)
    for day, value in days.items():
        if not math.isnan(value):
            by_year[day.year].append(value)
    return {
        year: fmean(own)
        for year, own in by_year.items()
        if 100 * len(own) >= COVERED * (366 if calendar.isleap(year) else 365)
    }


def _place(latitude: Node, longitude: Node) -> tuple[float | None, float | None]:
    """Return longitude and latitude; none where they are not told, or lie outside Norway."""
    if latitude.value is None or longitude.value is None:
        return None, None
    east, north = longitude.number(), latitude.number()
    return (east, north) if 2 < east < 34 and 56 < north < 82 else (None, None)


def placed(table: SourceTable, fetch: Fetch, points: pa.Table, polygons: pa.Table) -> pa.Table:
    """Return the means of the stations in each area of the catalogue that has an outline and a station in it.

    points: as POINTS. polygons: the table `areas/boundaries`, of which the newest year's outlines count, for all years
    alike. The areas are their own codes, for a mean of units is no sum of theirs.
    """
    outlines: dict[str, Mapping[str, Any]] = {}
    for row in polygons.select(["area_id", "level", "year", "geometry"]).to_pylist():
        if row["level"] == _OUTLINES and row["year"] >= outlines.get(row["area_id"], row)["year"]:
            outlines[row["area_id"]] = row
    with_place = points.filter(points["longitude"].is_valid()).to_pylist()
    rows: list[Row] = []
    drawn: list[int] = []
    for area, outline in outlines.items():
        shape = shapely.from_wkb(outline["geometry"])
        shapely.prepare(shape)
        inside: dict[tuple[int, str], list[float]] = defaultdict(list)
        for row in with_place:
            if shape.intersects(shapely.Point(row["longitude"], row["latitude"])):
                inside[row["year"], row["contents"]].append(row["value"])
        for (year, kind), values in sorted(inside.items()):
            rows += _rows(area, kind, [year], [{year: value} for value in values])
        drawn += [outline["year"]] * (len(rows) - len(drawn))
    return as_facts(table, fetch, rows, pa.array(drawn, pa.int16()))
