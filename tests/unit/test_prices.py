"""Amounts of money in fixed prices: the index of a year, the arithmetic, and what is missing without an index."""

from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from indicators import prices
from indicators.dictionary import SCHEMA
from indicators.prices import Prices, in_fixed_prices, levels
from pipelines.decoding.tidy import tidy
from tests.stages import measures_of
from tests.unit import real_catalogue

MEASURE = SCHEMA["measure"].arrow
# Real annual means of Statistics Norway's index (03013, 2015=100): 2015 is 100 by definition.
INDEX = pa.table({"table_name": ["ssb/03013"] * 2, "year": [2020, 2024], "level": [112.2, 134.0]})


def row(indicator: str, year: int, value: float | None, **given: Any) -> dict[str, Any]:
    whole = {"period": str(year), "period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
    return dict.fromkeys(MEASURE.names) | {"indicator_id": indicator, **whole, "value": value, **given}


def fixed(*rows: dict[str, Any], index: pa.Table = INDEX) -> list[dict[str, Any]]:
    table = pa.Table.from_pylist(list(rows), schema=MEASURE)
    return in_fixed_prices(table, index, {"income": Prices("ssb/03013", 2020)}).to_pylist()


def months(year: int, *values: float | None) -> list[tuple[str, str, date, float | None]]:
    return [("ssb/03013", f"{year}M{n:02}", date(year, n, 28), value) for n, value in enumerate(values, start=1)]


def of_year(*cells: tuple[str, str, date, float | None]) -> dict[int, float]:
    names = ["table_name", "period", "period_end", "value"]
    facts = pa.table([pa.array(column) for column in zip(*cells, strict=True)], names=names)
    found = levels(ibis.memtable(facts), ibis.memtable({"table_name": ["ssb/03013"]})).execute()
    return dict(zip(found["year"], found["level"], strict=True))


def test_a_years_index_is_the_mean_of_its_twelve_months() -> None:
    # 100, 101, …, 111: (100 + 111) / 2.
    assert of_year(*months(2020, *range(100, 112))) == {2020: 105.5}


def test_an_unfinished_year_has_none_and_a_year_that_is_published_itself_has_its_own() -> None:
    cells = [*months(2024, *range(100, 111)), *months(2023, *range(99, 110), None)]
    assert of_year(*cells, *months(2020, *range(100, 112)), ("ssb/03013", "2020", date(2020, 12, 31), 106.0)) == {
        2020: 106.0
    }
    # Facts of other tables are no index.
    assert of_year(("ssb/06944", "2020", date(2020, 12, 31), 500_000.0), *months(2020, *range(100, 112))) == {
        2020: 105.5
    }


def test_growth_that_is_only_that_of_prices_is_none() -> None:
    # 500,000 kroner of 2020 and 500,000 x 134.0 / 112.2 = 597,147.95 of 2024 buy as much.
    first, last = fixed(row("income", 2020, 500_000.0), row("income", 2024, 597_147.95))
    assert (first["value"], first["nominal"]) == (500_000.0, 500_000.0)
    assert (round(last["value"]), last["nominal"]) == (500_000, 597_147.95)


def test_an_interval_goes_the_same_way_and_what_is_no_money_stays() -> None:
    own, other = fixed(
        row("income", 2024, 134.0, lower=67.0, upper=201.0), row("share", 2024, 0.5, lower=0.4, upper=0.6)
    )
    assert (own["value"], own["lower"], own["upper"]) == pytest.approx((112.2, 56.1, 168.3))
    assert (other["value"], other["lower"], other["upper"], other["nominal"]) == (0.5, 0.4, 0.6, None)


@pytest.mark.parametrize(
    ("year", "index"),
    [(2025, INDEX), (2024, INDEX.slice(1)), (2024, INDEX.slice(0, 0))],
    ids=["no index of the figure's year", "none of the prices' year", "none at all"],
)
def test_without_an_index_the_amount_is_missing_and_the_nominal_one_stays(year: int, index: pa.Table) -> None:
    [found] = fixed(row("income", year, 500_000.0), index=index)
    assert (found["value"], found["nominal"], found["status"]) == (None, 500_000.0, "missing")


def test_a_hidden_amount_stays_hidden() -> None:
    [found] = fixed(row("income", 2024, None, status="suppressed"))
    assert (found["value"], found["nominal"], found["status"]) == (None, None, "suppressed")


def test_an_answer_without_areas_is_the_countrys() -> None:
    cube = pa.table(
        {
            "Konsumgrp": ["TOTAL"],
            "Tid": ["2020M01"],
            "value": [111.3],
            "status": pa.nulls(1, pa.string()),
            "snapshot_sha256": ["a"],
        }
    )
    given = {"provider": "ssb", "table_id": "03013", "time": "Tid", "boundary_year": None, "where": "ssb/03013"}
    [found] = tidy(cube, area=None, vintage=None, **given).to_pylist()
    assert (found["area_id"], found["period_end"], found["cell"]) == ("0", date(2020, 1, 31), "Konsumgrp=TOTAL")


def test_the_catalogues_amounts_are_told_in_the_prices_of_their_year() -> None:
    """From facts to measures by the real catalogue: Drammen's median income of 2024 in kroner of 2020."""
    catalogue = real_catalogue()
    own = catalogue.indicators["median_income"].prices
    assert own is not None
    assert (own.index, own.year) == ("ssb/03013", 2020)
    common = {"provider": "ssb", "boundary_year": None, "vintage": None, "time": "Tid"}
    empty = {"status": pa.nulls(2, pa.string()), "snapshot_sha256": ["a", "b"]}
    incomes = pa.table(
        {"Region": ["3005", "3301"], "HusholdType": ["0000"] * 2, "ContentsCode": ["InntSkatt"] * 2}
        | {"Tid": ["2020", "2024"], "value": [531_000.0, 640_000.0]} | empty
    )  # fmt: skip
    periods = [f"{year}M{month:02}" for year in (2020, 2024) for month in range(1, 13)]
    index = pa.table(
        {"Konsumgrp": ["TOTAL"] * 24, "ContentsCode": ["KpiIndMnd"] * 24, "Tid": periods}
        | {"value": [112.2] * 12 + [134.0] * 12, "status": pa.nulls(24, pa.string()), "snapshot_sha256": ["c"] * 24}
    )  # fmt: skip
    facts = {
        "ssb/06944": tidy(incomes, table_id="06944", area="Region", where="ssb/06944", **common),
        "ssb/03013": tidy(index, table_id="03013", area=None, where="ssb/03013", **common),
    }
    rows = {
        row["period"]: row for row in measures_of(catalogue, "work", facts).to_pylist() if row["area_id"] == "drammen"
    }
    assert (rows["2020"]["value"], rows["2020"]["nominal"]) == (531_000.0, 531_000.0)
    # 640,000 x 112.2 / 134.0.
    assert rows["2024"]["value"] == pytest.approx(535_880.597)
    assert rows["2024"]["nominal"] == 640_000.0
    assert prices.Prices(own.index, own.year) == Prices("ssb/03013", 2020)
