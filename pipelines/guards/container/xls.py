"""XLS (Excel 97-2003): a compound file of streams, and the records of the workbook among them.

Formats: [MS-CFB] for the compound file, [MS-XLS] for the records (BIFF8). Excel 95's older records are refused.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.guards.container.contained import (
    MOST_TEXT_BYTES,
    Contained,
    ContainerError,
    check_extent,
    check_hidden_rows,
    column_letters,
    hidden_numbers,
)
from pipelines.guards.container.texts import Texts

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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
_SST, _CONTINUE, _LABELSST, _FORMULA = 0x00FC, 0x003C, 0x00FD, 0x0006
_ROW, _COLINFO, _TXO, _QUERY, _CONNECTION = 0x0208, 0x007D, 0x01B6, 0x01AD, 0x0876
_MULRK, _NUMBER, _RK, _LABEL, _BOOLERR = 0x00BD, 0x0203, 0x027E, 0x0204, 0x0205
_VALUES = {_NUMBER, _RK, _LABEL, _BOOLERR, _LABELSST, _FORMULA, _MULRK}
_OWN_SHEETS, _ADD_INS = 0x0401, 0x3A01
_FREE = 0xFFFFFFFA  # numbers from here on are marks (free, end of chain), not sectors


class _Damaged(Exception):
    """The bytes contradict each other."""


def examine(content: bytes) -> Contained:
    """Return what a person should know about an XLS. Raises ContainerError with everything that is refused."""
    try:
        return _examine(content)
    except (_Damaged, struct.error, IndexError, UnicodeDecodeError) as error:
        raise ContainerError(
            [f"the file is damaged or cut off ({error}), so nothing in it is sure; ask its sender for the file again"]
        ) from None


def _examine(content: bytes) -> Contained:
    file = _CompoundFile(content)
    if "EncryptedPackage" in file.names or "EncryptionInfo" in file.names:
        raise ContainerError([_PASSWORD])
    faults = {
        f"the workbook holds {what}: {why}; {todo}"
        for name in file.names
        for beginning, (what, why, todo) in _REFUSED_NAMES.items()
        if name.startswith(beginning)
    }
    if "Book" in file.names:
        faults.add("the workbook is one of Excel 5 or 95, which is not looked into; save it as XLSX")
    elif "Workbook" not in file.names:
        faults.add("the file holds no workbook (a document of another program?); save the figures as XLSX")
    if faults:
        raise ContainerError(sorted(faults))
    book = _Book()
    for record, body in _records(file.stream("Workbook")):
        book.take(record, body)
    return book.contained()


class _CompoundFile:
    """The directory of a compound file, and its larger streams."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        (shift,) = struct.unpack_from("<H", content, 30)
        if shift not in (9, 12):
            raise _Damaged(f"its sectors are 2^{shift} bytes; expected 512 or 4,096")
        self._size = 1 << shift
        (first_directory,) = struct.unpack_from("<I", content, 48)
        self._fat = self._allocation()
        directory = self._chain(first_directory)
        self._entries: dict[str, tuple[int, int]] = {}
        for at in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            if kind in (1, 2, 5) and 2 <= length <= 64:
                name = directory[at : at + length - 2].decode("utf-16-le")
                self._entries[name] = struct.unpack_from("<II", directory, at + 116)

    @property
    def names(self) -> set[str]:
        return set(self._entries)

    def stream(self, name: str) -> bytes:
        start, length = self._entries[name]
        if length < 4096:
            raise _Damaged(f"stream '{name}' of {length} bytes is too short for a workbook")
        found = self._chain(start)
        if len(found) < length:
            raise _Damaged(f"stream '{name}' breaks off after {len(found):,} of {length:,} bytes")
        return found[:length]

    def _allocation(self) -> list[int]:
        """Return the file allocation table: for each sector the next one."""
        sectors = list(struct.unpack_from("<109I", self._content, 76))
        following, count = struct.unpack_from("<II", self._content, 68)
        per_sector = self._size // 4
        for _number in range(min(count, len(self._content) // self._size + 1)):
            if following >= _FREE:
                break
            *more, following = struct.unpack_from(f"<{per_sector}I", self._content, (following + 1) * self._size)
            sectors += more
        table: list[int] = []
        for sector in sectors[: len(self._content) // self._size + 1]:
            if sector < _FREE:
                table += struct.unpack_from(f"<{per_sector}I", self._content, (sector + 1) * self._size)
        return table

    def _chain(self, sector: int) -> bytes:
        pieces: list[bytes] = []
        while sector < _FREE:
            if len(pieces) > len(self._fat):
                raise _Damaged("its sectors run in a circle")
            pieces.append(self._content[(sector + 1) * self._size : (sector + 2) * self._size])
            sector = self._fat[sector]
        return b"".join(pieces)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > len(stream):
            raise _Damaged(f"a record at byte {at:,} breaks off")
        yield record, stream[at + 4 : at + 4 + length]
        at += 4 + length


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


class _Book:
    """Takes the records one by one: first the workbook's own, then those of each sheet in order of its mention."""

    def __init__(self) -> None:
        self._sheets: list[_Sheet] = []
        self._sheet: _Sheet | None = None
        self._begun = 0  # how many sheets have begun
        self._depth = 0  # substreams may hold others (charts)
        self._faults: set[str] = set()
        self._texts = Texts()
        self._shared: list[bytes] = []  # the shared texts' record and its continuations
        self._lengths: list[int] = []
        self._letters = 0
        self._continued = 0  # the record that a continuation belongs to
        self._text_letters = 0
        self._handlers = {
            _BOUNDSHEET: self._boundsheet,
            _FILEPASS: self._filepass,
            _SUPBOOK: self._supbook,
            _QUERY: self._query,
            _CONNECTION: self._query,
            _SST: self._sst,
            _TXO: self._txo,
            _CONTINUE: self._continuation,
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
        if record != _CONTINUE:
            self._continued = record

    def contained(self) -> Contained:
        if self._faults:
            raise ContainerError(sorted(self._faults))
        check_extent([(sheet.name, sheet.rows, sheet.columns) for sheet in self._sheets])
        check_hidden_rows({sheet.name: sheet.hidden_rows for sheet in self._sheets})
        return Contained(
            formulas={sheet.name: (sheet.formulas, sheet.first_formula) for sheet in self._sheets if sheet.formulas},
            hidden_sheets=tuple(sheet.name for sheet in self._sheets if sheet.hidden),
            hidden_rows={sheet.name: hidden_numbers(sheet.hidden_rows) for sheet in self._sheets if sheet.hidden_rows},
            hidden_columns={
                sheet.name: hidden_numbers(sheet.hidden_columns) for sheet in self._sheets if sheet.hidden_columns
            },
            texts=self._texts.found(),
        )

    def _begin(self, body: bytes) -> None:
        (kind,) = struct.unpack_from("<H", body, 2)
        self._depth += 1
        if self._depth > 1 or kind == 0x0005:
            return
        if kind == 0x0040:
            self._refuse("a sheet of Excel 4 macros", "they are programs", _AS_XLSX)
        self._lengths = self._lengths or _text_lengths(self._shared)
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
        self._shared = [body]

    def _continuation(self, body: bytes) -> None:
        if self._continued == _SST:
            self._shared.append(body)
        elif self._continued == _TXO and self._text_letters > 0 and body:
            text = body[1:].decode("utf-16-le" if body[0] & 1 else "latin-1")[: self._text_letters]
            self._text_letters -= len(text)
            name = self._sheet.name if self._sheet else ""
            self._texts.keep(f"comment or text box on sheet '{name}'", text + "\n" * (self._text_letters == 0))

    def _txo(self, body: bytes) -> None:
        (self._text_letters,) = struct.unpack_from("<H", body, 10)

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
            self._letters += self._lengths[shared]
            if self._letters > MOST_TEXT_BYTES:
                raise ContainerError(
                    [f"the cells' texts come to more than {MOST_TEXT_BYTES:,} letters; deliver as CSV"]
                )
        elif record == _FORMULA:
            sheet.formulas += 1
            sheet.first_formula = sheet.first_formula or f"{column_letters(column + 1)}{row + 1}"
        elif record == _MULRK:
            (column,) = struct.unpack_from("<H", body, len(body) - 2)
        sheet.rows, sheet.columns = max(sheet.rows, row + 1), max(sheet.columns, column + 1)


def _text_lengths(records: list[bytes]) -> list[int]:
    """Return the letters of each shared text; a text may go on in the next record, which then says its width anew."""
    if not records:
        return []
    (count,) = struct.unpack_from("<I", records[0], 4)
    lengths: list[int] = []
    number, at = 0, 8
    while len(lengths) < count and number < len(records):
        if at >= len(records[number]):
            at -= len(records[number])
            number += 1
            continue
        letters, flags = struct.unpack_from("<HB", records[number], at)
        runs, extension = 0, 0
        at += 3
        if flags & 8:
            (runs,) = struct.unpack_from("<H", records[number], at)
            at += 2
        if flags & 4:
            (extension,) = struct.unpack_from("<I", records[number], at)
            at += 4
        number, at = _past_letters(records, number, at, letters, 1 + (flags & 1))
        at += 4 * runs + extension
        lengths.append(letters)
    return lengths


def _past_letters(records: list[bytes], number: int, at: int, letters: int, width: int) -> tuple[int, int]:
    """Return the record and byte behind so many letters."""
    while letters > (here := (len(records[number]) - at) // width):
        letters -= here
        number += 1
        width, at = 1 + (records[number][0] & 1), 1
    return number, at + letters * width
