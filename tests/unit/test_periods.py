"""Every form of period that the providers publish, and those that are none."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.periods import Period, PeriodError, parse


@pytest.mark.parametrize(
    ("text", "start", "end", "year"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31), 2020),
        ("1899", date(1899, 1, 1), date(1899, 12, 31), 1899),
        ("2020K1", date(2020, 1, 1), date(2020, 3, 31), 2020),
        ("2020K4", date(2020, 10, 1), date(2020, 12, 31), 2020),
        ("2021Q2", date(2021, 4, 1), date(2021, 6, 30), 2021),
        ("2020M02", date(2020, 2, 1), date(2020, 2, 29), 2020),
        ("2021M02", date(2021, 2, 1), date(2021, 2, 28), 2021),
        ("2020M12", date(2020, 12, 1), date(2020, 12, 31), 2020),
        ("2018-2020", date(2018, 1, 1), date(2020, 12, 31), 2020),
        ("2018_2020", date(2018, 1, 1), date(2020, 12, 31), 2020),
        ("2020-2020", date(2020, 1, 1), date(2020, 12, 31), 2020),
        ("2019/20", date(2019, 8, 1), date(2020, 7, 31), 2020),
        ("1999/00", date(1999, 8, 1), date(2000, 7, 31), 2000),
        ("2017/18-2019/20", date(2017, 8, 1), date(2020, 7, 31), 2020),
    ],
)
def test_a_period_has_its_first_and_last_day_and_belongs_to_the_year_in_which_it_ends(text, start, end, year):
    read = parse(text)
    assert read == Period(text, start, end)
    assert read.year == year


@pytest.mark.parametrize("text", ["2020", "2018_2020", "2020K1", "2017/18-2019/20"])
def test_the_published_text_is_kept(text):
    assert parse(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "20", "20200", "1720", "2220", "år 2020", "2020K0", "2020K5", "2020M00", "2020M13", "2020M1", "2020U01"),
        *("2018-20", "2018--2020", "2018-2020-2022", "2019/2020", "2020-01-01", "2017/18-2020", "2017-2019/20"),
    ],
)
def test_any_other_text_is_refused_with_the_forms_that_there_are(text):
    with pytest.raises(PeriodError, match="is no period: expected a form such as 2020, 2020K1, 2020M03, 2018-2020"):
        parse(text)


@pytest.mark.parametrize("text", ["2020-2018", "2020_2019", "2019/20-2017/18"])
def test_a_window_that_ends_before_it_begins_is_refused(text):
    with pytest.raises(PeriodError, match=f"period '{text}' ends before it begins"):
        parse(text)


@pytest.mark.parametrize(("text", "wrong"), [("2019/21", "2019/21"), ("2017/18-2019/19", "2019/19")])
def test_a_school_year_must_be_two_consecutive_years(text, wrong):
    with pytest.raises(PeriodError, match=f"'{wrong}' is no school year"):
        parse(text)


@given(st.integers(1800, 2198))
def test_neighbouring_periods_of_a_year_follow_each_other_without_a_gap(year):
    months = [parse(f"{year}M{month:02d}") for month in range(1, 13)]
    quarters = [parse(f"{year}K{quarter}") for quarter in range(1, 5)]
    for parts in (months, quarters):
        assert (parts[0].start, parts[-1].end) == (parse(str(year)).start, parse(str(year)).end)
        assert all(one.end + timedelta(1) == next_one.start for one, next_one in pairwise(parts))
