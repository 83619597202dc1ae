"""Delivered text files: their encoding, their separator, their cells as a spreadsheet would show them.

Cells are read by Arrow: a million rows take a second. What they mean belongs to `reading`.
"""

import csv
import io
import re
import string
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from statistics import median, mode

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from pipelines.formats.format_error import Fault, FormatError
from pipelines.formats.grid import HEAD, Block, Grid, combined, has_text, mapped
from pipelines.formats.workbook import part_of

SEPARATORS = (",", ";", "\t", "|")
_DIVIDING = "\t" + string.punctuation.replace('"', "")


@dataclass(frozen=True)
class TextGrid(Grid):
    """A text file's cells, divided by one separator."""

    content: bytes
    separator: str
    file: str

    def _block(self, first: int, width: int, decimal: str) -> Block:
        """Return the cells from row `first` on."""
        if first > len(self.head) < HEAD:
            return Block([pa.array([], pa.string()).dictionary_encode()] * width, np.array([], int), [], [])
        if self.content.count(b'"') % 2:
            raise FormatError(self.file, [self._unclosed()])
        fields = self._fields(first, width)
        short: list[tuple[int, int, str]] = []
        try:
            table = self._read(first, fields, short, threads=True)
            if short:
                short.clear()  # several threads do not know the numbers of rows
                table = self._read(first, fields, short, threads=False)
        except pa.ArrowInvalid:
            # Arrow's own words quote the row.
            raise FormatError(self.file, ["cannot be read as a table; is the file whole?"]) from None
        numbers = np.arange(first, first + table.num_rows + len(short))
        numbers = numbers[~np.isin(numbers, [number for number, _fields, _text in short])]
        columns = [combined(table.column(number)) for number in range(fields)]
        del table
        pa.default_memory_pool().release_unused()
        beyond = self._beyond(columns[width:], numbers)
        uneven = [(number, text) for number, _fields, text in short]
        uneven += [(number, f"a value in column {width + 1}, beyond the header") for number, _cells in beyond]
        return replace(Block.of(columns[:width], numbers, uneven, width), beyond=beyond)

    def lines(self) -> list[list[str]]:
        """Return all rows' cells. Raises FormatError for a row that is wrongly quoted."""
        return self._all

    @cached_property
    def _all(self) -> list[list[str]]:
        if self.content.count(b'"') % 2:
            raise FormatError(self.file, [self._unclosed()])
        return _head(self.content.decode(), self.separator)

    def part(self, rows: range, columns: slice) -> Grid:
        """Return the file with nothing in it but some rows and columns, all where they were."""
        return part_of(None, self.lines(), rows, columns)

    def _fields(self, first: int, width: int) -> int:
        """Return how many cells to read of each row: more than the header names where lines end in a separator."""
        rows = [row for row in self.head[max(first - 2, 0) :] if any(row)]
        usual = max(width, Counter(map(len, rows)).most_common(1)[0][0] if rows else 0)
        empty = sum(len(row) == usual and not any(row[width:]) for row in rows)
        return usual if empty * 2 > len(rows) else width

    @staticmethod
    def _beyond(columns: list[pa.DictionaryArray], numbers: np.ndarray) -> list[tuple[int, list[str]]]:
        """Return the rows that have something to the right of the header's last name, and what."""
        filled = np.zeros(len(numbers), bool)
        for column in columns:
            filled |= has_text(mapped(column, pc.utf8_trim_whitespace))
        cells = zip(*(column.filter(pa.array(filled)).to_pylist() for column in columns), strict=True)
        return [(int(number), list(right)) for number, right in zip(numbers[filled], cells, strict=True)]

    def _read(self, first: int, width: int, short: list[tuple[int, int, str]], *, threads: bool) -> pa.Table:
        names = [str(number) for number in range(width)]

        def note(row: pa.csv.InvalidRow) -> str:
            short.append((row.number or 0, row.actual_columns, row.text))
            return "skip"

        return pa.csv.read_csv(
            io.BytesIO(self.content),
            read_options=pa.csv.ReadOptions(column_names=names, skip_rows=first - 1, use_threads=threads),
            parse_options=pa.csv.ParseOptions(
                delimiter=self.separator,
                newlines_in_values=b'"' in self.content,
                ignore_empty_lines=False,
                invalid_row_handler=note,
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())), strings_can_be_null=False
            ),
        )

    def _unclosed(self) -> Fault:
        """Name the row in which quotation marks are opened and not closed, as far as can be told."""
        reader = csv.reader(io.StringIO(self.content.decode()), delimiter=self.separator, strict=True)
        start, number = 1, 0
        try:
            for number, _cells in enumerate(reader, 1):
                start = number + 1
        except csv.Error as error:
            return Fault(f"row {number + 1}", f"breaks off or is wrongly quoted ({error}); is the file whole?")
        return Fault(f"row {start - 1}", "has a quotation mark that is not closed; is the file whole?")


def grids(content: bytes, name: str) -> tuple[list[TextGrid], str]:
    """Return the file as each separator would divide it, the likeliest first, and its encoding. Raises FormatError."""
    text, encoding = utf8(content, name)
    first = text[: text.find(b"\n") + 1].decode()
    declared = re.fullmatch(r"sep=(.)\r?\n", first)
    if declared and declared[1] not in _DIVIDING:
        expected = "expected a sign such as ; or , or a tab. Save the file anew with one of these"
        raise FormatError(name, [Fault("row 1", f"'sep=' names what cannot divide cells; {expected}")])
    top = io.StringIO(
        "".join(islice(io.TextIOWrapper(io.BytesIO(text[: 1 << 22]), "utf-8", "ignore", newline=""), HEAD))
    )
    divided = []
    for separator in [declared[1]] if declared else SEPARATORS:
        head = _head(top.getvalue(), separator)
        if declared:
            head[0] = [first.strip()]
        wide = [len(row) for row in head if any(row)]
        fields = median(wide) if wide else 0
        # What divides the header too is likelier than a sign that many cells have in them.
        alike = wide.count(mode(wide)) / len(wide) if wide else 0
        divided.append(((fields > 1, alike, fields), TextGrid(None, head, text, separator, name)))
    ordered = sorted(divided, key=lambda likely_and_grid: likely_and_grid[0], reverse=True)
    # A file that no separator divides is one column of text.
    tables = [grid for likely, grid in ordered if likely[0] or max(map(len, grid.head), default=0) > 1] or [
        ordered[0][1]
    ]
    return tables, encoding


# Python's own limit of 131,072 signs in a cell ends the reading there, and what lies below was not searched.
csv.field_size_limit(1 << 30)


def _head(text: str, separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    # A row that breaks off is reported when the whole file is read.
    with suppress(csv.Error):
        rows.extend([cell.strip() for cell in row] for row in reader)
    return rows


# Letters of UTF-8 that were read as Latin-1: 'Ã¸' for 'ø'.
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf…†˜]|Â[\u00a0-\u00bf]|\ufffd")
_MAY_BE_MOJIBAKE = ("Ã", "Â", "\ufffd")


def utf8(content: bytes, name: str) -> tuple[bytes, str]:
    """Return the file's text as UTF-8 without a byte order mark, and the encoding it was in.

    Bytes that are valid UTF-8 are UTF-8; others are Windows' form of Latin-1, unless that gives nonsense.
    Raises FormatError naming byte and row.
    """
    encoding, encoding_name = wide_encoding(content) or ("utf-8-sig", "UTF-8")
    not_utf8 = None
    try:
        letters = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        place = f"byte {error.start:,} (row {_row_of(content, error.start)}) is not {encoding_name}"
        if encoding != "utf-8-sig":
            raise FormatError(name, [f"{place}; is the file whole?"]) from None
        not_utf8 = place
        letters, encoding_name = _latin1(content, name, place), "Latin-1"
    if "\0" in letters:
        row = letters.count("\n", 0, letters.index("\0")) + 1
        raise FormatError(
            name, [f"row {row} holds a NUL byte, read as {encoding_name}; expected text. Is it a CSV file?"]
        )
    if any(sign in letters for sign in _MAY_BE_MOJIBAKE):
        _refuse_mojibake(letters, name, encoding_name, not_utf8)
    # Text that is UTF-8 already is not copied.
    text = content.removeprefix(b"\xef\xbb\xbf") if encoding_name == "UTF-8" else letters.encode()
    return _with_line_feeds(text), encoding_name


def _with_line_feeds(text: bytes) -> bytes:
    """Let lines end as everywhere where they end with a carriage return alone, as Excel for Mac writes them."""
    if text.count(b"\r") == text.count(b"\r\n"):
        return text
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _refuse_mojibake(text: str, name: str, encoding_name: str, not_utf8: str | None) -> None:
    wrong = _MOJIBAKE.search(text)
    if wrong is None:
        return
    row = text.count("\n", 0, wrong.start()) + 1
    if not_utf8 and wrong[0] != "\ufffd":
        fault = f"{not_utf8}, though the rest of the file is; expected one encoding throughout"
    else:
        fault = f"row {row} has '{wrong[0]}', read as {encoding_name}: letters were lost in an earlier conversion"
    raise FormatError(name, [f"{fault}. Ask for the file saved as UTF-8."])


def _row_of(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def wide_encoding(content: bytes) -> tuple[str, str] | None:
    """Return the name of an encoding with two bytes a letter, for Python and for people; None for other encodings."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", "UTF-16"
    if len(content) >= 4 and content[1] == content[3] == 0:
        return "utf-16-le", "UTF-16"
    if len(content) >= 4 and content[0] == content[2] == 0:
        return "utf-16-be", "UTF-16"
    return None


def _latin1(content: bytes, name: str, place: str) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        place += f", and byte {error.start:,} (row {_row_of(content, error.start)}) is not Latin-1 either"
        raise FormatError(name, [f"{place}. Ask for the file saved as UTF-8."]) from None
