"""All of Norway, 2002-2025: every basic statistical unit followed, against independent lists and published figures."""

import re
from collections import Counter
from datetime import date, timedelta
from functools import cache

import ibis
import numpy as np
import pandas as pd
import pytest

from indicators import catalogue, geography
from indicators.geography import ChangeGraph, tree
from pipelines.deliveries import area_file
from pipelines.settings import PROJECT
from tests.recorded import RECORDED

KLASS = RECORDED / "klass"
NEWEST = 2025

pytestmark = pytest.mark.slow


@cache
def areas() -> pd.DataFrame:
    contract = catalogue.load().area_lists["official_areas"]
    path = KLASS / "classifications_2002-2025.csv.gz"
    return geography.from_yearly_lists(area_file.read(contract, path.read_bytes(), path.name))


@cache
def changes() -> pd.DataFrame:
    return geography.changes_from_lists(areas())


@cache
def graph(level: str = tree.UNIT, *, weighted: bool = False) -> ChangeGraph:
    own = areas()[areas()["level"] == level].reset_index(drop=True)
    # One resident each where weights are wanted: synthetic, to follow totals and nothing else.
    codes = own["code"].unique() if weighted else []
    persons = pd.DataFrame({"code": codes, "year": NEWEST, "persons": 1.0})
    return ChangeGraph(changes()[changes()["level"] == level].reset_index(drop=True), own, persons, NEWEST)


def became(level: str, year: int) -> set[tuple[str, str]]:
    rows = changes()[(changes()["level"] == level) & (changes()["change_date"] == date(year, 1, 1))]
    return set(rows[["old_code", "new_code"]].dropna().itertuples(index=False, name=None))


# --- municipalities, against lists that others made -----------------------------------------------------------------


def test_drammen_is_a_merger_and_a_renumbering():
    rows = changes()[changes()["level"] == tree.MUNICIPALITY]
    mine = rows[rows["new_code"].isin(["3005", "3301"])]
    assert set(mine[["change_date", "old_code", "new_code", "kind"]].itertuples(index=False, name=None)) == {
        *((date(2020, 1, 1), code, "3005", "merged") for code in ("0602", "0625", "0711")),
        (date(2024, 1, 1), "3005", "3301", "renumbered"),
    }


def test_alesund_and_haram_parted_and_snillfjord_went_three_ways():
    assert {pair for pair in became(tree.MUNICIPALITY, 2024) if pair[0] == "1507"} == {
        ("1507", "1508"),
        ("1507", "1580"),
    }
    assert {pair for pair in became(tree.MUNICIPALITY, 2020) if pair[0] == "5012"} == {
        ("5012", "5055"),
        ("5012", "5056"),
        ("5012", "5059"),
    }


def stated_by_klass_r() -> dict[int, set[tuple[str, str]]]:
    """The R package klassR's graph of Klass 131: (old code, new code) by year; days count from 1970."""
    nodes = pd.read_csv(KLASS / "klassR_klass131_vertices.csv", dtype={"code": str})
    edges = pd.read_csv(KLASS / "klassR_klass131_edges.csv").dropna()
    code = nodes["code"]
    found: dict[int, set[tuple[str, str]]] = {}
    for a, b, days in edges.itertuples(index=False):
        year = (date(1970, 1, 1) + timedelta(days=int(days))).year
        pair = (code[int(a)], code[int(b)])
        if pair[0] != pair[1]:
            found.setdefault(year, set()).add(pair)
    return found


# Units of a municipality that ended, which went elsewhere than the rest of it. klassR counts the parts of those that
# were dissolved (5012 Snillfjord, 1850 Tysfjord, 1507 Ålesund), but not these.
ADJUSTED = {
    (2020, "0226", "3034", 1),  # Sørum to Nes
    (2020, "0716", "3802", 1),  # Re to Holmestrand
    (2020, "0822", "3808", 2),  # Sauherad to Notodden: Hjuksebø and Andgard
    (2020, "1129", "1130", 1),  # Forsand to Strand
    (2020, "1231", "4621", 2),  # Ullensvang to Voss
    (2020, "1418", "4638", 1),  # Balestrand to Høyanger
    (2020, "1439", "4649", 3),  # Vågsøy to Stad
    (2020, "1520", "1577", 2),  # Ørsta to Volda
    (2020, "1546", "1547", 1),  # Sandøy to Aukra
    (2020, "5039", "5054", 1),  # Verran to Indre Fosen
    (2020, "5051", "5007", 1),  # Nærøy to Namsos
}


@pytest.mark.parametrize("year", range(2017, 2026))
def test_municipalities_change_as_klass_r_has_it(year: int):
    adjusted = {(old, new): units for when, old, new, units in ADJUSTED if when == year}
    assert became(tree.MUNICIPALITY, year) == stated_by_klass_r().get(year, set()) | set(adjusted)
    moved = Counter((old[:4], new[:4]) for old, new in became(tree.UNIT, year))
    assert {pair: moved[pair] for pair in adjusted} == adjusted


def test_klass_r_has_changes_in_the_years_compared():
    assert {year for year in stated_by_klass_r() if year >= 2017} == {2017, 2018, 2019, 2020, 2024}


def listed_by_newspapers(first: int, last: int) -> set[tuple[str, str]]:
    rows = pd.read_csv(KLASS / "municipality_transitions.csv", dtype=str)
    own = rows[(rows["level"] == "municipality") & (rows["from_year"] == str(first)) & (rows["to_year"] == str(last))]
    return set(own[["from_id", "to_id"]].itertuples(index=False, name=None))


def ours_between(first: int, last: int) -> set[tuple[str, str]]:
    path = graph(tree.MUNICIPALITY, weighted=True).mapping(last, [first])
    return set(path.loc[path["code"] != path["to_code"], ["code", "to_code"]].itertuples(index=False, name=None))


def test_changes_of_2021_to_2025_are_those_of_the_newspapers_list():
    # Its list lacks 3026 Aurskog-Høland, which klassR has.
    lacks = {("3026", "3226")}
    assert ours_between(2021, 2025) == listed_by_newspapers(2021, 2025) | lacks
    assert lacks <= stated_by_klass_r()[2024]


# Municipalities of one name, of which the newspapers' list has taken the wrong one: Våler in Østfold for Våler in
# Solør, Nes in Buskerud for Nes in Akershus, Os in Hordaland for Os in Østerdalen.
NAMESAKES = {("0137", "3419"), ("0616", "3034"), ("1243", "3430")}


def test_renumberings_of_2017_to_2021_are_those_of_the_newspapers_list():
    listed, ours = listed_by_newspapers(2017, 2021), ours_between(2017, 2021)
    assert listed - ours == NAMESAKES
    # It has few of the mergers: for those that it lacks, klassR's steps of 2018, 2019 and 2020 are followed.
    steps = {code: {code} for code, _new in ours}
    for year in range(2018, 2022):
        pairs = stated_by_klass_r().get(year, set()) | {(old, new) for when, old, new, _n in ADJUSTED if when == year}
        onward: dict[str, set[str]] = {}
        for old, new in pairs:
            onward.setdefault(old, set()).add(new)
        steps = {code: set().union(*(onward.get(one, {one}) for one in now)) for code, now in steps.items()}
    assert ours == {(code, new) for code, now in steps.items() for new in now if new != code}


# --- units ----------------------------------------------------------------------------------------------------------


def resolved() -> dict[str, int]:
    """How many units of 2002 are exact, need weights, or cannot be followed to 2025."""
    exact = graph().mapping(NEWEST, [2002])
    lost = graph().unrestated(NEWEST, [2002])
    weights = int((lost["reason"] == geography.graph.NO_WEIGHTS).sum())
    return {"exactly": int(exact["exact"].sum()), "by weight": weights, "not at all": len(lost) - weights}


def test_nearly_every_unit_of_2002_is_followed_to_2025():
    found = resolved()
    listed = tree.valid_in(areas()[areas()["level"] == tree.UNIT], 2002)
    assert sum(found.values()) == len(listed) == 13_960
    assert found["exactly"] >= 0.99 * 13_960


def test_the_documentation_says_what_was_found():
    page = (PROJECT / "docs" / "areas.md").read_text(encoding="utf-8")
    table = {
        name: int(number.replace(",", "")) for name, number in re.findall(r"^\| ([a-z ]+) +\| +([\d,]+) \|", page, re.M)
    }
    found = resolved()
    assert {name: table[name] for name in found} == found
    evidence = changes()[changes()["level"] == tree.UNIT]["evidence"].value_counts()
    said = {
        name: int(number.replace(",", "")) for name, number in re.findall(r"^\| `([^`]+)` +\| +([\d,]+) \|", page, re.M)
    }
    assert said == evidence.to_dict()
    rows = re.findall(r"^\| ([a-z ]+) \| ([a-z ]+) \| ([\d,]+) \|", page, re.M)
    kinds = {(level, kind): int(number.replace(",", "")) for level, kind, number in rows}
    assert kinds == changes().groupby(["level", "kind"]).size().to_dict()


def test_totals_are_conserved_to_the_last_person():
    codes = tree.valid_in(areas()[areas()["level"] == tree.UNIT], 2002)["code"]
    rng = np.random.default_rng(1)
    persons = rng.integers(0, 2_000, len(codes))  # synthetic
    facts = pd.DataFrame({"area_id": codes, "boundary_year": 2002, "value": persons.astype(float), "status": pd.NA})
    facts["status"] = facts["status"].astype("string")
    of = graph(weighted=True)
    found = of.harmonise(ibis.memtable(facts), NEWEST)
    connection = ibis.duckdb.connect()
    kept = connection.to_pyarrow(found.facts).to_pandas()["value"].sum()
    lost = connection.to_pyarrow(found.lost).to_pandas()
    assert len(lost) == resolved()["not at all"]
    assert round(kept + (lost["value"] * (1 - lost["weight"])).sum()) == persons.sum()


def test_direct_and_by_way_of_2018_and_2020_agree():
    of = graph(weighted=True)
    direct = of.mapping(NEWEST, [2002]).set_index(["code", "to_code"])["weight"]
    steps = [(2002, 2018), (2018, 2020), (2020, NEWEST)]
    found = of.mapping(2018, [2002])[["code", "to_code", "weight"]]
    for start, end in steps[1:]:
        onwards = of.mapping(end, [start])[["code", "to_code", "weight"]]
        joined = found.merge(onwards, left_on="to_code", right_on="code", suffixes=("", "_on"))
        joined["weight"] *= joined["weight_on"]
        found = joined.groupby(["code", "to_code_on"], as_index=False)["weight"].sum()
        found = found.rename(columns={"to_code_on": "to_code"})
    chained = found.set_index(["code", "to_code"])["weight"]
    pd.testing.assert_series_equal(chained.sort_index(), direct.sort_index(), check_exact=False)


def test_drammens_units_keep_their_last_digits_and_the_other_twos_are_in_new_tracts():
    path = graph().mapping(NEWEST, [2019])
    mine = path[path["code"].str[:4].isin(["0602", "0625", "0711"]) & ~path["code"].str.endswith("9999")]
    assert mine["exact"].all()
    old = mine[mine["code"].str[:4] == "0602"]
    assert (old["code"].str[4:] == old["to_code"].str[4:]).all()
    assert set(old["to_code"].str[:4]) == {"3301"}
    tracts = {code: set(group["to_code"].str[4:6]) for code, group in mine.groupby(mine["code"].str[:4])}
    assert tracts["0625"] == {"11", "12", "13", "14"}
    assert tracts["0711"] == {"15", "16", "17"}


def test_published_residents_on_old_boundaries_are_those_on_new_ones():
    files = {year: RECORDED / "population" / f"fhidata_population_b{year}_drammen.csv" for year in (2019, 2020)}
    old, new = (pd.read_csv(path) for path in files.values())
    old, new = (one[~one["imputed"].astype(bool)] for one in (old, new))
    facts = old.assign(area_id=old["location_code"].str.removeprefix("municip"), boundary_year=2019, value=old["pop"])
    facts = facts[["area_id", "boundary_year", "year", "age", "value"]].assign(
        status=pd.array([pd.NA] * len(facts), dtype="string")
    )
    found = graph(tree.MUNICIPALITY).harmonise(ibis.memtable(facts), 2020)
    ours = ibis.duckdb.connect().to_pyarrow(found.facts).to_pandas()
    assert set(ours["area_id"]) == {"3005"}
    assert ours["value"].notna().all()
    theirs = new.astype({"year": int}).set_index(["year", "age"])["pop"]
    mine = ours.set_index(["year", "age"])["value"]
    both = mine.index.intersection(theirs.index)
    # 15 years of 106 ages; the file of new boundaries has one more year, which the other has not.
    assert len(both) == len(mine) == 15 * 106
    assert set(theirs.index.difference(mine.index).get_level_values("year")) == {2020}
    pd.testing.assert_series_equal(mine.sort_index(), theirs.loc[both].sort_index(), check_names=False)
    # Statistics Norway, 1 January 2019.
    assert mine[2019].sum() == 68_933 + 24_963 + 6_685 == 100_581


def test_every_parent_is_an_area_of_the_same_year():
    for year in graph().years:
        valid = tree.valid_in(areas(), year)
        assert set(valid["parent_code"].dropna()) - set(valid["code"]) == set(), year


# --- the catalogue's own codes, and those derived from its newest part ----------------------------------------------


# Their territory changed on 1 January 2020, when Hjuksebø and Andgard in Sauherad went to Notodden: the catalogue's
# codes before and after are not quite the same place, and areas.yaml says so.
MOVED = {"notodden", "midt-telemark"}


def test_what_is_derived_from_the_newest_codes_is_what_the_catalogue_says_of_earlier_ones():
    places = [area for area in catalogue.load().areas.values() if area.kind in ("municipality", "district")]
    official = {area.id: [part for part in area.parts if all(map(str.isdigit, part.codes))] for area in places}
    newest = [area.model_copy(update={"parts": official[area.id][-1:]}) for area in places if official[area.id]]
    units = geography.units_by_year(areas(), graph().years)
    rows = pd.DataFrame(geography.derived(newest, units, graph()))
    rows = rows[rows["origin"] == "derived"]
    differing, compared = set(), 0
    for area in newest:
        for part in official[area.id][:-1]:
            own = rows[
                (rows["area_id"] == area.id) & (rows["first_year"] <= part.last) & (rows["last_year"] >= part.last)
            ]
            sets = [set(group["code"]) for _part, group in own.groupby("part")]
            compared += 1
            if set(part.codes) not in sets:
                differing.add(area.id)
    assert compared >= 35
    assert differing == MOVED
    notes = {area.id: area.note or "" for area in places}
    assert all("2020" in notes[name] for name in MOVED)
