"""Did the programme do it? One area with a programme against areas without, before and after: figures from models.

Pure: a panel of outcomes in, tables out. Methods on the same panel: an event study and difference-in-differences
(two-way fixed effects), a synthetic control in two forms, Abadie's and demeaned, and synthetic
difference-in-differences (`evaluation_methods`); beside them what they lean on (`evaluation_robustness`).

Inference is by permutation throughout (`evaluation_inference`): every area of the panel is treated as if it had the
programme, and the real one is ranked among them. Cluster-robust standard errors are not given, for with one treated
cluster they are invalid: they reject far too often (Conley & Taber 2011, REStat 93:113; MacKinnon & Webb 2017, J Appl
Econometrics 32:233). The price: with J donors no p-value is below 1/(J+1), whatever the effect. What is evaluated is
decided in the catalogue; figures are found in the pipelines.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from indicators.evaluation_inference import (
    SIGNIFICANCE,
    Interval,
    minimum_detectable,
    not_rejected,
    permutation_p_value,
    rejections,
)
from indicators.evaluation_methods import (
    SyntheticControl,
    difference_in_differences,
    equal_weights,
    event_study,
    synthetic_control,
    synthetic_difference,
)
from indicators.evaluation_panel import ENOUGH_BEFORE, ENOUGH_BEFORE_TO_MATCH, ENOUGH_DONORS, Panel, among
from indicators.evaluation_robustness import bounds, detectable_drift, left_out, moved_back, pre_trend_p_value
from indicators.rates import Floats

Status = Literal["modelled", "not evaluated"]

EVENT_STUDY, DIFFERENCE, PRE_TREND = "event study", "difference-in-differences", "pre-trend test"
SYNTHETIC, DEMEANED = "synthetic control", "demeaned synthetic control"
SYNTHETIC_DIFFERENCE = "synthetic difference-in-differences"
# Each gives one estimate for all periods after the start, with placebos; the others are beside these.
METHODS = (DIFFERENCE, SYNTHETIC, DEMEANED, SYNTHETIC_DIFFERENCE)
_MATCHING = (SYNTHETIC, DEMEANED, SYNTHETIC_DIFFERENCE)
BY_PERIOD, BOUNDS, LEFT_OUT = ", by period", ", Rambachan-Roth bounds", ", one donor left out"
MOVED_BACK, WITHOUT_NEIGHBOURS = ", start moved back", ", without neighbours"


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


@dataclass(frozen=True)
class Run:
    """A method put to each area of a panel as if it were treated, and what its permutation test ranks.

    estimates: by area. effects: rows x areas; weights: areas x areas; scale: by area (see `evaluation_inference`).
    """

    estimates: pd.Series
    effects: Floats
    weights: Floats
    scale: Floats | None = None
    control: SyntheticControl | None = None

    @property
    def p_value(self) -> float:
        """Share of areas at least as extreme as the treated one."""
        sizes = np.sqrt((self.effects**2).mean(axis=0))
        return permutation_p_value(sizes if self.scale is None else sizes / self.scale)

    @property
    def interval(self) -> Interval:
        """Constant effects on the treated area that the test does not reject."""
        loads = -self.weights[:, 0]
        loads[0] = 1.0
        return not_rejected(self.effects, loads, scale=self.scale, ranks=rejections(self.effects.shape[1]))


def applied(data: Panel, method: str) -> Run:
    """Put one of METHODS to each area of the panel."""
    if method == DIFFERENCE:
        effects = difference_in_differences(data)
        return Run(effects, effects.to_numpy()[np.newaxis], equal_weights(len(effects)))
    if method == SYNTHETIC_DIFFERENCE:
        found = synthetic_difference(data)
        return Run(found.effects, found.effects.to_numpy()[np.newaxis], found.weights)
    control = synthetic_control(data, demeaned=method == DEMEANED)
    after = control.gaps.iloc[data.before :]
    return Run(after.mean(), after.to_numpy(), control.weights, control.scale, control)


def evaluate(data: Panel, neighbours: Collection[str] = ()) -> Evaluation:
    """Return the results of every method on the panel: the methods and their literature are those of this module.

    With too few periods to match paths, only the event study and difference-in-differences are computed. neighbours:
    donors that may have felt the programme; every method is then put to the others alone as well.

    >>> years = ["2017", "2018", "2019", "2020"]
    >>> periods = pd.DataFrame({"period": years, "period_start": years, "period_end": years})
    >>> outcomes = pd.DataFrame({f"d{number}": [1.0, 2.0, 1.0, 2.0] for number in range(10)}, years)
    >>> outcomes.insert(0, "north", [2.0, 3.0, 2.0, 7.0])
    >>> data = Panel(outcomes, periods, before=3)
    >>> [(row.method, round(row.estimate, 6)) for row in evaluate(data).results if row.phase == "whole"]
    [('difference-in-differences', 4.0), ('difference-in-differences, Rambachan-Roth bounds', 4.0)]
    """
    study = event_study(data)
    runs = {method: applied(data, method) for method in METHODS if data.before >= _needed(method)}
    results = _event_study_rows(data, study)
    for method in METHODS:
        if method not in runs:
            results.append(not_evaluated(_too_short(data), method))
            continue
        run = runs[method]
        if run.control:
            results += _path_rows(data, run.control, method)
        row = _whole_row(data, method, run)
        results.append(_with_trend(data, study, row) if method == DIFFERENCE else row)
    results += [_trend_row(data, study), _bounds_row(data, study)]
    results += [_left_out_row(data, method) for method in (SYNTHETIC, DEMEANED) if method in runs]
    results += _moved_back_rows(data)
    if neighbours:
        results += _without_neighbours(data, neighbours)
    controls = {method: run.control for method, run in runs.items() if run.control}
    return Evaluation(data, results, placebos(data, runs), controls)


def _needed(method: str) -> int:
    return ENOUGH_BEFORE_TO_MATCH if method in _MATCHING else ENOUGH_BEFORE


def _too_short(data: Panel) -> str:
    return f"{data.before} periods before the start; at least {ENOUGH_BEFORE_TO_MATCH} are needed to match paths"


def not_evaluated(why: str, method: str = "none") -> Result:
    """Return the row that says why there is no figure."""
    return Result(method, "not evaluated", note=why)


def placebos(data: Panel, runs: dict[str, Run]) -> pd.DataFrame:
    """Return one row per method and area with what its (placebo) run gave; weight: of a donor for the treated area."""
    tables = []
    for method, run in runs.items():
        weights = pd.Series(run.weights[0], data.outcomes.columns)[data.donors].reindex(data.outcomes.columns)
        table = {"method": method, "weight": weights, "estimate": run.estimates}
        if run.control:
            table |= {
                "pre_rmspe": run.control.pre_rmspe,
                "post_rmspe": run.control.post_rmspe,
                "rmspe_ratio": run.control.ratio,
            }
        tables.append(pd.DataFrame(table).rename_axis("area_id").reset_index())
    numbers = ["weight", "estimate", "pre_rmspe", "post_rmspe", "rmspe_ratio"]
    stacked = pd.concat(tables).reindex(columns=["method", "area_id", *numbers])
    return stacked.astype(dict.fromkeys(numbers, float))


def _event_study_rows(data: Panel, study: pd.DataFrame) -> list[Result]:
    rows: list[Result] = []
    weights = equal_weights(len(data.outcomes.columns))
    for number, row in enumerate(_by_period(data, study[data.treated], EVENT_STUDY)):
        if number == data.before - 1:
            rows.append(replace(row, note="the period that the others are compared with: 0 by definition"))
            continue
        run = Run(study.iloc[number], study.iloc[[number]].to_numpy(), weights)
        rows.append(replace(_bounded(row, run.interval), p_value=run.p_value, note=run.interval.shape))
    return rows


def _bounded(row: Result, interval: Interval) -> Result:
    return replace(row, lower=interval.lower, upper=interval.upper, confidence=interval.confidence)


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


def _spanning(data: Panel, method: str, estimate: float | None, first: int, last: int) -> Result:
    """Return a row of the periods from one to another together (numbers of rows, the last excluded)."""
    over = data.periods.iloc[first:last]
    value = float(data.outcomes[data.treated].iloc[first:last].mean()) if estimate is not None else None
    return Result(
        method,
        "modelled",
        "-".join(dict.fromkeys(over["period"].iloc[[0, -1]])),
        over["period_start"].iloc[0],
        over["period_end"].iloc[-1],
        phase="whole" if last > data.before else "before",
        value=value,
        reference=None if value is None or estimate is None else value - estimate,
        estimate=estimate,
        donors=len(data.donors),
    )


def _whole_row(data: Panel, method: str, run: Run) -> Result:
    """Return the row of all periods after the start together."""
    row = _spanning(data, method, float(run.estimates[data.treated]), data.before, len(data.outcomes))
    interval = run.interval
    donors_alone = among(data, data.donors)
    placebo = applied(donors_alone, method)
    mde = minimum_detectable(
        placebo.effects, placebo.weights, scale=placebo.scale, ranks=rejections(len(data.donors) + 1)
    )
    notes = [*_fit_notes(data, run), *([interval.shape] if interval.shape else [])]
    if mde is None:
        notes.append("no effect, however large, would be found in 80 of 100 cases")
    if run.control:
        row = replace(
            row,
            pre_rmspe=float(run.control.pre_rmspe[data.treated]),
            rmspe_ratio=float(run.control.ratio[data.treated]),
        )
    note = "; ".join([*notes, *_common_notes(data)]) or None
    return replace(_bounded(row, interval), p_value=run.p_value, mde=mde, note=note)


def _fit_notes(data: Panel, run: Run) -> list[str]:
    if run.control is None:
        return []
    fit = float(run.control.pre_rmspe[data.treated])
    own = data.outcomes[data.treated].iloc[: data.before]
    conditions: dict[str, Callable[[], bool]] = {
        "the mix of donors follows the area worse before the start than its own mean would: not to be relied on": (
            lambda: fit > float(own.std(ddof=0))
        ),
        f"{len(data.donors)} donors for {data.before} periods: a close match before the start may be chance": (
            lambda: len(data.donors) >= data.before
        ),
    }
    return [text for text, holds in conditions.items() if holds()]


def _with_trend(data: Panel, study: pd.DataFrame, row: Result) -> Result:
    trend = pre_trend_p_value(data, study)
    if trend <= max(SIGNIFICANCE, 1 / (len(data.donors) + 1)):
        apart = "the area moved apart from the donors before the start already: the estimate mixes both"
        row = replace(row, note="; ".join([apart, *([row.note] if row.note else [])]))
    return replace(row, pre_trend_p_value=trend)


def _trend_row(data: Panel, study: pd.DataFrame) -> Result:
    row = _spanning(data, PRE_TREND, None, 0, data.before)
    drift = detectable_drift(data)
    if drift is None:
        note = "no steady drift, however large, would be found in 80 of 100 cases: the test is no reassurance"
    else:
        hidden = drift * (len(data.outcomes) - data.before + 1) / 2
        note = (
            "mde is per period: a smaller steady drift would often go unseen, and one of that size makes up "
            f"{hidden:.4g} on average after the start"
        )
    trend = pre_trend_p_value(data, study)
    return replace(row, p_value=trend, pre_trend_p_value=trend, mde=drift, note=note)


def _bounds_row(data: Panel, study: pd.DataFrame) -> Result:
    found = bounds(data, study)
    row = _spanning(data, DIFFERENCE + BOUNDS, found.estimate, data.before, len(data.outcomes))
    note = (
        f"from the last period before the start; {found.low:.4g} to {found.high:.4g} if the area drifts apart by no "
        "more from one period to the next than it did at most before (M = 1); lower and upper with the test's interval"
    )
    if found.breakdown is not None:
        beyond = (
            "0 is not rejected even without any drift"
            if not found.breakdown
            else f"0 from M = {found.breakdown:.2g} on"
        )
        note += f"; {beyond}"
    return replace(row, lower=found.lower, upper=found.upper, confidence=found.confidence, note=note)


def _left_out_row(data: Panel, method: str) -> Result:
    """Return the row whose limits are the least and greatest estimate without one of the donors."""
    found = left_out(data, demeaned=method == DEMEANED)
    estimate = float(applied(data, method).estimates[data.treated])
    row = _spanning(data, method + LEFT_OUT, estimate, data.before, len(data.outcomes))
    note = (
        f"lower and upper are the estimates without {found.idxmin()} and without {found.idxmax()}, of {len(found)} "
        "donors with a weight: no interval of a test"
    )
    return replace(row, lower=float(found.min()), upper=float(found.max()), note=note)


def _moved_back_rows(data: Panel) -> Iterator[Result]:
    for method in METHODS:
        earlier = moved_back(data, _needed(method))
        if earlier is None:
            yield not_evaluated(f"{data.before} periods before the start are too few", method + MOVED_BACK)
            continue
        row = _whole_row(earlier, method, applied(earlier, method))
        yield replace(row, method=method + MOVED_BACK, phase="before")


def _without_neighbours(data: Panel, neighbours: Collection[str]) -> Iterator[Result]:
    others = [name for name in data.donors if name not in neighbours]
    gone = [name for name in data.donors if name in neighbours]
    clean = among(data, [data.treated, *others])
    for method in METHODS:
        if data.before < _needed(method):
            continue
        if len(others) < ENOUGH_DONORS:
            why = f"{len(others)} donors that cannot have felt the programme; at least {ENOUGH_DONORS} are needed"
            yield not_evaluated(why, method + WITHOUT_NEIGHBOURS)
            continue
        row = _whole_row(clean, method, applied(clean, method))
        note = f"without {', '.join(gone) or 'any change: no neighbour is among the donors'}"
        yield replace(
            row, method=method + WITHOUT_NEIGHBOURS, note="; ".join([note, *([row.note] if row.note else [])])
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
    return [*notes, *data.notes]
