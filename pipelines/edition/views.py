"""The views of the warehouse, as DuckDB's SQL; what their columns mean stands in `indicators.dictionary`."""

VIEWS = {
    "scorecard": """
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
            FROM series
            QUALIFY row_number() OVER (
                PARTITION BY indicator_id, area_id
                ORDER BY
                    coalesce(status IN ('incomplete', 'missing', 'not_applicable'), false),
                    period_end DESC NULLS LAST,
                    period_start DESC NULLS LAST,
                    period DESC
            ) = 1
        ) AS newest
        JOIN indicator USING (indicator_id)
        JOIN pillar USING (pillar_id)
        LEFT JOIN subgoal USING (subgoal_id)
        LEFT JOIN comparison USING (indicator_id, area_id, comparator_id, period)
        ORDER BY pillar.position, indicator.subgoal_id, indicator_id, area_id
    """
}
