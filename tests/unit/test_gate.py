"""The gate before publication: an edition in which one table shows what another hides is refused (synthetic rows)."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from indicators.dictionary import SCHEMA
from pipelines.edition import gate, masking
from tests.unit import real_catalogue

MOMENT, DAY = datetime(2026, 1, 1, tzinfo=UTC), date(2025, 1, 1)
DELIVERED = {
    "area_id": "drammen-7",
    "period": "2025",
    "dimensions": [("Indikator", "x"), ("ContentsCode", "numerator")],
}
OBSERVED = {**DELIVERED, "provider": "delivery", "table_id": "drammen_district_counts", "vintage": MOMENT}
REVISED = {
    **DELIVERED,
    "table_id": "delivery/drammen_district_counts",
    "old_value": 2.0,
    "new_value": 7.0,
    "old_snapshot_sha256": "first",
    "new_snapshot_sha256": "second",
    "old_vintage": MOMENT,
    "new_vintage": MOMENT,
}
FIGURE = {"indicator_id": "a", "area_id": "drammen-7", "period": "2025", "sex": "both", "age": "all"}


PLACES = [
    {"area_id": "drammen"},
    {"area_id": "drammen-6", "kind": "district", "parent_id": "drammen"},
    {"area_id": "drammen-7", "kind": "district", "parent_id": "drammen"},
]


def tables(**rows: dict[str, Any] | list[dict[str, Any]]) -> dict[str, pa.Table]:
    """An edition's tables of these rows, and a town of two districts."""
    given = {"area": PLACES, **rows}
    names = (*gate.ASKED, "revision")
    as_lists = {name: [given[name]] if isinstance(given.get(name), dict) else given.get(name, []) for name in names}
    return {name: pa.Table.from_pylist(as_lists[name], schema=SCHEMA[name].arrow) for name in names}


def wrong(given: dict[str, pa.Table]) -> list[str]:
    return [failure.partition(":")[0] for failure in gate.failures(real_catalogue(), given)]


@pytest.mark.parametrize("shown", [None, 7.0])
def test_revisions_that_nobody_masked_are_refused_and_masked_ones_pass(shown: float | None) -> None:
    observed = {**OBSERVED, "value": shown, "status": None if shown else "suppressed", "snapshot_sha256": "second"}
    given = tables(observation=observed, revision=REVISED)
    # The earlier figure is told, and where observation hides today's, that one too.
    assert wrong(given) == ["revision"] * (1 if shown else 2)
    given["revision"] = masking.masked_revisions(real_catalogue(), given["revision"], given["observation"])
    assert wrong(given) == []
    assert given["revision"]["old_value"].to_pylist() == [None]
    assert given["revision"]["new_value"].to_pylist() == [shown]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("series", {"period": "2025", "value": 0.1}),
        ("series", {"period": "2026", "baseline_period": "2025", "baseline_value": 0.1}),
        ("comparison", {"period": "2025", "comparator_id": "drammen", "comparator_value": 0.1}),
        ("comparison", {"period": "2026", "baseline_period": "2025", "comparator_id": "drammen", "change": 0.1}),
        ("series", {"period": "2025", "gap_to_required": 0.1}),
        ("series", {"period": "2026", "baseline_period": "2025", "required_value": 0.1}),
        ("series", {"period": "2026", "alternative_period": "2025", "alternative_target": 0.1}),
        ("series", {"area_id": "drammen-6", "period": "2025", "comparator_id": "drammen-7", "comparator_value": 0.1}),
        ("change_test", {"period": "2026", "baseline_period": "2025", "p_value": 0.1}),
        ("small_area", {"period": "2025", "modelled": 0.1}),
        ("standardised", {"period": "2025", "value": 0.1}),
        ("evaluation", {"period": "2025", "value": 0.1}),
    ],
)
def test_what_follows_from_a_hidden_figure_is_refused(table: str, row: dict[str, Any]) -> None:
    dates = {"period_start": DAY, "period_end": DAY}
    derived = {"indicator_id": "a", "area_id": "drammen-7", **dates, **row}
    hidden = {**FIGURE, **dates, "status": "suppressed"}
    assert wrong(tables(measure=hidden, **{table: derived})) == [table]
    assert wrong(tables(measure={**hidden, "status": None}, **{table: derived})) == []


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("series", {"points": 2}),
        ("series", {"projected_value": 0.1}),
        ("pillar_view", {"pillar_id": "p", "gaps": 1}),
        ("small_area", {"area_id": "drammen-6", "period": "2025", "areas": 1}),
        ("forecast_skill", {"horizon": 1, "cases": 1, "areas": 0}),
        ("base_rate", {"horizon": 1, "cases": 0, "areas": 1}),
        ("evaluation_placebo", {"estimate": 0.1}),
    ],
)
def test_what_is_made_of_more_figures_than_are_shown_is_refused(table: str, row: dict[str, Any]) -> None:
    dates = {"period_start": DAY, "period_end": DAY}
    made = {"indicator_id": "a", "area_id": "drammen-7", "period": "2026", **dates, **row}
    measure = {**FIGURE, **dates, "status": "suppressed"}
    assert wrong(tables(measure=measure, **{table: made})) == [table]
    # With one figure shown all pass that are made of one.
    shown = {**measure, "status": None, "value": 0.1}
    assert wrong(tables(measure=shown, **{table: made})) == (
        [table] if table == "pillar_view" or "points" in row else []
    )


def test_figures_of_larger_areas_are_none_that_a_mean_of_small_ones_may_rest_on() -> None:
    """Two districts, of which one is hidden, and their town, whose figure is shown: a mean of two tells the other."""
    dates = {"period_start": DAY, "period_end": DAY}
    made = {"indicator_id": "a", "area_id": "drammen-6", "period": "2025", **dates, "areas": 2}
    shown = [{**FIGURE, **dates, "area_id": area, "value": 0.1} for area in ("drammen", "drammen-6")]
    hidden = {**FIGURE, **dates, "status": "suppressed"}
    assert wrong(tables(measure=[*shown, hidden], small_area=made)) == ["small_area"]
    assert wrong(tables(measure=[*shown, {**FIGURE, **dates, "value": 0.2}], small_area=made)) == []


def test_an_amount_that_was_shown_once_is_hidden_in_all_versions() -> None:
    dates = {"period_start": DAY, "period_end": DAY}
    given = tables(measure={**FIGURE, **dates, "status": "suppressed"})
    earlier = {**FIGURE, **dates, "known_from": MOMENT, "known_to": MOMENT, "withheld": False}
    for name in gate.MEMORIES:
        schema = SCHEMA[name].arrow
        rows = [earlier | {"nominal": 560_000.0}] if name == "measure_history" else []
        given[name] = pa.Table.from_pylist(rows, schema=schema)
    assert wrong(given) == ["measure_history"]
