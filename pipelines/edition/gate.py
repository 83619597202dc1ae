"""The last look at the tables of an edition together: whether one shows what another hides.

Independent of `masking` and of the steps that leave hidden figures out: it asks the finished tables. That a hidden row
itself shows nothing is asked of the finished file (`storage.warehouse`).
"""

from collections.abc import Iterator, Mapping

import duckdb
import pyarrow as pa

from indicators.catalogue import Catalogue
from pipelines.edition.masking import is_confidential

_REVISION = """
    FROM revision LEFT JOIN observation AS cell ON cell.provider || '/' || cell.table_id = revision.table_id
        AND cell.area_id IS NOT DISTINCT FROM revision.area_id AND cell.period = revision.period
        AND cell.dimensions = revision.dimensions
    WHERE revision.confidential
"""
_HIDDEN = "FROM measure AS hidden JOIN {table} USING (indicator_id) WHERE hidden.status = 'suppressed'"
QUESTIONS = {
    "revision: old_value of a figure that nobody else has published": f"{_REVISION} AND old_value IS NOT NULL",
    "revision: new_value of a figure that observation does not show": (
        f"{_REVISION} AND new_value IS NOT NULL AND (cell.value IS DISTINCT FROM new_value"
        " OR cell.snapshot_sha256 <> revision.new_snapshot_sha256)"
    ),
    **{
        f"series: {value} of a period that measure hides": (
            f"{_HIDDEN.format(table='series')} AND hidden.area_id = series.area_id"
            f" AND hidden.period = series.{period} AND series.{value} IS NOT NULL"
        )
        for value, period in (
            *((name, "period") for name in ("value", "lower", "upper", "change", "gap_to_target", "gap_to_comparator")),
            *(("baseline_value", "baseline_period"), ("alternative_value", "alternative_period")),
        )
    },
    "series: gap_to_comparator to a figure that measure hides": (
        f"{_HIDDEN.format(table='series')} AND hidden.area_id = series.comparator_id"
        " AND hidden.period = series.period AND series.gap_to_comparator IS NOT NULL"
    ),
    "comparison: of a figure that measure hides": (
        f"{_HIDDEN.format(table='comparison')} AND hidden.area_id IN (comparison.area_id, comparator_id)"
        " AND (hidden.period = comparison.period OR (hidden.period = baseline_period"
        " AND CASE WHEN hidden.area_id = comparator_id THEN comparator_change ELSE change END IS NOT NULL))"
    ),
    "evaluation: of a figure that measure hides": (
        f"{_HIDDEN.format(table='evaluation')} AND hidden.area_id = evaluation.area_id"
        " AND hidden.period = evaluation.period AND coalesce(evaluation.value, estimate, reference) IS NOT NULL"
    ),
}
"""What must find nothing, by what is wrong where it does: DuckDB's SQL after SELECT, on the tables of an edition.

`revision.confidential`: a figure of a delivery that its provider has not published.
"""


def failures(catalogue: Catalogue, tables: Mapping[str, pa.Table]) -> Iterator[str]:
    """Yield what one table shows of figures that another hides; a message names the column, never the figure."""
    with duckdb.connect() as connection:
        for name in ("measure", "observation", "series", "comparison", "evaluation"):
            connection.register(name, tables[name])
        revisions = tables["revision"]
        confidential = is_confidential(catalogue, revisions["table_id"], revisions["area_id"])
        connection.register("revision", revisions.append_column("confidential", confidential))
        for wrong, question in QUESTIONS.items():
            [found] = connection.execute(f"SELECT count(*) {question}").fetchone() or (0,)
            if found:
                yield f"{wrong}: {found} rows; nothing may be told of a hidden figure"
