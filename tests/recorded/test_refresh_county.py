"""The county's real files all the way through the command line: the figures that issue 2 asks for."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT
from tests.attack import published, shares
from tests.e2e.test_notebook import ON_AN_EDITION, executed, outputs
from tests.e2e.test_whole_way import run, verified_elsewhere
from tests.recorded import RECORDED

COUNTY = RECORDED / "county"
LEVEKAR = Path(sys.executable).with_name("levekar")
PILLARS = {"work", "education", "housing", "health"}

pytestmark = pytest.mark.slow  # eleven files, each tried on a copy of the store first


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    folder = tmp_path_factory.mktemp("county")
    command = [LEVEKAR, "refresh", "--sources", "files", "--inbox", COUNTY, "--area", "skien", "--data-dir", folder]
    settings = {name: value for name, value in os.environ.items() if not name.startswith("LEVEKAR_")}
    done = subprocess.run(command, cwd=PROJECT, env=settings, capture_output=True, text=True, check=False)
    return done, folder / "files" / "levekar.duckdb"


@pytest.fixture(scope="module")
def edition(
    refreshed: tuple[subprocess.CompletedProcess[str], Path],
) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(refreshed[1]), read_only=True) as connection:
        yield connection


def test_it_publishes_and_shows_skien(refreshed: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, _edition = refreshed
    assert done.returncode == 0, done.stderr
    assert "\nSkien\n" in done.stdout
    assert "source set files" in done.stdout
    assert "SYNTHETIC" not in done.stdout


def test_every_file_of_the_county_has_a_contract(edition: duckdb.DuckDBPyConnection) -> None:
    rows = edition.execute("SELECT DISTINCT url, sha256 FROM snapshot WHERE provider = 'delivery'").fetchall()
    # A file's own name may name somebody: readers see the beginning of its public name.
    assert all(url == f"delivered file {name[:12]}" for url, name in rows)
    assert len(rows) == len(list(COUNTY.iterdir()))


def measure(edition: duckdb.DuckDBPyConnection, indicator: str, period: str) -> dict[str, object]:
    found = edition.execute(
        "SELECT * FROM measure WHERE area_id = 'skien' AND indicator_id = ? AND period = ?", [indicator, period]
    )
    [row] = found.fetchall()
    return dict(zip([column[0] for column in found.description], row, strict=True))


def test_crowding_is_the_published_share(edition: duckdb.DuckDBPyConnection) -> None:
    row = measure(edition, "crowding", "2024")
    assert round(row["value"], 5) == 0.08212  # the file writes seventeen digits
    # The file gives no counts: so there is no interval, and the status says why.
    assert (row["numerator"], row["denominator"], row["lower"], row["upper"]) == (None, None, None, None)
    assert row["status"] == "no_denominator"


def test_lowest_education_is_divided_from_counts(edition: duckdb.DuckDBPyConnection) -> None:
    row = measure(edition, "lowest_education", "2025")
    # Counted by hand in utdanningsnivaa.csv: Skien, 2025, both sexes, basic school; and all levels together.
    assert (row["numerator"], row["denominator"]) == (12_347, 47_535)
    assert row["value"] == 12_347 / 47_535
    assert row["lower"] < row["value"] < row["upper"]
    assert row["method"] == "proportion, Wilson interval"


def test_unemployment_is_the_mean_of_the_months_and_says_how_many(edition: duckdb.DuckDBPyConnection) -> None:
    whole, begun = (measure(edition, "registered_unemployment", year) for year in ("2025", "2026"))
    assert (whole["periods_counted"], whole["status"]) == (12, "estimated")
    months = edition.execute(
        "SELECT avg(value), count(*) FROM observation WHERE table_id = 'nav_unemployment' AND area_id = '4003'"
        " AND period LIKE '2025M%' AND dimensions['ContentsCode'] = 'share_of_labour_force'"
        " AND dimensions['Status'] = 'helt_ledige' AND dimensions['Kjonn'] = '0'"
    ).fetchone()
    assert (pytest.approx(months[0]), months[1]) == (whole["value"], 12)
    assert 1 <= begun["periods_counted"] < 12
    assert begun["status"] == "incomplete"


def test_every_pillar_has_two_indicators_with_a_series(edition: duckdb.DuckDBPyConnection) -> None:
    counted = dict(
        edition.execute(
            "SELECT pillar_id, count(DISTINCT indicator_id) FROM series JOIN indicator USING (indicator_id)"
            " WHERE area_id = 'skien' AND value IS NOT NULL GROUP BY ALL"
        ).fetchall()
    )
    assert counted.keys() == PILLARS
    assert all(number >= 2 for number in counted.values())


def test_series_have_baseline_target_path_and_comparator(edition: duckdb.DuckDBPyConnection) -> None:
    rows = edition.execute(
        "SELECT baseline_period, target_period, target_status, required_value, gap_to_required, comparator_id"
        " FROM scorecard WHERE area_id = 'skien' AND indicator_id = 'crowding'"
    ).fetchall()
    [(baseline, target, status, required, gap, comparator)] = rows
    assert (baseline, target, status, comparator) == ("2020", "2030", "proposed", "telemark")
    assert gap == pytest.approx(required - 0.08212028)  # less crowding is better


def test_every_measure_leads_to_the_answers_that_it_was_read_from(edition: duckdb.DuckDBPyConnection) -> None:
    lost = edition.execute(
        "SELECT count(*) FROM (SELECT unnest(snapshots) AS sha256 FROM measure) ANTI JOIN snapshot USING (sha256)"
    ).fetchone()
    none = edition.execute("SELECT count(*) FROM measure WHERE len(snapshots) = 0").fetchone()
    assert (lost, none) == ((0,), (0,))
    files = edition.execute(
        "SELECT DISTINCT m.source_table, 'delivery/' || s.table_id, s.url, s.method, s.accepted"
        " FROM (SELECT source_table, unnest(snapshots) AS sha256 FROM measure) m JOIN snapshot s USING (sha256)"
    ).fetchall()
    assert all(source == table and method == "FILE" and good for source, table, _url, method, good in files)
    assert len({url for _source, _table, url, _method, _good in files}) == len(list(COUNTY.iterdir()))


def test_imdis_and_udirs_files_give_measures(edition: duckdb.DuckDBPyConnection) -> None:
    # Read by hand in imdi_utdanningsniva_alle_2020.csv: K3807 Skien, immigrants, both sexes, 2020.
    row = measure(edition, "lowest_education_immigrants", "2020")
    assert (row["numerator"], row["denominator"], row["value"]) == (1610, 5012, 1610 / 5012)
    [(value, status)] = edition.execute(
        "SELECT value, status FROM measure WHERE area_id = 'norway' AND indicator_id = 'upper_secondary_leavers'"
        " AND period = '2020/21'"
    ).fetchall()
    assert (value, status) == (pytest.approx(0.030), "no_denominator")  # Hele landet: 3,0


def test_explain_recomputes_skiens_figures_from_the_published_rows(
    refreshed: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    folder = refreshed[1].parents[1]
    for indicator, expected in {"lowest_education": "12,347", "crowding": "trangboddhet.csv"}.items():
        command = [LEVEKAR, "explain", indicator, "--sources", "files", "--area", "skien", "--data-dir", folder]
        said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr
        assert expected in said.stdout


def test_every_observation_leads_to_its_answer(edition: duckdb.DuckDBPyConnection) -> None:
    lost = "SELECT count(*) FROM observation ANTI JOIN snapshot ON snapshot_sha256 = sha256"
    assert edition.execute(lost).fetchone() == (0,)


def test_every_table_and_column_says_what_it_means(edition: duckdb.DuckDBPyConnection) -> None:
    silent = edition.execute(
        "SELECT table_name, NULL FROM duckdb_tables() WHERE comment IS NULL UNION ALL"
        " SELECT view_name, NULL FROM duckdb_views() WHERE NOT internal AND comment IS NULL UNION ALL"
        " SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
    ).fetchall()
    assert silent == []


def test_the_parquet_beside_it_holds_the_same(
    refreshed: tuple[subprocess.CompletedProcess[str], Path], edition: duckdb.DuckDBPyConnection
) -> None:
    folder = refreshed[1].resolve().with_suffix("")
    names = [name for (name,) in edition.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    assert {path.stem for path in folder.glob("*.parquet")} == set(names)
    differences = f"(FROM measure EXCEPT FROM '{folder}/measure.parquet')"
    assert edition.execute(f"SELECT count(*) FROM {differences}").fetchone() == (0,)


def test_no_count_that_nav_hid_follows_from_the_edition(
    refreshed: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    # What NAV told itself is known: tests/recorded/test_nav_shares.py.
    (files,) = published.editions(refreshed[1].parent / "warehouse")
    unemployed, reduced = (shares.found(files, layout) for layout in shares.NAV)
    assert unemployed[0] > 1000 and not unemployed[1]
    assert reduced[0] > 1000 and {(low, high) for _name, low, high in reduced[1]} <= {(1, 2), (2, 3)}


def test_report_export_and_a_release_that_verifies_elsewhere(
    refreshed: tuple[subprocess.CompletedProcess[str], Path], tmp_path: Path
) -> None:
    """With its delivered files inside, which is the municipality's own, the release is built anew and is the same."""
    data = ("--sources", "files", "--data-dir", refreshed[1].parents[1])
    run("report", "--area", "skien", *data, "-o", tmp_path / "site")
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "Skien" in page
    assert "SYNTETISKE" not in page
    run("export", tmp_path / "open", *data)
    assert (tmp_path / "open" / "csv" / "measure.csv").is_file()
    run("release", "midterm-2025", "--confidential", *data, "-o", tmp_path / "out")
    assert "built anew it is the same" in verified_elsewhere(tmp_path / "out" / "midterm-2025.zip", tmp_path)


@pytest.mark.parametrize("name", ON_AN_EDITION)
def test_the_notebooks_run_on_real_figures(
    refreshed: tuple[subprocess.CompletedProcess[str], Path], edition: duckdb.DuckDBPyConnection, name: str
) -> None:
    """Nothing is called synthetic there, and what they show is the edition's: its charts name Skien."""
    notebook = executed(name, refreshed[1].parents[1], LEVEKAR_SOURCES="files", LEVEKAR_AREA="skien")
    pictures = outputs(notebook, "image/svg+xml")
    assert len(pictures) == (0 if name == "did_the_programme" else 1)
    (named,) = edition.execute("SELECT value FROM meta WHERE key = 'edition'").fetchone() or ("",)
    assert all("Skien" in picture and f"edition {named}" in picture for picture in pictures)
    assert not any("SYNTHETIC" in text for text in [*pictures, *outputs(notebook, "text/markdown")])
