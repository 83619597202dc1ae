"""Registers are asked, what may be kept is kept, and their entries become figures. All entries are synthetic.

The server is tests/register_server.py.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import shapely

from indicators import geography
from indicators.catalogue.models import AmongResidents
from indicators.dictionary import SCHEMA
from pipelines.edition import chain
from pipelines.errors import SourceError
from pipelines.providers.registers import CLIENTS, BrregClient
from pipelines.providers.tonight import Providers, query_of
from pipelines.providers.transport import LiveTransport
from pipelines.settings import Settings
from pipelines.steps import measuring
from pipelines.steps.folding import BOUNDARIES
from pipelines.steps.placing import MEMBERSHIP_COLUMNS
from pipelines.storage.lake import Memo
from pipelines.terminal import planned, probe
from pipelines.workplace.night import Night, compose
from tests.integration.test_stages import refresh, synthetic_tables
from tests.pxweb_server import PxWebServer
from tests.register_server import PERSON, RegisterServer, accident
from tests.stages import run
from tests.unit import real_catalogue

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SOURCES = ("nvdb/570", "brreg/enheter")
PERSONS = ("killed", "very_seriously_injured", "seriously_injured", "slightly_injured")
UNITS_OF_7 = real_catalogue().areas["drammen-7"].parts[-1].codes
WIDTH = 0.1  # degrees of a made-up unit
ACCIDENTS = [
    accident(1, "2023-05-01", 59.74, 10.15, (0, 0, 1, 2)),
    accident(2, "2023-09-09", 59.75, 10.25, (1, 0, 0, 0)),
    accident(3, "2023-12-31", 59.75, 10.25, (0, 0, 0, 1)),
    # On the border of both: it is counted in one.
    accident(4, "2024-01-01", 59.75, 10.20, (0, 0, 0, 1)),
    # Without a place: in the municipality alone. In 2025 not every accident says who was hurt.
    accident(5, "2025-06-01"),
    accident(6, "2025-07-01", 59.75, 10.25, (0, 0, 0, 3)),
    # Beyond the polygons, and in a year that is not over.
    accident(7, "2023-01-05", 60.50, 11.90, (0, 0, 0, 1)),
    accident(8, "2026-02-02", 59.75, 10.25, (0, 0, 0, 1)),
]
# Another municipality's, by the register, whatever polygon its place is in.
OF_SKIEN = accident(9, "2023-02-03", 59.75, 10.25, (0, 0, 0, 1))
UNITS = {
    ("3301", "registrertIFrivillighetsregisteret=true"): 612,
    ("3301", "organisasjonsform=FLI"): 1_480,
    ("3301", "organisasjonsform=AS,ASA"): 8_700,
    ("3301", "organisasjonsform=ENK"): 6_900,
    ("4003", "organisasjonsform=ENK"): 3,
}


_RESIDENTS = pa.schema(
    [
        *((name, pa.string()) for name in ("area_id", "period")),
        *((name, pa.date32()) for name in ("period_start", "period_end")),
        *((name, pa.string()) for name in ("sex", "age")),
        *((name, pa.float64()) for name in ("persons", "lower", "upper")),
        *((name, pa.string()) for name in ("status", "source_table")),
        ("snapshots", pa.list_(pa.string())),
        ("vintage", pa.timestamp("us", tz="UTC")),
    ]
)


@pytest.fixture
def server() -> Iterator[RegisterServer]:
    there = {"3301": ACCIDENTS, "4003": [OF_SKIEN]}
    with RegisterServer(accidents=there, units=UNITS) as running:
        yield running


def night(server: RegisterServer, folder: Path, now: datetime = NOW) -> Night:
    """A night in which both registers are the server's, and nobody waits between two tries."""
    providers = Providers(real_catalogue().providers, anyway=True, clock=lambda: now)
    urls = {"nvdb": server.nvdb, "brreg": server.brreg}
    providers.registers = {name: CLIENTS[name](live(url, name, now), lambda: now) for name, url in urls.items()}
    return compose(Settings("live", data_dir=folder, inbox=folder / "inbox"), providers=providers)


def live(url: str, name: str, now: datetime = NOW) -> LiveTransport:
    return LiveTransport(url, name=name, calls_per_minute=10_000, sleep=lambda _seconds: None, now=lambda: now)


def told(facts: pa.Table, code: str) -> dict[tuple[str, str], float | None]:
    """Figures of one area by period and kind."""
    rows = [row for row in facts.to_pylist() if row["area_id"] == code]
    return {(row["period"], dict(row["dimensions"])["ContentsCode"]): row["value"] for row in rows}


def polygons(year: int = 2024) -> pa.Table:
    """The units of kommunedel 7 as strips side by side, from 10.1 degrees east on: as if they had been delivered."""
    rows = [
        {
            "area_id": code,
            "level": "basic statistical unit",
            "name": code,
            "year": year,
            "geometry": shapely.to_wkb(shapely.box(10.1 + at * WIDTH, 59.7, 10.1 + (at + 1) * WIDTH, 59.8)),
            "outline_geojson": "{}",
            "km2": 1.0,
        }
        for at, code in enumerate(UNITS_OF_7)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA["boundary"].arrow)


def facts_of(one: Night, name: str, given: pa.Table | None = None) -> pa.Table:
    """What the step makes of what stands, with these polygons."""
    empty = SCHEMA["boundary"].arrow.empty_table()
    one.store.lake.write(BOUNDARIES, empty if given is None else given, Memo())
    made = one.runner.run(next(step for step in one.steps if step.key == f"facts/{name}"))
    assert made.failure is None
    return one.store.lake.read(f"facts/{name}")


def test_accidents_are_counted_by_municipality_and_year_page_by_page(server: RegisterServer, tmp_path: Path) -> None:
    one = night(server, tmp_path)
    assert one.asking.take("nvdb/570").state == "new"
    drammen = told(facts_of(one, "nvdb/570"), "3301")
    assert [drammen[str(year), "accidents"] for year in (2022, 2023, 2024, 2025)] == [0, 4, 1, 2]
    assert [drammen["2023", kind] for kind in PERSONS] == [1, 0, 1, 4]
    # One of the two of 2025 does not say how many were hurt, and 2026 is not over.
    assert [drammen["2025", kind] for kind in PERSONS] == [None] * 4
    assert ("2026", "accidents") not in drammen
    # Nobody who was in an accident is asked for, and NVDB is told who asks.
    assert all("inkluder=egenskaper,geometri&" in path and "relasjoner" not in path for path in server.asked)
    assert {headers["X-Client"] for headers in server.headers} == {"levekar"}


def test_pages_follow_each_other_and_an_accident_on_two_of_them_counts_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("pipelines.providers.registers.PAGE", 2)
    own = [*ACCIDENTS[:3], ACCIDENTS[2], ACCIDENTS[3]]
    with RegisterServer(accidents={"3301": own, "4003": own[:1]}) as server:
        one = night(server, tmp_path)
        assert one.asking.take("nvdb/570").state == "new"
        asked = [path for path in server.asked if "kommune=3301" in path]
        assert [path.partition("start=")[2] for path in asked] == ["", "p2", "p4"]
        found = told(facts_of(one, "nvdb/570"), "3301")
    assert (found["2023", "accidents"], found["2024", "accidents"]) == (3, 1)


def test_a_district_is_the_sum_of_the_polygons_of_its_units(server: RegisterServer, tmp_path: Path) -> None:
    one = night(server, tmp_path)
    one.asking.take("nvdb/570")
    facts = facts_of(one, "nvdb/570", polygons())
    counted = {code: told(facts, code) for code in UNITS_OF_7}
    # 10.15, 10.25, 10.25 and 10.15 degrees east: of 2023 two places, of 2024 one, of 2025 one that is known.
    by_year = {
        year: sum(own[year, "accidents"] for own in counted.values()) for year in ("2022", "2023", "2024", "2025")
    }
    assert by_year == {"2022": 0, "2023": 3, "2024": 1, "2025": 1}
    assert counted["33010601"]["2023", "accidents"] == 1
    assert all(("2025", "killed") not in own for own in counted.values())
    rows = measures(one, facts, {("drammen-7", 2023): 5_000, ("drammen", 2023): 100_000})
    district, whole = rows["traffic_accidents", "drammen-7", "2023"], rows["traffic_accidents", "drammen", "2023"]
    # 3 of 5,000 residents on 1 January 2023 are 60 per 100,000; the municipality's fourth lies beyond the polygons.
    assert (district["numerator"], district["denominator"], district["value"]) == (3, 5_000, pytest.approx(60))
    assert (whole["numerator"], whole["denominator"], whole["value"]) == (4, 100_000, pytest.approx(4))
    assert rows["traffic_injuries", "drammen-7", "2023"]["numerator"] == 0 + 1 + 4
    # Of 2022 the residents are not known here: no figure, rather than one of another year.
    assert rows["traffic_accidents", "drammen-7", "2022"]["status"] == "missing"


def measures(
    one: Night, facts: pa.Table, residents: dict[tuple[str, int], int], source: str = "nvdb/570"
) -> dict[tuple[str, str, str], Any]:
    persons = [
        {
            "area_id": area,
            "period": str(year),
            "period_start": date(year, 1, 1),
            "period_end": date(year, 12, 31),
            "sex": "both",
            "age": "all",
            "persons": float(number),
            "lower": float(number),
            "upper": float(number),
            "status": None,
            "source_table": "ssb/04317",
            "snapshots": ["cd" * 32],
            "vintage": NOW,
        }
        for (area, year), number in residents.items()
    ]
    own = facts.select(measuring.FACT_COLUMNS).append_column("table_name", pa.repeat(source, facts.num_rows))
    members = pa.Table.from_pylist(geography.membership(one.catalogue.areas.values()), schema=MEMBERSHIP_COLUMNS)
    found = measuring.compute(
        run, one.catalogue, "housing", own, members, pa.Table.from_pylist(persons, schema=_RESIDENTS)
    )
    return {(row["indicator_id"], row["area_id"], row["period"]): row for row in found.to_pylist()}


def test_without_polygons_the_municipality_stands_alone(server: RegisterServer, tmp_path: Path) -> None:
    one = night(server, tmp_path)
    one.asking.take("nvdb/570")
    assert set(facts_of(one, "nvdb/570")["area_id"].to_pylist()) == {"3301", "4003"}


def test_units_are_counted_and_no_name_is_kept_anywhere(server: RegisterServer, tmp_path: Path) -> None:
    one = night(server, tmp_path)
    assert one.asking.take("brreg/enheter").state == "new"
    facts = facts_of(one, "brreg/enheter")
    assert told(facts, "3301") == {
        ("2026", "voluntary"): 612,
        ("2026", "associations"): 1_480,
        ("2026", "companies"): 8_700,
        ("2026", "sole_proprietorships"): 6_900,
    }
    assert told(facts, "4003")["2026", "voluntary"] == 0
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) > 5
    assert not any(b"NORDMANN" in gunzipped(content) for content in kept)
    # What is kept says the same as what came, and is replayed without the network.
    fetch = one.store.snapshots.latest("brreg", "enheter")
    assert fetch is not None
    assert one.store.snapshots.get(fetch.data[0].sha256) == b'{"page":{"totalElements":612}}'


def gunzipped(content: bytes) -> bytes:
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def test_each_year_keeps_what_was_counted_last_in_it(server: RegisterServer, tmp_path: Path) -> None:
    night(server, tmp_path).asking.take("brreg/enheter")
    server.units[("3301", "registrertIFrivillighetsregisteret=true")] = 620
    later = night(server, tmp_path, NOW.replace(month=12))
    assert later.asking.take("brreg/enheter").state == "new"
    server.units[("3301", "registrertIFrivillighetsregisteret=true")] = 640
    next_year = night(server, tmp_path, NOW.replace(year=2027, month=1))
    assert next_year.asking.take("brreg/enheter").state == "new"
    found = told(facts_of(next_year, "brreg/enheter"), "3301")
    assert (found["2026", "voluntary"], found["2027", "voluntary"]) == (620, 640)


@pytest.mark.parametrize("name", SOURCES)
def test_a_register_is_looked_through_once_a_month(server: RegisterServer, tmp_path: Path, name: str) -> None:
    night(server, tmp_path).asking.take(name)
    before = len(server.asked)
    same = night(server, tmp_path, NOW.replace(day=30))
    assert not same.asking.changed(name)
    assert same.asking.take(name).state == "unchanged"
    assert len(server.asked) == before
    assert night(server, tmp_path, NOW.replace(month=12, day=1)).asking.changed(name)


@pytest.mark.parametrize(
    ("name", "fault", "says"),
    [
        ("nvdb/570", "html", "not JSON"),
        ("nvdb/570", "shape", "a JSON list where an object was expected"),
        ("brreg/enheter", "html", "not JSON"),
        ("brreg/enheter", "truncated", "not JSON"),
        ("brreg/enheter", "shape", "a JSON list where an object was expected"),
        ("brreg/enheter", "named", "another shape than is documented; expected page.totalElements"),
    ],
)
def test_an_answer_of_another_shape_is_that_sources_refusal(
    server: RegisterServer, tmp_path: Path, name: str, fault: str, says: str
) -> None:
    server.faults += [fault] * 5
    outcome = night(server, tmp_path).asking.take(name)
    assert outcome.state == "failed"
    assert says in outcome.message
    assert PERSON not in outcome.message
    other = next(one for one in SOURCES if one != name)
    server.faults.clear()
    assert night(server, tmp_path).asking.take(other).state == "new"


def test_what_may_pass_is_asked_again(server: RegisterServer, tmp_path: Path) -> None:
    server.faults += ["503", "truncated"]
    assert night(server, tmp_path).asking.take("nvdb/570").state == "new"


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ([], "not one accident in municipality 3301"),
        ([accident(1, "i fjor")], "a day expected, not i fjor"),
        ([accident(1, "2023-05-01", 6_575_820.0, 192_335.0)], "a place in Norway by longitude and latitude expected"),
    ],
)
def test_accidents_that_cannot_be_are_refused(own: list[dict[str, Any]], says: str, tmp_path: Path) -> None:
    with RegisterServer(accidents={"3301": own, "4003": ACCIDENTS[:1]}) as server:
        outcome = night(server, tmp_path).asking.take("nvdb/570")
    assert outcome.state == "failed"
    assert says in outcome.message


@pytest.mark.parametrize("name", SOURCES)
def test_a_register_that_is_out_of_reach_fails_alone(tmp_path: Path, name: str) -> None:
    with RegisterServer() as gone:
        one = night(gone, tmp_path)
    outcome = one.asking.take(name)
    assert outcome.state == "failed"
    assert "cannot be reached" in outcome.message
    assert one.catalogue.tables[name].unverified


def test_the_plan_and_the_doctor_know_registers(server: RegisterServer, tmp_path: Path) -> None:
    one = night(server, tmp_path)
    tables = {name: one.catalogue.tables[name] for name in SOURCES}
    lines = list(planned.lines(tables, one.asking.providers))
    assert lines[0] == "nvdb/570: a register, looked through once a month; 2 call(s) or more"
    assert lines[1] == "brreg/enheter: a register, looked through once a month; 8 call(s) or more"
    assert server.asked == []
    known = replace(one.catalogue, tables=tables, classifications={})
    transports = {"nvdb": live(server.nvdb, "nvdb"), "brreg": live(server.brreg, "brreg")}
    record = tmp_path / "record"
    found = list(probe.look(known, one.asking.providers, record, transport_of=transports.__getitem__))
    assert [(result.subject, result.state) for result in found] == [(name, "confirmed") for name in SOURCES]
    assert len(server.asked) == 2
    kept = [gunzipped(path.read_bytes()) for path in record.rglob("*") if path.is_file()]
    assert not any(b"NORDMANN" in content for content in kept)


def test_an_unknown_kind_of_unit_is_named(server: RegisterServer) -> None:
    table = real_catalogue().tables["brreg/enheter"]
    chosen = {**table.selection, "ContentsCode": table.selection["ContentsCode"].model_copy(update={"values": ["x"]})}
    client = BrregClient(live(server.brreg, "brreg"), lambda: NOW)
    with pytest.raises(SourceError, match="unknown kind 'x'; expected one of voluntary"):
        client.fetch(query_of(table.model_copy(update={"selection": chosen})))


def test_explain_says_whose_residents_of_which_day_a_denominator_is() -> None:
    one = real_catalogue()
    source = one.indicators["traffic_accidents"].sources[0]
    figure = chain._Figure(duckdb.connect(), one, one.indicators["traffic_accidents"], "drammen-7", "2023", {})
    row = {"period_end": date(2023, 12, 31), "denominator": 5_000.0}
    said = "denominator: residents on 1 January 2023, by the table of residents: 5,000"
    assert figure._residents(row, source.table, AmongResidents()) == said
    later = one.tables["nvdb/570"].model_copy(update={"residents_on": "next_january"})
    figure.catalogue = replace(one, tables={**one.tables, "nvdb/570": later})
    said = "denominator: residents aged 20-66, women on 1 January 2024, by the table of residents: 5,000"
    assert figure._residents(row, source.table, AmongResidents(age="20-66", sex="women")) == said


@pytest.mark.slow
def test_a_night_gives_the_district_its_accidents_traffic_and_air_once_the_polygons_of_its_units_lie_in_the_inbox(
    tmp_path: Path,
) -> None:
    shapes = polygons()
    features = [
        {
            "type": "Feature",
            "properties": {"grunnkrets_no": code, "grunnkrets_name": f"Syntetisk {code}"},
            "geometry": json.loads(shapely.to_geojson(shapely.from_wkb(geometry))),
        }
        for code, geometry in zip(shapes["area_id"].to_pylist(), shapes["geometry"].to_pylist(), strict=True)
    ]
    (tmp_path / "inbox").mkdir()
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (tmp_path / "inbox" / "grunnkretser_syntetisk_2024.geojson").write_text(text)
    with PxWebServer(list(synthetic_tables().values())) as ssb:
        found = refresh(ssb, tmp_path)
    figures = found.sql(
        "SELECT area_id, period, numerator, denominator, value FROM measure WHERE NOT pooled AND period = '2024' "
        "AND indicator_id = 'traffic_accidents' AND area_id IN ('drammen', 'drammen-7') ORDER BY area_id"
    )
    residents = dict(found.sql("SELECT area_id, population FROM area WHERE area_id IN ('drammen', 'drammen-7')"))
    assert residents.keys() == {"drammen", "drammen-7"}
    # The server has one accident a year in the municipality, in one of the made-up polygons of the district.
    # A single one is no figure to show, of either; the window of three years is.
    assert [row[:3] for row in figures] == [("drammen", "2024", None), ("drammen-7", "2024", None)]
    [(pooled, persons)] = found.sql(
        "SELECT numerator, denominator FROM measure WHERE indicator_id = 'traffic_accidents' AND pooled "
        "AND area_id = 'drammen-7' AND period = '2023-2025'"
    )
    assert pooled == 3
    assert 3 * 0.8 * residents["drammen-7"] < persons < 3 * 1.2 * residents["drammen-7"]
    # Of counters and stations a mean is shown: of 8,000 and 20,000 vehicles, 24 and 12 micrograms; one of each within.
    means = found.sql(
        "SELECT indicator_id, area_id, value FROM measure WHERE period = '2024' AND value IS NOT NULL "
        "AND indicator_id IN ('traffic_volume', 'nitrogen_dioxide') AND area_id LIKE 'drammen%' ORDER BY ALL"
    )
    assert means == [
        ("nitrogen_dioxide", "drammen", 18.0),
        ("nitrogen_dioxide", "drammen-7", 24.0),
        ("traffic_volume", "drammen", 14_000.0),
        ("traffic_volume", "drammen-7", 8_000.0),
    ]
    [(counters,)] = found.sql(
        "SELECT value FROM observation WHERE table_id = 'counters' AND area_id = 'drammen-7' AND period = '2024' "
        "AND dimensions['ContentsCode'] = 'vehicles_stations'"
    )
    assert counters == 1
