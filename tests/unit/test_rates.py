"""Intervals of proportions, rates and means against the published tables and a second implementation."""

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

from indicators.intervals import difference_interval, standard_normal_quantile
from indicators.rates import (
    directly_standardised_rate,
    gamma_standardised_rate,
    indirectly_standardised_ratio,
    mean_interval,
    poisson_rate,
    proportion_difference,
    wilson,
)

PAIRS = [(0, 1), (1, 1), (0, 20), (1, 29), (2, 29), (15, 148), (81, 263), (263, 263), (12347, 47535), (3, 5_000_000)]


@pytest.mark.parametrize(
    ("numerator", "denominator", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_newcombes_published_examples(numerator, denominator, lower, upper):
    """Newcombe 1998, Stat Med 17:857, table I, method 3."""
    assert [round(limit, 4) for limit in wilson(numerator, denominator)] == [lower, upper]


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_wilson_agrees_with_statsmodels(confidence):
    events, persons = (np.array(column) for column in zip(*PAIRS, strict=True))
    ours = wilson(events, persons, confidence)
    theirs = proportion_confint(events, persons, alpha=1 - confidence, method="wilson")
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_columns_and_arrays_and_numbers_give_the_same_interval():
    events, persons = (np.array(column) for column in zip(*PAIRS, strict=True))
    table = ibis.memtable(pa.table({"position": range(len(PAIRS)), "events": events, "persons": persons}))
    lower, upper = wilson(table.events, table.persons)
    shown = table.select("position", lower=lower, upper=upper).order_by("position")
    columns = ibis.duckdb.connect().to_pyarrow(shown)
    arrays = wilson(events, persons)
    numbers = np.array([wilson(*pair) for pair in PAIRS]).T
    np.testing.assert_allclose([columns["lower"].to_numpy(), columns["upper"].to_numpy()], arrays, rtol=1e-13)
    np.testing.assert_allclose(numbers, arrays, rtol=1e-13)


def test_no_events_give_exactly_zero_and_all_events_exactly_one():
    persons = np.array([1, 2, 3, 7, 20, 47535, 5_000_000])
    assert (wilson(np.zeros_like(persons), persons)[0] == 0).all()
    assert (wilson(persons, persons)[1] == 1).all()


@st.composite
def counts(draw) -> tuple[int, int]:
    persons = draw(st.integers(1, 10_000_000))
    return draw(st.integers(0, persons)), persons


@given(counts(), st.floats(0.5, 0.999))
def test_the_interval_holds_the_estimate_and_stays_between_zero_and_one(pair, confidence):
    lower, upper = wilson(*pair, confidence)
    estimate = pair[0] / pair[1]
    assert 0 <= lower <= estimate + 1e-15
    assert estimate - 1e-15 <= upper <= 1


@given(counts(), st.integers(2, 50))
def test_the_same_share_of_more_persons_is_surer(pair, times):
    few, many = wilson(*pair), wilson(pair[0] * times, pair[1] * times)
    assert many[1] - many[0] < few[1] - few[0]


@given(counts())
def test_counting_the_others_mirrors_the_interval(pair):
    events, persons = pair
    lower, upper = wilson(events, persons)
    others = wilson(persons - events, persons)
    assert (1 - others[1], 1 - others[0]) == pytest.approx((lower, upper), abs=1e-12)


@given(counts())
def test_more_confidence_asks_for_a_wider_interval(pair):
    narrow, wide = wilson(*pair, 0.95), wilson(*pair, 0.998)
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


@pytest.mark.parametrize(
    ("function", "figures"),
    [
        (wilson, (1, 2)),
        (proportion_difference, (1, 2, 1, 2)),
        (poisson_rate, (1, 2)),
        (directly_standardised_rate, ([9, 9], [20, 20], [1, 1])),
        (indirectly_standardised_ratio, (1, 2)),
        (mean_interval, (1, 2, 3)),
    ],
)
@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, float("nan")])
def test_a_confidence_that_is_no_probability_is_refused(function, figures, confidence):
    with pytest.raises(ValueError, match=f"between 0 and 1, such as 0.95; found {confidence}"):
        function(*figures, confidence=confidence)


@pytest.mark.parametrize(("confidence", "z"), [(0.95, 1.959964), (0.998, 3.090232), (0.9, 1.644854)])
def test_the_quantile_is_the_tabulated_one(confidence, z):
    assert standard_normal_quantile(confidence) == pytest.approx(z, abs=5e-7)


def difference(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
    (a, m), (b, n) = first, second
    return difference_interval(a / m, *wilson(a, m), b / n, *wilson(b, n))


@pytest.mark.parametrize(
    ("first", "second", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_difference_gives_newcombes_published_examples(first, second, lower, upper):
    """Newcombe 1998, Stat Med 17:873, table II, method 10."""
    assert [round(limit, 4) for limit in difference(first, second)] == [lower, upper]


@pytest.mark.parametrize(("first", "second"), [((56, 70), (48, 80)), ((1, 29), (12, 148)), ((12347, 47535), (11, 900))])
def test_the_difference_agrees_with_statsmodels(first, second):
    theirs = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff", alpha=0.05)
    assert difference(first, second) == pytest.approx(theirs, abs=1e-12)


@given(counts(), counts())
def test_the_difference_changes_sign_when_the_two_change_places(first, second):
    lower, upper = difference(first, second)
    assert difference(second, first) == pytest.approx((-upper, -lower), abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_the_difference_of_counts_gives_newcombes_published_examples(first, second, lower, upper):
    """Newcombe 1998, Stat Med 17:873, table II, method 10."""
    difference, *limits = proportion_difference(*first, *second)
    assert difference == pytest.approx(first[0] / first[1] - second[0] / second[1])
    assert [round(limit, 4) for limit in limits] == [lower, upper]


def test_the_difference_is_the_same_in_duckdb_and_in_numpy():
    events, persons = (np.array(column) for column in zip(*PAIRS, strict=True))
    others, whole = np.roll(events, 3), np.roll(persons, 3)
    columns = {"position": range(len(PAIRS)), "events": events, "persons": persons, "others": others, "whole": whole}
    table = ibis.memtable(pa.table(columns))
    first, second = table.events / table.persons, table.others / table.whole
    both = wilson(table.events, table.persons), wilson(table.others, table.whole)
    limits = difference_interval(first, *both[0], second, *both[1])
    shown = table.select("position", difference=first - second, lower=limits[0], upper=limits[1]).order_by("position")
    executed = ibis.duckdb.connect().to_pyarrow(shown)
    arrays = proportion_difference(events, persons, others, whole)
    for name, array in zip(("difference", "lower", "upper"), arrays, strict=True):
        np.testing.assert_allclose(executed[name].to_numpy(), array, rtol=0, atol=1e-14)


def test_a_denominator_of_zero_is_null_in_duckdb_and_nan_in_numpy():
    table = ibis.memtable(pa.table({"position": [0, 1, 2], "events": [0, 1, None], "persons": [0, 2, 3]}))
    lower, upper = wilson(table.events, table.persons)
    shown = table.select("position", lower=lower, upper=upper).order_by("position")
    executed = ibis.duckdb.connect().to_pyarrow(shown)
    assert [value is None for value in executed["lower"].to_pylist()] == [True, False, True]
    assert np.isnan(wilson([0, 1, None], [0, 2, 3])).tolist() == [[True, False, True]] * 2


@given(counts(), counts(), st.floats(0.5, 0.999))
def test_the_difference_of_counts_holds_the_estimate_and_agrees_with_its_parts(first, second, confidence):
    estimate, lower, upper = proportion_difference(*first, *second, confidence)
    (a, m), (b, n) = first, second
    parts = difference_interval(a / m, *wilson(a, m, confidence), b / n, *wilson(b, n, confidence))
    assert -1 <= lower <= estimate + 1e-15
    assert estimate - 1e-15 <= upper <= 1
    assert (lower, upper) == pytest.approx(parts, abs=1e-12)


@given(counts(), counts())
def test_more_confidence_asks_for_a_wider_difference(first, second):
    _, *narrow = proportion_difference(*first, *second, 0.95)
    _, *wide = proportion_difference(*first, *second, 0.998)
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [(0, 0, 3.69), (1, 0.0253, 5.57), (2, 0.242, 7.22), (5, 1.62, 11.67), (9, 4.12, 17.08)],
)
def test_few_events_have_the_tabulated_poisson_limits(events, lower, upper):
    """Pearson & Hartley 1966, Biometrika Tables for Statisticians I, table 40."""
    rate, *limits = poisson_rate(events, 1)
    assert rate == events
    assert limits == pytest.approx([lower, upper], rel=2.5e-3)


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.998])
def test_few_events_have_exact_limits(confidence):
    for events in range(10):
        theirs = confint_poisson(events, 2.5, method="exact-c", alpha=1 - confidence)
        assert poisson_rate(events, 2.5, confidence)[1:] == pytest.approx(np.nan_to_num(theirs), rel=1e-12)
        lower, upper = poisson_rate(events, 1, confidence)[1:]
        assert stats.poisson.cdf(events, upper) == pytest.approx((1 - confidence) / 2)
        assert events == 0 or stats.poisson.sf(events - 1, lower) == pytest.approx((1 - confidence) / 2)


@pytest.mark.parametrize(("confidence", "within"), [(0.95, 0.002), (0.998, 0.015)])
def test_from_ten_events_byar_is_next_to_exact(confidence, within):
    """APHO Technical Briefing 3: within 0.2 % of the exact 95 % limits from 10 events on."""
    events = np.array([10, 11, 15, 30, 100, 1045, 50_000])
    alpha = 1 - confidence
    exact = stats.chi2.ppf(alpha / 2, 2 * events) / 2, stats.chi2.ppf(1 - alpha / 2, 2 * events + 2) / 2
    limits = poisson_rate(events, 1, confidence)[1:]
    np.testing.assert_allclose(limits, exact, rtol=within)
    assert (np.abs(np.divide(limits, exact) - 1) > 1e-9).all(), "ten events and more are Byar's, not exact"


def test_byar_is_the_wilson_hilferty_quantile_of_chi_square():
    """Wilson & Hilferty 1931: a second way to write the formula of Breslow & Day 1987, IARC 82, p. 69."""
    events = np.array([10.0, 65, 1045])

    def quantile(degrees, z):
        return degrees * (1 - 2 / (9 * degrees) + z * np.sqrt(2 / (9 * degrees))) ** 3

    z = stats.norm.ppf(0.975)
    theirs = quantile(2 * events, -z) / 2, quantile(2 * events + 2, z) / 2
    np.testing.assert_allclose(poisson_rate(events, 1)[1:], theirs, rtol=1e-12)


def test_a_multiplier_and_an_exposure_only_scale():
    plain, scaled = poisson_rate(30, 1), poisson_rate(30, 15_210, multiplier=1000)
    assert scaled == pytest.approx([figure / 15.21 for figure in plain])


@given(st.integers(0, 100_000), st.floats(0.5, 0.999))
def test_a_rate_lies_in_its_interval_which_widens_with_confidence(events, confidence):
    rate, lower, upper = poisson_rate(events, 3, confidence)
    _, wider_lower, wider_upper = poisson_rate(events, 3, (1 + confidence) / 2)
    assert 0 <= wider_lower <= lower <= rate < upper <= wider_upper


@pytest.mark.parametrize("limit", [1, 2])
def test_limits_rise_with_the_events_also_where_the_method_changes(limit):
    assert (np.diff(poisson_rate(np.arange(40), 1)[limit]) > 0).all()


def test_a_ratio_gives_the_published_example():
    """Barry 1992, in Calabrese (ed.), Biological Effects of Low Level Exposures: 30 observed, 15.21 expected."""
    assert np.round(indirectly_standardised_ratio(30, 15.21), 2) == pytest.approx([1.97, 1.33, 2.82])


def test_a_ratio_is_a_rate_over_what_was_expected():
    observed, expected = np.array([0, 3, 9, 10, 400]), np.array([0.5, 8, 9, 4.2, 398])
    ratios, rates = indirectly_standardised_ratio(observed, expected, 0.998), poisson_rate(observed, expected, 0.998)
    np.testing.assert_allclose(ratios, rates)


# Down's syndrome in Michigan 1950-1964, fifth and later children by the mother's age: Fleiss 1981, table 14.4; used by
# Fay & Feuer 1997, Stat Med 16:791.
CASES = [0, 8, 63, 112, 262, 295]
BIRTHS = [327, 30666, 123419, 149919, 104088, 34392]
ALL_BIRTHS = [319933, 931318, 786511, 488235, 237863, 61313]


def dobson(events, population, standard, confidence, multiplier):
    """A second implementation, with exact limits of the count; Byar's are within 0.2 % of these."""
    weights = [whole / sum(standard) / persons for whole, persons in zip(standard, population, strict=True)]
    rate = sum(weight * count for weight, count in zip(weights, events, strict=True))
    variance = sum(weight**2 * count for weight, count in zip(weights, events, strict=True))
    total = sum(events)
    limits = confint_poisson(total, 1, method="exact-c", alpha=1 - confidence)
    return [multiplier * (rate + np.sqrt(variance / total) * (limit - total)) for limit in (total, *limits)]


def test_a_standardised_rate_gives_the_published_example():
    """75.52901 per 100,000: vignette of the R package dsrTest 1.0.0."""
    rate, *limits = directly_standardised_rate(CASES, BIRTHS, ALL_BIRTHS)
    assert rate == pytest.approx(75.52901, abs=5e-6)
    assert [rate, *limits] == pytest.approx(dobson(CASES, BIRTHS, ALL_BIRTHS, 0.95, 100_000), rel=1e-4)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(100, 10_000), st.integers(1, 9_000)), min_size=1, max_size=8),
    st.sampled_from([0.9, 0.95, 0.99]),
)
def test_a_standardised_rate_agrees_with_a_second_implementation(strata, confidence):
    events, population, standard = zip(*strata, strict=True)
    ours = directly_standardised_rate(events, population, standard, confidence, 1000)
    if sum(events) < 10:
        assert np.isnan(ours).all()
    else:
        theirs = dobson(events, population, standard, confidence, 1000)
        width = theirs[2] - theirs[1]
        assert ours == pytest.approx(theirs, rel=0.002, abs=0.005 * width)


# Of the same source all birth orders; table I of Fay & Feuer 1997, whose standard is the mean of the five columns.
BIRTHS_BY_ORDER = [
    [230061, 329449, 114920, 39487, 14208, 3052],
    [72202, 326701, 208667, 83228, 28466, 5375],
    [15050, 175702, 207081, 117300, 45026, 8660],
    [2293, 68800, 132424, 98301, 46075, 9834],
    BIRTHS,
]
CASES_BY_ORDER = [
    [107, 141, 60, 40, 39, 25],
    [25, 150, 110, 84, 82, 39],
    [3, 71, 114, 103, 108, 75],
    [1, 26, 64, 89, 137, 96],
    CASES,
]
# What ageadjust.direct of epitools 0.5-10.1 gives for them in R 4.2.2.
GAMMA = [
    (92.3045, 80.4417, 105.7633),
    (91.1741, 82.3612, 100.8676),
    (85.0692, 77.1835, 94.2236),
    (92.7179, 80.0100, 114.6694),
    (75.5290, 67.7021, 188.3002),
]


def test_the_gamma_interval_gives_fay_and_feuers_table():
    found = gamma_standardised_rate(CASES_BY_ORDER, BIRTHS_BY_ORDER, np.mean(BIRTHS_BY_ORDER, axis=0))
    assert np.column_stack(found) == pytest.approx(np.array(GAMMA), abs=5.1e-5)


def test_the_gamma_interval_holds_with_few_events_and_none():
    # epitools for 0, 1, 0, 2, 3, 1 cases of the fifth order: 1.611280 [0.218279, 128.656276].
    standard = np.mean(BIRTHS_BY_ORDER, axis=0)
    found = gamma_standardised_rate([0, 1, 0, 2, 3, 1], BIRTHS, standard)
    assert found == pytest.approx((1.611280, 0.218279, 128.656276), abs=5.1e-7)
    # No event of 200 persons: 0, and -ln(0.025) / 200, as of a count of 0 (Breslow & Day: 3.69).
    assert gamma_standardised_rate([0, 0], [100, 100], [1, 1], multiplier=1) == pytest.approx(
        (0, 0, -np.log(0.025) / 200)
    )


def test_the_gamma_interval_of_equal_weights_is_the_exact_one_of_the_count():
    found = gamma_standardised_rate([3, 4], [100, 100], [1, 1], multiplier=200)
    assert found == pytest.approx(poisson_rate(7, 1, multiplier=1))


def test_the_own_population_as_standard_gives_the_crude_rate():
    rate, lower, upper = directly_standardised_rate(CASES, BIRTHS, BIRTHS)
    assert (rate, lower, upper) == pytest.approx(poisson_rate(sum(CASES), sum(BIRTHS), multiplier=100_000))


def test_strata_lie_along_the_last_axis_and_areas_before_it():
    fewer = [0, 1, 2, 2, 2, 2]
    events = np.array([CASES, CASES[::-1], fewer])
    rates = directly_standardised_rate(events, BIRTHS, ALL_BIRTHS)
    for area in range(3):
        alone = directly_standardised_rate(events[area], BIRTHS, ALL_BIRTHS)
        np.testing.assert_allclose([column[area] for column in rates], alone, rtol=1e-14)
    assert np.isnan([column[2] for column in rates]).all(), "nine events in all: not given"


@pytest.mark.parametrize(
    ("events", "population"),
    [
        ([10, None], [100, 100]),
        ([10, 10], [100, np.nan]),
        ([20, 0], [100, 0]),
        ([10, 10], [100, 0]),
        ([5, 4], [100, 100]),
    ],
)
def test_a_standardised_rate_without_a_stratum_or_ten_events_is_not_given(events, population):
    assert np.isnan(directly_standardised_rate(events, population, [1, 1])).all()


@pytest.mark.parametrize("wrong", [([-1, 20], [9, 9], [1, 1]), ([1, 20], [-9, 9], [1, 1]), ([1, 20], [9, 9], [-1, 2])])
def test_a_standardised_rate_of_less_than_nothing_is_refused(wrong):
    with pytest.raises(
        ValueError, match=r"found events .*, population .*, standard .* at \[0\]; expected figures of 0"
    ):
        directly_standardised_rate(*wrong)


def test_a_mean_gives_the_published_example():
    """Student 1908, Biometrika 6:1: hours of sleep gained by ten patients; R's t.test(paired) gives the interval."""
    gained = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    limits = mean_interval(np.mean(gained), np.std(gained, ddof=1), len(gained))
    assert limits == pytest.approx((0.7001142, 2.4598858), abs=5e-8)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e4), st.integers(2, 10_000), st.floats(0.5, 0.999))
def test_a_mean_agrees_with_scipy(mean, sd, n, confidence):
    half = stats.t.isf((1 - confidence) / 2, n - 1) * sd / np.sqrt(n)
    assert mean_interval(mean, sd, n, confidence) == pytest.approx((mean - half, mean + half), rel=1e-9, abs=1e-9)


def test_a_mean_of_fewer_than_two_has_no_interval():
    lower, upper = mean_interval([3, 3, 3, 3], 1, [0, 1, 2, None])
    assert np.isnan(lower).tolist() == np.isnan(upper).tolist() == [True, True, False, True]


@pytest.mark.parametrize(
    ("function", "figures"),
    [
        (wilson, [3, 10]),
        (proportion_difference, [3, 10, 4, 20]),
        (poisson_rate, [3, 10]),
        (indirectly_standardised_ratio, [3, 10]),
        (mean_interval, [3, 1, 10]),
    ],
)
def test_what_is_missing_gives_nan_and_leaves_its_neighbours_alone(function, figures):
    whole = function(*figures)
    assert all(isinstance(part, float) for part in whole), "numbers in, numbers out"
    for position in range(len(figures)):
        for missing in (None, np.nan):
            row = [[figure, figure] for figure in figures]
            row[position][0] = missing
            for part, expected in zip(function(*row), whole, strict=True):
                assert part[1] == expected
            assert np.isnan(function(*row)[-1][0])


@pytest.mark.parametrize("given_as", [list, np.array, pd.Series, pa.array, lambda figures: pd.array(figures, "Int64")])
def test_figures_may_come_as_any_column(given_as):
    np.testing.assert_array_equal(wilson(given_as([1, 2]), given_as([3, 4])), wilson([1, 2], [3, 4]))


def test_a_masked_figure_is_missing():
    masked = np.ma.array([1, 2], mask=[True, False])
    assert np.isnan(wilson(masked, 4)[0]).tolist() == [True, False]


def test_an_empty_array_gives_an_empty_one():
    assert [part.shape for part in poisson_rate([], [])] == [(0,)] * 3


@pytest.mark.parametrize("nothing", [poisson_rate, indirectly_standardised_ratio])
def test_a_rate_of_nothing_is_missing(nothing):
    assert np.isnan([nothing(0, 0), nothing(5, 0)]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: wilson([1, 2, 9], 5),
            r"numerator 9, denominator 5 at \[2\]; expected a numerator that is at most its den",
        ),
        (
            lambda: wilson([[1, 2], [-3, 1]], 5),
            r"numerator -3, denominator 5 at \[1, 0\]; expected counts of 0 or more",
        ),
        (lambda: wilson(1, 0), r"found numerator 1, denominator 0; expected"),
        (lambda: wilson("many", 5), r"numerator: expected numbers, with NaN or None where one is missing"),
        (lambda: wilson([1, np.inf], 5), r"numerator inf at \[1\]; expected a finite number"),
        (lambda: wilson([1, 2], [1, 2, 3]), r"shape mismatch|broadcast"),
        (lambda: proportion_difference(1, 2, 3, 2), r"numerator 3, denominator 2; expected"),
        (
            lambda: poisson_rate([1, -1], 5),
            r"events -1, exposure 5 at \[1\]; expected events and exposure of 0 or more",
        ),
        (lambda: poisson_rate(1, -5), r"exposure -5"),
        (lambda: poisson_rate(1, 5, multiplier=0), r"multiplier is a number above 0, such as 1000 .* found 0"),
        (lambda: directly_standardised_rate([1, -2], [5, 5], [1, 1]), r"events -2, population 5, standard 1 at \[1\]"),
        (
            lambda: directly_standardised_rate([1, 2], [5, 5], [0, 0]),
            r"standard 0; expected a standard population of so",
        ),
        (lambda: directly_standardised_rate([1, 2], [5, 5], [1]), r"same number of strata .* events 2, .* standard 1"),
        (lambda: directly_standardised_rate(1, 5, 1), r"same number of strata .* events none"),
        (
            lambda: indirectly_standardised_ratio([3, 4], [1, -1]),
            r"observed 4, expected -1 at \[1\]; expected events of",
        ),
        (lambda: mean_interval(1, -1, 5), r"sd -1, n 5; expected a standard deviation and a number of 0 or more"),
    ],
)
def test_an_impossible_figure_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
