"""A release checked: every file's SHA-256 and, where all is inside that it takes, built anew and compared.

Nothing but the release and the program is used, and nothing of either is changed. Who sees that it fails should look at
the manifest first: other code may give other figures.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indicators import catalogue as yaml
from pipelines.code_version import whole_version
from pipelines.edition import alike, releases
from pipelines.settings import Settings
from pipelines.storage import files
from pipelines.workplace.night import compose


@dataclass(frozen=True)
class Verdict:
    """What was found of a release. good: nothing is wrong with it; rebuilt: it was built anew, too."""

    name: str
    good: bool
    rebuilt: bool
    lines: tuple[str, ...]


def verify(archive: Path, scratch: Path, *, rebuild: bool = True) -> Verdict:
    """Check a release, a folder or an archive; what is unpacked and built goes below `scratch`, and goes again.

    Raises ReleaseError for what is no release.
    """
    with files.scratch(scratch) as own, files.thrown_away():
        into = own / "unpacked"
        into.mkdir()
        folder = releases.unpacked(archive, into)
        broken = list(releases.broken(folder))
        manifest = releases.manifest_of(folder)
        if broken:
            return Verdict(manifest["name"], good=False, rebuilt=False, lines=tuple(broken))
        said = [f"every file is as it was frozen on {manifest['created_at'][:10]}"]
        if not manifest["can_be_rebuilt"]:
            left_out = len(manifest["deliveries_left_out"])
            said.append(f"not built anew: {left_out} delivered files were left out (release.json lists them)")
            return Verdict(manifest["name"], good=True, rebuilt=False, lines=tuple(said))
        if not rebuild:
            return Verdict(manifest["name"], good=True, rebuilt=False, lines=(*said, "not built anew: not asked for"))
        difference = alike.first_difference(folder / "levekar.duckdb", _built(folder, manifest, own))
        if difference is not None:
            said += [f"built anew it is another: {difference}", *_other_code(manifest)]
            return Verdict(manifest["name"], good=False, rebuilt=True, lines=tuple(said))
        said.append(f"built anew it is the same, cell by cell, in {len(alike.COMPARED)} tables")
        return Verdict(manifest["name"], good=True, rebuilt=True, lines=tuple(said))


def _built(folder: Path, manifest: dict[str, Any], scratch: Path) -> Path:
    """Return the edition that the release's answers, catalogue and history give today."""
    data, source_set = scratch / "data", manifest["source_set"]
    root = data / source_set
    root.mkdir(parents=True)
    shutil.copytree(folder / "snapshots", root / "snapshots")
    kept = folder / "store"
    if kept.is_dir():
        shutil.copyfile(kept / "secret", root / "secret")
        if (kept / "history").is_dir():
            shutil.copytree(kept / "history", root / "lake" / "history")
    sources = f"replay:{root / 'snapshots'}" if source_set == "replay" else source_set
    settings = Settings(sources, data_dir=data, inbox=scratch / "no inbox")
    night = compose(settings, given=(), catalogue=yaml.load(folder / "catalogue"))
    for step in night.steps:
        night.runner.run(step)
    edition, _rows = night.publisher.publish([], f"verifying {manifest['name']}", datetime.now(UTC))
    return edition.path


def _other_code(manifest: dict[str, Any]) -> Iterator[str]:
    if manifest["code_version"] != whole_version():
        yield (
            f"it was made by other code ({manifest['code_version']}, commit {manifest.get('commit') or 'not known'}; "
            f"this is {whole_version()}): check that out, and verify again"
        )
