"""Which cells of a workbook are shown as per cent: 25 % is kept there as 0.25, and calamine gives no formats.

Only where they are is found here, in XLSX and ODS; of XLS and XLSB nothing can be said. `guards.container` comes first:
it sees that the parts are small enough and hold nothing hostile.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

_BUILT_IN = {9, 10}  # 0% and 0.00% (ECMA-376, part 1, 18.8.30)
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\b([^>]*)>")
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b([^>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]*)>")
_ODS_CELL = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)\b([^>]*)>")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)")


@dataclass(frozen=True)
class Cells:
    """Neighbouring cells: rows and columns counted from 0, without the last."""

    rows: range
    columns: range


def per_cent(content: bytes) -> dict[str, list[Cells]]:
    """Return the cells that are shown as per cent, by sheet; nothing for what is no XLSX or ODS."""
    found: dict[str, list[Cells]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "content.xml" in names:
                _of_ods(archive.read("content.xml"), found)
            elif "xl/workbook.xml" in names:
                _of_xlsx(archive, set(names), found)
    except (zipfile.BadZipFile, KeyError, NotImplementedError):
        return {}
    return found


def _attributes(tag: bytes) -> Mapping[str, str]:
    return {
        name.decode().rpartition(":")[2]: html.unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _of_xlsx(archive: zipfile.ZipFile, names: set[str], found: dict[str, list[Cells]]) -> None:
    styles = _percent_styles(archive.read("xl/styles.xml")) if "xl/styles.xml" in names else set()
    if not styles:
        return
    relations = [_attributes(tag) for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))]
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in map(_attributes, _SHEET.findall(archive.read("xl/workbook.xml"))):
        target = targets.get(sheet.get("id"), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            found[sheet.get("name", "")] = list(_cells(archive.read(part), styles))


def _percent_styles(styles: bytes) -> set[int]:
    """Return the numbers of the cell styles whose format shows a per cent sign."""
    formats = [_attributes(tag) for tag in _FORMAT.findall(styles)]
    shown = {number["numFmtId"] for number in formats if "%" in _NOT_SHOWN.sub("", number.get("formatCode", ""))}
    percent = shown | set(map(str, _BUILT_IN))
    used = _STYLES.search(styles)
    tags = _STYLE.findall(used[0]) if used else []
    return {number for number, tag in enumerate(tags) if _attributes(tag).get("numFmtId") in percent}


def _cells(sheet: bytes, styles: set[int]) -> Iterator[Cells]:
    row, column = -1, -1
    for kind, tag in _CELL.findall(sheet):
        own = _attributes(tag)
        if kind == b"row":
            row, column = int(own["r"]) - 1 if "r" in own else row + 1, -1
            continue
        column += 1
        if reference := _REFERENCE.fullmatch(own.get("r", "")):
            row, column = int(reference[2]) - 1, _number(reference[1])
        if int(own.get("s", -1)) in styles:
            yield Cells(range(row, row + 1), range(column, column + 1))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


# --- ODS --------------------------------------------------------------------------------------------------------------


def _of_ods(content: bytes, found: dict[str, list[Cells]]) -> None:
    sheets = count(1)
    cells: list[Cells] = []
    rows, column = range(0), 0
    for kind, tag in _ODS_CELL.findall(content):
        own = _attributes(tag)
        if kind == b"table":
            cells = found.setdefault(own.get("name", f"sheet {next(sheets)}"), [])
            rows, column = range(0), 0
        elif kind == b"table-row":
            rows, column = range(rows.stop, rows.stop + int(own.get("number-rows-repeated", 1))), 0
        else:
            columns = range(column, column + int(own.get("number-columns-repeated", 1)))
            column = columns.stop
            if own.get("value-type") == "percentage":
                cells.append(Cells(rows, columns))
