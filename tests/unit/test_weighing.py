"""What a delivery is compared with: parts, residents, other tables. Every figure is synthetic, and so is every file."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from indicators.plausibility import Reason
from pipelines.decoding import tidy
from pipelines.decoding.delivered import facts_of
from pipelines.steps import weighing
from pipelines.storage.lake import Lake, Memo
from tests.stages import checked
from tests.unit import VINTAGE, real_catalogue

COUNTS = ["Kommunedel;År;Indikator;Teller;Nevner"]
# Ten districts with 9,995 to 10,004 of 20,000: together 99,995 of 200,000.
DISTRICTS = [f"Kommunedel {number};2024;Boliger i boligblokk;{9_994 + number};20000" for number in range(1, 11)]
ZONES = [f"Drammen levekårssone {zone}" for zone in ("07", "08", "09", "10", "45", "46")]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def stand_out(lake: Lake, rows: list[str], *standing: list[str]) -> list[tuple[int, str]]:
    """The row of each figure of a file that stands out, and what is told of it. standing: files taken before."""
    catalogue = real_catalogue()
    read = []
    for number, lines in enumerate([*standing, rows]):
        path = lake.root.parent / f"synthetic {number}.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        file = checked(catalogue, path)
        assert file.reading is not None, file.error
        reading = file.reading
        read.append((reading, facts_of(reading, "5a" * 32, VINTAGE)))
    reading, given = read.pop()
    found = weighing.faults(catalogue, lake, reading, given, [facts for _reading, facts in read])
    return [(fault.place.row, fault.expected) for fault in found]


# --- parts ----------------------------------------------------------------------------------------------------------


def drammen(count: int, code: str = "Drammen") -> str:
    return f"{code};2024;Boliger i boligblokk;{count};200000"


def test_a_municipality_that_is_the_sum_of_its_ten_districts_is_not_held(lake: Lake) -> None:
    assert sum(range(9_995, 10_005)) == 99_995
    assert stand_out(lake, [*COUNTS, *DISTRICTS, drammen(99_999)]) == []


def test_a_municipality_that_is_not_the_sum_of_its_ten_districts_is_held(lake: Lake) -> None:
    """A digit is lost: 9,999 where the districts have 99,995 together."""
    [(row, told)] = stand_out(lake, [*COUNTS, *DISTRICTS, drammen(9_999)])
    assert row == 12  # a header, ten districts
    assert told.startswith(f"Drammen 2024, ContentsCode=numerator, Indikator=dwellings_in_blocks: {Reason.SUM}")
    # At least 99,995 less a hundredth (98,995) and 11 for rounding; at most 99,995 / 0.9 = 111,106, a tenth in no part.
    assert "expected about 100,000 (from 99,000 to 110,000)" in told


def test_a_district_with_a_digit_too_many_is_held_as_well(lake: Lake) -> None:
    """A district of 10,004 is written 19,004: together 108,995, and Drammen has 99,999 (8 % less)."""
    rows = [*DISTRICTS[:-1], "Kommunedel 10;2024;Boliger i boligblokk;19004;20000"]
    [(_row, told)] = stand_out(lake, [*COUNTS, *rows, drammen(99_999)])
    assert Reason.SUM in told


def test_districts_of_an_earlier_delivery_are_parts_too(lake: Lake) -> None:
    assert stand_out(lake, [*COUNTS, drammen(99_999)], [*COUNTS, *DISTRICTS]) == []
    [(row, told)] = stand_out(lake, [*COUNTS, drammen(9_999)], [*COUNTS, *DISTRICTS])
    assert (row, Reason.SUM in told) == (2, True)


def test_with_one_district_missing_nothing_is_said(lake: Lake) -> None:
    assert stand_out(lake, [*COUNTS, *DISTRICTS[1:], drammen(9_999)]) == []


def test_districts_that_contradict_a_municipality_that_stands_are_held(lake: Lake) -> None:
    """A district of 10,004 is written 19,999: with 89,991 in the other nine 109,990, and Drammen stands at 99,999."""
    assert stand_out(lake, [*COUNTS, *DISTRICTS], [*COUNTS, drammen(99_999)]) == []
    rows = [*DISTRICTS[:-1], "Kommunedel 10;2024;Boliger i boligblokk;19999;20000"]
    [(row, told)] = stand_out(lake, [*COUNTS, *rows], [*COUNTS, drammen(99_999)])
    assert (row, told.partition(" 2024")[0], Reason.WHOLE in told) == (11, "Svelvik/Berger (kommunedel 10)", True)
    # 99,999 - 89,991 = 10,008; at least 0.9 (99,999 - 11) - 89,991 < 0, at most (99,999 + 11) / 0.99 - 89,991 = 11,029.
    assert "expected about 10,000 (from under 20 to 11,000)" in told


def survey(of_district: float, zones: int = 6) -> list[str]:
    """6 % in each zone: 12 of 200; of the district 72 persons."""
    rows = [f"{zone};2025;Ensom;12;6,0" for zone in ZONES[:zones]]
    return ["Område;År;Svar;Antall;Andel", *rows, f"Kommunedel 7;2025;Ensom;72;{of_district}".replace(".", ",")]


def test_a_district_lies_between_its_living_conditions_zones(lake: Lake) -> None:
    assert stand_out(lake, survey(6.0)) == []
    [(row, told)] = stand_out(lake, survey(60.0))
    assert (row, told.partition(": ")[2].partition(";")[0]) == (8, Reason.PARTS)
    assert "expected about 6 (from 5.9 to 6.1)" in told  # 6.0 and twice half of its last decimal
    assert stand_out(lake, survey(60.0, zones=5)) == []
    # The zones alone, of a district that stands at 60 %.
    head, *zones, district = survey(60.0)
    [(_row, told)] = stand_out(lake, [head, *zones], [head, district])
    assert told.partition(": ")[2] == Reason.WHOLE


# --- residents ------------------------------------------------------------------------------------------------------


def residents(lake: Lake, area: str, persons: float) -> None:
    rows = [
        {"area_id": area, "period_start": day, "sex": "both", "age": "all", "upper": persons}
        for day in (VINTAGE.replace(year=2024, month=1, day=1, tzinfo=None),)
    ]
    lake.write("population/residents", pa.Table.from_pylist(rows), Memo({}))


@pytest.mark.parametrize(("area", "named"), [("drammen", "Drammen"), ("drammen-7", "Kommunedel 7")])
def test_more_persons_than_live_there_are_held(lake: Lake, area: str, named: str) -> None:
    residents(lake, area, 10_000)
    row = named + ";2024;Sysselsatte 20-66 år;{};10500"
    of_residents = [told for _row, told in stand_out(lake, [*COUNTS, row.format(9_000)]) if Reason.RESIDENTS in told]
    assert len(of_residents) == 1  # 10,500 aged 20 to 66 among 10,000 residents
    assert "ContentsCode=denominator" in of_residents[0]
    assert of_residents[0].endswith("to 10,000)")
    residents(lake, area, 10_500)
    assert stand_out(lake, [*COUNTS, row.format(9_000)]) == []


# --- another source -------------------------------------------------------------------------------------------------


def levels(lake: Lake, code: str, of_levels: Mapping[str, int]) -> None:
    """Table 09429 of Statistics Norway, with one area's persons by level of education."""
    facts = tidy.facts(
        provider="ssb",
        table_id="09429",
        area_id=pa.array([code] * len(of_levels)),
        area_label=pa.array([code] * len(of_levels)),
        period=pa.array(["2024"] * len(of_levels)),
        boundary_year=None,
        dimensions={
            "ContentsCode": pa.array(["Personer"] * len(of_levels)),
            "Kjonn": pa.array(["0"] * len(of_levels)),
            "Nivaa": pa.array(list(of_levels)),
        },
        value=pa.array([float(number) for number in of_levels.values()]),
        status=pa.nulls(len(of_levels), pa.string()),
        snapshot_sha256="5a" * 32,
        vintage=VINTAGE,
        where="synthetic",
    )
    lake.write("facts/ssb/09429", facts, Memo({}))


@pytest.mark.parametrize("code", ["3301", "K-3301"])  # of the year, and the provider's own sum of the predecessors
def test_another_table_with_the_same_figure_holds_a_lost_digit_and_no_other_way_of_counting(
    lake: Lake, code: str
) -> None:
    """20,000 of 80,000 with compulsory school: 25 %, odds of 1 : 3."""
    levels(lake, code, {"01": 20_000, "02a": 30_000, "11": 1_000, "03a": 15_000, "04a": 12_000, "09a": 2_000})
    row = "Drammen;2024;Grunnskole høyeste utdanning;{};80000"
    # 21 %, as by another day or definition: odds of 1 : 3.76, a factor of 1.25 less.
    assert stand_out(lake, [*COUNTS, row.format(16_800)]) == []
    # 2.1 %: odds of 1 : 46.6, a factor of 15.5 less.
    [(at, told)] = stand_out(lake, [*COUNTS, row.format(1_680)])
    assert (at, told.partition(": ")[2].partition(";")[0]) == (2, Reason.SOURCE)
    # Between odds of 1/3 / 4.5 = 0.0741 (6.9 %) and 1/3 * 4.5 = 1.5 (60 %).
    assert "expected about 25 % (from 6.9 % to 60 %)" in told


def test_counts_whose_whole_is_residents_of_another_table_are_no_source_to_compare_with(lake: Lake) -> None:
    """Killed and injured of 12044 per resident: every delivery of the theme's layout ended in a KeyError."""
    facts = tidy.facts(
        provider="ssb",
        table_id="12044",
        area_id=pa.array(["3301", "3301"]),
        area_label=pa.array(["Drammen", "Drammen"]),
        period=pa.array(["2024", "2024"]),
        boundary_year=None,
        dimensions={"ContentsCode": pa.array(["PersonerDrept", "PersonerSkadd"])},
        value=pa.array([1.0, 20.0]),
        status=pa.nulls(2, pa.string()),
        snapshot_sha256="5a" * 32,
        vintage=VINTAGE,
        where="synthetic",
    )
    lake.write("facts/ssb/12044", facts, Memo({}))
    injured = "Drammen;2024;Drept eller skadd i veitrafikken;21;104000"
    assert stand_out(lake, [*COUNTS, injured, drammen(99_999)]) == []


# --- codes ----------------------------------------------------------------------------------------------------------


def test_a_municipalitys_history_goes_on_under_its_new_code(lake: Lake) -> None:
    """Skien was 3807 until 2023 and is 4003 since: 0.08 every year, then 0.8."""
    head = ["Kommunenummer,Geografi,År,Alder,Innvandringsbakgrunn,Andel"]
    before = [f"3807,Skien,{year}-01-01,alle aldre,totalt,0.08" for year in (2020, 2021, 2022, 2023)]
    row = "4003,Skien,2024-01-01,alle aldre,totalt,{}"
    assert stand_out(lake, [*head, row.format(0.09)], [*head, *before]) == []
    [(at, told)] = stand_out(lake, [*head, row.format(0.8)], [*head, *before])
    assert (at, told.startswith("Skien 2024"), Reason.JUMP in told) == (2, True, True)


def test_a_zero_under_a_code_that_is_closed_is_not_the_areas_figure() -> None:
    catalogue = real_catalogue()
    rows = [
        ("3301", "2022", 0.0),
        ("3005", "2022", 571.0),
        ("3005", "2024", 0.0),
        ("3301", "2024", 575.0),
        ("x", "2024", 5.0),
    ]
    facts = tidy.facts(
        provider="delivery",
        table_id="nav_unemployment",
        area_id=pa.array([row[0] for row in rows]),
        area_label=pa.nulls(len(rows), pa.string()),
        period=pa.array([row[1] for row in rows]),
        boundary_year=None,
        dimensions={"ContentsCode": pa.array(["persons"] * len(rows))},
        value=pa.array([row[2] for row in rows]),
        status=pa.nulls(len(rows), pa.string()),
        snapshot_sha256="5a" * 32,
        vintage=VINTAGE,
        where="synthetic",
    )
    figures = weighing.by_id(catalogue.areas, weighing.figures_of(catalogue.contracts["nav_unemployment"], facts))
    assert list(zip(figures.index, figures["area"], figures["value"], strict=True)) == [
        (1, "drammen", 571.0),
        (3, "drammen", 575.0),
        (4, "x", 5.0),
    ]


def test_wholes_and_parts_are_named_by_ids_alone() -> None:
    found = weighing.covered(real_catalogue().areas)
    assert sorted(found["drammen"]) == sorted(f"drammen-{number}" for number in range(1, 11))
    assert len(found["drammen-7"]) == 6
    assert found.keys() == {"drammen", "drammen-7", "telemark"}
