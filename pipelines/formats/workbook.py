"""Delivered spreadsheets: XLSX, XLS and ODS, cell by cell as a person sees them.

Read by calamine. Whether a workbook may be opened at all is for `container` to say.
"""

import gc
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from pipelines.formats import percent_cells
from pipelines.formats.format_error import FormatError
from pipelines.formats.grid import HEAD, Block, Grid, mapped
from pipelines.formats.percent_cells import Cells


@dataclass(frozen=True)
class SheetGrid(Grid):
    """One sheet's cells, as the reader gives them."""

    cells: list[list[Any]] = field(repr=False)

    def _block(self, first: int, width: int, decimal: str) -> Block:
        """Return the cells from row `first` on; a number that a spreadsheet holds gets `decimal` as its sign."""
        body = self.cells[first - 1 :]
        across = max(map(len, body), default=0)
        with _many_objects():
            columns = [_column([row[number] for row in body], decimal) for number in range(min(across, width))]
        columns += [pa.repeat(pa.scalar(""), len(body)).dictionary_encode()] * (width - len(columns))
        beyond = [any(cell != "" for cell in row[width:]) for row in body] if across > width else []
        short = [
            (first + number, f"a value in column {width + 1}, beyond the header")
            for number, more in enumerate(beyond)
            if more
        ]
        block = Block.of(columns, np.arange(first, first + len(body)), [], width)
        return Block(block.columns, block.rows, short, block.notes)

    def lines(self) -> list[list[str]]:
        """Return all rows' cells as text."""
        return [[_text(cell, ".").strip() for cell in row] for row in self.cells]

    def part(self, rows: range, columns: slice) -> "SheetGrid":
        """Return the sheet with nothing in it but some rows and columns, all where they were."""
        return part_of(self.sheet, self.cells, rows, columns)

    def outside(self, first: int, width: int) -> Iterator[tuple[int, int, list[str]]]:
        """Yield the cells above row `first`, and those right of `width` columns from there on."""
        for number, row in enumerate(self.cells, 1):
            start = 0 if number < first else width
            cells = [_text(cell, ".").strip() for cell in row[start:]]
            if any(cells):
                yield number, start, cells


def part_of(sheet: str | None, cells: Sequence[Sequence[Any]], rows: range, columns: slice) -> SheetGrid:
    """Return a sheet with nothing in it but some rows and columns of cells, all where they were."""
    kept: list[list[Any]] = [[] for _row in cells[: rows.start]]
    inside = [[*[""] * (columns.start or 0), *row[columns]] for row in cells[rows.start : rows.stop]]
    width = max(map(len, inside), default=0)
    kept += [[*row, *[""] * (width - len(row))] for row in inside]
    head = [[_text(cell, ".").strip() for cell in row] for row in kept[: max(HEAD, rows.start + HEAD)]]
    return SheetGrid(sheet, head, kept)


def grids(content: bytes, name: str) -> list[Grid]:
    """Return the workbook's sheets. Raises FormatError."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        tables = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        with _many_objects():
            shown = percent_cells.per_cent(content)
            return [_grid(book.get_sheet_by_name(table), shown.get(table, ())) for table in tables]
    except (CalamineError, OSError, ValueError) as error:
        raise FormatError(name, [f"the spreadsheet cannot be opened ({error}); is the file whole?"]) from None
    except BaseException as error:
        # What calamine, in Rust, never expected: a panic is no Exception, and would end the process.
        if type(error).__name__ != "PanicException":
            raise
        raise FormatError(name, ["the spreadsheet cannot be opened; is the file whole?"]) from None


@contextmanager
def _many_objects() -> Iterator[None]:
    """Make millions of cells without Python looking through them for garbage again and again: a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _PerCent(float):
    """A number that its cell shows as per cent: 0.25 as 25 %."""


def _grid(sheet: CalamineSheet, shown_as_per_cent: Iterable[Cells]) -> SheetGrid:
    cells = sheet.to_python(skip_empty_area=False)
    for block in shown_as_per_cent:
        for row in cells[block.rows.start : block.rows.stop]:
            for number in range(block.columns.start, min(block.columns.stop, len(row))):
                row[number] = _PerCent(row[number]) if type(row[number]) is float else row[number]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        # A merged cell shows its text over all the cells that it covers; from the first column across, it is a title.
        if top < len(cells) and left < len(cells[top]) and not (left == 0 < right):
            value = cells[top][left]
            for row in cells[top : bottom + 1]:
                row[left : right + 1] = [value] * (min(right + 1, len(row)) - left)
    head = [[_text(cell, ".").strip() for cell in row] for row in cells[:HEAD]]
    return SheetGrid(sheet.name, head, cells)


def _column(cells: Sequence[Any], decimal: str) -> pa.DictionaryArray:
    """Return cells as distinct texts; numbers and words, which most columns consist of, all at once."""
    if not set(map(type, cells)) <= {str, float}:
        return pa.array([_text(cell, decimal) for cell in cells], pa.string()).dictionary_encode()
    numbers = pa.array([cell if type(cell) is float else None for cell in cells], pa.float64()).dictionary_encode()
    words = pa.array([cell if type(cell) is str else None for cell in cells], pa.string()).dictionary_encode()
    written = pa.array([_text(number, decimal) for number in numbers.dictionary.to_pylist()], pa.string())
    together = pa.concat_arrays([written, words.dictionary])
    indices = pc.coalesce(numbers.indices, pc.add(words.indices, len(written)))
    return mapped(pa.DictionaryArray.from_arrays(indices, together), lambda text: text)


def _text(value: Any, decimal: str) -> str:
    """Return a cell as the text that a person sees: 2021 rather than 2021.0."""
    if isinstance(value, str):
        return value
    if isinstance(value, _PerCent):
        # In decimal arithmetic: 0.07 is 7 %, and not 7.000000000000001.
        return f"{(Decimal(repr(float(value))) * 100).normalize():f} %".replace(".", decimal)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value).replace(".", decimal)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
