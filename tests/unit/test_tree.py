"""Validity periods of official areas, read off lists of single days; small lists made by hand."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from indicators.geography import OFFICIAL_AREAS, TreeError, from_yearly_lists, tree, valid_in

JULY = date(2019, 7, 1)
Y = {year: date(year, 1, 1) for year in range(2018, 2024)}


def listed(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows of day, code, name and parent of units."""
    return pd.DataFrame(rows, columns=["day", "code", "name", "parent_code"]).assign(level=tree.UNIT)


def periods(areas: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows of code, name, valid_from, valid_to; what is missing as None."""
    rows = areas[["code", "name", "valid_from", "valid_to"]].astype(object)
    return sorted(rows.where(rows.notna(), None).itertuples(index=False, name=None), key=lambda row: (row[0], row[2]))


def test_the_result_has_the_tables_columns_whatever_the_lists_know():
    areas = from_yearly_lists(pd.DataFrame({"day": [Y[2020]], "level": [tree.UNIT], "code": ["1"], "name": ["A"]}))
    assert list(areas.columns) == OFFICIAL_AREAS.names
    assert areas[["parent_code", "district_code", "zone_code"]].isna().all(axis=None)


def test_the_order_of_the_lists_rows_does_not_matter():
    rows = listed(*[(Y[year], code, code, None) for year in (2019, 2020, 2021) for code in ("1", "2")])
    shuffled = rows.sample(frac=1, random_state=1)
    assert periods(from_yearly_lists(shuffled)) == [("1", "1", Y[2019], None), ("2", "2", Y[2019], None)]


def test_a_code_used_again_after_a_gap_is_two_periods_even_with_its_old_name():
    rows = listed((Y[2018], "1", "A", None), (Y[2020], "1", "A", None), *[(Y[y], "2", "B", None) for y in (2018, 2019)])
    assert periods(from_yearly_lists(rows)) == [
        ("1", "A", Y[2018], Y[2019]),
        ("1", "A", Y[2020], None),
        ("2", "B", Y[2018], Y[2020]),
    ]


def test_a_year_that_no_list_is_of_is_no_gap():
    # Lists of 2018 and 2020 alone: nothing says that the code was gone in 2019.
    rows = listed((Y[2018], "1", "A", None), (Y[2020], "1", "A", None))
    assert periods(from_yearly_lists(rows)) == [("1", "A", Y[2018], None)]


def test_a_new_parent_is_a_new_period():
    rows = listed((Y[2019], "1", "A", "p"), (Y[2020], "1", "A", "q"), (Y[2021], "1", "A", "q"))
    areas = from_yearly_lists(rows)
    assert periods(areas) == [("1", "A", Y[2019], Y[2020]), ("1", "A", Y[2020], None)]
    assert list(areas["parent_code"]) == ["p", "q"]


def test_a_parent_that_becomes_known_is_a_new_period():
    areas = from_yearly_lists(listed((Y[2019], "1", "A", None), (Y[2020], "1", "A", "p")))
    assert list(areas["parent_code"].isna()) == [True, False]


def test_a_name_that_comes_back_is_a_third_period():
    rows = listed((Y[2019], "1", "A", None), (Y[2020], "1", "B", None), (Y[2021], "1", "A", None))
    assert periods(from_yearly_lists(rows)) == [
        ("1", "A", Y[2019], Y[2020]),
        ("1", "B", Y[2020], Y[2021]),
        ("1", "A", Y[2021], None),
    ]


def test_the_same_code_at_two_levels_is_two_areas():
    rows = listed((Y[2019], "1", "A", None), (Y[2019], "1", "B", None))
    areas = from_yearly_lists(rows.assign(level=[tree.UNIT, tree.TRACT]))
    assert set(zip(areas["level"], areas["name"], strict=True)) == {(tree.UNIT, "A"), (tree.TRACT, "B")}


@pytest.mark.parametrize("name", ["A", "B"])
def test_a_code_listed_twice_on_a_day_is_refused_also_where_both_rows_agree(name: str):
    rows = listed((Y[2019], "1", "A", None), (Y[2020], "1", "A", None), (Y[2020], "1", name, None))
    with pytest.raises(TreeError, match="basic statistical unit 1 is listed twice on 2020-01-01"):
        from_yearly_lists(rows)


def test_periods_of_lists_pass_their_own_check():
    rows = listed((Y[2018], "1", "A", None), (Y[2020], "1", "B", None), (Y[2019], "2", "C", None))
    tree.check(from_yearly_lists(rows))


def test_a_boundary_year_is_what_was_valid_on_its_1_january():
    rows = listed((Y[2019], "1", "A", None), (JULY, "2", "B", None), (Y[2020], "2", "B", None))
    areas = from_yearly_lists(rows)
    assert [set(valid_in(areas, year)["code"]) for year in (2018, 2019, 2020, 2030)] == [set(), {"1"}, {"2"}, {"2"}]


def test_an_end_is_the_first_day_on_which_it_no_longer_holds():
    areas = from_yearly_lists(listed((Y[2019], "1", "A", None), (Y[2020], "2", "B", None)))
    assert list(valid_in(areas, 2020)["code"]) == ["2"]
    tree.check(pd.concat([areas, areas[areas["code"] == "1"].assign(valid_from=Y[2020], valid_to=None)]))


@pytest.mark.parametrize("end", [Y[2019], Y[2018]])
def test_what_ends_before_or_as_it_begins_is_refused(end: date):
    areas = from_yearly_lists(listed((Y[2019], "1", "A", None))).astype({"valid_to": object})
    areas.loc[0, "valid_to"] = end
    with pytest.raises(TreeError, match=rf"basic statistical unit 1 \(A\) is valid from 2019-01-01 to {end}"):
        tree.check(areas)


def test_a_unit_lies_in_a_district_for_the_time_that_is_told():
    units = from_yearly_lists(
        listed((Y[2018], "03013203", "Holmlia", "03013200"), (Y[2023], "03013203", "Holmlia", "03013200"))
    )
    pairs = pd.DataFrame(
        [
            ("030108", "03013203", Y[2018], Y[2020]),
            ("030115", "03013203", Y[2020], None),
            (None, "03013203", Y[2019], None),
        ],
        columns=tree.NO_PAIRS.columns,
    )
    found = tree.placed(units, pd.Series(dtype=str), pairs)
    # The code 030115 was another district's before: a unit is in it only from the day on which the pair begins.
    assert [(row.district_code, row.valid_from, row.valid_to) for row in found.itertuples()] == [
        ("030108", Y[2018], Y[2020]),
        ("030115", Y[2020], None),
    ]
    assert list(found["parent_code"]) == ["03013200", "03013200"]


def test_validity_that_overlaps_is_refused():
    once = from_yearly_lists(listed((Y[2019], "01", "A", None), (Y[2020], "01", "A", None)))
    with pytest.raises(TreeError, match=r"01 \(A\) is valid twice on 2020-01-01"):
        tree.check(pd.concat([once, once.assign(valid_from=Y[2020])]))
