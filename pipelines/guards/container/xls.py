"""XLS (Excel 97-2003): a compound file of streams, and the records of the workbook among them.

Formats: [MS-CFB] for the compound file, [MS-XLS] for the records (BIFF8). Excel 95's older records are refused.
"""

import struct
from dataclasses import dataclass, field, replace

from pipelines.guards.container import parts
from pipelines.guards.container.archive import Archive
from pipelines.guards.container.binary import Unknown, strings
from pipelines.guards.container.compound import SIGNATURE, CompoundFile, Damaged
from pipelines.guards.container.contained import (
    MOST_TEXT_BYTES,
    Contained,
    ContainerError,
    check_extent,
    check_hidden_rows,
    column_letters,
    hidden_numbers,
)
from pipelines.guards.container.records import CONTINUE, drawing_texts, records, shared_texts
from pipelines.guards.container.texts import PartTexts, Texts

__all__ = ["SIGNATURE", "examine"]

_AS_XLSX = "save the sheet as XLSX without macros"
_AS_VALUES = "copy the figures as values into a new workbook and save that"
_PASSWORD = "the workbook is protected by a password and cannot be read; save it without one"  # noqa: S105
# Streams and storages that are refused, by the beginning of their name.
_REFUSED_NAMES = {
    "_VBA_PROJECT": ("macros (VBA)", "they are programs", _AS_XLSX),
    "VBA": ("macros (VBA)", "they are programs", _AS_XLSX),
    "_SX_DB": ("the hidden copy of the rows that a pivot table was made from", "nobody sees whether they are rows "
               "about persons", _AS_VALUES),
    "MBD": ("an embedded object", "its contents are not looked into", "delete the object and save again"),
    "LNK": ("a linked object", "its contents are not looked into", "delete the object and save again"),
    "Ctls": ("ActiveX controls", "they are programs", "delete the controls and save again"),
    "Revision Log": ("a history of changes", "it keeps earlier contents of cells that nobody sees", "stop sharing the "
                     "workbook and save again"),
}  # fmt: skip
_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _SUPBOOK = 0x0809, 0x000A, 0x0085, 0x002F, 0x01AE
_SST, _LABELSST, _FORMULA = 0x00FC, 0x00FD, 0x0006
_ROW, _COLINFO, _TXO, _QUERY, _CONNECTION = 0x0208, 0x007D, 0x01B6, 0x01AD, 0x0876
_MULRK, _NUMBER, _RK, _LABEL, _BOOLERR = 0x00BD, 0x0203, 0x027E, 0x0204, 0x0205
_VALUES = {_NUMBER, _RK, _LABEL, _BOOLERR, _LABELSST, _FORMULA, _MULRK}
_OWN_SHEETS, _ADD_INS = 0x0401, 0x3A01
_DRAWINGS, _DRAWING, _THEME, _THEME_GOES_ON = 0x00EB, 0x00EC, 0x0896, 0x087F
_STRING, _BLANK, _MULBLANK, _INDEX, _DBCELL, _EXTSST, _XF, _XFEXT, _MERGED, _BACKGROUND = (
    0x0207, 0x0201, 0x00BE, 0x020B, 0x00D7, 0x00FF, 0x00E0, 0x087D, 0x00E5, 0x00E9,
)  # fmt: skip
# Cells, which a reader gives, and records of numbers alone.
_SILENT = {_STRING, _BLANK, _MULBLANK, _INDEX, _DBCELL, _EXTSST, _XF, _XFEXT, _MERGED, _BACKGROUND, *_VALUES}
# What the texts of a record are, for people; those of others are called by its number.
_KINDS = {
    0x0014: "page header", 0x0015: "page footer", 0x0018: "defined name", 0x001C: "author of a comment",
    0x005C: "name of who saved the file", 0x0085: "name of a sheet", 0x009E: "filter", 0x01B0: "conditional format",
    0x01B1: "conditional format", 0x01B8: "link", 0x01BE: "list to choose from", 0x041E: "number format",
    0x0800: "tooltip", 0x100D: "chart",
}  # fmt: skip


def examine(content: bytes) -> Contained:
    """Return what a person should know about an XLS. Raises ContainerError with everything that is refused."""
    try:
        return _examine(content)
    except (Damaged, struct.error, IndexError, UnicodeDecodeError) as error:
        raise ContainerError(
            [f"the file is damaged or cut off ({error}), so nothing in it is sure; ask its sender for the file again"]
        ) from None


def _examine(content: bytes) -> Contained:
    file = CompoundFile(content)
    names = {*file.streams, *file.storages}
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise ContainerError([_PASSWORD])
    faults = {
        f"the workbook holds {what}: {why}; {todo}"
        for name in names
        for beginning, (what, why, todo) in _REFUSED_NAMES.items()
        if name.startswith(beginning)
    }
    if "Book" in names:
        faults.add("the workbook is one of Excel 5 or 95, which is not looked into; save it as XLSX")
    elif "Workbook" not in names:
        faults.add("the file holds no workbook (a document of another program?); save the figures as XLSX")
    if faults:
        raise ContainerError(sorted(faults))
    texts = Texts()
    book = _Book(texts)
    for record, body in records(file.stream("Workbook")):
        book.take(record, body)
    contained = book.contained()
    _search_others(file, texts)
    return replace(contained, texts=texts.found())


# Streams in forms of their own, with texts that stand in them as they are.
_PROPERTIES = ("\x05SummaryInformation", "\x05DocumentSummaryInformation", "\x01CompObj", "\x01Ole")


def _search_others(file: CompoundFile, texts: Texts) -> None:
    """Keep the texts of all other streams, and of what lies between them. Raises ContainerError."""
    for name in file.streams:
        if name != "Workbook":
            content = file.stream(name)
            shown = name.lstrip("\x01\x05")
            for text in strings(content) if name in _PROPERTIES else parts.texts_of(shown, content):
                texts.keep(f"part '{shown}'", text)
    for text in strings(file.unused()):
        texts.keep("what lies between the parts of the file", text)


@dataclass
class _Sheet:
    name: str
    hidden: bool
    rows: int = 0
    columns: int = 0
    formulas: int = 0
    first_formula: str = ""
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class _Book:
    """Takes the records one by one: first the workbook's own, then those of each sheet in order of its mention."""

    def __init__(self, texts: Texts) -> None:
        self._sheets: list[_Sheet] = []
        self._sheet: _Sheet | None = None
        self._begun = 0  # how many sheets have begun
        self._depth = 0  # substreams may hold others (charts)
        self._faults: set[str] = set()
        self._texts = texts
        self._shared_bodies: list[bytes] = []  # the shared texts' record and its continuations
        self._shared: list[str] = []
        self._used: set[int] = set()
        self._drawings: dict[str, list[bytes]] = {}  # by place: a drawing goes on over many records
        self._theme: list[bytes] = []
        self._letters = 0
        self._continued = 0  # the record that a continuation belongs to
        self._text_letters = 0
        self._text: list[str] = []
        self._handlers = {
            _BOUNDSHEET: self._boundsheet,
            _FILEPASS: self._filepass,
            _SUPBOOK: self._supbook,
            _QUERY: self._query,
            _CONNECTION: self._query,
            _SST: self._sst,
            _TXO: self._txo,
            CONTINUE: self._continuation,
            _THEME: self._begin_theme,
            _THEME_GOES_ON: self._continue_theme,
            _ROW: self._row,
            _COLINFO: self._colinfo,
        }

    def take(self, record: int, body: bytes) -> None:
        if record in _VALUES:
            self._value(record, body)
        elif record == _BOF:
            self._begin(body)
        elif record == _EOF:
            self._depth -= 1
        elif record in self._handlers:
            self._handlers[record](body)
        if record != CONTINUE:
            self._continued = record
        self._search(self._continued, body)

    def _search(self, record: int, body: bytes) -> None:
        """Keep the texts of a record of any kind, known or not."""
        if record in (_DRAWINGS, _DRAWING):
            self._drawings.setdefault(self._where, []).append(body)
        elif record not in {*_SILENT, _SST, _TXO, _THEME, _THEME_GOES_ON}:
            for text in strings(body):
                self._texts.keep(f"{_KINDS.get(record, f'record {record:#06x}')} on {self._where}", text)

    @property
    def _where(self) -> str:
        return f"sheet '{self._sheet.name}'" if self._sheet else "the workbook"

    def _search_gathered(self) -> None:
        """Keep the texts of what goes on over several records. Raises ContainerError."""
        for number, text in enumerate(self._shared):
            if number not in self._used:
                self._texts.keep("a text that no cell shows", text)
        for where, bodies in self._drawings.items():
            try:
                for text in drawing_texts(b"".join(bodies)):
                    self._texts.keep(f"drawing or picture on {where}", text)
            except Unknown as error:
                raise ContainerError([f"{where} holds what cannot be searched ({error}); {_AS_VALUES}"]) from None
        if (theme := b"".join(self._theme)).startswith(b"PK"):
            archive = Archive(theme)
            archive.check()
            parts.search(archive, self._texts, (), lambda part: PartTexts(self._texts, f"the theme's part '{part}'"))
        elif theme:
            for text in strings(theme):
                self._texts.keep("the workbook's theme", text)

    def _begin_theme(self, body: bytes) -> None:
        self._theme.append(body[16:])

    def _continue_theme(self, body: bytes) -> None:
        if self._theme:
            self._theme.append(body[12:])

    def contained(self) -> Contained:
        if self._faults:
            raise ContainerError(sorted(self._faults))
        self._search_gathered()
        check_extent([(sheet.name, sheet.rows, sheet.columns) for sheet in self._sheets])
        check_hidden_rows({sheet.name: sheet.hidden_rows for sheet in self._sheets})
        return Contained(
            formulas={sheet.name: (sheet.formulas, sheet.first_formula) for sheet in self._sheets if sheet.formulas},
            hidden_sheets=tuple(sheet.name for sheet in self._sheets if sheet.hidden),
            hidden_rows={sheet.name: hidden_numbers(sheet.hidden_rows) for sheet in self._sheets if sheet.hidden_rows},
            hidden_columns={
                sheet.name: hidden_numbers(sheet.hidden_columns) for sheet in self._sheets if sheet.hidden_columns
            },
            errors={sheet.name: tuple(sheet.errors) for sheet in self._sheets if sheet.errors},
        )

    def _begin(self, body: bytes) -> None:
        (kind,) = struct.unpack_from("<H", body, 2)
        self._depth += 1
        if self._depth > 1 or kind == 0x0005:
            return
        if kind == 0x0040:
            self._refuse("a sheet of Excel 4 macros", "they are programs", _AS_XLSX)
        self._shared = self._shared or shared_texts(self._shared_bodies)
        self._sheet = self._sheets[self._begun] if self._begun < len(self._sheets) else None
        self._begun += 1

    def _refuse(self, what: str, why: str, todo: str) -> None:
        self._faults.add(f"the workbook holds {what}: {why}; {todo}")

    def _boundsheet(self, body: bytes) -> None:
        state, kind, length, wide = struct.unpack_from("<BBBB", body, 4)
        text = body[8 : 8 + 2 * length].decode("utf-16-le") if wide & 1 else body[8 : 8 + length].decode("latin-1")
        if kind == 1:
            self._refuse("a sheet of Excel 4 macros", "they are programs", _AS_XLSX)
        self._sheets.append(_Sheet(text, state & 3 != 0))

    def _filepass(self, _body: bytes) -> None:
        raise ContainerError([_PASSWORD])

    def _supbook(self, body: bytes) -> None:
        (kind,) = struct.unpack_from("<H", body, 2)
        if kind not in (_OWN_SHEETS, _ADD_INS):
            self._refuse(
                "links to other workbooks",
                "their figures may be old ones of another file",
                "break the links (Data > Edit Links > Break Link) and save again",
            )

    def _query(self, _body: bytes) -> None:
        self._refuse("a connection to a database or a query", "its figures may change unseen", _AS_VALUES)

    def _sst(self, body: bytes) -> None:
        self._shared_bodies = [body]

    def _continuation(self, body: bytes) -> None:
        if self._continued == _SST:
            self._shared_bodies.append(body)
        elif self._continued == _TXO and self._text_letters > 0 and body:
            text = body[1:].decode("utf-16-le" if body[0] & 1 else "latin-1")[: self._text_letters]
            self._text_letters -= len(text)
            self._text.append(text)
            if not self._text_letters:
                self._texts.keep(f"comment or text box on {self._where}", "".join(self._text))

    def _txo(self, body: bytes) -> None:
        (self._text_letters,) = struct.unpack_from("<H", body, 10)
        self._text = []

    def _row(self, body: bytes) -> None:
        row, flags = struct.unpack_from("<H10xH", body)
        if flags & 0x20 and self._sheet:
            self._sheet.hidden_rows.append((row + 1, row + 1))

    def _colinfo(self, body: bytes) -> None:
        first, last, flags = struct.unpack_from("<HH4xH", body)
        if flags & 1 and self._sheet:
            self._sheet.hidden_columns.append((first + 1, min(last, 255) + 1))

    def _value(self, record: int, body: bytes) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        row, column = struct.unpack_from("<HH", body)
        if record == _LABELSST:
            (shared,) = struct.unpack_from("<I", body, 6)
            self._used.add(shared)
            self._letters += len(self._shared[shared])
            if self._letters > MOST_TEXT_BYTES:
                raise ContainerError(
                    [f"the cells' texts come to more than {MOST_TEXT_BYTES:,} letters; deliver as CSV"]
                )
        elif record == _FORMULA:
            sheet.formulas += 1
            cell = f"{column_letters(column + 1)}{row + 1}"
            sheet.first_formula = sheet.first_formula or cell
            for text in strings(body[20:]):
                self._texts.keep(f"formula in cell {cell} on {self._where}", text)
            # A result that is no number says what it is in its first byte, 2 for an error (2.5.133).
            if body[12:14] == b"\xff\xff" and body[6] == 2:
                sheet.errors.append(cell)
        elif record == _BOOLERR and body[7]:
            sheet.errors.append(f"{column_letters(column + 1)}{row + 1}")
        elif record == _MULRK:
            (column,) = struct.unpack_from("<H", body, len(body) - 2)
        sheet.rows, sheet.columns = max(sheet.rows, row + 1), max(sheet.columns, column + 1)
