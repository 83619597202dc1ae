"""Restating counts along the graph of changes: arithmetic by hand, and what must hold for any graph."""

from datetime import date
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.geography import ChangeError, ChangeGraph
from indicators.geography.graph import NO_CODE, NO_SUCCESSOR, NO_WEIGHTS

LEVEL = "municipality"
FIRST = 2018


def graph(
    lives: dict[str, tuple[int, int | None]],
    changes: list[tuple[int, str | None, str | None]],
    persons: dict[tuple[str, int], float] | None = None,
) -> ChangeGraph:
    """lives: code -> first year, and the first year in which it is no more."""
    areas = pd.DataFrame(
        [
            (LEVEL, code, code, None, None, None, date(first, 1, 1), date(end, 1, 1) if end else None)
            for code, (first, end) in lives.items()
        ],
        columns=["level", "code", "name", "parent_code", "district_code", "zone_code", "valid_from", "valid_to"],
    )
    rows = [(LEVEL, date(year, 1, 1), old, old, new, new, "any", "made up") for year, old, new in changes]
    columns = ["level", "change_date", "old_code", "old_name", "new_code", "new_name", "kind", "evidence"]
    population = [(code, year, number) for (code, year), number in (persons or {}).items()]
    return ChangeGraph(
        pd.DataFrame(rows, columns=columns), areas, pd.DataFrame(population, columns=["code", "year", "persons"])
    )


def restated(of: ChangeGraph, to_year: int, *facts: tuple[str, int, float | None]) -> dict[str, dict[str, Any]]:
    table = pd.DataFrame(
        [(code, year, value, None) for code, year, value in facts],
        columns=["area_id", "boundary_year", "value", "status"],
    ).astype({"value": "float64", "status": "string"})
    found = of.harmonise(ibis.memtable(table), to_year)
    rows = ibis.duckdb.connect().to_pyarrow(found.facts).to_pylist()
    lost = ibis.duckdb.connect().to_pyarrow(found.lost).to_pylist()
    assert len({row["area_id"] for row in rows}) == len(rows)
    return {row["area_id"]: row for row in rows} | {f"lost {row['code']}": row for row in lost}


DRAMMEN = graph(
    {"0602": (2018, 2020), "0625": (2018, 2020), "0711": (2018, 2020), "3005": (2020, 2024), "3301": (2024, None)},
    [(2020, "0602", "3005"), (2020, "0625", "3005"), (2020, "0711", "3005"), (2024, "3005", "3301")],
)


def test_drammens_merger_and_renumbering_are_exact():
    # Statistics Norway, 1 January 2019: 68,933 + 24,963 + 6,685 = 100,581.
    found = restated(DRAMMEN, 2024, ("0602", 2019, 68_933), ("0625", 2019, 24_963), ("0711", 2019, 6_685))
    assert found == {"3301": {"area_id": "3301", "boundary_year": 2024, "value": 100_581, "status": None}}
    assert restated(DRAMMEN, 2024, ("3005", 2021, 101_859))["3301"]["value"] == 101_859


def test_a_sum_that_lacks_a_part_has_no_figure():
    found = restated(DRAMMEN, 2024, ("0602", 2019, 68_933), ("0625", 2019, None), ("0711", 2019, 6_685))
    assert (found["3301"]["value"], found["3301"]["status"]) == (None, "..")
    found = restated(DRAMMEN, 2024, ("0602", 2019, 68_933), ("0625", 2019, 24_963))
    assert found["3301"]["value"] is None


def test_back_along_a_merger_needs_the_population_of_the_parts():
    known = graph(
        {"0602": (2018, 2020), "0625": (2018, 2020), "3005": (2020, None)},
        [(2020, "0602", "3005"), (2020, "0625", "3005")],
        {("0602", 2019): 75, ("0625", 2019): 25},
    )
    found = restated(known, 2019, ("3005", 2020, 200))
    # 200 * 75/100 and 200 * 25/100.
    assert {code: (row["value"], row["status"]) for code, row in found.items()} == {
        "0602": (150, "estimated"),
        "0625": (50, "estimated"),
    }


SPLIT = {"1507": (2018, 2020), "1508": (2020, None), "1580": (2020, None)}
PARTED = [(2020, "1507", "1508"), (2020, "1507", "1580")]


def test_a_divided_area_is_divided_by_the_population_of_its_pieces():
    found = restated(graph(SPLIT, PARTED, {("1508", 2020): 80, ("1580", 2020): 20}), 2020, ("1507", 2019, 50))
    assert {code: (row["value"], row["status"]) for code, row in found.items()} == {
        "1508": (40, "estimated"),
        "1580": (10, "estimated"),
    }


@pytest.mark.parametrize("persons", [{}, {("1508", 2020): 80}])
def test_a_divided_area_without_the_population_of_every_piece_is_reported_and_not_spread(persons):
    found = restated(graph(SPLIT, PARTED, persons), 2020, ("1507", 2019, 50))
    assert set(found) == {"lost 1507"}
    assert (found["lost 1507"]["weight"], found["lost 1507"]["reason"]) == (0, NO_WEIGHTS)


def test_a_target_of_which_a_part_cannot_be_divided_has_no_figure():
    # b goes to d; a goes to c and d, no one knows in what parts: d would otherwise be b alone.
    parted = graph(
        {"a": (2018, 2020), "b": (2018, 2020), "c": (2020, None), "d": (2020, None)},
        [(2020, "a", "c"), (2020, "a", "d"), (2020, "b", "d")],
    )
    found = restated(parted, 2020, ("a", 2019, 10), ("b", 2019, 5))
    assert found["d"]["value"] is None
    assert "c" not in found
    assert found["lost a"]["reason"] == NO_WEIGHTS


def test_what_ended_and_what_never_was_are_reported_with_the_reason():
    ended = graph({"a": (2018, 2020), "b": (2018, None)}, [(2020, "a", None)])
    found = restated(ended, 2020, ("a", 2019, 10), ("b", 2019, 5), ("x", 2019, 1))
    assert found["b"]["value"] == 5
    assert found["lost a"]["reason"] == NO_SUCCESSOR
    assert found["lost x"]["reason"] == NO_CODE


def test_what_parts_and_comes_together_again_is_exact():
    again = graph(
        {"a": (2018, 2020), "b": (2020, 2022), "c": (2020, 2022), "d": (2022, None)},
        [(2020, "a", "b"), (2020, "a", "c"), (2022, "b", "d"), (2022, "c", "d")],
        {("b", 2020): 1, ("c", 2020): 2},
    )
    found = restated(again, 2022, ("a", 2019, 7))
    assert (found["d"]["value"], found["d"]["status"]) == (pytest.approx(7), None)


def test_a_figure_that_is_hidden_stays_hidden():
    table = pd.DataFrame(
        {
            "area_id": ["0602", "0625", "0711"],
            "boundary_year": 2019,
            "value": [1.0, None, 1.0],
            "status": [None, ":", None],
        }
    )
    rows = ibis.duckdb.connect().to_pyarrow(DRAMMEN.harmonise(ibis.memtable(table), 2024).facts).to_pylist()
    assert [(row["value"], row["status"]) for row in rows] == [(None, ":")]


def test_a_year_that_is_not_known_is_refused():
    with pytest.raises(ChangeError, match="year 2030: official areas are known for 2018-2024"):
        DRAMMEN.mapping(2030)


def test_shares_of_a_group_are_whole_where_all_pieces_lie_in_it_though_no_one_knows_their_size():
    found = graph(SPLIT, PARTED).shares({"both": {"1508", "1580"}, "one": {"1508"}}, 2020)
    of_2019 = found[found["boundary_year"] == 2019].set_index("group")["weight"]
    assert of_2019["both"] == 1
    assert np.isnan(of_2019["one"])


# --- any graph ------------------------------------------------------------------------------------------------------


@st.composite
def graphs(draw: st.DrawFn) -> ChangeGraph:
    """Three days of change: areas are renumbered, merged, divided, rearranged; all pieces are counted."""
    alive = {f"a{number}": FIRST for number in range(draw(st.integers(2, 6)))}
    lives: dict[str, tuple[int, int | None]] = {}
    changes: list[tuple[int, str | None, str | None]] = []
    persons: dict[tuple[str, int], float] = {}
    for step, year in enumerate(range(FIRST + 1, FIRST + 4)):
        gone = draw(st.lists(st.sampled_from(sorted(alive)), unique=True, max_size=4))
        new = [f"{'bcd'[step]}{number}" for number in range(draw(st.integers(1, 4)))] if gone else []
        pairs = {(old, new[draw(st.integers(0, len(new) - 1))]) for old in gone}
        pairs |= {(gone[draw(st.integers(0, len(gone) - 1))], one) for one in new}
        # An area that stays may take in one that goes.
        staying = sorted(set(alive) - set(gone))
        if gone and staying and draw(st.booleans()):
            pairs.add((gone[0], draw(st.sampled_from(staying))))
        changes += [(year, old, one) for old, one in sorted(pairs)]
        lives |= {old: (alive.pop(old), year) for old in gone}
        alive |= dict.fromkeys(new, year)
    lives |= {code: (first, None) for code, first in alive.items()}
    for code in lives:
        for year in range(FIRST, FIRST + 4):
            persons[code, year] = draw(st.integers(1, 1000))
    return graph(lives, changes, persons)


def as_matrix(mapping: pd.DataFrame, year: int) -> dict[tuple[str, str], float]:
    rows = mapping[mapping["boundary_year"] == year]
    return {(row.code, row.to_code): row.weight for row in rows.itertuples()}


@settings(max_examples=30, deadline=None)
@given(graphs(), st.integers(0, 3))
def test_totals_are_conserved_and_weights_sum_to_one(any_graph: ChangeGraph, to: int) -> None:
    to_year = min(FIRST + to, any_graph.years[-1])
    mapping = any_graph.mapping(to_year)
    assert mapping.groupby(["boundary_year", "code"])["weight"].sum().to_numpy() == pytest.approx(1)
    assert any_graph.unrestated(to_year).empty
    for year in any_graph.years:
        codes = sorted({code for code, _to in as_matrix(mapping, year)})
        values = {code: 7.0 * number + 1 for number, code in enumerate(codes)}
        found = restated(any_graph, to_year, *((code, year, value) for code, value in values.items()))
        assert round(sum(row["value"] for row in found.values())) == sum(values.values())


@settings(max_examples=30, deadline=None)
@given(graphs(), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_direct_and_by_way_of_a_year_between_agree(any_graph: ChangeGraph, one: int, two: int, three: int) -> None:
    newest = any_graph.years[-1]
    first, between, last = sorted(min(FIRST + number, newest) for number in (one, two, three))
    for start, end in ((first, last), (last, first)):
        direct = as_matrix(any_graph.mapping(end, [start]), start)
        there = as_matrix(any_graph.mapping(between, [start]), start)
        onwards = as_matrix(any_graph.mapping(end, [between]), between)
        chained: dict[tuple[str, str], float] = {}
        for (code, middle), weight in there.items():
            for (other, target), more in onwards.items():
                if other == middle:
                    chained[code, target] = chained.get((code, target), 0) + weight * more
        assert chained.keys() == direct.keys()
        assert [chained[key] for key in direct] == pytest.approx(list(direct.values()))


@settings(max_examples=40, deadline=None)
@given(graphs(), st.data())
def test_no_figure_appears_where_a_part_of_it_is_missing(any_graph: ChangeGraph, data: st.DataObject) -> None:
    newest = any_graph.years[-1]
    mapping = any_graph.mapping(newest, [FIRST])
    codes = sorted(mapping["code"].unique())
    lacking = data.draw(st.sampled_from(codes))
    found = restated(any_graph, newest, *((code, FIRST, None if code == lacking else 1.0) for code in codes))
    touched = set(mapping.loc[mapping["code"] == lacking, "to_code"])
    assert {code for code, row in found.items() if row["value"] is None} == touched
