"""The personal data guard: what in a delivered table looks like data on persons, said by kind and place only.

Pure, and asked before anything of a file is stored or logged: no value, header or sheet name is ever repeated. What a
single text can show is in `identity_numbers` and `contacts`, what a whole table shows in `records`, with what headers
say in `headers` and what persons are called in `names`; all texts come in the one spelling of `canonical`.
docs/personal_data.md says what is looked for, and how often it is found.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.guards.personal import contacts, headers, identity_numbers, records
from pipelines.guards.personal import rows as of_rows
from pipelines.guards.personal.canonical import canonical, canonical_text
from pipelines.guards.personal.contacts import ADDRESS, EMAIL, PHONE
from pipelines.guards.personal.identity_numbers import IDENTITY
from pipelines.guards.personal.names import is_given, is_person
from pipelines.guards.personal.records import BIRTH, NAMES, PERSONS
from pipelines.guards.personal.text_columns import Cells, Finding, TextColumn, below, matching, some

__all__ = ["KINDS", "NUMBERS_OF_PERSONS", "Finding", "TextColumn", "findings", "of_sheets", "without_personal"]

KINDS = (IDENTITY, EMAIL, PHONE, ADDRESS, BIRTH, NAMES, PERSONS)
"""Every kind that a Finding may have."""

NUMBERS_OF_PERSONS = frozenset({IDENTITY})
"""Kinds that nobody can let through, whatever the reason: numbers that the state gives to persons, and columns that are
called so. Any other kind may be a role's: a consultant's e-mail, a firm's address, an official's name."""

_L = "A-Za-zÀ-ɏ"
_BORN = rf"(?i:født|fødselsdato|(?:^|[^{_L}])f[.]):? *(?:den )?[0-9]{{1,2}}[./][0-9]{{1,2}}[./][0-9]{{2,4}}"
# A day, and five digits that were crossed out, or all of them but two; or the day itself: ******12345.
_CROSSED = "[*#·?xX]"
_MASKED = (
    "(?:^|[^0-9])(?:0[1-9]|[1-7][0-9])[.]?(?:[048][1-9]|[159][0-2]|6[6-9]|7[0-7])[.]?[0-9]{2}[ ./-]{0,3}"
    rf"(?:{_CROSSED}{{5}}|{_CROSSED}{{3}}(?: {_CROSSED}{{2}}|[0-9]{{2}}(?:[^0-9]|$))|[0-9]{_CROSSED}{{4}}"
    r"|[._-]{5}(?:[^0-9._-]|$))"
    rf"|(?:^|[^*#·?xX]){_CROSSED}{{6}}[ -]?[0-9]{{5}}(?:[^0-9]|$)"
)

# A filter for large columns: every text in which one of the patterns can be found matches it.
_SUSPECT = "|".join(
    [
        contacts.SUSPECT,
        contacts.TOLD,
        identity_numbers.SUSPECT,
        r"(?i:født|fødselsdato|f[.])[^0-9]{0,6}[0-9]{1,2}[./]",
        "[0-9]{2}[.]?[0-9]{2}[.]?[0-9]{2}[ ./-]{0,3}[0-9]?[*#·?xX._-]{3}|[*#·?xX]{6}[ -]?[0-9]{5}",
    ]
)
_MOST_MAKERS, _FEW_AMONG = 4, 5  # contacts of those who made a table, and one in how many texts of a column
_SHEETS_OF_GIVEN = 2  # a sheet may be called Emma by chance
_BATCH = 100_000
_NEARLY_ALL = 0.9
# In so many rows another table may begin below the first.
_TABLES_WITHIN = 5


@dataclass(frozen=True)
class _Table:
    """The columns of one sheet."""

    sheet: str | None
    columns: list[Cells]

    def findings(self) -> Iterator[Finding]:
        where = "" if self.sheet is None else f"sheet '{without_personal(self.sheet)}', "
        together = [*records.found(self.columns)]
        for columns in self._within():
            together += records.found(columns)
        # A register of those who work for firms is one of persons.
        firms = not together and records.lists_firms(self.columns)
        things = not together and of_rows.are_things(self.columns)
        titles = things or (not together and not of_rows.are_of_persons(self.columns))
        for kind, place in chain(self._headers(), self._cells(firms=firms, things=things, titles=titles), together):
            yield Finding(kind, where + place)

    def _within(self) -> Iterator[list[Cells]]:
        """Yield the tables that begin below a row of headers within this one."""
        if len({len(cells.at) for cells in self.columns}) != 1:
            return
        rows: Counter[int] = Counter()
        lists: set[int] = set()
        for cells in self.columns:
            hit = cells.matching(headers.WITHIN)
            if hit.any():
                standing = cells.standing(hit).tolist()
                rows.update(standing)
                # Several such words below each other are a list of columns, which describes a table.
                if len({text.lower() for text in cells.texts.filter(pa.array(hit)).to_pylist()}) > 1:
                    lists.update(standing)
        for row in sorted(row for row, number in rows.items() if number > 1 or row not in lists)[:_TABLES_WITHIN]:
            yield [Cells.of(below(cells.column, row)) for cells in self.columns]

    def _headers(self) -> Iterator[tuple[str, str]]:
        names = pa.array([cells.name for cells in self.columns], pa.string())
        called = names.to_pylist()
        suspect = np.flatnonzero(matching(names, _SUSPECT))
        for kind, found in _kinds(names.take(pa.array(suspect)), in_header=True):
            for number in suspect[found].tolist():
                # Of a page about a table the first row is a header too.
                if contacts.is_let_through(kind, number, called):
                    continue
                yield kind, f"column {self.columns[number].column.letter}, the header"

    def _cells(self, *, firms: bool, things: bool, titles: bool) -> Iterator[tuple[str, str]]:
        units = next((cells for cells in self.columns if cells.share(contacts.UNIT) >= _NEARLY_ALL), None)
        for batch in _batches(self.columns):
            texts = batch[0].texts if len(batch) == 1 else pa.concat_arrays([cells.texts for cells in batch])
            ends = np.cumsum([len(cells.texts) for cells in batch])
            for cells, suspect in zip(batch, np.split(matching(texts, _SUSPECT), ends[:-1]), strict=True):
                for kind, hit in _of_column(cells, np.flatnonzero(suspect), units, alone=len(self.columns) == 1):
                    # A thing may be called too, but has no mailbox.
                    called = firms or (things and kind == PHONE)
                    theirs = called and contacts.of_a_firm(cells, kind, hit)
                    if kind == ADDRESS:
                        theirs |= things and contacts.of_a_thing(cells, hit)
                        theirs |= titles and contacts.in_titles(cells, hit)
                    if kind in contacts.CONTACTS and not theirs:
                        theirs = self._tell_whom_to_ask(cells.standing(hit))
                    if not theirs:
                        yield kind, cells.place(hit)

    def _tell_whom_to_ask(self, rows: NDArray[np.int64]) -> bool:
        """Whether these are the few rows of the table that say who made it; of a short table, one among others."""
        number, *others = {len(cells.at) for cells in self.columns}
        if others or len(rows) > min(_MOST_MAKERS, max(number // _FEW_AMONG, int(number > 1))):
            return False
        return all(contacts.tells_whom_to_ask(self._row(row), self._row(row - 1)) for row in rows.tolist())

    def _row(self, number: int) -> str:
        """Return all texts of a row, by its position; nothing of one that is above the first."""
        if number < 0:
            return ""
        at = [cells.column.text[number].as_py() for cells in self.columns]
        return " ".join(text for text in at if text)


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


def _of_column(
    cells: Cells, suspect: NDArray[np.int64], units: Cells | None, *, alone: bool
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield each kind that the cells show, most of them by one text alone, and which texts show it.

    suspect: the positions of the texts that a closer look is worth. units: the table's unit codes. alone: the table has
    no other column, and may be lines of text.
    """
    hits: dict[str, NDArray[np.bool_]] = {}

    def add(kind: str, at: NDArray[np.int64]) -> None:
        if len(at):
            hits.setdefault(kind, np.zeros(len(cells.texts), bool))[at] = True

    if len(suspect):
        for kind, found in _kinds(cells.texts.take(pa.array(suspect)), cells.texts):
            add(kind, suspect[found])
    add(PHONE, contacts.phones_of_column(cells))
    add(ADDRESS, contacts.addresses_of_column(cells))
    if EMAIL in hits:
        hits[EMAIL][hits[EMAIL]] = ~contacts.are_offices(cells.texts.filter(pa.array(hits[EMAIL])))
    if ADDRESS in hits:
        hits[ADDRESS] = contacts.without_units(cells, hits[ADDRESS], units)
    for kind, found in hits.items():
        if (
            headers.SITE.search(cells.name)
            if kind == ADDRESS
            else kind == PHONE and headers.THING_NUMBER.search(cells.name)
        ):
            continue
        hit = _without_makers(cells, kind, found, few=not alone)
        if hit.any():
            yield kind, hit


def _without_makers(cells: Cells, kind: str, hit: NDArray[np.bool_], *, few: bool) -> NDArray[np.bool_]:
    """Leave out contacts of whoever made the table: some files have them in cells of their own, as others in notes.

    few: only where they are few among the column's texts.
    """
    if not 0 < hit.sum() <= (min(_MOST_MAKERS, len(hit) // _FEW_AMONG) if few else _MOST_MAKERS):
        return hit
    lines = cells.texts.to_pylist()
    theirs = [number for number in np.flatnonzero(hit).tolist() if contacts.is_let_through(kind, number, lines)]
    left = hit.copy()
    left[theirs] = False
    return left


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
    yield IDENTITY, matching(texts, _MASKED)
    yield from contacts.in_texts(texts).items()
    yield ADDRESS, contacts.addresses(texts, contacts.LETTERED if in_header else contacts.ANY_STREET)
    yield BIRTH, matching(texts, _BORN)
    yield NAMES, contacts.persons_within(texts)


def _of_notes(notes: Sequence[tuple[str, str]]) -> list[Finding]:
    """Find personal data in lines outside the tables; contacts of those who made the table are let through."""
    if not notes:
        return []
    texts = canonical(pa.array(_without_authors([text for _place, text in notes]), pa.string()))
    lines = texts.to_pylist()
    suspect = np.flatnonzero(matching(texts, _SUSPECT))
    found = []
    for kind, hit in _kinds(texts.take(pa.array(suspect))):
        for number in suspect[hit].tolist():
            if not contacts.is_let_through(kind, number, lines):
                found.append(Finding(kind, notes[number][0]))
    return found


_AUTHOR = re.compile(r"([^:\n]{3,60}):\s*\n")


def _without_authors(texts: Sequence[str]) -> list[str]:
    """Return notes without the name of whoever wrote them, which Excel puts before each comment and lists elsewhere."""
    whole = {text.strip() for text in texts}
    return [
        text[author.end() :] if (author := _AUTHOR.match(text)) and author[1].strip() in whole else text
        for text in texts
    ]


def of_sheets(sheets: Sequence[str]) -> list[Finding]:
    """Find persons after whom the sheets of a workbook are called: a sheet to each of them."""
    called = [canonical_text(sheet) for sheet in sheets]
    persons, given = sum(map(is_person, called)), sum(map(is_given, called))
    several = persons > 1 or given > _SHEETS_OF_GIVEN
    return [Finding(NAMES, "the names of sheets")] if several and (persons + given) * 2 >= len(called) else []


_DIGITS_OF_A_PERSON: tuple[re.Pattern[str], ...] = (
    contacts.EMAIL_IN_TEXT,
    re.compile(rf"(?<![0-9])[0-9]{{6}}[{identity_numbers.SEPARATORS}]{{0,3}}[0-9]{{5,6}}(?![0-9])"),
    re.compile(r"(?<![0-9])(?:[0-9]{2}[ ._-]){3}[0-9]{3}[ ._-]?[0-9]{2}(?![0-9])"),
    re.compile(r"(?<![0-9])[0-9]{2}[ ._-][0-9]{3}[ ._-][0-9]{3}[ ._-][0-9]{3}(?![0-9])"),
    re.compile(r"(?<![0-9])(?:[+]|00) ?47(?:[ ._-]?[0-9]){8}(?![0-9])"),
    re.compile(
        r"(?<![0-9])(?<![0-9][ _.-])(?:[2-9][0-9]{2}[ _.-][0-9]{2}[ _.-][0-9]{3}|[2-9][0-9](?:[ _.-][0-9]{2}){3}"
        r"|[49][0-9]{3}[ _.-][0-9]{4})(?![0-9])"
    ),
    # A mobile telephone, unless it can be a basic statistical unit.
    re.compile(r"(?<![0-9])(?:9[0-9]|4[1345789])[0-9]{6}(?![0-9])"),
)


def without_personal(text: str) -> str:
    """Return a file's name or the like with '…' for what looks like an identity number, e-mail address or telephone.

    For messages and logs: rather too much is taken away than too little. A text without such things is returned as is.
    """
    spelled = canonical_text(text)
    shown = spelled
    for pattern in _DIGITS_OF_A_PERSON:
        shown = pattern.sub("…", shown)
    return text if shown == spelled else shown
