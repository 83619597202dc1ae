"""Periods as the providers publish them: text in, first and last day out.

The published text is kept as it is; windows, trajectories and joins use the dates beside it. What a figure of a period
means is not decided here.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache


class PeriodError(ValueError):
    """A text that is no period in any form the providers use."""


@dataclass(frozen=True)
class Period:
    """A period as published, with its first and last day (both included)."""

    text: str
    start: date
    end: date

    @property
    def year(self) -> int:
        """The year in which the period ends: `2018-2020` and `2019/20` belong to 2020."""
        return self.end.year


def _days(first_year: int, first_month: int, last_year: int, last_month: int) -> tuple[date, date]:
    return date(first_year, first_month, 1), date(last_year, last_month, monthrange(last_year, last_month)[1])


def _school_years(first: str, last: str) -> tuple[date, date]:
    """School years run from 1 August to 31 July; `2019/20` must be followed by its own next year."""
    for year in (first, last):
        if (int(year[:4]) + 1) % 100 != int(year[5:]):
            raise PeriodError(f"'{year}' is no school year: expected two consecutive years such as '2019/20'")
    return _days(int(first[:4]), 8, int(last[:4]) + 1, 7)


def _quarter(year: str, quarter: str) -> tuple[date, date]:
    return _days(int(year), 3 * int(quarter) - 2, int(year), 3 * int(quarter))


_YEAR = r"((?:18|19|20|21)\d\d)"
_SCHOOL_YEAR = r"((?:19|20|21)\d\d/\d\d)"
_FORMS: tuple[tuple[re.Pattern[str], Callable[..., tuple[date, date]]], ...] = (
    (re.compile(_YEAR), lambda y: _days(int(y), 1, int(y), 12)),
    (re.compile(_YEAR + "[KQ]([1-4])"), _quarter),
    (re.compile(_YEAR + "M(0[1-9]|1[0-2])"), lambda y, m: _days(int(y), int(m), int(y), int(m))),
    (re.compile(_YEAR + "[-_]" + _YEAR), lambda a, b: _days(int(a), 1, int(b), 12)),
    (re.compile(_SCHOOL_YEAR), lambda y: _school_years(y, y)),
    (re.compile(_SCHOOL_YEAR + "-" + _SCHOOL_YEAR), _school_years),
)


@lru_cache(maxsize=4096)
def parse(text: str) -> Period:
    """Read one published period.

    Forms: `2020`, `2020K1`, `2020M03`, `2018-2020` (FHI: `2018_2020`), `2019/20`, `2017/18-2019/20`.
    Raises PeriodError for anything else, and for a window that ends before it begins.
    """
    for pattern, days in _FORMS:
        if match := pattern.fullmatch(text.strip()):
            start, end = days(*match.groups())
            if end < start:
                raise PeriodError(f"period '{text}' ends before it begins")
            return Period(text, start, end)
    raise PeriodError(
        f"'{text}' is no period: expected a form such as 2020, 2020K1, 2020M03, 2018-2020 or 2017/18-2019/20"
    )
