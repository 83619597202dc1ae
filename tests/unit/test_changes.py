"""Official areas from yearly lists, what became of them, and by what evidence: small lists made by hand."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from indicators.geography import CHANGES, changes_from_klass, changes_from_lists, from_yearly_lists, tree

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


# --- each kind of evidence ------------------------------------------------------------------------------------------


def test_the_name_in_the_municipalitys_successor_is_evidence_where_digits_differ():
    old = {"06250101": "Krokstad", "06250102": "Stenseth"}
    assert changed(y2019=old, y2020={"30051101": "Krokstad", "30051102": "Stenseth"}) == [
        ("06250101", "30051101", "renumbered", NAME),
        ("06250102", "30051102", "renumbered", NAME),
    ]


def test_the_place_in_a_tract_that_moved_as_a_whole_is_evidence_where_a_name_changed():
    # Four of tract 0101's units are known by name to have gone to tract 1101: so its fifth went there, to place 05.
    named = ["Elvebakken", "Fjellro", "Granlia", "Holmen"]
    old = {f"0625010{place}": name for place, name in enumerate(named, 1)}
    new = {f"3005110{place}": name for place, name in enumerate(named, 1)}
    rows = changed(y2019=old | {"06250105": "Gammelt"}, y2020=new | {"30051105": "Nytt"})
    assert rows[-1] == (
        "06250105",
        "30051105",
        "renumbered and renamed",
        "same place in a tract that moved as a whole",
    )


def test_a_tract_whose_units_went_two_ways_tells_nothing_of_the_place():
    # Two of four to either tract: the fifth may have gone anywhere, and 30051105 may be anyone's.
    old = {"06250101": "Elvebakken", "06250102": "Fjellro", "06250103": "Granlia", "06250104": "Holmen"}
    new = {"30051101": "Elvebakken", "30051102": "Fjellro", "30051201": "Granlia", "30051202": "Holmen"}
    rows = changed(y2019=old | {"06250105": "Gammelt"}, y2020=new | {"30051105": "Nytt"})
    assert [row[2:] for row in rows if "06250105" in row] == [("ended", "no successor in the lists")]
    assert [row[2:] for row in rows if "30051105" in row] == [("born", "no predecessor in the lists")]


# Half a dozen units each that go from one municipality to another, so that one more is too few to count as a successor.
MANY = ["Elvebakken", "Fjellro", "Granlia", "Holmen", "Idrettsveien", "Jernbakken"]
FIRST = ({f"0101010{at}": name for at, name in enumerate(MANY)}, {f"1001010{at}": name for at, name in enumerate(MANY)})
SECOND = (
    {f"0202020{at}": f"{name} B" for at, name in enumerate(MANY)},
    {f"2002020{at}": f"{name} B" for at, name in enumerate(MANY)},
)


def test_a_unit_that_crossed_to_another_municipality_is_known_by_a_name_that_only_it_has():
    crossed = ({"01010109": "Hjuksebø"}, {"20020301": "Hjuksebø"})
    rows = changed(y2019=FIRST[0] | SECOND[0] | crossed[0], y2020=FIRST[1] | SECOND[1] | crossed[1])
    assert len(rows) == 13
    assert [row for row in rows if row[0] == "01010109"] == [
        ("01010109", "20020301", "renumbered", "same name, the only one of that name that changed")
    ]


def test_a_name_that_two_units_have_is_no_evidence():
    # Sentrum ended in two municipalities and began in a third that follows neither.
    rows = changed(
        y2019=FIRST[0] | SECOND[0] | {"01010109": "Sentrum", "02020209": "Sentrum"},
        y2020=FIRST[1] | SECOND[1] | {"55550101": "Sentrum"},
    )
    assert [row[:3] for row in rows if row[1] is None] == [("01010109", None, "ended"), ("02020209", None, "ended")]
    assert [row[:3] for row in rows if row[0] is None] == [(None, "55550101", "born")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Loenga", ["Loenga 1", "Loenga 2"]),
        ("Loenga", ["Loenga nord", "Loenga sør"]),
        ("Loenga", ["Nytt", "Loenga øvre"]),
    ],
)
def test_a_name_with_an_addition_in_the_same_tract_is_evidence(old, new):
    rows = changed(y2019={"03012901": old}, y2020={f"0301290{place}": name for place, name in enumerate(new, 2)})
    added = "its name with an addition, in the same tract"
    assert {row[3] for row in rows if row[0]} == {added}
    assert len([row for row in rows if row[0]]) == sum(name.startswith(old) for name in new)


def test_a_name_with_an_addition_in_another_tract_is_none():
    rows = changed(y2019={"03012901": "Loenga"}, y2020={"03015501": "Loenga nord"})
    assert [row[2] for row in rows] == ["ended", "born"]


def test_what_all_ended_and_began_in_one_tract_is_told_as_such():
    rows = changed(y2019={"50011101": "Vest", "50011102": "Fjord"}, y2020={"50011103": "Havn"})
    both = "all that ended and began in one tract"
    assert rows == [("50011101", "50011103", "merged", both), ("50011102", "50011103", "merged", both)]


def test_the_unplaced_of_a_divided_municipality_go_to_each_successor_and_never_to_a_named_unit():
    old = {f"1507010{at}": name for at, name in enumerate(MANY)} | {"15079999": "Uoppgitt"}
    new = {f"1508010{at}": name for at, name in enumerate(MANY[:3])}
    new |= {f"1580010{at}": name for at, name in enumerate(MANY[3:], 3)}
    rows = changed(y2023=old, y2024=new | {"15089999": "Uoppgitt", "15809999": "Uoppgitt"})
    unplaced = "the unplaced of the municipality's successor"
    assert [row for row in rows if row[0] == "15079999"] == [
        ("15079999", "15089999", "split", unplaced),
        ("15079999", "15809999", "split", unplaced),
    ]
    assert [row[1] for row in rows].count("15089999") == 1


def test_what_goes_on_unchanged_is_no_change():
    assert changed(y2019={"03012901": "Loenga"}, y2020={"03012901": "Loenga"}) == []


def test_every_day_of_change_is_told_by_itself():
    found = changes_from_lists(
        from_yearly_lists(lists(y2019={"06020601": "A"}, y2020={"30050601": "A"}, y2024={"33010601": "A"}))
    )
    units = found[found["level"] == tree.UNIT]
    assert list(units[["change_date", "old_code", "new_code"]].itertuples(index=False, name=None)) == [
        (Y[2020], "06020601", "30050601"),
        (Y[2024], "30050601", "33010601"),
    ]


def test_an_area_that_takes_another_in_and_keeps_its_code_is_a_merger_of_municipalities():
    # 1001's unit goes to 4204, which goes on with its own: 1001 and 4204 are both parts of the new 4204.
    units = lists(y2019={"10010101": "A", "42040201": "B"}, y2020={"42040101": "A", "42040201": "B"})
    above = pd.DataFrame(
        [
            {"day": Y[year], "level": tree.MUNICIPALITY, "code": code, "name": code, "parent_code": None}
            for year, code in ((2019, "1001"), (2019, "4204"), (2020, "4204"))
        ]
    )
    found = changes_from_lists(from_yearly_lists(pd.concat([units, above])))
    rows = found.loc[found["level"] == tree.MUNICIPALITY, ["old_code", "new_code", "kind", "evidence"]]
    assert list(rows.itertuples(index=False, name=None)) == [("1001", "4204", "merged", "where its units went")]


@pytest.mark.parametrize("name", ["A", "A with a new name"])
def test_a_border_moved_between_municipalities_that_both_go_on_is_no_change_of_theirs(name: str):
    # One unit crosses from 0928 to 0937, which may change its name on the same day.
    units = lists(
        y2019={"09280211": "Crossing", "09280101": "B", "09370101": "C"},
        y2020={"09370108": "Crossing", "09280101": "B", "09370101": "C"},
    )
    above = pd.DataFrame(
        [
            {"day": Y[year], "level": tree.MUNICIPALITY, "code": code, "name": called, "parent_code": None}
            for year, code, called in (
                (2019, "0928", "B"),
                (2019, "0937", "A"),
                (2020, "0928", "B"),
                (2020, "0937", name),
            )
        ]
    )
    found = changes_from_lists(from_yearly_lists(pd.concat([units, above])))
    assert ("09280211", "09370108") in set(found[["old_code", "new_code"]].itertuples(index=False, name=None))
    assert found[found["level"] == tree.MUNICIPALITY].empty


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


def stated(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows of year, old code and name, new code and name."""
    found = pd.DataFrame(rows, columns=["change_date", "old_code", "old_name", "new_code", "new_name"])
    return found.assign(change_date=found["change_date"].map(Y))


NOWHERE = pd.DataFrame(columns=["level", "code", "name", "valid_from", "valid_to"])


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (("0602", "Drammen", "3005", "Drammen"), "renumbered"),
        (("3030", "Lillestrøm", "3205", "Lillestrøm - Nytt"), "renumbered and renamed"),
        (("1850", "Tysfjord", "1850", "Divtasvuodna"), "renamed"),
        (("0101", "Tangen-åskollen  01", "0101", "Tangen - Åskollen 1"), "respelled"),
        (("0602", "DRAMMEN", "3005", "Drammen"), "renumbered"),
    ],
)
def test_one_to_one_is_told_by_code_and_name(row: tuple[str, ...], kind: str):
    assert list(changes_from_klass(stated((2020, *row)), NOWHERE, "municipality")["kind"]) == [kind]


def test_klass_changes_have_the_tables_columns_and_each_is_there_once():
    rows = stated((2020, "a", "A", "b", "A"), (2020, "a", "A", "b", "A"), (2024, "a", "A", "b", "A"))
    found = changes_from_klass(rows, NOWHERE, "municipality")
    assert list(found.columns) == CHANGES.names
    assert list(found["change_date"]) == [Y[2020], Y[2024]]
    assert set(found["evidence"]) == {"stated by Klass"}


def test_changes_of_different_days_are_told_apart():
    # Two into c, but four years from each other, c going on beside the second: one renumbered, then one taken in.
    areas = pd.DataFrame([("municipality", "c", "C", Y[2020], None)], columns=NOWHERE.columns)
    rows = stated((2020, "a", "C", "c", "C"), (2024, "b", "B", "c", "C"))
    assert list(changes_from_klass(rows, areas, "municipality")["kind"]) == ["renumbered", "merged"]


def test_no_changes_are_an_empty_table():
    assert list(changes_from_klass(stated(), NOWHERE, "municipality").columns) == CHANGES.names
