"""Delivered files through their contracts: what is read, and what is said about files that cannot be right.

All figures here are synthetic. Real files are read in tests/recorded/test_deliveries.py.
"""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa
import pytest
from pydantic import ValidationError

from indicators.catalogue.contracts import DeliveryContract
from pipelines import deliveries as delivery
from pipelines.decoding.delivered import facts_of
from pipelines.decoding.tidy import FACTS_SCHEMA
from pipelines.deliveries import DeliveryError, NoContract, Reading

VINTAGE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
SYNTHETIC: dict[str, Any] = {
    "id": "synthetic",
    "name_no": "Syntetisk",
    "name_en": "Synthetic",
    "provider": "nobody",
    "attribution": "synthetic",
    "licence": "synthetic",
    "synthetic": True,
    "header": ["Kommune", "Kjønn", "År", "Personer", "Andel"],
    "area": {"name": "Kommune"},
    "period": {"column": "År"},
    "dimensions": {"Kjonn": {"column": "Kjønn", "codes": {"Begge kjønn": "0", "Menn": "1", "Kvinner": "2"}}},
    "contents": [
        {"code": "persons", "column": "Personer", "unit": "persons"},
        {"code": "percent", "column": "Andel", "unit": "percent", "missing": {"x": "unreliable"}},
    ],
    "missing": {"": "..", ":": ":"},
}
ROWS = ["Bø,Menn,2019,10,1.5", "Bø,Menn,2020,,2.5", "Bø,Kvinner,2020,:,x", "Ås,Kvinner,2020,0,0.0"]
LONG = {
    "header": ["Kommune", "År", "Variabel", "Verdi"],
    "dimensions": {},
    "contents_column": "Variabel",
    "contents": [
        {"code": "persons", "label": "Personer", "column": "Verdi", "unit": "persons"},
        {"code": "percent", "label": "Personer (prosent)", "column": "Verdi", "unit": "percent"},
    ],
}
WIDE = {
    "sheet": "Ark",
    "header_row": 2,
    "first_row": 4,
    "header": [""],
    "area": {"code": ""},
    "period": {},
    "across": {"parts": [{"tells": "period"}]},
    "dimensions": {},
    "contents": [{"code": "percent", "unit": "percent"}],
}


def contract(**changes: Any) -> DeliveryContract:
    return DeliveryContract.model_validate({**SYNTHETIC, **changes})


def csv_file(*rows: str, header: str = "Kommune,Kjønn,År,Personer,Andel") -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def xlsx_file(rows: list[list[str | int | float | None]], sheet: str = "Ark") -> bytes:
    """Return a spreadsheet with one sheet, as little of one as the format allows."""

    def cell(value: str | int | float | None) -> str:
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        return "<c/>" if value is None else f"<c><v>{value}</v></c>"

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{content_type}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sheet1.xml" ContentType="{content_type}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="a" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        f'<sheets><sheet name="{sheet}" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="a" Type="{office}/worksheet" Target="sheet1.xml"/></Relationships>',
        "xl/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def area_code(name: str, year: int | None) -> str | None:
    """Synthetic areas: codes change in 2020, as Norway's did."""
    return {("Bø", 2019): "0821", ("Bø", 2020): "3817", ("Bø", 2024): "4020"}.get((name, year or 0))


def read(content: bytes, one: DeliveryContract | None = None) -> pa.Table:
    return facts_of(reading(content, one), "5a" * 32, VINTAGE)


def reading(content: bytes, one: DeliveryContract | None = None, names: tuple[str, ...] = ()) -> Reading:
    found = delivery.match(delivery.open_file(content, "fil.csv"), [one or contract()])
    return delivery.read(found, "fil.csv", area_code, names)


def matched(content: bytes, contracts: list[DeliveryContract]) -> DeliveryContract:
    return delivery.match(delivery.open_file(content, "fil.csv"), contracts).contract


def faults(content: bytes, one: DeliveryContract | None = None) -> tuple[str, ...]:
    with pytest.raises(DeliveryError) as caught:
        read(content, one)
    assert str(caught.value).startswith("fil.csv")
    return tuple(map(str, caught.value.faults))


def only(table: pa.Table, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for row in table.to_pylist()]


def test_every_row_gives_one_fact_per_kind_of_figure():
    table = read(csv_file(*ROWS))
    assert table.schema == FACTS_SCHEMA
    assert only(table, "area_id", "area_label", "period", "cell", "value", "status") == [
        ("0821", "Bø", "2019", "ContentsCode=persons|Kjonn=1", 10.0, None),
        ("3817", "Bø", "2020", "ContentsCode=persons|Kjonn=1", None, ".."),
        ("3817", "Bø", "2020", "ContentsCode=persons|Kjonn=2", None, ":"),
        (None, "Ås", "2020", "ContentsCode=persons|Kjonn=2", 0.0, None),
        ("0821", "Bø", "2019", "ContentsCode=percent|Kjonn=1", 1.5, None),
        ("3817", "Bø", "2020", "ContentsCode=percent|Kjonn=1", 2.5, None),
        ("3817", "Bø", "2020", "ContentsCode=percent|Kjonn=2", None, "unreliable"),
        (None, "Ås", "2020", "ContentsCode=percent|Kjonn=2", 0.0, None),
    ]
    first = table.slice(0, 1).to_pylist()[0]
    assert dict(first["dimensions"]) == {"ContentsCode": "persons", "Kjonn": "1"}
    assert (first["period_start"], first["period_end"]) == (date(2019, 1, 1), date(2019, 12, 31))
    assert (first["provider"], first["table_id"], first["snapshot_sha256"]) == (
        "delivery",
        "synthetic",
        "5a" * 32,
    )
    assert first["vintage"] == VINTAGE
    assert set(table["boundary_year"].to_pylist()) == {2019, 2020}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("said", [True, False])
def test_encodings_and_separators_make_no_difference(encoding, separator, said):
    text = csv_file(*ROWS).decode().replace(",", separator).replace("\n", "\r\n")
    content = (f"sep={separator}\r\n{text}" if said else text).encode(encoding)
    one = matched(content, [contract(id="other", **LONG), contract()])
    assert one.id == "synthetic"
    assert read(content, one).equals(read(csv_file(*ROWS)))


def test_columns_may_stand_in_another_order_and_blank_lines_between_rows():
    content = csv_file('1.5,Bø,"10",2019,Menn', ",,,,", "", header="Andel,Kommune,Personer,År,Kjønn")
    assert only(read(content), "area_id", "period", "value") == [
        ("0821", "2019", 10.0),
        ("0821", "2019", 1.5),
    ]


def test_decimal_comma():
    content = csv_file("Bø;Menn;2019;10;1,5", header="Kommune;Kjønn;År;Personer;Andel")
    assert only(read(content, contract(decimal=",")), "value") == [(10.0,), (1.5,)]


def test_long_files_tell_their_figures_apart_by_a_column():
    rows = ["Bø,2019,Personer,10", "Bø,2019,Personer (prosent),1.5"]
    table = read(csv_file(*rows, header="Kommune,År,Variabel,Verdi"), contract(**LONG))
    assert only(table, "cell", "value") == [("ContentsCode=persons", 10.0), ("ContentsCode=percent", 1.5)]


@pytest.mark.parametrize(
    ("label", "year", "code"),
    [
        ("Bø", 2020, "3817"),
        ("Bø (2020-2023)", 2020, "3817"),
        ("Bø (-2019)", 2019, "0821"),
        ("Bø (1960-2019)", 2019, "0821"),
        ("Bø (2024-)", 2024, "4020"),
        ("Bø (-2019)", 2020, None),  # the name is not valid then
        ("Bø (Telemark) (-2019)", 2019, None),  # another name
        ("Ås", 2020, None),
    ],
)
def test_names_with_years_of_validity_get_the_code_of_the_rows_year(label, year, code):
    table = read(csv_file(f"{label},Menn,{year},1,1", f"Bø,Kvinner,{year},1,1"))
    assert only(table, "area_id", "area_label")[0] == (code, label)


def test_a_boundary_year_holds_for_all_rows():
    table = read(csv_file(*ROWS), contract(boundary_year=2024))
    assert set(only(table, "area_label", "area_id", "boundary_year")) == {
        ("Bø", "4020", 2024),
        ("Ås", None, 2024),
    }


@pytest.mark.parametrize(
    ("form", "text", "period"),
    [
        ("date_month", "2011-03-01", "2011M03"),
        ("date_year", "2011-03-01", "2011"),
        ("published", "2016/17", "2016/17"),
    ],
)
def test_dates_may_stand_for_months_or_years(form, text, period):
    one = contract(period={"column": "År", "form": form}, boundary_year=2024)
    assert set(only(read(csv_file(f"Bø,Menn,{text},1,1"), one), "period")) == {(period,)}


def test_codes_are_text_and_may_have_a_column_of_names():
    one = contract(header=["Nr", "Kommune", "Kjønn", "År", "Personer", "Andel"], area={"code": "Nr", "name": "Kommune"})
    rows = ["00,Hele landet,Menn,2019,1,1", "0821,Bø,Menn,2019,1,1"]
    table = read(csv_file(*rows, header="Nr,Kommune,Kjønn,År,Personer,Andel"), one)
    assert only(table, "area_id", "area_label")[:2] == [("00", "Hele landet"), ("0821", "Bø")]


def test_spreadsheet_with_periods_in_its_header_title_above_and_notes_below():
    content = xlsx_file(
        [
            ["Tabell 1: syntetisk"],
            [None, "2019", 2020],
            [None, "15-74 år", "15-74 år"],
            ["0821 Bø", 62.5, 63],
            ["3817 Bø i Telemark", None, ":"],
            [],
            ["Noter: ingen"],
        ]
    )
    one = matched(content, [contract(id="other"), contract(**WIDE)])
    table = read(content, one)
    assert only(table, "area_id", "area_label", "period", "value", "status") == [
        ("0821", "Bø", "2019", 62.5, None),
        ("3817", "Bø i Telemark", "2019", None, ".."),
        ("0821", "Bø", "2020", 63.0, None),
        ("3817", "Bø i Telemark", "2020", None, ":"),
    ]


def test_all_faults_of_a_file_come_at_once_with_rows_as_seen_in_the_file():
    found = faults(
        csv_file(
            "Bø,Men,2016,1,1",
            "Bø,Menn,2017,12 34,1.5",
            "Bø,Menn,20019,1,nan",
            "Bø,Men,2019,1,1",
            "Bø,Kvinner,2019,1,1",
            "Bø,Kvinner,2019,1,2",
        )
    )
    assert found == (
        "row 4, column 'År' (cell C4): found '20019', expected a period, such as "
        "2020, 2020K1, 2020M03, 2018-2020 or 2017/18-2019/20",
        "row 2, column 'Kjønn' (cell B2) (and 1 more): found a text of 3 characters, "
        "expected one of 'Begge kjønn', 'Menn', 'Kvinner' (did you mean 'Menn'?)",
        "column 'År': period 2018 is missing; expected every period from first to last",
        "row 3, column 'Personer' (cell D3): found '12 34', expected a number with '.' as decimal sign or '' or ':'"
        ", such as 12.5",
        "row 4, column 'Andel' (cell E4): found 'nan', expected a number with '.' as decimal sign or '' or ':' or 'x'"
        ", such as 12.5",
        "row 6: gives the same figure as row 7: '0821', '2019', '2'; expected each figure once",
    )


def test_many_faults_are_counted_rather_than_listed():
    with pytest.raises(DeliveryError) as caught:
        read(csv_file(*[f"Bø,Menn,2019,a{number},1" for number in range(30)]))
    # Thirty texts that are no numbers, and the one figure that all thirty rows give.
    assert len(caught.value.faults) == 31
    assert str(caught.value).splitlines()[-1] == "  and 11 more"


def test_rows_of_two_names_for_one_area_are_doubled():
    [fault] = faults(csv_file("Bø,Menn,2020,1,1", "Bø (2020-2023),Menn,2020,2,2"))
    assert fault == "row 2: gives the same figure as row 3: '3817', '2020', '1'; expected each figure once"


@pytest.mark.parametrize(
    ("form", "written", "missing"),
    [
        ("date_month", ["2011-11-01", "2012-01-01"], "2011-12"),
        ("published", ["2010K1", "2010K3"], "2010-04 to 2010-06"),
        ("published", ["2004-2010", "2006-2012"], "2005-01 to 2011-12"),
        ("published", ["2014/15-2016/17", "2016/17-2018/19"], "2015-08 to 2018-07"),
    ],
)
def test_a_missing_period_is_named(form, written, missing):
    one = contract(period={"column": "År", "form": form}, boundary_year=2024)
    [fault] = faults(csv_file(*[f"Bø,Menn,{period},1,1" for period in written]), one)
    assert fault == f"column 'År': period {missing} is missing; expected every period from first to last"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n \r\n", "\n".encode("utf-16")])
def test_an_empty_file(content):
    assert faults(content) == ("the file is empty; expected a header row and rows of figures",)
    assert faults(csv_file()) == ("no rows after the header; expected rows of figures",)


def test_a_truncated_last_row():
    assert faults(csv_file(*ROWS)[: -len("0.0\n") - 1]) == (
        "row 5: has another number of fields than the 5 of the header; does the row break off, or is there a separator "
        "within a cell that is not quoted?",
    )
    [fault] = faults(csv_file(*ROWS) + b'"B')
    assert fault.startswith("row 6: breaks off or is wrongly quoted")


def test_a_wrong_encoding_names_byte_row_and_the_columns_found():
    content = csv_file(*ROWS)
    first = content.index("ø".encode(), 60)
    row = content.count(b"\n", 0, first) + 1
    broken = content[: first + 1] + content[first + 2 :]  # a letter loses its second byte
    assert faults(broken) == (
        f"byte {first} (row {row}) is not UTF-8, though the rest of the file is; "
        "expected one encoding throughout. Ask for the file saved as UTF-8.",
    )
    twice = content.decode("latin-1").encode()
    assert faults(twice)[0].startswith("row 1 has 'Ã¸', read as UTF-8: letters were lost")
    lost = content.replace("ø".encode(), "\ufffd".encode())
    assert faults(lost)[0].startswith("row 1 has '\ufffd', read as UTF-8: letters were lost")
    assert faults(content.replace(b"10", b"1\0"))[0].startswith("row 2 holds a NUL byte")
    assert faults(csv_file("Bø,Menn\x81,2019,1,1").decode().encode("latin-1"))[0].startswith("byte 10 (row 1) is not")
    # DOS letters: some are nothing in Latin-1, others are another letter, and then the header shows it.
    assert faults(content.decode().encode("cp865"))[0].startswith(
        "byte 10 (row 1) is not UTF-8, and byte 14 (row 1) is not Latin-1 either"
    )
    [fault] = faults(csv_file(header="Kommune,Kjønn,Aar,Personer,Andel").decode().encode("cp865"))
    assert fault.startswith("no contract has these columns. Read as Latin-1; columns found: 'Kommune', 'Kj›nn'")
    assert fault.endswith("contract synthetic: the file lacks 'Kjønn', 'År', has besides 'Kj›nn', 'Aar'")


def test_utf16_that_breaks_off():
    assert faults(csv_file(*ROWS).decode().encode("utf-16")[:-1])[0].endswith("is not UTF-16; is the file whole?")


def test_an_unknown_header_names_the_nearest_contract_and_the_difference():
    content = csv_file(*ROWS, header="Kommune,Kjonn,År,Personer,Andel")
    with pytest.raises(NoContract) as caught:
        matched(content, [contract(id="other", **LONG), contract()])
    assert tuple(map(str, caught.value.faults)) == (
        "no contract has these columns. Read as UTF-8; "
        "columns found: 'Kommune', 'Kjonn', 'År', 'Personer', 'Andel'. "
        "Nearest is contract synthetic: the file lacks 'Kjønn', has besides 'Kjonn'",
    )


def test_a_strange_file_is_told_which_contracts_there_are_and_no_identity_number_is_repeated():
    content = b"Ola Nordmann;01010012345;vedtak\nKari Nordmann;02020012345;vedtak\n"  # synthetic persons
    with pytest.raises(NoContract) as caught:
        matched(content, [contract()])
    assert "None of the 1 contracts is like it (`levekar doctor` names them)" in str(caught.value)
    assert "12345" not in str(caught.value)


def test_areas_of_which_none_is_known():
    assert faults(csv_file("Bo,Menn,2019,1,1")) == (
        "row 2, column 'Kommune' (cell A2): found a text of 2 characters, none of the areas is known; see areas.yaml",
    )


def test_spreadsheets_that_cannot_be_right():
    sound = xlsx_file([["t"], [None, 2019], [None, "a"], ["0821 Bø", 1]])
    assert faults(sound[:-40], contract(**WIDE))[0].startswith("the file is damaged or cut off")
    assert faults(b"PK\x03\x04" + b"\0" * 40, contract(**WIDE))[0].startswith("the file is damaged or cut off")
    other = xlsx_file([["t"]], sheet="Annet")
    assert faults(other, contract(**WIDE)) == (
        "no contract has these columns. A spreadsheet with the sheets 'Annet'; columns found: 't'. "
        "None of the 1 contracts is like it (`levekar doctor` names them); `levekar deliver --draft` writes a first "
        "contract for a new kind of file",
    )
    # Excel has eaten the zero of 0821.
    robbed = xlsx_file([["t"], [None, 2019], [None, "a"], [821, 1]])
    assert faults(robbed, contract(**WIDE)) == (
        "sheet 'Ark', row 4, column '' (cell A4): found '821', expected 2 digits (county), 4 (municipality), 6, 8 or "
        "10 (zone); was a leading zero lost?, such as 3301",
    )
    besides = xlsx_file([["t"], [None, 2019], [None, "a"], ["0821", 1, "note"]])
    assert faults(besides, contract(**WIDE)) == ("sheet 'Ark', row 4: a value in column 3, beyond the header",)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"area": {}}, "expected 'area.code' or 'area.name'"),
        ({"area": {"name": "Fylke"}}, "column 'Fylke' is not in 'header'"),
        ({"period": {}}, "expected either 'period.column' or a part of 'across'"),
        ({"header": [*SYNTHETIC["header"], "År"]}, "'header' names a column twice"),
        ({"first_row": 3}, "'first_row' must come after 'header_row'"),
        ({"thousands": "."}, "so that 'decimal' must be ','"),
        (
            {"totals": [{"dimension": "Alder", "whole": "0", "parts": ["1", "2"], "contents": ["persons"]}]},
            "'Alder' is",
        ),
        ({"contents": [{**SYNTHETIC["contents"][0], "part_of": "all"}]}, "'all' is none of 'contents'"),
        ({"header_row": 3, "first_row": 3}, "'first_row' must come after 'header_row'"),
        ({"dimensions": {"ContentsCode": {"column": "Kjønn"}}}, "ContentsCode is no dimension here"),
        ({"contents": SYNTHETIC["contents"][:1] * 2}, "two of 'contents' have the same code"),
        ({"contents_column": "Kjønn"}, "'label' goes with 'contents_column'"),
        ({"contents": [{"code": "persons", "unit": "persons"}]}, "expected 'column'"),
        ({**WIDE, "contents": [{"code": name, "unit": "a"} for name in "ab"]}, "several 'contents' need"),
    ],
)
def test_a_contract_that_contradicts_itself_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        contract(**changes)
