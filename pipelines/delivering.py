"""One delivery from the command line: what it is, what it would change or changes, and how it is taken back.

The work is the job's, run on the file alone; a dry run does it on a copy of the store.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from pipelines import automation, definitions
from pipelines.assets import inbox
from pipelines.assets.facts import decode
from pipelines.decoding.delivered import facts_of
from pipelines.deliveries import draft
from pipelines.deliveries.checking import Checked
from pipelines.deliveries.faults import DeliveryError
from pipelines.resources import Settings, Workspace
from pipelines.storage import warehouse
from pipelines.storage.snapshots import DELIVERED
from pipelines.terminal import delivered as page

REFUSED = 2
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_DRY_RUN = ".dry-run-"
_LEFT_BEHIND = 86_400.0  # seconds; a dry run that old was killed
_SHORTEST = 6  # letters of a SHA-256


def deliver(
    console: Console, errors: Console, settings: Settings, file: Path, contract: str | None, *, dry_run: bool
) -> int:
    """Take one file, or say what taking it would change. Returns the exit code: 0, 2 refused, 1 or 3 as a refresh."""
    path = file.expanduser().resolve()
    workspace = Workspace(settings, delivered=((path, contract),))
    [checked] = workspace.pending
    if checked.error is not None:
        return _refused(errors, workspace, checked, dry_run=dry_run)
    standing = workspace.store.latest(DELIVERED, str(checked.contract))
    counts = None
    if checked.reading is not None:
        before = decode(workspace, f"{DELIVERED}/{checked.contract}", standing) if standing else None
        counts = page.against(
            before, facts_of(checked.reading, str(checked.sha256), standing.fetched_at if standing else _LONG_AGO)
        )
    page.show(console, checked, workspace.catalogue, counts)
    if standing is not None and standing.data[-1].sha256 == checked.sha256:
        console.print(f"These very bytes stand already ({str(checked.sha256)[:8]}): there is nothing to do.")
        return 0
    code = _carry_out(console, errors, workspace, str(checked.contract), dry_run=dry_run)
    if not dry_run and code in (0, 3):
        console.print(
            f"Kept as {checked.sha256}. To take it back: levekar deliver --withdraw {str(checked.sha256)[:8]}",
            highlight=False,
            soft_wrap=True,
        )
    return code


def withdraw(console: Console, errors: Console, settings: Settings, sha256: str, *, dry_run: bool) -> int:
    """Take a delivery back, or say what that would change. Returns the exit code."""
    workspace = Workspace(settings, delivered=())
    table_id, found, name = _standing(workspace, sha256.strip().lower())
    console.print(f"[bold]{escape(name)}[/] of contract {table_id} is withdrawn ({found[:8]})", highlight=False)
    return _carry_out(console, errors, workspace, table_id, dry_run=dry_run, withdrawn=found)


def drafted(workspace: Workspace, file: Path) -> str:
    """Return a first contract for a file. Raises DeliveryError."""
    return draft.contract(file.expanduser().resolve(), workspace.rules)


def _refused(errors: Console, workspace: Workspace, checked: Checked, *, dry_run: bool) -> int:
    if dry_run:
        reasons = inbox.reasons_for(checked)
    else:
        done = automation.deliver(definitions.build(workspace), workspace, [checked.contract])
        subject = "inbox" if checked.contract is None else f"{DELIVERED}/{checked.contract}"
        reasons = done.failures.get(subject) or inbox.reasons_for(checked)
    errors.print(reasons, highlight=False, markup=False, soft_wrap=True)
    return REFUSED


def _carry_out(
    console: Console,
    errors: Console,
    workspace: Workspace,
    table_id: str,
    *,
    dry_run: bool,
    withdrawn: str | None = None,
) -> int:
    settings = workspace.settings
    before = warehouse.current(settings.root)
    with _copied(workspace) if dry_run else _itself(workspace) as used:
        if withdrawn is not None:
            inbox.withdraw(used, table_id, withdrawn)
        done = automation.deliver(definitions.build(used), used, [table_id])
        for subject, reason in done.failures.items():
            errors.print(f"[bold red]failed:[/] {subject}: {escape(reason)}", highlight=False, soft_wrap=True)
        if done.state == "nothing published":
            errors.print("[bold red]Nothing was published.[/] An earlier edition, if there is one, stands.")
            return done.exit_code
        if dry_run:
            console.print("A dry run: nothing of this is kept.", style="yellow")
        page.show_indicators(console, used.settings.root, before, settings.area)
    return done.exit_code


@contextmanager
def _itself(workspace: Workspace) -> Iterator[Workspace]:
    yield workspace


@contextmanager
def _copied(workspace: Workspace) -> Iterator[Workspace]:
    """Yield a workspace on a copy of the store. Its files are links: none is ever changed once it is written."""
    settings = workspace.settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    for left in settings.data_dir.glob(f"{_DRY_RUN}*"):
        if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_DRY_RUN, dir=settings.data_dir) as folder:
        copy = replace(settings, data_dir=Path(folder) / "store")
        if settings.root.is_dir():
            shutil.copytree(settings.root, copy.root, copy_function=_linked, symlinks=True)
        yield Workspace(copy, delivered=workspace.delivered)


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _standing(workspace: Workspace, sha256: str) -> tuple[str, str, str]:
    """Return contract, SHA-256 and name of the one standing delivery whose SHA-256 begins so."""
    standing = {
        (name.partition("/")[2], one.sha256): one.path
        for name in workspace.catalogue.deliveries
        if (fetch := workspace.store.latest(*name.split("/"))) is not None
        for one in fetch.data
    }
    found = [key for key in standing if key[1].startswith(sha256)]
    if len(sha256) < _SHORTEST or len(found) != 1:
        known = "".join(f"\n  {key[1][:12]}  {key[0]}  {path}" for key, path in sorted(standing.items())) or " none"
        expected = f"expected at least {_SHORTEST} letters that begin the SHA-256 of one delivery that stands"
        raise DeliveryError(f"--withdraw {sha256}", [f"{expected}; these do:{known}"])
    [(table_id, whole)] = found
    return table_id, whole, standing[table_id, whole]
