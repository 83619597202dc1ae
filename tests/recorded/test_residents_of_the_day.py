"""Counts of an order from Statistics Norway beside the residents of the day: recorded residents, synthetic counts."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from indicators import geography, population
from indicators.catalogue import Catalogue
from indicators.catalogue.contracts import DeliveryContract
from pipelines.decoding.delivered import facts_of
from pipelines.steps import counting
from tests.recorded import RECORDED
from tests.stages import checked, measures_of
from tests.unit import VINTAGE, made_catalogue, made_indicator, real_catalogue
from tests.unit.test_delivery_extracts import EXTRACT

RESIDENTS = RECORDED / "population" / "fhidata_population_b2020_drammen.csv"
# Synthetic: the layout of an order, with the employed alone and no denominators.
ORDER = ["aargang;kommune;kommune_fmt;kjoenn;kjoenn_fmt;antall"] + [
    f"{year};3005;Drammen;{code};{sex};{count}"
    for year, counts in {"2018": (26_000, 23_000), "2019": (26_300, 23_400), "2020": (26_400, 23_500)}.items()
    for code, sex, count in zip("12", ("Menn", "Kvinner"), counts, strict=True)
]
CONTRACT: dict[str, Any] = {
    **EXTRACT,
    "id": "order",
    "header": ORDER[0].split(";"),
    "area": {"code": "kommune", "digits": 4},
    "boundary_year": 2020,
    "dimensions": {"Kjonn": EXTRACT["dimensions"]["Kjonn"]},
    "residents_on": "next_january",
}
EMPLOYED = {"ContentsCode": "persons", "Kjonn": ["1", "2"]}


def made(residents_on: str, **among: Any) -> Catalogue:
    source = {"table": "delivery/order", "method": "proportion", "numerator": EMPLOYED, "among_residents": among}
    one = made_catalogue(made_indicator("employed", [source]))
    contract = DeliveryContract.model_validate({**CONTRACT, "residents_on": residents_on})
    return replace(one, contracts={"order": contract})


def residents() -> pa.Table:
    """The table `population/residents`, of the recorded file alone, read through its own contract."""
    name, one = "delivery/population_by_age", real_catalogue()
    reading = checked(one, RESIDENTS).reading
    assert reading is not None
    facts = facts_of(reading, "ab" * 32, VINTAGE)
    cells = counting._cells_of(facts, 0, name, one.residents[name])
    members = pa.Table.from_pylist(geography.membership(one.areas.values()))
    expression = population.population(ibis.memtable(cells), ibis.memtable(members))
    return ibis.duckdb.connect().to_pyarrow(expression)


def counted(year: int, first: int, last: int) -> float:
    """The recorded residents of Drammen on 1 January of a year, added up without any code of ours."""
    with RESIDENTS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return sum(float(row["pop"]) for row in rows if float(row["year"]) == year and first <= float(row["age"]) <= last)


def figures(folder: Path, one: Catalogue) -> dict[str, dict[str, Any]]:
    path = folder / "order.csv"
    path.write_text("\n".join([*ORDER, ""]))
    file = checked(one, path)
    assert file.error is None and file.reading is not None
    found = measures_of(one, "made", {"delivery/order": facts_of(file.reading, "5a" * 32, VINTAGE)}, residents())
    return {row["period"]: row for row in found.to_pylist() if row["area_id"] == "drammen"}


def test_employment_of_the_4th_quarter_goes_by_residents_on_the_next_1_january(tmp_path: Path):
    found = figures(tmp_path, made("next_january", age="20-66"))
    # 26,300 men and 23,400 women employed in 2019 among the residents of 20-66 years on 1 January 2020.
    assert counted(2020, 20, 66) == 62_091
    assert found["2019"]["numerator"] == 26_300 + 23_400
    assert found["2019"]["denominator"] == 62_091
    assert found["2019"]["value"] == 49_700 / 62_091
    assert found["2018"]["denominator"] == counted(2019, 20, 66)
    # Both files are behind the figure, and nobody was estimated.
    assert found["2019"]["snapshots"] == ["5a" * 32, "ab" * 32]
    assert found["2019"]["status"] is None
    assert found["2019"]["lower"] < found["2019"]["value"] < found["2019"]["upper"]


def test_another_day_has_another_number_and_a_day_that_nobody_counted_has_none(tmp_path: Path):
    found = figures(tmp_path, made("january", age="20-66"))
    assert found["2019"]["denominator"] == counted(2019, 20, 66)
    assert found["2020"]["denominator"] == 62_091
    later = figures(tmp_path, made("next_january", age="20-66"))
    # Of 1 January 2021 no residents are recorded.
    assert (later["2020"]["value"], later["2020"]["denominator"], later["2020"]["status"]) == (None, None, "missing")


@pytest.mark.parametrize(("age", "first", "last"), [("all", 0, 200), ("15-74", 15, 74)])
def test_the_ages_are_those_that_the_indicator_says(tmp_path: Path, age: str, first: int, last: int):
    assert figures(tmp_path, made("next_january", age=age))["2019"]["denominator"] == counted(2020, first, last)


def test_more_than_there_are_residents_is_no_share(tmp_path: Path):
    # 49,700 employed are more than all who are 20 to 40.
    assert counted(2020, 20, 40) < 49_700
    row = figures(tmp_path, made("next_january", age="20-40"))["2019"]
    assert (row["value"], row["status"]) == (None, "missing")


def test_a_sex_that_the_residents_do_not_tell_has_no_number(tmp_path: Path):
    assert figures(tmp_path, made("next_january", age="20-66", sex="women"))["2019"]["status"] == "missing"
