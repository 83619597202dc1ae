"""Intervals of proportions against the published tables and a second implementation."""

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from indicators.rates import difference_interval, standard_normal_quantile, wilson

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


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5])
def test_a_confidence_that_is_no_probability_is_refused(confidence):
    with pytest.raises(ValueError, match=f"between 0 and 1, such as 0.95; found {confidence}"):
        wilson(1, 2, confidence)


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
