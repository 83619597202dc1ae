"""Open tables asked for every municipality: what is planned, and that the plan is what is asked. Synthetic figures."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from indicators.catalogue.models import SourceTable
from pipelines.providers.tonight import Providers
from pipelines.settings import Settings, SettingsError
from pipelines.steps.asking import declared_query
from pipelines.terminal import planned
from tests.pxweb_server import CodeList, Dimension, PxWebServer, SyntheticTable
from tests.unit import real_catalogue

# The country, counties, 357 municipalities of today and three of yesterday, and words that tables write beside them.
TODAY = [f"{county:02}{number:02}" for county in range(31, 48) for number in range(1, 22)]
AREAS = ["0", "33", *TODAY, "0602", "3005", "EAK", "Ialt"]
YEARS = [str(year) for year in range(2015, 2025)]


def figures() -> SyntheticTable:
    def value(at: Mapping[str, str]) -> float:
        return float(AREAS.index(at["Region"]) + int(at["Tid"]))

    sums = CodeList("agg_KommSummer", "Summer", "Aggregation", {f"K-{code}": [code] for code in TODAY})
    return SyntheticTable(
        "99001",
        "99001: Syntetisk",
        "2026-01-15T07:00:00Z",
        [
            Dimension("Region", "region", [(code, code) for code in AREAS], "geo", codelists=[sums]),
            Dimension("ContentsCode", "innhold", [("n", "Personer (syntetisk)")], "metric"),
            Dimension("Tid", "år", [(year, year) for year in YEARS], "time"),
        ],
        value,
    )


def table(name: str, values: list[str], codelist: str | None = None) -> SourceTable:
    selection = {
        "Region": {"values": values, "codelist": codelist},
        "ContentsCode": {"values": ["n"]},
        "Tid": {"values": ["*"]},
    }
    given = {"id": f"ssb/{name}", "number": "99001", "title": "t", "area": "Region", "time": "Tid"}
    return SourceTable.model_validate({**given, "selection": selection})


PLAIN = table("99001", ["0", "3301"])
SUMMED = table("99001_summed", ["K-3301"], "agg_KommSummer")
UNITS = table("99001_units", ["3301*"])


@pytest.fixture(scope="module")
def server() -> Iterator[PxWebServer]:
    """No answer holds more than 1,000 cells."""
    with PxWebServer([figures()], max_cells=1000) as running:
        yield running


def providers(server: PxWebServer, *, everywhere: bool) -> Providers:
    declared = {"ssb": real_catalogue().providers["ssb"]}
    return Providers(declared, {"ssb": server.url}, anyway=True, everywhere=everywhere)


def test_the_plan_says_areas_cells_and_calls_and_is_what_is_asked(server: PxWebServer) -> None:
    asked = providers(server, everywhere=True)
    tables = {one.id: one for one in (PLAIN, SUMMED, UNITS)}
    # 357 of today, 0602, 3005 and the country are 360; with ten years each 3,600 cells, in calls of 1,000 at most: two
    # years are 720 cells and three would be 1,080, so five calls; a hundred areas are 1,000 cells, which makes four.
    # The list of sums has today's alone: 3,570 cells. A mask of units stays as it is.
    assert len(TODAY) == 357
    assert list(planned.lines(tables, asked)) == [
        "ssb/99001: 360 areas, 3,600 cells; 1 call(s) for metadata, 4 for figures of 900 cells at most",
        "ssb/99001_summed: 357 areas, 3,570 cells; 2 call(s) for metadata, 4 for figures of 900 cells at most",
        "ssb/99001_units: 1 areas, 10 cells; 1 call(s) for metadata, 1 for figures of 10 cells at most",
        "ssb: 13 calls, at most 30 a minute: 0 minutes or more",
    ]
    found = asked.fetch_table(PLAIN, None)
    assert found is not None
    assert [role for role, _response in found.responses].count("data") == 4
    codes = {code for cube in found.cubes for code in cube.dimensions[0].codes}
    assert codes == {"0", "0602", "3005", *TODAY}


def test_without_it_nothing_but_the_declared_areas_is_asked_for(server: PxWebServer) -> None:
    asked = providers(server, everywhere=False)
    [line, _whole] = planned.lines({PLAIN.id: PLAIN}, asked)
    assert line == "ssb/99001: 2 areas, 20 cells; 1 call(s) for metadata, 1 for figures of 20 cells at most"
    assert declared_query(PLAIN)["Region"] == ["", "0", "3301"]
    # Another scope is another query: what is kept of the one is asked for anew with the other.
    assert declared_query(PLAIN, everywhere=True)["Region"] == ["", "0", "3301", *(f"{n}???" for n in range(6))]


def test_a_table_that_is_not_there_says_so_and_the_others_are_planned(server: PxWebServer) -> None:
    gone = PLAIN.model_copy(update={"id": "ssb/99002", "number": "99002"})
    first, second, _whole = planned.lines({gone.id: gone, PLAIN.id: PLAIN}, providers(server, everywhere=False))
    assert first.startswith("ssb/99002: cannot be planned: ")
    assert second.startswith("ssb/99001: 2 areas")


def test_an_unknown_scope_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="scope 'europe': expected declared or norway"):
        Settings("live", data_dir=tmp_path, scope="europe")
    with pytest.raises(SettingsError, match="the demo has Drammen alone"):
        Settings("demo", data_dir=tmp_path, scope="norway")
