"""Whether everything is in order: queries against live metadata, store, inbox, edition. Changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from indicators.catalogue import CatalogueError
from pipelines.assets.snapshots import query_of
from pipelines.deliveries.quarantine import REASONS
from pipelines.errors import SourceError
from pipelines.resources import Workspace
from pipelines.storage import warehouse
from pipelines.storage.snapshots import SnapshotError


@dataclass(frozen=True)
class Finding:
    """One thing looked at: good, faulty, or (None) worth knowing."""

    subject: str
    good: bool | None
    message: str


def examine(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each thing looked at; of a broken catalogue one per fault, and then no query is tried."""
    try:
        catalogue = workspace.catalogue
    except CatalogueError as error:
        for fault in str(error).splitlines():
            yield Finding("catalogue", False, fault)
        yield Finding("catalogue", None, "queries and inbox were not looked at: put these faults right first")
        yield from _store(workspace)
        yield _edition(workspace)
        return
    parts = (
        f"{len(catalogue.indicators)} indicators",
        f"{len(catalogue.areas)} areas",
        f"{len(catalogue.tables)} tables",
        f"{len(catalogue.deliveries)} contracts",
    )
    yield Finding("catalogue", True, f"{', '.join(parts)}: their names, cells, units and years agree")
    if workspace.settings.asks_providers:
        yield from _queries(workspace)
    yield from _store(workspace)
    yield from _inbox(workspace)
    yield _edition(workspace)


def _queries(workspace: Workspace) -> Iterator[Finding]:
    for name, table in workspace.catalogue.tables.items():
        try:
            plan = workspace.clients[table.provider].plan(query_of(table))
        except SourceError as error:
            # A table that no working query was seen for is a question put to the doctor, not a fault.
            yield Finding(name, None if table.unverified else False, str(error))
        else:
            yield Finding(name, True, f"{plan.cells:,} cells in {len(plan.parts)} request(s)")
    for name, one in workspace.catalogue.classifications.items():
        try:
            updated = workspace.klass.updated(one.table_id)
        except SourceError as error:
            yield Finding(name, False, str(error))
        else:
            yield Finding(name, True, f"there, modified {updated or 'at an unknown time'}")


def _store(workspace: Workspace) -> Iterator[Finding]:
    count = 0
    for fetch in workspace.store.fetches():
        for response in fetch.responses:
            try:
                workspace.store.get(response.sha256)
                count += 1
            except SnapshotError as error:
                yield Finding(f"snapshot/{fetch.provider}/{fetch.table_id}", False, str(error))
    yield Finding("store", True, f"{count} stored responses agree with their SHA-256")


def _inbox(workspace: Workspace) -> Iterator[Finding]:
    """What waits in the inbox, what was refused, and which deliveries stand."""
    for one in workspace.pending:
        if one.error is not None:
            yield Finding(one.name, False, str(one.error).removeprefix(f"{one.name}: "))
        else:
            yield Finding(one.name, True, f"waits to be taken, by contract {one.contract}")
    for folder, refusal in workspace.quarantine.refusals():
        message = f"refused {refusal.moment}; its reasons are in {folder.name}/{REASONS} in the quarantine"
        yield Finding(refusal.name, None, message)
    for name in workspace.catalogue.deliveries:
        standing = workspace.store.latest(*name.split("/"))
        if standing is not None:
            files = ", ".join(f"{one.path} ({one.sha256[:8]})" for one in standing.data)
            yield Finding(name, True, f"{len(standing.data)} file(s) stand: {files}")
        elif not any(one.contract == name.partition("/")[2] for one in workspace.pending):
            yield Finding(name, None, "nothing delivered yet")


def _edition(workspace: Workspace) -> Finding:
    try:
        with warehouse.connect(workspace.settings.root) as connection:
            built = connection.execute("SELECT value FROM meta WHERE key = 'built_at'").fetchone()
    except warehouse.NothingPublished as error:
        return Finding("edition", None, str(error))
    except duckdb.Error as error:
        return Finding("edition", False, f"does not open: {error}")
    return Finding("edition", True, f"built {built[0] if built else 'at an unknown time'}")
