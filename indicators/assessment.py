"""How sure it is that a target will be reached, and the word for it: trends through each series as it stood.

Arrow tables in and out, arrays between them: every row of every series at once. Each row is assessed from the figures
up to its own period only, so that the assessment of 2025 can be read beside that of 2030. The methods are those of
`trends`.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from indicators import forecast_skill, recalibration, trends
from indicators.alignment import KEY, Known, aligned, numbers
from indicators.outlook import Ahead, Outlook
from indicators.rates import Floats
from indicators.words import AT_THE_TARGET, ENOUGH_POINTS, Standing, held, word

SERIES = pa.schema(
    [
        ("indicator_id", pa.string()),
        ("area_id", pa.string()),
        ("period", pa.string()),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        ("value", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("status", pa.string()),
        ("pooled", pa.bool_()),
        ("disturbed", pa.string()),
        ("broken", pa.string()),
        ("baseline_period", pa.string()),
        ("baseline_value", pa.float64()),
        ("baseline_note", pa.string()),
        ("change", pa.float64()),
        ("change_lower", pa.float64()),
        ("change_upper", pa.float64()),
        ("target_period", pa.string()),
        ("target_value", pa.float64()),
        ("target_status", pa.string()),
        ("adopted_on", pa.date32()),
        ("adopted_baseline", pa.float64()),
        ("adopted_vintage", pa.date32()),
        ("baseline_revision", pa.float64()),
        ("trajectory", pa.string()),
        ("required_value", pa.float64()),
        ("gap_to_required", pa.float64()),
        ("gap_to_target", pa.float64()),
        ("target_comparator_id", pa.string()),
        ("target_gap_then", pa.float64()),
        ("target_gap_now", pa.float64()),
        ("target_gap_share", pa.float64()),
        ("comparator_id", pa.string()),
        ("comparator_period", pa.string()),
        ("comparator_value", pa.float64()),
        ("gap_to_comparator", pa.float64()),
        ("points", pa.int64()),
        ("yearly_change", pa.float64()),
        ("yearly_change_lower", pa.float64()),
        ("yearly_change_upper", pa.float64()),
        ("median_yearly_change", pa.float64()),
        ("recent_trend", pa.string()),
        ("projected_value", pa.float64()),
        ("projected_lower", pa.float64()),
        ("projected_upper", pa.float64()),
        ("probability", pa.float64()),
        ("calibration", pa.string()),
        ("assessment", pa.string()),
        ("newest_word", pa.string()),
        ("pace", pa.float64()),
        ("pace_cagr", pa.float64()),
        ("alternative_period", pa.string()),
        ("alternative_value", pa.float64()),
        ("alternative_target", pa.float64()),
        ("alternative_probability", pa.float64()),
        ("alternative_assessment", pa.string()),
        ("sensitivity", pa.string()),
        ("note", pa.string()),
    ]
)
UNCALIBRATED = "uncalibrated"  # too few past forecasts, or none, to tell what a probability is worth
_ALTERNATIVE = {
    "baseline_period": "alternative_period",
    "baseline_value": "alternative_value",
    "target_value": "alternative_target",
    "probability": "alternative_probability",
    "assessment": "alternative_assessment",
}


def assess(rows: pa.Table, points: pa.Table, past: pa.Table, skill: pa.Table) -> pa.Table:
    """Return the rows of `series.series` with trend, projection, probability, assessment, pace and recent trend.

    points: as `series.points`. past: as `forecast_skill.past_forecasts` gives them: those known by a row's own year
    correct its spread. skill: as `forecast_skill.skill`; without a verdict a probability is given, and said to be
    uncalibrated. The trend of a row runs through the points from its baseline to its period; of windows that a source
    publishes every year, only those that do not overlap, counted back from the row's own. It is extended to the middle
    of the target's period, which for a window of three years that ends with the target year is the year before. A row
    that is not complete, or before its baseline, is not assessed.
    (The literature is named in `trends`, by method)

    20, 22 and 24 rise by 2 a year. From 20 to a target of 38 in 12 years it takes 1.5 a year, so the pace is 2 / 1.5 =
    1.333 of the required one.

    >>> from datetime import date
    >>> from indicators.forecast_skill import PAST_FORECAST, SKILL
    >>> place = {"indicator_id": "a", "area_id": "north"}
    >>> figures = [
    ...     {"period": str(year), "period_end": date(year, 12, 31), "value": value, "lower": None, "upper": None,
    ...      "numerator": None, "denominator": None, "rate": False, "span": 1, "side": 0}
    ...     for year, value in [(2020, 20.0), (2021, 22.0), (2022, 24.0)]
    ... ]
    >>> rule = {
    ...     "year": 2022, "found_year": 2020, "baseline_value": 20.0, "target_year": 2032, "target_value": 38.0,
    ...     "sign": 1, "change_lower": None, "change_upper": None, "pooled": False, "multiplier": 1.0, "usable": True,
    ...     "is_share": False, "status": None, "is_programme": True, "side": 0, "disturbed": None,
    ...     "is_comparable": True, "least_change": None, "change": 4.0, "path_start": 20.0,
    ...     "baseline_lower": None, "baseline_upper": None, "target_relative": None,
    ...     "gap_to_target": None, "target_gap_share": None, "target_gap_closed": None, "baseline_revision": None,
    ... }
    >>> series = pa.Table.from_pylist([place | figures[-1] | rule])
    >>> (row,) = assess(
    ...     series,
    ...     pa.Table.from_pylist([place | figure for figure in figures]),
    ...     PAST_FORECAST.empty_table(),
    ...     SKILL.empty_table(),
    ... ).to_pylist()
    >>> row["newest_word"], round(row["yearly_change"], 3), round(row["pace"], 3)
    ('on track', 2.0, 1.333)
    """
    if not rows.num_rows:
        return _finished(rows, {})
    known = aligned(rows, points, since_baseline=True)
    trend = _Trends(known)
    spread = recalibration.spreads(
        forecast_skill.scores(past), rows["indicator_id"].to_pandas(), rows["year"].to_numpy()
    )
    ends = _ends(rows, known)
    ahead = Outlook(rows, points).at(ends).corrected(spread)
    outlook = _outlook_columns(rows, ahead, skill, known, trend)
    columns = _trend_columns(known, trend) | outlook | _pace_columns(rows, known)
    return _finished(rows, columns | {"note": _notes(rows, outlook["assessment"])})


def _stands_against_baseline(rows: pa.Table) -> np.ndarray:
    """Tell which rows can be judged against their baseline: neither disturbed nor behind a break."""
    undisturbed = rows["disturbed"].is_null().to_numpy().astype(bool)
    return undisturbed & rows["is_comparable"].to_numpy().astype(bool)


def _notes(rows: pa.Table, words: np.ndarray) -> np.ndarray:
    """Say what the word alone does not: why there is none, that a change is small, that an early figure warns."""
    change = numbers(rows, "change")
    adverse = _adverse(numbers(rows, "sign"), numbers(rows, "change_lower"), numbers(rows, "change_upper"))
    small = np.abs(change) < numbers(rows, "least_change")
    wide = numbers(rows, "target_gap_share") < numbers(rows, "target_gap_closed")
    revised = np.abs(np.nan_to_num(numbers(rows, "baseline_revision"))) > 0
    said = {
        "disturbed period: no trend and no word rest on it": rows["disturbed"].is_valid().to_numpy().astype(bool),
        "not comparable with the baseline: no change, path or probability": ~rows["is_comparable"]
        .to_numpy()
        .astype(bool),
        "early warning: already worse than the baseline": (words == "too early") & adverse,
        "the change since the baseline is smaller than what is declared to matter": small,
        "the level aimed at is met, the gap to the comparator of today is not closed as far": wide
        & (numbers(rows, "gap_to_target") >= 0),
        "the baseline was revised since the target was adopted; the target and its path stay": revised,
        "most figures of the series so far rest on few events or are hidden": _weak_series(rows),
    }
    notes = [
        "; ".join(text for text, holds in zip(said, row, strict=True) if holds)
        for row in zip(*said.values(), strict=True)
    ]
    return np.array([note or None for note in notes], object)


def _weak_series(rows: pa.Table) -> np.ndarray:
    """Tell where more than half of a series' figures up to the row are unreliable or hidden, of three or more."""
    table = rows.select([*KEY, "period_end", "period", "status"]).to_pandas().sort_values(["period_end", "period"])
    weak = table["status"].isin(["unreliable", "suppressed"])
    of_series = [table[name] for name in KEY]
    so_far, share = weak.groupby(of_series).cumcount() + 1, weak.astype(float).groupby(of_series).cumsum()
    return ((so_far >= ENOUGH_POINTS) & (share > so_far / 2)).sort_index().to_numpy(bool)


def with_alternative(rows: pa.Table, others: pa.Table) -> pa.Table:
    """Add what the alternative baseline gives (`others`: rows assessed from it), and whether the word depends on it.

    sensitivity: `robust` where both baselines give the same word, else `sensitive`.
    """
    names = ["indicator_id", "area_id", "period"]
    renamed = others.select([*names, *_ALTERNATIVE]).rename_columns([*names, *_ALTERNATIVE.values()])
    joined = rows.drop(list(_ALTERNATIVE.values())).join(renamed, names, join_type="left outer")
    both = pc.and_(pc.is_valid(joined["assessment"]), pc.is_valid(joined["alternative_assessment"]))
    same = pc.equal(joined["assessment"], joined["alternative_assessment"])
    word = pc.if_else(both, pc.if_else(same, "robust", "sensitive"), pa.scalar(None, pa.string()))
    place = joined.schema.get_field_index("sensitivity")
    return ordered(joined.set_column(place, "sensitivity", word))


def ordered(rows: pa.Table) -> pa.Table:
    """Return series in their columns and order."""
    empty = [name for name in SERIES.names if name not in rows.column_names]
    for name in empty:
        rows = rows.append_column(name, pa.nulls(rows.num_rows, SERIES.field(name).type))
    keys = [(name, "ascending") for name in ("indicator_id", "area_id", "period_end", "period")]
    return rows.select(SERIES.names).cast(SERIES).sort_by(keys)


class _Trends:
    """The line through each row's points, with errors from counts or intervals, or else from the scatter alone."""

    def __init__(self, known: Known) -> None:
        self.size = len(known.usable)
        counted, bounded = known.counted, known.bounded
        kinds = {
            "proportion": counted & bounded & ~known.rate,
            "rate": counted & bounded & known.rate,
            "bounded": ~counted & bounded,
            "without": ~bounded,
        }
        self.parts = [
            (where, trends.weighted_trend(known.x[where], known.value[where], _errors(kind, known, where)))
            for kind, where in kinds.items()
            if where.any()
        ]
        self.points = np.zeros(self.size)
        for where, trend in self.parts:
            self.points[where] = trend.points

    def _gather(self, *parts: tuple[np.ndarray, tuple[Floats, ...]]) -> list[Floats]:
        gathered = [np.full(self.size, np.nan) for _ in parts[0][1]]
        for where, columns in parts:
            for whole, column in zip(gathered, columns, strict=True):
                whole[where] = column
        return gathered

    def slope(self) -> list[Floats]:
        return self._gather(*((where, trends.slope_interval(trend)) for where, trend in self.parts))


def _trend_columns(known: Known, trend: _Trends) -> dict[str, np.ndarray]:
    slope, lower, upper = trend.slope()
    return {
        "points": np.where(known.usable, trend.points, np.nan),
        "yearly_change": slope,
        "yearly_change_lower": lower,
        "yearly_change_upper": upper,
        "median_yearly_change": trends.theil_sen(known.x, known.value),
        "recent_trend": _recent(known),
    }


def _ends(rows: pa.Table, known: Known) -> Floats:
    """Return the middle of each target's period, in years; the row's own middle without a target."""
    target_year = np.where(known.usable, numbers(rows, "target_year"), np.nan)
    return np.fmax(target_year - numbers(rows, "year") + known.middle, known.middle)


def _outlook_columns(
    rows: pa.Table, outlook: Ahead, skill: pa.Table, known: Known, trend: _Trends
) -> dict[str, np.ndarray]:
    """Return projection, probability and word; a row has the first two only from three points on.

    There is no probability where past forecasts of the indicator did not come true as often as they said, or more.
    """
    target_year = np.where(known.usable, numbers(rows, "target_year"), np.nan)
    sign, target = numbers(rows, "sign"), numbers(rows, "target_value")
    whole = skill.filter(pc.equal(skill["horizon"], 0))
    verdicts = dict(zip(*(whole[name].to_pylist() for name in ("indicator_id", "verdict")), strict=True))
    judged = [verdicts.get(name) for name in rows["indicator_id"].to_pylist()]
    calibration = np.array([UNCALIBRATED if one in (None, "too few cases") else one for one in judged], object)
    enough = trend.points >= ENOUGH_POINTS
    can_say = enough & np.isin(calibration, ["holds", UNCALIBRATED]) & _stands_against_baseline(rows)
    probability = np.where(can_say, outlook.probability(target, sign), np.nan)
    projected, lower, upper = (np.where(enough & ~np.isnan(target), figure, np.nan) for figure in outlook.interval())
    standing = _standing(rows, known, trend, probability, target_year)
    words = word(standing)
    words[~known.usable & (words != "no data (hidden)")] = None
    return {
        "projected_value": projected,
        "projected_lower": lower,
        "projected_upper": upper,
        "probability": probability,
        "calibration": np.where(np.isnan(probability), np.array(None, object), calibration),
        "assessment": _held(rows, words, np.asarray(standing.ended, bool)),
        "newest_word": words,
    }


def _held(rows: pa.Table, words: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """Return the words to be told of each row, series by series (`words.held`)."""
    table = rows.select([*KEY, "period_end", "period"]).to_pandas().sort_values(["period_end", "period"])
    told = np.full(len(words), None, object)
    for own in table.groupby(KEY, sort=False).indices.values():
        mine = table.index.to_numpy()[own]
        told[mine] = held(words[mine].tolist(), ended[mine].tolist())
    return told


def _standing(rows: pa.Table, known: Known, trend: _Trends, probability: Floats, target_year: Floats) -> Standing:
    sign, target, year = numbers(rows, "sign"), numbers(rows, "target_value"), numbers(rows, "year")
    value = np.where(known.usable, numbers(rows, "value"), np.nan)
    status = np.array(rows["status"].to_pylist(), object)
    aims = rows["is_programme"].to_numpy().astype(bool) & ~np.isnan(numbers(rows, "target_year")) & ~np.isnan(sign)
    stands = _stands_against_baseline(rows)
    past = sign * (value - target) >= 0
    error, of_target = _errors_of_figure(rows), _errors_of_target(rows)
    now = _probability_past(sign * (value - target), np.hypot(error, of_target))
    change_low, change_high = numbers(rows, "change_lower"), numbers(rows, "change_upper")
    _slope, slope_low, slope_high = trend.slope()
    bounded = ~np.isnan(change_low)
    by_change, by_slope = _adverse(sign, change_low, change_high), _adverse(sign, slope_low, slope_high)
    figures = np.where(known.usable & stands, value, np.nan), error
    before, missed = _history(rows, figures, past, year, target_year)
    before &= past & _sure_together(rows, figures, of_target)
    return Standing(
        value=value,
        baseline=numbers(rows, "path_start"),
        target=target,
        sign=sign,
        points=np.nan_to_num(trend.points),
        probability=probability,
        now=now,
        before=before,
        adverse=np.where(bounded, by_change, by_slope & (trend.points >= ENOUGH_POINTS)),
        improving=_adverse(-sign, *_recent_slope(known)),
        ended=year >= target_year,
        late=(year > target_year) & missed,
        weak=(status == "unreliable") | (known.usable & ~stands),
        hidden=(status == "suppressed") & aims & ~(year < numbers(rows, "found_year")),
    )


def _adverse(sign: Floats, lower: Floats, upper: Floats) -> np.ndarray:
    return np.where(sign > 0, upper < 0, (sign < 0) & (lower > 0))


def _recent_slope(known: Known) -> tuple[Floats, Floats]:
    """Return the 95 % interval of the slope through the last five points, by their scatter."""
    number = (~np.isnan(known.value)).cumsum(axis=1)
    recent = np.where(number > number[:, -1:] - trends.RECENT_POINTS, known.value, np.nan)
    line = trends.weighted_trend(known.x, recent)
    _slope, lower, upper = trends.slope_interval(line)
    enough = line.points >= trends.RECENT_POINTS
    return np.where(enough, lower, np.nan), np.where(enough, upper, np.nan)


def _errors_of_figure(rows: pa.Table) -> Floats:
    """Return the standard error that a figure's interval implies; NaN without one."""
    return np.asarray(trends.standard_error(numbers(rows, "lower"), numbers(rows, "upper")))


def _errors_of_target(rows: pa.Table) -> Floats:
    """Return how unsure a target is because the baseline that it is counted from is; 0 where it is not, or unknown.

    Where nothing changes, a baseline that is high by chance has a target that the next figures pass by chance.
    """
    relative, closed = numbers(rows, "target_relative"), numbers(rows, "target_gap_closed")
    share = np.where(np.isnan(relative), np.where(np.isnan(closed), 0.0, 1 - closed), 1 + relative)
    limits = numbers(rows, "baseline_lower"), numbers(rows, "baseline_upper")
    return np.nan_to_num(share * np.asarray(trends.standard_error(*limits)))


def _probability_past(ahead: Floats, error: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(error > 0, special.ndtr(ahead / error), np.nan)


def _sure_together(rows: pa.Table, figures: tuple[Floats, Floats], of_target: Floats) -> np.ndarray:
    """Tell whether a figure and the one before are, in their mean, surely past the target; true without intervals.

    Windows that overlap share their figures, so that the mean of two is no surer than one.
    """
    table = rows.select([*KEY, "period_end", "period"]).to_pandas().assign(value=figures[0], error=figures[1])
    table = table[table["value"].notna()].sort_values(["period_end", "period"])
    earlier = table.groupby(KEY)[["value", "error"]].shift(1).reindex(range(rows.num_rows)).to_numpy(float).T
    overlapping = numbers(rows, "span") > 1
    both = np.where(overlapping, np.fmax(figures[1], earlier[1]), np.hypot(figures[1], earlier[1]) / 2)
    ahead = numbers(rows, "sign") * ((figures[0] + earlier[0]) / 2 - numbers(rows, "target_value"))
    together = _probability_past(ahead, np.hypot(both, of_target))
    return np.isnan(together) | (together >= AT_THE_TARGET)


def _history(
    rows: pa.Table, figures: tuple[Floats, Floats], past: np.ndarray, year: Floats, target_year: Floats
) -> tuple[np.ndarray, np.ndarray]:
    """Return whether the figure before was past the target, and whether the last by the target's year was not."""
    table = rows.select([*KEY, "period_end", "period"]).to_pandas().assign(past=past, year=year, until=target_year)
    table = table[~np.isnan(figures[0])].sort_values(["period_end", "period"])
    before = table.groupby(KEY)["past"].shift(1)
    by_then = table[table["year"] <= table["until"]].groupby(KEY)["past"].last()
    of_rows = by_then.reindex(pd.MultiIndex.from_frame(table[KEY]))
    missed = ~of_rows.astype("boolean").fillna(value=True).to_numpy(bool)
    result = np.zeros((2, len(past)), bool)
    result[0, table.index] = before.eq(other=True).to_numpy()
    result[1, table.index] = missed
    return result[0], result[1]


def _pace_columns(rows: pa.Table, known: Known) -> dict[str, np.ndarray]:
    """Return both pace ratios, for rows whose target lies after their baseline."""
    baseline_year, target_year = numbers(rows, "found_year"), numbers(rows, "target_year")
    path = numbers(rows, "sign") * (numbers(rows, "target_value") - numbers(rows, "path_start")) > 0
    ahead = known.usable & path & (target_year > baseline_year) & _stands_against_baseline(rows)
    baseline, value, start, now, end = (
        np.where(ahead, figures, np.nan)
        for figures in (
            numbers(rows, "path_start"),
            numbers(rows, "value"),
            baseline_year,
            numbers(rows, "year"),
            target_year,
        )
    )
    ratios = trends.pace(baseline, value, numbers(rows, "target_value"), (start, now, end))
    return {"pace": ratios.linear, "pace_cagr": ratios.cagr}


def _errors(kind: str, known: Known, where: np.ndarray) -> Floats | None:
    if kind == "without":
        return None
    if kind == "bounded":
        return np.asarray(trends.standard_error(known.lower[where], known.upper[where]))
    counts = known.numerator[where], known.denominator[where]
    if kind == "proportion":
        return trends.pooled_standard_errors(*counts)
    return trends.pooled_rate_errors(*counts) * known.multiplier[where, np.newaxis]


def _recent(known: Known) -> np.ndarray:
    direction = trends.recent_trend(known.value, known.lower, known.upper, known.x).direction.astype(object)
    direction[direction == "too few points"] = None
    return np.asarray(direction)


def _finished(rows: pa.Table, columns: dict[str, np.ndarray]) -> pa.Table:
    for name, values in columns.items():
        kind = SERIES.field(name).type
        if values.dtype == object:
            column = pa.array(values.tolist(), kind)
        else:
            column = pa.array(np.where(np.isfinite(values), values, np.nan), pa.float64(), from_pandas=True).cast(kind)
        rows = rows.append_column(name, column)
    return ordered(rows)
