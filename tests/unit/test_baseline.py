"""Which of a series' figures is its baseline, whatever the order in which the figures come. All are made up."""

from itertools import permutations
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from indicators import periods
from indicators.comparability import BREAKS, DISTURBANCES
from indicators.series import series

MEASURES = pa.schema(
    [
        *((name, pa.string()) for name in ("indicator_id", "area_id", "period", "status", "method")),
        *((name, pa.date32()) for name in ("period_start", "period_end")),
        *((name, pa.float64()) for name in ("numerator", "denominator", "value", "lower", "upper")),
        ("pooled", pa.bool_()),
    ]
)
RULES = pa.schema(
    [
        *((name, pa.string()) for name in ("indicator_id", "area_id", "baseline_caveat", "target_comparator")),
        *((name, pa.string()) for name in ("target_second_comparator", "target_status", "trajectory", "wanted")),
        *((name, pa.int64()) for name in ("baseline_year", "target_year", "sign")),
        *((name, pa.float64()) for name in ("target_absolute", "target_relative", "target_gap_closed", "multiplier")),
        *((name, pa.float64()) for name in ("adopted_value", "adopted_baseline")),
        *((name, pa.date32()) for name in ("adopted_on", "adopted_vintage")),
        *((name, pa.bool_()) for name in ("is_alternative", "pools", "is_programme")),
    ]
)
COMPARATORS = pa.schema([("area_id", pa.string()), ("comparator_id", pa.string()), ("rank", pa.int64())])


@pytest.fixture(scope="module")
def query() -> str:
    """The method as SQL: to compile it takes longer than all questions to it."""
    named = {"measures": MEASURES, "rules": RULES, "comparators": COMPARATORS}
    named |= {"disturbances": DISTURBANCES, "breaks": BREAKS}
    tables = [ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in named.items()]
    return str(ibis.to_sql(series(*tables), dialect="duckdb"))


def baselines(
    query: str, published: tuple[str, ...], year: int = 2020, disturbed: tuple[str, ...] = ()
) -> set[tuple[str, str | None]]:
    """Baseline and its note, for every order in which these periods may come."""
    found = set()
    for order in permutations(enumerate(published)):
        rows = []
        for number, text in order:
            read = periods.parse(text)
            row: dict[str, Any] = {"indicator_id": "i", "area_id": "a", "period": text, "value": 0.1 + number / 100}
            row |= {"period_start": read.start, "period_end": read.end, "method": "published_value", "pooled": False}
            rows.append(row)
        rule: dict[str, Any] = {"indicator_id": "i", "area_id": "a", "is_alternative": False, "pools": False}
        rule |= {"baseline_year": year, "target_year": 2030}
        rule |= {"target_relative": 0.1, "trajectory": "linear", "sign": 1, "multiplier": 1.0, "is_programme": True}
        with duckdb.connect() as connection:
            connection.register("measures", pa.Table.from_pylist(rows, schema=MEASURES))
            connection.register("rules", pa.Table.from_pylist([rule], schema=RULES))
            connection.register("comparators", pa.Table.from_pylist([], schema=COMPARATORS))
            shut = [
                {"indicator_id": "i", "from_day": day.start, "to_day": day.end} for day in map(periods.parse, disturbed)
            ]
            shut = [{**one, "reason": "a pandemic"} for one in shut]
            connection.register("disturbances", pa.Table.from_pylist(shut, schema=DISTURBANCES))
            connection.register("breaks", pa.Table.from_pylist([], schema=BREAKS))
            for row in connection.execute(query).to_arrow_table().to_pylist():
                assert row["baseline_value"] == pytest.approx(0.1 + published.index(row["baseline_period"]) / 100)
                found.add((row["baseline_period"], row["baseline_note"]))
    return found


@pytest.mark.parametrize(
    ("published", "baseline"),
    [
        pytest.param(("2020K1", "2020K2", "2020K3", "2020K4"), "2020K1", id="quarters: the first of the year"),
        pytest.param(("2020M12", "2020M03", "2020M07"), "2020M03", id="months: the earliest there is"),
        pytest.param(("2020", "2018-2020"), "2018-2020", id="a window that ends with the year: it begins earlier"),
        pytest.param(("2019/20", "2020"), "2019/20", id="a school year that ends in it: it begins earlier"),
        pytest.param(("2020K2", "2020", "2020K4"), "2020", id="the whole year begins before its second quarter"),
        pytest.param(("2020", "2020K1"), "2020K1", id="both begin on the same day: the one that ends earlier"),
        pytest.param(("2020M01", "2020K1", "2020"), "2020M01", id="three begin on the same day"),
    ],
)
def test_of_several_periods_of_the_baseline_year_the_earliest_is_the_baseline(query, published, baseline):
    assert baselines(query, published) == {(baseline, None)}


def test_any_period_of_the_year_is_nearer_than_one_of_another_year(query):
    assert baselines(query, ("2019K4", "2020K4", "2021K1")) == {("2020K4", None)}
    # A window belongs to the year in which it ends.
    assert baselines(query, ("2018-2020", "2019-2021")) == {("2018-2020", None)}


@pytest.mark.parametrize(
    ("published", "baseline"),
    [
        (("2019", "2021"), "2019"),
        (("2018", "2021"), "2021"),
        (("2019K3", "2019K4", "2021K1"), "2019K3"),
        (("2021K2", "2021K1"), "2021K1"),
        (("2018-2021", "2019"), "2019"),
    ],
)
def test_without_one_the_nearest_year_is_taken_of_two_the_earlier_and_it_is_said(query, published, baseline):
    assert baselines(query, published) == {(baseline, "no figure for 2020; nearest published period used")}


def test_a_disturbed_period_is_no_baseline_in_place_of_the_year_that_is_named(query: str) -> None:
    def chosen(*published: str, year: int = 2019) -> set[tuple[str, str | None]]:
        return baselines(query, published, year, disturbed=("2020",))

    assert {period for period, _note in chosen("2018", "2020", "2023")} == {"2018"}
    assert {period for period, _note in chosen("2020", "2022")} == {"2022"}
    assert {period for period, _note in chosen("2020", year=2020)} == {"2020"}
    # Where all others are four years away and more, a disturbed one is used, and it is said.
    used = "no figure for 2019; nearest published period used, which is disturbed: a pandemic"
    assert chosen("2020", "2023") == {("2020", used)}
