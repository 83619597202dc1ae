"""What adds up, and is not said in so many words: windows, quarters, sexes, ages, complements, zones. Synthetic."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from indicators.disclosure.structure import Structure, structure
from tests import attacker
from tests.unit import real_catalogue
from tests.unit.test_disclosure_tables import hide, row

ALONE = Structure(wholes=(), rests=(), public=frozenset({"ssb/open"}), small=frozenset("abc"))


def gone(rows: list[dict[str, Any]], given: Structure = ALONE) -> set[tuple[str, str, str]]:
    return {key for key, found in hide(rows, given).items() if found["status"] == "suppressed"}


def narrowed(rows: list[dict[str, Any]], sums: list[tuple[Any, list[Any]]], given: Structure = ALONE) -> dict[Any, Any]:
    """Which hidden counts can be fewer than three, for one who knows the sums, that counts are whole, and the bases."""
    true = {(one["indicator_id"], one["area_id"], one["period"]): one for one in rows}
    found = hide(rows, given)
    shown = {key: one["numerator"] for key, one in found.items() if one["numerator"] is not None}
    assert len(shown) < len(rows), "something is hidden"
    keys = {key for total, parts in sums for key in (total, *parts)} | set(true)
    bounds = {key: (0.0, float(true[key]["denominator"]) if key in true else 1e6) for key in keys}
    ranges = attacker.attainable(shown, bounds, sums, set(true) - set(shown), whole=True)
    return {key: ends for key, ends in ranges.items() if ends[1] - ends[0] < 2}


def key(period: str, indicator: str = "everybody", area: str = "a") -> tuple[str, str, str]:
    return indicator, area, period


def test_a_delivered_window_does_not_tell_the_year_in_it():
    # The case of shared/cases/protection: 552 - 300 - 250 = 2.
    rows = [row("a", year, n, 4000) for year, n in (("2018", 300), ("2019", 2), ("2020", 250))]
    rows.append(row("a", "2018-2020", 552, 12000, pooled=False))
    sums = [(key("2018-2020"), [key("2018"), key("2019"), key("2020")])]
    assert key("2019") in gone(rows)
    assert not narrowed(rows, sums)


def test_nor_do_two_windows_that_overlap_in_years_that_nobody_delivered():
    # (2019-2021) - (2018-2020) + 2018 = 2021: 43 - 61 + 20 = 2.
    rows = [row("a", "2018", 20, 900), row("a", "2021", 2, 900)]
    rows += [row("a", "2018-2020", 61, 2700, pooled=False), row("a", "2019-2021", 43, 2700, pooled=False)]
    sums = [
        (key("2018-2020"), [key("2018"), key("2019"), key("2020")]),
        (key("2019-2021"), [key("2019"), key("2020"), key("2021")]),
    ]
    assert not narrowed(rows, sums)


def quarter(number: int, n: float) -> dict[str, Any]:
    starts = date(2020, 3 * number - 2, 1)
    ends = date(2020, 3 * number, 31 if number in (1, 4) else 30)
    return row("a", "2020", n, 900, pooled=False) | {
        "period": f"2020K{number}", "period_start": starts, "period_end": ends,
    }  # fmt: skip


def test_quarters_do_not_tell_each_other_by_their_year():
    # 42 - 41 = 1.
    rows = [row("a", "2020", 42, 900), quarter(1, 10), quarter(2, 11), quarter(3, 1), quarter(4, 20)]
    sums = [(key("2020"), [key(f"2020K{number}") for number in (1, 2, 3, 4)])]
    assert not narrowed(rows, sums)
    # A quarter that nobody delivered follows from the others.
    assert len(gone([rows[0], *rows[1:3], rows[4]])) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"sex": "men"}, {"sex": "women"}, id="sexes"),
        pytest.param({"age": "0-17"}, {"age": "18-24"}, id="ages"),
    ],
)
def test_parts_of_a_population_do_not_tell_each_other_by_their_sum(first, second):
    given = replace(ALONE, parts_of={"some": "everybody", "others": "everybody"})
    rows = [
        row("a", "2020", 42, 900, age="0-24"),
        row("a", "2020", 40, 400, indicator_id="some", age="0-24") | first,
        row("a", "2020", 2, 500, indicator_id="others", age="0-24") | second,
    ]
    sums = [(key("2020"), [key("2020", "some"), key("2020", "others")])]
    assert not narrowed(rows, sums, given)


def test_two_parts_with_nobody_in_common_do_not_tell_the_few_that_are_left():
    # 42 of 900, 30 of 400 under 18 and 10 of 300 from 25 on: 2 of 200 between.
    given = replace(ALONE, parts_of={"young": "everybody", "old": "everybody"})
    rows = [
        row("a", "2020", 42, 900, age="0-66"),
        row("a", "2020", 30, 400, indicator_id="young", age="0-17"),
        row("a", "2020", 10, 300, indicator_id="old", age="25-66"),
    ]
    assert len(gone(rows, given)) == 1


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        pytest.param(("some", 47), ("everybody", 0, 141), id="part of none"),
        pytest.param(("some", 47), ("everybody", 140, 141), id="part of all but one"),
        pytest.param(("everybody", 21), ("some", 15, 20), id="whole with one more"),
    ],
)
def test_what_a_source_hides_of_a_population_is_not_told_by_its_part_or_its_whole(hidden, shown):
    # Nobody in the whole, so nobody in the part; 15 in the part, so 15 or 16 in the whole.
    given = replace(ALONE, parts_of={"some": "everybody"})
    indicator, of = hidden
    own = row("a", "2020", 5, of, indicator_id=indicator)
    own |= {"numerator": None, "value": None, "status": "suppressed"}
    rows = [own, row("a", "2020", shown[1], shown[2], indicator_id=shown[0])]
    assert gone(rows, given) == {key("2020", "some"), key("2020", "everybody")}


def test_an_indicator_does_not_tell_its_complement():
    # 298 of 300 have work in 2020, and 2 have none: nobody said that the two indicators are each other's complement.
    rows = [row("a", year, n, 300) for year, n in (("2019", 250), ("2020", 298))]
    rows += [row("a", year, 300 - n, 300, indicator_id="without") for year, n in (("2019", 250), ("2020", 298))]
    assert gone(rows) == {key("2020"), key("2020", "without")}
    # Where the small one is hidden for another reason, its complement goes too.
    window = row("a", "2019-2020", 548, 600)
    sums = [(("all", year), [key(year), key(year, "without")]) for year in ("2019", "2020")]
    sums.append((key("2019-2020"), [key("2019"), key("2020")]))
    true = [*rows, window]
    found = hide(true, ALONE)
    shown = {place: one["numerator"] for place, one in found.items() if one["numerator"] is not None}
    known = shown | {("all", "2019"): 300.0, ("all", "2020"): 300.0}
    bounds = {place: (0.0, 300.0) for _total, parts in sums for place in parts} | {key("2019-2020"): (0.0, 600.0)}
    ranges = attacker.attainable(known, bounds, sums, {key("2020"), key("2020", "without")}, whole=True)
    assert all(high - low >= 2 for low, high in ranges.values())


def unit(area: str, code: str) -> dict[str, Any]:
    return {"area_id": area, "code": code, "first_year": 2024, "last_year": 2999, "weight": 1.0}


def test_areas_of_the_same_units_add_up_whether_the_catalogue_says_so_or_not():
    catalogue = real_catalogue()
    # Made up: kommunedel 1 consists of the units of two zones; kommunedel 2 of more than the third.
    members = [unit("drammen-1", code) for code in ("33011401", "33011402", "33011403")]
    members += [unit("drammen-zone-07", "33011401"), unit("drammen-zone-07", "33011402")]
    members += [unit("drammen-zone-08", "33011403"), unit("drammen-zone-09", "33011101")]
    members += [unit("drammen-2", "33011101"), unit("drammen-2", "33011102")]
    read = structure(catalogue, members)
    assert ("drammen-1", ("drammen-zone-07", "drammen-zone-08")) in read.wholes
    assert "drammen-2" not in dict(read.wholes)
    assert read.wholes[:-1] == structure(catalogue).wholes
