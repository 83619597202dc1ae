"""The catalogue as a whole: it loads, its parts agree, and every fault names file, line and nearest name."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from indicators import catalogue
from indicators.catalogue import CatalogueError
from tests.unit import made_catalogue, made_indicator, real_catalogue

PROPORTION = {
    "table": "made/up",
    "method": "proportion",
    "numerator": {"Kjonn": "0", "ContentsCode": "n"},
    "denominator": {"ContentsCode": "n", "Kjonn": "0", "Nivaa": ["01", "02a"]},
}


def test_the_four_pillars_stand_in_the_programmes_order_with_seven_subgoals():
    pillars = real_catalogue().pillars
    assert list(pillars) == ["work", "education", "housing", "health"]
    subgoals = [subgoal.id for file in pillars.values() for subgoal in file.subgoals]
    assert subgoals == ["1.1", "2.1", "2.2", "3.1", "3.2", "4.1", "4.2"]


def test_every_subgoal_has_an_indicator_and_every_pillar_two():
    known = real_catalogue()
    assert {one.subgoal for one in known.indicators.values()} == {
        subgoal.id for file in known.pillars.values() for subgoal in file.subgoals
    }
    assert all(len(file.indicators) >= 2 for file in known.pillars.values())


def test_every_directed_indicator_counts_from_2020_to_a_proposed_target_for_2030():
    for one in real_catalogue().indicators.values():
        assert one.baseline.year == 2020
        assert (one.target is None) == (one.direction == "context")
        assert one.target is None or (one.target.year, one.target.status) == (2030, "proposed")


def test_the_provisional_district_says_so():
    area = real_catalogue().areas["drammen-7"]
    assert area.provisional
    assert area.note is not None
    assert area.note.startswith("Provisional definition")


def test_every_source_of_an_indicator_is_a_table_or_a_contract():
    known = real_catalogue()
    for pillar in known.pillars:
        for name in known.tables_of(pillar):
            assert name in known.tables or name.removeprefix("delivery/") in known.contracts


def test_every_selected_cell_names_all_dimensions_of_its_table():
    """A cell that lacks a dimension would match no row, and the figure would be missing without a word."""
    known = real_catalogue()
    for pillar in known.pillars:
        for term in known.terms(pillar):
            name = term["table_name"]
            if name in known.tables:
                table = known.tables[name]
                dimensions = set(table.selection) - {table.area, table.time}
            else:
                dimensions = {"ContentsCode", *known.contracts[name.removeprefix("delivery/")].dimensions}
            assert {part.partition("=")[0] for part in term["cell"].split("|")} == dimensions


def test_terms_write_out_the_cells_of_each_role_with_sorted_dimensions():
    terms = made_catalogue(made_indicator("share", [PROPORTION])).terms("made")
    assert [(term["role"], term["cell"], term["cells"]) for term in terms] == [
        ("numerator", "ContentsCode=n|Kjonn=0", 1),
        ("denominator", "ContentsCode=n|Kjonn=0|Nivaa=01", 2),
        ("denominator", "ContentsCode=n|Kjonn=0|Nivaa=02a", 2),
    ]


def test_a_programmes_area_has_the_programmes_comparators_and_any_other_its_parents():
    found: dict[str, list[str]] = {}
    for row in sorted(real_catalogue().comparators(), key=lambda row: row["rank"]):
        found.setdefault(row["area_id"], []).append(row["comparator_id"])
    districts = ["drammen-6", "drammen-8", "drammen-4", "drammen-3", "drammen-9", "drammen-5", "drammen-2"]
    others = [*districts, "drammen-1", "drammen-10"]
    assert found["drammen-7"] == ["drammen", "drammen-rest", *others, "buskerud", "norway"]
    assert found["drammen"] == ["buskerud", "norway"]
    assert found["telemark"] == ["norway"]
    assert "norway" not in found


def test_rules_give_each_indicator_and_area_a_sign():
    rules = made_catalogue(
        made_indicator("up", [PROPORTION], direction="higher", target={"relative": 0.1}),
        made_indicator("down", [PROPORTION], direction="lower", target={"absolute": 0.5, "year": 2028}),
        made_indicator("aside", [PROPORTION]),
    ).rules("made")
    mine = {row["indicator_id"]: row for row in rules if row["area_id"] == "drammen-7"}
    assert {name: row["sign"] for name, row in mine.items()} == {"up": 1, "down": -1, "aside": None}
    assert (mine["up"]["target_relative"], mine["up"]["target_absolute"], mine["up"]["target_year"]) == (
        0.1,
        None,
        2030,
    )
    assert (mine["down"]["target_absolute"], mine["down"]["target_year"]) == (0.5, 2028)
    assert mine["aside"]["target_year"] is None
    programmes = {row["area_id"] for row in rules if row["is_programme"]}
    assert programmes == {"drammen-7", "skien", "oslo-sondre-nordstrand"}
    assert set(Counter(row["area_id"] for row in rules).values()) == {3}


def test_the_digest_is_of_the_words_and_not_of_their_place(tmp_path):
    copy = tmp_path / "elsewhere"
    shutil.copytree(catalogue.HERE, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    assert catalogue.load(copy).digest == real_catalogue().digest
    path = copy / "work.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert catalogue.load(copy).digest != real_catalogue().digest


@pytest.fixture
def broken(tmp_path: Path):
    """Copy the catalogue with the first `old` of a file replaced; return the folder and the number of its line."""

    def copy(file: str, old: str, new: str) -> tuple[Path, int]:
        folder = tmp_path / "catalogue"
        shutil.copytree(catalogue.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        path = folder / file
        text = path.read_text(encoding="utf-8")
        before, found, after = text.partition(old)
        assert found
        path.write_text(before + new + after, encoding="utf-8")
        return folder, before.count("\n") + 1

    return copy


def fault_of(folder: Path) -> str:
    with pytest.raises(CatalogueError) as caught:
        catalogue.load(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            "work.yaml",
            'subgoal: "1.1"',
            'subgoal: "1.2"',
            "unknown subgoal '1.2' (did you mean '1.1'?)",
        ),
        (
            "housing.yaml",
            "table: delivery/fhi_crowding",
            "table: delivery/fhi_crowdng",
            "unknown source table 'delivery/fhi_crowdng' (did you mean 'delivery/fhi_crowding'?)",
        ),
        (
            "areas.yaml",
            "parent: buskerud",
            "parent: busekrud",
            "unknown area 'busekrud' (did you mean 'buskerud'?)",
        ),
        (
            "areas.yaml",
            "area: drammen-7",
            "area: drammen7",
            "programme 'stromso-2030': unknown area 'drammen7' (did you mean 'drammen-7'?)",
        ),
        (
            "areas.yaml",
            "comparators: [telemark,",
            "comparators: [telemrak,",
            "programme 'skien': unknown area 'telemrak' (did you mean 'telemark'?)",
        ),
        (
            "areas.yaml",
            "parent: norway\n    name: Buskerud",
            "parent: drammen-7\n    name: Buskerud",
            "area 'buskerud' lies within itself; expected a larger area",
        ),
        (
            "areas.yaml",
            '{codes: ["3005"], from: 2020, to: 2023}',
            '{codes: ["3005"], from: 2020, to: 2019}',
            "part of 'drammen' ends before it begins",
        ),
        (
            "areas.yaml",
            "33010601-33010611",
            "33010611-33010601",
            "areas.4.parts.3.codes: range 33010611-33010601 must rise within one tract, such as 33010601-33010611",
        ),
        (
            "areas.yaml",
            "33010601-33010611",
            "33010601-33010701",
            "areas.4.parts.3.codes: range 33010601-33010701 must rise within one tract, such as 33010601-33010611",
        ),
        (
            "areas.yaml",
            '"33010601-33010611"',
            '"33010601-33010611", "33010605"',
            "areas.4.parts.3.codes: code 33010605 is given twice; expected each code once, else it is counted twice",
        ),
        (
            "areas.yaml",
            '{codes: ["3005"],',
            "{codes: 3005,",
            "areas.3.parts.2.codes: found '3005', expected a valid list",
        ),
        (
            "areas.yaml",
            "name: Porsgrunn",
            "name: Norge",
            "area 'porsgrunn': the name 'Norge' is area 'norway' already",
        ),
        (
            "deliveries/fhi_life_expectancy.yaml",
            "id: fhi_life_expectancy",
            "id: fhi_crowding",
            "contract 'fhi_crowding' is defined twice",
        ),
        (
            "education.yaml",
            "id: lowest_education",
            "id: wellbeing_grade10",
            "indicator 'wellbeing_grade10' is defined twice",
        ),
        (
            "work.yaml",
            "id: employment_rate",
            "id: crowding",
            "indicator 'crowding' is defined twice",
        ),
        (
            "work.yaml",
            "unit: share",
            "unit: shares",
            "indicators.0.unit: found 'shares', expected 'share', 'per 1,000', 'per 100,000', "
            "'years', 'points', 'NOK' or 'µg/m³' (did you mean 'share'?)",
        ),
        (
            "work.yaml",
            "direction: lower",
            "direktion: lower",
            "indicators.0.direktion: unknown key (did you mean 'direction'?)",
        ),
        (
            "sources.yaml",
            "id: ssb/04317",
            "id: sbs/04317",
            "unknown provider 'sbs' (did you mean 'ssb'?)",
        ),
    ],
)
def test_a_fault_names_file_line_and_nearest_name(broken, file, old, new, fault):
    folder, line = broken(file, old, new)
    assert f"catalogue/{file}:{line} {fault}" in fault_of(folder)


def test_faults_of_several_files_come_at_once(broken):
    folder, line = broken("areas.yaml", "kind: county", "kind: countie")
    path = folder / "work.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("pillar: {id: work, order: 1", "pillar: {id: work, order: first"), encoding="utf-8")
    assert [one.partition(" ")[0] for one in fault_of(folder).splitlines()] == [
        f"catalogue/areas.yaml:{line}",
        "catalogue/work.yaml:2",
    ]


def test_a_method_with_the_wrong_roles_is_told_which_it_takes(broken):
    folder, line = broken("housing.yaml", "method: proportion", "method: published_value")
    assert fault_of(folder) == (
        f"catalogue/housing.yaml:{line - 1} indicators.0.sources.0: "
        "method published_value takes exactly ['value'], found ['denominator', 'numerator']"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Rented dwellings, the context indicator, is the first one in the file.
        ("    caveats:\n", "    target: {relative: -0.1}\n    caveats:\n"),
        ("direction: context", "direction: lower"),
    ],
)
def test_a_target_goes_with_a_direction_and_context_has_none(broken, old, new):
    folder, _line = broken("housing.yaml", old, new)
    assert re.fullmatch(
        r"catalogue/housing\.yaml:\d+ indicators\.0: an indicator has a target, unless its direction is 'context': "
        "then it has none",
        fault_of(folder),
    )


def test_a_target_has_one_form(broken):
    folder, line = broken("housing.yaml", "target: {relative: -0.2,", "target: {relative: -0.2, absolute: 0.05,")
    assert fault_of(folder) == (
        f"catalogue/housing.yaml:{line} indicators.1.target: "
        "a target has exactly one of 'absolute', 'relative' and 'gap_closed'"
    )
