"""The views and macros of the warehouse, as DuckDB's SQL; what columns mean stands in `indicators.dictionary`."""

from indicators.dictionary import REMEMBERED


def _scorecard(series: str, comparison: str, join: str) -> str:
    """Return the SELECT of the scorecard. join: LEFT keeps indicators that the catalogue no longer has."""
    return f"""
        SELECT
            indicator.pillar_id,
            pillar.name_no AS pillar_name_no,
            pillar.name_en AS pillar_name_en,
            indicator.subgoal_id,
            indicator.name_no AS indicator_name_no,
            indicator.name_en AS indicator_name_en,
            indicator.unit,
            indicator.decimals,
            indicator.direction,
            newest.*,
            subgoal.name_en AS subgoal_name_en,
            subgoal.name_no AS subgoal_name_no,
            comparison.comparison,
            comparison.gap_closed
        FROM (
            FROM {series}
            QUALIFY row_number() OVER (
                PARTITION BY indicator_id, area_id
                ORDER BY
                    coalesce(status IN ('incomplete', 'missing', 'not_applicable'), false),
                    period_end DESC NULLS LAST,
                    period_start DESC NULLS LAST,
                    period DESC
            ) = 1
        ) AS newest
        {join} JOIN indicator USING (indicator_id)
        {join} JOIN pillar USING (pillar_id)
        LEFT JOIN subgoal USING (subgoal_id)
        LEFT JOIN {comparison} AS comparison USING (indicator_id, area_id, comparator_id, period)
        ORDER BY pillar.position, indicator.subgoal_id, indicator_id, area_id
    """  # noqa: S608 (names of our own tables)


VIEWS = {"scorecard": _scorecard("series", "comparison", "")}

# End of the day in UTC, in microseconds since 1970: the same whatever time zone a reader's DuckDB is set to.
_END_OF_DAY = "((CAST(day AS DATE) - DATE '1970-01-01' + 1)::BIGINT * 86400000000)"


def _as_of(name: str, columns: str = "* EXCLUDE (event, reasons, because)") -> str:
    return f"""
        SELECT {columns} FROM {name}_history
        WHERE event <> 'gone' AND epoch_us(known_from) < {_END_OF_DAY}
            AND (known_to IS NULL OR epoch_us(known_to) >= {_END_OF_DAY})
    """  # noqa: S608 (names of our own tables)


MACROS = {
    **{
        f"{table.name}_as_of(day)": (
            f"{_as_of(table.name)} ORDER BY {', '.join(table.key)}",
            f"The rows of {table.name} as they were published at the end of a day (UTC), such as '2025-12-01'; "
            "withheld: a figure that was shown then and is hidden today",
        )
        for table in REMEMBERED
    },
    "scorecard_as_of(day)": (
        _scorecard(
            f"({_as_of('series')})",
            f"({_as_of('comparison', 'indicator_id, area_id, comparator_id, period, comparison, gap_closed')})",
            "LEFT",
        ),
        "The scorecard as it was published at the end of a day (UTC); names are those of today's catalogue",
    ),
}
"""SELECT and comment of each table macro, by its name with parameters."""
