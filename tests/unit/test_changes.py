"""Official areas from yearly lists, what became of them, and by what evidence: small lists made by hand."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from indicators.geography import changes_from_klass, changes_from_lists, from_yearly_lists, tree, valid_in

Y = {year: date(year, 1, 1) for year in range(2018, 2027)}


def lists(**by_year: dict[str, str]) -> pd.DataFrame:
    """Units of each year: code -> name. y2019={"06020601": "Strømsø 1"}."""
    rows = [
        {"day": Y[int(year[1:])], "level": tree.UNIT, "code": code, "name": name, "parent_code": f"{code[:6]}00"}
        for year, units in by_year.items()
        for code, name in units.items()
    ]
    return pd.DataFrame(rows)


def changed(**by_year: dict[str, str]) -> list[tuple[Any, ...]]:
    """(old, new, kind, evidence) of the units."""
    found = changes_from_lists(from_yearly_lists(lists(**by_year)))
    units = found[found["level"] == tree.UNIT].astype(object).where(lambda frame: frame.notna(), None)
    return sorted(
        units[["old_code", "new_code", "kind", "evidence"]].itertuples(index=False, name=None),
        key=lambda row: tuple(str(one) for one in row),
    )


# --- validity -------------------------------------------------------------------------------------------------------


def test_an_area_is_valid_from_the_first_list_that_has_it_to_the_first_that_has_not():
    areas = from_yearly_lists(
        lists(y2019={"01": "A", "02": "B"}, y2020={"01": "A"}, y2021={"01": "A2", "02": "B"}, y2022={"01": "A2"})
    )
    found = set(areas[["code", "name", "valid_from", "valid_to"]].itertuples(index=False, name=None))
    # A renamed area is two rows; a code that was gone for a year is two as well; what the last list has is valid still.
    assert found == {
        ("01", "A", Y[2019], Y[2021]),
        ("01", "A2", Y[2021], None),
        ("02", "B", Y[2019], Y[2020]),
        ("02", "B", Y[2021], Y[2022]),
    }
    assert set(valid_in(areas, 2020)["code"]) == {"01"}
    assert list(valid_in(areas, 2021)["name"]) == ["A2", "B"]


def test_a_code_listed_twice_on_a_day_is_refused():
    twice = pd.concat([lists(y2019={"01": "A"}), lists(y2019={"01": "B"})])
    with pytest.raises(tree.TreeError, match="basic statistical unit 01 is listed twice on 2019-01-01"):
        from_yearly_lists(twice)


def test_validity_that_overlaps_is_refused():
    areas = from_yearly_lists(lists(y2019={"01": "A"}, y2020={"01": "A"}))
    again = areas.assign(valid_from=Y[2020])
    with pytest.raises(tree.TreeError, match="01 \\(A\\) is valid twice on 2020-01-01"):
        tree.check(pd.concat([areas, again]))


# --- inference ------------------------------------------------------------------------------------------------------

PLACE = "same last four digits and name, in the municipality's successor"
NAME = "same name, in the municipality's successor"


def test_units_follow_their_municipality_through_a_renumbering():
    assert changed(
        y2019={"06020601": "Strømsø  1", "06020602": "Strømsø  2"},
        y2020={"30050601": "Strømsø  1", "30050602": "Strømsø  2"},
    ) == [
        ("06020601", "30050601", "renumbered", PLACE),
        ("06020602", "30050602", "renumbered", PLACE),
    ]


def test_units_of_a_merged_municipality_in_new_tracts_are_known_by_name():
    old = {"06020601": "Strømsø 1", "06250101": "Krokstad", "06250102": "Stenseth"}
    new = {"30050601": "Strømsø 1", "30051101": "Krokstad", "30051102": "Stenseth"}
    assert [row[:2] for row in changed(y2019=old, y2020=new)] == list(zip(old, new, strict=True))


def test_a_name_that_only_changes_letters_and_signs_is_the_same_name():
    assert changed(y2019={"01350303": "Revhaug og aakeberg"}, y2020={"30170303": "Revhaug - Aakeberg"}) == [
        ("01350303", "30170303", "renumbered and renamed", PLACE)
    ]
    assert changed(y2019={"06020701": "Tangen-åskollen  1"}, y2020={"06020701": "Tangen - Åskollen 1"}) == [
        ("06020701", "06020701", "respelled", "same code")
    ]
    assert changed(y2019={"06020701": "Tangen"}, y2020={"06020701": "Åskollen"}) == [
        ("06020701", "06020701", "renamed", "same code")
    ]


def test_a_unit_that_is_divided_gives_its_name_to_its_parts():
    parts = {"03012902": "Loenga sør", "03012903": "Loenga nord", "03013108": "Ljabru nord", "03013109": "Ljabru sør"}
    rows = changed(y2019={"03012901": "Loenga", "03013103": "Ljabru"}, y2020=parts)
    assert [row[:3] for row in rows] == [
        ("03012901", "03012902", "split"),
        ("03012901", "03012903", "split"),
        ("03013103", "03013108", "split"),
        ("03013103", "03013109", "split"),
    ]


def test_what_is_left_over_in_a_tract_is_one_rearrangement():
    rows = changed(y2019={"50011101": "Vest", "50011102": "Fjord"}, y2020={"50011103": "Havn", "50011104": "Strand"})
    assert {row[2] for row in rows} == {"rearranged"}
    assert len(rows) == 4


def test_the_unplaced_go_where_their_municipality_went():
    old = {"06020601": "A", "06029999": "Uoppgitt", "06250101": "B", "06259999": "Uoppgitt"}
    rows = changed(y2019=old, y2020={"30050601": "A", "30051101": "B", "30059999": "Uoppgitt"})
    assert [row[:3] for row in rows if row[1] == "30059999"] == [
        ("06029999", "30059999", "merged"),
        ("06259999", "30059999", "merged"),
    ]


def test_what_has_no_successor_ended_and_what_has_no_predecessor_was_born():
    rows = changed(y2019={"05290408": "Kolbu", "05290101": "Gård"}, y2020={"05290101": "Gård", "05300101": "Ny"})
    assert [row[:3] for row in rows] == [("05290408", None, "ended"), (None, "05300101", "born")]


def test_municipalities_and_tracts_follow_from_where_their_units_went():
    units = lists(y2019={"06020601": "A", "06250101": "B"}, y2020={"30050601": "A", "30051101": "B"})
    above = [
        {"day": Y[year], "level": level, "code": code, "name": code, "parent_code": None}
        for year, codes in {
            2019: {tree.MUNICIPALITY: ["0602", "0625"], tree.TRACT: ["06020600", "06250100"]},
            2020: {tree.MUNICIPALITY: ["3005"], tree.TRACT: ["30050600", "30051100"]},
        }.items()
        for level, named in codes.items()
        for code in named
    ]
    found = changes_from_lists(from_yearly_lists(pd.concat([units, pd.DataFrame(above)])))
    rows = {(row.level, row.old_code, row.new_code, row.kind) for row in found.itertuples()}
    assert (tree.MUNICIPALITY, "0602", "3005", "merged") in rows
    assert (tree.MUNICIPALITY, "0625", "3005", "merged") in rows
    assert any(row[:3] == (tree.TRACT, "06250100", "30051100") for row in rows)


# --- Klass' own changes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "stays", "kinds"),
    [
        ([("a", "b")], [], ["renumbered"]),
        ([("a", "c"), ("b", "c")], [], ["merged", "merged"]),
        ([("a", "b"), ("a", "c")], [], ["split", "split"]),
        ([("a", "c"), ("a", "d"), ("b", "d")], [], ["rearranged"] * 3),
        # b keeps its code while it takes in a: that is a merger; a keeps its own while a part leaves: a split.
        ([("a", "b")], ["b"], ["merged"]),
        ([("a", "b")], ["a"], ["split"]),
        ([(None, "b"), ("a", None)], [], ["born", "ended"]),
    ],
)
def test_the_kind_of_a_change_is_told_by_how_many_take_part(pairs, stays, kinds):
    stated = pd.DataFrame(pairs, columns=["old_code", "new_code"]).assign(
        old_name="same", new_name="same", change_date=Y[2020]
    )
    valid = [
        {"level": "municipality", "code": code, "name": "same", "valid_from": Y[2018], "valid_to": None}
        for code in stays
    ]
    areas = pd.DataFrame(valid, columns=["level", "code", "name", "valid_from", "valid_to"])
    assert list(changes_from_klass(stated, areas, "municipality")["kind"]) == kinds
