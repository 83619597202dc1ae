"""A store kept in one archive comes back whole elsewhere; a damaged archive brings nothing back. Synthetic."""

import json
import zipfile
from pathlib import Path

import pytest

from pipelines.storage.snapshots import SnapshotStore
from tests.e2e.conftest import Levekar


@pytest.fixture
def kept(demo_copy: Path, levekar: Levekar, tmp_path: Path) -> Path:
    """A backup of the demo's store."""
    (demo_copy.parent / "quarantine" / "refused").mkdir(parents=True)
    (demo_copy.parent / "quarantine" / "refused" / "reasons.md").write_text("# synthetic", encoding="utf-8")
    said = levekar("backup", tmp_path / "backups", "--data-dir", demo_copy)
    assert said.code == 0, said.err
    [archive] = (tmp_path / "backups").iterdir()
    assert archive.name.startswith("synthetic-levekar-demo-")
    assert archive.stat().st_mode & 0o077 == 0  # it tells hidden figures
    return archive


@pytest.mark.slow
def test_a_store_comes_back_on_another_path_as_it_was(
    kept: Path, demo_copy: Path, levekar: Levekar, tmp_path: Path
) -> None:
    before = levekar("scorecard", "--json", "--data-dir", demo_copy).out
    elsewhere = tmp_path / "another disk" / "store"
    said = levekar("restore", kept, "--data-dir", elsewhere)
    assert said.code == 0, said.err
    assert levekar("scorecard", "--json", "--data-dir", elsewhere).out == before
    assert len(json.loads(before)) > 40
    assert (elsewhere.parent / "quarantine" / "refused" / "reasons.md").is_file()
    # What cannot be made anew is there: every answer, the key, what each edition told.
    old, new = (SnapshotStore(folder / "demo" / "snapshots") for folder in (demo_copy, elsewhere))
    assert sorted(new.records()) == sorted(old.records())
    history = [
        sorted(path.name for path in (one / "demo" / "lake" / "history").rglob("*")) for one in (demo_copy, elsewhere)
    ]
    assert history[0] == history[1] != []
    doctor = levekar("doctor", "--data-dir", elsewhere, "--inbox", tmp_path)
    assert "each of its files agrees with its SHA-256" in doctor.out
    assert (elsewhere / "demo" / "warehouse").stat().st_mode & 0o777 == 0o755
    assert (elsewhere / "demo" / "snapshots").stat().st_mode & 0o777 == 0o700


def test_it_takes_no_stores_place_and_no_other_source_sets(
    kept: Path, demo_copy: Path, levekar: Levekar, tmp_path: Path
) -> None:
    said = levekar("restore", kept, "--data-dir", demo_copy)
    assert said.code == 1
    assert "is not empty: a backup takes no store's place" in " ".join(said.err.split())
    said = levekar("restore", kept, "--sources", "live", "--data-dir", tmp_path / "new" / "store")
    assert said.code == 1
    assert "expected --sources demo" in " ".join(said.err.split())


@pytest.mark.parametrize("damage", ["a byte", "a file more", "the end is missing"])
def test_a_damaged_backup_brings_nothing_back(kept: Path, levekar: Levekar, tmp_path: Path, damage: str) -> None:
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(kept) as packed, zipfile.ZipFile(broken, "w") as written:
        for entry in packed.infolist():
            content = packed.read(entry)
            if damage == "a byte" and entry.filename == "store/secret":
                content = bytes([content[0] ^ 1]) + content[1:]
            written.writestr(entry.filename, content)
        if damage == "a file more":
            written.writestr("store/warehouse/synthetic.txt", "added")
    if damage == "the end is missing":
        broken.write_bytes(broken.read_bytes()[:-1000])
    store = tmp_path / "new" / "store"
    said = levekar("restore", broken, "--data-dir", store)
    assert said.code == 1
    expected = {"a byte": "store/secret is not as it was kept", "a file more": "was added"}
    assert expected.get(damage, "is no whole backup") in " ".join(said.err.split())
    assert not (store / "demo").exists()
