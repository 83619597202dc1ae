"""Real areas, zones, polygons and residents as files through the command line, and all of Norway by way of Klass."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from indicators import catalogue
from pipelines.report.published import read
from pipelines.settings import PROJECT
from pipelines.storage import warehouse
from tests.fhi_server import FhiServer, Table
from tests.klass_server import KlassServer, from_areas
from tests.recorded import RECORDED
from tests.recorded.test_harmonise_norway import areas, changes

LEVEKAR = Path(sys.executable).with_name("levekar")
FILES = ["klass/classifications_2002-2025.csv.gz", "klass/living_conditions_zones_2026.csv", "geo", "population"]


pytestmark = pytest.mark.slow  # a refresh with all of Norway's areas takes half a minute


def levekar(*arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEVEKAR_")}
    command = [LEVEKAR, *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, env={**kept, **settings}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    inbox, folder = tmp_path_factory.mktemp("inbox"), tmp_path_factory.mktemp("store")
    for name in FILES:
        source = RECORDED / name
        if source.is_dir():
            shutil.copytree(source, inbox / name)
        else:
            shutil.copy(source, inbox)
    done = levekar("refresh", "--sources", "files", "--inbox", inbox, "--data-dir", folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder


@pytest.fixture(scope="module")
def edition(store: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    # As the product opens it: one process opens a file in one way only.
    with warehouse.connect(store / "files") as connection:
        yield connection


def test_kommunedel_7_is_shown_as_it_is(store: Path) -> None:
    said = levekar("areas", "drammen-7", "--sources", "files", "--data-dir", store).stdout
    zones = [line.split()[0] for line in said.splitlines() if "Drammen LKS" in line]
    assert zones == [f"33010000{number}" for number in ("07", "08", "09", "10", "45", "46")]
    assert "reaches beyond" not in said
    assert "provisional" in said
    assert "2018-01-01  19 units respelled" in said
    assert "21 units renumbered, 0602 → 3005, names changed in case or spacing in 10" in said
    assert "21 units renumbered, 3005 → 3301" in said
    # Strømsø alone, and with all of Tangen - Åskollen, which is not all in the district.
    assert "2020    not known    6,987       14,068     bounds" in said


def test_strømsø_has_its_published_residents_and_bounds_the_district(edition: duckdb.DuckDBPyConnection) -> None:
    published = {"2019": 6_994, "2020": 6_987, "2023": 6_901, "2025": 7_064}
    rows = edition.execute(
        "SELECT period, persons, lower, status FROM population WHERE area_id = 'drammen-7' AND age = 'all'"
    ).fetchall()
    assert {period: lower for period, _persons, lower, _status in rows if period in published} == published
    assert {(persons, status) for _period, persons, _lower, status in rows} == {(None, "bounds")}


def test_a_district_of_whole_tracts_has_the_tracts_residents(edition: duckdb.DuckDBPyConnection) -> None:
    both = edition.execute(
        """
        SELECT area.persons, sum(observation.value) FROM population AS area
        JOIN observation ON observation.period = area.period
            AND observation.area_id IN ('33010200', '33010300', '33010400')
        WHERE area.area_id = 'drammen-8' AND area.period = '2025' AND observation.table_id = 'tract_boundaries'
        GROUP BY ALL
        """
    ).fetchall()
    assert len(both) == 1
    assert both[0][0] == both[0][1] > 10_000


def test_the_201_who_live_in_no_tract_are_told(edition: duckdb.DuckDBPyConnection) -> None:
    rows = edition.execute(
        "SELECT whole_id, whole, parts, remainder, adds_up FROM reconciliation WHERE year IN (2019, 2020) ORDER BY 1"
    ).fetchall()
    # recorded/README.md: 68,933 + 24,963 + 6,685 in 2019; 101,386 against 101,185 in 2020.
    assert rows[-1] == ("3005", 101_386, 101_185, 201, True)
    assert [row[1] for row in rows[:-1]] == [68_933, 24_963, 6_685]
    assert all(row[3] == row[1] - row[2] > 0 for row in rows)
    told = edition.execute("SELECT message FROM check_result WHERE check_name = 'tracts_add_up'").fetchone()
    assert told is not None
    assert "3005 2020: 101,185 of 101,386 persons, remainder 201" in told[0]


def test_every_code_of_the_catalogue_is_an_official_one(edition: duckdb.DuckDBPyConnection) -> None:
    assert edition.execute("SELECT passed, message FROM check_result WHERE check_name = 'codes_exist'").fetchall() == [
        (True, "all are")
    ]


def test_the_change_table_holds_all_of_norway(edition: duckdb.DuckDBPyConnection) -> None:
    [(rows,)] = edition.execute("SELECT count(*) FROM area_change").fetchall()
    assert rows == len(changes())
    assert edition.execute(
        "SELECT DISTINCT new_code FROM area_change WHERE old_code = '5012' AND level = 'municipality' ORDER BY 1"
    ).fetchall() == [("5055",), ("5056",), ("5059",)]


def test_outlines_are_unions_of_their_parts(edition: duckdb.DuckDBPyConnection, store: Path) -> None:
    outlines = dict(edition.execute("SELECT area_id, km2 FROM boundary WHERE year = 2025").fetchall())
    assert outlines["drammen-8"] == pytest.approx(sum(outlines[f"33010{n}00"] for n in (2, 3, 4)), rel=1e-9)
    tracts = sum(km2 for area, km2 in outlines.items() if area[0].isdigit())
    assert outlines["drammen"] == pytest.approx(tracts, rel=1e-6)
    # The page draws the newest ones.
    assert {"drammen-8", "drammen-4"} <= read(store / "files", catalogue.load()).outlines.keys()
    # No polygon is of a part of kommunedel 7 alone: it has no outline rather than a wrong one.
    assert "drammen-7" not in outlines


def test_geoparquet_is_read_by_geopandas(store: Path) -> None:
    import geopandas

    frame = geopandas.read_parquet(store / "files" / "lake" / "areas" / "boundaries.parquet")
    assert frame.crs.to_string() in ("OGC:CRS84", "EPSG:4326")
    assert set(frame.loc[frame["area_id"] == "33010600", "name"]) == {"Strømsø"}


# Synthetic counts of persons in crowded dwellings, and the persons they are of, in the six zones of kommunedel 7.
ZONES = [f"33010000{number}" for number in ("07", "08", "09", "10", "45", "46")]
CROWDED = {zone: 120 + 10 * place for place, zone in enumerate(ZONES)}
COUNTED = {zone: 1_000 + 100 * place for place, zone in enumerate(ZONES)}
YEARS = range(2019, 2025)


def by_zone() -> Table:
    """Table 794 with zones beside municipalities: six of kommunedel 7 and one elsewhere in Drammen."""
    other = "3301000001"
    within = {code: f"Drammen LKS {code[-2:]}" for code in (other, *ZONES)}
    geo = {"0": ("Hele landet", {"33": ("Buskerud", {"3301": ("Drammen", within)}), "40": ("T", {"4003": "Skien"})})}
    years = {f"{year}_{year}": str(year) for year in YEARS}
    dimensions = {
        "GEO": ("Geografi", geo),
        "AAR": ("År", years),
        "ALDER": ("Alder", {"0_120": "alle"}),
        "UTDANN": ("Utdanning", {"0": "alle"}),
        "BODD": ("Boforhold", {"trangt": "trangt"}),
        "MEASURE_TYPE": ("Måltall", {"TELLER": "antall", "RATE": "prosent"}),
    }
    crowded, counted = CROWDED | {other: 90, "3301": 12_000}, COUNTED | {other: 900, "3301": 100_000}
    cells: dict[tuple[str, ...], object] = {}
    for code in (*crowded, "0", "33", "40", "4003"):
        for year in years:
            key = (code, year, "0_120", "0", "trangt")
            if code in crowded:
                cells[(*key, "TELLER")] = crowded[code]
                cells[(*key, "RATE")] = round(100 * crowded[code] / counted[code], 3)
    return Table("Syntetisk: bor trangt", dimensions, cells)


@pytest.fixture(scope="module")
def open_sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """No municipal file: Klass and FHI answer, and the list of zones lies in the inbox."""
    folder = tmp_path_factory.mktemp("open")
    shutil.copytree(RECORDED / "geo", folder / "inbox" / "geo")
    shutil.copy(RECORDED / "klass" / "living_conditions_zones_2026.csv", folder / "inbox")
    with KlassServer(from_areas(areas(), changes())) as klass, FhiServer({"794": by_zone()}) as fhi:
        done = levekar(
            "refresh",
            *("--sources", "live", "--inbox", folder / "inbox", "--data-dir", folder / "store"),
            LEVEKAR_SSB_URL="http://127.0.0.1:9/",  # nobody is there
            LEVEKAR_FHI_URL=fhi.url,
            LEVEKAR_KLASS_URL=klass.url,
            LEVEKAR_ANYWAY="true",
        )
    assert done.returncode == 3, done.stderr
    with duckdb.connect(str(folder / "store" / "live" / "levekar.duckdb"), read_only=True) as connection:
        yield connection


def test_kommunedel_7_has_figures_without_any_municipal_file(open_sources: duckdb.DuckDBPyConnection) -> None:
    rows = open_sources.execute(
        "SELECT period, numerator, denominator, value, lower, upper, status FROM measure "
        "WHERE indicator_id = 'crowding' AND area_id = 'drammen-7' ORDER BY period"
    ).fetchall()
    # FHI's figures of all years are on the boundaries of 2024, so that the zones of today are those of every year.
    assert [row[0] for row in rows] == [str(year) for year in YEARS]
    for _year, crowded, counted, share, lower, upper, status in rows:
        assert crowded == sum(CROWDED.values()) == 870
        # Shares are published with three decimals, so that they say almost exactly of how many they are.
        assert counted == pytest.approx(sum(COUNTED.values()), rel=1e-4)
        assert share == pytest.approx(870 / 7_500, rel=1e-4)
        assert lower < share < upper
        assert status == "estimated"


def test_all_of_norway_comes_by_way_of_klass(open_sources: duckdb.DuckDBPyConnection) -> None:
    """Klass' answers, from a server that serves the recorded areas: the same areas and changes as from the lists."""
    [(units,)] = open_sources.execute(
        "SELECT count(*) FROM official_area WHERE level = 'basic statistical unit' "
        "AND valid_from <= '2019-01-01' AND (valid_to IS NULL OR valid_to > '2019-01-01')"
    ).fetchall()
    assert units == 14_485
    rows = open_sources.execute(
        "SELECT old_code, kind, evidence FROM area_change WHERE new_code = '3005' ORDER BY old_code"
    ).fetchall()
    assert rows == [(code, "merged", "stated by Klass") for code in ("0602", "0625", "0711")]
    districts = open_sources.execute(
        "SELECT district_code, valid_from FROM official_area WHERE code = '03013203' ORDER BY valid_from"
    ).fetchall()
    listed = areas()[areas()["code"] == "03013203"].sort_values("valid_from")
    # As the lists have it, name changes apart: 030115 was another district, Hellerud, until 2004.
    assert dict(districts)["030115"] == date(2005, 1, 1)
    # Klass is asked for districts from 2004 on; before, which it was is not known.
    assert {code for code, _day in districts} == {None, *listed["district_code"]}
