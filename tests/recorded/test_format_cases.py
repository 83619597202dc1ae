"""Answers as providers give them, from ../shared/cases/providers: each behaves as its line in the README there says."""

import pytest

from pipelines.formats import jsonstat, px
from pipelines.formats.jsonstat import Cube, JsonStatError
from tests.recorded import RECORDED

CASES = RECORDED.parent / "cases" / "providers"


def read(name: str) -> Cube:
    content = (CASES / name).read_bytes()
    if name.endswith(".px"):
        return px.decode(content, name)
    [cube] = jsonstat.decode(content, name)
    return cube


def cells(name: str) -> list[tuple[float | None, str | None]]:
    table = read(name).table
    return list(zip(table["value"].to_pylist(), table["status"].to_pylist(), strict=True))


def test_a_category_whose_child_is_null_has_no_children() -> None:
    cube = read("child_null.json")
    assert cube.table["value"].to_pylist() == [1, 2, 3, 4]
    assert cube.dimensions[0].children == {}


def test_a_number_for_a_role_is_refused_by_its_place() -> None:
    with pytest.raises(JsonStatError, match=r"^role_number\.json: 'role.time' is 5; expected a list of dimension ids$"):
        read("role_number.json")


def test_text_that_is_a_number_is_read_as_the_number() -> None:
    assert cells("short_strings.json") == [(1, None), (2, None), (3, None), (412, None)]


def test_a_byte_order_mark_before_json_is_harmless() -> None:
    assert read("bom.json").table["value"].to_pylist() == [1, 2, 3, 4]


def test_a_dot_is_missing_even_where_datasymbol1_is_a_dash() -> None:
    assert cells("datasymbol_dash.px") == [(1, None), (None, "."), (None, ".."), (0, "-")]


def test_every_case_for_a_format_has_its_test_here() -> None:
    assert {path.name for path in CASES.iterdir() if path.suffix in (".json", ".px")} == {
        "bom.json",
        "child_null.json",
        "datasymbol_dash.px",
        "role_number.json",
        "short_strings.json",
    }
