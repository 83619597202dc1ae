"""A delivered file's bytes: its encoding, its header, the contract that the header fits, its rows of text.

What the rows mean belongs to `delivery`.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from indicators import periods
from indicators.catalogue.contracts import DeliveryContract
from pipelines.sources.transport import SourceError

_SHOWN = 20
_COLUMNS_SHOWN = 8


class DeliveryError(SourceError):
    """A delivered file that cannot be right, with everything that is wrong with it in `faults`."""

    def __init__(self, where: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        more = [f"and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        lines = [*faults[:_SHOWN], *more]
        super().__init__(f"{where}: {lines[0]}" if len(lines) == 1 else "\n  ".join([f"{where}:", *lines]))


class NoContract(DeliveryError):
    """A file whose header is that of no contract."""


@dataclass(frozen=True)
class Sheet:
    """A file with the contract that its header fits, before its rows are read."""

    contract: DeliveryContract
    header: list[str]
    lines: Callable[[], Iterator[tuple[int, list[str]]]]


def open_sheet(content: bytes, name: str, contracts: Sequence[DeliveryContract]) -> Sheet:
    """Return the file with the contract whose header it has.

    Raises NoContract, or DeliveryError for a file that is empty or cannot be read.
    """
    if not content.strip(b"\0\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise DeliveryError(name, ["the file is empty; expected a header row and rows of figures"])
    if content.startswith(b"PK\x03\x04"):
        candidates, how = _spreadsheets(content, name, contracts)
    else:
        candidates, how = _texts(content, name, contracts)
    for sheet in candidates:
        if _fits(sheet):
            return sheet
    raise NoContract(name, [_no_contract(candidates, how, contracts)])


def _fits(sheet: Sheet) -> bool:
    wanted = sheet.contract.header
    if sheet.contract.period.in_header:
        others = [column for column in sheet.header if column not in wanted]
        return (
            all(sheet.header.count(column) == 1 for column in wanted) and bool(others) and all(map(_is_period, others))
        )
    return sorted(sheet.header) == sorted(wanted)


def _is_period(text: str) -> bool:
    try:
        periods.parse(text)
    except periods.PeriodError:
        return False
    return True


def _no_contract(candidates: Sequence[Sheet], how: str, contracts: Sequence[DeliveryContract]) -> str:
    """Say which columns were found, and how they differ from the contract they are most like."""
    if not candidates:
        return f"{how}; none of the {len(contracts)} contracts takes such a file (`levekar doctor` names them)"

    def likeness(sheet: Sheet) -> tuple[int, int]:
        return len(set(sheet.header) & set(sheet.contract.header)), len(sheet.header)

    best = max(candidates, key=likeness)
    found, wanted = best.header, best.contract.header
    said = f"no contract has these columns. {how}; columns found: {_list(found)}. "
    lacking = [one for one in wanted if one not in found]
    strange = [one for one in found if one not in wanted]
    if len(lacking) > len(wanted) / 2:
        return f"{said}None of the {len(contracts)} contracts is like it (`levekar doctor` names them)"
    doubled = sorted({one for one in found if found.count(one) > 1})
    differences = [("lacks", lacking), ("has besides", strange), ("has twice", doubled)]
    parts = [f"{text} {_list(names)}" for text, names in differences if names]
    return f"{said}Nearest is contract {best.contract.id}: the file {', '.join(parts)}"


def _list(columns: Sequence[str]) -> str:
    shown = ", ".join(quoted(one) for one in columns[:_COLUMNS_SHOWN])
    return shown + (f" and {len(columns) - _COLUMNS_SHOWN} more" if len(columns) > _COLUMNS_SHOWN else "")


def _texts(content: bytes, name: str, contracts: Sequence[DeliveryContract]) -> tuple[list[Sheet], str]:
    """Return the file's header as each CSV contract would read it, with every separator that may be meant."""
    text, encoding = decoded(content, name)
    first = text[: text.find("\n") + 1]
    said = re.fullmatch(r"sep=(.)\r?\n", first)
    offset = 1 if said else 0
    candidates = []
    for separator in [said[1]] if said else [",", ";", "\t"]:
        for contract in contracts:
            if contract.format == "csv":
                lines = _csv_lines(text, separator, offset, contract, name)
                candidates.append(Sheet(contract, _header(text, separator, offset + contract.header_row), lines))
    return candidates, f"Read as {encoding}"


def _header(text: str, separator: str, number: int) -> list[str]:
    """Return the fields of one line near the top of the file."""
    lines = io.StringIO(text)
    line = [lines.readline() for _ in range(number)][-1]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []


def _csv_lines(
    text: str, separator: str, offset: int, contract: DeliveryContract, name: str
) -> Callable[[], Iterator[tuple[int, list[str]]]]:
    def lines() -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        first = offset + (contract.first_row or contract.header_row + 1)
        number = 0
        try:
            for cells in reader:
                start, number = number + 1, reader.line_num
                if start >= first and any(cells):
                    yield start, cells
        except csv.Error as error:
            fault = f"row {number + 1} breaks off or is wrongly quoted ({error}); is the file whole?"
            raise DeliveryError(name, [fault]) from None

    return lines


def _spreadsheets(content: bytes, name: str, contracts: Sequence[DeliveryContract]) -> tuple[list[Sheet], str]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(book.sheet_names)
        cells = {
            one: [list(map(_cell, row)) for row in book.get_sheet_by_name(one).to_python(skip_empty_area=False)]
            for one in names
            if any(one == contract.sheet for contract in contracts)
        }
    except (CalamineError, OSError, ValueError) as error:
        raise DeliveryError(name, [f"the spreadsheet cannot be opened ({error}); is the file whole?"]) from None
    candidates = [
        Sheet(contract, _trimmed(rows[contract.header_row - 1]), _sheet_lines(rows, contract))
        for contract in contracts
        if contract.sheet and len(rows := cells.get(contract.sheet, [])) >= contract.header_row
    ]
    return candidates, f"A spreadsheet with the sheets {_list(names)}"


def _sheet_lines(rows: list[list[str]], contract: DeliveryContract) -> Callable[[], Iterator[tuple[int, list[str]]]]:
    def lines() -> Iterator[tuple[int, list[str]]]:
        width = len(_trimmed(rows[contract.header_row - 1]))
        first = contract.first_row or contract.header_row + 1
        for number, row in enumerate(rows[first - 1 :], start=first):
            if not any(row):
                return  # Below the first empty row stand notes, not figures.
            cells = _trimmed(row)
            yield number, cells + [""] * (width - len(cells))

    return lines


def _cell(value: Any) -> str:
    """Return a spreadsheet's cell as the text that a person sees: 2021 rather than 2021.0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def _trimmed(row: list[str]) -> list[str]:
    end = max((number for number, cell in enumerate(row, start=1) if cell), default=0)
    return row[:end]


# Letters of UTF-8 that were read as Latin-1: 'Ã¸' for 'ø'.
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf…†˜]|Â[\u00a0-\u00bf]")


def decoded(content: bytes, name: str) -> tuple[str, str]:
    """Return the file's text and the encoding it was in.

    UTF-8 is recognised by being valid; what is not is Latin-1 in Windows' form, unless that gives nonsense.
    """
    encoding, shown = _wide_encoding(content) or ("utf-8-sig", "UTF-8")
    not_utf8 = None
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        place = f"byte {error.start:,} (row {_row_of(content, error.start)}) is not {shown}"
        if encoding != "utf-8-sig":
            raise DeliveryError(name, [f"{place}; is the file whole?"]) from None
        text, shown, not_utf8 = _latin1(content, name, place), "Latin-1", place
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise DeliveryError(name, [f"row {row} holds a NUL byte, read as {shown}; expected text. Is it a CSV file?"])
    wrong = _MOJIBAKE.search(text) or re.search("\ufffd", text)
    if wrong:
        row = text[: wrong.start()].count("\n") + 1
        if not_utf8 and wrong[0] != "\ufffd":
            fault = f"{not_utf8}, though the rest of the file is; expected one encoding throughout"
        else:
            fault = f"row {row} has '{wrong[0]}', read as {shown}: letters were lost in an earlier conversion"
        raise DeliveryError(name, [f"{fault}. Ask for the file saved as UTF-8."])
    return text, shown


def _row_of(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _wide_encoding(content: bytes) -> tuple[str, str] | None:
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
        raise DeliveryError(name, [f"{place}. Ask for the file saved as UTF-8."]) from None


def quoted(text: str) -> str:
    """Quote one cell for a message: shortened, and without what could be a national identity number."""
    hidden = re.sub(r"\d{11}", "…", text)
    return f"'{hidden if len(hidden) <= 60 else hidden[:57] + '…'}'"
