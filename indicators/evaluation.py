"""Did the programme do it? One area with a programme against areas without, before and after: figures from models.

Pure: a panel of outcomes in, tables out. Three methods on the same panel: an event study and difference-in-differences
(two-way fixed effects, statsmodels), and a synthetic control (diff-diff: weights by exact least squares), which comes
in two forms, as Abadie made it and demeaned.

Inference is by permutation throughout: every area of the panel is treated as if it had the programme, and the real
one is ranked among them. Cluster-robust standard errors are not given, for with one treated cluster they are invalid:
they reject far too often (Conley & Taber 2011, REStat 93:113; MacKinnon & Webb 2017, J Appl Econometrics 32:233). The
price: with J donors no p-value is below 1/(J+1), whatever the effect. What is evaluated, and where figures come from,
is decided elsewhere.
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
# With nine donors the smallest p-value is 0.1; with fewer, no effect whatever would be told from chance.
ENOUGH_DONORS = 9
# A trend before the start needs three points; a match of paths more (Abadie 2021: few periods are fitted by chance).
ENOUGH_BEFORE, ENOUGH_BEFORE_TO_MATCH = 3, 5
EVENT_STUDY, DIFFERENCE = "event study", "difference-in-differences"
SYNTHETIC, DEMEANED, BY_PERIOD = "synthetic control", "demeaned synthetic control", ", by period"

_UNUSABLE = {"incomplete", "missing", "suppressed", "not_applicable"}
_LONGEST = pd.Timedelta(days=366)
# Ranks are compared with this tolerance, so that rounding in the last bits decides nothing.
_TIE = 1e-9
# What a fit leaves of nothing, in parts of the largest outcome.
_ROUNDING = 1e-12


class NotEnough(ValueError):
    """Too little to evaluate; the message says what was found and what is needed."""


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

    weights: of the donors, summing to 1. gaps: observed less synthetic, periods x areas, the treated one first.
    pre_rmspe, post_rmspe, ratio: root mean squared gap before and after, and the second over the first; by area.
    p_value: share of areas whose ratio is at least the treated one's.
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

    phase: before or after the start; whole: all periods after it together. reference: what is estimated to have been
    without a programme. estimate: value less reference. mde: the minimum detectable effect.
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

    figures: area_id, period, period_start, period_end, value, status; one row per area and period. Counted are
    complete figures of a year or less (windows of several years overlap, and those over the start belong to neither
    side), periods in which the treated area and enough donors have one, and donors that have one in each of these.
    Raises NotEnough.
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
    made = Panel(outcomes, periods, before, left_out)
    _refuse_small(made, len(donors), start)
    return made


def _refuse_small(made: Panel, wished: int, start: int) -> None:
    if made.outcomes.empty:
        raise NotEnough(
            f"in no period have the area and at least {ENOUGH_DONORS} of {wished} donors a complete figure; with fewer "
            f"donors no p-value is below {1 / ENOUGH_DONORS:.2f}"
        )
    if len(made.donors) < ENOUGH_DONORS:
        raise NotEnough(
            f"{len(made.donors)} of {wished} donors have a complete figure in every period; at least {ENOUGH_DONORS} "
            f"are needed, for with fewer no p-value is below {1 / ENOUGH_DONORS:.2f}"
        )
    counted = f"in which the area and at least {ENOUGH_DONORS} donors have a complete figure"
    if made.before < ENOUGH_BEFORE:
        raise NotEnough(f"{made.before} periods before {start} {counted}; {ENOUGH_BEFORE} are needed to see a trend")
    if made.before == len(made.outcomes):
        raise NotEnough(f"no period from {start} on {counted}")


def two_way(outcomes: Floats, regressors: Floats) -> Floats:
    """Coefficients of area x regressor in a model with fixed effects of areas and periods, each area in its turn.

    outcomes: periods x areas. regressors: periods x K, such as one dummy per period. Returns K x areas: column i is
    the least-squares estimate of y[t, j] = area[j] + period[t] + (regressors[t] @ b if j == i else 0), as if area i
    were the treated one.
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
    # Where nothing differs, the last bits of the fit would still be ranked.
    return np.where(np.abs(effects) < _ROUNDING * np.abs(outcomes).max(), 0.0, effects)


def event_study(made: Panel) -> pd.DataFrame:
    """Difference to the donors by period, relative to the last before the start (where it is 0): periods x areas."""
    others = np.delete(np.eye(len(made.outcomes)), made.before - 1, axis=1)
    effects = two_way(made.outcomes.to_numpy(), others)
    effects = np.insert(effects, made.before - 1, 0.0, axis=0)
    return pd.DataFrame(effects, made.outcomes.index, made.outcomes.columns)


def difference_in_differences(made: Panel) -> pd.Series:
    """Change of each area's mean from before to after the start, less that of all others' means; by area."""
    effects = two_way(made.outcomes.to_numpy(), made.after[:, np.newaxis])
    return pd.Series(effects[0], made.outcomes.columns)


def permutation_p_value(statistics: Sequence[float] | Floats) -> float:
    """Share of areas whose statistic is at least as far from 0 as that of the first, the treated one.

    Two-sided, counts the treated area itself, so 1/(J+1) is the smallest value; exact where every area was equally
    likely to get the programme (Fisher 1935; Abadie 2021, JEL 59:391).
    """
    size = np.abs(np.asarray(statistics, dtype=float))
    return float(np.mean(size >= size[0] * (1 - _TIE)))


def rejections(areas: int, significance: float = SIGNIFICANCE) -> int:
    """Ranks that count as significant among so many areas: as many as the level allows, and at least the first.

    With fewer than 20 areas the level cannot be had; the first rank alone then gives the confidence 1 - 1/areas.
    """
    return max(1, int(significance * areas + _TIE))


def randomisation_interval(effects: Sequence[float] | Floats, significance: float = SIGNIFICANCE) -> Interval:
    """Constant effects that the permutation test does not reject, for effects of `two_way`, the treated area first.

    An effect is taken off the treated area's outcome, all areas' effects are computed anew, and the ranks compared.
    Areas enter by their change x; donor i is as extreme as the treated area for x from x[i] to where the two are
    equally far on opposite sides, so the ends follow in closed form.
    """
    contrasts = np.asarray(effects, dtype=float)
    donors = len(contrasts) - 1
    # From contrasts back to changes: a change less the mean of all. Where that mean lies does not matter.
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
    """Effect that a two-sided test would find with the given power, from the effects of the donors' placebo runs.

    Their standard deviation times the sum of the t quantiles of the test and of the power, with J - 1 degrees of
    freedom (Bloom 1995, Evaluation Review 19:547). Assumes a bell-shaped spread: the permutation test itself can
    reject at 5 % only with 19 donors or more.
    """
    spread = np.std(np.asarray(placebos, dtype=float), ddof=1)
    freedom = len(placebos) - 1
    return float(spread * (stats.t.ppf(1 - significance / 2, freedom) + stats.t.ppf(power, freedom)))


def synthetic_control(made: Panel, *, demeaned: bool = False, significance: float = SIGNIFICANCE) -> SyntheticControl:
    """Return the synthetic control with a placebo run for each donor, against all other areas.

    Weights match the outcomes of all periods before the start, each counting the same; no other predictors.
    (Abadie, Diamond & Hainmueller 2010, JASA 105:493; interval by inverting the placebo test for a constant effect:
    Firpo & Possebom 2018, J Causal Inference 6(2).) Limits are infinite where the test rejects nothing on that side.
    demeaned: each area's mean before the start is taken off first, so that changes are matched and not levels. An area
    with more of everything than all donors, as a programme's often is, can be followed in no other way (Ferman & Pinto
    2021, Quantitative Economics 12:1197).
    """
    outcomes = made.outcomes - made.outcomes.iloc[: made.before].mean() if demeaned else made.outcomes
    scale = float(outcomes.abs().to_numpy().max()) or 1.0
    # In parts of the largest figure: the library's least pre-RMSPE, 0.0001, then means the same in every unit.
    scaled = outcomes / scale
    long = scaled.reset_index(drop=True).rename_axis("row").reset_index().melt("row", None, "area", "outcome")
    fits = {area: _fitted(long, area, made.before) for area in scaled.columns}
    limits, ranked = _tested(fits[made.treated], rejections(len(scaled.columns), significance))
    gaps = pd.DataFrame({area: list(fit.gap_path.values()) for area, fit in fits.items()}, outcomes.index) * scale
    return SyntheticControl(
        weights=pd.Series(fits[made.treated].donor_weights, dtype=float).reindex(made.donors).fillna(0.0),
        gaps=gaps,
        pre_rmspe=_rms(gaps.iloc[: made.before]),
        post_rmspe=_rms(gaps.iloc[made.before :]),
        ratio=ranked["rmspe_ratio"].astype(float).reindex(scaled.columns),
        p_value=float(fits[made.treated].placebo_p_value),
        interval=replace(limits, lower=limits.lower * scale, upper=limits.upper * scale),
    )


def _tested(fit: Any, ranks: int) -> tuple[Interval, pd.DataFrame]:
    """Run the placebo test of a fit, which keeps its p-value: the interval, and what was ranked by area."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Confidence set is", UserWarning)
        ranked = fit.in_space_placebo().set_index("unit")
        # Between two possible p-values, so that equality of fractions decides nothing.
        fit.confidence_set(family="constant", gamma=(ranks + 0.5) / len(ranked))
    limits = fit.effect_confidence_set
    return Interval(limits["lower"], limits["upper"], 1 - ranks / len(ranked)), ranked


def _fitted(long: pd.DataFrame, treated: str, before: int) -> Any:
    """Fit diff-diff's synthetic control of one area on all others. long: row (number of the period), area, outcome."""
    # Imported here: it takes two seconds, and most runs evaluate nothing.
    from diff_diff import SyntheticControl as Estimator

    after = long["row"] >= before
    given = long.assign(treated=((long["area"] == treated) & after).astype(int))
    estimator = Estimator(v_method="custom", custom_v=np.ones(before), standardize="none", seed=0)
    with warnings.catch_warnings():
        # Our own notes tell of a poor fit.
        warnings.filterwarnings("ignore", "Pre-treatment fit is poor", UserWarning)
        rows = sorted(set(long["row"][after]))
        return estimator.fit(given, "outcome", "treated", "area", "row", post_periods=rows, treated_unit=treated)


def _rms(gaps: pd.DataFrame) -> pd.Series:
    return gaps.pow(2).mean().pow(0.5)


def evaluate(made: Panel) -> Evaluation:
    """Return the results of every method on the panel."""
    study, effects = event_study(made), difference_in_differences(made)
    results = [*_study_rows(made, study), _difference_row(made, study, effects)]
    tables = [pd.DataFrame({"method": DIFFERENCE, "weight": _equal(made), "estimate": effects})]
    if made.before < ENOUGH_BEFORE_TO_MATCH:
        why = f"{made.before} periods before the start; at least {ENOUGH_BEFORE_TO_MATCH} are needed to match paths"
        refused = [not_evaluated(why, method) for method in (SYNTHETIC, DEMEANED)]
        return Evaluation(made, [*results, *refused], placebos(tables), {})
    synthetic = {
        SYNTHETIC: synthetic_control(made),
        DEMEANED: synthetic_control(made, demeaned=True),
    }
    for method, found in synthetic.items():
        results += [*_path_rows(made, found, method), _synthetic_row(made, found, method)]
        tables.append(
            pd.DataFrame(
                {
                    "method": method,
                    "weight": found.weights.reindex(made.outcomes.columns),
                    "estimate": found.gaps.iloc[made.before :].mean(),
                    "pre_rmspe": found.pre_rmspe,
                    "post_rmspe": found.post_rmspe,
                    "rmspe_ratio": found.ratio,
                }
            )
        )
    return Evaluation(made, results, placebos(tables), synthetic)


def not_evaluated(why: str, method: str = "none") -> Result:
    """Return the row that says why there is no figure."""
    return Result(method, "not evaluated", note=why)


def placebos(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One row per method and area: what the area's own (placebo) run gave; weight: of a donor for the treated area."""
    numbers = ["weight", "estimate", "pre_rmspe", "post_rmspe", "rmspe_ratio"]
    stacked = pd.concat([table.rename_axis("area_id").reset_index() for table in tables])
    return stacked.reindex(columns=["method", "area_id", *numbers]).astype(dict.fromkeys(numbers, float))


def _equal(made: Panel) -> pd.Series:
    return pd.Series(1 / len(made.donors), made.donors).reindex(made.outcomes.columns)


def _study_rows(made: Panel, study: pd.DataFrame) -> list[Result]:
    rows = []
    for number, row in enumerate(_by_period(made, study[made.treated], EVENT_STUDY)):
        if number == made.before - 1:
            rows.append(replace(row, note="the period that the others are compared with: 0 by definition"))
            continue
        effects = study.iloc[number].to_numpy()
        bounds = randomisation_interval(effects)
        rows.append(replace(row, **vars(bounds), p_value=permutation_p_value(effects)))
    return rows


def _path_rows(made: Panel, synthetic: SyntheticControl, method: str) -> list[Result]:
    rows = _by_period(made, synthetic.gaps[made.treated], method + BY_PERIOD)
    return [replace(row, pre_rmspe=float(synthetic.pre_rmspe[made.treated])) for row in rows]


def _by_period(made: Panel, estimates: pd.Series, method: str) -> list[Result]:
    """One row per period with what was observed, the estimate, and hence the reference."""
    observed = made.outcomes[made.treated]
    return [
        Result(
            method,
            "modelled",
            period,
            first_day,
            last_day,
            phase="before" if number < made.before else "after",
            value=float(observed.iloc[number]),
            reference=float(observed.iloc[number] - estimates.iloc[number]),
            estimate=float(estimates.iloc[number]),
            donors=len(made.donors),
        )
        for number, (period, first_day, last_day) in enumerate(made.periods.itertuples(index=False, name=None))
    ]


def _whole(made: Panel, method: str, effects: Floats, estimate: float, bounds: Interval, p_value: float) -> Result:
    """The row of all periods after the start together. effects: of the donors' placebo runs."""
    after = made.periods.iloc[made.before :]
    value = float(made.outcomes[made.treated].iloc[made.before :].mean())
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
        donors=len(made.donors),
        mde=minimum_detectable_effect(effects),
    )


def _difference_row(made: Panel, study: pd.DataFrame, effects: pd.Series) -> Result:
    bounds = randomisation_interval(effects.to_numpy())
    p_value, estimate = permutation_p_value(effects.to_numpy()), float(effects[made.treated])
    row = _whole(made, DIFFERENCE, effects[made.donors].to_numpy(), estimate, bounds, p_value)
    trend = pre_trend_p_value(made, study)
    notes = [*_common_notes(made)]
    if trend <= max(SIGNIFICANCE, 1 / (len(made.donors) + 1)):
        notes.insert(0, "the area moved apart from the donors before the start already: the estimate mixes both")
    return replace(row, pre_trend_p_value=trend, note="; ".join(notes) or None)


def pre_trend_p_value(made: Panel, study: pd.DataFrame) -> float:
    """Permutation p-value of the differences before the start, taken together (root of their mean square)."""
    return permutation_p_value(_rms(study.iloc[: made.before - 1]).to_numpy())


def _synthetic_row(made: Panel, synthetic: SyntheticControl, method: str) -> Result:
    means = synthetic.gaps.iloc[made.before :].mean()
    row = _whole(
        made,
        method,
        means[made.donors].to_numpy(),
        float(means[made.treated]),
        synthetic.interval,
        synthetic.p_value,
    )
    fit = float(synthetic.pre_rmspe[made.treated])
    own = made.outcomes[made.treated].iloc[: made.before]
    told: dict[str, Callable[[], bool]] = {
        "the mix of donors follows the area worse before the start than its own mean would: not to be relied on": (
            lambda: fit > float(own.std(ddof=0))
        ),
        f"{len(made.donors)} donors for {made.before} periods: a close match before the start may be chance": (
            lambda: len(made.donors) >= made.before
        ),
        "the test rejects no effect on a side without a limit": lambda: row.lower is None or row.upper is None,
    }
    notes = [text for text, holds in told.items() if holds()]
    return replace(
        row,
        pre_rmspe=fit,
        rmspe_ratio=float(synthetic.ratio[made.treated]),
        note="; ".join([*notes, *_common_notes(made)]) or None,
    )


def _common_notes(made: Panel) -> list[str]:
    notes = []
    smallest = 1 / (len(made.donors) + 1)
    if smallest > SIGNIFICANCE:
        notes.append(
            f"with {len(made.donors)} donors no p-value is below {smallest:.3f}: at 5 % the test can find no effect, "
            "however large"
        )
    if made.left_out:
        notes.append(f"left out, no figure in every period: {', '.join(made.left_out)}")
    return notes
