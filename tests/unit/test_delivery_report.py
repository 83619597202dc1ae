"""What the terminal and reasons.md say of a delivery. Every file and edition here is synthetic."""

import io
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from indicators import catalogue
from indicators.catalogue import Catalogue
from pipelines.deliveries.expected import expected
from pipelines.deliveries.faults import DeliveryError, NoContract, PersonalData
from pipelines.deliveries.reasons import reasons_for
from pipelines.formats.format_error import IN_NORWEGIAN, Fault, Kind
from pipelines.formats.grid import Place
from pipelines.language import Language
from pipelines.terminal import deliveries, delivery_report
from tests.stages import checked

HEADER = "Kommunedel,År,Indikator,Teller,Nevner"
DISTRICT = "Kommunedel 7 Strømsø/Tangen"


@cache
def known() -> Catalogue:
    return catalogue.load()


ENGLISH = Language("en")


def used_by(folder: Path, *themes: str) -> str:
    """What `levekar deliver` says on the line "used by" of a file with these themes."""
    path = folder / "synthetic.csv"
    path.write_text(
        "\n".join([HEADER, *(f"{DISTRICT},2023,{theme},120,900" for theme in themes), ""]), encoding="utf-8"
    )
    file, written = checked(known(), path), io.StringIO()
    assert file.error is None, file.error
    delivery_report.show(Console(file=written, width=400), file, known(), None, ENGLISH)
    [line] = [line for line in written.getvalue().splitlines() if line.strip().startswith("used by")]
    return line


def test_used_by_names_the_indicators_of_what_is_in_the_file_and_no_others(tmp_path: Path) -> None:
    disability, poverty = "Uføretrygdede 18-44 år", "Barn i lavinntekt"
    codes = known().contracts["drammen_district_counts"].dimensions["Indikator"].codes
    names = {code: known().indicators[code].name_en for code in (codes[disability], codes[poverty])}
    one = used_by(tmp_path, disability)
    assert names[codes[disability]] in one
    assert names[codes[poverty]] not in one
    both = used_by(tmp_path, disability, poverty)
    assert all(name in both for name in names.values())


# --- what changes elsewhere -------------------------------------------------------------------------------------------


def edition(root: Path, number: int, values: dict[str, float], word: str | None = None) -> Path:
    """Publish an edition of what the comparison reads: one indicator's measures by area, and one word for all."""
    path = root / "warehouse" / f"levekar-20300101T00000{number}.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE area (area_id VARCHAR, name VARCHAR);"
            "CREATE TABLE meta (key VARCHAR, value VARCHAR);"
            "CREATE TABLE scorecard (indicator_id VARCHAR, indicator_name_no VARCHAR, indicator_name_en VARCHAR,"
            " area_id VARCHAR, assessment VARCHAR);"
            "CREATE TABLE indicator (indicator_id VARCHAR, name_no VARCHAR, name_en VARCHAR, unit VARCHAR,"
            " decimals INTEGER);"
            "INSERT INTO indicator VALUES ('poverty', 'Barnefattigdom', 'Child poverty', 'points', 1);"
            "CREATE TABLE measure (indicator_id VARCHAR, area_id VARCHAR, period VARCHAR, sex VARCHAR, age VARCHAR,"
            " value DOUBLE, status VARCHAR)"
        )
        for area, value in values.items():
            connection.execute("INSERT INTO area VALUES (?, ?)", [area, f"Place {area}"])
            connection.execute("INSERT INTO measure VALUES ('poverty', ?, '2023', 'T', 'T', ?, 'ok')", [area, value])
            named = ["Barnefattigdom", "Child poverty [b]", area, word]
            connection.execute("INSERT INTO scorecard VALUES ('poverty', ?, ?, ?, ?)", named)
    link = root / "levekar.duckdb"
    link.unlink(missing_ok=True)
    link.symlink_to(path.relative_to(root))
    return path


def said_of(
    root: Path,
    before: dict[str, float],
    after: dict[str, float],
    area: str,
    language: Language = ENGLISH,
    words: tuple[str | None, str | None] = (None, None),
) -> str:
    older = edition(root, 1, before, words[0])
    edition(root, 2, after, words[1])
    written = io.StringIO()
    delivery_report.show_indicators(Console(file=written, width=400), root, older, area, language)
    return written.getvalue()


def test_a_norwegian_case_worker_reads_norwegian(tmp_path: Path) -> None:
    before = dict.fromkeys("abcdefghijk", 10.0)
    said = said_of(tmp_path, before, dict.fromkeys(before, 11.5), area="a", language=Language("nb"))
    assert "Endret i Place a" in said
    assert "Barnefattigdom" in said
    assert "10,0 poeng → 11,5 poeng" in said
    assert "10 tall for andre områder er endret (Place b" in said
    assert "og 2 til" in said


@pytest.mark.parametrize(
    "words", [("off track", None), (None, "on track"), ("worsening", "possible"), ("a word of a newer version", "kept")]
)
def test_a_word_that_changes_is_told_whether_or_not_there_was_one_before(
    tmp_path: Path, words: tuple[str | None, str | None]
) -> None:
    """A withdrawal of the only figure ended in a traceback after it was published: no word had no colour."""
    said = said_of(tmp_path, {"a": 10.0}, {"a": 11.5}, area="a", words=words)
    old, new = (word or "nothing" for word in words)
    assert f"Child poverty [b]: {old} → {new}" in said


def test_who_is_waited_for_is_told_in_norwegian() -> None:
    written = io.StringIO()
    found = [one for one in expected(known(), {}, date(2026, 11, 27)) if one.contract == "nav_unemployment"]
    deliveries.show(Console(file=written, width=400), found, Language("nb"))
    said = written.getvalue()
    assert said.startswith(f"nav_unemployment: {known().contracts['nav_unemployment'].name_no}")
    assert "sist mottatt: aldri" in said
    assert "ventes på av: registered_unemployment" in said


def test_other_areas_whose_figures_change_are_named(tmp_path: Path) -> None:
    before = dict.fromkeys("abcd", 10.0)
    said = said_of(tmp_path, before, before | {"a": 11.0, "b": 12.0, "d": 9.0}, area="a")
    assert "Changed in Place a" in said
    assert "2 figure(s) of other areas change (Place b, Place d): Child poverty" in said
    assert "Place c" not in said


def test_of_many_other_areas_eight_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    before = dict.fromkeys("abcdefghijk", 10.0)
    said = said_of(tmp_path, before, dict.fromkeys(before, 11.0), area="a")
    # Ten others: b to i are eight of them.
    named = ", ".join(f"Place {name}" for name in "bcdefghi")
    assert f"10 figure(s) of other areas change ({named} and 2 more): Child poverty" in said


# --- reasons, for a sender who reads Norwegian ------------------------------------------------------------------------


def norwegian(error: DeliveryError) -> list[str]:
    """The lines of reasons.md below its Norwegian heading, up to the empty one."""
    below = reasons_for("synthetic.csv", "synthetic", error).partition("## På norsk\n")[2]
    return [line for line in below.split("What was delivered before")[0].splitlines() if line.startswith("* ")]


def test_every_kind_of_fault_has_a_norwegian_sentence() -> None:
    assert set(IN_NORWEGIAN) == set(Kind)
    assert all(text.strip() == text and text for text in IN_NORWEGIAN.values())


def test_reasons_say_each_kind_once_in_norwegian_with_how_many_cells_and_the_first_place() -> None:
    faults = [
        Fault(Place("", 12, 3, "Andel"), "expected a number", "'x'", "5", 2, Kind.NUMBER),
        Fault(Place("", 15, 3, "Andel"), "expected a number", "'y'", "5", 1, Kind.NUMBER),
        Fault(Place("", 4, None), "expected a year", "'20'", "2024", 1, Kind.PERIOD),
        Fault(Place("", None, 1, "Område"), "expected an area", "'Z'", "Drammen", 1, Kind.AREA),
    ]
    assert norwegian(DeliveryError("synthetic.csv", faults)) == [
        f"* {IN_NORWEGIAN[Kind.NUMBER]} (3, først i celle D12)",
        f"* {IN_NORWEGIAN[Kind.PERIOD]} (1, først i rad 4)",
        f"* {IN_NORWEGIAN[Kind.AREA]} (1, først i kolonne B)",
    ]


def test_a_file_of_no_contract_says_in_norwegian_that_its_columns_are_not_agreed_on() -> None:
    [line] = norwegian(NoContract("synthetic.csv", ["columns found: 'a', 'b'"]))
    assert "bruk samme overskrifter som sist" in line


def test_of_personal_data_the_norwegian_part_says_nothing() -> None:
    error = PersonalData("synthetic.csv", [Fault(Place("", 3, 1), "seems to hold national identity numbers")])
    assert "På norsk" not in reasons_for("synthetic.csv", None, error)
