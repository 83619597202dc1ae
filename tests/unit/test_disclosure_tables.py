"""Which cells of a table of measures are hidden, on synthetic counts; the attacker knows every sum between them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.disclosure.cells import Rules
from indicators.disclosure.structure import Structure, structure
from indicators.disclosure.tables import REMEMBERED, protected
from tests import attacker
from tests.unit import real_catalogue

COLUMNS = pa.schema(
    [
        *(
            (name, pa.string())
            for name in ("indicator_id", "area_id", "period", "sex", "age", "method", "status", "source_table")
        ),
        *((name, pa.date32()) for name in ("period_start", "period_end")),
        *((name, pa.float64()) for name in ("numerator", "denominator", "value", "lower", "upper", "confidence")),
        ("pooled", pa.bool_()),
    ]
)
DISTRICTS = ("a", "b", "c")
TOWN = Structure(
    wholes=(("town", DISTRICTS),),
    rests=(("town", "rest", ("a",)),),
    public=frozenset({"ssb/open"}),
    small=frozenset({*DISTRICTS, "rest"}),
    parts_of={"immigrants": "everybody"},
)


def row(area: str, period: str, n: float | None, of: float | None, **given: Any) -> dict[str, Any]:
    first, _, last = period.partition("-")
    shown = n is not None and of
    return {
        "indicator_id": "everybody",
        "area_id": area,
        "period": period,
        "sex": "both",
        "age": "all",
        "method": "proportion, Wilson interval",
        "status": None if n is not None else "suppressed",
        "source_table": "delivery/synthetic",
        "period_start": date(int(first), 1, 1),
        "period_end": date(int(last or first), 12, 31),
        "numerator": n,
        "denominator": of if n is not None else None,
        "value": n / of if shown else None,
        "lower": 0.0 if shown else None,
        "upper": 1.0 if shown else None,
        "confidence": 0.95 if shown else None,
        "pooled": bool(last),
    } | given


def hide(
    rows: list[dict[str, Any]], structure: Structure = TOWN, rules: Rules | None = None
) -> dict[Any, dict[str, Any]]:
    found = protected(pa.Table.from_pylist(rows, schema=COLUMNS), structure, rules).measures.to_pylist()
    return {(one["indicator_id"], one["area_id"], one["period"]): one for one in found}


def hidden(rows: list[dict[str, Any]], structure: Structure = TOWN) -> set[str]:
    return {area for (_indicator, area, _period), one in hide(rows, structure).items() if one["status"] == "suppressed"}


def test_a_hidden_row_shows_neither_count_nor_share_nor_interval_and_one_of_few_cases_is_marked():
    found = hide([row("a", "2020", 2, 100), row("b", "2020", 5, 100), row("c", "2020", 50, 100)])
    a = found["everybody", "a", "2020"]
    assert [a[name] for name in ("numerator", "value", "lower", "upper", "confidence")] == [None] * 5
    # Everybody knows how many live there.
    assert (a["denominator"], a["status"]) == (100, "suppressed")
    assert found["everybody", "b", "2020"]["status"] == "unreliable"
    assert found["everybody", "b", "2020"]["value"] == 0.05
    assert found["everybody", "c", "2020"]["status"] is None


def test_an_implied_denominator_goes_with_its_count():
    # 3 / 0.013 = 230.77: the fraction tells that the count is a multiple of 3.
    found = hide([row("a", "2020", 2, 2 / 0.013, method="annual_mean")])["everybody", "a", "2020"]
    assert (found["status"], found["denominator"]) == ("suppressed", None)


def test_an_estimated_figure_of_few_cases_is_called_unreliable_and_an_incomplete_one_stays_incomplete():
    found = hide([row("a", "2020", 5, 100, status="estimated"), row("b", "2020", 5, 100, status="incomplete")])
    assert [one["status"] for one in found.values()] == ["unreliable", "incomplete"]


def test_a_district_alone_does_not_stay_hidden_beside_the_sum_of_all():
    rows = [row("a", "2020", 2, 100), row("b", "2020", 30, 100), row("c", "2020", 40, 100)]
    assert hidden(rows) == {"a"}
    with_total = [*rows, row("town", "2020", 72, 300)]
    assert len(hidden(with_total)) == 2
    assert "a" in hidden(with_total)
    # Another district rather than the town, which is of use to more people.
    assert "town" not in hidden(with_total)


def test_the_rest_of_the_municipality_does_not_tell_the_district():
    rows = [row("a", "2020", 2, 100), row("town", "2020", 72, 300), row("rest", "2020", 70, 200)]
    # Of the two one must go, and both are the municipality's.
    assert hidden(rows) in ({"a", "town"}, {"a", "rest"})
    # What is public elsewhere cannot be hidden.
    rows[1] |= {"source_table": "ssb/open"}
    assert hidden(rows) == {"a", "rest"}


def test_a_stricter_rule_holds_for_all_that_is_decided():
    rows = [row("a", "2020", 5, 100), row("b", "2020", 30, 100), row("c", "2020", 40, 100)]
    rows.append(row("town", "2020", 75, 300))
    assert {one["status"] for one in hide(rows).values()} == {"unreliable", None}
    gone = [key for key, one in hide(rows, rules=Rules(smallest=6)).items() if one["status"] == "suppressed"]
    assert ("everybody", "a", "2020") in gone
    assert len(gone) == 2


def test_a_pooled_window_does_not_tell_a_hidden_year():
    years = [row("a", "2018", 2, 100), row("a", "2019", 20, 100), row("a", "2020", 30, 100)]
    found = hide([*years, row("a", "2018-2020", 52, 300)])
    gone = {period for (_, _, period), one in found.items() if one["status"] == "suppressed"}
    assert "2018" in gone
    # Another year rather than the window, which is what a small area is judged by.
    assert len(gone) == 2
    assert "2018-2020" not in gone


def test_a_part_of_the_population_does_not_tell_the_others():
    # 30 of 90 immigrants and 31 of 100 in all: 1 of the 10 others.
    rows = [row("a", "2020", 31, 100), row("a", "2020", 30, 90, indicator_id="immigrants")]
    assert len([one for one in hide(rows).values() if one["status"] == "suppressed"]) == 1
    # 5 of 10 others are no secret.
    rows[0] = row("a", "2020", 35, 100)
    assert not [one for one in hide(rows).values() if one["status"] == "suppressed"]


@pytest.mark.parametrize(
    ("everybody", "immigrants"),
    [
        pytest.param((30, 100), (30, 95), id="none of 5 others: a small base"),
        pytest.param((32.6, 100), (30, 90), id="2.6 others, by weights: less than 3"),
    ],
)
def test_others_are_few_by_the_same_rules(everybody, immigrants):
    rows = [row("a", "2020", *everybody), row("a", "2020", *immigrants, indicator_id="immigrants")]
    assert len([one for one in hide(rows).values() if one["status"] == "suppressed"]) == 1


def test_a_public_part_of_the_population_does_not_tell_the_others_either():
    public = {"source_table": "ssb/open", "indicator_id": "immigrants"}
    rows = [row("a", "2020", 31, 100), row("a", "2020", 30, 90, **public)]
    # What is public cannot be hidden.
    assert [one["status"] for one in hide(rows).values()] == ["suppressed", None]
    # Where both are, there is nothing to hide.
    rows[0] |= {"source_table": "ssb/open"}
    assert [one["status"] for one in hide(rows).values()] == [None, None]


def test_where_a_count_follows_from_what_is_public_the_check_says_so():
    public = {"source_table": "ssb/open"}
    only = Structure(wholes=(("town", ("a", "b")),), rests=(), public=TOWN.public, small=TOWN.small)
    rows = [row("a", "2020", 2, 100), row("b", "2020", 30, 100, **public), row("town", "2020", 32, 200, **public)]
    rows.append(row("a", "2021", 40, 100))
    found = protected(pa.Table.from_pylist(rows, schema=COLUMNS), only)
    assert found.exposed == ("everybody",)
    assert found.measures["status"].to_pylist() == ["suppressed", None, None, None]


def test_a_district_that_was_not_delivered_does_not_follow_from_the_others():
    # 72 - 30 - 40 = 2 in c, of which there is no row.
    rows = [row("a", "2020", 30, 100), row("b", "2020", 40, 100), row("town", "2020", 72, 300)]
    assert len(hidden(rows)) == 1
    # 12 in c are no secret.
    rows[2] = row("town", "2020", 82, 300)
    assert hidden(rows) == set()
    # 2 of the 2 who live there are one; and so are 2 of nobody knows how many.
    assert len(hidden([row("a", "2020", 30, 100), row("b", "2020", 40, 100), row("town", "2020", 72, 202)])) == 1
    bare = {"lower": None, "upper": None, "confidence": None}
    assert len(hidden([row(area, "2020", n, None, **bare) for area, n in (("a", 30), ("b", 40), ("town", 72))])) == 1


def test_a_district_that_was_not_delivered_keeps_a_hidden_one_company():
    # c, 40 of 100, is not published anyway: b need not go, though its count is smaller.
    assert hidden([row("a", "2020", 2, 100), row("b", "2020", 4, 100), row("town", "2020", 46, 300)]) == {"a"}


def test_a_district_in_a_published_layout_is_no_public_figure():
    ordered = replace(TOWN, public=frozenset({"ssb/open", "delivery/nav"}))
    nav = {"source_table": "delivery/nav"}
    rows = [row("a", "2020", 2, 100, **nav), row("b", "2020", 30, 100, **nav), row("c", "2020", 40, 100, **nav)]
    rows.append(row("town", "2020", 72, 300, **nav))
    found = hidden(rows, ordered)
    # The town's figure is NAV's own; so a second district must go along.
    assert "a" in found
    assert len(found) == 2
    assert "town" not in found


def test_a_small_public_figure_is_not_shown_but_hides_nobody():
    public = {"source_table": "ssb/open"}
    # Everybody can look up the town's 2, so it keeps nobody company: both districts go.
    only = replace(TOWN, wholes=(("town", ("a", "b")),), rests=())
    rows = [row("a", "2020", 2, 100), row("b", "2020", 0, 100), row("town", "2020", 2, 200, **public)]
    assert hidden(rows, only) == {"a", "b", "town"}


def test_a_figure_that_is_missing_is_no_secret():
    rows = [row("a", "2020", None, None, status="missing"), row("b", "2020", 30, 100), row("c", "2020", 30, 100)]
    assert hidden([*rows, row("town", "2020", 90, 300)]) == set()


def test_what_is_protected_stays_as_it_is():
    table = pa.Table.from_pylist([row("a", "2020", 2, 100), row("b", "2020", 30, 100)], schema=COLUMNS)
    once = protected(table, TOWN)
    twice = protected(once.measures, TOWN)
    assert twice.measures.equals(once.measures)


counts = st.integers(0, 12)


@settings(max_examples=40)
@given(st.lists(st.lists(counts, min_size=3, max_size=3), min_size=3, max_size=3), st.booleans(), st.randoms())
def test_the_attacker_recovers_no_hidden_count(years, public, random):
    """Three districts, their town and what is left of it, three years and their window, in random order."""
    truth, sums, source = {}, [], {"source_table": "ssb/open"} if public else {}
    rows = []
    for number, per_district in enumerate(years):
        period = str(2018 + number)
        for area, n in zip(DISTRICTS, per_district, strict=True):
            truth[area, period] = n
        truth["town", period] = sum(per_district)
        truth["rest", period] = sum(per_district[1:])
        sums += [
            (("town", period), [(one, period) for one in DISTRICTS]),
            (("town", period), [("rest", period), ("a", period)]),
        ]
    for area in (*DISTRICTS, "town", "rest"):
        truth[area, "2018-2020"] = sum(truth[area, str(year)] for year in (2018, 2019, 2020))
        sums.append(((area, "2018-2020"), [(area, str(year)) for year in (2018, 2019, 2020)]))
    sums += [(("town", "2018-2020"), [(one, "2018-2020") for one in DISTRICTS])]
    persons = {"town": 300, "rest": 200}
    for (area, period), n in truth.items():
        of = persons.get(area, 100) * (3 if "-" in period else 1)
        rows.append(row(area, period, n, of, **(source if area == "town" else {})))
    random.shuffle(rows)

    found = {(one["area_id"], one["period"]): one for one in hide(rows).values()}
    shown = {key: one["numerator"] for key, one in found.items() if one["numerator"] is not None}
    # What anybody can look up: the town's figures, whether we show them or not.
    known = shown | ({key: n for key, n in truth.items() if key[0] == "town"} if public else {})
    small = {key for key, n in truth.items() if 0 < n < 3 and key not in known}
    assert not small & set(shown)
    bounds = {key: (0.0, float(persons.get(key[0], 100) * 3)) for key in truth if key not in known}
    ranges = attacker.attainable(known, bounds, sums, small)
    told = {key: ends for key, ends in ranges.items() if ends[0] > 1 + 1e-6 or ends[1] < 2 - 1e-6}
    # A public town tells by itself what its own small figures are made of: that nobody here can hide.
    if not public or all(not 0 < n < 3 for (area, _), n in truth.items() if area == "town"):
        assert not told


def test_the_order_of_rows_makes_no_difference():
    rows = [row(area, "2020", n, 100) for area, n in zip(DISTRICTS, (2, 7, 9), strict=True)]
    rows.append(row("town", "2020", 18, 300))
    assert hide(rows) == hide(rows[::-1])


def test_what_adds_up_to_what_is_read_from_the_catalogue():
    catalogue = real_catalogue()
    read = structure(catalogue)
    wholes = dict(read.wholes)
    assert wholes["drammen"] == tuple(f"drammen-{number}" for number in (7, 1, 2, 3, 4, 5, 6, 8, 9, 10))
    # The zones that cover the district. Of Buskerud's municipalities only one is there: they add up to nothing.
    assert set(wholes["drammen-7"]) == {f"drammen-zone-{zone}" for zone in ("07", "08", "09", "10", "45", "46")}
    assert "skien" in wholes["telemark"]
    assert not {"norway", "buskerud", "oslo"} & set(wholes)
    assert ("drammen", "drammen-rest", ("drammen-7",)) in read.rests
    assert {"drammen-7", "drammen-zone-07"} <= read.small
    # The rest of the municipality tells what the district has.
    assert "drammen-rest" in read.small
    assert not {"drammen", "norway"} & read.small
    assert {"ssb/07459", "delivery/fhi_crowding"} <= read.public
    assert "delivery/drammen_district_counts" not in read.public
    assert read.parts_of["crowding_immigrants"] == "crowding"


def test_the_table_keeps_its_rows_and_columns():
    table = pa.Table.from_pylist([row("a", "2020", 2, 100), row("c", "2019", 4, 100)], schema=COLUMNS)
    found = protected(table, TOWN).measures
    assert found.schema.equals(table.schema)
    assert pc.all(pc.equal(found["area_id"], table["area_id"])).as_py()


def remembered(*rows: tuple[dict[str, Any], str]) -> pa.Table:
    """What earlier editions did with figures."""
    return pa.Table.from_pylist([one | {"state": state} for one, state in rows], schema=REMEMBERED)


def test_what_an_earlier_edition_showed_keeps_no_hidden_count_company():
    rows = [
        row("a", "2020", 2, 100),
        row("b", "2020", 30, 100),
        row("c", "2020", 40, 100),
        row("town", "2020", 72, 300),
    ]
    table = pa.Table.from_pylist(rows, schema=COLUMNS)
    assert hidden(rows) == {"a", "b"}
    now = protected(table, TOWN, remembered=remembered((rows[1], "shown"))).measures
    assert {one["area_id"] for one in now.to_pylist() if one["status"] == "suppressed"} == {"a", "c"}
    # Another figure of b is another thing: today's was never shown.
    other = protected(table, TOWN, remembered=remembered((rows[1] | {"numerator": 31}, "shown"))).measures
    assert {one["area_id"] for one in other.to_pylist() if one["status"] == "suppressed"} == {"a", "b"}


def test_what_an_earlier_edition_hid_stays_hidden_while_it_is_the_same():
    # a was 2 and is 5 now, by a correction. 72 - 30 - 40 would tell what it was.
    rows = [
        row("a", "2020", 5, 100),
        row("b", "2020", 30, 100),
        row("c", "2020", 40, 100),
        row("town", "2020", 75, 300),
    ]
    table = pa.Table.from_pylist(rows, schema=COLUMNS)
    assert hidden(rows) == set()
    now = protected(table, TOWN, remembered=remembered((rows[0] | {"numerator": 2}, "hidden"), (rows[2], "hidden")))
    gone = {one["area_id"] for one in now.measures.to_pylist() if one["status"] == "suppressed"}
    assert "c" in gone
    assert len(gone) == 2, "75 - 5 - 30 would tell c"


def test_who_knows_the_rules_does_not_know_which_companion_the_store_chooses():
    rows = [
        row("a", "2020", 2, 100),
        row("b", "2020", 30, 100),
        row("c", "2020", 31, 100),
        row("town", "2020", 63, 300),
    ]
    table = pa.Table.from_pylist(rows, schema=COLUMNS)
    chosen = []
    for key in (f"synthetic key {number}".encode() for number in range(20)):
        nights = [protected(table, TOWN, secret=key).measures["status"].to_pylist() for _night in range(2)]
        assert nights[0] == nights[1]
        chosen.append(nights[0].index("suppressed", 1))
    assert set(chosen) == {1, 2}


def test_a_count_that_is_hidden_alone_may_be_three_too_by_the_key_of_the_store():
    given = Structure(wholes=(), rests=(), public=frozenset(), small=frozenset("abc"))
    table = pa.Table.from_pylist([row(area, "2020", n, 100) for area, n in zip("abc", (2, 3, 4), strict=True)], COLUMNS)
    keys = [f"synthetic key {number}".encode() for number in range(40)]
    hidden = [protected(table, given, secret=key).measures["numerator"].to_pylist() for key in keys]
    assert {(two is None, four is None) for two, _, four in hidden} == {(True, False)}
    assert 1 <= sum(three is None for _, three, _ in hidden) <= 20
