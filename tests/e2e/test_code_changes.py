"""An edited module rebuilds what it makes and nothing else, and the run says which module it was."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.settings import PROJECT

pytestmark = pytest.mark.slow  # three refreshes of the demo, in processes of their own


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code and of the demo, as somebody who edits has it, with a published edition."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("indicators", "pipelines", "data/demo"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(PROJECT / "dagster.yaml", folder / "dagster.yaml")
    assert "This is the first edition." in refreshed(folder)
    return folder


def refreshed(checkout: Path) -> str:
    """Refresh the demo with the code of the copy, and return what is said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEVEKAR_")}
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "refresh"]
    settings = {**kept, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=checkout, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def edited(checkout: Path, module: str) -> None:
    with (checkout / module).open("a", encoding="utf-8") as file:
        file.write("# a comment more\n")


def test_a_comment_in_the_terminal_rebuilds_nothing(checkout: Path) -> None:
    edited(checkout, "pipelines/terminal/scorecard.py")
    said = refreshed(checkout)
    assert "No figure has changed since the last refresh: the edition stands." in said
    assert "rows" not in said.partition("SYNTHETIC")[0]


def test_an_edited_method_rebuilds_what_it_makes_and_says_so(checkout: Path) -> None:
    edited(checkout, "indicators/trends.py")
    news = [line for line in refreshed(checkout).splitlines() if " rows: " in line]
    # Measures are made without trends, and stand; the comparison takes its comparators from the stage of the series.
    series = {f"series/{pillar}" for pillar in ("work", "education", "housing", "health")}
    backtest = {name.replace("series", part) for name in series for part in ("forecasts", "skill")}
    compared = {f"comparison/{name}" for name in ("areas", "pillars", "changes", "small_areas")}
    backtest |= {"backtest/calibration", "backtest/base_rates"}
    assert {line.partition(":")[0] for line in news} == {*series, *backtest, *compared}
    assert all("module indicators.trends changed" in line for line in news)
