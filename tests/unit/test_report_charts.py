"""The page's charts: scales with round ends, and no line through a gap, a break or a window."""

from datetime import date

import pytest
from markupsafe import Markup

from indicators.catalogue.models import Break
from pipelines.language import Language
from pipelines.report import picture
from pipelines.report.figure_set import Figures
from pipelines.report.series_chart import Event, Point, break_at, letter_of, runs
from pipelines.report.svg import element, round_scale
from tests.unit import real_catalogue


def point(first: int, value: float | None = 1.0, last: int | None = None) -> Point:
    last = last or first
    period = str(first) if first == last else f"{first}-{last}"
    return Point(first, last, period, value, None, None, None, is_window=last > first)


def years(points: list[Point], breaks: list[Break] = [], every: int | None = 1) -> list[list[int]]:  # noqa: B006
    return [[one.last for one in run] for run in runs(points, breaks, every)]


def broken(first: str) -> Break:
    return Break.model_validate({"from": first, "reason": "another way of counting"})


def test_a_line_joins_years_without_a_gap():
    assert years([point(2015), point(2016), point(2018)]) == [[2015, 2016], [2018]]
    assert years([point(2015), point(2016, None), point(2017)]) == [[2015], [2017]]
    assert years([point(2015), point(2017), point(2019)], every=2) == [[2015, 2017, 2019]]


def test_no_line_joins_surveys_without_a_rule_or_windows():
    assert years([point(2017), point(2021)], every=None) == [[2017], [2021]]
    assert years([point(2015, last=2017), point(2016, last=2018)]) == [[2017], [2018]]


@pytest.mark.parametrize(("first", "joined"), [("2016", [[2015], [2016, 2017]]), ("2016M11", [[2015, 2016], [2017]])])
def test_no_line_runs_over_a_break(first: str, joined: list[list[int]]):
    """The dot of a year stands in its middle: a break of November lies between that year's and the next."""
    assert years([point(2015), point(2016), point(2017)], [broken(first)]) == joined


def test_where_a_break_lies():
    assert break_at(broken("2018M11")) == pytest.approx(2018 + 10 / 12)
    assert break_at(broken("2018K3")) == 2018.5


def test_a_scale_has_round_ends_and_begins_at_zero_where_that_presses_nothing():
    scale, from_zero = round_scale([0.11, 0.42], 0, 100)
    assert (scale.low, scale.high, from_zero) == (0, 0.5, True)
    scale, from_zero = round_scale([0.646, 0.784], 0, 100)
    assert (round(scale.low, 9), round(scale.high, 9), from_zero) == (0.6, 0.8, False)
    assert [round(tick, 2) for tick in scale.ticks(5)] == [0.6, 0.65, 0.7, 0.75, 0.8]
    assert scale(scale.high) == 100


@pytest.mark.parametrize("values", [[0.0], [5.0, 5.0], [-3.0, -3.0]])
def test_a_scale_of_one_figure_has_a_length(values: list[float]):
    scale, _from_zero = round_scale(values, 0, 10)
    assert scale.low <= values[0] <= scale.high
    assert scale.low < scale.high


def test_text_of_others_is_escaped_in_a_chart():
    drawn = element("text", "<script>alert(1)</script>", x=1.26, title='"&')
    assert drawn == Markup('<text x="1.3" title="&#34;&amp;">&lt;script&gt;alert(1)&lt;/script&gt;</text>')


def test_a_measure_taken_lies_from_its_first_month_to_the_end_of_its_last():
    """August begins after seven twelfths of a year; June ends after six."""
    measure = Event("A", {"first_day": date(2021, 8, 1), "last_day": date(2024, 6, 30)})
    assert (measure.begins, measure.ends) == (pytest.approx(2021 + 7 / 12), 2024.5)
    assert Event("A", {"first_day": date(2022, 1, 1), "last_day": None}).ends is None


def test_measures_taken_are_lettered_like_columns_of_a_sheet():
    assert [letter_of(number) for number in (0, 1, 25, 26, 27, 51, 52)] == ["A", "B", "Z", "AA", "AB", "AZ", "BA"]


@pytest.mark.parametrize("status", ["missing", "incomplete", "not_applicable"])
def test_of_rows_without_any_figure_there_is_no_chart(status: str):
    """An income that no price index puts into kroner of one year is missing, and may be all that an area has."""
    year = {"period": "2024", "period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31)}
    none = ("value", "lower", "upper", "required_value", "baseline_value", "target_value", "target_period")
    row = {**year, **dict.fromkeys(none), "unit": "NOK", "decimals": 0, "status": status}
    key = ("median_income", "drammen-7")
    figures = Figures(
        real_catalogue(), {}, {}, newest={key: row}, series={key: [row]}, measures={}, record={"measure_taken": []}
    )
    assert picture.of(figures, *key, Language("en")) is None
