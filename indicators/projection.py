"""Where a series is heading: a level that wanders, with a drift no larger than like series show that drifts are.

A figure is the level of its year, seen with a known sampling error. From year to year the level moves by its drift and
by an innovation, whose variance grows with time. Four to ten figures of one district tell little of either, so both
variances are pooled over all areas that have the same indicator, and a drift is believed as far as the areas' drifts
differ by more than their innovations explain. What all areas drift together, year after year, is taken out first and
put back, as far as the years show it surely. (Harvey 1989, Forecasting, Structural Time Series Models and the Kalman
Filter, chapter 2: local level with drift; Efron & Morris 1975, JASA 70:311: shrinkage towards what many series share)

All is computed on a scale without limits (`Scale`), so that a share stays between 0 and 1. Series lie along the last
axis, padded with NaN, as in `trends`. Which figures belong to a series is decided by the caller.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy import special

from indicators.rates import Floats, refuse

Scale = Literal["log", "logit"]

# What is held of innovations before any figure is seen, worth two figures: 7 % a year. Those of the indicators in the
# recorded county files are 2 to 34 % a year, half of them under 10 (docs/assessment.md).
PRIOR_FREEDOM, PRIOR_INNOVATION = 2.0, 0.07
# An area's own scatter counts against the pooled variance as if that rested on so many figures.
POOLED_WEIGHT = 6.0
# That sampling errors are drawn anew each year is held as if so many pairs of changes had shown it.
PRIOR_PAIRS = 6.0
# Drifts are taken to differ between areas by what their spread shows beyond so many of its standard errors.
SURE_OF_DRIFT = 2.0
# The drift that all areas share is believed beyond its interval at this confidence, counted by years.
SURE_OF_SHARED_DRIFT = 0.95
_AT_ONCE = 20_000  # series whose covariances are held in memory together


class Pooled(NamedTuple):
    """What all areas of an indicator show together.

    innovation: variance a year. drift: variance of drifts a year. freedom: of Student's t for forecasts, by years and
    not by areas: those of one country share its shocks.
    renewed: the part of the sampling variance that is drawn anew each year, from 0 to 1.
    shared: the drift a year that all areas have together; `drift` is the variance about it.
    """

    innovation: Floats
    drift: Floats
    freedom: Floats
    renewed: Floats
    shared: Floats


class Moments(NamedTuple):
    """What one series says of innovation and drift, on its scale.

    points: how many figures. years: from the first to the last. drift: change a year between them. scatter: sum of
    squares of the yearly changes about it, each over its length. noise: what sampling alone adds to `scatter`.
    ends: the sampling variances of first and last figure together. reversal: how far changes are undone by the next,
    the sum of minus their products. between: the sampling variances that would do that.
    """

    points: Floats
    years: Floats
    drift: Floats
    scatter: Floats
    noise: Floats
    ends: Floats
    reversal: Floats
    between: Floats


@dataclass(frozen=True)
class Forecast:
    """The level at a later time, on the series' scale: Student's t about `level` with `error` and `freedom`.

    spread: how far past forecasts of the indicator were off, of what they expected (`recalibration`); 1 where none is
    known. Normal scores are divided by it, so that the median stays and limits move.
    """

    level: Floats
    error: Floats
    freedom: Floats
    spread: Floats

    def at(self, probability: float) -> Floats:
        """Return the quantile of a probability."""
        score = self.spread * special.ndtri(probability)
        # By the lower tail, whose small probabilities are exact.
        away = -special.stdtrit(self.freedom, special.ndtr(-np.abs(score)))
        return np.asarray(self.level + self.error * np.copysign(away, score))

    def score(self, value: Floats) -> Floats:
        """Return the normal score of a value, which may be infinite: 0 at the median, 1.96 at the 97.5 % limit."""
        with np.errstate(invalid="ignore", divide="ignore"):
            away = (value - self.level) / self.error
        tail = special.ndtri(special.stdtr(self.freedom, -np.abs(away)))
        return np.asarray(np.copysign(tail, away) / self.spread)

    def below(self, value: Floats) -> Floats:
        """Return the probability of a level below a value, which may be infinite."""
        return np.asarray(special.ndtr(self.score(value)))


def to_scale(values: Floats, scale: Scale) -> Floats:
    """Return values on a scale (logit for shares, log for all that is above 0); beyond its limits they are infinite.

    >>> to_scale(np.array([0.5, 1.0]), "logit").tolist()
    [0.0, inf]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(
            special.logit(np.clip(values, 0, 1)) if scale == "logit" else np.log(np.clip(values, 0, None))
        )


def from_scale(values: Floats, scale: Scale) -> Floats:
    """Return values of a scale in the indicator's own unit."""
    return np.asarray(special.expit(values) if scale == "logit" else np.exp(values))


def moments(x: Floats, y: Floats, variance: Floats) -> Moments:
    """Return what each series says of innovation and drift; NaN where it has fewer than two figures.

    x: years, ascending. y: on a scale. variance: of sampling, on that scale; 0 where unknown, which leaves it to the
    innovation. All of shape (series, points).

    Changes of 1 and 3 about a drift of 2: scatter 1 + 1 = 2.

    >>> found = moments(np.array([[2020., 2021, 2022]]), np.array([[0., 1, 4]]), np.zeros((1, 3)))
    >>> found.drift.tolist(), found.scatter.tolist()
    ([2.0], [2.0])
    """
    x, y, variance = _packed(x, y, variance)
    seen = ~np.isnan(y)
    points = seen.sum(axis=1)
    last = np.maximum(points - 1, 0)[:, None]

    def at_last(values: Floats) -> Floats:
        return np.asarray(np.take_along_axis(values, last, axis=1)[:, 0])

    with np.errstate(invalid="ignore", divide="ignore"):
        years = np.where(points >= 2, at_last(x) - x[:, 0], np.nan)
        drift = (at_last(y) - y[:, 0]) / years
        ends = at_last(variance) + variance[:, 0]
        lengths = np.diff(x, axis=1)
        about = np.diff(y, axis=1) - drift[:, None] * lengths
        sampling = (variance[:, 1:] + variance[:, :-1]) / lengths
        scatter, noise = np.nansum(about**2 / lengths, axis=1), np.nansum(sampling, axis=1) - ends / years
        # Changes about their own mean undo each other a little by that alone: by the innovation over their number.
        changes = np.maximum(points - 1, 1)
        reversal = -np.nansum(about[:, 1:] * about[:, :-1], axis=1) - scatter / changes
        between = np.nansum(variance[:, 1:-1] + 0 * variance[:, 2:], axis=1) - noise / changes
    return Moments(points, years, drift, scatter, noise, ends, reversal, between)


def shared_drift(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the drift a year that all series of one indicator have together, and the variance of its estimate.

    x, y: as for `moments`, with as many axes before those as are wanted, such as for several days on which it is asked;
    the result has these alone. The mean change of each year counts once, for series of one year share its shocks. The
    mean of the years is shrunk by its interval: drift x (1 - (t x error / drift)²), 0 where that is negative. (The
    positive-part rule of James and Stein: Efron & Morris 1973, JASA 68:117)
    Raises ValueError for two figures of a series at one time, between which there is no change a year.

    Two series fall by 0.2 each year, but for 0.01: the means are -0.19, -0.21, -0.19, -0.21, with an error of
    0.011547 / √4 = 0.0057735, of which t(3 degrees) takes 3.182: -0.2 x (1 - (0.018374 / 0.2)²) = -0.198312.

    >>> x, y = np.arange(2020.0, 2025), np.array([0, -0.19, -0.40, -0.59, -0.80])
    >>> drift, variance = shared_drift(np.stack([x, x]), np.stack([y, y + 1]))
    >>> round(float(drift), 6), round(float(variance) ** 0.5, 4)
    (-0.198312, 0.0057)
    """
    x, y = _packed(x, y)
    rise, length = np.diff(y, axis=-1), np.diff(x, axis=-1)
    refuse(length <= 0, "figures of a series in order of time, one of each", years_between=length)
    seen = ~np.isnan(rise)
    ends, year = np.unique(np.round(x[..., 1:][seen], 3), return_inverse=True)
    shape = (*x.shape[:-2], len(ends))
    asked = np.broadcast_to(np.arange(np.prod(shape[:-1], dtype=int)).reshape(*shape[:-1], 1, 1), seen.shape)[seen]
    cell, size = asked * len(ends) + year, int(np.prod(shape, dtype=int))
    counts = np.bincount(cell, minlength=size).reshape(shape)
    sums = np.bincount(cell, rise[seen] / length[seen], minlength=size).reshape(shape)
    means, years = sums / np.maximum(counts, 1), (counts > 0).sum(axis=-1)
    drift, error = _mean_and_error(means, counts > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        unsure = special.stdtrit(np.maximum(years - 1, 1), (1 + SURE_OF_SHARED_DRIFT) / 2) * error
        kept = np.where((years >= 3) & (np.abs(drift) > unsure), 1 - (unsure / drift) ** 2, 0.0)
    return np.where(kept > 0, kept * drift, 0.0), np.where(kept > 0, kept * error**2, 0.0)


def _mean_and_error(values: Floats, counts: np.ndarray) -> tuple[Floats, Floats]:
    """Return the mean along the last axis of those that count, and its standard error (NaN of fewer than two)."""
    number = counts.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(counts, values, 0.0).sum(axis=-1) / number
        squares = np.where(counts, (values - mean[..., None]) ** 2, 0.0).sum(axis=-1)
        return mean, np.where(number > 1, np.sqrt(squares / (number - 1) / number), np.nan)


def pooled(given: Moments, shared: tuple[Floats, Floats]) -> Pooled:
    """Return the variances that all series of one indicator show together, by the method of moments.

    given: series along the last axis; axes before it are those of the result. shared: as `shared_drift` returns it. How
    unsure it is adds to the variance of drifts.

    The sampling error of a count is known, but the persons counted are largely the same from year to year, so that it
    need not be drawn anew: where it is, a change is undone by the next one, on average by one sampling variance. A
    drift's variance is credited only beyond two standard errors of its estimate: on real series this gave the best
    calibrated probabilities (docs/assessment.md), for series without a drift of their own are taken for drifting ones
    easily.
    """
    enough, drifts = given.points >= 3, given.points >= 2

    def total(values: Floats) -> Floats:
        return np.asarray(np.where(enough, values, 0.0).sum(axis=-1))

    renewed = _renewed(total(given.reversal), total(given.between), total(given.points - 2))
    freedom = total(given.points - 2)
    prior = PRIOR_FREEDOM * PRIOR_INNOVATION**2
    noise = renewed * total(given.noise)
    # A small difference of two large figures may be nothing by chance: by a standard error of the noise (chi-square).
    doubt = noise * np.sqrt(2 / np.maximum(freedom, 1))
    scatter = np.maximum(total(given.scatter) - noise, 0.0) + doubt
    innovation = (prior + scatter) / (PRIOR_FREEDOM + freedom)
    by_chance = innovation[..., None] / given.years + renewed[..., None] * given.ends / given.years**2
    beyond = (given.drift - np.asarray(shared[0])[..., None]) ** 2 - by_chance
    mean, error = _mean_and_error(beyond, drifts)
    surely = np.fmax(mean - SURE_OF_DRIFT * np.nan_to_num(error), 0.0)
    years_seen = np.maximum(given.points.max(axis=-1, initial=0) - 2, 0)
    return Pooled(innovation, surely + shared[1], PRIOR_FREEDOM + years_seen, renewed, np.asarray(shared[0]))


def _renewed(reversal: Floats, between: Floats, pairs: Floats) -> Floats:
    """Return how much of the sampling variance is drawn anew: all of it, as far as few figures say nothing else."""
    with np.errstate(invalid="ignore", divide="ignore"):
        prior = PRIOR_PAIRS * between / pairs
        return np.where(between > 0, np.clip((reversal + prior) / (between + prior), 0, 1), 1.0)


def forecast(x: Floats, y: Floats, variance: Floats, known: Pooled, until: Floats) -> Forecast:
    """Return the level of each series at a later time; NaN where it has no figure.

    x, y, variance: as for `moments`. known: one of each per series. until: a year per series, not before its last
    figure. The level at the first figure is unknown; given the variances the result is the exact one of the local level
    model, as a Kalman filter with diffuse start gives it (tests/unit/test_projection.py compares the two). An area's
    own scatter enters its innovation, against the pooled one worth six figures.

    One figure and no drift: the level stays, and the variance grows by the innovation: 0.09 × 4 years.

    >>> known = Pooled(np.array([0.09]), np.array([0.0]), np.array([30.0]), np.array([1.0]), np.array([0.0]))
    >>> ahead = forecast(np.array([[2020.0]]), np.array([[1.0]]), np.zeros((1, 1)), known, np.array([2024.0]))
    >>> ahead.level.tolist(), np.round(ahead.error, 6).tolist()
    ([1.0], [0.6])
    """
    variance = variance * known.renewed[:, None]
    y = y - known.shared[:, None] * (x - until[:, None])  # what is shared is gone at `until`, where the level is read
    own = moments(x, y, variance)
    extra = np.where(own.points >= 3, np.maximum(own.scatter - own.noise, 0), 0)
    more = np.maximum(own.points - 2, 0)
    innovation = (POOLED_WEIGHT * known.innovation + extra) / (POOLED_WEIGHT + more)
    x, y, variance = _packed(x, y, variance)
    refuse(until < np.nanmax(np.where(np.isnan(y), -np.inf, x), axis=1), "a time after the last figure", until=until)
    level, error = np.full(len(y), np.nan), np.full(len(y), np.nan)
    for start in range(0, len(y), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        level[part], error[part] = _ahead(
            x[part], y[part], variance[part], innovation[part], known.drift[part], until[part]
        )
    return Forecast(level, error, np.where(np.isnan(level), np.nan, known.freedom), np.ones(len(level)))


def _packed(*series: Floats) -> list[Floats]:
    """Put the figures of each series first, in their order; what is missing becomes NaN in all."""
    missing = np.isnan(np.sum(series, axis=0))
    order = np.argsort(missing, axis=-1, kind="stable")
    return [np.take_along_axis(np.where(missing, np.nan, values), order, axis=-1) for values in series]


def _ahead(
    x: Floats, y: Floats, variance: Floats, innovation: Floats, drift: Floats, until: Floats
) -> tuple[Floats, Floats]:
    """Predict the level relative to the first figure from all later ones relative to it (generalised least squares)."""
    since, rise = x[:, 1:] - x[:, :1], y[:, 1:] - y[:, :1]
    seen = ~np.isnan(rise)
    since, rise, noise = (np.where(seen, part, 0.0) for part in (since, rise, variance[:, 1:]))
    away, first = (until - x[:, 0])[:, None], variance[:, :1]
    q, tau = innovation[:, None], drift[:, None]
    both = seen[:, :, None] & seen[:, None, :]
    shared = q[..., None] * np.minimum(since[:, :, None], since[:, None, :])
    shared = shared + tau[..., None] * since[:, :, None] * since[:, None, :] + first[..., None]
    covariance = np.where(both, shared, 0.0) + np.eye(since.shape[1]) * np.where(seen, noise, 1.0)[:, None, :]
    with_end = np.where(seen, q * since + tau * since * away + first, 0.0)
    at_end = (q * away + tau * away**2 + first)[:, 0]
    weights = np.linalg.solve(np.nan_to_num(covariance), with_end[..., None])[..., 0]
    level = y[:, 0] + (weights * rise).sum(axis=1)
    left = at_end - (weights * with_end).sum(axis=1)
    return level, np.sqrt(np.maximum(left, 0.0))
