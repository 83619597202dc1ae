"""What the words of a whole (synthetic) edition rest on: asked of its tables as an evaluator would."""

import re
from collections import Counter
from collections.abc import Iterator

import duckdb
import pytest

from pipelines.storage import warehouse
from tests.e2e.conftest import Published


@pytest.fixture(scope="module")
def edition(demo: Published) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.connect(demo.folder / "demo") as connection:
        yield connection


def test_every_figure_with_an_interval_has_a_word_beside_its_large_comparators(
    edition: duckdb.DuckDBPyConnection,
) -> None:
    """Whether these are published with an interval or not: then they are taken as fixed, and it is said."""
    found = edition.execute(
        """
        SELECT comparison IS NULL AS is_wordless, comparator_fixed, count(*)
        FROM comparison JOIN series USING (indicator_id, area_id, period)
        JOIN area AS other ON other.area_id = comparison.comparator_id
        WHERE series.lower IS NOT NULL AND comparison.comparator_value IS NOT NULL
            AND other.kind IN ('municipality', 'county', 'country')
        GROUP BY ALL
        """
    ).fetchall()
    assert {is_wordless for is_wordless, _fixed, _count in found} == {False}
    assert {fixed for _wordless, fixed, count in found if count > 100} == {True, False}


def test_a_pillars_headline_counts_the_words_of_its_scorecard(edition: duckdb.DuckDBPyConnection) -> None:
    words = edition.execute(
        """
        SELECT indicator.pillar_id, assessment, indicator_id FROM scorecard JOIN indicator USING (indicator_id)
        WHERE area_id = 'drammen-7' AND assessment IS NOT NULL
        """
    ).fetchall()
    view = edition.execute("SELECT pillar_id, headline, listed FROM pillar_view WHERE area_id = 'drammen-7'").fetchall()
    assert len(view) == 4
    for pillar, headline, listed in view:
        counted = Counter(word for name, word, _indicator in words if name == pillar)
        # A word may have a comma of its own: "worse, improving".
        told = {word: int(number) for number, word in re.findall(r"(\d+) (.+?)(?=, \d|$)", headline)}
        assert told == counted
        for name, _word, indicator in words:
            assert (indicator in listed) == (name == pillar)


def test_a_district_that_had_a_state_programme_is_no_donor_and_other_areas_of_the_city_are(
    edition: duckdb.DuckDBPyConnection,
) -> None:
    """Fjell/Danvik had one until 2019, as the agreement on Strømsø 2030 says itself."""
    placebos = edition.execute("SELECT DISTINCT area_id FROM evaluation_placebo").fetchall()
    areas = {area for (area,) in placebos if area.startswith("drammen-")}
    assert areas == {f"drammen-{number}" for number in (1, 2, 3, 4, 5, 7, 8, 9, 10)}
    notes = edition.execute("SELECT note FROM evaluation WHERE p_value IS NOT NULL AND phase = 'whole'").fetchall()
    assert notes
    assert all("no donor, for it had a programme: drammen-6" in note for (note,) in notes)
