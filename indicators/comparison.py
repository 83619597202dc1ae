"""An area against each of its comparators: how far apart they are, how surely, and which of the two moved.

Ibis expressions over all areas and indicators at once. Words follow from the interval of the difference, never from
whether two intervals overlap.
"""

import ibis
from ibis import Table

from indicators.rates import difference_interval
from indicators.series import complete

_PERIOD = ["period", "period_start", "period_end"]


def comparisons(series: Table, measures: Table, comparators: Table, signs: Table) -> Table:
    """Return one row per indicator, area, comparator and period for which both have a complete figure.

    series: as `assessment.SERIES`. comparators: area_id, comparator_id, rank. signs: indicator_id, sign (1 higher is
    better, -1 lower, null context).

    difference: area less comparator. The interval is Newcombe's for two independent figures; an area that is a part of
    its comparator shares persons with it, so that the rest of the municipality is the comparator to prefer. gap_closed:
    the part of the distance in the baseline period by which the area, which was behind then, has come nearer.
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
    theirs = complete(measures).select("indicator_id", "area_id", "period", "value", "lower", "upper")
    now = theirs.rename(
        comparator_id="area_id", comparator_value="value", comparator_lower="lower", comparator_upper="upper"
    )
    then = theirs.rename(
        comparator_id="area_id", baseline_period="period", before="value", before_lower="lower", before_upper="upper"
    )
    pairs = (
        ours.join(comparators, "area_id")
        .join(now, ["indicator_id", "comparator_id", "period"])
        .left_join(then, ["indicator_id", "comparator_id", "baseline_period"], rname="{name}_then")
        .join(signs, "indicator_id")
    )
    return _compared(pairs).order_by("indicator_id", "area_id", "rank", "period_end", "period")


def _compared(pairs: Table) -> Table:
    low, high = difference_interval(
        pairs.value, pairs.lower, pairs.upper, pairs.comparator_value, pairs.comparator_lower, pairs.comparator_upper
    )
    fell, rose = difference_interval(
        pairs.comparator_value,
        pairs.comparator_lower,
        pairs.comparator_upper,
        pairs.before,
        pairs.before_lower,
        pairs.before_upper,
    )
    above, below = ("better", "worse"), ("worse", "better")
    words = [((low > 0) & (pairs.sign == sign), word[0]) for sign, word in ((1, above), (-1, below))] + [
        ((high < 0) & (pairs.sign == sign), word[1]) for sign, word in ((1, above), (-1, below))
    ]
    later = pairs.change.notnull()
    behind = pairs.sign * (pairs.baseline_value - pairs.before)
    left = pairs.sign * (pairs.value - pairs.comparator_value)
    return pairs.select(
        "indicator_id",
        "area_id",
        "comparator_id",
        "rank",
        *_PERIOD,
        "value",
        "comparator_value",
        difference=pairs.value - pairs.comparator_value,
        lower=low,
        upper=high,
        comparison=ibis.cases(
            (low.isnull(), None),
            *words,
            (low > 0, "higher"),
            (high < 0, "lower"),
            else_="similar",
        ),
        baseline_period=pairs.baseline_period,
        change=pairs.change,
        change_lower=pairs.change_lower,
        change_upper=pairs.change_upper,
        comparator_change=ibis.ifelse(later, pairs.comparator_value - pairs.before, None),
        comparator_change_lower=ibis.ifelse(later, fell, None),
        comparator_change_upper=ibis.ifelse(later, rose, None),
        gap_closed=ibis.ifelse(later & (behind < 0), 1 - left / behind.nullif(0), None),
    )
