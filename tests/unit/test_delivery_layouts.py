"""Layouts in which people send figures: what a contract says of them, and what is read.

All figures are synthetic.
"""

import io
from typing import Any

import pytest
import xlsxwriter

from indicators.catalogue.contracts import DeliveryContract
from pipelines import deliveries as delivery
from pipelines.deliveries import DeliveryError, Reading
from pipelines.deliveries.times import month_of, period_of
from tests.unit.test_delivery import SYNTHETIC, area_code

AREA_AND_YEAR = {"header": ["Kommune", "År", "Antall"], "dimensions": {}}
COUNT = [{"code": "persons", "column": "Antall", "unit": "persons", "kind": "count"}]
ACROSS = [{"code": "persons", "unit": "persons", "kind": "count"}]


def contract(**changes: Any) -> DeliveryContract:
    return DeliveryContract.model_validate({**SYNTHETIC, **AREA_AND_YEAR, "contents": COUNT, **changes})


def reading(content: bytes | str, one: DeliveryContract, name: str = "synthetic.csv") -> Reading:
    opened = delivery.open_file(content.encode() if isinstance(content, str) else content, name)
    return delivery.read(delivery.match(opened, [one]), name, area_code)


def figures(
    content: bytes | str, one: DeliveryContract, *more: str, name: str = "synthetic.csv"
) -> list[tuple[Any, ...]]:
    """Return area, period, further columns and value of each figure."""
    read = reading(content, one, name)
    named = [read.area, *(read.columns[key] for key in ("period", *more))]
    return list(zip(*(column.to_pylist() for column in (*named, read.value)), strict=True))


def sheets(**tables: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


# --- what the table itself does not say -------------------------------------------------------------------------------


def test_an_area_or_a_period_may_be_the_same_for_the_whole_file():
    one = contract(
        header=["Kjønn", "Antall"],
        dimensions={"Kjonn": {"column": "Kjønn"}},
        stated={"Kommune": {"always": "Bø"}, "År": {"where": "file", "pattern": r"(\d{4})"}},
    )
    found = figures("Kjønn;Antall\nMenn;5\nKvinner;6\n", one, "Kjonn", name="sosialhjelp 2020 endelig.csv")
    assert found == [("3817", "2020", "Menn", 5), ("3817", "2020", "Kvinner", 6)]
    with pytest.raises(DeliveryError, match=r"not the file's name says 'År'; expected one that fits \(\\d\{4\}\)"):
        figures("Kjønn;Antall\nMenn;5\n", one, name="sosialhjelp.csv")


def test_a_title_above_the_table_may_say_them():
    one = contract(header=["Kommune", "Antall"], stated={"År": {"where": "title", "pattern": r"i (\d{4})"}})
    content = "Leie i kommunen;\nMottakere av stønad i 2020;\n;\nKommune;Antall\nBø;5\nÅs;6\n"
    assert figures(content, one) == [("3817", "2020", 5), ("Ås", "2020", 6)]


def test_every_sheet_of_one_layout_is_read_and_its_name_tells_the_year():
    one = contract(header=["Kommune", "Antall"], tables="all", stated={"År": {"where": "sheet"}})
    book = sheets(**{"2019": [["Kommune", "Antall"], ["Bø", 5]], "2020": [["Kommune", "Antall"], ["Bø", 6]]})
    assert figures(book, one) == [("0821", "2019", 5), ("3817", "2020", 6)]
    # One that does not say it is refused, and not passed over.
    with pytest.raises(DeliveryError, match="sheet 'Kladd', År: found a text of 5 characters, expected a period"):
        figures(
            sheets(**{"2019": [["Kommune", "Antall"], ["Bø", 5]], "Kladd": [["Kommune", "Antall"], ["Bø", 6]]}), one
        )


def test_a_figure_that_two_tables_give_is_twice():
    one = contract(tables="all")
    rows = [["Kommune", "År", "Antall"], ["Bø", 2020, 5]]
    with pytest.raises(DeliveryError, match="one of the sheets, row 2: gives the same figure as row 2"):
        figures(sheets(a=rows, b=rows), one)


def test_tables_below_and_beside_each_other_with_their_titles():
    one = contract(header=["Kommune", "Antall"], tables="all", stated={"År": {"where": "title", "pattern": r"(\d{4})"}})
    head = ["Kommune", "Antall"]
    below = sheets(Ark=[["I 2019"], head, ["Bø", 5], ["Ås", 7], [], ["I 2020"], head, ["Bø", 6]])
    assert figures(below, one) == [("0821", "2019", 5), ("Ås", "2019", 7), ("3817", "2020", 6)]
    beside = sheets(
        Ark=[["I 2019", "", "", "I 2020"], [*head, "", *head], ["Bø", 5, "", "Bø", 6], ["Ås", 7, "", "", ""]]
    )
    assert figures(beside, one) == [("0821", "2019", 5), ("Ås", "2019", 7), ("3817", "2020", 6)]
    text = "I 2019\nKommune;Antall\nBø;5\n\nI 2020\nKommune;Antall\nBø;6\n"
    assert figures(text, one) == [("0821", "2019", 5), ("3817", "2020", 6)]


def test_a_table_may_end_at_the_first_empty_row():
    rows = [["Kommune", "År", "Antall"], ["Bø", 2020, 5], [], ["Skole", "Trinn", "Elever"], ["A", 1, 2]]
    read = reading(sheets(Ark=rows), contract(ends="empty_row"))
    assert (read.value.to_pylist(), read.remarks) == (
        [5],
        ("2 row(s) below the first empty row after row 2 were not read",),
    )


def test_an_empty_cell_may_mean_the_one_above():
    rows = [["Kommune", "År", "Antall"], ["Bø", 2019, 5], ["", 2020, 6], ["Ås", 2019, 7]]
    assert figures(sheets(Ark=rows), contract(fill_down=["Kommune"])) == [
        ("0821", "2019", 5),
        ("3817", "2020", 6),
        ("Ås", "2019", 7),
    ]


# --- headers ----------------------------------------------------------------------------------------------------------


def test_statistics_norways_export_has_contents_and_year_in_one_header():
    one = contract(
        header=["region", "kjønn"],
        area={"code": "region"},
        period={},
        dimensions={"Kjonn": {"column": "kjønn"}},
        across={"pattern": r"(.+) (\d{4})", "parts": [{"tells": "contents"}, {"tells": "period"}]},
        contents=[
            {"code": "persons", "label": "Personer", "unit": "persons", "kind": "count"},
            {"code": "percent", "label": "Personer (prosent)", "unit": "percent", "kind": "percent"},
        ],
    )
    content = (
        '"07459: Befolkning, etter region, kjønn, statistikkvariabel og år"\n\n'
        '"region";"kjønn";"Personer 2023";"Personer 2024";"Personer (prosent) 2023";"Personer (prosent) 2024"\n'
        '"3301 Drammen";"Menn";567;580;1.5;1.6\n'
    )
    assert figures(content, one, "ContentsCode", "area_label") == [
        ("3301", "2023", "persons", "Drammen", 567),
        ("3301", "2024", "persons", "Drammen", 580),
        ("3301", "2023", "percent", "Drammen", 1.5),
        ("3301", "2024", "percent", "Drammen", 1.6),
    ]


def test_areas_may_stand_in_the_header():
    one = contract(
        header=["År"], area={}, across={"parts": [{"tells": "area_name"}]}, contents=ACROSS, period={"column": "År"}
    )
    assert figures("År;Bø;Ås\n2019;5;7\n2020;6;8\n", one) == [
        ("0821", "2019", 5),
        ("3817", "2020", 6),
        ("Ås", "2019", 7),
        ("Ås", "2020", 8),
    ]
    coded = contract(header=["År"], area={}, across={"parts": [{"tells": "area_code"}]}, contents=ACROSS)
    assert figures("År;3301 Drammen\n2019;5\n", coded, "area_label") == [("3301", "2019", "Drammen", 5)]


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [("3301 Drammen", "3301", "Drammen"), ("3301 - Drammen", "3301", "Drammen"), ("Drammen (3301)", "3301", "Drammen"),
     ("Drammen - 3301", "3301", "Drammen"), ("3301", "3301", None)],
)  # fmt: skip
def test_code_and_name_may_share_a_cell(text: str, code: str, name: str | None):
    one = contract(area={"code": "Kommune"})
    assert figures(f"Kommune;År;Antall\n{text};2020;5\n", one, "area_label") == [(code, "2020", name, 5)]


# --- time -------------------------------------------------------------------------------------------------------------


def test_year_and_month_may_stand_in_two_columns_or_one_of_them_in_the_header():
    one = contract(header=["Kommune", "År", "Måned", "Antall"], period={"column": "År", "month": "Måned"})
    assert figures("Kommune;År;Måned;Antall\nBø;2020;januar;5\nBø;2020;2;6\n", one) == [
        ("3817", "2020M01", 5),
        ("3817", "2020M02", 6),
    ]
    wide = contract(
        header=["Kommune", "År"],
        across={"parts": [{"tells": "month"}]},
        contents=ACROSS,
    )
    assert figures("Kommune;År;Jan;Feb\nBø;2020;5;6\n", wide) == [("3817", "2020M01", 5), ("3817", "2020M02", 6)]


@pytest.mark.parametrize(
    ("text", "month"),
    [("3", "M03"), ("03", "M03"), ("mars", "M03"), ("Mar.", "M03"), ("Desember", "M12"), ("1. kvartal", "K1"),
     ("K4", "K4"), ("2. kv", "K2"), ("kvartal 3", "K3"), ("M11", "M11"), ("5.0", "M05")],
)  # fmt: skip
def test_months_and_quarters_as_people_write_them(text: str, month: str):
    assert month_of(text) == month
    assert period_of(f"2024 {text}", "published", month=True).text == f"2024{month}"


@pytest.mark.parametrize(
    ("text", "period"),
    [("mars 2024", "2024M03"), ("Jan. 2024", "2024M01"), ("2024 1. kvartal", "2024K1"), ("4. kvartal 2023", "2023K4"),
     ("2024-25", None), ("2024 13", None)],
)  # fmt: skip
def test_a_month_with_its_year(text: str, period: str | None):
    if period is None:
        with pytest.raises(ValueError, match="expected a period"):
            period_of(text, "published")
    else:
        assert period_of(text, "published").text == period


def test_projections_are_refused_or_of_a_kind_of_their_own():
    content = "Kommune;År;Antall\nBø;2024;5\nBø;2025;6\nBø;2026;7\n"
    long = content + "".join(f"Bø;{year};8\n" for year in range(2027, 2041))
    with pytest.raises(DeliveryError, match="expected a period that has begun"):
        figures(long, contract())
    found = figures(long, contract(period={"column": "År", "projected_from": 2026}), "ContentsCode")
    assert found[:3] == [
        ("4020", "2024", "persons", 5),
        ("Bø", "2025", "persons", 6),
        ("Bø", "2026", "persons_projected", 7),
    ]
    assert {kind for _area, period, kind, _value in found if period > "2025"} == {"persons_projected"}


# --- contracts that contradict themselves -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stated": {"År": {"always": "2020"}}}, "column 'År' is in 'header' and in 'stated'"),
        ({"stated": {"Uke": {}}}, "exactly one of 'always' and 'where'"),
        ({"stated": {"Uke": {"where": "file", "pattern": "(a)(b)"}}}, "needs one group"),
        ({"stated": {"Uke": {"where": "file", "pattern": "(a"}}}, "no pattern"),
        ({"fill_down": ["Uke"]}, "column 'Uke' is not in 'header'"),
        ({"period": {"column": "År", "month": "Uke"}}, "column 'Uke' is not in 'header'"),
        (
            {"period": {}, "contents": ACROSS, "across": {"pattern": "(.+)", "parts": [{"tells": "period"}] * 2}},
            "two parts tell the same",
        ),
        (
            {"period": {}, "contents": ACROSS, "across": {"pattern": ".+", "parts": [{"tells": "period"}]}},
            "'pattern' has 0 groups for 1 parts",
        ),
    ],
)
def test_a_contract_that_contradicts_itself_is_refused(changes: dict[str, Any], said: str):
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        contract(**changes)
