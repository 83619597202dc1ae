"""What a look into a workbook's container gives: what a person should know about it, or why it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

# A reader allocates rows x columns for each sheet, however few cells hold a value: a million rows of 50 columns.
MOST_CELLS = 50_000_000
# One shared text or repeated cell is copied into each cell that shows it.
MOST_TEXT_BYTES = 1_000_000_000
# As many rows as a sheet has; a filtered table of 200,000 rows has far fewer.
_MOST_HIDDEN_ROWS = 1_048_576


@dataclass(frozen=True)
class HiddenTable:
    """Rows that no sheet shows. place: what they are, for people. columns: the cells, as many of each."""

    place: str
    header: tuple[str, ...]
    columns: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True)
class Contained:
    """What a person should know about a workbook that may be read. Rows and columns are numbered from 1.

    formulas: per sheet the number of formula cells and the first one ('C12'); a reader gives their cached values.
    errors: per sheet the cells whose formula failed (#DIV/0!), which a reader gives as empty. uncalculated: per sheet
    the cells whose formula was saved without a result.
    texts: place and text of everything in the file that is no cell's value, for the personal data guard: comments, text
    boxes, headers, document properties, names, lists to choose from, formats, metadata of images, and what no program
    shows. tables: rows behind pivot tables, for the same guard.
    """

    formulas: dict[str, tuple[int, str]]
    hidden_sheets: tuple[str, ...]
    hidden_rows: dict[str, frozenset[int]]
    hidden_columns: dict[str, frozenset[int]]
    texts: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    tables: tuple[HiddenTable, ...] = field(default=(), compare=False)
    errors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    uncalculated: dict[str, tuple[str, ...]] = field(default_factory=dict)


class ContainerError(ValueError):
    """A workbook that is refused unread; `faults` say what was found, why it is refused and what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("; ".join(self.faults))


def check_extent(extents: Sequence[tuple[str, int, int]]) -> None:
    """Refuse sheets (name, rows, columns) whose ranges together hold more cells than a reader can allocate.

    Raises ContainerError.
    """
    total = sum(rows * columns for _name, rows, columns in extents)
    if total <= MOST_CELLS:
        return
    name, rows, columns = max(extents, key=lambda extent: extent[1] * extent[2])
    raise ContainerError(
        [
            f"sheet '{name}' reaches down to row {rows:,} and out to column {columns:,} ({column_letters(columns)}); "
            f"all sheets together span {total:,} cells, more than the {MOST_CELLS:,} that are read. Is there a "
            "stray value far from the table? Delete the rows below and the columns beside the table, and save again"
        ]
    )


def column_letters(number: int) -> str:
    """Return the letters of a column: 1 is A, 28 is AB."""
    letters = ""
    while number > 0:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of a column: A is 1, AB is 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def check_hidden_rows(sheets: Mapping[str, Sequence[tuple[int, int]]]) -> None:
    """Refuse more hidden rows, given per sheet as (first, last), than a sheet has. Raises ContainerError."""
    total = sum(last - first + 1 for spans in sheets.values() for first, last in spans)
    if total > _MOST_HIDDEN_ROWS:
        raise ContainerError([f"{total:,} rows are hidden; show or delete them, and save again"])


def hidden_numbers(spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Return the numbers in spans (first, last) that may overlap, up to the last row that a sheet has."""
    edges = np.zeros(_MOST_HIDDEN_ROWS + 2, np.int32)
    for first, last in spans:
        if 0 < first <= min(last, _MOST_HIDDEN_ROWS):
            edges[first] += 1
            edges[min(last, _MOST_HIDDEN_ROWS) + 1] -= 1
    return frozenset(np.flatnonzero(np.cumsum(edges) > 0).tolist())


def whole_number(text: str) -> int | None:
    """Return a whole number as it stands in markup; None for other text and for more than 12 digits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None
