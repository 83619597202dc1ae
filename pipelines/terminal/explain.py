"""`levekar explain` on a terminal: the chain of one figure, as `edition.chain` tells it, printed.

In the store the names of delivered files are known, which no published file has.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from indicators.catalogue import Catalogue
from indicators.dictionary import SCHEMA
from pipelines.edition import chain
from pipelines.edition.chain import Chain, Section
from pipelines.storage import warehouse
from pipelines.storage.public_names import PublicNames
from pipelines.storage.snapshots import CONFIRMED, DELIVERED, Fetch, SnapshotError, SnapshotStore
from pipelines.terminal.scorecard import SYNTHETIC


def as_row(root: Path, catalogue: Catalogue, indicator_id: str, area: str, period: str | None) -> dict[str, Any]:
    """Return what `show` prints as an object, with edition and source set. Raises chain.Unknown."""
    told, meta = _chain(root, catalogue, indicator_id, area, period)
    return {**asdict(told), **{name: meta[name] for name in ("edition", "source_set", "synthetic")}}


def _chain(
    root: Path, catalogue: Catalogue, indicator_id: str, area: str, period: str | None
) -> tuple[Chain, dict[str, str]]:
    with warehouse.connect(root, SCHEMA) as connection:
        told = chain.of(connection, catalogue, indicator_id, area, period, _file_names(root))
        return told, dict(connection.execute("SELECT key, value FROM meta").fetchall())


def show(console: Console, root: Path, catalogue: Catalogue, indicator_id: str, area: str, period: str | None) -> None:
    """Print how one figure of the current edition came about; the newest one where no period is given.

    Raises chain.Unknown, with the nearest valid name, for an indicator or period that does not exist.
    """
    told, meta = _chain(root, catalogue, indicator_id, area, period)
    _show_title(console, catalogue, told, synthetic=meta.get("synthetic") == "true")
    for section in told.sections:
        _show_section(console, section)
    console.print(f"\nEdition {meta['edition']}, source set {meta['source_set']}.", style="dim")


def _file_names(root: Path) -> Mapping[str, str]:
    """Return the names of delivered files by their public ones: who has the store may know them, readers may not."""
    names = PublicNames(root, None)
    if names.exists:
        with suppress(SnapshotError, OSError):
            fetches = SnapshotStore(root / "snapshots").fetches(DELIVERED)
            return {
                names.of(kept.sha256): kept.url + _confirmation(fetch) for fetch in fetches for kept in fetch.responses
            }
    return {}


def _confirmation(fetch: Fetch) -> str:
    """Say of a file that was held by whom it was confirmed, why, and what stood out."""
    note = fetch.notes.get(CONFIRMED)
    if note is None:
        return ""
    return f" (held; confirmed {note['at'][:10]} by {note['by']}: {note['reason']}; it had {note['stood out']})"


def _show_title(console: Console, catalogue: Catalogue, told: Chain, *, synthetic: bool) -> None:
    name = catalogue.indicators[told.indicator].name_en
    title = Text(f"{name} · {told.area} · {told.period or 'no period'}", "bold")
    if told.provisional:
        title.append("  provisional definition", style="yellow")
    if synthetic:
        title.append(f"  {SYNTHETIC}", style="bold red")
    console.print(title)
    for warning in told.warnings:
        console.print(warning, style="bold red")


def _show_section(console: Console, section: Section) -> None:
    console.print(Text(f"\n{section.title}", style="bold"))
    if section.columns:
        table = Table(box=None, padding=(0, 2), pad_edge=False)
        for column in section.columns:
            table.add_column(column, justify="right" if column == "weight" else "left")
        for row in section.rows:
            table.add_row(*row)
        console.print(Padding(table, (0, 0, 0, 2)))
    for line in section.lines:
        if section.exact:  # not wrapped: an address in two lines is no link
            console.print(f"  {line}", soft_wrap=True, markup=False, highlight=False)
        else:
            console.print(Padding(Text(line), (0, 0, 0, 2)))
    if section.more:
        console.print(f"  {section.more}", style="dim")
