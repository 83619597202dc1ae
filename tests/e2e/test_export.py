"""`levekar export` on the published demo: each format as somebody else's reader reads it, cell by cell as published."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import pyshacl
import pytest
import rdflib
from pyjstat import pyjstat
from pysdmx.io import read_sdmx
from pysdmx.io.csv.sdmx20.reader import read as read_sdmx_csv
from python_calamine import CalamineWorkbook

from indicators.dictionary import SCHEMA
from pipelines.exports import writing
from pipelines.exports.dcat_file import Publisher
from pipelines.exports.px_file import _SYMBOLS
from pipelines.exports.sdmx_file import _STATUS, _code, time_period
from pipelines.exports.table_model import CONTENTS, HEAVY, NO_ROW
from pipelines.formats import px
from pipelines.formats.spreadsheet_text import inert
from tests.e2e.conftest import Levekar, Published

pytestmark = pytest.mark.slow

NOBODY = Publisher("Prøve kommune", "post@example.invalid", "https://example.invalid/levekar")
Key = tuple[str, ...]


@pytest.fixture(scope="module")
def package(demo: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "package"
    writing.export(demo.folder / "demo", folder, [*writing.FORMATS, "dcat"], NOBODY)
    return folder


@pytest.fixture(scope="module")
def edition(demo: Published) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo.folder / "demo" / "levekar.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def rows(edition: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    return edition.execute(f'SELECT * FROM "{table}"').to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def measures(edition: duckdb.DuckDBPyConnection) -> dict[str, dict[Key, dict[str, Any]]]:
    """indicator -> (area, period, sex, age) -> row."""
    found: dict[str, dict[Key, dict[str, Any]]] = {}
    for row in rows(edition, "measure"):
        found.setdefault(row["indicator_id"], {})[row["area_id"], row["period"], row["sex"], row["age"]] = row
    assert {row["status"] for of in found.values() for row in of.values()} > {"suppressed", "unreliable", None}
    return found


def test_the_command_says_what_it_needs_and_overwrites_nothing_else(demo: Published, levekar: Levekar, tmp_path: Path):
    said = levekar("export", tmp_path / "one", "--format", "json-stat,xlsx", "--data-dir", demo.folder)
    assert said.code == 0, said.err
    assert {path.name for path in (tmp_path / "one").iterdir()} == {".levekar-export", "json-stat", "xlsx"}
    assert all(path.name.startswith("synthetic-") for path in (tmp_path / "one" / "json-stat").iterdir())
    assert levekar("export", tmp_path / "one", "--format", "px", "--data-dir", demo.folder).code == 0
    assert {path.name for path in (tmp_path / "one").iterdir()} == {".levekar-export", "px"}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    for arguments, message in (
        ((tmp_path / "two", "--format", "pdf"), "unknown format 'pdf'"),
        ((tmp_path / "two", "--format", "dcat"), "--publisher"),
        ((tmp_path / "mine",), "holds something else"),
    ):
        said = levekar("export", *arguments, "--data-dir", demo.folder)
        assert said.code == 1
        assert message in said.err


def test_every_file_of_made_up_figures_says_so_in_its_name(package: Path):
    names = [path.name for path in package.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert [name for name in names if not name.startswith("synthetic-")] == ["datapackage.json"]
    assert json.loads((package / "csv" / "datapackage.json").read_text())["name"] == "synthetic-levekar"


def test_parquet_has_the_tables_of_the_edition(package: Path, edition: duckdb.DuckDBPyConnection):
    assert {path.name for path in (package / "parquet").iterdir()} == {
        f"synthetic-{table.name}.parquet" for table in SCHEMA.tables
    }
    for table in SCHEMA.tables:
        path = package / "parquet" / f"synthetic-{table.name}.parquet"
        (different,) = edition.execute(
            f"SELECT count(*) FROM ((FROM {table.name} EXCEPT ALL FROM read_parquet('{path}')) UNION ALL"
            f" (FROM read_parquet('{path}') EXCEPT ALL FROM {table.name}))"
        ).fetchone()
        assert different == 0, table.name


@pytest.mark.parametrize("name", [table.name for table in SCHEMA.tables if table.name not in HEAVY])
def test_csv_as_frictionless_reads_it_by_its_data_package(package: Path, edition, name: str):
    resource = frictionless.Package(str(package / "csv" / "datapackage.json")).get_resource(name)
    report = resource.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5]
    read = [as_read(row.to_dict()) for row in resource.read_rows()]
    published = [as_published(row) for row in rows(edition, name)]
    assert sorted(map(repr, read)) == sorted(map(repr, published))


@pytest.mark.parametrize("name", HEAVY)
def test_csv_of_the_tables_behind_as_duckdb_reads_it(package: Path, edition, name: str):
    path = package / "csv" / f"synthetic-{name}.csv"
    columns = [column.name for column in SCHEMA[name].columns if column.type in ("DOUBLE", "VARCHAR", "DATE")]
    read = f"SELECT {', '.join(columns)} FROM read_csv('{path}', all_varchar = true, header = true)"
    published = ", ".join(
        f"{one.name}::DATE::VARCHAR" if one.type == "DATE" else one.name
        for one in SCHEMA[name].columns
        if one.name in columns
    )
    found = edition.execute(read).fetchall()
    expected = edition.execute(f"SELECT {published} FROM {name}").fetchall()
    assert sorted(map(cells_of, found)) == sorted(map(cells_of, expected))


def cells_of(row: tuple[Any, ...]) -> list[str]:
    """Cells as text, numbers as Python writes them; CSV marks what a spreadsheet would take for a formula."""
    found = []
    for cell in row:
        try:
            found.append(repr(float(cell)))
        except (TypeError, ValueError):
            found.append("" if cell is None else str(inert(str(cell))))
    return found


def as_read(row: dict[str, Any]) -> dict[str, Any]:
    return {name: moment(cell) if isinstance(cell, datetime) else number(cell) for name, cell in row.items()}


def as_published(row: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, cell in row.items():
        if isinstance(cell, list) and cell and isinstance(cell[0], tuple):
            cell = dict(cell)
        elif name == "dimensions" or name == "elsewhere":
            cell = dict(cell or [])
        cell = inert(cell) or None if isinstance(cell, str) else cell
        found[name] = moment(cell) if isinstance(cell, datetime) else number(cell)
    return found


def moment(cell: datetime) -> str:
    return (cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell.astimezone(UTC)).isoformat()


def number(cell: Any) -> Any:
    """Frictionless reads numbers as decimals; a whole one is written without its point."""
    is_number = not isinstance(cell, bool | str | list | dict | None) and hasattr(cell, "__float__")
    return float(cell) if is_number else cell


def test_json_stat_as_pyjstat_reads_it(package: Path, measures):
    for indicator, own in measures.items():
        for language in ("", ".en"):
            text = (package / "json-stat" / f"synthetic-{indicator}{language}.json").read_text(encoding="utf-8")
            frame = pyjstat.Dataset.read(text).write("dataframe", naming="id")
            raw = json.loads(text)
            assert len(frame) == len(own_cells := cells(raw, own))
            status = [raw["status"].get(str(place)) for place in range(len(frame))]
            values = [None if value != value else value for value in frame["value"].tolist()]
            keys = frame[["area", "period", "sex", "age", "contents"]].itertuples(index=False, name=None)
            assert dict(zip(keys, zip(values, status, strict=True), strict=True)) == own_cells
    assert raw["version"] == "2.0"
    assert "SYNTHETIC FIGURES" in raw["label"]


def cells(raw: dict[str, Any], own: dict[Key, dict[str, Any]]) -> dict[Key, tuple[float | None, str | None]]:
    """What the edition has of every cell of a cube."""
    area, period, sex, age = (raw["dimension"][name]["category"]["index"] for name in ("area", "period", "sex", "age"))
    keys = [(a, p, s, g) for a in area for p in period for s in sex for g in age]
    assert set(own) <= set(keys)
    return {
        (*key, content): (own[key][content], own[key]["status"]) if key in own else (None, NO_ROW)
        for key in keys
        for content in CONTENTS
    }


def test_px_as_our_reader_reads_it_with_symbols_for_what_is_hidden(package: Path, measures):
    for indicator, own in measures.items():
        content = (package / "px" / f"synthetic-{indicator}.px").read_bytes()
        cube = px.decode(content, indicator)
        assert "SYNTETISKE TALL" in (cube.label or "")
        text = content.decode()
        assert 'LANGUAGES="no","en";' in text and "TITLE[en]=" in text
        shown = {name: {"...": ":"}.get(dots, dots) for name, dots in _SYMBOLS.items()}
        read = cube.table.to_pylist()
        assert len({tuple(row[axis] for axis in ("area", "period", "sex", "age", "contents")) for row in read}) == len(
            read
        )
        for row in read:
            published = own.get((row["area"], row["period"], row["sex"], row["age"]))
            expected = published[row["contents"]] if published else None
            assert row["value"] == expected
            if expected is None:
                assert row["status"] == shown.get(published["status"] if published else NO_ROW, "..")
        noted = [
            row for row in own.values() if row["status"] in ("unreliable", "estimated", "incomplete", "no_denominator")
        ]
        assert len(re.findall(r"^CELLNOTE\(", text, re.MULTILINE)) == len(noted)


def test_the_workbook_as_calamine_reads_it(package: Path, measures, edition):
    path = package / "xlsx" / "synthetic-levekar.xlsx"
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Om", "Tall", "Indikatorer"]
    assert any("SYNTETISKE TALL" in str(cell) for row in book.get_sheet_by_name("Om").to_python() for cell in row)
    header, *read = book.get_sheet_by_name("Tall").to_python()
    assert header[7:12] == ["Tall", "nedre grense", "øvre grense", "Teller", "Nevner"]
    found = {(row[1], row[3], str(row[4]), row[6]): row[7:12] for row in read}
    for indicator, own in measures.items():
        for (area, period, _sex, age), row in own.items():
            figures = [cell if cell != "" else None for cell in found[indicator, area, period, age]]
            # A workbook keeps 16 digits of a number.
            assert figures == [None if row[name] is None else pytest.approx(row[name], rel=1e-14) for name in CONTENTS]
    assert len(read) == sum(map(len, measures.values()))


def test_sdmx_csv_as_pysdmx_reads_it(package: Path, measures):
    folder = package / "sdmx-csv"
    structure = read_sdmx(folder / "synthetic-levekar-structure.json", validate=True)
    [definition] = structure.get_data_structure_definitions()
    parts = definition.components
    assert [one.id for one in parts.dimensions] == ["INDICATOR", "REF_AREA", "SEX", "AGE", "TIME_PERIOD"]
    assert [one.id for one in parts.measures] == ["OBS_VALUE", "LOWER", "UPPER", "NUMERATOR", "DENOMINATOR"]
    lists = {one.id: {code.id for code in one.items} for one in structure.get_codelists()}
    [read] = read_sdmx_csv((folder / "synthetic-levekar.csv").read_text(encoding="utf-8"))
    found = {}
    for row in read.data.to_dict("records"):
        key = (row["INDICATOR"], row["REF_AREA"], str(row["TIME_PERIOD"]), row["SEX"], row["AGE"])
        assert all(row[name] in lists[f"CL_{name}"] for name in ("INDICATOR", "REF_AREA", "SEX", "AGE"))
        assert key not in found
        found[key] = row
    for indicator, own in measures.items():
        for (area, period, sex, age), row in own.items():
            told = found.pop(
                (indicator, _code(area), time_period(row["period_start"], row["period_end"]), sex, _code(age))
            )
            assert str(told["PERIOD_TEXT"]) == period
            for name, column in zip(("OBS_VALUE", "LOWER", "UPPER", "NUMERATOR", "DENOMINATOR"), CONTENTS, strict=True):
                cell = told[name]
                assert (None if cell in ("", None) or cell != cell else float(cell)) == row[column]
            assert told["OBS_STATUS"] == _STATUS.get(row["status"], "A")
            assert (told["LEVEKAR_STATUS"] or None) == row["status"] or told["LEVEKAR_STATUS"] != told["LEVEKAR_STATUS"]
    assert not found


SHAPES = Path(__file__).with_name("dcat_ap_no.ttl")


def test_dcat_has_the_shapes_of_the_norwegian_profile(package: Path):
    graph = rdflib.Graph().parse(package / "dcat" / "synthetic-levekar.jsonld", format="json-ld")
    dcat, dct = rdflib.DCAT, rdflib.DCTERMS
    conforms, _report, text = pyshacl.validate(graph, shacl_graph=str(SHAPES))
    assert conforms, text
    for kind in (dcat.Catalog, dcat.Dataset, dcat.Distribution):
        assert (None, rdflib.RDF.type, kind) in graph  # a shape holds of what is not there, too
    # The shapes have teeth: without whom to ask, and with a theme that is none, the description is refused.
    [dataset] = graph.subjects(rdflib.RDF.type, dcat.Dataset)
    for prop, value in ((dcat.contactPoint, None), (dcat.theme, rdflib.Literal("society"))):
        broken = rdflib.Graph() + graph
        broken.remove((dataset, prop, None))
        if value is not None:
            broken.add((dataset, prop, value))
        assert not pyshacl.validate(broken, shacl_graph=str(SHAPES))[0]
    titles = {one.language: str(one) for one in graph.objects(None, dct.title) if one.language}
    assert titles["nb"].startswith("SYNTETISKE TALL")
    assert titles["en"].startswith("SYNTHETIC FIGURES")
    files = {str(url).removeprefix(f"{NOBODY.url}/") for url in graph.objects(None, dcat.downloadURL)}
    assert all((package / name).is_file() for name in files)
    assert "sdmx-csv/synthetic-levekar.csv" in files
