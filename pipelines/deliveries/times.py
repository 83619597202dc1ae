"""What a cell says about time: the period that it stands for, and which periods are lacking between others."""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from itertools import pairwise

from indicators import periods
from pipelines.deliveries.columns import Unreadable


def period_of(text: str, form: str) -> periods.Period:
    """Return the period that a cell stands for. form: as a contract declares it. Raises Unreadable."""
    try:
        period = periods.parse(_FORMS[form](text))
    except periods.PeriodError as error:
        raise Unreadable(_expected(str(error)), "2020, 2020K1, 2020M03, 2018-2020 or 2017/18-2019/20") from None
    if not 1800 <= period.start.year <= date.today().year + 1:
        raise Unreadable(f"expected a period that has begun, no later than {date.today().year}")
    return period


def whole(text: str) -> str:
    """Return a whole number that may be written with decimals. Raises Unreadable."""
    matched = re.fullmatch(r"(\d+)(?:\.0+)?", text)
    if not matched:
        raise Unreadable("expected a whole number")
    return matched[1]


def _expected(message: str) -> str:
    return "expected a period that does not end before it begins" if "before" in message else "expected a period"


def _month_of(text: str) -> str:
    day = _date_of(text)
    return f"{day.year}M{day.month:02d}"


def _year_of(text: str) -> str:
    return str(_date_of(text).year)


def _school_year_of(text: str) -> str:
    return re.sub(r"^(\d{4})-(\d\d)$", r"\1/\2", text)


def _date_of(text: str) -> date:
    dotted = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    try:
        return date(*map(int, reversed(dotted.groups()))) if dotted else date.fromisoformat(text)
    except ValueError:
        raise Unreadable("expected a date", "2011-01-01") from None


_FORMS: dict[str, Callable[[str], str]] = {
    "published": str,
    "date_month": _month_of,
    "date_year": _year_of,
    "number": whole,
    "school_year": _school_year_of,
}


def gaps(found: Collection[periods.Period], every: int = 1) -> Iterator[str]:
    """Name the periods that are missing between the first and the last one of the same length.

    Months follow month by month, quarters quarter by quarter, anything longer year by year (windows overlap), or where
    figures come more seldom, every so many years; a figure between two of them starts the count anew.
    """
    by_length: dict[int, set[int]] = {}
    for period in found:
        first, last = (day.year * 12 + day.month - 1 for day in (period.start, period.end))
        by_length.setdefault(last - first + 1, set()).add(first)
    for length, starts in sorted(by_length.items()):
        step = length if length < 12 else 12 * every
        ordered = sorted(starts)
        for one, following in pairwise(ordered):
            for start in range(one + step, following, step):
                yield _span(start, start + length - 1)


def _span(first: int, last: int) -> str:
    if last - first == 11 and first % 12 == 0:
        return str(first // 12)
    ends = [f"{month // 12}-{month % 12 + 1:02d}" for month in (first, last)]
    return ends[0] if first == last else " to ".join(ends)
