"""The file explains itself to who opens it with nothing but DuckDB."""

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.language import all_words
from tests.e2e.conftest import Published

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def edition(demo: Published) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo.folder / "demo" / "levekar.duckdb"), read_only=True) as connection:
        yield connection


def test_it_says_where_to_begin_and_every_example_answers(edition: duckdb.DuckDBPyConnection) -> None:
    lines = edition.execute("SELECT name, example FROM README ORDER BY position").fetchall()
    assert lines[0][0] == "README"
    answers = {name: len(edition.execute(example).fetchall()) for name, example in lines if example}
    assert {name for name, number in answers.items() if not number} == set()
    silent = edition.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL UNION ALL "
        "SELECT function_name FROM duckdb_functions() WHERE NOT internal AND comment IS NULL"
    ).fetchall()
    assert silent == []


def test_the_norwegian_scorecard_has_the_same_figures_and_no_word_of_english(
    edition: duckdb.DuckDBPyConnection,
) -> None:
    own = "SELECT indicator_id, area_id, {} ORDER BY indicator_id, area_id"
    there = own.format("value, lower, upper, baseline_value, target_value, gap_to_target, probability FROM scorecard")
    here = own.format("verdi, nedre, øvre, utgangspunkt, mål, avstand_til_mål, sannsynlighet FROM scorecard_no")
    assert edition.execute(here).fetchall() == edition.execute(there).fetchall()
    for column, group in {
        "vurdering": "assessment",
        "merknad": "status",
        "sammenligning": "comparison",
        "mål_status": "target_status",
    }.items():
        said = {word for (word,) in edition.execute(f'SELECT DISTINCT "{column}" FROM scorecard_no').fetchall() if word}
        assert said <= {words["nb"] for words in all_words()[group].values()}
        assert said


def test_the_examples_are_what_the_tables_say(edition: duckdb.DuckDBPyConnection) -> None:
    behind = edition.execute("SELECT indicator_id, area_id FROM behind_target").fetchall()
    gaps = edition.execute("SELECT indicator_id, area_id, gap_to_required FROM scorecard").fetchall()
    assert sorted(behind) == sorted((one, area) for one, area, gap in gaps if gap is not None and gap < 0)
    both = edition.execute("SELECT indicator_id, area_id FROM worse_and_worsening").fetchall()
    worse = edition.execute("SELECT indicator_id, area_id FROM scorecard WHERE comparison = 'worse'").fetchall()
    worsening = edition.execute("SELECT indicator_id, area_id FROM change_test WHERE alone = 'worse'").fetchall()
    assert set(both) == set(worse) & set(worsening)
    figures = edition.execute(
        "SELECT indicator_id, period, snapshots FROM measure WHERE area_id = 'drammen-7' AND sex = 'both'"
        " AND age = 'all' AND value IS NOT NULL ORDER BY hash(indicator_id || period) LIMIT 20"
    ).fetchall()
    assert len(figures) == 20
    for indicator, period, snapshots in figures:
        told = edition.execute("SELECT sha256 FROM provenance(?, 'drammen-7', ?)", [indicator, period]).fetchall()
        assert {name for (name,) in told} == set(snapshots)
