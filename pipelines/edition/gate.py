"""The last look at the tables of an edition together: whether one shows what another hides.

Independent of `masking` and of the steps that leave hidden figures out: it asks the finished tables. That a hidden row
itself shows nothing is asked of the finished file (`storage.warehouse`).
"""

from collections.abc import Iterator, Mapping

import duckdb
import pyarrow as pa

from indicators.catalogue import Catalogue
from pipelines.edition.masking import is_confidential

ASKED = (
    "area",
    "indicator",
    "measure",
    "observation",
    "series",
    "comparison",
    "pillar_view",
    "forecast_skill",
    "base_rate",
    "change_test",
    "small_area",
    "standardised",
    "evaluation",
    "evaluation_placebo",
)
"""Tables of an edition that are asked, besides `revision`."""
_REVISION = """
    FROM revision LEFT JOIN observation AS cell ON cell.provider || '/' || cell.table_id = revision.table_id
        AND cell.area_id IS NOT DISTINCT FROM revision.area_id AND cell.period = revision.period
        AND cell.dimensions = revision.dimensions
    WHERE revision.confidential
"""
_HIDDEN = "FROM measure AS hidden JOIN {table} USING (indicator_id) WHERE hidden.status = 'suppressed'"
_SHOWN = """
    (SELECT indicator_id, count(*) AS figures, count(DISTINCT area_id) AS areas FROM measure
    WHERE value IS NOT NULL GROUP BY indicator_id)
"""
_AT_PERIOD = ("value", "lower", "upper", "change", "change_lower", "change_upper", "gap_to_required", "gap_to_target")
_GAPS = ("target_gap_now", "target_gap_share")
_OF_SERIES = {
    "period": (*_AT_PERIOD, *_GAPS, "gap_to_comparator"),
    "baseline_period": ("baseline_value", "change", "required_value", "target_gap_then", "baseline_revision"),
    "alternative_period": ("alternative_value", "alternative_target"),
}


def _of_series(table: str, joined: str, row: str) -> dict[str, str]:
    """Return the questions for each value of a series, today's or an earlier one, at each of its periods."""
    return {
        f"{table}: {value} of a {period} that measure hides": (
            f"{joined} AND hidden.area_id = {row}.area_id AND hidden.period = {row}.{period}"
            f" AND {row}.{value} IS NOT NULL"
        )
        for period, values in _OF_SERIES.items()
        for value in values
    }


QUESTIONS = {
    "revision: old_value of a figure that nobody else has published": f"{_REVISION} AND old_value IS NOT NULL",
    "revision: new_value of a figure that observation does not show": (
        f"{_REVISION} AND new_value IS NOT NULL AND (cell.value IS DISTINCT FROM new_value"
        " OR cell.snapshot_sha256 <> revision.new_snapshot_sha256)"
    ),
    **_of_series("series", _HIDDEN.format(table="series"), "series"),
    "series: comparator_value or gap_to_comparator of a figure that measure hides": (
        f"{_HIDDEN.format(table='series')} AND hidden.area_id = series.comparator_id"
        " AND hidden.period IN (series.period, comparator_period)"
        " AND coalesce(comparator_value, gap_to_comparator) IS NOT NULL"
    ),
    "series: a target's gap to a figure that measure hides": (
        f"{_HIDDEN.format(table='series')} AND hidden.area_id = series.target_comparator_id"
        " AND ((hidden.period = series.period AND target_gap_now IS NOT NULL)"
        " OR (hidden.period = baseline_period AND target_gap_then IS NOT NULL))"
    ),
    "series: a trend or projection through more figures than measure shows": (
        "FROM series LEFT JOIN (SELECT indicator_id, area_id, count(*) AS figures FROM measure WHERE value IS NOT NULL"
        " GROUP BY ALL) AS shown USING (indicator_id, area_id)"
        " WHERE coalesce(figures, 0) < greatest(coalesce(points, 0),"
        " CASE WHEN coalesce(yearly_change, projected_value, probability) IS NULL THEN 0 ELSE 1 END)"
    ),
    "comparison: of a figure that measure hides": (
        f"{_HIDDEN.format(table='comparison')} AND hidden.area_id IN (comparison.area_id, comparator_id)"
        " AND (hidden.period IN (comparison.period, comparator_period) OR (hidden.period = baseline_period"
        " AND CASE WHEN hidden.area_id = comparator_id THEN comparator_change ELSE change END IS NOT NULL))"
    ),
    "change_test: of a figure that measure hides": (
        f"{_HIDDEN.format(table='change_test')} AND hidden.area_id = change_test.area_id"
        " AND hidden.period IN (change_test.period, change_test.baseline_period)"
    ),
    "small_area: of a figure that measure hides": (
        f"{_HIDDEN.format(table='small_area')} AND hidden.area_id = small_area.area_id"
        " AND hidden.period = small_area.period"
    ),
    "standardised: of a figure that measure hides": (
        f"{_HIDDEN.format(table='standardised')} AND hidden.area_id = standardised.area_id"
        " AND hidden.period = standardised.period"
    ),
    "small_area: over more areas than measure shows of their kind in the same whole": (
        "FROM small_area JOIN area AS own USING (area_id) LEFT JOIN (SELECT indicator_id, period, kind, parent_id,"
        " count(DISTINCT area_id) AS shown FROM measure JOIN area USING (area_id) WHERE value IS NOT NULL GROUP BY ALL)"
        " AS known ON known.indicator_id = small_area.indicator_id AND known.period = small_area.period"
        " AND known.kind = own.kind AND known.parent_id IS NOT DISTINCT FROM own.parent_id"
        " WHERE areas > coalesce(shown, 0)"
    ),
    "pillar_view: a mean over more gaps than series shows": (
        "FROM pillar_view LEFT JOIN (SELECT area_id, pillar_id, count(DISTINCT indicator_id) AS shown"
        " FROM series JOIN indicator USING (indicator_id) WHERE gap_to_required IS NOT NULL GROUP BY ALL)"
        " USING (area_id, pillar_id) WHERE gaps > coalesce(shown, 0)"
    ),
    # A forecast, like a pair of figures, is told by the later one: at a horizon there are no more of them than figures.
    **{
        f"{table}: from more figures than measure shows": (
            f"FROM {table} LEFT JOIN {_SHOWN} AS shown USING (indicator_id) WHERE {table}.areas > coalesce(shown.areas,"
            " 0) OR (horizon > 0 AND cases > coalesce(figures, 0))"
        )
        for table in ("forecast_skill", "base_rate")
    },
    "evaluation: of a figure that measure hides": (
        f"{_HIDDEN.format(table='evaluation')} AND hidden.area_id = evaluation.area_id"
        " AND hidden.period = evaluation.period AND coalesce(evaluation.value, estimate, reference) IS NOT NULL"
    ),
    "evaluation_placebo: of an area of which measure shows nothing": (
        "FROM evaluation_placebo ANTI JOIN (FROM measure WHERE value IS NOT NULL) USING (indicator_id, area_id)"
        " WHERE coalesce(estimate, pre_rmspe, post_rmspe) IS NOT NULL"
    ),
}
"""What must find nothing, by what is wrong where it does: DuckDB's SQL after SELECT, on the tables of an edition.

`revision.confidential`: a figure of a delivery that its provider has not published.
"""


MEMORIES = ("measure_history", "series_history", "comparison_history")
_EARLIER = "FROM measure AS hidden JOIN {table} AS earlier USING (indicator_id) WHERE hidden.status = 'suppressed'"
OVER_TIME = {
    "measure_history: a figure that measure hides": (
        f"{_EARLIER.format(table='measure_history')} AND hidden.area_id = earlier.area_id"
        " AND hidden.period = earlier.period"
        " AND coalesce(earlier.numerator, earlier.value, earlier.nominal, earlier.lower, earlier.upper) IS NOT NULL"
    ),
    **_of_series("series_history", _EARLIER.format(table="series_history"), "earlier"),
    "series_history: comparator_value or gap_to_comparator of a figure that measure hides": (
        f"{_EARLIER.format(table='series_history')} AND hidden.area_id = earlier.comparator_id"
        " AND hidden.period IN (earlier.period, earlier.comparator_period)"
        " AND coalesce(earlier.comparator_value, earlier.gap_to_comparator) IS NOT NULL"
    ),
    "series_history: a trend or projection of an area of which a figure is hidden since": (
        "FROM series_history AS earlier SEMI JOIN (FROM measure_history WHERE withheld) AS hidden"
        " ON hidden.indicator_id = earlier.indicator_id AND hidden.area_id IN (earlier.area_id, earlier.comparator_id)"
        " WHERE earlier.known_to IS NOT NULL"
        " AND coalesce(earlier.yearly_change, earlier.projected_value, earlier.probability) IS NOT NULL"
    ),
    "comparison_history: of a figure that measure hides": (
        f"{_EARLIER.format(table='comparison_history')} AND hidden.area_id IN (earlier.area_id, earlier.comparator_id)"
        " AND (hidden.period IN (earlier.period, earlier.comparator_period)"
        " AND coalesce(earlier.value, earlier.comparator_value, earlier.difference) IS NOT NULL"
        " OR hidden.period = earlier.baseline_period AND CASE WHEN hidden.area_id = earlier.comparator_id"
        " THEN earlier.comparator_change ELSE earlier.change END IS NOT NULL)"
    ),
}
"""The same of every earlier version (`over_time`): what was shown once and is hidden today is hidden in all of them."""


def failures(catalogue: Catalogue, tables: Mapping[str, pa.Table]) -> Iterator[str]:
    """Yield what one table shows of figures that another hides; a message names the column, never the figure."""
    with duckdb.connect() as connection:
        for name in (*ASKED, *(name for name in MEMORIES if name in tables)):
            connection.register(name, tables[name])
        revisions = tables["revision"]
        confidential = is_confidential(catalogue, revisions["table_id"], revisions["area_id"])
        connection.register("revision", revisions.append_column("confidential", confidential))
        for wrong, question in (QUESTIONS | (OVER_TIME if MEMORIES[0] in tables else {})).items():
            [found] = connection.execute(f"SELECT count(*) {question}").fetchone() or (0,)
            if found:
                yield f"{wrong}: {found} rows; nothing may be told of a hidden figure"
