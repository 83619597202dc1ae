"""`levekar doctor --repair` on a store that a disk damaged: what is derived is mended, and a refresh succeeds."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import Levekar, Published
from tests.e2e.test_kill import FINISHED, published, values

CUT = "lake/series/work.parquet"


@pytest.mark.slow  # mends, and publishes again
def test_a_cut_table_is_told_of_mended_and_made_anew(demo: Published, levekar: Levekar, tmp_path: Path) -> None:
    store = shutil.copytree(demo.folder, tmp_path / "store", symlinks=True)
    before = values(published(store))
    table = store / "demo" / CUT
    content = table.read_bytes()
    table.chmod(0o600)
    table.write_bytes(content[: len(content) // 2])

    told = levekar("doctor", "--data-dir", store)
    assert told.code == 1
    assert "work.parquet" in told.out
    assert len(table.read_bytes()) == len(content) // 2  # unless it is asked to mend, it changes nothing

    mended = levekar("doctor", "--repair", "--data-dir", store)
    assert "work.parquet" in mended.out
    again = levekar("refresh", "--data-dir", store)
    assert again.code == 0, again.err
    assert table.stat().st_size == pytest.approx(len(content), rel=0.1)
    assert values(published(store)) == before
    assert levekar("doctor", "--data-dir", store).code == 0
    left = [path for path in (store / "demo").rglob(".*") if path.name not in FINISHED]
    assert left == []
