"""What is asked of the tables behind an edition: every planted fault is found and named, and no row without one."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from indicators import catalogue
from indicators.dictionary import SCHEMA
from pipelines.steps import examining
from pipelines.steps.step import Finding

CATALOGUE = catalogue.load()
GOOD = {
    "indicator_id": "crowding",
    "area_id": "drammen-7",
    "period": "2024",
    "value": 0.2,
    "lower": 0.18,
    "upper": 0.22,
    "probability": 0.7,
    "calibration": "holds",
}
SHARE_ABOVE_ONE = {"value": 1.2, "lower": 1.1, "upper": 1.3}


def series(*changes: Mapping[str, Any]) -> pa.Table:
    """Synthetic rows of a series, one a year, each with what is changed of it."""
    rows = [{**GOOD, "period": str(2024 - number), **change} for number, change in enumerate(changes)]
    return pa.Table.from_pylist(rows)


def found(check: examining.Check, table: pa.Table, **tables: pa.Table) -> Finding:
    inputs = SimpleNamespace(ref=lambda key: SimpleNamespace(read=lambda: tables[key.replace("/", "_")]))
    return check.examine(table, inputs, CATALOGUE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (SHARE_ABOVE_ONE, "a share below 0 or above 1"),
        ({"lower": -0.01}, "a share below 0 or above 1"),
        ({"value": 0.25}, "outside of its own interval"),
        ({"indicator_id": "median_income", "value": -1.0, "lower": None, "upper": None}, "below 0"),
    ],
)
def test_an_impossible_figure_is_named_and_stops_publication(change: Mapping[str, Any], said: str) -> None:
    assert "median_income" in CATALOGUE.indicators
    assert CATALOGUE.indicators["median_income"].unit != "share"
    check = examining.POSSIBLE
    assert check.blocking
    assert not check.warns
    assert found(check, series({}, {"value": None, "lower": None, "upper": None})) == Finding(True)
    fault = found(check, series({}, change))
    assert not fault.passed
    assert fault.reason is not None
    first, *rest = fault.reason.splitlines()
    assert first == f"{change.get('indicator_id', 'crowding')}, drammen-7, 2023: {said}"
    assert "levekar explain" in rest[-1]
    for figure in (change.get("value"), change.get("lower")):  # it names rows, never figures
        assert str(figure) not in fault.reason


def test_a_probability_that_past_forecasts_do_not_bear_out_stops_publication() -> None:
    for change in ({"calibration": "does not hold"}, {"calibration": "too cautious"}, {"probability": 1.1}):
        fault = found(examining.FOUNDED, series({}, change))
        assert not fault.passed
        assert "crowding, drammen-7, 2023" in str(fault.reason)
    assert found(examining.FOUNDED, series({}, {"probability": None, "calibration": "does not hold"})).passed
    assert examining.FOUNDED.blocking


def test_rows_that_publication_would_refuse_are_refused_where_they_are_made() -> None:
    columns = SCHEMA["change_test"].arrow
    row = {field.name: "x" if pa.types.is_string(field.type) else None if field.nullable else 0 for field in columns}
    table = pa.Table.from_pylist([row, row], schema=columns)
    check = examining.whole("change_test")
    assert check.blocking
    fault = found(check, table)
    assert not fault.passed
    assert "occur twice or more" in str(fault.reason)
    assert found(check, table.slice(0, 0)).passed


def measures(newest: float) -> pa.Table:
    """Ten synthetic years of one area's share of 10,000 persons, which moves by a point a year at most."""
    values = [0.20, 0.21, 0.20, 0.205, 0.21, 0.20, 0.195, 0.20, 0.21, newest]
    rows = [
        {
            **{name: GOOD[name] for name in ("indicator_id", "area_id")},
            "period": str(2015 + number),
            "period_start": f"{2015 + number}-01-01",
            "period_end": f"{2015 + number}-12-31",
            "sex": CATALOGUE.indicators["crowding"].sex,
            "age": CATALOGUE.indicators["crowding"].age,
            "value": value,
            "numerator": value * 10_000,
        }
        for number, value in enumerate(values)
    ]
    return pa.Table.from_pylist(rows)


def test_a_newest_figure_far_out_of_its_series_is_told_and_only_warns() -> None:
    check = examining.jumps("housing")
    assert check.warns
    assert not check.blocking
    assert found(check, series({}), measures_housing=measures(0.205)).passed
    # A lost digit: 2.05 instead of 20.5 per cent; odds of 0.258 and 0.021 differ by a factor of 12.
    fault = found(check, series({}), measures_housing=measures(0.0205))
    assert not fault.passed
    assert str(fault.reason).startswith("crowding, drammen-7, 2024: a jump in its own series\n")
    assert "levekar diff" in str(fault.reason)


@pytest.mark.parametrize("figures", [0, 1, 2])
def test_a_series_that_has_hardly_begun_has_nothing_to_leave(figures: int) -> None:
    few = measures(0.2).slice(0, figures)
    assert found(examining.jumps("housing"), series({}), measures_housing=few) == Finding(True)


def test_coverage_counts_figures_and_names_what_the_others_wait_for() -> None:
    rows = series({}).append_column("note", pa.array([None], pa.string()))
    own = CATALOGUE.pillars["housing"].indicators
    finding = found(examining.covered("housing"), rows)
    assert finding.passed
    assert finding.shown == {"indicators": len(own), "with a figure": 1}
    assert len(str(finding.reason).splitlines()) == len(own) - 1
