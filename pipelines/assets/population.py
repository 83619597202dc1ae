"""Residents of every area by year, sex and age, and whether the parts add up: the side of `indicators.population`.

Collects the sources that count residents and runs the expressions; the methods are not here.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import ibis
import pyarrow as pa
import pyarrow.compute as pc

from indicators import geography, population
from indicators.catalogue import Catalogue
from indicators.geography import tree
from pipelines import engine
from pipelines.assets import areas
from pipelines.assets.facts import residents_of
from pipelines.resources import Workspace
from pipelines.storage.io_manager import Frame
from pipelines.workplace import charts

KEY = dg.AssetKey(["population", "residents"])
RECONCILIATION = dg.AssetKey(["population", "reconciliation"])
_CHECKS = {
    "units_add_up": "units add up to their tract",
    "tracts_add_up": "tracts add up to their municipality",
    "districts_add_up": "districts add up to their municipality",
    "units_add_up_to_municipality": "units add up to their municipality",
    "ages_add_up": "sexes and ages of a unit add up, but for rounding",
    "provider_agrees": "our sums over predecessors equal the provider's own",
}
_SHOWN = 40


def _compute(workspace: Workspace) -> pa.Table:
    return engine.compute(population.population, residents_of(workspace), workspace.lake.read(["areas", "membership"]))


def _reconcile(workspace: Workspace) -> pa.Table:
    cells = residents_of(workspace)
    years = sorted(set(cells["boundary_year"].drop_null().to_pylist()))
    expression = population.reconciliation(
        ibis.memtable(cells),
        ibis.memtable(_official_by_year(workspace, years)),
        ibis.memtable(workspace.lake.read(KEY.path)),
        ibis.memtable(_districts(workspace.catalogue)),
    )
    own_sums = _against_the_provider(workspace, cells)
    expression = expression if own_sums is None else expression.union(own_sums)
    return ibis.duckdb.connect(threads=1).to_pyarrow(expression.order_by("check_name", "whole_id", "year"))


def _against_the_provider(workspace: Workspace, cells: pa.Table) -> ibis.Table | None:
    """Our restated counts of municipalities beside the sums of lists such as agg_KommSummer, where both are there."""
    summed = [one for one in workspace.catalogue.tables.values() if one.residents and one.boundary_year]
    if not summed or not cells.num_rows:
        return None
    graph = areas.change_graph(workspace, tree.MUNICIPALITY, pc.max(cells["boundary_year"]).as_py())
    to_year = max(one.boundary_year or 0 for one in summed)
    return population.against_the_provider(ibis.memtable(cells), graph, to_year) if graph else None


def _official_by_year(workspace: Workspace, years: list[int]) -> pa.Table:
    official = workspace.lake.read(["areas", "official"]).to_pandas(date_as_object=True)
    schema = pa.schema([(name, pa.string()) for name in ("level", "code", "parent_code")] + [("year", pa.int16())])
    tables = []
    for year in years:
        valid = geography.valid_in(official, year)
        valid = valid[valid["level"].isin([tree.UNIT, tree.TRACT, tree.MUNICIPALITY])]
        tables.append(pa.Table.from_pandas(valid.assign(year=year)[schema.names], schema, preserve_index=False))
    return pa.concat_tables([schema.empty_table(), *tables])


def _districts(catalogue: Catalogue) -> pa.Table:
    rows = [{"area_id": one.id, "parent_id": one.parent} for one in catalogue.areas.values() if one.kind == "district"]
    return pa.Table.from_pylist(rows, schema=pa.schema([("area_id", pa.string()), ("parent_id", pa.string())]))


def assets(catalogue: Catalogue) -> Iterator[dg.AssetsDefinition]:
    """Yield the population and its reconciliation, with one check for each level that should add up."""
    sources = [dg.AssetKey(["facts", *name.split("/")]) for name in catalogue.residents]
    member, official = dg.AssetKey(["areas", "membership"]), dg.AssetKey(["areas", "official"])
    changes = dg.AssetKey(["areas", "changes"])

    @dg.asset(
        key=KEY,
        group_name="population",
        deps=[member, *sources],
        io_manager_key="lake",
        description="Residents of every area by year, sex and age: the denominator of everything.",
    )
    def residents(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[Any]:
        inputs = [workspace.lake.fingerprint(key.path) for key in [member, *sources]]
        fingerprint = workspace.fingerprint("population", *inputs)
        known = workspace.lake.fingerprint(KEY.path) == fingerprint and not workspace.full
        table = workspace.lake.read(KEY.path) if known else _compute(workspace)
        if not known and table.num_rows:
            workspace.progress("/".join(KEY.path), f"{table.num_rows:,} rows")
        chart = charts.population(workspace.catalogue, table, workspace.settings.area, workspace.settings.synthetic)
        return dg.MaterializeResult(
            value=None if known else Frame(table, fingerprint),
            metadata={"rows": table.num_rows, "rebuilt": not known, "chart": dg.MetadataValue.md(chart)},
            data_version=dg.DataVersion(fingerprint),
        )

    @dg.asset(
        key=RECONCILIATION,
        group_name="population",
        deps=[KEY, official, changes, *sources],
        io_manager_key="lake",
        description="Whether units add up to tracts, tracts and districts to the municipality, and what remains.",
        check_specs=[dg.AssetCheckSpec(name, asset=RECONCILIATION) for name in _CHECKS],
    )
    def reconciliation(workspace: dg.ResourceParam[Workspace]) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        inputs = [workspace.lake.fingerprint(key.path) for key in [KEY, official, changes, *sources]]
        fingerprint = workspace.fingerprint("reconciliation", *inputs)
        known = workspace.lake.fingerprint(RECONCILIATION.path) == fingerprint and not workspace.full
        table = workspace.lake.read(RECONCILIATION.path) if known else _reconcile(workspace)
        yield dg.MaterializeResult(
            value=None if known else Frame(table, fingerprint),
            metadata={"rows": table.num_rows, "rebuilt": not known},
            data_version=dg.DataVersion(fingerprint),
        )
        for name, check in _CHECKS.items():
            yield _result(name, table.filter(pc.equal(table["check_name"], check)).to_pylist())

    yield residents
    yield reconciliation


def _result(name: str, rows: list[dict[str, Any]]) -> dg.AssetCheckResult:
    """A check that warns where a sum does not add up, and always tells what remains."""
    wrong = [row for row in rows if not row["adds_up"]]
    shown = [*wrong, *(row for row in rows if row["adds_up"] and row["remainder"])]
    lines = [
        f"{row['whole_id']} {row['year']}: {row['parts']:,.0f} of {row['whole']:,.0f} persons, remainder "
        f"{row['remainder']:,.0f} ({_unplaced(row)})"
        for row in shown[:_SHOWN]
    ]
    said = f"{len(rows)} sums compared, {len(wrong)} do not add up, {len(shown) - len(wrong)} with a known remainder"
    text = "\n".join([said, *(f"* {line}" for line in lines)])
    return dg.AssetCheckResult(
        check_name=name,
        passed=not wrong,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"reason": dg.MetadataValue.md(text)},
    )


def _unplaced(row: dict[str, Any]) -> str:
    if row["unplaced"] is None:
        return "residents placed in no tract; how many is not published"
    rounding = f", small cells rounded by up to {row['tolerance']:,.0f}" if row["tolerance"] else ""
    return f"{row['unplaced']:,.0f} placed in no tract{rounding}"
