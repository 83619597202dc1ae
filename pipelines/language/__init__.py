"""Words and numbers of pages and files in one language. All words stand in words.toml, in Norwegian and in English."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

Code = Literal["nb", "en"]
LANGUAGES: tuple[Code, ...] = ("nb", "en")
"""The languages of the page, as HTML names them; the first is the one that a reader meets."""
_IN_CATALOGUE = {"nb": "no", "en": "en"}
_NARROW = "\u00a0"
_OSLO = ZoneInfo("Europe/Oslo")

Row = Mapping[str, Any]


class MissingWord(KeyError):
    """A word that a page asks for stands nowhere in words.toml."""


@cache
def all_words() -> dict[str, dict[str, dict[str, str]]]:
    """Return words.toml: group -> name -> language -> text."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Language:
    """Texts, numbers and dates in one language."""

    code: Code

    def __call__(self, name: str, /, **parts: Any) -> str:
        """Return the text of the page's own with this name, its {parts} filled in. Raises MissingWord."""
        return self.term("page", name).format(**parts)

    def term(self, group: str, name: str) -> str:
        """Return what a term of the edition is called, such as a word of assessment. Raises MissingWord."""
        try:
            return all_words()[group][name][self.code].replace(" %", f"{_NARROW}%")
        except KeyError:
            raise MissingWord(f"words.toml: {group}: '{name}' is missing, expected nb and en") from None

    def known(self, group: str, name: str | None) -> str:
        """Return what a term is called, or the term itself where words.toml does not have it; '' for none."""
        if name is None:
            return ""
        return all_words()[group].get(name, {}).get(self.code, name)

    def of(self, row: Row, name: str) -> str:
        """Return the column of a row in this language: name_no, or name_en; where English was alone at first, name."""
        column = f"{name}_{_IN_CATALOGUE[self.code]}"
        text: str = row[name if self.code == "en" and column not in row else column]
        return text

    def told(self, part: object, name: str) -> Any:
        """Return what a part of the catalogue says in this language: its `name_no`, or its `name` in English."""
        return getattr(part, f"{name}_no" if self.code == "nb" else name)

    # --- numbers ------------------------------------------------------------------------------------------------------

    def number(self, value: float, decimals: int, *, sign: bool = False) -> str:
        """Write a number with the language's separators and a true minus; what rounds to zero has no sign."""
        value = round(value, decimals) + 0.0
        text = f"{value:{'+' if sign and value else ''},.{decimals}f}"
        spaced = text.replace(",", _NARROW).replace("-", "−")
        return spaced.replace(".", ",") if self.code == "nb" else spaced

    def bare(self, row: Row, value: float | None, *, sign: bool = False) -> str:
        """Write a figure without its unit; '' where there is none. row: has `unit` and `decimals`."""
        if value is None:
            return ""
        return self.number(value * (100 if row["unit"] == "share" else 1), row["decimals"], sign=sign)

    def figure(self, row: Row, value: float | None) -> str:
        """Write a figure with its unit; '' where there is none."""
        return f"{self.bare(row, value)}{_NARROW}{self.term('unit', row['unit'])}" if value is not None else ""

    def difference(self, row: Row, value: float | None) -> str:
        """Write a difference of two figures with its sign and unit; of shares, percentage points."""
        if value is None:
            return ""
        return f"{self.bare(row, value, sign=True)}{_NARROW}{self.term('difference', row['unit'])}"

    def interval(self, row: Row, lower: float | None, upper: float | None, *, sign: bool = False) -> str:
        """Write the two limits of a figure; '' where it has none."""
        if lower is None or upper is None:
            return ""
        return self("limits", lower=self.bare(row, lower, sign=sign), upper=self.bare(row, upper, sign=sign))

    def count(self, value: float | None) -> str:
        """Write a count: whole where it is, with one decimal where a weight gave it a fraction."""
        return "" if value is None else self.number(value, 0 if float(value).is_integer() else 1)

    def probability(self, share: float | None) -> str:
        """Write a probability in whole per cent, as < 1 % or > 99 % rather than as 0 or 100 %."""
        if share is None:
            return ""
        whole = "< 1" if share < 0.01 else "> 99" if share > 0.99 else f"{share * 100:.0f}"
        return f"{whole}{_NARROW}%"

    # --- times --------------------------------------------------------------------------------------------------------

    def day(self, moment: date | datetime | None) -> str:
        """Write a day, of a moment the day in Oslo."""
        if moment is None:
            return ""
        if isinstance(moment, datetime):
            moment = moment.astimezone(_OSLO)
        month = self.term("month", str(moment.month))
        return f"{moment.day}. {month} {moment.year}" if self.code == "nb" else f"{moment.day} {month} {moment.year}"

    def span(self, first: str, last: str | None) -> str:
        """Write from when to when, of years and months as the catalogue has them (2021M08); None: no end is known."""
        if last is None:
            return self("span_open", first=self._year_or_month(first))
        return self("span", first=self._year_or_month(first), last=self._year_or_month(last))

    def _year_or_month(self, text: str) -> str:
        year, _, month = text.partition("M")
        return f"{self.term('month', str(int(month)))} {year}" if month else year
