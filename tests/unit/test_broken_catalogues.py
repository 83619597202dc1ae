"""A broken catalogue teaches: each error names file and line, what was expected, and the nearest valid name.

Each case is the real catalogue with one edit: a word of a file replaced, or an indicator added that has one fault.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from indicators import catalogue
from indicators.catalogue import CatalogueError
from pipelines.deliveries import match, open_file
from tests.unit import real_catalogue

MADE = """
  - id: made_up
    subgoal: "1.1"
    name_no: Laget
    name_en: Made up
    definition_no: Laget for en test.
    definition_en: Made for a test.
    unit: share
    direction: lower
    numerator_no: laget
    numerator: made up
    denominator_no: laget
    denominator: made up
    age: 20-66
    worries: [unemployment]
    sources:
      - table: ssb/13563
        method: proportion
        numerator: {ContentsCode: Bosatte, HovArbStyrkStatus: A.09, Alder: 20-66, InnvandrKat: A-G}
        denominator:
          ContentsCode: Bosatte
          HovArbStyrkStatus: [A.01, A.09]
          Alder: 20-66
          InnvandrKat: A-G
      - table: delivery/nav_reduced_work_capability
        method: published_value
        value: {ContentsCode: percent_of_population, Kjonn: "0", Alder: 18-66}
        scale: 0.01
    baseline: {year: 2020, alternative: {year: 2019, reason_no: laget, reason: made up}}
    target: {relative: -0.1}
"""
# The published value alone: without the source that has counts.
COUNTS = MADE[MADE.index("      - table: ssb/13563") : MADE.index("      - table: delivery/")]


@dataclass(frozen=True)
class Broken:
    """One edit of the catalogue (or of the added indicator), and what the error is to say.

    at: what the faulty line begins with, where that is another than the first that the edit changes.
    """

    file: str
    old: str
    new: str
    expected: str
    nearest: str = ""
    at: str = ""


EDITS = {
    "a register asked by what it does not tell apart": Broken(
        "sources.yaml",
        "      ContentsCode: {values: [voluntary,",
        '      Kjonn: {values: ["0"]}\n      ContentsCode: {values: [voluntary,',
        "register 'brreg/enheter': expected kommunenummer, Tid and ContentsCode in its selection",
        at="id: brreg/enheter",
    ),
    "unknown subgoal": Broken(
        "work.yaml", 'subgoal: "1.1"', 'subgoal: "1.2"', "unknown subgoal '1.2'|expected one of 1.1", "1.1"
    ),
    "unknown code of a stratum": Broken(
        "work.yaml",
        'cells: {Kjonn: "1", Alder: 18-29}',
        'cells: {Kjonn: "3", Alder: 18-29}',
        "unknown code of Kjonn '3'|expected a code that delivery/nav_reduced_work_capability has or is asked for",
    ),
    "a caveat in English alone": Broken(
        "work.yaml",
        "      - Omfatter dem som er registrert hos NAV, ikke alle som søker arbeid.\n",
        "",
        "caveats: 2 texts in English, 1 text in Norwegian|expected each text of 'caveats' in Norwegian in 'caveats_no'",
        at="caveats_no:",
    ),
    "a numerator in English alone": Broken(
        "work.yaml",
        "    numerator_no: helt ledige registrert hos NAV, gjennomsnitt av månedene\n",
        "",
        "numerator: 1 text in English, no text in Norwegian|in 'numerator_no'",
        at="numerator: wholly",
    ),
    "English where Norwegian should be": Broken(
        "work.yaml",
        "reason_no: permitteringene i mars 2020 og pandemien etter dem.",
        "reason_no: the lay-offs of March 2020 and the pandemic after them.",
        "reason_no: the same text as 'reason', which is English; expected it in Norwegian",
    ),
    "a note on an area in English alone": Broken(
        "areas.yaml",
        "    note_no: Det som er igjen av Drammen uten kommunedel 7, slik den foreløpig er avgrenset.\n",
        "",
        "note: 1 text in English, no text in Norwegian|in 'note_no'",
        at="note: What is left",
    ),
    "strata without a standard": Broken(
        "work.yaml",
        "    standard: {area: norway, year: 2020}\n",
        "",
        "an indicator with strata has a standard, and one without has none",
        at="id: reduced_work_capability",
    ),
    "money without fixed prices": Broken(
        "work.yaml",
        "    prices: {index: ssb/03013, year: 2020}\n",
        "",
        "an indicator of unit NOK has 'prices', the index and the year",
        at="id: median_income",
    ),
    "unknown price index": Broken(
        "work.yaml",
        "prices: {index: ssb/03013,",
        "prices: {index: ssb/03031,",
        "unknown source table 'ssb/03031'|a table of sources.yaml with a price index",
        "ssb/03013",
    ),
    "a table of areas as price index": Broken(
        "work.yaml",
        "prices: {index: ssb/03013,",
        "prices: {index: ssb/06944,",
        "ssb/06944 has several figures of a period; expected one: no areas, and one code of each variable",
    ),
    "unknown standard": Broken(
        "work.yaml",
        "standard: {area: norway,",
        "standard: {area: norwya,",
        "unknown area|an area of areas.yaml",
        "norway",
    ),
    "misspelt key": Broken(
        "work.yaml", "direction: ", "direktion: ", "unknown key|known are id, subgoal, name_no", "direction"
    ),
    "wrong type": Broken("areas.yaml", "start: 2020", "start: soon", "found 'soon', expected a valid integer"),
    "unknown parent": Broken(
        "areas.yaml", "parent: norway", "parent: norwya", "unknown area|expected an area of areas.yaml", "norway"
    ),
    "unknown comparator": Broken(
        "areas.yaml",
        "comparators: [telemark,",
        "comparators: [telemrak,",
        "programme 'skien': unknown area|expected an area of areas.yaml",
        "telemark",
    ),
    "comparator twice": Broken(
        "areas.yaml", "[telemark, norway]", "[norway, norway]", "'norway' is given twice; expected each comparator once"
    ),
    "comparator of a smaller kind": Broken(
        "areas.yaml",
        "[telemark, norway]",
        "[drammen-6, norway]",
        "comparator 'drammen-6' is a district; expected a municipality, as 'skien' is, or something larger",
    ),
    "comparator within the area": Broken(
        "areas.yaml",
        "comparators: [drammen-rest,",
        "comparators: [drammen-zone-07,",
        "'drammen-zone-07' is or lies in its own area 'drammen-7'; expected another area",
    ),
    "programme ends before it starts": Broken(
        "areas.yaml", "end: 2030", "end: 2019", "ends in 2019 and starts in 2020; expected a later year"
    ),
    "release after the programme": Broken(
        "areas.yaml", "due: 2030-12-31", "due: 2035-12-31", "is due on 2035-12-31; expected a day within the programme"
    ),
    "release planned twice": Broken(
        "areas.yaml", "- id: final-2030", "- id: midterm-2025", "release 'midterm-2025' is planned twice; expected each"
    ),
    "parent of a smaller kind": Broken(
        "areas.yaml",
        "parent: buskerud\n    name: Drammen\n",
        "parent: drammen-zone-07\n    name: Drammen\n",
        "expected a larger area",
    ),
    "parent of the same kind": Broken(
        "areas.yaml",
        "parent: telemark\n    name: Porsgrunn",
        "parent: skien\n    name: Porsgrunn",
        "municipality 'porsgrunn' lies in 'skien', a municipality; expected country or county",
    ),
    "rest without what is no part": Broken(
        "areas.yaml",
        "without: [drammen-7]",
        "without: [skien]",
        "'skien' does not lie in 'drammen'; expected a part of it",
    ),
    "range across tracts": Broken(
        "areas.yaml",
        "33010601-33010611",
        "33010601-33010711",
        "range 33010601-33010711 must rise within one tract, such as 33010601-33010611",
    ),
    "unknown area evaluated": Broken(
        "evaluations.yaml", "area: skien", "area: skein", "unknown area|expected an area of areas.yaml", "skien"
    ),
    "unknown indicator evaluated": Broken(
        "evaluations.yaml", "- employment_share", "- employment_shares", "unknown indicator", "employment_share"
    ),
    "donors within an unknown area": Broken(
        "evaluations.yaml",
        "donors: {within: telemark",
        "donors: {within: telemrak",
        "unknown area|expected an area of areas.yaml",
        "telemark",
    ),
    "a rule that finds no donors": Broken(
        "evaluations.yaml",
        "donors: {within: telemark, kind: municipality",
        "donors: {within: telemark, kind: county",
        "no county lies in 'telemark'; expected a rule that finds areas of areas.yaml",
    ),
    "a donor twice": Broken(
        "evaluations.yaml",
        "donors: {within: telemark, kind: municipality, without: [notodden, midt-telemark]}",
        "donors: [drammen-6, drammen-6]",
        "donor 'drammen-6' is given twice; expected each area once",
    ),
    "an area that is its own donor": Broken(
        "evaluations.yaml",
        "donors: {within: telemark, kind: municipality, without: [notodden, midt-telemark]}",
        "donors: [drammen-6, skien]",
        "'skien' is its own donor; expected areas without the programme",
    ),
    "a programme that ends before it starts": Broken(
        "areas.yaml",
        "      - name_no: Statlig områdeprogram på Fjell",
        "      - start: 2021\n        name_no: Statlig områdeprogram på Fjell",
        "it ends in 2019, before it starts in 2021",
    ),
    "an effect claimed where no programme began": Broken(
        "evaluations.yaml",
        "start: 2020",
        "start: 2019",
        "no programme of areas.yaml starts in 'drammen-7' in 2019; expected false, or a programme's area and start",
        at="programme_effect_claimed: true",
    ),
    "an evaluation twice": Broken(
        "evaluations.yaml",
        "id: skien-demonstration",
        "id: stromso-2030",
        "evaluation 'stromso-2030' is defined twice; expected each id once",
    ),
    "a sentence twice": Broken(
        "sentences.yaml", "id: rentals", "id: poverty", "sentence 'poverty' is defined twice; expected each id once"
    ),
    "a sentence that nothing shows": Broken(
        "sentences.yaml",
        "id: completed education",
        "id: completed schooling",
        "no indicator shows sentence 'completed schooling'; expected one that names it in 'worries', or the reason",
    ),
    "a sentence of an unknown subgoal": Broken(
        "sentences.yaml", 'subgoal: "4.2"', 'subgoal: "4.3"', "unknown subgoal '4.3'", "4.2"
    ),
    "an indicator that shows an unknown sentence": Broken(
        "housing.yaml",
        "worries: [composition and moving]",
        "worries: [composition and moves]",
        "unknown sentence 'composition and moves'|expected one of sentences.yaml",
        "composition and moving",
    ),
    "an indicator that shows no sentence": Broken(
        "housing.yaml",
        "worries: [composition and moving]",
        "worries: []",
        "indicator 'immigrants' shows no sentence of the agreement; expected one",
    ),
    "a record of an unknown programme": Broken(
        "programmes/stromso-2030.yaml",
        "programme: stromso-2030",
        "programme: stromsø-2030",
        "unknown programme|expected a programme of areas.yaml",
        "stromso-2030",
    ),
    "a made-up record in a file that does not say so": Broken(
        "programmes/stromso-2030.yaml",
        "programme: stromso-2030\n",
        "programme: stromso-2030\nsynthetic: true\n",
        "synthetic is true; expected a file that begins with 'synthetic-'",
    ),
    "a measure for an unknown indicator": Broken(
        "programmes/synthetic-stromso-2030.yaml",
        "indicators: [crowding,",
        "indicators: [crowing,",
        "unknown indicator 'crowing'",
        "crowding",
    ),
    "a finding of an unknown subgoal": Broken(
        "programmes/synthetic-stromso-2030.yaml",
        'subgoal: "2.1"\n    document',
        'subgoal: "2.1."\n    document',
        "unknown subgoal '2.1.'",
        "2.1",
    ),
    "a measure that ends before it begins": Broken(
        "programmes/synthetic-stromso-2030.yaml",
        "from: 2021M08\n    to: 2024",
        "from: 2021M08\n    to: 2021M07",
        "from 2021M08 to 2021M07; expected 'to' at 'from' or later",
        at="id: job-workshop",
    ),
    "a measure in both files of a programme": Broken(
        "programmes/synthetic-stromso-2030.yaml",
        "id: youth-club",
        "id: public-health-programme",
        "'public-health-programme' of measures_taken is in catalogue/programmes/stromso-2030.yaml:",
    ),
    "money of one payer twice in a year": Broken(
        "programmes/stromso-2030.yaml",
        "year: 2021, ",
        "year: 2020, ",
        "2020 of budget is in catalogue/programmes/stromso-2030.yaml:",
    ),
    "an obstacle that is reported to nobody": Broken(
        "programmes/synthetic-stromso-2030.yaml",
        "status: not reported",
        "status: reported",
        "an obstacle has 'reported_to', unless its status is 'not reported'",
        at="id: rent-rules",
    ),
    "an evaluation of a measure that began in another year": Broken(
        "evaluations.yaml",
        "start: 2020\n",
        "start: 2020\n    measure_taken: public-health-programme\n",
        "evaluation 'stromso-2030' starts in 2020, and 'public-health-programme' in 2019; expected the same year",
        at="start: 2020",
    ),
    "an evaluation of a made-up measure": Broken(
        "evaluations.yaml",
        "start: 2020\n",
        "start: 2020\n    measure_taken: job-workshop\n",
        "unknown measure taken 'job-workshop'|expected a measure taken in 'drammen-7' that is not synthetic",
    ),
    "unknown provider": Broken(
        "sources.yaml", "id: ssb/04317", "id: sbs/04317", "unknown provider|expected a provider of this file", "ssb"
    ),
    "table asked of Klass": Broken(
        "sources.yaml", "id: ssb/04317", "id: klass/04317", "provider 'klass' has dialect klass; expected ssb"
    ),
    "hours that are none": Broken(
        "sources.yaml", '"04:45-08:20"', '"4.45"', "found '4.45', expected hours such as 04:45-08:20"
    ),
    "residents by an unknown dimension": Broken(
        "deliveries/population_by_age.yaml",
        "residents: {age: Alder}",
        "residents: {age: Alde}",
        "unknown dimension 'Alde'|expected a dimension of the figures",
        "Alder",
    ),
    "contract twice": Broken(
        "deliveries/fhi_life_expectancy.yaml",
        "id: fhi_life_expectancy",
        "id: fhi_crowding",
        "contract 'fhi_crowding' is defined twice; expected each id once",
    ),
    "id that is none": Broken(
        "deliveries/fhi_crowding.yaml", "id: fhi_crowding", "id: FHI crowding", "found 'FHI crowding', expected text"
    ),
    "key twice": Broken(
        "areas.yaml",
        "start: 2020",
        "start: 2020\n    start: 2020",
        "start: given twice, first in line |expected once",
    ),
    "tab": Broken("work.yaml", "    direction: ", "\tdirection: ", "is not YAML|expected spaces"),
    "bracket left open": Broken(
        "areas.yaml", "without: [drammen-7]}", "without: [drammen-7}", "is not YAML|expected ',' or ']'"
    ),
    "pillar twice": Broken(
        "health.yaml", "order: 4", "order: 2", "a second pillar has order '2'; expected each once", at="pillar:"
    ),
}

ADDED = {
    "unknown table": Broken(
        "",
        "ssb/13563",
        "ssb/13536",
        "unknown source table|expected a table of sources.yaml, or delivery/ and the id of a contract",
        "ssb/13563",
    ),
    "unknown contract": Broken(
        "",
        "delivery/nav_reduced_work_capability",
        "nav_reduced_work_capability",
        "unknown source table|delivery/ and the id",
        "delivery/nav_reduced_work_capability",
    ),
    "wrong unit": Broken("", "unit: share", "unit: per 10000", "found 'per 10000', expected 'share'", "per 100,000"),
    "target with two forms": Broken(
        "",
        "{relative: -0.1}",
        "{relative: -0.1, absolute: 0.1}",
        "a target has exactly one of 'absolute', 'relative' and 'gap_closed'",
    ),
    "adopted without who": Broken(
        "",
        "{relative: -0.1}",
        "{relative: -0.1, status: adopted}",
        "status 'adopted' goes with 'adopted_by' and 'adopted_on': who adopted it and when",
    ),
    "unknown dimension": Broken(
        "",
        "          HovArbStyrkStatus: [",
        "          HovArbStyrkStatsu: [",
        "unknown dimension|expected the dimensions of ssb/13563: HovArbStyrkStatus, Alder, InnvandrKat, ContentsCode",
        "HovArbStyrkStatus",
    ),
    "dimension left out": Broken(
        "",
        "          Alder: 20-66\n",
        "",
        "dimension 'Alder' of ssb/13563 is missing; expected a code for HovArbStyrkStatus, Alder",
        at="denominator:\n",
    ),
    "code not asked for": Broken(
        "",
        "HovArbStyrkStatus: [A.01, A.09]",
        "HovArbStyrkStatus: [A.01, U.01x]",
        "unknown code of HovArbStyrkStatus 'U.01x'|expected a code that ssb/13563 has or is asked for",
        "U.01",
    ),
    "code that the file has not": Broken(
        "",
        "Alder: 18-66}",
        "Alder: 18-67}",
        "unknown code of Alder '18-67'|expected a code that delivery/nav_reduced_work_capability has",
        "18-66",
    ),
    "contents that the file has not": Broken(
        "", "percent_of_population", "percent_of_pop", "unknown code of ContentsCode", "percent_of_population"
    ),
    "rate as a share": Broken(
        "",
        "method: proportion",
        "method: rate",
        "unit 'share' with method rate; expected unit 'per 1,000' or 'per 100,000', or method 'proportion'",
        at="unit: share",
    ),
    "proportion per 1,000": Broken(
        "",
        "unit: share",
        "unit: per 1,000",
        "unit 'per 1,000' with method proportion; expected unit 'share', or method 'rate'",
    ),
    "scale of counts": Broken(
        "",
        "method: proportion",
        "method: proportion\n        scale: 0.01",
        "scale 0.01 with method proportion; expected it with published_value, count_and_share or annual_mean alone",
    ),
    "count and share of a table without decimals": Broken(
        "",
        COUNTS,
        """      - table: ssb/13563
        method: count_and_share
        numerator: {ContentsCode: Bosatte, HovArbStyrkStatus: A.09, Alder: 20-66, InnvandrKat: A-G}
        value: {ContentsCode: Bosatte, HovArbStyrkStatus: A.01, Alder: 20-66, InnvandrKat: A-G}
""",
        "count_and_share of ssb/13563 without 'decimals'; expected those of the published value",
        at="method: count_and_share",
    ),
    "residents of a day that no table names": Broken(
        "",
        """        denominator:
          ContentsCode: Bosatte
          HovArbStyrkStatus: [A.01, A.09]
          Alder: 20-66
          InnvandrKat: A-G
""",
        "        among_residents: {age: 20-66}\n",
        "residents of which day, ssb/13563 does not say; expected its `residents_on`: january or next_january",
        at="among_residents:",
    ),
    "residents beside a denominator": Broken(
        "",
        "        denominator:\n",
        "        among_residents: {age: all}\n        denominator:\n",
        "'among_residents' goes with proportion or rate, instead of 'denominator'",
        at="table: ssb/13563",
    ),
    "ages that fall": Broken(
        "",
        "        denominator:\n",
        "        among_residents: {age: 66-20}\n        denominator:\n",
        "age '66-20'; expected all, years as 20-66, or from an age on as 67+",
        at="among_residents:",
    ),
    "percentage taken for a share": Broken(
        "", "scale: 0.01", "scale: 1", "scale 1 from 'percent' to unit 'share'; expected 0.01"
    ),
    "pooling without counts": Broken(
        "",
        f"    sources:\n{COUNTS}",
        "    pooling: 3\n    sources:\n",
        "pooling with method published_value; expected a source with method proportion or rate",
    ),
    "target before the baseline": Broken(
        "",
        "{relative: -0.1}",
        "{relative: -0.1, year: 2020}",
        "target year 2020, baseline year 2020; expected a target after the baseline",
    ),
    "alternative that is none": Broken(
        "",
        "alternative: {year: 2019",
        "alternative: {year: 2020",
        "the alternative is 2020, as the baseline; expected another year",
    ),
    "alternative after the target": Broken(
        "",
        "alternative: {year: 2019",
        "alternative: {year: 2030",
        "alternative baseline 2030, target year 2030; expected a baseline before the target",
    ),
    "gap to an unknown area": Broken(
        "",
        "{relative: -0.1}",
        "{gap_closed: 0.5, comparator: dramen}",
        "unknown area 'dramen'|expected a comparator of a programme",
        "drammen",
    ),
    "gap to an area that none is compared with": Broken(
        "",
        "{relative: -0.1}",
        "{gap_closed: 0.5, comparator: notodden}",
        "no programme is compared with 'notodden'; expected one of buskerud, drammen,",
    ),
    "gap to the programme's own area": Broken(
        "", "{relative: -0.1}", "{gap_closed: 0.5, comparator: drammen-7}", "no programme is compared with 'drammen-7'"
    ),
    "indicator twice": Broken(
        "", "id: made_up", "id: crowding", "indicator 'crowding' is defined twice; expected each id once in all pillars"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real catalogue."""
    copy = tmp_path / "catalogue"
    shutil.copytree(catalogue.HERE, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__", "schema"))
    return copy


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def line_of(before: str, after: str, at: str) -> int:
    """The number of the faulty line: the first that begins with `at`, else the first that is not as it was."""
    lines = after.splitlines(keepends=True)
    if at:
        return next(number for number, line in enumerate(lines, 1) if line.lstrip(" -").startswith(at))
    known = before.splitlines(keepends=True)
    return next(number for number, line in enumerate(lines, 1) if line != known[number - 1])


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        catalogue.load(folder)
    return str(caught.value).splitlines()


def assert_taught(folder: Path, file: str, line: int, case: Broken) -> None:
    found = [fault for fault in faults_of(folder) if fault.startswith(f"catalogue/{file}:{line} ")]
    wanted = [*case.expected.split("|"), *([f"(did you mean '{case.nearest}'?)"] if case.nearest else [])]
    assert any(all(text in fault for text in wanted) for fault in found), "\n".join(faults_of(folder))


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in EDITS.items()])
def test_an_edit_that_breaks_the_catalogue_is_explained(folder: Path, case: Broken):
    path = folder / case.file
    before = path.read_text(encoding="utf-8")
    after = replaced(before, case.old, case.new)
    path.write_text(after, encoding="utf-8")
    assert_taught(folder, case.file, line_of(before, after, case.at), case)


def test_the_indicator_to_which_faults_are_given_has_none(folder: Path):
    path = folder / "work.yaml"
    path.write_text(path.read_text(encoding="utf-8") + MADE, encoding="utf-8")
    assert set(catalogue.load(folder).indicators) - set(real_catalogue().indicators) == {"made_up"}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in ADDED.items()])
def test_an_indicator_that_does_not_fit_is_explained(folder: Path, case: Broken):
    path = folder / "work.yaml"
    real = path.read_text(encoding="utf-8")
    added = replaced(MADE, case.old, case.new)
    path.write_text(real + added, encoding="utf-8")
    line = real.count("\n") + line_of(MADE, added, case.at)
    assert_taught(folder, "work.yaml", line, case)


def test_all_faults_come_at_once_though_one_file_cannot_be_read(folder: Path):
    """Areas have a wrong kind, so nothing is checked against them; an indicator's two faults are told all the same."""
    areas = folder / "areas.yaml"
    areas.write_text(areas.read_text(encoding="utf-8").replace("kind: country", "kind: cuntry"), encoding="utf-8")
    work = folder / "work.yaml"
    added = MADE.replace("unit: share", "unit: per 1,000").replace("ssb/13563", "ssb/13536")
    work.write_text(work.read_text(encoding="utf-8") + added, encoding="utf-8")
    found = faults_of(folder)
    assert [fault.partition(":")[0] for fault in found] == ["catalogue/areas.yaml", *["catalogue/work.yaml"] * 3]
    assert "found 'cuntry', expected 'country'" in found[0]
    assert "with method proportion; expected unit 'share'" in found[1]
    assert "(did you mean 'ssb/13563'?)" in found[2]
    # The second source's percentage is no longer scaled to the unit: 1000 / 100.
    assert "scale 0.01 from 'percent' to unit 'per 1,000'; expected 10" in found[3]


def test_a_contract_that_cannot_be_read_is_not_called_unknown(folder: Path):
    path = folder / "deliveries" / "fhi_crowding.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("kind: share", "kind: shaer"), encoding="utf-8")
    [fault] = faults_of(folder)
    assert "kind: found 'shaer', expected 'count', 'share'" in fault
    assert "(did you mean 'share'?)" in fault


def add_twin(folder: Path, *edits: tuple[str, str]) -> Path:
    """Add a contract for another question of the pupil survey, with the same header as that of well-being."""
    deliveries = folder / "deliveries"
    text = (deliveries / "udir_wellbeing_grade10.yaml").read_text(encoding="utf-8")
    for old, new in (("id: udir_wellbeing_grade10", "id: twin"), *edits):
        text = replaced(text, old, new)
    twin = deliveries / "wellbeing_twin.yaml"
    twin.write_text(text, encoding="utf-8")
    return twin


def test_two_contracts_that_one_file_would_fit_are_told_by_the_check(folder: Path):
    twin = add_twin(folder)
    [fault] = [fault for fault in faults_of(folder) if twin.name in fault]
    line = twin.read_text(encoding="utf-8").splitlines().index("header:") + 1
    assert f"{twin.name}:{line}" in fault
    assert "contract 'twin' has the header of contract 'udir_wellbeing_grade10': a file may be of either" in fault
    assert "expected another header, other sheets, or words in a column that differ (`fixed`)" in fault


def test_words_that_differ_tell_two_contracts_of_one_header_apart(folder: Path):
    own = 'Spm.id: [spm.id, Trivsel, "Trives du på skolen?", syntetisk]'
    add_twin(folder, (own, "Spm.id: [Mobbing]"))
    contracts = list(catalogue.load(folder).contracts.values())
    header = "Kommune,Skoleår,År,Skoleår_slutt,Kjønn,Spm.id,Klassetrinn,Måltall,Andel,SortKommune"
    row = 'Drammen,2022/23-2024/25,2024-01-01,2024/25,Kjønn samlet,{},10. trinn,"andel (prosent, standardisert)",0.9,2'
    for word, taken_by in (("Trivsel", "udir_wellbeing_grade10"), ("Mobbing", "twin")):
        opened = open_file(f"{header}\n{row.format(word)}\n".encode(), "synthetic.csv")
        for order in (contracts, contracts[::-1]):
            assert match(opened, order).contract.id == taken_by
    # One word in common is enough for a file that both would take.
    add_twin(folder, (own, "Spm.id: [Mobbing, Trivsel]"))
    assert any("has the header of contract" in fault for fault in faults_of(folder))
