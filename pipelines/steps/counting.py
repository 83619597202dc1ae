"""Residents of every area by year, sex and age, the denominator of everything, and whether the parts add up.

Collects the sources that count residents and runs the expressions of `indicators.population`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators import geography, population
from indicators.catalogue import Catalogue
from indicators.catalogue.models import Residents
from indicators.geography import tree
from pipelines.steps.placing import CHANGED, MEMBERSHIP, OFFICIAL, change_graph
from pipelines.steps.step import Check, Finding, Inputs, Step
from pipelines.storage.lake import Ref

CELLS, RESIDENTS, RECONCILIATION = (f"population/{name}" for name in ("cells", "residents", "reconciliation"))
_CHECKS = {
    "units_add_up": "units add up to their tract",
    "tracts_add_up": "tracts add up to their municipality",
    "districts_add_up": "districts add up to their municipality",
    "units_add_up_to_municipality": "units add up to their municipality",
    "ages_add_up": "sexes and ages of a unit add up, but for rounding",
    "provider_agrees": "our sums over predecessors equal the provider's own",
}
_SHOWN = 40
_KEPT = ["area_id", "boundary_year", "period", "period_start", "period_end", "value", "snapshot_sha256", "vintage"]


def steps(catalogue: Catalogue) -> list[Step]:
    """Return the steps of the stage."""
    return [
        Step(
            CELLS,
            tuple(f"facts/{name}" for name in catalogue.residents),
            ("tables", "contracts", "boundaries"),
            _cells,
            "The cells of every source that counts residents, in order of preference.",
        ),
        Step(
            RESIDENTS,
            (CELLS, MEMBERSHIP),
            (),
            lambda inputs, _catalogue: inputs.run(population.population, inputs.ref(CELLS), inputs.ref(MEMBERSHIP)),
            "Residents of every area by year, sex and age: the denominator of everything.",
        ),
        Step(
            RECONCILIATION,
            (CELLS, RESIDENTS, OFFICIAL, CHANGED),
            ("areas", "tables"),
            _reconciliation,
            "Whether units add up to tracts, tracts and districts to the municipality, and what remains.",
            tuple(Check(name, about, partial(_added_up, about)) for name, about in _CHECKS.items()),
        ),
    ]


def _cells(inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    """Return the cells of every source that counts residents, as `indicators.population.population` takes them."""
    return pa.concat_tables(
        _cells_of(inputs.read(f"facts/{name}"), rank, name, residents)
        for rank, (name, residents) in enumerate(catalogue.residents.items())
    )


def _cells_of(facts: pa.Table, rank: int, name: str, residents: Residents) -> pa.Table:
    sex = _dimension(facts, residents.sex)
    coded = pa.array(list(residents.sexes), pa.string())
    words = pa.array(list(residents.sexes.values()), pa.string())
    columns = {
        "source": pa.repeat(pa.scalar(rank, pa.int16()), facts.num_rows),
        "source_table": pa.repeat(pa.scalar(name), facts.num_rows),
        **{column: facts[column] for column in _KEPT},
        "sex": words.take(pc.index_in(sex, coded).cast(pa.int32())),
        "age": _dimension(facts, residents.age),
        "rounded": pa.repeat(pa.scalar(residents.rounded), facts.num_rows),
    }
    return pa.table(columns)


def _dimension(facts: pa.Table, name: str | None) -> pa.Array:
    if name is None or not facts.num_rows:
        return pa.nulls(facts.num_rows, pa.string())
    return pc.map_lookup(facts["dimensions"].combine_chunks(), pa.scalar(name), "first")


def _reconciliation(inputs: Inputs, catalogue: Catalogue) -> Ref:
    cells = inputs.read(CELLS)
    years = sorted(set(cells["boundary_year"].drop_null().to_pylist()))
    return inputs.run(
        _compared(_against_the_provider(inputs, catalogue, cells)),
        inputs.ref(CELLS),
        _official_by_year(inputs, years),
        inputs.ref(RESIDENTS),
        _districts(catalogue),
    )


def _compared(own_sums: Callable[[ibis.Table], ibis.Table] | None) -> Callable[..., ibis.Table]:
    """Return the expression that compares parts with wholes, and, where there are any, our sums with a provider's."""

    def expression(cells: ibis.Table, official: ibis.Table, residents: ibis.Table, districts: ibis.Table) -> ibis.Table:
        found = population.reconciliation(cells, official, residents, districts)
        found = found if own_sums is None else found.union(own_sums(cells))
        return found.order_by("check_name", "whole_id", "year")

    return expression


def _against_the_provider(
    inputs: Inputs, catalogue: Catalogue, cells: pa.Table
) -> Callable[[ibis.Table], ibis.Table] | None:
    """Our restated counts of municipalities beside the sums of lists such as agg_KommSummer, where both are there."""
    summed = [table for table in catalogue.tables.values() if table.residents and table.boundary_year]
    if not summed or not cells.num_rows:
        return None
    graph = change_graph(inputs, tree.MUNICIPALITY, pc.max(cells["boundary_year"]).as_py())
    if graph is None:
        return None
    newest = max(table.boundary_year or 0 for table in summed)
    return partial(population.against_the_provider, graph=graph, to_year=newest)


def _official_by_year(inputs: Inputs, years: list[int]) -> pa.Table:
    official: pd.DataFrame = inputs.read(OFFICIAL).to_pandas(date_as_object=True)
    schema = pa.schema([(name, pa.string()) for name in ("level", "code", "parent_code")] + [("year", pa.int16())])
    tables = []
    for year in years:
        valid = geography.valid_in(official, year)
        valid = valid[valid["level"].isin([tree.UNIT, tree.TRACT, tree.MUNICIPALITY])]
        tables.append(pa.Table.from_pandas(valid.assign(year=year)[schema.names], schema, preserve_index=False))
    return pa.concat_tables([schema.empty_table(), *tables])


def _districts(catalogue: Catalogue) -> pa.Table:
    districts = [area for area in catalogue.areas.values() if area.kind == "district"]
    rows = [{"area_id": area.id, "parent_id": area.parent} for area in districts]
    return pa.Table.from_pylist(rows, schema=pa.schema([("area_id", pa.string()), ("parent_id", pa.string())]))


def _added_up(about: str, table: pa.Table, _inputs: Inputs, _catalogue: Catalogue) -> Finding:
    """Say where a sum does not add up, and always what remains."""
    rows = table.filter(pc.equal(table["check_name"], about)).to_pylist()
    wrong = [row for row in rows if not row["adds_up"]]
    shown = [*wrong, *(row for row in rows if row["adds_up"] and row["remainder"])]
    lines = [
        f"{row['whole_id']} {row['year']}: {row['parts']:,.0f} of {row['whole']:,.0f} persons, remainder "
        f"{row['remainder']:,.0f} ({_unplaced(row)})"
        for row in shown[:_SHOWN]
    ]
    summary = f"{len(rows)} sums compared, {len(wrong)} do not add up, {len(shown) - len(wrong)} with a known remainder"
    return Finding(not wrong, "\n".join([summary, *(f"* {line}" for line in lines)]))


def _unplaced(row: dict[str, Any]) -> str:
    if row["unplaced"] is None:
        return "residents placed in no tract; how many is not published"
    rounding = f", small cells rounded by up to {row['tolerance']:,.0f}" if row["tolerance"] else ""
    return f"{row['unplaced']:,.0f} placed in no tract{rounding}"
