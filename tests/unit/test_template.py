"""Templates of every contract: refused while empty, read once filled in. All figures are synthetic."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from indicators import catalogue
from indicators.catalogue.contracts import DeliveryContract
from pipelines.deliveries import area_file, checking, template
from pipelines.deliveries.checking import Checked, Rules
from pipelines.deliveries.faults import DeliveryError, NoContract
from pipelines.deliveries.opened import EXAMPLE_SHEET, match, open_file
from pipelines.deliveries.reading import read
from pipelines.deliveries.template import Template
from pipelines.terminal.deliver import write_template
from tests.unit.test_delivery import SYNTHETIC

LOADED = catalogue.load()
RULES = Rules.of(LOADED)
SHEET, EXAMPLE = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml"


def made(contract: DeliveryContract) -> Template:
    return template.of_figures(contract, list(LOADED.areas.values()), 2025)


def check(name: str, content: bytes) -> Checked:
    return checking.check(Checked(Path(name), name, "0" * 64, content=content), RULES)


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def workbook(texts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, text in texts.items():
            packed.writestr(name, text)
    return file.getvalue()


def filled_in(content: bytes) -> bytes:
    """The template with the example's cells in the sheet of figures too, as somebody would who copies them there."""
    texts = parts(content)
    cells = re.search("<sheetData>.*</sheetData>", texts[EXAMPLE], re.DOTALL)[0]
    size = re.search("<dimension.*?/>", texts[EXAMPLE])[0]
    sheet = re.sub("<sheetData>.*</sheetData>", lambda _found: cells, texts[SHEET], flags=re.DOTALL)
    return workbook({**texts, SHEET: re.sub("<dimension.*?/>", size, sheet)})


def test_nobody_fills_in_a_publishers_own_workbook_of_several_sheets():
    with pytest.raises(DeliveryError, match="is its publisher's own workbook"):
        made(LOADED.contracts["nav_unemployment_workbook"])


@pytest.mark.parametrize(
    "contract",
    [
        # 108 columns in five header rows are searched for personal data in more than a second.
        pytest.param(contract, id=name, marks=[pytest.mark.slow] if name == "imdi_education_level" else [])
        for name, contract in LOADED.contracts.items()
        if not (name.startswith("nav_") and name.endswith("_workbook"))
    ],
)
def test_a_template_is_refused_while_empty_and_read_when_filled_in(contract: DeliveryContract):
    one = made(contract)
    fitting = match(open_file(one.content, one.name), list(LOADED.contracts.values()))
    assert fitting.contract is contract
    with pytest.raises(DeliveryError, match="no rows after the header"):
        read(fitting, one.name, RULES.areas, RULES.names)
    filled = check(one.name, filled_in(one.content))
    assert filled.error is None, str(filled.error)
    assert filled.contract == contract.id
    reading = filled.reading
    assert reading.value.null_count == reading.columns["area_id"].null_count == 0
    assert set(reading.distinct("ContentsCode")) == {contents.code for contents in contract.contents}
    for name, codes in contract.dimension_codes.items():
        assert codes is None or set(reading.distinct(name)) == set(codes.values())


@pytest.mark.parametrize("contract", ["drammen_district_counts", "drammen_district_values"])
def test_the_districts_are_on_the_list_of_a_column_that_takes_no_other_text(contract: str):
    texts = parts(made(LOADED.contracts[contract]).content)
    shared = re.findall("<t>(.*?)</t>", texts["xl/sharedStrings.xml"])
    column = re.findall(r'<c r="A\d+" t="s"><v>(\d+)</v>', texts["xl/worksheets/sheet2.xml"])
    names = [shared[int(number)] for number in column]  # the heading has a style, and is not among them
    districts = [area for area in LOADED.areas.values() if area.kind == "district"]
    assert {name for area in districts for name in (area.name, *area.published_names)} <= set(names)
    assert names[0] == "Kommunedel 7"
    assert f"$A$2:$A${len(names) + 1}</formula1>" in texts[SHEET]


def test_an_empty_template_in_the_inbox_is_refused_with_what_it_lacks():
    one = made(LOADED.contracts["drammen_district_counts"])
    empty = check(one.name, one.content)
    assert (empty.contract, empty.may_be_kept) == ("drammen_district_counts", True)
    assert "no rows after the header; expected rows of figures" in str(empty.error)


def test_cells_take_what_the_contract_takes():
    texts = parts(made(LOADED.contracts["nav_unemployment"]).content)
    found = re.findall(r'<dataValidation type="(\w+)".*? sqref="(\w+):\w+">', texts[SHEET])
    # Level, area, status, sex, persons, share, month: of the level nothing is known.
    assert {cell: kind for kind, cell in found} == dict.fromkeys(["B2", "C2", "D2", "G2"], "list") | dict.fromkeys(
        ["E2", "F2"], "custom"
    )
    assert "INT(E2)=E2" in texts[SHEET]
    assert "F2&lt;=1" in texts[SHEET]
    assert "share" in texts[SHEET]  # the unit
    assert f'name="{EXAMPLE_SHEET}"' in texts["xl/workbook.xml"]
    assert "Helt ledige" in texts["xl/sharedStrings.xml"]


def test_the_example_is_never_read_even_where_it_is_all_that_there_is():
    one = made(LOADED.contracts["drammen_district_counts"])
    texts = parts(one.content)
    texts["xl/workbook.xml"] = texts["xl/workbook.xml"].replace('name="Tall"', 'name="Om"')
    texts[SHEET] = re.sub("<sheetData>.*</sheetData>", "<sheetData/>", texts[SHEET], flags=re.DOTALL)
    error = check(one.name, workbook(texts)).error
    assert isinstance(error, NoContract)
    assert f"Sheet '{EXAMPLE_SHEET}' is a template's, made up, and never read" in str(error)


@pytest.mark.parametrize("where", ["title", "sheet", "file"])
def test_a_guide_says_what_must_stand_around_the_table(where: str):
    stated = {"År": {"where": where, "pattern": r"(\d{4})"}}
    changes = {"id": "synthetic", "header": ["Kommune", "Antall"], "dimensions": {}, "stated": stated}
    contents = [{"code": "persons", "column": "Antall", "unit": "persons", "kind": "count"}]
    content = made(DeliveryContract.model_validate({**SYNTHETIC, **changes, "contents": contents})).content
    assert r"etter mønsteret (\d{4})" in parts(content)["xl/sharedStrings.xml"]


def test_headers_that_only_a_pattern_tells_are_said_to_be_none_to_make_up():
    across = {"pattern": r"(\d{4}): (.+)", "parts": [{"tells": "period"}, {"tells": "contents"}]}
    changes = {"header": ["Kommune"], "dimensions": {}, "period": {}, "across": across}
    contents = [{"code": "persons", "label": "Personer", "unit": "persons", "kind": "count"}]
    contract = DeliveryContract.model_validate({**SYNTHETIC, **changes, "contents": contents})
    with pytest.raises(DeliveryError, match="its headers cannot be made up from the contract"):
        made(contract)


@pytest.mark.parametrize("contract", LOADED.area_lists.values(), ids=lambda contract: contract.id)
def test_a_list_of_areas_is_a_header_and_a_note(contract, tmp_path: Path):
    path, note = write_template(LOADED, contract.id, tmp_path / "liste.csv")
    empty = check(path.name, path.read_bytes())
    assert empty.contract == contract.id
    assert "no rows after the header" in str(empty.error)
    row = [("2026-01-01" if column == contract.day_column else "33010101") for column in contract.header]
    content = path.read_bytes() + ",".join(row).encode()
    assert "33010101" in area_file.read(contract, content, path.name)["code"].tolist()
    assert all(f"«{level.code}»" in note.read_text(encoding="utf-8") for level in contract.levels.values())


def test_what_is_there_is_not_overwritten(tmp_path: Path):
    path = tmp_path / "mal.xlsx"
    assert list(write_template(LOADED, "nav_unemployment", path)) == [path]
    before = path.read_bytes()
    with pytest.raises(DeliveryError, match="is there already"):
        list(write_template(LOADED, "nav_unemployment", path))
    assert path.read_bytes() == before
    with pytest.raises(DeliveryError, match="ends in"):
        list(write_template(LOADED, "nav_unemployment", tmp_path / "mal.csv"))
    with pytest.raises(DeliveryError, match="GeoJSON"):
        list(write_template(LOADED, "tract_boundaries", tmp_path / "grenser.json"))
