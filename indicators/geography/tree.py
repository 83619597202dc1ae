"""The tree of official areas: every code with its name, what it lies in, and from when to when it is valid.

What belongs: the table's form, its checks, how yearly lists become validity periods. What does not: what an area
became (`changes`), and the catalogue's own districts (`membership`).
"""

from datetime import date

import pandas as pd
import pyarrow as pa

UNIT, TRACT, ZONE = "basic statistical unit", "statistical tract", "living-conditions zone"
CITY_DISTRICT, MUNICIPALITY, COUNTY = "city district", "municipality", "county"
LEVELS = (COUNTY, MUNICIPALITY, CITY_DISTRICT, TRACT, ZONE, UNIT)

# One row per official area and unbroken time with the same name and parents. `valid_to` is the first day on which
# it no longer holds, as in Klass; null: still valid. A unit has two parents: its tract, and perhaps a zone.
OFFICIAL_AREAS = pa.schema(
    [
        ("level", pa.string()),
        ("code", pa.string()),
        ("name", pa.string()),
        ("parent_code", pa.string()),
        ("district_code", pa.string()),
        ("zone_code", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
_WHO = ["level", "code"]
_WHAT = ["name", "parent_code", "district_code", "zone_code"]


class TreeError(ValueError):
    """Official areas that contradict themselves; the message names level, code and dates."""


def from_yearly_lists(lists: pd.DataFrame) -> pd.DataFrame:
    """Return official areas (columns of OFFICIAL_AREAS) from lists that say what was valid on a day of each year.

    lists: day (date), level, code, name and, where known, parent_code, district_code, zone_code. Days are the same for
    all levels. An area is taken to be valid from the day on which it is first listed until the next day on which it
    is not, so a change between two days is dated to the later one. Raises TreeError where a code is listed twice.
    """
    lists = _with_all_columns(lists)
    repeated = lists.duplicated([*_WHO, "day"])
    if repeated.any():
        row = lists[repeated].iloc[0]
        raise TreeError(f"{row.level} {row.code} is listed twice on {row.day}; expected each code once a day")
    days = sorted(lists["day"].unique())
    following = dict(zip(days, [*days[1:], None], strict=True))
    number = {day: place for place, day in enumerate(days)}
    rows = lists.assign(at=lists["day"].map(number)).sort_values([*_WHO, "at"], kind="stable").reset_index(drop=True)
    same = (rows[[*_WHO, *_WHAT]].fillna("") == rows[[*_WHO, *_WHAT]].fillna("").shift()).all(axis=1)
    run = (~(same & (rows["at"].diff() == 1))).cumsum()
    grouped = rows.groupby(run, sort=False)
    found = grouped.first().assign(valid_from=grouped["day"].first(), last=grouped["day"].last())
    found["valid_to"] = found["last"].map(following)
    return found[OFFICIAL_AREAS.names].reset_index(drop=True)


def _with_all_columns(lists: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in _WHAT if name not in lists]
    return lists.assign(**dict.fromkeys(missing))


def valid_in(areas: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the official areas of a boundary year: those valid on its 1 January."""
    # Compared as text, which for dates of one form is their order, and takes a missing end as it comes.
    day = f"{year}-01-01"
    ended = areas["valid_to"].notna() & (areas["valid_to"].astype(str) <= day)
    return areas[(areas["valid_from"].astype(str) <= day) & ~ended]


def check(areas: pd.DataFrame) -> None:
    """Raise TreeError where a code's validity periods overlap, or end before they begin."""
    ordered = areas.sort_values([*_WHO, "valid_from"], kind="stable")
    wrong = ordered[ordered["valid_to"].notna() & (ordered["valid_to"].fillna(date.max) <= ordered["valid_from"])]
    if len(wrong):
        row = wrong.iloc[0]
        raise TreeError(f"{row.level} {row.code} ({row['name']}) is valid from {row.valid_from} to {row.valid_to}")
    ends = ordered["valid_to"].fillna(date.max)
    again = (ordered[_WHO] == ordered[_WHO].shift()).all(axis=1) & (ends.shift() > ordered["valid_from"])
    if again.any():
        row = ordered[again].iloc[0]
        raise TreeError(
            f"{row.level} {row.code} ({row['name']}) is valid twice on {row.valid_from}; expected one entry a day"
        )
