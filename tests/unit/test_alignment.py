"""The figures that a row is judged by: what cannot lie side by side is refused before anything is computed of it."""

import warnings
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from indicators import forecast_skill, projection
from indicators.alignment import aligned

KEY = {"indicator_id": "points", "area_id": "north"}
COUNTS = {"numerator": None, "denominator": None, "lower": None, "upper": None, "rate": False, "side": 0}


def point(period: str, end: date, span: int = 1) -> dict[str, Any]:
    return KEY | COUNTS | {"period": period, "period_end": end, "value": 40.0 + end.year % 3, "span": span}


def row(found: dict[str, Any]) -> dict[str, Any]:
    rule = {"usable": True, "found_year": 2017, "pooled": False, "multiplier": 1.0, "is_share": False}
    return found | rule | {"is_programme": False, "year": found["period_end"].year}


YEARS = [point(str(year), date(year, 12, 31)) for year in range(2017, 2024)]
QUARTER, WINDOW = point("2023K4", date(2023, 12, 31)), point("2021-2023", date(2023, 12, 31), 3)


@pytest.mark.parametrize(("beside", "other"), [(QUARTER, "2023"), (WINDOW, "2022")])
def test_two_figures_of_one_time_are_refused_by_name_and_nothing_is_divided_by_none(
    beside: dict[str, Any], other: str
) -> None:
    """The last quarter of 2023 beside the year; the window 2021-2023, whose middle is 2022, beside its years."""
    figures = [*YEARS, beside]
    rows, points = pa.Table.from_pylist([row(one) for one in figures]), pa.Table.from_pylist(figures)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="points, north: found figures of ") as refused:
            forecast_skill.past_forecasts(rows, points)
    assert {str(refused.value).split()[place].strip(",") for place in (5, 8)} == {beside["period"], other}
    with pytest.raises(ValueError, match="expected one figure for each time"):
        aligned(rows, points, since_baseline=True)


def test_the_drift_of_two_figures_of_one_time_is_refused() -> None:
    """A change of 1 in no time at all: no drift follows from it."""
    x, y = np.array([[2020.0, 2021, 2021]]), np.array([[0.0, 1, 2]])
    with pytest.raises(ValueError, match=r"found years_between 0 at \[0, 1\]"):
        projection.shared_drift(x, y)
