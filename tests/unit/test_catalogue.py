"""The catalogue as a whole: it loads, its parts agree, and every fault names file, line and nearest name."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from indicators import catalogue
from indicators.catalogue import CatalogueError
from pipelines.steps.assessing import comparators, rules
from pipelines.steps.terms import terms
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


def test_there_are_32_indicators_and_eight_per_pillar():
    known = real_catalogue()
    assert len(known.indicators) >= 32
    assert all(len(file.indicators) >= 8 for file in known.pillars.values())


def test_every_subgoal_has_two_indicators_with_a_target():
    known = real_catalogue()
    aimed = Counter(one.subgoal for one in known.indicators.values() if one.target)
    assert {subgoal.id for file in known.pillars.values() for subgoal in file.subgoals} == set(aimed)
    assert min(aimed.values()) >= 2


def test_every_sentence_of_the_agreement_is_shown_by_an_indicator_or_says_why_not():
    known = real_catalogue()
    shown = {name for one in known.indicators.values() for name in one.worries}
    assert all(one.worries for one in known.indicators.values())
    assert shown <= set(known.sentences)
    assert {name for name, one in known.sentences.items() if one.not_measured is None} <= shown
    # What the agreement names, as the programme's description has it.
    assert set(known.sentences) >= {
        "unemployment", "insecurity", "insecurity of adults", "traffic volume", "noise", "low education",
        "health problems", "poverty", "traffic and pollution", "one-sided housing", "rentals", "short lets",
        "business life", "social entrepreneurs", "qualification measures", "services and cooperation",
        "completed education", "climate and green areas", "cultural environment", "dwelling sizes and prices",
        "housing support and evictions", "clubs and associations", "volunteering", "coordinated public health",
        "composition and moving",
    }  # fmt: skip


def test_education_has_its_target_among_those_who_are_done_with_school():
    known = real_catalogue().indicators
    assert known["low_education_30_59"].target and known["low_education_30_59"].age == "30-59"
    assert known["lowest_education"].age == "16+" and known["lowest_education"].target is None


# The scale of the national tests was made anew in 2022; of a district three years are pooled: 2022-2024.
UNGDATA = (
    "youth_mental_distress",
    "youth_loneliness",
    "youth_close_friend",
    "youth_leisure",
    "neighbourhood_satisfaction",
)
ADULTS = ("adult_insecurity", "neighbourhood_belonging", "noise_annoyance", "adult_loneliness", "volunteering")
# The national tests' new scale; Buskerud's survey before the programme; the first survey of adults by zone.
NOT_FROM_2020 = {
    **dict.fromkeys(("reading_lowest_level", "numeracy_lowest_level"), 2024),
    **dict.fromkeys(UNGDATA, 2017),
    **dict.fromkeys(ADULTS, 2021),
}


def test_every_directed_indicator_counts_from_2020_or_the_year_before_the_pandemic_to_a_proposed_target_for_2030():
    for one in real_catalogue().indicators.values():
        assert one.baseline.year == NOT_FROM_2020.get(one.id, 2019 if one.disturbed else 2020)
        assert one.baseline.year == 2020 or one.baseline.note
        assert (one.target is None) == (one.direction == "context")
        assert one.target is None or (one.target.year, one.target.status) == (2030, "proposed")


def test_a_disturbed_baseline_has_its_alternative_and_says_why():
    alternatives = {one.id: one.baseline for one in real_catalogue().indicators.values() if one.baseline.alternative}
    assert len(alternatives) >= 12
    for name, baseline in alternatives.items():
        assert baseline.note and baseline.alternative.reason, name
        expected = dict.fromkeys(UNGDATA, (2017, 2021)) | {"upper_secondary_completion": (2020, 2019)}
        assert (baseline.year, baseline.alternative.year) == expected.get(name, (2019, 2020)), name
    # Of completion nobody knows whether it was raised, and windows of three years would all be disturbed until 2025.
    assert alternatives.keys() - {"upper_secondary_completion"} == {
        one.id for one in real_catalogue().indicators.values() if one.disturbed
    }


def test_ungdata_of_2020_was_broken_off_in_drammen_and_the_survey_of_2017_is_the_baseline():
    """It was not left out: 53 % had answered when schools closed on 13 March 2020 (../shared/sources.md)."""
    for name in UNGDATA:
        one = real_catalogue().indicators[name]
        note = " ".join((one.baseline.note or "").split())
        assert note.startswith("All of Buskerud was asked in 2017, before the programme and the pandemic.")
        assert "broken off in Drammen on 13 March, when 53 per cent of lower secondary pupils had answered" in note
        assert "not asked" not in " ".join(found.reason for found in one.disturbed)
        # NOVA's file with a column of districts gives counts, and so an interval; it goes before published shares.
        assert (one.sources[0].table, one.sources[0].method) == ("delivery/drammen_district_counts", "proportion")


def test_a_proposed_target_says_that_the_agreement_sets_no_figure():
    for one in real_catalogue().indicators.values():
        if one.target:
            note = " ".join((one.target.note or "").split())
            assert note.startswith("Proposed by the makers of this tool; the agreement sets no figure."), one.id


def test_targets_come_in_all_forms_and_paths():
    targets = [one.target for one in real_catalogue().indicators.values() if one.target]
    for form in ("absolute", "relative", "gap_closed"):
        assert sum(getattr(target, form) is not None for target in targets) >= 3
    assert {target.trajectory for target in targets} == {"linear", "geometric", "logistic"}
    comparators = set(real_catalogue().programmes[0].comparators)
    assert {target.comparator for target in targets if target.gap_closed} <= comparators


def test_a_path_in_log_odds_is_of_a_share():
    for one in real_catalogue().indicators.values():
        assert not (one.target and one.target.trajectory == "logistic") or one.unit == "share"


def test_every_indicator_is_described_in_two_languages_with_its_references():
    for one in real_catalogue().indicators.values():
        assert one.name_no != one.name_en
        assert one.definition_no != one.definition_en
        assert one.caveats, one.id
        assert one.references, one.id
        assert not any("http" in text for text in one.references), "a publication by its name and table number"


def test_a_target_moves_in_the_direction_that_is_better():
    for one in real_catalogue().indicators.values():
        if one.target and one.target.relative is not None:
            assert one.sign == (1 if one.target.relative > 0 else -1), one.id


def test_small_counts_of_districts_are_pooled():
    pooled = {one.id: one.pooling for one in real_catalogue().indicators.values() if one.pooling}
    # Two years where the published figures of municipalities are of two.
    assert {name for name, length in pooled.items() if length != 3} == {"reported_violence"}
    assert {"traffic_injuries", "young_disability", "introduction_programme", "caries_free_12"} <= pooled.keys()


def test_every_source_of_figures_says_for_which_areas():
    known = real_catalogue()
    silent = [name for name, one in {**known.tables, **known.contracts}.items() if not one.levels]
    assert silent == []


def test_a_table_of_which_no_working_query_was_seen_says_so():
    unverified = {name for name, one in real_catalogue().tables.items() if one.unverified}
    fhi = {name for name in real_catalogue().tables if name.startswith("fhi/")}
    assert unverified == fhi | {
        "ssb/03013",
        "ssb/04362",
        "ssb/06035",
        "ssb/06944_tracts",
        "ssb/12044",
        "ssb/12044_summed",
        "ssb/12275",
        "nvdb/570",
        "brreg/enheter",
        "trafikkdata/counters",
        "nilu/days",
    }


def test_every_indicator_has_a_source_for_the_district_or_says_that_it_has_none():
    known = real_catalogue()
    sources = {**known.tables, **{f"delivery/{name}": one for name, one in known.contracts.items()}}
    without = {
        one.id
        for one in known.indicators.values()
        if not any("district" in sources[source.table].levels for source in one.sources)
    }
    of_registers = {"registered_businesses", "voluntary_organisations"}
    assert without == {"employment_share", "life_expectancy", "mental_symptoms"} | of_registers
    for one in known.indicators.values():
        assert any({"municipality", "country"} & set(sources[source.table].levels) for source in one.sources), one.id


def test_the_district_contracts_know_exactly_the_indicators_that_ask_for_them():
    known = real_catalogue()
    for name in ("drammen_district_counts", "drammen_district_values"):
        codes = known.contracts[name].dimensions["Indikator"].codes or {}
        asking = [
            one.id for one in known.indicators.values() for source in one.sources if source.table == f"delivery/{name}"
        ]
        assert sorted(codes.values()) == sorted(asking)


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
        for term in terms(known, pillar):
            name = term["table_name"]
            if name in known.tables:
                table = known.tables[name]
                dimensions = set(table.selection) - {table.area, table.time}
            else:
                dimensions = {"ContentsCode", *known.contracts[name.removeprefix("delivery/")].every_dimension}
            assert {part.partition("=")[0] for part in term["cell"].split("|")} == dimensions


def test_terms_write_out_the_cells_of_each_role_with_sorted_dimensions():
    found = terms(made_catalogue(made_indicator("share", [PROPORTION])), "made")
    assert [(term["role"], term["cell"], term["cells"]) for term in found] == [
        ("numerator", "ContentsCode=n|Kjonn=0", 1),
        ("denominator", "ContentsCode=n|Kjonn=0|Nivaa=01", 2),
        ("denominator", "ContentsCode=n|Kjonn=0|Nivaa=02a", 2),
    ]


def test_a_programmes_area_has_the_programmes_comparators_and_any_other_its_parents():
    found: dict[str, list[str]] = {}
    for row in sorted(comparators(real_catalogue()), key=lambda row: row["rank"]):
        found.setdefault(row["area_id"], []).append(row["comparator_id"])
    districts = ["drammen-6", "drammen-8", "drammen-4", "drammen-3", "drammen-9", "drammen-5", "drammen-2"]
    others = [*districts, "drammen-1", "drammen-10"]
    assert found["drammen-7"] == ["drammen-rest", "drammen", *others, "buskerud", "norway"]
    assert found["drammen"] == ["buskerud", "norway"]
    assert found["telemark"] == ["norway"]
    assert "norway" not in found


def test_rules_give_each_indicator_and_area_a_sign():
    made = made_catalogue(
        made_indicator("up", [PROPORTION], direction="higher", target={"relative": 0.1}),
        made_indicator("down", [PROPORTION], direction="lower", target={"absolute": 0.5, "year": 2028}),
        made_indicator("aside", [PROPORTION]),
    )
    rows = rules(made, "made")
    mine = {row["indicator_id"]: row for row in rows if row["area_id"] == "drammen-7"}
    assert {name: row["sign"] for name, row in mine.items()} == {"up": 1, "down": -1, "aside": None}
    assert (mine["up"]["target_relative"], mine["up"]["target_absolute"], mine["up"]["target_year"]) == (
        0.1,
        None,
        2030,
    )
    assert (mine["down"]["target_absolute"], mine["down"]["target_year"]) == (0.5, 2028)
    assert mine["aside"]["target_year"] is None
    programmes = {row["area_id"] for row in rows if row["is_programme"]}
    assert programmes == {"drammen-7", "skien", "oslo-sondre-nordstrand"}
    assert set(Counter(row["area_id"] for row in rows).values()) == {3}


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
            "'years', 'points', 'NOK', 'µg/m³' or 'vehicles a day' (did you mean 'share'?)",
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
    number = [one.id for one in real_catalogue().pillars["housing"].indicators].index("adult_insecurity")
    folder, line = broken(
        "housing.yaml", "target:\n      relative: -0.2\n", "target:\n      relative: -0.2\n      absolute: 0.05\n"
    )
    assert fault_of(folder) == (
        f"catalogue/housing.yaml:{line} indicators.{number}.target: "
        "a target has exactly one of 'absolute', 'relative' and 'gap_closed'"
    )


def test_skien_is_compared_with_the_municipalities_of_telemark_whose_territory_stayed():
    """Seventeen municipalities; on 1 January 2020 two units went from Sauherad (Midt-Telemark) to Notodden."""
    known = real_catalogue()
    donors = known.donors(known.evaluations["skien-demonstration"])
    telemark = {one.id for one in known.areas.values() if one.parent == "telemark"}
    assert len(telemark) == 17
    assert set(donors) == telemark - {"skien", "notodden", "midt-telemark"}
    assert not known.evaluations["skien-demonstration"].programme_effect_claimed


def test_stromso_is_compared_with_districts_of_drammen_and_municipalities_of_telemark():
    known = real_catalogue()
    donors = known.donors(known.evaluations["stromso-2030"])
    assert donors[:9] == [f"drammen-{number}" for number in (1, 2, 3, 4, 5, 6, 8, 9, 10)]
    assert {known.areas[name].parent for name in donors[9:]} == {"telemark"}
    assert len(donors) == 9 + 17 - 2
    # It had a programme of its own, as the agreement says, and falls out of every panel that reaches back to 2019.
    assert [(one.start, one.end) for one in known.areas["drammen-6"].treated] == [(None, 2019)]
    assert not any(known.areas[name].treated for name in donors if name != "drammen-6")


def test_no_working_query_is_called_for_where_one_was_seen():
    seen = ("ssb/12944", "ssb/08487", "ssb/06944")
    assert not any(real_catalogue().tables[name].unverified for name in seen)


def test_each_table_that_fills_a_comparator_is_used_by_an_indicator():
    used = {source.table for one in real_catalogue().indicators.values() for source in one.sources}
    numbers = (187, 337, 354, 360, 362, 388, 670, 685, 794, 803, 806)
    assert {f"fhi/{number}" for number in numbers} <= used
    assert {"ssb/12044", "ssb/06035"} <= used
    # Of the others docs/coverage.md says why they are not asked for.
    refused = {one.id for one in real_catalogue().not_asked}
    assert {"ssb/12008", "ssb/13995", "ssb/14019", "ssb/14545"} <= refused
    assert not refused & real_catalogue().tables.keys()


def test_navs_breaks_are_declared_and_told_before_the_caveats():
    for name in ("registered_unemployment", "reduced_work_capability"):
        one = real_catalogue().indicators[name]
        assert [found.first for found in one.breaks] == ["2018M11", "2025M04"]
        assert one.warnings[0].startswith("Break from 2018M11 on: a break in NAV's series")
        assert one.warnings[2].startswith("Disturbed from 2020 to 2021: ")
        assert one.warnings[3:] == one.caveats


def test_a_baseline_in_a_disturbed_year_is_refused(broken):
    folder, _line = broken("work.yaml", "year: 2019\n      note_no: Permitt", "year: 2020\n      note_no: Permitt")
    assert "baseline year 2020 is disturbed (the lay-offs of March 2020" in fault_of(folder)


ADOPTED = "target:\n      status: adopted\n      adopted_by: the steering group\n      adopted_on: 2026-11-02\n      "
NUMBER = "frozen: [{area: telemark, value: 0.1, baseline_value: 0.2, vintage: 2026-10-01}]\n      "


def test_an_adopted_target_that_is_counted_from_a_baseline_says_what_it_came_to(broken):
    folder, _line = broken("work.yaml", "target:\n      relative", f"{ADOPTED}relative")
    assert "has 'frozen': number, baseline and vintage per area" in fault_of(folder)


def test_a_number_is_adopted_for_the_area_of_a_programme(broken):
    folder, _line = broken("work.yaml", "target:\n      relative", f"{ADOPTED}{NUMBER}relative")
    assert "unknown area 'telemark'" in fault_of(folder)


def test_a_disturbance_ends_after_it_begins(broken):
    folder, line = broken("work.yaml", "- from: 2020\n        to: 2021\n", "- from: 2020\n        to: 2018\n")
    said = fault_of(folder)
    assert f"work.yaml:{line}" in said
    assert "disturbed from 2020 to 2018; expected 'to' at 'from' or later" in said


def test_a_break_has_a_period(broken):
    folder, _line = broken("work.yaml", "from: 2018M11", "from: november 2018")
    assert "found 'november 2018', expected text of the form" in fault_of(folder)
