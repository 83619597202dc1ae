"""`levekar release`: an edition is frozen, one that was is checked, and which are due is told."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from indicators import catalogue as yaml
from indicators.catalogue import Catalogue
from indicators.catalogue.models import ReleasePlan
from pipelines.edition import difference, releases
from pipelines.edition.releases import ReleaseError, Request
from pipelines.exports import writing
from pipelines.report import site
from pipelines.report.site import Written
from pipelines.settings import Settings
from pipelines.storage.store import Store
from pipelines.terminal import changed

_NAME = re.compile(r"[a-z][a-z0-9-]*")


def freeze(
    console: Console,
    settings: Settings,
    catalogue: Catalogue,
    name: str,
    as_of: str | None,
    output: Path | None,
    corrects: str | None,
    note: str | None,
    confidential: bool,
) -> None:
    """Freeze an edition of the settings' store and say where it lies. Raises ReleaseError."""
    if not _NAME.fullmatch(name) or name == "verify":
        raise ReleaseError(f"release '{name}': expected small letters, digits and '-', such as midterm-2025")
    planned = {plan.id: plan for plan in plans(catalogue)}
    told = note or (planned[name].purpose if name in planned else None)
    request = Request(name, _day(as_of), corrects, told, confidential)
    out = output if output is not None else settings.data_dir / "releases"

    def changes(old: str, new: str) -> str:
        return changed.markdown(difference.between(settings.root, old, new))

    def show(root: Path, folder: Path) -> None:
        site.write(root, catalogue, [settings.area], folder / "page")
        # Parquet is there already.
        writing.export(root, folder / "exports", [name for name in writing.FORMATS if name != "parquet"])

    # Not until a publication remembers it does the table `release` have it.
    made = releases.freeze(Store(settings.root), request, out, datetime.now(UTC), show, changes)
    file = releases.file_name(name, synthetic=settings.synthetic)
    console.print(f"frozen: {out / file}.zip, and the folder beside it", highlight=False, markup=False, soft_wrap=True)
    console.print(
        f"edition {made.edition}, as of {made.as_of}; SHA-256 of its SHA256SUMS: {made.sha256}", soft_wrap=True
    )
    if confidential:
        console.print("CONFIDENTIAL: it holds delivered files and every figure that is hidden", style="bold red")


def pages(settings: Settings, asked: str, areas: list[str], output: Path | None) -> Written:
    """Write the pages of a release: of the edition that it froze, by the catalogue of then.

    asked: the folder or archive of a release, or the name of one in releases/. Raises ReleaseError for what is none, or
    is not as it was frozen; ReportError.
    """
    with tempfile.TemporaryDirectory(prefix="levekar-release-") as scratch:
        into = Path(scratch) / "unpacked"
        into.mkdir()
        folder = releases.unpacked(_lies(settings, asked), into)
        if wrong := next(releases.broken(folder), None):
            raise ReleaseError(f"{asked} is not as it was frozen: {wrong}")
        manifest = releases.manifest_of(folder)
        root = releases.alone(Path(scratch) / "store", folder / "levekar.duckdb", manifest["edition"])
        target = output or settings.root / f"{site.FOLDER}-{manifest['name']}"
        return site.write(root, yaml.load(folder / "catalogue"), areas, target, release=manifest["name"])


def _lies(settings: Settings, asked: str) -> Path:
    names = (releases.file_name(asked, synthetic=settings.synthetic), asked)
    found = [settings.data_dir / "releases" / name for name in names]
    places = [Path(asked), *found, *(path.with_suffix(".zip") for path in found)]
    there = next((path for path in places if path.exists()), None)
    if there is None:
        raise ReleaseError(
            f"no release '{asked}' in {found[0].parent}, and no such folder or archive: name one, or make it with "
            f"levekar release {asked}"
        )
    return there


def verify(console: Console, archive: Path, *, rebuild: bool) -> int:
    """Check a release and print what was found; 0 where nothing is wrong. Raises ReleaseError."""
    from pipelines.workplace import rebuilding

    with tempfile.TemporaryDirectory(prefix="levekar-verify-") as scratch:
        verdict = rebuilding.verify(archive, Path(scratch), rebuild=rebuild)
    for line in verdict.lines:
        console.print(Text(f"{verdict.name}: {line}"), soft_wrap=True)
    return 0 if verdict.good else 1


def due(root: Path, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the releases that are planned, by their day, and then others that were made: a row for each."""
    made = {release.name: release for release in releases.made(root)}
    rows = []
    for plan in sorted(plans(catalogue), key=lambda plan: plan.due):
        release = made.pop(plan.id, None)
        state = f"frozen {release.created_at:%Y-%m-%d}" if release else _waiting(plan, datetime.now(UTC).date())
        as_of = str(release.as_of if release else plan.due)
        rows.append({"release": plan.id, "as_of": as_of, "what": plan.name_en, "state": state})
    for release in made.values():
        frozen = f"frozen {release.created_at:%Y-%m-%d}"
        rows.append({"release": release.name, "as_of": str(release.as_of), "what": release.note or "", "state": frozen})
    return rows


def show_due(console: Console, rows: Iterable[dict[str, Any]]) -> None:
    """Print the rows of `due`."""
    table = Table("release", "as of", "what", "state", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row.values())
    console.print(table)


def plans(catalogue: Catalogue) -> Iterator[ReleasePlan]:
    """Yield the releases that the catalogue plans."""
    for programme in catalogue.programmes:
        yield from programme.releases


def _waiting(plan: ReleasePlan, today: date) -> str:
    days = (plan.due - today).days
    return f"due in {days} days" if days > 0 else "due today" if days == 0 else f"overdue by {-days} days"


def _day(text: str | None) -> date:
    """Raises ReleaseError."""
    today = datetime.now(UTC).date()
    try:
        found = date.fromisoformat(text) if text is not None else today
    except ValueError:
        raise ReleaseError(f"--as-of {text}: expected a day such as 2025-12-01") from None
    if found > today:
        raise ReleaseError(f"--as-of {found} is to come: what will be published by then is not known")
    return found
