"""What a draft makes of a file that nobody agreed on: it loads, and reads its own file. All files are synthetic."""

import io
from functools import cache
from pathlib import Path

import pytest
import xlsxwriter

from indicators import catalogue
from indicators.catalogue import loading
from indicators.catalogue.contracts import DeliveryContract
from pipelines.deliveries import DeliveryError, draft, match, open_file, read
from pipelines.deliveries.checking import Rules

ROWS = [
    ["Kommunenummer", "Område", "År", "Blå bær"],
    ["3301", "Drammen", "2023", "12"],
    ["4003", "Skien", "2023", "15"],
]
FIGURES = [("3301", "2023", 12.0), ("4003", "2023", 15.0)]


@cache
def rules() -> Rules:
    return Rules.of(catalogue.load())


def drafted(folder: Path, content: str | bytes, name: str = "synthetic.csv") -> tuple[DeliveryContract, str]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    text = draft.contract(path, rules())
    (folder / "draft.yaml").write_text(text, encoding="utf-8")
    return loading.load(folder / "draft.yaml", DeliveryContract), text


def figures(folder: Path, contract: DeliveryContract, name: str = "synthetic.csv") -> list[tuple[str, str, float]]:
    """Area, period and value of each figure that the drafted contract reads."""
    found = match(open_file((folder / name).read_bytes(), name), [contract])
    reading = read(found, name, rules().areas)
    columns = (reading.columns[key].to_pylist() for key in ("area_id", "period"))
    return sorted(zip(*columns, reading.value.to_pylist(), strict=True))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_likely_separator_is_tried_and_a_number_of_a_municipality_is_no_count(tmp_path: Path, separator: str):
    contract, _text = drafted(tmp_path, "\n".join(separator.join(row) for row in ROWS))
    assert [contents.column for contents in contract.contents] == ["Blå bær"]
    assert (contract.area.code, contract.area.name) == ("Kommunenummer", "Område")
    assert figures(tmp_path, contract) == FIGURES


def test_norwegian_letters_stay_in_headers_and_are_written_out_in_codes(tmp_path: Path):
    contract, _text = drafted(tmp_path, "\n".join(";".join(row) for row in ROWS))
    assert contract.header == ROWS[0]
    assert [contents.code for contents in contract.contents] == ["bla_baer"]


def test_a_header_below_row_60_is_found(tmp_path: Path):
    above = ["Merknad om tallene", *[""] * 70]
    contract, text = drafted(tmp_path, "\n".join([*above, *(";".join(row) for row in ROWS)]))
    assert "its header is row 72" in text
    assert figures(tmp_path, contract) == FIGURES


def test_every_sheet_is_looked_at(tmp_path: Path):
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.add_worksheet("Om").write(0, 0, "Laget for en test")
        for year, first in (("2022", 11), ("2023", 12)):
            sheet = book.add_worksheet(year)
            for number, row in enumerate([["Kommune", "Antall"], ["Drammen", first], ["Skien", first + 3]]):
                sheet.write_row(number, 0, row)
    contract, _text = drafted(tmp_path, written.getvalue(), "synthetic.xlsx")
    assert [(period, value) for _area, period, value in figures(tmp_path, contract, "synthetic.xlsx")] == [
        ("2022", 11.0),
        ("2023", 12.0),
        ("2022", 14.0),
        ("2023", 15.0),
    ]


def test_a_header_that_another_contract_takes_is_told_and_drafted(tmp_path: Path):
    """Refused, for it has a theme that the contract does not know."""
    text = (
        "Kommunedel;År;Indikator;Teller;Nevner\nKommunedel 7;2023;Noe annet;59;88\nKommunedel 5;2023;Noe annet;60;89\n"
    )
    contract, said = drafted(tmp_path, text)
    assert "Contract drammen_district_counts has this header and refuses the file: keep to it, or give this one" in said
    assert [value for _area, _period, value in figures(tmp_path, contract)] == [60.0, 89.0, 59.0, 88.0]


def test_a_file_without_figures_is_refused_by_name(tmp_path: Path):
    with pytest.raises(DeliveryError, match=r"synthetic\.csv: no table of figures by area was found in it"):
        drafted(tmp_path, "Merknad\nTakk for sist\n")
