"""Two PX files of the reference server, against what its API says of the same tables and cells read by hand."""

import json

from pipelines.formats.jsonstat import Cube
from pipelines.formats.px import decode
from tests.recorded import RECORDED


def read(name: str) -> Cube:
    path = RECORDED / "pxweb" / name
    return decode(path.read_bytes(), path.name)


def test_tab001_has_the_dimensions_that_its_metadata_describe() -> None:
    cube = read("TAB001.px")
    said = json.loads((RECORDED / "pxweb" / "pxwebapi_MetadataById_tab001_js2.json").read_text(encoding="utf-8"))
    assert [dimension.id for dimension in cube.dimensions] == said["id"]
    assert [len(dimension.codes) for dimension in cube.dimensions] == said["size"]
    assert (cube.label, cube.source, list(cube.notes)) == (said["label"], said["source"], said["note"])
    for dimension in cube.dimensions:
        described = said["dimension"][dimension.id]
        assert dimension.label == described["label"]
        assert dict(zip(dimension.codes, dimension.labels, strict=True)) == described["category"]["label"]
        assert sorted(described["category"]["index"], key=described["category"]["index"].get) == list(dimension.codes)
        assert dimension.units == described["category"].get("unit", {})
        assert dimension.role == next((role for role, ids in said["role"].items() if dimension.id in ids), None)


def test_cells_of_tab001_as_read_by_hand() -> None:
    """Line 117 is the first row of cells; a region has 3 sexes x 22 ages = 66 rows."""
    table = read("TAB001.px").table
    assert table.num_rows == 30 * 3 * 22 * 1 * 3
    first = {"REGION": "AT", "SEX": "F", "AGE": "TOTAL", "ContentsCode": "HNMGA", "TIME": "1981"}
    assert table.slice(0, 1).to_pylist() == [{**first, "value": None, "status": ".."}]
    assert table.slice(1, 1).to_pylist() == [{**first, "TIME": "1991", "value": 4041797, "status": None}]
    # Line 1,899 = 117 + 27 x 66: the first row of Slovenia, the 28th region.
    slovenia = table.slice(27 * 66 * 3, 3).to_pylist()
    assert {(row["REGION"], row["SEX"], row["AGE"]) for row in slovenia} == {("SI", "F", "TOTAL")}
    assert [(row["value"], row["status"]) for row in slovenia] == [(None, ".."), (None, ".."), (1005460, None)]
    assert table.slice(table.num_rows - 1, 1).to_pylist() == [
        {**first, "REGION": "UK", "SEX": "T", "AGE": "UNK", "TIME": "2001", "value": None, "status": ".."}
    ]


def test_as_many_signs_as_the_file_has() -> None:
    for name in ("TAB001.px", "TAB004.px"):
        _head, _, data = (RECORDED / "pxweb" / name).read_bytes().partition(b"\nDATA=")
        table = read(name).table
        assert table["status"].to_pylist().count("..") == data.count(b'".."')
        assert table["value"].null_count == data.count(b'".."')


def test_tab004_has_the_variables_and_periods_that_the_api_lists() -> None:
    cube = read("TAB004.px")
    said = json.loads((RECORDED / "pxweb" / "pxwebapi_TableById_tab004.json").read_text(encoding="utf-8"))
    assert cube.label == said["label"]
    assert [dimension.label for dimension in cube.dimensions] == said["variableNames"]
    time = cube.dimensions[-1]
    assert (time.codes[0], time.codes[-1], time.role) == (said["firstPeriod"], said["lastPeriod"], "time")


def test_cells_of_tab004_as_read_by_hand() -> None:
    """Line 104 is the first row; line 128 the 25th: sector 3 (0.3), gas 3 (CO2), 11 gases to a sector."""
    rows = read("TAB004.px").table.slice(24 * 28, 28).to_pylist()
    assert {(row["SECTOR"], row["GREENHOUSEGAS"]) for row in rows} == {("0.3", "CO2")}
    values = {row["TIME"]: row["value"] for row in rows}
    assert (values["1990"], values["2010"], values["2015"], values["2017"]) == (21283, 7159, -4066, -3332)
