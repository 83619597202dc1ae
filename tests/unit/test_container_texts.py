"""Every place of a container in which a text can stand is searched. All contents are synthetic.

The number is a synthetic one (month + 80, Skatteetaten's Tenor); no person can have it.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
import xlsxwriter

from pipelines.guards import personal
from pipelines.guards.container import ContainerError, examine
from pipelines.guards.container.biff import drawing_texts, shared_texts
from pipelines.guards.container.binary import Unknown, image_texts, strings
from pipelines.guards.container.compound import CompoundFile
from tests.unit.test_container import (
    RELATIONS,
    SHEET,
    XLS,
    archive,
    cell,
    changed,
    ods,
    parts,
    row,
    with_cells,
    with_part,
    workbook,
)

NUMBER = "15819000066"
HIDDEN = f"Navn {NUMBER}"
TEXT = HIDDEN.encode()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG of one pixel with more chunks (ISO/IEC 15948, 5.3)."""
    whole = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), *chunks, (b"IDAT", zlib.compress(b"\0\0"))]
    made = [struct.pack(">I", len(body)) + kind + body + b"\0\0\0\0" for kind, body in [*whole, (b"IEND", b"")]]
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def jpeg(*segments: tuple[int, bytes], after: bytes = b"") -> bytes:
    """Return segments as a JPEG has them, with a scan of two bytes (ITU-T T.81, B.1.1)."""
    made = [bytes((0xFF, kind)) + struct.pack(">H", len(body) + 2) + body for kind, body in [*segments, (0xDA, b"\1")]]
    return b"\xff\xd8" + b"".join(made) + b"\x12\xff\x00\xff\xd9" + after


IMAGES = {
    "PNG tEXt": png((b"tEXt", b"Author\0" + TEXT)),
    "PNG zTXt": png((b"zTXt", b"Author\0\0" + zlib.compress(TEXT))),
    "PNG iTXt": png((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + TEXT)),
    "PNG iTXt, packed": png((b"iTXt", b"Author\0\1\0no\0Opphav\0" + zlib.compress(TEXT))),
    "PNG eXIf": png((b"eXIf", b"MM\0*" + TEXT)),
    "PNG, behind its end": png() + TEXT,
    "JPEG comment": jpeg((0xFE, TEXT)),
    "JPEG EXIF": jpeg((0xE1, b"Exif\0\0MM\0*" + TEXT)),
    "JPEG EXIF, two bytes a letter": jpeg((0xE1, b"Exif\0\0" + HIDDEN.encode("utf-16-le"))),
    "JPEG XMP": jpeg((0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><dc:creator>" + TEXT + b"</dc:creator>")),
    "JPEG, behind its end": jpeg(after=TEXT),
    "GIF comment": b"GIF89a\1\0\1\0\0\0\0!\xfe" + bytes([len(TEXT)]) + TEXT + b"\0;",
    "EMF": b"\1\0\0\0" + bytes(80) + HIDDEN.encode("utf-16-le"),
}


@pytest.mark.parametrize("name", IMAGES)
def test_what_an_image_says_beside_its_picture_is_found(name: str):
    assert any(NUMBER in text for text in image_texts(IMAGES[name]))
    assert any(NUMBER in text for _place, text in examine(with_part("xl/media/image1.png", IMAGES[name])).texts)


@pytest.mark.parametrize(
    "content", [b"II*\0" + bytes(99), b"\x89PNG\r\n\x1a\n\0\0", jpeg()[:-3]], ids=["TIFF", "cut", "cut JPEG"]
)
def test_an_image_that_cannot_be_looked_into_is_unknown(content: bytes):
    with pytest.raises(Unknown):
        list(image_texts(content))
    with pytest.raises(ContainerError, match=r"part 'xl/media/image1\.tiff' cannot be searched"):
        examine(with_part("xl/media/image1.tiff", content))


def test_the_pixels_of_an_image_are_no_text():
    noise = np.random.default_rng(1).integers(0, 256, 300_000, np.uint8).tobytes()
    content = png((b"IDAT", noise))
    assert list(image_texts(content)) == []


def in_sheet(markup: str) -> Callable[[], bytes]:
    return lambda: changed(SHEET, lambda text: text.replace(b"</sheetData>", b"</sheetData>" + markup.encode()))


def in_workbook(markup: str) -> Callable[[], bytes]:
    return lambda: changed("xl/workbook.xml", lambda text: text.replace(b"</sheets>", b"</sheets>" + markup.encode()))


def in_styles(markup: str) -> Callable[[], bytes]:
    return lambda: changed("xl/styles.xml", lambda text: text.replace(b"<fonts", markup.encode() + b"<fonts"))


def shared(item: str) -> Callable[[], bytes]:
    return lambda: changed("xl/sharedStrings.xml", lambda text: text.replace(b"</sst>", item.encode() + b"</sst>"))


def linked(mode: str, target: str) -> Callable[[], bytes]:
    one = f'<Relationship Id="rId99" Type="http://x/hyperlink" Target="{target}" {mode}/></Relationships>'
    return lambda: changed(RELATIONS, lambda text: text.replace(b"</Relationships>", one.encode()))


def remarked() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts(workbook()).items():
            info = zipfile.ZipInfo(name)
            info.comment = TEXT
            packed.writestr(info, content)
    return made.getvalue()


PLACES: dict[str, tuple[Callable[[], bytes], str]] = {
    "document properties": (
        lambda: changed("docProps/core.xml", lambda text: text.replace(b"<dc:creator>", b"<dc:creator>" + TEXT)),
        "document property on part 'docProps/core.xml'",
    ),
    "own properties": (lambda: with_part("docProps/custom.xml", b"<p><v>" + TEXT + b"</v></p>"), "docProps/custom.xml"),
    "defined name": (in_workbook(f'<definedName name="a">"{HIDDEN}"</definedName>'), "definedName on part"),
    "comment of a defined name": (in_workbook(f'<x comment="{HIDDEN}"/>'), "part 'xl/workbook.xml'"),
    "list to choose from": (
        in_sheet(f'<dataValidation sqref="C4"><formula1>"{HIDDEN}"</formula1></dataValidation>'),
        "formula1 in cell C4 on sheet 'Ark'",
    ),
    "prompt": (in_sheet(f'<dataValidation sqref="B2" prompt="{HIDDEN}"/>'), "in cell B2 on sheet 'Ark'"),
    "tooltip": (in_sheet(f'<hyperlinks><hyperlink ref="C4" tooltip="{HIDDEN}"/></hyperlinks>'), "hyperlink in cell C4"),
    "filter": (in_sheet(f'<autoFilter ref="A1:B2"><filter val="{HIDDEN}"/></autoFilter>'), "filter in cell A1:B2"),
    "conditional format": (in_sheet(f'<cfRule><formula>A1="{HIDDEN}"</formula></cfRule>'), "formula on sheet 'Ark'"),
    "extension": (in_sheet(f'<extLst><ext uri="{HIDDEN}"/></extLst>'), "ext on sheet 'Ark'"),
    "comment in the markup": (in_sheet(f"<!-- {HIDDEN} -->"), "a comment in the markup of sheet 'Ark'"),
    "instruction in the markup": (in_sheet(f"<?x {HIDDEN}?>"), "a comment in the markup"),
    "formula": (
        lambda: with_cells(f'<row r="9"><c r="C9" t="str"><f>IF(A1=1,"{HIDDEN}","")</f><v>x</v></c></row>'),
        "formula in cell C9 on sheet 'Ark'",
    ),
    "number in a formula": (
        lambda: with_cells(f'<row r="9"><c r="C9"><f>{NUMBER}*0</f><v>0</v></c></row>'),
        "formula in cell C9",
    ),
    "unknown attribute": (
        lambda: with_cells(f'<row r="9"><c r="C9" x="{NUMBER}"><v>0</v></c></row>'),
        "cell C9 on sheet 'Ark'",
    ),
    "attribute of a row": (lambda: with_cells(f'<row r="9" x="{NUMBER}"/>'), "row on sheet 'Ark'"),
    "number format": (in_styles(f'<numFmts><numFmt formatCode="0&quot;{HIDDEN}&quot;"/></numFmts>'), "xl/styles.xml"),
    "table": (
        lambda: with_part("xl/tables/table1.xml", f'<table><tableColumn name="{HIDDEN}"/></table>'.encode()),
        "table",
    ),
    "pivot cache": (
        lambda: with_part("xl/pivotCache/pivotCacheDefinition1.xml", f'<s><s v="{HIDDEN}"/></s>'.encode()),
        "pivot table's stored values",
    ),
    "custom part": (
        lambda: with_part("customXml/item1.xml", b"<a><b>" + TEXT + b"</b></a>"),
        "data behind the document",
    ),
    "custom part of SharePoint": (
        lambda: with_part(
            "customXml/item1.xml",
            f'<?xml version="1.0" encoding="utf-16"?><a><b>{HIDDEN}</b></a>'.encode("utf-16"),
        ),
        "data behind the document",
    ),
    "part in text": (
        lambda: with_part("customXml/item1.json", b'{"a": "' + TEXT + b'"}'),
        "part 'customXml/item1.json'",
    ),
    "unused shared text": (shared(f"<si><t>{HIDDEN}</t></si>"), "a text that no cell shows"),
    "unused rich text": (shared("<si><r><t>Navn 158190</t></r><r><t>00066</t></r></si>"), "a text that no cell shows"),
    "reading of a shared text": (
        lambda: changed(
            "xl/sharedStrings.xml",
            lambda text: text.replace(b"<t>K-0000</t>", f"<t>K-0000</t><rPh><t>{HIDDEN}</t></rPh>".encode()),
        ),
        "a text that no cell shows",
    ),
    "printer settings": (
        lambda: with_part("xl/printerSettings/printerSettings1.bin", HIDDEN.encode("utf-16-le") + bytes(99)),
        "part 'xl/printerSettings/printerSettings1.bin'",
    ),
    "old drawing": (
        lambda: with_part("xl/drawings/vmlDrawing1.vml", b"<xml><br>" + TEXT + b"</xml>"),
        "text box on part",
    ),
    "number cut by formatting": (
        lambda: with_part(
            "xl/comments1.xml",
            b"<comment ref='C4'><text><r><t>158190</t></r><r><rPr><b/></rPr><t>00066</t></r></text></comment>",
        ),
        "comment in cell C4",
    ),
    "address of a link": (linked('TargetMode="External"', f"mailto:{NUMBER}"), "Relationship on part 'xl/_rels/work"),
    "name of a part": (lambda: with_part(f"xl/media/{NUMBER}.xml", b"<x/>"), "the name of a part of the file"),
    "remark in the archive": (remarked, "a remark on part"),
    "ODS properties": (lambda: ods(parts={"meta.xml": f"<m><creator>{HIDDEN}</creator></m>"}), "document property"),
    "ODS styles": (lambda: ods(parts={"styles.xml": f"<s><p>{HIDDEN}</p></s>"}), "page header, footer or style"),
    "ODS settings": (lambda: ods(parts={"settings.xml": f"<s><i>{HIDDEN}</i></s>"}), "part 'settings.xml'"),
    "ODS database range": (
        lambda: ods(
            before=f'<table:database-ranges><table:database-range table:name="{HIDDEN}"/></table:database-ranges>'
        ),
        "database-range on part 'content.xml'",
    ),
    "ODS defined name": (lambda: ods(before=f'<table:named-range table:name="{HIDDEN}"/>'), "named-range"),
    "ODS rule": (lambda: ods(before=f'<table:content-validation table:condition="{HIDDEN}"/>'), "content-validation"),
    "ODS comment": (
        lambda: ods(
            row(cell(1))
            + row(
                cell(1),
                f"<table:table-cell><office:annotation><text:p>{HIDDEN}</text:p></office:annotation></table:table-cell>",
            )
        ),
        "comment in cell B2 on sheet 'Ark'",
    ),
    "ODS cell that shows something else": (
        lambda: ods(
            row(
                '<table:table-cell office:value-type="float" office:value="1">'
                f"<text:p>{HIDDEN}</text:p></table:table-cell>"
            )
        ),
        "what cell A1 on sheet 'Ark' shows",
    ),
    "ODS formula": (lambda: ods(row(cell(1, f"table:formula=\"of:=IF(1;'{HIDDEN}';1)\""))), "formula in cell A1"),
    "ODS image": (
        lambda: archive(parts(ods()) | {"Pictures/1.png": IMAGES["PNG tEXt"]}),
        "part 'Pictures/1.png'",
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_text_is_found_wherever_it_stands(name: str):
    make, where = PLACES[name]
    places = [place for place, text in examine(make()).texts if NUMBER in text]
    assert places
    assert any(where in place for place in places), places
    assert any(found.kind == "national identity numbers" for found in personal.findings([], examine(make()).texts))


def test_a_part_of_an_unknown_kind_is_refused_by_name():
    with pytest.raises(ContainerError, match=r"part 'xl/unknown\.bin' cannot be searched"):
        examine(with_part("xl/unknown.bin", bytes(range(256))))


def test_what_cells_say_is_left_to_the_reader():
    """A workbook of plain cells gives its names and styles, and none of the cells' texts."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("Ark")
        for number in range(500):
            sheet.write_row(number, 0, [f"synthetic {number}", number])
            sheet.write_formula(number, 2, f'=IF(B{number + 1}>1,"ja","nei")', value="nei")
    texts = [text for _place, text in examine(made.getvalue()).texts]
    assert not any("synthetic" in text or "nei" in text for text in texts)


def test_a_formula_that_was_never_calculated_is_named():
    cells = (
        '<row r="9"><c r="A9"><f>1+1</f></c><c r="B9"><f>1</f><v></v></c><c r="C9" t="str"><f>""</f><v></v></c></row>'
    )
    content = with_cells(cells)
    assert examine(content).uncalculated == {"Ark": ("A9", "B9")}
    otherwise = changed(SHEET, lambda text: text.replace(b"<row r=", b"<row x='' r="), content)
    assert examine(otherwise).uncalculated == {"Ark": ("A9", "B9")}
    assert examine(ods(row('<table:table-cell table:formula="of:=1"/>', cell(2)))).uncalculated == {"Ark": ("A1",)}


def test_a_formula_that_failed_is_named_in_an_ods():
    failed = 'table:formula="of:=1/0" calcext:value-type="error"'
    content = ods(row(cell(1), cell("#DIV/0!", failed)) + row(cell("#N/A", 'table:formula="of:=NA()"'), cell("#N/A")))
    content = changed(
        "content.xml", lambda text: text.replace(b"<office:body>", b"<office:body xmlns:calcext='x'>"), content
    )
    assert examine(content).errors == {"Ark": ("B1", "A2")}


# --- XLS --------------------------------------------------------------------------------------------------------------


def xls_with(kind: int, body: bytes) -> bytes:
    """Return the XLS with the record WRITEACCESS (0x5C, 112 bytes, who wrote it) turned into another."""
    content = XLS.read_bytes()
    at = content.index(struct.pack("<HH", 0x5C, 112))
    return content[:at] + struct.pack("<HH", kind, 112) + body.ljust(112, b"\0") + content[at + 116 :]


RECORDS = {
    "page header": (0x14, struct.pack("<HB", len(HIDDEN), 0) + TEXT),
    "page footer": (0x15, struct.pack("<HB", len(HIDDEN), 1) + HIDDEN.encode("utf-16-le")),
    "defined name": (0x18, bytes(14) + TEXT),
    "list to choose from": (0x1BE, bytes(4) + TEXT),
    "link": (0x1B8, bytes(20) + HIDDEN.encode("utf-16-le")),
    "tooltip": (0x800, bytes(10) + HIDDEN.encode("utf-16-le")),
    "number format": (0x41E, struct.pack("<HHB", 200, len(HIDDEN), 0) + TEXT),
    "name of who saved the file": (0x5C, TEXT),
    "record 0x4567": (0x4567, TEXT),
}


@pytest.mark.parametrize("name", RECORDS)
def test_texts_of_all_records_of_an_xls_are_found(name: str):
    kind, body = RECORDS[name]
    found = [place for place, text in examine(xls_with(kind, body)).texts if NUMBER in text]
    assert found == [f"{name} on the workbook"]


def test_texts_of_other_streams_and_of_what_lies_between_are_found():
    content = XLS.read_bytes()
    file = CompoundFile(content)
    summary = file.stream("\x05SummaryInformation")
    at = content.index(summary[:512]) + 200
    hidden = content[:at] + TEXT + content[at + len(TEXT) :]
    assert any(place == "part 'SummaryInformation'" and NUMBER in text for place, text in examine(hidden).texts)
    # A sector more, which belongs to nothing.
    hidden = content + TEXT.ljust(512, b"\0")
    assert [place for place, text in examine(hidden).texts if NUMBER in text] == [
        "what lies between the parts of the file"
    ]


def test_shared_texts_of_an_xls_go_on_in_the_next_record():
    # [MS-XLS] 2.4.265: two texts of three letters, the second cut after one and going on in two bytes a letter.
    first = struct.pack("<II", 2, 2) + struct.pack("<HB", 3, 0) + b"abc" + struct.pack("<HB", 3, 0) + b"d"
    assert shared_texts([first, b"\1" + "øf".encode("utf-16-le")]) == ["abc", "døf"]


def test_pictures_in_drawings_of_an_xls_are_looked_into():
    def record(version: int, kind: int, body: bytes) -> bytes:
        return struct.pack("<HHI", version, kind, len(body)) + body

    picture = record(0, 0xF01E, bytes(17) + IMAGES["PNG tEXt"])
    drawn = record(0, 0xF01A, bytes(50) + zlib.compress(HIDDEN.encode("utf-16-le")))
    entry = record(2, 0xF007, bytes(36) + picture)
    for content in (picture, drawn, entry, record(0xF, 0xF000, entry)):
        assert any(NUMBER in text for text in drawing_texts(content))
    with pytest.raises(Unknown):
        list(drawing_texts(record(0, 0xF029, bytes(99))))


def test_runs_of_letters_are_found_in_any_bytes():
    assert list(strings(b"\1\2" + "blåbær".encode("cp1252") + b"\0\0\0" + "synthetic".encode("utf-16-le"))) == [
        "synthetic",
        "blåbær",
    ]
