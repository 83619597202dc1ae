"""What is left of a municipality without its districts: counts subtracted, and only where what is left can be.

Made-up counts of a town, two districts and what is left of it; the arithmetic is in each test.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from statsmodels.stats.proportion import proportion_confint

from indicators.measures import measures

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
FACTS = pa.schema(
    [
        *((name, pa.string()) for name in ("table_name", "area_id", "period", "cell", "status", "snapshot_sha256")),
        *((name, pa.date32()) for name in ("period_start", "period_end")),
        ("boundary_year", pa.int64()),
        ("value", pa.float64()),
        ("vintage", pa.timestamp("us", "UTC")),
    ]
)
TERMS = pa.schema(
    [
        *((name, pa.string()) for name in ("indicator_id", "table_name", "method", "role", "cell", "age", "sex")),
        *((name, pa.int64()) for name in ("source", "pooling", "cells")),
        *((name, pa.float64()) for name in ("scale", "per", "rounding")),
    ]
)
MEMBERSHIP = pa.schema(
    [
        *((name, pa.string()) for name in ("area_id", "code")),
        *((name, pa.int64()) for name in ("part", "first_year", "last_year", "codes")),
        ("weight", pa.float64()),
    ]
)
RESTS = pa.schema([*((name, pa.string()) for name in ("area_id", "whole", "without")), ("parts", pa.int64())])
# Of which kind the indicator is, and the multiplier of a rate.
KINDS = {"share": ("proportion", 1.0), "events": ("rate", 1000.0), "given": ("published_value", 0.01)}
WEIGHTS = {"half": 0.5}
Counts = tuple[float | None, float | None] | tuple[float | None, float | None, str]


def fact(area: str, year: int, cell: str, value: float | None, status: str | None) -> dict[str, Any]:
    # The town's figures come in one table and the districts' in another, delivered later.
    town = area == "town"
    return {
        "table_name": "made/town" if town else "made/districts",
        "area_id": area,
        "period": str(year),
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "boundary_year": year,
        "cell": cell,
        "value": value,
        "status": status,
        "snapshot_sha256": ("a" if town else "b") * 64,
        "vintage": EARLY if town else LATE,
    }


def terms(pooling: int | None) -> list[dict[str, Any]]:
    return [
        {
            "indicator_id": indicator,
            "source": source,
            "table_name": table,
            "method": method,
            "scale": scale,
            "per": scale if method == "rate" else 1.0,
            "rounding": None,
            "pooling": pooling,
            "role": role,
            "cell": role,
            "cells": 1,
            "age": "all",
            "sex": "both",
        }
        for indicator, (method, scale) in KINDS.items()
        for source, table in enumerate(("made/districts", "made/town"))
        for role in (("value",) if method == "published_value" else ("numerator", "denominator"))
    ]


@pytest.fixture(scope="module")
def query() -> str:
    """The method as SQL: to compile it takes longer than all questions to it."""
    named = {"facts": FACTS, "terms": TERMS, "membership": MEMBERSHIP, "rests": RESTS}
    tables = [ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in named.items()]
    return str(ibis.to_sql(measures(*tables), dialect="duckdb"))


@pytest.fixture
def left(query: str) -> Callable[..., dict[str, Any] | None]:
    """The one row of an area from (numerator, denominator) of each place: by default of the rest without district a."""

    def compute(
        figures: dict[str, Counts],
        kind: str = "share",
        *,
        without: tuple[str, ...] = ("a",),
        area: str = "rest",
        cells: tuple[str, str] = ("numerator", "denominator"),
    ) -> dict[str, Any] | None:
        facts = [
            fact(place, 2024, cell, value, (*counts, None)[2] if value is None else None)
            for place, counts in figures.items()
            for cell, value in zip(cells, counts[:2], strict=True)
        ]
        rows = computed(query, facts, without)
        found = [row for row in rows if (row["indicator_id"], row["area_id"]) == (kind, area)]
        assert len(found) <= 1
        return found[0] if found else None

    return compute


def computed(
    query: str, facts: list[dict[str, Any]], without: tuple[str, ...], pooling: int | None = None
) -> list[dict[str, Any]]:
    members = [
        {
            "area_id": place,
            "code": place,
            "part": 0,
            "first_year": 1900,
            "last_year": 2999,
            "codes": 1,
            "weight": WEIGHTS.get(place, 1.0),
        }
        for place in ("town", "a", "b", "half", "rest")
    ]
    rests = [{"area_id": "rest", "whole": "town", "without": one, "parts": len(without)} for one in without]
    given = {
        "facts": (facts, FACTS),
        "terms": (terms(pooling), TERMS),
        "membership": (members, MEMBERSHIP),
        "rests": (rests, RESTS),
    }
    with duckdb.connect() as connection:
        for name, (rows, schema) in given.items():
            connection.register(name, pa.Table.from_pylist(rows, schema=schema))
        return connection.execute(query).to_arrow_table().to_pylist()


def counts(row: dict[str, Any] | None) -> tuple[float | None, ...]:
    assert row is not None
    return row["numerator"], row["denominator"], row["value"]


NOTHING = (None, None, None)


def test_a_district_is_subtracted_count_by_count(left):
    row = left({"town": (700, 10_000), "a": (120, 2_000)})
    assert counts(row) == (580, 8_000, 580 / 8_000)
    assert (row["lower"], row["upper"]) == pytest.approx(proportion_confint(580, 8_000, method="wilson"), abs=1e-12)
    assert (row["status"], row["periods_counted"], row["pooled"]) == (None, 1, False)
    assert row["source_table"] == "made/town minus made/districts"


def test_it_says_from_which_answers_it_comes_and_is_as_new_as_the_newest(query):
    cells = [
        ("town", "numerator", 700),
        ("town", "denominator", 10_000),
        ("a", "numerator", 120),
        ("a", "denominator", 2_000),
    ]
    facts = [fact(area, 2024, cell, value, None) for area, cell, value in cells]
    swapped = [one | {"vintage": EARLY if one["vintage"] == LATE else LATE} for one in facts]
    for given in (facts, swapped):
        [row] = [
            one for one in computed(query, given, ("a",)) if (one["indicator_id"], one["area_id"]) == ("share", "rest")
        ]
        assert row["snapshots"] == ["a" * 64, "b" * 64]
        assert row["vintage"] == LATE


def test_several_districts_are_all_subtracted(left):
    row = left({"town": (700, 10_000), "a": (120, 2_000), "b": (80, 1_000)}, without=("a", "b"))
    assert counts(row) == (500, 7_000, 500 / 7_000)


def test_events_are_subtracted_and_may_be_more_than_the_persons(left):
    row = left({"town": (30, 100), "a": (5, 60)}, "events")
    assert counts(row) == (25, 40, pytest.approx(625))
    many = left({"town": (300, 100), "a": (5, 60)}, "events")
    assert counts(many) == (295, 40, pytest.approx(7375))


@pytest.mark.parametrize(
    ("town", "district"),
    [
        pytest.param((100, 10_000), (120, 2_000), id="fewer cases than none"),
        pytest.param((100, 1_000), (20, 2_000), id="fewer persons than none"),
        pytest.param((1, 1_000), (20, 2_000), id="both"),
        pytest.param((900, 1_000), (20, 300), id="more cases than persons"),
    ],
)
def test_what_no_population_can_have_is_no_figure(left, town, district):
    row = left({"town": town, "a": district})
    assert counts(row) == NOTHING
    assert (row["lower"], row["upper"], row["status"]) == (None, None, "missing")


@pytest.mark.parametrize(("town", "district"), [((5, 100), (6, 60)), ((5, 60), (4, 61))])
def test_no_rate_is_negative_either(left, town, district):
    assert counts(left({"town": town, "a": district}, "events")) == NOTHING


def test_none_left_and_all_left_are_figures(left):
    assert counts(left({"town": (120, 10_000), "a": (120, 2_000)})) == (0, 8_000, 0)
    assert counts(left({"town": (8_120, 10_000), "a": (120, 2_000)})) == (8_000, 8_000, 1)
    assert counts(left({"town": (120, 2_000), "a": (120, 2_000)})) == NOTHING


@pytest.mark.parametrize("district", [(None, 2_000, ".."), (120, None, ".."), (None, None, "..")])
def test_without_all_counts_of_a_district_there_is_no_figure(left, district):
    assert counts(left({"town": (700, 10_000), "a": district})) == NOTHING
    assert left({"town": (700, 10_000), "a": district})["status"] == "missing"


def test_of_two_districts_both_must_be_there(left):
    row = left({"town": (700, 10_000), "a": (120, 2_000)}, without=("a", "b"))
    assert (counts(row), row["status"]) == (NOTHING, "missing")


@pytest.mark.parametrize("hidden", ["town", "a"])
def test_a_hidden_count_hides_what_is_left(left, hidden):
    figures = {"town": (700, 10_000), "a": (120, 2_000)} | {hidden: (None, 2_000, ":")}
    row = left(figures)
    assert (counts(row), row["status"]) == (NOTHING, "suppressed")


def test_an_estimated_part_makes_an_estimate(left):
    # Half of a unit's 240 of 4,000.
    row = left({"town": (700, 10_000), "half": (240, 4_000)}, without=("half",))
    assert (counts(row), row["status"]) == ((580, 8_000, 580 / 8_000), "estimated")


def test_a_figure_of_its_own_is_better_than_a_difference(left):
    row = left({"town": (700, 10_000), "a": (120, 2_000), "rest": (579, 8_001)})
    assert counts(row) == (579, 8_001, 579 / 8_001)
    assert row["source_table"] == "made/districts"


def test_published_shares_are_not_subtracted(left):
    figures = {"town": (7.0, None, ".."), "a": (6.0, None, "..")}
    assert left(figures, "given", cells=("value", "other")) is None
    assert left(figures, "given", cells=("value", "other"), area="town")["value"] == pytest.approx(0.07)


def test_each_period_is_subtracted_from_its_own_and_windows_are_their_sums(query):
    years = {2022: (70, 12), 2023: (80, 15), 2024: (90, 19)}
    facts = [
        one
        for year, (town, district) in years.items()
        for place, n, of in (("town", town, 1_000), ("a", district, 200))
        for one in (fact(place, year, "numerator", n, None), fact(place, year, "denominator", of, None))
    ]
    rows = [row for row in computed(query, facts, ("a",), pooling=3) if row["indicator_id"] == "share"]
    found = {row["period"]: counts(row)[:2] for row in rows if row["area_id"] == "rest"}
    assert found == {"2022": (58, 800), "2023": (65, 800), "2024": (71, 800), "2022-2024": (194, 2_400)}
