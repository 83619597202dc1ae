"""Delivered figures as they may be published: the cells behind hidden measures hidden too, in every vintage.

The pipelines' side of `indicators.protection.published_cells`. Snapshots and facts in the lake keep what was delivered:
they are the municipality's own store, and no publication.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from indicators import protection
from indicators.catalogue import Catalogue
from pipelines import engine
from pipelines.assets.measures import TERMS, adding_up

HIDDEN = "suppressed"
_NEEDED = ["area_id", "boundary_year", "period", "period_start", "period_end", "cell"]


def confidential(catalogue: Catalogue) -> list[str]:
    """Return the names of the deliveries whose figures nobody but us has to publish."""
    return [f"delivery/{one.id}" for one in catalogue.contracts.values() if not one.published]


def masked(
    catalogue: Catalogue, facts: dict[str, pa.Table], measures: pa.Table, membership: pa.Table
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
    terms = [term for pillar in catalogue.pillars for term in catalogue.terms(pillar)]
    published = engine.compute(
        protection.published_cells,
        together,
        pa.Table.from_pylist(terms, schema=TERMS),
        adding_up(membership),
        measures,
    )
    shown = pc.is_in(together["row"], published["row"].combine_chunks())
    result, start = dict(facts), 0
    for name in names:
        table = facts[name]
        result[name] = _blanked(table, shown.slice(start, table.num_rows))
        start += table.num_rows
    return result


def _blanked(table: pa.Table, shown: pa.ChunkedArray) -> pa.Table:
    hide = pc.and_(pc.invert(shown), pc.is_valid(table["value"]))
    value = pc.if_else(hide, pa.scalar(None, pa.float64()), table["value"])
    status = pc.if_else(hide, pa.scalar(HIDDEN), table["status"])
    table = table.set_column(table.schema.get_field_index("value"), "value", value)
    return table.set_column(table.schema.get_field_index("status"), "status", status)


def masked_revisions(catalogue: Catalogue, revisions: pa.Table, observations: pa.Table) -> pa.Table:
    """Return the revisions with those of hidden cells blanked, and of other delivered cells what was replaced.

    What an earlier vintage said was never looked at along with today's figures, so it could tell what these hide.
    """
    names = confidential(catalogue)
    mine = observations.filter(pc.equal(observations["status"], HIDDEN))
    hidden = {_cell(row, f"{row['provider']}/{row['table_id']}") for row in mine.to_pylist()}
    rows = []
    for row in revisions.to_pylist():
        if row["table_id"] in names:
            row |= {"old_value": None, "old_status": HIDDEN}
        if _cell(row, row["table_id"]) in hidden:
            row |= {"new_value": None, "new_status": HIDDEN}
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=revisions.schema)


def _cell(row: dict[str, Any], table_id: str) -> tuple[Any, ...]:
    return table_id, row["area_id"], row["period"], tuple(sorted(dict(row["dimensions"]).items()))
