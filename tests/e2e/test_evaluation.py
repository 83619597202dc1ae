"""What an evaluator finds of evaluations in the published (synthetic) demo: figures, reasons, and what tests rank."""

import re
from collections.abc import Iterator

import duckdb
import pytest

from pipelines.settings import PROJECT
from tests.e2e.conftest import Published


@pytest.fixture(scope="module")
def edition(demo: Published) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo.folder / "demo" / "levekar.duckdb"), read_only=True) as connection:
        yield connection


def test_each_question_is_answered_or_it_is_said_why_not(edition: duckdb.DuckDBPyConnection) -> None:
    rows = edition.execute(
        "SELECT evaluation_id, status, count(*), count(coalesce(estimate, mde)), count(note)"
        " FROM evaluation GROUP BY ALL"
    ).fetchall()
    found = {(name, status): counts for name, status, *counts in rows}
    assert set(found) == {
        ("stromso-2030", "modelled"), ("stromso-2030", "not evaluated"), ("skien-demonstration", "not evaluated")
    }  # fmt: skip
    for (_name, status), (number, estimates, notes) in found.items():
        assert estimates == (number if status == "modelled" else 0)
        assert notes == number or status == "modelled"


def test_a_demonstration_claims_no_effect(edition: duckdb.DuckDBPyConnection) -> None:
    rows = edition.execute("SELECT DISTINCT evaluation_id, programme_effect_claimed FROM evaluation").fetchall()
    assert dict(rows) == {"stromso-2030": True, "skien-demonstration": False}


def test_every_value_is_a_published_one_and_the_estimate_is_its_distance_from_the_reference(
    edition: duckdb.DuckDBPyConnection,
) -> None:
    strange = edition.execute(
        "SELECT count(*) FROM evaluation e ANTI JOIN measure m"
        " ON (m.indicator_id, m.area_id, m.period, m.value) = (e.indicator_id, e.area_id, e.period, e.value)"
        " WHERE phase IN ('before', 'after') AND value IS NOT NULL"
    ).fetchone()
    apart = edition.execute("SELECT max(abs(value - reference - estimate)) FROM evaluation").fetchone()
    assert strange == (0,)
    assert apart is not None
    assert apart[0] < 1e-12


def test_p_values_can_be_counted_as_the_page_says(edition: duckdb.DuckDBPyConnection) -> None:
    page = (PROJECT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    [query] = re.findall(r"```sql\n(.*?)```", page, flags=re.DOTALL)
    counted = edition.execute(query.replace("skien-demonstration", "stromso-2030")).fetchall()
    published = edition.execute(
        "SELECT indicator_id, method, p_value FROM evaluation WHERE phase = 'whole'"
        " AND NOT contains(method, ',') ORDER BY ALL"
    ).fetchall()
    assert len(published) >= 10
    assert [row[:2] for row in sorted(counted)] == [row[:2] for row in published]
    assert [row[2] for row in sorted(counted)] == pytest.approx([row[2] for row in published])


def test_no_p_value_is_below_what_so_many_donors_allow(edition: duckdb.DuckDBPyConnection) -> None:
    [row] = edition.execute(
        "SELECT min(p_value * (donors + 1)), max(confidence * (donors + 1) - donors) FROM evaluation WHERE donors < 19"
    ).fetchall()
    assert row == pytest.approx((1, 0))


def test_a_donors_own_run_is_a_placebo_and_weights_add_up(edition: duckdb.DuckDBPyConnection) -> None:
    rows = edition.execute(
        "SELECT count(*) FILTER (treated), sum(weight), count(*), max(e.donors) FROM evaluation_placebo p"
        " JOIN evaluation e USING (evaluation_id, indicator_id, method) WHERE phase = 'whole'"
        " GROUP BY evaluation_id, indicator_id, method"
    ).fetchall()
    assert rows
    for treated, weight, areas, donors in rows:
        assert (treated, areas) == (1, donors + 1)
        assert weight == pytest.approx(1)
