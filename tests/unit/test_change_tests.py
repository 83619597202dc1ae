"""Single tests and all together: p values against SciPy's own tests, adjusted ones by hand. All figures are made up."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import linregress, norm
from statsmodels.stats.proportion import confint_proportions_2indep

from indicators.assessment import SERIES
from indicators.change_tests import change_tests, p_of_interval, p_of_slope
from indicators.intervals import standard_normal_quantile

# Of these p values the smallest but one is adjusted by 4 / 2, and none may be below the next: 0.01 × 4 / 1 = 0.04,
# 0.03 × 4 / 2 = 0.06, 0.04 × 4 / 3 = 0.0533, so that the second is 0.0533 too; 0.5 stays.
P_VALUES = {"a": 0.01, "b": 0.03, "c": 0.04, "d": 0.5}
ADJUSTED = {"a": 0.04, "b": 0.16 / 3, "c": 0.16 / 3, "d": 0.5}


def row(indicator: str, change: float, p_value: float, **more: Any) -> dict[str, Any]:
    """A newest figure whose change has the interval that belongs to a p value."""
    half = standard_normal_quantile(0.95) * abs(change) / norm.isf(p_value / 2)
    year = {"period": "2025", "period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31)}
    known = {"value": 0.3, "baseline_period": "2020", "change": change}
    limits = {"change_lower": change - half, "change_upper": change + half}
    return {"indicator_id": indicator, "area_id": "drammen-7", **year, **known, **limits, **more}


def results_of(*rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    signs = {"a": 1, "b": -1, "c": None, "d": 1}
    found = change_tests(pa.Table.from_pylist(list(rows), schema=SERIES), signs).to_pylist()
    return {one["indicator_id"]: one for one in found}


def test_together_fewer_have_changed_than_alone():
    found = results_of(*(row(name, 0.1, p_value) for name, p_value in P_VALUES.items()))
    assert {name: one["p_value"] for name, one in found.items()} == pytest.approx(P_VALUES)
    assert {name: one["p_adjusted"] for name, one in found.items()} == pytest.approx(ADJUSTED)
    assert [found[name]["alone"] for name in "abcd"] == ["better", "worse", "higher", "no sure change"]
    assert [found[name]["together"] for name in "abcd"] == ["better", *["no sure change"] * 3]
    assert {one["tests"] for one in found.values()} == {4}


def test_what_cannot_be_set_beside_its_baseline_is_not_results_of():
    broken, disturbed = (
        row(name, 0.1, 0.01, **{column: "why"}) for name, column in [("a", "broken"), ("b", "disturbed")]
    )
    hidden = row("c", 0.1, 0.01, value=None)
    assert results_of(broken, disturbed, hidden, row("d", 0.1, 0.5)).keys() == {"d"}


@pytest.mark.parametrize(("events", "before"), [(30, 50), (45, 50), (50, 45), (60, 50)])
def test_the_p_value_falls_below_5_per_cent_just_where_the_interval_leaves_0_out(events: int, before: int):
    limits = confint_proportions_2indep(events, 200, before, 200, method="newcomb")
    p_value = p_of_interval(np.array((events - before) / 200), *(np.array(limit) for limit in limits))
    assert (p_value < 0.05) == (limits[0] > 0 or limits[1] < 0)


def test_a_trend_without_intervals_has_the_p_value_of_its_regression():
    x, y = [2020, 2021, 2022, 2023, 2024], [1.0, 1.4, 1.3, 1.9, 2.0]
    line = linregress(x, y)
    half = 3.182446305284263 * line.stderr  # Student's t with three degrees of freedom, 97.5 %
    p_value = p_of_slope(*(np.array(part) for part in (line.slope, line.slope - half, line.slope + half, 5)))
    assert float(p_value) == pytest.approx(line.pvalue)


def test_without_any_figure_nothing_is_tested():
    assert results_of() == {}
