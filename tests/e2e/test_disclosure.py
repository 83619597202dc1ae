"""The attacker on the published demo (synthetic): every table in hand, a linear solver, and all sums known.

The true counts come from the delivered file as the lake keeps it; the sums from areas.yaml, read here anew.
"""

from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
import yaml

from indicators import catalogue
from pipelines.storage.lake import Lake
from tests import attacker
from tests.e2e.conftest import Published

AREAS = yaml.safe_load((catalogue.HERE / "areas.yaml").read_text(encoding="utf-8"))["areas"]
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


def divisions() -> list[tuple[str, list[str]]]:
    """Every area with the parts it is divided into, and every whole with what is left of it and what it is without."""
    parts = defaultdict(list)
    for area in AREAS:
        if area.get("parent") and "rest_of" not in area:
            parts[area["parent"], area["kind"]].append(area["id"])
    rests = [area for area in AREAS if "rest_of" in area]
    return [
        *((whole, members) for (whole, _kind), members in parts.items()),
        *((area["rest_of"]["whole"], [area["id"], *area["rest_of"]["without"]]) for area in rests),
    ]


def years_of(key: Key) -> list[Key]:
    indicator, area, window = key
    return [(indicator, area, str(year)) for year in range(int(window[:4]), int(window[5:]) + 1)]


def all_true(delivered: dict[Key, float], published: dict[Key, float], windows: set[Key]) -> dict[Key, float]:
    """Every count, whether it is shown or not: delivered, the sum of its years, or what is left of a whole."""
    true = delivered | published
    for area in (one for one in AREAS if "rest_of" in one):
        rest = area["rest_of"]
        for indicator, _whole, period in [key for key in true if key[1] == rest["whole"]]:
            less = [true.get((indicator, one, period)) for one in rest["without"]]
            if None not in less:
                left = true[indicator, rest["whole"], period] - sum(less)
                true.setdefault((indicator, area["id"], period), left)
    for key in windows:
        if all(year in true for year in years_of(key)):
            true[key] = sum(true[year] for year in years_of(key))
    return true


def test_no_hidden_count_follows_from_all_that_is_shown(edition, truth, hidden):
    published = {
        tuple(key): numerator
        for *key, numerator in edition.execute(
            "SELECT indicator_id, area_id, period, numerator FROM measure WHERE numerator IS NOT NULL"
        ).fetchall()
    }
    windows = set(edition.execute("SELECT DISTINCT indicator_id, area_id, period FROM measure WHERE pooled").fetchall())
    true = all_true({key: one["numerator"] for key, one in truth.items()}, published, windows)

    shown = dict(published)
    sums = [(key, years_of(key)) for key in windows if key in true and all(year in true for year in years_of(key))]
    for indicator, period in {(key[0], key[2]) for key in true}:
        for whole, members in divisions():
            total, *parts = ((indicator, one, period) for one in (whole, *members))
            if all(key in true for key in (total, *parts)):
                # Who lives in none of the parts is known to the attacker.
                nowhere = ("nowhere", *total, whole)
                shown[nowhere] = true[total] - sum(true[key] for key in parts)
                sums.append((total, [*parts, nowhere]))
    secrets = {key: (0.0, 1e6) for key in true if key not in published}
    assert len(hidden & set(secrets)) > 20
    assert not set(attacker.determined(shown, secrets, sums)) & hidden
    ranges = attacker.attainable(shown, secrets, sums, hidden & set(secrets))
    for key, (low, high) in ranges.items():
        assert high - low >= 1 - 1e-6, (key, low, high)
        if 0 < true[key] < 3:
            assert low <= 1 + 1e-6, (key, low, high)
            assert high >= 2 - 1e-6, (key, low, high)
