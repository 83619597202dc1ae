"""What is said of past forecasts, by hand: two areas, one forecast each, six targets."""

from typing import Any

import pyarrow as pa
import pytest

from indicators.forecast_skill import CHANGES, PAST_FORECAST, base_rates, calibration, skill

PLAIN = dict.fromkeys(("no_change", "straight_line", "half_drift"), 0.5)


def forecasts(area: str, given: float, reached: bool | None, *, within: bool, programme: bool = False) -> list[Any]:
    """One forecast, a year ahead, held against every target, with the same probability and end for all."""
    about = {"indicator_id": "crowding", "area_id": area, "is_programme": programme, "year": 2020, "horizon": 1}
    came = {"within_80": within, "within_95": True, "reached": reached, "ours": given, "score": 0.0, "corrected": True}
    return [{**about, **came, **PLAIN, "change": change} for change in CHANGES]


def table(*rows: list[Any]) -> pa.Table:
    return pa.Table.from_pylist([row for several in rows for row in several], schema=PAST_FORECAST)


def test_scores_are_means_over_forecasts_and_over_their_targets() -> None:
    past = table(forecasts("a", 0.8, True, within=True), forecasts("b", 0.4, True, within=False))
    whole, one_year = skill(past).to_pylist()
    assert (whole["horizon"], one_year["horizon"]) == (0, 1)
    assert (whole["cases"], whole["areas"], whole["years"]) == (2, 2, 1)
    assert (whole["coverage_80"], whole["coverage_95"]) == (0.5, 1.0)
    # ((1 - 0.8)² + (1 - 0.4)²) / 2 = 0.2, against (1 - 0.5)² = 0.25
    assert whole["brier"] == pytest.approx(0.2)
    assert whole["skill"] == pytest.approx(1 - 0.2 / 0.25)
    assert whole["calibration_error"] is None  # six targets in a tenth are too few
    assert whole["verdict"] == "too few cases"
    assert [(row["tenth"], row["cases"], row["came_true"]) for row in calibration(past).to_pylist()] == [
        (4, 6, 1.0),
        (8, 6, 1.0),
    ]


def test_the_worst_tenth_is_one_with_enough_targets() -> None:
    # 36 targets given 0.75, of which 18 came true; 6 given 0.05, which all did, are too few to count.
    past = table(
        *(forecasts(f"a{number}", 0.75, number % 2 == 0, within=True) for number in range(6)),
        forecasts("b", 0.05, True, within=True),
    )
    whole = skill(past).to_pylist()[0]
    assert whole["calibration_error"] == pytest.approx(0.25)


@pytest.mark.parametrize(("sure", "verdict"), [(0.505, "holds"), (0.90, "does not hold")])
def test_what_a_plain_forecast_tells_better_does_not_hold(sure: float, verdict: str) -> None:
    """Half of 60 came true; ours gave 50 per cent throughout, which is true of the tenth and a Brier score of 0.25.

    No change gave 90 per cent to what came true and 10 to what did not: 0.01. With 50.5 and 49.5 it is 0.245.
    """
    lines = [forecasts(f"a{number}", 0.5, number % 2 == 0, within=True) for number in range(60)]
    for number, several in enumerate(lines):
        for line in several:
            line["no_change"] = sure if number % 2 == 0 else 1 - sure
            line["within_95"] = number % 20 != 0
    whole = skill(table(*lines)).to_pylist()[0]
    assert (whole["brier"], whole["calibration_error"], whole["coverage_95"]) == pytest.approx((0.25, 0, 0.95))
    assert whole["verdict"] == verdict


def test_a_figure_of_zero_has_no_target_but_an_interval() -> None:
    past = table(forecasts("a", 0.5, None, within=True))
    whole = skill(past).to_pylist()[0]
    assert (whole["cases"], whole["coverage_80"], whole["brier"]) == (1, 1.0, None)
    assert calibration(past).num_rows == base_rates(past).num_rows == 0


def test_base_rates_leave_areas_with_a_programme_out() -> None:
    past = table(
        forecasts("a", 0.5, True, within=True),
        forecasts("b", 0.5, False, within=True),
        forecasts("c", 0.5, True, within=True, programme=True),
    )
    rates = base_rates(past).to_pylist()
    assert [row["change"] for row in rates] == list(CHANGES)
    assert all((row["cases"], row["areas"], row["reached"]) == (2, 2, 0.5) for row in rates)
