"""Arithmetic written out: its numbers are those of published examples, its ends those of other implementations."""

from functools import partial

import pytest
from scipy.stats import chi2
from statsmodels.stats.proportion import proportion_confint

from indicators import arithmetic


def test_a_share_is_written_with_wilsons_limits():
    # Newcombe 1998, table I: 15 of 148 gives 0.0624 to 0.1605 (method 3).
    worked = arithmetic.proportion(15, 148)
    assert (worked.lower, worked.upper) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert (worked.lower, worked.upper) == pytest.approx(proportion_confint(15, 148, method="wilson"), abs=1e-12)
    assert worked.lines[0] == "15 / 148 = 0.101351 = 10.14 %"
    assert worked.lines[-1].endswith(" = 16.05 %")


def test_the_limits_follow_from_the_numbers_in_the_lines():
    # Whoever puts the printed numbers together gets the printed result.
    lines = arithmetic.proportion(4528, 6505).lines
    middle, half, below = 4529.920729, 72.733162, 6508.841459
    assert f"({middle:,.6f} - {half:,.6f}) / {below:,.6f} = {(middle - half) / below:.6f}" in lines[3]
    assert f"{(middle + half) / below:.6f}" in lines[4]


@pytest.mark.parametrize(("events", "how"), [(0, "exact"), (9, "exact"), (10, "Byar"), (250, "Byar")])
def test_a_rate_is_written_with_its_kind_of_limits(events, how):
    worked = arithmetic.rate(events, 5000, 1000)
    assert worked.value == pytest.approx(events / 5)
    assert how in worked.lines[1]
    if how == "exact":
        low = chi2.ppf(0.025, 2 * events) / 2 if events else 0
        assert worked.lower == pytest.approx(low / 5)
        assert worked.upper == pytest.approx(chi2.ppf(0.975, 2 * events + 2) / 10)
    assert worked.lines[0].endswith("per 1,000")


def test_sums_and_means():
    assert arithmetic.total("numerator", [1, 2.5]).lines == ("numerator: 1 + 2.5000 = 3.5000",)
    assert "… 11 more …" in arithmetic.total("numerator", list(range(20))).lines[0]
    assert arithmetic.mean("published", [1, 2, 6]).value == 3


@pytest.mark.parametrize(("value", "rounding", "multiplier"), [(0.024, 0.0005, 1), (2.4, 0.05, 1_000), (0.024, 0.0, 1)])
def test_the_interval_over_the_rounding_is_of_the_largest_and_of_the_smallest_denominator(value, rounding, multiplier):
    worked = arithmetic.implied(120, value, rounding, multiplier)
    most, least = 120 * multiplier / (value - rounding), 120 * multiplier / (value + rounding)
    single = arithmetic.proportion if multiplier == 1 else partial(arithmetic.rate, multiplier=multiplier)
    assert worked.value == value
    assert (worked.lower, worked.upper) == pytest.approx((single(120, most).lower, single(120, least).upper))
    assert f"{most:,.2f}" in worked.lines[0]
