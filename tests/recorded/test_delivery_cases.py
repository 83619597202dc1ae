"""Workbooks and GeoJSON as people make them, from the cases that the whole project shares (made up, real layouts)."""

import csv
from functools import cache
from pathlib import Path

import pytest

from indicators import catalogue
from indicators.catalogue import loading
from indicators.catalogue.contracts import DeliveryContract
from pipelines.deliveries import checking, draft, match, open_file, read
from pipelines.deliveries.checking import Checked, Rules
from tests.recorded import RECORDED

CASES = RECORDED.parent / "cases" / "deliveries"


@cache
def rules() -> Rules:
    return Rules.of(catalogue.load())


def checked(path: Path) -> Checked:
    return checking.check(checking.taken_from(path), rules())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("truncated.xls", "the file is damaged or cut off"),
        ("error_cell.ods", "sheet 'Ark1', cell D2: found a formula that failed"),
        ("error_cell.xls", "sheet 'Ark1', cell D2: found a formula that failed"),
        ("formula_no_cache.xlsx", "cell D2: found a formula that was never calculated, expected a result"),
        ("geo_null_props.geojson", "is GeoJSON, and no contract has the properties of its features"),
        ("two_sheets_same_header.xlsx", "sheets '2024', '2023' all have the columns of a contract"),
        ("nedsatt_share.csv", "(cell F2) (and 58 more): percent_of_population is in per cent, and none"),
        ("dot_thousands_small.csv", "(cell D2): found '5.000', numerator: expected a number that can be read in one"),
        ("sep_multi.csv", "row 1: 'sep=' names what cannot divide cells; expected a sign such as ; or ,"),
        ("ansi_html_cell.csv", "column 'Indikator' (cell C2): found a text of 65 characters, expected one of"),
        ("cell_text_published.csv", "column 'Indikator' (cell C2): found a text of 55 characters, expected one of"),
    ],
)  # fmt: skip
def test_it_is_refused_by_name(name: str, expected: str):
    found = checked(CASES / name)
    assert expected in str(found.error)
    assert name in str(found.error)
    assert found.may_be_kept == (name != "truncated.xls")


def test_the_visible_sheet_is_read_and_the_hidden_one_told():
    found = checked(CASES / "hidden_first_sheet.xlsx")
    assert found.reading is not None
    assert found.remarks == ("1 hidden sheet(s) were not read: 'gammel'",)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        # 5,900 of 8,800 in 2022 and in 2023; all numerators come before the denominators.
        ("cr_only.csv", [5900.0, 5900.0, 8800.0, 8800.0]),
        ("trailing_sep.csv", [5900.0, 8800.0]),
    ],
)
def test_it_is_taken(name: str, values: list[float]):
    found = checked(CASES / name)
    assert found.error is None
    assert found.reading is not None
    assert found.reading.value.to_pylist() == values


def test_statistics_norways_standard_export_is_drafted_and_read(tmp_path: Path):
    path = CASES / "ssb_standard_export.csv"
    drafted = tmp_path / "draft.yaml"
    drafted.write_text(draft.contract(path, rules()), encoding="utf-8")
    contract = loading.load(drafted, DeliveryContract)
    reading = read(match(open_file(path.read_bytes(), path.name), [contract]), path.name, rules().areas)
    # Read once more without any code of ours: title, empty line, header, four rows of three years.
    lines = csv.reader(path.read_text(encoding="latin-1").splitlines()[2:], delimiter=";")
    header = next(lines)
    right = {
        (region.partition(" ")[0], column.removeprefix("Personer "), sex.lower(), float(value))
        for region, sex, _age, *values in lines
        for column, value in zip(header[3:], values, strict=True)
    }
    assert len(right) == 12
    assert {("3301", "2023", "menn", 567.0), ("3301", "2023", "kvinner", 534.0)} < right
    [sex] = [name for name in contract.every_dimension if name.lower().startswith("kj")]
    columns = [reading.columns[name].to_pylist() for name in ("area_id", "period", sex)]
    assert sorted(zip(*columns, reading.value.to_pylist(), strict=True)) == sorted(right)


def test_of_a_hostile_or_personal_cell_readers_get_kind_and_place_alone():
    said = {name: checked(CASES / name).error for name in ("ansi_html_cell.csv", "cell_text_published.csv")}
    texts = {name: error.for_readers() for name, error in said.items() if error is not None}
    assert texts == {
        "ansi_html_cell.csv": "a file was not taken: a label that the contract does not have (1, the first in cell C2)",
        # The remark of row 2; in row 3 7 persons of 4.
        "cell_text_published.csv": (
            "a file was not taken: a label that the contract does not have (1, the first in cell C2); "
            "figures that do not agree with each other (1, the first in row 3)"
        ),
    }
    # What the analyst is told neither shows the text of a cell nor does anything in a terminal.
    for error in said.values():
        assert not any(word in str(error) for word in ("\x1b", "\x07", "<img", "javascript", "Kari", "barnevern siden"))


def test_every_case_is_named_in_a_test_of_this_file():
    """Each file of the folder, and each line of its README."""
    tests = Path(__file__).read_text(encoding="utf-8")
    files = {path.name for path in CASES.iterdir() if path.suffix != ".md"}
    assert {name for name in files if f'"{name}"' not in tests} == set()
    lines = (CASES / "README.md").read_text(encoding="utf-8").splitlines()
    named = {name.strip() for line in lines if line.startswith("| ") for name in line.split("|")[1].split(",")}
    assert {name for name in named if "." in name} == files


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        # The cells hold 0.25 and 0.21 and are shown as 25 % and 21 %.
        ("percent_formatted_cells.xlsx", [("2024", 25.0)]),
        ("survey_every_third_year.xlsx", [("2021", 21.0), ("2024", 25.0)]),
    ],
)  # fmt: skip
def test_surveys_are_taken_in_their_own_years_and_in_per_cent(name: str, figures: list[tuple[str, float]]):
    reading = checked(CASES / name).reading
    assert reading is not None
    rows = zip(
        *(reading.columns[key].to_pylist() for key in ("Indikator", "period")), reading.value.to_pylist(), strict=True
    )
    assert [(period, value) for indicator, period, value in rows if indicator == "youth_loneliness"] == figures


def test_no_case_raises():
    """Whatever a file is, it is taken or refused; and none of them holds an identity number or the like."""
    for path in sorted(CASES.glob("*.[!m]*")):
        found = checked(path)
        assert (found.reading is None) == (found.error is not None)
