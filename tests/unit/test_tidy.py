"""Cubes and columns become facts of one schema, whatever their dimensions."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.decoding import tidy
from pipelines.errors import SourceError

VINTAGE = datetime(2026, 3, 1, 12, tzinfo=UTC)


def cube(**columns: list[Any]) -> pa.Table:
    """A cube's cells, its codes dictionary-encoded as the decoder gives them."""
    rows = len(columns["value"])
    given: dict[str, pa.Array] = {
        name: pa.array(column, pa.string()).dictionary_encode() for name, column in columns.items() if name != "value"
    }
    given.setdefault("status", pa.nulls(rows, pa.string()).dictionary_encode())
    given.setdefault("snapshot_sha256", pa.array(["a" * 64] * rows).dictionary_encode())
    return pa.table({**given, "value": pa.array(columns["value"], pa.float64())})


def read(table: pa.Table, boundary_year: int | None = None) -> pa.Table:
    return tidy.tidy(
        table,
        provider="ssb",
        table_id="07459",
        area="Region",
        time="Tid",
        boundary_year=boundary_year,
        vintage=VINTAGE,
        where="ssb/07459",
    )


def test_a_cell_becomes_one_fact_of_the_schema():
    table = read(
        cube(
            Region=["0602"],
            Kjonn=["1"],
            Tid=["2019K4"],
            ContentsCode=["Personer"],
            value=[None],
            status=[":"],
            snapshot_sha256=["b" * 64],
        )
    )
    assert table.schema == tidy.FACTS_SCHEMA
    assert table.to_pylist() == [
        {
            "provider": "ssb",
            "table_id": "07459",
            "area_id": "0602",
            "area_label": None,
            "boundary_year": 2019,
            "period": "2019K4",
            "period_start": date(2019, 10, 1),
            "period_end": date(2019, 12, 31),
            "dimensions": [("ContentsCode", "Personer"), ("Kjonn", "1")],
            "cell": "ContentsCode=Personer|Kjonn=1",
            "value": None,
            "status": ":",
            "snapshot_sha256": "b" * 64,
            "vintage": VINTAGE,
        }
    ]


def test_each_row_keeps_its_own_codes():
    table = read(
        cube(
            Region=["0", "0", "3301"],
            Tid=["2020", "2021", "2020"],
            B=["x", "y", "x"],
            A=["1", "1", "2"],
            value=[1, 2, 3],
        )
    )
    assert table["cell"].to_pylist() == ["A=1|B=x", "A=1|B=y", "A=2|B=x"]
    assert table["dimensions"].to_pylist() == [
        [("A", "1"), ("B", "x")],
        [("A", "1"), ("B", "y")],
        [("A", "2"), ("B", "x")],
    ]
    assert table["value"].to_pylist() == [1, 2, 3]


def test_a_table_without_further_dimensions_has_one_unnamed_cell():
    table = read(cube(Region=["0", "3301"], Tid=["2020", "2020"], value=[1, 2]))
    assert table["cell"].to_pylist() == ["", ""]
    assert table["dimensions"].to_pylist() == [[], []]


def test_a_window_has_the_boundaries_of_its_last_year_unless_the_source_states_another():
    table = cube(Region=["0"], Tid=["2018-2020"], value=[1])
    assert read(table)["boundary_year"].to_pylist() == [2020]
    assert read(table, boundary_year=2024)["boundary_year"].to_pylist() == [2024]


def test_a_cube_of_no_cells_is_a_table_of_no_facts():
    table = read(cube(Region=[], Tid=[], Kjonn=[], value=[]))
    assert (table.num_rows, table.schema) == (0, tidy.FACTS_SCHEMA)


@pytest.mark.parametrize("lost", ["Region", "Tid"])
def test_a_dimension_of_another_name_is_refused_with_those_that_are_there(lost):
    table = cube(Region=["0"], Tid=["2020"], value=[1]).rename_columns({lost: "Renamed"})
    with pytest.raises(SourceError, match=f"ssb/07459: no dimension '{lost}'; the answer has .*Renamed"):
        read(table)


def test_a_time_code_that_is_no_period_is_refused():
    with pytest.raises(SourceError, match="ssb/07459: '2020U1' is no period: expected a form such as 2020"):
        read(cube(Region=["0", "0"], Tid=["2020", "2020U1"], value=[1, 2]))


CODE = st.text("ABC019.-", min_size=1, max_size=4)


@given(st.lists(st.tuples(CODE, CODE, st.sampled_from(["2019", "2020M02"]), st.floats(0, 10)), max_size=20))
def test_nothing_is_lost_or_mixed_up_between_cube_and_facts(cells):
    first, second, time, value = (list(column) for column in zip(*cells, strict=True)) if cells else ([], [], [], [])
    table = read(cube(Region=first, Tid=time, Size=second, value=value))
    found = table.select(["area_id", "cell", "period", "value"]).to_pylist()
    assert [tuple(row.values()) for row in found] == [(a, f"Size={b}", t, v) for a, b, t, v in cells]
    assert [dict(one) for one in table["dimensions"].to_pylist()] == [{"Size": b} for _a, b, _t, _v in cells]


def test_the_mark_says_what_a_cell_is_whatever_stands_in_the_values_place():
    marks = ["-", "-", ":", ":", "..", ".", None, None]
    values = [None, 0, 0, 2, 0, 0, 0, None]
    table = cube(Region=["0"] * 8, Tid=[str(year) for year in range(2015, 2023)], value=values)
    table = table.set_column(table.column_names.index("status"), "status", pa.array(marks, pa.string()))
    assert read(table)["value"].to_pylist() == [0, 0, None, None, None, None, 0, None]
