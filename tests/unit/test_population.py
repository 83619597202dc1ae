"""The newest published number of residents of each area, on made-up figures of real codes."""

import ibis
import pyarrow as pa
import pytest

from indicators import geography, population
from tests.unit import Row, made_facts, real_catalogue


@pytest.fixture(scope="module")
def newest() -> dict[str, tuple[int, str]]:
    rows: list[Row] = [
        # The sum of three codes until 2019; in 2018 one of them is not there.
        *(("0602", str(year), "p", 100.0, None) for year in (2017, 2018)),
        *(("0625", str(year), "p", 20.0, None) for year in (2017, 2018)),
        ("0711", "2017", "p", 3.0, None),
        # 2024 came after 2023, but has no figure; and 3807 was no code of 2024.
        ("3807", "2023", "p", 55000.0, None),
        ("4003", "2024", "p", None, ".."),
        ("3807", "2024", "p", 1.0, None),
        ("0", "2023", "p", 5_400_000.0, None),
        ("0", "2024", "p", 0.0, None),
        # Both parts of the country have a figure for 2024: the preferred one counts.
        ("00", "2024", "p", 7.0, None),
    ]
    parts = ibis.memtable(pa.Table.from_pylist(geography.membership(real_catalogue().areas.values())))
    found = ibis.duckdb.connect().to_pyarrow(population.newest(ibis.memtable(made_facts(rows)), parts)).to_pylist()
    assert len({row["area_id"] for row in found}) == len(found)
    return {row["area_id"]: (row["population"], row["population_period"]) for row in found}


def test_a_sum_that_lacks_a_code_does_not_count(newest):
    # 100 + 20 + 3 in 2017.
    assert newest["drammen"] == (123, "2017")


def test_a_year_without_a_figure_and_a_code_outside_its_years_do_not_count(newest):
    assert newest["skien"] == (55000, "2023")


def test_the_newest_figure_of_the_preferred_part_counts_even_when_it_is_zero(newest):
    assert newest["norway"] == (0, "2024")


def test_an_area_without_any_figure_has_no_row(newest):
    assert set(newest) == {"drammen", "skien", "norway"}
