"""A delivered file's cells as text, one grid per sheet, whatever the format; rows are numbered as people see them."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.formats.untrusted import in_line, is_heading

HEAD = 250
"""So many rows from the top are looked through for a header."""


def letter(column: int) -> str:
    """Return the letters by which spreadsheets name a column, counted from 0: A, B, …, Z, AA, …."""
    return (letter(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


@dataclass(frozen=True)
class Place:
    """Where something stands in a file: row counted from 1, column from 0. name: of the column.

    sheet: as `Grid.place` gives it.
    """

    sheet: str = ""
    row: int | None = None
    column: int | None = None
    name: str | None = None

    @property
    def spot(self) -> str:
        """The place by numbers and letters alone, without a word of the file."""
        if self.column is None:
            return f"row {self.row}" if self.row is not None else ""
        return f"cell {letter(self.column)}{self.row}" if self.row is not None else f"column {letter(self.column)}"

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row is not None else ""
        named = f"column '{in_line(self.name)}'" if self.name is not None and is_heading(self.name) else ""
        words = ", ".join(filter(None, (row, named)))
        cell = self.spot if self.column is not None else ""
        return (self.sheet + (f"{words} ({cell})" if words and cell else words or cell)).removesuffix(", ")


def mapped(column: pa.DictionaryArray, change: Callable[[pa.Array], pa.Array]) -> pa.DictionaryArray:
    """Change every distinct text; two that become equal become one."""
    distinct = change(column.dictionary).dictionary_encode()
    if len(distinct.dictionary) == len(distinct) and not distinct.null_count:
        return pa.DictionaryArray.from_arrays(column.indices, distinct.dictionary)
    return pa.DictionaryArray.from_arrays(distinct.indices.take(column.indices), distinct.dictionary)


def combined(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column of dictionaries as one array with one dictionary."""
    if column.num_chunks == 1:
        return column.chunk(0)
    if not column.num_chunks:
        return pa.array([], pa.string()).dictionary_encode()
    whole = column.unify_dictionaries()
    indices = pa.concat_arrays([chunk.indices for chunk in whole.chunks])
    return pa.DictionaryArray.from_arrays(indices, whole.chunk(0).dictionary)


def has_text(column: pa.DictionaryArray) -> np.ndarray:
    """Tell which cells are not empty."""
    empty = pc.index(column.dictionary, "").as_py()
    return column.indices.to_numpy(zero_copy_only=False) != empty


@dataclass(frozen=True)
class Block:
    """A grid's rows from one row on: columns of trimmed text, as dictionaries, and the number of each row in the file.

    short: rows that have another number of cells than the rest. notes: lines of text below the table. beyond: the cells
    of a text file that stand right of the columns asked for, by row.
    """

    columns: list[pa.DictionaryArray]
    rows: np.ndarray
    short: list[tuple[int, str]]
    notes: list[tuple[int, str]]
    beyond: list[tuple[int, list[str]]] = field(default_factory=list)

    @classmethod
    def of(
        cls, columns: list[pa.DictionaryArray], rows: np.ndarray, short: list[tuple[int, str]], width: int
    ) -> "Block":
        """Trim the cells, leave out empty rows, and tell notes below the table from its rows.

        A note is a line with text in its first cell alone, with no row of the table after it; a line that is too short
        is one only below an empty row, since otherwise it may be where a file breaks off.
        """
        columns = [mapped(column, pc.utf8_trim_whitespace) for column in columns]
        filled = np.zeros(len(rows), np.int16)
        for column in columns:
            filled += has_text(column)
        whole = rows[filled > 1] if width > 1 else rows[filled > 0]
        below = rows[(filled == 0) & (rows > (whole[-1] if len(whole) else 0))]
        ends = int(below[0]) if len(below) else sys.maxsize
        lone = (filled == 1) & (rows > (int(whole[-1]) if len(whole) and width > 2 else ends))
        if lone.any():
            lone &= has_text(columns[0])
        notes = [(int(rows[at]), columns[0][int(at)].as_py()) for at in np.flatnonzero(lone)]
        notes += [(number, text) for number, text in short if number > ends]
        broken = [(number, text) for number, text in short if number <= ends]
        keep = (filled > 0) & ~lone
        if not keep.all():
            columns = [column.filter(pa.array(keep)) for column in columns]
            rows = rows[keep]
        return cls(columns, rows, broken, sorted(notes))

    def before_empty_row(self) -> "Block":
        """Return the rows above the first empty one."""
        gaps = np.flatnonzero(np.diff(self.rows) > 1)
        if not len(gaps):
            return self
        end = int(gaps[0]) + 1
        short = [(row, text) for row, text in self.short if row <= self.rows[end - 1] + 1]
        return Block([column.slice(0, end) for column in self.columns], self.rows[:end], short, self.notes)


@dataclass(frozen=True)
class Grid:
    """One sheet, or a text file. head: its first rows, cell by cell, not all equally long."""

    sheet: str | None
    head: list[list[str]]

    def block(self, first: int, width: int, decimal: str = ".") -> Block:
        """Return the cells from row `first` (counted from 1) on, `width` columns. Raises FormatError.

        decimal: how a number without a text of its own, as in a spreadsheet, is to be written.
        """
        asked = (first, width, decimal)
        if self._last.get("asked") != asked:
            self._last.clear()  # the personal data guard and the reader ask for the same cells: make them once
            self._last.update(asked=asked, block=self._block(first, width, decimal))
        found: Block = self._last["block"]
        return found

    def outside(self, first: int, width: int) -> Iterator[tuple[int, int, list[str]]]:
        """Yield row, first column (from 0) and cells of what stands above row `first` or right of `width` columns."""
        for number, cells in enumerate(self.head[: first - 1], 1):
            yield number, 0, cells

    def lines(self) -> list[list[str]]:
        """Return all rows' cells as text, not all equally long, with a dot as decimal sign."""
        raise NotImplementedError

    def part(self, rows: range, columns: slice) -> "Grid":
        """Return the same grid with nothing in it but the cells of some rows (from 0) and columns."""
        raise NotImplementedError

    def forget(self) -> None:
        """Free the cells that were read last."""
        self._last.clear()

    @cached_property
    def _last(self) -> dict[str, Any]:
        return {}

    def _block(self, first: int, width: int, decimal: str) -> Block:
        raise NotImplementedError

    @property
    def place(self) -> str:
        """What goes before a row in a message."""
        if self.sheet is None:
            return ""
        return f"sheet '{in_line(self.sheet)}', " if is_heading(self.sheet) else "a sheet with a long name, "

    @cached_property
    def likely_header(self) -> int:
        """Number of the row that looks most like a header: the first one with the most filled cells."""
        filled = [sum(map(bool, row)) for row in self.head]
        return filled.index(max(filled)) + 1 if filled else 1
