"""Whether everything is in order: queries against live metadata, store, inbox, edition.

Changes nothing, unless it is asked to mend the store.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from indicators.catalogue import Catalogue, CatalogueError, load
from indicators.catalogue.models import REGISTERS, SourceTable
from indicators.dictionary import SCHEMA
from pipelines.deliveries import checking
from pipelines.deliveries.faults import StandsOut
from pipelines.deliveries.reasons import REASONS
from pipelines.errors import SourceError
from pipelines.providers.fhi import FhiClient
from pipelines.providers.pxweb import TableGone
from pipelines.providers.tonight import Providers
from pipelines.settings import Settings
from pipelines.steps.asking import Asking
from pipelines.storage import repair, warehouse
from pipelines.storage.nights import Nights
from pipelines.storage.public_names import KeyDamaged
from pipelines.storage.snapshots import DELIVERED
from pipelines.storage.store import Store, network_drive
from pipelines.terminal import probe, zones
from pipelines.workplace.night import Night, compose


@dataclass(frozen=True)
class Finding:
    """What was found out about one thing. good: None where it is no fault, but worth knowing."""

    subject: str
    good: bool | None
    message: str


def examine(settings: Settings, record: Path | None = None, *, mends: bool = False) -> Iterator[Finding]:
    """Yield a finding for each thing looked at; of a broken catalogue one per fault, and then no query is tried.

    record: a new folder for what the providers answer (`probe`). mends: the store's damage is mended where it can be.
    Raises SettingsError where the folder is in use.
    """
    try:
        catalogue = load()
    except CatalogueError as error:
        for fault in str(error).splitlines():
            yield Finding("catalogue", False, fault)
        yield Finding("catalogue", None, "queries and inbox were not looked at: put these faults right first")
        yield from _store(Store(settings.root), mends=mends)
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
    yield from _store(night.store, mends=mends)
    with suppress(KeyDamaged):  # told of with the store
        blocked = list(_blocked(night))
        yield from blocked or _unpublished(night)
        yield from _inbox(catalogue, night.store, asking)
    yield from _nights(Nights(night.store.root), catalogue)
    yield _edition(settings.root)


def _queries(catalogue: Catalogue, providers: Providers) -> Iterator[Finding]:
    for name, table in catalogue.tables.items():
        if table.register:
            yield _register(name, table, providers)
            continue
        try:
            plan = providers.clients[table.provider].plan(providers.query_of(table))
        except TableGone as error:
            message = f"gone: {error}. `levekar doctor --record DIR` looks for what came in its place"
            yield Finding(name, None if table.unverified else False, message)
        except SourceError as error:
            # A table that no working query was seen for is a question put to the doctor, not a fault.
            yield Finding(name, None if table.unverified else False, str(error))
        else:
            yield Finding(name, True, f"{plan.cells:,} cells in {len(plan.parts)} request(s)")
    yield from _zones(catalogue, providers)
    for name, classification in catalogue.classifications.items():
        try:
            updated = providers.klass.updated(classification.table_id)
        except SourceError as error:
            yield Finding(name, False, str(error))
        else:
            yield Finding(name, True, f"there, modified {updated or 'at an unknown time'}")


def _register(name: str, table: SourceTable, providers: Providers) -> Finding:
    """Ask a register for one answer; nothing of it is kept."""
    if providers.replayed is not None and providers.replayed.latest(table.provider, table.table_id) is None:
        return Finding(name, None, "a register that is not in this replay")
    try:
        providers.registers[table.provider].probe(providers.query_of(table))
    except SourceError as error:
        return Finding(name, None if table.unverified else False, str(error))
    return Finding(name, True, "answers in the shape that is documented")


def _zones(catalogue: Catalogue, providers: Providers) -> Iterator[Finding]:
    """Say which tables of FHI have living-conditions zones; a replay holds the tables that were asked for alone."""
    if providers.replayed is not None:
        return
    for name, client in providers.clients.items():
        if not isinstance(client, FhiClient):
            continue
        declared = [table for table in catalogue.tables.values() if table.provider == name]
        try:
            lines = zones.survey(client).lines(declared)
        except SourceError as error:
            yield Finding(f"{name}/zones", None, f"which tables have zones was not seen: {error}")
        else:
            yield from (Finding(f"{name}/zones", None, line) for line in lines)


def _probed(catalogue: Catalogue, providers: Providers, record: Path | None) -> Iterator[Finding]:
    for result in probe.look(catalogue, providers, record):
        fault = None if result.unverified else False
        yield Finding(result.subject, True if result.state == "confirmed" else fault, result.words)


def _store(store: Store, *, mends: bool) -> Iterator[Finding]:
    """What is damaged in the store; mends: and what was done about it."""
    kind = network_drive(store.root)
    if kind is not None:
        words = f"{store.root} lies on a network drive ({kind}): locks and databases are not safe there"
        yield Finding("store", False, f"{words}. Keep it on a disk of this machine")
    damages = list(repair.damages(store))
    for damage in damages:
        mended = f" Repair: {repair.mend(store, damage)}." if mends else ""
        yield Finding(damage.subject, False, f"{damage.words}{mended}")
    if not damages:
        yield Finding("store", True, "all answers agree with their SHA-256, all records and tables can be read")
    elif not mends:
        yield Finding("store", None, "`levekar doctor --repair` mends what can be mended, and deletes no original")


def _blocked(night: Night) -> Iterator[Finding]:
    """Which delivered file keeps the figures from being published, of those that stand: as earlier versions took them.

    Looked into only where some table does not stand as it should, for a trial takes seconds.
    """
    try:
        stands = warehouse.current(night.store.root) is None or night.runner.stands(night.steps)
    except SourceError:
        return  # a damaged record, which was told of
    if stands or night.asking.trial.fault(night.catalogue.deliveries) is None:
        return
    for name in night.catalogue.deliveries:
        standing = night.store.snapshots.latest(*name.split("/")) if night.asking.answered(name) else None
        for file in reversed(standing.data if standing is not None else ()):
            fault = night.asking.fault_mended_without(name, file.sha256)
            if fault is not None:
                words = f"{file.path} cannot be published with the rest ({fault}). Take it back:"
                yield Finding(
                    name, False, f"{words} levekar deliver --withdraw {night.store.names.of(file.sha256)[:8]}"
                )
                return
    yield Finding("deliveries", False, "the figures cannot be computed, whichever file is left out; please report this")


def _unpublished(night: Night) -> Iterator[Finding]:
    """Which files are taken and in no edition that readers see, as after a run that broke off behind the snapshot."""
    try:
        with warehouse.connect(night.store.root) as connection:
            rows = connection.execute("SELECT sha256 FROM snapshot WHERE provider = ?", [DELIVERED]).fetchall()
    except (warehouse.NothingPublished, duckdb.Error):
        return  # told of the edition as a whole
    published = {name for (name,) in rows}
    for name in night.catalogue.deliveries:
        standing = night.store.snapshots.latest(*name.split("/")) if night.asking.answered(name) else None
        public = {night.store.names.of(file.sha256): file.path for file in (standing.data if standing else ())}
        lacking = [f"{path} ({known[:8]})" for known, path in public.items() if known not in published]
        if lacking:
            words = f"{', '.join(lacking)}: taken, and the edition lacks it"
            remedy = "`levekar refresh` publishes it; so does `levekar deliver FILE` with the same file, asking nobody"
            yield Finding(name, False, f"{words}. {remedy}")


def _inbox(catalogue: Catalogue, store: Store, asking: Asking) -> Iterator[Finding]:
    """What waits in the inbox, what was refused, and which deliveries stand."""
    inbox = asking.inbox
    for file in map(asking.weighed, inbox.pending):
        if isinstance(file.error, StandsOut):
            words = str(file.error).removeprefix(f"{file.name}: ")
            yield Finding(file.name, None, f"is held until confirmed, or put right: {words}")
        elif file.error is not None:
            yield Finding(file.name, False, str(file.error).removeprefix(f"{file.name}: "))
        else:
            yield Finding(file.name, True, f"waits to be taken, by contract {file.contract}")
    withdrawn = store.snapshots.withdrawn()
    # They are known, and so none of those that wait: who dropped one again would wait for nothing.
    for file in map(checking.taken_from, inbox.files if withdrawn and inbox.given is None else ()):
        gone = withdrawn.get(str(file.sha256))
        if gone is not None:
            words = f"lies in the inbox and was withdrawn on {gone.fetched_at:%Y-%m-%d %H:%M} UTC: it is left alone"
            remedy = f"`levekar deliver FILE` takes it again, by contract {gone.table_id}"
            yield Finding(file.name, None, f"{words}; {remedy}")
    for folder, refusal in inbox.quarantine.refusals():
        message = f"refused {refusal.moment}; its reasons are in {folder.name}/{REASONS} in the quarantine"
        yield Finding(refusal.name, None, message)
    for name in catalogue.deliveries:
        standing = store.snapshots.latest(*name.split("/")) if asking.answered(name) else None
        if standing is not None:
            files = ", ".join(f"{file.path} ({store.names.of(file.sha256)[:8]})" for file in standing.data)
            yield Finding(name, True, f"{len(standing.data)} file(s) stand: {files}")
        elif not any(file.contract == name.partition("/")[2] for file in inbox.pending):
            yield Finding(name, None, "nothing delivered yet")


_LATELY = timedelta(days=30)


def _nights(nights: Nights, catalogue: Catalogue) -> Iterator[Finding]:
    """How the last night went, who has been silent, and which nights of the last month did not take place."""
    last = nights.last_asked()
    if last is None:
        yield Finding("nights", None, "no night has been written down yet")
        return
    at = f"{last.started_at:%Y-%m-%d %H:%M} UTC"
    went = "" if last.outcome != "nothing published" else "; nothing was published"
    yield Finding("nights", last.good, f"last on {at} by {last.trigger}; {last.asked}{went}".replace("tonight", "then"))
    for provider, moment in last.silent().items():
        words = f"last answered {moment:%Y-%m-%d %H:%M} UTC" if moment else "never answered, as far as is known"
        # Of a register that nobody has seen answer, silence is a note: a firewall may know nothing of it.
        own = (table for table in catalogue.tables.values() if table.provider == provider)
        good = None if provider in REGISTERS and all(table.unverified for table in own) else False
        yield Finding(provider, good, f"{words}; was asked on {at}. Its last good figures stand")
    lately = nights.since(datetime.now(UTC) - _LATELY)
    for outcome, what in (("missed", "did not take place"), ("broke off", "broke off")):
        days = sorted({f"{one.started_at:%Y-%m-%d}" for one in lately if one.outcome == outcome})
        if days:
            yield Finding("nights", None, f"{len(days)} of the last 30 days {what}: {', '.join(days)}")


def _edition(root: Path) -> Finding:
    anew = "Run `levekar refresh`: it publishes a whole one."
    try:
        with warehouse.connect(root) as connection:
            built = connection.execute("SELECT value FROM meta WHERE key = 'built_at'").fetchone()
            lacking = warehouse.lacking(connection, SCHEMA)
    except warehouse.NothingPublished as error:
        return Finding("edition", None, str(error))
    except duckdb.Error as error:
        return Finding("edition", False, f"does not open: {' '.join(str(error).split())}. {anew}")
    edition = warehouse.current(root)
    damage = warehouse.damage(edition) if edition is not None else None
    moment = f"built {built[0] if built else 'at an unknown time'}"
    if not damage and lacking:
        return Finding("edition", None, f"{moment}, by another version of Levekår. {anew}")
    if damage is None:
        return Finding("edition", None, f"{moment}, before editions had SHA-256 beside them: cannot be verified")
    if damage:
        return Finding("edition", False, f"{'; '.join(damage)}. {anew}")
    return Finding("edition", True, f"{moment}; each of its files agrees with its SHA-256")
