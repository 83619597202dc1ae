"""The county's files, the classifications and the population hold no personal data, and none is found in them."""

from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from pipelines.guards.personal import TextColumn, findings
from tests.recorded import RECORDED

SEPARATORS = {"imdi_utdanningsniva_alle_2020.csv": ";", "ssb_klass_kommuneinndeling_2026.csv": ";"}
LATIN_1 = tuple(SEPARATORS)
TEXTS = sorted(
    [
        *(RECORDED / "county").glob("*.csv"),
        *(RECORDED / "klass").glob("*.csv*"),
        *(RECORDED / "population").glob("*.csv"),
    ]
)
BOOK = RECORDED / "county" / "Sysselsettingsandel per kommune 06445.xlsx"


def letter(number: int) -> str:
    """0 is A, 26 is AA."""
    return (letter(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def columns(frame: pd.DataFrame, sheet: str | None = None, first_row: int = 2) -> list[TextColumn]:
    rows = np.arange(first_row, first_row + len(frame))
    return [
        TextColumn(sheet, str(name), letter(number), pa.array(frame.iloc[:, number].tolist(), pa.string()), rows)
        for number, name in enumerate(frame.columns)
    ]


def read(path: Path) -> pd.DataFrame:
    if path.name.startswith("20220505"):
        # sep=<TAB> stands in the first line.
        text = path.read_text(encoding="utf-16-le").partition("\n")[2]
        return pd.read_csv(StringIO(text), sep="\t", dtype=str, keep_default_na=False)
    separator = ";" if path.name.endswith(".gz") else SEPARATORS.get(path.name, ",")
    encoding = "latin-1" if path.name in LATIN_1 else "utf-8"
    return pd.read_csv(path, sep=separator, encoding=encoding, dtype=str, keep_default_na=False)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_published_tables_pass(path):
    frame = read(path)
    assert len(frame.columns) > 1
    assert findings(columns(frame), [("the file's name", path.name)]) == []


def test_a_spreadsheet_passes_with_the_contacts_in_its_notes():
    book = CalamineWorkbook.from_path(BOOK)
    tables: list[TextColumn] = []
    notes: list[tuple[str, str]] = [("the file's name", BOOK.name)]
    for sheet in book.sheet_names:
        cells = [[str(cell) for cell in row] for row in book.get_sheet_by_name(sheet).to_python()]
        last = max(number for number, row in enumerate(cells) if len(row) > 1 and row[1]) + 1
        tables += columns(pd.DataFrame(cells[5:last], columns=cells[4]), sheet, first_row=6)
        around = [*enumerate(cells[:4], start=1), *enumerate(cells[last:], start=last + 1)]
        notes += [(f"sheet '{sheet}', row {number}", row[0]) for number, row in around if row[0]]
    assert any("@ssb.no" in text for _place, text in notes)
    assert any("+47" in text for _place, text in notes)
    assert findings(tables, notes) == []
    strange = [(place, text.replace("@ssb.no", "@example.org")) for place, text in notes]
    assert {one.kind for one in findings(tables, strange)} == {"e-mail addresses", "phone numbers"}
