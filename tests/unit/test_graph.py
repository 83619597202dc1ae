"""Restating counts along the graph of changes: arithmetic by hand, and what must hold for any graph."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
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
DUCKDB = ibis.duckdb.connect(threads=1)


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
    rows = DUCKDB.to_pyarrow(found.facts).to_pylist()
    lost = DUCKDB.to_pyarrow(found.lost).to_pylist()
    assert len({row["area_id"] for row in rows}) == len(rows)
    return {row["area_id"]: row for row in rows} | {f"lost {row['code']}": row for row in lost}


def facts(*rows: tuple[str, int, int, float | None, str | None]) -> ibis.Table:
    """Rows of area_id, boundary_year, year, value, status."""
    columns = ["area_id", "boundary_year", "year", "value", "status"]
    return ibis.memtable(pd.DataFrame(rows, columns=columns).astype({"value": "float64", "status": "string"}))


def summed(of: ChangeGraph, to_year: int, table: ibis.Table) -> list[tuple[Any, ...]]:
    rows = DUCKDB.to_pyarrow(of.harmonise(table, to_year).facts).to_pylist()
    return sorted((row["area_id"], row["year"], row["value"], row["status"]) for row in rows)


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


@pytest.mark.parametrize("beneath", [None, 2.0])
def test_a_figure_that_is_hidden_stays_hidden_whatever_stands_beneath_the_mark(beneath):
    table = pd.DataFrame(
        {
            "area_id": ["0602", "0625", "0711"],
            "boundary_year": 2019,
            "value": [1.0, beneath, 1.0],
            "status": [None, ":", None],
        }
    )
    rows = DUCKDB.to_pyarrow(DRAMMEN.harmonise(ibis.memtable(table), 2024).facts).to_pylist()
    assert [(row["value"], row["status"]) for row in rows] == [(None, ":")]
    alone = pd.DataFrame({"area_id": ["3005"], "boundary_year": 2021, "value": [beneath], "status": [":"]})
    alone = alone.astype({"value": "float64"})
    [row] = DUCKDB.to_pyarrow(DRAMMEN.harmonise(ibis.memtable(alone), 2024).facts).to_pylist()
    assert (row["value"], row["status"]) == (None, ":")


def test_a_code_that_ended_or_began_without_a_stated_change_is_not_itself_in_other_years():
    # Klass states no births, and its changes may lack an end: validity alone tells.
    alone = graph({"a": (2018, 2020), "b": (2020, None), "c": (2018, None)}, [])
    assert as_matrix(alone.mapping(2020, [2019]), 2019) == {("c", "c"): 1}
    assert as_matrix(alone.mapping(2019, [2020]), 2020) == {("c", "c"): 1}
    assert restated(alone, 2020, ("a", 2019, 10))["lost a"]["reason"] == NO_SUCCESSOR


def test_a_code_used_again_after_a_gap_is_another_area():
    areas = pd.concat([graph({"a": life, "b": (2018, None)}, []).areas for life in ((2018, 2019), (2021, None))])
    again = ChangeGraph(DRAMMEN.changes.iloc[:0], areas.drop_duplicates().reset_index(drop=True))
    assert as_matrix(again.mapping(2021, [2018]), 2018) == {("b", "b"): 1}
    assert as_matrix(again.mapping(2018, [2021]), 2021) == {("b", "b"): 1}


def test_a_year_without_a_successor_to_anything_is_an_empty_mapping():
    parted = graph({"a": (2018, 2020), "b": (2020, None)}, [(2020, "a", None), (2020, None, "b")])
    assert parted.mapping(2020, [2019]).empty
    assert parted.unrestated(2020, [2019])["reason"].tolist() == [NO_SUCCESSOR]


def test_a_year_that_is_not_known_is_refused():
    with pytest.raises(ChangeError, match="year 2030: official areas are known for 2018-2024"):
        DRAMMEN.mapping(2030)


def test_shares_of_a_group_are_whole_where_all_pieces_lie_in_it_though_no_one_knows_their_size():
    found = graph(SPLIT, PARTED).shares({"both": {"1508", "1580"}, "one": {"1508"}}, 2020)
    of_2019 = found[found["boundary_year"] == 2019].set_index("group")["weight"]
    assert of_2019["both"] == 1
    assert np.isnan(of_2019["one"])


# --- pieces without residents, and populations of another extent ----------------------------------------------------


def by_code(found: dict[str, dict[str, Any]]) -> dict[str, tuple[Any, Any]]:
    return {code: (row["value"], row["status"]) for code, row in found.items()}


def test_a_piece_without_residents_gets_nothing_and_hides_no_other_figure():
    # a: all 10 to d, 0 to c. b: 5 to c. So c = 0 + 5, and d = 10; both by weight, for a was divided.
    parted = graph(
        {"a": (2018, 2020), "b": (2018, 2020), "c": (2020, None), "d": (2020, None)},
        [(2020, "a", "c"), (2020, "a", "d"), (2020, "b", "c")],
        {("c", 2020): 0, ("d", 2020): 10},
    )
    found = restated(parted, 2020, ("a", 2019, 10), ("b", 2019, 5))
    assert by_code(found) == {"c": (5, "estimated"), "d": (10, "estimated")}
    alone = graph(SPLIT, PARTED, {("1508", 2020): 80, ("1580", 2020): 0})
    assert by_code(restated(alone, 2020, ("1507", 2019, 50))) == {"1508": (50, "estimated"), "1580": (0, "estimated")}


def test_pieces_of_which_none_has_residents_cannot_be_divided_by_them():
    empty = graph(SPLIT, PARTED, {("1508", 2020): 0, ("1580", 2020): 0})
    assert restated(empty, 2020, ("1507", 2019, 50))["lost 1507"]["reason"] == NO_WEIGHTS


# a keeps its code while it gives b away: its residents of 2019 are those of the undivided area.
GIVEN_AWAY = ({"a": (2018, None), "b": (2020, None)}, [(2020, "a", "b")])


def test_a_piece_that_keeps_its_code_counts_as_it_is_after_the_division():
    # 80 : 20, though 2019, in which a was whole with its 100, is as near to 2020 as 2021 is.
    known = {("a", 2019): 100, ("a", 2021): 80, ("b", 2020): 20}
    assert by_code(restated(graph(*GIVEN_AWAY, known), 2020, ("a", 2019, 50))) == {
        "a": (40, "estimated"),
        "b": (10, "estimated"),
    }
    del known["a", 2021]
    assert restated(graph(*GIVEN_AWAY, known), 2020, ("a", 2019, 50))["lost a"]["reason"] == NO_WEIGHTS


def test_a_part_that_keeps_its_code_counts_as_it_was_before_the_merger():
    # b takes a in on 1 January 2020. Backward: a 25, b 75 of 100; b's 100 of 2020 has a in it.
    merged = graph(
        {"a": (2018, 2020), "b": (2018, None)},
        [(2020, "a", "b")],
        {("a", 2019): 25, ("b", 2018): 75, ("b", 2020): 100},
    )
    assert by_code(restated(merged, 2019, ("b", 2020, 200))) == {"a": (50, "estimated"), "b": (150, "estimated")}


def test_residents_counted_back_on_new_codes_may_be_used():
    # 1508 and 1580 were no codes in 2018: a figure for them of that year was counted for these very pieces.
    back = graph(SPLIT, PARTED, {("1508", 2018): 60, ("1580", 2018): 40})
    assert by_code(restated(back, 2020, ("1507", 2019, 50))) == {"1508": (30, "estimated"), "1580": (20, "estimated")}


# --- what may be added up -------------------------------------------------------------------------------------------


def test_parts_of_different_boundary_years_make_no_whole():
    # 0602 as of 2018, the other two as of 2019: three parts, but of no one year's boundaries.
    mixed = facts(("0602", 2018, 2019, 1, None), ("0625", 2019, 2019, 2, None), ("0711", 2019, 2019, 4, None))
    assert [row[2] for row in summed(DRAMMEN, 2020, mixed)] == [None, None]


def test_the_same_figure_on_two_years_boundaries_is_not_added_to_itself():
    parts = [(code, value) for code, value in (("0602", 1), ("0625", 2), ("0711", 4))]
    twice = facts(*((code, boundary, 2018, value, None) for code, value in parts for boundary in (2018, 2019)))
    assert summed(DRAMMEN, 2020, twice) == [("3005", 2018, 7, None), ("3005", 2018, 7, None)]  # 1 + 2 + 4, twice


def test_a_part_that_is_given_thrice_does_not_stand_for_the_others():
    thrice = facts(*(("0602", 2019, 2019, 1, None) for _time in range(3)))
    assert [row[2] for row in summed(DRAMMEN, 2020, thrice)] == [None]


def test_years_and_other_columns_stay_apart():
    rows = [
        (code, boundary, boundary, value, None)
        for boundary, add in ((2018, 0), (2019, 10))
        for code, value in (("0602", 1 + add), ("0625", 2 + add), ("0711", 4 + add))
    ]
    # 1 + 2 + 4, and 11 + 12 + 14.
    assert summed(DRAMMEN, 2020, facts(*rows)) == [("3005", 2018, 7, None), ("3005", 2019, 37, None)]


def test_an_estimate_that_is_merged_is_an_estimate_still():
    rows = facts(("0602", 2019, 2019, 1, "estimated"), ("0625", 2019, 2019, 2, None), ("0711", 2019, 2019, 4, None))
    assert summed(DRAMMEN, 2024, rows) == [("3301", 2019, 7, "estimated")]


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
    codes = sorted(mapping["code"].unique())
    values = {
        (code, year): 7 * codes.index(code) + year
        for code, year in mapping[["code", "boundary_year"]].drop_duplicates().itertuples(index=False)
    }
    found = summed(
        any_graph, to_year, facts(*((code, year, year, value, None) for (code, year), value in values.items()))
    )
    for year in any_graph.years:
        total = sum(value for _code, when, value, _status in found if when == year)
        persons = sum(value for (_code, when), value in values.items() if when == year)
        assert total == pytest.approx(persons, abs=1e-6)
        assert round(total) == persons


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


@settings(max_examples=25, deadline=None)
@given(graphs(), st.data())
def test_no_figure_appears_where_a_part_of_it_is_missing(any_graph: ChangeGraph, data: st.DataObject) -> None:
    newest = any_graph.years[-1]
    mapping = any_graph.mapping(newest, [FIRST])
    codes = sorted(mapping["code"].unique())
    lacking = data.draw(st.sampled_from(codes))
    found = restated(any_graph, newest, *((code, FIRST, None if code == lacking else 1.0) for code in codes))
    touched = set(mapping.loc[mapping["code"] == lacking, "to_code"])
    assert {code for code, row in found.items() if row["value"] is None} == touched


# --- against an oracle: the same rules, one code at a time, in exact fractions ---------------------------------------


@dataclass
class Story:
    """A graph, and its lives, changes and residents as they were drawn."""

    lives: dict[str, tuple[int, int | None]]
    changes: list[tuple[int, str | None, str | None]]
    persons: dict[tuple[str, int], float]

    def graph(self) -> ChangeGraph:
        return graph(self.lives, self.changes, self.persons)

    def valid(self, year: int) -> set[str]:
        return {code for code, (first, end) in self.lives.items() if first <= year and (end is None or year < end)}


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """As `graphs`, and: births, ends, areas that give a part away, pieces that are empty or that no one counted."""
    story = Story({f"a{number}": (FIRST, None) for number in range(draw(st.integers(2, 5)))}, [], {})
    for letter, year in zip("bcd", range(FIRST + 1, FIRST + 4), strict=True):
        alive = sorted(story.valid(year))
        gone = draw(st.lists(st.sampled_from(alive), unique=True, max_size=3)) if alive else []
        new = [f"{letter}{number}" for number in range(draw(st.integers(0, 3)))]
        before, after = alive, sorted({*alive, *new} - {*gone})
        # Who goes may go to any; who stays may give a part to those that are new; the rest ended, or is born.
        for old in before:
            to = after if old in gone else new
            for one in draw(st.lists(st.sampled_from(to), unique=True, max_size=3)) if to else []:
                story.changes.append((year, old, one))
        story.lives |= {old: (story.lives[old][0], year) for old in gone} | dict.fromkeys(new, (year, None))
    for code in sorted(story.lives):
        if draw(st.integers(0, 9)):  # one in ten was never counted
            counts = st.one_of(st.just(0), st.integers(1, 1000))
            story.persons |= {(code, year): draw(counts) for year in range(FIRST, FIRST + 4)}
    return story


def followed(story: Story, code: str, year: int, to_year: int) -> tuple[dict[str, Fraction], bool, set[str]]:
    """What the code became: its parts; whether all of it is told; what it touches, with or without known parts."""
    parts, told, touched = {code: Fraction(1)}, True, {code}
    forward = year <= to_year
    days = range(year + 1, to_year + 1) if forward else range(year, to_year, -1)
    for day in days:
        on = {pair if forward else pair[::-1] for when, *both in story.changes if when == day for pair in [tuple(both)]}
        on |= {(one, one) for one in story.valid(day - 1) & story.valid(day)}
        targets = {one: sorted(new for old, new in on if old == one) for one in touched}
        onward: dict[str, Fraction] = {}
        for one, part in parts.items():
            shares = divided(story, targets[one], day if forward else day - 1)
            told &= bool(shares) or not part  # of nothing, any share is nothing
            for new, share in (shares or {}).items():
                onward[new] = onward.get(new, Fraction(0)) + part * share
        parts, touched = onward, {new for news in targets.values() for new in news}
    return parts, told, touched


def divided(story: Story, targets: list[str], year: int) -> dict[str, Fraction] | None:
    """The share of each target; None: not known."""
    if len(targets) < 2:
        return dict.fromkeys(targets, Fraction(1))
    counts = [story.persons.get((one, year)) for one in targets]
    if None in counts or not sum(counts):
        return None
    return {one: Fraction(int(count), int(sum(counts))) for one, count in zip(targets, counts, strict=True)}


YEARS = st.integers(FIRST, FIRST + 3)


@settings(max_examples=80, deadline=None)
@given(stories(), YEARS, YEARS)
def test_the_mapping_is_what_following_every_code_by_itself_gives(story: Story, year: int, to_year: int) -> None:
    of = story.graph()
    year, to_year = min(year, of.years[-1]), min(to_year, of.years[-1])
    found = as_matrix(of.mapping(to_year, [year]), year)
    lost = of.unrestated(to_year, [year]).set_index("code")["weight"].to_dict()
    for code in sorted(story.valid(year)):
        parts, told, _touched = followed(story, code, year, to_year)
        mine = {to: weight for (one, to), weight in found.items() if one == code}
        assert {to: pytest.approx(float(part)) for to, part in parts.items() if part} == {
            to: weight for to, weight in mine.items() if weight
        }
        assert (code in lost) == (sum(parts.values()) < 1)
        assert lost.get(code, 1) == pytest.approx(float(sum(parts.values())))
        if told:
            assert sum(mine.values()) == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(stories(), YEARS, YEARS, st.data())
def test_figures_are_the_sums_of_what_is_known_and_no_others(
    story: Story, year: int, to_year: int, data: st.DataObject
) -> None:
    of = story.graph()
    year, to_year = min(year, of.years[-1]), min(to_year, of.years[-1])
    codes = sorted(story.valid(year))
    values = {code: data.draw(st.one_of(st.none(), st.integers(0, 99)), label=code) for code in codes}
    rows = restated(of, to_year, *((code, year, value) for code, value in values.items()))
    ways = {code: followed(story, code, year, to_year) for code in codes}
    for target in {one for _parts, _told, touched in ways.values() for one in touched}:
        sources = {code: way for code, way in ways.items() if target in way[2]}
        figure = rows[target]["value"] if target in rows else None
        expected = [values[code] and values[code] * parts.get(target, 0) for code, (parts, _t, _s) in sources.items()]
        if all(told for _parts, told, _touched in sources.values()) and None not in expected:
            assert figure == pytest.approx(float(sum(expected)))
        if any(values[code] is None for code in sources):
            assert figure is None
        if any(not told and not parts.get(target) for parts, told, _touched in sources.values()):
            assert figure is None  # a part of it is not known
