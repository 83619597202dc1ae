"""From a fresh folder to a release that verifies elsewhere, in sequence; from a figure on a page to its response."""

import html
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from indicators import catalogue
from indicators.catalogue import Catalogue
from pipelines.report import site
from pipelines.settings import PROJECT
from pipelines.storage import warehouse
from pipelines.terminal import explain
from tests.e2e.conftest import LEVEKAR, Published, environment
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


def english(number: str) -> str:
    """A number of a Norwegian page as `levekar explain` writes it.

    >>> english("1\u00a0234,5"), english("−0,3")
    ('1,234.5', '-0.3')
    """
    return number.replace(",", ".").replace("\u00a0", ",").replace("−", "-")


def explained(root: Path, known: Catalogue, indicator: str, period: str) -> str:
    """What `levekar explain` prints of a figure, by its own function: a process for each would take minutes."""
    printed = StringIO()
    console = Console(file=printed, width=10_000)
    explain.show(console, root, known, indicator, "drammen-7", period)
    return printed.getvalue()


def test_three_clicks_lead_from_any_figure_to_its_response(demo: Published, tmp_path: Path) -> None:
    """The card on the first page, the link to the sources on the indicator's page, the address of the response.

    And `levekar explain` says the same of every figure: value, limits, counts, the answers and their addresses.
    """
    root, known = demo.folder / "demo", catalogue.load()
    site.write(root, known, ["drammen-7"], tmp_path / "site")
    first = Page(tmp_path / "site" / "index.html")
    linked = {link for link in first.all("a", "href") if link.startswith("indicator/")}
    with warehouse.connect(root) as edition:
        measures = warehouse.rows(edition, "FROM measure WHERE area_id = 'drammen-7'")
        addresses = dict(edition.execute("SELECT sha256, url FROM snapshot WHERE accepted").fetchall())
    own = {key: (one.sex, one.age) for key, one in known.indicators.items()}
    found = {
        (row["indicator_id"], row["period"]): row
        for row in measures
        if (row["sex"], row["age"]) == own[row["indicator_id"]]
    }
    shown, told, hidden = set(), 0, 0
    for indicator in {indicator for indicator, _period in found}:
        assert f"indicator/{indicator}.html" in linked
        page = Page(tmp_path / "site" / "indicator" / f"{indicator}.html")
        assert page.all("a", "href").count("#sources") == 1
        table, sources = page.text.index('id="figures"'), page.text.index('id="sources"')
        assert table < sources
        for cells in [cells for cells in page.rows if len(cells) == 8 and (indicator, cells[0]) in found]:
            period, figure, limits, *counts = cells[:5]
            row = found[indicator, period]
            shown.add((indicator, period))
            text = explained(root, known, indicator, period)
            if row["status"] == "suppressed":
                hidden += 1
                assert cells[1:7] == [""] * 6
                assert "Nothing of its chain is shown" in text
                continue
            listed = text[text.index("\nSnapshots\n") :]
            assert row["snapshots"]
            for name in row["snapshots"]:
                assert name in page.text[sources:]
                assert name in listed
                url = addresses[name]
                if url.startswith("https://"):  # of a delivered file the store alone knows the name
                    assert f'href="{html.escape(url)}"' in page.text[sources:]
                    assert url in listed
            assert set(re.findall(r"\b[0-9a-f]{64}\b", listed)) == set(row["snapshots"])
            if figure:
                told += 1
                line = text[text.index("\nFigure\n") :].split("\n")[2].strip()
                assert re.match(rf"{re.escape(english(figure))} ", line), (indicator, period, figure, line)
                assert all(f" {english(one)} " in line for one in limits.split(" til ") if one), (limits, line)
                published = dict(
                    re.findall(r"(numerator|denominator) ([\d,.]*\d)", "".join(re.findall("Published with .*", text)))
                )
                for name, cell in zip(("numerator", "denominator"), counts, strict=True):
                    assert (name in published) == bool(cell), (indicator, period)
                    if cell:  # with one decimal on the page where a weight gave it a fraction
                        number = float(published[name].replace(",", ""))
                        assert number == pytest.approx(float(english(cell).replace(",", "")), abs=0.051)
    assert shown == set(found)
    assert told > 300
    assert hidden
