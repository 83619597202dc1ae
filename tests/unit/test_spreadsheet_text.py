"""Text that a spreadsheet program would run as a formula stays text; numbers stay numbers."""

import csv
import io
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv
import pytest

from pipelines.formats.spreadsheet_text import inert, inert_table

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "-2+3+cmd|' /C calc'!A0", "--1", "-5,5,5"]
TEXTS = [
    "",
    "=",
    "Bø",
    "1=1",
    "-",
    "+",
    "..",
    ":",
    "'=1+1",
    "0602",
    "2018-2020",
    "-5",
    "+5",
    "-5.25",
    "-5,25",
    "-1e-05",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_an_apostrophe(text: str):
    assert inert(text) == "'" + text.replace("\r", "\\r")


@pytest.mark.parametrize("value", [*TEXTS, -5, -0.5, None, True, date(2024, 1, 1)])
def test_everything_else_stays_as_it_is(value: object):
    assert inert(value) is value


@pytest.mark.parametrize("chunks", [1, 2])
@pytest.mark.parametrize("encoded", [False, True], ids=["text", "dictionary"])
def test_an_arrow_table_says_the_same_cell_by_cell(encoded: bool, chunks: int):
    texts = [*FORMULAS, None, *TEXTS]
    column = pa.chunked_array([pa.array(texts)] * chunks)
    table = pa.table(
        {
            "=name": column.dictionary_encode() if encoded else column,
            "value": pa.array([-1.5] * len(texts) * chunks),
            "empty": pa.nulls(len(texts) * chunks, pa.dictionary(pa.int32(), pa.string())),
        }
    )
    found = inert_table(table)
    assert found.schema == pa.schema([("'=name", pa.string()), ("value", pa.float64()), ("empty", pa.string())])
    assert found["'=name"].to_pylist() == [inert(text) for text in texts] * chunks
    assert set(found["value"].to_pylist()) == {-1.5}
    assert found["empty"].null_count == len(found)


def test_a_csv_of_it_reads_back_as_text_and_numbers(tmp_path: Path):
    target = tmp_path / "out.csv"
    pa.csv.write_csv(inert_table(pa.table({"area": ["=1+1", "-", None], "value": [-1.5, 2, 3]})), target)
    assert list(csv.reader(io.StringIO(target.read_text(encoding="utf-8")))) == [
        ["area", "value"],
        ["'=1+1", "-1.5"],
        ["-", "2"],
        ["", "3"],
    ]
    assert duckdb.sql(f"SELECT sum(value) FROM '{target}'").fetchall() == [(3.5,)]
