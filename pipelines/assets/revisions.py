"""What a source has revised: observations that differ between two successive vintages of one table.

A plain comparison of facts; why a provider revised is in its own notes.
"""

from itertools import pairwise

import duckdb
import pyarrow as pa

from pipelines.assets.facts import decode
from pipelines.resources import Workspace
from pipelines.storage import schema

_DIFFERENCE = """
    SELECT n.provider || '/' || n.table_id AS table_id, n.area_id, n.period, n.dimensions,
           o.value AS old_value, n.value AS new_value, o.status AS old_status, n.status AS new_status,
           o.snapshot_sha256 AS old_snapshot_sha256, n.snapshot_sha256 AS new_snapshot_sha256,
           o.vintage AS old_vintage, n.vintage AS new_vintage
    FROM newer n JOIN older o
      ON n.cell = o.cell AND n.period = o.period
     AND n.area_id IS NOT DISTINCT FROM o.area_id AND n.area_label IS NOT DISTINCT FROM o.area_label
    WHERE n.value IS DISTINCT FROM o.value OR n.status IS DISTINCT FROM o.status
    ORDER BY n.area_id, n.period, n.cell
"""


def between_vintages(workspace: Workspace, names: list[str]) -> pa.Table:
    """Return the rows of `revision` for the given sources, oldest vintages first."""
    columns = schema.SCHEMA["revision"].arrow
    found = [columns.empty_table()]
    for name in names:
        for older, newer in pairwise(workspace.store.history(*name.split("/"))):
            if [one.sha256 for one in older.data] != [one.sha256 for one in newer.data]:
                found.append(_difference(decode(workspace, name, older), decode(workspace, name, newer)).cast(columns))
    return pa.concat_tables(found)


def _difference(older: pa.Table, newer: pa.Table) -> pa.Table:
    with duckdb.connect() as connection:
        connection.register("older", older)
        connection.register("newer", newer)
        return connection.execute(_DIFFERENCE).to_arrow_table()
