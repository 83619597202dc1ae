"""The projection on real series: what docs/assessment.md says of it, computed from the recorded county files."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from indicators.forecast_skill import base_rates, calibration, skill
from indicators.outlook import Outlook
from pipelines.settings import PROJECT
from pipelines.steps import assessing, backtesting
from tests.recorded.test_county_measures import computed, known
from tests.stages import run, series_of

PILLARS = ("work", "education", "housing", "health")


@pytest.fixture(scope="module")
def past() -> pa.Table:
    return pa.concat_tables([backtesting.past_forecasts(run, known(), pillar, computed(pillar)) for pillar in PILLARS])


@pytest.fixture(scope="module")
def whole(past: pa.Table) -> pd.DataFrame:
    found = skill(past).to_pandas()
    return found[found["horizon"] == 0].set_index("indicator_id")


EARNED = {"crowding", "crowding_immigrants", "reduced_work_capability"}


def test_what_holds_has_earned_it(past: pa.Table, whole: pd.DataFrame) -> None:
    """The proof of issue 14, indicator by indicator, with 50 cases or more: counted anew from the past forecasts."""
    enough = whole.index[whole["cases"] >= 50]
    assert set(enough) == {
        "crowding",
        "crowding_immigrants",
        "lowest_education",
        "reduced_work_capability",
        "registered_unemployment",
    }
    held = past.filter(past["corrected"]).to_pandas()
    earned = set()
    for indicator, own in held[held["indicator_id"].isin(enough)].groupby("indicator_id"):
        covered = own.loc[own["change"] == 0.1, "within_95"].mean()
        targets = own[own["reached"].notna()]
        tenths = targets.groupby((targets["ours"] * 10).astype(int).clip(upper=9))
        off = [abs(one["ours"].mean() - one["reached"].mean()) for _tenth, one in tenths if len(one) >= 30]
        if 0.90 <= covered <= 0.98 and max(off) <= 0.10:
            earned.add(indicator)
    assert earned == EARNED
    assert set(enough[whole.loc[enough, "verdict"] == "holds"]) == EARNED


CALLED = {"lowest education": "lowest_education", "crowding, immigrants": "crowding_immigrants"}


def page_rows(first: str) -> list[list[str]]:
    """The cells of the rows of docs/assessment.md's table whose heading begins so, below the heading."""
    lines = (PROJECT / "docs" / "assessment.md").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first} |"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            return found
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def test_the_pages_table_of_probabilities_is_what_the_backtest_gives(past: pa.Table) -> None:
    tenths = calibration(past).to_pandas()
    weighted = tenths.assign(given=tenths["given"] * tenths["cases"], came_true=tenths["came_true"] * tenths["cases"])
    sums = weighted.groupby("tenth")[["given", "came_true", "cases"]].sum()
    given, came_true, cases = page_rows("given, per cent")
    assert [int(cell.replace(",", "")) for cell in cases[1:]] == sums["cases"].tolist()
    for row, name in ((given, "given"), (came_true, "came_true")):
        mean = 100 * sums[name] / sums["cases"]
        assert [int(cell) for cell in row[1:]] == [round(one) for one in mean], name


def test_the_pages_table_of_indicators_is_what_the_backtest_gives(past: pa.Table, whole: pd.DataFrame) -> None:
    rows = page_rows("indicator")
    assert len(rows) == len(whole)
    once = past.filter(past["corrected"]).to_pandas().query("change == 0.1")
    uncorrected = (once["score"].abs() <= 1.959964).groupby(once["indicator_id"]).mean()
    for name, *cells in rows:
        indicator = CALLED.get(name, name.replace(" ", "_"))
        found = whole.loc[indicator]
        counts, briers, before, held, worst, verdict = cells[:3], cells[3:7], *cells[7:]
        assert [int(cell.replace(",", "")) for cell in counts] == found[["cases", "areas", "years"]].tolist()
        scores = found[["brier", "brier_no_change", "brier_straight_line", "brier_half_drift"]]
        assert [float(cell) for cell in briers] == [round(one, 3) for one in scores]
        # Given in whole per cent, and in tenths where more decides.
        for cell, share in ((before, uncorrected[indicator]), (held, found["coverage_95"])):
            told = cell.removesuffix(" %")
            assert float(told) == round(100 * share, 1 if "." in told else 0), (name, cell)
        assert verdict == found["verdict"]
        if worst:
            assert int(worst) == round(100 * found["calibration_error"])


@pytest.mark.slow
def test_what_has_not_earned_it_gets_no_probability(whole: pd.DataFrame) -> None:
    refused_ones = set(whole.index[whole["cases"] >= 50]) - EARNED
    for pillar in PILLARS:
        series = series_of(known(), pillar, computed(pillar)).to_pandas()
        refused = series["indicator_id"].isin(refused_ones)
        assert series.loc[refused, "probability"].isna().all()
        told = series[series["indicator_id"].isin(EARNED) & series["probability"].notna()]
        assert (told["calibration"] == "holds").all()


def test_no_plain_forecast_is_better(whole: pd.DataFrame) -> None:
    enough = whole[whole["cases"] >= 50]
    peers = enough[["brier_no_change", "brier_straight_line", "brier_half_drift"]].min(axis=1)
    assert (enough["brier"] <= peers).all()


def test_of_the_indicators_only_the_lowest_education_surely_drifts_and_downwards() -> None:
    """What the page says of drifts that all areas share, as known at each indicator's newest figure."""
    found = {}
    for pillar in PILLARS:
        rows, points = assessing.followed(run, known(), pillar, computed(pillar))
        drifts = pd.Series(Outlook(rows, points).pooled.shared, rows["indicator_id"].to_pylist())
        found |= drifts.groupby(level=0).last().to_dict()
    assert len(found) > 6
    assert {name for name, drift in found.items() if drift} == {"lowest_education"}
    assert found["lowest_education"] < 0


def test_a_forecast_is_corrected_by_what_had_come_by_then_alone(past: pa.Table) -> None:
    """Without the newest two years of figures, every forecast that can still be judged is the same."""
    measures = computed("housing")
    earlier = measures.filter(pc.less(pc.year(measures["period_end"]), 2023))
    assert 0 < earlier.num_rows < measures.num_rows
    key = ["indicator_id", "area_id", "year", "horizon", "change"]
    then = backtesting.past_forecasts(run, known(), "housing", earlier).to_pandas().set_index(key).sort_index()
    now = past.to_pandas().set_index(key).loc[then.index]
    assert len(then) > 1000
    assert then["ours"].to_numpy() == pytest.approx(now["ours"].to_numpy(), abs=1e-12)


def test_of_a_store_with_figures_of_one_year_nothing_can_be_judged() -> None:
    """As after the first file that ever came."""
    measures = computed("housing")
    first = measures.filter(pc.equal(measures["period"], "2019"))
    assert first.num_rows > 0
    assert backtesting.past_forecasts(run, known(), "housing", first).num_rows == 0


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
