"""Real cubes, as answered by Statistics Norway, Statistics Sweden, FHI and the JSON-stat site."""

from pathlib import Path

import pytest
from pyjstat import pyjstat

from pipelines.formats.jsonstat import Cube, JsonStatError, decode
from tests.recorded import RECORDED


def read(name: str) -> Cube:
    path = RECORDED / name
    [cube] = decode(path.read_bytes(), path.name)
    return cube


@pytest.mark.parametrize("name", ["ssb/05300_data.json", "ssb/13861_data.json", "pxweb/scb_TAB6471_data.json"])
def test_pyjstat_finds_the_same_values_and_labels(name: str) -> None:
    cube = read(name)
    theirs = pyjstat.Dataset.read((RECORDED / name).read_text(encoding="utf-8")).write("dataframe")
    ours = cube.labelled()
    values = [None if value is None or value != value else float(value) for value in theirs["value"]]
    assert ours["value"].to_pylist() == values
    for number, dimension in enumerate(cube.dimensions):
        assert ours[f"{dimension.id}_label"].to_pylist() == theirs.iloc[:, number].tolist()


def test_version_1_bundle_has_the_cells_and_signs_that_its_readme_counts() -> None:
    cube = read("ssb/29843_jsonstat1.json")
    assert cube.table.num_rows == 37_440
    assert cube.table["status"].to_pylist().count(".") == 7_200


def test_one_status_for_all_cells_and_an_absent_index() -> None:
    cube = read("jsonstat/canada.json")
    assert set(cube.table["status"].to_pylist()) == {"a"}
    assert cube.table.slice(0, 1).to_pylist() == [
        {"country": "CA", "year": "2012", "age": "T", "concept": "POP", "sex": "T", "value": 34880.5, "status": "a"}
    ]


def test_children_of_a_category_are_kept() -> None:
    area = next(one for one in read("jsonstat/oecd.json").dimensions if one.id == "area")
    assert area.children["EU15"][:2] == ("AT", "BE")


def test_fhi_writes_null_roles_and_an_empty_status() -> None:
    cube = read("fhi/data_example.json")
    assert cube.table["value"].to_pylist() == [3516, 2817, 11219, 16846]
    assert cube.table["GEO"].to_pylist() == ["03", "03", "30", "30"]
    assert set(cube.table["status"].to_pylist()) == {None}


def test_the_status_signs_of_05300_stand_where_the_values_are_missing() -> None:
    rows = read("ssb/05300_data.json").table.to_pylist()
    assert {row["status"] for row in rows} == {None, ".", ".."}
    assert all(row["value"] is None for row in rows if row["status"])


@pytest.mark.parametrize("path", sorted((RECORDED / "pxweb").glob("*etadata*.json")), ids=lambda path: path.name)
def test_metadata_is_not_taken_for_a_cube(path: Path) -> None:
    with pytest.raises(JsonStatError, match="metadata without figures"):
        decode(path.read_bytes(), path.name)
