"""A district that no statistical tracts tile: those that only bound it are named, and never taken for the district.

Synthetic figures and lists laid in an inbox, published by `levekar refresh`.
"""

import subprocess
from pathlib import Path

import duckdb
import pytest

from tests.e2e.conftest import LEVEKAR, environment

# Kommunedel 7 is the units of tract 33010600 and the first ten of tract 33010700, which has eleven in this list.
UNITS = [*range(601, 612), *range(701, 712)]
CROWDING = {"33010600": 0.31, "33010700": 0.35, "3301": 0.12}


def official_areas() -> str:
    header = (
        "version_date,grunnkrets_no,grunnkrets_name,delomraade_no,delomraade_name,bydel_no,bydel_name,"
        "kommune_bydel_no,kommune_bydel_name,kommune_no,kommune_name,fylke_no,fylke_name,"
        "economic_region_no,economic_region_name"
    )
    rows = [
        f"2024-01-01,3301{unit:04d},Krets {unit},3301{unit // 100:02d}00,Delområde {unit // 100},NA,NA,NA,NA,"
        "3301,Drammen,33,Buskerud,NA,NA"
        for unit in UNITS
    ]
    return "\n".join([header, *rows, ""])


def crowding() -> str:
    header = "Kommunenummer,Geografi,År,Alder,Innvandringsbakgrunn,Andel"
    rows = [f"{code},,2024-01-01,alle aldre,totalt,{share}" for code, share in CROWDING.items()]
    return "\n".join([header, *rows, ""])


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tracts")
    (folder / "inbox").mkdir()
    (folder / "inbox" / "synthetic areas.csv").write_text(official_areas(), encoding="utf-8")
    (folder / "inbox" / "synthetic crowding.csv").write_text(crowding(), encoding="utf-8")
    command = [LEVEKAR, "refresh", "--sources", "files", "--inbox", folder / "inbox", "--data-dir", folder / "store"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "store" / "files" / "levekar.duckdb"


def ask(edition: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(edition), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.slow
def test_the_tracts_that_bound_a_district_are_named(edition: Path) -> None:
    query = "SELECT code, origin FROM area_code WHERE area_id = 'drammen-7' AND origin IN ('inside', 'across')"
    assert sorted(ask(edition, query)) == [("33010600", "inside"), ("33010700", "across")]
    assert ask(edition, "SELECT value FROM measure WHERE area_id = 'drammen' AND period = '2024'") == [(0.12,)]


@pytest.mark.slow
@pytest.mark.parametrize("table", ["measure", "series"])
def test_their_figures_are_not_the_districts(edition: Path, table: str) -> None:
    shown = ask(edition, f"SELECT DISTINCT area_id FROM {table} WHERE value IS NOT NULL ORDER BY ALL")
    assert shown == [("drammen",), ("drammen-tract-0106",), ("drammen-tract-0107",)]
