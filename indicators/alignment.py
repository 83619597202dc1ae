"""The figures that each row of a series is judged by, side by side: tables turned into arrays.

A row is judged from the figures up to its own period only. Rows lie along the first axis, the figures of each row's
series along the second, padded with NaN.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators.rates import Floats

KEY = ["indicator_id", "area_id"]


class Known(NamedTuple):
    """The figures of its series that each row may use; NaN where it has none.

    x: the middle of each period, in years. rate: whether the row's figures are rates. usable: whether the row itself is
    complete and not before its baseline. multiplier: of a rate. span: years of the row's period; middle: its middle.
    """

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

    @property
    def counted(self) -> np.ndarray:
        """Whether all figures of a row have counts."""
        return self._all_have(self.denominator)

    @property
    def bounded(self) -> np.ndarray:
        """Whether all figures of a row have an interval."""
        return self._all_have(self.lower)

    def _all_have(self, figures: Floats) -> np.ndarray:
        seen = ~np.isnan(self.value)
        return np.asarray((~np.isnan(figures) | ~seen).all(axis=1) & seen.any(axis=1))


def aligned(rows: pa.Table, points: pa.Table, *, since_baseline: bool) -> Known:
    """Return what each row may use of the points of its series: up to its own period, and from its baseline on or not.

    rows: as `series.series` gives them. points: as `series.points`, without disturbed ones. Only those on the row's own
    side of a break are taken. Of windows that a source publishes every year, only those that do not overlap, counted
    back from the row's own.
    Raises ValueError for two figures of one time, such as of 2023 and of its last quarter.
    """
    order = [(name, "ascending") for name in (*KEY, "period_end")]
    points = points.sort_by(order)
    figures = points.to_pandas()
    keys = pd.MultiIndex.from_frame(figures[KEY])
    series = keys.drop_duplicates()
    group, number = series.get_indexer(keys), figures.groupby(KEY, sort=False).cumcount().to_numpy()
    shape = (len(series) + 1, int(number.max(initial=0)) + 1)  # the last line is of series without any point
    mine = series.get_indexer(pd.MultiIndex.from_frame(rows.select(KEY).to_pandas()))

    def matrix(values: Floats) -> Floats:
        filled = np.full(shape, np.nan)
        filled[group, number] = values
        return filled[mine]

    year, span, at = numbers(rows, "year"), numbers(rows, "span"), year_ends(rows["period_end"])
    spans, moments = matrix(figures["span"].to_numpy(float)), matrix(year_ends(points["period_end"]))
    usable = rows["usable"].to_numpy().astype(bool)
    with np.errstate(invalid="ignore"):
        years = np.ceil(moments)
        seen = (moments <= at[:, None]) & ((year[:, None] - years) % spans == 0)
        seen &= matrix(figures["side"].to_numpy(float)) == numbers(rows, "side")[:, None]
        if since_baseline:
            # The points of our pooled windows are single years; those of the baseline begin span - 1 years before.
            since = numbers(rows, "found_year") - (span - 1) * rows["pooled"].to_numpy().astype(float)
            seen &= (years >= since[:, None]) & usable[:, None]

    x = np.where(seen, moments - (spans - 1) / 2, np.nan)
    _refuse_two_at_once(x, lambda row, column: figures[(group == mine[row]) & (number == column)].iloc[0])

    def figure(name: str) -> Floats:
        return np.where(seen, matrix(figures[name].to_numpy(float)), np.nan)

    return Known(
        x=x,
        **{name: figure(name) for name in ("value", "lower", "upper", "numerator", "denominator")},
        rate=(figure("rate") == 1).any(axis=1),
        usable=usable,
        multiplier=numbers(rows, "multiplier"),
        span=span,
        middle=at - (span - 1) / 2,
    )


def _refuse_two_at_once(x: Floats, point: Callable[[int, int], pd.Series]) -> None:
    """Refuse two figures of one series at one time: no change a year lies between them. point: by row and column."""
    ordered = np.sort(x, axis=1)
    twice = np.argwhere(ordered[:, 1:] == ordered[:, :-1])
    if not len(twice):
        return
    row, place = twice[0]
    first, second = (point(row, column) for column in np.flatnonzero(x[row] == ordered[row, place])[:2])
    raise ValueError(
        f"{first['indicator_id']}, {first['area_id']}: found figures of {first['period']} and of {second['period']}, "
        f"which are of one time; expected one figure for each time, of periods as long as each other"
    )


def year_ends(days: pa.ChunkedArray) -> Floats:
    """Return when a period ends, as a year: 2020 for the end of December 2020, 2019.25 for the end of March 2020."""
    return np.asarray(pc.year(days).to_numpy() + (pc.month(days).to_numpy() - 12) / 12, float)


def numbers(rows: pa.Table, name: str) -> Floats:
    """Return a column as floats, NaN where it is empty."""
    return np.asarray(rows[name].cast(pa.float64()).to_numpy().astype(float))
