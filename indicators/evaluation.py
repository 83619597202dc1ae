"""Did the programme do it? One area with a programme against areas without, before and after: figures from models.

Pure: a panel of outcomes in, tables out. Three methods on the same panel: an event study and difference-in-differences
(two-way fixed effects, statsmodels), and a synthetic control (diff-diff: weights by exact least squares), which comes
in two forms, Abadie's and demeaned.

Inference is by permutation throughout: every area of the panel is treated as if it had the programme, and the real
one is ranked among them. Cluster-robust standard errors are not given, for with one treated cluster they are invalid:
they reject far too often (Conley & Taber 2011, REStat 93:113; MacKinnon & Webb 2017, J Appl Econometrics 32:233). The
price: with J donors no p-value is below 1/(J+1), whatever the effect. What is evaluated is decided in the catalogue;
figures are found in the pipelines.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from indicators.rates import Floats

Status = Literal["modelled", "not evaluated"]

SIGNIFICANCE, POWER = 0.05, 0.8
# With nine donors the smallest p-value is 0.1; with fewer, no effect could be told from chance, however large.
ENOUGH_DONORS = 9
# A trend before the start needs three points, a match of paths more (Abadie 2021: a few periods are matched by chance).
ENOUGH_BEFORE, ENOUGH_BEFORE_TO_MATCH = 3, 5
EVENT_STUDY, DIFFERENCE = "event study", "difference-in-differences"
SYNTHETIC, DEMEANED, BY_PERIOD = "synthetic control", "demeaned synthetic control", ", by period"

_UNUSABLE = {"incomplete", "missing", "suppressed", "not_applicable"}
_LONGEST = pd.Timedelta(days=366)
# Ranks are compared with this tolerance, so that rounding in the last bits decides nothing.
_TIE_TOLERANCE = 1e-9
# Effects smaller than this share of the largest outcome are rounding errors of the fit.
_ROUNDING = 1e-12


class NotEnough(ValueError):
    """Too few figures to evaluate; the message says what was found and what is needed."""


@dataclass(frozen=True)
class Panel:
    """What is compared: one row per period (in order), one column per area, the treated one first; none missing.

    periods: the rows' period, period_start, period_end. before: how many rows lie before the programme's start.
    left_out: donors that lack a figure in some period.
    """

    outcomes: pd.DataFrame
    periods: pd.DataFrame
    before: int
    left_out: tuple[str, ...] = ()

    @property
    def treated(self) -> str:
        """The area with the programme."""
        return str(self.outcomes.columns[0])

    @property
    def donors(self) -> list[str]:
        """The areas without."""
        return [str(name) for name in self.outcomes.columns[1:]]

    @property
    def after(self) -> Floats:
        """1 for each period from the start on, 0 before."""
        return (np.arange(len(self.outcomes)) >= self.before).astype(float)


@dataclass(frozen=True)
class Interval:
    """Effects that the permutation test does not reject, and the confidence that so many areas can give."""

    lower: float
    upper: float
    confidence: float


@dataclass(frozen=True)
class SyntheticControl:
    """The mix of donors that follows the treated area before the start, and the same for each donor in turn.

    weights: of the donors, summing to 1. gaps: observed less synthetic, periods x areas, the treated area first.
    pre_rmspe, post_rmspe, ratio: root mean squared gap before and after, and the second over the first; by area.
    p_value: share of areas whose ratio is at least the treated area's.
    """

    weights: pd.Series
    gaps: pd.DataFrame
    pre_rmspe: pd.Series
    post_rmspe: pd.Series
    ratio: pd.Series
    p_value: float
    interval: Interval


@dataclass(frozen=True)
class Result:
    """One figure of an evaluation, or the reason why there is none; numbers in the indicator's unit.

    phase: before or after the start; whole: all periods after it together. reference: the estimated value without the
    programme. estimate: value less reference. mde: the minimum detectable effect.
    """

    method: str
    status: Status
    period: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    phase: Literal["before", "after", "whole"] | None = None
    value: float | None = None
    reference: float | None = None
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    confidence: float | None = None
    p_value: float | None = None
    pre_trend_p_value: float | None = None
    pre_rmspe: float | None = None
    rmspe_ratio: float | None = None
    donors: int | None = None
    mde: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class Evaluation:
    """All results of one panel, per area what each placebo run gave (see `placebos`), synthetic controls by method."""

    panel: Panel
    results: list[Result]
    placebos: pd.DataFrame
    synthetic: dict[str, SyntheticControl]


def panel(figures: pd.DataFrame, treated: str, donors: Sequence[str], start: int) -> Panel:
    """Return the balanced panel of one indicator for a programme that starts on 1 January of `start`.

    figures: area_id, period, period_start, period_end, value, status; one row per area and period. The panel takes
    complete figures of a year or less (windows of several years overlap, and a period around the start belongs to
    neither side), periods in which the treated area and enough donors have a figure, and donors that have a figure in
    each of these periods. Raises NotEnough.

    Nine donors, and periods from 2017; the programme starts in 2020, so three of the four lie before.

    >>> donors = [f"d{number}" for number in range(9)]
    >>> figures = pd.DataFrame(
    ...     [
    ...         {"area_id": area, "period": str(year), "period_start": date(year, 1, 1),
    ...          "period_end": date(year, 12, 31), "value": 0.1, "status": None}
    ...         for area in ["north", *donors] for year in range(2017, 2021)
    ...     ]
    ... )
    >>> data = panel(figures, "north", donors, 2020)
    >>> data.treated, len(data.donors), data.before, data.outcomes.shape
    ('north', 9, 3, (4, 10))
    """
    known = figures[figures["value"].notna() & ~figures["status"].isin(_UNUSABLE)]
    starts, ends = pd.to_datetime(known["period_start"]), pd.to_datetime(known["period_end"])
    own = known["area_id"] == treated
    if not own.any():
        raise NotEnough(f"no complete figure for {treated}")
    short, first_day = ends - starts <= _LONGEST, pd.Timestamp(start, 1, 1)
    if not (own & short).any():
        raise NotEnough("published only as windows of several years, which overlap each other and the start")
    usable = known[short & ~((starts < first_day) & (ends >= first_day))]
    wide = usable[usable["area_id"].isin([treated, *donors])].pivot(
        index=["period_start", "period_end", "period"], columns="area_id", values="value"
    )
    wide = wide.reindex(columns=[treated, *donors])
    wide = wide[wide[treated].notna() & (wide[list(donors)].notna().sum(axis=1) >= ENOUGH_DONORS)]
    complete = [name for name in donors if wide[name].notna().all()]
    left_out = tuple(name for name in donors if name not in complete)
    periods = wide.index.to_frame(index=False)[["period", "period_start", "period_end"]]
    periods = periods.assign(**{name: pd.to_datetime(periods[name]).dt.date for name in ("period_start", "period_end")})
    before = int((pd.to_datetime(periods["period_start"]) < first_day).sum())
    outcomes = wide[[treated, *complete]].set_axis(periods["period"]).rename_axis(columns=None).astype(float)
    data = Panel(outcomes, periods, before, left_out)
    _refuse_small(data, len(donors), start)
    return data


def _refuse_small(data: Panel, wished: int, start: int) -> None:
    if data.outcomes.empty:
        raise NotEnough(
            f"in no period have the area and at least {ENOUGH_DONORS} of {wished} donors a complete figure; with fewer "
            f"donors no p-value is below {1 / ENOUGH_DONORS:.2f}"
        )
    if len(data.donors) < ENOUGH_DONORS:
        raise NotEnough(
            f"{len(data.donors)} of {wished} donors have a complete figure in every period; at least {ENOUGH_DONORS} "
            f"are needed, for with fewer no p-value is below {1 / ENOUGH_DONORS:.2f}"
        )
    counted = f"in which the area and at least {ENOUGH_DONORS} donors have a complete figure"
    if data.before < ENOUGH_BEFORE:
        raise NotEnough(f"{data.before} periods before {start} {counted}; {ENOUGH_BEFORE} are needed to see a trend")
    if data.before == len(data.outcomes):
        raise NotEnough(f"no period from {start} on {counted}")


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
    from statsmodels.regression.linear_model import OLS

    periods, areas = outcomes.shape
    fixed = np.hstack(
        [np.kron(np.eye(areas), np.ones((periods, 1))), np.kron(np.ones((areas, 1)), np.eye(periods)[:, 1:])]
    )
    found = []
    for treated in np.eye(areas):
        design = np.hstack([fixed, np.kron(treated[:, np.newaxis], regressors)])
        found.append(OLS(outcomes.T.ravel(), design).fit().params[fixed.shape[1] :])
    effects = np.column_stack(found)
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


def permutation_p_value(statistics: Sequence[float] | Floats) -> float:
    """Share of areas whose statistic is at least as far from 0 as that of the first, the treated one.

    Two-sided, and counts the treated area itself, so 1/(J+1) is the smallest value; exact where every area was equally
    likely to get the programme. (Fisher 1935, The Design of Experiments; Abadie 2021, JEL 59:391)

    Two of five, the treated area with 3 and the one with -4, are at least 3 from 0.

    >>> permutation_p_value([3, -4, 1, 2, -2])
    0.4
    """
    size = np.abs(np.asarray(statistics, dtype=float))
    return float(np.mean(size >= size[0] * (1 - _TIE_TOLERANCE)))


def rejections(areas: int, significance: float = SIGNIFICANCE) -> int:
    """Number of ranks, from the most extreme, that are significant among so many areas; at least 1.

    With fewer than 20 areas a level of 5 % is out of reach; the first rank alone then gives the confidence 1 - 1/areas.
    (Abadie 2021, JEL 59:391)

    Of 40 areas 5 % are 2; of 10 the first alone has the level 10 %.

    >>> rejections(40), rejections(10)
    (2, 1)
    """
    return max(1, int(significance * areas + _TIE_TOLERANCE))


def randomisation_interval(effects: Sequence[float] | Floats, significance: float = SIGNIFICANCE) -> Interval:
    """Constant effects that the permutation test does not reject, for effects of `two_way`, the treated area first.

    An assumed effect is subtracted from the treated area's outcome, the effects of all areas are computed anew, and
    the ranks compared. Each area is represented by its change x. Donor i is as extreme as the treated area for x from
    x[i] to where the two are equally far on opposite sides, so the ends follow in closed form.
    (Conley & Taber 2011, REStat 93:113: confidence by inverting a test on the donors' effects)

    Changes 4.5, 1 and 2 give the effects 4.5 - 1.5 = 3, 1 - 3.25 = -2.25 and 2 - 2.75 = -0.75. Less an effect of 1.5
    the treated area's change is 3: 1.5 above the mean of 1 and 2, as far as 1 is then below the mean of 3 and 2. Less
    4.5 it is 0: 1.5 below the mean of 1 and 2, as far as 2 is above the mean of 0 and 1. For effects between these two
    the treated area is not the most extreme, so the test does not reject them.

    >>> interval = randomisation_interval([3, -2.25, -0.75])
    >>> round(interval.lower, 4), round(interval.upper, 4), round(interval.confidence, 4)
    (1.5, 4.5, 0.6667)
    """
    contrasts = np.asarray(effects, dtype=float)
    donors = len(contrasts) - 1
    # From contrasts (a change less the mean of the others) to changes less the mean of all, which serve as well.
    changes = contrasts * donors / (donors + 1)
    own, theirs = changes[0], changes[1:]
    opposite = (2 * theirs.mean() - theirs * (1 + 1 / donors)) / (1 - 1 / donors)
    ranks = rejections(donors + 1, significance)
    lowest = np.sort(np.minimum(theirs, opposite))[ranks - 1]
    highest = np.sort(np.maximum(theirs, opposite))[-ranks]
    return Interval(float(own - highest), float(own - lowest), 1 - ranks / (donors + 1))


def minimum_detectable_effect(
    placebos: Sequence[float] | Floats, significance: float = SIGNIFICANCE, power: float = POWER
) -> float:
    """Smallest effect that a two-sided test finds with the given power, from the effects of the donors' placebo runs.

    Their standard deviation times the sum of the t quantiles of the test and of the power, with J - 1 degrees of
    freedom (Bloom 1995, Evaluation Review 19:547). Assumes normally distributed effects: the permutation test itself
    can reject at 5 % only with 19 donors or more.

    -1, 0 and 1 have the standard deviation 1; the t quantiles with 2 degrees of freedom are 4.3027 and 1.0607.

    >>> round(minimum_detectable_effect([-1, 0, 1]), 3)
    5.363
    """
    spread = np.std(np.asarray(placebos, dtype=float), ddof=1)
    freedom = len(placebos) - 1
    return float(spread * (stats.t.ppf(1 - significance / 2, freedom) + stats.t.ppf(power, freedom)))


def synthetic_control(data: Panel, *, demeaned: bool = False, significance: float = SIGNIFICANCE) -> SyntheticControl:
    """Return the synthetic control with a placebo run for each donor, against all other areas.

    Weights match the outcomes of all periods before the start, each counting the same; no other predictors.
    (Abadie, Diamond & Hainmueller 2010, JASA 105:493; interval by inverting the placebo test for a constant effect:
    Firpo & Possebom 2018, J Causal Inference 6(2).) Limits are infinite where the test rejects nothing on that side.
    demeaned: each area's mean before the start is subtracted first, so that changes are matched and not levels. This
    is the only way to match an area whose level lies outside the range of all donors, as a programme's often does
    (Ferman & Pinto 2021, Quantitative Economics 12:1197).

    Until 2017 the treated area is the mean of the first two donors; in 2018 it is 8, their mean (8 + 4) / 2 = 6.

    >>> years = ["2014", "2015", "2016", "2017", "2018"]
    >>> donors = {"b": [8.0, 9.0, 7.0, 8.0, 8.0], "c": [2.0, 3.0, 5.0, 2.0, 4.0], "d": [1.0, 5.0, 1.0, 5.0, 1.0]}
    >>> outcomes = pd.DataFrame({"north": [5.0, 6.0, 6.0, 5.0, 8.0]} | donors, years)
    >>> found = synthetic_control(Panel(outcomes, pd.DataFrame({"period": years}), before=4))
    >>> [round(float(weight), 4) for weight in found.weights], round(float(found.gaps["north"].iloc[-1]), 4)
    ([0.5, 0.5, 0.0], 2.0)
    >>> found.p_value  # the most extreme of four areas
    0.25
    """
    outcomes = data.outcomes - data.outcomes.iloc[: data.before].mean() if demeaned else data.outcomes
    scale = float(outcomes.abs().to_numpy().max()) or 1.0
    # As shares of the largest figure, so that the library's smallest pre-RMSPE, 0.0001, means the same in every unit.
    scaled = outcomes / scale
    long = scaled.reset_index(drop=True).rename_axis("row").reset_index().melt("row", None, "area", "outcome")
    fits = {area: _fit(long, area, data.before) for area in scaled.columns}
    limits, ranked = _placebo_test(fits[data.treated], rejections(len(scaled.columns), significance))
    gaps = pd.DataFrame({area: list(fit.gap_path.values()) for area, fit in fits.items()}, outcomes.index) * scale
    return SyntheticControl(
        weights=pd.Series(fits[data.treated].donor_weights, dtype=float).reindex(data.donors).fillna(0.0),
        gaps=gaps,
        pre_rmspe=_rms(gaps.iloc[: data.before]),
        post_rmspe=_rms(gaps.iloc[data.before :]),
        ratio=ranked["rmspe_ratio"].astype(float).reindex(scaled.columns),
        p_value=float(fits[data.treated].placebo_p_value),
        interval=replace(limits, lower=limits.lower * scale, upper=limits.upper * scale),
    )


def _placebo_test(fit: Any, ranks: int) -> tuple[Interval, pd.DataFrame]:
    """Run the placebo test of a fit, which keeps the p-value; return the interval and the statistics by area."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Confidence set is", UserWarning)
        ranked = fit.in_space_placebo().set_index("unit")
        # Between two possible p-values, so that rounding of fractions decides nothing.
        fit.confidence_set(family="constant", gamma=(ranks + 0.5) / len(ranked))
    limits = fit.effect_confidence_set
    return Interval(limits["lower"], limits["upper"], 1 - ranks / len(ranked)), ranked


def _fit(long: pd.DataFrame, treated: str, before: int) -> Any:
    """Fit diff-diff's synthetic control of one area on all others. long: row (number of the period), area, outcome."""
    # Imported here: it takes two seconds, and most runs evaluate nothing.
    from diff_diff import SyntheticControl as Estimator

    after = long["row"] >= before
    given = long.assign(treated=((long["area"] == treated) & after).astype(int))
    estimator = Estimator(v_method="custom", custom_v=np.ones(before), standardize="none", seed=0)
    with warnings.catch_warnings():
        # `_synthetic_row` notes a poor fit.
        warnings.filterwarnings("ignore", "Pre-treatment fit is poor", UserWarning)
        rows = sorted(set(long["row"][after]))
        return estimator.fit(given, "outcome", "treated", "area", "row", post_periods=rows, treated_unit=treated)


def _rms(gaps: pd.DataFrame) -> pd.Series:
    return gaps.pow(2).mean().pow(0.5)


def evaluate(data: Panel) -> Evaluation:
    """Return the results of every method on the panel: the methods and their literature are those of this module.

    With too few periods to match paths, only the event study and difference-in-differences are computed.

    >>> years = ["2017", "2018", "2019", "2020"]
    >>> periods = pd.DataFrame({"period": years, "period_start": years, "period_end": years})
    >>> outcomes = pd.DataFrame({f"d{number}": [1.0, 2.0, 1.0, 2.0] for number in range(10)}, years)
    >>> outcomes.insert(0, "north", [2.0, 3.0, 2.0, 7.0])
    >>> data = Panel(outcomes, periods, before=3)
    >>> [(row.method, row.estimate) for row in evaluate(data).results if row.phase == "whole"]
    [('difference-in-differences', 4.0)]
    """
    study, effects = event_study(data), difference_in_differences(data)
    results = [*_event_study_rows(data, study), _difference_row(data, study, effects)]
    tables = [pd.DataFrame({"method": DIFFERENCE, "weight": _equal_weights(data), "estimate": effects})]
    if data.before < ENOUGH_BEFORE_TO_MATCH:
        why = f"{data.before} periods before the start; at least {ENOUGH_BEFORE_TO_MATCH} are needed to match paths"
        refused = [not_evaluated(why, method) for method in (SYNTHETIC, DEMEANED)]
        return Evaluation(data, [*results, *refused], placebos(tables), {})
    synthetic = {
        SYNTHETIC: synthetic_control(data),
        DEMEANED: synthetic_control(data, demeaned=True),
    }
    for method, found in synthetic.items():
        results += [*_path_rows(data, found, method), _synthetic_row(data, found, method)]
        tables.append(
            pd.DataFrame(
                {
                    "method": method,
                    "weight": found.weights.reindex(data.outcomes.columns),
                    "estimate": found.gaps.iloc[data.before :].mean(),
                    "pre_rmspe": found.pre_rmspe,
                    "post_rmspe": found.post_rmspe,
                    "rmspe_ratio": found.ratio,
                }
            )
        )
    return Evaluation(data, results, placebos(tables), synthetic)


def not_evaluated(why: str, method: str = "none") -> Result:
    """Return the row that says why there is no figure."""
    return Result(method, "not evaluated", note=why)


def placebos(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return one row per method and area with what its (placebo) run gave; weight: of a donor for the treated area."""
    numbers = ["weight", "estimate", "pre_rmspe", "post_rmspe", "rmspe_ratio"]
    stacked = pd.concat([table.rename_axis("area_id").reset_index() for table in tables])
    return stacked.reindex(columns=["method", "area_id", *numbers]).astype(dict.fromkeys(numbers, float))


def _equal_weights(data: Panel) -> pd.Series:
    return pd.Series(1 / len(data.donors), data.donors).reindex(data.outcomes.columns)


def _event_study_rows(data: Panel, study: pd.DataFrame) -> list[Result]:
    rows = []
    for number, row in enumerate(_by_period(data, study[data.treated], EVENT_STUDY)):
        if number == data.before - 1:
            rows.append(replace(row, note="the period that the others are compared with: 0 by definition"))
            continue
        effects = study.iloc[number].to_numpy()
        bounds = randomisation_interval(effects)
        rows.append(replace(row, **vars(bounds), p_value=permutation_p_value(effects)))
    return rows


def _path_rows(data: Panel, synthetic: SyntheticControl, method: str) -> list[Result]:
    rows = _by_period(data, synthetic.gaps[data.treated], method + BY_PERIOD)
    return [replace(row, pre_rmspe=float(synthetic.pre_rmspe[data.treated])) for row in rows]


def _by_period(data: Panel, estimates: pd.Series, method: str) -> list[Result]:
    """Return one row per period with the observed value, the estimate, and the reference that follows."""
    observed = data.outcomes[data.treated]
    return [
        Result(
            method,
            "modelled",
            period,
            first_day,
            last_day,
            phase="before" if number < data.before else "after",
            value=float(observed.iloc[number]),
            reference=float(observed.iloc[number] - estimates.iloc[number]),
            estimate=float(estimates.iloc[number]),
            donors=len(data.donors),
        )
        for number, (period, first_day, last_day) in enumerate(data.periods.itertuples(index=False, name=None))
    ]


def _whole_period_row(
    data: Panel, method: str, effects: Floats, estimate: float, bounds: Interval, p_value: float
) -> Result:
    """Return the row of all periods after the start together. effects: of the donors' placebo runs."""
    after = data.periods.iloc[data.before :]
    value = float(data.outcomes[data.treated].iloc[data.before :].mean())
    return Result(
        method,
        "modelled",
        "-".join(dict.fromkeys(after["period"].iloc[[0, -1]])),
        after["period_start"].iloc[0],
        after["period_end"].iloc[-1],
        phase="whole",
        value=value,
        reference=value - estimate,
        estimate=estimate,
        lower=bounds.lower if np.isfinite(bounds.lower) else None,
        upper=bounds.upper if np.isfinite(bounds.upper) else None,
        confidence=bounds.confidence,
        p_value=p_value,
        donors=len(data.donors),
        mde=minimum_detectable_effect(effects),
    )


def _difference_row(data: Panel, study: pd.DataFrame, effects: pd.Series) -> Result:
    bounds = randomisation_interval(effects.to_numpy())
    p_value, estimate = permutation_p_value(effects.to_numpy()), float(effects[data.treated])
    row = _whole_period_row(data, DIFFERENCE, effects[data.donors].to_numpy(), estimate, bounds, p_value)
    trend = pre_trend_p_value(data, study)
    notes = [*_common_notes(data)]
    if trend <= max(SIGNIFICANCE, 1 / (len(data.donors) + 1)):
        notes.insert(0, "the area moved apart from the donors before the start already: the estimate mixes both")
    return replace(row, pre_trend_p_value=trend, note="; ".join(notes) or None)


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
    return permutation_p_value(_rms(study.iloc[: data.before - 1]).to_numpy())


def _synthetic_row(data: Panel, synthetic: SyntheticControl, method: str) -> Result:
    means = synthetic.gaps.iloc[data.before :].mean()
    row = _whole_period_row(
        data,
        method,
        means[data.donors].to_numpy(),
        float(means[data.treated]),
        synthetic.interval,
        synthetic.p_value,
    )
    fit = float(synthetic.pre_rmspe[data.treated])
    own = data.outcomes[data.treated].iloc[: data.before]
    conditions: dict[str, Callable[[], bool]] = {
        "the mix of donors follows the area worse before the start than its own mean would: not to be relied on": (
            lambda: fit > float(own.std(ddof=0))
        ),
        f"{len(data.donors)} donors for {data.before} periods: a close match before the start may be chance": (
            lambda: len(data.donors) >= data.before
        ),
        "the test rejects no effect on a side without a limit": lambda: row.lower is None or row.upper is None,
    }
    notes = [text for text, holds in conditions.items() if holds()]
    return replace(
        row,
        pre_rmspe=fit,
        rmspe_ratio=float(synthetic.ratio[data.treated]),
        note="; ".join([*notes, *_common_notes(data)]) or None,
    )


def _common_notes(data: Panel) -> list[str]:
    notes = []
    smallest = 1 / (len(data.donors) + 1)
    if smallest > SIGNIFICANCE:
        notes.append(
            f"with {len(data.donors)} donors no p-value is below {smallest:.3f}: at 5 % the test can find no effect, "
            "however large"
        )
    if data.left_out:
        notes.append(f"left out, no figure in every period: {', '.join(data.left_out)}")
    return notes
