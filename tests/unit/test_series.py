"""Baseline, target, trajectory, gaps and assessment on made-up measures; one computation for all.

The area is drammen-7 (programme 2020-2030), compared with drammen and then norway.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import expit, logit
from scipy.stats import norm, sem, t, ttest_1samp
from statsmodels.stats.proportion import proportion_confint

from indicators import periods
from indicators.forecast_skill import PAST_FORECAST, SKILL
from pipelines.steps import assessing
from tests.stages import run, series_of
from tests.unit import made_catalogue, made_indicator

TABLE = {"table": "made/open", "method": "published_value", "value": {"ContentsCode": "x"}}
DELIVERED = {**TABLE, "table": "delivery/made"}
ADOPTED = {"absolute": 0.06, "status": "adopted", "adopted_by": "the steering group", "adopted_on": "2021-05-01"}
FROZEN = {"area": "drammen-7", "value": 0.08, "baseline_value": 0.10, "vintage": "2021-03-01"}
AGREED = {**ADOPTED, "absolute": None, "relative": -0.2, "frozen": [FROZEN]}
FIFTH_LESS, TENTH_MORE = {"relative": -0.2}, {"relative": 0.1}

CATALOGUE = made_catalogue(
    made_indicator("crowded", [TABLE], direction="lower", target=FIFTH_LESS),
    made_indicator("employed", [TABLE], direction="higher", target=TENTH_MORE),
    made_indicator("unsure", [TABLE], direction="lower", target=FIFTH_LESS),
    made_indicator("rented", [TABLE]),
    made_indicator("absolute", [TABLE], direction="lower", target=ADOPTED),
    made_indicator("revised", [TABLE], direction="lower", target=AGREED),
    made_indicator("nearest", [TABLE], direction="lower", target=FIFTH_LESS),
    made_indicator("disturbed", [TABLE], direction="lower", target=FIFTH_LESS, baseline={"note": "A pandemic."}),
    made_indicator("moved", [TABLE], direction="lower", target=FIFTH_LESS, baseline={"note": "A pandemic."}),
    made_indicator("windows", [TABLE], direction="lower", target=FIFTH_LESS),
    made_indicator("late", [TABLE], direction="lower", target=FIFTH_LESS),
    made_indicator("hidden", [TABLE], direction="lower", target=FIFTH_LESS),
    made_indicator("wanted", [TABLE, DELIVERED], direction="lower", target=FIFTH_LESS),
    made_indicator("quarterly", [TABLE], direction="higher", target={"absolute": 0.5}),
    made_indicator("waves", [TABLE], direction="lower", target=FIFTH_LESS),
    made_indicator("gap", [TABLE], direction="higher", target={"gap_closed": 0.5}),
    made_indicator("named_gap", [TABLE], direction="higher", target={"gap_closed": 0.5, "comparator": "norway"}),
    made_indicator("ahead", [TABLE], direction="higher", target={"gap_closed": 0.5}),
    made_indicator("alone", [TABLE], direction="higher", target={"gap_closed": 0.5}),
    made_indicator("geometric", [TABLE], direction="lower", target={"absolute": 0.05, "trajectory": "geometric"}),
    made_indicator("logistic", [TABLE], direction="higher", target={"absolute": 0.9, "trajectory": "logistic"}),
    made_indicator("all", [TABLE], direction="lower", target={"absolute": 0.9, "trajectory": "logistic"}),
    made_indicator("nowhere", [TABLE], direction="higher", target={"absolute": 0.05, "trajectory": "geometric"}),
    made_indicator(
        "two_ways",
        [TABLE],
        direction="lower",
        target=FIFTH_LESS,
        baseline={"alternative": {"year": 2019, "reason": "Before the pandemic."}},
    ),
    made_indicator("pooled", [TABLE], direction="lower", target=FIFTH_LESS, pooling=3),
    made_indicator("open", [TABLE, {**TABLE, "table": "made/other"}], direction="lower", target=FIFTH_LESS),
)
Series = dict[float, float]
MEASURES = pa.schema(
    [
        *((name, pa.string()) for name in ("indicator_id", "area_id", "period", "status", "method")),
        *((name, pa.date32()) for name in ("period_start", "period_end")),
        *((name, pa.float64()) for name in ("numerator", "denominator", "value", "lower", "upper")),
        ("pooled", pa.bool_()),
    ]
)


def point(
    indicator: str,
    period: str | int,
    value: float | None,
    half: float | None = None,
    *,
    area: str = "drammen-7",
    status: str | None = None,
) -> dict[str, Any]:
    """A measure; `half` is half the width of its interval."""
    read = periods.parse(str(period))
    given = value is not None and half is not None
    return {
        "indicator_id": indicator,
        "area_id": area,
        "period": read.text,
        "period_start": read.start,
        "period_end": read.end,
        "value": value,
        "lower": value - half if given else None,
        "upper": value + half if given else None,
        "status": status,
        "method": "published_value",
        "pooled": False,
    }


QUARTERS = [f"{year}K{quarter}" for year in (2020, 2021, 2022) for quarter in (1, 2, 3, 4)]
WAVES = ["2018-2020", "2021-2023", "2024-2026"]


def counts(period: str, numerator: float, denominator: float, *, area: str = "drammen-7") -> dict[str, Any]:
    """A measure of the indicator that pools, with its counts."""
    lower, upper = proportion_confint(numerator, denominator, method="wilson")
    return {
        **point("pooled", period, numerator / denominator, area=area),
        "numerator": numerator,
        "denominator": denominator,
        "lower": lower,
        "upper": upper,
        "method": "proportion, Wilson interval",
        "pooled": "-" in period,
    }


def measures() -> list[dict[str, Any]]:
    return [
        point("crowded", 2019, 0.12),
        point("crowded", 2020, 0.10, 0.002),
        point("crowded", 2021, 0.099, 0.002),
        point("crowded", 2022, 0.12, 0.002),
        point("crowded", 2023, None, status="suppressed"),
        point("crowded", 2024, 0.07, status="incomplete"),
        point("crowded", 2025, 0.087),
        point("crowded", 2030, 0.084),
        point("crowded", 2032, 0.085),
        point("crowded", 2033, 0.079),
        point("crowded", 2020, 0.05, area="drammen"),
        point("crowded", 2021, 0.05, area="drammen", status="incomplete"),
        point("crowded", 2022, None, area="drammen", status="missing"),
        point("crowded", 2020, 0.04, area="norway"),
        point("crowded", 2021, 0.06, area="norway"),
        point("employed", 2020, 0.50, 0.01),
        point("employed", 2021, 0.45, 0.01),
        point("employed", 2022, 0.5075, 0.01),
        point("employed", 2023, 0.505, 0.01),
        point("employed", 2024, 0.45, 0.01),
        point("employed", 2025, 0.485, 0.025),
        point("employed", 2026, 0.60, 0.01),
        *(point("unsure", 2020 + n, value) for n, value in enumerate([0.10, 0.11, 0.12])),
        *(point("rented", 2020 + n, value) for n, value in enumerate([0.30, 0.31, 0.32])),
        point("rented", 2021, 0.25, area="drammen"),
        *(point("absolute", 2020 + n, value) for n, value in enumerate([0.10, 0.10, 0.06])),
        *(point("revised", year, value) for year, value in [(2020, 0.11), (2021, 0.10), (2025, 0.09)]),
        *(point("nearest", year, value) for year, value in [(2017, 0.3), (2018, 0.2), (2022, 0.1)]),
        *(point("disturbed", year, 0.2) for year in (2019, 2020)),
        point("moved", 2020, 0.5, status="incomplete"),
        point("moved", 2021, 0.2),
        *(point("windows", f"{last - 2}-{last}", value) for last, value in [(2019, 0.3), (2020, 0.2), (2021, 0.1)]),
        *(point("quarterly", quarter, 0.10 + n / 100) for n, quarter in enumerate(QUARTERS)),
        *(point("quarterly", quarter, 0.10 + n / 100, area="oslo") for n, quarter in enumerate(QUARTERS)),
        *(point("waves", window, value) for window, value in zip(WAVES, [0.30, 0.27, 0.24], strict=True)),
        *(point("gap", year, 0.40) for year in (2020, 2021)),
        point("gap", 2020, 0.50, area="drammen"),
        point("gap", 2020, 0.90, area="norway"),
        *(point("named_gap", year, 0.40) for year in (2020, 2021)),
        point("named_gap", 2020, 0.50, area="drammen"),
        point("named_gap", 2020, 0.60, area="norway"),
        *(point("ahead", year, 0.55) for year in (2020, 2021)),
        point("ahead", 2020, 0.50, area="drammen"),
        *(point("alone", year, 0.55) for year in (2020, 2021)),
        point("alone", 2021, 0.50, area="drammen"),
        *(point("geometric", year, 0.10) for year in (2020, 2021)),
        *(point("logistic", year, 0.80) for year in (2020, 2021)),
        *(point("all", year, 1.0) for year in (2020, 2021)),
        *(point("nowhere", year, 0.0) for year in (2020, 2021)),
        *(
            point("two_ways", year, value, 0.002)
            for year, value in [(2019, 0.05), (2020, 0.10), (2021, 0.06), (2023, 0.06)]
        ),
        *(counts(str(2018 + n), 100 + 10 * n, 1000) for n in range(5)),
        *(counts(f"{last - 2}-{last}", 3 * (80 + 10 * (last - 2017)), 3000) for last in (2020, 2021, 2022)),
        *(counts(period, 10, 100, area="drammen") for period in ("2020", "2018-2020")),
        *(point("late", year, value) for year, value in [(2031, 0.2), (2032, 0.19)]),
        *(point("hidden", year, None, status="suppressed") for year in (2020, 2021)),
    ]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return series_of(CATALOGUE, "made", pa.Table.from_pylist(measures(), schema=MEASURES)).to_pylist()


@pytest.fixture(scope="module")
def row(rows):
    """Find the one row of an indicator, period and area."""

    def find(indicator: str, period: str | int | None, area: str = "drammen-7") -> dict[str, Any]:
        wanted = (indicator, None if period is None else str(period), area)
        found = [one for one in rows if (one["indicator_id"], one["period"], one["area_id"]) == wanted]
        assert len(found) == 1
        return found[0]

    return find


def assessments(rows: list[dict[str, Any]], indicator: str) -> dict[str, str | None]:
    """What each figure alone says."""
    mine = [one for one in rows if (one["indicator_id"], one["area_id"]) == (indicator, "drammen-7")]
    return {one["period"]: one["newest_word"] for one in mine}


def test_the_baseline_is_the_figure_of_2020(rows):
    mine = [one for one in rows if (one["indicator_id"], one["area_id"]) == ("crowded", "drammen-7")]
    assert {(one["baseline_period"], one["baseline_value"], one["baseline_note"]) for one in mine} == {
        ("2020", 0.10, None)
    }


def test_where_2020_is_missing_the_nearest_period_serves_the_earlier_of_two_and_it_is_said(row):
    found = row("nearest", 2022)
    assert (found["baseline_period"], found["baseline_value"]) == ("2018", 0.2)
    assert found["baseline_note"] == "no figure for 2020; nearest published period used"


def test_a_disturbed_baseline_says_so(row):
    assert row("disturbed", 2020)["baseline_note"] == "A pandemic."


def test_an_incomplete_year_is_no_baseline(row):
    found = row("moved", 2021)
    assert (found["baseline_period"], found["baseline_value"]) == ("2021", 0.2)
    assert found["baseline_note"] == "no figure for 2020; nearest published period used. A pandemic."


def test_a_window_belongs_to_the_year_in_which_it_ends(row):
    found = row("windows", "2019-2021")
    assert (found["baseline_period"], found["baseline_note"]) == ("2018-2020", None)


def test_a_relative_target_is_a_change_from_the_baseline(row):
    for indicator, value in [("crowded", 0.10 * 0.8), ("employed", 0.50 * 1.1)]:
        found = row(indicator, 2021)
        assert found["target_value"] == pytest.approx(value)
        assert (found["target_period"], found["target_status"]) == ("2030", "proposed")


def test_an_absolute_target_is_itself(row):
    found = row("absolute", 2021)
    assert (found["target_value"], found["target_status"]) == (0.06, "adopted")


def test_an_adopted_target_stays_when_its_baseline_is_revised(row):
    """A fifth less than 10 % was adopted, 8 %; the baseline is 11 % now, of which a fifth less would be 8.8 %."""
    found = row("revised", 2025)
    assert (found["target_value"], found["target_status"], str(found["adopted_on"])) == (0.08, "adopted", "2021-05-01")
    assert (found["baseline_value"], found["adopted_baseline"], str(found["adopted_vintage"])) == (
        0.11,
        0.1,
        "2021-03-01",
    )
    assert found["baseline_revision"] == pytest.approx(0.01)
    assert found["required_value"] == pytest.approx(0.09)  # half of the way from 0.10 to 0.08
    assert "the target and its path stay" in found["note"]


def test_the_required_value_lies_on_the_straight_line(row):
    # From 0.10 in 2020 to 0.08 in 2030: 0.002 a year.
    for year, required in [(2020, 0.10), (2021, 0.098), (2022, 0.096), (2025, 0.09), (2030, 0.08)]:
        assert row("crowded", year)["required_value"] == pytest.approx(required)
    # From 0.2 in 2018 to 0.16 in 2030: four of twelve years.
    assert row("nearest", 2022)["required_value"] == pytest.approx(0.2 - 0.04 * 4 / 12)


def test_nothing_is_required_before_the_baseline(row):
    found = row("crowded", 2019)
    assert (found["required_value"], found["gap_to_required"], found["assessment"]) == (None, None, None)


def test_after_the_target_year_the_target_stays_required(row):
    assert [row("crowded", year)["required_value"] for year in (2032, 2033)] == pytest.approx([0.08, 0.08])


def test_a_baseline_after_the_target_year_requires_the_target_at_once(row):
    # Baseline 0.2 in 2031; a fifth less is 0.16.
    assert [row("late", year)["required_value"] for year in (2031, 2032)] == pytest.approx([0.16, 0.16])


def test_quarters_are_a_quarter_of_a_year_apart(row):
    found = row("quarterly", "2022K4")
    assert found["baseline_period"] == "2020K1"
    # 0.01 a quarter, so 0.04 a year.
    assert (found["yearly_change"], found["median_yearly_change"]) == pytest.approx((0.04, 0.04))
    quarters = {2019.25 + n / 4: 0.10 + n / 100 for n in range(12)}
    level, _error, _freedom = foreseen(quarters, [quarters])
    assert found["projected_value"] == pytest.approx(expit(level))
    # From the middle of a year as from its end.
    assert row("quarterly", "2022K2")["yearly_change"] == pytest.approx(0.04)


def test_a_projection_needs_a_target_and_points_enough(row):
    # Two points draw a line, but none that is drawn on to the target's year; three do.
    few = row("unsure", 2021)
    assert few["yearly_change"] == pytest.approx(0.01)
    assert (few["target_value"], few["projected_value"]) == (pytest.approx(0.08), None)
    level, _error, _freedom = foreseen({2020: 0.10, 2021: 0.11, 2022: 0.12})
    assert row("unsure", 2022)["projected_value"] == pytest.approx(expit(level))
    # A comparator has no target: its line stands for what was.
    theirs = row("quarterly", "2022K4", "oslo")
    assert theirs["yearly_change"] == pytest.approx(0.04)
    assert [theirs[f"projected_{end}"] for end in ("value", "lower", "upper")] == [None] * 3


def test_gaps_are_signed_so_that_positive_is_better(row):
    lower, higher = row("crowded", 2025), row("employed", 2022)
    # Lower is better: 0.087 is 0.003 below the 0.09 required, and 0.007 above the 0.08 aimed at.
    assert lower["gap_to_required"] == pytest.approx(0.003)
    assert lower["gap_to_target"] == pytest.approx(-0.007)
    # Higher is better: 0.5075 against 0.51 required and 0.55 aimed at.
    assert higher["gap_to_required"] == pytest.approx(-0.0025)
    assert higher["gap_to_target"] == pytest.approx(-0.0425)


def test_no_gap_is_a_negative_zero(rows):
    gaps = [one[name] for one in rows for name in ("gap_to_required", "gap_to_target", "gap_to_comparator")]
    assert 0 in gaps
    assert "-0.0" not in [str(gap) for gap in gaps]


def test_a_context_indicator_has_no_gap_target_or_assessment_but_its_comparator(row):
    found = row("rented", 2021)
    assert (found["baseline_value"], found["comparator_id"], found["comparator_value"]) == (0.30, "drammen", 0.25)
    names = ("target_value", "required_value", "gap_to_required", "gap_to_target", "gap_to_comparator", "assessment")
    assert [found[name] for name in names] == [None] * 6


def test_the_comparator_is_the_nearest_with_a_complete_figure_for_the_period(row):
    # 2020: the municipality; 2021: its year is incomplete, so the country; 2022: neither has a figure.
    found = [row("crowded", year) for year in (2020, 2021, 2022)]
    assert [one["comparator_id"] for one in found] == ["drammen", "norway", None]
    assert [one["comparator_value"] for one in found] == [0.05, 0.06, None]
    assert [one["gap_to_comparator"] for one in found[:2]] == pytest.approx([0.05 - 0.10, 0.06 - 0.099])


def test_a_comparator_has_a_baseline_but_no_target(row):
    found = row("crowded", 2020, "drammen")
    assert (found["baseline_value"], found["comparator_id"]) == (0.05, "norway")
    assert [found[name] for name in ("target_value", "target_period", "target_status", "assessment")] == [None] * 4


def foreseen(own: Series, others: Sequence[Series] = (), until: float = 2030) -> tuple[float, float, float]:
    """Level, error and freedom in a year, on the log-odds scale, of shares without known errors: written out once more.

    The variances are pooled by moments over the areas' series (year -> share), after the drift that the areas share;
    the level is that of a Gaussian process with an unknown start, conditioned on the figures one matrix at a time.
    """
    scatters, freedoms, drifts, rises = [], [], [], {}
    series = [{year: logit(share) for year, share in given.items()} for given in (own, *others)]
    for years, figures in ((sorted(given), [given[year] for year in sorted(given)]) for given in series):
        if len(years) > 1:
            length = years[-1] - years[0]
            drift = (figures[-1] - figures[0]) / length
            drifts.append((drift, length))
            steps = list(zip(np.diff(years), np.diff(figures), strict=True))
            for end, (step, rise) in zip(years[1:], steps, strict=True):
                rises.setdefault(end, []).append(rise / step)
            scatters.append(sum((rise - drift * step) ** 2 / step for step, rise in steps))
            freedoms.append(len(years) - 2)
    pooled = (2 * 0.07**2 + sum(scatters)) / (2 + sum(freedoms))
    shared, unsure = shared_by_hand([np.mean(of_year) for of_year in rises.values()])
    beyond = np.array([(drift - shared) ** 2 - pooled / length for drift, length in drifts])
    doubt = beyond.std(ddof=1) / len(beyond) ** 0.5 if len(beyond) > 1 else 0.0
    sure = (max(beyond.mean() - 2 * doubt, 0.0) if len(beyond) else 0.0) + unsure
    mine = (6 * pooled + (scatters[0] if len(own) > 2 else 0)) / (6 + max(len(own) - 2, 0))
    years = np.array([*sorted(own), until]) - min(own)
    covariance = 1e7 + mine * np.minimum.outer(years, years) + sure * np.outer(years, years)
    figures = np.array([series[0][year] + shared * (until - year) for year in sorted(own)])
    weights = np.linalg.solve(covariance[:-1, :-1], covariance[:-1, -1])
    error = (covariance[-1, -1] - weights @ covariance[:-1, -1]) ** 0.5
    return weights @ figures, error, 2 + max(freedoms, default=0)


def shared_by_hand(means: Sequence[float]) -> tuple[float, float]:
    """Drift and its variance, of each year's mean change: nothing where the t interval of their mean holds 0."""
    if len(means) < 3:
        return 0.0, 0.0
    test = ttest_1samp(means, 0)
    low, high = test.confidence_interval(0.95)
    kept = 1 - ((high - low) / 2 / np.mean(means)) ** 2 if test.pvalue < 0.05 else 0.0
    return kept * np.mean(means), kept * sem(means) ** 2


def chance(foreseen: tuple[float, float, float], target: float, sign: int, spread: float = 1) -> float:
    level, error, freedom = foreseen
    return float(norm.cdf(norm.ppf(t.cdf(sign * (level - logit(target)) / error, freedom)) / spread))


def test_the_probability_is_that_of_the_level_in_the_targets_year(row):
    # A fifth below 0.10 is 0.08. The municipality has one figure that counts, the country two.
    country = {2020: 0.04, 2021: 0.06}
    known = {2019: 0.12, 2020: 0.10, 2021: 0.099, 2022: 0.12}
    found = row("crowded", 2022)
    assert found["probability"] == pytest.approx(chance(foreseen(known, [country]), 0.08, -1), rel=1e-4)
    found = row("crowded", 2025)
    ahead = foreseen(known | {2025: 0.087}, [country])
    # One past forecast can be judged by now, that of 2022 for 2025: its normal score, against two years held before.
    score = norm.ppf(chance(foreseen(known, [country], until=2025), 0.087, -1))
    spread = ((2 + score**2) / 3) ** 0.5
    assert found["probability"] == pytest.approx(chance(ahead, 0.08, -1, spread), rel=1e-4)
    level, error, freedom = ahead
    limits = [level + error * t.ppf(norm.cdf(spread * norm.ppf(tail)), freedom) for tail in (0.5, 0.025, 0.975)]
    projected = [found[name] for name in ("projected_value", "projected_lower", "projected_upper")]
    assert projected == pytest.approx([expit(limit) for limit in limits], rel=1e-4)
    assert found["points"] == 4
    # The slope by hand: deviations of the years from 2022 are -2, -1, 0, 3, of which the squares sum to 14.
    assert found["yearly_change"] == pytest.approx((-2 * 0.10 - 1 * 0.099 + 3 * 0.087) / 14)
    # The slopes between two points, in order: -0.011, -0.003, -0.0026, -0.001, 0.01, 0.021.
    assert found["median_yearly_change"] == pytest.approx((-0.0026 - 0.001) / 2)


def test_a_lower_is_better_indicator_is_assessed_at_every_complete_period_since_baseline(rows, row):
    assert assessments(rows, "crowded") == {
        "2019": None,
        "2020": "too early",
        "2021": "too early",
        # Half-widths 0.002: the rise of 0.02 is 0.02 - 0.0028 at least.
        "2022": "worsening",
        "2023": "no data (hidden)",
        "2024": None,
        "2025": "possible",
        # In the target's year and after it there is nothing left to foresee.
        "2030": "not reached",
        "2032": "not reached",
        "2033": "reached late",
    }
    assert 0.33 <= row("crowded", 2025)["probability"] < 0.66


def test_a_higher_is_better_indicator_is_assessed_the_other_way_round(rows, row):
    assert assessments(rows, "employed") == {
        "2020": "too early",
        # A clear fall, but two points are no path.
        "2021": "too early",
        "2022": "possible",
        "2023": "possible",
        # The fall of 0.05 with half-widths 0.01 and 0.01 is 0.036 at least.
        "2024": "worsening",
        # The fall of 0.015 with half-widths 0.025 and 0.01 may be a rise of 0.012.
        "2025": "off track",
        # 0.60 ± 0.01 is past 0.55 for certain.
        "2026": "at the target",
    }
    assert row("employed", 2025)["probability"] < 0.33


def test_the_word_that_is_told_waits_for_a_second_figure_but_in_the_targets_year(rows):
    mine = [one for one in rows if (one["indicator_id"], one["area_id"]) == ("crowded", "drammen-7")]
    assert {one["period"]: one["assessment"] for one in mine} == {
        "2019": None,
        "2020": "too early",
        "2021": "too early",
        # A warning is told at once; one figure that says "possible" does not end it.
        "2022": "worsening",
        "2023": "no data (hidden)",
        "2024": None,
        "2025": "worsening",
        "2030": "not reached",
        "2032": "not reached",
        "2033": "reached late",
    }


def test_a_change_has_newcombes_interval(row):
    found = row("employed", 2024)
    # Two half-widths of 0.01: the root of the sum of their squares.
    assert (found["change"], found["change_lower"], found["change_upper"]) == pytest.approx(
        (-0.05, -0.05 - 0.01 * 2**0.5, -0.05 + 0.01 * 2**0.5)
    )
    assert row("employed", 2020)["change"] is None


def test_the_pace_is_the_observed_change_over_the_required_one(row):
    # (0.10 - 0.087) / (0.10 - 0.09) by 2025, in the compound form (0.87^(1/5) - 1) / (0.8^(1/10) - 1).
    found = row("crowded", 2025)
    assert found["pace"] == pytest.approx(1.3)
    assert found["pace_cagr"] == pytest.approx((0.87**0.2 - 1) / (0.8**0.1 - 1))


def test_windows_that_share_years_are_one_point(row):
    assert [row("windows", period)["points"] for period in ("2018-2020", "2019-2021")] == [1, 1]
    # 2018-2020 and 2021-2023 share no year.
    assert row("waves", "2021-2023")["points"] == 2
    assert row("waves", "2024-2026")["points"] == 3
    # 2028-2030 ends four years after 2024-2026; the windows' middles are 2019, 2022 and 2025.
    level, _error, _freedom = foreseen({2019: 0.30, 2022: 0.27, 2025: 0.24}, until=2029)
    assert row("waves", "2024-2026")["projected_value"] == pytest.approx(expit(level))


def test_a_gap_closed_is_a_share_of_the_distance_in_the_baseline_period(row):
    # Half of the way from 0.40 to 0.50, where higher is better; norway is nearer in rank only where drammen is silent.
    found = row("gap", 2021)
    assert found["target_value"] == pytest.approx(0.45)
    # The programme's own comparator that is named: the country's 0.60.
    assert row("named_gap", 2021)["target_value"] == pytest.approx(0.50)
    # Ahead of the comparator already: stay there.
    assert row("ahead", 2021)["target_value"] == pytest.approx(0.55)
    # Nobody to compare with in the baseline period: no target.
    assert row("alone", 2021)["target_value"] is None


def test_paths_may_bend(row):
    # Geometric from 0.10 to 0.05 in ten years: after one year 0.10 x 0.5^(1/10).
    assert row("geometric", 2021)["required_value"] == pytest.approx(0.10 * 0.5**0.1)
    # Logistic from 0.8 to 0.9: log-odds ln 4 and ln 9, a tenth of the way is ln 4 + 0.1 ln 2.25.
    odds = 4 * 2.25**0.1
    assert row("logistic", 2021)["required_value"] == pytest.approx(odds / (1 + odds))
    # From 0 no geometric path leads anywhere.
    assert (row("nowhere", 2021)["target_value"], row("nowhere", 2021)["required_value"]) == (0.05, None)
    # Nor does a logistic one from all: its odds have no number.
    assert (row("all", 2021)["target_value"], row("all", 2021)["required_value"]) == (0.9, None)


def test_an_alternative_baseline_is_computed_beside_the_first(row):
    found = row("two_ways", 2023)
    # 0.10 in 2020, the pandemic's year, and 0.05 in 2019: a fifth less is 0.08 or 0.04.
    assert (found["baseline_value"], found["target_value"]) == pytest.approx((0.10, 0.08))
    assert (found["alternative_period"], found["alternative_value"]) == ("2019", 0.05)
    assert found["alternative_target"] == pytest.approx(0.04)
    # 0.06 in 2023 is past 0.08, and above 0.05 by more than 0.002 and 0.002 allow.
    assert (found["assessment"], found["alternative_assessment"]) == ("at the target", "worsening")
    assert found["sensitivity"] == "sensitive"
    assert row("crowded", 2025)["sensitivity"] is None


def test_a_pooled_area_is_shown_by_its_windows_and_the_trend_runs_through_the_years(row, rows):
    periods_shown = [one["period"] for one in rows if one["indicator_id"] == "pooled" and one["area_id"] == "drammen-7"]
    assert periods_shown == ["2018-2020", "2019-2021", "2020-2022"]
    found = row("pooled", "2020-2022")
    assert (found["pooled"], found["baseline_period"], found["points"]) == (True, "2018-2020", 5)
    # Shares 0.10, 0.11 ... 0.14 of 1,000 a year.
    assert found["yearly_change"] == pytest.approx(0.01)
    # The municipality's years are too many to need windows.
    assert [one["period"] for one in rows if one["indicator_id"] == "pooled" and one["area_id"] == "drammen"] == [
        "2020"
    ]


def test_without_intervals_a_steady_change_for_the_worse_is_worsening(rows):
    # 0.10, 0.11, 0.12 lie on a line.
    assert assessments(rows, "unsure") == {"2020": "too early", "2021": "too early", "2022": "worsening"}


def test_a_target_that_is_met_once_and_without_interval_is_touched(rows):
    assert assessments(rows, "absolute") == {"2020": "too early", "2021": "too early", "2022": "touched"}


def test_a_hidden_year_has_no_gaps_and_an_incomplete_one_is_not_assessed(row):
    hidden, incomplete = row("crowded", 2023), row("crowded", 2024)
    assert (hidden["status"], hidden["gap_to_required"], hidden["gap_to_target"]) == ("suppressed", None, None)
    # 0.07 would be an achievement.
    assert (incomplete["status"], incomplete["value"], incomplete["assessment"]) == ("incomplete", 0.07, None)


def test_hidden_figures_make_no_baseline_and_no_target(row):
    found = row("hidden", 2021)
    names = ("value", "baseline_period", "baseline_value", "baseline_note", "target_value", "required_value")
    assert [found[name] for name in names] == [None] * 6
    assert found["status"] == "suppressed"


@pytest.mark.parametrize(("indicator", "wanted"), [("wanted", "delivery/made"), ("open", "made/open or made/other")])
def test_an_indicator_without_figures_says_what_is_wanted_deliveries_first(row, indicator, wanted):
    for area in ("drammen-7", "skien"):
        found = row(indicator, None, area)
        assert (found["assessment"], found["note"]) == ("no data", f"no figures yet; wanted: {wanted}")
        told = {"indicator_id", "area_id", "assessment", "note"}
        assert {name for name, value in found.items() if value is not None} == told


def test_only_programme_areas_are_told_to_have_no_data(rows):
    assert {one["area_id"] for one in rows if one["assessment"] == "no data"} == {
        "drammen-7",
        "skien",
        "oslo-sondre-nordstrand",
    }


def test_every_measure_has_its_row_and_no_probability_is_told_of_less_than_three_points(rows):
    measured = [one for one in rows if one["period"] is not None]
    # Of the pooled indicator the district's three windows and the municipality's one year are shown.
    assert len(measured) == len(measures()) - 5 - 1
    foreseen = {"on track", "possible", "off track", "worsening", "worse, improving", "uncertain"}
    assert not {one["assessment"] for one in rows if (one["points"] or 0) < 3} & foreseen
    told = [one for one in rows if one["probability"] is not None]
    assert all(0 <= one["probability"] <= 1 and one["target_value"] is not None for one in told)


def test_rows_come_in_order_of_time(rows):
    keys = [(one["indicator_id"], one["area_id"], one["period_end"], one["period"]) for one in rows if one["period"]]
    assert keys == sorted(keys)


def test_no_probability_is_given_where_past_forecasts_did_not_hold() -> None:
    figures = pa.Table.from_pylist(measures(), schema=MEASURES)
    verdicts = [("employed", 0, "does not hold"), ("employed", 1, None), ("crowded", 0, "holds"), ("crowded", 1, None)]
    lines = [{"indicator_id": name, "horizon": ahead, "verdict": word} for name, ahead, word in verdicts]
    skill = pa.Table.from_pylist(lines, schema=SKILL)
    found = assessing.compute(run, CATALOGUE, "made", figures, (PAST_FORECAST.empty_table(), skill)).to_pylist()
    of = {(row["indicator_id"], row["period"]): row for row in found if row["area_id"] == "drammen-7"}
    judged = of["employed", "2025"]
    assert (judged["probability"], judged["calibration"], judged["assessment"]) == (None, None, "uncertain")
    assert judged["projected_value"] is not None
    assert of["crowded", "2025"]["probability"] is not None
    assert of["crowded", "2025"]["calibration"] == "holds"
    assert of["absolute", "2022"]["probability"] is not None
    assert of["absolute", "2022"]["calibration"] == "uncalibrated"
