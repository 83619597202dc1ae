"""Text that others wrote: it acts on no surface, and of a cell only what cannot speak of a person is repeated."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from rich.console import Console
from rich.table import Table

from indicators.dictionary import SCHEMA
from pipelines.deliveries import draft
from pipelines.deliveries.faults import DeliveryError, NoContract
from pipelines.deliveries.opened import match, open_file
from pipelines.deliveries.reasons import reasons_for
from pipelines.edition import naming
from pipelines.formats.format_error import Fault, Kind, excerpt
from pipelines.formats.grid import Place
from pipelines.formats.untrusted import in_json, in_line, in_markdown, is_heading, quoted, visible
from pipelines.storage.public_names import PublicNames
from pipelines.terminal import screen
from tests.unit.test_delivery import contract

ACTING = [
    "\x00",
    "\x07",
    "\x08",
    "\r",
    "\x1b",
    "\x7f",
    "\x85",
    "\x9b",
    "\u200b",
    "\u2028",
    "\u202e",
    "\u2066",
    "\udce5",
]


@pytest.mark.parametrize("character", ACTING, ids=ascii)
def test_no_character_acts(character: str):
    shown = visible(f"a{character}b")
    assert shown.isprintable()
    assert shown[0] + shown[-1] == "ab"
    assert json.loads(in_json(json.dumps([f"a{character}b"], ensure_ascii=False))) == [f"a{character}b"]


def test_text_of_any_language_stays_and_lines_stay_lines():
    text = "Sørøya – Čáhcesuolu\n\t5 µg/m³ «ja»"
    assert visible(text) == text
    assert in_line(text) == text.replace("\n", "\\n").replace("\t", "\\t")


def test_in_markdown_nothing_is_html_a_link_or_a_new_cell():
    assert in_markdown("<b>|[x](javascript:a)\n\\ http://x &lt;") == (
        r"\<b>\|\[x\](javascript:a)\\n\\ http&#58;//x \&lt;"
    )


def test_a_console_writes_out_what_others_bring_and_sends_its_own_colours():
    table = Table("a\x1b[2J")
    table.add_row("b\x9b31m")
    written = io.StringIO()
    console = screen.guarded(Console(file=written, force_terminal=True, width=40))
    console.print(table, style="red")
    console.print("c\x1b]0;title\x07", style="red", highlight=False)
    shown = written.getvalue()
    assert "a\\x1b[2J" in shown
    assert "b\\x9b31m" in shown
    assert "c\\x1b]0;title" in shown
    assert "\x1b[31m" in shown
    assert "\x1b[2J" not in shown


@pytest.mark.parametrize(
    "text", ["", "7", "-471.0", "8,0", "1 234", "24 %", "403", "O0", "K-3301", "2020M13", "2014/16-2016/17", "*", "NaN"]
)
def test_numbers_codes_periods_and_signs_are_quoted(text: str):
    assert quoted(text) == f"'{text}'"


# Synthetic: a birth date, an address, a remark, initials and a year, a telephone, an identity number.
@pytest.mark.parametrize(
    "text",
    [
        "15.01.1990",
        "1990-01-15",
        "Kari",
        "Tollbugata 17",
        "2 (familien Dal)",
        "912 34 567",
        "15819000181",
        "150190 00181",
    ],
)
def test_of_anything_else_only_the_length_is_told(text: str):
    assert quoted(text) == f"a text of {len(text)} characters"
    assert text not in excerpt({"Region": f"{text} bor i Tollboden"})


def test_a_known_word_is_quoted():
    assert quoted("Skien", {"Skien"}) == "'Skien'"


@pytest.mark.parametrize(
    "text", ["Kommunedel", "År", "2023", "Andel (prosent)", "18 - 29 år", "Personer 2023", "Spm.id"]
)
def test_a_header_looks_like_one(text: str):
    assert is_heading(text)


@pytest.mark.parametrize(
    "text",
    ["Kari Nordmann", "15.01.1990", "Tollbugata 17", "3044 Drammen", "kari@example.org", "15819000181", "91234567"],
)
def test_data_does_not_look_like_a_header(text: str):
    assert not is_heading(text)


def test_a_file_that_no_contract_takes_is_not_told_by_its_rows():
    rows = "Hansen, Kari;15.01.1990;Tollbugata 17;2\nDahl, Ola;16.01.1990;Tollbugata 19;3\n"
    with pytest.raises(NoContract) as caught:
        match(open_file(rows.encode(), "synthetic.csv"), [contract()])
    assert "columns found: a row of 4 cells" in str(caught.value)
    for word in ("Hansen", "1990", "Tollbugata"):
        assert word not in str(caught.value)
    with pytest.raises(NoContract, match="columns found: 'Kommune', 'Kjønn', 'År', 'Folk'"):
        match(open_file("Kommune;Kjønn;År;Folk\nBø;Menn;2020;1\n".encode(), "synthetic.csv"), [contract()])


def test_readers_get_kind_number_and_place_and_nothing_of_the_file():
    faults = [
        Fault(Place("sheet 'Ola', ", 12, 3, "Ola"), "expected a number", "'2'", "5", 2, Kind.NUMBER),
        Fault(Place("sheet 'Ola', ", 15, 3, "Ola"), "expected a number", "'1'", "5", 1, Kind.NUMBER),
        "Ola is no column",
    ]
    error = DeliveryError("Ola.xlsx", faults)
    assert error.for_readers() == (
        "a file was not taken: neither a number nor a known sign (3, the first in cell D12); "
        "cannot be read as what it seems to be (1)"
    )
    assert "sheet 'Ola', row 12, column 'Ola' (cell D12) and 1 more | '2' | a number | 5 |" in reasons_for(
        "Ola.xlsx", "counts", error
    )


def test_what_a_draft_repeats_of_a_file_is_text_to_yaml_and_to_a_terminal():
    told = 'Kjønn\x1b[2J\u202e": {a: !!python/name:os.system}'
    written = draft._scalar(told)  # what every label of a draft goes through
    assert "\x1b" not in written
    assert "\u202e" not in written
    assert yaml.safe_load(f"header: [{written}]") == {"header": [told]}


def test_readers_see_no_name_of_a_delivered_file(tmp_path: Path):
    """A file's name is its sender's choice: 'vedtak Kari Nordmann.xlsx'."""
    columns = SCHEMA["snapshot"].arrow
    blank = dict.fromkeys(columns.names)
    rows = [
        blank | {"provider": "delivery", "sha256": "a" * 64, "url": "vedtak Kari Nordmann.xlsx", "size": 7},
        blank | {"provider": "ssb", "sha256": "b" * 64, "url": "https://data.ssb.no/", "size": 7},
    ]
    known = PublicNames(tmp_path)
    shown = naming.named({"snapshot": pa.Table.from_pylist(rows, schema=columns)}, known)["snapshot"]
    assert shown["url"].to_pylist() == [f"delivered file {known.of('a' * 64)[:12]}", "https://data.ssb.no/"]
