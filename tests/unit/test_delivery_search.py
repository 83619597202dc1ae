"""The personal data guard sees whole files: what stands around a table, lists of areas, GeoJSON, cubes. All synthetic.

The number is a synthetic one (month + 80, Skatteetaten's Tenor); no person can have it.
"""

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from indicators.catalogue.contracts import AreaListContract, BoundaryContract
from pipelines.deliveries import checking
from pipelines.deliveries.checking import Checked, Rules
from pipelines.deliveries.faults import DeliveryError, NoContract, PersonalData, Unsearchable
from tests.unit.test_container import XLS, cell, ods, row, with_part
from tests.unit.test_delivery import SYNTHETIC, area_code, csv_file
from tests.unit.test_delivery_formats import CUBE, HEADER, ROWS, coded, sheet_of, workbook

NUMBER = "15819000066"
ESCAPED = "".join(f"\\u{ord(sign):04x}" for sign in NUMBER)
COMMON = {key: SYNTHETIC[key] for key in ("name_no", "name_en", "provider", "attribution", "licence", "synthetic")}
AREAS = AreaListContract.model_validate(
    {
        **COMMON,
        "id": "synthetic_areas",
        "header": ["kommunenr", "kommunenavn"],
        "day": date(2024, 1, 1),
        "levels": {"municipality": {"code": "kommunenr", "name": "kommunenavn"}},
    }
)
BORDERS = BoundaryContract.model_validate(
    {
        **COMMON,
        "id": "synthetic_borders",
        "level": "statistical tract",
        "code": "nr",
        "name": "navn",
        "year_in_name": r"_(\d{4})\.",
    }
)
CONTRACT = coded()
CUBES = coded(
    header=["Kommune (code)", "Kjønn", "År", "value"],
    area={"code": "Kommune (code)", "digits": 4},
    contents=[{"code": "persons", "column": "value", "unit": "persons"}],
)


def checked(content: bytes, tmp_path: Path, name: str = "fil_2024.csv") -> Checked:
    path = tmp_path / name
    path.write_bytes(content)
    rules = Rules({CONTRACT.id: CONTRACT, "cubes": CUBES}, {AREAS.id: AREAS}, {BORDERS.id: BORDERS}, area_code, ())
    return checking.check(checking.taken_from(path), rules)


def place(content: bytes, tmp_path: Path, name: str = "fil_2024.csv") -> str:
    """Return where the only identity number of a file was found."""
    found = checked(content, tmp_path, name)
    assert isinstance(found.error, PersonalData), found.error
    assert not found.may_be_kept
    assert NUMBER not in str(found.error)
    [fault] = found.error.faults
    assert fault.expected == "seems to hold national identity numbers"
    return str(fault.place)


# --- around the table -------------------------------------------------------------------------------------------------


def with_cell(row_number: int, column: int, text: str) -> Callable[[xlsxwriter.Workbook], Any]:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet_of(*ROWS, at=4)(book).write(row_number, column, text)

    return fill


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ((0, 0), "sheet 'Ark', row 1"),
        ((0, 9), "sheet 'Ark', row 1"),
        ((6, 20), "sheet 'Ark', row 7"),
        ((9, 0), "sheet 'Ark', row 10"),
        ((20, 7), "sheet 'Ark', row 21"),
    ],
    ids=["above", "above and right", "right", "below", "below and right"],
)
def test_cells_around_the_table_are_searched(at: tuple[int, int], expected: str, tmp_path: Path):
    assert place(workbook(with_cell(*at, f"se {NUMBER}")), tmp_path, "fil.xlsx") == expected


def register(width: int = 3) -> list[list[str]]:
    """A register as people make them: names, days of birth, streets; no single cell of it says much."""
    people = [
        [f"Synthetic{n} Syntetisk", f"{n + 1:02d}.0{n % 9 + 1}.19{50 + 3 * n}", f"Storgata {n}"] for n in range(12)
    ]
    return [["Navn", "Fødselsdato", "Adresse"][:width], *[line[:width] for line in people]]


@pytest.mark.parametrize("where", ["above", "right", "below", "own sheet, under a wider row"])
def test_a_register_beside_the_figures_is_a_table_of_its_own(where: str, tmp_path: Path):
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = sheet_of(*ROWS, at=0 if where in ("right", "below") else 20)(book)
        at = {"above": (2, 0), "right": (0, 8), "below": (30, 0)}.get(where, (0, 0))
        if where.startswith("own"):
            sheet = book.add_worksheet("Kladd")
            sheet.write_row(30, 0, ["a", "b", "c", "d", "e", "f"])
        for number, line in enumerate(register()):
            sheet.write_row(at[0] + number, at[1], line)

    found = checked(workbook(fill), tmp_path, "fil.xlsx")
    assert isinstance(found.error, PersonalData)
    assert "dates of birth" in str(found.error)


def test_a_text_file_is_searched_below_its_table_and_in_rows_of_another_width(tmp_path: Path):
    lines = [",".join(map(str, line)) for line in ROWS]
    below = csv_file(*lines, "", *(";".join(line) for line in register()))
    assert isinstance(checked(below, tmp_path).error, PersonalData)
    assert place(csv_file(*lines, f"0821,Menn,2020,1,2,{NUMBER}"), tmp_path) == "row 4"


def test_a_text_file_is_searched_right_of_its_header(tmp_path: Path):
    lines = [";".join([*map(str, cells), "", NUMBER if at == 2 else ""]) for at, cells in enumerate([HEADER, *ROWS])]
    assert "row 3" in place("\n".join(lines).encode(), tmp_path)


def test_a_text_file_is_searched_as_each_of_its_signs_divides_it(tmp_path: Path):
    lines = ["Ref;Antall", *(f"{NUMBER[:6]},{NUMBER[6:]};{count}" for count in range(3, 9))]
    assert "column A" in place("\n".join(lines).encode(), tmp_path)


def test_a_telephone_in_a_cube_stands_beside_the_address_of_its_body(tmp_path: Path):
    contact = {"name": "Kari Berge", "phone": "40 90 12 34", "mail": "kon@ssb.no"}
    cube = CUBE | {"extension": {"contact": [contact]}}
    assert not isinstance(checked(json.dumps(cube).encode(), tmp_path, "kube.json").error, PersonalData)
    contact["mail"] = "kari@gmail.com"
    assert isinstance(checked(json.dumps(cube).encode(), tmp_path, "kube.json").error, PersonalData)


def test_rows_above_a_late_wider_row_are_a_table_of_their_own(tmp_path: Path):
    lines = [*(",".join(line) for line in register()), "", "a,b,c,d,e,f,g", "1,2,3,4,5,6,7"]
    found = checked("\n".join(lines).encode(), tmp_path)
    assert isinstance(found.error, PersonalData)
    assert "dates of birth" in str(found.error)


def test_a_place_is_where_the_cell_is(tmp_path: Path):
    comment = f"<office:annotation><text:p>{NUMBER}</text:p></office:annotation>"
    noted = f"<table:table-cell/><table:table-cell>{comment}</table:table-cell>"
    content = ods(row(cell("a"), cell("b"), cell("c")) + row(cell(1)) * 2 + row(cell(1), noted))
    assert place(content, tmp_path, "fil.ods") == "comment in cell C4 on sheet 'Ark'"


# --- lists of areas and boundaries ------------------------------------------------------------------------------------


def area_list(name: str = "Drammen") -> bytes:
    return f"kommunenr;kommunenavn\n3301;{name}\n".encode()


def collection(properties: Any, **members: Any) -> bytes:
    ring = [[10.2, 59.7], [10.3, 59.7], [10.3, 59.8], [10.2, 59.7]]
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return json.dumps({"type": "FeatureCollection", "features": [feature], **members}).encode()


AREA = {"nr": "33010101", "navn": "Strømsø"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (area_list(NUMBER), "column B, row 2"),
        (gzip.compress(area_list(NUMBER)), "column B, row 2"),
        (collection(AREA | {"navn": NUMBER}), "column B, row 2"),
        (collection(AREA | {"ansvarlig": NUMBER}), "column C, row 2"),
        (collection(AREA | {"ansvarlig": int(NUMBER)}), "column C, row 2"),
        (collection(AREA, description=f"av {NUMBER}"), "line 1, under 'description'"),
        (collection(AREA, metadata={"by": [NUMBER]}), "line 1, under 'by'"),
        (collection(AREA).replace(b'"nr"', b'"nr": "' + NUMBER.encode() + b'", "nr"'), "line 1, under 'nr'"),
        (b"\x1f\x8b\x08\x08" + bytes(6) + NUMBER.encode() + b"\0" + gzip.compress(area_list())[10:],
         "the name within the packed file"),
    ],
    ids=["list", "packed list", "name", "another", "a number", "member", "inner member", "repeated key", "gzip"],
)  # fmt: skip
def test_lists_of_areas_and_boundaries_are_searched(content: bytes, expected: str, tmp_path: Path):
    assert place(content, tmp_path) == expected


def test_a_clean_list_and_clean_boundaries_are_taken(tmp_path: Path):
    for content, contract in ((area_list(), AREAS), (gzip.compress(area_list()), AREAS), (collection(AREA), BORDERS)):
        found = checked(content, tmp_path)
        assert (found.error, found.contract) == (None, contract.id)


def test_a_packed_list_that_is_cut_or_followed_by_more_cannot_be_searched(tmp_path: Path):
    packed = gzip.compress(area_list() * 1000)
    for content in (packed[:-9], packed + gzip.compress(area_list())):
        assert isinstance(checked(content, tmp_path).error, Unsearchable)


@pytest.mark.parametrize("properties", [None, {}, {"id": 1}, 7], ids=["null", "none", "others", "a number"])
def test_geojson_without_the_properties_of_a_contract_is_refused_by_name(properties: Any, tmp_path: Path):
    found = checked(collection(properties), tmp_path, "grenser_2024.geojson")
    assert isinstance(found.error, DeliveryError)
    assert "GeoJSON" in str(found.error)
    assert found.error.where == "grenser_2024.geojson"


# --- cubes ------------------------------------------------------------------------------------------------------------

PX = (
    'CHARSET="ANSI";\nCODEPAGE="utf-8";\nMATRIX="a";\nSUBJECT-CODE="a";\nSUBJECT-AREA="a";\nTITLE="a";\nCONTENTS="a";\n'
    'UNITS="antall";\nDECIMALS=0;\nSTUB="Kommune";\nHEADING="År";\nVALUES("Kommune")="Bø";\nCODES("Kommune")="0821";\n'
    'VALUES("År")="2019","2020";\nNOTEX("Kommune")="Syntetisk. "\n"TEKST";\nDATA=\n1 2;\n'
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (json.dumps(CUBE | {"note": [f"av {NUMBER}"]}).encode(), "line 1, under 'note'"),
        (json.dumps(CUBE | {"extension": {"contact": {"a": NUMBER}}}).encode(), "line 1, under 'a'"),
        (json.dumps(CUBE | {"extension": {"ids": [7, int(NUMBER)]}}).encode(), "a list of numbers in the file"),
        (json.dumps(CUBE | {"extension": {"by": float(NUMBER)}}).encode(), "a number of the file"),
        (json.dumps(CUBE | {"extension": {"duf": [201912345606]}}).encode(), "a list of numbers in the file"),
        (json.dumps(CUBE | {"source": "TEXT"}).replace("TEXT", ESCAPED).encode(), "line 1, under 'source'"),
        (PX.replace("TEKST", NUMBER).encode(), "line 15, NOTEX"),
        (PX.replace('Syntetisk. "\n"TEKST', f'{NUMBER[:6]}"\n"{NUMBER[6:]}').encode(), "line 15, NOTEX"),
    ],
    ids=["note", "extension", "numbers in a list", "a number with .0", "DUF", "escaped", "PX", "PX over two lines"],
)  # fmt: skip
def test_notes_of_cubes_are_searched(content: bytes, expected: str, tmp_path: Path):
    assert place(content, tmp_path) == expected


def test_amounts_of_eleven_digits_in_a_cube_are_no_register(tmp_path: Path):
    amounts = [32_000_000_000 + 123_456_789 * number for number in range(40)]
    years = [str(1980 + number) for number in range(40)]
    cube = {"version": "2.0", "class": "dataset", "id": ["Tid"], "size": [40], "value": [*amounts[1:], int(NUMBER)]}
    dimension = {"Tid": {"category": {"index": years}}}
    assert not isinstance(checked(json.dumps(cube | {"dimension": dimension}).encode(), tmp_path).error, PersonalData)


def test_a_cube_without_notes_is_as_clean_as_before(tmp_path: Path):
    assert not isinstance(checked(json.dumps(CUBE).encode(), tmp_path).error, PersonalData)
    assert not isinstance(checked(PX.encode(), tmp_path).error, PersonalData)


# --- which sheet ------------------------------------------------------------------------------------------------------


def two_sheets(*hidden: str) -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name, persons in (("2024", 10), ("2023", 20)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADER)
            sheet.write_row(1, 0, ["0821", "Menn", 2019, persons, 1.5])
            if name in hidden:
                sheet.hide()
        if "2024" in hidden:
            book.get_worksheet_by_name("2023").activate()

    return workbook(fill)


def test_two_sheets_that_both_fit_are_refused_by_name(tmp_path: Path):
    found = checked(two_sheets(), tmp_path, "fil.xlsx")
    assert "sheets '2024', '2023' all have the columns of a contract (synthetic); expected one" in str(found.error)
    assert found.may_be_kept


def test_the_visible_sheet_is_read_and_the_hidden_one_told(tmp_path: Path):
    found = checked(two_sheets("2024"), tmp_path, "fil.xlsx")
    assert found.reading is not None
    assert found.reading.value.to_pylist() == [20.0, 1.5]
    assert found.remarks == ("1 hidden sheet(s) were not read: '2024'",)


def test_two_cubes_that_both_fit_are_refused(tmp_path: Path):
    both = {"version": "2.0", "class": "collection", "link": {"item": [CUBE, CUBE]}}
    assert "2 cubes of the file all have the columns" in str(checked(json.dumps(both).encode(), tmp_path).error)


# --- what cannot be searched, and what nobody expected ----------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        with_part("xl/vbaProject.bin", b"macros"),
        with_part("xl/unknown.bin", bytes(range(256))),
        XLS.read_bytes()[:60_000],
        ods()[:-40],
        b"PK\x05\x06" + bytes(18),
    ],
    ids=["macros", "unknown part", "cut XLS", "cut ODS", "empty archive"],
)
def test_a_container_that_cannot_be_searched_is_not_kept(content: bytes, tmp_path: Path):
    found = checked(content, tmp_path, "fil.xlsx")
    assert isinstance(found.error, Unsearchable)
    assert not found.may_be_kept


def test_a_panic_of_the_reader_in_rust_is_the_refusal_of_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What a directory that breaks off does in calamine 0.37, were it not refused before."""
    monkeypatch.setattr("pipelines.guards.container.compound.CompoundFile._take", lambda *_: None)
    monkeypatch.setattr("pipelines.deliveries.opened.examine", lambda _content: None)
    content = XLS.read_bytes()
    start = int.from_bytes(content[48:52], "little")
    found = checked(content[: (start + 1) * 512 + 8], tmp_path, "fil.xls")
    assert isinstance(found.error, Unsearchable)
    assert "the spreadsheet cannot be opened; is the file whole?" in str(found.error)


def test_any_exception_is_the_refusal_of_that_file_and_quotes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*_arguments: object) -> None:
        raise KeyError("secret of a cell")

    monkeypatch.setattr("pipelines.deliveries.checking.read", broken)
    found = checked(csv_file("0821,Menn,2019,10,1.5"), tmp_path)
    assert found.contract == CONTRACT.id
    assert "Levekår cannot read this file, and does not know why (KeyError in test_delivery_search.py" in str(
        found.error
    )
    assert "secret" not in str(found.error)


def test_a_document_is_no_table(tmp_path: Path):
    found = checked(b"{\\rtf1 " + NUMBER.encode() + b"}", tmp_path, "fil.csv")
    assert isinstance(found.error, Unsearchable)
    assert not isinstance(found.error, NoContract)


PIVOT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def with_pivot(fields: str, records: str) -> bytes:
    """Return a workbook with the rows that a pivot table was made from. (ECMA-376, part 1, 18.10)"""
    relation = (
        f'<Relationships><Relationship Id="r" Type="{PIVOT}/pivotCacheRecords" Target="rows.xml"/></Relationships>'
    )
    other = {
        "xl/pivotCache/rows.xml": f"<pivotCacheRecords>{records}</pivotCacheRecords>".encode(),
        "xl/pivotCache/_rels/definition.xml.rels": relation.encode(),
    }
    definition = f"<pivotCacheDefinition><cacheFields>{fields}</cacheFields></pivotCacheDefinition>"
    return with_part("xl/pivotCache/definition.xml", definition.encode(), **other)


def field(name: str, *shared: str) -> str:
    items = "".join(f'<s v="{text}"/>' for text in shared)
    return f'<cacheField name="{name}"><sharedItems>{items}</sharedItems></cacheField>'


@pytest.fixture
def answer(tmp_path: Path) -> Callable[[bytes], DeliveryError | None]:
    """Return why a file is refused, or None."""
    return lambda content: checked(content, tmp_path, "synthetic.file").error


AREAS_AND_COUNTS = "".join(f'<r><x v="{number % 2}"/><n v="{number}"/></r>' for number in range(9))
PERSONS = "".join(f'<r><x v="{number % 3}"/><n v="{1950 + 7 * number}"/></r>' for number in range(9))


def test_the_rows_behind_a_pivot_table_are_searched_as_a_table(answer):
    counts = with_pivot(field("Område", "Fjell", "Tangen") + field("Antall"), AREAS_AND_COUNTS)
    assert isinstance(answer(counts), NoContract)
    persons = with_pivot(field("Navn", "Kari Berge", "Ali Khan", "Nora Moen") + field("F.år"), PERSONS)
    assert "the rows behind a pivot table ('xl/pivotCache/rows.xml'), column A, row 2" in str(answer(persons))
    # Whoever was deleted from the rows is remembered among the values that they share.
    gone = with_pivot(
        field("Etikett", "Fjell", "Tangen", "Moen, Nora", "Ali Khan", "Berge, Kari") + field("Antall"), ""
    )
    assert isinstance(answer(gone), PersonalData)
    number = with_pivot(field("Område", "Fjell") + field("Antall"), f'<r><x v="0"/><n v="{NUMBER}"/></r>')
    assert "national identity numbers" in str(answer(number))


@pytest.mark.parametrize("row_of_it", ['<r><x v="7"/></r>', '<r><x v="0"/><n v="1"/><n v="2"/></r>'])
def test_rows_behind_a_pivot_table_that_do_not_fit_cannot_be_searched(row_of_it: str, answer):
    found = answer(with_pivot(field("Område", "Fjell") + field("Antall"), row_of_it))
    assert isinstance(found, Unsearchable)
    assert "do not fit their columns" in str(found)


def test_sheets_may_be_called_after_persons(tmp_path: Path):
    for names, found in ((("Kari Berge", "Ali Khan", "Tall"), PersonalData), (("Berg", "Ole Vigs gate"), NoContract)):
        path = tmp_path / "synthetic.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for name in names:
                book.add_worksheet(name).write_column(0, 0, ["Uke", 1, 2, 3])
        assert isinstance(checked(path.read_bytes(), tmp_path, path.name).error, found)


def test_lists_of_objects_are_tables(answer):
    people = [{"navn": name, "sak": "A"} for name in ("Kari Berge", "Ali Khan", "Nora Moen", "Per Lie")]
    assert "a list in 'rader', column A" in str(answer(json.dumps([{"rader": people}]).encode()))
    areas = [{"navn": name, "antall": 7} for name in ("Fjell", "Tangen", "Øren", "Danvik")]
    assert isinstance(answer(json.dumps(areas).encode()), NoContract)
