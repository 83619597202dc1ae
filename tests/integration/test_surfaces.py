"""What is published of one delivered file with distinctive hidden counts (synthetic): every file and database is read.

Readers get the folder `warehouse/`; whoever opens the Dagster pages gets what its databases hold. None of them may tell
a hidden figure, or let the file be rebuilt and recognised.
"""

import hashlib
import json
import re
import sqlite3
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow.parquet as pq
import pytest

from indicators import catalogue
from pipelines.exports import writing
from pipelines.report import site
from pipelines.settings import Settings
from pipelines.storage.public_names import KEY
from pipelines.storage.snapshots import SnapshotStore
from pipelines.workplace import definitions, refreshing
from pipelines.workplace.night import compose

HEADER = "Kommunedel,År,Indikator,Teller,Nevner"
DISTRICTS = [
    area.name
    for area in catalogue.load().areas.values()
    if area.kind == "district" and area.parent == "drammen" and not area.rest_of
]
# Two of 23,456 are hidden. Every other district has a count of its own that stands nowhere else. Their steps grow: on
# even steps the mean of those that are shown, which is published, may be the very count that is hidden.
COUNTS = {
    (district, year): 2 if number == 0 else 10_007 + 613 * number + 7 * number**3 + 17 * (year - 2023)
    for number, district in enumerate(DISTRICTS)
    for year in (2023, 2024)
}
TOTALS = {("Drammen", year): sum(COUNTS[district, year] for district in DISTRICTS) for year in (2023, 2024)}
BASE = 23_456

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Delivered:
    """A store with one published delivery, the delivery's bytes, and the settings."""

    settings: Settings
    content: bytes

    @property
    def edition(self) -> Path:
        return (self.settings.root / "levekar.duckdb").resolve()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def rows() -> Iterator[str]:
    for (district, year), count in reversed(COUNTS.items()):
        yield f"{district},{year},Sysselsatte 20-66 år,{count},{BASE}"
    for (town, year), count in TOTALS.items():
        yield f"{town},{year},Sysselsatte 20-66 år,{count},{BASE * len(DISTRICTS)}"


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    folder = tmp_path_factory.mktemp("surfaces")
    (folder / "inbox").mkdir()
    path = folder / "inbox" / "synthetic.csv"
    path.write_text("\n".join([HEADER, *rows(), ""]), encoding="utf-8")
    settings = Settings("files", data_dir=folder / "store", inbox=folder / "inbox")
    night = compose(settings)
    assert refreshing.refresh(definitions.build(night), night).state == "published"
    site.write(settings.root, night.catalogue, [site.EVERY_AREA], settings.root / site.FOLDER)
    writing.export(settings.root, settings.root / "export", list(writing.FORMATS))
    return Delivered(settings, path.read_bytes())


@pytest.fixture(scope="module")
def edition(delivered: Delivered) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(delivered.edition), read_only=True) as connection:
        yield connection


def texts(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """Every column of every table and view, as one text."""
    columns = connection.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
    for table, column in columns:
        query = f'SELECT string_agg(DISTINCT "{column}"::VARCHAR, chr(10)) FROM "{table}"'
        yield f"{table}.{column}", connection.execute(query).fetchone()[0] or ""


def surfaces(delivered: Delivered) -> list[Path]:
    folders = [
        delivered.settings.root / "warehouse",
        delivered.settings.root / "charts",
        delivered.settings.dagster_home,
        delivered.settings.root / site.FOLDER,
        delivered.settings.root / "export",
    ]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def content_of(path: Path) -> bytes:
    """A file's bytes; of a workbook those of the files within."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as workbook:
        return b"\n".join(workbook.read(name) for name in workbook.namelist())


def test_no_surface_tells_the_sha256_of_a_delivered_file_or_of_what_was_made_of_it(delivered, edition):
    store = SnapshotStore(delivered.settings.root / "snapshots")
    assert store.latest("delivery", "drammen_district_counts").data[0].sha256 == delivered.sha256
    memos = [path.read_text() for path in (delivered.settings.root / "lake").rglob("*.json")]
    versions = {version for memo in memos for version in re.findall('"version": "([0-9a-f]{64})"', memo)}
    assert len(versions) > 10
    secrets = {delivered.sha256, *versions}
    for name, text in texts(edition):
        for secret in secrets:
            assert secret[:12] not in text, name
    for path in surfaces(delivered):
        content = content_of(path)
        for secret in secrets:
            assert secret[:12].encode() not in content, path
            assert bytes.fromhex(secret) not in content, path


def test_a_delivery_has_one_public_name_on_every_surface_and_its_store_knows_it(delivered, edition):
    [(name, size)] = edition.execute("SELECT sha256, size FROM snapshot WHERE provider = 'delivery'").fetchall()
    assert re.fullmatch("[0-9a-f]{64}", name)
    assert name != delivered.sha256
    # Rounded up to one digit.
    assert len(delivered.content) <= size < 2 * len(delivered.content)
    assert size == round(size, 1 - len(str(size)))
    assert edition.execute("SELECT DISTINCT snapshot_sha256 FROM observation").fetchall() == [(name,)]
    assert edition.execute("SELECT DISTINCT unnest(snapshots) FROM measure").fetchall() == [(name,)]
    assert compose(delivered.settings).store.names.of(delivered.sha256) == name
    key = delivered.settings.root / KEY
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_bytes()) == 32


def test_rows_stand_in_an_order_that_tells_nothing_of_the_file(edition):
    found = edition.execute("SELECT area_id, period FROM observation ORDER BY rowid").fetchall()
    assert found == sorted(found)


def test_the_fingerprint_of_an_edition_differs_from_store_to_store(delivered, tmp_path):
    other = Settings("files", data_dir=tmp_path / "other", inbox=delivered.settings.inbox)
    mine, theirs = compose(delivered.settings).publisher, compose(other).publisher
    assert mine.store.names.of("the same text") != theirs.store.names.of("the same text")


def hidden(edition: duckdb.DuckDBPyConnection) -> list[int]:
    """The counts of the file that no measure shows."""
    shown = edition.execute("SELECT DISTINCT numerator FROM measure WHERE numerator IS NOT NULL").fetchall()
    return sorted({*COUNTS.values(), *TOTALS.values()} - {int(count) for (count,) in shown})


def test_a_hidden_count_stands_in_no_table_no_file_and_no_database(delivered, edition):
    distinctive = [count for count in hidden(edition) if count > 1_000]
    assert 2 in hidden(edition)
    assert distinctive, "hiding two of 23,456 takes a second district"
    for name, text in texts(edition):
        for count in distinctive:
            assert not re.search(rf"(?<!\d){count}(\.0)?(?!\d)", text), name
            assert str(count / BASE)[:12] not in text, name
    for path in surfaces(delivered):
        content = content_of(path)
        for count in distinctive:
            for number in (float(count), count / BASE, BASE - float(count)):
                assert struct.pack("<d", number) not in content, path
            # As it is, and as the pages and the arithmetic write it.
            for written in (str(count), f"{count:,}", f"{count:,}".replace(",", "\u00a0")):
                assert not re.search(rb"(?<!\d)%s(?!\d)" % written.encode(), content), path
            assert str(count / BASE)[:12].encode() not in content, path


def told_by_dagster(home: Path) -> Iterator[tuple[str, str]]:
    """Every text of every table of Dagster's databases, and all metadata of its events as the pages show it."""
    for path in home.rglob("*.db"):
        with sqlite3.connect(path) as database:
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in database.execute(f'SELECT * FROM "{table}"'):
                    yield f"{path.name}, {table}", " ".join(map(str, row))
    with dg.DagsterInstance.from_config(str(home)) as instance:
        for run in instance.get_runs():
            for entry in instance.all_logs(run.run_id):
                yield "a message", entry.user_message
                event = entry.dagster_event
                held = (
                    getattr(event.event_specific_data, "materialization", event.event_specific_data) if event else None
                )
                for name, value in (getattr(held, "metadata", None) or {}).items():
                    yield f"metadata '{name}'", json.dumps(dg.MetadataValue.text(str(value.value)).value)


def test_dagsters_pages_have_no_row_of_what_is_hidden(delivered, edition):
    """The small count itself says nothing where it stands alone: its row does, in any form that a row has."""
    small = [(district, year) for (district, year), count in COUNTS.items() if count == 2]
    names = {district for district, _year in small}
    areas = catalogue.load().areas.values()
    districts = {area.name: f"{area.id}|{re.escape(area.name)}" for area in areas if area.name in names}
    assert set(districts) == names
    # The district, its year and its count or share, within one line and a hundred characters, in whatever order.
    rows_of_it = [
        re.compile(
            rf"(?:{districts[district]})[^\n]{{0,60}}{year}[^\n]{{0,40}}(?<![\d.,:-])(?:2(?:[.]0)?|8[.]5\d*e-05)(?![\d.,:-])"
        )
        for district, year in small
    ]
    companions = [re.compile(rf"(?<!\d){count}(?:[.]0)?(?!\d)") for count in hidden(edition) if count > 1_000]
    surfaces_seen: set[str] = set()
    for surface, text in told_by_dagster(delivered.settings.dagster_home):
        surfaces_seen.add(surface.partition(",")[2].strip() or surface)
        for pattern in [*rows_of_it, *companions]:
            assert not pattern.search(text), surface
    assert {"event_logs", "a message"} <= surfaces_seen
    assert any(seen.startswith("metadata '") for seen in surfaces_seen)


def test_the_statistics_of_the_parquet_files_are_of_what_is_shown(delivered, edition):
    secret = {float(count) for count in hidden(edition) if count > 1_000}
    seen = 0
    for path in delivered.edition.with_suffix("").glob("*.parquet"):
        metadata = pq.read_metadata(path)
        for group in range(metadata.num_row_groups):
            for column in range(metadata.num_columns):
                statistics = metadata.row_group(group).column(column).statistics
                if statistics is not None and statistics.has_min_max:
                    seen += 1
                    assert not {statistics.min, statistics.max} & secret, (path.name, column)
    assert seen > 20
