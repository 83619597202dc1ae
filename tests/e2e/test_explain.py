"""`levekar explain` on the published demo: every kind of figure with its chain, and none that is hidden."""

import pytest

from pipelines.storage import warehouse
from tests.e2e.conftest import Levekar, Published

EQUAL = "equal to what is published"


@pytest.fixture(scope="module")
def edition(demo: Published):
    with warehouse.connect(demo.folder / "demo") as connection:
        yield connection


def one(edition, indicator: str, area: str, condition: str = "TRUE") -> dict:
    query = f"SELECT * FROM measure WHERE indicator_id = ? AND area_id = ? AND {condition} ORDER BY period_end DESC"
    found = edition.execute(query, [indicator, area])
    return dict(zip([column[0] for column in found.description], found.fetchone(), strict=True))


@pytest.mark.parametrize(
    ("indicator", "area", "condition"),
    [
        ("employment_rate", "drammen-7", "NOT pooled"),
        ("employment_rate", "drammen-rest", "NOT pooled"),
        ("lowest_education", "norway", "NOT pooled"),
        ("traffic_injuries", "drammen-3", "pooled AND value IS NOT NULL"),
        ("registered_unemployment", "drammen", "value IS NOT NULL AND status = 'estimated'"),
        ("median_income", "drammen-7", "value IS NOT NULL"),
    ],
)
def test_a_figure_is_recomputed_from_what_is_published(
    demo: Published, levekar: Levekar, edition, indicator, area, condition
):
    row = one(edition, indicator, area, condition)
    said = levekar("explain", indicator, "--area", area, "--period", row["period"], "--data-dir", demo.folder)
    assert said.code == 0, said.err
    assert EQUAL in said.out
    assert "DIFFERS" not in said.out
    assert "SYNTHETIC" in said.out
    for sha256 in row["snapshots"]:
        assert sha256 in said.out
    if row["numerator"] is not None and row["status"] != "estimated":
        assert f"{row['numerator']:,.0f} / {row['denominator']:,.0f}" in said.out


def test_the_newest_figure_of_the_usual_area_with_baseline_target_comparison_and_checks(
    demo: Published, levekar: Levekar, edition
):
    said = levekar("explain", "employment_rate", "--data-dir", demo.folder)
    [probability, target] = edition.execute(
        "SELECT probability, target_value FROM scorecard"
        " WHERE (indicator_id, area_id) = ('employment_rate', 'drammen-7')"
    ).fetchone()
    assert probability is not None
    for text in (
        "Sysselsatte 20-66 år",
        "Numerator:",
        "Baseline:",
        f"Target: {target * 100:.1f} %",
        "Assessment:",
        "Against Drammen:",
        "Modelled, no observation",
        "passed: measures/work small_numbers_are_hidden",
    ):
        assert text in said.out


def test_a_hidden_figure_tells_nothing_of_its_chain(demo: Published, levekar: Levekar, edition):
    hidden = edition.execute(
        "SELECT indicator_id, area_id, period FROM measure WHERE status = 'suppressed' AND NOT pooled"
        " AND source_table = 'delivery/drammen_district_counts' ORDER BY ALL LIMIT 1"
    ).fetchone()
    indicator, area, period = hidden
    said = levekar("explain", indicator, "--area", area, "--period", period, "--data-dir", demo.folder)
    assert said.code == 0
    assert "suppressed: the count or its complement is too small" in said.out
    assert "Published rows" not in said.out
    assert "Arithmetic" not in said.out


def test_what_has_no_figure_says_what_is_wanted(demo: Published, levekar: Levekar):
    said = levekar("explain", "life_expectancy", "--data-dir", demo.folder)
    assert said.code == 0
    assert "no figures yet; wanted: delivery/fhi_life_expectancy" in said.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["employment_rat"], "unknown indicator 'employment_rat' (did you mean 'employment_rate'?)"),
        (["employment_rate", "--period", "20244"], "unknown period '20244' (did you mean '2024'?)"),
        (["employment_rate", "--area", "drammen-77"], "unknown area 'drammen-77'"),
    ],
)
def test_what_there_is_not_is_refused_with_the_nearest_name(demo: Published, levekar: Levekar, arguments, message):
    said = levekar("explain", *arguments, "--data-dir", demo.folder)
    assert said.code == 64
    assert message in said.err
