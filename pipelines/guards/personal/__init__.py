"""The personal data guard: what in a delivered table looks like data on persons, said by kind and place only.

Pure, and asked before anything of a file is stored or logged: no value, header or sheet name is ever repeated. What a
single text can show is decided here (identity numbers, e-mail, telephone, street addresses), what only a whole table
shows in `records`. docs/personal_data.md says what is looked for, and how often it is found.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.guards.personal import identity_numbers, records
from pipelines.guards.personal.identity_numbers import SPACES
from pipelines.guards.personal.text_columns import Cells, Finding, TextColumn, matching, some

__all__ = ["Finding", "TextColumn", "findings", "without_personal"]

IDENTITY = "national identity numbers"
EMAIL = "e-mail addresses"
PHONE = "phone numbers"
ADDRESS = "street addresses"

_S = f"[{SPACES}]"
_BEFORE = "(?:^|[^0-9+.,]|[^0-9][.,])"

# Letters, Sami ones too. A range: RE2 takes a hundred times as long to prepare \p{L}.
_L = "A-Za-zÀ-ɏ"
_CAPITAL = "[A-ZÀ-ÞĀ-ɏ]"

_EMAIL = rf"[{_L}0-9_.+%-]+(?:@|\s?[(\[](?i:at)[)\]]\s?)[{_L}0-9-]+(?:[.][{_L}0-9-]+)*[.][A-Za-z]{{2}}"
# Public bodies whose contacts stand in the notes of published tables.
_OFFICIAL = re.compile(
    r"(?:[\w-]+\.)*"
    r"(?:(?:ssb|fhi|nav|udir|imdi|bufdir|helsedir|husbanken|skatteetaten|kartverket|kommune|dep)|[\w-]*fylke(?:skommune)?)"
    r"\.no",
    re.IGNORECASE,
)

_INTERNATIONAL = rf"{_BEFORE}\(?(?:[+]{_S}?|00){_S}?47\)?[{SPACES}.-]?[2-9](?:[{SPACES}.-]?[0-9]){{7}}(?:[^0-9]|$)"
# 912 34 567 and 22 33 44 55; thousands (91 234 567) are grouped otherwise, and a longer row of small numbers is none.
_GROUPED = (
    rf"(?:^{_S}*|[^0-9.,{SPACES}]{_S}*|[.,]{_S}+)"
    rf"(?:[2-9][0-9]{{2}}{_S}[0-9]{{2}}{_S}[0-9]{{3}}|[2-9][0-9](?:{_S}[0-9]{{2}}){{3}})"
    rf"(?:{_S}*$|{_S}*[^0-9.,%{SPACES}]|[.,](?:[^0-9]|$))"
)
_INTRODUCED = (
    rf"(?:^|[^{_L}])(?i:tlf|tel|telefon|mob|mobil|phone|ring)(?i:nr|nummer)?[.:]*{_S}*(?i:nr|nummer)?[.:]*{_S}*"
    rf"[2-9](?:{_S}?[0-9]){{7}}(?:[^0-9]|$)"
)
_PHONE = f"(?:{_INTERNATIONAL})|(?:{_GROUPED})|(?:{_INTRODUCED})"
_PHONE_HEADER = re.compile(r"telefon|mobil|tlf|phone|kontakt", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:antall|andel|prosent|sum|number of|share)\b", re.IGNORECASE)
_ONLY_PHONE = (
    rf"^[^{_L}0-9+(]*(?:[{_L}]+[.:]*{_S}*)?"
    rf"\(?(?:(?:[+]|00)?{_S}?47\)?)?[{SPACES}.-]?[2-9](?:[{SPACES}.-]?[0-9]){{7}}(?:[.]0+)?{_S}*$"
)
_NUMBER = rf"^[0-9{SPACES}.,+()-]+$"
_MOBILE = rf"^{_S}*[49][0-9]{{7}}(?:[.]0+)?{_S}*$"
# Basic statistical units have 8 digits too, which begin with the county's number, today's or a former one.
_UNIT = rf"^{_S}*(?:0[1-9]|1[0-9]|20|3[0-589]|4[026]|5[0456])[0-9]{{6}}{_S}*$"
_ENOUGH_PHONES, _NEARLY_ALL = 10, 0.9

_NAMED_STREET = (
    rf"(?:[{_L}][{_L}.'-]*(?i:gata|gaten|gate|vei|veien|veg|vegen|allé|alléen)"
    rf"|[{_L}][{_L}.'-]+{_S}(?i:gate|gt[.]?|vei|v[.]|veg|allé|plass))"
)
_AFTER_STREET = rf"(?:$|{_S}|[,;:)/]|[.](?:{_S}|$))"
_STREET = rf"{_NAMED_STREET}{_S}[0-9]{{1,3}}(?:{_S}?[A-Za-z])?{_AFTER_STREET}"
_HOUSE = rf"[0-9]{{1,3}}(?:{_S}?[A-Z])"
_POSTCODE = (
    rf"[0-9]{{1,3}}(?:{_S}?[A-Za-z])?,?{_S}+(?:[03-9][0-9]{{3}}|1[0-8][0-9]{{2}}|2[1-9][0-9]{{2}}){_S}+{_CAPITAL}"
)
_LETTERED = rf"{_NAMED_STREET}{_S}{_HOUSE}{_AFTER_STREET}|[{_L}]{{3}},?{_S}{_POSTCODE}"
# A basic statistical unit may be called so: 'Langgata 2'.
_BARE = rf"^{_S}*[{_L}.'{SPACES}-]+{_S}[0-9]{{1,3}}{_S}*$"
_ROADS = (
    rf"(?:^|[^{_L}])(?i:riks|fylkes|europa|kommunale?|kommune|privat|sykkel|gang|skole|hoved|skogs|bil|motor|lande|ut|om)"
    rf"{_S}?(?i:vei|veien|veg|vegen){_S}[0-9]+"
)
_ADDRESS_HEADER = re.compile(r"adress|\bstreet\b|gatenavn|bopel", re.IGNORECASE)
_AREA_HEADER = re.compile(
    r"krets|delområde|område|sone|bydel|kommunedel|region|geografi|area|unit|district", re.IGNORECASE
)
_ANY_HOUSE = rf"[{_L}]{{3}}{_S}[0-9]{{1,3}}(?:{_S}?[A-Za-z])?{_AFTER_STREET}"
_BOX = r"(?i)post?boks|^pb"
_SOME_UNITS = 0.5

_BORN = rf"(?i:født|fødselsdato|(?:^|[^{_L}])f[.]):?{_S}*(?:den{_S})?[0-9]{{1,2}}[./][0-9]{{1,2}}[./][0-9]{{2,4}}"

# A filter for large columns: every text in which one of the patterns above can be found matches it.
_SUSPECT = "|".join(
    [
        "@|(?i:[(\\[]at[)\\]])",
        identity_numbers.SUSPECT,
        rf"[+]{_S}?4{_S}?7|00{_S}?47",
        rf"[0-9]{{2}}{_S}[0-9]{{2}}{_S}[0-9]{{2}}",
        rf"(?i:tlf|tel|mob|phone|ring)[{_L}.:{SPACES}]*[2-9]",
        rf"[{_L}.],?{_S}[0-9]{{1,3}}",
        r"(?i:født|fødselsdato|f[.])[^0-9]{0,6}[0-9]{1,2}[./]",
    ]
)
_BATCH = 100_000
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class _Table:
    """The columns of one sheet."""

    sheet: str | None
    columns: list[Cells]

    def findings(self) -> Iterator[Finding]:
        where = "" if self.sheet is None else f"sheet '{without_personal(self.sheet)}', "
        parts = (self._headers(), self._cells(), records.found(self.columns))
        for kind, place in chain.from_iterable(parts):
            yield Finding(kind, where + place)

    def _headers(self) -> Iterator[tuple[str, str]]:
        names = pa.array([cells.column.name for cells in self.columns], pa.string())
        suspect = np.flatnonzero(matching(names, _SUSPECT))
        for kind, found in _kinds(names.take(pa.array(suspect)), in_header=True):
            for number in suspect[found]:
                yield kind, f"column {self.columns[number].column.letter}, the header"

    def _cells(self) -> Iterator[tuple[str, str]]:
        units = next((cells for cells in self.columns if cells.share(_UNIT) >= _NEARLY_ALL), None)
        for batch in _batches(self.columns):
            texts = batch[0].texts if len(batch) == 1 else pa.concat_arrays([cells.texts for cells in batch])
            ends = np.cumsum([len(cells.texts) for cells in batch])
            for cells, suspect in zip(batch, np.split(matching(texts, _SUSPECT), ends[:-1]), strict=True):
                yield from _of_column(cells, np.flatnonzero(suspect), units)


def _batches(columns: list[Cells]) -> Iterator[list[Cells]]:
    """Put small columns together: a file may have thousands, and the pattern takes long to compile."""
    batch: list[Cells] = []
    texts = 0
    for cells in columns:
        batch.append(cells)
        texts += len(cells.texts)
        if texts > _BATCH:
            yield batch
            batch, texts = [], 0
    if batch:
        yield batch


def findings(columns: Sequence[TextColumn], notes: Sequence[tuple[str, str]] = ()) -> list[Finding]:
    """Return what looks like personal data, column by column; empty where nothing does.

    Columns that share a sheet are one table. notes: (place, text) of what stands outside the tables: titles, notes,
    comments, the file's name. Raises ValueError where a column has not one row number per cell.
    """
    of_all = [Cells.of(column) for column in columns]
    found: list[Finding] = []
    for sheet in dict.fromkeys(column.sheet for column in columns):
        if sheet is not None:
            found += _of_notes([("the name of a sheet", sheet)])
        found += _Table(sheet, [cells for cells in of_all if cells.column.sheet == sheet]).findings()
    return list(dict.fromkeys(found + _of_notes(notes)))


def _of_column(cells: Cells, suspect: NDArray[np.int64], units: Cells | None) -> Iterator[tuple[str, str]]:
    """Yield kind and place of what the cells show, most of them by one text alone.

    suspect: the positions of the texts that a closer look is worth. units: the table's unit codes.
    """
    hits: dict[str, NDArray[np.bool_]] = {}

    def add(kind: str, at: NDArray[np.int64]) -> None:
        if len(at):
            hits.setdefault(kind, np.zeros(len(cells.texts), bool))[at] = True

    if len(suspect):
        for kind, found in _kinds(cells.texts.take(pa.array(suspect)), cells.texts):
            add(kind, suspect[found])
    add(PHONE, _phones_of_column(cells))
    add(ADDRESS, _addresses_of_column(cells))
    if ADDRESS in hits and _names_units(cells, hits[ADDRESS], units):
        hits[ADDRESS] &= ~cells.matching(_BARE)
    for kind, hit in hits.items():
        if hit.any():
            yield kind, cells.place(hit)


def _names_units(cells: Cells, hit: NDArray[np.bool_], units: Cells | None) -> bool:
    """Say whether what looks like streets with numbers are names of basic statistical units: one to each code."""
    if _AREA_HEADER.search(cells.column.name):
        return True
    if units is None or len(units.column.text) != len(cells.column.text) or hit.sum() > _SOME_UNITS * len(hit):
        return False
    codes, names = units.distinct, cells.distinct
    there = (codes.at >= 0) & (names.at >= 0)
    used = len(np.unique(codes.at[there]))
    pairs = len(np.unique(codes.at[there].astype(np.int64) * len(names.texts) + names.at[there]))
    # A few remarks are no names, even where no unit has two of them.
    return bool(pairs == used and there.sum() >= _NEARLY_ALL * codes.filled and len(names.texts) >= _NEARLY_ALL * used)


def _kinds(
    texts: pa.Array, column: pa.Array | None = None, *, in_header: bool = False
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield each kind that a single text can show, with whether each text shows it.

    texts: all that have the suspect pattern. column: all distinct texts of the column, against which doubtful forms are
    weighed; without it they do not count.
    """
    if not len(texts):
        return
    if column is None:
        yield IDENTITY, identity_numbers.in_texts(texts)
    else:
        yield IDENTITY, some(texts, identity_numbers.SUSPECT, lambda few: identity_numbers.in_cells(few, column))
    yield EMAIL, matching(texts, _EMAIL)
    yield PHONE, matching(texts, _PHONE)
    yield ADDRESS, _addresses(texts, _LETTERED if in_header else f"{_STREET}|{_LETTERED}")
    yield records.BIRTH, matching(texts, _BORN)


def _addresses(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    def sure(suspects: pa.Array) -> NDArray[np.bool_]:
        return matching(pc.replace_substring_regex(suspects, _ROADS, " "), pattern)

    return some(texts, pattern, sure)


def _phones_of_column(cells: Cells) -> NDArray[np.int64]:
    """Find plain numbers of 8 digits where the header, or nearly the whole column, says that they are telephones."""
    name = cells.column.name
    if _PHONE_HEADER.search(name) and not _COUNTED.search(name):
        phones = cells.matching(_ONLY_PHONE)
        # "Kontakter" are counts, and some of them have 8 digits.
        return np.flatnonzero(phones) if phones.sum() * 2 > cells.matching(_NUMBER).sum() else _NONE
    if cells.share(_MOBILE) < _NEARLY_ALL:
        return _NONE
    mobile = cells.matching(_MOBILE)
    unit = cells.matching(_UNIT)
    # Amounts and counts of a column seldom begin with nothing but 4 and 9, and with both.
    begins = [cells.matching(rf"^{_S}*{digit}") & mobile for digit in "49"]
    plenty = mobile.sum() >= _ENOUGH_PHONES and all(first_digit.any() for first_digit in begins)
    return np.flatnonzero(mobile) if plenty and (mobile & unit).sum() * 2 <= mobile.sum() else _NONE


def _addresses_of_column(cells: Cells) -> NDArray[np.int64]:
    """Find any name with a number where the header says address."""
    if not _ADDRESS_HEADER.search(cells.column.name):
        return _NONE
    return np.flatnonzero(cells.matching(_ANY_HOUSE) & ~cells.matching(_BOX))


def _of_notes(notes: Sequence[tuple[str, str]]) -> list[Finding]:
    """Find personal data in lines outside the tables; a public body's contact is let through, with its telephone.

    A line that holds nothing but a telephone belongs to the line before or after it.
    """
    if not notes:
        return []
    texts = pa.array([text for _place, text in notes], pa.string())
    suspect = np.flatnonzero(matching(texts, _SUSPECT))
    found = []
    for kind, hit in _kinds(texts.take(pa.array(suspect))):
        for number in suspect[hit].tolist():
            if not _is_let_through(kind, number, [text for _place, text in notes]):
                found.append(Finding(kind, notes[number][0]))
    return found


def _is_let_through(kind: str, number: int, lines: list[str]) -> bool:
    if kind == PHONE and re.fullmatch(_ONLY_PHONE, lines[number]):
        return any(_is_official(line) for line in lines[max(number - 1, 0) : number + 2])
    return kind in (EMAIL, PHONE, ADDRESS) and _is_official(lines[number])


_EMAIL_IN_TEXT = re.compile(r"[\w.+%-]+(?:@|\s?[(\[]at[)\]]\s?)((?:[\w-]+\.)+[^\W\d_]{2,})", re.IGNORECASE)


def _strangers(text: str) -> list[str]:
    """Return the domains of the text's e-mail addresses that are no public body's."""
    return [found[1] for found in _EMAIL_IN_TEXT.finditer(text) if not _OFFICIAL.fullmatch(found[1])]


def _is_official(text: str) -> bool:
    return bool(_EMAIL_IN_TEXT.search(text)) and not _strangers(text)


_DIGITS_OF_A_PERSON: tuple[re.Pattern[str], ...] = (
    _EMAIL_IN_TEXT,
    re.compile(rf"(?<![0-9])[0-9]{{6}}[{identity_numbers.SEPARATORS}]?[0-9]{{5}}(?![0-9])"),
    re.compile(rf"(?<![0-9])(?:[+]|00)[{SPACES}]?47(?:[{SPACES}._-]?[0-9]){{8}}(?![0-9])"),
    re.compile(
        rf"(?<![0-9])(?<![0-9][{SPACES}_-])(?:[2-9][0-9]{{2}}[{SPACES}_-][0-9]{{2}}[{SPACES}_-][0-9]{{3}}"
        rf"|[2-9][0-9](?:[{SPACES}_-][0-9]{{2}}){{3}})(?![0-9])"
    ),
    # A mobile telephone, unless it can be a basic statistical unit.
    re.compile(r"(?<![0-9])(?:9[0-9]|4[1345789])[0-9]{6}(?![0-9])"),
)


def without_personal(text: str) -> str:
    """Return a file's name or the like with '…' for what looks like an identity number, e-mail address or telephone.

    For messages and logs: rather too much is taken away than too little.
    """
    for pattern in _DIGITS_OF_A_PERSON:
        text = pattern.sub("…", text)
    return text
