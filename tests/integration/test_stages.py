"""From a real server and real files through every stage, in this process: what is fetched, rebuilt, refused, kept.

The server is tests/pxweb_server.py with the synthetic tables of data/demo/generate.py. The command line around the
same stages is tested in tests/e2e.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest

from data.demo import generate
from pipelines.language import Language
from pipelines.providers.fhi import FhiClient
from pipelines.providers.klass import KlassClient
from pipelines.providers.pxweb import PxWebClient
from pipelines.providers.tonight import Providers
from pipelines.providers.transport import LiveTransport
from pipelines.settings import Settings
from pipelines.storage import warehouse
from pipelines.storage.lake import Lake
from pipelines.storage.nights import Nights
from pipelines.terminal import doctor, scorecard
from pipelines.workplace import check_results, definitions, refreshing
from pipelines.workplace import night as night_parts
from pipelines.workplace.night import compose
from tests.fhi_server import FhiServer, Table, from_selections
from tests.klass_server import Classification, KlassServer, from_areas
from tests.pxweb_server import CodeList, Dimension, PxWebServer, SyntheticTable
from tests.stages import measures_of
from tests.unit import real_catalogue

pytestmark = pytest.mark.slow  # whole refreshes against a server of its own

PUBLISHED_LATER = "2026-10-06T06:00:00Z"
DELIVERED = {
    "fhi_crowding": "crowding",
    "ungdata_mental_distress": "mental_distress",
    "nav_reduced_work_capability": "reduced_work_capability",
}


def synthetic_tables() -> dict[str, SyntheticTable]:
    """All tables of sources.yaml, as newly published."""
    _first, now = generate.Maker().tables()
    return {table.id: table for table in [*now, injured(), flats()]}


def flats() -> SyntheticTable:
    """06035, which the demo does not have: a square metre of a flat costs 40,000 kroner."""
    dimensions = [
        generate.regions([*generate.REGIONS]),
        Dimension("Boligtype", "type av bolig", [("03", "Blokkleiligheter")]),
        generate.contents({"KvPris": ("Gjennomsnittlig kvadratmeterpris", "kr", 0)}),
        generate.time(range(2015, 2026)),
    ]
    return generate.table("06035", "Synthetic: prices of dwellings", dimensions, lambda _at: 40_000.0)


def injured() -> SyntheticTable:
    """12044, which the demo does not have: in each municipality 10 persons killed and 20 hurt a year."""
    dimensions = [
        generate.regions(
            [*generate.REGIONS, *generate.SKIEN], CodeList("vs_Landet", "Landet", "Valueset", {"0": ["0"]})
        ),
        generate.contents({"PersonerDrept": ("Drepte", "personer", 0), "PersonerSkadd": ("Skadde", "personer", 0)}),
        generate.time(range(2015, 2026)),
    ]
    title = "Personer drept eller skadd i veitrafikkulykker"
    return generate.table(
        "12044", title, dimensions, lambda at: 10.0 if at["ContentsCode"] == "PersonerDrept" else 20.0
    )


@cache
def classifications() -> dict[str, Classification]:
    """The official areas of the demo, as Klass would give them."""
    return from_areas(*generate.official_areas())


def fhi_tables() -> dict[str, Table]:
    """FHI's tables as sources.yaml asks for them, with synthetic figures."""
    tables = [one for one in real_catalogue().tables.values() if one.provider == "fhi"]
    return from_selections(
        {one.table_id: {name: list(chosen.values) for name, chosen in one.selection.items()} for one in tables},
        {one.table_id: {k: v for chosen in one.selection.values() for k, v in chosen.labels.items()} for one in tables},
    )


def unhurried(url: str, name: str) -> LiveTransport:
    return LiveTransport(url, name=name, calls_per_minute=10_000, sleep=lambda seconds: None)


def declared() -> set[str]:
    """The tables as sources.yaml asks for them: some in two ways."""
    return set(real_catalogue().tables)


def verified() -> set[str]:
    """Those of which a working query was seen, so that a failure is one."""
    return {name for name, table in real_catalogue().tables.items() if not table.unverified}


@dataclass
class Night:
    """One refresh: what it came to, and what the server was asked meanwhile."""

    folder: Path
    done: refreshing.Refreshed
    asked: list[str]

    @property
    def fetched(self) -> set[str]:
        """The tables of which figures were asked for."""
        return {path.split("/")[2] for path in self.asked if path.endswith("/data")}

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with warehouse.connect(self.folder / "live") as connection:
            return connection.execute(query).fetchall()


def refresh(server: PxWebServer, folder: Path) -> Night:
    """Refresh as the command line does, except that nobody waits between two tries."""
    with composed(server, folder) as night:
        before = len(server.requests)
        done = refreshing.refresh(definitions.build(night), night)
    return Night(folder, done, [request.path for request in server.requests[before:]])


@contextmanager
def composed(server: PxWebServer, folder: Path) -> Iterator[night_parts.Night]:
    """The parts of a night in which every provider is a server of the tests."""
    with KlassServer(classifications()) as klass, FhiServer(fhi_tables()) as fhi:
        settings = Settings("live", data_dir=folder, inbox=folder / "inbox", ssb_url=server.url)
        providers = Providers(real_catalogue().providers, settings.urls, anyway=True)
        providers.clients = {
            "ssb": PxWebClient(unhurried(server.url, "ssb")),
            "fhi": FhiClient(unhurried(fhi.url, "fhi")),
        }
        providers.klass = KlassClient(unhurried(klass.url, "klass"))
        yield compose(settings, providers=providers)


@pytest.fixture(scope="module")
def tables() -> dict[str, SyntheticTable]:
    return synthetic_tables()


@pytest.fixture
def serve(tables: dict[str, SyntheticTable]) -> Any:
    return serving(tables)


def serving(tables: dict[str, SyntheticTable]) -> Any:
    @contextmanager
    def serve() -> Iterator[PxWebServer]:
        with PxWebServer(deepcopy(list(tables.values()))) as server:
            yield server

    return serve


@pytest.fixture(scope="module")
def first(tables: dict[str, SyntheticTable], tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The first night: six tables, nothing delivered."""
    with serving(tables)() as server:
        return refresh(server, tmp_path_factory.mktemp("first"))


def copied(night: Night, folder: Path) -> Path:
    return shutil.copytree(night.folder, folder / "copy", symlinks=True)


def lake(folder: Path) -> dict[str, int]:
    """When each table of the lake was written."""
    root = folder / "live" / "lake"
    return {path.relative_to(root).as_posix(): path.stat().st_mtime_ns for path in root.rglob("*.parquet")}


# --- nights on which all goes well --------------------------------------------------------------------------


def test_the_first_night_fetches_every_table_and_publishes(first: Night) -> None:
    assert first.done == refreshing.Refreshed("published")
    assert first.done.exit_code == 0
    assert first.fetched == set(synthetic_tables())
    names = {
        f"{provider}/{table}" for provider, table in first.sql("SELECT DISTINCT provider, table_id FROM observation")
    }
    assert names == declared()
    [run] = first.sql("SELECT fetched, unchanged, failed, outcome FROM refresh_run")
    assert run == (len(declared()) + len(classifications()), 0, 0, "published")


def test_without_deliveries_the_comparators_series_stand_alone(first: Night) -> None:
    figures = first.sql("SELECT DISTINCT area_id FROM series WHERE value IS NOT NULL")
    # Drammen and the country from Statistics Norway, what FHI gives for other counties and municipalities too.
    tracts = [("drammen-tract-0106",), ("drammen-tract-0107",)]
    assert sorted(figures) == [("buskerud",), ("drammen",), *tracts, ("norway",), ("skien",), ("telemark",)]


def test_without_deliveries_the_districts_rows_name_the_contract_that_is_wanted(first: Night) -> None:
    rows = first.sql("SELECT indicator_id, period, value, assessment, note FROM series WHERE area_id = 'drammen-7'")
    indicators = {name for (name,) in first.sql("SELECT indicator_id FROM indicator")}
    assert {row[0] for row in rows} == indicators
    assert len(rows) == len(indicators)
    # Of units nobody knows which lie in the district: that its source is asked is all that can be said. A table that
    # may have zones is asked as well: what it lacks is the list of those that make up the district.
    zones = "fhi/370 by living-conditions zone, with the list of zones (delivery/living_conditions_zones)"
    wanted = ("delivery/", "nvdb/570", "brreg/enheter", zones)
    for name, period, value, assessment, note in rows:
        assert (period, value, assessment) == (None, None, "no data"), name
        assert note.startswith(tuple(f"no figures yet; wanted: {source}" for source in wanted)), name
    notes = {row[0]: row[4] for row in rows}
    # Crowding is in tables that may have zones, which make up the district where a list says so; FHI's own file of it
    # ends at the municipality.
    of_places = "nvdb/570, with the polygons of its units (delivery/basic_unit_boundaries)"
    assert notes["traffic_accidents"] == f"no figures yet; wanted: {of_places}"
    by_zone = "fhi/794 or fhi/795 by living-conditions zone, with the list of zones (delivery/living_conditions_zones)"
    assert notes["crowding"].endswith(f"delivery/drammen_district_counts or {by_zone}")


def test_the_population_of_an_area_is_the_newest_sum_of_its_codes(
    first: Night, tables: dict[str, SyntheticTable]
) -> None:
    [(persons, period)] = first.sql("SELECT population, population_period FROM area WHERE area_id = 'drammen-7'")
    units = tables["04317"]
    newest = units.values[..., -1].reshape(len(units.dimensions[0].codes))
    [district] = [part for part in real_catalogue().areas["drammen-7"].parts if part.first == 2024]
    mine = [code in district.codes for code in units.dimensions[0].codes]
    assert persons == newest[mine].sum()
    assert period == "2026"


def test_an_unchanged_night_asks_for_no_figures_and_leaves_everything_as_it_is(first: Night, serve: Any) -> None:
    files = kept(first.folder / "live")
    with serve() as server:
        again = refresh(server, first.folder)
    assert again.done == refreshing.Refreshed("unchanged")
    assert again.done.exit_code == 0
    assert again.fetched == set()
    assert sorted(again.asked) == sorted(f"/tables/{table}/metadata" for table in synthetic_tables())
    assert kept(first.folder / "live") == files
    # It is written down all the same, outside the edition.
    told = again.done.night
    assert told is not None
    assert told == Nights(first.folder / "live").newest()
    assert (told.outcome, told.good, told.run_id) == ("unchanged", True, None)
    assert told.asked.of == told.asked.asked == told.asked.answered == len(declared()) + len(classifications())


def kept(root: Path) -> dict[Path, int]:
    """When each file of the store was written, but for the records of nights."""
    found = (path for path in root.rglob("*") if path.is_file() and path.parent.name != "nights")
    return {path: path.stat().st_mtime_ns for path in found}


@pytest.fixture(scope="module")
def revised(first: Night, tables: dict[str, SyntheticTable], tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night after 11084 was revised: one more household rents in the country in 2021."""
    folder = copied(first, tmp_path_factory.mktemp("revised"))
    with serving(tables)() as server:
        table = server.tables["11084"]
        values = table.values.copy()
        values[place(table, Region="0", EierStatus="4", Tid="2021")] += 1
        table.revise(PUBLISHED_LATER, values, table.status)
        return refresh(server, folder)


def place(table: SyntheticTable, **codes: str) -> tuple[int, ...]:
    return tuple(one.codes.index(codes[one.id]) if one.id in codes else 0 for one in table.dimensions)


def test_after_a_revision_only_that_table_is_fetched(revised: Night) -> None:
    assert revised.done == refreshing.Refreshed("published")
    assert revised.fetched == {"11084"}


def test_after_a_revision_only_what_depends_on_it_is_rebuilt(first: Night, revised: Night) -> None:
    before, after = lake(first.folder), lake(revised.folder)
    # The new vintage stands beside the first, which is never written again, and so does what the edition changed.
    vintage, *publication = sorted(after.keys() - before.keys())
    assert vintage.startswith("facts/ssb/11084/")
    remembered = ("comparison", "ingredient", "measure", "publication", "series")
    assert [key.rpartition("/")[0] for key in publication] == [f"history/{table}" for table in remembered]
    assert not before.keys() - after.keys()
    assert {name for name in before if after[name] != before[name]} == {
        "revisions/observations.parquet",
        *(f"memory/history/{table}.parquet" for table in remembered),
        "computed/housing.parquet",
        "measures/housing.parquet",
        "forecasts/housing.parquet",
        "skill/housing.parquet",
        "backtest/calibration.parquet",
        "backtest/base_rates.parquet",
        "series/housing.parquet",
        "comparison/areas.parquet",
        "comparison/pillars.parquet",
        "comparison/changes.parquet",
        # Made anew, with nothing in them: there are no figures of small areas, and none by age.
        "comparison/small_areas.parquet",
        "comparison/standardised.parquet",
        # No evaluated indicator is made of the table: results and placebos, read from the fits, stand.
        "evaluation/fits.parquet",
        "provenance/responses.parquet",
    }


def test_a_revision_holds_the_difference(revised: Night, tables: dict[str, SyntheticTable]) -> None:
    table = tables["11084"]
    old = table.values[place(table, Region="0", EierStatus="4", Tid="2021")]
    [row] = revised.sql(
        "SELECT table_id, area_id, period, old_value, new_value, dimensions['EierStatus'],"
        " old_snapshot_sha256 <> new_snapshot_sha256, old_vintage < new_vintage FROM revision"
    )
    assert row == ("ssb/11084", "0", "2021", old, old + 1, "4", True, True)
    [(updated,)] = revised.sql(
        "SELECT updated FROM snapshot JOIN revision ON sha256 = new_snapshot_sha256 WHERE role = 'data'"
    )
    assert updated == PUBLISHED_LATER


# --- a night on which six sources fail, each in its own way -------------------------------------------------


@pytest.fixture(scope="module")
def delivered(first: Night, tables: dict[str, SyntheticTable], tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The evening before: three (synthetic) deliveries have come in."""
    folder = copied(first, tmp_path_factory.mktemp("delivered"))
    (folder / "inbox").mkdir()
    with serving(tables)() as server:
        maker = generate.Maker()
        for contract_id, rows in DELIVERED.items():
            header = real_catalogue().contracts[contract_id].header
            lines = [",".join(map(_quoted, row)) for row in [header, *getattr(maker, rows)()]]
            (folder / "inbox" / f"syntetisk_{contract_id}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
        return refresh(server, folder)


def _quoted(cell: object) -> str:
    return f'"{cell}"' if "," in str(cell) else str(cell)


@pytest.fixture(scope="module")
def bad(delivered: Night, tables: dict[str, SyntheticTable], tmp_path_factory: pytest.TempPathFactory) -> Night:
    folder = copied(delivered, tmp_path_factory.mktemp("bad"))
    with serving(tables)() as server:
        for table in server.tables.values():
            table.revise(PUBLISHED_LATER, table.values * 1.01, table.status)
        server.fail("truncated", times=99, path="/tables/07459/data")
        server.fail("html", times=99, path="/tables/11084/data")
        server.tables["13563"] = renamed(server.tables["13563"], "HovArbStyrkStatus", "ArbStyrkStatus")
        server.tables["08764"] = without(server.tables["08764"], "2021")
        spoil(folder / "inbox")
        return refresh(server, folder)


def renamed(table: SyntheticTable, name: str, new: str) -> SyntheticTable:
    dimensions = [replace(one, id=new) if one.id == name else one for one in table.dimensions]
    return replace(table, dimensions=dimensions)


def without(table: SyntheticTable, period: str) -> SyntheticTable:
    time = table.dimensions[-1]
    kept = [number for number, code in enumerate(time.codes) if code != period]
    dimensions = [*table.dimensions[:-1], replace(time, categories=[time.categories[number] for number in kept])]
    return replace(table, dimensions=dimensions, values=table.values[..., kept], status=table.status[..., kept])


def spoil(inbox: Path) -> None:
    """Double a row of one file; let a few rows of another be in another encoding than the rest."""
    crowding, distress, _capability = (inbox / f"syntetisk_{contract_id}.csv" for contract_id in DELIVERED)
    lines = crowding.read_text(encoding="utf-8").splitlines()
    crowding.write_text("\n".join([*lines, lines[4], ""]), encoding="utf-8")
    content = distress.read_bytes().splitlines(keepends=True)
    content[-1] = content[-1].decode().encode("latin-1")
    distress.write_bytes(b"".join(content))


FAULTS = {
    "ssb/07459": ["/tables/07459/data", "not JSON", "bytes of application/json", "tried 5 times"],
    "ssb/07459_summed": ["/tables/07459/data", "not JSON", "bytes of application/json", "tried 5 times"],
    "ssb/11084": ["/tables/11084/data", "not JSON", "text/html", "<!DOCTYPE html>"],
    "ssb/13563": ["ssb/13563", "HovArbStyrkStatus", "ArbStyrkStatus"],
    "ssb/13563_summed": ["ssb/13563", "HovArbStyrkStatus", "ArbStyrkStatus"],
    "ssb/08764": ["ssb/08764", "2021 is missing", "expected every earlier period"],
    "delivery/fhi_crowding": ["a file was not taken", "one figure given twice (1, the first in row 5)", "quarantine"],
    "inbox": ["a file was not taken", "cannot be read as what it seems to be", "quarantine"],
}


def test_every_fault_is_told_and_nothing_else(bad: Night) -> None:
    assert bad.done.failures.keys() == FAULTS.keys()


@pytest.mark.parametrize("name", FAULTS)
def test_a_faults_message_names_source_and_place_and_what_stands(bad: Night, name: str) -> None:
    message = bad.done.failures[name]
    for text in FAULTS[name]:
        assert text in message
    if name in bad.sql("SELECT DISTINCT provider || '/' || table_id FROM observation"):
        assert "stand" in message.splitlines()[-1]


def test_with_faults_an_edition_is_published_and_the_exit_code_says_3(delivered: Night, bad: Night) -> None:
    assert bad.done.state == "published"
    assert bad.done.exit_code == 3
    edition = "SELECT value FROM meta WHERE key = 'edition'"
    assert bad.sql(edition) > delivered.sql(edition)


@pytest.mark.parametrize("name", ["ssb/07459", "ssb/11084", "ssb/13563", "ssb/08764", "delivery/fhi_crowding"])
def test_the_last_good_figures_of_a_failed_source_stand(delivered: Night, bad: Night, name: str) -> None:
    query = f"SELECT * FROM observation WHERE provider || '/' || table_id = '{name}' ORDER BY ALL"
    assert bad.sql(query) == delivered.sql(query) != []
    measured = f"SELECT * FROM measure WHERE source_table = '{name}' ORDER BY ALL"
    assert bad.sql(measured) == delivered.sql(measured)


def test_a_delivery_that_cannot_be_read_leaves_its_last_figures_standing(delivered: Night, bad: Night) -> None:
    query = "SELECT * FROM measure WHERE source_table = 'delivery/ungdata_mental_distress' ORDER BY ALL"
    assert bad.sql(query) == delivered.sql(query) != []


@pytest.mark.parametrize("name", ["04317", "09429"])
def test_the_other_sources_go_on(bad: Night, name: str) -> None:
    newest = f"SELECT max(updated) FROM snapshot WHERE table_id = '{name}' AND role = 'data' AND accepted"
    assert bad.sql(newest) == [(PUBLISHED_LATER,)]
    assert bad.sql(f"SELECT count(*) > 0 FROM revision WHERE table_id = 'ssb/{name}'") == [(True,)]


def test_the_edition_says_what_failed(bad: Night) -> None:
    told = dict(bad.sql("SELECT subject, message FROM check_result WHERE NOT passed"))
    # Units were revised and their municipality was not, so they no longer add up to it: a warning, told here.
    faulty = {f"snapshot/{name}" for name in FAULTS}
    assert told.keys() == {*faulty, "population/reconciliation", "publication/warehouse"}
    assert "ssb: no answer of use from 6 source(s)" in told["publication/warehouse"]
    assert told["snapshot/ssb/08764"] == bad.done.failures["ssb/08764"]
    [(outcome, failed)] = bad.sql("SELECT outcome, failed FROM refresh_run ORDER BY started_at DESC LIMIT 1")
    assert (outcome, failed) == ("published, some sources failed", len(faulty))


def test_what_was_refused_is_kept_with_the_reason(bad: Night) -> None:
    refused = dict(bad.sql("SELECT DISTINCT table_id, reason FROM snapshot WHERE NOT accepted"))
    assert refused.keys() == {"08764"}
    assert all(reason.strip() for reason in refused.values())
    lying = {folder.name.partition("-")[2]: folder for folder in (bad.folder.parent / "quarantine").iterdir()}
    assert lying.keys() == {"syntetisk_fhi_crowding.csv", "syntetisk_ungdata_mental_distress.csv"}
    assert all((folder / name).is_file() and (folder / "reasons.md").is_file() for name, folder in lying.items())


# --- nights on which nobody answers -------------------------------------------------------------------------


def test_where_no_source_answers_and_none_ever_did_nothing_is_published(serve: Any, tmp_path: Path) -> None:
    with serve() as server:
        server.fail("503", times=9999)
        night = refresh(server, tmp_path)
    assert night.done.state == "nothing published"
    assert night.done.exit_code == 1
    assert set(night.done.failures) >= verified()
    assert all("HTTP 503" in message for name, message in night.done.failures.items() if name.startswith("ssb/"))
    assert warehouse.current(tmp_path / "live") is None


def test_where_no_source_answers_yesterdays_edition_stands(first: Night, serve: Any, tmp_path: Path) -> None:
    folder = copied(first, tmp_path)
    before = warehouse.current(folder / "live").read_bytes()
    with serve() as server:
        server.fail("drop", times=9999)
        night = refresh(server, folder)
    assert set(night.done.failures) == verified()
    assert all("figures fetched" in message for message in night.done.failures.values())
    assert warehouse.current(folder / "live").read_bytes() == before
    assert night.done.exit_code == 1
    # Dagster shows it as what it was: red, nothing made that was not, and who was asked.
    told = night.done.night
    assert told is not None
    with dg.DagsterInstance.from_config(str(folder / "dagster" / "live")) as instance:
        assert instance.get_run_by_id(told.run_id).status is dg.DagsterRunStatus.FAILURE
        assert instance.get_run_by_id(told.run_id).tags[".dagster/repository"].startswith("__repository__@pipelines.")
        rows = {row["check_name"]: row for row in check_results.rows(instance, told.run_id) if not row["passed"]}
        made = instance.get_latest_materialization_events(instance.all_asset_keys())
        now = {"/".join(key.path) for key, event in made.items() if event and event.run_id == told.run_id}
    assert now == {"snapshot/inbox"}
    silent = rows["asked"]
    assert silent["severity"] == "ERROR"
    assert f"asked tonight: {told.asked.of} of {told.asked.of}, answered {told.asked.answered}" in silent["message"]
    # And outside the edition: when it answered last, for scorecard and doctor.
    assert told == Nights(folder / "live").newest()
    assert told.outcome == "nothing published"
    assert set(told.silent()) >= {"ssb"}
    last = next(one for one in Nights(folder / "live").latest() if one.providers["ssb"].answered)
    assert told.provider_answered("ssb") == last.finished_at
    answer = f"{last.finished_at:%Y-%m-%d %H:%M} UTC"
    shown = " ".join(line for line, _style in scorecard._asked_last(Nights(folder / "live"), Language("en")))
    assert f"SSB last answered {answer}" in shown
    findings = {one.subject: one for one in doctor._nights(Nights(folder / "live"), real_catalogue())}
    assert findings["ssb"].good is False
    assert f"last answered {answer}" in findings["ssb"].message
    assert findings["nights"].good is False


@pytest.mark.slow
def test_an_idle_night_of_the_schedule_runs_no_asset_and_a_year_of_nights_stays_small(
    first: Night, revised: Night, serve: Any, tmp_path: Path
) -> None:
    """300 idle nights and 65 with a revision, of which Dagster's history keeps a quarter of a year."""
    folder = copied(first, tmp_path)
    home = folder / "dagster" / "live"
    a_revision = size(revised.folder / "dagster") - size(first.folder / "dagster")
    with serve() as server, dg.DagsterInstance.from_config(str(home)) as instance:
        ended = [idle_night(server, folder, instance) for _ in range(2)]
        before = size(home)
        ended += [idle_night(server, folder, instance) for _ in range(2)]
        idle = (size(home) - before) / 2
    assert all(run.success for run in ended)
    steps = [event.step_key for run in ended for event in run.all_events if event.is_step_success]
    assert steps == ["ask_first"] * 4
    nights = list(Nights(folder / "live").latest())
    assert [(one.trigger, one.outcome) for one in nights[:4]] == [("schedule", "unchanged")] * 4
    year = size(first.folder / "dagster") + 90 / 365 * (300 * idle + 65 * a_revision)
    assert year < 300e6, (idle, a_revision)
    assert idle < 250e3


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def idle_night(server: PxWebServer, folder: Path, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """What the schedule starts."""
    with composed(server, folder) as night:
        return definitions.build(night).resolve_job_def("night").execute_in_process(instance=instance)


def test_computing_again_gives_the_same_figures_to_the_last_bit(delivered: Night) -> None:
    lake = Lake(delivered.folder / "live" / "lake")
    facts = {name: lake.read(f"facts/{name}") for name in real_catalogue().tables_of("work")}
    computed = [measures_of(real_catalogue(), "work", facts) for _ in range(3)]
    assert any("annual_mean" in method for method in computed[0]["method"].to_pylist())
    assert sorted_rows(computed[0]) == sorted_rows(computed[1]) == sorted_rows(computed[2])


def sorted_rows(table: pa.Table) -> list[str]:
    return sorted(map(str, table.to_pylist()))
