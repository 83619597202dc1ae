"""More than sixty ways in which a real delivery breaks: refused with the cell named, or repaired."""

import io
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from rich.console import Console

from indicators import catalogue
from indicators.catalogue import Catalogue
from pipelines.deliveries import checking
from pipelines.language import Language
from pipelines.settings import Settings
from pipelines.terminal import delivery_report
from pipelines.workplace.night import compose
from tests import stages
from tests.recorded.broken_variants import COUNTY, IMDI, VARIANTS, Variant

VINTAGES = ["snapshot_sha256", "vintage"]


@cache
def known() -> Catalogue:
    return catalogue.load()


@cache
def sound(file: str) -> checking.Checked:
    checked = stages.checked(known(), COUNTY / file)
    assert checked.error is None
    return checked


def test_there_are_more_than_sixty_and_every_kind_of_file_is_among_them():
    assert len(VARIANTS) == len({one.name for one in VARIANTS}) > 60
    assert len({one.file for one in VARIANTS}) >= 9
    assert sum(not one.says for one in VARIANTS) > 20


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For each file a store in which it stands as it is."""
    root = tmp_path_factory.mktemp("sound")
    for file in {one.file for one in VARIANTS}:
        settings = Settings("files", data_dir=root / file, inbox=root / "none")
        night = compose(settings, given=(sound(file),))
        assert night.asking.take(f"delivery/{sound(file).contract}").state == "new"
    return root


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(path.name, marks=[pytest.mark.slow] if path.name == IMDI else [])
        for path in sorted(COUNTY.iterdir())
    ],
)
def test_an_analyst_reads_what_a_file_is(file: str) -> None:
    checked, written = sound(file), io.StringIO()
    delivery_report.show(
        Console(file=written, width=200), checked, known(), {"new": 1, "same": 2, "changed": 3}, Language("en")
    )
    assert checked.reading is not None
    said = " ".join(written.getvalue().split())
    contract = known().contracts[str(checked.contract)]
    for words in (file, contract.id, contract.name_en, f"{len(checked.reading):,} of", "1 new, 2 same, 3 changed"):
        assert words in said
    assert "used by no indicator" not in said


def figures(settings: Settings, name: str) -> pa.Table:
    table = stages.standing_facts(compose(settings), name).drop(VINTAGES)
    return table.sort_by([(column, "ascending") for column in ("period", "cell", "area_id", "area_label")])


def parameter(variant: Variant) -> Any:
    """IMDi's file has half a million cells: each of its variants takes two seconds."""
    marks = [pytest.mark.slow] if variant.file == IMDI else []
    return pytest.param(variant, marks=marks, id=variant.name.replace(" ", "_"))


@pytest.mark.slow  # some sixty files
@pytest.mark.parametrize("variant", [parameter(one) for one in VARIANTS])
def test_a_variant_is_refused_with_the_cell_named_or_repaired(variant: Variant, stores: Path, tmp_path: Path) -> None:
    shutil.copytree(stores / variant.file, tmp_path / "store")
    folder = tmp_path / "inbox"
    folder.mkdir()
    path = folder / f"variant{Path(variant.file).suffix}"
    path.write_bytes(variant.content)
    settings = Settings("files", data_dir=tmp_path / "store", inbox=folder)
    asking = compose(settings).asking
    [checked] = asking.inbox.pending
    name = f"delivery/{sound(variant.file).contract}"
    before = figures(settings, name)
    if not variant.says:
        assert checked.error is None, str(checked.error)
        assert asking.take(name).state == "new"
    else:
        assert checked.error is not None
        reasons = (asking.inbox.refuse(checked) / "reasons.md").read_text(encoding="utf-8")
        missing = [words for words in variant.says if words not in reasons]
        assert not missing, reasons
        for one in (str(checked.error), reasons):
            assert "15019000181" not in one
            assert "kari.nordmann" not in one
    # None changes a published figure.
    after = figures(settings, name)
    if (variant.file.startswith("forventet") and "hard blanks" in variant.name) or "macOS" in variant.name:
        before, after = before.drop(["area_label"]), after.drop(["area_label"])
    assert after.num_rows == before.num_rows
    assert after.equals(before)
