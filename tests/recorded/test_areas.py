"""The areas of the catalogue against Statistics Norway's own lists of codes, year by year."""

import csv
import gzip
from collections import defaultdict
from functools import cache

import pytest

from indicators import catalogue
from tests.recorded import RECORDED

KLASS = RECORDED / "klass"
# The file holds 1 January of each of these years.
FIRST, LAST = 2002, 2025
KINDS = ("fylke", "kommune", "bydel", "delomraade", "grunnkrets")
# The municipalities that merged: their old names are not the merged area's.
FORMER_NAMES = {"0625": "Nedre Eiker", "0711": "Svelvik", "0821": "Bø (Telemark)", "0822": "Sauherad"}


@cache
def areas():
    return catalogue.load().areas


@cache
def published() -> dict[str, dict[str, dict[int, str]]]:
    """Kind of code -> code -> year -> name."""
    found: dict[str, dict[str, dict[int, str]]] = {kind: defaultdict(dict) for kind in KINDS}
    with gzip.open(KLASS / "classifications_2002-2025.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            year = int(row["version_date"][:4])
            for kind, codes in found.items():
                # In 2018 the file's counties are written EKA06.
                codes[row[f"{kind}_no"].removeprefix("EKA")][year] = row[f"{kind}_name"]
    return found


def official() -> list[tuple[str, str, str, int, int]]:
    """(area, kind of code, code, first and last year of the file in which the catalogue uses it)."""
    return [
        (area.id, kind_of(code), code, max(part.first, FIRST), min(part.last, LAST))
        for area in areas().values()
        if area.kind != "country"
        for part in area.parts
        for code in part.codes
        # Neither the project's own ids, nor a provider's sums and spellings, nor zones, which have their own list.
        if code.isdigit() and len(code) < 10
    ]


def kind_of(code: str) -> str:
    """What an official code is, by its form."""
    if len(code) == 8:
        return "delomraade" if code.endswith("00") else "grunnkrets"
    return {2: "fylke", 4: "kommune", 6: "bydel"}[len(code)]


def test_the_file_is_the_whole_country_in_every_year():
    assert {year for names in published()["kommune"].values() for year in names} == set(range(FIRST, LAST + 1))


@pytest.mark.parametrize(("area", "kind", "code", "first", "last"), official())
def test_a_code_is_in_use_in_exactly_the_years_of_its_part(area, kind, code, first, last):
    # A city district's code may have been another's before: 030115 was Hellerud until 2004.
    names = published()[kind][code]
    used = [year for year in names if kind != "bydel" or names[year] in areas()[area].published_names]
    assert sorted(used) == list(range(first, last + 1))


@pytest.mark.parametrize(
    ("area", "kind", "code", "first", "last"), [one for one in official() if one[1] in ("fylke", "kommune")]
)
def test_a_code_has_the_areas_name(area, kind, code, first, last):
    assert set(published()[kind][code].values()) == {FORMER_NAMES.get(code, areas()[area].name)}


def test_the_districts_units_are_those_of_stromso_and_tangen():
    names = {
        "".join(filter(str.isalpha, name)).lower()
        for area, kind, code, _first, _last in official()
        if area == "drammen-7"
        for name in published()[kind][code].values()
    }
    assert names == {"strømsø", "tangenåskollen"}


def test_the_districts_units_keep_their_last_four_digits_through_every_renumbering():
    parts = [part for part in areas()["drammen-7"].parts if part.codes != ["drammen-7"]]
    endings = [[code[4:] for code in part.codes] for part in parts]
    assert [len(codes) for codes in endings] == [21, 21, 21]
    assert endings[0] == endings[1] == endings[2]
    assert [{code[:4] for code in part.codes} for part in parts] == [{"0602"}, {"3005"}, {"3301"}]


def test_the_provisional_district_is_exactly_six_living_conditions_zones():
    with (KLASS / "living_conditions_zones_2026.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    zones = {f"Drammen LKS {number}" for number in ("07", "08", "09", "10", "45", "46")}
    units = [row["grunnkrets"] for row in rows if row["lksnavn"] in zones]
    newest = max(areas()["drammen-7"].parts, key=lambda part: part.first)
    assert areas()["drammen-7"].provisional
    assert sorted(units) == newest.codes
