"""From facts to measures, all on made-up figures of the real codes of Drammen and Skien; one computation for all."""

from collections.abc import Iterator
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import chi2
from statsmodels.stats.proportion import proportion_confint

from indicators import geography
from indicators.rates import count_limits, poisson_rate
from pipelines.engine import Union
from pipelines.steps import measuring
from pipelines.steps.placing import MEMBERSHIP_COLUMNS
from pipelines.storage.lake import Ref
from tests.stages import measures_of, run
from tests.unit import VINTAGE, Row, made_catalogue, made_facts, made_indicator

COUNTS = {
    "method": "proportion",
    "numerator": {"ContentsCode": "n"},
    "denominator": {"ContentsCode": ["yes", "no"]},
}
SHARES = {"method": "published_value", "value": {"ContentsCode": "percent"}, "scale": 0.01}
MONTHS = {
    "method": "annual_mean",
    "numerator": {"ContentsCode": "n"},
    "value": {"ContentsCode": "percent"},
    "scale": 0.01,
}
BOTH = {
    "method": "count_and_share",
    "numerator": {"ContentsCode": "n"},
    "value": {"ContentsCode": "percent"},
    "decimals": 1,
}
CATALOGUE = made_catalogue(
    made_indicator("both", [{"table": "made/both", **BOTH, "scale": 0.01}]),
    made_indicator("both_rates", [{"table": "made/both", **BOTH}], unit="per 1,000"),
    made_indicator("parts", [{"table": "made/parts", **BOTH, "scale": 0.01}]),
    made_indicator("rounded_months", [{"table": "made/months", **MONTHS, "decimals": 1}]),
    made_indicator("counted", [{"table": "made/counts", **COUNTS}], age="16+", sex="women"),
    made_indicator("shared", [{"table": "made/shares", **SHARES}]),
    made_indicator("restated", [{"table": "made/restated", **SHARES}]),
    made_indicator("monthly", [{"table": "made/months", **MONTHS}]),
    made_indicator("preferred", [{"table": "made/first", **COUNTS}, {"table": "made/second", **COUNTS}]),
    made_indicator("district", [{"table": "made/district", **COUNTS}]),
    made_indicator("events", [{"table": "made/events", **COUNTS, "method": "rate"}], unit="per 1,000"),
    made_indicator("pooled", [{"table": "made/years", **COUNTS}], pooling=3),
    made_indicator("pooled_events", [{"table": "made/years", **COUNTS, "method": "rate"}], unit="per 1,000", pooling=2),
)
OLD, MIDDLE, NEW = ("0602", "0625", "0711"), "3005", "3301"


def counted(code: str, period: str, n: float | None, yes: float, no: float, sign: str | None = None) -> Iterator[Row]:
    """Rows of numerator and two parts of the denominator; `sign` marks the numerator."""
    yield code, period, "n", n, sign
    yield code, period, "yes", yes, None
    yield code, period, "no", no, None


def month(code: str, period: str, n: float | None, percent: float | None) -> Iterator[Row]:
    yield code, period, "n", n, ":" if n is None else None
    yield code, period, "percent", percent, ".." if percent is None else None


def merged(period: str, *numerators: float | None, sign: str | None = None) -> list[Row]:
    """Drammen's three codes before 2020, with denominators 60 + 40, 25 + 25, 5 + 5: 160 persons."""
    denominators = [(60, 40), (25, 25), (5, 5)]
    return [
        row
        for code, n, (yes, no) in zip(OLD, numerators, denominators, strict=True)
        for row in counted(code, period, n, yes, no, sign if n is None else None)
    ]


def facts() -> dict[str, pa.Table]:
    counts = [
        *merged("2014", 10, None, 1, sign=".."),
        *merged("2015", 10, None, 1, sign=":"),
        *merged("2016", 10, 5, 1),
        # 2018: a row of the denominator is not there at all.
        *merged("2018", 10, 5, 1)[:-1],
        # 2019: the three codes, and the merged municipality's code a year before it was in use.
        *merged("2019", 10, 5, 1),
        *counted(MIDDLE, "2019", 700, 500, 500),
        *counted(MIDDLE, "2020", 0, 50, 50),
        *counted(MIDDLE, "2021", None, 50, 50, "-"),
        *counted(MIDDLE, "2022", None, 50, 50, "."),
        *counted(MIDDLE, "2023", 0, 0, 0),
        *counted(NEW, "2024", 100, 50, 50),
        # The former code, a year after it was in use and later still.
        *counted(MIDDLE, "2024", 700, 500, 500),
        *counted(MIDDLE, "2025", 700, 500, 500),
        # A code of another year than its own is nobody's.
        *counted(NEW, "2017", 10, 50, 50),
        # No figure, and no mark that says why.
        *counted("3807", "2021", None, 50, 50),
    ]
    shares: list[Row] = [(code, "2019", "percent", 40.0, None) for code in OLD]
    shares += [(MIDDLE, "2020", "percent", 41.5, None), (MIDDLE, "2021", "percent", 0.0, None)]
    shares += [(MIDDLE, "2022", "percent", None, ":"), (MIDDLE, "2023", "percent", None, "..")]
    whole = [row for n in range(1, 13) for row in month(MIDDLE, f"2021M{n:02d}", 90 + 10 * n, 2.0 + n % 2)]
    part = [row for n in range(1, 12) for row in month(MIDDLE, f"2022M{n:02d}", 60, 1.5)]
    # 2023: one month's count is hidden and another's share is not published.
    holes = [
        row
        for n in range(1, 13)
        for row in month(MIDDLE, f"2023M{n:02d}", None if n == 3 else 50, None if n == 4 else 1.0)
    ]
    hidden = [row for n in range(1, 13) for row in month(MIDDLE, f"2020M{n:02d}", None, 1.0)]
    first = [*counted(MIDDLE, "2020", 10, 50, 50), *counted("3807", "2020", None, 50, 50, "..")]
    second = [row for year in (2020, 2021, 2022) for row in counted(MIDDLE, str(year), 30, 50, 50)]
    second += [row for year in (2020, 2021) for row in counted("3807", str(year), 30, 50, 50)]
    units = [f"3301{unit:04d}" for unit in (*range(601, 612), *range(701, 711))]
    district = [row for unit in units for row in counted(unit, "2024", 3, 50, 50)]
    district += [row for unit in units[:-1] for row in counted(unit, "2025", 3, 50, 50)]
    # 2017 is not published; 2024 is hidden.
    years = {2018: 1, 2019: 2, 2020: 4, 2021: 8, 2022: 16, 2024: None, 2025: 1, 2026: 1}
    yearly = [
        row for year, n in years.items() for row in counted("0", str(year), n, 60, 40, ":" if n is None else None)
    ]
    both = [
        *month(MIDDLE, "2020", 120, 2.4),
        *month(MIDDLE, "2021", 12, 0.4),
        *month(MIDDLE, "2022", None, 2.4),
        (MIDDLE, "2023", "percent", 2.4, None),
        *month(NEW, "2024", 0, 0.0),
    ]
    return {
        "made/both": made_facts(both),
        # Drammen's three codes before 2020; of one of them a count is hidden in 2018, a share uncertain in 2017.
        "made/parts": made_facts(
            [
                *(
                    row
                    for code, n, share in zip(OLD, (20, 22, 30), (10.0, 11.0, 20.0), strict=True)
                    for row in month(code, "2019", n, share)
                ),
                *(row for code, n in zip(OLD, (20, None, 30), strict=True) for row in month(code, "2018", n, 10.0)),
                *(
                    row
                    for code, share in zip(OLD, (10.0, 0.1, 10.0), strict=True)
                    for row in month(code, "2017", 20, share)
                ),
            ]
        ),
        "made/events": made_facts(
            [row for year, n in [(2019, 0), (2020, 9), (2021, 10)] for row in counted("0", str(year), n, 300, 200)]
        ),
        "made/years": made_facts(yearly),
        # In two answers, the later one with the newer figures.
        "made/counts": pa.concat_tables(
            [made_facts(counts[:40], snapshot="b" * 64), made_facts(counts[40:], snapshot="a" * 64)]
        ),
        "made/shares": made_facts(shares),
        "made/restated": made_facts([(NEW, "2017", "percent", 45.0, None)], boundary_year=2024),
        "made/months": made_facts([*whole, *part, *holes, *hidden]),
        "made/first": made_facts(first),
        "made/second": made_facts(second),
        "made/district": made_facts(district),
    }


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return measures_of(CATALOGUE, "made", facts()).to_pylist()


@pytest.fixture(scope="module")
def measure(rows):
    """Find the one measure of an indicator, period and area."""

    def find(indicator: str, period: str, area: str = "drammen") -> dict[str, Any]:
        found = [
            row for row in rows if (row["indicator_id"], row["period"], row["area_id"]) == (indicator, period, area)
        ]
        assert len(found) == 1
        return found[0]

    return find


def figures(row: dict[str, Any]) -> list[float | None]:
    return [row[name] for name in ("numerator", "denominator", "value", "lower", "upper", "confidence")]


def test_numerators_and_denominators_are_summed_over_the_codes_and_then_divided(measure):
    row = measure("counted", "2016")
    # 10 + 5 + 1 of (60 + 40) + (25 + 25) + (5 + 5)
    assert (row["numerator"], row["denominator"], row["value"]) == (16, 160, 16 / 160)
    assert (row["status"], row["periods_counted"], row["confidence"]) == (None, 1, 0.95)
    assert (row["source_table"], row["vintage"]) == ("made/counts", VINTAGE)


def test_a_proportion_has_statsmodels_wilson_interval(measure):
    for period, n, of in [("2016", 16, 160), ("2020", 0, 100), ("2024", 100, 100)]:
        row = measure("counted", period)
        assert (row["lower"], row["upper"]) == pytest.approx(proportion_confint(n, of, method="wilson"), abs=1e-12)


def test_a_measure_says_whose_figure_it_is(measure):
    row = measure("counted", "2016")
    assert (row["age"], row["sex"], row["method"]) == ("16+", "women", "proportion, Wilson interval")


def test_a_sum_that_lacks_a_part_is_missing(measure):
    for period in ("2014", "2018"):
        row = measure("counted", period)
        assert row["status"] == "missing"
        assert figures(row) == [None] * 6


def test_a_sum_with_a_hidden_part_is_suppressed_in_every_column(measure):
    row = measure("counted", "2015")
    assert row["status"] == "suppressed"
    assert figures(row) == [None] * 6


def test_zero_is_a_figure_with_an_interval_from_zero(measure):
    row = measure("counted", "2020")
    assert (row["numerator"], row["denominator"], row["value"], row["status"]) == (0, 100, 0, None)
    assert row["lower"] == 0
    # The root of the score equation at 0 events: z2 / (n + z2), with z2 = 1.959964 squared.
    assert row["upper"] == pytest.approx(1.959964**2 / (100 + 1.959964**2), abs=1e-7)


def test_a_providers_dash_is_zero(measure):
    row = measure("counted", "2021")
    assert (row["numerator"], row["value"], row["status"], row["lower"]) == (0, 0, None, 0)


def test_what_does_not_apply_is_neither_zero_nor_suppressed(measure):
    row = measure("counted", "2022")
    assert figures(row) == [None] * 6
    assert row["status"] == "not_applicable"


def test_a_figure_that_is_not_there_without_a_mark_is_missing(measure):
    row = measure("counted", "2021", "skien")
    assert figures(row) == [None] * 6
    assert row["status"] == "missing"


def test_nothing_out_of_nothing_is_no_share(measure):
    row = measure("counted", "2023")
    assert figures(row) == [None] * 6
    assert row["status"] == "missing"


def test_a_code_does_not_count_outside_the_years_in_which_it_is_in_use(rows, measure):
    # Code 3005's 700 of 1,000 stand in 2019, before the merger.
    assert measure("counted", "2019")["value"] == 16 / 160
    assert measure("counted", "2024")["value"] == 1
    assert not {"2017", "2025"} & {row["period"] for row in rows if row["indicator_id"] == "counted"}


def test_a_restated_source_counts_by_the_year_of_its_codes(measure):
    row = measure("restated", "2017")
    assert (row["value"], row["status"]) == (pytest.approx(0.45), "no_denominator")


def test_a_published_share_is_scaled_and_stands_without_an_interval(measure):
    row = measure("shared", "2020")
    assert figures(row) == [None, None, pytest.approx(0.415), None, None, None]
    assert (row["status"], row["method"], row["periods_counted"]) == ("no_denominator", "published_value", 1)


def test_published_shares_are_never_added_over_codes(measure):
    row = measure("shared", "2019")
    assert (row["value"], row["status"]) == (None, "missing")


def test_zero_hidden_and_missing_shares_stay_three_things(measure):
    found = [measure("shared", period) for period in ("2021", "2022", "2023")]
    assert [(row["value"], row["status"]) for row in found] == [
        (0, "no_denominator"),
        (None, "suppressed"),
        (None, "missing"),
    ]


def test_twelve_months_make_an_estimated_annual_mean(measure):
    row = measure("monthly", "2021")
    # Counts 100, 110 ... 210: mean 155. Per cents six times 3 and six times 2: mean 2.5.
    assert row["numerator"] == pytest.approx(155)
    assert row["value"] == pytest.approx(0.025)
    # The persons that count and share imply together: 155 / 0.025.
    assert row["denominator"] == pytest.approx(6200)
    assert (row["status"], row["periods_counted"], row["method"]) == ("estimated", 12, "annual_mean")
    assert (row["period_start"].isoformat(), row["period_end"].isoformat()) == ("2021-01-01", "2021-12-31")
    # A denominator from shares rounded nobody knows how bears no interval.
    assert (row["lower"], row["upper"], row["confidence"]) == (None, None, None)


def test_a_count_and_its_share_give_the_denominator_and_an_interval_over_the_rounding(measure):
    row = measure("both", "2020")
    # 120 that are 2.4 %: 5,000 persons; 2.35 to 2.45 % are 120 / 0.0245 = 4,897.96 to 120 / 0.0235 = 5,106.38.
    assert figures(row)[:3] == pytest.approx([120, 5000, 0.024])
    lower, _upper = proportion_confint(120, 120 / 0.0235, method="wilson")
    _lower, upper = proportion_confint(120, 120 / 0.0245, method="wilson")
    assert (row["lower"], row["upper"]) == pytest.approx((lower, upper))
    assert row["lower"] < proportion_confint(120, 5000, method="wilson")[0]
    assert (row["status"], row["method"]) == ("estimated", "count and share, Wilson interval over the rounding")


def test_a_count_and_its_rate_have_poisson_limits_over_the_rounding(measure):
    row = measure("both_rates", "2020")
    # 120 that are 2.4 per 1,000: 120 x 1,000 / 2.4 = 50,000; at most 120,000 / 2.35, at least 120,000 / 2.45.
    assert figures(row)[:3] == pytest.approx([120, 50_000, 2.4])
    lower = poisson_rate(120, 120_000 / 2.35, multiplier=1000)[1]
    upper = poisson_rate(120, 120_000 / 2.45, multiplier=1000)[2]
    assert (row["lower"], row["upper"]) == pytest.approx((lower, upper))
    assert row["method"].startswith("rate of count and rate")


def test_a_share_that_rounding_makes_too_uncertain_has_no_denominator(measure):
    row = measure("both", "2021")
    # 0.4 % is 0.35 to 0.45: the denominator of 12 may be 2,667 or 3,429.
    assert figures(row) == [12, None, pytest.approx(0.004), None, None, None]
    assert row["status"] == "no_denominator"
    assert figures(measure("both", "2024")) == [0, None, 0, None, None, None]


def test_a_share_beside_a_hidden_count_is_hidden_and_beside_none_is_a_bare_share(measure):
    assert (measure("both", "2022")["value"], measure("both", "2022")["status"]) == (None, "suppressed")
    assert (measure("both", "2023")["value"], measure("both", "2023")["status"]) == (0.024, "no_denominator")


def test_counts_and_implied_denominators_are_added_up_over_the_codes(measure):
    row = measure("parts", "2019")
    # 20 are 10 %: 200 persons; 22 are 11 %: 200; 30 are 20 %: 150. Together 72 of 550.
    assert figures(row)[:3] == pytest.approx([72, 550, 72 / 550])
    most = 20 / 0.0995 + 22 / 0.1095 + 30 / 0.1995
    assert row["lower"] == pytest.approx(proportion_confint(72, most, method="wilson")[0])
    assert row["status"] == "estimated"
    assert (measure("parts", "2018")["value"], measure("parts", "2018")["status"]) == (None, "suppressed")
    # 0.05 to 0.15 % of one code: its denominator is anything, and so is the sum.
    assert (measure("parts", "2017")["value"], measure("parts", "2017")["status"]) == (None, "missing")


def test_an_annual_mean_of_shares_with_known_rounding_has_an_interval(measure):
    row = measure("rounded_months", "2021")
    # Mean count 155, mean share 2.5 %, each month's rounded by at most 0.05.
    lower, _upper = proportion_confint(155, 155 / 0.0245, method="wilson")
    assert row["lower"] == pytest.approx(lower)
    assert row["upper"] == pytest.approx(proportion_confint(155, 155 / 0.0255, method="wilson")[1])
    assert (row["status"], row["method"]) == ("estimated", "annual_mean")


def test_the_months_themselves_are_no_measures(rows):
    assert {row["period"] for row in rows if row["indicator_id"] == "monthly"} == {"2020", "2021", "2022", "2023"}


def test_eleven_months_make_an_incomplete_one(measure):
    row = measure("monthly", "2022")
    assert (row["status"], row["periods_counted"]) == ("incomplete", 11)
    assert (row["numerator"], row["value"]) == (pytest.approx(60), pytest.approx(0.015))


def test_a_month_counts_only_with_both_its_count_and_its_share(measure):
    row = measure("monthly", "2023")
    assert (row["status"], row["periods_counted"]) == ("incomplete", 10)
    assert (row["numerator"], row["value"]) == (pytest.approx(50), pytest.approx(0.01))


def test_a_year_of_hidden_months_is_suppressed(measure):
    row = measure("monthly", "2020")
    assert (row["status"], row["periods_counted"]) == ("suppressed", 0)
    assert figures(row) == [None] * 6


def test_an_area_has_the_preferred_source_alone_even_where_another_reaches_further(rows):
    found = [row for row in rows if (row["indicator_id"], row["area_id"]) == ("preferred", "drammen")]
    assert [(row["period"], row["value"], row["source_table"]) for row in found] == [("2020", 0.1, "made/first")]


def test_an_area_without_a_figure_in_the_preferred_source_has_the_next_one(rows):
    found = [row for row in rows if (row["indicator_id"], row["area_id"]) == ("preferred", "skien")]
    assert [(row["period"], row["value"], row["source_table"]) for row in found] == [
        ("2020", 0.3, "made/second"),
        ("2021", 0.3, "made/second"),
    ]


def test_a_district_is_the_sum_of_all_its_units(measure):
    row = measure("district", "2024", "drammen-7")
    # 21 units of 3 in 100.
    assert (row["numerator"], row["denominator"], row["value"]) == (63, 2100, 0.03)
    assert measure("district", "2025", "drammen-7")["status"] == "missing"


def test_a_rate_is_events_per_thousand_with_exact_limits_below_ten_and_byars_from_there(measure):
    # Exact: half a chi-square quantile; Byar: 10 (1 - 1/90 - z/(3 sqrt 10))^3 and 11 (1 - 1/99 + z/(3 sqrt 11))^3.
    z = 1.959963984540054
    byar = 10 * (1 - 1 / 90 - z / (3 * 10**0.5)) ** 3, 11 * (1 - 1 / 99 + z / (3 * 11**0.5)) ** 3
    wanted = {
        "2019": (0, 0.0, chi2.ppf(0.975, 2) / 2),
        "2020": (9, chi2.ppf(0.025, 18) / 2, chi2.ppf(0.975, 20) / 2),
        "2021": (10, *byar),
    }
    for period, (events, fewest, most) in wanted.items():
        row = measure("events", period, "norway")
        # Of 300 + 200 persons; per 1,000 of them is twice the events.
        assert (row["numerator"], row["denominator"], row["value"]) == (events, 500, pytest.approx(2 * events))
        assert (row["lower"], row["upper"]) == pytest.approx((2 * fewest, 2 * most), abs=1e-12)
        assert row["method"].startswith("rate, Poisson interval")


def test_limits_of_columns_are_those_of_arrays():
    events = np.arange(0, 200, dtype=float)
    table = ibis.memtable({"events": events})
    lower, upper = count_limits(table.events)
    found = ibis.duckdb.connect().to_pyarrow(table.select(lower=lower, upper=upper))
    _rate, low, high = poisson_rate(events, np.ones_like(events))
    np.testing.assert_allclose(found["lower"].to_numpy(), low, rtol=1e-12)
    np.testing.assert_allclose(found["upper"].to_numpy(), high, rtol=1e-12)


def test_a_pooled_window_is_the_sum_of_its_years_beside_them(rows, measure):
    row = measure("pooled", "2018-2020", "norway")
    # 1 + 2 + 4 of 100 + 100 + 100
    assert (row["numerator"], row["denominator"], row["value"]) == (7, 300, 7 / 300)
    assert (row["lower"], row["upper"]) == pytest.approx(proportion_confint(7, 300, method="wilson"), abs=1e-12)
    assert (row["pooled"], row["periods_counted"], row["status"]) == (True, 3, None)
    assert (row["period_start"].isoformat(), row["period_end"].isoformat()) == ("2018-01-01", "2020-12-31")
    assert measure("pooled", "2020", "norway")["pooled"] is False
    pooled = measure("pooled_events", "2025-2026", "norway")
    assert (pooled["numerator"], pooled["denominator"], pooled["value"]) == (2, 200, pytest.approx(10))
    assert all(not one["pooled"] for one in rows if not one["indicator_id"].startswith("pooled"))


def test_a_window_that_lacks_a_year_is_missing_and_not_shorter(rows, measure):
    windows = {one["period"]: one for one in rows if one["indicator_id"] == "pooled" and one["pooled"]}
    # The series begins in 2018, so that no window begins before.
    assert [(period, one["numerator"]) for period, one in windows.items()] == [
        ("2018-2020", 7),
        ("2019-2021", 14),
        ("2020-2022", 28),
        ("2022-2024", None),
        ("2023-2025", None),
        ("2024-2026", None),
    ]
    # One hidden year hides its windows: else it would follow from them.
    assert [windows[one]["status"] for one in ("2022-2024", "2023-2025", "2024-2026")] == ["suppressed"] * 3


def test_every_measure_lists_the_answers_that_it_was_read_from(rows, measure):
    # Nine rows a year before 2020 but eight in 2018: the cut after 40 rows falls within 2019.
    assert measure("counted", "2016")["snapshots"] == ["b" * 64]
    assert measure("counted", "2019")["snapshots"] == ["a" * 64, "b" * 64]
    assert measure("counted", "2024")["snapshots"] == ["a" * 64]
    assert all(row["snapshots"] for row in rows)


def test_measures_come_once_per_indicator_area_and_period_in_order(rows):
    keys = [(row["indicator_id"], row["area_id"], row["period_end"], row["period"]) for row in rows]
    assert keys == sorted(set(keys))


def test_figures_are_the_same_however_many_facts_are_taken_at_a_time(tmp_path, monkeypatch):
    # Tables that nobody has published yet are named by terms, and have no facts: one source of two, and the only one.
    own = {name: table for name, table in facts().items() if name not in ("made/first", "made/events")}
    parts = {}
    for number, (name, table) in enumerate(sorted(own.items())):
        path = tmp_path / f"{number}.parquet"
        pq.write_table(table, path)
        parts[name] = Ref(path, table.schema)
    members = pa.Table.from_pylist(geography.membership(CATALOGUE.areas.values()), schema=MEMBERSHIP_COLUMNS)
    union = Union(parts, "table_name", tuple(measuring.FACT_COLUMNS))
    terms = pa.Table.from_pylist(measuring.terms(CATALOGUE, "made"), schema=measuring.TERMS)
    assert len(list(measuring.portions(union, terms))) == 1
    monkeypatch.setattr(measuring, "FACTS_AT_A_TIME", 50)
    apart = list(measuring.portions(union, terms))
    assert len(apart) > 5
    named = [name for _facts, asked in apart for name in sorted(set(asked["indicator_id"].to_pylist()))]
    assert named == sorted({*terms["indicator_id"].to_pylist()} - {"events"})
    assert measuring.compute(run, CATALOGUE, "made", union, members).equals(measures_of(CATALOGUE, "made", own))
