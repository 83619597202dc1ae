"""One sheet of an XLSX: how far it reaches, its formulas, what is hidden in it, and its texts that are no cells.

A sheet is counted by regular expressions over its bytes, as every common program writes it, and only what is left
without the plain cells is parsed; one written otherwise (other quotes, a prefix, cells without a reference) is parsed
whole, which takes longer and finds the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from pipelines.guards.container.archive import Archive
from pipelines.guards.container.contained import column_letters, column_number, whole_number
from pipelines.guards.container.markup import Attributes
from pipelines.guards.container.shared import SharedTexts
from pipelines.guards.container.texts import PartTexts, Texts, gather

# A cell as the common programs write it: <c r="B7" s="2" t="s"> with content, or closed at once and so empty.
_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?: [a-z]+="\w*")*+>')
_EMPTY_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: [a-z]+="\w*")*+ ?/>')
# Two searches, each for fixed letters first: as one they take ten times as long.
_OTHER_CELL = re.compile(rb'<c(?! r=")[\s/>]')
_PREFIXED = re.compile(rb":(?:c|row|f|col)[\s/>]")
_ROW_WITHOUT_NUMBER = re.compile(rb'<row(?! r=")[\s/>]')
_DIGITS = b"0123456789"
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORMULA = re.compile(rb"<f[\s/>]")
_SHARED = re.compile(rb't="s"[^<>]*><v>([0-9]{1,9})</v>')
# What a reader gives whole: a cell with its value; and a formula with a result, without long numbers or words with
# numbers or addresses in them.
_PLACE = rb"[A-Z]{1,3}[0-9]{1,7}"
_SAFE_FORMULA = (
    rb'<f(?: t="shared"| t="array"| ref="' + _PLACE + rb"(?::" + _PLACE + rb')?"| si="[0-9]{1,7}"| ca="1")*+(?:/>|>(?:'
    # Column and row of a cell, other letters and signs, a short number; words, a sheet's name, an escaped sign.
    rb"[A-Z][$]?[0-9]{1,7}(?![0-9])|[^<\"'&@0-9]|[0-9]{1,5}(?![0-9])"
    rb"|\"[^\"<&@0-9]{0,60}\"|'[^'<&@0-9]{0,31}'|&(?:quot;[^<&@0-9]{0,60}&quot|lt|gt|amp);"
    rb")*+</f>)"
)
_PLAIN_CELL = re.compile(
    rb'<c r="' + _PLACE + rb'"(?: s="[0-9]{1,6}")?(?: t="(?:s|n|b|str|inlineStr)")?'
    rb"(?:/>|>(?:<v>[^<]*</v>|" + _SAFE_FORMULA + rb"<v>[^<]+</v>"
    rb'|<is><t(?: xml:space="preserve")?>[^<]*</t></is>)?</c>)'
)
_PLAIN_ROW = re.compile(rb'<row r="[0-9]{1,7}"(?: spans="[0-9]{1,5}:[0-9]{1,5}")?(?:/>|></row>)')
_REFERENCE = re.compile(r"([A-Za-z]{1,7})([0-9]{1,10})")
_LAST_COLUMN = 16_384


@dataclass
class Sheet:
    """What one sheet holds, as far as it has been looked through."""

    name: str
    rows: int = 0
    columns: int = 0
    formulas: int = 0
    first_formula: str = ""
    errors: list[str] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


class _UnusualMarkup(Exception):
    """The sheet is not written as the common programs do."""


def look_through(archive: Archive, part: str, name: str, texts: Texts, shared: SharedTexts) -> Sheet:
    """Return what the sheet called `name` in this part of the package holds. Raises ContainerError."""
    sheet = Sheet(name)
    try:
        rest = _without_plain_cells(archive.tags(part), sheet, shared)
        gather(rest, part, _Parser(sheet, texts, shared, whole=False))
    except _UnusualMarkup:
        sheet = Sheet(name)
        gather(archive.blocks(part), part, _Parser(sheet, texts, shared, whole=True))
    return sheet


def _without_plain_cells(blocks: Iterable[bytes], sheet: Sheet, shared: SharedTexts) -> Iterator[bytes]:
    """Count a sheet by its bytes, and yield what is not plainly a cell or an empty row.

    Raises _UnusualMarkup where a cell is not written as expected.
    """
    columns, last = set[bytes](), b""
    for block in blocks:
        cells = _CELL.findall(block)
        opened = block.count(b"<c ")
        if opened != len(cells) and opened != len(cells) + len(_EMPTY_CELL.findall(block)):
            raise _UnusualMarkup
        if any(unusual.search(block) for unusual in (_OTHER_CELL, _PREFIXED, _ROW_WITHOUT_NUMBER)):
            raise _UnusualMarkup
        if cells:
            joined = b" ".join(cells)
            columns.update(joined.translate(None, _DIGITS).split())
            rows = np.array(joined.translate(None, _LETTERS).split(), "S7").astype(np.int64)
            sheet.rows = max(sheet.rows, int(rows.max()))
        _count_formulas(block, last, sheet)
        last = cells[-1] if cells else last
        if b't="s"' in block:
            shared.use(np.array(_SHARED.findall(block), "S9").astype(np.int64))
        yield _PLAIN_ROW.sub(b"", _PLAIN_CELL.sub(b"", block))
    sheet.columns = max(sheet.columns, max((column_number(letters.decode()) for letters in columns), default=0))


def _count_formulas(block: bytes, last: bytes, sheet: Sheet) -> None:
    """Count the formulas of a block; `last` is the cell that was open when it began."""
    count = len(_FORMULA.findall(block))
    if count and not sheet.formulas:
        at = _FORMULA.search(block)
        before = _CELL.findall(block, 0, at.start() if at else len(block))
        sheet.first_formula = (before[-1] if before else last).decode()
    sheet.formulas += count


class _Parser(PartTexts):
    """Places the cells of a sheet as a reader does: a cell or row without a reference follows the one before.

    What a cell says is a reader's to give; all other texts are kept. whole: formulas were not counted before.
    """

    def __init__(self, sheet: Sheet, texts: Texts, shared: SharedTexts, *, whole: bool) -> None:
        super().__init__(texts, f"sheet '{sheet.name}'")
        self.sheet = sheet
        self._shared, self._whole = shared, whole
        self._row = self._column = 0
        self._has_content = True
        self._in_cell = self._in_formula = self._in_reading = False
        self._kind = ""
        self._given: list[str] = []
        self._formula: list[str] | None = None

    def start(self, tag: str, attributes: Attributes) -> None:
        """Count a row, a column, a cell or a formula; keep what else an element says."""
        if tag == "row":
            self._row = whole_number(attributes.get("r", "")) or self._row + 1
            self._column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.sheet.hidden_rows.add(self._row)
        elif tag == "c":
            self._place_cell(attributes)
        elif tag in ("v", "is", "f") and not self._has_content:
            self._has_content = True
            self.sheet.rows = max(self.sheet.rows, self._cell_row)
            self.sheet.columns = max(self.sheet.columns, self._column)
        if tag == "f" and self._in_cell:
            self._formula = self._formula or []
            if self._whole:
                self.sheet.formulas += 1
                self.sheet.first_formula = self.sheet.first_formula or self._reference
        elif tag == "col":
            self._note_hidden_columns(attributes)
        self._in_formula = tag == "f"
        self._in_reading = self._in_reading or tag == "rPh"
        super().start(tag, attributes)

    def end(self, tag: str) -> None:
        """Say of a cell that ends what became of its formula."""
        super().end(tag)
        if tag == "c":
            self._end_cell()
        elif tag == "f":
            self._in_formula = False
        elif tag == "rPh":
            self._in_reading = False

    def text(self, given: str) -> None:
        """Take a part of a cell's value or formula, or of any other text."""
        if self._in_formula and self._formula is not None:
            self._formula.append(given)
        elif self._in_cell and not self._in_reading:
            self._given.append(given)
        else:
            super().text(given)

    @property
    def _reference(self) -> str:
        return f"{column_letters(self._column)}{self._cell_row}"

    def _place_cell(self, attributes: Attributes) -> None:
        self._has_content, self._in_cell = False, True
        reference = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._cell_row = int(reference[2]) if reference else self._row
        self._column = column_number(reference[1]) if reference else self._column + 1
        self._kind = attributes.get("t", "n")
        if self._kind == "e":
            self.sheet.errors.append(self._reference)

    def _end_cell(self) -> None:
        value = "".join(self._given).strip()
        if self._formula is not None:
            self._texts.keep_formula(f"formula in cell {self._reference} on {self._where}", "".join(self._formula))
            # A formula may give an empty text, but no empty number.
            if not value and self._kind != "str":
                self.sheet.uncalculated.append(self._reference)
        elif self._kind == "s" and (number := whole_number(value)) is not None:
            self._shared.use(np.array([number], np.int64))
        self._in_cell, self._formula = False, None
        self._given.clear()

    def _note_hidden_columns(self, attributes: Attributes) -> None:
        first, last = whole_number(attributes.get("min", "")), whole_number(attributes.get("max", ""))
        if first and last and attributes.get("hidden") in ("1", "true"):
            self.sheet.hidden_columns.append((first, min(last, _LAST_COLUMN)))

    def place(self, tag: str) -> str:
        """Say where a text stands; page headers belong to the sheet."""
        if tag.endswith(("Header", "Footer")):
            return f"page header or footer of {self._where}"
        return super().place(tag)
