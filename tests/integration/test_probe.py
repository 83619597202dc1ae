"""The first look at live services: what differs is found, what is suggested mends it, and the recording plays back."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from indicators import catalogue as yaml
from indicators.catalogue import HERE, Catalogue
from pipelines.cli import app
from pipelines.providers.replay import request_of
from pipelines.providers.tonight import Providers
from pipelines.providers.transport import Transport
from pipelines.settings import Settings, SettingsError
from pipelines.storage.snapshots import SnapshotStore
from pipelines.terminal import doctor, mending, probe
from pipelines.terminal.mending import Change
from tests.fhi_server import FhiServer, Table
from tests.integration.test_stages import classifications, fhi_tables, renamed, synthetic_tables, unhurried, without
from tests.klass_server import KlassServer
from tests.pxweb_server import CodeList, Dimension, PxWebServer, SyntheticTable
from tests.register_server import BRREG, NILU, NVDB, RegisterServer, with_some
from tests.unit import real_catalogue

ZONES = "fhi/zones"  # the look at every table of FHI for living-conditions zones

# --- ten differences ------------------------------------------------------------------------------------------------


def dimension(table: SyntheticTable, name: str, **changed: Any) -> SyntheticTable:
    """The table with one of its dimensions changed."""
    dimensions = [replace(known, **changed) if known.id == name else known for known in table.dimensions]
    return replace(table, dimensions=dimensions)


def with_dimension(table: SyntheticTable, new: Dimension) -> SyntheticTable:
    """The table with another dimension first, each of whose codes has the same figures."""
    shape = (len(new.codes), *table.values.shape)
    values, status = np.broadcast_to(table.values, shape).copy(), np.broadcast_to(table.status, shape).copy()
    return replace(table, dimensions=[new, *table.dimensions], values=values, status=status)


def without_dimension(table: SyntheticTable, name: str) -> SyntheticTable:
    axis = [known.id for known in table.dimensions].index(name)
    dimensions = [known for known in table.dimensions if known.id != name]
    values, status = np.take(table.values, 0, axis), np.take(table.status, 0, axis)
    return replace(table, dimensions=dimensions, values=values, status=status)


def without_code(table: SyntheticTable, name: str, code: str) -> SyntheticTable:
    axis = [known.id for known in table.dimensions].index(name)
    place = table.dimensions[axis].codes.index(code)
    kept = [pair for pair in table.dimensions[axis].categories if pair[0] != code]
    values, status = np.delete(table.values, place, axis), np.delete(table.status, place, axis)
    dimensions = [replace(known, categories=kept) if known.id == name else known for known in table.dimensions]
    return replace(table, dimensions=dimensions, values=values, status=status)


def with_code_list(table: SyntheticTable, name: str, old: str, new: str) -> SyntheticTable:
    lists: list[CodeList] = [
        replace(known, id=new) if known.id == old else known for known in table.dimension(name).codelists
    ]
    return dimension(table, name, codelists=lists)


HOUSEHOLDS = Dimension("HusholdStr", "husholdningsstørrelse", [("1", "1 person"), ("2+", "Flere"), ("99", "I alt")])

# Kind -> the table, and what becomes of it.
SEEDS: dict[str, tuple[str, Callable[[SyntheticTable], SyntheticTable]]] = {
    "variable renamed": ("13563", lambda table: renamed(table, "HovArbStyrkStatus", "ArbStyrkStatus")),
    "variable new": ("11084", lambda table: with_dimension(table, HOUSEHOLDS)),
    "variable gone": ("12275", lambda table: without_dimension(table, "KOKbvfunksjon0000")),
    "codes gone": ("06070", lambda table: without_code(table, "HushType", "010")),
    "code list gone": ("06265", lambda table: with_code_list(table, "Region", "agg_KommSummer", "agg_KommSummer26")),
    "area renamed": ("08487", lambda table: renamed(table, "Gjerningssted", "GjerningsKomm")),
    "time renamed": ("06944", lambda table: renamed(table, "Tid", "Aar")),
    "contents renamed": (
        "08764",
        lambda table: dimension(
            table,
            "ContentsCode",
            categories=[("EUskala50", "EU-skala 50 prosent"), ("EUskala60p", "EU-skala 60 prosent")],
        ),
    ),
    "table gone": ("13502", lambda table: replace(table, id="14999")),
    "period gone": ("07459", lambda table: without(table, "2015")),
}


def seeded() -> list[SyntheticTable]:
    """The served tables with ten differences."""
    tables = synthetic_tables()
    for number, change in SEEDS.values():
        tables[number] = change(tables[number])
    return list(tables.values())


# --- looking --------------------------------------------------------------------------------------------------------


_BELOW = re.compile(f"^({NVDB}|{BRREG}|{NILU})")


@dataclass
class Services:
    """The stand-ins, and how they are asked."""

    ssb: PxWebServer
    klass: KlassServer
    fhi: FhiServer
    registers: RegisterServer

    def transport_of(self, name: str) -> Transport:
        register = getattr(self.registers, name, None)
        return unhurried(register or getattr(self, name).url, name)

    def look(self, folder: Path | None, declared_in: Path = HERE) -> list[probe.Result]:
        known = yaml.load(declared_in)
        providers = Providers(known.providers, anyway=True)
        return list(probe.look(known, providers, folder, transport_of=self.transport_of, declared_in=declared_in))

    @property
    def asked(self) -> set[str]:
        """Methods and addresses below the roots, as they came."""
        ssb = {f"{request.method} {request.path}" for request in self.ssb.requests}
        klass = {"GET " + path.removeprefix("/api/klass/v1").partition("?")[0] for path in self.klass.asked}
        # A question to Trafikkdata has no address of its own.
        registers = {
            "POST /" if one.startswith("query") else "GET " + _BELOW.sub("", one.partition("?")[0])
            for one in self.registers.asked
        }
        return ssb | klass | registers | {path.partition("?")[0] for path in self.fhi.asked}


@contextmanager
def services(tables: list[SyntheticTable], fhi: dict[str, Table] | None = None) -> Iterator[Services]:
    with (
        PxWebServer(tables) as ssb,
        KlassServer(classifications()) as klass,
        FhiServer(fhi_tables() if fhi is None else fhi) as served,
        with_some() as registers,
    ):
        yield Services(ssb, klass, served, registers)


def played(folder: Path, declared: Catalogue | None = None, again: Path | None = None) -> list[probe.Result]:
    """What a recording gives, with no server running."""
    known = declared or real_catalogue()
    return list(probe.look(known, Providers(known.providers, replay=folder), again))


@dataclass
class Look:
    """One recorded look."""

    folder: Path
    results: dict[str, probe.Result]
    asked: set[str]

    @property
    def report(self) -> str:
        return (self.folder / probe.REPORT).read_text(encoding="utf-8")

    @property
    def changes(self) -> list[dict[str, Any]]:
        return json.loads((self.folder / probe.CHANGES).read_text(encoding="utf-8"))


def recorded(tables: list[SyntheticTable], folder: Path) -> Look:
    with services(tables) as served:
        results = served.look(folder)
        return Look(folder, {result.subject: result for result in results}, served.asked)


@pytest.fixture(scope="module")
def different(tmp_path_factory: pytest.TempPathFactory) -> Look:
    return recorded(seeded(), tmp_path_factory.mktemp("probe") / "different")


@pytest.fixture(scope="module")
def mended_folder(different: Look, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the catalogue with what changes.json suggests."""
    folder = shutil.copytree(HERE, tmp_path_factory.mktemp("mended") / "catalogue")
    mending.mend(folder, mending.read_changes(different.folder / probe.CHANGES))
    return folder


def test_tables_as_declared_are_confirmed(tmp_path: Path) -> None:
    look = recorded(list(synthetic_tables().values()), tmp_path / "as declared")
    assert look.results.keys() == {*real_catalogue().asked, ZONES}
    assert re.search(r"confirmed: \d+ tables looked at, 0 have living-conditions zones", look.results[ZONES].words)
    assert {name: result.words for name, result in look.results.items() if result.state != "confirmed"} == {}
    assert look.changes == []


def test_ten_seeded_differences_are_found_with_their_kind_and_nothing_else(different: Look) -> None:
    expected: dict[str, set[str]] = {}
    for name, table in real_catalogue().tables.items():
        for kind, (number, _change) in SEEDS.items():
            if table.asked_as == number and name not in ("ssb/06265",):  # asked for through a list that is still there
                expected[name] = {kind}
    found = {
        name: {difference.kind for difference in result.differences}
        for name, result in different.results.items()
        if result.state != "confirmed"
    }
    # 06070 is asked for in two ways, and so are others: each query has its own finding.
    assert found == expected
    assert set.union(*found.values()) == set(SEEDS)
    assert different.results["ssb/13502"].state == "gone"


def test_every_difference_comes_with_changes_that_name_old_and_new(different: Look) -> None:
    changes = {(change["source"], tuple(change["path"]), change["old"]): change["new"] for change in different.changes}
    assert changes["ssb/13563", ("selection",), "HovArbStyrkStatus"] == "ArbStyrkStatus"
    assert changes["ssb/11084", ("selection", "HusholdStr"), None] == {"values": ["99"]}
    assert changes["ssb/12275", ("selection",), "KOKbvfunksjon0000"] is None
    assert changes["ssb/06070", ("selection", "HushType", "values"), "010"] is None
    assert changes["ssb/06265_summed", ("selection", "Region", "codelist"), "agg_KommSummer"] == "agg_KommSummer26"
    assert changes["ssb/08487", ("area",), "Gjerningssted"] == "GjerningsKomm"
    assert changes["ssb/06944", ("time",), "Tid"] == "Aar"
    assert changes["ssb/08764", ("selection", "ContentsCode", "values"), "EUskala60"] == "EUskala60p"
    assert changes["ssb/13502", ("number",), None] == "14999"
    assert changes["ssb/07459", ("selection", "Tid", "values"), "from(2015)"] == "from(2016)"


def test_the_suggested_changes_applied_make_the_same_probe_confirm_all(mended_folder: Path) -> None:
    with services(seeded()) as served:
        results = served.look(None, mended_folder)
    assert {result.subject: result.words for result in results if result.state != "confirmed"} == {}


def test_the_mended_catalogue_is_confirmed_by_the_recording_too(different: Look, mended_folder: Path) -> None:
    results = played(different.folder, yaml.load(mended_folder))
    assert {result.subject: result.words for result in results if result.state != "confirmed"} == {}


@pytest.mark.slow
def test_comments_and_entries_that_are_not_concerned_stay_as_written(different: Look, mended_folder: Path) -> None:
    for path in HERE.glob("*.yaml"):
        before, after = (folder.read_text(encoding="utf-8") for folder in (path, mended_folder / path.name))
        for line in before.splitlines():
            if line.lstrip().startswith("#"):
                assert line in after, path.name
    texts = [(folder / "sources.yaml").read_text(encoding="utf-8") for folder in (HERE, mended_folder)]
    concerned = {change["source"] for change in different.changes}
    for name in set(real_catalogue().asked) - concerned:
        assert mending.entry_of(texts[0], name) == mending.entry_of(texts[1], name) != ""


def test_changes_are_not_made_twice(different: Look, mended_folder: Path) -> None:
    before = {path: path.read_bytes() for path in mended_folder.glob("*.yaml")}
    with pytest.raises(ValueError, match=r"ssb/12275: selection has no 'KOKbvfunksjon0000'; was it changed already"):
        mending.mend(mended_folder, mending.read_changes(different.folder / probe.CHANGES))
    assert {path: path.read_bytes() for path in mended_folder.glob("*.yaml")} == before


def test_the_report_says_of_every_query_what_it_is_and_shows_its_mended_entry(different: Look) -> None:
    report = different.report
    for name, result in different.results.items():
        assert name in report
        assert all(difference.words in report for difference in result.differences)
    assert "codelist: agg_KommSummer26}" in report
    assert "employment_rate" in report


# --- playing back ---------------------------------------------------------------------------------------------------


def test_the_recording_plays_back_to_the_same_report_with_the_servers_stopped(different: Look, tmp_path: Path) -> None:
    played(different.folder, again=tmp_path / "again")
    for name in (probe.REPORT, probe.CHANGES):
        assert (tmp_path / "again" / name).read_bytes() == (different.folder / name).read_bytes()


def test_the_doctor_finds_in_the_recording_what_the_probe_found(different: Look, tmp_path: Path) -> None:
    settings = Settings(f"replay:{different.folder}", data_dir=tmp_path, inbox=tmp_path / "inbox")
    findings = {finding.subject: finding for finding in doctor.examine(settings)}
    for name, result in different.results.items():
        assert findings[name].message == result.words
        fault = None if result.unverified else False
        assert findings[name].good is (True if result.state == "confirmed" else fault)


def test_nothing_but_what_was_asked_for_is_in_the_folder(different: Look) -> None:
    store = SnapshotStore(different.folder)
    fetches = store.fetches()
    assert [fetch.source for fetch in fetches] != []
    assert len({fetch.source for fetch in fetches}) == len(fetches) == len(real_catalogue().asked) + 1  # and ZONES
    requests = {request_of(answer) for fetch in fetches for answer in fetch.responses}
    refused = {refusal["key"].partition("?")[0] for fetch in fetches for refusal in fetch.notes.get("refused", [])}
    assert {f"{request.method} {request.path}" for request in requests} | refused == different.asked
    hashes = {answer.sha256 for fetch in fetches for answer in fetch.responses}
    files = [path for path in different.folder.rglob("*") if path.is_file()]
    assert {path.stem for path in files if path.suffix == ".zst"} == hashes
    others = {path.name for path in files if path.suffix != ".zst" and "index" not in path.parts}
    assert others == {probe.REPORT, probe.CHANGES}


@pytest.mark.slow
def test_no_table_is_asked_for_more_than_one_cell_and_no_request_is_made_twice(tmp_path: Path) -> None:
    with services(seeded()) as served:
        served.look(tmp_path / "probe")
        requests = [(request.method, request.path, request.params, request.body) for request in served.ssb.requests]
    assert len(set(requests)) == len(requests)
    for fetch in SnapshotStore(tmp_path / "probe").fetches():
        if fetch.provider in ("ssb", "fhi") and fetch.data:
            [answer] = fetch.data
            body = json.loads(SnapshotStore(tmp_path / "probe").get(answer.sha256))
            assert len(body["value"]) == 1
            assert answer.method == "POST" or body["extension"]["px"]["tableid"] == answer.path.split("/")[2]


# --- out of reach ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ssb", "klass", "fhi"])
def test_a_provider_out_of_reach_is_said_once_and_the_rest_is_probed(name: str, tmp_path: Path) -> None:
    with services(list(synthetic_tables().values())) as served:
        nobody = unhurried("http://127.0.0.1:9", name)
        usual = served.transport_of
        served.transport_of = lambda asked: nobody if asked == name else usual(asked)  # type: ignore[method-assign]
        results = served.look(tmp_path / "probe")
    lost = [result for result in results if result.state == "not reached"]
    mine = [source for source in real_catalogue().asked if source.startswith(f"{name}/")]
    assert [list(result.sources) for result in lost] == [mine]
    others = {result.subject for result in results if result.state == "confirmed"}
    assert others - {ZONES} == set(real_catalogue().asked) - set(mine)
    assert (ZONES in others) == (name != "fhi")
    assert [result.words for result in played(tmp_path / "probe")] == [result.words for result in results]


def ssb_tables_from(first: str) -> list[str]:
    names = [name for name, table in real_catalogue().tables.items() if table.provider == "ssb"]
    return names[names.index(first) :]


@pytest.mark.parametrize(
    ("failing", "lost"),
    [
        # Asked for in two ways: one table that does not answer is no reason to give the provider up.
        (["13563"], [["ssb/13563_summed"], ["ssb/13563"]]),
        (["08764", "09429"], [["ssb/08764"], ssb_tables_from("ssb/09429")]),
    ],
)
def test_a_provider_is_given_up_where_two_tables_running_do_not_answer(
    failing: list[str], lost: list[list[str]], tmp_path: Path
) -> None:
    with services(list(synthetic_tables().values())) as served:
        for number in failing:
            served.ssb.fail("503", times=99, path=f"/tables/{number}/metadata")
        results = served.look(tmp_path / "probe")
    assert [list(result.sources) for result in results if result.state == "not reached"] == lost
    assert [result.words for result in played(tmp_path / "probe")] == [result.words for result in results]


def test_what_was_seen_before_an_interrupt_is_written(tmp_path: Path) -> None:
    known = real_catalogue()
    with services(seeded()) as served:
        providers = Providers(known.providers, anyway=True)
        looking = probe.look(known, providers, tmp_path / "probe", transport_of=served.transport_of)
        seen = [next(looking) for _ in range(3)]
        looking.close()
    assert [result.subject for result in seen] == list(known.tables)[:3]
    assert "ssb/07459_summed" in (tmp_path / "probe" / probe.REPORT).read_text(encoding="utf-8")
    assert {fetch.source for fetch in SnapshotStore(tmp_path / "probe").fetches()} == {
        result.subject for result in seen
    }


def test_a_provider_in_its_closed_hours_is_not_asked(tmp_path: Path) -> None:
    known = real_catalogue()
    with services(list(synthetic_tables().values())) as served:
        providers = Providers(known.providers, clock=lambda: datetime(2026, 11, 25, 5, tzinfo=UTC))
        results = list(probe.look(known, providers, tmp_path / "probe", transport_of=served.transport_of))
        assert served.ssb.requests == []
    [closed] = [result for result in results if result.state == "not reached"]
    assert closed.subject == "ssb"
    assert "until 08:20" in closed.message
    assert [result.words for result in played(tmp_path / "probe")] == [result.words for result in results]


def test_a_table_whose_metadata_is_renewed_is_not_called_gone(tmp_path: Path) -> None:
    class Renewing(PxWebServer):
        def answer(self, dialect: Any) -> Any:
            if dialect.request.path == "/tables/11084/metadata":
                dialect.request.path = "/tables/nowhere/metadata"
            return super().answer(dialect)

    with services(list(synthetic_tables().values())) as served:
        served.ssb.__class__ = Renewing
        results = {result.subject: result for result in served.look(tmp_path / "probe")}
    assert results["ssb/11084"].state == "not reached"
    assert "being renewed" in results["ssb/11084"].message
    assert results["ssb/13563"].state == "confirmed"


@pytest.mark.slow
def test_suggestions_reach_residents_and_ranges_and_never_take_one_area_for_another(tmp_path: Path) -> None:
    tables = synthetic_tables()
    tables["04362"] = without_code(renamed(tables["04362"], "Kjonn", "Kjoenn"), "Region", "06020603")
    tables["06944"] = without_code(tables["06944"], "Region", "3005")
    look = recorded(list(tables.values()), tmp_path / "probe")
    changes = mending.read_changes(look.folder / probe.CHANGES)
    assert set(changes) == {
        Change("ssb/04362", ("selection",), "Kjonn", "Kjoenn"),
        Change("ssb/04362", ("residents", "sex"), "Kjonn", "Kjoenn"),
        Change("ssb/04362", ("selection", "Region", "values"), "06020603", None),
        Change("ssb/06944", ("selection", "Region", "values"), "3005", None),
    }
    folder = shutil.copytree(HERE, tmp_path / "catalogue")
    assert mending.mend(folder, changes) == [folder / "sources.yaml"]
    results = played(look.folder, yaml.load(folder))
    assert {result.subject: result.words for result in results if result.state != "confirmed"} == {}


def test_what_nothing_is_like_is_left_to_a_person(tmp_path: Path) -> None:
    tables = synthetic_tables()
    del tables["11084"]
    tables["09429"] = without_code(tables["09429"], "Kjonn", "0")
    look = recorded(list(tables.values()), tmp_path / "probe")
    assert look.results["ssb/11084"].state == "gone"
    assert look.results["ssb/09429"].state == "differs"
    assert look.changes == []
    assert look.report.count("Somebody must decide") == 2


def test_a_classification_and_a_table_of_fhi_that_differ_are_found(tmp_path: Path) -> None:
    fhi = fhi_tables()
    fhi["507"].dimensions["UTDANNING"] = fhi["507"].dimensions.pop("UTDANN")
    fhi["507"].cells = {}
    del fhi["795"]
    with services(list(synthetic_tables().values()), fhi) as served:
        units = served.klass.classifications["1"]
        tracts = replace(units, codes=units.codes[units.codes["level"] == "1"])
        served.klass.classifications = {**served.klass.classifications, "1": tracts}
        del served.klass.classifications["104"]
        results = {result.subject: result for result in served.look(tmp_path / "probe")}
    found = {
        name: [difference.kind for difference in result.differences]
        for name, result in results.items()
        if result.state != "confirmed"
    }
    assert found == {
        "klass/1": ["level gone"],
        "klass/104": ["table gone"],
        "fhi/507": ["variable renamed"],
        "fhi/795": ["table gone"],
    }


def test_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"not empty"):
        played(tmp_path, again=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.slow  # as polite as on any night: it waits for a minute
def test_the_command_line_records_and_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVEKAR_ANYWAY", "1")
    given = ["doctor", "--data-dir", str(tmp_path / "data"), "--inbox", str(tmp_path / "inbox"), "--sources"]
    with services(seeded()) as served:
        for name in ("ssb", "klass", "fhi"):
            monkeypatch.setenv(f"LEVEKAR_{name.upper()}_URL", getattr(served, name).url)
        live = CliRunner().invoke(app, [*given, "live", "--record", str(tmp_path / "probe")])
    again = CliRunner().invoke(app, [*given, f"replay:{tmp_path / 'probe'}"])
    assert live.exit_code == again.exit_code == 1
    *findings, said = live.output.splitlines()
    # The last is the edition's, of which each source set has its own.
    assert findings[:-1] == again.output.splitlines()[:-1]
    assert said == f"recorded in {tmp_path / 'probe'}: read {probe.REPORT} there"
    assert sum("code list gone" in line for line in findings) == 1


def test_only_providers_that_are_asked_can_be_recorded(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["doctor", "--sources", "files", "--record", str(tmp_path / "probe")])
    assert isinstance(said.exception, SettingsError)
    assert not (tmp_path / "probe").exists()
