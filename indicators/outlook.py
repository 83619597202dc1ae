"""Where each row of each series is heading, as it was known at the row's own period: projection and probability.

Arrow tables and arrays; the method is `projection`'s. For each row the variances are pooled over all areas that have
the same indicator, from what each of them had published by then.
"""

import warnings
from copy import copy
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from indicators.alignment import KEY, Known, aligned, year_ends
from indicators.intervals import standard_normal_quantile
from indicators.projection import (
    Forecast,
    Moments,
    Pooled,
    Scale,
    forecast,
    from_scale,
    moments,
    pooled,
    shared_drift,
    to_scale,
)
from indicators.rates import Floats

_Z = standard_normal_quantile(0.95)
_SCALES: tuple[Scale, Scale] = ("log", "logit")
_AT_ONCE = 2_000_000  # figures held in memory together
_SMALL = 1e-4  # in place of 0 in a series that shows nothing else


class OnScale(NamedTuple):
    """Figures on the scale of their indicator, and their sampling variances there (0 where unknown)."""

    x: Floats
    y: Floats
    variance: Floats


class Outlook:
    """What is known at each row: its figures, and what all areas of its indicator showed by then.

    rows: as `series.series` gives them, with `is_share` (whether the unit is a share). points: as `series.points`.
    Figures before the baseline count too: how an area moves does not begin with a programme.
    """

    def __init__(self, rows: pa.Table, points: pa.Table) -> None:
        self.is_share = rows["is_share"].to_numpy().astype(bool)
        self.known = aligned(rows, points, since_baseline=False)
        self.on_scale = _on_scale(self.known, self.is_share)
        self.pooled = _as_known_then(rows, self.on_scale)
        self.last = np.where(np.isnan(self.on_scale.y), -np.inf, self.on_scale.x).max(axis=1)

    def of(self, chosen: np.ndarray) -> "Outlook":
        """Return the same of some of the rows, chosen by number or by an array of bool."""
        part = copy(self)
        part.is_share, part.last = self.is_share[chosen], self.last[chosen]
        part.known = Known(*(column[chosen] for column in self.known))
        part.on_scale = OnScale(*(column[chosen] for column in self.on_scale))
        part.pooled = Pooled(*(column[chosen] for column in self.pooled))
        return part

    def at(self, ends: Floats) -> "Ahead":
        """Return the forecasts of each row for a time, in years."""
        return self.ahead(forecast(*self.on_scale, self.pooled, np.fmax(ends, self.last)))

    def ahead(self, found: Forecast) -> "Ahead":
        """Return forecasts in the indicators' own units."""
        return Ahead(found, self.is_share)

    def of_figures(self, found: Forecast) -> "Ahead":
        """Return the same of the figures to be published, which scatter about the level as the row's figures do."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # rows without any figure
            sampling = self.pooled.renewed * np.nanmean(self.on_scale.variance, axis=1)
        return self.ahead(replace(found, error=np.sqrt(found.error**2 + sampling)))


@dataclass(frozen=True)
class Ahead:
    """Forecasts of rows, in their indicators' own units; NaN where a row has no figure."""

    forecast: Forecast
    is_share: np.ndarray

    def interval(self, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Return (middle, lower, upper)."""
        tail = (1 - confidence) / 2
        limits = self.forecast.level, self.forecast.at(tail), self.forecast.at(1 - tail)
        middle, low, high = (
            np.where(self.is_share, from_scale(limit, "logit"), from_scale(limit, "log")) for limit in limits
        )
        return middle, low, high

    def corrected(self, spread: Floats) -> "Ahead":
        """Return the same forecasts, with the spread that past ones ask for (`recalibration`)."""
        return replace(self, forecast=replace(self.forecast, spread=spread))

    def score(self, value: Floats) -> Floats:
        """Return the normal score of a figure that came."""
        return self.forecast.score(self._on_scale(value))

    def probability(self, target: Floats, sign: Floats) -> Floats:
        """Return the probability of being on the good side of the target (sign 1: above it, -1: below)."""
        below = self.forecast.below(self._on_scale(target))
        return np.where(sign > 0, 1 - below, np.where(sign < 0, below, np.nan))

    def _on_scale(self, values: Floats) -> Floats:
        return np.where(self.is_share, to_scale(values, "logit"), to_scale(values, "log"))


def _on_scale(known: Known, is_share: np.ndarray) -> OnScale:
    """Put figures on their scale. Counts get half an event more, so that none lies at infinity (Haldane 1956).

    The variance of a count's figure is that of the series' mean share or rate, not its own, which is small where the
    figure happens to be low.
    """
    y, variance = np.full(known.value.shape, np.nan), np.zeros(known.value.shape)
    counted, bounded = known.counted & known.bounded, known.bounded
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(known.numerator, axis=1) / np.nansum(known.denominator, axis=1)
        expected = known.denominator * np.clip(mean, 1e-9, None)[:, None] + 0.5
        left = known.denominator * np.clip(1 - mean, 1e-9, None)[:, None] + 0.5
        for scale, mine in zip(_SCALES, (~is_share, is_share), strict=True):
            value, lower, upper = (
                to_scale(_inside(figure, scale), scale) for figure in (known.value, known.lower, known.upper)
            )
            limits = upper - lower
            by_interval = (limits / (2 * _Z)) ** 2
            if scale == "logit":
                from_counts = np.log((known.numerator + 0.5) / (known.denominator - known.numerator + 0.5))
                by_counts = 1 / expected + 1 / left
            else:
                from_counts = np.log((known.numerator + 0.5) / known.denominator * known.multiplier[:, None])
                by_counts = 1 / expected
            has_counts, has_limits = (counted & mine)[:, None], (bounded & ~counted & mine)[:, None]
            y = np.where(mine[:, None], np.where(has_counts, from_counts, value), y)
            variance = np.where(has_counts, by_counts, np.where(has_limits, by_interval, variance))
    return OnScale(known.x, y, np.where(np.isnan(y), np.nan, np.nan_to_num(variance)))


def _inside(values: Floats, scale: Scale) -> Floats:
    """Move figures at a limit of the scale inside, by half of the smallest step from it that their row shows."""
    if scale == "logit":
        return 1 - _above_zero(1 - _above_zero(values))
    return _above_zero(values)


def _above_zero(values: Floats) -> Floats:
    positive = np.where(values > 0, values, np.inf).min(axis=1, initial=np.inf)[:, None]
    return np.where(values <= 0, np.where(np.isfinite(positive), positive / 2, _SMALL), values)


def _as_known_then(rows: pa.Table, on_scale: OnScale) -> Pooled:
    """Return what areas show together, for each row from the newest row that each had when the row's period ended."""
    found = moments(*on_scale)
    indicators, areas = (pd.factorize(rows[name].to_pandas())[0] for name in KEY)
    at = year_ends(rows["period_end"])
    result = Pooled(*(np.full(rows.num_rows, np.nan) for _ in Pooled._fields))
    for number in range(indicators.max(initial=-1) + 1):
        mine = np.flatnonzero(indicators == number)
        _times, time = np.unique(at[mine], return_inverse=True)
        of_areas = _newest(mine, time, np.unique(areas[mine], return_inverse=True)[1])
        together = _together(on_scale, found, of_areas)
        for column, figure in zip(result, together, strict=True):
            column[mine] = figure[time]
    return result


def _newest(rows: np.ndarray, time: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Return, by time and area, the number of the newest row that the area had by then; -1 where it had none."""
    table = np.full((time.max() + 1, area.max() + 1), -1)
    table[time, area] = rows  # of several that end on one day the last
    filled = np.maximum.accumulate(np.where(table >= 0, np.arange(len(table))[:, None], 0), axis=0)
    return np.take_along_axis(table, filled, axis=0)


def _together(on_scale: OnScale, found: Moments, of_areas: np.ndarray) -> Pooled:
    """Return what the areas of one indicator show together, for each line of rows."""
    absent, parts = of_areas < 0, []
    of_moments = Moments(*(np.where(absent, np.nan, column[of_areas]) for column in found))
    of_moments = of_moments._replace(points=np.where(absent, 0, found.points[of_areas]))
    step = max(_AT_ONCE // max(of_areas.shape[1] * on_scale.x.shape[1], 1), 1)
    for start in range(0, len(of_areas), step):
        part = slice(start, start + step)
        y = np.where(absent[part, :, None], np.nan, on_scale.y[of_areas[part]])
        shared = shared_drift(on_scale.x[of_areas[part]], y)
        parts.append(pooled(Moments(*(column[part] for column in of_moments)), shared))
    return Pooled(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
