"""A map of an indicator's newest figures, drawn where boundaries are known: the area among its like, or its own parts.

Its list of numbered areas is its text alternative: nothing is told by colour alone. No tiles, and no other service.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from markupsafe import Markup

from pipelines.language import Language
from pipelines.report import standing
from pipelines.report.figure_set import Row
from pipelines.report.published import Published
from pipelines.report.svg import Scale, element, round_scale

_WIDTH, _MARGIN, _TALLEST = 640.0, 8.0, 560.0
_CLASSES = 5
_DARK = 3  # classes from here on have white numbers
_FEWEST = 2  # outlines that make a map


@dataclass(frozen=True)
class AreaMap:
    """A map: its title, the picture, its classes and marks with their words, and the areas by their number on it."""

    title: str
    svg: Markup
    legend: list[tuple[Markup, str]]
    areas: list[dict[str, Any]]
    without: list[str]


def maps(published: Published, indicator: str, area: str, say: Language) -> list[AreaMap]:
    """Return the maps of an indicator's page: of the area among those beside it, and of the parts that lie in it."""
    own = published.catalogue.areas[area]
    known = published.catalogue.areas
    beside = [one.id for one in known.values() if (one.kind, one.parent) == (own.kind, own.parent) and not one.rest_of]
    within = [one.id for one in known.values() if area in published.catalogue.ancestors(one.id) and not one.rest_of]
    groups = [("map_beside", beside), *(("map_within", part) for part in _by_kind(published, within))]
    drawn = (
        _map(published, indicator, area, ids, say(title, area=published.name(area)), f"{title}-{number}", say)
        for number, (title, ids) in enumerate(groups)
    )
    return [one for one in drawn if one is not None]


def _by_kind(published: Published, areas: Sequence[str]) -> list[list[str]]:
    found: dict[str, list[str]] = {}
    for one in areas:
        found.setdefault(published.catalogue.areas[one].kind, []).append(one)
    return list(found.values())


def _map(
    published: Published, indicator: str, area: str, areas: Sequence[str], title: str, key: str, say: Language
) -> AreaMap | None:
    rows = {one: row for one in areas if (row := published.newest.get((indicator, one))) and row["period"]}
    shapes = {one: shapely.from_geojson(published.outlines[one]) for one in rows if one in published.outlines}
    values = [rows[one]["value"] for one in shapes if rows[one]["value"] is not None]
    if len(shapes) < _FEWEST or not values:
        return None
    scale, _from_zero = round_scale(values, 0, _CLASSES)
    place = _projection(list(shapes.values()))
    parts = [element("defs", _hatching(key))]
    for one in sorted(shapes, key=lambda one: one == area):  # its own border is drawn last
        kind = "place own" if one == area else "place"
        parts.append(_polygon(shapes[one], place, f"{kind} {_class(rows[one], scale)}", _fill(rows[one], key)))
    numbers = {one: number for number, one in enumerate(shapes, 1)}
    for one, number in numbers.items():
        x, y = place(*shapely.get_coordinates(shapes[one].representative_point())[0])
        tone = "number light" if _class(rows[one], scale) in (f"class{_DARK}", f"class{_CLASSES - 1}") else "number"
        parts.append(element("text", str(number), x=x, y=y + 5, text_anchor="middle", class_=tone))
    synthetic = f" – {say('synthetic_short')}" if published.synthetic else ""
    svg = element(
        "svg",
        element("title", title + synthetic, id=f"{key}-title"),
        element("desc", _described(published, rows, list(shapes), say), id=f"{key}-text"),
        *parts,
        viewBox=f"0 0 {_WIDTH:.0f} {place.height:.0f}",
        class_="map",
        role="img",
        aria_labelledby=f"{key}-title {key}-text",
    )
    return AreaMap(
        title + synthetic,
        svg,
        _legend(published.indicators[indicator], [rows[one] for one in shapes], scale, key, say),
        [_listed(published, rows[one], own=one == area, say=say) for one in numbers],
        [published.name(one) for one in rows if one not in shapes],
    )


@dataclass(frozen=True)
class _Projection:
    """Longitude and latitude (degrees) onto the picture: equirectangular, true to scale at the middle latitude."""

    west: float
    north: float
    cosine: float
    scale: float
    height: float

    def __call__(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (
            _MARGIN + (longitude - self.west) * self.cosine * self.scale,
            _MARGIN + (self.north - latitude) * self.scale,
        )


def _projection(shapes: list[shapely.Geometry]) -> _Projection:
    west, south, east, north = shapely.total_bounds(shapes)
    cosine = math.cos(math.radians((south + north) / 2))
    scale = min((_WIDTH - 2 * _MARGIN) / ((east - west) * cosine), (_TALLEST - 2 * _MARGIN) / (north - south))
    return _Projection(west, north, cosine, scale, (north - south) * scale + 2 * _MARGIN)


def _polygon(shape: shapely.Geometry, place: _Projection, class_: str, fill: str | None) -> Markup:
    rings = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            points = (place(x, y) for x, y in shapely.get_coordinates(ring))
            rings.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
    return element("path", d="".join(rings), fill_rule="evenodd", class_=class_, fill=fill)


def _class(row: Row, scale: Scale) -> str:
    if row["value"] is None:
        return "hidden-place" if row["status"] == "suppressed" else "none"
    return f"class{min(int(scale(row['value'])), _CLASSES - 1)}"


def _fill(row: Row, key: str) -> str | None:
    return f"url(#{key}-hatching)" if row["value"] is None and row["status"] == "suppressed" else None


def _hatching(key: str) -> Markup:
    line = element("path", d="M0 8L8 0", stroke="#5f6b73", stroke_width=1.5)
    return element("pattern", line, id=f"{key}-hatching", width=8, height=8, patternUnits="userSpaceOnUse")


def _legend(unit: Row, rows: Sequence[Row], scale: Scale, key: str, say: Language) -> list[tuple[Markup, str]]:
    step = (scale.high - scale.low) / _CLASSES
    found = []
    for number in range(_CLASSES):
        lower, upper = (scale.low + (number + more) * step for more in (0, 1))
        words = say("limits", lower=say.bare(unit, lower), upper=say.figure(unit, upper))
        found.append((_swatch(f"class{number}"), words))
    if any(row["value"] is None and row["status"] == "suppressed" for row in rows):
        found.append((_swatch("hidden-place", f"url(#{key}-hatching)"), say("legend_hidden_area")))
    if any(row["value"] is None and row["status"] != "suppressed" for row in rows):
        found.append((_swatch("none"), say("no_figure")))
    return found


def _swatch(kind: str, fill: str | None = None) -> Markup:
    box = element("rect", x=1, y=1, width=30, height=16, class_=f"place {kind}", fill=fill)
    return element("svg", box, viewBox="0 0 32 18", width=32, height=18, class_="key", aria_hidden="true")


def _listed(published: Published, row: Row, *, own: bool, say: Language) -> dict[str, Any]:
    figure = say.figure(row, row["value"]) or standing.remark(row, say)
    name = published.name(row["area_id"])
    return {"id": row["area_id"], "name": name, "own": own, "figure": figure, "period": row["period"]}


def _described(published: Published, rows: Mapping[str, Row], areas: Sequence[str], say: Language) -> str:
    """Say what the map shows: how many areas, the highest and the lowest figure, and which are hidden."""
    shown = sorted((rows[one] for one in areas if rows[one]["value"] is not None), key=lambda row: row["value"])
    text = say(
        "alt_map",
        number=len(areas),
        lowest=f"{published.name(shown[0]['area_id'])} {say.figure(shown[0], shown[0]['value'])}",
        highest=f"{published.name(shown[-1]['area_id'])} {say.figure(shown[-1], shown[-1]['value'])}",
    )
    hidden = [published.name(one) for one in areas if rows[one]["status"] == "suppressed"]
    return f"{text} {say('alt_hidden', periods=', '.join(hidden))}" if hidden else text
