"""How sure it is that a target will be reached, and the word for it: trends through each series as it stood.

Arrow tables in and out, arrays between them: every row of every series at once. Each row is assessed from the figures
up to its own period only, so that the assessment of 2025 can be read beside that of 2030. The methods are those of
`trends`.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators import trends
from indicators.rates import Floats

_KEY = ["indicator_id", "area_id"]
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
        ("baseline_period", pa.string()),
        ("baseline_value", pa.float64()),
        ("baseline_note", pa.string()),
        ("change", pa.float64()),
        ("change_lower", pa.float64()),
        ("change_upper", pa.float64()),
        ("target_period", pa.string()),
        ("target_value", pa.float64()),
        ("target_status", pa.string()),
        ("trajectory", pa.string()),
        ("required_value", pa.float64()),
        ("gap_to_required", pa.float64()),
        ("gap_to_target", pa.float64()),
        ("comparator_id", pa.string()),
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
        ("assessment", pa.string()),
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
_ALTERNATIVE = {
    "baseline_period": "alternative_period",
    "baseline_value": "alternative_value",
    "target_value": "alternative_target",
    "probability": "alternative_probability",
    "assessment": "alternative_assessment",
}


def assess(rows: pa.Table, points: pa.Table) -> pa.Table:
    """Return the rows of `series.series` with trend, projection, probability, assessment, pace and recent trend.

    points: as `series.points`. The trend of a row runs through the points from its baseline to its period; of windows
    that a source publishes every year, only those that do not overlap, counted back from the row's own. It is extended
    to the middle of the target's period, which for a window of three years that ends with the target year is the year
    before. A row that is not complete, or before its baseline, is not assessed.
    (The literature is named in `trends`, by method)

    20, 22 and 24 lie on a line that rises by 2 a year, to 44 in 2032. From 20 to a target of 38 in 12 years it takes
    1.5 a year, so the pace is 2 / 1.5 = 1.333 of the required one.

    >>> from datetime import date
    >>> place = {"indicator_id": "a", "area_id": "north"}
    >>> figures = [
    ...     {"period": str(year), "period_end": date(year, 12, 31), "value": value, "lower": None, "upper": None,
    ...      "numerator": None, "denominator": None, "rate": False, "span": 1}
    ...     for year, value in [(2020, 20.0), (2021, 22.0), (2022, 24.0)]
    ... ]
    >>> rule = {
    ...     "year": 2022, "found_year": 2020, "baseline_value": 20.0, "target_year": 2032, "target_value": 38.0,
    ...     "sign": 1, "change_lower": None, "change_upper": None, "pooled": False, "multiplier": 1.0, "usable": True,
    ... }
    >>> series = pa.Table.from_pylist([place | figures[-1] | rule])
    >>> (row,) = assess(series, pa.Table.from_pylist([place | figure for figure in figures])).to_pylist()
    >>> row["assessment"], round(row["yearly_change"], 3), round(row["projected_value"], 3), round(row["pace"], 3)
    ('on track', 2.0, 44.0, 1.333)
    """
    if not rows.num_rows:
        return _finished(rows, {})
    known = _aligned(rows, points)
    trend = _Trends(known)
    return _finished(
        rows, _trend_columns(known, trend) | _outlook_columns(rows, known, trend) | _pace_columns(rows, known)
    )


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


class _Known(NamedTuple):
    """The points of its series (second axis) that each row (first axis) is assessed from; NaN where it has none."""

    x: Floats
    value: Floats
    lower: Floats
    upper: Floats
    numerator: Floats
    denominator: Floats
    rate: np.ndarray
    usable: np.ndarray
    multiplier: Floats
    span: Floats
    middle: Floats


def _aligned(rows: pa.Table, points: pa.Table) -> _Known:
    figures = points.to_pandas().sort_values([*_KEY, "period_end"])
    keys = pd.MultiIndex.from_frame(figures[_KEY])
    series = keys.drop_duplicates()
    group, number = series.get_indexer(keys), figures.groupby(_KEY, sort=False).cumcount().to_numpy()
    shape = (len(series) + 1, int(number.max(initial=0)) + 1)  # the last line is of series without any point
    mine = series.get_indexer(pd.MultiIndex.from_frame(rows.select(_KEY).to_pandas()))

    def matrix(values: Floats) -> Floats:
        filled = np.full(shape, np.nan)
        filled[group, number] = values
        return filled[mine]

    year, span, at = _numbers(rows, "year"), _numbers(rows, "span"), _ends(rows["period_end"].to_pandas())
    spans, moments = matrix(figures["span"].to_numpy(float)), matrix(_ends(figures["period_end"]))
    with np.errstate(invalid="ignore"):
        years = np.ceil(moments)
        # The points of our pooled windows are single years; those of the baseline begin span - 1 years before its end.
        since = _numbers(rows, "found_year") - (span - 1) * rows["pooled"].to_numpy().astype(float)
        seen = (moments <= at[:, None]) & (years >= since[:, None]) & ((year[:, None] - years) % spans == 0)
    usable = rows["usable"].to_numpy().astype(bool)
    seen &= usable[:, None]

    def figure(name: str) -> Floats:
        return np.where(seen, matrix(figures[name].to_numpy(float)), np.nan)

    return _Known(
        x=np.where(seen, moments - (spans - 1) / 2, np.nan),
        **{name: figure(name) for name in ("value", "lower", "upper", "numerator", "denominator")},
        rate=(figure("rate") == 1).any(axis=1),
        usable=usable,
        multiplier=_numbers(rows, "multiplier"),
        span=span,
        middle=at - (span - 1) / 2,
    )


def _ends(days: pd.Series) -> Floats:
    """Return when a period ends, as a year: 2020 for the end of December 2020, 2019.25 for the end of March 2020."""
    days = pd.to_datetime(days)
    return np.asarray(days.dt.year + (days.dt.month - 12) / 12, float)


class _Trends:
    """The line through each row's points, with errors from counts or intervals, or else from the scatter alone."""

    def __init__(self, known: _Known) -> None:
        self.size = len(known.usable)
        counted, bounded = (_all_have(known, figures) for figures in (known.denominator, known.lower))
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

    def projection(self, ends: Floats) -> list[Floats]:
        return self._gather(*((where, trends.projection(trend, ends[where])) for where, trend in self.parts))

    def probability(self, target: Floats, ends: Floats, sign: Floats) -> Floats:
        found = (
            (where, (trends.probability_of_reaching(target[where], trend, ends[where], sign[where]),))
            for where, trend in self.parts
        )
        return self._gather(*found)[0]

    def slope(self) -> list[Floats]:
        return self._gather(*((where, trends.slope_interval(trend)) for where, trend in self.parts))


def _trend_columns(known: _Known, trend: _Trends) -> dict[str, np.ndarray]:
    slope, lower, upper = trend.slope()
    return {
        "points": np.where(known.usable, trend.points, np.nan),
        "yearly_change": slope,
        "yearly_change_lower": lower,
        "yearly_change_upper": upper,
        "median_yearly_change": trends.theil_sen(known.x, known.value),
        "recent_trend": _recent(known),
    }


def _outlook_columns(rows: pa.Table, known: _Known, trend: _Trends) -> dict[str, np.ndarray]:
    """Return projection, probability and word; a row has the first two only from three points on."""
    target_year = np.where(known.usable, _numbers(rows, "target_year"), np.nan)
    ends = np.fmax(target_year - _numbers(rows, "year") + known.middle, known.middle)
    sign, target = _numbers(rows, "sign"), _numbers(rows, "target_value")
    value = np.where(known.usable, _numbers(rows, "value"), np.nan)
    enough = trend.points >= trends.ENOUGH_POINTS
    probability = np.where(enough, trend.probability(target, ends, sign), np.nan)
    adverse = np.where(sign > 0, _numbers(rows, "change_upper") < 0, _numbers(rows, "change_lower") > 0)
    words = trends.assessment(value, target, sign, trend.points, probability, adverse)
    words[~known.usable] = None
    projected, lower, upper = (
        np.where(enough & ~np.isnan(target), figure, np.nan) for figure in trend.projection(ends)
    )
    return {
        "projected_value": projected,
        "projected_lower": lower,
        "projected_upper": upper,
        "probability": probability,
        "assessment": words,
    }


def _pace_columns(rows: pa.Table, known: _Known) -> dict[str, np.ndarray]:
    """Return both pace ratios, for rows whose target lies after their baseline."""
    baseline_year, target_year = _numbers(rows, "found_year"), _numbers(rows, "target_year")
    ahead = known.usable & (target_year > baseline_year)
    baseline, value, start, now, end = (
        np.where(ahead, figures, np.nan)
        for figures in (
            _numbers(rows, "baseline_value"),
            _numbers(rows, "value"),
            baseline_year,
            _numbers(rows, "year"),
            target_year,
        )
    )
    ratios = trends.pace(baseline, value, _numbers(rows, "target_value"), (start, now, end))
    return {"pace": ratios.linear, "pace_cagr": ratios.cagr}


def _all_have(known: _Known, figures: Floats) -> np.ndarray:
    seen = ~np.isnan(known.value)
    return np.asarray((~np.isnan(figures) | ~seen).all(axis=1) & seen.any(axis=1))


def _errors(kind: str, known: _Known, where: np.ndarray) -> Floats | None:
    if kind == "without":
        return None
    if kind == "bounded":
        return np.asarray(trends.standard_error(known.lower[where], known.upper[where]))
    counts = known.numerator[where], known.denominator[where]
    if kind == "proportion":
        return trends.pooled_standard_errors(*counts)
    return trends.pooled_rate_errors(*counts) * known.multiplier[where, np.newaxis]


def _recent(known: _Known) -> np.ndarray:
    direction = trends.recent_trend(known.value, known.lower, known.upper, known.x).direction.astype(object)
    direction[direction == "too few points"] = None
    return np.asarray(direction)


def _numbers(rows: pa.Table, name: str) -> Floats:
    return rows[name].cast(pa.float64()).to_numpy().astype(float)


def _finished(rows: pa.Table, columns: dict[str, np.ndarray]) -> pa.Table:
    for name, values in columns.items():
        kind = SERIES.field(name).type
        if values.dtype == object:
            column = pa.array(values.tolist(), kind)
        else:
            column = pa.array(np.where(np.isfinite(values), values, np.nan), pa.float64(), from_pandas=True).cast(kind)
        rows = rows.append_column(name, column)
    return ordered(rows)
