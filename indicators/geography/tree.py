"""The tree of official areas: every code with its name, what it lies in, and from when to when it is valid.

What belongs: the table's columns, its checks, how yearly lists become validity periods. What does not: which area
replaced another (`changes`), and the catalogue's own districts (`membership`).
"""

from datetime import date
from itertools import pairwise

import pandas as pd

from indicators.dictionary import SCHEMA

UNIT, TRACT, ZONE = "basic statistical unit", "statistical tract", "living-conditions zone"
CITY_DISTRICT, MUNICIPALITY, COUNTY = "city district", "municipality", "county"

# One row per official area and unbroken period with the same name and parents. `valid_to` is the first day on which
# the row is no longer valid, as in Klass; null: still valid. A unit has two parents: its tract, and perhaps a zone.
OFFICIAL_AREAS = SCHEMA["official_area"].arrow
_IDENTITY = ["level", "code"]
_ATTRIBUTES = ["name", "parent_code", "district_code", "zone_code"]


class TreeError(ValueError):
    """Official areas that contradict themselves; the message names level, code and dates."""


def from_yearly_lists(lists: pd.DataFrame) -> pd.DataFrame:
    """Return official areas (columns of OFFICIAL_AREAS) from lists that say what was valid on a day of each year.

    lists: day (date), level, code, name and, where known, parent_code, district_code, zone_code. Days are the same for
    all levels. An area is taken to be valid from the day on which it is first listed until the next day on which it
    is not, so a change between two days is dated to the later one. Raises TreeError where a code is listed twice.
    """
    lists = _with_all_columns(lists)
    repeated = lists.duplicated([*_IDENTITY, "day"])
    if repeated.any():
        row = lists[repeated].iloc[0]
        raise TreeError(f"{row.level} {row.code} is listed twice on {row.day}; expected each code once a day")
    days = sorted(lists["day"].unique())
    following = dict(zip(days, [*days[1:], None], strict=True))
    number = {day: place for place, day in enumerate(days)}
    rows = (
        lists.assign(at=lists["day"].map(number)).sort_values([*_IDENTITY, "at"], kind="stable").reset_index(drop=True)
    )
    same = (rows[[*_IDENTITY, *_ATTRIBUTES]].fillna("") == rows[[*_IDENTITY, *_ATTRIBUTES]].fillna("").shift()).all(
        axis=1
    )
    run = (~(same & (rows["at"].diff() == 1))).cumsum()
    grouped = rows.groupby(run, sort=False)
    found = grouped.first().assign(valid_from=grouped["day"].first(), last=grouped["day"].last())
    found["valid_to"] = found["last"].map(following)
    return found[OFFICIAL_AREAS.names].reset_index(drop=True)


def _with_all_columns(lists: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in _ATTRIBUTES if name not in lists]
    return lists.assign(**dict.fromkeys(missing))


def valid_in(areas: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the official areas of a boundary year: those valid on its 1 January."""
    # Compared as text: ISO dates sort as their days do, and a missing end needs no special case.
    day = f"{year}-01-01"
    ended = areas["valid_to"].notna() & (areas["valid_to"].astype(str) <= day)
    return areas[(areas["valid_from"].astype(str) <= day) & ~ended]


def check(areas: pd.DataFrame) -> None:
    """Raise TreeError where a code's validity periods overlap, or end before they begin."""
    ordered = areas.sort_values([*_IDENTITY, "valid_from"], kind="stable")
    wrong = ordered[ordered["valid_to"].notna() & (ordered["valid_to"].fillna(date.max) <= ordered["valid_from"])]
    if len(wrong):
        row = wrong.iloc[0]
        raise TreeError(f"{row.level} {row.code} ({row['name']}) is valid from {row.valid_from} to {row.valid_to}")
    ends = ordered["valid_to"].fillna(date.max)
    again = (ordered[_IDENTITY] == ordered[_IDENTITY].shift()).all(axis=1) & (ends.shift() > ordered["valid_from"])
    if again.any():
        row = ordered[again].iloc[0]
        raise TreeError(
            f"{row.level} {row.code} ({row['name']}) is valid twice on {row.valid_from}; expected one entry a day"
        )


# Pairs of codes, with their validity: the larger area's (source) and that of a smaller area in it (target).
NO_PAIRS = pd.DataFrame(columns=["source_code", "target_code", "valid_from", "valid_to"])


def placed(areas: pd.DataFrame, zones: pd.Series, districts: pd.DataFrame) -> pd.DataFrame:
    """Return the areas with parent, zone and city district filled in where their source does not say it.

    Parents follow from a code's first digits. zones: the code of the zone, by unit; filled in for units that are still
    valid, because the list of zones is today's. districts: pairs of a city district and a unit (columns of NO_PAIRS); a
    unit that moved from one district to another gets one row for each.
    """
    digits = {UNIT: 6, TRACT: 4, CITY_DISTRICT: 4, ZONE: 4, MUNICIPALITY: 2}
    areas = _in_districts(areas, districts)
    above = pd.Series(None, index=areas.index, dtype=object)
    for level, number in digits.items():
        own = areas["level"] == level
        above[own] = areas.loc[own, "code"].str[:number] + ("00" if level == UNIT else "")
    still = (areas["level"] == UNIT) & areas["valid_to"].isna()
    return areas.assign(
        parent_code=areas["parent_code"].where(areas["parent_code"].notna(), above),
        zone_code=areas["code"].map(zones[~zones.index.duplicated()].to_dict()).where(still, None),
    )


def _in_districts(areas: pd.DataFrame, districts: pd.DataFrame) -> pd.DataFrame:
    """Split a unit's row on each day on which it enters or leaves a city district, and fill in the district."""
    pairs = districts.dropna(subset=["source_code", "target_code"]).groupby("target_code")
    to_fill = (areas["level"] == UNIT) & areas["code"].isin(pairs.groups) & areas["district_code"].isna()
    rows: list[dict[str, object]] = []
    for unit in areas[to_fill].to_dict("records"):
        own = pairs.get_group(unit["code"])
        ends = [date.max if pd.isna(end) else end for end in (unit["valid_to"], *own["valid_to"])]
        spans = list(zip(own["source_code"], own["valid_from"], ends[1:], strict=True))
        days = {day for _code, *span in spans for day in span if unit["valid_from"] < day < ends[0]}
        for first, until in pairwise([unit["valid_from"], *sorted(days), ends[0]]):
            within = next((code for code, begins, end in spans if begins <= first and until <= end), None)
            valid_to = None if until == date.max else until
            rows.append(unit | {"district_code": within, "valid_from": first, "valid_to": valid_to})
    return pd.concat([areas[~to_fill], pd.DataFrame(rows, columns=areas.columns)], ignore_index=True)
