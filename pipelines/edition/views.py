"""The views and macros of the warehouse, as DuckDB's SQL; what columns mean stands in `indicators.dictionary`."""

from collections.abc import Iterable

from indicators.dictionary import REMEMBERED, WORST_FIRST
from pipelines.language import all_words
from pipelines.storage.warehouse import literal


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
    """


def _case(column: str, names: Iterable[tuple[str, object]]) -> str:
    """Return a CASE that gives each value of a column its name, or its place."""
    cases = " ".join(f"WHEN {literal(value)} THEN {name}" for value, name in names)
    return f"CASE {column} {cases} ELSE NULL END"


def _norwegian(group: str, column: str) -> str:
    """Return an expression for a column's words in Norwegian; a word that words.toml lacks stays as it is."""
    words = [(word, literal(name["nb"])) for word, name in all_words()[group].items()]
    return f"coalesce({_case(column, words)}, {column})"


_README = (
    (
        "README",
        "Levekår: living conditions of areas; meta says which edition, and whether figures are synthetic",
        "FROM meta;",
    ),
    ("scorecard", "Where each indicator stands: newest figure, baseline, target, gap, assessment", "FROM scorecard;"),
    ("scorecard_no", "Det samme med norske ord", "FROM scorecard_no;"),
    ("series", "Each indicator over time, with interval, required value and comparator", "FROM series;"),
    ("measure", "Numerator, denominator, rate, interval and status of every figure", "FROM measure;"),
    ("district_against_rest", "Example: against the nearest comparator", "FROM district_against_rest;"),
    ("behind_target", "Example: behind the path to the target", "FROM behind_target;"),
    ("worse_and_worsening", "Example: worse than others and worse than before", "FROM worse_and_worsening;"),
    (
        "measure_as_of",
        "What was known on a day; so too series_, comparison_ and scorecard_as_of",
        "FROM measure_as_of('2026-12-01');",
    ),
    (
        "provenance",
        "The stored answers that a figure was made from",
        "FROM provenance('crowding', 'drammen-7', '2024');",
    ),
    ("evaluation", "Modelled, apart from all else: did the programme do it?", "FROM evaluation;"),
    ("duckdb_columns", "What every column means", "SELECT table_name, column_name, comment FROM duckdb_columns();"),
    ("status", "A missing value has a status that says why; a suppressed one shows nothing. Shares lie in 0..1", None),
)

VIEWS = {
    "README": "SELECT * FROM (VALUES "
    + ", ".join(
        f"({number}::INTEGER, {literal(name)}, {literal(what)}, {'NULL::VARCHAR' if query is None else literal(query)})"
        for number, (name, what, query) in enumerate(_README, 1)
    )
    + ") AS lines(position, name, what, example)",
    "scorecard": _scorecard("series", "comparison", ""),
    "scorecard_no": f"""
        SELECT
            pillar_name_no AS pilar,
            subgoal_id || ' ' || subgoal_name_no AS "delmål",
            indicator_name_no AS indikator,
            area.name AS "område",
            CASE unit WHEN 'share' THEN 'andel' ELSE {_norwegian("unit", "unit")} END AS enhet,
            period AS periode,
            value AS verdi,
            {_norwegian("status", "status")} AS merknad,
            lower AS nedre,
            upper AS "øvre",
            baseline_period AS utgangspunkt_periode,
            baseline_value AS utgangspunkt,
            target_period AS "mål_periode",
            target_value AS "mål",
            {_norwegian("target_status", "target_status")} AS "mål_status",
            gap_to_target AS "avstand_til_mål",
            other.name AS sammenlignet_med,
            gap_to_comparator AS avstand_til_den,
            {_norwegian("comparison", "comparison")} AS sammenligning,
            {_norwegian("assessment", "assessment")} AS vurdering,
            probability AS sannsynlighet,
            indicator_id,
            area_id
        FROM scorecard JOIN area USING (area_id) LEFT JOIN area AS other ON other.area_id = comparator_id
    """,
    "district_against_rest": """
        SELECT indicator_id, area_id, indicator.name_en AS indicator, area.name AS area, indicator.unit,
            other.name AS comparator, period, value, comparator_value, difference, lower, upper, comparison, gap_closed
        FROM comparison
        JOIN indicator USING (indicator_id) JOIN area USING (area_id)
        JOIN area AS other ON other.area_id = comparator_id
        QUALIFY row_number() OVER (PARTITION BY indicator_id, area_id ORDER BY rank, period_end DESC, period DESC) = 1
        ORDER BY indicator_id, area_id
    """,
    "behind_target": f"""
        SELECT indicator_id, area_id, indicator_name_en AS indicator, area.name AS area, unit, period, value, status,
            required_value, gap_to_required, target_period, target_value, target_status, assessment, probability
        FROM scorecard JOIN area USING (area_id)
        WHERE gap_to_required < 0
        ORDER BY {_case("assessment", ((word, place) for place, word in enumerate(WORST_FIRST)))}, indicator_id, area_id
    """,
    "worse_and_worsening": """
        SELECT indicator_id, area_id, indicator_name_en AS indicator, area.name AS area, unit, scorecard.period, value,
            scorecard.status, change, gap_to_comparator, change_test.baseline_period, p_value, alone, together
        FROM scorecard JOIN change_test USING (indicator_id, area_id) JOIN area USING (area_id)
        WHERE comparison = 'worse' AND alone = 'worse'
        ORDER BY p_value, indicator_id, area_id
    """,
}

# End of the day in UTC, in microseconds since 1970: the same whatever time zone a reader's DuckDB is set to.
_END_OF_DAY = "((CAST(day AS DATE) - DATE '1970-01-01' + 1)::BIGINT * 86400000000)"


def _as_of(name: str, columns: str = "* EXCLUDE (event, reasons, because)") -> str:
    return f"""
        SELECT {columns} FROM {name}_history
        WHERE event <> 'gone' AND epoch_us(known_from) < {_END_OF_DAY}
            AND (known_to IS NULL OR epoch_us(known_to) >= {_END_OF_DAY})
    """


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
    "provenance(of_indicator, of_area, of_period)": (
        """
        SELECT measure.indicator_id, measure.area_id, measure.period, measure.sex, measure.age, numerator, denominator,
            measure.value, measure.status, snapshot.*
        FROM measure, unnest(measure.snapshots) AS made_from(sha256) JOIN snapshot USING (sha256)
        WHERE measure.indicator_id = of_indicator AND measure.area_id = of_area AND measure.period = of_period
        ORDER BY measure.sex, measure.age, snapshot.fetched_at
        """,
        "The stored answers that a figure was made from, such as provenance('crowding', 'drammen-7', '2024'): who was "
        "asked what and when, and the answer's SHA-256",
    ),
}
"""SELECT and comment of each table macro, by its name with parameters."""
