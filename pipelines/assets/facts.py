"""From snapshots to facts: tidy observations of one source table, every row tied to the response it came from.

No figure is changed here. What a cell means for an indicator belongs to `measures`.
"""

from collections.abc import Iterator

import dagster as dg
import pyarrow as pa

from indicators import geography
from indicators.catalogue import Catalogue
from pipelines.resources import Workspace
from pipelines.sources import boundary_file, delivery, pxweb
from pipelines.sources.tidy import FACTS_SCHEMA, facts, tidy
from pipelines.storage.io_manager import Frame
from pipelines.storage.snapshots import Fetch

_KEY = ["table_id", "area_id", "area_label", "boundary_year", "period", "cell"]


def decode(workspace: Workspace, name: str, fetch: Fetch) -> pa.Table:
    """Return the facts of one fetch (columns of FACTS_SCHEMA). Raises SourceError naming source and place."""
    key = (name, *(one.sha256 for one in fetch.data))
    if key not in workspace.decoded:
        workspace.decoded[key] = _decode(workspace, name, fetch)
    return workspace.decoded[key]


def _decode(workspace: Workspace, name: str, fetch: Fetch) -> pa.Table:
    if name.startswith("delivery/") and fetch.table_id in workspace.catalogue.boundaries:
        return _residents(workspace, fetch)
    if name.startswith("delivery/"):
        contract = workspace.catalogue.contracts[fetch.table_id]
        names = geography.names(workspace.catalogue.areas.values())
        parts = [
            delivery.read(
                contract,
                workspace.store.get(stored.sha256),
                stored.path,
                names,
                snapshot_sha256=stored.sha256,
                vintage=fetch.fetched_at,
            )
            for stored in fetch.data
        ]
        return pa.concat_tables(parts)
    table = workspace.catalogue.tables[name]
    cube = pxweb.assemble([(one.sha256, workspace.store.get(one.sha256)) for one in fetch.data], where=name)
    return tidy(
        cube,
        provider=fetch.provider,
        table_id=fetch.table_id,
        area=table.area,
        time=table.time,
        boundary_year=table.boundary_year,
        vintage=fetch.fetched_at,
        where=name,
    )


def _residents(workspace: Workspace, fetch: Fetch) -> pa.Table:
    """Return the residents that files of boundaries state, one file per year."""
    contract = workspace.catalogue.boundaries[fetch.table_id]
    years = []
    for stored in fetch.data:
        content = workspace.store.get(stored.sha256)
        boundary_file.polygons(contract, content, stored.path)  # a file that cannot be drawn is refused whole
        counted = boundary_file.residents(contract, content, stored.path)
        year = boundary_file.year_of(contract, stored.path)
        years.append(
            facts(
                provider="delivery",
                table_id=contract.id,
                area_id=counted["code"].combine_chunks(),
                area_label=counted["name"].combine_chunks(),
                period=pa.repeat(pa.scalar(str(year)), counted.num_rows),
                boundary_year=None,
                dimensions={},
                value=counted["value"].combine_chunks(),
                status=pa.nulls(counted.num_rows, pa.string()),
                snapshot_sha256=stored.sha256,
                vintage=fetch.fetched_at,
                where=stored.path,
            )
        )
    return pa.concat_tables(years)


def assets(catalogue: Catalogue) -> Iterator[dg.AssetsDefinition]:
    """Yield one asset per source table and delivery contract."""
    for name in catalogue.fact_sources:
        yield _asset(name)


def _asset(name: str) -> dg.AssetsDefinition:
    key = dg.AssetKey(["facts", *name.split("/")])

    @dg.asset(
        key=key,
        group_name="facts",
        deps=[dg.AssetKey(["snapshot", *name.split("/")])],
        io_manager_key="lake",
        description="Tidy observations: area, period, dimensions, value, status, snapshot.",
        check_specs=[
            dg.AssetCheckSpec(
                "one_row_per_cell",
                asset=key,
                blocking=True,
                description="No area, period and cell occurs twice: else every sum after it would be wrong.",
            )
        ],
    )
    def observations(workspace: dg.ResourceParam[Workspace]) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        provider, _, table_id = name.partition("/")
        fetch = workspace.store.latest(provider, table_id)
        fingerprint = workspace.fingerprint(name, *(one.sha256 for one in fetch.data) if fetch else ())
        known = workspace.lake.fingerprint(key.path) == fingerprint and not workspace.full
        table = workspace.lake.read(key.path) if known else _facts(workspace, name, fetch)
        workspace.progress(
            "/".join(key.path), "unchanged" if known or not table.num_rows else f"{table.num_rows:,} rows"
        )
        yield dg.MaterializeResult(
            value=None if known else Frame(table, fingerprint),
            metadata={"rows": table.num_rows, "periods": _span(table), "rebuilt": not known},
            data_version=dg.DataVersion(fingerprint),
        )
        doubled = table.num_rows - table.group_by(_KEY).aggregate([]).num_rows
        yield dg.AssetCheckResult(
            check_name="one_row_per_cell", passed=doubled == 0, metadata={"doubled rows": doubled}
        )

    return observations


def _facts(workspace: Workspace, name: str, fetch: Fetch | None) -> pa.Table:
    return decode(workspace, name, fetch) if fetch else FACTS_SCHEMA.empty_table()


def _span(table: pa.Table) -> str:
    periods = sorted(set(table["period"].to_pylist()))
    return f"{periods[0]} to {periods[-1]}" if periods else "none"
