"""What an edition tells that the one before it did not: figures that are new, gone or changed, and what moved.

Both editions are read as their readers read them, so that nothing hidden is compared.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from indicators.intervals import difference_interval
from pipelines.storage import warehouse
from pipelines.storage.nights import Moved

_COUNTED = """
    SELECT count(*) FILTER (o.indicator_id IS NULL) AS "new figures",
           count(*) FILTER (n.indicator_id IS NULL) AS gone,
           count(*) FILTER (n.value IS DISTINCT FROM o.value
                            AND n.indicator_id IS NOT NULL AND o.indicator_id IS NOT NULL) AS changed
    FROM new.measure n FULL JOIN old.measure o USING (indicator_id, area_id, period, sex, age)
"""
_NEWEST = """
    SELECT n.indicator_id, n.area_id, n.indicator_name_en AS name, n.unit, n.decimals,
           o.period AS old_period, o.value AS old_value, o.lower AS old_lower, o.upper AS old_upper,
           n.period, n.value, n.lower, n.upper
    FROM new.scorecard n JOIN old.scorecard o USING (indicator_id, area_id)
    WHERE list_contains(?, n.area_id) AND (n.period, n.value) IS DISTINCT FROM (o.period, o.value)
      AND n.lower IS NOT NULL AND n.upper IS NOT NULL AND o.lower IS NOT NULL AND o.upper IS NOT NULL
    ORDER BY n.pillar_id, n.subgoal_id, n.indicator_id, n.area_id
"""


def changes(newer: Path, older: Path) -> dict[str, int]:
    """Count the figures of all areas that are new, gone and changed."""
    with warehouse.side_by_side(newer, older) as connection:
        [row] = warehouse.rows(connection, _COUNTED)
    return dict(row)


def moved(newer: Path, older: Path, areas: Collection[str]) -> Iterator[Moved]:
    """Yield the areas' newest figures that differ from the newest before by more than chance.

    That is where the interval of the difference leaves out 0 (Newcombe, for independent figures). A figure that was
    revised shares most of its cases with the one before, so that the rule is strict there. Figures without an interval
    are not judged.
    """
    with warehouse.side_by_side(newer, older) as connection:
        rows = warehouse.rows(connection, _NEWEST, list(areas))
    for row in rows:
        now, before = (row["value"], row["lower"], row["upper"]), (row["old_value"], row["old_lower"], row["old_upper"])
        lower, upper = difference_interval(*now, *before)
        if lower > 0 or upper < 0:
            yield _moved(row, float(lower), float(upper))


def _moved(row: dict[str, Any], lower: float, upper: float) -> Moved:
    told = ("indicator_id", "area_id", "name", "unit", "decimals", "old_period", "old_value", "period", "value")
    return Moved(**{column: row[column] for column in told}, lower=lower, upper=upper)
