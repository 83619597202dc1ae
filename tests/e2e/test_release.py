"""A release of the (synthetic) demo: frozen, checked in another folder; and one that somebody changed."""

import json
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from ruamel.yaml import YAML

from tests.e2e.conftest import Levekar


@pytest.fixture
def frozen(demo_copy: Path, levekar: Levekar, tmp_path: Path) -> Path:
    """The folder that a release lies in, beside its archive."""
    said = levekar("release", "midterm-2025", "--data-dir", demo_copy, "-o", tmp_path / "out")
    assert said.code == 0, said.err
    return tmp_path / "out" / "synthetic-midterm-2025"


@pytest.mark.slow
def test_a_release_says_what_it_is_and_is_checked_elsewhere(
    frozen: Path, demo_copy: Path, levekar: Levekar, tmp_path: Path
) -> None:
    manifest = json.loads((frozen / "release.json").read_text(encoding="utf-8"))
    assert (manifest["name"], manifest["synthetic"], manifest["can_be_rebuilt"]) == ("midterm-2025", "true", True)
    assert "SYNTHETIC" in (frozen / "CITATION.cff").read_text(encoding="utf-8")
    assert (frozen / "page" / "index.html").is_file()
    assert {path.name for path in (frozen / "exports").iterdir()} >= {"csv", "json-stat", "px", "xlsx"}
    # Its sums are those that anybody's tool computes.
    summed = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=frozen, capture_output=True, check=False
    )
    assert summed.returncode == 0, summed.stderr
    cited = YAML(typ="safe").load((frozen / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "version", "date-released"} <= cited.keys()
    assert cited["title"].startswith("SYNTHETIC FIGURES")
    datacite = json.loads((frozen / "datacite.json").read_text(encoding="utf-8"))
    assert {"titles", "creators", "publisher", "publicationYear", "types", "schemaVersion"} <= datacite.keys()
    # Elsewhere, with nothing else: the archive alone.
    there = tmp_path / "elsewhere" / "a copy.zip"
    there.parent.mkdir()
    shutil.move(frozen.with_suffix(".zip"), there)
    said = levekar("release", "verify", there, "--hashes-only")  # test_whole_way builds one anew
    assert said.code == 0, said.out + said.err
    assert "every file is as it was frozen" in said.out
    # Its pages can be written anew, of another area too; they say which release they are of.
    said = levekar("report", "--release", there, "--area", "drammen-4", "-o", tmp_path / "page")
    assert said.code == 0, said.err
    page = (tmp_path / "page" / "index.html").read_text(encoding="utf-8")
    assert "Frosset som midterm-2025." in page and "Gulskogen" in page
    assert manifest["edition"] in page
    said = levekar("report", "--release", "atlantis", "--data-dir", demo_copy)
    assert (said.code, "no release 'atlantis'" in said.err) == (1, True)
    # It is made once; the next one corrects it by name, and says what is different.
    again = levekar("release", "midterm-2025", "--data-dir", demo_copy, "-o", tmp_path / "other")
    assert (again.code, "none is ever changed" in again.err) == (1, True)
    corrected = levekar(
        *("release", "midterm-2025-b", "--data-dir", demo_copy, "-o", tmp_path / "out", "--corrects", "midterm-2025")
    )
    assert corrected.code == 0, corrected.err
    changes = (tmp_path / "out" / "synthetic-midterm-2025-b" / "CHANGES.md").read_text(encoding="utf-8")
    assert "Nothing has changed." in changes
    due = levekar("release", "--due", "--data-dir", demo_copy).out
    assert "final-2030" in due and "due in" in due
    assert "midterm-2025-b" in due and "overdue" not in due
    # One that somebody changed is found out, and what was changed is named.
    changed = shutil.copytree(frozen, tmp_path / "changed")
    database = changed / "levekar.duckdb"
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        connection.execute("UPDATE pillar SET name_en = 'another' WHERE pillar_id = 'work'")
    (changed / "requirements.lock").unlink()
    (changed / "more.txt").write_text("synthetic", encoding="utf-8")
    said = levekar("release", "verify", changed)
    assert said.code == 1
    refused = levekar("report", "--release", changed, "-o", tmp_path / "refused")
    assert "is not as it was frozen: levekar.duckdb was changed" in refused.err
    found = {line.removeprefix("midterm-2025: ") for line in said.out.splitlines()}
    assert found == {
        "levekar.duckdb was changed: its SHA-256 is not the one in SHA256SUMS",
        "requirements.lock is missing",
        "more.txt was added",
    }
