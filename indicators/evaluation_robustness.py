"""What an evaluation's answer leans on: single donors, the year of the start, parallel trends.

Pure. Each function puts the methods of `evaluation_methods` to a changed panel, or asks what the tests could have seen.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from indicators.evaluation_inference import minimum_detectable, not_rejected, permutation_p_value, rejections
from indicators.evaluation_methods import equal_weights, event_study, rms, synthetic_control
from indicators.evaluation_panel import Panel, among

# A weight below this is none: leaving the donor out changes nothing.
_A_WEIGHT = 1e-6


def pre_trend_p_value(data: Panel, study: pd.DataFrame) -> float:
    """Permutation p-value of the differences before the start, taken together (root of their mean square).

    A small value says that the treated area's path differed from the others' already before the start. (Roth 2022,
    American Economic Review: Insights 4:305, also on how little such tests find)

    The first area's path differs by 2 before the start, the others' by less: the most extreme of three.

    >>> outcomes = pd.DataFrame({"north": [4.0, 2.0, 2.0], "b": [1.0, 1.0, 1.0], "c": [3.0, 3.0, 3.0]})
    >>> data = Panel(outcomes, pd.DataFrame({"period": ["2018", "2019", "2020"]}), before=2)
    >>> round(pre_trend_p_value(data, event_study(data)), 4)
    0.3333
    """
    return permutation_p_value(rms(study.iloc[: data.before - 1]).to_numpy())


def detectable_drift(data: Panel) -> float | None:
    """Least steady drift per period before the start that `pre_trend_p_value` finds with 80 % power; None: no drift.

    By drifts added to donors (`minimum_detectable`). (Roth 2022, American Economic Review: Insights 4:305)

    Ten areas that move alike but for a step of 1 each in turn in one of three periods: a drift must stand out from it.

    >>> outcomes = pd.DataFrame(np.eye(4, 10), columns=[f"d{number}" for number in range(10)])
    >>> outcomes.insert(0, "north", 0.0)
    >>> drift = detectable_drift(Panel(outcomes, pd.DataFrame({"period": list("abcd")}), before=3))
    >>> 0 < drift < 2
    True
    """
    donors = among(data, data.donors)
    before = event_study(donors).iloc[: data.before - 1].to_numpy()
    steps = np.arange(1 - data.before, 0, dtype=float)
    weights = equal_weights(len(data.donors))
    return minimum_detectable(before, weights, shape=steps, ranks=rejections(len(data.donors) + 1))


def left_out(data: Panel, *, demeaned: bool = False) -> pd.Series:
    """Estimate of the synthetic control without each of the donors that have a weight, by the donor left out.

    (Abadie, Diamond & Hainmueller 2015, American J Political Science 59:495)

    The treated area is the mean of two donors, and then 2 more. Without one the other stands alone: 8 - 4, and 8 - 8.

    >>> donors = {"b": [8.0, 9.0, 7.0, 8.0, 8.0], "c": [2.0, 3.0, 5.0, 2.0, 4.0]}
    >>> outcomes = pd.DataFrame({"north": [5.0, 6.0, 6.0, 5.0, 8.0]} | donors)
    >>> found = left_out(Panel(outcomes, pd.DataFrame({"period": list("abcde")}), before=4))
    >>> found.to_dict()
    {'b': 4.0, 'c': 0.0}
    """
    weights = synthetic_control(data, demeaned=demeaned).weights[0]
    named = [str(name) for name, weight in zip(data.outcomes.columns, weights, strict=True) if weight > _A_WEIGHT]
    estimates = {
        name: synthetic_control(
            among(data, [area for area in data.outcomes.columns if area != name]), demeaned=demeaned
        )
        .gaps[data.treated]
        .iloc[data.before :]
        .mean()
        for name in named
    }
    return pd.Series(estimates, dtype=float)


def moved_back(data: Panel, enough: int) -> Panel | None:
    """Return the panel before the start, as if the programme had begun a third of that time earlier; None: too short.

    enough: periods needed before the start that is made up. No programme was there to be found. (In-time placebo:
    Abadie, Diamond & Hainmueller 2015, American J Political Science 59:495)

    Six periods before the start: the last two become those after it.

    >>> outcomes = pd.DataFrame({"north": range(8), "b": range(8)})
    >>> data = Panel(outcomes, pd.DataFrame({"period": list("abcdefgh")}), before=6)
    >>> earlier = moved_back(data, enough=3)
    >>> earlier.before, len(earlier.outcomes), moved_back(data, enough=5)
    (4, 6, None)
    """
    start = data.before - max(1, data.before // 3)
    if start < enough:
        return None
    return Panel(data.outcomes.iloc[: data.before], data.periods.iloc[: data.before], start, data.left_out, data.notes)


@dataclass(frozen=True)
class Bounds:
    """What is left of an effect where the area may have drifted apart after the start without any programme.

    estimate: mean difference after the start less that of the last period before. low, high: where it lies if the drift
    changes by no more from one period to the next than it did at most before the start (M = 1); lower, upper: the same
    with the permutation test's interval, None without a limit. confidence: of that. breakdown: the M from which on 0 is
    among what is not rejected; 0 where it is without any drift, None where there was no step before the start.
    """

    estimate: float
    low: float
    high: float
    lower: float | None
    upper: float | None
    confidence: float
    breakdown: float | None


def bounds(data: Panel, study: pd.DataFrame) -> Bounds:
    """Bounds by relative magnitudes for the mean effect after the start, M = 1.

    Each step of the drift after the start is at most M times the largest step before it, so that after k periods it is
    at most k of them, and on average over n periods (n + 1) / 2 of them. (Rambachan & Roth 2023, Review of Economic
    Studies 90:2555, the identified set; its ends are widened by the permutation test's interval, for with one treated
    area there is no covariance matrix. The largest step is taken as it was seen, without its own uncertainty.)

    Before the start the first area moved apart by 1 at most, then it lies 4 and 6 above: 5, less or more (2 + 1) / 2.

    >>> outcomes = pd.DataFrame({"north": [0.0, 1.0, 1.0, 5.0, 7.0], "b": [0.0] * 5, "c": [0.0] * 5})
    >>> data = Panel(outcomes, pd.DataFrame({"period": list("abcde")}), before=3)
    >>> found = bounds(data, event_study(data))
    >>> round(found.estimate, 6), round(found.low, 6), round(found.high, 6)
    (5.0, 3.5, 6.5)
    """
    areas, after = len(study.columns), study.iloc[data.before :].mean()
    loads = -equal_weights(areas)[0]
    loads[0] = 1.0
    interval = not_rejected(after.to_numpy()[np.newaxis], loads, ranks=rejections(areas))
    step = float(np.abs(np.diff(study[data.treated].iloc[: data.before])).max())
    drift = step * (len(study) - data.before + 1) / 2
    estimate = float(after[data.treated])
    lower, upper = interval.lower, interval.upper
    beyond = max(lower or 0.0, -(upper or 0.0), 0.0)
    return Bounds(
        estimate,
        estimate - drift,
        estimate + drift,
        None if lower is None else lower - drift,
        None if upper is None else upper + drift,
        interval.confidence,
        beyond / drift if drift else None,
    )
