"""Areas of the catalogue and the official codes that make them up in each year.

A district is a set of basic statistical units, a merged municipality the sum of its predecessors. A code counts for an
area only in the years in which it was in use for that area. What the catalogue says is preferred; the codes of other
years and levels are derived from it along the changes.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from indicators.geography.tree import CITY_DISTRICT, COUNTY, MUNICIPALITY, TRACT, UNIT, ZONE, valid_in

if TYPE_CHECKING:  # the catalogue itself uses this module
    from indicators.catalogue.models import Area, AreaPart
    from indicators.geography.graph import ChangeGraph

AreaNames = Callable[[str, int | None], str | None]

# Origins of rows whose codes add up to the area, and of rows that only give bounds of its figures.
ADDING_UP, BOUNDING = ("catalogue", "derived"), ("inside", "across")
_OPEN_END = 2999
_DERIVED = 100  # parts from this number on are derived; they are used only where no part of the catalogue has a figure
_BOUNDING = 900  # the part of tracts that do not add up to the area, but bound it
_WHOLE = 1 - 1e-9  # a weight from here on is 1, but for rounding
_ALL_MUNICIPALITIES = 300  # Norway has had more in every year; a shorter list covers only a part of the country


def membership(areas: Iterable[Area]) -> list[dict[str, Any]]:
    """Return one row per area, part and code, as the catalogue says.

    Keys: area_id, part (0 is preferred), code, first_year, last_year, codes (how many the part's sum needs), weight
    (how much of the code's figure belongs to the area), origin (`catalogue`; and see `derived`).
    """
    return [
        {
            "area_id": area.id,
            "part": number,
            "code": code,
            "first_year": part.first,
            "last_year": part.last,
            "codes": len(part.codes),
            "weight": 1.0,
            "origin": "catalogue",
        }
        for area in areas
        for number, part in enumerate(area.parts)
        for code in part.codes
    ]


def units_by_year(official: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Return every basic statistical unit of every year with all that it lies in.

    official: columns of OFFICIAL_AREAS. Columns: year, code, and one column of codes per larger level.
    """
    units = official[official["level"] == UNIT]
    tracts = official[official["level"] == TRACT][["code", "parent_code", "valid_from", "valid_to"]]
    municipalities = official[official["level"] == MUNICIPALITY][["code", "parent_code", "valid_from", "valid_to"]]
    frames = []
    for year in years:
        own = valid_in(units, year).rename(columns={"parent_code": TRACT, "district_code": CITY_DISTRICT})
        own = own.rename(columns={"zone_code": ZONE})[["code", TRACT, CITY_DISTRICT, ZONE]]
        above = valid_in(tracts, year).set_index("code")["parent_code"]
        own[MUNICIPALITY] = own[TRACT].map(above)
        own[COUNTY] = own[MUNICIPALITY].map(valid_in(municipalities, year).set_index("code")["parent_code"])
        frames.append(own.assign(year=year))
    return pd.concat(frames, ignore_index=True)


def unknown_codes(areas: Iterable[Area], units: pd.DataFrame) -> Iterator[tuple[Area, int, str, int, str | None]]:
    """Yield (area, part, code, year, nearest valid code) for official codes that were not in use in a part's years.

    units: as `units_by_year`. A part is checked in the last known year in which it is valid. Lists may cover only a
    part of the country, so a code is checked only where other codes of its municipality are known, and a municipality
    only where the list seems to cover the country.
    """
    years = sorted(int(year) for year in units["year"].unique())
    for area in areas:
        for number, part in enumerate(area.parts):
            year = max((year for year in years if part.first <= year <= part.last), default=None)
            if year is None:
                continue
            own = units[units["year"] == year]
            for code in part.codes:
                column = _column_of(code)
                if column is None:
                    continue
                valid = set(own[column].dropna())
                siblings = {other for other in valid if other[:4] == code[:4]} if len(code) > 4 else valid
                can_be_checked = bool(siblings) if len(code) > 4 else len(valid) >= _ALL_MUNICIPALITIES
                if can_be_checked and code not in valid:
                    in_tract = {other for other in siblings if other[:6] == code[:6]} or siblings
                    yield area, number, code, year, next(iter(difflib.get_close_matches(code, in_tract, n=1)), None)


def _column_of(code: str) -> str | None:
    """Return the column of `units_by_year` with codes of this form; None for counties and a provider's own codes."""
    if not code.isdigit():
        return None
    if len(code) == 8:
        return TRACT if code.endswith("00") else "code"
    return {4: MUNICIPALITY, 6: CITY_DISTRICT, 10: ZONE}.get(len(code))


def derived(areas: Iterable[Area], units: pd.DataFrame, graph: ChangeGraph) -> list[dict[str, Any]]:
    """Return rows as `membership` does, for years and levels of which the catalogue says nothing.

    units: as `units_by_year`. graph: the changes of units. In the graph's last year an area consists of the units of
    its newest part. In another year it consists of every unit that became one of these, weighted by the share that did;
    no rows are given for a year in which that share is not known. It also consists of any larger areas that together
    are exactly these units (origin `derived`). Where no tracts are, the tracts `inside` the area and those `across` its
    border are given: they bound its figures and must not be added up.
    """
    last = graph.years[-1]
    now = units[units["year"] == last]
    sizes = {level: units.groupby(["year", level]).size() for level in _LEVELS}
    rows: list[dict[str, Any]] = []
    known = {area.id: area for area in areas}
    shares = graph.shares({area.id: _units_of(area, known, now) for area in known.values()}, last)
    shares = shares.rename(columns={"boundary_year": "year"})
    for area in known.values():
        own = shares[shares["group"] == area.id].merge(units, on=["year", "code"])
        for number, level in enumerate(_levels_of(area)):
            sets = dict(_unit_sets(own) if level == UNIT else _tilings(own, level, sizes[level]))
            rows += _runs_of_years(area, _DERIVED + number, _not_in_catalogue(area, sets), last)
            if level == TRACT:
                rows += _bounding_tracts(area, own, sizes[level], set(sets), last)
    return rows


def _units_of(area: Area, areas: dict[str, Area], now: pd.DataFrame) -> set[str]:
    """Return the units of the area in the year of `now`; none where the catalogue has no official codes for it then."""
    if area.rest_of is not None:
        without = [_units_of(areas[name], areas, now) for name in area.rest_of.without]
        return _units_of(areas[area.rest_of.whole], areas, now).difference(*without)
    part = _official_part(area, int(now["year"].iloc[0]))
    if part is None:
        return set()
    if "0" in part.codes:  # the country
        return set(now["code"])
    return set(now.loc[now[["code", *_LEVELS]].isin(part.codes).any(axis=1), "code"])


_LEVELS = [COUNTY, MUNICIPALITY, CITY_DISTRICT, ZONE, TRACT]
_Set = tuple[tuple[str, float], ...]


def _official_part(area: Area, year: int) -> AreaPart | None:
    """Return the first part that is valid in the year and has official codes."""
    own = (part for part in area.parts if part.codelist is None and part.codes != [area.id])
    return next((part for part in own if part.first <= year <= part.last), None)


def _levels_of(area: Area) -> list[str]:
    """The levels at which figures of the area may be published; counties and the country are not added up."""
    return [] if area.kind in ("country", "county") else [*_LEVELS[1:], UNIT]


def _unit_sets(own: pd.DataFrame) -> Iterator[tuple[int, _Set]]:
    for year, group in own.sort_values("code").groupby("year"):
        if group["weight"].isna().any():
            continue  # a unit lies partly in the area, and it is not known how large a part
        yield (
            int(str(year)),
            tuple(zip(group["code"], group["weight"].where(group["weight"] < _WHOLE, 1.0), strict=True)),
        )


def _tilings(own: pd.DataFrame, level: str, sizes: pd.Series) -> Iterator[tuple[int, _Set]]:
    """Yield (year, codes) for each year in which whole larger areas are together exactly the area's units."""
    whole = own[own["weight"] >= _WHOLE]
    inside = whole.groupby(["year", level]).size()
    full = inside[inside == sizes.reindex(inside.index)]
    covered = full.groupby("year").sum()
    for year, count in own.groupby("year").size().items():
        if covered.get(year, 0) == count:
            yield int(str(year)), tuple((str(code), 1.0) for code in sorted(full.xs(year).index))


def _bounding_tracts(
    area: Area, own: pd.DataFrame, sizes: pd.Series, tiled: set[int], last: int
) -> Iterator[dict[str, Any]]:
    """Yield rows of tracts inside the area and across its border, for years in which no tracts are exactly the area."""
    within = own[own["weight"] >= _WHOLE].groupby(["year", TRACT]).size()
    touched = own.groupby(["year", TRACT]).size()
    whole = within.reindex(touched.index, fill_value=0) == sizes.reindex(touched.index)
    for origin, chosen in (("inside", touched[whole]), ("across", touched[~whole])):
        sets: dict[int, _Set] = {}
        for year, tract in chosen.index:
            if year not in tiled:
                sets[int(year)] = (*sets.get(int(year), ()), (str(tract), 1.0))
        for row in _runs_of_years(area, _BOUNDING, sets, last):
            yield row | {"origin": origin}


def _not_in_catalogue(area: Area, sets: dict[int, _Set]) -> dict[int, _Set]:
    """Leave out the years for which the catalogue gives the same codes."""
    return {
        year: found
        for year, found in sets.items()
        if not any(
            part.first <= year <= part.last and sorted(part.codes) == [code for code, _weight in found]
            for part in area.parts
        )
    }


def _runs_of_years(area: Area, part: int, sets: dict[int, _Set], last: int) -> Iterator[dict[str, Any]]:
    """Yield rows for runs of years with the same codes; a run that reaches the last known year has an open end."""
    years = sorted(sets)
    starts = [year for year in years if sets.get(year - 1) != sets[year]]
    for start in starts:
        end = start
        while sets.get(end + 1) == sets[start]:
            end += 1
        for code, weight in sets[start]:
            yield {
                "area_id": area.id,
                "part": part,
                "code": code,
                "first_year": start,
                "last_year": _OPEN_END if end == last else end,
                "codes": len(sets[start]),
                "weight": float(weight),
                "origin": "derived",
            }


def codes_in(area: Area, year: int | None) -> list[str]:
    """Return the codes of the first part valid in `year` (none: the newest part); not those of a provider's list."""
    own = [part for part in area.parts if part.codelist is None]
    valid = [part for part in own if year is None or part.first <= year <= part.last]
    if not valid:
        return []
    return list(max(valid, key=lambda part: part.last).codes if year is None else valid[0].codes)


def names(areas: Iterable[Area]) -> AreaNames:
    """Return a resolver of published names: (name, year or None) -> the area's code in that year, or None.

    Where the area consisted of several codes in that year, as Drammen did before its merger in 2020, the name does not
    say which code is meant, and the answer is None.
    """
    by_name = {name: area for area in areas for name in (area.name, *area.published_names)}

    def code(name: str, year: int | None) -> str | None:
        area = by_name.get(" ".join(name.split()))
        codes = codes_in(area, year) if area else []
        return codes[0] if len(codes) == 1 else None

    return code
