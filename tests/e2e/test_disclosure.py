"""The attack of tests/attack on the published demo (synthetic): every table in hand, and whole numbers.

The true counts come from the delivered file as the lake keeps it.
"""

import re
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from pipelines.storage.lake import Lake
from tests.attack import knowledge, published, shares, sums, surfaces
from tests.attack.published import Edition
from tests.e2e.conftest import Published

WINDOW = re.compile(r"(\d{4})-(\d{4})")
DELIVERED = "delivery/drammen_district_counts"
NAMED = {"3301": "drammen", "0": "norway"}  # the file has some areas by their official codes
Key = tuple[str, str, str]


@pytest.fixture(scope="module")
def edition(demo: Published):
    with duckdb.connect(str(demo.folder / "demo" / "levekar.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def truth(demo: Published) -> dict[tuple[str, str, str], dict[str, float]]:
    """(indicator, district, year) -> numerator and denominator as delivered."""
    facts = Lake(demo.folder / "demo" / "lake").ref(f"facts/{DELIVERED}").path
    rows = duckdb.execute(
        "SELECT dimensions['Indikator'], area_id, period, dimensions['ContentsCode'], value FROM read_parquet(?)"
        " WHERE value IS NOT NULL",
        [str(facts)],
    ).fetchall()
    found: dict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    for indicator, area, period, role, value in rows:
        found[indicator, NAMED.get(area, area), period][role] = value
    return {key: one for key, one in found.items() if len(one) == 2}


@pytest.fixture(scope="module")
def hidden(edition) -> set[tuple[str, str, str]]:
    return set(
        edition.execute(
            "SELECT indicator_id, area_id, period FROM measure WHERE status = 'suppressed' AND source_table = ?",
            [DELIVERED],
        ).fetchall()
    )


def test_small_counts_and_small_complements_are_hidden_in_every_table(edition, truth, hidden):
    small = {
        key
        for key, one in truth.items()
        if 0 < one["numerator"] < 3 or 0 < one["denominator"] - one["numerator"] < 3 or 0 < one["denominator"] < 10
    }
    assert small, "the demo has small numbers"
    used = {tuple(key) for key in edition.execute("SELECT indicator_id, area_id, period FROM measure").fetchall()}
    assert small & used <= hidden
    for indicator, area, period in sorted(hidden):
        found = edition.execute(
            "SELECT numerator, value, lower, upper FROM measure WHERE (indicator_id, area_id, period) = (?, ?, ?)",
            [indicator, area, period],
        ).fetchall()
        assert found == [(None, None, None, None)]
        assert edition.execute(
            "SELECT count(*) FROM series WHERE (indicator_id, area_id, period) = (?, ?, ?)"
            " AND coalesce(value, lower, gap_to_comparator, gap_to_target, change) IS NOT NULL",
            [indicator, area, period],
        ).fetchone() == (0,)
        assert edition.execute(
            "SELECT count(*) FROM series WHERE indicator_id = $1 AND ((area_id = $2 AND $3 IN (baseline_period,"
            " alternative_period)) OR (comparator_id = $2 AND period = $3))",
            [indicator, area, period],
        ).fetchone() == (0,)
        assert edition.execute(
            "SELECT count(*) FROM comparison WHERE indicator_id = $1 AND period = $3"
            " AND $2 IN (area_id, comparator_id)",
            [indicator, area, period],
        ).fetchone() == (0,)


def test_the_delivered_cells_behind_hidden_figures_are_hidden_too(edition, truth, hidden):
    rows = edition.execute(
        "SELECT dimensions['Indikator'], area_id, period, value, status FROM observation"
        " WHERE table_id = 'drammen_district_counts' AND dimensions['ContentsCode'] = 'numerator'"
    ).fetchall()
    told = {(one, NAMED.get(area, area), period): (value, status) for one, area, period, value, status in rows}
    for key in hidden & set(truth):
        assert told[key] == (None, "suppressed")
    # Whatever is told is a figure of the table measure: no cell is published that nobody has looked at.
    shown = {
        tuple(key)
        for key in edition.execute(
            "SELECT indicator_id, area_id, period FROM measure WHERE numerator IS NOT NULL AND source_table = ?",
            [DELIVERED],
        ).fetchall()
    }
    assert {key for key, (value, _status) in told.items() if value is not None} <= shown


def test_the_parquet_beside_the_edition_shows_no_more(edition, demo: Published):
    folder = Path((demo.folder / "demo" / "levekar.duckdb").resolve()).with_suffix("")
    for table in ("measure", "observation", "series", "comparison", "revision"):
        differing = edition.execute(
            f"SELECT count(*) FROM (SELECT * FROM read_parquet('{folder}/{table}.parquet') EXCEPT ALL FROM {table})"
        ).fetchone()
        assert differing == (0,)


def counted(delivered: dict[Key, dict[str, float]], place: sums.Place, role: str) -> float | None:
    """A true count: delivered, what is left of the town, or the sum of a window's years."""
    indicator, area, period = place[:3]
    years = (
        [str(year) for year in range(int(period[:4]), int(period[5:]) + 1)] if WINDOW.fullmatch(period) else [period]
    )
    areas = {"drammen-rest": {"drammen": 1, "drammen-7": -1}}.get(area, {area: 1})
    held = [(delivered.get((indicator, part, year)), sign) for part, sign in areas.items() for year in years]
    return None if any(one is None for one, _ in held) else sum(one[role] * sign for one, sign in held)


def unplaced(edition: Edition, delivered: dict[Key, dict[str, float]]) -> dict[tuple[str, sums.Place], float]:
    """What the town has more than its districts, which the attacker is taken to know."""
    found = {}
    for place in {sums.place_of(row) for row in edition["measure"] if row["area_id"] == "drammen"}:
        for short, role in (("n", "numerator"), ("d", "denominator")):
            parts = [counted(delivered, (place[0], f"drammen-{n}", *place[2:]), role) for n in range(1, 11)]
            whole = counted(delivered, place, role)
            if whole is not None and None not in parts:
                found[short, place] = whole - sum(parts)
    return found


@pytest.mark.slow  # the attack takes as long as a refresh
def test_no_hidden_count_follows_from_all_that_is_published(demo: Published, truth, hidden):
    (edition,) = published.editions(demo.folder / "demo" / "warehouse")
    known = knowledge.read()
    more = unplaced(edition, truth)
    assert len(sums.hidden_places(edition)) > 20
    assert sums.found([edition], known, unplaced=more) == []
    # Who believes that what is hidden is never zero is led astray rather than helped.
    trusting = sums.found([edition], known, unplaced=more, trusting=True)
    right = [one for one in trusting if one.low <= counted(truth, one.place, "numerator") <= one.high]
    assert len(right) <= len(trusting) / 2
    assert surfaces.found(edition) == {}
    assert surfaces.trends_with_hidden_points(edition) == set()
    assert [shares.found(edition, layout)[1] for layout in shares.NAV] == [[], []]
