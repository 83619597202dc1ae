"""Bytes of files as office programs and public services write them: text, XLSX, XLS, ODS, PX, JSON-stat, GeoJSON."""

import csv
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from random import Random
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

Cell = str | int | float | date | None
Rows = list[list[Cell]]


@dataclass(frozen=True)
class File:
    """A file: the end of its name, and its bytes."""

    suffix: str
    content: bytes


# ---- text


def as_text(random: Random, value: Cell, dates: str, comma: bool) -> str:
    """Return a cell as it stands in a text file."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.strftime(dates)
    if isinstance(value, float):
        text = f"{value:.{random.choice([1, 2])}f}" if value != int(value) else str(int(value))
        return text.replace(".", ",") if comma else text
    return str(value)


def text_file(random: Random, rows: Rows, separator: str | None = None) -> File:
    """Return a text file in one of the dialects that are seen."""
    separator = separator or random.choice([";", ";", ";", ",", "\t"])
    dates = random.choice(["%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y"])
    written = io.StringIO()
    quoting = random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.writer(written, delimiter=separator, quoting=quoting, lineterminator=random.choice(["\n", "\r\n"]))
    width = max(len(row) for row in rows)
    for row in rows:
        cells = [as_text(random, cell, dates, comma=separator != ",") for cell in row]
        writer.writerow(cells + [""] * (width - len(cells)))
    text, encoding = written.getvalue(), random.choice(["utf-8", "utf-8-sig", "cp1252", "cp1252", "utf-16"])
    if encoding == "cp1252" and text.encode("cp1252", "ignore").decode("cp1252") != text:
        encoding = "utf-8"
    return File("txt" if separator == "\t" else "csv", text.encode(encoding))


# ---- workbooks


def xlsx_file(
    sheets: Mapping[str, Rows], more: Callable[[Any, dict[str, Any]], None] | None = None, **options: Any
) -> File:
    """Return a workbook; `more` may add comments, properties or hidden sheets to it before it is closed."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True, **options})
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    made = {}
    for name, rows in sheets.items():
        sheet = made[name] = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write_number(number, column, cell)
    if more is not None:
        more(book, made)
    book.close()
    return File("xlsx", written.getvalue())


def with_part(file: File, part: str, content: bytes | Callable[[bytes], bytes]) -> File:
    """Return a zipped file with a part added, or with one changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file.content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, content if isinstance(content, bytes) else content(old.read(part)))
    return File(file.suffix, written.getvalue())


def with_pivot_cache(file: File, header: Sequence[str], rows: Sequence[Sequence[object]]) -> File:
    """Return a workbook that still holds the rows a pivot table was made of, though their sheet is gone."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCache"
    fields = "".join(f'<cacheField name="{escape(name)}" numFmtId="0"><sharedItems/></cacheField>' for name in header)
    held = "".join("<r>" + "".join(f'<s v="{escape(str(cell))}"/>' for cell in row) + "</r>" for row in rows)
    records = f'<Relationship Id="rId1" Type="{office}/pivotCacheRecords" Target="pivotCacheRecords1.xml"/>'
    new = {
        "Definition1.xml": f'<pivotCacheDefinition {space} xmlns:r="{office}" r:id="rId1" recordCount="{len(rows)}">'
        f'<cacheSource type="worksheet"><worksheetSource ref="A1:Z{len(rows) + 1}" sheet="Grunnlag"/></cacheSource>'
        f'<cacheFields count="{len(header)}">{fields}</cacheFields></pivotCacheDefinition>',
        "Records1.xml": f'<pivotCacheRecords {space} count="{len(rows)}">{held}</pivotCacheRecords>',
    }
    for name, text in new.items():
        file = with_part(file, f"xl/pivotCache/pivotCache{name}", text.encode())
    file = with_part(
        file,
        "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels",
        f'<Relationships xmlns="{package}">{records}</Relationships>'.encode(),
    )
    target = f'Type="{office}/pivotCacheDefinition" Target="pivotCache/pivotCacheDefinition1.xml"'
    ends = {
        "[Content_Types].xml": "".join(
            f'<Override PartName="/xl/pivotCache/pivotCache{part}1.xml" ContentType="{kind}{part}+xml"/>'
            for part in ("Definition", "Records")
        ),
        "xl/_rels/workbook.xml.rels": f'<Relationship Id="rIdPivot" {target}/>',
        "xl/workbook.xml": '<pivotCaches><pivotCache cacheId="1" r:id="rIdPivot"/></pivotCaches>',
    }
    for part, more in ends.items():
        file = with_part(file, part, partial(_with_end, more.encode()))
    return file


def _with_end(more: bytes, xml: bytes) -> bytes:
    place = xml.rindex(b"</")
    return xml[:place] + more + xml[place:]


def ods_file(
    sheets: Mapping[str, Rows], meta: str = "", notes: Mapping[tuple[int, int], str] | None = None, hidden: str = ""
) -> File:
    """Return an OpenDocument spreadsheet. notes: comments by row and column. hidden: a sheet not displayed."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    tables = []
    for name, rows in sheets.items():
        style = ' table:style-name="ta2"' if name == hidden else ""
        body = "".join(
            "<table:table-row>"
            + "".join(_ods_cell(cell, (notes or {}).get((number, column), "")) for column, cell in enumerate(row))
            + "</table:table-row>"
            for number, row in enumerate(rows)
        )
        tables.append(f'<table:table table:name="{escape(name)}"{style}>{body}</table:table>')
    styles = (
        '<office:automatic-styles><style:style style:name="ta2" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    names = " ".join(f'xmlns:{name}="{space}:{name}:1.0"' for name in ("office", "table", "text", "style", "meta"))
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} {dc} office:version="1.2">{styles}'
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "meta.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-meta {names} {dc} office:version="1.2">'
            f"<office:meta>{meta}</office:meta></office:document-meta>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
            f'xmlns:manifest="{space}:manifest:1.0" manifest:version="1.2">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>',
        )
    return File("ods", written.getvalue())


def _ods_cell(cell: Cell, note: str) -> str:
    said = f"<office:annotation><text:p>{escape(note)}</text:p></office:annotation>" if note else ""
    if cell is None:
        return f"<table:table-cell>{said}</table:table-cell>"
    if isinstance(cell, date):
        value = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
        return f"<table:table-cell {value}>{said}<text:p>{cell:%d.%m.%Y}</text:p></table:table-cell>"
    if isinstance(cell, str):
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
        return f'<table:table-cell office:value-type="string">{said}{lines}</table:table-cell>'
    value = f'office:value-type="float" office:value="{cell}"'
    return f"<table:table-cell {value}>{said}<text:p>{str(cell).replace('.', ',')}</text:p></table:table-cell>"


def xls_file(sheets: Mapping[str, Rows], header: str = "") -> File:
    """Return an Excel 97 workbook: BIFF8 records in a compound file. header: the page header of the first sheet."""
    strings: dict[str, int] = {}
    bodies = []
    for number, rows in enumerate(sheets.values()):
        records = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 1997, 0, 6))]
        if header and number == 0:
            records.append(_record(0x0014, _string(header)))
        records.append(_record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)))
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, int | float):
                    records.append(_record(0x0203, struct.pack("<HHHd", row, column, 0, cell)))
                elif cell is not None:
                    text = f"{cell:%d.%m.%Y}" if isinstance(cell, date) else str(cell)
                    place = strings.setdefault(text, len(strings))
                    records.append(_record(0x00FD, struct.pack("<HHHI", row, column, 0, place)))
        bodies.append(b"".join([*records, _record(0x000A, b"")]))
    start = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 1997, 0, 6)), _record(0x0042, b"\xb0\x04")]
    start.append(_record(0x00E0, struct.pack("<HHH", 0, 0, 0) + b"\0" * 14))
    names = [name.encode("utf-16-le") for name in sheets]
    shared = _shared_strings(list(strings))
    offset = sum(map(len, start)) + sum(12 + len(name) for name in names) + len(shared) + 4
    for name, body in zip(names, bodies, strict=True):
        start.append(_record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(name) // 2, 1) + name))
        offset += len(body)
    return File("xls", _compound(b"".join([*start, shared, _record(0x000A, b""), *bodies])))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _string(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _shared_strings(strings: Sequence[str]) -> bytes:
    records, kind, data = [], 0x00FC, struct.pack("<II", len(strings), len(strings))
    for text in strings:
        if len(data) + 2 * len(text) > 8000:
            records.append(_record(kind, data))
            kind, data = 0x003C, b""
        data += _string(text)
    return b"".join([*records, _record(kind, data)])


def _compound(stream: bytes) -> bytes:
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    tables = -(-(sectors + 2) // 127)
    links = [*range(1, sectors), 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFD] * tables]
    links += [0xFFFFFFFF] * (tables * 128 - len(links))
    entries = b"".join(
        _entry(*entry)
        for entry in (
            ("Root Entry", 5, 1, 0xFFFFFFFE, 0),
            ("Workbook", 2, -1, 0, len(stream)),
            ("", 0, -1, 0, 0),
            ("", 0, -1, 0, 0),
        )
    )
    places = [*range(sectors + 1, sectors + 1 + tables), *[0xFFFFFFFF] * (109 - tables)]
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, tables, sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    return head + struct.pack("<109I", *places) + stream + entries + struct.pack(f"<{len(links)}I", *links)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    links = struct.pack("<BBiii", kind, 1, -1, -1, child)
    return text.ljust(64, b"\0") + struct.pack("<H", length) + links + b"\0" * 36 + struct.pack("<IIi", start, size, 0)


# ---- what statistical services write


def px_file(title: str, axes: Mapping[str, Sequence[str]], values: Iterable[float], words: str = "") -> File:
    """Return a PC-Axis file. words: further keywords, as lines."""
    lists = [f'VALUES("{axis}")=' + ",".join(f'"{value}"' for value in held) + ";" for axis, held in axes.items()]
    *stub, heading = axes
    lines = [
        'CHARSET="ANSI";',
        'AXIS-VERSION="2013";',
        'LANGUAGE="no";',
        'MATRIX="syntetisk";',
        f'TITLE="{title}";',
        "STUB=" + ",".join(f'"{axis}"' for axis in stub) + ";",
        f'HEADING="{heading}";',
        *lists,
        words,
        'UNITS="personer";',
        'SOURCE="syntetisk";',
        "DATA=",
        " ".join(f"{value:g}" for value in values) + ";",
    ]
    return File("px", "\r\n".join(line for line in lines if line).encode("cp1252", "replace"))


def json_stat(label: str, axes: Mapping[str, Sequence[str]], values: Sequence[float], **more: Any) -> File:
    """Return a JSON-stat 2.0 data set."""
    dimension = {
        axis: {
            "label": axis,
            "category": {"index": list(map(str, range(len(held)))), "label": {str(n): v for n, v in enumerate(held)}},
        }
        for axis, held in axes.items()
    }
    content = {
        "version": "2.0",
        "class": "dataset",
        "label": label,
        "source": "syntetisk",
        "id": list(axes),
        "size": [len(held) for held in axes.values()],
        "dimension": dimension,
        "value": list(values),
        **more,
    }
    return File("json", json.dumps(content, ensure_ascii=False).encode())


def geo_json(properties: Sequence[Mapping[str, Any]], random: Random, points: bool = False, **more: Any) -> File:
    """Return places near Drammen as GeoJSON, each with its properties."""
    features = []
    for held in properties:
        x, y = 10.2 + random.random() / 20, 59.72 + random.random() / 20
        ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
        shape = {"type": "Point", "coordinates": [x, y]} if points else {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": dict(held), "geometry": shape})
    content = {"type": "FeatureCollection", **more, "features": features}
    return File("geojson", json.dumps(content, ensure_ascii=random.random() < 0.5).encode())


# ---- any table in any of these


def table_file(random: Random, rows: Rows, formats: str = "csv csv xlsx xlsx ods xls") -> File:
    """Return a table as one of the kinds of file that people deliver, perhaps under a title and with an empty row."""
    if random.random() < 0.25:
        rows = [[random.choice(["Uttrekk per 01.10.2025", "Syntetisk liste", "Ark 1 av 1"])], [], *rows]
    kind = random.choice(formats.split())
    sheet = random.choice(["Ark1", "Sheet1", "Data", "Uttrekk"])
    match kind:
        case "csv":
            return text_file(random, rows)
        case "xlsx":
            return xlsx_file({sheet: rows})
        case "ods":
            return ods_file({sheet: rows})
        case _:
            return xls_file({sheet: rows})
