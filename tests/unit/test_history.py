"""The history of publications: what changed alone is kept, and any day's figures are folded back (synthetic rows)."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from indicators.dictionary import MEASURE
from pipelines.storage.history import History
from pipelines.storage.lake import Lake

FIRST, SECOND, THIRD = (f"levekar-202{year}0301T060000000000Z" for year in (4, 5, 6))
COLUMNS = [column.name for column in MEASURE.columns]


def row(area: str, count: float | None, **more: Any) -> dict[str, Any]:
    """A row of `measure`; without a count it is hidden."""
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    shared = {"indicator_id": "a", "area_id": area, "period": "2023", "sex": "both", "age": "all"}
    days = {"period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31), "vintage": moment}
    told = {"numerator": count, "denominator": 40.0, "status": "suppressed" if count is None else None}
    fixed = {"method": "proportion", "pooled": False, "source_table": "delivery/x", "snapshots": ["s"]}
    return {**dict.fromkeys(COLUMNS), **shared, **days, **told, **fixed, **more}


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=MEASURE.arrow)


def edition(root: Path, name: str, *rows: dict[str, Any]) -> Path:
    """A published file with the table `measure` alone."""
    path = root / "warehouse" / f"{name}.duckdb"
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.register("given", table(*rows))
        connection.execute("SET TimeZone = 'UTC'; CREATE TABLE measure AS FROM given")
    (root / "CURRENT").write_text(f"warehouse/{path.name}\n", encoding="utf-8")
    return path


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path, Lake(tmp_path / "lake"))


def states(found: pa.Table) -> list[tuple[str, str, float | None, float | None]]:
    return [(one["area_id"], one["state"], one["numerator"], one["hidden_numerator"]) for one in found.to_pylist()]


def test_each_publication_adds_what_changed_alone(history: History, tmp_path: Path) -> None:
    rows = [row("east", 20.0), row("north", None), row("west", 30.0)]
    computed = table(row("east", 20.0), row("north", 2.0), row("west", 30.0))
    first = history.add(edition(tmp_path, FIRST, *rows), computed)
    assert states(first) == [("east", "shown", 20, None), ("north", "hidden", None, 2), ("west", "shown", 30, None)]
    again = history.add(edition(tmp_path, SECOND, *rows), computed)
    assert again.num_rows == 0
    # One is revised, one is gone, one is new; the hidden count became another, which readers cannot see.
    later = [row("east", 21.0), row("north", None), row("south", 5.0)]
    computed = table(row("east", 21.0), row("north", 1.0), row("south", 5.0))
    third = history.add(edition(tmp_path, THIRD, *later), computed)
    assert states(third) == [
        *(("east", "shown", 21, None), ("north", "hidden", None, 1)),
        *(("south", "shown", 5, None), ("west", "gone", None, None)),
    ]
    assert history.rows().num_rows == 3 + 0 + 4


def test_any_day_is_folded_back_to_what_stood_then(history: History, tmp_path: Path) -> None:
    given = {
        FIRST: [row("east", 20.0), row("west", 30.0)],
        SECOND: [row("east", 21.0)],
        THIRD: [row("east", 21.0), row("west", 30.0)],
    }
    for name, rows in given.items():
        history.add(edition(tmp_path, name, *rows), None)
    for name, rows in given.items():
        moment = datetime(int(name[8:12]), 6, 1, tzinfo=UTC)
        assert history.standing(moment).select(COLUMNS).to_pylist() == table(*rows).to_pylist()
    assert history.standing(datetime(2024, 1, 1, tzinfo=UTC)).num_rows == 0
    [east, west] = history.standing(datetime(2024, 6, 1, tzinfo=UTC)).to_pylist()
    published = datetime(2025, 3, 1, 6, tzinfo=UTC)
    assert (east["known_from"], east["known_to"]) == (datetime(2024, 3, 1, 6, tzinfo=UTC), published)
    assert west["known_to"] == published
    assert [one["known_to"] for one in history.standing().to_pylist()] == [None, None]


def test_the_history_outlives_the_editions_and_records_each_once(history: History, tmp_path: Path) -> None:
    paths = [edition(tmp_path, name, row("east", 20.0)) for name in (FIRST, SECOND)]
    assert history.missing() == paths
    for path in paths:
        history.add(path, None)
    assert history.missing() == []
    for path in paths:
        path.unlink()
    assert history.editions() == [FIRST, SECOND]
    assert states(history.standing()) == [("east", "shown", 20, None)]
