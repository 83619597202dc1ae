"""Ask each source whether it changed, fetch what did, and keep the bytes as received.

A source that fails, or answers something that cannot be right, fails its own `fetched` check and nothing else: its
last good snapshot stands. What the bytes mean belongs to `facts`; how a provider is spoken to, to `sources`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import dagster as dg

from indicators.catalogue import Catalogue
from indicators.catalogue.models import Asked, Classification, SourceTable
from pipelines.assets import inbox
from pipelines.assets.areas import read_areas
from pipelines.assets.facts import decode
from pipelines.deliveries.checking import Checked
from pipelines.deliveries.faults import DeliveryError
from pipelines.errors import SourceError, Unreachable
from pipelines.providers.klass import KlassQuery
from pipelines.providers.pxweb import Fetched, Query, Selection
from pipelines.providers.transport import Response
from pipelines.resources import Workspace
from pipelines.storage.snapshots import DELIVERED, Fetch, StoredResponse

State = Literal["new", "unchanged", "failed", "absent"]


@dataclass(frozen=True)
class Outcome:
    """What came of asking one source."""

    state: State
    message: str
    fetch: Fetch | None


def query_of(table: SourceTable) -> Query:
    """Return the query that the catalogue declares for a table."""
    chosen = {name: Selection(tuple(one.values), one.codelist) for name, one in table.selection.items()}
    return Query(table.asked_as, chosen)


def take(workspace: Workspace, name: str) -> Outcome:
    """Ask the source `name` and keep what is new. Never raises for a fault of the source."""
    provider, _, table_id = name.partition("/")
    known = workspace.store.latest(provider, table_id)
    if provider == DELIVERED:
        try:
            return _delivery(workspace, table_id, known)
        except OSError as error:
            # A full disk, say. The file is where it was, and is taken when there is room.
            return Outcome("failed", f"{name}: {error}{_what_stands(known)}", known)
    try:
        if name in workspace.faults:
            # Found when asking whether it changed, after every retry: to ask at once again would be impolite.
            raise workspace.faults[name]
        fetch = _ask(workspace, name, known)
    except SourceError as error:
        if _never_kept(workspace, name):
            return _nothing_new(workspace, name, known)
        return Outcome("failed", f"{error}{_what_stands(known)}", known)
    if fetch is None:
        return _nothing_new(workspace, name, known)
    problem = _refusal(workspace, name, fetch, known)
    if problem:
        workspace.store.record(replace(fetch, accepted=False, reason=problem))
        return Outcome("failed", f"{problem}{_what_stands(known)}", known)
    workspace.store.record(fetch)
    if workspace.replayed is not None:
        # Earlier vintages come along, so that revisions can be told.
        workspace.store.adopt(workspace.replayed, provider, table_id)
    return Outcome("new", f"{len(fetch.data)} response(s), {sum(one.size for one in fetch.data):,} bytes", fetch)


def _never_kept(workspace: Workspace, name: str) -> bool:
    """Whether a replay was made without the table, one of those of which no working query was seen."""
    table = workspace.catalogue.tables.get(name)
    if workspace.replayed is None or table is None or not table.unverified:
        return False
    return workspace.replayed.latest(table.provider, table.table_id) is None


def changed(workspace: Workspace, name: str) -> bool:
    """Say whether taking `name` would bring anything new, without taking it; a fault counts as a change.

    Asks a provider for the table's metadata only, and looks at a delivery's hash.
    """
    provider, _, table_id = name.partition("/")
    known = workspace.store.latest(provider, table_id)
    if workspace.full or name in workspace.faults:
        return True
    if known is None and _never_kept(workspace, name):
        return False
    try:
        if provider == DELIVERED:
            return bool(inbox.pending(workspace, table_id)) or _to_adopt(workspace, table_id)
        if not workspace.settings.asks_providers:
            return False
        return (
            known is None
            or known.query != _declared(workspace, name)
            or _updated(workspace, name, known.updated) != known.updated
        )
    except SourceError as fault:
        workspace.faults[name] = fault
        if isinstance(fault, Unreachable) and workspace.catalogue.providers[provider].dialect in ("klass", "fhi"):
            # They are all of one service: to try it again for each would be slow, and impolite.
            asked = workspace.catalogue.asked.items()
            workspace.faults |= {other: fault for other, one in asked if one.provider == provider}
        return True


def _updated(workspace: Workspace, name: str, known: str | None) -> str | None:
    """When a source last changed, asked for once, in however many ways a table is queried."""
    asked = workspace.catalogue.asked[name]
    key = (asked.provider, asked.asked_as)
    if key not in workspace.updated:
        workspace.updated[key] = (
            workspace.clients[asked.provider].updated(asked.asked_as, known)
            if isinstance(asked, SourceTable)
            else workspace.klass.updated(asked.asked_as)
        )
    return workspace.updated[key]


def _ask(workspace: Workspace, name: str, known: Fetch | None) -> Fetch | None:
    if not workspace.settings.asks_providers:
        return None
    same = known is not None and not workspace.full and known.query == _declared(workspace, name)
    since = known.updated if same and known else None
    asked = workspace.catalogue.asked[name]
    return _table(workspace, asked, since) if isinstance(asked, SourceTable) else _areas(workspace, asked, since)


def _nothing_new(workspace: Workspace, name: str, known: Fetch | None) -> Outcome:
    if known is not None:
        return Outcome("unchanged", f"unchanged since {known.updated or known.fetched_at.date()}", known)
    if name.startswith("delivery/"):
        return Outcome("absent", "nothing delivered yet", None)
    return Outcome("absent", f"not asked in source set '{workspace.settings.source_set}'", None)


def _what_stands(known: Fetch | None) -> str:
    return (
        f"\nThe figures fetched {known.fetched_at:%Y-%m-%d %H:%M} UTC stand."
        if known
        else "\nThere are no earlier figures."
    )


def _table(workspace: Workspace, table: SourceTable, since: str | None) -> Fetch | None:
    fetched = workspace.clients[table.provider].fetch(query_of(table), known_updated=since)
    if fetched is None:
        return None
    return _fetch(workspace, table, fetched.metadata.updated, fetched.responses, "table", _notes(fetched))


def _areas(workspace: Workspace, classification: Classification, since: str | None) -> Fetch | None:
    """Ask Klass for a classification's areas, changes and correspondences."""
    query = KlassQuery(
        classification.table_id, classification.first, correspondences=tuple(classification.correspondences)
    )
    fetched = workspace.klass.fetch(query, known_updated=since)
    if fetched is None:
        return None
    # For a part of the range Klass may have no table; that is no fault, but worth knowing.
    notes: dict[str, object] = {"absent": list(fetched.absent)}
    return _fetch(workspace, classification, fetched.updated, fetched.responses, "classification", notes)


def _fetch(
    workspace: Workspace,
    asked: Asked,
    updated: str | None,
    responses: tuple[tuple[str, Response], ...],
    kind: str,
    notes: dict[str, object],
) -> Fetch:
    """Keep the answers, and what is known of them."""
    provider = workspace.catalogue.providers[asked.provider]
    # What is replayed keeps its own terms: synthetic figures must not pass for the provider's.
    kept = workspace.replayed.latest(asked.provider, asked.table_id) if workspace.replayed else None
    return Fetch(
        provider=asked.provider,
        table_id=asked.table_id,
        updated=updated,
        fetched_at=max(response.fetched_at for _role, response in responses),
        attribution=kept.attribution if kept else f"{provider.name}, {kind} {asked.asked_as}",
        licence=kept.licence if kept else provider.licence,
        responses=tuple(_keep(workspace, role, response) for role, response in responses),
        query=_declared(workspace, asked.id),
        notes=notes,
    )


def _declared(workspace: Workspace, name: str) -> dict[str, list[str]]:
    """Return the query as it is kept beside its answers: variable -> code list (or nothing) and values."""
    asked = workspace.catalogue.asked[name]
    if isinstance(asked, Classification):
        return {"first": [asked.first.isoformat()], "correspondences": asked.correspondences}
    return {name: [one.codelist or "", *one.values] for name, one in query_of(asked).selection.items()}


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


def _keep(workspace: Workspace, role: str, response: Response) -> StoredResponse:
    request = response.request
    return StoredResponse(
        role=role,
        sha256=workspace.store.put(response.content),
        method=request.method,
        path=request.path,
        params=request.params,
        body=request.body.decode() if request.body else None,
        url=response.url,
        size=len(response.content),
        fetched_at=response.fetched_at,
    )


def _delivery(workspace: Workspace, contract_id: str, known: Fetch | None) -> Outcome:
    """Take what was delivered: the replayed source set's first, then each file that waits for the contract."""
    replayed = workspace.replayed
    adopted = replayed is not None and workspace.store.adopt(replayed, DELIVERED, contract_id)
    waiting = [_proven(workspace, one) for one in inbox.pending(workspace, contract_id)]
    refused = [inbox.refuse(workspace, one) for one in waiting if one.error is not None]
    for one in waiting:
        if one.error is None:
            inbox.accept(workspace, one)
    standing = workspace.store.latest(DELIVERED, contract_id)
    if refused:
        return Outcome("failed", "\n\n".join(refused) + _what_stands(standing), standing)
    if adopted or waiting:
        taken = [f"{one.name}: {remark}" for one in waiting for remark in one.remarks]
        return Outcome("new", "\n".join([f"{len(waiting)} file(s) taken", *taken]), standing)
    return _nothing_new(workspace, f"{DELIVERED}/{contract_id}", known)


def _proven(workspace: Workspace, checked: Checked) -> Checked:
    """Refuse a list of areas, or polygons, that cannot be drawn or do not agree with themselves."""
    name = f"{DELIVERED}/{checked.contract}"
    if checked.error is not None or checked.contract in workspace.catalogue.contracts:
        return checked
    workspace.store.put(checked.content)
    fetch = inbox.record_of(workspace, checked)
    try:
        decode(workspace, name, fetch) if name in workspace.catalogue.fact_sources else read_areas(
            workspace, name, fetch
        )
    except SourceError as error:
        return replace(checked, error=DeliveryError(checked.name, [str(error)]))
    return checked


def _to_adopt(workspace: Workspace, contract_id: str) -> bool:
    if workspace.replayed is None:
        return False
    there = workspace.store.fetches(DELIVERED, contract_id)
    return any(fetch not in there for fetch in workspace.replayed.fetches(DELIVERED, contract_id))


def _refusal(workspace: Workspace, name: str, fetch: Fetch, known: Fetch | None) -> str | None:
    """Say why an answer cannot be right: it does not decode, holds nothing, or lost periods that it had before."""
    if name not in workspace.catalogue.fact_sources:
        return _area_refusal(workspace, name, fetch)
    try:
        facts = decode(workspace, name, fetch)
    except SourceError as error:
        return str(error)
    if not facts.num_rows:
        return f"{name}: the answer holds no observations; expected at least one"
    lost = sorted(_periods(workspace, name, known) - set(facts["period"].to_pylist()))
    if known is None or not lost:
        return None
    return (
        f"{name}: {', '.join(lost)} is missing, which the figures of {known.fetched_at:%Y-%m-%d} had; "
        "expected every earlier period. Ask the provider, or deliver the whole table again."
    )


def _area_refusal(workspace: Workspace, name: str, fetch: Fetch) -> str | None:
    try:
        read_areas(workspace, name, fetch)
    except SourceError as error:
        return str(error)
    return None


def _periods(workspace: Workspace, name: str, known: Fetch | None) -> set[str]:
    if known is None:
        return set()
    try:
        return set(decode(workspace, name, known)["period"].to_pylist())
    except SourceError:
        # A damaged earlier answer must not keep every later one out; the doctor tells of the damage.
        return set()


def assets(catalogue: Catalogue) -> Iterator[dg.AssetsDefinition]:
    """Yield one asset per source table and delivery contract."""
    for name in catalogue.source_names:
        yield _asset(name, _description(catalogue, name), warn=only_warns(catalogue, name))


def only_warns(catalogue: Catalogue, name: str) -> bool:
    """Whether no figure hangs on the source: tables that no working query was seen for, and classifications.

    Without Klass the codes that areas.yaml gives stand, and those derived from its last answer.
    """
    return name in catalogue.classifications or (name in catalogue.tables and catalogue.tables[name].unverified)


def _description(catalogue: Catalogue, name: str) -> str:
    if name in catalogue.deliveries:
        return catalogue.deliveries[name].name_en
    return catalogue.asked[name].title


def _asset(name: str, description: str, *, warn: bool) -> dg.AssetsDefinition:
    key = dg.AssetKey(["snapshot", *name.split("/")])

    @dg.asset(
        key=key,
        group_name="snapshots",
        description=f"{description}. The responses as received.",
        pool=name.partition("/")[0],
        check_specs=[dg.AssetCheckSpec("fetched", asset=key, description="The source answered, and with sense.")],
    )
    def snapshot(workspace: dg.ResourceParam[Workspace]) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        outcome = take(workspace, name)
        workspace.progress(name, outcome.state if outcome.state != "failed" else f"failed: {outcome.message}")
        version = ",".join(one.sha256 for one in outcome.fetch.responses) if outcome.fetch else "none"
        yield dg.MaterializeResult(
            metadata={"state": outcome.state, "message": outcome.message, "sha256": version},
            data_version=dg.DataVersion(hashlib.sha256(version.encode()).hexdigest()),
        )
        yield dg.AssetCheckResult(
            check_name="fetched",
            passed=outcome.state != "failed",
            severity=dg.AssetCheckSeverity.WARN if warn else dg.AssetCheckSeverity.ERROR,
            metadata={"reason": dg.MetadataValue.md(outcome.message), "state": outcome.state},
        )

    return snapshot
