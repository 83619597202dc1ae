"""Delivered figures as they may be published: the cells behind hidden measures hidden too, in every vintage.

Which cells may be shown is worked out by `indicators.disclosure.tables`. Snapshots and facts in the lake keep what was
delivered: they are the municipality's own store and are not published.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from indicators.catalogue import Catalogue
from indicators.disclosure import tables
from indicators.disclosure.betrayal import betraying
from indicators.disclosure.made_to_order import is_large
from pipelines.steps.measuring import TERMS, Run, adding_up
from pipelines.steps.terms import terms

HIDDEN = "suppressed"
_NEEDED = ["area_id", "boundary_year", "period", "period_start", "period_end", "cell", "value"]


def confidential(catalogue: Catalogue) -> list[str]:
    """Return the names of the deliveries, all of which may hold figures of small areas that are published nowhere."""
    return [f"delivery/{name}" for name in catalogue.contracts]


def is_public(catalogue: Catalogue, name: str, areas: pa.ChunkedArray) -> pa.ChunkedArray:
    """Tell which rows of a delivery its provider has published: those of municipalities and larger areas.

    Numbers of residents are public too, of such areas.
    """
    contract = catalogue.contracts[name.partition("/")[2]]
    return pc.and_(is_large(catalogue, areas), contract.published or contract.residents is not None)


def is_confidential(catalogue: Catalogue, names: pa.ChunkedArray, areas: pa.ChunkedArray) -> pa.ChunkedArray:
    """Tell which figures of sources (`delivery/nav`) and areas are of deliveries and published by nobody else."""
    found = pa.chunked_array([pa.repeat(pa.scalar(value=False), len(names))])
    for name in confidential(catalogue):
        hidden = pc.invert(is_public(catalogue, name, areas))
        found = pc.or_(found, pc.and_(pc.equal(names, name), hidden))
    return found


def masked(
    run: Run, catalogue: Catalogue, facts: dict[str, pa.Table], measures: pa.Table, membership: pa.Table
) -> dict[str, pa.Table]:
    """Return the facts of all sources with the cells that must not be seen blanked, and marked as hidden."""
    names = [name for name in confidential(catalogue) if name in facts and facts[name].num_rows]
    if not names:
        return facts
    together = pa.concat_tables(
        facts[name].select(_NEEDED).append_column("table_name", pa.repeat(pa.scalar(name), facts[name].num_rows))
        for name in names
    )
    together = together.append_column("row", pa.array(range(together.num_rows), pa.int64()))
    used = [term for pillar in catalogue.pillars for term in terms(catalogue, pillar)]
    cells = pa.Table.from_pylist(used, schema=TERMS)
    published = run(tables.published_cells, together, cells, adding_up(membership), measures).read()
    shown = pc.is_in(together["row"], published["row"].combine_chunks())
    result, start = dict(facts), 0
    for name in names:
        table = facts[name]
        public = is_public(catalogue, name, table["area_id"])
        told = betraying(table, catalogue.contracts[name.partition("/")[2]], _largest_hidden(catalogue, name))
        kept = pc.or_(shown.slice(start, table.num_rows), public)
        result[name] = _masked(table, pc.and_(kept.combine_chunks(), pc.invert(told.combine_chunks())))
        start += table.num_rows
    return result


def _largest_hidden(catalogue: Catalogue, name: str) -> int:
    """Return the largest count that a delivery's source hides, by the rule that the catalogue has for it."""
    agreed = catalogue.contracts[name.partition("/")[2]].disclosure
    smallest = agreed.smallest if agreed is not None else None
    return (smallest or catalogue.disclosure.smallest) - 1


def _masked(table: pa.Table, shown: pa.Array) -> pa.Table:
    hide = pc.and_(pc.invert(shown), pc.is_valid(table["value"]))
    value = pc.if_else(hide, pa.scalar(None, pa.float64()), table["value"])
    status = pc.if_else(hide, pa.scalar(HIDDEN), table["status"])
    table = table.set_column(table.schema.get_field_index("value"), "value", value)
    return table.set_column(table.schema.get_field_index("status"), "status", status)


def masked_revisions(catalogue: Catalogue, revisions: pa.Table, observations: pa.Table) -> pa.Table:
    """Return the revisions without the earlier figures of cells that are published nowhere else.

    Disclosure control looks at today's figures alone, and an earlier one could give away what they hide. Only figures
    that stand today are shown, where they are shown at all.
    """
    confidential_rows = is_confidential(catalogue, revisions["table_id"], revisions["area_id"]).to_pylist()
    table_id = pc.binary_join_element_wise(observations["provider"], observations["table_id"], "/")
    is_revised = pc.is_in(table_id, pc.unique(revisions["table_id"]))
    revised = observations.filter(pc.and_(is_revised, pc.is_valid(observations["value"])))
    standing = {
        _cell(row, f"{row['provider']}/{row['table_id']}"): row["snapshot_sha256"] for row in revised.to_pylist()
    }
    hidden = observations.filter(pc.and_(is_revised, pc.equal(observations["status"], HIDDEN)))
    gone = {_cell(row, f"{row['provider']}/{row['table_id']}") for row in hidden.to_pylist()}
    rows = []
    for row, is_made_to_order in zip(revisions.to_pylist(), confidential_rows, strict=True):
        name = row["table_id"]
        if _cell(row, name) in gone:
            row |= {"old_value": None, "old_status": HIDDEN, "new_value": None, "new_status": HIDDEN}
        if is_made_to_order:
            row |= {"old_value": None, "old_status": HIDDEN}
            if standing.get(_cell(row, name)) != row["new_snapshot_sha256"]:
                row |= {"new_value": None, "new_status": HIDDEN}
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=revisions.schema)


def _cell(row: dict[str, Any], table_id: str) -> tuple[Any, ...]:
    return table_id, row["area_id"], row["period"], tuple(sorted(dict(row["dimensions"]).items()))
