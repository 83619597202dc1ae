"""From a fresh folder to a release that verifies elsewhere, in sequence; from a figure on a page to its response."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from indicators import catalogue
from pipelines.report import site
from pipelines.settings import PROJECT
from pipelines.storage import warehouse
from tests.e2e.conftest import LEVEKAR, Levekar, Published, environment
from tests.e2e.test_report import Page

pytestmark = pytest.mark.slow


def run(*arguments: object) -> str:
    """Run a command as its own process, and return what it said."""
    done = subprocess.run(
        [LEVEKAR, *map(str, arguments)], env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def verified_elsewhere(archive: Path, folder: Path) -> str:
    """Verify a release by a copy of the program in another folder, where there is nothing else."""
    program, there = folder / "another path" / "program", folder / "another path" / archive.name
    for part in ("indicators", "pipelines"):
        shutil.copytree(PROJECT / part, program / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(archive, there)
    code = "import pipelines, sys; from pipelines.cli import main; print(pipelines.__file__); main()"
    command = [sys.executable, "-c", code, "release", "verify", str(there)]
    settings = environment(PYTHONPATH=str(program))
    done = subprocess.run(command, cwd=program, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(program) in done.stdout  # the copy, not the program that is installed
    return done.stdout


def test_a_fresh_folder_becomes_a_release_that_verifies_elsewhere(tmp_path: Path) -> None:
    data = tmp_path / "fresh"
    assert "This is the first edition." in run("refresh", "--data-dir", data)
    run("report", "--data-dir", data, "-o", tmp_path / "site")
    assert "Strømsø/Tangen" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    run("export", tmp_path / "open", "--data-dir", data)
    assert {path.name for path in (tmp_path / "open").iterdir()} > {"parquet", "csv", "json-stat", "px", "xlsx"}
    run("release", "midterm-2025", "--data-dir", data, "-o", tmp_path / "out")
    archive = tmp_path / "out" / "synthetic-midterm-2025.zip"
    shutil.rmtree(data)
    assert "built anew it is the same, cell by cell" in verified_elsewhere(archive, tmp_path)


def test_three_clicks_lead_from_any_figure_to_its_response(demo: Published, levekar: Levekar, tmp_path: Path) -> None:
    """The card on the first page, the link to the sources on the indicator's page, the address of the response."""
    site.write(demo.folder / "demo", catalogue.load(), ["drammen-7"], tmp_path / "site")
    first = Page(tmp_path / "site" / "index.html")
    linked = {link for link in first.all("a", "href") if link.startswith("indicator/")}
    with warehouse.connect(demo.folder / "demo") as edition:
        newest = edition.execute(
            "SELECT m.indicator_id, m.snapshots FROM scorecard s JOIN measure m USING (indicator_id, area_id, period)"
            " WHERE s.area_id = 'drammen-7' AND m.value IS NOT NULL"
        ).fetchall()
        addresses = dict(edition.execute("SELECT sha256, url FROM snapshot WHERE accepted").fetchall())
    assert len(newest) > 30
    for indicator, snapshots in newest:
        assert f"indicator/{indicator}.html" in linked
        page = Page(tmp_path / "site" / "indicator" / f"{indicator}.html")
        assert "#sources" in page.all("a", "href")
        sources = page.text[page.text.index('id="sources"') :]
        for name in snapshots:
            assert name in sources
            url = addresses[name].replace("&", "&amp;")
            assert f'href="{url}"' in sources or not url.startswith("https://")
    for indicator, snapshots in newest[:3]:
        said = levekar("explain", indicator, "--data-dir", demo.folder)
        assert said.code == 0, said.err
        assert all(name in said.out.replace("\n", "") for name in snapshots)
