"""How good the projections were: every past year's forecast held against the figure that was published later.

Arrow tables in and out. Each row of a series is forecast from what was published by its own year, by the functions
that `assessment` uses, and compared with the same area's figure of one to ten years later; nothing later is ever used,
neither for the forecast nor for how earlier ones correct its spread (`recalibration`).
Beside it stand three plain forecasts: no change, the straight line, and half of the drift so far. Targets are changes
of 10, 20 and 30 per cent up and down, as programmes set them.
(Brier 1950, Monthly Weather Review 78:1; Dawid 1982, JASA 77:605; Tashman 2000, Int. Journal of Forecasting 16:437)
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators import trends
from indicators.alignment import KEY
from indicators.dictionary import BASE_RATE, FORECAST_CALIBRATION, FORECAST_SKILL
from indicators.outlook import Ahead, Outlook
from indicators.projection import forecast, moments
from indicators.rates import Floats
from indicators.recalibration import spreads

HORIZONS = range(1, 11)
CHANGES = (-0.3, -0.2, -0.1, 0.1, 0.2, 0.3)
FEWEST_FIGURES = 4  # that a forecast is made from
ENOUGH_CASES, ENOUGH_IN_TENTH = 50, 30
COVERAGE = (0.90, 0.98)
WORST_TENTH = 0.10
WORSE_THAN_PLAIN = WORST_TENTH**2  # what being off by that in every tenth costs in Brier score
MOST = 4.0  # a normal score beyond it counts as it: one of 15,000 is

SKILL, CALIBRATION, BASE_RATES = FORECAST_SKILL.arrow, FORECAST_CALIBRATION.arrow, BASE_RATE.arrow
PAST_FORECAST = pa.schema(
    [
        *((name, pa.string()) for name in KEY),
        ("is_programme", pa.bool_()),
        ("year", pa.int64()),  # in which it was made
        ("horizon", pa.int64()),  # years ahead
        ("score", pa.float64()),  # the normal score of what came, before correction
        ("corrected", pa.bool_()),  # whether an earlier forecast of the indicator could be judged by then
        ("within_80", pa.bool_()),  # the figure that was published later lies in the interval
        ("within_95", pa.bool_()),
        ("change", pa.float64()),  # the target, relative to the figure of its year
        ("reached", pa.bool_()),  # NULL: the figure was 0, which has no such target
        *((name, pa.float64()) for name in ("ours", "no_change", "straight_line", "half_drift")),  # probabilities
    ]
)
_ALIKE = ["span", "side"]  # of windows as long as the row's, on its side of all breaks
_AT_ONCE = 50_000  # forecasts whose figures are held in memory together
_PEERS = ("no_change", "straight_line", "half_drift")


def past_forecasts(rows: pa.Table, points: pa.Table) -> pa.Table:
    """Return every forecast that can be judged, held against each target: PAST_FORECAST, a row per forecast and change.

    rows: as `series.shown` gives them, of every area. points: as `series.points`.
    """
    if not rows.num_rows:
        return PAST_FORECAST.empty_table()
    outlook = Outlook(rows, points)
    lines = _can_be_judged(rows, points, outlook)
    if not len(lines):
        return PAST_FORECAST.empty_table()
    judged = [_judged(lines[start : start + _AT_ONCE], outlook) for start in range(0, len(lines), _AT_ONCE)]
    seen = pd.concat([one.lines for one in judged])
    spread = spreads(seen, seen["indicator_id"], seen["year"].to_numpy())
    first = (seen["year"] + seen["horizon"]).groupby(seen["indicator_id"]).transform("min")
    seen = seen.assign(spread=spread, corrected=seen["year"] >= first)
    found = pd.concat([_held_against_targets(one._replace(lines=seen.loc[one.lines.index])) for one in judged])
    return pa.Table.from_pandas(found, schema=PAST_FORECAST, preserve_index=False)


def scores(past: pa.Table) -> pd.DataFrame:
    """Return a row per forecast, as `recalibration.spreads` takes it. past: PAST_FORECAST."""
    forecasts = past.filter(pc.equal(past["change"], CHANGES[0]))
    return forecasts.select(["indicator_id", "year", "horizon", "score"]).to_pandas()


class _Judged(NamedTuple):
    """Forecasts with the figure that came (`outcome`) and its score, ours and the plain ones of the same cases."""

    lines: pd.DataFrame
    ours: Ahead
    peers: "dict[str, Chance]"


def _can_be_judged(rows: pa.Table, points: pa.Table, outlook: Outlook) -> pd.DataFrame:
    """Return a line per row and horizon of which the figure came: the row's number (`row`), `horizon`, `outcome`."""
    made, came = (table.select([*KEY, *_ALIKE]).to_pandas() for table in (rows, points))
    series = pd.concat([made, came]).groupby([*KEY, *_ALIKE], sort=False, dropna=False).ngroup().to_numpy()
    years = pc.year(points["period_end"]).to_numpy()
    # Of several figures of one year the last.
    figures = pd.Series(points["value"].to_numpy(), pd.MultiIndex.from_arrays([series[len(made) :], years]))
    figures = figures[~figures.index.duplicated(keep="last")]
    year, ahead = rows["year"].to_numpy().astype(int), np.arange(len(made))
    row, horizon = np.tile(ahead, len(HORIZONS)), np.repeat(np.array(HORIZONS), len(made))
    outcome = figures.reindex([series[row], year[row] + horizon]).to_numpy()
    enough = (~np.isnan(outlook.known.value)).sum(axis=1) >= FEWEST_FIGURES
    newest = outlook.last == outlook.known.middle  # an incomplete row repeats an earlier forecast
    has_value = rows["value"].is_valid().to_numpy().astype(bool)
    can_be = (enough & newest & has_value)[row] & ~np.isnan(outcome)
    row, horizon, outcome = row[can_be], horizon[can_be], outcome[can_be]
    lines = rows.select([*KEY, "year", "value", "is_programme"]).take(row).to_pandas()
    return lines.assign(row=row, horizon=horizon, outcome=outcome)


def _judged(lines: pd.DataFrame, outlook: Outlook) -> _Judged:
    mine = outlook.of(lines["row"].to_numpy())
    until = mine.known.middle + lines["horizon"].to_numpy()
    ours = mine.of_figures(mine.at(until).forecast)
    # A figure at a limit of its scale has a score without limit, which would outweigh all others.
    lines = lines.assign(score=np.clip(ours.score(lines["outcome"].to_numpy()), -MOST, MOST))
    return _Judged(lines, ours, _peers(mine, until))


def _held_against_targets(judged: _Judged) -> pd.DataFrame:
    lines = judged.lines.reset_index(drop=True)
    ours = judged.ours.corrected(lines["spread"].to_numpy())
    probabilities = judged.peers | {"ours": ours.probability}
    for confidence in (80, 95):
        _middle, low, high = ours.interval(confidence / 100)
        lines[f"within_{confidence}"] = (low <= lines["outcome"]) & (lines["outcome"] <= high)
    held = []
    for change in CHANGES:
        target, sign = lines["value"].to_numpy() * (1 + change), np.full(len(lines), np.sign(change))
        columns = {name: of(target, sign) for name, of in probabilities.items()}
        reached = pd.Series(sign * (lines["outcome"].to_numpy() - target) >= 0).astype("boolean")
        held.append(lines.assign(change=change, reached=reached.where(target > 0), **columns))
    return pd.concat(held)


def skill(past: pa.Table) -> pa.Table:
    """Return how the forecasts came out: SKILL per indicator and horizon (0: all). past: PAST_FORECAST.

    Those of an indicator's first years are left out, which no earlier forecast could correct, as it does today's.
    `years` counts the years that forecasts were made in: areas of one year share the country's shocks, so that cases
    are not independent. `verdict` of an indicator's whole: 'holds' where the 95 % interval held 90 to 98 % of figures
    and no tenth of the probabilities with 30 cases or more is off by over 10 points, and no plain forecast's Brier
    score is lower by over 0.01; 'too cautious' where it held more; 'does not hold'; 'too few cases' under 50.
    """
    found = past.filter(past["corrected"]).to_pandas()
    if not len(found):
        return SKILL.empty_table()
    cases, targets = found[found["change"] == CHANGES[0]], _with_target(found)
    scores = [_scores(cases, targets, by) for by in (["indicator_id"], ["indicator_id", "horizon"])]
    return pa.Table.from_pandas(pd.concat(scores), schema=SKILL, preserve_index=False)


def calibration(past: pa.Table) -> pa.Table:
    """Return the probabilities given and what came true, by tenth: CALIBRATION, of what `skill` judges."""
    targets = _with_target(past.filter(past["corrected"]).to_pandas())
    if not len(targets):
        return CALIBRATION.empty_table()
    return pa.Table.from_pandas(_tenths(targets).reset_index(), schema=CALIBRATION, preserve_index=False)


def base_rates(past: pa.Table) -> pa.Table:
    """Count how often areas without a programme came that far: BASE_RATES. past: PAST_FORECAST."""
    targets = _with_target(past.to_pandas())
    if not len(targets):
        return BASE_RATES.empty_table()
    grouped = targets[~targets["is_programme"].astype(bool)].groupby(["indicator_id", "horizon", "change"])
    counted = {"cases": grouped.size(), "areas": grouped["area_id"].nunique(), "reached": grouped["reached"].mean()}
    return pa.Table.from_pandas(pd.DataFrame(counted).reset_index(), schema=BASE_RATES, preserve_index=False)


def _with_target(past: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a target: a figure of 0 has none that is a share of it."""
    held = past[past["reached"].notna()]
    return held.assign(reached=held["reached"].astype(bool))


Chance = Callable[[Floats, Floats], Floats]


def _peers(outlook: Outlook, until: Floats) -> dict[str, Chance]:
    """Return the plain forecasts that ours must not be worse than, each as the probability of reaching a target."""
    ahead = np.where(np.isfinite(outlook.last), until - outlook.last, 0)
    undrifting = outlook.pooled._replace(drift=np.zeros(len(until)), shared=np.zeros(len(until)))
    still = forecast(*outlook.on_scale, undrifting, np.fmax(until, outlook.last))
    drift = np.nan_to_num(moments(*outlook.on_scale).drift)
    half = replace(still, level=still.level + drift * ahead / 2)
    line = trends.weighted_trend(outlook.known.x, outlook.known.value)

    def straight(target: Floats, sign: Floats) -> Floats:
        return np.asarray(trends.probability_of_reaching(target, line, until, sign))

    return {
        "no_change": outlook.of_figures(still).probability,
        "half_drift": outlook.of_figures(half).probability,
        "straight_line": straight,
    }


def _scores(cases: pd.DataFrame, targets: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    of_cases = cases.groupby(by)
    found = pd.DataFrame(
        {
            "cases": of_cases.size(),
            "areas": of_cases["area_id"].nunique(),
            "years": of_cases["year"].nunique(),
            "coverage_80": of_cases["within_80"].mean(),
            "coverage_95": of_cases["within_95"].mean(),
        }
    )
    for name in ("ours", *_PEERS):
        missed = (targets[name] - targets["reached"]) ** 2
        found["brier" if name == "ours" else f"brier_{name}"] = missed.groupby([targets[key] for key in by]).mean()
    found["skill"] = 1 - found["brier"] / found["brier_no_change"].where(found["brier_no_change"] > 0)
    found["calibration_error"] = _worst_tenth(targets, by)
    found["verdict"] = None
    if by == ["indicator_id"]:
        least, most = COVERAGE
        few, cautious = found["cases"] < ENOUGH_CASES, found["coverage_95"] > most
        wrong = (found["coverage_95"] < least) | (found["calibration_error"] > WORST_TENTH)
        wrong |= found["brier"] - found[[f"brier_{name}" for name in _PEERS]].min(axis=1) > WORSE_THAN_PLAIN
        words = {"too few cases": few, "does not hold": wrong, "too cautious": cautious}
        found["verdict"] = np.select(list(words.values()), list(words), "holds")
        found["horizon"] = 0
    return found.reset_index()


def _worst_tenth(targets: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    """Return the largest difference between given and come true of a tenth with enough cases."""
    tenths = _tenths(targets, by)
    off = (tenths["given"] - tenths["came_true"]).abs()[tenths["cases"] >= ENOUGH_IN_TENTH]
    return off.groupby(level=list(by)).max()


def _tenths(targets: pd.DataFrame, by: Sequence[str] = ("indicator_id",)) -> pd.DataFrame:
    """Put forecasts into tenths of the probability given, and count how many came true."""
    tenth = pd.Series(np.minimum((targets["ours"] * 10).astype(int), 9), name="tenth")
    grouped = targets.groupby([*(targets[key] for key in by), tenth])
    return pd.DataFrame(
        {"cases": grouped.size(), "given": grouped["ours"].mean(), "came_true": grouped["reached"].mean()}
    )


def over_all(calibration: pa.Table) -> list[dict[str, float]]:
    """Return tenth, cases, given and came_true over all indicators of CALIBRATION, by tenth.

    Of 30 forecasts given 0.5 and 10 given 0.6 in one tenth, the mean is 0.525.

    >>> rows = [("a", 5, 30, 0.5, 0.4), ("b", 5, 10, 0.6, 0.8)]
    >>> table = pa.Table.from_pylist([dict(zip(CALIBRATION.names, row, strict=True)) for row in rows])
    >>> over_all(table)
    [{'tenth': 5, 'cases': 40, 'given': 0.525, 'came_true': 0.5}]
    """
    found = calibration.to_pandas()
    weighed = found.assign(**{name: found[name] * found["cases"] for name in ("given", "came_true")})
    summed = weighed.groupby("tenth", as_index=False)[["cases", "given", "came_true"]].sum()
    summed[["given", "came_true"]] = summed[["given", "came_true"]].div(summed["cases"], axis=0)
    rows: list[dict[str, float]] = summed.to_dict("records")
    return rows
