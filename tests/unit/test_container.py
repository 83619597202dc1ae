"""What is said of a workbook before it is read, and what is refused. All contents are synthetic.

Good files are written by XlsxWriter, by hand as ODS, and in XLS as statsmodels ships them. A hostile one is a good one
with one thing changed.
"""

import io
import itertools
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import statsmodels
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipelines.guards.container import Contained, ContainerError, examine
from pipelines.guards.container.archive import Archive
from pipelines.guards.container.contained import column_letters
from pipelines.guards.container.shared import SharedTexts
from pipelines.guards.container.texts import Texts
from pipelines.guards.container.worksheet import look_through

STATSMODELS = Path(statsmodels.__file__).parent
NOWCASTING = STATSMODELS / "tsa" / "statespace" / "tests" / "results" / "frbny_nowcast" / "Nowcasting"
XLS = NOWCASTING / "data" / "US" / "2016-06-29.xls"
COMMENTED_XLS = NOWCASTING / "test_spec.xls"
EXCEL_95 = STATSMODELS / "datasets" / "macrodata" / "src" / "macrodata.xls" / "macrodata.xls"
SHEET_NAME = b"\x00\x00\x04\x00data"  # visible, a worksheet, four letters of one byte
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NOTHING = Contained({}, (), {}, {})


def workbook(rows: int = 3) -> bytes:
    """Return an XLSX with everything that a person should know about: it may be read."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Ark")
        for row in range(rows):
            sheet.write_row(row, 0, [f"K-{row:04d}", "Bø & Ås", row, row / 4])
        sheet.write_url(0, 5, "https://example.org/", string="lenke")
    return file.getvalue()


def rich_workbook() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Ark")
        sheet.write_column(0, 0, ["a", "b", "c", "d"])
        sheet.write_column(0, 1, [1, 2, 3, 4])
        sheet.write_formula("C2", "=B2*2", value=4)
        sheet.write_formula("C3", "=B3*2", value=6)
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.set_column("D:F", None, None, {"hidden": True})
        sheet.write_comment("A1", "synthetic comment")
        sheet.insert_textbox("H2", "synthetic box")
        sheet.set_header("&Lsynthetic header")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": "=Ark!$A$1:$A$4", "values": "=Ark!$B$1:$B$4"})
        chart.set_title({"name": "synthetic title"})
        sheet.insert_chart("H9", chart)
        other = book.add_worksheet("Gjemt")
        other.write(0, 0, 1)
        other.hide()
        third = book.add_worksheet("Dypt gjemt")
        third.very_hidden()
    return file.getvalue()


OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def cell(value: float | str, attributes: str = "") -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string" {attributes}><text:p>{value}</text:p></table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}" {attributes}>'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


EMPTY_END = (
    '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row>"
)


def ods(body: str = "", before: str = "", styles: str = "", parts: dict[str, str] | None = None) -> bytes:
    """Return an ODS with one sheet of these rows; `before` stands in front of the sheet, `parts` beside it."""
    names = " ".join(
        f'xmlns:{prefix}="{OFFICE}:{name}:1.0"'
        for prefix, name in [
            ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("draw", "drawing"),
            ("script", "script"),
        ]
    )  # fmt: skip
    given = {
        "mimetype": ODS_TYPE,
        "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} '
        f'xmlns:xlink="http://www.w3.org/1999/xlink"><office:automatic-styles>{styles}</office:automatic-styles>'
        f'<office:body><office:spreadsheet>{before}<table:table table:name="Ark" table:style-name="ta1">{body}'
        f"{EMPTY_END}</table:table></office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{OFFICE}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/></manifest:manifest>',
        **(parts or {}),
    }
    return archive({name: text.encode() for name, text in given.items()})


def archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


GOOD = parts(workbook())


def changed(name: str, change: Callable[[bytes], bytes], content: bytes | None = None) -> bytes:
    """Return a workbook with one part changed."""
    given = parts(content or workbook())
    before = given[name]
    given[name] = change(before)
    assert given[name] != before
    return archive(given)


def with_part(name: str, content: bytes = b"<x/>", **other: bytes) -> bytes:
    return archive({**parts(workbook()), name: content, **other})


SHEET = "xl/worksheets/sheet1.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def with_relation(kind: str, target: str, mode: str = "") -> bytes:
    one = f'<Relationship Id="rId99" Type="http://x/relationships/{kind}" Target="{target}" {mode}/></Relationships>'
    return changed(RELATIONS, lambda text: text.replace(b"</Relationships>", one.encode()))


def with_cells(cells: str) -> bytes:
    """Return a workbook whose sheet holds these cells besides its own."""
    return changed(SHEET, lambda text: text.replace(b"</sheetData>", cells.encode() + b"</sheetData>"))


def refused(content: bytes) -> str:
    with pytest.raises(ContainerError) as caught:
        examine(content)
    assert caught.value.faults
    assert str(caught.value) == "; ".join(caught.value.faults)
    return str(caught.value)


def cells_of(content: bytes, sheet: str) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


# --- what may be read -----------------------------------------------------------------------------------------


def test_a_plain_workbook_has_nothing_to_tell_and_is_read():
    content = workbook()
    assert examine(content) == NOTHING
    assert cells_of(content, "Ark")[2][:4] == ["K-0002", "Bø & Ås", 2.0, 0.5]


def test_formulas_and_what_is_hidden_are_named_and_read_by_their_cached_values():
    content = rich_workbook()
    found = examine(content)
    assert found.formulas == {"Ark": (2, "C2")}
    assert found.hidden_sheets == ("Gjemt", "Dypt gjemt")
    assert found.hidden_rows == {"Ark": frozenset({2, 4})}
    assert found.hidden_columns == {"Ark": frozenset({4, 5, 6})}
    assert [line[2] for line in cells_of(content, "Ark")] == ["", 4.0, 6.0, ""]


def test_texts_that_no_reader_gives_are_found_with_their_place():
    texts = examine(rich_workbook()).texts
    assert ("comment in cell A1 on sheet 'Ark'", "synthetic comment") in texts
    assert ("text box on sheet 'Ark'", "synthetic box") in texts
    assert ("page header or footer of sheet 'Ark'", "&Lsynthetic header") in texts
    assert ("chart on sheet 'Ark'", "synthetic title") in texts


def in_another_hand(text: bytes) -> bytes:
    """Write a sheet with a prefix and single quotes: the same XML, as few programs write it."""
    text = re.sub(rb"<(/?)(?!\?)", rb"<\1x:", text).replace(b"xmlns=", b"xmlns:x=")
    declaration, _, body = text.partition(b"\n")
    return declaration + b"\n" + body.replace(b'"', b"'")


def without_references(text: bytes) -> bytes:
    return re.sub(rb'(<(?:row|c)) r="[A-Z0-9]+"', rb"\1", text)


@pytest.mark.parametrize("change", [in_another_hand, without_references], ids=["prefix", "no references"])
def test_a_sheet_that_is_written_otherwise_tells_the_same(change: Callable[[bytes], bytes]):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Ark")
        for number in range(4):
            sheet.write_row(number, 0, ["a", number])
            sheet.write_formula(number, 2, f"=B{number + 1}", value=number)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column("B:B", None, None, {"hidden": True})
        sheet.set_footer("synthetic footer")
    content = file.getvalue()
    otherwise = changed(SHEET, change, content)
    expected = Contained(
        {"Ark": (4, "C1")},
        (),
        {"Ark": frozenset({3})},
        {"Ark": frozenset({2})},
    )
    for found in (examine(content), examine(otherwise)):
        assert found == expected
        assert ("page header or footer of sheet 'Ark'", "synthetic footer") in found.texts
    assert cells_of(otherwise, "Ark") == cells_of(content, "Ark")


def test_empty_cells_with_a_border_out_to_the_last_column_are_no_extent():
    content = with_cells('<row r="900000"><c r="XFD900000" s="1"/></row>')
    assert examine(content) == NOTHING
    assert len(cells_of(content, "Ark")) == 3


def test_an_ods_tells_what_is_hidden_in_it():
    hidden = '<style:table-properties table:display="false"/>'
    styles = f'<style:style style:name="ta1" style:family="table">{hidden}</style:style>'
    body = (
        '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
        + row(cell("Kommune"), cell("Antall"))
        + row(cell("Bø"), cell(7, 'table:formula="of:=3+4"'), attributes='table:visibility="filter"')
        + row(
            "<table:table-cell><office:annotation><text:p>synthetic</text:p><text:p>comment</text:p></office:annotation>"
            "</table:table-cell>",
            cell(2),
        )
    )
    content = ods(body, styles=styles)
    assert examine(content) == Contained(
        {"Ark": (1, "B2")},
        ("Ark",),
        {"Ark": frozenset({2})},
        {"Ark": frozenset({3})},
        (("comment in cell A3 on sheet 'Ark'", "synthetic\ncomment"),),
    )
    assert cells_of(content, "Ark")[:2] == [["Kommune", "Antall"], ["Bø", 7.0]]


def test_repeated_rows_and_cells_of_an_ods_count_as_often_as_they_are_read():
    content = ods(
        row('<table:table-cell table:number-columns-repeated="3"/>', cell(1, 'table:number-columns-repeated="4"'))
        + row(cell(2), attributes='table:number-rows-repeated="5" table:visibility="collapse"')
    )
    assert examine(content).hidden_rows == {"Ark": frozenset({2, 3, 4, 5, 6})}
    read = cells_of(content, "Ark")
    assert (len(read), len(read[0])) == (6, 7)


def test_xls_files_of_another_project_are_passed_and_their_comments_found():
    assert examine(XLS.read_bytes()) == NOTHING
    comments = [text for place, text in examine(COMMENTED_XLS.read_bytes()).texts if place.startswith("comment")]
    assert comments[0].startswith("0 = drop from model,\n1 = include in estimation")


def test_a_hidden_sheet_of_an_xls():
    # BOUNDSHEET ([MS-XLS] 2.4.28): position (4 bytes), state, kind, length of the name, its width, the name.
    content = XLS.read_bytes()
    at = content.index(SHEET_NAME)
    assert content[at - 8 : at - 4] == struct.pack("<HH", 0x85, 12)
    assert examine(content[:at] + b"\x02" + content[at + 1 :]).hidden_sheets == ("data",)


# A cell in every manner of writing: with and without reference, content, other attributes, quotes, in any order.
WRITTEN = st.tuples(
    st.integers(1, 40),
    st.integers(1, 9),
    st.sampled_from(
        [
            '<c r="{0}"><v>1</v></c>',
            '<c r="{0}" s="1"><v>1</v></c>',
            '<c s="1" r="{0}"><v>1</v></c>',
            "<c r='{0}'><v>1</v></c>",
            '<c\nr = "{0}" ><v>1</v></c >',
            '<c r="{0}" t="inlineStr"><is><t>x</t></is></c>',
            '<c r="{0}" s="1"/>',
            "<c><v>1</v></c>",
            "<c/>",
        ]
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(WRITTEN, max_size=12), st.booleans())
def test_no_reader_reaches_further_than_was_counted(given_cells: list[tuple[int, int, str]], numbered: bool):
    lines = []
    for row_number, some in itertools.groupby(sorted(given_cells), key=lambda one: one[0]):
        text = "".join(written.format(f"{column_letters(column)}{row_number}") for _row, column, written in some)
        lines.append(f'<row r="{row_number}">{text}</row>' if numbered else f"<row>{text}</row>")
    text = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    content = archive({**GOOD, SHEET: text.encode()})
    packed = Archive(content)
    counted = look_through(packed, SHEET, "Ark", Texts(), SharedTexts(packed))
    read = cells_of(content, "Ark")
    assert counted.rows >= len(read)
    assert counted.columns >= max(map(len, read), default=0)


# --- what is refused ------------------------------------------------------------------------------------------

COLUMNS = "table:number-columns-repeated"
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'
LINKED = "<table:table-source xlink:href='file:///annet.ods'/>"
PICTURE = "<draw:image xlink:href='https://example.org/a.png'/>"
PARTS_OF_ODS = {
    "Basic/Standard/Module1.xml": "<x/>",
    "Scripts/python/a.py": "pass",
}
MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{OFFICE}:manifest:1.0"><manifest:file-entry manifest:full-path="%s" '
    'manifest:media-type="%s">%s</manifest:file-entry></manifest:manifest>'
)

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    # XLSX: contents that are programs, or that nobody sees
    "macros": (lambda: with_part("xl/vbaProject.bin"), "macros (VBA): they are programs; save the sheet as XLSX"),
    "macros, renamed": (lambda: with_relation("vbaProject", "data.bin"), "macros (VBA)"),
    "Excel 4 macros": (lambda: with_part("xl/macrosheets/sheet1.xml"), "Excel 4 macros"),
    "external links": (lambda: with_part("xl/externalLinks/externalLink1.xml"), "links to other workbooks"),
    "connections": (lambda: with_part("xl/connections.xml"), "a connection to a database or a query"),
    "query table": (lambda: with_part("xl/queryTables/queryTable1.xml"), "a query table"),
    "embedded object": (lambda: with_part("xl/embeddings/a.bin"), "an embedded object"),
    "ActiveX": (lambda: with_part("xl/activeX/activeX1.xml"), "ActiveX"),
    "pivot cache": (lambda: with_part("xl/pivotCache/pivotCacheRecords1.xml"), "copy of the rows that a pivot table"),
    "data model": (lambda: with_part("xl/model/item.data"), "a data model (Power Pivot)"),
    "history": (lambda: with_part("xl/revisions/revisionLog1.xml"), "a history of changes"),
    "external picture": (
        lambda: with_relation("image", "https://example.org/a.png", 'TargetMode="External"'),
        "draws on something outside the file (image: https://example.org/a.png)",
    ),
    "binary workbook": (lambda: with_part("xl/workbook.bin"), "XLSB"),
    "leftover sheet": (lambda: with_part("xl/worksheets/sheet7.xml"), "'xl/worksheets/sheet7.xml' is a sheet that the"),
    "sheet without part": (
        lambda: changed(RELATIONS, lambda text: text.replace(b"worksheets/sheet1", b"worksheets/sheet5")),
        "sheet 'Ark' is named but not in the file",
    ),
    "one part for two sheets": (
        lambda: changed("xl/workbook.xml", lambda text: re.sub(rb'(<sheet name=)"Ark(.*?/>)', rb'\g<0>\1"Bok\2', text)),
        "sheets 'Ark' and 'Bok' are one part of the file",
    ),
    "no workbook": (lambda: archive({"a.xml": b"<a/>"}), "no part 'xl/workbook.xml'"),
    # XLSX: markup
    "entities": (lambda: changed(SHEET, lambda text: text.replace(b"?>", b"?>" + LAUGHS, 1)), "entities (<!DOCTYPE"),
    "entities in a part that nobody reads": (lambda: with_part("docProps/custom.xml", LAUGHS + b"<a/>"), "<!ENTITY"),
    "UTF-16": (lambda: with_part("xl/a.xml", '<?xml version="1.0"?><a/>'.encode("utf-16")), "encoding than UTF-8"),
    "entities in UTF-16": (
        lambda: with_part("customXml/item1.xml", f"<!DOCTYPE a [{'<!ENTITY b 1>'}]><a/>".encode("utf-16")),
        "entities (<!DOCTYPE",
    ),
    "UTF-16 that breaks off": (
        lambda: with_part("customXml/item1.xml", "<a/>".encode("utf-16")[:-1]),
        "'customXml/item1.xml' is no UTF-16 throughout",
    ),
    "UTF-16 that is used as a sheet": (
        lambda: with_relation("worksheet", "../customXml/item1.xml"),
        "part 'customXml/item1.xml' is used as worksheet",
    ),
    "UTF-7": (lambda: with_part("xl/a.xml", b'<?xml version="1.0" encoding="UTF-7"?><a/>'), "encoding than UTF-8"),
    "deep nesting": (
        lambda: with_part("xl/comments1.xml", b"<a>" * 1000 + b"</a>" * 1000),
        "'xl/comments1.xml' nests elements deeper than 200",
    ),
    "not well-formed": (lambda: with_part("xl/comments1.xml", b"<a>\n <b></a>"), "mismatched tag, line 2, column 7"),
    "huge tag": (lambda: with_part("xl/comments1.xml", b"<a b='" + b"c" * 9_000_000 + b"'/>"), "more than"),
    "huge comments": (
        lambda: with_part("xl/comments1.xml", b"<a>" + b"<t>words</t>" * 500_000 + b"</a>"),
        "hold more than 500,000 letters",
    ),
    # XLSX: extent
    "far cell": (
        lambda: with_cells('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "sheet 'Ark' reaches down to row 1,048,576 and out to column 16,384 (XFD); all sheets together span "
        "17,179,869,184 cells, more than the 50,000,000 that are read",
    ),
    "far cell, in small letters": (lambda: with_cells('<row r="4"><c r="xfd1048576"><v>1</v></c></row>'), "16,384"),
    "far cell, behind a >": (lambda: with_cells('<row r="4"><c x=">" r="XFD1048576"><v>1</v></c></row>'), "16,384"),
    "far cell, emptied in an attribute": (
        lambda: with_cells('<row r="4"><c r="XFD1048576" x="/>"><v>1</v></c></row>'),
        "16,384",
    ),
    "far row of cells without reference": (
        lambda: with_cells('<row r="1048576"><c><v>1</v></c></row><row r="9"><c r="BZ9"><v>1</v></c></row>'),
        "row 1,048,576 and out to column 78 (BZ)",
    ),
    "long text in many cells": (
        lambda: changed(
            "xl/sharedStrings.xml",
            lambda text: text.replace(b"K-0000", b"x" * 30_000),
            with_cells("".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(9, 50_009))),
        ),
        "long texts are repeated in many cells",
    ),
    "too many hidden rows": (
        lambda: ods(row(cell(1)) + row(attributes='table:number-rows-repeated="1048577" table:visibility="collapse"')),
        "1,048,577 rows are hidden",
    ),
    # zip
    "no zip at all": (lambda: b"Kommune;Antall\n", "this is no workbook"),
    "cut off": (lambda: workbook()[:-100], "damaged or cut off"),
    "name with ..": (lambda: with_part("xl/../../etc/passwd"), "'xl/../../etc/passwd' is named to be written outside"),
    "absolute name": (lambda: with_part("/etc/passwd"), "named to be written outside"),
    "Windows name": (lambda: with_part("C:\\a.xml"), "named to be written outside"),
    "doubled name": (lambda: with_part("xl/Workbook.xml"), "is in the file twice"),
    "file within": (lambda: with_part("xl/media/image1.png", workbook()), "a file within the file"),
    "OLE within": (lambda: with_part("xl/a.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512), "a file within"),
    "bomb": (lambda: with_part("xl/a.bin", b"\0" * 20_000_000), "over 200 times as many (a zip bomb?)"),
    "many parts": (lambda: archive({f"a{n}": b"" for n in range(10_001)}), "consists of 10,001 parts"),
    "trailing bytes": (lambda: workbook() + b"more", "before the first, between or after the parts"),
    "leading zip": (lambda: workbook() + workbook(5), "before the first, between or after the parts"),
    "a part that was replaced": (lambda: replaced(), "before the first, between or after the parts"),
    "larger than declared": (lambda: declared(-9), "damaged or cut off"),
    "smaller than declared": (lambda: declared(9), "unpacks to less than the"),
    "wrong checksum": (lambda: flipped(), "Bad CRC-32"),
    # ODS
    "ODS far cell": (
        lambda: ods(row(cell(1, f'{COLUMNS}="16384"'), attributes='table:number-rows-repeated="9999"')),
        "row 9,999 and out to column 16,384 (XFD)",
    ),
    "ODS repeated text": (
        lambda: ods(
            row(cell("x" * 30_000, 'table:number-columns-repeated="40"'), attributes='table:number-rows-repeated="900"')
        ),
        "repeated cells come to more than 1,000,000,000 letters",
    ),
    "ODS table in a cell": (
        lambda: ods(row(f"<table:table-cell><table:table>{row(cell(1))}</table:table></table:table-cell>")),
        "a table within a table",
    ),
    "ODS row in a row": (lambda: ods(row(row(cell(1)))), "a table within a table"),
    "ODS password": (
        lambda: ods(parts={"META-INF/manifest.xml": MANIFEST % ("content.xml", "", "<manifest:encryption-data/>")}),
        "protected by a password and cannot be read; save it without one",
    ),
    "ODS linked sheet": (lambda: ods(LINKED), "a sheet linked from another file"),
    "ODS picture from the network": (lambda: ods(before=PICTURE), "outside the file ('https://example.org/a.png')"),
    "ODS event": (lambda: ods(before="<script:event-listener/>"), "an event that starts a macro"),
    "ODS history": (lambda: ods(before="<table:tracked-changes/>"), "a history of changes"),
    "ODS DDE": (lambda: ods(before="<table:dde-link/>"), "DDE"),
    "ODS macros": (lambda: ods(parts=dict([*PARTS_OF_ODS.items()][:1])), "macros"),
    "ODS scripts": (lambda: ods(parts=dict([*PARTS_OF_ODS.items()][1:])), "macros"),
    "ODS embedded": (
        lambda: ods(parts={"META-INF/manifest.xml": MANIFEST % ("Object 1/", ODS_TYPE, "")}),
        "an embedded object ('Object 1/')",
    ),
    "text document": (lambda: ods(parts={"mimetype": ODS_TYPE.replace("spreadsheet", "text")}), "rather than a spread"),
    # XLS
    "XLS password": (lambda: xls_name("\5SummaryInformation", "EncryptedPackage"), "protected by a password"),
    "XLS macros": (lambda: xls_name("\5SummaryInformation", "_VBA_PROJECT_CUR"), "macros (VBA)"),
    "XLS pivot cache": (lambda: xls_name("\5SummaryInformation", "_SX_DB_CUR"), "copy of the rows that a pivot table"),
    "XLS embedded": (lambda: xls_name("\5SummaryInformation", "MBD0018D4CE"), "an embedded object"),
    "Word document": (lambda: xls_name("Workbook", "WordDocument"), "the file holds no workbook"),
    "XLS own password": (lambda: xls_record(0x002F), "protected by a password"),
    "XLS query": (lambda: xls_record(0x01AD), "a connection to a database or a query"),
    "XLS link": (lambda: xls_record(0x01AE), "links to other workbooks"),
    "Excel 95": (lambda: EXCEL_95.read_bytes(), "one of Excel 5 or 95"),
    "XLS cut off": (lambda: XLS.read_bytes()[:60_000], "damaged or cut off"),
    "XLS macro sheet": (lambda: xls_macro_sheet(), "Excel 4 macros"),
}  # fmt: skip


def replaced() -> bytes:
    """Return a workbook in which a part lies that the directory has no more, as some programs leave it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for number, (name, content) in enumerate(parts(workbook()).items()):
            packed.writestr(name, content)
            if number == 1:
                packed.writestr("docProps/old.xml", b"<a>15819000066</a>")
                packed.filelist.pop()
    return made.getvalue()


def declared(difference: int) -> bytes:
    """Return a workbook whose first part says another size than it has, in both of its headers."""
    content = bytearray(workbook())
    directory = content.index(b"PK\x01\x02")
    for at in (22, directory + 24):
        (size,) = struct.unpack_from("<I", content, at)
        struct.pack_into("<I", content, at, size + difference)
    return bytes(content)


def flipped() -> bytes:
    """Return a workbook, stored unpacked, one letter of whose sheet was changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for name, text in parts(workbook()).items():
            packed.writestr(name, text)
    return file.getvalue().replace(b"<v>0.5</v>", b"<v>9.5</v>", 1)


def xls_name(name: str, other: str) -> bytes:
    """Return the XLS with a stream called otherwise; a directory entry is the name, padded, and its length."""
    old, new = (f"{one}\0".encode("utf-16-le") for one in (name, other))
    content = XLS.read_bytes()
    entry = old.ljust(64, b"\0") + struct.pack("<H", len(old))
    assert entry in content
    return content.replace(entry, new.ljust(64, b"\0") + struct.pack("<H", len(new)))


def xls_record(kind: int) -> bytes:
    """Return the XLS with the record WRITEACCESS (0x5C, 112 bytes, who wrote it) turned into another."""
    content = XLS.read_bytes()
    at = content.index(struct.pack("<HH", 0x5C, 112))
    return content[:at] + struct.pack("<HH", kind, 112) + content[at + 4 :]


def xls_macro_sheet() -> bytes:
    content = XLS.read_bytes()
    at = content.index(SHEET_NAME) + 1
    return content[:at] + b"\x01" + content[at + 1 :]


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_and_says_why(name: str):
    make, expected = HOSTILE[name]
    assert expected in refused(make())


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(ContainerError) as caught:
        examine(with_part("xl/vbaProject.bin", b"x", **{"xl/connections.xml": b"<x/>"}))
    assert [re.sub(r"(:|, ).*", "", fault) for fault in caught.value.faults] == [
        "the workbook holds macros (VBA)",
        "the workbook holds a connection to a database or a query",
    ]


HUGE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nested elements": ("xl/comments1.xml", lambda: b"<a>" * 5_000_000),
    "a tag without end": ("xl/comments1.xml", lambda: b"<a " + b"b" * 15_000_000),
    "a text without end": ("xl/sharedStrings.xml", lambda: b"<t>" + b"x" * 15_000_000),
    "a comment without end": ("xl/comments1.xml", lambda: b"<a><!--" + b"<x>" * 5_000_000),
    "a new name in each tag": ("xl/comments1.xml", lambda: b"<a>" + b"".join(map(b"<b%d/>".__mod__, range(500_000)))),
    "a new attribute each": (
        "xl/comments1.xml",
        lambda: b"<a>" + b"".join(map(b"<b c%d=''/>".__mod__, range(500_000))),
    ),
    "hidden text": ("xl/comments1.xml", lambda: b"<a>" + b"<t>x</t>" * 2_100_000),
}
# The kernel's high-water mark of this very process: ru_maxrss begins with the parent's.
MEASURED = """
import sys
from pathlib import Path
from pipelines.guards.container import ContainerError, examine

def peak():
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1])

contents = [Path(name).read_bytes() for name in sys.argv[1:]]
before = peak()
for content in contents:
    try:
        examine(content)
    except ContainerError:
        print(peak() - before)
"""


def test_hostile_files_are_refused_in_little_memory(tmp_path: Path):
    """Parts of up to 15 MB, not packed, are each looked through in 12 MB more than the files take."""
    for number, (part, make) in enumerate(HUGE.values()):
        with zipfile.ZipFile(tmp_path / f"{number}.xlsx", "w", zipfile.ZIP_STORED) as packed:
            for name, content in {**GOOD, part: make()}.items():
                packed.writestr(name, content)
    files = sorted(map(str, tmp_path.iterdir()))
    said = subprocess.run([sys.executable, "-c", MEASURED, *files], capture_output=True, text=True, check=True)
    grown = [int(line) for line in said.stdout.split()]
    assert len(grown) == len(HUGE)
    assert max(grown) < 12 * 1024, dict(zip(HUGE, grown, strict=True))
