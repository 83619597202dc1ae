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


def test_no_case_raises():
    """Whatever a file is, it is taken or refused; and none of them holds an identity number or the like."""
    for path in sorted(CASES.glob("*.[!m]*")):
        found = checked(path)
        assert (found.reading is None) == (found.error is not None)
