"""Ask each source whether it changed, fetch what did, and keep the bytes as received.

A source that fails, or answers something that cannot be right, fails its own `fetched` check and nothing else: its
last good snapshot stands. What the bytes mean belongs to `facts`; how a provider is spoken to, to `sources`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import dagster as dg

from indicators.catalogue import Catalogue
from indicators.catalogue.models import SourceTable
from pipelines.assets.areas import read_areas
from pipelines.assets.facts import decode
from pipelines.resources import Workspace
from pipelines.sources.klass import KlassQuery
from pipelines.sources.pxweb import Fetched, Query, Selection
from pipelines.sources.transport import Response, SourceError, Unreachable
from pipelines.storage.snapshots import Fetch, SnapshotStore, StoredResponse

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
    try:
        if name in workspace.faults:
            # Found when asking whether it changed, after every retry: to ask at once again would be impolite.
            raise workspace.faults[name]
        fetch = _ask(workspace, name, known)
    except SourceError as error:
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


def changed(workspace: Workspace, name: str) -> bool:
    """Say whether taking `name` would bring anything new, without taking it; a fault counts as a change.

    Asks a provider for the table's metadata only, and looks at a delivery's hash.
    """
    provider, _, table_id = name.partition("/")
    known = workspace.store.latest(provider, table_id)
    if workspace.full or name in workspace.faults:
        return True
    try:
        if provider == "delivery":
            return _delivered(workspace, name, known) is not None
        if not workspace.settings.asks_providers:
            return False
        if name in workspace.catalogue.classifications:
            return _classification(workspace, name, known) is not None
        table = workspace.catalogue.tables[name]
        same = known is not None and known.query == _declared(query_of(table))
        return not same or _updated(workspace, provider, table.asked_as) != known.updated  # type: ignore[union-attr]
    except SourceError as fault:
        workspace.faults[name] = fault
        if name in workspace.catalogue.classifications and isinstance(fault, Unreachable):
            # They are all of one service: to try it again for each would be slow, and impolite.
            workspace.faults |= dict.fromkeys(workspace.catalogue.classifications, fault)
        return True


def _updated(workspace: Workspace, provider: str, number: str) -> str | None:
    """When a table last changed, asked for once, in however many ways the table is queried."""
    key = (provider, number)
    if key not in workspace.updated:
        workspace.updated[key] = workspace.clients[provider].metadata(number).updated
    return workspace.updated[key]


def _ask(workspace: Workspace, name: str, known: Fetch | None) -> Fetch | None:
    if name.startswith("delivery/"):
        return _delivered(workspace, name, known)
    if not workspace.settings.asks_providers:
        return None
    if name in workspace.catalogue.classifications:
        return _classification(workspace, name, known)
    return _from_provider(workspace, workspace.catalogue.tables[name], known)


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


def _from_provider(workspace: Workspace, table: SourceTable, known: Fetch | None) -> Fetch | None:
    query = query_of(table)
    declared = _declared(query)
    same = known is not None and not workspace.full and known.query == declared
    fetched = workspace.clients[table.provider].fetch(query, known_updated=known.updated if same and known else None)
    if fetched is None:
        return None
    provider = workspace.catalogue.providers[table.provider]
    # What is replayed keeps its own terms: synthetic figures must not pass for the provider's.
    kept = workspace.replayed.latest(table.provider, table.table_id) if workspace.replayed else None
    return Fetch(
        provider=table.provider,
        table_id=table.table_id,
        updated=fetched.metadata.updated,
        fetched_at=max(response.fetched_at for _role, response in fetched.responses),
        attribution=kept.attribution if kept else f"{provider.name}, table {table.asked_as}",
        licence=kept.licence if kept else provider.licence,
        responses=tuple(_keep(workspace, role, response) for role, response in fetched.responses),
        query=declared,
        notes=_notes(fetched),
    )


def _classification(workspace: Workspace, name: str, known: Fetch | None) -> Fetch | None:
    """Ask Klass for a classification's areas and changes, where they are newer than those known."""
    declared = workspace.catalogue.classifications[name]
    query = KlassQuery(declared.table_id, declared.first, correspondences=tuple(declared.correspondences))
    asked = {"first": declared.first.isoformat(), "correspondences": list(declared.correspondences)}
    same = known is not None and not workspace.full and known.query == asked
    fetched = workspace.klass.fetch(query, known_updated=known.updated if same and known else None)
    if fetched is None:
        return None
    provider = workspace.catalogue.providers[declared.provider]
    kept = workspace.replayed.latest(declared.provider, declared.table_id) if workspace.replayed else None
    return Fetch(
        provider=declared.provider,
        table_id=declared.table_id,
        updated=fetched.updated,
        fetched_at=max(response.fetched_at for _role, response in fetched.responses),
        attribution=kept.attribution if kept else f"{provider.name}, classification {declared.table_id}",
        licence=kept.licence if kept else provider.licence,
        responses=tuple(_keep(workspace, role, response) for role, response in fetched.responses),
        query=asked,
        notes={},
    )


def _declared(query: Query) -> dict[str, list[str]]:
    """Return the query as it is kept beside its answers: variable -> code list (or nothing) and values."""
    return {name: [one.codelist or "", *one.values] for name, one in query.selection.items()}


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


def _delivered(workspace: Workspace, name: str, known: Fetch | None) -> Fetch | None:
    contract_id = name.partition("/")[2]
    if workspace.replayed is not None:
        return _replayed_delivery(workspace, workspace.replayed, contract_id, known)
    contents = {path: path.read_bytes() for path in workspace.inbox.files.get(contract_id, ())}
    found = {hashlib.sha256(content).hexdigest() for content in contents.values()}
    if not contents or (known is not None and {one.sha256 for one in known.data} == found and not workspace.full):
        return None
    contract = workspace.catalogue.deliveries[name]
    now = datetime.now(UTC)
    stored = tuple(
        StoredResponse(
            role="data",
            sha256=workspace.store.put(content),
            method="FILE",
            path=path.name,
            params=(),
            body=None,
            url=path.name,
            size=len(content),
            fetched_at=now,
        )
        for path, content in contents.items()
    )
    return Fetch(
        provider="delivery",
        table_id=contract_id,
        updated=None,
        fetched_at=now,
        attribution=contract.attribution,
        licence=contract.licence,
        responses=stored,
        query={"contract": contract_id},
        notes={},
    )


def _replayed_delivery(
    workspace: Workspace, replayed: SnapshotStore, contract_id: str, known: Fetch | None
) -> Fetch | None:
    newest = replayed.latest("delivery", contract_id)
    if newest is None or (
        known is not None and [one.sha256 for one in known.data] == [one.sha256 for one in newest.data]
    ):
        return None
    for response in newest.responses:
        workspace.store.put(replayed.get(response.sha256))
    return newest


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
    return (catalogue.tables.get(name) or catalogue.classifications[name]).title


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
