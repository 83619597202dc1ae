"""The county's real files through their contracts; expected cells were read by hand in the files."""

import csv
from collections import Counter
from datetime import UTC, datetime
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from indicators import catalogue
from pipelines import deliveries as delivery
from pipelines.decoding.delivered import facts_of
from tests.recorded import RECORDED

COUNTY = RECORDED / "county"
FILES = {
    "arbeidsledighet.csv": "nav_unemployment",
    "nedsatt_arbeidsevne.csv": "nav_reduced_work_capability",
    "Sysselsettingsandel per kommune 06445.xlsx": "ssb_employment_share",
    "utdanningsnivaa.csv": "ssb_education_level",
    "trivsel_10_klasse_treaarig.csv": "udir_wellbeing_grade10",
    "trangboddhet.csv": "fhi_crowding",
    "psykiske_symptomer_og_lidelser_primaerhelsetjenesten_ettaarige_tall.csv": "fhi_mental_symptoms",
    "psykiske_plager_ungdom.csv": "ungdata_mental_distress",
    "forventet_levealder_7_aarig.csv": "fhi_life_expectancy",
    "20220505-1453_Slutta_VGO.csv": "udir_left_upper_secondary",
    "imdi_utdanningsniva_alle_2020.csv": "imdi_education_level",
}
# Municipality numbers as the county's own file trangboddhet.csv and Statistics Norway's Klass 131 give them.
CODES = {
    "Skien": {2019: "0806", 2023: "3807", 2999: "4003"},
    "Vinje": {2019: "0834", 2023: "3825", 2999: "4036"},
    "Hele landet": {2999: "0"},
    "Landet": {2999: "0"},
    "Telemark": {2999: "40"},
}


def area_code(name: str, year: int | None) -> str | None:
    return next((code for last, code in CODES.get(name, {}).items() if (year or 2999) <= last), None)


@cache
def contracts():
    return catalogue.load().contracts


@cache
def facts(name: str) -> pa.Table:
    found = delivery.match(delivery.open_file((COUNTY / name).read_bytes(), name), list(contracts().values()))
    assert found.contract.id == FILES[name]
    return facts_of(delivery.read(found, name, area_code), "0" * 64, datetime(2026, 11, 23, tzinfo=UTC))


def cell(name: str, area: str, period: str, cell: str) -> tuple[float | None, str | None]:
    table = facts(name)
    chosen = pc.and_(pc.equal(table["cell"], cell), pc.equal(table["period"], period))
    rows = table.filter(pc.and_(chosen, pc.equal(table["area_id"], area))).to_pylist()
    found = [(row["value"], row["status"]) for row in rows]
    assert len(found) == 1
    return found[0]


WIDE = ("20220505-1453_Slutta_VGO.csv", "imdi_utdanningsniva_alle_2020.csv")


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".csv") and name not in WIDE])
def test_every_row_is_read_and_every_value_is_the_files(name):
    contract, table = contracts()[FILES[name]], facts(name)
    with (COUNTY / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wide = 1 if contract.contents_column else len(contract.contents)
    assert table.num_rows == len(rows) * wide
    expected: Counter[float] = Counter()
    for one in contract.contents:
        signs = {**contract.missing, **one.missing}
        for row in rows:
            is_its = contract.contents_column is None or row[contract.contents_column] == one.label
            text = row[str(one.column)]
            if is_its and text not in signs:
                expected[float(text)] += 1
    assert Counter(value for value in table["value"].to_pylist() if value is not None) == expected
    assert pc.all(pc.not_equal(table["value"].is_null(), table["status"].is_null())).as_py()


@pytest.mark.parametrize(
    ("name", "area", "period", "chosen", "expected"),
    [
        (
            "trangboddhet.csv",
            "4003",
            "2024",
            "Alder=all|ContentsCode=share|InnvandrKat=0",
            (0.08212028174101499, None),
        ),
        ("trangboddhet.csv", "4036", "2024", "Alder=all|ContentsCode=share|InnvandrKat=2", (None, "..")),
        (
            "trangboddhet.csv",
            "00",
            "2015",
            "Alder=all|ContentsCode=share|InnvandrKat=2",
            (0.243105059734042, None),
        ),
        ("utdanningsnivaa.csv", "4003", "2025", "ContentsCode=persons|Kjonn=0|Nivaa=01", (12347.0, None)),
        ("utdanningsnivaa.csv", "4003", "2024", "ContentsCode=percent|Kjonn=0|Nivaa=09a", (None, "..")),
        ("utdanningsnivaa.csv", "3825", "2023", "ContentsCode=percent|Kjonn=1|Nivaa=02a", (49.2, None)),
        (
            "arbeidsledighet.csv",
            "4003",
            "2025M12",
            "ContentsCode=persons|Kjonn=0|Status=helt_ledige",
            (678.0, None),
        ),
        (
            "arbeidsledighet.csv",
            "4003",
            "2025M12",
            "ContentsCode=share_of_labour_force|Kjonn=0|Status=helt_ledige",
            (0.024, None),
        ),
        (
            "arbeidsledighet.csv",
            "4036",
            "2026M01",
            "ContentsCode=persons|Kjonn=1|Status=helt_ledige",
            (22.0, None),
        ),
        (
            "nedsatt_arbeidsevne.csv",
            "4036",
            "2025M11",
            "Alder=18-66|ContentsCode=percent_of_population|Kjonn=1",
            (4.1, None),
        ),
        (
            "trivsel_10_klasse_treaarig.csv",
            "4036",
            "2023/24-2025/26",
            "ContentsCode=share|Kjonn=0|Klassetrinn=10",
            (0.721, None),
        ),
        (
            "psykiske_symptomer_og_lidelser_primaerhelsetjenesten_ettaarige_tall.csv",
            "0",
            "2017",
            "Alder=0-74|ContentsCode=per_1000_standardised|Kjonn=0|Sykdomsgruppe=symptoms_and_disorders",
            (150.885125095111, None),
        ),
        (
            "psykiske_symptomer_og_lidelser_primaerhelsetjenesten_ettaarige_tall.csv",
            "4036",
            "2024",
            "Alder=75-79|ContentsCode=per_1000_standardised|Kjonn=2|Sykdomsgruppe=disorders",
            (None, ":"),
        ),
        (
            "psykiske_plager_ungdom.csv",
            "4036",
            "2025",
            "Alder=8-10_trinn|ContentsCode=percent|Kjonn=2|Plagegrad=plaget|SOES=0",
            (None, "."),
        ),
        (
            "forventet_levealder_7_aarig.csv",
            "4036",
            "2018-2024",
            "Alder=0|ContentsCode=life_years|Kjonn=2|Utdann=0",
            (85.8, None),
        ),
        (
            "Sysselsettingsandel per kommune 06445.xlsx",
            "3807",
            "2021",
            "ContentsCode=percent_of_population",
            (63.7, None),
        ),
    ],
)
def test_cells_are_what_the_file_shows(name, area, period, chosen, expected):
    assert cell(name, area, period, chosen) == expected


def test_names_of_the_education_file_get_the_codes_of_their_years():
    rows = facts("utdanningsnivaa.csv").select(["area_id", "area_label", "boundary_year"]).to_pylist()
    skien = {(row["area_label"], row["area_id"]) for row in rows if row["area_label"].startswith("Skien")}
    assert skien == {("Skien (-2019)", "0806"), ("Skien (2020-2023)", "3807"), ("Skien", "4003")}
    assert {row["boundary_year"] for row in rows} == set(range(2004, 2026))


def test_navs_zeros_are_hidden_counts():
    """Of the zeros most have a share above zero beside them, which no true zero can have."""
    with (COUNTY / "arbeidsledighet.csv").open(encoding="utf-8", newline="") as file:
        zeros = [row for row in csv.DictReader(file) if row["Antall personer"] == "0"]
    assert len(zeros) == 4249
    assert sum(float(row["Andel av arbeidsstyrken"] or 0) > 0 for row in zeros) == 3682
    statuses = Counter(facts("arbeidsledighet.csv")["status"].to_pylist())
    assert (statuses[":"], statuses[".."]) == (4249, 56)


def test_the_spreadsheet_ends_where_its_notes_begin():
    table = facts("Sysselsettingsandel per kommune 06445.xlsx")
    # Vestfold's six municipalities and Telemark's seventeen.
    assert table.num_rows == 23
    assert table["area_label"].to_pylist()[:2] == ["Horten", "Holmestrand"]


def test_udirs_export_has_counties_and_the_country_and_no_school():
    """Read by hand in the file: UTF-16, `sep=`, decimal comma, an asterisk where few pupils are behind."""
    name = "20220505-1453_Slutta_VGO.csv"
    with (COUNTY / name).open(encoding="utf-16-le", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t"))[2:]
    counties = [row for row in rows if row[0] in ("1", "2") and row[1].strip() == "I"]
    table = facts(name)
    # Ten school years, each a column; three columns of notes are none.
    assert table.num_rows == len(counties) * 10
    assert sorted(set(table["area_label"].to_pylist())) == sorted({row[6] for row in counties})
    assert set(table["period"].to_pylist()) == {f"{year}/{(year + 1) % 100}" for year in range(2011, 2021)}
    assert cell(name, "0", "2011/12", "ContentsCode=percent_left|Kjonn=0") == (4.2, None)
    assert cell(name, "0", "2020/21", "ContentsCode=percent_left|Kjonn=0") == (3.0, None)


@pytest.mark.slow  # half a million cells
@pytest.mark.parametrize(
    ("area", "period", "chosen", "expected"),
    [
        # Halden, women, all levels, the whole population, persons: the first figures of row 6.
        ("3001", "2011", "InnvandrKat=0|Kjonn=2|Nivaa=all", ("persons", 7091.0, None, 2020)),
        ("3001", "2012", "InnvandrKat=0|Kjonn=2|Nivaa=all", ("persons", 7133.0, None, 2020)),
        # Moss until 2019, row 7: its code is one of 2019, and it has no figure of 2020.
        ("0104", "2019", "InnvandrKat=0|Kjonn=2|Nivaa=all", ("persons", 8128.0, None, 2019)),
        ("0104", "2020", "InnvandrKat=0|Kjonn=2|Nivaa=all", ("persons", None, "..", 2019)),
        # Senja, the last row.
        ("5421", "2020", "InnvandrKat=0|Kjonn=2|Nivaa=all", ("persons", 3242.0, None, 2020)),
    ],
)
def test_imdis_five_rows_of_header(area, period, chosen, expected):
    contents, *figure = expected
    rows = [
        row
        for row in facts("imdi_utdanningsniva_alle_2020.csv")
        .filter(pc.and_(pc.equal(imdi("area_id"), area), pc.equal(imdi("period"), period)))
        .to_pylist()
        if row["cell"] == f"ContentsCode={contents}|{chosen}"
    ]
    assert [(row["value"], row["status"], row["boundary_year"]) for row in rows] == [tuple(figure)]


def imdi(column: str) -> pa.ChunkedArray:
    return facts("imdi_utdanningsniva_alle_2020.csv")[column]


def test_imdis_file_is_read_to_its_last_cell():
    with (COUNTY / "imdi_utdanningsniva_alle_2020.csv").open(encoding="latin-1", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))[5:]
    table = facts("imdi_utdanningsniva_alle_2020.csv")
    assert table.num_rows == len(rows) * 1080
    empty = sum(cell == "" for row in rows for cell in row[2:])
    assert table["value"].null_count == empty
    total = sum(float(cell) for row in rows for cell in row[2:] if cell)
    assert pc.sum(table["value"]).as_py() == pytest.approx(total)
