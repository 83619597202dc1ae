"""Whether everything is in order: queries against live metadata, store, inbox, edition. Changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from indicators.catalogue import Catalogue, CatalogueError, load
from pipelines.deliveries.inbox import Inbox
from pipelines.deliveries.quarantine import REASONS
from pipelines.errors import SourceError
from pipelines.providers.pxweb import TableGone
from pipelines.providers.tonight import Providers, query_of
from pipelines.settings import Settings
from pipelines.storage import warehouse
from pipelines.storage.snapshots import SnapshotError, SnapshotStore
from pipelines.storage.store import Store
from pipelines.terminal import probe
from pipelines.workplace.night import compose


@dataclass(frozen=True)
class Finding:
    """What was found out about one thing. good: None where it is no fault, but worth knowing."""

    subject: str
    good: bool | None
    message: str


def examine(settings: Settings, record: Path | None = None) -> Iterator[Finding]:
    """Yield a finding for each thing looked at; of a broken catalogue one per fault, and then no query is tried.

    record: a new folder for what the providers answer (`probe`). Raises SettingsError where it is in use.
    """
    try:
        catalogue = load()
    except CatalogueError as error:
        for fault in str(error).splitlines():
            yield Finding("catalogue", False, fault)
        yield Finding("catalogue", None, "queries and inbox were not looked at: put these faults right first")
        yield from _store(SnapshotStore(settings.root / "snapshots"))
        yield _edition(settings.root)
        return
    parts = (
        f"{len(catalogue.indicators)} indicators",
        f"{len(catalogue.areas)} areas",
        f"{len(catalogue.tables)} tables",
        f"{len(catalogue.deliveries)} contracts",
    )
    yield Finding("catalogue", True, f"{', '.join(parts)}: their names, cells, units and years agree")
    night = compose(settings)
    asking = night.asking
    if record is not None or probe.is_recording(settings.replay_folder):
        yield from _probed(catalogue, asking.providers, record)
    elif settings.asks_providers:
        yield from _queries(catalogue, asking.providers)
    yield from _store(asking.store)
    yield from _inbox(catalogue, night.store, asking.inbox)
    yield _edition(settings.root)


def _queries(catalogue: Catalogue, providers: Providers) -> Iterator[Finding]:
    for name, table in catalogue.tables.items():
        try:
            plan = providers.clients[table.provider].plan(query_of(table))
        except TableGone as error:
            message = f"gone: {error}. `levekar doctor --record DIR` looks for what came in its place"
            yield Finding(name, None if table.unverified else False, message)
        except SourceError as error:
            # A table that no working query was seen for is a question put to the doctor, not a fault.
            yield Finding(name, None if table.unverified else False, str(error))
        else:
            yield Finding(name, True, f"{plan.cells:,} cells in {len(plan.parts)} request(s)")
    for name, classification in catalogue.classifications.items():
        try:
            updated = providers.klass.updated(classification.table_id)
        except SourceError as error:
            yield Finding(name, False, str(error))
        else:
            yield Finding(name, True, f"there, modified {updated or 'at an unknown time'}")


def _probed(catalogue: Catalogue, providers: Providers, record: Path | None) -> Iterator[Finding]:
    for result in probe.look(catalogue, providers, record):
        fault = None if result.unverified else False
        yield Finding(result.subject, True if result.state == "confirmed" else fault, result.words)


def _store(store: SnapshotStore) -> Iterator[Finding]:
    count = 0
    for fetch in store.fetches():
        for response in fetch.responses:
            try:
                store.get(response.sha256)
                count += 1
            except SnapshotError as error:
                yield Finding(f"snapshot/{fetch.source}", False, str(error))
    yield Finding("store", True, f"{count} stored responses agree with their SHA-256")


def _inbox(catalogue: Catalogue, store: Store, inbox: Inbox) -> Iterator[Finding]:
    """What waits in the inbox, what was refused, and which deliveries stand."""
    for file in inbox.pending:
        if file.error is not None:
            yield Finding(file.name, False, str(file.error).removeprefix(f"{file.name}: "))
        else:
            yield Finding(file.name, True, f"waits to be taken, by contract {file.contract}")
    for folder, refusal in inbox.quarantine.refusals():
        message = f"refused {refusal.moment}; its reasons are in {folder.name}/{REASONS} in the quarantine"
        yield Finding(refusal.name, None, message)
    for name in catalogue.deliveries:
        standing = store.snapshots.latest(*name.split("/"))
        if standing is not None:
            files = ", ".join(f"{file.path} ({store.names.of(file.sha256)[:8]})" for file in standing.data)
            yield Finding(name, True, f"{len(standing.data)} file(s) stand: {files}")
        elif not any(file.contract == name.partition("/")[2] for file in inbox.pending):
            yield Finding(name, None, "nothing delivered yet")


def _edition(root: Path) -> Finding:
    try:
        with warehouse.connect(root) as connection:
            built = connection.execute("SELECT value FROM meta WHERE key = 'built_at'").fetchone()
    except warehouse.NothingPublished as error:
        return Finding("edition", None, str(error))
    except duckdb.Error as error:
        return Finding("edition", False, f"does not open: {error}")
    return Finding("edition", True, f"built {built[0] if built else 'at an unknown time'}")
