"""One sheet of an XLSX: how far it reaches, its formulas, what is hidden in it.

A sheet is counted by regular expressions over its bytes, as every common program writes it; one written otherwise
(other quotes, a prefix, cells without a reference) is parsed, which takes longer and finds the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import unescape

import numpy as np

from pipelines.guards.container.archive import Archive
from pipelines.guards.container.contained import (
    MOST_TEXT_BYTES,
    ContainerError,
    column_letters,
    column_number,
    whole_number,
)
from pipelines.guards.container.markup import Attributes, walk
from pipelines.guards.container.texts import Texts

# A cell as the common programs write it: <c r="B7" s="2" t="s"> with content, or closed at once and so empty.
_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?: [a-z]+="\w*")*+>')
_EMPTY_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: [a-z]+="\w*")*+ ?/>')
# Two searches, each for fixed letters first: as one they take ten times as long.
_OTHER_CELL = re.compile(rb'<c(?! r=")[\s/>]')
_PREFIXED = re.compile(rb":(?:c|row|f|col)[\s/>]")
_DIGITS = b"0123456789"
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORMULA = re.compile(rb"<f[\s/>]")
_ROW = re.compile(rb"<row\s[^<>]*>")
_COLUMN = re.compile(rb"<col\s[^<>]*>")
_ATTRIBUTE = re.compile(rb"""\s([\w:]+)\s*=\s*["']([^"']*)["']""")
_ERROR = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^<>]* t="e"')
_HEADER = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)[^<>]*>([^<]+)")
_SHARED = re.compile(rb'<c [^<>]*t="s"[^<>]*><v>([0-9]{1,9})</v>')
_REFERENCE = re.compile(r"([A-Za-z]{1,7})([0-9]{1,10})")
_LAST_COLUMN = 16_384


@dataclass
class Sheet:
    """What one sheet holds, as far as it has been looked through."""

    name: str
    texts: Texts
    rows: int = 0
    columns: int = 0
    formulas: int = 0
    first_formula: str = ""
    shared: int = 0
    errors: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


class _UnusualMarkup(Exception):
    """The sheet is not written as the common programs do."""


def look_through(archive: Archive, part: str, name: str, texts: Texts) -> Sheet:
    """Return what the sheet called `name` in this part of the package holds. Raises ContainerError."""
    try:
        return _counted(archive, part, name, texts)
    except _UnusualMarkup:
        return _parsed(archive, part, name, texts)


def _counted(archive: Archive, part: str, name: str, texts: Texts) -> Sheet:
    """Look through a sheet by its bytes. Raises _UnusualMarkup where a cell is not written as expected."""
    sheet, columns, last = Sheet(name, texts), set[bytes](), b""
    for block in archive.tags(part):
        cells = _CELL.findall(block)
        opened = block.count(b"<c ")
        if opened != len(cells) and opened != len(cells) + len(_EMPTY_CELL.findall(block)):
            raise _UnusualMarkup
        if _OTHER_CELL.search(block) or _PREFIXED.search(block):
            raise _UnusualMarkup
        if cells:
            joined = b" ".join(cells)
            columns.update(joined.translate(None, _DIGITS).split())
            rows = np.array(joined.translate(None, _LETTERS).split(), "S7").astype(np.int64)
            sheet.rows = max(sheet.rows, int(rows.max()))
        _count_formulas(block, last, sheet)
        last = cells[-1] if cells else last
        sheet.shared += block.count(b't="s"')
        if b't="e"' in block:
            sheet.errors += [cell.decode() for cell in _ERROR.findall(block)]
        _note_hidden(block, sheet)
        if b"Header" in block or b"Footer" in block:
            for text in _HEADER.findall(block):
                _keep_header(sheet, unescape(text.decode("utf-8", "replace")))
    sheet.columns = max((column_number(letters.decode()) for letters in columns), default=0)
    return sheet


def _keep_header(sheet: Sheet, text: str) -> None:
    sheet.texts.keep(f"page header or footer of sheet '{sheet.name}'", text + "\n")


def _count_formulas(block: bytes, last: bytes, sheet: Sheet) -> None:
    """Count the formulas of a block; `last` is the cell that was open when it began."""
    count = len(_FORMULA.findall(block))
    if count and not sheet.formulas:
        at = _FORMULA.search(block)
        before = _CELL.findall(block, 0, at.start() if at else len(block))
        sheet.first_formula = (before[-1] if before else last).decode()
    sheet.formulas += count


def _note_hidden(block: bytes, sheet: Sheet) -> None:
    if b"hidden" not in block:
        return
    for pattern, note in ((_ROW, _note_hidden_row), (_COLUMN, _note_hidden_columns)):
        for tag in pattern.findall(block):
            if b"hidden" in tag:
                attributes = {key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(tag)}
                note(attributes, sheet)


def _note_hidden_row(attributes: Attributes, sheet: Sheet) -> None:
    row = whole_number(attributes.get("r", ""))
    if row and attributes.get("hidden") in ("1", "true"):
        sheet.hidden_rows.add(row)


def _note_hidden_columns(attributes: Attributes, sheet: Sheet) -> None:
    first, last = whole_number(attributes.get("min", "")), whole_number(attributes.get("max", ""))
    if first and last and attributes.get("hidden") in ("1", "true"):
        sheet.hidden_columns.append((first, min(last, _LAST_COLUMN)))


class _Parser:
    """Places the cells of a sheet as a reader does: a cell or row without a reference follows the one before."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._row = self._column = 0
        self._has_content = True
        self._in_header = False

    def start(self, tag: str, attributes: Attributes) -> None:
        self._in_header = tag.endswith(("Header", "Footer"))
        if tag == "row":
            self._row = whole_number(attributes.get("r", "")) or self._row + 1
            self._column = 0
            _note_hidden_row({**attributes, "r": str(self._row)}, self.sheet)
        elif tag == "c":
            self._place(attributes)
        elif tag in ("v", "is", "f") and not self._has_content:
            self._has_content = True
            self.sheet.rows = max(self.sheet.rows, self._cell_row)
            self.sheet.columns = max(self.sheet.columns, self._column)
        if tag == "f":
            self.sheet.formulas += 1
            self.sheet.first_formula = self.sheet.first_formula or f"{column_letters(self._column)}{self._cell_row}"
        elif tag == "col":
            _note_hidden_columns(attributes, self.sheet)

    def _place(self, attributes: Attributes) -> None:
        self._has_content = False
        reference = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._cell_row = int(reference[2]) if reference else self._row
        self._column = column_number(reference[1]) if reference else self._column + 1
        self.sheet.shared += attributes.get("t") == "s"
        if attributes.get("t") == "e":
            self.sheet.errors.append(f"{column_letters(self._column)}{self._cell_row}")

    def text(self, text: str) -> None:
        if self._in_header and text.strip():
            _keep_header(self.sheet, text)


def _parsed(archive: Archive, part: str, name: str, texts: Texts) -> Sheet:
    parser = _Parser(Sheet(name, texts))
    walk(archive.blocks(part), part, parser.start, text=parser.text)
    return parser.sheet


def check_shared_texts(archive: Archive, sheets: Mapping[str, Sheet]) -> None:
    """Refuse texts shared by so many cells that copying them fills the memory. Raises ContainerError."""
    part = next((name for name in archive.names if name.lower().endswith("sharedstrings.xml")), None)
    cells = sum(sheet.shared for sheet in sheets.values())
    if part is None or not cells:
        return
    lengths = _text_lengths(archive, part)
    if cells * int(lengths.max(initial=0)) <= MOST_TEXT_BYTES:
        return
    total = 0
    for name in sheets:
        for block in archive.tags(name):
            used = np.array(_SHARED.findall(block), "S9").astype(np.int64)
            total += int(lengths[used[used < len(lengths)]].sum())
            cells -= int(np.count_nonzero(used < len(lengths)))
    # A cell that is written otherwise is taken to hold the longest text.
    total += max(cells, 0) * int(lengths.max(initial=0))
    if total > MOST_TEXT_BYTES:
        raise ContainerError(
            [
                f"the texts of the {cells:,} cells come to {total:,} bytes, more than the {MOST_TEXT_BYTES:,} that are "
                "read, as long texts are repeated in many cells; deliver the figures as CSV, or without the texts"
            ]
        )


def _text_lengths(archive: Archive, part: str) -> np.ndarray:
    """Return the bytes of each shared text, markup included."""
    lengths: list[int] = []
    open_length = 0
    for block in archive.tags(part):
        pieces = block.split(b"</si>")
        lengths += [open_length + len(pieces[0]), *map(len, pieces[1:-1])] if len(pieces) > 1 else []
        open_length = len(pieces[-1]) + (open_length if len(pieces) == 1 else 0)
    return np.array([*lengths, open_length], np.int64)
