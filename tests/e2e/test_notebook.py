"""The evaluator's notebook runs from its first cell to its last on a freshly published edition."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.e2e.conftest import Published

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "first_look.ipynb"


@pytest.fixture(scope="module")
def executed(demo: Published) -> nbformat.NotebookNode:
    """Run the notebook on the demo edition."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEVEKAR_DATA_DIR", str(demo.folder))
        patch.setenv("LEVEKAR_SOURCES", "demo")
        patch.setenv("LEVEKAR_AREA", "drammen-7")
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return notebook


def outputs(notebook: nbformat.NotebookNode, kind: str) -> list[str]:
    """All outputs of one media type, in order."""
    return [one.data[kind] for cell in notebook.cells for one in cell.get("outputs", []) if kind in one.get("data", {})]


def test_it_is_committed_without_outputs() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_synthetic_figures_are_announced(executed: nbformat.NotebookNode) -> None:
    assert any("SYNTHETIC FIGURES" in text for text in outputs(executed, "text/markdown"))


def test_scorecard_series_provenance_and_revisions_are_shown(executed: nbformat.NotebookNode) -> None:
    tables = outputs(executed, "text/html")
    for wanted in ("assessment", "required_value", "sha256", "old_vintage"):
        assert any(wanted in table for table in tables)


def test_the_chart_is_drawn(executed: nbformat.NotebookNode) -> None:
    assert len(outputs(executed, "image/png")) == 1
