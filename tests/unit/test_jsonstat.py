"""JSON-stat in every form the specification allows, and clear refusal of everything else."""

import math
from itertools import product
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyjstat import pyjstat

from pipelines.formats.jsonstat import JsonStatError, decode


def dataset(**changed: Any) -> dict[str, Any]:
    """Two regions by two years, synthetic."""
    whole = {
        "version": "2.0",
        "class": "dataset",
        "label": "synthetic",
        "updated": "2026-01-02T07:00:00Z",
        "id": ["Region", "Tid"],
        "size": [2, 2],
        "role": {"time": ["Tid"], "geo": ["Region"]},
        "dimension": {
            "Region": {
                "label": "region",
                "category": {"index": {"0602": 0, "0625": 1}, "label": {"0602": "Drammen", "0625": "Nedre Eiker"}},
            },
            "Tid": {"label": "year", "category": {"index": ["2018", "2019"]}},
        },
        "value": [1, 2.5, None, 0],
    }
    return {name: part for name, part in (whole | changed).items() if part is not ...}


def rows(parsed: Any) -> list[dict[str, Any]]:
    [cube] = decode(orjson.dumps(parsed), "here")
    return cube.table.to_pylist()


PLAIN = [
    {"Region": "0602", "Tid": "2018", "value": 1.0, "status": None},
    {"Region": "0602", "Tid": "2019", "value": 2.5, "status": None},
    {"Region": "0625", "Tid": "2018", "value": None, "status": None},
    {"Region": "0625", "Tid": "2019", "value": 0.0, "status": None},
]


def with_status(*signs: str | None) -> list[dict[str, Any]]:
    return [row | {"status": sign} for row, sign in zip(PLAIN, signs, strict=True)]


def test_the_last_dimension_varies_fastest_and_codes_are_text() -> None:
    assert rows(dataset()) == PLAIN


def test_columns_are_dictionary_encoded_and_values_are_64_bit_floats() -> None:
    [cube] = decode(orjson.dumps(dataset()), "here")
    assert cube.table.column_names == ["Region", "Tid", "value", "status"]
    assert pa.types.is_dictionary(cube.table["Region"].type)
    assert cube.table["value"].type == pa.float64()


def test_index_as_object_says_the_order() -> None:
    parsed = dataset()
    parsed["dimension"]["Region"]["category"]["index"] = {"0625": 1, "0602": 0}
    assert rows(parsed) == PLAIN


def test_index_may_be_absent_for_a_single_category() -> None:
    parsed = dataset(size=[1, 2], value=[1, 2.5])
    parsed["dimension"]["Region"]["category"] = {"label": {"0602": "Drammen"}}
    assert rows(parsed) == PLAIN[:2]


@pytest.mark.parametrize("value", [{"0": 1, "1": 2.5, "3": 0}, {"3": 0, "1": 2.5, "0": 1, "2": None}])
def test_sparse_values(value: dict[str, float | None]) -> None:
    assert rows(dataset(value=value)) == PLAIN


@pytest.mark.parametrize(
    ("status", "signs"),
    [
        ([None, "e", ":", None], (None, "e", ":", None)),
        (["", "e", ":", ""], (None, "e", ":", None)),
        ({"1": "e", "2": ":"}, (None, "e", ":", None)),
        ("a", ("a", "a", "a", "a")),
        (["a"], ("a", "a", "a", "a")),
        ("", (None, None, None, None)),
        (None, (None, None, None, None)),
        ({}, (None, None, None, None)),
    ],
)
def test_statuses(status: Any, signs: tuple[str | None, ...]) -> None:
    assert rows(dataset(status=status)) == with_status(*signs)


def test_signs_among_the_values_become_statuses() -> None:
    assert rows(dataset(value=[1, 2.5, ":", 0])) == with_status(None, None, ":", None)
    assert rows(dataset(value={"0": 1, "1": 2.5, "2": "..", "3": 0})) == with_status(None, None, "..", None)


def test_text_that_is_a_number_is_that_number() -> None:
    """A status is what is no number; nothing that could be a value gets lost as one."""
    assert rows(dataset(value=["1", "2.5", None, " 0 "])) == PLAIN
    assert rows(dataset(value=["1", "2.5", "", "0"])) == PLAIN
    assert rows(dataset(value=["1", 2.5, ":", 0])) == with_status(None, None, ":", None)
    assert rows(dataset(value={"0": "1", "1": "25e-1", "3": "+.0"})) == PLAIN
    assert rows(dataset(value=["412", 2**60, ":", 0]))[1]["value"] == 2**60


def test_a_byte_order_mark_is_harmless() -> None:
    [cube] = decode(b"\xef\xbb\xbf" + orjson.dumps(dataset()), "here")
    assert cube.table.to_pylist() == PLAIN


def test_null_is_as_good_as_absent() -> None:
    parsed = dataset(label=None, note=None, extension=None, source=None)
    parsed["dimension"]["Region"] |= {"label": None, "note": [None], "extension": None}
    parsed["dimension"]["Region"]["category"] |= {"child": {"0602": None}, "unit": {"0602": None}}
    parsed["dimension"]["Tid"]["category"] |= {"label": {"2018": None}}
    [cube] = decode(orjson.dumps(parsed), "here")
    region, year = cube.dimensions
    assert cube.table.to_pylist() == PLAIN
    assert (cube.label, region.label, region.children, region.notes) == (None, "Region", {}, ())
    assert year.labels == ("2018", "2019")


def test_what_is_nested_deep_is_refused_or_decoded() -> None:
    """Deeper than Python's functions may call each other; orjson refuses what is nested deeper than 1,024."""
    deep = b"[" * 1000 + b"]" * 1000
    for name in (b"error", b"class"):
        with pytest.raises(JsonStatError):
            decode(b'{"%s":%s}' % (name, deep), "here")
    for name in ("label", "value", "id", "size", "role", "status", "note", "extension"):
        with pytest.raises(JsonStatError):
            decode(orjson.dumps(dataset(**{name: "deep"})).replace(b'"deep"', deep), "here")
    nested = orjson.dumps(dataset())
    for _level in range(330):
        nested = b'{"class":"collection","link":{"item":[' + nested + b"]}}"
    [cube] = decode(nested, "here")
    assert cube.table.to_pylist() == PLAIN


def test_sizes_may_be_text() -> None:
    assert rows(dataset(size=["2", "2"])) == PLAIN


@pytest.mark.parametrize("role", [None, {"time": None, "geo": None, "metric": ["Region"]}, ...])
def test_roles_may_be_null_or_absent(role: Any) -> None:
    assert rows(dataset(role=role)) == PLAIN


def test_what_the_cube_says_of_itself_is_kept() -> None:
    parsed = dataset(note=["a note"], source="synthetic", extension={"px": {"tableid": "X"}})
    parsed["dimension"]["Region"]["category"] |= {"child": {"0602": ["0625"]}, "unit": {"0602": {"decimals": 0}}}
    [cube] = decode(orjson.dumps(parsed), "here")
    region, year = cube.dimensions
    assert (cube.label, cube.source, cube.updated) == ("synthetic", "synthetic", "2026-01-02T07:00:00Z")
    assert cube.notes == ("a note",)
    assert cube.extension == {"px": {"tableid": "X"}}
    assert (region.label, region.role, region.labels) == ("region", "geo", ("Drammen", "Nedre Eiker"))
    assert region.children == {"0602": ("0625",)}
    assert region.units == {"0602": {"decimals": 0}}
    assert year.labels == ("2018", "2019")


def test_labels_stand_beside_their_codes() -> None:
    [cube] = decode(orjson.dumps(dataset()), "here")
    labelled = cube.labelled()
    assert labelled.column_names == ["Region", "Region_label", "Tid", "Tid_label", "value", "status"]
    assert labelled["Region_label"].to_pylist() == ["Drammen", "Drammen", "Nedre Eiker", "Nedre Eiker"]


def old_form() -> dict[str, Any]:
    """JSON-stat 1.x: id, size and role stand inside `dimension`."""
    parsed = dataset(**{"class": ..., "version": ...})
    inside = {name: parsed.pop(name) for name in ("id", "size", "role")}
    return parsed | {"dimension": parsed["dimension"] | inside}


def test_version_1_datasets_and_bundles() -> None:
    assert rows({"dataset": old_form()}) == PLAIN
    cubes = decode(orjson.dumps({"first": old_form(), "second": old_form() | {"label": "other"}}), "here")
    assert [cube.label for cube in cubes] == ["synthetic", "other"]


def test_collections_give_the_datasets_inside_them() -> None:
    inner = {"class": "collection", "version": "2.0", "link": {"item": [dataset(label="deep")]}}
    linked = {"class": "dataset", "href": "https://example.invalid/x.json"}
    outer = {"class": "collection", "version": "2.0", "link": {"item": [dataset(), linked, inner]}}
    assert [cube.label for cube in decode(orjson.dumps(outer), "here")] == ["synthetic", "deep"]


def one_region(category: dict[str, Any]) -> dict[str, Any]:
    parsed = dataset()
    parsed["dimension"]["Region"]["category"] = category
    return parsed


@pytest.mark.parametrize(
    ("parsed", "said"),
    [
        (dataset(value=[1, 2, 3]), "3 values for 2 x 2 = 4 cells"),
        (dataset(value=[]), "metadata without figures?"),
        (dataset(value=...), "expected a list or an object of values"),
        (dataset(value={"4": 1}), "names cell 4; expected 0 to 3"),
        (dataset(value={"-1": 1}), "names cell -1"),
        (dataset(value={"x": 1}), "not all whole numbers"),
        (dataset(value={"1": 1, "01": 2}), "names a cell twice"),
        (dataset(value=[1, True, 2, 3]), "True among the values; expected numbers, null, or a status sign"),
        (dataset(value=[1, [2], 2, 3]), "[2] among the values; expected numbers"),
        (dataset(value=[1, "1,5", 2, 3]), "'1,5' among the values; expected numbers"),
        (dataset(value=[1, "1e999", 2, 3]), "'1e999' among the values; expected numbers"),
        (dataset(role=5), "'role' is 5; expected an object"),
        (dataset(role={"time": 5}), "'role.time' is 5; expected a list of dimension ids"),
        (dataset(role={"geo": "Region"}), "'role.geo' is 'Region'; expected a list of dimension ids"),
        (dataset(label={"no": "folk"}), "'label' is {'no': 'folk'}; expected text"),
        (dataset(extension=[1]), "'extension' is [1]; expected an object"),
        (dataset(id=[["Region"], "Tid"]), "'id' is [['Region'], 'Tid']; expected a list of different dimension ids"),
        (dataset(id=...), "'id' is None; expected a list of different dimension ids"),
        (dataset(size=["²", 2]), "size of 'Region' is '²'; expected a whole number above 0"),
        (dataset(size=["9" * 5000, 2]), "expected a whole number above 0"),
        (dataset(size=[2**60, 2]), "4 values for 1152921504606846976 x 2 = 2,305,843,009,213,693,952 cells"),
        (dataset(status=[["a", "b", "c"]]), "1 statuses for 4 cells"),
        (dataset(dimension={"Region": 5, "Tid": {}}), "'dimension.Region' is 5; expected an object"),
        (dataset(value=[1, "12,5 mill", 2, 3]), "expected numbers or a status sign"),
        (dataset(status=["a", "b"]), "2 statuses for 4 cells"),
        (dataset(status={"9": "a"}), "'status' names cell 9"),
        (dataset(status=[1, 2, 3, 4]), "a status is no text"),
        (dataset(size=[2]), "expected 2 numbers"),
        (dataset(size=[2, -2]), "size of 'Tid' is -2"),
        (dataset(size=[2, 2.5]), "size of 'Tid' is 2.5"),
        (dataset(size=[2, True]), "size of 'Tid' is True"),
        (dataset(size=[3, 2], value=[0] * 6), "'Region' has 2 categories; its size is 3"),
        (dataset(id=["Region", "Region"]), "different dimension ids"),
        (dataset(id=["Region", "Aar"]), "'Aar' is named in 'id' but not described"),
        (dataset(dimension=...), "no 'dimension' object"),
        (one_region({"index": {"a": 0, "b": 2}}), "each of 0 to 1 once"),
        (one_region({"index": {"a": 1, "b": 1}}), "each of 0 to 1 once"),
        (one_region({"index": ["a", "a"]}), "a category twice"),
        (one_region({"index": [None, "a"]}), "'dimension.Region.category.index' is [None, 'a']; expected codes"),
        (one_region({"index": [], "label": {"a": "A", "b": "B"}}), "'Region' has 0 categories; its size is 2"),
        (one_region({"index": 5}), "'dimension.Region.category.index' is 5; expected codes"),
        (one_region({"index": {"a": "²", "b": 1}}), "each of 0 to 1 once"),
        (one_region({"index": {"a": False, "b": 1}}), "each of 0 to 1 once"),
        (one_region({"label": 5}), "'dimension.Region.category.label' is 5; expected an object, code to label"),
        (
            one_region({"index": ["a", "b"], "child": 5}),
            "'dimension.Region.category.child' is 5; expected an object, code to list of codes",
        ),
        (
            one_region({"index": ["a", "b"], "child": {"a": "b"}}),
            "'dimension.Region.category.child.a' is 'b'; expected a list of codes",
        ),
        (one_region({"index": ["a", "b"], "unit": {"a": 5}}), "'dimension.Region.category.unit.a' is 5; expected an"),
        (one_region({"label": {"a": "A", "b": "B"}}), "has no 'index'"),
        ({"class": "dimension", "label": "x"}, "class 'dimension' holds no cells"),
        ({"error": "No such table"}, "No such table"),
        ([1, 2], "expected an object"),
    ],
)
def test_an_inconsistent_cube_is_refused_and_the_place_named(parsed: Any, said: str) -> None:
    with pytest.raises(JsonStatError, match=r"^here") as raised:
        decode(orjson.dumps(parsed), "here")
    assert said in str(raised.value)


@pytest.mark.parametrize("sizes", [[10**6, 10**6], [2**40, 2**40], [30_000, 30_000]])
def test_a_size_product_that_the_data_cannot_be_is_refused_before_memory_is_spent(sizes: list[int]) -> None:
    with pytest.raises(JsonStatError, match="expected at most 1,000,000 cells"):
        decode(orjson.dumps(dataset(size=sizes, value={"0": 1, "1": 2, "2": 3})), "here")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (orjson.dumps(dataset())[:-20], "not JSON"),
        (b"<!DOCTYPE html><html><body>Service unavailable</body></html>", "looks like an HTML page"),
        (b"", "the answer is empty"),
        (b'{"value": [NaN]}', "not JSON"),
        ("æøå".encode("latin-1"), "not JSON"),
        (orjson.dumps(dataset()).replace(b"2.5", b"1e999"), "number is infinity"),
    ],
)
def test_bytes_that_are_no_cube_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(JsonStatError, match=said):
        decode(content, "here")


CODES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=4)
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**12), 10**12)


@st.composite
def cubes(draw: st.DrawFn) -> tuple[list[list[str]], list[Any], list[str | None]]:
    dimensions = draw(st.lists(st.lists(CODES, min_size=1, max_size=4, unique=True), min_size=1, max_size=4))
    cells = math.prod(map(len, dimensions))
    values = draw(st.lists(NUMBERS, min_size=cells, max_size=cells))
    signs = draw(st.lists(st.sampled_from([None, ".", "..", ":"]), min_size=cells, max_size=cells))
    return dimensions, values, signs


@given(cubes(), st.booleans(), st.booleans())
def test_what_was_encoded_is_decoded(
    cube: tuple[list[list[str]], list[Any], list[str | None]], sparse_values: bool, sparse_status: bool
) -> None:
    dimensions, values, signs = cube
    names = [f"d{number}" for number in range(len(dimensions))]
    parsed = {
        "class": "dataset",
        "id": names,
        "size": [len(codes) for codes in dimensions],
        "dimension": {name: {"category": {"index": codes}} for name, codes in zip(names, dimensions, strict=True)},
        "value": {str(at): one for at, one in enumerate(values) if one is not None} if sparse_values else values,
        "status": {str(at): one for at, one in enumerate(signs) if one is not None} if sparse_status else signs,
    }
    expected = [
        {**dict(zip(names, codes, strict=True)), "value": None if value is None else float(value), "status": sign}
        for codes, value, sign in zip(product(*dimensions), values, signs, strict=True)
    ]
    assert rows(parsed) == expected


def test_pyjstat_reads_the_same_figures() -> None:
    parsed = dataset()
    theirs = pyjstat.Dataset.read(orjson.dumps(parsed).decode()).write("dataframe")
    assert [None if value != value else value for value in theirs["value"]] == [row["value"] for row in rows(parsed)]
