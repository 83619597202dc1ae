"""Areas against comparators, and pillars as a whole, on made-up series: the arithmetic is in each test."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import t
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from indicators.assessment import SERIES
from indicators.pillars import pillar_view
from tests.stages import comparison_of
from tests.unit import made_catalogue, made_indicator

TABLE = {"table": "made/open", "method": "published_value", "value": {"ContentsCode": "x"}}
CATALOGUE = made_catalogue(
    made_indicator("employed", [TABLE], direction="higher", target={"relative": 0.1}),
    made_indicator("crowded", [TABLE], direction="lower", target={"relative": -0.1}),
    made_indicator("rented", [TABLE]),
)
# Persons in drammen-7 and in drammen, of 100 and of 1,000.
COUNTS = {
    "employed": {2020: (50, 700), 2022: (60, 720), 2024: (70, 710)},
    "crowded": {2020: (50, 100), 2022: (40, 100), 2024: (30, 350)},
    "rented": {2020: (50, 100), 2022: (10, 400), 2024: (30, 300)},
}


def figure(area: str, year: int, n: int, of: int, indicator: str) -> dict[str, Any]:
    lower, upper = proportion_confint(n, of, method="wilson")
    return {
        "indicator_id": indicator,
        "area_id": area,
        "period": str(year),
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "value": n / of,
        "lower": lower,
        "upper": upper,
        "baseline_period": "2020",
    }


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    ours, both = [], []
    for indicator, years in COUNTS.items():
        first = years[2020][0] / 100
        for year, (n, m) in years.items():
            one = figure("drammen-7", year, n, 100, indicator)
            low, high = confint_proportions_2indep(n, 100, years[2020][0], 100, method="newcomb")
            later = {"change": n / 100 - first, "change_lower": low, "change_upper": high} if year > 2020 else {}
            ours.append({**one, "baseline_value": first, **later})
            both += [one, figure("drammen", year, m, 1000, indicator)]
    # A comparator without an interval, and one whose year is not complete.
    for other in ("norway", "drammen-6"):
        both.append({**figure(other, 2024, 1, 2, "employed"), "lower": None, "upper": None})
    both.append({**figure("norway", 2024, 1, 2, "crowded"), "status": "incomplete"})
    measures, series = (pa.Table.from_pylist(one, schema=SERIES) for one in (both, ours))
    return comparison_of(CATALOGUE, series, measures).to_pylist()


@pytest.fixture(scope="module")
def row(rows):
    def find(indicator: str, year: int, comparator: str = "drammen") -> dict[str, Any]:
        wanted = (indicator, str(year), comparator)
        [found] = [one for one in rows if (one["indicator_id"], one["period"], one["comparator_id"]) == wanted]
        return found

    return find


def test_the_difference_has_newcombes_interval(row):
    for indicator, years in COUNTS.items():
        for year, (n, m) in years.items():
            found = row(indicator, year)
            assert found["difference"] == pytest.approx(n / 100 - m / 1000)
            wanted = confint_proportions_2indep(n, 100, m, 1000, method="newcomb")
            assert (found["lower"], found["upper"]) == pytest.approx(wanted, abs=1e-12)


def test_the_word_follows_from_the_interval_and_from_the_direction(row):
    # 70 against 71 of a hundred may be the same; 60 against 72 is not.
    assert [row("employed", year)["comparison"] for year in (2020, 2022, 2024)] == ["worse", "worse", "similar"]
    # Lower is better: 40 and 50 against 10 of a hundred; 30 against 35 may be the same.
    assert [row("crowded", year)["comparison"] for year in (2020, 2022, 2024)] == ["worse", "worse", "similar"]
    # Neither good nor bad.
    assert [row("rented", year)["comparison"] for year in (2020, 2022, 2024)] == ["higher", "lower", "similar"]


def test_a_large_comparator_without_an_interval_is_taken_as_fixed_and_it_is_said(row):
    """70 of 100 against 50 % of the country: the difference is as sure as the area's own figure is."""
    found = row("employed", 2024, "norway")
    lower, upper = proportion_confint(70, 100, method="wilson")
    assert (found["lower"], found["upper"]) == pytest.approx((lower - 0.5, upper - 0.5))
    assert (found["comparison"], found["comparator_fixed"]) == ("better", True)
    assert row("employed", 2024)["comparator_fixed"] is False


def test_a_district_without_an_interval_is_not_taken_as_fixed(row):
    found = row("employed", 2024, "drammen-6")
    assert (found["lower"], found["comparison"], found["comparator_fixed"]) == (None, None, None)
    assert found["difference"] == pytest.approx(0.2)


def test_an_incomplete_figure_is_not_compared(rows):
    assert not [one for one in rows if (one["indicator_id"], one["comparator_id"]) == ("crowded", "norway")]


def test_both_changes_since_the_baseline_stand_side_by_side(row):
    found = row("employed", 2024)
    assert (found["change"], found["comparator_change"]) == pytest.approx((0.20, 0.01))
    wanted = confint_proportions_2indep(710, 1000, 700, 1000, method="newcomb")
    assert (found["comparator_change_lower"], found["comparator_change_upper"]) == pytest.approx(wanted, abs=1e-12)
    assert row("employed", 2020)["comparator_change"] is None


def test_the_share_of_the_gap_that_is_closed(row):
    # Behind by 0.20 in 2020, by 0.12 in 2022, by 0.01 in 2024.
    assert row("employed", 2022)["gap_closed"] == pytest.approx(1 - 0.12 / 0.20)
    assert row("employed", 2024)["gap_closed"] == pytest.approx(1 - 0.01 / 0.20)
    # Lower is better: behind by 0.40, then ahead by 0.05: more than level.
    assert row("crowded", 2024)["gap_closed"] == pytest.approx(1 + 0.05 / 0.40)
    # A context indicator is behind nobody.
    assert row("rented", 2024)["gap_closed"] is None
    # Nothing has been closed at the baseline.
    assert row("employed", 2020)["gap_closed"] is None


def standing(
    indicator: str, gap: float | None, word: str | None, *, year: int = 2024, status: str | None = None
) -> dict[str, Any]:
    """A row of series whose whole change from baseline to target is 0.2."""
    return {
        "indicator_id": indicator,
        "area_id": "drammen-7",
        "period": str(year),
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "baseline_value": 0.5,
        "target_value": 0.3,
        "gap_to_required": gap,
        "assessment": word,
        "status": status,
    }


def test_a_pillar_is_counted_by_word_and_its_gaps_are_shares_of_the_change_wanted():
    series = [
        standing("a", 0.02, "on track"),
        standing("a", -0.2, "off track", year=2023),
        standing("a", None, None, year=2025, status="incomplete"),
        standing("b", -0.06, "off track"),
        standing("c", -0.02, "too early"),
        standing("d", None, "no data"),
        standing("context", None, None),
        standing("e", -0.10, "off track"),
        standing("f", -0.02, "at the target"),
        standing("g", -0.02, "worse, improving"),
    ]
    pillar_of = dict.fromkeys("abcdfg", "work") | {"e": "health", "context": "work"}
    found = {
        row["pillar_id"]: row for row in pillar_view(pa.Table.from_pylist(series, schema=SERIES), pillar_of).to_pylist()
    }
    work = found["work"]
    assert (work["indicators"], work["gaps"], work["on_track"], work["off_track"], work["no_data"]) == (6, 5, 1, 1, 1)
    assert (work["at_the_target"], work["worse_improving"], work["no_data_hidden"]) == (1, 1, 0)
    # 0.02, -0.06 and three times -0.02 of 0.2 are 0.1, -0.3 and -0.1: mean -0.1, variance (0.2² + 0.2²) / 4.
    half = t.ppf(0.975, 4) * (0.08 / 4) ** 0.5 / 5**0.5
    assert (work["mean_gap"], work["mean_gap_lower"], work["mean_gap_upper"]) == pytest.approx(
        (-0.1, -0.1 - half, -0.1 + half)
    )
    # A mean lies between the least and the largest whatever the weights, and they cannot all agree.
    assert -0.3 < work["weighted_lower"] < -0.1 < work["weighted_upper"] < 0.1
    assert 0.5 < work["same_sign"] < 1
    # One gap is no mean of several.
    health = found["health"]
    assert (health["mean_gap"], health["mean_gap_lower"], health["weighted_lower"], health["same_sign"]) == (
        pytest.approx(-0.5), None, None, None,
    )  # fmt: skip


def test_where_all_gaps_are_equal_weights_do_not_matter():
    series = pa.Table.from_pylist([standing(one, -0.06, "off track") for one in "abcde"], schema=SERIES)
    [found] = pillar_view(series, dict.fromkeys("abcde", "work")).to_pylist()
    assert [found[name] for name in ("mean_gap", "weighted_lower", "weighted_upper")] == pytest.approx([-0.3] * 3)
    assert found["same_sign"] == 1
    assert np.isclose(found["mean_gap_lower"], found["mean_gap_upper"])


def test_no_figures_make_no_view():
    assert pillar_view(SERIES.empty_table(), {}).num_rows == 0


def window(area: str, first: int, last: int, value: float | None, status: str | None = None) -> dict[str, Any]:
    days = {"period_start": date(first, 1, 1), "period_end": date(last, 12, 31)}
    text = str(last) if first == last else f"{first}-{last}"
    return {"indicator_id": "rented", "area_id": area, "period": text, **days, "value": value, "status": status}


def met_by(own: dict[str, Any], *others: dict[str, Any]) -> list[tuple[str, float]]:
    """Period and value of what a figure is set beside."""
    measures = pa.Table.from_pylist([own, *others], schema=SERIES)
    found = comparison_of(CATALOGUE, measures.slice(0, 1), measures).to_pylist()
    return [(one["comparator_period"], one["comparator_value"]) for one in found]


def test_a_survey_meets_the_window_that_it_ends() -> None:
    survey = window("drammen-7", 2024, 2024, 0.3)
    windows = [window("drammen", last - 2, last, last / 10_000) for last in (2023, 2024, 2025, 2026)]
    assert met_by(survey, *windows) == [("2022-2024", 0.2024)]
    # A shorter one holds it more closely, and one of the same days wholly.
    assert met_by(survey, *windows, window("drammen", 2024, 2025, 0.5)) == [("2024-2025", 0.5)]
    assert met_by(survey, *windows, window("drammen", 2024, 2024, 0.4)) == [("2024", 0.4)]
    # A window of the area's own is no part of a year.
    assert met_by(window("drammen-7", 2022, 2024, 0.3), window("drammen", 2024, 2024, 0.4)) == []


def test_a_hidden_figure_is_not_replaced_by_a_window() -> None:
    hidden = window("drammen", 2024, 2024, None, "suppressed")
    assert met_by(window("drammen-7", 2024, 2024, 0.3), hidden, window("drammen", 2022, 2024, 0.2)) == []


def test_a_month_does_not_meet_a_year() -> None:
    month = {"period": "2024M03", "period_start": date(2024, 3, 1), "period_end": date(2024, 3, 31)}
    assert met_by(window("drammen-7", 2024, 2024, 0.3) | month, window("drammen", 2024, 2024, 0.2)) == []
