"""Thousands of spoilt JSON-stat and PX files, made of recorded ones: each decodes, or is refused by the format's error.

A mutant is made of its number alone, so that one that fails can be made again: `json_mutant("2.0", 17)`.
"""

import random
import re
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from math import prod
from typing import Any

import orjson
import pytest

from pipelines.formats import cube, jsonstat, px
from pipelines.formats.format_error import FormatError
from pipelines.formats.px.keywords import Head, decoded, statements
from tests.recorded import RECORDED

pytestmark = pytest.mark.slow

MUTANTS = 10_000
DEEP, HUGE, LONG = "*deep*", "*huge*", "*long*"
RAW = {DEEP: b"[" * 900 + b"]" * 900, HUGE: b"1" * 400, LONG: b"9" * 5000}
HOSTILE: list[Any] = [
    None, True, False, 0, 5, -1, 1.5, 2**63, -(2**63), 1e308, "", " ", "x", "412", "1,5", "²", ":", "..", "\0",
    "9" * 5000, "time", "Region", "value", "status", [], [None], [5], [True], ["a"], ["a", "a"], [[]], [{}],
    [1e308] * 4, {}, {"a": None}, {"a": 5}, {"0": 1}, {"-1": 1}, {"a": [None]}, {"a": {"a": "b"}}, {"": ""},
    DEEP, HUGE, LONG,
]  # fmt: skip


def spoilt(decode: Callable[[bytes], Any], made: Callable[[int], bytes], errors: type[Exception]) -> dict[str, int]:
    """Return the exceptions that are none of the format's own, each with a mutant; some of all have to decode."""
    others: dict[str, int] = {}
    decoded = 0
    for number in range(MUTANTS):
        content = made(number)
        try:
            decode(content)
            decoded += 1
        except errors as error:
            if not str(error).startswith("here") or len(str(error)) > 1_000:
                others.setdefault(f"unclear: {str(error)[:200]}", number)
        except Exception as error:
            others.setdefault(f"{type(error).__name__}: {str(error)[:200]}", number)
    assert MUTANTS * 0.1 < decoded < MUTANTS * 0.9
    return others


def flipped(content: bytes, draw: random.Random) -> bytes:
    """Return the bytes with some of them changed, cut, doubled, or in another encoding."""
    spoiling = bytearray(content)
    at, end = sorted(draw.randrange(len(spoiling) + 1) for _ in range(2))
    way = draw.randrange(6)
    if way == 0:
        return bytes(spoiling[:at])
    if way == 1:
        del spoiling[at : min(end, at + 20)]
    elif way == 2:
        spoiling[at:at] = spoiling[at : min(end, at + 20)]
    elif way == 3:
        spoiling[:0] = draw.choice([b"\xef\xbb\xbf", b"\xff\xfe", b" \n", b"<html>"])
    elif way == 4:
        return content.decode("utf-8", "replace").encode(draw.choice(["utf-16", "utf-16-le", "cp1252"]), "replace")
    else:
        for _ in range(draw.randrange(1, 4)):
            spoiling[draw.randrange(len(spoiling))] = draw.randrange(256)
    return bytes(spoiling)


# --- JSON-stat ------------------------------------------------------------------------------------------------

FILES = [
    "ssb/05300_data.json",
    "ssb/13861_data.json",
    "jsonstat/canada.json",
    "jsonstat/oecd.json",
    "fhi/data_example.json",
]


def version_2(draw: random.Random) -> dict[str, Any]:
    """Return a recorded dataset as version 2.0, in any of the forms that the format has for cells."""
    parsed: dict[str, Any] = orjson.loads((RECORDED / draw.choice(FILES)).read_bytes())
    dataset = parsed if "dimension" in parsed else next(iter(parsed.values()))
    for name in ("id", "size", "role"):
        if name in dataset["dimension"]:
            dataset[name] = dataset["dimension"].pop(name)
    for name in ("value", "status"):
        if isinstance(dataset.get(name), list) and draw.random() < 0.4:
            dataset[name] = {str(at): cell for at, cell in enumerate(dataset[name]) if cell is not None}
    if draw.random() < 0.1:
        return {"class": "collection", "version": "2.0", "link": {"item": [dataset, {"href": "x"}]}}
    return dataset


def version_1(draw: random.Random) -> dict[str, Any]:
    if draw.random() < 0.02:
        bundle: dict[str, Any] = orjson.loads((RECORDED / "ssb/29843_jsonstat1.json").read_bytes())
        return bundle
    dataset = version_2(draw)
    if "dimension" not in dataset:
        [dataset, _link] = dataset["link"]["item"]
    dataset.pop("class", None), dataset.pop("version", None)
    dataset["dimension"] |= {name: dataset.pop(name) for name in ("id", "size", "role") if name in dataset}
    return dict.fromkeys(("dataset", "other")[: draw.randrange(1, 3)], dataset)


def spoil(parsed: Any, draw: random.Random) -> None:
    """Change one member, anywhere: replace, delete, double, rename or exchange it."""
    holder, key = parsed, None
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            return
        key = draw.choice(keys)
        if not isinstance(holder[key], dict | list) or draw.random() < 0.25:
            break
        holder = holder[key]
    way = draw.randrange(7)
    if way < 4:
        holder[key] = deepcopy(draw.choice(HOSTILE))
    elif way == 4:
        del holder[key]
    elif way == 5 and isinstance(holder, list):
        holder.insert(key, deepcopy(holder[key]))
    elif way == 5:
        holder[f"{key}2"] = deepcopy(holder[key])
    else:
        other = draw.choice(keys)
        holder[key], holder[other] = holder[other], holder[key]


def json_mutant(version: str, number: int) -> bytes:
    draw = random.Random(f"JSON-stat {version} {number}")
    parsed = version_1(draw) if version == "1.x" else version_2(draw)
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        spoil(parsed, draw)
    content = orjson.dumps(parsed)
    for marker, raw in RAW.items():
        content = content.replace(b'"%s"' % marker.encode(), raw)
    return flipped(content, draw) if draw.random() < 0.15 else content


@pytest.mark.parametrize("version", ["1.x", "2.0"])
def test_a_spoilt_json_stat_decodes_or_is_refused(version: str) -> None:
    def decode(content: bytes) -> None:
        for found in jsonstat.decode(content, "here"):
            found.labelled().validate(full=True)

    assert spoilt(decode, lambda number: json_mutant(version, number), jsonstat.JsonStatError) == {}


# --- PX -------------------------------------------------------------------------------------------------------

TOKEN = re.compile(r'"[^"]*"|[A-Za-z][\w.-]*|[-+.\w]+|\s+|.', re.DOTALL)
HOSTILE_TOKENS = [
    "", "-", '"-"', ".", '"."', '".."', "....", '"........"', '"', '""', ";", "=", "(", ")", ",", "#", "\0", "\x1a",
    "0", "-1", "1e999", "1e-999", "+5", "5.", ".5", "1,5", "nan", "Infinity", "1_0", "²", "9" * 5000, "٣", "x", '"x"',
    '"value"', '"status"', "NOTE=;", "STUB=", 'VALUES("x")=', "DATA=", "KEYS", "CODES", "YES", "TLIST(A1)", "TIMEVAL=",
    "LAST.UPDATED", "[en]", '["no"]', "\ufeff", 'DATASYMBOL1="-";', 'DATASYMBOLNIL=".";', 'DATASYMBOLSUM="-";',
    'CODEPAGE="utf-16";', "LANGUAGE=;", 'DECIMALS="²";', 'CONTVARIABLE="SECTOR";', "(" * 900, '"a",' * 900,
]  # fmt: skip


@cache
def small_px(name: str, keys: bool) -> str:
    """Return the head of a recorded file with three or four values to each variable, and synthetic cells."""
    content = (RECORDED / "pxweb" / name).read_bytes()
    text = decoded(content, name)
    head = Head(statements(text, name)[0], name)
    small = text[: text.index("\nDATA=") + 1].replace("iso-8859-1", "utf-8")
    sizes = []
    for number, dimension in enumerate(px.decode(content, name).dimensions):
        sizes.append(min(3 + number % 2, len(dimension.codes)))
        for keyword, values in (("VALUES", dimension.labels), ("CODES", dimension.codes)):
            listed = ",".join(f'"{value}"' for value in values[: sizes[-1]])
            pattern = rf'\n{keyword}\("{re.escape(dimension.label)}"\)=[^;]*;'
            small = re.sub(pattern, f'\n{keyword}("{dimension.label}")={listed};', small)
    if not keys:
        return f"{small}DATA=\n" + " ".join('".."' if at % 5 == 0 else f"{at}.5" for at in range(prod(sizes))) + ";\n"
    stub = head.texts("STUB")
    small += "".join(f'KEYS("{variable}")=CODES;\n' for variable in stub)
    first = ",".join(f'"{head.texts("CODES", variable)[0]}"' for variable in stub)
    return f"{small}DATA=\n{first}," + " ".join(map(str, range(prod(sizes[len(stub) :])))) + ";\n"


@pytest.mark.parametrize("name", ["TAB001.px", "TAB004.px"])
@pytest.mark.parametrize("keys", [False, True])
def test_unspoilt_they_decode(name: str, keys: bool) -> None:
    assert px.decode(small_px(name, keys).encode(), name).table.num_rows > 9


def px_mutant(number: int) -> bytes:
    draw = random.Random(f"PX {number}")
    name = draw.choice(["TAB001.px", "TAB004.px"])
    if draw.random() < 0.02:
        return flipped((RECORDED / "pxweb" / name).read_bytes(), draw)
    tokens = TOKEN.findall(small_px(name, draw.random() < 0.4))
    for _ in range(draw.choice([0, 1, 1, 1, 2, 3])):
        at = draw.randrange(len(tokens))
        way = draw.randrange(6)
        if way < 2:
            tokens[at] = draw.choice(HOSTILE_TOKENS)
        elif way == 2:
            tokens.insert(at, draw.choice(HOSTILE_TOKENS))
        elif way == 3:
            del tokens[at : at + draw.choice([1, 1, 5])]
        elif way == 4:
            tokens[at:at] = tokens[at : at + draw.choice([1, 2, 30])]
        else:
            other = draw.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
    content = "".join(tokens).encode()
    return flipped(content, draw) if draw.random() < 0.25 else content


def test_a_spoilt_px_decodes_or_is_refused() -> None:
    def decode(content: bytes) -> None:
        px.decode(content, "here").labelled().validate(full=True)

    assert spoilt(decode, px_mutant, px.PxError) == {}


def test_a_spoilt_delivery_of_a_cube_is_read_or_refused() -> None:
    """As a delivered file: whichever format its bytes look like, with a column for each dimension."""

    def decode(content: bytes) -> None:
        for grid in cube.grids(content, "here"):
            grid.block(2, len(grid.head[0]), ",")

    def mutant(number: int) -> bytes:
        return px_mutant(number) if number % 2 else json_mutant("2.0", number)

    assert spoilt(decode, mutant, FormatError) == {}
