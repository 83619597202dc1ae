"""An area against each of its comparators: the difference with its interval, and how each has changed since baseline.

Ibis expressions over all areas and indicators at once. Words follow from the interval of the difference, never from
whether two intervals overlap (Newcombe 1998, Stat Med 17:873; Schenker & Gentleman 2001, American Statistician 55:182).
"""

import ibis
from ibis import Table

from indicators.intervals import difference_interval
from indicators.series import complete, met

_PERIOD = ["period", "period_start", "period_end"]


def comparisons(series: Table, measures: Table, comparators: Table, signs: Table) -> Table:
    """Return one row per indicator, area, comparator and period for which both have a complete figure.

    `comparator_period` is the comparator's own, which may be a window that holds the area's (`series.met`).

    series: as `assessment.SERIES`. comparators: area_id, comparator_id, rank, is_large. signs: indicator_id, sign (1
    higher is better, -1 lower, null context).

    difference: area less comparator, with Newcombe's interval for two independent figures (1998, Stat Med 17:873). An
    area that is a part of its comparator shares persons with it, so that the rest of the municipality is the better
    comparator. A large comparator without an interval is taken as fixed (`comparator_fixed`): its own doubt is small
    beside the area's, and the interval is that of the area's figure alone. gap_closed: of the distance by which the
    area was behind in the baseline period, the share that is gone.

    The area has come from 0.30 to 0.36, the town has stayed at 0.40: of a gap of 0.10 there are 0.04 left, so 0.6 of it
    is closed. The lower limit is -0.04 - √((0.36 - 0.33)² + (0.41 - 0.40)²) = -0.0716, the upper one
    -0.04 + √((0.39 - 0.36)² + (0.40 - 0.39)²) = -0.0084: below 0, so still worse.

    >>> from datetime import date
    >>> place = {"indicator_id": "a", "period": "2025"}
    >>> place |= {"period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31)}
    >>> then = {"period": "2020", "period_start": date(2020, 1, 1), "period_end": date(2020, 12, 31)}
    >>> area = {
    ...     "area_id": "north", "value": 0.36, "lower": 0.33, "upper": 0.39, "status": "", "baseline_period": "2020",
    ...     "baseline_value": 0.30, "change": 0.06, "change_lower": 0.02, "change_upper": 0.10,
    ... }
    >>> town = {"area_id": "town", "value": 0.40, "lower": 0.39, "upper": 0.41, "status": ""}
    >>> found = comparisons(
    ...     ibis.memtable([place | area]),
    ...     ibis.memtable([place | area, place | area | then, place | town, place | town | then]),
    ...     ibis.memtable([{"area_id": "north", "comparator_id": "town", "rank": 0, "is_large": True}]),
    ...     ibis.memtable([{"indicator_id": "a", "sign": 1}]),
    ... )
    >>> (row,) = found.execute().to_dict("records")
    >>> row["comparison"], *(round(row[name], 4) for name in ("difference", "lower", "upper", "gap_closed"))
    ('worse', -0.04, -0.0716, -0.0084, 0.6)
    """
    ours = complete(series).select(
        "indicator_id",
        "area_id",
        *_PERIOD,
        "value",
        "lower",
        "upper",
        "baseline_period",
        "baseline_value",
        "change",
        "change_lower",
        "change_upper",
    )
    theirs = met(measures, comparators)
    now = theirs.rename(
        period="met",
        comparator_period="their_period",
        comparator_value="value",
        comparator_lower="lower",
        comparator_upper="upper",
    )
    then = theirs.drop("their_period").rename(
        baseline_period="met", before="value", before_lower="lower", before_upper="upper"
    )
    pairs = (
        ours.join(comparators, "area_id")
        .join(now, ["indicator_id", "comparator_id", "period"])
        .left_join(then, ["indicator_id", "comparator_id", "baseline_period"], rname="{name}_then")
        .join(signs, "indicator_id")
    )
    return _compared(pairs).order_by("indicator_id", "area_id", "rank", "period_end", "period")


def _compared(pairs: Table) -> Table:
    is_fixed = pairs.is_large & pairs.comparator_lower.isnull()
    other_lower, other_upper = (
        ibis.ifelse(is_fixed, pairs.comparator_value, limit)
        for limit in (pairs.comparator_lower, pairs.comparator_upper)
    )
    low, high = difference_interval(
        pairs.value, pairs.lower, pairs.upper, pairs.comparator_value, other_lower, other_upper
    )
    fell, rose = difference_interval(
        pairs.comparator_value,
        pairs.comparator_lower,
        pairs.comparator_upper,
        pairs.before,
        pairs.before_lower,
        pairs.before_upper,
    )
    is_higher, is_lower = low > 0, high < 0
    later = pairs.change.notnull()
    behind = pairs.sign * (pairs.baseline_value - pairs.before)
    remaining = pairs.sign * (pairs.value - pairs.comparator_value)
    return pairs.select(
        "indicator_id",
        "area_id",
        "comparator_id",
        "rank",
        *_PERIOD,
        "comparator_period",
        "value",
        "comparator_value",
        difference=pairs.value - pairs.comparator_value,
        lower=low,
        upper=high,
        comparator_fixed=ibis.ifelse(low.isnull(), None, is_fixed),
        comparison=ibis.cases(
            (low.isnull(), None),
            (is_higher & (pairs.sign == 1), "better"),
            (is_higher & (pairs.sign == -1), "worse"),
            (is_lower & (pairs.sign == 1), "worse"),
            (is_lower & (pairs.sign == -1), "better"),
            (is_higher, "higher"),
            (is_lower, "lower"),
            else_="similar",
        ),
        baseline_period=pairs.baseline_period,
        change=pairs.change,
        change_lower=pairs.change_lower,
        change_upper=pairs.change_upper,
        comparator_change=ibis.ifelse(later, pairs.comparator_value - pairs.before, None),
        comparator_change_lower=ibis.ifelse(later, fell, None),
        comparator_change_upper=ibis.ifelse(later, rose, None),
        gap_closed=ibis.ifelse(later & (behind < 0), 1 - remaining / behind.nullif(0), None),
    )
