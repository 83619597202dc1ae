"""The evaluator's notebooks, and the script in R, run from beginning to end on a freshly published edition."""

import subprocess
from pathlib import Path

import duckdb
import nbformat
import pytest
from nbclient import NotebookClient

from pipelines.settings import PROJECT
from tests.e2e.conftest import Levekar, Published

FOLDER = PROJECT / "notebooks"
# Reproducing a release takes one, and builds it anew: test_a_release_is_reproduced.
ON_AN_EDITION = ["first_look", "one_indicator", "catching_up", "did_the_programme"]


def executed(name: str, data: Path, **more: str) -> nbformat.NotebookNode:
    """Run a notebook on an edition below `data`: the demo's, unless `more` names other settings."""
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    settings = {"LEVEKAR_DATA_DIR": str(data), "LEVEKAR_SOURCES": "demo", "LEVEKAR_AREA": "drammen-7", **more}
    with pytest.MonkeyPatch.context() as patch:
        for key, value in settings.items():
            patch.setenv(key, value)
        NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    return notebook


@pytest.fixture(scope="module")
def notebooks(demo: Published) -> dict[str, nbformat.NotebookNode]:
    return {name: executed(name, demo.folder) for name in ON_AN_EDITION}


def outputs(notebook: nbformat.NotebookNode, kind: str) -> list[str]:
    """All outputs of one media type, in order."""
    return [one.data[kind] for cell in notebook.cells for one in cell.get("outputs", []) if kind in one.get("data", {})]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_they_are_committed_without_outputs(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


@pytest.mark.slow
@pytest.mark.parametrize("name", ON_AN_EDITION)
def test_synthetic_figures_are_announced(notebooks: dict[str, nbformat.NotebookNode], name: str) -> None:
    assert any("SYNTHETIC FIGURES" in text for text in outputs(notebooks[name], "text/markdown"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("first_look", ["assessment", "required_value", "sha256", "old_vintage"]),
        ("one_indicator", ["definition_en", "comparison", "coverage_95", "known_from"]),
        ("catching_up", ["gap_closed", "p_adjusted", "gap_to_comparator"]),
        ("did_the_programme", ["measure_taken", "programme_effect_claimed", "mde", "pre_trend_p_value", "note"]),
    ],
)
def test_the_tables_are_shown(notebooks: dict[str, nbformat.NotebookNode], name: str, columns: list[str]) -> None:
    tables = outputs(notebooks[name], "text/html")
    for wanted in columns:
        assert any(wanted in table for table in tables), wanted


@pytest.mark.slow
def test_the_charts_are_drawn_and_say_that_they_are_synthetic(notebooks: dict[str, nbformat.NotebookNode]) -> None:
    for name in ("first_look", "one_indicator", "catching_up"):
        [picture] = outputs(notebooks[name], "image/svg+xml")
        assert "SYNTHETIC FIGURES" in picture


@pytest.mark.slow
def test_a_release_is_reproduced(demo_copy: Path, levekar: Levekar) -> None:
    made = levekar("release", "midterm-2025", "--data-dir", demo_copy)
    assert made.code == 0, made.err
    notebook = executed("reproduce_release", demo_copy)
    said = [one.text for cell in notebook.cells for one in cell.get("outputs", []) if one.output_type == "stream"]
    assert "built anew it is the same, cell by cell" in "".join(said)
    assert any("SYNTHETIC FIGURES" in text for text in outputs(notebook, "text/markdown"))


@pytest.mark.slow
def test_r_reads_the_figures_that_the_edition_has(demo: Published, levekar: Levekar, tmp_path: Path) -> None:
    wrote = levekar("export", tmp_path / "open", "--format", "csv", "--data-dir", demo.folder)
    assert wrote.code == 0, wrote.err
    command = ["Rscript", FOLDER / "first_look.R", tmp_path / "open" / "csv", "drammen-7", "lowest_education"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.startswith("SYNTHETIC FIGURES")
    rows = {cells[0]: cells for cells in (line.split() for line in said.splitlines()) if len(cells) > 1}
    with duckdb.connect(str(demo.folder / "demo" / "levekar.duckdb"), read_only=True) as edition:
        query = "SELECT {} WHERE area_id = 'drammen-7' AND value IS NOT NULL"
        newest = edition.execute(query.format("indicator_id, period, value FROM scorecard")).fetchall()
        run = edition.execute(
            f"{query.format('period, value FROM series')} AND indicator_id = 'lowest_education'"
        ).fetchall()
    assert len(newest) > 30
    for indicator, period, value in newest:
        # R may write the unit in two words (per 1,000): the period is found by itself.
        at = rows[indicator].index(period)
        assert float(rows[indicator][at + 1]) == pytest.approx(value, rel=0.006), indicator
    for period, value in run:
        assert float(rows[period][1]) == pytest.approx(value, abs=6e-5)
