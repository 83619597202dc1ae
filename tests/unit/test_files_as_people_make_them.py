"""Files in the layouts of real senders, with what people and programs do to them: taken, or refused by name.

All figures are synthetic. Each was wrong by a factor, refused for the wrong reason, or ended in a traceback before.
"""

import io
import os
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from indicators import catalogue
from indicators.catalogue.contracts import DeliveryContract
from pipelines.deliveries import checking
from pipelines.deliveries.checking import Checked, Rules
from tests.unit.test_delivery import contract, csv_file, faults, matched, only, read
from tests.unit.test_delivery_search import NUMBER

HEADER = "Kommunedel;År;Indikator;Teller;Nevner"
EMPLOYED = "Sysselsatte 20-66 år"
ROWS = [HEADER, f"Kommunedel 7;2022;{EMPLOYED};5900;8800", f"Kommunedel 7;2023;{EMPLOYED};6000;8900"]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules.of(catalogue.load())


def check(folder: Path, rules: Rules, content: bytes | str, name: str = "synthetic.csv") -> Checked:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return checking.check(checking.taken_from(path), rules)


@pytest.mark.parametrize(
    "lines",
    [
        "\r".join([*ROWS, ""]),
        "\r\n".join([*ROWS, ""]),
        "\r".join(ROWS[:2]) + "\n" + ROWS[2],
        "".join(f"{row};\n" for row in ROWS),
    ],
    ids=["Excel for Mac", "Windows", "both", "a separator at the end"],
)
def test_line_ends_and_trailing_separators_make_no_difference(tmp_path: Path, rules: Rules, lines: str):
    checked = check(tmp_path, rules, lines)
    assert checked.error is None, str(checked.error)
    assert checked.reading.value.to_pylist() == [5900, 6000, 8800, 8900]
    assert checked.reading.row.tolist() == [2, 3, 2, 3]


def test_a_value_beyond_the_header_is_no_trailing_separator(tmp_path: Path, rules: Rules):
    checked = check(tmp_path, rules, "".join(f"{row};\n" for row in ROWS[:2]) + f"{ROWS[2]};12\n")
    assert "a value in column 6, beyond the header" in str(checked.error)


@pytest.mark.parametrize("separator", ["æ", "x", '"', "1"])
def test_a_separator_that_can_be_none_is_refused_by_name(tmp_path: Path, rules: Rules, separator: str):
    text = f"sep={separator}\n" + "\n".join(ROWS).replace(";", separator)
    assert "row 1: 'sep=' names what cannot divide cells" in str(check(tmp_path, rules, text).error)


# --- figures that could be read in two ways ---------------------------------------------------------------------------


def counts(**changes: object) -> DeliveryContract:
    return contract(contents=[{"code": "persons", "column": "Personer", "unit": "persons", "kind": "count"}], **changes)


def rows(*figures: str) -> bytes:
    lines = [f"Bø;Menn;{2019 + number};{figure};" for number, figure in enumerate(figures)]
    return csv_file(*lines, header="Kommune;Kjønn;År;Personer;Andel")


def test_dots_that_may_divide_thousands_are_refused_and_read_where_the_contract_says_dots():
    [fault] = faults(rows("5.000"), counts())
    assert "(cell D2): found '5.000', persons: expected a number that can be read in one way only" in fault
    dots = counts(decimal=",", thousands=".")
    assert only(read(rows("5.000", "8.250"), dots), "value") == [(5000.0,), (8250.0,)]
    # Three decimals throughout, as some of the figures cannot be anything else.
    assert only(read(rows("5.000", "3092.000"), counts()), "value") == [(5.0,), (3092.0,)]
    assert only(read(rows("0.000", "17.0"), counts()), "value") == [(0.0,), (17.0,)]


def test_a_comma_that_may_divide_thousands_is_refused():
    assert "found '5,000'" in faults(rows("5,000"), counts(decimal=","))[0]


def percents(**changes: object) -> DeliveryContract:
    kind = {"code": "percent", "column": "Andel", "unit": "percent", "kind": "percent", **changes}
    return contract(contents=[kind])


def test_shares_in_a_column_of_per_cent_are_refused():
    shares = csv_file("Bø,Menn,2019,1,0.071", "Bø,Menn,2020,1,0.08", "Bø,Kvinner,2020,1,0")
    [fault] = faults(shares, percents())
    assert fault.startswith("row 2, column 'Andel' (cell E2) (and 1 more): percent is in per cent, and none")
    # Small figures beside larger ones are per cent, and a contract may say that small ones are right.
    assert read(csv_file("Bø,Menn,2019,1,0.071", "Bø,Menn,2020,1,8"), percents()).num_rows == 2
    assert read(shares, percents(range=[0, 1])).num_rows == 3


# --- which file it is -------------------------------------------------------------------------------------------------


def test_the_words_that_a_contract_fixes_are_compared_with_the_files_own():
    wellbeing = contract(id="wellbeing", fixed={"Kommune": ["Bø"]})
    assert matched(csv_file("Bø,Menn,2019,1,1"), [wellbeing]).id == "wellbeing"
    [fault] = faults(csv_file("Bø,Menn,2019,1,1", "Ås,Menn,2020,1,1"), wellbeing)
    assert fault.startswith("row 3, column 'Kommune' (cell A3): found a text of 2 characters, expected 'Bø': is this")
    # Of contracts with one header, the words decide.
    bullying = contract(id="bullying", fixed={"Kommune": ["Ås"]})
    assert matched(csv_file("Ås,Menn,2019,1,1"), [wellbeing, bullying]).id == "bullying"
    assert matched(csv_file("bø,Menn,2019,1,1"), [bullying, wellbeing]).id == "wellbeing"


def test_a_question_of_another_survey_is_not_taken_for_well_being(tmp_path: Path, rules: Rules):
    header = "Kommune,Skoleår,År,Skoleår_slutt,Kjønn,Spm.id,Klassetrinn,Måltall,Andel,SortKommune"
    row = 'Drammen,2022/23-2024/25,2024-01-01,2024/25,Kjønn samlet,{},10. trinn,"andel (prosent, standardisert)",0.9,2'
    assert check(tmp_path, rules, f"{header}\n{row.format('spm.id')}\n").error is None
    refused = check(tmp_path, rules, f"{header}\n{row.format('Mobbing')}\n").error
    assert "column 'Spm.id' (cell F2): found a text of 7 characters, expected 'spm.id' or 'Trivsel' or" in str(refused)


# --- decimal signs, kinds told apart by a dimension, how often figures come -------------------------------------------


def check_values(folder: Path, rules: Rules, *lines: str) -> Checked:
    return check(folder, rules, "\n".join(["Kommunedel;Periode;Indikator;Verdi", *lines, ""]))


@pytest.mark.parametrize(("written", "read_as"), [("21,5", 21.5), ("21.5", 21.5), ("21,5 %", 21.5), ("21", 21.0)])
def test_a_municipality_writes_either_decimal_sign(tmp_path: Path, rules: Rules, written: str, read_as: float):
    checked = check_values(tmp_path, rules, f"Kommunedel 7;2024;Ensomhet (prosent);{written}")
    assert checked.error is None
    assert checked.reading.value.to_pylist() == [read_as]


def test_one_column_has_one_decimal_sign(tmp_path: Path, rules: Rules):
    lines = [f"Kommunedel 7;{year};Ensomhet (prosent);{text}" for year, text in ((2021, "21,5"), (2024, "25.1"))]
    [fault] = map(str, check_values(tmp_path, rules, *lines).error.faults)
    assert "found '25.1', expected a number with ',' as decimal sign (or '.', but one of them in the whole" in fault


def test_a_dimension_tells_which_kind_of_figure_a_row_has(tmp_path: Path, rules: Rules):
    """Per cent is held to 0 to 100, kroner are not, though both stand in the column 'Verdi'."""
    right = ["Kommunedel 7;2024;Ensomhet (prosent);25", "Kommunedel 7;2024;Medianinntekt etter skatt (kroner);560000"]
    assert check_values(tmp_path, rules, *right).reading.value.to_pylist() == [25.0, 560000.0]
    wrong = [right[0].replace(";25", ";2500"), right[1]]
    [fault] = map(str, check_values(tmp_path, rules, *wrong).error.faults)
    assert "found '2500', value is of kind percent: expected a number from 0 to 100" in fault


def test_a_gap_is_one_by_the_indicators_own_periodicity(tmp_path: Path, rules: Rules):
    """Surveys have no rule; recreational areas come every second year; employment comes every year."""
    survey = [f"Kommunedel 7;{year};Ensomhet (prosent);21" for year in (2017, 2021, 2024)]
    assert check_values(tmp_path, rules, *survey).error is None

    def counts(label: str, *years: int) -> list[str]:
        lines = [f"Kommunedel 7;{year};{label};50;100" for year in years]
        error = check(tmp_path, rules, "\n".join([HEADER, *lines, ""])).error
        return [str(fault) for fault in error.faults] if error else []

    assert counts("Trygg tilgang til rekreasjonsareal", 2020, 2022, 2024) == []
    gap = "column 'År': period 2022 of safe_recreation_access is missing; expected every 2 years a period from first"
    assert counts("Trygg tilgang til rekreasjonsareal", 2020, 2024)[0].startswith(gap)
    assert "period 2023 of employment_rate is missing" in counts(EMPLOYED, 2022, 2024)[0]


# --- many, and strange ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["Kommunedel {} X", "Kommunedel 7"])
def test_thousands_of_labels_that_nothing_has_are_told_in_linear_time(tmp_path: Path, rules: Rules, column: str):
    label = EMPLOYED if "{}" in column else "Etikett {}"
    lines = [f"{column};2024;{label};1;2".format(number, number) for number in range(6000)]
    started = time.process_time()
    checked = check(tmp_path, rules, "\n".join([HEADER, *lines, ""]))
    assert len(checked.error.faults) == 6000
    assert time.process_time() - started < 8  # it took 34 seconds


def test_a_cell_of_140_000_letters_is_searched_in_linear_time(tmp_path: Path, rules: Rules):
    """Mutant 10,653: the search for e-mail addresses began anew at each letter, and would have taken 13 minutes."""
    checked = check(tmp_path, rules, "\n".join(ROWS).replace(EMPLOYED, EMPLOYED + "æ" * 140_000, 1))
    assert "row 2, column 'Indikator' (cell C2): found a text of 140,020 characters" in str(checked.error)


@pytest.mark.parametrize("header", [HEADER, "a;b;c;d;e"])
def test_what_lies_below_a_cell_of_140_000_letters_is_searched_too(tmp_path: Path, rules: Rules, header: str):
    """Python's reader of CSV ends at a cell of more than 131,072 signs; nothing below it was looked at."""
    rows = [header, ROWS[1].replace(EMPLOYED, "a" * 140_000), f"Kommunedel 7;2023;{EMPLOYED};{NUMBER};8"]
    checked = check(tmp_path, rules, "\n".join([*rows, ""]))
    assert "column D, row 3: seems to hold national identity numbers" in str(checked.error)
    assert not checked.may_be_kept


def test_a_name_in_latin_1_is_read_as_such(tmp_path: Path, rules: Rules):
    checked = check(tmp_path, rules, "\n".join(ROWS), os.fsdecode(b"kommunedel \xe5r.csv"))
    assert (checked.name, checked.error) == ("kommunedel år.csv", None)


def test_a_nul_in_a_cell_is_refused_by_row(tmp_path: Path, rules: Rules):
    checked = check(tmp_path, rules, "\n".join(ROWS).replace("6000", "60\x0000"))
    assert "row 3 holds a NUL byte" in str(checked.error)


# --- cells shown as per cent ------------------------------------------------------------------------------------------


def workbook(folder: Path, figures: list[tuple[float, str | None]]) -> bytes:
    """An XLSX with a year and a figure in each row, in the number format given."""
    path = folder / "synthetic.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Ark")
        sheet.write_row(0, 0, ["Kommune", "Kjønn", "År", "Personer", "Andel"])
        for number, (figure, shown) in enumerate(figures, 1):
            sheet.write_row(number, 0, ["Bø", "Menn", 2018 + number, 1])
            sheet.write_number(number, 4, figure, book.add_format({"num_format": shown} if shown else {}))
    return path.read_bytes()


def test_a_cell_shown_as_per_cent_is_that(tmp_path: Path):
    content = workbook(tmp_path, [(0.25, "0 %"), (0.07, "0.0%"), (25, None), (0.5, '0 "%"')])
    found = only(read(content, percents()), "value")
    assert found == [(25.0,), (7.0,), (25.0,), (0.5,)]
    # Where the contract has shares, 25 % is 0.25; of any other kind of figure nobody can say.
    shares = contract(contents=[{"code": "share", "column": "Andel", "unit": "share", "kind": "share"}])
    assert only(read(workbook(tmp_path, [(0.25, "0%")]), shares), "value") == [(0.25,)]
    amounts = contract(contents=[{"code": "amount", "column": "Andel", "unit": "NOK", "kind": "amount"}])
    assert "(cell E2): found '25 %', expected a number" in faults(workbook(tmp_path, [(0.25, "0%")]), amounts)[0]


def test_what_sharepoint_keeps_behind_a_workbook_is_no_reason_to_refuse_it(tmp_path: Path):
    file = io.BytesIO(workbook(tmp_path, [(0.25, "0 %")]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        text = '<?xml version="1.0" encoding="utf-16"?><p:properties xmlns:p="x"><documentManagement/></p:properties>'
        archive.writestr("customXml/item1.xml", text.encode("utf-16"))
    assert only(read(file.getvalue(), percents()), "value") == [(25.0,)]


# --- figures of several years under the name of one, zones, codes that became numbers ---------------------------------

UNGDATA = "Geografi;År;Kjønn;Alder;Plagegrad;Sosioøkonomiske ressurser (SØR);Måltall;value"


def test_ungdatas_county_figures_are_windows_and_a_municipalitys_its_own_year(tmp_path: Path, rules: Rules):
    """FHI labels a county's three years by the last; the first two are the third told again (made-up figures)."""
    series = {"Hele landet": {2016: 11.5, 2017: 11.5, 2018: 11.5, 2019: 12.1}, "Drammen": {2018: 13.0, 2021: 14.0}}
    lines = [
        f'{area};{year};kjønn samlet;8-10.trinn;plaget;Total SØR;"andel (prosent, standardisert)";{value}'
        for area, figures in series.items()
        for year, value in figures.items()
    ]
    checked = check(tmp_path, rules, "\n".join([UNGDATA, *lines, ""]))
    assert checked.error is None
    columns = [checked.reading.columns[name].to_pylist() for name in ("area_label", "period")]
    rows = list(zip(*columns, checked.reading.value.to_pylist(), checked.reading.status.to_pylist(), strict=True))
    assert rows == [
        ("Hele landet", "2014-2016", None, ".."),
        ("Hele landet", "2015-2017", None, ".."),
        ("Hele landet", "2016-2018", 11.5, None),
        ("Hele landet", "2017-2019", 12.1, None),
        ("Drammen", "2018", 13.0, None),
        ("Drammen", "2021", 14.0, None),
    ]
    assert checked.remarks[-1].startswith("2 figure(s) of the years before a series' first window of 3 years repeat")


def test_the_survey_of_adults_comes_by_zone_of_which_most_are_nobodys(tmp_path: Path, rules: Rules):
    """Zone 11 is no misspelt zone 10: it is kept aside, with the zones of other districts."""
    lines = [
        f"Drammen LKS {zone};2025;Utrygg i nærmiljøet;{n};{share}"
        for zone, n, share in [("07", 31, "6,2"), (11, 9, "2,0")]
    ]
    checked = check(tmp_path, rules, "\n".join(["Område;År;Svar;Antall;Andel", *lines, ""]))
    assert checked.error is None
    assert checked.reading.columns["area_id"].to_pylist()[:2] == ["3301000007", None]
    assert checked.reading.value.to_pylist() == [31.0, 9.0, 6.2, 2.0]


def test_a_unit_that_a_program_made_a_number_is_its_code():
    one = contract(area={"code": "Kommune"}, boundary_year=2024)
    found = only(read(csv_file("33010601.0,Menn,2019,1,1", "3301000007,Menn,2019,1,1"), one), "area_id")
    assert found[:2] == [("33010601",), ("3301000007",)]
