"""What an edition tells that the one before did not, of two small DuckDB files; and how questions take parameters."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.edition import news
from pipelines.storage import warehouse

MEASURE = "indicator_id VARCHAR, area_id VARCHAR, period VARCHAR, sex VARCHAR, age VARCHAR, value DOUBLE"
SCORECARD = (
    "indicator_id VARCHAR, area_id VARCHAR, indicator_name_en VARCHAR, unit VARCHAR, decimals INTEGER, period VARCHAR,"
    " value DOUBLE, lower DOUBLE, upper DOUBLE, pillar_id VARCHAR, subgoal_id VARCHAR"
)
Figure = tuple[str, str, str, float | None, float | None, float | None]


def edition(path: Path, *figures: Figure) -> Path:
    """figures: indicator, area, period, value, lower, upper."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE measure ({MEASURE}); CREATE TABLE scorecard ({SCORECARD})")
        for name, area, period, value, lower, upper in figures:
            rows: Sequence[Sequence[object]] = [[name, area, period, "both", "all", value]]
            connection.executemany("INSERT INTO measure VALUES (?, ?, ?, ?, ?, ?)", rows)
            row = [name, area, f"The {name}", "share", 1, period, value, lower, upper, "work", "1.1"]
            connection.execute(f"INSERT INTO scorecard VALUES ({', '.join('?' * len(row))})", row)
    return path


def test_a_figure_moved_where_the_interval_of_the_difference_leaves_out_0(tmp_path: Path) -> None:
    before = edition(
        tmp_path / "old.duckdb",
        ("moved", "a", "2024", 0.3, 0.2, 0.4),
        ("noise", "a", "2024", 0.45, 0.35, 0.55),
        ("same", "a", "2024", 0.3, 0.2, 0.4),
        ("no interval", "a", "2024", 0.3, None, None),
        ("elsewhere", "b", "2024", 0.1, 0.05, 0.15),
        ("gone", "a", "2024", 0.1, 0.05, 0.15),
    )
    after = edition(
        tmp_path / "new.duckdb",
        ("moved", "a", "2025", 0.5, 0.4, 0.6),
        ("noise", "a", "2025", 0.5, 0.4, 0.6),
        ("same", "a", "2024", 0.3, 0.2, 0.4),
        ("no interval", "a", "2025", 0.9, None, None),
        ("elsewhere", "b", "2025", 0.9, 0.85, 0.95),
        ("revised", "a", "2024", 0.2, 0.1, 0.3),
    )
    [moved] = news.moved(after, before, ["a"])
    assert (moved.name, moved.old_period, moved.period) == ("The moved", "2024", "2025")
    # 0.5 less 0.3, each ± 0.1: the half width is √(0.1² + 0.1²) = 0.1414.
    assert (moved.lower, moved.upper) == pytest.approx((0.2 - 0.02**0.5, 0.2 + 0.02**0.5))
    # Of the figures' keys one is kept with its period; of the others both the old and the new one count.
    assert news.changes(after, before) == {"new figures": 5, "gone": 5, "changed": 0}


def test_parameters_are_texts_numbers_and_lists_and_never_a_part_of_the_question() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS FROM (VALUES ('a''b', 1), ('x', 2)) v(name, number)")
        ask = "SELECT number FROM t WHERE name = ?"
        assert warehouse.rows(connection, ask, "a'b") == [{"number": 1}]
        assert warehouse.rows(connection, ask, "x' OR '1' = '1") == []
        assert warehouse.rows(connection, ask, "\\") == []
        listed = warehouse.rows(connection, "FROM t WHERE list_contains(?, name) AND number = ?", ["a'b", "x"], 2)
        assert listed == [{"name": "x", "number": 2}]
        bound = datetime(2026, 1, 1, tzinfo=UTC)
        [told] = warehouse.rows(connection, "SELECT ?::TIMESTAMPTZ AS at, MAP {'a': 1} AS pairs", bound)
        assert told == {"at": bound, "pairs": [("a", 1)]}
        assert warehouse.rows(connection, "SELECT $2 || $1 AS both", "a", "b'") == [{"both": "b'a"}]
        with pytest.raises(duckdb.Error):
            warehouse.rows(connection, ask, "a", "b")
