"""The projection on real series: what docs/assessment.md says of it, computed from the recorded county files."""

import pandas as pd
import pyarrow as pa
import pytest

from indicators.forecast_skill import base_rates, calibration, over_all, skill
from pipelines.steps import backtesting
from tests.recorded.test_county_measures import computed, known
from tests.stages import run

PILLARS = ("work", "education", "housing", "health")


@pytest.fixture(scope="module")
def past() -> pa.Table:
    return pa.concat_tables([backtesting.past_forecasts(run, known(), pillar, computed(pillar)) for pillar in PILLARS])


@pytest.fixture(scope="module")
def whole(past: pa.Table) -> pd.DataFrame:
    found = skill(past).to_pandas()
    return found[found["horizon"] == 0].set_index("indicator_id")


def test_over_all_indicators_what_was_given_came_true(past: pa.Table) -> None:
    tenths = over_all(calibration(past))
    off = [abs(row["given"] - row["came_true"]) for row in tenths if row["cases"] >= 30]
    assert max(off) <= 0.10
    assert sum(row["cases"] for row in tenths) > 15_000


def test_no_plain_forecast_is_clearly_better(whole: pd.DataFrame) -> None:
    enough = whole[whole["cases"] >= 50]
    assert len(enough) == 6
    peers = enough[["brier_no_change", "brier_straight_line", "brier_half_drift"]].min(axis=1)
    assert (enough["brier"] - peers).max() <= 0.005
    assert (enough["brier"] < enough["brier_straight_line"]).all()


def test_the_interval_holds_as_often_as_it_says_or_more(whole: pd.DataFrame) -> None:
    enough = whole[whole["cases"] >= 50]
    assert enough["coverage_95"].between(0.90, 1.0).all()


def test_a_verdict_follows_from_the_figures(whole: pd.DataFrame) -> None:
    assert whole.loc["crowding_immigrants", "verdict"] == "holds"
    assert whole.loc["crowding", "verdict"] == "too cautious"
    # One tenth of its probabilities is off by 19 points, of few and dependent cases.
    assert whole.loc["lowest_education", "verdict"] == "does not hold"


def test_base_rates_are_counted_from_the_figures_themselves(past: pa.Table) -> None:
    """By hand: of all municipalities without a programme, how many had a fifth less crowding five years on."""
    rates = base_rates(past).to_pandas()
    found = rates[(rates["indicator_id"] == "crowding") & (rates["horizon"] == 5) & (rates["change"] == -0.2)].iloc[0]
    measures = computed("housing").to_pandas()
    mine = measures[(measures["indicator_id"] == "crowding") & measures["value"].notna()]
    programmes = {programme.area for programme in known().programmes}
    figures = mine[~mine["area_id"].isin(programmes)].assign(year=lambda rows: rows["period"].astype(int))
    table = figures.pivot_table(index="area_id", columns="year", values="value")
    pairs = [
        (table.loc[area, year], table.loc[area, year + 5])
        for area in table.index
        for year in table.columns
        # Forecasts are made from four figures on.
        if year + 5 in table.columns and table.loc[area, :year].notna().sum() >= 4
    ]
    pairs = [(before, after) for before, after in pairs if before == before and after == after]
    assert found["cases"] == len(pairs)
    assert found["reached"] == pytest.approx(sum(after <= 0.8 * before for before, after in pairs) / len(pairs))
