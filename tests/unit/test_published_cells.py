"""Which delivered cells may be published: those that a published measure shows itself, alone and whole. Made up."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from indicators.disclosure.tables import published_cells

FACTS = pa.schema(
    [
        *((name, pa.string()) for name in ("table_name", "area_id", "period", "cell")),
        *((name, pa.date32()) for name in ("period_start", "period_end")),
        *((name, pa.int64()) for name in ("boundary_year", "row")),
        ("value", pa.float64()),
    ]
)
TERMS = pa.schema(
    [
        *((name, pa.string()) for name in ("indicator_id", "table_name", "method", "role", "cell", "age", "sex")),
        *((name, pa.int64()) for name in ("source", "pooling", "cells")),
        ("scale", pa.float64()),
    ]
)
MEMBERSHIP = pa.schema(
    [
        *((name, pa.string()) for name in ("area_id", "code")),
        *((name, pa.int64()) for name in ("part", "first_year", "last_year", "codes")),
        ("weight", pa.float64()),
    ]
)
MEASURES = pa.schema(
    [
        *((name, pa.string()) for name in ("indicator_id", "area_id", "period", "source_table")),
        *((name, pa.float64()) for name in ("numerator", "denominator", "value", "nominal")),
        ("pooled", pa.bool_()),
    ]
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def fact(row: int, cell: str, value: float | None, **given: Any) -> dict[str, Any]:
    usual = {"table_name": "delivery/made", "area_id": "a", "period": "2024", "boundary_year": 2024}
    dates = {"period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31)}
    return {**usual, **dates, "row": row, "cell": cell, "value": value, **given}


def term(role: str, cell: str, **given: Any) -> dict[str, Any]:
    usual = {"indicator_id": "i", "table_name": "delivery/made", "method": "proportion", "source": 0, "cells": 1}
    return {**usual, "scale": 1.0, "age": "all", "sex": "both", "role": role, "cell": cell, **given}


def member(**given: Any) -> dict[str, Any]:
    usual = {"area_id": "a", "code": "a", "part": 0, "first_year": 1900, "last_year": 2999, "codes": 1, "weight": 1.0}
    return {**usual, **given}


def measure(n: float | None, of: float | None, **given: Any) -> dict[str, Any]:
    usual = {"indicator_id": "i", "area_id": "a", "period": "2024", "source_table": "delivery/made", "pooled": False}
    return {**usual, "numerator": n, "denominator": of, "value": n / of if n is not None and of else None, **given}


CELLS = [fact(1, "n", 30), fact(2, "of", 400)]
COUNTS = [term("numerator", "n"), term("denominator", "of")]
Told = Callable[..., set[int]]


@pytest.fixture(scope="module")
def query() -> str:
    """The method as SQL: to compile it takes longer than all questions to it."""
    named = {"facts": FACTS, "terms": TERMS, "membership": MEMBERSHIP, "measures": MEASURES}
    tables = [ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in named.items()]
    return str(ibis.to_sql(published_cells(*tables), dialect="duckdb"))


@pytest.fixture
def told(query: str) -> Told:
    """The numbers of the cells that may be seen; without anything given, of 30 in 400 that a measure shows."""

    def ask(
        *,
        facts: list[dict[str, Any]] = CELLS,
        terms: list[dict[str, Any]] = COUNTS,
        members: list[dict[str, Any]] | None = None,
        measures: list[dict[str, Any]],
    ) -> set[int]:
        given = {
            "facts": (facts, FACTS),
            "terms": (terms, TERMS),
            "membership": ([member()] if members is None else members, MEMBERSHIP),
            "measures": (measures, MEASURES),
        }
        with duckdb.connect() as connection:
            for name, (rows, schema) in given.items():
                connection.register(name, pa.Table.from_pylist(rows, schema=schema))
            return {row for (row,) in connection.execute(query).fetchall()}

    return ask


def test_the_counts_of_a_measure_that_is_shown_may_be_seen(told: Told) -> None:
    assert told(measures=[measure(30, 400)]) == {1, 2}


def test_of_a_hidden_one_only_the_denominator_that_it_shows(told: Told) -> None:
    assert told(measures=[measure(None, 400)]) == {2}
    assert told(measures=[measure(None, None)]) == set()


def test_a_cell_that_no_measure_is_about_may_not(told: Told) -> None:
    assert told(measures=[]) == set()
    for elsewhere in ({"area_id": "b"}, {"period": "2023"}, {"source_table": "ssb/open"}, {"indicator_id": "j"}):
        assert told(measures=[measure(30, 400, **elsewhere)]) == set()
    assert told(facts=[*CELLS, fact(3, "other", 5)], measures=[measure(30, 400)]) == {1, 2}
    assert told(members=[], measures=[measure(30, 400)]) == set()


def test_a_cell_that_is_not_the_measures_own_figure_may_not(told: Told) -> None:
    assert told(measures=[measure(31, 400)]) == {2}
    assert told(measures=[measure(30, 400.001)]) == {1}
    # Floats that differ in their last digits are one figure.
    assert told(measures=[measure(30 * (1 + 1e-12), 400)]) == {1, 2}


def test_of_money_in_fixed_prices_the_cell_is_the_amount_as_delivered(told: Told) -> None:
    of_money = {"facts": [fact(1, "median", 526_500.0)], "terms": [term("value", "median", method="published_value")]}
    told_now = measure(None, None, value=456_014.0, nominal=526_500.0)
    assert told(**of_money, measures=[told_now]) == {1}
    assert told(**of_money, measures=[told_now | {"value": None, "nominal": None}]) == set()


def test_nought_that_is_shown_may_be_seen(told: Told) -> None:
    assert told(facts=[fact(1, "n", 0), fact(2, "of", 400)], measures=[measure(0, 400)]) == {1, 2}


def test_a_cell_without_a_figure_shows_nothing(told: Told) -> None:
    assert told(facts=[fact(1, "n", None), fact(2, "of", 400)], measures=[measure(30, 400)]) == {2}


def test_one_of_several_cells_of_a_sum_may_not(told: Told) -> None:
    several = [term("numerator", "n"), term("denominator", "of", cells=2), term("denominator", "more", cells=2)]
    assert told(facts=[*CELLS, fact(3, "more", 0)], terms=several, measures=[measure(30, 400)]) == {1}


def test_nor_one_of_several_codes_nor_a_part_of_one(told: Told) -> None:
    assert told(members=[member(codes=2)], measures=[measure(30, 400)]) == set()
    assert told(members=[member(weight=0.5)], measures=[measure(30, 400)]) == set()
    assert told(members=[member(last_year=2023)], measures=[measure(30, 400)]) == set()


def test_a_month_behind_an_annual_mean_may_not(told: Told) -> None:
    mean = [term("numerator", "n", method="annual_mean")]
    assert told(terms=mean, measures=[measure(30, 400)]) == set()


def test_a_pooled_window_shows_no_single_cell(told: Told) -> None:
    assert told(measures=[measure(30, 400, pooled=True)]) == set()


def test_a_published_share_is_compared_in_its_own_scale(told: Told) -> None:
    share = [term("value", "percent", method="published_value", scale=0.01)]
    cells = [fact(1, "percent", 7.5)]
    assert told(facts=cells, terms=share, measures=[measure(None, None, value=0.075)]) == {1}
    assert told(facts=cells, terms=share, measures=[measure(None, None, value=7.5)]) == set()
    assert told(facts=cells, terms=share, measures=[measure(None, None)]) == set()


def test_one_use_that_hides_a_cell_is_enough(told: Told) -> None:
    both = [*COUNTS, term("numerator", "n", indicator_id="j"), term("denominator", "less", indicator_id="j")]
    cells = [*CELLS, fact(3, "less", 35)]
    shown = [measure(30, 400), measure(30, 35, indicator_id="j")]
    assert told(facts=cells, terms=both, measures=shown) == {1, 2, 3}
    assert told(facts=cells, terms=both, measures=[shown[0], measure(None, 35, indicator_id="j")]) == {2, 3}
