"""From snapshots to facts: tidy observations of one source table, every row tied to the response it came from.

No figure is changed here. What a cell means for an indicator belongs to `measures`.
"""

from collections.abc import Iterator

import dagster as dg
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators.catalogue import Catalogue
from indicators.catalogue.models import Residents
from pipelines import deliveries as delivery
from pipelines.decoding.delivered import facts_of
from pipelines.decoding.tidy import FACTS_SCHEMA, facts, tidy
from pipelines.deliveries import boundary_file
from pipelines.deliveries.columns import key_of
from pipelines.providers import fhi, pxweb
from pipelines.resources import Workspace
from pipelines.storage.io_manager import Frame
from pipelines.storage.snapshots import Fetch, StoredResponse

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
        return _folded([_delivered(workspace, name, stored) for stored in fetch.data])
    table = workspace.catalogue.tables[name]
    cube = pxweb.assemble([(one.sha256, workspace.store.get(one.sha256)) for one in fetch.data], where=name)
    if workspace.catalogue.providers[fetch.provider].dialect == "fhi":
        cube = fhi.as_published(cube, table.time)
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


def _delivered(workspace: Workspace, name: str, stored: StoredResponse) -> pa.Table:
    """Return the facts of one delivered file, whose vintage is the moment it was taken."""
    key = (name, stored.sha256, stored.fetched_at.isoformat())
    if key not in workspace.decoded:
        contract, rules = workspace.catalogue.contracts[name.partition("/")[2]], workspace.rules
        opened = delivery.open_file(workspace.store.get(stored.sha256), stored.path)
        reading = delivery.read(delivery.match(opened, [contract]), stored.path, rules.areas, rules.names)
        workspace.decoded[key] = facts_of(reading, stored.sha256, stored.fetched_at)
    return workspace.decoded[key]


def _folded(files: list[pa.Table]) -> pa.Table:
    """Return the rows of all files; where several give the same figure, that of the last one."""
    if len(files) == 1:
        return files[0]
    together = pa.concat_tables(files)
    # An area that has a code may be written in several ways.
    area = pc.coalesce(together["area_id"], together["area_label"])
    key = key_of(
        [
            column.cast(pa.string()).combine_chunks().dictionary_encode()
            for column in (area, *(together[name] for name in ("boundary_year", "period", "cell")))
        ]
    )
    last = ~pd.Series(key).duplicated(keep="last").to_numpy()
    return together.filter(pa.array(last))


def _residents(workspace: Workspace, fetch: Fetch) -> pa.Table:
    """Return the residents that files of boundaries state, one file per year."""
    contract = workspace.catalogue.boundaries[fetch.table_id]
    years = {}
    for stored in fetch.data:
        content = workspace.store.get(stored.sha256)
        boundary_file.polygons(contract, content, stored.path)  # a file that cannot be drawn is refused whole
        counted = boundary_file.residents(contract, content, stored.path)
        year = boundary_file.year_of(contract, stored.path)
        years[year] = facts(
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
            vintage=stored.fetched_at,
            where=stored.path,
        )
    return pa.concat_tables(years.values())


def residents_of(workspace: Workspace) -> pa.Table:
    """Return the cells of every source that counts residents, as `indicators.population.population` takes them."""
    tables = [
        _told(workspace.lake.read(["facts", *name.split("/")]), rank, name, residents)
        for rank, (name, residents) in enumerate(workspace.catalogue.residents.items())
    ]
    return pa.concat_tables(tables)


def _told(table: pa.Table, rank: int, name: str, residents: Residents) -> pa.Table:
    kept = ["area_id", "boundary_year", "period", "period_start", "period_end", "value", "snapshot_sha256", "vintage"]
    sex = _dimension(table, residents.sex)
    coded = pa.array(list(residents.sexes), pa.string())
    words = pa.array(list(residents.sexes.values()), pa.string())
    columns = {
        "source": pa.repeat(pa.scalar(rank, pa.int16()), table.num_rows),
        "source_table": pa.repeat(pa.scalar(name), table.num_rows),
        **{column: table[column] for column in kept},
        "sex": words.take(pc.index_in(sex, coded).cast(pa.int32())),
        "age": _dimension(table, residents.age),
        "rounded": pa.repeat(pa.scalar(residents.rounded), table.num_rows),
    }
    return pa.table(columns)


def _dimension(table: pa.Table, name: str | None) -> pa.Array:
    if name is None or not table.num_rows:
        return pa.nulls(table.num_rows, pa.string())
    return pc.map_lookup(table["dimensions"].combine_chunks(), pa.scalar(name), "first")


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
