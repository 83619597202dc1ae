"""`levekar refresh` with its options, environment and exit codes; the stages behind it: integration/test_stages.py."""

import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from data.demo import generate
from indicators import catalogue
from pipelines.settings import DEMO
from pipelines.storage.snapshots import SnapshotStore
from tests.e2e.conftest import Levekar, Published
from tests.fhi_server import FhiServer
from tests.integration.test_stages import fhi_tables
from tests.klass_server import KlassServer, from_areas
from tests.pxweb_server import PxWebServer


@pytest.fixture(scope="module")
def server() -> Iterator[PxWebServer]:
    _first, now = generate.Maker().tables()
    with PxWebServer(now) as server:
        yield server


@pytest.fixture(scope="module")
def klass() -> Iterator[KlassServer]:
    with KlassServer(from_areas(*generate.official_areas())) as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def fhi() -> Iterator[FhiServer]:
    """FHI's tables as sources.yaml asks for them, with synthetic figures."""
    with FhiServer(fhi_tables()) as server:
        yield server


@pytest.fixture(autouse=True)
def fhi_address(fhi: FhiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVEKAR_FHI_URL", fhi.url)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


def fetched(server: PxWebServer) -> set[str]:
    tables = {request.path.split("/")[2] for request in server.requests if request.path.endswith("/data")}
    server.requests.clear()
    return tables


@pytest.mark.slow
def test_live_fetches_from_the_address_in_the_environment_and_unchanged_fetches_nothing(
    server: PxWebServer,
    klass: KlassServer,
    fhi: FhiServer,
    live: Path,
    levekar: Levekar,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = {"SSB_URL": server.url, "KLASS_URL": klass.url, "SOURCES": "live", "DATA_DIR": live, "AREA": "drammen"}
    settings["INBOX"] = live / "none"
    for name, value in settings.items():
        monkeypatch.setenv(f"LEVEKAR_{name}", str(value))
    first = levekar("refresh")
    assert first.code == 0, first.err
    assert fetched(server) == set(server.tables)
    assert "source set live" in first.out
    assert "SYNTHETIC" not in first.out
    assert {path.name for path in live.iterdir()} == {"live", "dagster", ".paces"}

    # Comparators for health and crowding come by themselves.
    query = "SELECT DISTINCT indicator_id, area_id FROM measure WHERE source_table LIKE 'fhi/%' AND value IS NOT NULL"
    compared = levekar("sql", "--json", query)
    assert {"indicator_id": "life_expectancy", "area_id": "drammen"} in json.loads(compared.out)
    assert {"indicator_id": "mental_symptoms", "area_id": "norway"} in json.loads(compared.out)

    klass.asked.clear()
    fhi.asked.clear()
    again = levekar("refresh")
    assert again.code == 0, again.err
    # Whether a classification was modified stands in its metadata: nothing else is asked for.
    assert sorted(klass.asked) == sorted(
        f"/api/klass/v1/classifications/{one}?language=nb" for one in klass.classifications
    )
    assert fetched(server) == set()
    assert "the edition stands." in again.out
    # FHI is asked what it modified since, and for no figure.
    assert [one for one in fhi.asked if one.endswith("/data")] == []

    doctor = levekar("doctor")
    assert doctor.code == 0, doctor.out
    assert fetched(server) == set()


@pytest.mark.slow  # as polite as on any night: it waits for a minute
def test_doctor_names_what_a_provider_has_changed(
    server: PxWebServer, klass: KlassServer, tmp_path: Path, levekar: Levekar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEVEKAR_SSB_URL", server.url)
    monkeypatch.setenv("LEVEKAR_KLASS_URL", klass.url)
    gone = server.tables.pop("11084")
    try:
        said = levekar("doctor", "--sources", "live", "--data-dir", tmp_path, "--inbox", tmp_path)
    finally:
        server.tables["11084"] = gone
    assert said.code == 1
    assert [line[:16] for line in said.out.splitlines() if line.startswith("fault")] == ["fault ssb/11084:"]
    assert "404 for table '11084': it does not exist" in said.out


@pytest.mark.slow
def test_without_klass_the_figures_are_published_with_a_warning(
    server: PxWebServer, tmp_path: Path, levekar: Levekar, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
    monkeypatch.setenv("LEVEKAR_SSB_URL", server.url)
    monkeypatch.setenv("LEVEKAR_KLASS_URL", f"http://127.0.0.1:{nobody}")
    said = levekar("refresh", "--sources", "live", "--data-dir", tmp_path, "--inbox", tmp_path / "none")
    assert said.code == 0, said.err
    assert "warning: 4 sources (klass/1, klass/103, klass/104, …): " in said.err
    with duckdb.connect(str(tmp_path / "live" / "levekar.duckdb"), read_only=True) as edition:
        assert edition.execute("SELECT count(*) FROM official_area").fetchone() == (0,)
        [(drammen,)] = edition.execute("SELECT population FROM area WHERE area_id = 'drammen'").fetchall()
        assert drammen > 90_000


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An inbox with (synthetic) deliveries, as they lie in the demo's snapshots."""
    kept = SnapshotStore(DEMO / "snapshots")
    inbox = tmp_path_factory.mktemp("inbox")
    for contract_id in ("fhi_crowding", "udir_wellbeing_grade10"):
        stored = kept.latest("delivery", contract_id).data[0]
        (inbox / stored.path).write_bytes(kept.get(stored.sha256))
    return inbox


@pytest.mark.slow
def test_files_bad_deliveries_and_their_exit_codes(delivered: Path, tmp_path: Path, levekar: Levekar) -> None:
    inbox = shutil.copytree(delivered, tmp_path / "inbox")
    options = ("--sources", "files", "--area", "drammen", "--data-dir", tmp_path / "store")
    crowding = ("sql", "--json", "SELECT * FROM measure WHERE indicator_id LIKE 'crowding%' ORDER BY ALL")

    def figures() -> list[dict]:
        return json.loads(levekar(*crowding, "--sources", "files", "--data-dir", tmp_path / "store").out)

    empty = tmp_path / "empty"
    empty.mkdir()
    nothing = levekar("refresh", *options, "--inbox", empty)
    assert nothing.code == 1
    assert "Nothing was published" in nothing.err
    assert not (tmp_path / "store" / "files" / "levekar.duckdb").is_symlink()

    good = levekar("refresh", *options, "--inbox", inbox)
    assert good.code == 0, good.err
    before = figures()
    assert before

    file = inbox / "syntetisk_fhi_crowding.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines, lines[-1], ""]), encoding="utf-8")
    shutil.copyfile(delivered / "syntetisk_udir_wellbeing_grade10.csv", inbox / "newer.csv")
    content = (inbox / "newer.csv").read_bytes()
    (inbox / "newer.csv").write_bytes(content + content.splitlines(keepends=True)[-1].decode().encode("utf-16-be"))
    bad = levekar("refresh", *options, "--inbox", inbox)
    assert bad.code == 3
    twice = f"one figure given twice (1, the first in row {len(lines)})"
    assert f"failed: delivery/fhi_crowding: a file was not taken: {twice}" in bad.err
    assert "stand." in bad.err
    assert "it cannot be searched for personal data" in bad.err
    assert not file.exists()  # it lies in quarantine, with its reasons
    [folder] = (tmp_path / "quarantine").glob("*-syntetisk_fhi_crowding.csv")
    assert (folder / file.name).read_text(encoding="utf-8").splitlines() == [*lines, lines[-1]]
    reasons = (folder / "reasons.md").read_text(encoding="utf-8")
    assert f"| row {len(lines)} |  | gives the same figure as row {len(lines) + 1}" in reasons
    assert figures() == before


@pytest.mark.slow  # a refresh
def test_of_a_good_and_a_bad_first_file_of_one_contract_the_good_one_is_published_and_the_exit_is_3(
    delivered: Path, tmp_path: Path, levekar: Levekar
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    good = shutil.copy(delivered / "syntetisk_fhi_crowding.csv", inbox / "good.csv")
    lines = good.read_text(encoding="utf-8").splitlines()
    bad = inbox / "bad.csv"
    bad.write_text("\n".join([*lines, lines[-1], ""]), encoding="utf-8")
    options = ("--sources", "files", "--area", "drammen", "--data-dir", tmp_path / "store")
    done = levekar("refresh", *options, "--inbox", inbox)
    assert done.code == 3
    assert "Nothing was published" not in done.out + done.err
    assert "failed: delivery/fhi_crowding: a file was not taken: one figure given twice" in done.err
    assert (good.exists(), bad.exists()) == (True, False)  # the bad one lies in quarantine
    query = "SELECT count(*) AS n FROM observation WHERE table_id = 'fhi_crowding'"
    [row] = json.loads(levekar("sql", "--json", query, "--sources", "files", "--data-dir", tmp_path / "store").out)
    assert row["n"] == len(lines) - 1  # a figure in each row below the header


@pytest.mark.slow
def test_with_nothing_to_replay_every_source_says_so_and_nothing_is_published(tmp_path: Path, levekar: Levekar) -> None:
    (tmp_path / "nothing").mkdir()
    said = levekar("refresh", "--sources", f"replay:{tmp_path / 'nothing'}", "--data-dir", tmp_path / "store")
    assert said.code == 1
    assert "failed: 2 sources (ssb/07459, ssb/07459_summed): " in said.err
    assert "Nothing was published" in said.err
    assert not (tmp_path / "store" / "replay" / "levekar.duckdb").is_symlink()


@pytest.mark.slow
def test_one_machines_snapshots_give_another_the_same_figures(
    demo: Published, tmp_path: Path, levekar: Levekar
) -> None:
    replay = ("--sources", f"replay:{DEMO / 'snapshots'}", "--data-dir", tmp_path)
    # Which figures keep a small one company is chosen by the store's key.
    (tmp_path / "replay").mkdir()
    shutil.copyfile(demo.folder / "demo" / "secret", tmp_path / "replay" / "secret")
    said = levekar("refresh", *replay)
    assert said.code == 0, said.err
    query = ("sql", "--csv", "SELECT * FROM series ORDER BY ALL")
    assert levekar(*query, *replay).out == levekar(*query, "--data-dir", demo.folder).out
    assert "source_set,replay" in levekar("sql", "--csv", "FROM meta", *replay).out


@pytest.mark.slow
def test_one_group_can_be_run_alone(demo_copy: Path, levekar: Levekar) -> None:
    def written(stage: str) -> dict[str, int]:
        folder = demo_copy / "demo" / "lake" / stage
        return {path.name: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}

    before = {stage: written(stage) for stage in ("facts", "measures", "series")}
    edition = (demo_copy / "demo" / "levekar.duckdb").readlink()
    said = levekar("refresh", "--only", "series", "--full", "--data-dir", demo_copy)
    assert said.code == 0, said.err
    assert {stage for stage in before if written(stage) != before[stage]} == {"series"}
    assert (demo_copy / "demo" / "levekar.duckdb").readlink() == edition


@pytest.mark.slow
def test_in_closed_hours_a_refresh_says_until_when_and_publishes_from_what_it_has(
    tmp_path: Path, levekar: Levekar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is the machine's, so the hours are moved: the provider is closed all day."""
    from datetime import time

    known = catalogue.load()
    all_day = [(time(0, 0), time(23, 59))]
    closed = known.providers["ssb"].model_copy(update={"closed_hours": all_day})
    monkeypatch.setattr(catalogue, "load", lambda: replace(known, providers={**known.providers, "ssb": closed}))
    monkeypatch.delenv("LEVEKAR_ANYWAY")
    nobody = "http://127.0.0.1:9/"
    for name in ("KLASS", "FHI", "SSB"):
        monkeypatch.setenv(f"LEVEKAR_{name}_URL", nobody)
    said = levekar("refresh", "--sources", "live", "--data-dir", tmp_path, "--inbox", tmp_path / "none")
    assert said.code == 1  # nothing was ever fetched
    assert "not asked: ssb: the provider renews its figures until 23:59 (Europe/Oslo)" in said.err
    assert "failed: ssb/" not in said.err
