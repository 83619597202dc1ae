"""NAV's own monthly workbook HL060, in its layout; all figures in it are synthetic.

The layout is that of August 2026: sheets of counties and municipalities, of numbers and per cent; column A empty; the
months in the title; a block for each county with its name, a row of months, `I alt` and its municipalities; at the end
a block `Ukjent`, whose one row is called as the block is.
"""

from pathlib import Path

import pytest
import xlsxwriter

from pipelines.deliveries import checking
from pipelines.deliveries.checking import Checked, Rules
from tests.unit import real_catalogue

MONTHS = ["Januar", "Februar", "Mars"]
Cells = tuple[float | str, ...]
BLOCKS: dict[str, dict[str, tuple[Cells, Cells]]] = {
    "Oslo - Oslove": {"0301 Oslo - Oslove": ((12000, 11900, 11800), (2.9, 2.9, 2.8))},
    "Buskerud": {
        "3301 Drammen": ((1500, 1480, 1470), (2.7, 2.6, 2.6)),
        "3322 Nesbyen": (("*", 0, 4), ("*", 0, 0.3)),
    },
    "Ukjent": {"Ukjent": ((13, 12, 10), ("*", "*", "*"))},
}


def written(folder: Path, *, title: str = "Januar - mars 2026", drammen: float | str = 1500) -> Path:
    path = folder / "202603_HL060 syntetisk.xlsx"
    with xlsxwriter.Workbook(path) as book:
        about = book.add_worksheet("0. Om tabellene")
        about.write("B2", "Kilde: NAV (syntetisk)")
        about.write("B3", "Tall under 4 er erstattet med *")
        for number, kind in ((1, "Antall"), (2, "Prosent av arbeidsst")):
            counties = book.add_worksheet(f"{number}. Fylke {kind}")
            counties.write("B4", title)
            counties.write_row("C7", MONTHS)
            counties.write_row("B8", ["Buskerud", 7.0, 7.0, 7.0])
        for number, kind, blank in ((3, "Antall", 0), (4, "Prosent av arbeidsst", 1)):
            sheet = book.add_worksheet(f"{number}. Kommune {kind}")
            sheet.write("B2", "Helt ledige. Fylke og kommune. Tidsserie måned (syntetisk)")
            sheet.write("B4", title)
            row = 5
            for county, municipalities in BLOCKS.items():
                sheet.write(row, 1, county)
                sheet.write_row(row + 1, 2, MONTHS)
                sheet.write_row(row + 2, 1, [f"I alt {county}", 9, 9, 9])
                for at, (label, cells) in enumerate(municipalities.items(), row + 3):
                    shown = [drammen if cell == 1500 else cell for cell in cells[blank]]
                    sheet.write_row(at, 1, [label, *shown])
                row += 3 + len(municipalities) + blank
    return path


def read(path: Path) -> Checked:
    return checking.check(checking.taken_from(path), Rules.of(real_catalogue()))


def test_municipalities_are_read_from_all_blocks_of_both_sheets_and_nothing_else(tmp_path: Path):
    checked = read(written(tmp_path))
    assert checked.error is None
    assert checked.contract == "nav_unemployment_workbook"
    reading = checked.reading
    assert reading is not None
    keys = zip(*(reading.columns[name].to_pylist() for name in ("area_id", "period", "ContentsCode")), strict=True)
    figures = dict(zip(keys, zip(reading.value.to_pylist(), reading.status.to_pylist(), strict=True), strict=True))
    assert len(figures) == 3 * 3 * 2
    assert {area for area, _period, _kind in figures} == {"0301", "3301", "3322"}
    assert figures["3301", "2026M01", "persons"] == (1500, None)
    assert figures["3301", "2026M03", "percent_of_labour_force"] == (2.6, None)
    # An asterisk is hidden, 0 a true zero.
    assert figures["3322", "2026M01", "persons"] == (None, ":")
    assert figures["3322", "2026M02", "persons"] == (0, None)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": "Siste måneder"}, "no text above the table says 'År'"),
        ({"drammen": "ca. 1500"}, "expected a number"),
        ({"drammen": 1500.5}, "row 13"),
    ],
)
def test_what_is_not_as_it_must_be_is_refused_with_its_place(tmp_path: Path, wrong: dict[str, str], says: str):
    error = read(written(tmp_path, **wrong)).error
    assert error is not None
    assert says in str(error)
