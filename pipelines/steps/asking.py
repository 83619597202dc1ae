"""Ask each source whether it changed, fetch what did, look whether it makes sense, and keep the bytes as received.

A source that fails, or answers something that cannot be right, fails alone: its last good snapshot stands. Each answer
is decoded once, before anything of it is stored. What the bytes mean belongs to `decoding`, how a provider is spoken to
to `providers`.
"""

import traceback
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from indicators.catalogue import Catalogue
from indicators.catalogue.models import Asked, Classification, SourceTable
from pipelines.decoding.delivered import facts_of
from pipelines.decoding.observations import FACTS, Answers
from pipelines.decoding.tidy import FACTS_SCHEMA
from pipelines.decoding.vintages import Vintages, version_of
from pipelines.deliveries.checking import Checked
from pipelines.deliveries.faults import DeliveryError, StandsOut, for_readers_of
from pipelines.deliveries.inbox import Inbox
from pipelines.errors import SourceError
from pipelines.formats.format_error import Fault
from pipelines.formats.jsonstat import Cube
from pipelines.formats.untrusted import visible
from pipelines.providers.klass import KlassQuery
from pipelines.providers.pxweb import Fetched
from pipelines.providers.replay import record_of
from pipelines.providers.tonight import Providers, query_of
from pipelines.providers.transport import Response
from pipelines.steps import weighing
from pipelines.steps.trying import CannotBePublished, Trial
from pipelines.storage.lake import LakeError
from pipelines.storage.nights import Tally
from pipelines.storage.snapshots import (
    CONFIRMED,
    DELIVERED,
    NOT_PERSONAL,
    WITHDRAWS,
    Fetch,
    SnapshotStore,
    StoredResponse,
)
from pipelines.storage.store import Store

State = Literal["new", "unchanged", "failed", "absent"]

PROVISIONAL = "provisional"
"""The note of a fetch whose figures are asked for again, whatever their provider says of its last change."""
_FEW = 5  # figures; of fewer, all may well have become zero
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Outcome:
    """What came of asking one source. held: what readers get to know of delivered files that wait to be confirmed."""

    state: State
    message: str
    fetch: Fetch | None
    held: str | None = None


@dataclass(frozen=True)
class Received:
    """Answers that are in no store yet: their record, their bytes by SHA-256, and what their client read of them."""

    fetch: Fetch
    contents: Mapping[str, bytes]
    cubes: Mapping[str, Cube]


@dataclass(frozen=True)
class Candidate:
    """A delivered file that is in no store yet: its record, and what it says, by kind of table."""

    file: Checked
    fetch: Fetch
    tables: Mapping[str, pa.Table]

    def put(self, store: SnapshotStore, vintages: Vintages) -> None:
        """Keep it; it stands from now on."""
        store.put(self.file.content)
        store.record(self.fetch)
        vintages.keep(self.fetch, self.tables)


@dataclass(frozen=True)
class Asking:
    """The first stage: asks providers and the inbox, and keeps what is new.

    trial: tells whether the figures can still be published with a file. full: everything is asked anew. oldest: after
    so long a source is asked for its figures whatever it says of itself. heard: of each source that was asked, whether
    it gave an answer of use. came: the sources that gave something new.
    """

    catalogue: Catalogue
    store: SnapshotStore
    providers: Providers
    inbox: Inbox
    vintages: Vintages
    trial: Trial
    full: bool = False
    oldest: timedelta = timedelta(days=30)
    heard: dict[str, bool] = field(default_factory=dict)
    came: set[str] = field(default_factory=set)

    def changed(self, name: str) -> bool:
        """Say whether taking `name` would bring anything new, without taking it; a fault counts as a change.

        Asks a provider for the table's metadata only, and looks at a delivery's hash.
        """
        if name in self.providers.faults:
            return True
        try:
            changed = self._changed(name)
        except SourceError as fault:
            self.providers.note(name, fault, self.catalogue.asked)
        except Exception as fault:
            self.providers.note(name, SourceError(_unforeseen(name, fault)), self.catalogue.asked)
        else:
            if not changed and self._is_asked(name):
                self.heard[name] = True
            return changed
        self.heard[name] = False
        return True

    def _changed(self, name: str) -> bool:
        provider, _, table_id = name.partition("/")
        known = self.store.latest(provider, table_id)
        if provider == DELIVERED:
            return self.full or bool(self.inbox.waiting(table_id)) or self._to_adopt(table_id)
        if not self.providers.asked or self.providers.closed_until(provider) is not None:
            return False
        if known is None:
            return not self._never_replayed(name)
        source = self.catalogue.asked[name]
        return (
            self._is_to_be_read_anew(known)
            or known.query != self._query(source)
            or self.providers.updated(source, known.updated) != known.updated
        )

    def _is_to_be_read_anew(self, known: Fetch) -> bool:
        """Whether a source is asked for its figures whatever it says of its last change.

        Where they were provisional, where everything is, and once in a while: on a day of its own for each source.
        """
        if self.full or PROVISIONAL in known.notes:
            return True
        if self.providers.replayed is not None:
            return False
        spread = 0.7 + 0.3 * (zlib.crc32(known.source.encode()) % 100) / 100
        return self.providers.clock() - known.fetched_at > spread * self.oldest

    def take(self, name: str) -> Outcome:
        """Ask the source `name` and keep what is new. Never raises for a fault of the source, nor for one of ours.

        The outcome's message is published: of a delivered file it says nothing that stands in it.
        """
        outcome = self._take_safely(name)
        if outcome.state == "new":
            self.came.add(name)
        if outcome.state != "failed":
            if self._is_asked(name):
                self.heard[name] = True
        elif not name.startswith(f"{DELIVERED}/"):
            self.heard[name] = False
        return outcome

    def _is_asked(self, name: str) -> bool:
        """Whether a provider is asked for a source tonight: no delivery, not in closed hours, not without a replay."""
        provider = name.partition("/")[0]
        if provider == DELIVERED or not self.providers.asked or self.providers.closed_until(provider) is not None:
            return False
        return not self._never_replayed(name)

    def _take_safely(self, name: str) -> Outcome:
        provider, _, table_id = name.partition("/")
        known: Fetch | None = None
        try:
            known = self.store.latest(provider, table_id)
            return self._deliveries(table_id, known) if provider == DELIVERED else self._take(name, known)
        except SourceError as error:
            message = for_readers_of([error]) if isinstance(error, DeliveryError) else error.for_readers()
        except OSError as error:
            # A full disk, say. A delivered file is where it was, and is taken when there is room.
            message = f"{name}: {error.strerror if provider == DELIVERED else error}"
        except Exception as error:
            message = _unforeseen(name, error)
        return Outcome("failed", f"{visible(message)}{_what_stands(known)}", known)

    def _take(self, name: str, known: Fetch | None) -> Outcome:
        until = self.providers.closed_until(name.partition("/")[0])
        if until is not None:
            closed = f"not asked: {_closed(until)}"
            return Outcome("unchanged" if known else "absent", closed + (_what_stands(known) if known else ""), known)
        try:
            if name in self.providers.faults:
                # Found when asking whether it changed, after every retry: to ask at once again would be impolite.
                raise self.providers.faults[name]
            asked = self._ask(name, known)
        except SourceError:
            if self._never_replayed(name):
                return self._nothing_new(name, known)
            raise
        return self._keep(asked, known) if asked is not None else self._nothing_new(name, known)

    def closed(self) -> dict[str, str]:
        """Return what is to be said of each provider that is left alone at this hour."""
        names = {source.provider for source in self.catalogue.asked.values()} if self.providers.asked else set()
        ends = {name: self.providers.closed_until(name) for name in sorted(names)}
        return {name: _closed(until) for name, until in ends.items() if until is not None}

    def answered(self, name: str) -> bool:
        """Tell whether anything stands of a source; of one whose record is damaged, nothing that can be used."""
        try:
            return self.store.latest(*name.split("/")) is not None
        except SourceError:
            return False

    # --- providers --------------------------------------------------------------------------------------------------

    def _ask(self, name: str, known: Fetch | None) -> Received | None:
        if not self.providers.asked:
            return None
        source = self.catalogue.asked[name]
        same = known is not None and known.query == self._query(source) and not self._is_to_be_read_anew(known)
        since = known.updated if same and known else None
        if isinstance(source, SourceTable):
            table = self.providers.fetch_table(source, since)
            if table is None:
                return None
            notes = _notes(table)
            if table.provisional:
                notes[PROVISIONAL] = "the figures are older than their metadata: the provider caches the two apart"
            return self._fetched(source, table.metadata.updated, table.responses, notes, table.cubes)
        query = KlassQuery(source.table_id, source.first, correspondences=tuple(source.correspondences))
        areas = self.providers.fetch_classification(query, since)
        if areas is None:
            return None
        # For a part of the range Klass may have no table; that is no fault, but worth knowing.
        return self._fetched(source, areas.updated, areas.responses, {"absent": list(areas.absent)})

    def _fetched(
        self,
        source: Asked,
        updated: str | None,
        responses: Sequence[tuple[str, Response]],
        notes: dict[str, object],
        cubes: Sequence[Cube] = (),
    ) -> Received:
        """Return the answers with their record, which does not stand before it is kept."""
        provider = self.catalogue.providers[source.provider]
        kind = "table" if isinstance(source, SourceTable) else "classification"
        # What is replayed keeps its own terms: synthetic figures must not pass for the provider's.
        replayed = self.providers.replayed
        kept = replayed.latest(source.provider, source.table_id) if replayed else None
        fetch = Fetch(
            provider=source.provider,
            table_id=source.table_id,
            updated=updated,
            fetched_at=max(response.fetched_at for _role, response in responses),
            attribution=kept.attribution if kept else f"{provider.name}, {kind} {source.asked_as}",
            licence=kept.licence if kept else provider.licence,
            responses=tuple(record_of(role, response) for role, response in responses),
            query=self._query(source),
            notes={**notes, **self._provisional(updated)},
        )
        contents = [response.content for _role, response in responses]
        return Received(
            fetch,
            dict(zip((answer.sha256 for answer in fetch.responses), contents, strict=True)),
            dict(zip((answer.sha256 for answer in fetch.data), cubes, strict=False)),
        )

    def _query(self, source: Asked) -> dict[str, list[str]]:
        return declared_query(source, everywhere=self.providers.everywhere)

    def _provisional(self, updated: str | None) -> dict[str, object]:
        """Say of figures that are stamped ahead of their publication that they are to be asked for again."""
        try:
            stamped = datetime.fromisoformat(updated) if updated else None
        except ValueError:
            return {}
        if stamped is None or stamped.tzinfo is None or stamped <= self.providers.clock():
            return {}
        return {PROVISIONAL: f"stamped {updated}, which is still to come"}

    def _keep(self, received: Received, known: Fetch | None) -> Outcome:
        """Keep what makes sense, and of what does not the answers with the reason."""
        fetch = received.fetch
        tables: dict[str, pa.Table] = {}
        try:
            tables = self.vintages.decode(fetch, Answers(received.contents.__getitem__, received.cubes))
            problem = self._nonsense(fetch, tables, known)
        except SourceError as error:
            problem = str(error)
        for content in received.contents.values():
            self.store.put(content)
        if problem:
            self.store.record(replace(fetch, accepted=False, reason=problem))
            return Outcome("failed", f"{visible(problem)}{_what_stands(known)}", known)
        if self.providers.replayed is not None:
            # Earlier vintages come along, so that revisions can be told; before this one, which is to come last.
            self.store.adopt(self.providers.replayed, fetch.provider, fetch.table_id)
        self.store.record(fetch)
        if known is None or version_of(known) != version_of(fetch):
            self.vintages.keep(fetch, tables)
        self.vintages.look_again(fetch.source)
        size = sum(answer.size for answer in fetch.data)
        return Outcome("new", f"{len(fetch.data)} response(s), {size:,} bytes", fetch)

    def _nonsense(self, fetch: Fetch, tables: Mapping[str, pa.Table], known: Fetch | None) -> str | None:
        """Say why an answer cannot be right: it holds nothing, lost periods, or turned to zeros."""
        if FACTS not in tables:
            return None
        if not tables[FACTS].num_rows:
            return f"{fetch.source}: the answer holds no observations; expected at least one"
        if known is None:
            return None
        before = self._known_facts(known)
        source = self.catalogue.tables.get(fetch.source)
        if source is not None and source.tells_today_alone:
            return None
        lost = sorted(set(before["period"].to_pylist()) - set(tables[FACTS]["period"].to_pylist()))
        if lost:
            return (
                f"{fetch.source}: {', '.join(lost)} is missing, which the figures of {known.fetched_at:%Y-%m-%d} had; "
                "expected every earlier period. Ask the provider, or deliver the whole table again."
            )
        gone, figures = vanished(before, tables[FACTS])
        if figures < _FEW or gone < _NEARLY_ALL * figures:
            return None
        since = f"since {known.fetched_at:%Y-%m-%d}"
        return (
            f"{fetch.source}: {gone:,} of {figures:,} figures have become 0 or empty {since}, as they do while a "
            "provider renews them. The answer is kept apart, and asked for again."
        )

    def _known_facts(self, known: Fetch) -> pa.Table:
        columns = ["area_id", "area_label", "period", "period_start", "period_end", "cell", "value"]
        try:
            found = self.vintages.standing(known.source).of(known, FACTS)
            return pa.concat_tables([ref.read(columns) for _vintage, ref in found])
        except (SourceError, LakeError):
            # A damaged earlier answer must not keep every later one out; the doctor tells of the damage.
            return FACTS_SCHEMA.empty_table().select(columns)

    # --- deliveries -------------------------------------------------------------------------------------------------

    def _deliveries(self, contract: str, known: Fetch | None) -> Outcome:
        """Take what was delivered: the replayed source set's first, then each file that waits for the contract."""
        name = f"{DELIVERED}/{contract}"
        replayed = self.providers.replayed
        adopted = replayed is not None and self.store.adopt(replayed, DELIVERED, contract)
        looked_at = self._accepted(self.inbox.waiting(contract))
        waits = [file for file in looked_at if isinstance(file.error, StandsOut)]
        refused = [file for file in looked_at if file.error is not None and file not in waits]
        for file in refused:
            self.inbox.refuse(file)
        for file in waits:
            self.inbox.hold(file, self._public_name(file))
        for file in looked_at:
            if file not in waits and file.sha256 is not None:
                self.inbox.held.release(file.sha256)
        self.vintages.look_again(name)
        standing = self.store.latest(DELIVERED, contract)
        held = self._told_of_held(waits)
        if refused:
            told = for_readers_of(file.error for file in refused)
            return Outcome("failed", f"{told}{_what_stands(standing)}", standing, held)
        taken = [file for file in looked_at if file.error is None]
        if adopted or taken:
            remarks = sum(len(file.remarks) for file in taken)
            more = f"; {remarks} remark(s) are kept with their records" if remarks else ""
            return Outcome("new", f"{len(taken)} file(s) taken{more}", standing, held)
        return replace(self._nothing_new(name, known), held=held)

    def _told_of_held(self, files: Sequence[Checked]) -> str | None:
        """Say of each held file what readers get to know, and by which name it is confirmed."""
        remedy = "`levekar doctor` says where; `levekar deliver FILE --confirm REASON` publishes it, or the job"
        lines = [
            f"{file.error.for_readers()}. {remedy} confirm_delivery with {self._public_name(file)[:8]}"
            for file in files
            if isinstance(file.error, StandsOut)
        ]
        return "\n".join(lines) or None

    def _public_name(self, file: Checked) -> str:
        return self.trial.store.names.of(str(file.sha256))

    def weighed(self, file: Checked) -> Checked:
        """Return a file as it would be taken now: refused or held where it would be. Nothing is kept."""
        found = self._decoded(file)
        return found if isinstance(found, Checked) else self._weighed(found, []).file

    def _accepted(self, files: Sequence[Checked]) -> list[Checked]:
        """Keep the files that may be used; they stand from now on. Return all, refused where they cannot be used.

        They are tried together first, and one by one only where that fails: a trial takes seconds.
        """
        looked_at: list[Candidate | Checked] = []
        candidates: list[Candidate] = []
        for file in files:
            found = self._decoded(file)
            if isinstance(found, Candidate):
                found = self._weighed(found, candidates)
                if found.file.error is None:
                    candidates.append(found)
            looked_at.append(found if isinstance(found, Candidate) and found.file.error is None else _file_of(found))
        together = len(candidates) < 2 or self._fault(candidates) is None
        return [
            found if isinstance(found, Checked) else self._taken(found, tried=together and len(candidates) > 1)
            for found in looked_at
        ]

    def _weighed(self, candidate: Candidate, before: Sequence[Candidate]) -> Candidate:
        """Return a candidate with what stands out of it as its file's error, or marked as confirmed.

        before: those of the same night that are taken before it.
        """
        reading = candidate.file.reading
        if reading is None:
            return candidate
        stands = self._known_facts(known) if (known := self.store.latest(*candidate.fetch.source.split("/"))) else None
        known_facts = [table for table in (stands, *(other.tables[FACTS] for other in before)) if table is not None]
        faults = weighing.faults(self.catalogue, self.trial.store.lake, reading, candidate.tables[FACTS], known_facts)
        if not faults:
            return candidate
        error = StandsOut(candidate.file.name, faults)
        confirmed = self.inbox.confirmation(candidate.file)
        if confirmed is None:
            return replace(candidate, file=replace(candidate.file, error=error))
        note = {**asdict(confirmed), "stood out": error.for_readers().partition(": ")[2]}
        notes = {**candidate.fetch.notes, CONFIRMED: note}
        return replace(candidate, fetch=replace(candidate.fetch, notes=notes))

    def _decoded(self, file: Checked) -> "Candidate | Checked":
        """Return what a file says; the file itself where it is refused."""
        if file.error is not None:
            return file
        fetch = self._record_of(file)
        try:
            if file.reading is not None:
                return Candidate(file, fetch, {FACTS: facts_of(file.reading, str(file.sha256), fetch.fetched_at)})
            answers = Answers({str(file.sha256): file.content}.__getitem__)
            return Candidate(file, fetch, self.vintages.decode(fetch, answers))
        except SourceError as error:
            return replace(file, error=DeliveryError(file.name, [str(error)]))
        except Exception as error:
            return replace(file, error=DeliveryError(file.name, [_unforeseen(file.name, error)]))

    def _taken(self, candidate: Candidate, *, tried: bool) -> Checked:
        """Keep a file, unless the figures could not be published with it; then it is returned refused."""
        fault = None if tried else self._fault([candidate])
        if fault is not None:
            return replace(candidate.file, error=DeliveryError(candidate.file.name, [_beside_what_stands(fault)]))
        candidate.put(self.store, self.vintages)
        return candidate.file

    def _fault(self, candidates: Sequence[Candidate]) -> CannotBePublished | None:
        def put(store: Store, vintages: Vintages) -> None:
            for candidate in candidates:
                candidate.put(store.snapshots, vintages)

        return self.trial.fault_of([candidates[0].fetch.source], put)

    def _record_of(self, file: Checked) -> Fetch:
        """Return the record of a delivery, which does not stand before it is kept."""
        moment = datetime.now(UTC)
        stored = StoredResponse(
            role="data",
            sha256=str(file.sha256),
            method="FILE",
            path=file.name,
            params=(),
            body=None,
            url=file.name,
            size=len(file.content),
            fetched_at=moment,
        )
        notes: dict[str, object] = {"remarks": list(file.remarks)} if file.remarks else {}
        if file.let_through:
            notes[NOT_PERSONAL] = {"kinds": list(file.let_through), "reason": file.not_personal}
        return self._delivery(str(file.contract), moment, (stored,), {}, notes)

    def withdraw(self, contract: str, sha256: str) -> None:
        """Record that a delivery stands no longer; its bytes and its record stay."""
        self.store.record(self._delivery(contract, datetime.now(UTC), (), {WITHDRAWS: sha256}, {}))
        self.vintages.look_again(f"{DELIVERED}/{contract}")

    def fault_mended_without(self, name: str, sha256: str) -> CannotBePublished | None:
        """Return what fails of the figures after a contract, if it would not once a delivery were withdrawn."""

        def withdraw(store: Store, vintages: Vintages) -> None:
            contract = name.partition("/")[2]
            store.snapshots.record(self._delivery(contract, datetime.now(UTC), (), {WITHDRAWS: sha256}, {}))
            vintages.look_again(name)

        fault = self.trial.fault([name])
        return fault if fault is not None and self.trial.fault([name], withdraw) is None else None

    def _delivery(
        self,
        contract: str,
        moment: datetime,
        files: tuple[StoredResponse, ...],
        query: Mapping[str, str],
        notes: Mapping[str, object],
    ) -> Fetch:
        terms = self.catalogue.deliveries[f"{DELIVERED}/{contract}"]
        return Fetch(
            provider=DELIVERED,
            table_id=contract,
            updated=None,
            fetched_at=moment,
            attribution=terms.attribution,
            licence=terms.licence,
            responses=files,
            query={"contract": contract, **query},
            notes=notes,
        )

    # --- nothing new ------------------------------------------------------------------------------------------------

    def _nothing_new(self, name: str, known: Fetch | None) -> Outcome:
        if known is not None:
            return Outcome("unchanged", f"unchanged since {known.updated or known.fetched_at.date()}", known)
        if name.startswith(f"{DELIVERED}/"):
            return Outcome("absent", "nothing delivered yet", None)
        return Outcome("absent", "not asked in this source set", None)

    def _never_replayed(self, name: str) -> bool:
        """Whether a replay was made without the table, one of those of which no working query was seen."""
        table = self.catalogue.tables.get(name)
        replayed = self.providers.replayed
        if replayed is None or table is None or not table.unverified:
            return False
        return replayed.latest(table.provider, table.table_id) is None

    def _to_adopt(self, contract: str) -> bool:
        replayed = self.providers.replayed
        if replayed is None:
            return False
        there = self.store.fetches(DELIVERED, contract)
        return any(fetch not in there for fetch in replayed.fetches(DELIVERED, contract))


def _file_of(found: Candidate | Checked) -> Checked:
    return found.file if isinstance(found, Candidate) else found


def declared_query(source: Asked, *, everywhere: bool = False) -> dict[str, list[str]]:
    """Return the query as it is kept beside its answers: variable -> code list (or nothing) and values.

    everywhere: as in `query_of`.
    """
    if isinstance(source, Classification):
        return {"first": [source.first.isoformat()], "correspondences": source.correspondences}
    if not isinstance(source, SourceTable):
        raise TypeError(f"{source.id}: neither a table nor a classification")
    selected = query_of(source, everywhere=everywhere).selection.items()
    return {variable: [choice.codelist or "", *choice.values, *choice.where_there] for variable, choice in selected}


def vanished(before: pa.Table, now: pa.Table) -> tuple[int, int]:
    """Return how many figures are 0 or empty now, of those above 0 before that both tables have a cell for.

    before, now: area_id, period, cell, value.
    """
    keys = ["area_id", "period", "cell"]
    positive = before.filter(pc.greater(before["value"], 0)).select(keys)
    met = positive.join(now.select([*keys, "value"]), keys, join_type="inner")
    return pc.sum(pc.invert(pc.greater(met["value"].fill_null(0), 0))).as_py() or 0, met.num_rows


def only_warns(catalogue: Catalogue, name: str) -> bool:
    """Whether no figure hangs on the source: tables that no working query was seen for, and classifications.

    Without Klass the codes that areas.yaml gives stand, and those derived from its last answer.
    """
    return name in catalogue.classifications or (name in catalogue.tables and catalogue.tables[name].unverified)


def tonight(asking: Asking, provider: str | None = None) -> Tally:
    """Count whom this run asked, of one provider or of all. Files are delivered: nobody is asked for them."""
    names = [name for name, source in asking.catalogue.asked.items() if provider in (None, source.provider)]
    heard = [asking.heard[name] for name in names if name in asking.heard]
    return Tally(len(names), len(heard), sum(heard))


def nobody_answered(asking: Asking) -> bool:
    """Whether sources were asked that figures hang on, and not one of them gave an answer of use."""
    heard = [asking.heard[name] for name in counted(asking.catalogue) if name in asking.heard]
    return bool(heard) and not any(heard)


def counted(catalogue: Catalogue) -> list[str]:
    """Return the sources whose answers make an edition worth publishing: those of figures that do not only warn."""
    return [name for name in catalogue.fact_sources if not only_warns(catalogue, name)]


def _closed(until: datetime) -> str:
    return f"the provider renews its figures until {until:%H:%M} (Europe/Oslo) and is left alone; --anyway asks it"


def _beside_what_stands(fault: CannotBePublished) -> Fault:
    """Say of a file that fits its contract why it is refused all the same."""
    return Fault(
        f"its figures beside those that stand, in {fault.step}",
        "expected figures that can be published together with what was delivered before, such as periods of one kind. "
        "Where the file is to replace an earlier one, withdraw that first (`levekar deliver --withdraw HASH`)",
        fault.why,
    )


def _unforeseen(name: str, error: Exception) -> str:
    """Say where an error came up that nobody has thought of; it is a fault of Levekår, or of an answer unlike any."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    # The text of an error over a delivered file may be a cell's.
    words = "" if name.startswith(f"{DELIVERED}/") else f": {error}"
    return f"{name}: {type(error).__name__}{words} (at {place}). Nothing of it was used; please report this."


def _what_stands(known: Fetch | None) -> str:
    return (
        f"\nThe figures fetched {known.fetched_at:%Y-%m-%d %H:%M} UTC stand."
        if known
        else "\nThere are no earlier figures."
    )


def _notes(fetched: Fetched) -> dict[str, object]:
    """Keep what the answer itself does not say: eliminated variables, code lists used, notes."""
    return {
        "eliminated": list(fetched.eliminated),
        "codelists": dict(fetched.codelists),
        "notes": list(fetched.metadata.notes),
        "mandatory_notes": list(fetched.metadata.mandatory_notes),
        "contents": _contents(fetched),
    }


def _contents(fetched: Fetched) -> dict[str, dict[str, object]]:
    """Keep each content's unit, decimals and reference time: the answer's cells do not carry them."""
    return {
        code: {**variable.units.get(code, {}), "label": label, "refperiod": variable.reference_times.get(code)}
        for variable in fetched.metadata.dimensions
        if variable.role == "metric"
        for code, label in zip(variable.codes, variable.labels, strict=True)
    }
