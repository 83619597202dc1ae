"""The county's real files all the way to measures and series; expected figures are read or computed from the files."""

import csv
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from statsmodels.stats.proportion import proportion_confint

from indicators import catalogue, geography
from pipelines import deliveries as delivery
from pipelines.decoding.delivered import facts_of
from pipelines.decoding.tidy import FACTS_SCHEMA
from tests.recorded import RECORDED
from tests.stages import measures_of, series_of

COUNTY = RECORDED / "county"
VINTAGE = datetime(2026, 11, 23, tzinfo=UTC)
# The files that have a contract, by it.
FILES = {
    "nav_unemployment": "arbeidsledighet.csv",
    "nav_reduced_work_capability": "nedsatt_arbeidsevne.csv",
    "ssb_employment_share": "Sysselsettingsandel per kommune 06445.xlsx",
    "ssb_education_level": "utdanningsnivaa.csv",
    "udir_wellbeing_grade10": "trivsel_10_klasse_treaarig.csv",
    "fhi_crowding": "trangboddhet.csv",
    "fhi_mental_symptoms": "psykiske_symptomer_og_lidelser_primaerhelsetjenesten_ettaarige_tall.csv",
    "ungdata_mental_distress": "psykiske_plager_ungdom.csv",
    "fhi_life_expectancy": "forventet_levealder_7_aarig.csv",
}
PILLARS = ("work", "education", "housing", "health")


@cache
def known() -> catalogue.Catalogue:
    return catalogue.load()


@cache
def facts(name: str) -> pa.Table:
    """Facts of a source table; those that no file of the county gives have no rows."""
    contract = known().contracts.get(name.removeprefix("delivery/"))
    if contract is None or contract.id not in FILES:
        return FACTS_SCHEMA.empty_table()
    file = FILES[contract.id]
    names = geography.names(known().areas.values())
    found = delivery.match(delivery.open_file((COUNTY / file).read_bytes(), file), [contract])
    return facts_of(delivery.read(found, file, names), contract.id, VINTAGE)


@cache
def computed(pillar: str) -> pa.Table:
    return measures_of(known(), pillar, {name: facts(name) for name in known().tables_of(pillar)})


def measure(pillar: str, indicator: str, period: str, area: str = "skien") -> dict[str, Any]:
    rows = computed(pillar).to_pylist()
    found = [row for row in rows if (row["indicator_id"], row["area_id"], row["period"]) == (indicator, area, period)]
    assert len(found) == 1
    return found[0]


def lines(file: str, **wanted: str) -> list[dict[str, str]]:
    """Rows of a file as a person would filter them."""
    with (COUNTY / file).open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return [row for row in rows if all(row[name.replace("_", " ")] == text for name, text in wanted.items())]


@pytest.mark.parametrize(
    ("indicator", "origin", "area", "name", "value"),
    [
        ("crowding", "totalt", "skien", "Skien", 0.08212028174101499),
        ("crowding", "totalt", "norway", "Hele landet", None),
        ("crowding", "totalt", "telemark", "Telemark", None),
        ("crowding_immigrants", "innvandrere", "skien", "Skien", None),
    ],
)
def test_crowding_is_the_published_share(indicator, origin, area, name, value):
    found = measure("housing", indicator, "2024", area)
    rows = lines("trangboddhet.csv", Geografi=name, Innvandringsbakgrunn=origin, År="2024-01-01")
    assert [found["value"]] == [float(row["Andel"]) for row in rows]
    assert value is None or found["value"] == value
    assert found["status"] == "no_denominator"
    assert (found["numerator"], found["denominator"], found["lower"], found["upper"]) == (None, None, None, None)


def test_lowest_education_is_a_share_of_all_levels_unknown_included():
    found = measure("education", "lowest_education", "2025")
    # Compulsory school, upper secondary, vocational college, short and long higher education, unknown or none.
    persons = 12347 + 17767 + 1728 + 11432 + 4033 + 228
    assert (found["numerator"], found["denominator"], found["value"]) == (12347, persons, 12347 / persons)
    interval = proportion_confint(12347, persons, alpha=0.05, method="wilson")
    assert (found["lower"], found["upper"]) == pytest.approx(interval, abs=1e-12)
    assert (found["status"], found["confidence"], found["source_table"]) == (None, 0.95, "delivery/ssb_education_level")


def test_lowest_education_runs_through_the_renumberings_of_skien():
    rows = [row for row in computed("education").to_pylist() if row["area_id"] == "skien" and row["value"] is not None]
    mine = {row["period"]: row["numerator"] for row in rows if row["indicator_id"] == "lowest_education"}
    assert list(mine) == [str(year) for year in range(2004, 2026)]
    for name, year in [("Skien (-2019)", "2019"), ("Skien (2020-2023)", "2020"), ("Skien", "2024")]:
        kind = {"Utdanningsnivå": "Grunnskolenivå", "Variabel": "Personer 16 år og over", "Kjønn": "Begge kjønn"}
        [row] = lines("utdanningsnivaa.csv", Kommune=name, År=year, **kind)
        assert mine[year] == float(row["Verdi"])


def months(file: str, area: str, year: int, **kind: str) -> list[dict[str, str]]:
    rows = lines(file, Geografisk_enhet=area, Kjønn="Begge kjønn", **kind)
    return [row for row in rows if row["Dato"].startswith(str(year))]


@pytest.mark.parametrize(("area", "name"), [("skien", "Skien"), ("telemark", "Telemark"), ("vinje", "Vinje")])
@pytest.mark.parametrize("year", [2020, 2025])
def test_unemployment_is_the_mean_of_twelve_published_months(area, name, year):
    rows = months("arbeidsledighet.csv", name, year, Arbeidsmarkedsstatus="Helt ledige")
    assert len(rows) == 12
    found = measure("work", "registered_unemployment", str(year), area)
    persons = sum(float(row["Antall personer"]) for row in rows) / 12
    share = sum(float(row["Andel av arbeidsstyrken"]) for row in rows) / 12
    assert (found["status"], found["periods_counted"]) == ("estimated", 12)
    assert found["numerator"] == pytest.approx(persons)
    assert found["value"] == pytest.approx(share)
    assert found["denominator"] == pytest.approx(persons / share)
    # The shares have three decimals: the denominator is persons / (share + 0.0005) at least, persons / (share - 0.0005)
    # at most.
    lower, _upper = proportion_confint(persons, persons / (share - 0.0005), method="wilson")
    _lower, upper = proportion_confint(persons, persons / (share + 0.0005), method="wilson")
    assert (found["lower"], found["upper"]) == pytest.approx((lower, upper))


def test_a_year_that_has_begun_is_incomplete():
    [row] = months("arbeidsledighet.csv", "Skien", 2026, Arbeidsmarkedsstatus="Helt ledige")
    found = measure("work", "registered_unemployment", "2026")
    assert (found["status"], found["periods_counted"]) == ("incomplete", 1)
    assert (found["numerator"], found["value"]) == (
        float(row["Antall personer"]),
        float(row["Andel av arbeidsstyrken"]),
    )


def test_reduced_work_capability_is_published_in_per_cent_and_measured_as_a_share():
    rows = months("nedsatt_arbeidsevne.csv", "Skien", 2020, Alder="18 - 66 år")
    assert len(rows) == 12
    found = measure("work", "reduced_work_capability", "2020")
    assert found["numerator"] == pytest.approx(sum(float(row["Antall personer"]) for row in rows) / 12)
    assert found["value"] == pytest.approx(sum(float(row["Andel av befolkningen"]) for row in rows) / 12 / 100)


def test_employment_comes_from_the_spreadsheet():
    # The sheet's row '3807 Skien', read by hand: 63.7 per cent.
    found = measure("work", "employment_share", "2021")
    assert (found["value"], found["status"]) == (pytest.approx(0.637), "no_denominator")


def test_life_expectancy_is_the_published_figure_of_its_seven_years():
    found = measure("health", "life_expectancy", "2018-2024")
    assert (found["value"], found["status"]) == (82.5, "no_denominator")
    assert (found["period_start"].isoformat(), found["period_end"].isoformat()) == ("2018-01-01", "2024-12-31")


def test_mental_symptoms_are_the_published_standardised_rate():
    kind = {"Kjønn": "kjønn samlet", "Alder": "0-74 år", "Sykdomsgruppe": "Psykiske symptomer og lidelser"}
    [row] = lines(FILES["fhi_mental_symptoms"], Geografi="Skien", År="2024", **kind)
    assert measure("health", "mental_symptoms", "2024")["value"] == float(row["value"])


def test_well_being_is_the_published_share_of_three_school_years():
    [row] = lines(FILES["udir_wellbeing_grade10"], Kommune="Skien", Skoleår="2023/24-2025/26")
    found = measure("education", "wellbeing_grade10", "2023/24-2025/26")
    assert (found["value"], found["period_start"].isoformat()) == (float(row["Andel"]), "2023-08-01")


@pytest.mark.parametrize("pillar", PILLARS)
def test_every_measure_names_the_answer_that_it_was_read_from(pillar):
    rows = computed(pillar).to_pylist()
    assert {(row["source_table"], tuple(row["snapshots"]), row["vintage"]) for row in rows} == {
        (f"delivery/{name}", (name,), VINTAGE) for name in {row["source_table"].split("/")[1] for row in rows}
    }


@pytest.mark.parametrize("pillar", PILLARS)
def test_a_measure_is_blank_in_every_column_or_in_none(pillar):
    for row in computed(pillar).to_pylist():
        if row["value"] is None:
            assert row["status"] in ("suppressed", "missing", "not_applicable")
            assert [row[name] for name in ("numerator", "denominator", "lower", "upper")] == [None] * 4
        if row["lower"] is not None:
            assert 0 <= row["lower"] <= row["value"] <= row["upper"] <= 1


@pytest.mark.parametrize("pillar", PILLARS)
def test_skien_has_a_series_with_baseline_and_target_in_every_pillar(pillar):
    rows = series_of(known(), pillar, computed(pillar)).to_pylist()
    mine = {row["indicator_id"] for row in rows if row["area_id"] == "skien" and row["target_value"] is not None}
    # The county's file of education counts everybody over 16, which is context and has no target.
    assert len(mine) >= (1 if pillar == "education" else 2)
    district = [row for row in rows if row["area_id"] == "drammen-7"]
    # Without deliveries from Drammen its rows say what is wanted.
    assert {row["assessment"] for row in district} == {"no data"}
    assert {row["indicator_id"] for row in district} == {one.id for one in known().pillars[pillar].indicators}


def test_a_municipalitys_survey_meets_the_countys_window_that_it_ends() -> None:
    """Ungdata: Skien was asked in 2024; the county's figure of 2024 is of the three years that end with it."""
    every = lines("psykiske_plager_ungdom.csv", Kjønn="kjønn samlet", Plagegrad="plaget", År="2024")
    share = {row["Geografi"]: float(row["value"]) / 100 for row in every if row["Geografi"] in ("Skien", "Telemark")}
    series = series_of(known(), "health", computed("health"))
    [found] = [
        row
        for row in series.to_pylist()
        if (row["indicator_id"], row["area_id"], row["period"]) == ("youth_mental_distress", "skien", "2024")
    ]
    assert (found["comparator_id"], found["comparator_period"]) == ("telemark", "2022-2024")
    assert found["value"] == pytest.approx(share["Skien"])
    assert found["comparator_value"] == pytest.approx(share["Telemark"])
