"""Trends, paces, projections and assessments against second implementations, hand-made cases and simulated truths."""

import dataclasses
import statistics
from itertools import combinations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from indicators.rates import poisson_rate, wilson
from indicators.trends import (
    pace,
    pooled_rate_errors,
    pooled_standard_errors,
    probability_of_reaching,
    projection,
    recent_trend,
    slope_interval,
    standard_error,
    theil_sen,
    weighted_trend,
)

YEARS = np.arange(2015.0, 2023)
VALUES = np.array([0.21, 0.22, 0.19, 0.23, 0.24, 0.22, 0.26, 0.25])
ERRORS = np.array([0.01, 0.012, 0.008, 0.02, 0.011, 0.01, 0.015, 0.009])
WIDE = 4 * ERRORS


def least_squares(years, values, errors, scale):
    """statsmodels' weighted least squares; scale 'fixed' takes the errors as known, 'estimated' as relative."""
    design = sm.add_constant(years - 2000)
    kind = {"cov_type": "fixed scale"} if scale == "fixed" else {}
    return sm.WLS(values, design, weights=1 / np.asarray(errors) ** 2).fit(**kind)


def at(fitted, year):
    row = np.array([1.0, year - 2000])
    return row @ fitted.params, np.sqrt(row @ fitted.cov_params() @ row)


# ---------------------------------------------------------------------------------------------------------- the trend


@pytest.mark.parametrize(("errors", "scale"), [(ERRORS, "estimated"), (WIDE, "fixed")])
def test_the_line_agrees_with_statsmodels(errors, scale):
    """Scatter beyond the errors counts (ERRORS); scatter within them never makes the line surer (WIDE)."""
    ours, theirs = weighted_trend(YEARS, VALUES, errors), least_squares(YEARS, VALUES, errors, scale)
    assert (ours.residual_scale > 1) == (scale == "estimated"), "the two cases are what they are meant to be"
    assert ours.slope == pytest.approx(theirs.params[1], rel=1e-10)
    assert ours.slope_error == pytest.approx(theirs.bse[1], rel=1e-10)
    assert ours.intercept == pytest.approx(theirs.params[0] - 2000 * theirs.params[1], rel=1e-10)
    for year in (2015, 2022, 2030):
        assert ours.at(year) == pytest.approx(at(theirs, year), rel=1e-10)


def test_the_covariance_is_that_of_the_line_at_period_zero():
    ours = weighted_trend(YEARS, VALUES, WIDE)
    theirs = sm.WLS(VALUES, sm.add_constant(YEARS), weights=1 / WIDE**2).fit(cov_type="fixed scale")
    np.testing.assert_allclose(ours.covariance, theirs.cov_params(), rtol=1e-5)


def test_without_errors_the_scatter_alone_tells():
    ours, theirs = weighted_trend(YEARS, VALUES), sm.OLS(VALUES, sm.add_constant(YEARS - 2000)).fit()
    assert (ours.slope, ours.slope_error) == pytest.approx((theirs.params[1], theirs.bse[1]), rel=1e-10)
    assert ours.degrees_of_freedom == len(YEARS) - 2
    limits = theirs.get_prediction([[1, 30]]).conf_int(alpha=0.05)[0]
    assert projection(ours, 2030)[1:] == pytest.approx(tuple(limits), rel=1e-9)


def test_the_distribution_is_normal_only_while_the_scatter_stays_within_known_errors():
    assert weighted_trend(YEARS, VALUES, WIDE).degrees_of_freedom == np.inf
    assert weighted_trend(YEARS, VALUES, ERRORS).degrees_of_freedom == len(YEARS) - 2


def test_many_series_at_once_are_each_alone():
    rng = np.random.default_rng(1)
    values = rng.normal(0.3, 0.05, (2, 3, 8))
    errors = rng.uniform(0.01, 0.05, (2, 3, 8))
    together = weighted_trend(YEARS, values, errors)
    for one in np.ndindex(2, 3):
        alone = weighted_trend(YEARS, values[one], errors[one])
        assert together.slope[one] == pytest.approx(alone.slope, rel=1e-12)
        assert together.slope_error[one] == pytest.approx(alone.slope_error, rel=1e-12)
        ends = [limit[one] for limit in projection(together, 2030)]
        assert ends == pytest.approx(projection(alone, 2030), rel=1e-12)
    assert together.covariance.shape == (2, 3, 2, 2)


@pytest.mark.parametrize("lost", ["period", "value", "error"])
def test_a_point_that_lacks_something_is_left_out(lost):
    years, values, errors = YEARS.copy(), VALUES.copy(), ERRORS.copy()
    {"period": years, "value": values, "error": errors}[lost][3] = np.nan
    without = np.delete(YEARS, 3), np.delete(VALUES, 3), np.delete(ERRORS, 3)
    ours, theirs = weighted_trend(years, values, errors), weighted_trend(*without)
    assert dataclasses.astuple(ours) == pytest.approx(dataclasses.astuple(theirs), rel=1e-12)
    assert ours.points == 7


def test_the_order_of_the_points_does_not_matter():
    turned = weighted_trend(YEARS[::-1], VALUES[::-1], ERRORS[::-1])
    assert turned.slope == pytest.approx(weighted_trend(YEARS, VALUES, ERRORS).slope, rel=1e-12)


def test_few_points_say_what_they_can():
    none, one = weighted_trend([2020.0, 2021], [np.nan] * 2, [0.1] * 2), weighted_trend([2020], [0.5], [0.1])
    assert np.isnan([none.slope, none.level, one.slope, one.slope_error]).all()
    two = weighted_trend([2020, 2021], [0.5, 0.6], [0.03, 0.04])
    assert (two.slope, two.slope_error) == pytest.approx((0.1, 0.05))
    unknown = weighted_trend([2020, 2021], [0.5, 0.6])
    assert unknown.slope == pytest.approx(0.1)
    assert np.isnan(unknown.slope_error)
    assert np.isnan(probability_of_reaching(0.7, unknown, 2030, 1))


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0.001, 0.2)), min_size=3, max_size=10),
    st.floats(0.5, 0.99),
    st.integers(2015, 2040),
)
def test_a_projection_lies_in_its_interval_which_widens_with_confidence(points, confidence, year):
    values, errors = zip(*points, strict=True)
    trend = weighted_trend(2015 + np.arange(len(points)), values, errors)
    value, lower, upper = projection(trend, year, confidence)
    _, wider_lower, wider_upper = projection(trend, year, (1 + confidence) / 2)
    assert wider_lower <= lower <= value <= upper <= wider_upper


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 0.2)), min_size=3, max_size=8), st.floats(-5, 5))
def test_known_errors_are_never_shrunk(points, tilt):
    values, errors = (np.array(column) for column in zip(*points, strict=True))
    years = 2015 + np.arange(len(points))
    trend = weighted_trend(years, values + tilt * years, errors)
    least = least_squares(years, values, errors, "fixed").bse[1]
    assert trend.slope_error >= least * (1 - 1e-9)


# ---------------------------------------------------------------------------------------------------- standard errors


def test_a_standard_error_is_read_from_an_interval():
    assert standard_error(0.3 - 1.959964 * 0.02, 0.3 + 1.959964 * 0.02) == pytest.approx(0.02, rel=1e-6)
    assert standard_error(0.3 - 3.090232 * 0.02, 0.3 + 3.090232 * 0.02, 0.998) == pytest.approx(0.02, rel=1e-6)


def test_the_errors_of_large_shares_are_the_textbooks():
    share, persons = 0.3, 1_000_000
    own = standard_error(*wilson(share * persons, persons))
    pooled = pooled_standard_errors([share * persons] * 3, [persons] * 3)
    assert own == pytest.approx(np.sqrt(share * (1 - share) / persons), rel=1e-4)
    np.testing.assert_allclose(pooled, own)


def test_pooled_errors_follow_the_denominators_and_not_the_events():
    errors = pooled_standard_errors([[0, 4, 8, None], [1, 1, 1, 1]], [[100, 100, 400, 100], [50, 50, 50, 0.0 + 50]])
    assert errors[0, 0] == errors[0, 1] > errors[0, 2] > 0
    assert np.isnan(errors[0, 3])
    expected = standard_error(*wilson(2, 100))
    assert errors[0, 0] == pytest.approx(expected), "12 of 600 is 2 of 100"


def test_a_series_of_nothing_has_no_errors():
    assert np.isnan(pooled_standard_errors([0, 0], [0, 0])).all()
    assert (pooled_standard_errors([0, 0], [30, 40]) > 0).all()


def test_the_errors_of_rates_are_those_of_the_pooled_rate():
    # 30 events in 3,000 person-years are 0.01; on 1,000 and 2,000 that is 10 and 20 events.
    errors = pooled_rate_errors([18, 12], [1000, 2000])
    for error, events, exposure in zip(errors, (10, 20), (1000, 2000), strict=True):
        _rate, lower, upper = poisson_rate(events, exposure)
        assert error == pytest.approx((upper - lower) / (2 * 1.959963984540054))
    assert np.isnan(pooled_rate_errors([1, None], [1000, 2000])[1])
    assert (pooled_rate_errors([0, 0], [1000, 2000]) > 0).all()


def test_each_series_of_rates_is_pooled_by_itself_and_at_the_confidence_asked_for():
    # The third point of the second series is not known: it is in no sum.
    events, persons = [[18, 12, 30], [4, 8, np.nan]], [[1000, 2000, 3000], [100, 500, 700]]
    together = pooled_rate_errors(events, persons, 0.8)
    for found, n, of in zip(together, events, persons, strict=True):
        np.testing.assert_allclose(found, pooled_rate_errors(n, of, 0.8))
    pooled, usual = 12 / 600, np.array([100.0, 500.0])
    _rate, lower, upper = poisson_rate(pooled * usual, usual, 0.8)
    np.testing.assert_allclose(together[1][:2], (upper - lower) / (2 * stats.norm.ppf(0.9)))
    assert np.isnan(together[1][2])
    # A series of less than one person-year in all is one too; one of none is not.
    assert pooled_rate_errors([1, 1], [0.25, 0.25]) == pytest.approx(pooled_rate_errors([1, 1], [250, 250]) * 1000)
    assert np.isnan(pooled_rate_errors([0, 0], [0, 0])).all()
    with pytest.raises(ValueError, match="events and exposure of 0 or more"):
        pooled_rate_errors([-1, 2], [100, 100])


@pytest.mark.parametrize("errors", [ERRORS, WIDE, None])
def test_the_interval_of_a_slope_agrees_with_statsmodels(errors):
    """Scatter within known errors leaves the normal distribution; beyond them Student's t counts n - 2 points."""
    trend = weighted_trend(YEARS, VALUES, errors)
    scale = "fixed" if errors is WIDE else "estimated"
    theirs = least_squares(YEARS, VALUES, np.ones_like(VALUES) if errors is None else errors, scale)
    quantile = stats.norm.ppf(0.975) if errors is WIDE else stats.t.ppf(0.975, len(YEARS) - 2)
    slope, error = theirs.params[1], theirs.bse[1]
    wanted = (slope, slope - quantile * error, slope + quantile * error)
    assert slope_interval(trend) == pytest.approx(wanted, rel=1e-9)


# ---------------------------------------------------------------------------------------------------------- Theil-Sen


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=9))
def test_theil_sens_slope_is_the_median_of_all_slopes(values):
    years = 2015 + np.arange(len(values))
    slopes = [(values[b] - values[a]) / (b - a) for a, b in combinations(range(len(values)), 2)]
    assert theil_sen(years, values) == pytest.approx(statistics.median(slopes), abs=1e-9)
    assert theil_sen(years, values) == pytest.approx(stats.theilslopes(values, years).slope, abs=1e-9)


def test_one_wild_point_moves_theil_sen_little_and_least_squares_far():
    straight = 0.2 + 0.01 * np.arange(8)
    wild = straight.copy()
    wild[-1] = 5.0
    assert theil_sen(YEARS, straight) == pytest.approx(0.01)
    assert theil_sen(YEARS, wild) == pytest.approx(0.01)
    assert weighted_trend(YEARS, wild).slope > 0.3


def test_theil_sen_leaves_out_what_is_missing_and_takes_many_series():
    values = np.array([[1, 2, np.nan, 4, 9], [5, np.nan, np.nan, np.nan, np.nan]])
    slopes = theil_sen(np.arange(5), values)
    assert slopes[0] == theil_sen([0, 1, 3, 4], [1, 2, 4, 9])
    assert np.isnan(slopes[1])
    assert np.isnan(theil_sen([2020], [1.0]))


# ------------------------------------------------------------------------------------------------------- recent trend


def test_the_recent_slope_and_chi_square_agree_with_statsmodels():
    lower, upper = VALUES - 1.959964 * WIDE, VALUES + 1.959964 * WIDE
    recent = recent_trend(VALUES, lower, upper, YEARS)
    theirs = least_squares(YEARS[-5:], VALUES[-5:], WIDE[-5:], "fixed")
    assert recent.slope == pytest.approx(theirs.params[1], rel=1e-9)
    assert recent.chi_square == pytest.approx((theirs.params[1] / theirs.bse[1]) ** 2, rel=1e-6)
    assert recent.p_value == pytest.approx(theirs.pvalues[1], rel=1e-6)


def directed(values, width=0.01, years=None):
    values = np.asarray(values, dtype=float)
    return recent_trend(values, values - width, values + width, np.arange(len(values)) if years is None else years)


@pytest.mark.parametrize(
    ("values", "direction"),
    [
        ([0.20, 0.22, 0.24, 0.26, 0.28], "increasing"),
        ([0.28, 0.26, 0.24, 0.22, 0.20], "decreasing"),
        ([0.20, 0.20, 0.20, 0.20, 0.20], "no significant change"),
        ([0.200, 0.201, 0.202, 0.203, 0.204], "no significant change"),
        # One leap: highly significant, but without it the slope turns.
        ([0.20, 0.199, 0.198, 0.197, 0.40], "no significant change"),
        ([0.20, 0.22, 0.24, 0.26], "too few points"),
        ([0.20, 0.22, np.nan, 0.26, 0.28], "too few points"),
        # Only the last five count.
        ([0.90, 0.80, 0.70, 0.20, 0.22, 0.24, 0.26, 0.28], "increasing"),
        # A gap is stepped over.
        ([0.20, 0.22, np.nan, 0.26, 0.28, 0.30], "increasing"),
    ],
)
def test_a_direction_needs_significance_and_every_point(values, direction):
    assert directed(values).direction == direction


def test_the_leap_was_refused_for_its_one_point_only():
    leap = directed([0.20, 0.199, 0.198, 0.197, 0.40])
    assert leap.p_value < 1e-6
    assert stats.chi2.sf(leap.chi_square, 1) == pytest.approx(leap.p_value)


@pytest.mark.parametrize(("factor", "direction"), [(0.999, "no significant change"), (1.001, "increasing")])
def test_the_test_is_at_99_8_percent(factor, direction):
    """A slope of z errors: with five points of error 1 the slope's error is 1/sqrt(10)."""
    slope = factor * stats.norm.isf(0.001) / np.sqrt(10)
    assert directed(slope * np.arange(5), 1.95996398).direction == direction


def test_too_few_points_have_no_figures():
    recent = directed([0.2, 0.3])
    assert np.isnan([recent.slope, recent.chi_square, recent.p_value]).all()


def test_the_recent_trends_of_many_series():
    values = np.array([[9, 1, 2, 3, 4, 5], [9, 5, 4, 3, 2, 1], [9, 1, np.nan, 3, 4, 5], [np.nan, 1, np.nan, 3, 4, 5]])
    found = recent_trend(values, values - 0.1, values + 0.1, np.arange(2015, 2021))
    assert found.direction.tolist() == ["increasing", "decreasing", "no significant change", "too few points"]
    assert found.slope[0] == pytest.approx(1)


# ---------------------------------------------------------------------------------------------------------------- pace


def test_a_straight_path_has_linear_pace_one_and_a_geometric_path_cagr_one():
    for year in range(2021, 2031):
        straight = 40 - 2 * (year - 2020)
        assert pace(40, straight, 20, (2020, year, 2030)).linear == pytest.approx(1)
        geometric = 40 * 0.5 ** ((year - 2020) / 10)
        assert pace(40, geometric, 20, (2020, year, 2030)).cagr == pytest.approx(1)


def test_paces_by_hand():
    """From 100 to 121 in two years, a growth of 10 %; asked for 400 in two, a doubling. Linear: 10.5 of 150 a year."""
    ratios = pace(100, 121, 400, (2020, 2022, 2022))
    assert (ratios.linear, ratios.cagr) == pytest.approx((21 / 300, 0.1))
    assert ratios.linear_category == ratios.cagr_category == "insufficient progress"


@pytest.mark.parametrize(
    ("value", "category"),
    [
        (59.51, "movement away"),
        (50, "insufficient progress"),
        (44.01, "insufficient progress"),
        (43.99, "moderate progress"),
        (40.51, "moderate progress"),
        (40.49, "significant progress"),
        (30, "significant progress"),
    ],
)
def test_eurostats_thresholds_are_95_and_60_percent(value, category):
    """Required 50 to 40 by 2025: at 2025 the pace is the share of the ten points covered."""
    assert pace(50, value, 40, (2020, 2025, 2025)).linear_category == category


def test_near_zero_compound_growth_misjudges():
    """60 % of the way in half of the time is ahead; compound growth calls it insufficient."""
    ratios = pace(10, 4, 0.01, (2020, 2025, 2030))
    assert ratios.linear == pytest.approx(1.2, abs=0.01)
    assert (ratios.linear_category, ratios.cagr_category) == ("significant progress", "insufficient progress")


@pytest.mark.parametrize("figures", [(0, 5, 10), (10, 0, 20), (10, 5, 0), (-3, -2, -1)])
def test_compound_growth_is_undefined_unless_all_is_positive(figures):
    ratios = pace(*figures, (2020, 2025, 2030))
    assert np.isnan(ratios.cagr)
    assert ratios.cagr_category == "undefined"
    assert np.isfinite(ratios.linear)


@pytest.mark.parametrize(
    ("figures", "periods"),
    [((10, 10, 5), (2020, 2020, 2030)), ((10, 9, 10), (2020, 2025, 2030)), ((None, 9, 5), (2020, 2025, 2030))],
)
def test_a_pace_needs_time_a_change_and_figures(figures, periods):
    ratios = pace(*figures, periods)
    assert np.isnan([ratios.linear, ratios.cagr]).all()
    assert ratios.linear_category == "undefined"


def test_paces_of_many_at_once():
    ratios = pace([50, 50], [45, 55], 40, (2020, [2025, 2022], 2030))
    np.testing.assert_allclose(ratios.linear, [1, -2.5])
    assert ratios.linear_category.tolist() == ["significant progress", "movement away"]


# --------------------------------------------------------------------------------------------------------- probability


def test_a_probability_is_the_normal_one_of_the_line_at_the_target_period():
    for errors, scale in ((ERRORS, "estimated"), (WIDE, "fixed")):
        value, error = at(least_squares(YEARS, VALUES, errors, scale), 2030)
        trend = weighted_trend(YEARS, VALUES, errors)
        expected = stats.norm.sf(0.3, value, error)
        assert probability_of_reaching(0.3, trend, 2030, 1) == pytest.approx(expected, rel=1e-9)
        assert probability_of_reaching(0.3, trend, 2030, -1) == pytest.approx(1 - expected, rel=1e-9)


def test_the_line_itself_is_reached_by_half():
    trend = weighted_trend(YEARS, VALUES, ERRORS)
    assert probability_of_reaching(trend.at(2030)[0], trend, 2030, 1) == pytest.approx(0.5)


@given(st.floats(-1, 2), st.floats(0, 1), st.sampled_from([1, -1]))
def test_a_harder_target_is_less_probable(target, harder, sign):
    trend = weighted_trend(YEARS, VALUES, ERRORS)
    easy, hard = (probability_of_reaching(goal, trend, 2030, sign) for goal in (target, target + sign * harder))
    assert 0 <= hard <= easy <= 1


def test_a_line_without_error_reaches_or_does_not():
    trend = weighted_trend([2020, 2021, 2022], [2.0, 3.0, 4.0])
    assert probability_of_reaching([12, 11.5, 12.5], trend, 2030, 1).tolist() == [1, 1, 0]


def test_a_probability_without_target_or_direction_is_missing():
    trend = weighted_trend(YEARS, VALUES, ERRORS)
    assert np.isnan(probability_of_reaching([None, 0.3], trend, 2030, [1, None])).all()


# ------------------------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: weighted_trend([2020, 2021, 2020], [1, 2, 3]),
            r"found period 2020.*; expected one figure for each per",
        ),
        (lambda: weighted_trend(2020, 1), r"expected a series with its points along the last axis; found a single num"),
        (
            lambda: weighted_trend([2020, 2021], [1, 2], [0.1, 0]),
            r"standard_error 0 at \[1\]; expected a standard error",
        ),
        (lambda: weighted_trend([2020, 2021], [1, 2], -0.1), r"standard_error -0.1"),
        (lambda: standard_error([0.1, 0.5], [0.2, 0.4]), r"lower 0.5, upper 0.4 at \[1\]; expected a lower limit that"),
        (lambda: standard_error(0.1, 0.2, 95), r"confidence is a probability between 0 and 1, such as 0.95; found 95"),
        (lambda: pooled_standard_errors([5, 3], [4, 4]), r"numerator 5, denominator 4 at \[0\]"),
        (lambda: pooled_standard_errors(5, 40), r"expected a series"),
        (lambda: projection(weighted_trend(YEARS, VALUES), 2030, 1.0), r"found 1.0"),
        (lambda: theil_sen([2020, 2020], [1, 2]), r"expected one figure for each period"),
        (lambda: slope_interval(weighted_trend([2020, 2021, 2022], [1, 2, 4]), 0), r"found 0"),
        (
            lambda: recent_trend([1, 2], [1, 1], [1, 3], [2020, 2021]),
            r"standard_error 0 at \[0\]; expected an interval",
        ),
        (lambda: recent_trend([1, 2], [2, 1], [1, 3], [2020, 2021]), r"lower 2, upper 1 at \[0\]"),
        (
            lambda: pace(1, 2, 3, (2020, 2019, 2030)),
            r"period 2019, baseline_period 2020; expected a period that is not",
        ),
        (lambda: pace(1, 2, 3, (2020, 2021, 2020)), r"target_period 2020, baseline_period 2020; expected a target per"),
        (
            lambda: probability_of_reaching(1, weighted_trend(YEARS, VALUES), 2030, 0),
            r"sign 0; expected 1 \(higher is b",
        ),
    ],
)
def test_impossible_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
