"""Workbooks, cubes and what a contract can demand of figures. Every file is synthetic."""

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from indicators.catalogue.contracts import DeliveryContract
from pipelines import deliveries as delivery
from pipelines.deliveries import checking
from pipelines.deliveries.checking import Checked, Rules
from pipelines.formats import cube
from tests.unit.test_container import ods
from tests.unit.test_delivery import SYNTHETIC, area_code, contract, csv_file, faults, only, read

ROWS = [["0821", "Menn", 2019, 10, 1.5], ["0821", "Kvinner", 2019, 12, 2.5]]
CODED = {**SYNTHETIC, "area": {"code": "Kommune", "digits": 4}}
HEADER: list[str] = SYNTHETIC["header"]


def workbook(fill: Callable[[xlsxwriter.Workbook], Any]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        fill(book)
    return made.getvalue()


def sheet_of(*rows: list[Any], at: int = 0) -> Callable[[xlsxwriter.Workbook], Any]:
    def fill(book: xlsxwriter.Workbook) -> Any:
        sheet = book.add_worksheet("Ark")
        for number, row in enumerate([HEADER, *rows]):
            sheet.write_row(at + number, 0, row)
        return sheet

    return fill


def checked(content: bytes, tmp_path: Path, one: DeliveryContract, name: str = "fil.xlsx") -> Checked:
    path = tmp_path / name
    path.write_bytes(content)
    rules = Rules({one.id: one}, {}, {}, area_code, ())
    return checking.check(checking.taken_from(path), rules)


def coded(**changes: Any) -> DeliveryContract:
    return DeliveryContract.model_validate({**CODED, **changes})


# --- workbooks --------------------------------------------------------------------------------------------------------


def test_a_csv_that_was_saved_as_a_workbook_is_the_same_delivery():
    table = read(workbook(sheet_of(*ROWS)), coded())
    assert table.equals(read(csv_file(*(",".join(map(str, row)) for row in ROWS)), coded()))


def test_an_ods_is_read_as_a_workbook():
    def words(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    def number(value: float) -> str:
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    cells = [
        "".join(map(words, HEADER)),
        *("".join(words(cell) if isinstance(cell, str) else number(cell) for cell in row) for row in ROWS),
    ]
    content = ods("".join(f"<table:table-row>{row}</table:table-row>" for row in cells))
    assert read(content, coded()).equals(read(workbook(sheet_of(*ROWS)), coded()))


def test_notes_above_and_below_and_empty_rows_between():
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = sheet_of(ROWS[0], [], ROWS[1], at=3)(book)
        sheet.write(0, 0, "Tabell 1. Syntetisk")
        sheet.write(9, 0, "Kilde: ingen")

    assert only(read(workbook(fill), coded()), "value") == [(10.0,), (12.0,), (1.5,), (2.5,)]


def test_a_code_that_excel_made_a_number_gets_its_zero_back_where_the_contract_says_four_digits(tmp_path: Path):
    content = workbook(sheet_of([821, *ROWS[0][1:]]))
    found = checked(content, tmp_path, coded())
    assert found.reading is not None
    assert found.reading.distinct("area_id") == ["0821"]
    assert found.remarks == ("column 'Kommune': 1 code(s) had lost a leading zero and got it back: 821 → 0821",)
    assert "was a leading zero lost?" in faults(content, coded(area={"code": "Kommune"}))[0]


def test_dates_in_a_workbook_are_dates():
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = sheet_of(ROWS[0])(book)
        sheet.write_datetime(1, 2, date(2019, 3, 1), book.add_format({"num_format": "dd.mm.yyyy"}))

    one = coded(period={"column": "År", "form": "date_month"})
    assert set(only(read(workbook(fill), one), "period")) == {("2019M03",)}


def test_merged_cells_show_their_text_over_all_that_they_cover():
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Ark")
        sheet.merge_range(0, 0, 0, 2, "Tittel over alt", None)
        sheet.write_row(2, 0, ["Kommune"])
        sheet.merge_range(2, 1, 2, 2, "Menn", None)
        sheet.merge_range(2, 3, 2, 4, "Kvinner", None)
        sheet.write_row(3, 1, [2019, 2020, 2019, 2020])
        sheet.write_row(4, 0, ["0821", 1, 2, 3, 4])

    one = coded(
        header=["Kommune"],
        period={},
        dimensions={},
        across={"rows": 2, "parts": [{"tells": "Kjonn", "codes": {"Menn": "1", "Kvinner": "2"}}, {"tells": "period"}]},
        contents=[{"code": "persons", "unit": "persons"}],
    )
    assert only(read(workbook(fill), one), "cell", "period", "value") == [
        ("ContentsCode=persons|Kjonn=1", "2019", 1.0),
        ("ContentsCode=persons|Kjonn=1", "2020", 2.0),
        ("ContentsCode=persons|Kjonn=2", "2019", 3.0),
        ("ContentsCode=persons|Kjonn=2", "2020", 4.0),
    ]


def test_an_area_that_is_merged_over_its_rows_stands_in_each():
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = sheet_of(*ROWS)(book)
        sheet.merge_range(1, 0, 2, 0, "0821", None)

    assert read(workbook(fill), coded()).equals(read(workbook(sheet_of(*ROWS)), coded()))


def test_formulas_count_with_the_result_that_was_saved_and_are_told(tmp_path: Path):
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet_of(*ROWS)(book).write_formula(1, 3, "=5+5", None, 10)

    found = checked(workbook(fill), tmp_path, coded())
    assert found.reading is not None
    assert found.reading.value.to_pylist() == [10.0, 12.0, 1.5, 2.5]
    [remark] = found.remarks
    assert remark.startswith("sheet 'Ark': 1 cell(s) hold formulas, the first is D2")


def test_a_formula_that_failed_names_its_cell(tmp_path: Path):
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet_of(*ROWS)(book).write_formula(1, 3, "=A1/0", None, "#DIV/0!")

    found = checked(workbook(fill), tmp_path, coded())
    assert "sheet 'Ark', cell D2: found a formula that failed, expected a value" in str(found.error)


def test_what_is_hidden_is_told(tmp_path: Path):
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = sheet_of(*ROWS)(book)
        sheet.set_row(2, None, None, {"hidden": True})
        book.add_worksheet("Kladd").hide()

    found = checked(workbook(fill), tmp_path, coded())
    assert found.remarks[:2] == (
        "1 hidden sheet(s) were not read: 'Kladd'",
        "sheet 'Ark': 1 hidden row(s), the first is row 3, were read as the others",
    )


def test_a_value_beyond_the_header_names_its_row():
    found = faults(workbook(sheet_of([*ROWS[0], "x"])), coded())
    assert found == ("sheet 'Ark', row 2: a value in column 6, beyond the header",)


def test_personal_data_on_a_hidden_sheet_is_found_and_not_quoted(tmp_path: Path):
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet_of(*ROWS)(book)
        hidden = book.add_worksheet("Kladd")
        hidden.write_column(0, 0, ["fnr", "15019000181"])  # synthetic
        hidden.hide()

    found = checked(workbook(fill), tmp_path, coded())
    assert isinstance(found.error, delivery.PersonalData)
    assert str(found.error) == "fil.xlsx: sheet 'Kladd', column A, row 2: seems to hold national identity numbers"


# --- cubes ------------------------------------------------------------------------------------------------------------

CUBE: dict[str, Any] = {
    "version": "2.0",
    "class": "dataset",
    "label": "synthetic",
    "id": ["Region", "Kjonn", "Tid"],
    "size": [1, 2, 2],
    "dimension": {
        "Region": {"label": "Kommune", "category": {"index": ["0821"], "label": {"0821": "Bø"}}},
        "Kjonn": {"label": "Kjønn", "category": {"index": ["1", "2"], "label": {"1": "Menn", "2": "Kvinner"}}},
        "Tid": {"label": "År", "category": {"index": ["2019", "2020"], "label": {"2019": "2019", "2020": "2020"}}},
    },
    "value": [1, 2.5, None, 4],
    "status": {"2": ":"},
}
PX = (
    'CHARSET="ANSI";\nAXIS-VERSION="2010";\nCODEPAGE="iso-8859-1";\nMATRIX="synthetic";\nTITLE="Syntetisk";\n'
    'CONTENTS="Syntetisk";\nUNITS="personer";\nDECIMALS=1;\nSUBJECT-AREA="x";\nSUBJECT-CODE="x";\n'
    'STUB="Kommune","Kjønn";\nHEADING="År";\nVALUES("Kommune")="Bø";\nVALUES("Kjønn")="Menn","Kvinner";\n'
    'VALUES("År")="2019","2020";\nCODES("Kommune")="0821";\nCODES("Kjønn")="1","2";\nCODES("År")="2019","2020";\n'
    'DATA=\n1 2.5\n":" 4;\n'
)


def cube_contract() -> DeliveryContract:
    return coded(
        header=["Kommune (code)", "Kjønn", "År", "value"],
        area={"code": "Kommune (code)"},
        contents=[{"code": "persons", "column": "value", "unit": "persons"}],
    )


@pytest.mark.parametrize("content", [json.dumps(CUBE).encode(), PX.encode("latin-1")], ids=["json-stat", "px"])
def test_cubes_are_deliveries_with_a_column_for_each_dimension(content: bytes):
    assert only(read(content, cube_contract()), "area_id", "period", "cell", "value", "status") == [
        ("0821", "2019", "ContentsCode=persons|Kjonn=1", 1.0, None),
        ("0821", "2020", "ContentsCode=persons|Kjonn=1", 2.5, None),
        ("0821", "2019", "ContentsCode=persons|Kjonn=2", None, ":"),
        ("0821", "2020", "ContentsCode=persons|Kjonn=2", 4.0, None),
    ]


@pytest.mark.parametrize("label", ["Kjønn", "Kjønn (code)", "value"])
def test_two_columns_of_a_cube_never_have_the_same_name(label: str):
    """A dimension with another's label would take its place; then both are called by their ids."""
    dimensions = {**CUBE["dimension"], "Tid": {**CUBE["dimension"]["Tid"], "label": label}}
    [grid] = cube.grids(json.dumps({**CUBE, "dimension": dimensions}).encode(), "fil.json")
    assert grid.head == [["Region", "Region (code)", "Kjonn", "Kjonn (code)", "Tid", "Tid (code)", "value"]]


def test_a_cube_that_is_none_says_why():
    with pytest.raises(delivery.DeliveryError, match="fil"):
        delivery.open_file(b'{"version": "2.0", "class": "dataset"}', "fil.json")


# --- what a contract demands ------------------------------------------------------------------------------------------


def test_thousands_by_dots_only_where_the_contract_says_so():
    content = csv_file('"Bø";Menn;2019;1.234;"1.234,5"', header="Kommune;Kjønn;År;Personer;Andel")
    one = contract(decimal=",", thousands=".")
    assert only(read(content, one), "value") == [(1234.0,), (1234.5,)]
    assert "found '1.234', expected a number with ',' as decimal sign" in faults(content, contract(decimal=","))[0]


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f"])
def test_thousands_by_blanks_are_understood(blank: str):
    content = csv_file(f"Bø,Menn,2019,1{blank}234{blank}567,1.5")
    assert only(read(content), "value") == [(1234567.0,), (1.5,)]
    assert "found '12 34'" in faults(csv_file("Bø,Menn,2019,12 34,1.5"))[0]


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("count", ["-1", "1.5"]),
        ("share", ["-0.1", "1.01"]),
        ("percent", ["101"]),
        ("per_1000", ["1001"]),
        ("amount", ["-1"]),
    ],
)
def test_each_kind_of_figure_has_its_range(kind: str, wrong: list[str]):
    one = contract(contents=[{"code": "x", "column": "Personer", "unit": "x", "kind": kind}, SYNTHETIC["contents"][1]])
    rows = [f"Bø,{sex},2019,{text},1" for sex, text in zip(["Menn", "Kvinner"], wrong, strict=False)]
    found = faults(csv_file(*rows), one)
    assert [fault.partition("found ")[2].partition(",")[0] for fault in found] == [f"'{text}'" for text in wrong]
    assert set(only(read(csv_file("Bø,Menn,2019,1,1"), one), "value")) == {(1.0,)}


def test_a_part_is_no_larger_than_its_whole():
    kinds = [
        {"code": "part", "column": "Andel", "unit": "persons", "part_of": "whole"},
        {"code": "whole", "column": "Personer", "unit": "persons"},
    ]
    [fault] = faults(csv_file("Bø,Menn,2019,10,10", "Bø,Kvinner,2019,10,11"), contract(contents=kinds))
    assert fault == "row 3: found 11, part is a part of whole: expected no more than 10"


TOTAL = {"dimension": "Kjonn", "whole": "0", "parts": ["1", "2"], "contents": ["persons"]}


def test_sums_are_those_of_their_parts_within_a_tolerance():
    rows = ["Bø,Begge kjønn,2019,31,1", "Bø,Menn,2019,10,1", "Bø,Kvinner,2019,20,1"]
    [fault] = faults(csv_file(*rows), contract(totals=[TOTAL]))
    assert fault == "row 2: found 31, expected the sum of its parts by Kjonn, 10 + 20 = 30"
    assert read(csv_file(*rows), contract(totals=[{**TOTAL, "tolerance": 1}])).num_rows == 6
    # Where a part is hidden nothing can be said.
    assert read(csv_file(*rows[:2], "Bø,Kvinner,2019,:,1"), contract(totals=[TOTAL])).num_rows == 6


def test_what_must_be_there_is_missed():
    complete = {"areas": ["0821", "3817"], "periods": ["2018", "2019"], "each": True}
    found = faults(csv_file("Bø,Menn,2019,1,1", "Ås,Menn,2020,1,1"), contract(complete=complete))
    assert found == (
        "area 3817 is missing; the contract says that it must be there",
        "period 2018 is missing; the contract says that it must be there",
        "0821 has no row for 2020; expected every area in every period",
        "Ås has no row for 2019; expected every area in every period",
    )


def test_a_known_figure_finds_out_another_file():
    known = {
        "area": "0821",
        "period": "2019",
        "contents": "persons",
        "dimensions": {"Kjonn": "1"},
        "value": 10,
        "source": "a table (synthetic)",
    }
    assert read(csv_file("Bø,Menn,2019,10,1"), contract(known=[known])).num_rows == 2
    [fault] = faults(csv_file("Bø,Menn,2019,12,1"), contract(known=[known]))
    assert fault == "row 2: found 12, expected 10, as a table (synthetic) has it. Is this the right file, whole?"


def test_a_school_year_and_parts_divided_within_one_header():
    content = csv_file(
        "0821,Bø,1.5,,2.5",
        header="Nr,Navn,2018-19.Menn.Andel,2018-19.Menn.Andel.Brudd,2019-20.Menn.Andel",
    )
    one = coded(
        header=["Nr", "Navn"],
        area={"code": "Nr", "name": "Navn"},
        period={"form": "school_year"},
        dimensions={},
        across={
            "separator": ".",
            "without": [".Brudd"],
            "parts": [{"tells": "period"}, {"tells": "always", "prefix": "Menn"}, {"tells": "contents"}],
        },
        contents=[{"code": "percent", "label": "Andel", "unit": "percent"}],
    )
    assert only(read(content, one), "period", "value") == [("2018/19", 1.5), ("2019/20", 2.5)]


@pytest.mark.parametrize(("text", "code"), [("K-3301", "3301"), ("K-602", "0602")])
def test_codes_with_a_prefix(text: str, code: str):
    one = coded(area={"code": "Kommune", "prefix": "K-", "digits": 4})
    assert set(only(read(csv_file(f"{text},Menn,2019,1,1"), one), "area_id")) == {(code,)}
    assert "begins with 'K-'" in faults(csv_file("3301,Menn,2019,1,1"), one)[0]


def test_all_areas_must_be_known_where_the_contract_says_so():
    [fault] = faults(
        csv_file("Bø,Menn,2019,1,1", "Ås,Menn,2019,1,1"), contract(area={"name": "Kommune", "known": True})
    )
    assert fault.startswith("row 3, column 'Kommune' (cell A3): found 'Ås', expected the name of an area")
