"""The edge cases of ../shared/cases/judgement (made-up counts but for e20): the word that an evaluator would defend."""

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from statsmodels.stats.proportion import proportion_confint

from indicators import periods
from indicators.assessment import SERIES
from indicators.pillars import pillar_view
from pipelines.engine.on_duckdb import DuckDbEngine
from pipelines.steps import assessing
from pipelines.steps.step import Inputs
from tests.recorded import RECORDED
from tests.stages import series_of
from tests.unit import made_catalogue, made_indicator
from tests.unit.test_series import MEASURES, TABLE

HALF = {"gap_closed": 0.5, "comparator": "drammen"}
# direction, target, unit, and what the values are divided by to be in it
CASES: dict[str, tuple[str, dict[str, Any], str, float]] = {
    "e01": ("higher", {"relative": 0.45, "trajectory": "geometric"}, "points", 1),
    "e02": ("higher", {"absolute": 0.95, "trajectory": "logistic"}, "share", 1),
    "e03": ("lower", {"relative": -0.1}, "share", 100),
    "e04": ("lower", {"relative": -0.1}, "share", 100),
    "e05": ("lower", {"absolute": 0.12}, "share", 1),
    "e06": ("lower", {"relative": -0.25}, "share", 1),
    "e07": ("lower", HALF, "share", 1),
    "e08": ("lower", HALF, "share", 1),
    "e09": ("lower", {"relative": -0.2}, "share", 1),
    "e10": ("lower", {"relative": -0.2}, "share", 1),
    "e11": ("lower", {"relative": -0.25}, "share", 1),
    "e12": ("lower", {"relative": -0.1}, "share", 1),
    "e13": ("lower", {"relative": -0.35}, "share", 1),
    "e14": ("lower", {"relative": -0.05}, "share", 1),
    "e15": ("lower", {"relative": -0.1}, "share", 1),
    "e16": ("lower", {"relative": -0.1}, "share", 1),
    "e17": ("lower", {"relative": -0.01}, "share", 1),
    "e18": ("lower", {"relative": -0.2}, "share", 1),
    "e19": ("higher", {"absolute": 0.999}, "share", 1),
    "e20": ("lower", {"relative": -0.35}, "share", 100),
}
PANDEMIC = {
    "baseline": {"year": 2019, "alternative": {"year": 2020, "reason": "The programme's first year."}},
    "disturbed": [{"from": 2020, "to": 2021, "reason": "a pandemic."}],
}
DECLARED: dict[str, dict[str, Any]] = {
    "e13": PANDEMIC,
    "e16": {"breaks": [{"from": 2023, "reason": "a wider definition."}]},
    "e17": {"least_change": 0.005},
    "e20": PANDEMIC,
}
AREAS = {"district": "drammen-7", "comparator": "drammen"}


def measure(row: dict[str, str], scale: float) -> dict[str, Any]:
    year = periods.parse(row["year"])
    given = row["value_or_status"]
    found = {
        "indicator_id": row["case"],
        "area_id": AREAS[row["area"]],
        "period": year.text,
        "period_start": year.start,
        "period_end": year.end,
        "pooled": False,
        "method": "published_value",
    }
    if row["denominator"] and row["numerator"]:
        events, persons = float(row["numerator"]), float(row["denominator"])
        lower, upper = proportion_confint(events, persons, method="wilson")
        status = "unreliable" if events < 10 else None  # as disclosure control marks it
        counted = {"numerator": events, "denominator": persons, "lower": lower, "upper": upper}
        return found | counted | {"value": events / persons, "status": status, "method": "proportion"}
    try:
        return found | {"value": float(given) / scale}
    except ValueError:
        return found | {"status": given}


CATALOGUE = made_catalogue(
    *(
        made_indicator(name, [TABLE], direction=direction, target=target, unit=unit, **DECLARED.get(name, {}))
        for name, (direction, target, unit, _scale) in CASES.items()
    )
)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    with (RECORDED.parent / "cases" / "judgement" / "series.csv").open(encoding="utf-8") as file:
        lines = [line for line in csv.DictReader(file) if line["case"] in CASES]
    measures = [measure(line, CASES[line["case"]][3]) for line in lines]
    # Each case stands alone: what one shows of innovations says nothing of another, as its indicator is its own.
    return series_of(CATALOGUE, "made", pa.Table.from_pylist(measures, schema=MEASURES)).to_pylist()


def last(rows: list[dict[str, Any]], case: str, year: str | None = None) -> dict[str, Any]:
    mine = [row for row in rows if row["indicator_id"] == case and row["area_id"] == "drammen-7" and row["period"]]
    return next(row for row in reversed(mine) if year in (None, row["period"]))


@pytest.mark.parametrize("case", ["e01", "e02"])
def test_a_series_exactly_on_its_path_is_as_likely_as_not_to_get_there(rows: Any, case: str) -> None:
    found = last(rows, case)
    assert found["assessment"] == "possible"
    assert 0.35 <= found["probability"] <= 0.65


@pytest.mark.parametrize("case", ["e02", "e19"])
def test_the_projection_of_a_share_stays_below_one(rows: Any, case: str) -> None:
    assert last(rows, case)["projected_upper"] <= 1


def test_three_points_on_a_line_bear_no_certainty(rows: Any) -> None:
    assert last(rows, "e03")["probability"] >= 0.02


def test_a_steady_change_for_the_worse_is_worsening_without_any_interval(rows: Any) -> None:
    assert last(rows, "e04")["assessment"] == "worsening"


def test_a_target_met_at_the_baseline_and_drifting_back_is_at_risk_without_path_or_pace(rows: Any) -> None:
    found = last(rows, "e05")
    assert found["assessment"] == "at risk"
    assert (found["required_value"], found["gap_to_required"], found["pace"]) == (None, None, None)


def test_no_relative_target_follows_from_zero_and_the_check_says_so(rows: Any) -> None:
    found = last(rows, "e06")
    assert (found["target_value"], found["assessment"]) == (None, None)
    assert "no relative target" in found["baseline_note"]
    named = {check.name: check.examine for check in assessing.steps(CATALOGUE)[0].checks}
    check = named["relative_targets_have_a_baseline"]
    series = pa.Table.from_pylist(rows, schema=SERIES)
    said = check(series, Inputs({}, {}, DuckDbEngine(Path("unused"))), CATALOGUE)
    assert (said.passed, said.shown) == (False, {"without a target": 1})
    assert "e06" in said.reason
    assert "drammen-7" in said.reason
    without = series.filter(pc.not_equal(series["indicator_id"], "e06"))
    assert check(without, Inputs({}, {}, DuckDbEngine(Path("unused"))), CATALOGUE).passed


def test_an_area_that_was_ahead_and_stays_there_keeps_its_word(rows: Any) -> None:
    mine = [row for row in rows if row["indicator_id"] == "e07" and row["area_id"] == "drammen-7"]
    assert {row["assessment"] for row in mine} == {"kept"}


def test_a_gap_is_measured_against_the_comparator_of_today_as_well(rows: Any) -> None:
    """The district comes from 10 to 7.4 %, past half the gap of 2020; the comparator went from 5 to 2 %."""
    found = last(rows, "e08")
    assert found["gap_to_target"] == pytest.approx(0.075 - 0.074)
    assert (found["target_gap_then"], found["target_gap_now"]) == pytest.approx((-0.05, -0.054))
    assert found["target_gap_share"] == pytest.approx(1 - 5.4 / 5.0)
    assert "the gap to the comparator of today is not closed" in found["note"]


def test_a_target_missed_in_its_year_is_not_called_on_track_after_it(rows: Any) -> None:
    assert [last(rows, "e09", year)["assessment"] for year in ("2030", "2031")] == ["not reached"] * 2
    assert last(rows, "e09", "2032")["assessment"] in ("not reached", "reached late")


def test_an_indicator_that_is_hidden_throughout_is_said_to_be(rows: Any) -> None:
    assert last(rows, "e10")["assessment"] == "no data (hidden)"


def test_what_is_hidden_is_counted_in_the_pillar_view(rows: Any) -> None:
    """The district's newest rows: of e10 all are hidden; e06, whose target cannot be, is told to have no word."""
    series = pa.Table.from_pylist(rows, schema=SERIES)
    view = pillar_view(series, dict.fromkeys(CASES, "made")).to_pylist()
    [mine] = [row for row in view if row["area_id"] == "drammen-7"]
    assert (mine["no_data_hidden"], mine["indicators"]) == (1, len(CASES) - 1)
    assert "no data (hidden): e10" in mine["listed"]


def test_three_events_get_no_word_of_success(rows: Any) -> None:
    assert last(rows, "e11")["assessment"] in (None, "uncertain")


def test_missing_years_widen_the_interval_and_no_more(rows: Any) -> None:
    """The case's note calls it possible; three figures without a drift say 28 %, and the interval is wide."""
    found = last(rows, "e12")
    assert 0.25 <= found["probability"] <= 0.66
    assert found["projected_upper"] > 2 * found["projected_lower"]


def test_a_flat_series_is_not_carried_away_by_a_disturbed_year(rows: Any) -> None:
    found = last(rows, "e13")
    assert (found["baseline_period"], found["alternative_period"], found["assessment"]) == ("2019", "2020", "off track")
    assert found["probability"] < 0.1
    assert found["projected_value"] == pytest.approx(180 / 5200, rel=0.05)
    told = {year: last(rows, "e13", year)["disturbed"] for year in ("2019", "2020", "2021", "2022")}
    assert told == {"2019": None, "2020": "a pandemic.", "2021": "a pandemic.", "2022": None}


def test_no_word_rests_on_a_disturbed_figure(rows: Any) -> None:
    for year in ("2020", "2021"):
        found = last(rows, "e13", year)
        assert (found["assessment"], found["probability"]) == ("uncertain", None)
        assert "disturbed" in found["note"]


def test_real_unemployment_in_skien_is_not_on_track(rows: Any) -> None:
    found = last(rows, "e20")
    assert found["assessment"] in ("off track", "possible")
    assert found["target_value"] == pytest.approx(0.0208)  # 3.2 % less 35 %
    assert found["projected_lower"] > 0


def test_no_trend_runs_over_a_break_and_it_falls_on_both_sides(rows: Any) -> None:
    before, after = last(rows, "e16", "2022"), last(rows, "e16")
    assert [round(row["yearly_change"], 4) for row in (before, after)] == [-0.004, -0.0056]
    assert (after["change"], after["required_value"], after["gap_to_target"], after["probability"]) == (None,) * 4
    assert (before["broken"], after["broken"]) == (None, "break from 2023 on: a wider definition.")
    assert (after["assessment"], after["points"]) == ("uncertain", 3)
    assert "not comparable" in after["note"]


def test_a_sure_change_that_hardly_matters_is_told_as_small(rows: Any) -> None:
    found = last(rows, "e17")
    assert found["assessment"] == "worsening"
    assert "smaller than what is declared to matter" in found["note"]


def test_worse_than_the_baseline_but_improving_is_told_apart(rows: Any) -> None:
    assert last(rows, "e14", "2026")["assessment"] == "worse, improving"
    # 10.8 % in 2027 is no longer above 10.0 % for certain.
    assert last(rows, "e14", "2027")["change_lower"] < 0


def test_two_figures_are_too_early(rows: Any) -> None:
    found = last(rows, "e15")
    assert found["assessment"] == "too early"
    assert found["note"] == "early warning: already worse than the baseline"


def test_a_figure_that_just_touches_the_target_is_touched(rows: Any) -> None:
    assert last(rows, "e18")["newest_word"] == "touched"
    # Nothing is told of one such figure until the next says the same.
    assert last(rows, "e18")["assessment"] == "off track"


def test_a_series_of_few_events_says_so_as_a_whole(rows: Any) -> None:
    """e11: 5, 6, 4, 6, 5 and 3 of 900; e18: 24 to 32 of 900. A series needs three figures to be called weak."""
    said = "most figures of the series so far rest on few events or are hidden"
    noted = {
        name: [row["period"] for row in rows if row["indicator_id"] == name and said in (row["note"] or "")]
        for name in ("e10", "e11", "e18")
    }
    assert noted["e11"] == ["2022", "2023", "2024", "2025"]
    assert "2022" in noted["e10"]
    assert noted["e18"] == []
