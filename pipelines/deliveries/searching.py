"""Everything that a delivered file says, shown to the personal data guard before anything of it is stored or quoted.

A table is searched column by column. What lies above, beside and below it is a table too, and its lines are notes; so
are the texts of a container, a cube or a GeoJSON file that are no cells. What counts as personal is for
`guards.personal` to say, and what can be searched at all for `guards.container`.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.faults import PersonalData, Unsearchable, as_delivery_error
from pipelines.deliveries.opened import Match, Opened, header_of
from pipelines.formats import px
from pipelines.formats.cube import CubeGrid
from pipelines.formats.format_error import Fault, FormatError
from pipelines.formats.grid import Block, Grid, letter
from pipelines.formats.px.keywords import decoded, statements
from pipelines.formats.text import TextGrid, wide_encoding
from pipelines.guards import personal
from pipelines.guards.personal import TextColumn, identity_numbers
from pipelines.guards.personal.contacts import CONTACTS

# A table that is interrupted by empty rows more often than this is one table.
_MOST_PIECES = 50
_FEWEST_ROWS = 3
_MOST_KEYS = 1_000
# A text in quotes of JSON, whatever stands in it, and a number that could be somebody's.
_JSON_TEXT = re.compile(rb'"((?:[^"\\]|\\.)*+)"')
_JSON_NUMBER = re.compile(rb'":\s*([0-9]{8,12})(?:\.0+)?(?=[\s,\]}])')
_IN_A_LIST = re.compile(rb"(?<=[\s,\[])([0-9]{10,12})(?:\.0+)?(?=[\s,\]])")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# Bytes written as letters (base64 of a message, a picture or another file; uuencode), and digits written as HTML may.
_RUNS = rb"[A-Za-z0-9+/_-]{300,}|(?:[A-Za-z0-9+/]{60,76}\r?\n){3,}"
_WRITTEN_OTHERWISE = rb"(?:^|\n)begin [0-7]{3,4} |&#(?:4[89]|5[0-7]|[xX]3[0-9]);"
_ALL_OF_THEM = (re.compile(rb"[a-z]"), re.compile(rb"[A-Z]"), re.compile(rb"[0-9]"))
_FEW = 0.01
_CELLS_OF_PX = ("STUB", "HEADING", "VALUES", "CODES")


Line = tuple[int, int, Sequence[str]]
"""Number of the row, number of the first column (from 0), and the cells from there on."""


@as_delivery_error()
def search(opened: Opened, found: Match | None, name: str, content: bytes, *, vouched: bool = False) -> tuple[str, ...]:
    """Search all of a file. Raises PersonalData, which tells kinds and places and no more.

    found: the table that a contract fits. name: the file's own name, as it is. vouched: somebody says that what is
    found are no persons: all but numbers of persons is let through. Returns the kinds of what was let through.
    """
    if opened.contained is None:
        _see_that_it_is_plain(opened.name, content)
    notes = [("the file's name", name), *_loose_texts(opened, content)]
    tables: list[list[TextColumn]] = []
    around: list[list[TextColumn]] = []
    # A text file is one table, whichever separator it is read with; of a workbook every sheet is looked at.
    whole = opened.grids if opened.grids and opened.grids[0].sheet is not None else opened.grids[:1]
    for grid in [found.grid] if found is not None and found.grid.sheet is None else whole:
        lines = list(_of_grid(grid, found if found is not None and found.grid is grid else None, tables))
        notes += [
            (f"{grid.place}row {row}", text) for row, _column, cells in lines if (text := " ".join(filter(None, cells)))
        ]
        around += _tables_of(lines, grid.sheet)
    findings = [finding for table in tables for finding in personal.findings(table)]
    findings += [finding for table in around for finding in personal.findings(table) if finding.kind not in CONTACTS]
    findings += personal.findings([], notes)
    findings += personal.of_sheets([grid.sheet for grid in opened.grids if grid.sheet is not None])
    findings += _of_hidden_tables(opened)
    findings += _of_numbers_in_json(content)
    if opened.grids and isinstance(opened.grids[0], TextGrid):
        findings += _of_plain_json(content)
    if found is None and not findings:
        findings += _divided_otherwise(opened.grids[1:])
    _refuse(
        opened.name, [finding for finding in findings if not vouched or finding.kind in personal.NUMBERS_OF_PERSONS]
    )
    return tuple(sorted({finding.kind for finding in findings}))


def _of_hidden_tables(opened: Opened) -> Iterator[personal.Finding]:
    """Yield what is found in the rows behind pivot tables."""
    for table in opened.contained.tables if opened.contained is not None else ():
        if not table.columns:
            continue
        rows = np.arange(2, len(table.columns[0]) + 2)
        texts = [pa.array(column, pa.string()) for column in table.columns]
        for finding in personal.findings(_columns(None, table.header, texts, rows)):
            yield replace(finding, place=f"{table.place}, {finding.place}")


def _divided_otherwise(grids: Sequence[Grid]) -> Iterator[personal.Finding]:
    """Yield numbers of persons that a text file has where another of its signs divides the cells."""
    for grid in grids:
        if isinstance(grid, TextGrid):
            tables: list[list[TextColumn]] = []
            with suppress(FormatError):
                list(_of_grid(grid, None, tables))
            found = [finding for table in tables for finding in personal.findings(table)]
            yield from (finding for finding in found if finding.kind in personal.NUMBERS_OF_PERSONS)


def search_lines(content: bytes, name: str) -> None:
    """Search a file that cannot be read as a table line by line.

    Raises PersonalData, and Unsearchable for what is no text: nothing can be seen in what is packed, encrypted or in an
    unknown encoding.
    """
    _see_that_it_is_plain(name, content)
    wide = wide_encoding(content)
    text = content.decode(wide[0] if wide else "utf-8", "replace")
    if not wide and "\ufffd" in text:
        text = content.decode("cp1252", "replace")
    strange = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if strange > _FEW * len(text) + 1:
        raise Unsearchable(name, ["is no text"])
    lines = text.replace("\0", "").splitlines()
    column = TextColumn(None, "", "", pa.array(lines, pa.string()), np.arange(1, len(lines) + 1))
    in_lines = [replace(found, place=found.place.replace("column , ", "")) for found in personal.findings([column])]
    _refuse(name, in_lines)
    if strange:
        raise Unsearchable(name, ["holds what is no text"])


def _see_that_it_is_plain(name: str, content: bytes) -> None:
    """Refuse text in which something else is packed. Raises Unsearchable."""
    wide = wide_encoding(content)
    if wide:
        content = content.decode(wide[0], "replace").encode()
    # Arrow's expressions take a tenth of the time of Python's, which would look at each letter of a large file.
    offsets = pa.py_buffer(np.array([0, len(content)], np.int64))
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(content)])
    if pc.match_substring_regex(whole, _WRITTEN_OTHERWISE)[0].as_py():
        raise Unsearchable(name, ["holds digits or bytes written as other letters, as web pages and messages may"])
    if not pc.match_substring_regex(whole, _RUNS)[0].as_py():
        return
    # Outlines of areas are long rows of hexadecimal digits, in large letters or in small ones.
    if any(all(kind.search(run[0]) for kind in _ALL_OF_THEM) for run in re.finditer(_RUNS, content)):
        raise Unsearchable(
            name, ["holds packed bytes (base64, as of an attachment or a picture); deliver the table alone, as CSV"]
        )


def _refuse(name: str, findings: Sequence[personal.Finding]) -> None:
    if findings:
        faults = [Fault(finding.place, f"seems to hold {finding.kind}") for finding in dict.fromkeys(findings)]
        raise PersonalData(name, faults)


# --- tables -----------------------------------------------------------------------------------------------------------


def _of_grid(grid: Grid, found: Match | None, tables: list[list[TextColumn]]) -> Iterator[Line]:
    """Add the grid's table to `tables`, and yield the lines above, beside and below it."""
    row = found.row if found is not None else grid.likely_header
    depth = found.contract.across.rows if found is not None and found.contract.across is not None else 1
    first = (found.contract.first_row if found is not None else None) or row + depth
    head = header_of(grid, row)
    width = max(1, *(len(header_of(grid, row + number)) for number in range(depth)))
    block = grid.block(first, width, found.contract.written_sign if found is not None else ".")
    names = head + [""] * (width - len(head))
    tables += _pieces(grid.sheet, names, block)
    # The header itself is searched with its columns.
    yield from (line for line in grid.outside(first, width) if line[:2] != (row, 0))
    yield from ((number, 0, [text]) for number, text in block.notes)
    yield from ((number, width, [cell.strip() for cell in cells]) for number, cells in block.beyond)
    if isinstance(grid, TextGrid):
        yield from ((number, 0, _cells(text, grid.separator)) for number, text in block.short)


def _pieces(sheet: str | None, names: list[str], block: Block) -> Iterator[list[TextColumn]]:
    """Yield a table, and each part of it between empty rows: two tables may stand below each other."""
    yield _columns(sheet, names, block.columns, block.rows)
    ends = [*(np.flatnonzero(np.diff(block.rows) > 1) + 1).tolist(), len(block.rows)]
    if not 1 < len(ends) <= _MOST_PIECES:
        return
    for start, end in zip([0, *ends], ends, strict=False):
        if end - start < _FEWEST_ROWS:
            continue
        part = [column.slice(start, end - start) for column in block.columns]
        top = [column[0].as_py() or "" for column in part]
        if start and not any(_is_number(cell) for cell in top):
            yield _columns(sheet, top, [column.slice(1) for column in part], block.rows[start + 1 : end])
        else:
            yield _columns(sheet, names, part, block.rows[start:end])


def _tables_of(lines: list[Line], sheet: str | None) -> Iterator[list[TextColumn]]:
    """Yield a table for each run of lines without an empty row between; its header is its widest row."""
    runs: list[list[Line]] = []
    for line in lines:
        if not any(line[2]):
            continue
        if runs and runs[-1][-1][0] + 1 == line[0] and runs[-1][-1][1] == line[1]:
            runs[-1].append(line)
        else:
            runs.append([line])
    for run in runs:
        if len(run) < _FEWEST_ROWS:
            continue
        width = max(len(cells) for _row, _column, cells in run)
        rows = [[*cells, *[""] * (width - len(cells))] for _row, _column, cells in run]
        filled = [sum(map(bool, cells)) for cells in rows]
        at = filled.index(max(filled))
        texts = [pa.array(list(column), pa.string()) for column in zip(*rows[at + 1 :], strict=True)]
        if texts:
            numbers = np.array([row for row, _column, _cells in run[at + 1 :]])
            yield _columns(sheet, rows[at], texts, numbers, run[0][1])
        yield from _tables_of(run[:at], sheet)


def _columns(
    sheet: str | None, names: Sequence[str], texts: Sequence[pa.Array], rows: np.ndarray, first: int = 0
) -> list[TextColumn]:
    return [
        TextColumn(sheet, name, letter(first + number), text, rows)
        for number, (name, text) in enumerate(zip(names, texts, strict=True))
    ]


def _is_number(cell: str) -> bool:
    return bool(cell) and not cell.strip("0123456789.,+- \u00a0%")


def _cells(text: str, separator: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=separator), [])]
    except csv.Error:
        return [text]


# --- texts that are no cells ------------------------------------------------------------------------------------------


def _loose_texts(opened: Opened, content: bytes) -> Iterator[tuple[str, str]]:
    """Yield place and text of what stands in the file and in no grid of it."""
    yield from opened.notes
    if opened.contained is not None:
        yield from opened.contained.texts
    elif px.looks_like_px(content) and isinstance(opened.grids[0], CubeGrid):
        yield from _texts_of_px(content, opened.name)
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        yield from _texts_of_json(content, opened.grids)


def _texts_of_px(content: bytes, name: str) -> Iterator[tuple[str, str]]:
    for statement in statements(decoded(content, name), name)[0]:
        if statement.language is None and statement.keyword in _CELLS_OF_PX:
            continue
        # A text may go on in the next line, in quotes of its own.
        yield f"line {statement.line}, {statement.keyword}", re.sub(r'"\s*\n\s*"', "", statement.value)


def _texts_of_json(content: bytes, grids: Sequence[Grid]) -> Iterator[tuple[str, str]]:
    """Yield each text of a JSON file that no cell has, with the key before it.

    They are found in the bytes, so that of a key that is repeated each text is seen. (RFC 8259)
    """
    cells = {
        text for grid in grids for column in grid.block(2, len(grid.head[0])).columns for text in _distinct(column)
    }
    seen: set[bytes] = set()
    key, line, counted = "", 1, 0
    keys: list[tuple[str, str]] = []
    for found in _JSON_TEXT.finditer(content):
        is_key = content[found.end() : found.end() + 20].lstrip()[:1] == b":"
        if found[1] not in seen:
            seen.add(found[1])
            line, counted = line + content.count(b"\n", counted, found.start()), found.start()
            text = _unescaped(found[1])
            if is_key:
                keys.append((f"line {line}, a key", text))
            elif text not in cells:
                yield f"line {line}" + (f", under '{personal.without_personal(key)}'" if key else ""), text
        if is_key:
            key = _unescaped(found[1])
    # Behind the others, so that a telephone stands beside the name and the e-mail address of the same contact.
    yield from keys
    numbers = {number.decode() for number in _JSON_NUMBER.findall(content)}
    yield from (("a number of the file", number) for number in sorted(numbers - cells))


def _without_blanks(content: bytes) -> bytes:
    """Return a text from its first sign on, without a byte order mark."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")


def _of_numbers_in_json(content: bytes) -> Iterator[personal.Finding]:
    """Yield what is found in the lists of numbers of a JSON file, weighed against each other: most are amounts."""
    if not _without_blanks(content).startswith((b"{", b"[")):
        return
    numbers = [number.decode() for number in dict.fromkeys(_IN_A_LIST.findall(content))]
    column = TextColumn(None, "", "", pa.array(numbers, pa.string()), np.arange(1, len(numbers) + 1))
    if any(finding.kind in personal.NUMBERS_OF_PERSONS for finding in personal.findings([column])):
        yield personal.Finding(identity_numbers.IDENTITY, "a list of numbers in the file")


def _of_plain_json(content: bytes) -> Iterator[personal.Finding]:
    """Yield what is found in lists of objects, each of which is a row: what programs give out that know no tables."""
    if not _without_blanks(content).startswith(b"["):
        return
    try:
        whole = orjson.loads(content)
    except orjson.JSONDecodeError:
        return
    for place, rows in _lists_of_objects(whole, "the file"):
        names = list(dict.fromkeys(name for row in rows for name in row))[:_MOST_KEYS]
        texts = [pa.array([_as_text(row.get(name)) for row in rows], pa.string()) for name in names]
        for finding in personal.findings(_columns(None, names, texts, np.arange(1, len(rows) + 1))):
            yield replace(finding, place=f"a list in {place}, {finding.place}")


def _lists_of_objects(held: object, place: str) -> Iterator[tuple[str, list[dict[str, object]]]]:
    if isinstance(held, list):
        objects = [entry for entry in held if isinstance(entry, dict)]
        if len(objects) >= _FEWEST_ROWS:
            yield place, objects
        for entry in held:
            if isinstance(entry, dict | list):
                yield from _lists_of_objects(entry, place)
    elif isinstance(held, dict):
        for key, entry in held.items():
            if isinstance(entry, dict | list):
                yield from _lists_of_objects(entry, f"'{personal.without_personal(key)}'")


def _as_text(value: object) -> str | None:
    return None if value is None or isinstance(value, dict | list) else str(value)


def _unescaped(raw: bytes) -> str:
    try:
        return str(orjson.loads(b'"' + raw + b'"'))
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")


def _distinct(column: pa.Array) -> list[str]:
    found: list[str] = pc.unique(column.cast(pa.string())).to_pylist()
    return found
