"""Workbooks and GeoJSON as people make them, from the cases that the whole project shares (made up, real layouts)."""

from functools import cache
from pathlib import Path

import pytest

from indicators import catalogue
from pipelines.deliveries import checking
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
