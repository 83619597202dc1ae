"""Every fault in the catalogue's YAML is named by file, line and key, with the nearest valid name."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field, field_validator

from indicators.catalogue.loading import CatalogueError, load, load_with_lines
from indicators.catalogue.models import Model


class Part(Model):
    codes: list[str]
    first: int = Field(1900, alias="from")


class Thing(Model):
    id: str = Field(pattern=r"[a-z]+")
    unit: Literal["share", "years"]
    cells: dict[str, str | list[str]] | None = None
    weight: float = 1.0
    note: str | None = None
    parts: list[Part] | None = None

    @field_validator("weight")
    @classmethod
    def _positive(cls, weight: float) -> float:
        if weight <= 0:
            raise ValueError("weight must be above 0")
        return weight


class File(Model):
    things: list[Thing]


@pytest.fixture
def yaml(tmp_path: Path):
    """Write a catalogue file and return its path."""

    def write(text: str, name: str = "work.yaml") -> Path:
        folder = tmp_path / "catalogue"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def faults(path: Path) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load(path, File)
    return str(caught.value).splitlines()


def test_scalars_stay_the_text_that_is_written(yaml):
    path = yaml(
        "things:\n"
        "  - id: a\n"
        "    unit: years\n"
        "    weight: 0.25\n"
        "    note: no\n"
        "    cells: {Region: 0602, Tid: 2024, Kjonn: [0, 01]}\n"
        "    parts:\n"
        "      - {codes: [0602, 1e3, 2020-01-01, true], from: 2020}\n"
    )
    thing = load(path, File).things[0]
    assert thing.cells == {"Region": "0602", "Tid": "2024", "Kjonn": ["0", "01"]}
    assert thing.parts is not None
    assert thing.parts[0].codes == ["0602", "1e3", "2020-01-01", "true"]
    assert (thing.weight, thing.note, thing.parts[0].first) == (0.25, "no", 2020)


@pytest.mark.parametrize("written", ["null", "~", ""])
def test_nothing_is_nothing_but_quoted_it_is_text(yaml, written):
    path = yaml(f"things:\n  - id: a\n    unit: share\n    note: {written}\n  - {{id: b, unit: share, note: 'null'}}\n")
    assert [one.note for one in load(path, File).things] == [None, "null"]


def test_all_faults_come_at_once_with_line_key_and_nearest_name(yaml):
    path = yaml(
        "things:\n"
        "  - id: a\n"
        "    unit: shar\n"
        "    wieght: 2\n"
        "  - id: B9\n"
        "    unit: years\n"
        "    weight: heavy\n"
        "    cells: {Kjonn: {a: b}}\n"
        "    parts:\n"
        "      - {form: 2020}\n"
        "  - unit: years\n"
        "    weight: -1\n"
    )
    assert faults(path) == [
        "catalogue/work.yaml:3 things.0.unit: found 'shar', expected 'share' or 'years' (did you mean 'share'?)",
        "catalogue/work.yaml:4 things.0.wieght: unknown key (did you mean 'weight'?); "
        "known are id, unit, cells, weight, note, parts",
        "catalogue/work.yaml:5 things.1.id: found 'B9', expected text of the form [a-z]+",
        "catalogue/work.yaml:8 things.1.cells.Kjonn: found a mapping, expected a valid string, "
        "or found a mapping, expected a valid list",
        "catalogue/work.yaml:7 things.1.weight: found 'heavy', "
        "expected a valid number, unable to parse string as a number",
        "catalogue/work.yaml:10 things.1.parts.0.codes: missing; expected a value",
        "catalogue/work.yaml:10 things.1.parts.0.form: unknown key (did you mean 'from'?); known are codes, from",
        "catalogue/work.yaml:11 things.2.id: missing; expected a value",
        "catalogue/work.yaml:12 things.2.weight: weight must be above 0",
    ]


def test_a_key_given_twice_names_both_lines(yaml):
    path = yaml("things:\n  - id: a\n    unit: share\n    id: b\n")
    assert faults(path) == ["catalogue/work.yaml:4 things.0.id: given twice, first in line 2; expected once"]


def test_broken_yaml_names_the_line(yaml):
    [fault] = faults(yaml("things:\n  - id: a\n    unit: [share\n  - id: b\n"))
    assert fault.startswith("catalogue/work.yaml:4 is not YAML: ")


@pytest.mark.parametrize(("text", "found"), [("", "nothing"), ("- a\n", "a list"), ("just words\n", "'just words'")])
def test_a_file_that_is_no_mapping_says_so(yaml, text, found):
    [fault] = faults(yaml(text))
    assert fault.startswith(f"catalogue/work.yaml:1 the file: found {found}, expected a valid dictionary")


def test_a_missing_file_and_another_encoding_are_named_without_the_machines_folders(tmp_path):
    folder = tmp_path / "catalogue" / "deliveries"
    folder.mkdir(parents=True)
    (folder / "old.yaml").write_bytes("things: [Strømsø]".encode("latin-1"))
    assert faults(folder / "none.yaml") == [
        "catalogue/deliveries/none.yaml: no such file; expected a YAML file of the catalogue"
    ]
    assert faults(folder / "old.yaml") == [
        "catalogue/deliveries/old.yaml: byte 12 is not UTF-8; save the file as UTF-8"
    ]


def test_lines_fall_back_to_the_nearest_parent(yaml):
    path = yaml("# comment\nthings:\n  - id: a\n    unit: share\n    cells:\n      Kjonn: [0, 1]\n")
    file, lines = load_with_lines(path, File)
    assert file.things[0].id == "a"
    assert lines("things", 0, "unit") == "catalogue/work.yaml:4"
    assert lines("things", 0, "cells", "Kjonn", 1) == "catalogue/work.yaml:6"
    assert lines("things", 0, "parts", 3, "codes") == "catalogue/work.yaml:3"
    assert lines("nothing") == "catalogue/work.yaml:2"
