"""Queries checked and split before they are sent. Synthetic metadata, made up like SSB's 07459."""

import itertools
import math
import time
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import SourceError
from pipelines.providers.pxweb_metadata import CodeList, TableMetadata, Variable, read_table
from pipelines.providers.pxweb_plan import (
    Choice,
    Plan,
    Query,
    QueryError,
    Selection,
    expand,
    is_expression,
    plan,
    split,
)
from pipelines.providers.transport import Request, Response

RESPONSE = Response(Request("GET", "/x"), "http://x/x", b"{}", {}, datetime(2026, 1, 1, tzinfo=UTC))
YEARS = [str(year) for year in range(2015, 2027)]
REGIONS = ["0", "0301", "0602", "3005", "3301", "3303"]
NAMES = ["Hele landet", "Oslo", "Drammen (-2019)", "Drammen (2020-2023)", "Drammen", "Kongsberg"]
TABLE = TableMetadata(
    "07459",
    "Befolkning (syntetisk)",
    "2026-02-25T07:00:00Z",
    (
        Variable("Region", "region", tuple(REGIONS), tuple(NAMES), True, "geo", {"agg_KommSummer": "Sammenslått"}),
        Variable("Kjonn", "kjønn", ("1", "2"), ("Menn", "Kvinner"), True),
        Variable("ContentsCode", "statistikkvariabel", ("Personer1",), ("Personer",), False, "metric"),
        Variable("Tid", "år", tuple(YEARS), tuple(YEARS), False, "time"),
    ),
    (),
    (),
    RESPONSE,
)
SUMS = CodeList("agg_KommSummer", "", "Aggregation", ("K-0301", "K-3301"), ("Oslo", "Drammen"), {}, RESPONSE)


def planned(max_cells: int = 800_000, **selection: Selection | str) -> Plan:
    chosen = {name: one if isinstance(one, Selection) else Selection((one,)) for name, one in selection.items()}
    return plan(Query("07459", chosen), TABLE, {"Region": SUMS}, max_cells, "ssb/07459")


def faults(**selection: Selection | str) -> list[str]:
    with pytest.raises(QueryError) as error:
        planned(**selection)
    return list(error.value.faults)


# --- expressions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2020", ["2020"]),
        ("*", YEARS),
        ("202?", ["2020", "2021", "2022", "2023", "2024", "2025", "2026"]),
        ("*5", ["2015", "2025"]),
        ("top(2)", ["2025", "2026"]),
        ("TOP(2)", ["2025", "2026"]),
        ("top(2,1)", ["2024", "2025"]),
        ("top(99)", YEARS),
        ("bottom(2)", ["2015", "2016"]),
        ("bottom(1,2)", ["2017"]),
        ("range(2020,2022)", ["2020", "2021", "2022"]),
        ("[range(2020, 2022)]", ["2020", "2021", "2022"]),
        ("from(2025)", ["2025", "2026"]),
        ("to(2016)", ["2015", "2016"]),
    ],
)
def test_expressions_of_a_time_variable(expression: str, expected: list[str]) -> None:
    assert sorted(expand(expression, YEARS, newest_last=True)) == expected


def test_top_of_any_other_variable_is_the_first_values() -> None:
    assert list(expand("top(2)", REGIONS, newest_last=False)) == ["0", "0301"]
    assert sorted(expand("bottom(2)", REGIONS, newest_last=False)) == ["3301", "3303"]


def test_a_code_that_looks_like_an_expression_is_a_code() -> None:
    assert expand("a*", ["a*", "ab"], newest_last=False) == ["a*"]


@pytest.mark.parametrize("wrong", ["1999", "19??", "top(0)", "top(x)", "top()", "range(2020)", "from()", "from(1)"])
def test_expressions_that_stand_for_nothing_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        expand(wrong, YEARS, newest_last=True)


def test_brackets_and_dots_in_codes_are_no_pattern() -> None:
    assert expand("A.0?", ["A.01", "AX01", "A.09"], newest_last=False) == ["A.01", "A.09"]
    assert not is_expression("U.04-U.05")


# --- checking -----------------------------------------------------------------------------------------------


def test_a_plan_holds_codes_once_in_the_tables_order() -> None:
    values = ("top(2)", "2026", "from(2024)", "2015")
    result = planned(Tid=Selection(values), ContentsCode="*", Region="3301")
    assert result.choices[-1].codes == ("2015", "2024", "2025", "2026")
    assert result.eliminated == ("Kjonn",)
    assert result.cells == 4
    assert list(result.parts) == [
        {"Region": ("3301",), "ContentsCode": ("Personer1",), "Tid": ("2015", "2024", "2025", "2026")}
    ]


def test_codes_of_a_code_list_come_from_the_list() -> None:
    region = Selection(("K-33*",), "agg_KommSummer")
    assert planned(Region=region, ContentsCode="*", Tid="2020").choices[0].codes == ("K-3301",)
    [fault] = faults(Region=Selection(("3301",), "agg_KommSummer"), ContentsCode="*", Tid="2020")
    assert "'3301' (did you mean 'K-3301'" in fault
    assert "code list 'agg_KommSummer'" in fault


def test_one_error_names_all_that_is_wrong_and_the_nearest_valid_codes() -> None:
    found = faults(
        Regoin="3301",
        Region=Selection(("3031", "3301", "kongsberg"), None),
        Kjonn=Selection(("1",), "agg_Kjonn"),
        Tid=Selection(("from(2014)", "2020M")),
    )
    said = [
        (
            "'Regoin' does not exist",
            "did you mean 'Region'?",
            "The table has Region, Kjonn, ContentsCode, Tid",
        ),
        ("'ContentsCode' (statistikkvariabel) must have values", "Personer1"),
        ("'Region': no value '3031'", "'3301'", "'kongsberg' (did you mean '3303'?)", "(6 in all)"),
        ("'Kjonn' has no code lists", "'agg_Kjonn'"),
        ("'Tid': no value 'from(2014)' (no code 2014)", "'2020M' (did you mean '2020'", "the newest is 2026"),
    ]
    assert len(found) == len(said)
    for fault, fragments in zip(found, said, strict=True):
        assert all(fragment in fault for fragment in fragments), fault


def test_code_lists_mind_their_case() -> None:
    [fault] = faults(Region=Selection(("*",), "agg_kommsummer"), ContentsCode="*", Tid="2020")
    assert "'agg_kommsummer'" in fault
    assert "did you mean 'agg_KommSummer'?" in fault


def test_selecting_nothing_is_a_fault() -> None:
    [fault] = faults(Region=Selection(()), ContentsCode="*", Tid="2020")
    assert fault == "variable 'Region': nothing is selected"


def test_the_error_names_table_and_source() -> None:
    with pytest.raises(SourceError, match="ssb/07459: the query cannot be answered"):
        planned(Tid="2020")


def test_v0_shows_no_code_lists_so_codes_are_taken_as_they_are_but_not_expressions() -> None:
    selection = {
        "Region": Selection(("K-3301", "K-3301"), "agg:KommSummer"),
        "ContentsCode": Selection(("*",)),
        "Tid": Selection(("top(1)",)),
    }
    result = plan(Query("07459", selection), TABLE, {}, 1000, "ssb/07459", "v0")
    assert result.choices[0].codes == ("K-3301",)
    selection["Region"] = Selection(("*",), "agg:KommSummer")
    with pytest.raises(QueryError, match=r"v0 does not show a code list's codes; write out \*"):
        plan(Query("07459", selection), TABLE, {}, 1000, "ssb/07459", "v0")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"index": [None]}, r"dimension.Tid.category.index: a list of texts expected, not \[None\]"),
        ({"index": 5}, "dimension.Tid.category.index: an object expected, not 5"),
        ({"index": {"2024": "x"}}, "dimension.Tid.category.index.2024: a number expected, not x"),
        ({"index": ["2024", "2024"]}, "dimension.Tid.category.index: each code once expected"),
        ({"index": ["2024"], "label": {"2024": 7}}, "dimension.Tid.category.label.2024: a text expected, not 7"),
        ({"index": ["2024"], "unit": {"2024": []}}, "dimension.Tid.category.unit.2024: an object expected"),
        ({"index": ["2024"], "note": {"2024": {}}}, "dimension.Tid.category.note.2024: a list of texts expected"),
    ],
)
def test_metadata_with_something_else_in_place_names_table_and_place(change: dict[str, object], said: str) -> None:
    body = {"id": ["Tid"], "dimension": {"Tid": {"category": change}}}
    answer = Response(RESPONSE.request, "http://x/meta", orjson.dumps(body), {}, RESPONSE.fetched_at)
    with pytest.raises(SourceError, match=f"table 07459 .*{said}"):
        read_table(answer, "07459", "v2")


def test_many_codes_of_many_are_planned_in_linear_time() -> None:
    codes = tuple(f"{number:08d}" for number in range(120_000))
    units = Variable("Region", "region", codes, codes, False, "geo")
    table = replace(TABLE, dimensions=(units,))
    began = time.process_time()
    wanted = Query("04317", {"Region": Selection((*codes[::6], "range(00000001,00119999)"))})
    assert plan(wanted, table, {}, 800_000, "ssb/04317").cells == 120_000
    assert time.process_time() - began < 2  # 20,000 codes took 9.7 s
    wrong = Query("04317", {"Region": Selection(tuple(f"{code}x" for code in codes[::6]))})
    began = time.process_time()
    with pytest.raises(QueryError, match=r"'00000000x' \(did you mean .* and 19,950 more\. It has") as error:
        plan(wrong, table, {}, 800_000, "ssb/04317")
    assert len(str(error.value)) < 2_000
    assert time.process_time() - began < 20  # took 5 minutes; what is left is the search for the nearest codes


def test_code_lists_are_seen_in_both_spellings() -> None:
    for spelt in ("codelists", "codeLists"):
        variable = {"category": {"index": ["1"]}, "extension": {spelt: [{"id": "agg_X", "label": "X"}]}}
        body = {"id": ["Region"], "dimension": {"Region": variable}}
        answer = Response(RESPONSE.request, "http://x/meta", orjson.dumps(body), {}, RESPONSE.fetched_at)
        assert read_table(answer, "07459", "v2").dimensions[0].codelists == {"agg_X": "X"}


@pytest.mark.parametrize("role", [5, None, ["Tid", 5], {"x": 1}])
def test_a_role_that_is_no_list_of_names_is_refused_or_none(role: object) -> None:
    body = {"id": ["Tid"], "role": {"time": role}, "dimension": {"Tid": {"category": {"index": ["2024"]}}}}
    answer = Response(RESPONSE.request, "http://x/meta", orjson.dumps(body), {}, RESPONSE.fetched_at)
    if role is None:
        assert read_table(answer, "07459", "v2").dimensions[0].role is None
        return
    with pytest.raises(SourceError, match=r"role\.time: a list of texts expected"):
        read_table(answer, "07459", "v2")


def test_metadata_of_another_shape_is_refused_naming_the_address() -> None:
    odd = Response(RESPONSE.request, "http://x/meta", b'{"label": "no variables"}', {}, RESPONSE.fetched_at)
    for dialect in ("v2", "v0"):
        with pytest.raises(SourceError, match="http://x/meta: table 07459 has another shape"):
            read_table(odd, "07459", dialect)


# --- splitting ----------------------------------------------------------------------------------------------


def choices(*sizes: int) -> list[Choice]:
    codes = [tuple(f"{place}" for place in range(size)) for size in sizes]
    return [Choice(f"V{axis}", one, one) for axis, one in enumerate(codes)]


def fewest_calls(sizes: tuple[int, ...], max_cells: int) -> int:
    """The least number of equal-length grids, by trying every length of every variable."""
    lengths = itertools.product(*(range(1, size + 1) for size in sizes))
    return min(
        math.prod(-(-size // length) for size, length in zip(sizes, each, strict=True))
        for each in lengths
        if math.prod(each) <= max_cells
    )


@given(
    sizes=st.lists(st.integers(1, 7), min_size=1, max_size=4).map(tuple),
    max_cells=st.integers(1, 200),
)
def test_parts_bring_every_cell_once_within_the_limit_in_the_fewest_calls(
    sizes: tuple[int, ...], max_cells: int
) -> None:
    parts = list(split(choices(*sizes), max_cells))
    cells = [cell for part in parts for cell in itertools.product(*part.values())]
    assert len(cells) == len(set(cells)) == math.prod(sizes)
    assert all(math.prod(len(codes) for codes in part.values()) <= max_cells for part in parts)
    assert len(parts) == fewest_calls(sizes, max_cells)


def test_the_cheapest_variable_is_cut() -> None:
    # 10 x 6 = 60 cells, 30 allowed: two halves along either; 25: 10 in 3 runs (of 4), or 6 in 3 (of 2).
    assert len(list(split(choices(10, 6), 30))) == 2
    assert len(list(split(choices(10, 6), 25))) == 3
    # 3 x 1000, 1000 allowed: whole rows, one per value of the first.
    assert [len(part["V1"]) for part in split(choices(3, 1000), 1000)] == [1000, 1000, 1000]


def test_a_large_table_is_planned_at_once() -> None:
    # All basic units x sex x single years of age x years: 14,000 x 2 x 106 x 24 = 71 million cells.
    parts = list(split(choices(14_000, 2, 106, 24), 800_000))
    assert -(-14_000 * 2 * 106 * 24 // 800_000) <= len(parts) <= 100


def test_a_code_whose_label_lacks_the_word_is_refused() -> None:
    measure = Variable("MEASURE_TYPE", "Måltall", ("RATE", "MEIS"), ("per 1000", "prosent, standardisert"), False)
    metadata = TableMetadata("337", "Barnevern", None, (measure,), (), (), RESPONSE)
    wanted = {"MEASURE_TYPE": Selection(("MEIS",), labels={"MEIS": "Prosent"})}
    assert plan(Query("337", wanted), metadata, {}, 100, "fhi/337").cells == 1
    wrong = {"MEASURE_TYPE": Selection(("RATE",), labels={"RATE": "prosent"})}
    with pytest.raises(QueryError, match=r"RATE is called 'per 1000'; expected 'prosent' in it"):
        plan(Query("337", wrong), metadata, {}, 100, "fhi/337")
