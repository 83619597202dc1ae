"""What a cell says about time: the period that it stands for, and which periods are lacking between others."""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from itertools import pairwise

from indicators import periods
from pipelines.deliveries.columns import Unreadable

_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_MONTH = re.compile(rf"({'|'.join(_MONTHS)})[a-z]*\.?")
_QUARTER = re.compile(r"(?:[kq]\s?([1-4])|([1-4])\.?\s?(?:kv|kvartal)\.?|kvartal\s?([1-4]))")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # _x0032_024: 2024 as SAS and Excel write it in XML, as a name
_YEAR = r"(?:18|19|20|21)\d\d"
_YEAR_LAST = re.compile(rf"(.+?)[\s.\-/]*({_YEAR})")
_YEAR_FIRST = re.compile(rf"({_YEAR})[\s.\-/]+(.+)")


def month_of(text: str) -> str:
    """Return a month or quarter as it follows a year, M03 or K1: 3, 03, mars, mar., 1. kvartal. Raises Unreadable."""
    plain = " ".join(text.casefold().split())
    if found := _MONTH.fullmatch(plain):
        return f"M{_MONTHS.index(found[1]) + 1:02d}"
    if found := _QUARTER.fullmatch(plain):
        return f"K{found[1] or found[2] or found[3]}"
    if (found := re.fullmatch(r"m?(\d{1,2})(?:\.0)?", plain)) and 1 <= int(found[1]) <= 12:
        return f"M{int(found[1]):02d}"
    raise Unreadable("expected a month or a quarter", "3, mars or 1. kvartal")


def is_month(text: str) -> bool:
    """Whether a text is a month or a quarter without its year."""
    try:
        month_of(text)
    except Unreadable:
        return False
    return True


def is_period(text: str) -> bool:
    """Whether a text is a period, as providers publish them or as people write them."""
    try:
        periods.parse(_as_published(text))
    except periods.PeriodError:
        return False
    return True


def _as_published(text: str) -> str:
    """Return a period, as people and programs write it, in the form of providers: 2024M03 of mars 2024."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    plain = " ".join(text.split())
    year, month = "", ""
    if found := _YEAR_FIRST.fullmatch(plain):
        year, month = found.groups()
    elif found := _YEAR_LAST.fullmatch(plain):
        month, year = found.groups()
    # Digits alone may be anything: 2024-25 is a school year.
    return year + month_of(month) if month and not month.isdigit() and is_month(month) else text


def period_of(text: str, form: str, *, month: bool = False, projected: bool = False) -> periods.Period:
    """Return the period that a cell stands for. Raises Unreadable.

    form: as a contract declares it. month: a month or quarter follows the year, after a blank. projected: a period may
    lie in the future.
    """
    year, _blank, within = text.partition(" ") if month else (text, "", "")
    try:
        period = periods.parse(_FORMS[form](year) + (month_of(within) if month else ""))
    except periods.PeriodError as error:
        raise Unreadable(_expected(str(error)), "2020, 2020K1, 2020M03, 2018-2020 or 2017/18-2019/20") from None
    if projected and 1800 <= period.start.year < _LAST_PROJECTED:
        return period
    if not 1800 <= period.start.year <= date.today().year + 1:
        raise Unreadable(f"expected a period that has begun, no later than {date.today().year}")
    return period


def whole(text: str) -> str:
    """Return a whole number that may be written with decimals. Raises Unreadable."""
    matched = re.fullmatch(r"(\d+)(?:\.0+)?", text)
    if not matched:
        raise Unreadable("expected a whole number")
    return matched[1]


_LAST_PROJECTED = 2200


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
    "published": _as_published,
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
