"""Which indicators of a programme have surely changed: each by itself, and all together.

Of forty indicators that do not change at all, two seem to at 95 %. So beside each single test stands one that controls
the share of false discoveries over all indicators of the area (Benjamini & Hochberg 1995, JRSS B 57:289). Indicators of
one area move together; the procedure holds for such positive dependence too (Benjamini & Yekutieli 2001, Annals of
Statistics 29:1165). Arrow tables in and out, arrays between them.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import special, stats

from indicators.dictionary import CHANGE_TEST
from indicators.intervals import standard_normal_quantile
from indicators.pillars import newest
from indicators.rates import Floats

LEVEL = 0.05  # of false alarms by itself, and of false discoveries together
_ENOUGH_POINTS = 3


def change_tests(series: pa.Table, signs: Mapping[str, int | None]) -> pa.Table:
    """Return one row per programme area and indicator whose newest figure can be tested: CHANGE_TEST.

    series: as `assessment.SERIES`, of programme areas alone. signs: indicator -> 1 where higher is better, -1 where
    lower is, None where neither. The p value is the one that the published interval implies: that of the change since
    the baseline, or of the trend's slope where figures have none. A figure behind a break, or disturbed, is not tested.
    """
    rows = newest(series)
    rows = rows[rows["value"].notna() & rows["broken"].isna() & rows["disturbed"].isna()]
    change, low, high, slope, slope_low, slope_high, points = (
        rows[name].to_numpy(float)
        for name in (
            *("change", "change_lower", "change_upper", "yearly_change", "yearly_change_lower", "yearly_change_upper"),
            "points",
        )
    )
    by_change = ~np.isnan(low)
    p_value = np.where(by_change, p_of_interval(change, low, high), p_of_slope(slope, slope_low, slope_high, points))
    estimate = np.where(by_change, change, slope)
    found = rows[["area_id", "indicator_id", "period", "baseline_period"]].assign(
        basis=np.where(by_change, "change since the baseline", "trend since the baseline"),
        estimate=estimate,
        p_value=p_value,
    )
    found = found[found["p_value"].notna()]
    together = found.groupby("area_id")["p_value"]
    found["tests"] = together.transform("size")
    found["p_adjusted"] = together.transform(lambda own: stats.false_discovery_control(own.to_numpy()))
    sign = found["indicator_id"].map(dict(signs)).astype(float)
    for name, chance in (("alone", "p_value"), ("together", "p_adjusted")):
        found[name] = _said(found["estimate"], sign, found[chance] <= LEVEL)
    ordered = found.sort_values(["area_id", "p_value", "indicator_id"])
    return pa.Table.from_pandas(ordered, schema=CHANGE_TEST.arrow, preserve_index=False)


def p_of_interval(estimate: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return the two-sided p value that a 95 % interval implies: under 0.05 just where the interval leaves 0 out.

    Of an asymmetric interval the side towards 0 counts. NaN where a limit is missing or the interval has no width.
    (Altman & Bland 2011, BMJ 343:d2304)

    0.04 from 0.02 on: the side is 0.02, one standard error 0.02 / 1.96; 0.04 is 3.92 of them.

    >>> round(float(p_of_interval(np.array(0.04), np.array(0.02), np.array(0.07))), 6)
    8.9e-05
    """
    side = np.where(estimate > 0, estimate - lower, upper - estimate)
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.where(side > 0, np.abs(estimate) / side, np.nan) * standard_normal_quantile(0.95)
    return np.asarray(2 * special.ndtr(-errors))


def p_of_slope(slope: Floats, lower: Floats, upper: Floats, points: Floats) -> Floats:
    """Return the two-sided p value of a slope whose 95 % interval is Student's, with `points` - 2 degrees of freedom.

    NaN with fewer than three points.

    >>> round(float(p_of_slope(np.array(1.0), np.array(0.0), np.array(2.0), np.array(6))), 6)
    0.05
    """
    freedom = np.where(points >= _ENOUGH_POINTS, points - 2, np.nan)
    half = (upper - lower) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.where(half > 0, np.abs(slope) / half, np.nan) * special.stdtrit(freedom, 0.975)
    return np.asarray(2 * special.stdtr(freedom, -errors))


def _said(estimate: pd.Series, sign: pd.Series, is_sure: pd.Series) -> np.ndarray:
    better = estimate * sign
    words = {
        "no sure change": ~is_sure,
        "better": better > 0,
        "worse": better < 0,
        "higher": estimate > 0,
    }
    return np.select(list(words.values()), list(words), "lower")
