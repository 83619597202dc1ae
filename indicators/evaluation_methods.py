"""Estimators of what a programme changed in one area: event study, difference-in-differences, synthetic controls.

Pure: a panel of outcomes in, effects out, for the treated area and, as placebos, for every other area as if it had been
treated. Weights are exact least squares by SciPy.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from indicators.evaluation_inference import permutation_p_value
from indicators.evaluation_panel import Panel
from indicators.rates import Floats

# Effects smaller than this share of the largest outcome are rounding errors of the fit.
_ROUNDING = 1e-12
# A misfit before the start counts as this share of the largest outcome at least: else a perfect match divides by 0.
_LEAST_MISFIT = 1e-4


@dataclass(frozen=True)
class SyntheticControl:
    """The mix of donors that follows an area before the start, for the treated area and each donor in turn.

    weights: areas x areas, in row j those of the mix for area j, summing to 1. gaps: observed less synthetic, periods x
    areas, the treated area first. pre_rmspe, post_rmspe, ratio: root mean squared gap before and after, and the second
    over the first; by area. scale: what the ratio divides by. p_value: share of areas whose ratio is at least the
    treated area's.
    """

    weights: Floats
    gaps: pd.DataFrame
    pre_rmspe: pd.Series
    post_rmspe: pd.Series
    ratio: pd.Series
    scale: Floats
    p_value: float


def two_way(outcomes: Floats, regressors: Floats) -> Floats:
    """Coefficients of area x regressor in a model with fixed effects of areas and periods, for each area in turn.

    outcomes: periods x areas. regressors: periods x K, such as one dummy per period. Returns K x areas: column i is
    the least-squares estimate of b in y[t, j] = area[j] + period[t] + (regressors[t] @ b if j == i else 0), as if area
    i had been treated. (Wooldridge 2021, Two-way fixed effects, the two-way Mundlak regression, and
    difference-in-differences estimators, SSRN 3906345)

    From 10 to 15 in the first area, from 8 to 10 in the second: (15 - 10) - (10 - 8) = 3, and the reverse.

    >>> [round(float(effect), 6) for effect in two_way(np.array([[10, 8], [15, 10]]), np.array([[0], [1]]))[0]]
    [3.0, -3.0]
    """
    areas = outcomes.shape[1]
    # Least squares puts the periods' effects where the others' mean is: what is left is the difference to that mean.
    apart = outcomes - outcomes @ equal_weights(areas).T
    design = np.hstack([np.ones((len(outcomes), 1)), regressors])
    effects = np.linalg.lstsq(design, apart, rcond=None)[0][1:]
    # Where nothing differs, rounding errors of the fit would still be ranked.
    return np.where(np.abs(effects) < _ROUNDING * np.abs(outcomes).max(), 0.0, effects)


def event_study(data: Panel) -> pd.DataFrame:
    """Difference to the other areas by period, less that of the last period before the start: periods x areas.

    (Miller 2023, J Economic Perspectives 37(2):203)

    In 2019 the first area was 2 above the mean of the others, in 2020 it is 15 - 9 = 6 above: an effect of 4.

    >>> years = ["2018", "2019", "2020"]
    >>> outcomes = pd.DataFrame({"north": [10.0, 10.0, 15.0], "b": [8.0, 9.0, 10.0], "c": [6.0, 7.0, 8.0]}, years)
    >>> data = Panel(outcomes, pd.DataFrame({"period": years}), before=2)
    >>> [round(float(effect), 6) for effect in event_study(data)["north"]]
    [1.0, 0.0, 4.0]
    """
    others = np.delete(np.eye(len(data.outcomes)), data.before - 1, axis=1)
    effects = two_way(data.outcomes.to_numpy(), others)
    effects = np.insert(effects, data.before - 1, 0.0, axis=0)
    return pd.DataFrame(effects, data.outcomes.index, data.outcomes.columns)


def difference_in_differences(data: Panel) -> pd.Series:
    """Change of each area's mean from before to after the start, less the mean change of all others; by area.

    (Card & Krueger 1994, American Economic Review 84:772)

    The first area rises from a mean of 10.5 to 15, the others from 8.5 to 10 and from 6.5 to 8: 4.5 - 1.5 = 3.

    >>> years = ["2018", "2019", "2020"]
    >>> outcomes = pd.DataFrame({"north": [10.0, 11.0, 15.0], "b": [8.0, 9.0, 10.0], "c": [6.0, 7.0, 8.0]}, years)
    >>> data = Panel(outcomes, pd.DataFrame({"period": years}), before=2)
    >>> round(float(difference_in_differences(data)["north"]), 6)
    3.0
    """
    effects = two_way(data.outcomes.to_numpy(), data.after[:, np.newaxis])
    return pd.Series(effects[0], data.outcomes.columns)


def equal_weights(areas: int) -> Floats:
    """Areas x areas: each is compared with the mean of all others.

    >>> equal_weights(3)[0].tolist()
    [0.0, 0.5, 0.5]
    """
    return (1 - np.eye(areas)) / (areas - 1)


def simplex_weights(donors: Floats, target: Floats, ridge: float = 0.0) -> Floats:
    """Weights >= 0 that sum to 1 and minimise |donors @ weights - target|^2 + |ridge * weights|^2, exactly.

    donors: rows x J. Because the weights sum to 1 the first term is |(donors - target) @ weights|^2: the point of a
    convex hull that is nearest to 0. Non-negative least squares of (0, ..., 0, 1) on these columns, each with a 1 below
    it, gives a multiple of the weights (Wolfe 1976, Mathematical Programming 11:128; Lawson & Hanson 1974, ch. 23).
    Where more than one set of weights does so well, one of them with few donors.

    The target is half way between the first two.

    >>> simplex_weights(np.array([[0.0, 2.0, 5.0], [2.0, 0.0, 5.0]]), np.array([1.0, 1.0])).round(6).tolist()
    [0.5, 0.5, 0.0]
    """
    apart = donors - target[:, np.newaxis]
    if ridge:
        apart = np.vstack([apart, ridge * np.eye(donors.shape[1])])
    size = float(np.sqrt(np.mean(apart**2)))
    if not size:
        return np.full(donors.shape[1], 1 / donors.shape[1])
    rows = np.vstack([apart / size, np.ones(donors.shape[1])])
    found, _misfit = nnls(rows, np.append(np.zeros(len(apart)), 1.0), maxiter=50 * rows.shape[1])
    return np.asarray(found / found.sum(), dtype=float)


def synthetic_control(data: Panel, *, demeaned: bool = False) -> SyntheticControl:
    """Return the synthetic control with a placebo run for each donor, against all other areas.

    Weights match the outcomes of all periods before the start, each counting the same; no other predictors.
    (Abadie, Diamond & Hainmueller 2010, JASA 105:493.) demeaned: each area's mean before the start is subtracted first,
    so that changes are matched and not levels. This is the only way to match an area whose level lies outside the range
    of all donors, as a programme's often does (Ferman & Pinto 2021, Quantitative Economics 12:1197).

    Until 2017 the treated area is the mean of the first two donors; in 2018 it is 8, their mean (8 + 4) / 2 = 6.

    >>> years = ["2014", "2015", "2016", "2017", "2018"]
    >>> donors = {"b": [8.0, 9.0, 7.0, 8.0, 8.0], "c": [2.0, 3.0, 5.0, 2.0, 4.0], "d": [1.0, 5.0, 1.0, 5.0, 1.0]}
    >>> outcomes = pd.DataFrame({"north": [5.0, 6.0, 6.0, 5.0, 8.0]} | donors, years)
    >>> found = synthetic_control(Panel(outcomes, pd.DataFrame({"period": years}), before=4))
    >>> found.weights[0].round(4).tolist(), round(float(found.gaps["north"].iloc[-1]), 4)
    ([0.0, 0.5, 0.5, 0.0], 2.0)
    >>> found.p_value  # the most extreme of four areas
    0.25
    """
    outcomes = data.outcomes - data.outcomes.iloc[: data.before].mean() if demeaned else data.outcomes
    known = outcomes.to_numpy()
    weights = _mixes(known[: data.before])
    largest = float(np.abs(known).max())
    gaps = known - known @ weights.T
    gaps[np.abs(gaps) < _ROUNDING * largest] = 0.0
    named = pd.DataFrame(gaps, outcomes.index, outcomes.columns)
    before, after = rms(named.iloc[: data.before]), rms(named.iloc[data.before :])
    scale = np.maximum(before.to_numpy(), _LEAST_MISFIT * (largest or 1.0))
    ratio = after / scale
    return SyntheticControl(weights, named, before, after, ratio, scale, permutation_p_value(ratio.to_numpy()))


def _mixes(known: Floats, ridge: float = 0.0) -> Floats:
    """For each area the mix of the others that follows it: areas x areas."""
    areas = known.shape[1]
    weights = np.zeros((areas, areas))
    for area in range(areas):
        others = np.arange(areas) != area
        weights[area, others] = simplex_weights(known[:, others], known[:, area], ridge)
    return weights


@dataclass(frozen=True)
class SyntheticDifference:
    """Synthetic difference-in-differences of every area: its effect, and what it was compared with.

    weights: areas x areas, in row j those of donors for area j. effects: by area.
    """

    weights: Floats
    effects: pd.Series


def synthetic_difference(data: Panel) -> SyntheticDifference:
    """Change after the start against a mix of donors that moved alike, and a mix of periods that resemble those after.

    Both mixes are fitted with a constant of their own, and the donors' with a penalty on uneven weights. (Arkhangelsky,
    Athey, Hirshberg, Imbens & Wager 2021, American Economic Review 111:4088)

    The first area rises by 5 more than every other, and all else is alike.

    >>> years = ["2016", "2017", "2018", "2019"]
    >>> donors = {"b": [1.0, 2.0, 1.0, 1.0], "c": [2.0, 3.0, 2.0, 2.0]}
    >>> outcomes = pd.DataFrame({"north": [3.0, 4.0, 3.0, 8.0]} | donors, years)
    >>> found = synthetic_difference(Panel(outcomes, pd.DataFrame({"period": years}), before=3))
    >>> round(float(found.effects["north"]), 6)
    5.0
    """
    known = data.outcomes.to_numpy()
    before, after = known[: data.before], known[data.before :]
    areas = known.shape[1]
    weights, effects = np.zeros((areas, areas)), np.zeros(areas)
    for area in range(areas):
        others = np.arange(areas) != area
        noise = float(np.diff(before[:, others], axis=0).std(ddof=1)) if data.before > 1 else 0.0
        centred = before - before.mean(axis=0)
        ridge = len(after) ** 0.25 * noise * np.sqrt(data.before)
        weights[area, others] = simplex_weights(centred[:, others], centred[:, area], ridge)
        paths, ahead = before[:, others].T, after[:, others].mean(axis=0)
        periods = simplex_weights(paths - paths.mean(axis=0), ahead - ahead.mean(), 1e-6 * noise * np.sqrt(areas - 1))
        gap = known[:, area] - known @ weights[area]
        effects[area] = gap[data.before :].mean() - periods @ gap[: data.before]
    effects[np.abs(effects) < _ROUNDING * np.abs(known).max()] = 0.0
    return SyntheticDifference(weights, pd.Series(effects, data.outcomes.columns))


def rms(gaps: pd.DataFrame) -> pd.Series:
    """Root mean square by column."""
    return gaps.pow(2).mean().pow(0.5)
