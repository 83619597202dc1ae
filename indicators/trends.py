"""Change over time: trend, pace, and the straight line drawn on.

Plain functions over arrays. A series lies along the last axis, the axes before it hold any number of series; a single
series may be a plain list, and gives plain numbers. A point that lacks its value, its period or its error is left out,
so series of different length fit into one array, padded with NaN. Periods are numbers of years (2020, or 2020.5 for the
middle of a year); values are in the indicator's own unit. Impossible input raises ValueError.

Intervals of single figures belong in `rates`; which baseline, target and points to use is decided by the caller.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from indicators.intervals import standard_normal_quantile
from indicators.rates import Figures, Floats, broadcast, poisson_rate, refuse, wilson

# Fingertips: the test of a recent trend looks at five points, at a confidence of 99.8 %.
RECENT_POINTS, RECENT_SIGNIFICANCE = 5, 0.998
# Eurostat, Sustainable development in the EU, annex: shares of the required pace.
SIGNIFICANT_PACE, MODERATE_PACE = 0.95, 0.6


@dataclass(frozen=True)
class Trend:
    """A straight line through a series, or through each of several: every field is a number or an array of them.

    level: fitted value at the period `centre`, the weighted mean of the periods, where level and slope are
    uncorrelated. slope: change per year. level_error, slope_error: their standard errors. residual_scale: weighted
    residual variance per degree of freedom, 1 where the points scatter about the line as their errors say; the errors
    of level and slope count it, but never as less than 1. degrees_of_freedom: of the t distribution of projections,
    infinite (so that it is the normal one) where the errors are known and the scatter stays within them. points: how
    many were used.
    """

    centre: Figures
    level: Figures
    slope: Figures
    level_error: Figures
    slope_error: Figures
    residual_scale: Figures
    degrees_of_freedom: Figures
    points: Figures

    @property
    def intercept(self) -> Figures:
        """Fitted value at period 0."""
        return self.level - self.slope * self.centre

    @property
    def covariance(self) -> Floats:
        """Covariance of (intercept, slope): shape (..., 2, 2)."""
        slopes = np.square(self.slope_error)
        both = -self.centre * slopes
        first = np.square(self.level_error) + np.square(self.centre) * slopes
        return np.stack([np.stack([first, both], axis=-1), np.stack([both, slopes], axis=-1)], axis=-2)

    def at(self, period: Figures) -> tuple[Figures, Figures]:
        """Value of the line at a period, and the value's standard error."""
        away = period - self.centre
        return self.level + self.slope * away, np.hypot(self.level_error, self.slope_error * away)


def standard_error(lower: Figures, upper: Figures, confidence: float = 0.95) -> Figures:
    """Standard error that an interval implies: its width over twice the normal quantile.

    For asymmetric intervals (Wilson, Byar) this is the mean of both sides; unlike the textbook standard error it is
    above 0 for a share of 0 or 1. Raises ValueError where lower is above upper.
    (Higgins et al. 2019, Cochrane Handbook for Systematic Reviews, section 6.3.1)

    From 0.0804 to 0.1196: 0.0392 / (2 × 1.96) = 0.01.

    >>> round(float(standard_error(0.0804, 0.1196)), 4)
    0.01
    """
    z = standard_normal_quantile(confidence)
    lower, upper = broadcast(lower=lower, upper=upper)
    refuse(lower > upper, "a lower limit that is at most the upper one", lower=lower, upper=upper)
    return ((upper - lower) / (2 * z))[()]


def pooled_standard_errors(numerators: Figures, denominators: Figures, confidence: float = 0.95) -> Floats:
    """Standard error of each share of a series, from the Wilson interval that its denominator has at the pooled share.

    Use these as weights of a trend in shares with few events. A figure's own interval is narrower where the figure
    happens to be low, so that weights from it pull the line down. With the share pooled over the series, as in the test
    of Cochran and Armitage (Armitage 1955, Biometrics 11:375), only the denominators differ. NaN where a figure is
    missing or its denominator is 0. Raises ValueError as `wilson` does, and for a single number.

    8 and 12 of 100 are 10 of 100 pooled, with Wilson's interval from 0.0552 to 0.1744: 0.1191 / 3.92 = 0.0304 for both.

    >>> [round(float(error), 4) for error in pooled_standard_errors([8, 12], [100, 100])]
    [0.0304, 0.0304]
    """
    numerators, denominators = broadcast(numerator=numerators, denominator=denominators)
    wilson(numerators, denominators)
    _a_series(numerators)
    counted = ~np.isnan(numerators + denominators)
    events, persons = (np.where(counted, part, 0).sum(axis=-1, keepdims=True) for part in (numerators, denominators))
    share = events / np.where(persons > 0, persons, np.nan)
    usual = np.where(counted, denominators, np.nan)
    return standard_error(*wilson(share * usual, usual, confidence), confidence)


def pooled_rate_errors(events: Figures, exposure: Figures, confidence: float = 0.95) -> Floats:
    """Standard error of each rate of a series, from the Poisson interval that its exposure has at the pooled rate.

    The same for rates as `pooled_standard_errors` for shares, and for the same reason; per unit of exposure. Raises
    ValueError as `poisson_rate` does, and for a single number.

    8 and 12 events are 10 pooled, with Byar's limits 4.79 and 18.39: 13.60 / 3.92 = 3.47 events, or 0.0347 per unit of
    an exposure of 100.

    >>> [round(float(error), 4) for error in pooled_rate_errors([8, 12], [100, 100])]
    [0.0347, 0.0347]
    """
    events, exposure = broadcast(events=events, exposure=exposure)
    poisson_rate(events, exposure)
    _a_series(events)
    counted = ~np.isnan(events + exposure)
    found, persons = (np.where(counted, part, 0).sum(axis=-1, keepdims=True) for part in (events, exposure))
    usual = np.where(counted & (exposure > 0), exposure, np.nan)
    _rate, lower, upper = poisson_rate(found / np.where(persons > 0, persons, np.nan) * usual, usual, confidence)
    return standard_error(lower, upper, confidence)


def weighted_trend(periods: Figures, values: Figures, standard_errors: Figures = None) -> Trend:
    """Weighted least squares line of each series, weighted by the inverse variances of its points.

    standard_errors: in the unit of the values; from `pooled_standard_errors` for shares, else from `standard_error`.
    They are taken as known: more scatter than they explain widens the errors of the line (then with n - 2 degrees of
    freedom), less scatter never narrows them. None: unknown for all; then all points weigh the same, and the errors
    follow from the scatter alone, with n - 2 degrees of freedom.
    Fewer than two usable points give NaN throughout; two points without known errors give a line without errors. So
    pass series whose errors are all missing in a call of their own, without errors.
    Raises ValueError for errors that are not above 0 or two points of the same period.
    (Draper & Smith 1998, Applied Regression Analysis, chapters 1 and 9; scatter: Birge 1932, Physical Review 40:207)

    10, 12 and 14, each ± 1: slope 2, with standard error √(1 / ((-1)² + 0² + 1²)) = 0.7071; level 12 ± √(1/3).

    >>> trend = weighted_trend([2020, 2021, 2022], [10, 12, 14], [1, 1, 1])
    >>> [round(float(figure), 4) for figure in (trend.slope, trend.slope_error, trend.level, trend.level_error)]
    [2.0, 0.7071, 12.0, 0.5774]
    """
    known = standard_errors is not None
    x, y, error = broadcast(periods=periods, values=values, standard_errors=standard_errors if known else 1.0)
    _distinct_periods(x)
    refuse(error <= 0, "a standard error above 0", standard_error=error)
    x, y, w = _usable(x, y, error)
    points = (w > 0).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre, level, slope, sxx = _line(x, y, w)
        residuals = y - level[..., np.newaxis] - slope[..., np.newaxis] * (x - centre[..., np.newaxis])
        scale = np.where(points > 2, (w * residuals**2).sum(axis=-1) / (points - 2), np.nan)
        counted = np.fmax(scale, 1.0) if known else scale
        errors = (counted / w.sum(axis=-1)) ** 0.5, (counted / sxx) ** 0.5
    trusted = known & ~(scale > 1)
    freedom = np.where(trusted, np.inf, points - 2.0)
    has_line = points >= 2
    fields = centre, level, slope, *errors, scale, freedom
    centre, level, slope, level_error, slope_error, scale, freedom = (
        np.where(has_line, field, np.nan)[()] for field in fields
    )
    return Trend(centre, level, slope, level_error, slope_error, scale, freedom, points[()])


def _a_series(points: Floats) -> None:
    if points.ndim == 0:
        raise ValueError("expected a series with its points along the last axis; found a single number")


def _distinct_periods(x: Floats) -> None:
    _a_series(x)
    ordered = np.sort(x, axis=-1)
    twice = np.concatenate([ordered[..., 1:] == ordered[..., :-1], np.zeros_like(x[..., :1], dtype=bool)], axis=-1)
    refuse(twice, "one figure for each period of a series", period=ordered)


def _usable(x: Floats, y: Floats, error: Floats) -> tuple[Floats, Floats, Floats]:
    """Return x, y and weights; a point that lacks a figure gets zeros and no weight."""
    usable = ~np.isnan(x + y + error)
    return np.where(usable, x, 0.0), np.where(usable, y, 0.0), np.where(usable, 1 / error**2, 0.0)


def _line(x: Floats, y: Floats, w: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    whole = w.sum(axis=-1)
    centre, level = (w * x).sum(axis=-1) / whole, (w * y).sum(axis=-1) / whole
    away = x - centre[..., np.newaxis]
    sxx = (w * away**2).sum(axis=-1)
    return centre, level, (w * away * y).sum(axis=-1) / sxx, sxx


def projection(trend: Trend, period: Figures, confidence: float = 0.95) -> tuple[Figures, Figures, Figures]:
    """Value of the trend at a period, (value, lower, upper): where the true value will be if the line continues.

    The interval is that of the line, not of the next figure, which would scatter about it. It uses Student's t with
    the trend's degrees of freedom. It is not cut at the limits of what is possible, such as 0 and 1 of a share: where
    it crosses them, the line cannot continue. NaN where the trend is. Raises ValueError for a confidence outside
    (0, 1). (Draper & Smith 1998, Applied Regression Analysis: interval of the mean response)

    A line through 10, 12 and 14 ± 1 in 2020-2022 is at 18 in 2024, three years from its centre, with standard error
    √(1/3 + 3² × 1/2) = 2.1985 and limits 1.96 times that away.

    >>> trend = weighted_trend([2020, 2021, 2022], [10, 12, 14], [1, 1, 1])
    >>> [round(float(figure), 2) for figure in projection(trend, 2024)]
    [18.0, 13.69, 22.31]
    """
    standard_normal_quantile(confidence)
    value, error = trend.at(broadcast(period=period)[0])
    half = error * _t_quantile((1 + confidence) / 2, trend.degrees_of_freedom)
    return value[()], (value - half)[()], (value + half)[()]


def _t_quantile(probability: float, freedom: Figures) -> Floats:
    infinite = np.isinf(freedom)
    return np.where(infinite, special.ndtri(probability), special.stdtrit(np.where(infinite, 1, freedom), probability))


def probability_of_reaching(target: Figures, trend: Trend, period: Figures, sign: Figures) -> Figures:
    """Probability that the true value at a period is on the good side of the target, if the line continues.

    target: in the unit of the values. sign: 1 where higher is better, -1 where lower is. NaN where the trend has no
    error, or the target, the period or the sign is missing. Raises ValueError for another sign.

    The normal distribution is used throughout, with the trend's errors, which include the scatter. It assumes that the
    line does not bend later, which real series do: on those nearly every other forecast is better
    (docs/assessment.md). `forecast_skill` keeps it for comparison.

    A line that is at 18 in 2024 with standard error 2.1985 is 0.91 standard errors short of 20: Φ(-0.91) = 0.18.

    >>> trend = weighted_trend([2020, 2021, 2022], [10, 12, 14], [1, 1, 1])
    >>> round(float(probability_of_reaching(20, trend, 2024, sign=1)), 2)
    0.18
    """
    ends = broadcast(target=target, period=period, sign=sign)
    _good_direction(ends[2])
    value, error = trend.at(ends[1])
    ahead = ends[2] * (value - ends[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        # A line without error that ends exactly at the target has reached it.
        distance = np.where((ahead == 0) & (error == 0), np.inf, ahead / error)
    return special.ndtr(distance)[()]


def _good_direction(sign: Floats) -> None:
    refuse(~np.isin(sign, [1, -1]) & ~np.isnan(sign), "1 (higher is better) or -1 (lower is better)", sign=sign)


def slope_interval(trend: Trend, confidence: float = 0.95) -> tuple[Figures, Figures, Figures]:
    """Change per year, (slope, lower, upper), with Student's t as in `projection`; NaN where the trend is.

    Raises ValueError for a confidence outside (0, 1). (Draper & Smith 1998, Applied Regression Analysis, chapter 1)

    A slope of 2 with standard error 0.7071: 2 ± 1.96 × 0.7071.

    >>> trend = weighted_trend([2020, 2021, 2022], [10, 12, 14], [1, 1, 1])
    >>> [round(float(figure), 2) for figure in slope_interval(trend)]
    [2.0, 0.61, 3.39]
    """
    standard_normal_quantile(confidence)
    half = trend.slope_error * _t_quantile((1 + confidence) / 2, trend.degrees_of_freedom)
    return trend.slope, (trend.slope - half)[()], (trend.slope + half)[()]


def theil_sen(periods: Figures, values: Figures) -> Figures:
    """Median of all slopes between two points of each series, beside `weighted_trend` as a check.

    Outliers among fewer than 29 % of the points cannot move it without limit. NaN with fewer than two points. Raises
    ValueError for two figures of the same period.
    (Theil 1950, Proc. Koninklijke Nederlandse Akademie van Wetenschappen A 53; Sen 1968, JASA 63:1379)

    Of the ten slopes six are 1, so the median is 1, whatever the last point is.

    >>> float(theil_sen([2020, 2021, 2022, 2023, 2024], [10, 11, 12, 13, 40]))
    1.0
    """
    x, y = broadcast(periods=periods, values=values)
    _distinct_periods(x)
    first, second = np.triu_indices(x.shape[-1], 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes = (y[..., second] - y[..., first]) / (x[..., second] - x[..., first])
    # A masked median skips the pairs that lack a point, without the warning that NumPy has for series without any.
    return np.ma.filled(np.ma.median(np.ma.masked_invalid(slopes), axis=-1), np.nan)[()]


@dataclass(frozen=True)
class RecentTrend:
    """Whether the last five points rise or fall, in words, with the slope and its test.

    direction: 'increasing', 'decreasing', 'no significant change' or 'too few points'. slope: change per year.
    chi_square: of the slope against none, with one degree of freedom. p_value: its probability by chance.
    """

    direction: Figures
    slope: Figures
    chi_square: Figures
    p_value: Figures


def recent_trend(
    values: Figures, lower: Figures, upper: Figures, periods: Figures, confidence: float = 0.95
) -> RecentTrend:
    """Direction of the last five points that have an interval, tested at 99.8 %.

    lower, upper: limits of the values at `confidence`; their widths give the weights. There is a direction where the
    inverse-variance weighted slope differs from 0 by the chi-square test and each of the five slopes that leave out a
    point has the same sign. Points should not overlap (no rolling windows). Raises ValueError for limits that cross or
    are equal, and for two figures of the same period.
    (Fingertips technical guidance, trend markers: the form for indicators other than proportions)

    Five points that rise by 1 a year, each with standard error 1: slope² × Σ(year - mean)² = 1 × 10 = 10, and
    chi-square with one degree of freedom exceeds 10 with probability 0.0016, below 0.002.

    >>> values = [10, 11, 12, 13, 14]
    >>> limits = [value - 1.96 for value in values], [value + 1.96 for value in values]
    >>> trend = recent_trend(values, *limits, [2020, 2021, 2022, 2023, 2024])
    >>> str(trend.direction), round(float(trend.chi_square), 2), round(float(trend.p_value), 4)
    ('increasing', 10.0, 0.0016)
    """
    x, y, error = broadcast(periods=periods, values=values, standard_error=standard_error(lower, upper, confidence))
    _distinct_periods(x)
    refuse(error <= 0, "an interval that has a width", standard_error=error)
    x, y, w = _last(*_usable(x, y, error))
    with np.errstate(invalid="ignore", divide="ignore"):
        _, _, slope, sxx = _line(x, y, w)
        without = ~np.eye(RECENT_POINTS, dtype=bool)
        slopes = _line(x[..., np.newaxis, :], y[..., np.newaxis, :], w[..., np.newaxis, :] * without)[2]
    enough = (w > 0).all(axis=-1)
    slope, chi_square = np.where(enough, slope, np.nan), np.where(enough, slope**2 * sxx, np.nan)
    p_value = special.chdtrc(1, chi_square)
    steady = (np.sign(slopes) == np.sign(slope)[..., np.newaxis]).all(axis=-1)
    sure = steady & (p_value < 1 - RECENT_SIGNIFICANCE)
    direction = np.select(
        [~enough, sure & (slope > 0), sure & (slope < 0)],
        ["too few points", "increasing", "decreasing"],
        "no significant change",
    )
    return RecentTrend(direction[()], slope[()], chi_square[()], p_value[()])


def _last(x: Floats, y: Floats, w: Floats) -> list[Floats]:
    """Take the latest points that have a weight, padded with points that have none."""
    latest = np.argsort(np.where(w > 0, x, -np.inf), axis=-1)[..., -RECENT_POINTS:]
    padding = [(0, 0)] * (x.ndim - 1) + [(RECENT_POINTS - latest.shape[-1], 0)]
    return [np.pad(np.take_along_axis(part, latest, axis=-1), padding) for part in (x, y, w)]


@dataclass(frozen=True)
class PaceRatios:
    """Observed pace as a share of the required pace, in two forms, and Eurostat's category for each.

    1 is exactly the required pace; below 0 the change goes the wrong way. linear: change per year. cagr: compound
    yearly growth. Categories: 'significant progress' (from 0.95), 'moderate progress' (from 0.6),
    'insufficient progress' (from 0), 'movement away', and 'undefined' where the ratio is NaN.
    """

    linear: Figures
    cagr: Figures
    linear_category: Figures
    cagr_category: Figures


def pace(baseline: Figures, value: Figures, target: Figures, periods: tuple[Figures, Figures, Figures]) -> PaceRatios:
    """Pace since baseline over the pace that leads from baseline to target.

    periods: (baseline_period, period, target_period) in years. Both ratios are NaN where no time has passed, no change
    is required (target equals baseline) or a figure is missing; the CAGR form also where baseline, value and target
    are not all above 0. Raises ValueError for a period before the baseline, or a target period that is not after it.

    Judge by the linear form. Compound growth misleads near zero: from 10 % towards 0.01 % in ten years it requires a
    halving every year, so that 4 % after five years, 60 % of the way in half the time, is 'insufficient progress'.
    Where the baseline is already past the target, both ratios measure the way back to it: see `words` first.
    (Eurostat, Sustainable development in the EU, annex on progress assessment)

    Linear: 0.06 in five years of 0.0999 in ten is 0.012 / 0.00999 = 1.20. Compound: 0.4^(1/5) - 1 = -0.167 a year of
    0.001^(1/10) - 1 = -0.499 is 0.34.

    >>> ratios = pace(0.10, 0.04, 0.0001, (2020, 2025, 2030))
    >>> round(float(ratios.linear), 2), str(ratios.linear_category)
    (1.2, 'significant progress')
    >>> round(float(ratios.cagr), 2), str(ratios.cagr_category)
    (0.34, 'insufficient progress')
    """
    start, now, end = periods
    named = {"baseline": baseline, "value": value, "target": target, "start": start, "now": now, "end": end}
    baseline, value, target, start, now, end = broadcast(**named)
    refuse(now < start, "a period that is not before the baseline's", period=now, baseline_period=start)
    refuse(end <= start, "a target period after the baseline's", target_period=end, baseline_period=start)
    observed, required = np.where(now > start, now - start, np.nan), end - start
    linear = _ratio((value - baseline) / observed, (target - baseline) / required)
    positive = (baseline > 0) & (value > 0) & (target > 0)
    logs = [np.log(np.where(positive, part, np.nan)) for part in (baseline, value, target)]
    growth = np.expm1((logs[1] - logs[0]) / observed), np.expm1((logs[2] - logs[0]) / required)
    cagr = _ratio(*growth)
    return PaceRatios(linear[()], cagr[()], _category(linear), _category(cagr))


def _ratio(observed: Floats, required: Floats) -> Floats:
    # Adding 0.0 turns a negative zero, such as that of no change, into a plain one.
    return observed / np.where(required == 0, np.nan, required) + 0.0


def _category(ratio: Floats) -> Figures:
    return np.select(
        [np.isnan(ratio), ratio >= SIGNIFICANT_PACE, ratio >= MODERATE_PACE, ratio >= 0],
        ["undefined", "significant progress", "moderate progress", "insufficient progress"],
        "movement away",
    )[()]
