"""What the chart of one indicator in one area shows, and what a line may join; `series_drawing` draws it.

Figures of single years are dots, joined where no gap and no break lies between; a window of several years is a square
with a bar over its years, and no line joins windows, for they share years.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from indicators import periods
from indicators.catalogue.models import Break, Disturbance
from pipelines.report.figure_set import Figures, Row

_A_YEAR = 366
_COMPARED = ("municipality", "county", "country")


@dataclass(frozen=True)
class Point:
    """A figure at the end of its period; first, last: its years. status: as in the table series.

    is_window: it covers several years (a school year is one, though two calendar years are in it).
    """

    first: int
    last: int
    period: str
    value: float | None
    lower: float | None
    upper: float | None
    status: str | None
    is_window: bool

    @property
    def at(self) -> float:
        """Where it stands on the axis of years: in the middle of its last year."""
        return self.last + 0.5


@dataclass(frozen=True)
class Event:
    """A measure taken, on the axis of years: its letter in the picture, and its row of `measure_taken`."""

    letter: str
    row: Row

    @property
    def begins(self) -> float:
        """Where on the axis of years it begins."""
        return _place(self.row["first_day"])

    @property
    def ends(self) -> float | None:
        """Where on the axis of years its last month ends; None: no end is known."""
        last = self.row["last_day"]
        return None if last is None else last.year + last.month / 12


@dataclass(frozen=True)
class SeriesChart:
    """What the chart shows. newest: the scorecard's row; comparators: name and points."""

    row: Row
    name_of_area: str
    points: list[Point]
    singles: list[Point]
    comparators: list[tuple[str, list[Point]]]
    path: list[tuple[float, float]]
    breaks: list[Break]
    disturbed: list[Disturbance]
    every: int | None
    synthetic: bool
    events: list[Event]

    @property
    def target_at(self) -> float | None:
        """The middle of the target's year; None: no target."""
        if self.row["target_value"] is None:
            return None
        return int(re.findall(r"\d{4}", self.row["target_period"])[-1]) + 0.5


def of(figures: Figures, indicator: str, area: str) -> SeriesChart | None:
    """Gather what the chart of an indicator in an area shows; None where there is no figure at all."""
    newest = figures.newest.get((indicator, area))
    rows = figures.series.get((indicator, area), [])
    points = _points(rows)
    if newest is None or not points:
        return None
    own = figures.catalogue.indicators[indicator]
    required = [
        (row["period_end"].year + 0.5, row["required_value"]) for row in rows if row["required_value"] is not None
    ]
    chart = SeriesChart(
        row=newest,
        name_of_area=figures.name(area),
        points=points,
        singles=_singles(figures, indicator, area, points),
        comparators=_comparators(figures, indicator, area, points),
        path=required,
        breaks=own.breaks,
        disturbed=own.disturbed,
        every=own.every if isinstance(own.every, int) else None,
        synthetic=figures.synthetic,
        events=events(figures, indicator, area),
    )
    if chart.target_at is None:
        return chart
    ahead = [(at, value) for at, value in required if at < chart.target_at]
    return replace(chart, path=[*ahead, (chart.target_at, newest["target_value"])] if ahead else [])


def events(figures: Figures, indicator: str, area: str) -> list[Event]:
    """Return the measures taken that should move an indicator, lettered in the order of time."""
    rows = figures.measures_for(indicator, area)
    return [Event(letter_of(number), row) for number, row in enumerate(rows)]


def letter_of(number: int) -> str:
    """Return A, B, ... Z, AA, AB, ... for 0, 1, ..."""
    before, last = divmod(number, 26)
    return (letter_of(before - 1) if before else "") + chr(ord("A") + last)


def _points(rows: list[Row]) -> list[Point]:
    return [
        Point(
            row["period_start"].year,
            row["period_end"].year,
            row["period"],
            row["value"],
            row["lower"],
            row["upper"],
            row["status"],
            is_window(row),
        )
        for row in rows
        if row["status"] not in ("incomplete", "missing", "not_applicable")
    ]


def is_window(row: Row) -> bool:
    """Whether a figure covers several years; a school year is one."""
    return bool((row["period_end"] - row["period_start"]).days > _A_YEAR)


def _singles(figures: Figures, indicator: str, area: str, points: list[Point]) -> list[Point]:
    """Return the single years behind windows that we summed."""
    if not any(point.is_window for point in points):
        return []
    return _points([row for row in figures.measured(indicator, area) if not row["pooled"]])


def _comparators(figures: Figures, indicator: str, area: str, points: list[Point]) -> list[tuple[str, list[Point]]]:
    """Return at most two: the rest of the municipality (or all of it), and the largest area with figures."""
    programme = figures.programme(area)
    known = figures.catalogue.areas
    ids = [one for one in programme.comparators if one in known] if programme else []
    if not ids and area in known:
        ids = figures.catalogue.ancestors(area)
    large = [one for one in ids if known[one].kind in _COMPARED]
    first = min((point.last for point in points), default=0)
    found = []
    for one in large:
        theirs = [point for point in _points(figures.series.get((indicator, one), [])) if point.last >= first]
        if any(point.value is not None for point in theirs):
            found.append((one, theirs))
    rests = {one: rest.whole for one, _theirs in found if (rest := known[one].rest_of)}
    near = next((pair for pair in found if pair[0] in rests), found[0] if found else None)
    far = [pair for pair in found if pair != near and pair[0] not in rests.values()]
    chosen = [*([near] if near else []), *far[-1:]]
    return [(figures.name(one), theirs) for one, theirs in chosen]


def runs(points: list[Point], breaks: list[Break], every: int | None) -> list[list[Point]]:
    """Return the points in groups that a line may join: no window, gap or break lies within one."""
    found: list[list[Point]] = []
    for point in points:
        if point.value is None:
            continue
        before = found[-1][-1] if found else None
        if before is not None and _joined(before, point, breaks, every):
            found[-1].append(point)
        else:
            found.append([point])
    return found


def _joined(before: Point, after: Point, breaks: list[Break], every: int | None) -> bool:
    if before.is_window or after.is_window or every is None or after.last - before.last > every:
        return False
    return not any(before.at < break_at(one) <= after.at for one in breaks)


def span(one: Disturbance) -> tuple[float, float]:
    """Return where on the axis of years a disturbed time begins and ends: 2020M03 begins at 2020 and two twelfths."""
    last = periods.parse(one.last).end
    return _place(periods.parse(one.first).start), last.year + last.month / 12


def break_at(one: Break) -> float:
    """Return where on the axis of years a break lies: 2018M11 is 2018 and ten twelfths."""
    return _place(periods.parse(one.first).start)


def _place(day: date) -> float:
    return day.year + (day.month - 1) / 12
