"""PX files in every form, and what is said of those that cannot be right. All figures are synthetic."""

import itertools
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.formats.jsonstat import Cube
from pipelines.formats.px import PxError, decode, looks_like_px

HEAD = """CHARSET="ANSI";
AXIS-VERSION="2013";
CODEPAGE="utf-8";
LANGUAGE="no";
MATRIX="T1";
TITLE="Folk etter region og år";
STUB="region";
HEADING="år";
VALUES("region")="Bø","Ås";
VALUES("år")="2023","2024";
"""
CODES = 'CODES("region")="4020","3218";\n'


def px(data: str = "1 2 3 4;", more: str = CODES, head: str = HEAD) -> bytes:
    return f"{head}{more}DATA={data}".encode()


def read(content: bytes) -> Cube:
    return decode(content, "t.px")


def values(content: bytes) -> list[float | None]:
    return read(content).table["value"].to_pylist()


def cells(content: bytes) -> list[tuple[float | None, str | None]]:
    table = read(content).table
    return list(zip(table["value"].to_pylist(), table["status"].to_pylist(), strict=True))


def refused(content: bytes) -> str:
    with pytest.raises(PxError) as caught:
        read(content)
    assert str(caught.value).startswith("t.px: ")
    return str(caught.value)


def test_a_cube_is_as_json_stat_gives_it():
    cube = read(px())
    assert cube.label == "Folk etter region og år"
    assert cube.table.to_pylist() == [
        {"region": "4020", "år": "2023", "value": 1, "status": None},
        {"region": "4020", "år": "2024", "value": 2, "status": None},
        {"region": "3218", "år": "2023", "value": 3, "status": None},
        {"region": "3218", "år": "2024", "value": 4, "status": None},
    ]
    assert cube.labelled()["region_label"].to_pylist() == ["Bø", "Bø", "Ås", "Ås"]


# --- the head -------------------------------------------------------------------------------------------------


def test_without_codes_the_texts_are_the_codes():
    assert read(px(more="")).dimensions[0].codes == ("Bø", "Ås")


def test_texts_broken_over_lines_are_one_text():
    head = HEAD.replace('TITLE="Folk etter region og år"', 'TITLE="Folk etter "\n"region "\r\n "og år"')
    head = head.replace('"Bø","Ås"', '"B"\n"ø",\n"Å\ns"')
    cube = read(px(head=head))
    assert (cube.label, cube.dimensions[0].labels) == ("Folk etter region og år", ("Bø", "Ås"))


def test_lines_may_end_as_on_windows_and_the_last_semicolon_be_absent():
    for content in (px().replace(b"\n", b"\r\n"), px("1 2\n3 4"), px("1 2\n3 4;\n\x1a"), px("1 2\n3 4 ;\0")):
        assert values(content) == [1, 2, 3, 4]


def test_other_languages_are_passed_over():
    english = 'TITLE[en]="People";\nSTUB[en]="area";\nVALUES[en]("area")="Bo";\nCODES[en]("area")="1";\n'
    assert read(px(more=CODES + english)).dimensions[0].labels == ("Bø", "Ås")
    assert read(px(head=HEAD.replace("VALUES(", "VALUES[no]("))).dimensions[0].labels == ("Bø", "Ås")


def test_keywords_that_tell_of_the_variables():
    more = CODES + (
        'VARIABLECODE("region")="Region";\nVARIABLE-TYPE("region")="Geographical";\nTIMEVAL("år")=TLIST(A1,"2023"-"2024");\n'
        'NOTE="en#to";\nNOTE("region")="om (region); og mer";\nSOURCE="ingen";\nLAST-UPDATED("x")="20240102 08:00";\n'
        'HIERARCHIES("region")="a","a":"b";\nDECIMALS=1;\nCOPYRIGHT=YES;\nUNITS="personer";\nCONTVARIABLE="år";\n'
    )
    cube = read(px(more=more.replace("CONTVARIABLE", "X-CONTVARIABLE")))
    region, year = cube.dimensions
    assert (region.id, region.label, region.role, region.notes) == ("Region", "region", "geo", ("om (region); og mer",))
    assert (year.role, year.extension) == ("time", {"time_scale": "A1"})
    assert (cube.source, cube.updated, cube.notes) == ("ingen", "20240102 08:00", ("en\nto",))


def test_a_dot_in_a_keyword_is_a_hyphen():
    cube = read(px(more=CODES + 'LAST.UPDATED="20240102 08:00";\n', head=HEAD.replace("AXIS-", "AXIS.")))
    assert cube.updated == "20240102 08:00"
    assert looks_like_px(b'AXIS.VERSION="2013";')


def test_an_empty_value_is_none():
    cube = read(px(more=CODES + 'NOTE=;\nSOURCE= ;\nNOTE()=;\nCODES("år")=;\n', head=HEAD.replace('"no"', "")))
    assert (cube.notes, cube.source, cube.dimensions[1].codes) == ((), None, ("2023", "2024"))


def test_decimals_are_a_small_number_or_none():
    more = 'CONTVARIABLE="region";\nUNITS="kr";\nDECIMALS={};\n'
    for decimals in ("9" * 5000, "²", "-1", "0.5"):
        assert read(px(more=CODES + more.format(decimals))).dimensions[0].units["4020"] == {"base": "kr"}


def test_units_of_the_contents():
    more = 'CONTVARIABLE="region";\nUNITS("Bø")="kr";\nUNITS="personer";\nDECIMALS=0;\nPRECISION("region","Ås")=2;\n'
    region = read(px(more=CODES + more)).dimensions[0]
    assert region.role == "metric"
    assert region.units == {"4020": {"base": "kr", "decimals": 0}, "3218": {"base": "personer", "decimals": 2}}


def test_only_a_stub_or_only_a_heading():
    assert values(b'STUB="a";VALUES("a")="x","y";DATA=1 2;') == [1, 2]
    assert values(b'HEADING="a";VALUES("a")="x","y";DATA=1 2;') == [1, 2]


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ('CODEPAGE="iso-8859-1";', "latin-1"),
        ('CHARSET="ANSI";CODEPAGE="ISO-8859-15";', "iso-8859-15"),
        ('CODEPAGE="windows-1252";', "cp1252"),
        ('CODEPAGE="850";', "cp850"),
        ('CHARSET="ANSI";', "latin-1"),
        ('CHARSET="ANSI";', "utf-8"),
        ("", "cp850"),
        ("", "utf-8"),
        ("", "utf-8-sig"),
    ],
)
def test_encodings(charset: str, encoding: str):
    content = f'{charset}STUB="område";VALUES("område")="Bø","Ås";DATA=1 2;'.encode(encoding)
    assert read(content).dimensions[0].labels == ("Bø", "Ås")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16(encoding: str):
    """Whatever CODEPAGE says of it: programs that save as "Unicode" do not change the text."""
    content = px().decode().encode(encoding)
    assert looks_like_px(content)
    assert read(content).dimensions[0].labels == ("Bø", "Ås")
    assert "Is the file whole? If it is, save it as UTF-8" in refused(content[:-1])


# --- the cells ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        "1.5 -2 3e2 .25;", "1.5,-2,3e2,.25;", "1.5\t-2;3e2\n.25", "\n1.5 -2 \n3e2 0.25 \n;", "1,5 -2 300 0,25;",
        "1,5;-2;300;0,25",
    ],
    ids=["space", "comma", "mixed", "lines", "decimal comma", "decimal comma, semicolons"],
)  # fmt: skip
def test_numbers_and_delimiters(data: str):
    assert values(px(data)) == [1.5, -2, 300, 0.25]


def test_signs_are_statuses_and_a_dash_is_zero():
    assert cells(px('"." ".." "-" ":";')) == [(None, "."), (None, ".."), (0, "-"), (None, ":")]
    assert cells(px('"..." "......" . ..;')) == [(None, "..."), (None, "......"), (None, "."), (None, "..")]


def test_a_file_may_say_how_its_signs_are_shown():
    more = CODES + 'DATASYMBOL1=":";\nDATASYMBOL3="..";\nDATASYMBOLNIL="–";\nDATASYMBOLSUM="*";\n'
    assert cells(px('"." ".." "..." "-";', more)) == [(None, ":"), (None, ".."), (None, ".."), (0, "-")]
    assert cells(px('"–" "*" 1 2;', more)) == [(0, "-"), (None, "*"), (1, None), (2, None)]


@pytest.mark.parametrize("symbol", ["-", "–"])
def test_a_dot_is_missing_even_where_it_is_shown_as_zero(symbol: str):
    more = CODES + f'DATASYMBOL1="{symbol}";\nDATASYMBOL2="{symbol}";\nDATASYMBOLNIL="–";\n'
    assert cells(px('"." ".." "-" 4;', more)) == [(None, "."), (None, ".."), (0, "-"), (4, None)]


def test_a_symbol_that_looks_like_a_number_makes_no_number():
    assert cells(px('"." ".." 0 4;', CODES + 'DATASYMBOL1="0";\n')) == [(None, "0"), (None, ".."), (0, None), (4, None)]


KEYS = CODES + 'KEYS("region")=CODES;\n'


def test_behind_keys_an_absent_row_is_zeros():
    assert cells(px('\n"3218", 3 ".."\n;', KEYS)) == [(0, None), (0, None), (3, None), (None, "..")]
    assert values(px('\n"3218",3 4\n"4020",1,2;', KEYS)) == [1, 2, 3, 4]
    assert values(px('\n"3218" 3,5 4\n"4020" 1,25 2;', KEYS)) == [1.25, 2, 3.5, 4]
    assert values(px('\n"Ås",3 4 ;', KEYS.replace("=CODES", "=VALUES"))) == [0, 0, 3, 4]


def test_a_stub_of_two_variables_behind_keys():
    head = HEAD.replace('STUB="region"', 'STUB="region","kjønn"') + 'VALUES("kjønn")="K","M";\n'
    more = KEYS + 'KEYS("kjønn")=VALUES;\n'
    assert values(px('"3218","K",5 6;', more, head)) == [0, 0, 0, 0, 5, 6, 0, 0]


# --- round trip -----------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters='"\r\n', exclude_categories=["Cs", "Cc"]), min_size=1)
SIGNS = st.sampled_from([".", "..", "...", ":", "-"])
CELLS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e12, 1e12), SIGNS)


@st.composite
def cubes(draw: st.DrawFn) -> tuple[list[str], int, list[list[str]], list[float | str]]:
    """Draw names of variables, how many are in the stub, their texts, and the cells."""
    names = draw(
        st.lists(TEXTS.filter(lambda one: one not in ("value", "status")), min_size=1, max_size=4, unique=True)
    )
    texts = [draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True)) for _name in names]
    count = len(list(itertools.product(*texts)))
    return names, draw(st.integers(0, len(names))), texts, draw(st.lists(CELLS, min_size=count, max_size=count))


def written(names: list[str], stub: int, texts: list[list[str]], cells: list[float | str], line: str) -> bytes:
    """Return a PX file."""

    def listed(values: list[str]) -> str:
        return ",".join(f'"{value}"' for value in values)

    parts = ['CODEPAGE="utf-8"']
    parts += [f"STUB={listed(names[:stub])}"] if stub else []
    parts += [f"HEADING={listed(names[stub:])}"] if names[stub:] else []
    parts += [f'VALUES("{name}")={listed(values)}' for name, values in zip(names, texts, strict=True)]
    data = " ".join(f'"{cell}"' if isinstance(cell, str) else repr(cell) for cell in cells)
    return (f";{line}".join(parts) + f";{line}DATA={line}{data};").encode()


@settings(max_examples=60, deadline=None)
@given(cubes(), st.sampled_from(["\n", "\r\n", ""]))
def test_what_is_written_is_read(cube: tuple[list[str], int, list[list[str]], list[float | str]], line: str):
    names, stub, texts, given_cells = cube
    found = read(written(names, stub, texts, given_cells, line))
    expected_rows = list(itertools.product(*texts))
    assert [dimension.id for dimension in found.dimensions] == names
    assert list(zip(*(found.table[name].to_pylist() for name in names), strict=True)) == expected_rows
    for value, status, cell in zip(
        found.table["value"].to_pylist(), found.table["status"].to_pylist(), given_cells, strict=True
    ):
        if isinstance(cell, str):
            assert (value, status) == (0.0 if cell == "-" else None, cell)
        else:
            assert (value, status) == (cell, None)


# --- refusals -------------------------------------------------------------------------------------------------

REFUSED = {
    "empty": (b" \r\n", "the file is empty; expected a PX file"),
    "no data": (px().partition(b"DATA")[0], "line 11: the file ends without DATA; expected DATA= and the cells"),
    "no keyword": (b'STUB="a";\n\nhello there', "line 3: 'hello there'; expected a keyword such as"),
    "text without end": (px(head=HEAD.replace('"T1"', '"T1')), "line 5: MATRIX is not ended; expected a semicolon"),
    "bare words": (
        px(head=HEAD.replace('"Bø","Ås"', '"Bø",Ås')),
        "line 9: VALUES(region) has 'Ås'; expected texts in quotation marks, with a comma between them",
    ),
    "no variable": (b'MATRIX="a";DATA=1;', "neither STUB nor HEADING names a variable"),
    "no values": (px(head=HEAD.replace('VALUES("år")', "X")), "line 7: variable 'år' of STUB or HEADING has no"),
    "codes for texts": (px(more='CODES("region")="1";\n'), "line 11: CODES(region) has 1 codes for the 2 texts"),
    "doubled code": (px(more='CODES("region")="1","1";\n'), "line 11: CODES(region) has '1' twice"),
    "doubled text": (px(more="", head=HEAD.replace('"Ås"', '"Bø"')), "line 9: VALUES(region) has 'Bø' twice"),
    "doubled keyword": (px(more=CODES + CODES), "line 12: CODES(region) stands here again, after line 11"),
    "doubled variable": (px(head=HEAD.replace('STUB="region"', 'STUB="region","år"')), "are called 'år'"),
    "variable called value": (px(more=CODES + 'VARIABLECODE("år")="value";\n'), "the name of a column of the table"),
    "time without scale": (px(more=CODES + 'TIMEVAL("år")="2023";\n'), "line 12: TIMEVAL(år) is '\"2023\"'"),
    "unknown keys": (px(more=CODES + 'KEYS("region")=NAMES;\n'), "line 12: KEYS(region) is 'NAMES'; expected CODES or"),
    "unknown encoding": (px(head=HEAD.replace("utf-8", "utf-16")), "line 3: CODEPAGE is 'utf-16'; expected one of"),
    "another encoding": (
        HEAD.encode("latin-1") + b"DATA=1 2 3 4;",
        f"line 6: byte {HEAD.index('å')} is not utf-8, which CODEPAGE says",
    ),
    "too few cells": (px("1 2\n3;"), "line 12: DATA holds 3 cells, but VALUES make 2 x 2 = 4; expected one each"),
    "too many cells": (px("1 2 3 4 5"), "line 12: DATA holds 5 cells, but VALUES make 2 x 2 = 4"),
    "keyword behind data": (px("1 2 3 4;\nNOTE=x;"), "line 12: DATA holds 5 cells"),
    "word for a cell": (px("\n1 2\n3 x;"), "line 14: DATA has 'x' for a cell; expected a number or one of"),
    "unknown sign": (px('1 2\n3 "?";'), "line 13: DATA has '\"?\"' for a cell"),
    "not a number": (px("1 2 3 nan;"), "DATA has 'nan' for a cell"),
    "infinite": (px("1 2 3 1e999;"), "line 12: DATA has a number beyond any count"),
    "unknown key": (px('\n"4020",1 2\n"9999",3 4;', KEYS), "line 15: DATA has '\"9999\"' where a key stands"),
    "cell for key": (px('\n"4020",1 2\n3218 3 4;', KEYS), "line 15: DATA has '3218' where a key stands"),
    "key for cells": (px('\n"4020",1 2\n"3218",3;', KEYS), "expected rows of 1 keys and 2 cells each"),
    "keys without an end": (px('\n"4020",1 2\n', KEYS), "line 13: DATA is not ended; expected a semicolon"),
    "doubled row": (px('\n"4020",1 2\n"4020",3 4;', KEYS), "DATA has a row twice"),
    "endless product": (
        "".join(f'VALUES("{n}")="a","b","c","d";' for n in range(8000)).encode()
        + b"STUB=" + ",".join(f'"{n}"' for n in range(8000)).encode() + b";DATA=1 2",
        "VALUES make 4 x 4 x 4 x 4 x 4 x 4 x 4 x 4 x 4 x 4 x 4 x 4 x ... = about 10^4816",
    ),
    "JSON": (b'{"class":"dataset"}', "line 1: '{\"class\":\"dataset\"}'; expected a keyword"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_place(name: str):
    content, expected = REFUSED[name]
    assert expected in refused(content)


def test_a_file_cut_anywhere_is_refused_and_raises_nothing_else():
    content = px('1 ".." 3 4567;', KEYS.replace('KEYS("region")=CODES;\n', ""))
    whole = values(content)
    for end in range(len(content)):
        try:
            assert values(content[:end]) != whole or content[end:] in (b";", b"")
        except PxError:
            continue
        # What is left decodes only where the cut is within the last number.
        assert content[:end].endswith((b" 4", b" 45", b" 456", b" 4567"))


@pytest.mark.parametrize("keys", [False, True], ids=["cells", "keys"])
def test_a_product_that_the_cells_cannot_fill_is_refused_before_memory_is_spent(keys: bool):
    """10,000 to the power of 4 cells; in a process that may not take a gigabyte."""
    script = f"""
import resource
from pipelines.formats.px import PxError, decode
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
names = ["a", "b", "c", "d"]
texts = ",".join(f'"{{n}}"' for n in range(10_000))
head = 'STUB="a","b","c";HEADING="d";' + "".join(f'VALUES("{{name}}")={{texts}};' for name in names)
keys = 'KEYS("a")=VALUES;' if {keys} else ""
data = '"1","1","1",' + "1 " * 10_000 + ";" if {keys} else "1 2 3"
try:
    decode((head + keys + "DATA=" + data).encode(), "t.px")
except PxError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "10,000,000,000,000,000" in said


def test_what_looks_like_px():
    assert looks_like_px(px())
    assert looks_like_px(b'\xef\xbb\xbf\r\nAXIS-VERSION = "2013";')
    assert not looks_like_px(b'{"class": "dataset"}')
    assert not looks_like_px(b"Kommune;Antall\n")
