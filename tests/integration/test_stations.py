"""Counters of vehicles and stations of air quality are asked, and become figures. All of them are synthetic.

The server is tests/register_server.py. That they are published is seen in test_registers, where a whole night is.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely

from indicators.dictionary import SCHEMA
from pipelines.errors import SourceError
from pipelines.providers.registers import CLIENTS
from pipelines.providers.tonight import Providers, query_of
from pipelines.settings import Settings
from pipelines.terminal import planned, probe
from pipelines.workplace.night import Night, compose
from tests.integration.test_registers import facts_of, live, measures, polygons, told
from tests.register_server import RegisterServer, counter, station
from tests.unit import real_catalogue

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TRAFFIC, AIR = "trafikkdata/counters", "nilu/days"
YEARS = range(2019, 2026)
INSIDE, OUTSIDE = (59.75, 10.25), (59.60, 10.25)  # of the made-up units of test_registers.polygons
FIRST, LAST = 10_000.0, 7_000.0
FALLING = {year: FIRST - 500 * (year - 2019) for year in YEARS}  # 10,000 in 2019, 7,000 in 2025


def server(**given: Any) -> RegisterServer:
    """A register with a counter in and one outside the district, and a station that measures both."""
    counters = {
        "1V1": counter("3301", FALLING, INSIDE),
        "2V2": counter("3301", dict.fromkeys(YEARS, 20_000.0), OUTSIDE),
        "9V9": counter("4003", dict.fromkeys(YEARS, 4_000.0), (59.2, 9.6)),
    }
    stations = {
        "Syntetisk gate": station(
            "Drammen", {"NO2": dict.fromkeys(YEARS, 24.0), "PM10": dict.fromkeys(YEARS, 16.0)}, INSIDE
        ),
        "Syntetisk ås": station("Drammen", {"NO2": dict.fromkeys(YEARS, 12.0)}, OUTSIDE),
    }
    return RegisterServer(
        counters=counters | given.pop("counters", {}), stations=stations | given.pop("stations", {}), **given
    )


def night(running: RegisterServer, folder: Path, now: datetime = NOW) -> Night:
    providers = Providers(real_catalogue().providers, anyway=True, clock=lambda: now)
    urls = {"trafikkdata": running.trafikkdata, "nilu": running.nilu}
    providers.registers = {name: CLIENTS[name](live(url, name, now), lambda: now) for name, url in urls.items()}
    return compose(Settings("live", data_dir=folder, inbox=folder / "inbox"), providers=providers)


def taken(running: RegisterServer, folder: Path, name: str, given: pa.Table | None = None) -> pa.Table:
    one = night(running, folder)
    outcome = one.asking.take(name)
    assert outcome.state == "new", outcome.message
    return facts_of(one, name, given)


def with_outline() -> pa.Table:
    """The made-up units of kommunedel 7, and the district's outline round them as `areas/boundaries` has it."""
    units = polygons()
    whole = shapely.union_all(shapely.from_wkb(units["geometry"].to_pylist()))
    outline = {
        "area_id": "drammen-7",
        "level": "area of the catalogue",
        "name": "drammen-7",
        "year": 2024,
        "geometry": shapely.to_wkb(whole),
        "outline_geojson": "{}",
        "km2": 1.0,
    }
    return pa.concat_tables([units, pa.Table.from_pylist([outline], schema=SCHEMA["boundary"].arrow)])


def test_a_municipalitys_traffic_is_the_mean_of_its_counters_with_how_many_they_are(tmp_path: Path) -> None:
    with server() as running:
        facts = taken(running, tmp_path, TRAFFIC)
        assert {headers["X-Client"] for headers in running.headers} == {"levekar"}
    drammen = told(facts, "3301")
    # (10,000 + 20,000) / 2 in 2019, (7,000 + 20,000) / 2 in 2025.
    assert (drammen["2019", "vehicles"], drammen["2025", "vehicles"]) == (15_000, 13_500)
    assert {drammen[str(year), "vehicles_stations"] for year in YEARS} == {2}
    assert told(facts, "4003")["2025", "vehicles"] == 4_000
    assert set(facts["area_id"].to_pylist()) == {"3301", "4003"}


def test_a_station_that_lacks_a_year_is_in_none_and_so_moves_no_figure(tmp_path: Path) -> None:
    opened = {year: 50_000.0 for year in YEARS if year > 2021}
    badly = dict.fromkeys(YEARS, 50_000.0)
    further = {
        "3V3": counter("3301", opened, INSIDE),
        "4V4": counter("3301", {**badly, 2022: None}, INSIDE),
        "5V5": counter("3301", badly, INSIDE, covered={2023: 74.9}),
        "6V6": counter("3301", badly, INSIDE, kind="BICYCLE"),
        # Another municipality of the same county, which the search by county finds as well.
        "7V7": counter("3303", badly, INSIDE),
    }
    with server(counters=further) as running:
        facts = taken(running, tmp_path, TRAFFIC)
        questions = [asked for asked in running.asked if "trafficData" in asked]
    drammen = told(facts, "3301")
    assert {drammen[str(year), "vehicles_stations"] for year in YEARS} == {2}
    assert drammen["2025", "vehicles"] == 13_500
    assert not any(name in asked for asked in questions for name in ("6V6", "7V7"))


def test_many_counters_are_asked_for_forty_at_a_time(tmp_path: Path) -> None:
    many = {f"{number}V7": counter("3301", dict.fromkeys(YEARS, 100.0), None) for number in range(100, 179)}
    with server(counters=many) as running:
        facts = taken(running, tmp_path, TRAFFIC)
        sizes = [asked.count("trafficData") for asked in running.asked if "kommune_3301" in asked]
    # 79 and the two that are always there; the first question is for the list.
    assert sizes == [0, 40, 40, 1]
    assert told(facts, "3301")["2025", "vehicles_stations"] == 81


def test_a_districts_traffic_is_the_mean_of_the_counters_within_its_outline(tmp_path: Path) -> None:
    with server() as running:
        one = night(running, tmp_path)
        one.asking.take(TRAFFIC)
        facts = facts_of(one, TRAFFIC, with_outline())
    district = told(facts, "drammen-7")
    assert {year: district[str(year), "vehicles"] for year in YEARS} == FALLING
    assert district["2025", "vehicles_stations"] == 1
    # Units have none of their own: a mean of a unit would be no part of the district's.
    assert set(facts["area_id"].to_pylist()) == {"3301", "4003", "drammen-7"}
    rows = measures(one, facts, {}, TRAFFIC)
    figure = rows["traffic_volume", "drammen-7", "2025"]
    assert (figure["value"], figure["lower"], figure["status"]) == (LAST, None, "no_denominator")
    assert rows["traffic_volume", "drammen", "2019"]["value"] == 15_000


def test_a_year_of_air_is_the_mean_of_its_days_and_an_area_the_mean_of_its_stations(tmp_path: Path) -> None:
    with server() as running:
        facts = taken(running, tmp_path, AIR, with_outline())
        asked = [path for path in running.asked if "/stats/day/" in path]
    drammen, district = told(facts, "3301"), told(facts, "drammen-7")
    # (24 + 12) / 2; of PM10 one station alone.
    assert (drammen["2025", "NO2"], drammen["2025", "NO2_stations"]) == (18, 2)
    assert (drammen["2025", "PM10"], drammen["2025", "PM10_stations"]) == (16, 1)
    assert (district["2019", "NO2"], district["2019", "NO2_stations"]) == (24, 1)
    # One call for all years of a station and component, up to the last day of the last whole year.
    assert len(asked) == 3
    assert all("/2019-01-01/2025-12-31/" in path for path in asked)


@pytest.mark.parametrize(("days", "stations"), [(91, 2), (92, 1)])
def test_a_year_of_which_a_quarter_of_the_days_is_missing_is_no_year(tmp_path: Path, days: int, stations: int) -> None:
    # 274 of 365 days are 75.07 %, 273 are 74.8 %.
    missing = {date(2022, 1, 1) + timedelta(days=number) for number in range(days)}
    with server(missing={("Syntetisk ås", "NO2"): missing}) as running:
        facts = taken(running, tmp_path, AIR)
    drammen = told(facts, "3301")
    assert {drammen[str(year), "NO2_stations"] for year in YEARS} == {stations}
    assert drammen["2022", "NO2"] == (18 if stations == 2 else 24)


def test_a_year_counts_ninety_days_after_its_end(tmp_path: Path) -> None:
    with server() as running:
        early = night(running, tmp_path, datetime(2026, 3, 1, tzinfo=UTC))
        early.asking.take(TRAFFIC)
        periods = set(facts_of(early, TRAFFIC)["period"].to_pylist())
    assert periods == {str(year) for year in range(2019, 2025)}


def test_where_no_station_has_every_year_the_mean_is_not_available(tmp_path: Path) -> None:
    with server() as running:
        running.counters = {"9V9": running.counters["9V9"], "3V3": counter("3301", {2025: 50_000.0}, INSIDE)}
        facts = taken(running, tmp_path, TRAFFIC, with_outline())
    drammen = told(facts, "3301")
    assert {drammen[str(year), "vehicles"] for year in YEARS} == {None}
    assert {drammen[str(year), "vehicles_stations"] for year in YEARS} == {0}
    assert told(facts, "4003")["2025", "vehicles"] == 4_000
    assert told(facts, "drammen-7") == {}


@pytest.mark.parametrize(
    ("name", "fault", "says"),
    [
        (TRAFFIC, "html", "not JSON"),
        (TRAFFIC, "truncated", "not JSON"),
        (TRAFFIC, "shape", "a JSON list where an object was expected"),
        (TRAFFIC, "named", "data is missing"),
        (AIR, "html", "not JSON"),
        (AIR, "named", "the answer: a list expected"),
        (AIR, "shape", "an object expected"),
    ],
)
def test_an_answer_of_another_shape_is_that_sources_refusal(tmp_path: Path, name: str, fault: str, says: str) -> None:
    with server() as running:
        running.faults += [fault] * 5
        outcome = night(running, tmp_path).asking.take(name)
        assert outcome.state == "failed"
        assert says in outcome.message
        running.faults.clear()
        other = AIR if name == TRAFFIC else TRAFFIC
        assert night(running, tmp_path).asking.take(other).state == "new"


@pytest.mark.parametrize("name", [TRAFFIC, AIR])
def test_without_any_station_nothing_is_taken_for_a_figure(tmp_path: Path, name: str) -> None:
    with RegisterServer() as empty:
        outcome = night(empty, tmp_path).asking.take(name)
    assert outcome.state == "failed"
    assert "not one station in 3301" in outcome.message


def test_a_question_that_is_not_understood_is_refused_with_its_reason(tmp_path: Path) -> None:
    with server() as running:
        running.faults = ["refused"] * 9
        outcome = night(running, tmp_path).asking.take(TRAFFIC)
    assert "the question is refused: no such field" in outcome.message


def test_the_plan_and_the_doctor_know_them(tmp_path: Path) -> None:
    with server() as running:
        one = night(running, tmp_path)
        tables = {name: one.catalogue.tables[name] for name in (TRAFFIC, AIR)}
        lines = list(planned.lines(tables, one.asking.providers))
        assert lines[:2] == [
            f"{TRAFFIC}: a register, looked through once a month; 2 call(s) or more",
            f"{AIR}: a register, looked through once a month; 1 call(s) or more",
        ]
        assert running.asked == []
        known = replace(one.catalogue, tables=tables, classifications={})
        addresses = {"trafikkdata": running.trafikkdata, "nilu": running.nilu}
        transports = {name: live(url, name, NOW) for name, url in addresses.items()}
        found = probe.look(known, one.asking.providers, tmp_path / "record", transport_of=transports.__getitem__)
        assert [(result.subject, result.state) for result in found] == [(TRAFFIC, "confirmed"), (AIR, "confirmed")]
        assert len(running.asked) == 2


def test_a_municipality_without_a_name_is_asked_for_by_none(tmp_path: Path) -> None:
    table = real_catalogue().tables[AIR]
    bare = {**table.selection, "kommune": table.selection["kommune"].model_copy(update={"labels": {}})}
    with server() as running:
        client = CLIENTS["nilu"](live(running.nilu, "nilu", NOW), lambda: NOW)
        with pytest.raises(SourceError, match="no name for municipality 3301; expected one in `labels`"):
            client.fetch(query_of(table.model_copy(update={"selection": bare})))
