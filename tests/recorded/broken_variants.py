"""Real deliveries, each broken in one way: what people and programs do to files on the way.

`python -m tests.recorded.broken_variants FOLDER` writes them out, to be dropped in an inbox. Nothing of them is kept in
the project. A variant is either refused, and then the reasons have all the words of `says` (the cell among them), or
repaired, and then its figures are those of the file as it was.
"""

import csv
import io
import re
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.recorded import RECORDED

COUNTY = RECORDED / "county"
CROWDING, WELLBEING = "trangboddhet.csv", "trivsel_10_klasse_treaarig.csv"
EDUCATION, LIFE = "utdanningsnivaa.csv", "forventet_levealder_7_aarig.csv"
DISTRESS = "psykiske_plager_ungdom.csv"
CAPABILITY = "nedsatt_arbeidsevne.csv"
LEAVERS, IMDI = "20220505-1453_Slutta_VGO.csv", "imdi_utdanningsniva_alle_2020.csv"
EMPLOYMENT = "Sysselsettingsandel per kommune 06445.xlsx"

Rows = list[list[str]]


@dataclass(frozen=True)
class Variant:
    """One file with one fault. says: words of the reasons; none: it is repaired."""

    name: str
    file: str
    change: Callable[[bytes], bytes]
    says: tuple[str, ...] = ()

    @property
    def content(self) -> bytes:
        """The broken file."""
        original = (COUNTY / self.file).read_bytes()
        changed = self.change(original)
        assert changed != original, self.name
        return changed


# --- ways to change a file --------------------------------------------------------------------------------------------


def rows_of(content: bytes, encoding: str = "utf-8", separator: str = ",") -> Rows:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline=""), delimiter=separator))


def written(rows: Rows, encoding: str = "utf-8", separator: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue().encode(encoding)


def cell(row: int, column: int, text: str, **how: str) -> Callable[[bytes], bytes]:
    """Put `text` into one cell; row as a spreadsheet counts, column from 0."""

    def change(content: bytes) -> bytes:
        rows = rows_of(content, **how)
        rows[row - 1][column] = text
        return written(rows, **how)

    return change


def lines(change: Callable[[Rows], Rows], separator: str = ",") -> Callable[[bytes], bytes]:
    return lambda content: written(change(rows_of(content)), separator=separator)


def text(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    return lambda content: change(content.decode()).encode()


def column(number: int, change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    """Change every cell of one column below the header."""
    return lines(
        lambda rows: [rows[0], *([*row[:number], change(row[number]), *row[number + 1 :]] for row in rows[1:])]
    )


def imdi(row: int, number: int, new: str) -> Callable[[bytes], bytes]:
    return cell(row, number, new, encoding="latin-1", separator=";")


def udir(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    return lambda content: change(content.decode("utf-16-le")).encode("utf-16-le")


def sheet(change: Callable[[str], str], part: str = "xl/worksheets/sheet1.xml") -> Callable[[bytes], bytes]:
    """Change one part of the workbook."""

    def repacked(content: bytes) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                body = old.read(name)
                new.writestr(name, change(body.decode()).encode() if name == part else body)
        return made.getvalue()

    return repacked


def value_cell(reference: str, new: str) -> Callable[[str], str]:
    """Replace a cell of a sheet's XML, whatever it was."""

    def change(xml: str) -> str:
        changed, times = re.subn(rf'<c r="{reference}"[^>]*?(?:/>|>.*?</c>)', new, xml, count=1)
        assert times == 1, reference
        return changed

    return change


def inline(reference: str, words: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{words}</t></is></c>'


def first_share(rows: Rows) -> int:
    """Number of the first row with a share."""
    return next(number for number, row in enumerate(rows, 1) if number > 1 and row[-1])


NBSP, THIN = "\u00a0", "\u202f"


def grouped(sign: str) -> Callable[[str], str]:
    """Divide the thousands of a whole number, which the file writes as 12347.0."""
    return lambda number: f"{int(float(number)):,}".replace(",", sign) if number.endswith(".0") else number


# --- what becomes of them ---------------------------------------------------------------------------------------------

ENCODINGS = [
    Variant("utf-16 with a byte order mark", CROWDING, lambda b: b.decode().encode("utf-16")),
    Variant("utf-8 with a byte order mark", CROWDING, lambda b: b"\xef\xbb\xbf" + b),
    Variant("latin-1", CROWDING, lambda b: b.decode().encode("latin-1")),
    Variant("windows-1252", DISTRESS, lambda b: b.decode().encode("cp1252")),
    Variant("letters decomposed, as macOS does", EDUCATION, text(lambda t: unicodedata.normalize("NFD", t))),
    Variant("windows line ends", WELLBEING, text(lambda t: t.replace("\n", "\r\n"))),
    Variant(
        "one row in another encoding",
        EDUCATION,
        lambda b: b[: b.rindex(b"\n", 0, -1) + 1] + "Vinje,Fagskolenivå,Kvinner,x,2025,1\n".encode("latin-1"),
        ("row ", "not UTF-8", "one encoding throughout"),
    ),
    Variant("utf-8 read as latin-1", CROWDING, lambda b: b.decode("latin-1").encode(), ("row 1", "letters were lost")),
    Variant("letters replaced", LIFE, text(lambda t: t.replace("å", "\ufffd")), ("letters were lost",)),
    Variant("DOS letters", EDUCATION, lambda b: b.decode().encode("cp865"), ("Latin-1",)),
    Variant("a NUL byte", LIFE, lambda b: b.replace(b"80.6", b"80\x00.6", 1), ("row 2", "NUL")),
    Variant("cut in the middle of a row", CROWDING, lambda b: b[: len(b) // 2], ("row ", "break off")),
    Variant("cut within a quotation", DISTRESS, lambda b: b[: b.rindex(b"andel (pros")], ("quot",)),
    Variant("empty", LIFE, lambda _b: b"", ("empty",)),
    Variant("a header and nothing else", LIFE, lambda b: b[: b.index(b"\n") + 1], ("no rows",)),
    Variant(
        "a web page instead", LIFE, lambda _b: b"<!DOCTYPE html><html><body>Logg inn</body></html>", ("no contract",)
    ),
]
SEPARATORS = [
    Variant("semicolons", CROWDING, lines(lambda rows: rows, ";")),
    Variant("tabs", WELLBEING, lines(lambda rows: rows, "\t")),
    Variant("bars", LIFE, lines(lambda rows: rows, "|")),
    Variant("sep= line", CROWDING, lambda b: b"sep=;\n" + written(rows_of(b), separator=";")),
    Variant("every cell quoted", CROWDING, text(lambda t: re.sub(r"[^,\n]+", lambda m: f'"{m[0]}"', t))),
    Variant("title above", CROWDING, lambda b: b"Trangboddhet i Telemark\n\n" + b),
    Variant("notes below", CROWDING, lambda b: b + b"\nKilde: FHI\nOppdatert i mai\n"),
    Variant("notes below, filled up with separators", CROWDING, lambda b: b + b"Kilde: FHI,,,,,\n"),
    Variant("empty rows between", CROWDING, text(lambda t: t.replace("\n", "\n\n"))),
    Variant("rows of separators at the end", CROWDING, lambda b: b + b",,,,,\n" * 5),
    Variant(
        "a comma in a cell that is not quoted",
        DISTRESS,
        text(lambda t: t.replace('"andel (prosent, standardisert)"', "andel (prosent, standardisert)", 1)),
        ("row 2", "another number of fields"),
    ),
]
HEADERS = [
    Variant("columns in another order", CROWDING, lines(lambda rows: [row[::-1] for row in rows])),
    Variant("header in capitals", CROWDING, lines(lambda rows: [[one.upper() for one in rows[0]], *rows[1:]])),
    Variant(
        "blanks around the header", CROWDING, lines(lambda rows: [[f" {one}{NBSP}" for one in rows[0]], *rows[1:]])
    ),
    Variant("a column renamed", CROWDING, cell(1, 5, "Prosent"), ("lacks 'Andel'", "has besides 'Prosent'")),
    Variant("a column missing", LIFE, lines(lambda rows: [row[:3] + row[4:] for row in rows]), ("lacks 'Kjønn'",)),
    Variant("a column more", CROWDING, lines(lambda rows: [[*row, "x"] for row in rows]), ("has besides 'x'",)),
    Variant("a column twice", CROWDING, lines(lambda rows: [[*row, row[5]] for row in rows]), ("has twice 'Andel'",)),
    Variant("no header", EDUCATION, lambda b: b[b.index(b"\n") + 1 :], ("no contract has these columns",)),
    Variant("a year in IMDi's header", IMDI, imdi(5, 3, "År: 20x2"), ("cell D1", "20x2")),
    Variant(
        "a level in IMDi's header",
        IMDI,
        imdi(1, 400, "Utdanningsnivå: Barnehage"),
        ("a text of 9 characters", "Grunnskole"),
    ),
    Variant(
        "IMDi's years lost",
        IMDI,
        lambda b: written(
            [row for number, row in enumerate(rows_of(b, "latin-1", ";")) if number != 4], "latin-1", ";"
        ),
        ("no contract",),
    ),
    Variant("a school year that is none", LEAVERS, udir(lambda t: t.replace("2012-13.", "2012-14.", 1)), ("2012-14",)),
]
AREAS = [
    Variant("a code without its zero", IMDI, imdi(7, 0, "K104")),
    Variant("a letter in a code", CROWDING, cell(2, 0, "O0"), ("(cell A2)", "'O0'")),
    Variant("a code of five digits", CROWDING, cell(30, 0, "40030"), ("(cell A30)", "'40030'")),
    Variant("no code", CROWDING, cell(31, 0, ""), ("(cell A31)", "empty")),
    Variant("another prefix", IMDI, imdi(6, 0, "F3001"), ("(cell A6)", "'F3001'", "begins with 'K'")),
    Variant("a code of two digits among four", IMDI, imdi(9, 0, "K30"), ("(cell A9)", "'K30'", "4 digits")),
    Variant(
        "a name misspelt",
        LIFE,
        text(lambda t: t.replace("Skien,", "Skein,")),
        ("a text of 5 characters", "did you mean 'Skien'"),
    ),
    Variant("blanks after names", LIFE, column(0, lambda name: f"{name} ")),
    Variant("hard blanks in names", LIFE, column(0, lambda name: name.replace(" ", NBSP))),
    Variant("names of nowhere", LIFE, column(0, lambda name: f"Kommune {len(name)}{name[0]}"), ("none of the areas",)),
]
PERIODS = [
    Variant("a year of five digits", EDUCATION, cell(2, 4, "20024"), ("(cell E2)", "'20024'")),
    Variant(
        "a year left out",
        CROWDING,
        lines(lambda rows: [r for r in rows if r[2] != "2019-01-01"]),
        ("2019 of crowding is missing",),
    ),
    Variant("a month that is none", CAPABILITY, cell(2, 6, "2011-13-01"), ("(cell G2)", "a text of 10 characters")),
    Variant("dates as Norwegians write them", CROWDING, column(2, lambda day: ".".join(reversed(day.split("-"))))),
    Variant("a year to come", EDUCATION, cell(3, 4, "2052"), ("(cell E3)", "'2052'")),
    Variant("a window that ends before it begins", LIFE, cell(2, 1, "2010-2004"), ("(cell B2)", "'2010-2004'")),
    Variant("school years two apart", WELLBEING, cell(2, 1, "2014/16-2016/17"), ("(cell B2)", "'2014/16-2016/17'")),
    Variant("words for a year", EDUCATION, cell(4, 4, "i fjor"), ("(cell E4)", "a text of 6 characters")),
    Variant("no period", LIFE, cell(5, 1, ""), ("(cell B5)",)),
]
DIMENSIONS = [
    Variant("a label misspelt", CROWDING, cell(2, 4, "invandrere"), ("(cell E2)", "did you mean 'innvandrere'")),
    Variant("labels in capitals", LIFE, column(3, str.upper)),
    Variant("blanks after labels", LIFE, column(3, lambda label: f"{label}  ")),
    Variant("a label of another file", EDUCATION, cell(9, 1, "Doktorgrad"), ("(cell B9)", "a text of 10 characters")),
    Variant("no label", WELLBEING, cell(3, 4, ""), ("(cell E3)",)),
    Variant("a kind of figure that is new", EDUCATION, cell(2, 3, "Årsverk"), ("(cell D2)", "a text of 7 characters")),
]
VALUES = [
    Variant("thousands divided by blanks", EDUCATION, column(5, grouped(" "))),
    Variant("thousands divided by hard blanks", EDUCATION, column(5, grouped(NBSP))),
    Variant("thousands divided by thin blanks", EDUCATION, column(5, grouped(THIN))),
    Variant("a decimal comma", CROWDING, cell(2, 5, "0,243"), ("(cell F2)", "'0,243'", "'.' as decimal sign")),
    Variant("percent instead of a share", CROWDING, cell(2, 5, "24.3"), ("(cell F2)", "'24.3'", "0 to 1")),
    Variant(
        "a share instead of percent, but a sign", EDUCATION, cell(4, 5, "-3.9"), ("(cell F4)", "'-3.9'", "0 to 100")
    ),
    Variant("more than all", EDUCATION, cell(4, 5, "120.0"), ("(cell F4)", "'120.0'")),
    Variant("fewer than none", EDUCATION, cell(2, 5, "-471.0"), ("(cell F2)", "'-471.0'", "whole number from 0")),
    Variant("half a person", EDUCATION, cell(2, 5, "471.5"), ("(cell F2)", "'471.5'", "whole number")),
    Variant("about", LIFE, cell(2, 7, "ca. 80"), ("(cell H2)", "a text of 6 characters")),
    Variant("a per cent sign in a column of shares", CROWDING, cell(2, 5, "24.3105059734042 %")),
    Variant("not a number", LIFE, cell(3, 7, "NaN"), ("(cell H3)", "'NaN'")),
    Variant("infinity", LIFE, cell(3, 7, "inf"), ("(cell H3)", "a text of 3 characters")),
    Variant("a broken reference", LIFE, cell(4, 7, "#REF!"), ("(cell H4)", "'#REF!'")),
    Variant("a formula", LIFE, cell(4, 7, "=SUM(H2:H3)"), ("(cell H4)", "a text of 11 characters")),
    Variant("a sign that the contract does not have", CROWDING, cell(2, 5, "*"), ("(cell F2)", "'*'")),
    Variant("a decimal point lost", LIFE, cell(2, 7, "806"), ("(cell H2)", "'806'", "40 to 110")),
    Variant("a decimal point moved", LIFE, cell(2, 7, "8.06"), ("(cell H2)", "'8.06'")),
    Variant("a letter for a nought", EDUCATION, cell(2, 5, "47O"), ("(cell F2)", "'47O'")),
]
TOGETHER = [
    Variant("a row twice", CROWDING, lines(lambda rows: [*rows, rows[4]]), ("row 5 ", "same figure as row 382")),
    Variant(
        "a row twice, with another figure",
        LIFE,
        lines(lambda rows: [*rows, [*rows[4][:7], "50.0", *rows[4][8:]]]),
        ("row 5 ", "same figure as row 857"),
    ),
    Variant("a part that is too large", EDUCATION, cell(10, 5, "9999.0"), ("sum of its parts by Kjonn",)),
    Variant("a sum of another month", CAPABILITY, cell(2, 4, "3093.0"), ("row 2", "1,615 + 1,477 = 3,092", "3,093")),
]
SHEETS = [
    Variant(
        "a word in a spreadsheet",
        EMPLOYMENT,
        sheet(value_cell("B12", inline("B12", "ca 63"))),
        ("(cell B12)", "a text of 5 characters"),
    ),
    Variant("a year in a spreadsheet", EMPLOYMENT, sheet(value_cell("B4", inline("B4", "20211"))), ("no contract",)),
    Variant(
        "percent above all", EMPLOYMENT, sheet(value_cell("B7", '<c r="B7"><v>665</v></c>')), ("(cell B7)", "'665'")
    ),
    Variant(
        "an area without a code",
        EMPLOYMENT,
        sheet(value_cell("A8", inline("A8", "Tønsberg"))),
        ("(cell A8)", "a text of 8 characters"),
    ),
    Variant(
        "the sheet renamed",
        EMPLOYMENT,
        sheet(lambda xml: xml.replace('name="Sysselsatte"', 'name="Ark1"'), "xl/workbook.xml"),
        ("no contract", "Ark1"),
    ),
    Variant("a workbook cut short", EMPLOYMENT, lambda b: b[: len(b) * 2 // 3], ("damaged or cut off",)),
    Variant(
        "a number kept as text",
        EMPLOYMENT,
        sheet(value_cell("B12", inline("B12", "63.7"))),
    ),
]
# Synthetic: the first number of 15 January 1990 whose check digits exist (tests/unit/test_personal.py).
PERSONAL = [
    Variant(
        "identity numbers in a column more",
        CROWDING,
        lines(lambda rows: [[*rows[0], "nr"], *([*row, "15019000181"] for row in rows[1:])]),
        ("personal data", "national identity"),
    ),
    Variant(
        "an e-mail address in a cell", CROWDING, cell(40, 1, "kari.nordmann@example.no"), ("personal data", "e-mail")
    ),
]
VARIANTS = [
    *ENCODINGS,
    *SEPARATORS,
    *HEADERS,
    *AREAS,
    *PERIODS,
    *DIMENSIONS,
    *VALUES,
    *TOGETHER,
    *SHEETS,
    *PERSONAL,
]


def main(folder: Path) -> None:
    """Write every variant into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(VARIANTS, 1):
        name = f"{number:03d} {re.sub(r'[^a-z0-9-]+', ' ', one.name.casefold())}{Path(one.file).suffix}"
        (folder / name).write_bytes(one.content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
