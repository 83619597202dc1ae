"""Dagster's own folder, with a real instance in it: its settings, runs whose process died, runs that are too old."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.settings import PROJECT, Settings, SettingsError
from pipelines.storage.nights import Nights
from pipelines.workplace import dagster_home, recording
from pipelines.workplace.night import compose
from pipelines.workplace.ui import _see_that_sources_are_chosen


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings("files", data_dir=tmp_path / "store", inbox=tmp_path / "inbox")


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(dagster_home.prepare_dagster_home(settings))) as instance:
        yield instance


@dg.asset
def some_asset() -> None:
    """Nothing."""


def test_settings_are_the_projects_until_somebody_edits_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = dagster_home.prepare_dagster_home(settings) / "dagster.yaml"
    assert there.read_bytes() == (PROJECT / "dagster.yaml").read_bytes()
    # A new version of ours takes the place of an old one.
    there.write_text("telemetry: {enabled: false}\n")
    (there.parent / ".dagster.yaml.sha256").write_text(dagster_home._digest(there.read_bytes()))
    dagster_home.prepare_dagster_home(settings)
    assert there.read_bytes() == (PROJECT / "dagster.yaml").read_bytes()
    there.write_text("telemetry: {enabled: false}\nrun_monitoring: {enabled: false}\n")
    edited = there.read_bytes()
    dagster_home.prepare_dagster_home(settings)
    assert there.read_bytes() == edited


def test_each_source_set_has_an_instance_of_its_own(settings: Settings, tmp_path: Path) -> None:
    other = Settings("demo", data_dir=settings.data_dir)
    assert dagster_home.prepare_dagster_home(settings) != dagster_home.prepare_dagster_home(other)


def test_runs_are_watched_and_one_at_a_time_is_let_through(instance: dg.DagsterInstance) -> None:
    assert instance.run_monitoring_enabled
    assert 0 < instance.run_monitoring_start_timeout_seconds <= 600
    assert 3600 < instance.run_monitoring_max_runtime_seconds <= 6 * 3600
    assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1
    assert instance.run_retries_enabled
    assert instance.run_retries_max_retries == 0
    assert not instance.run_retries_retry_on_asset_or_op_failure


HOLDER = """
import sys, time
from pathlib import Path
from pipelines.workplace import dagster_home
with dagster_home.running(Path(sys.argv[1]), sys.argv[2]):
    print("has it", flush=True)
    time.sleep(60)
"""


def started(instance: dg.DagsterInstance) -> str:
    """A run that Dagster takes for started."""
    run = instance.create_run_for_job(dg.Definitions([some_asset]).resolve_implicit_global_asset_job_def())
    instance.report_dagster_event(dg.DagsterEvent("PIPELINE_START", run.job_name), run.run_id)
    assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.STARTED
    return run.run_id


def test_a_run_whose_process_was_killed_ends_as_failed_and_a_living_one_goes_on(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    dead, alive = started(instance), started(instance)
    home = settings.dagster_home
    command = [sys.executable, "-c", HOLDER, home, dead]
    with (
        subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process,
        dagster_home.running(home, alive),
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "has it\n"
        assert dagster_home.end_dead_runs(instance, home) == []
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert dagster_home.end_dead_runs(instance, home) == [dead]
        assert instance.get_run_by_id(alive).status is dg.DagsterRunStatus.STARTED
    assert instance.get_run_by_id(dead).status is dg.DagsterRunStatus.FAILURE
    assert list((home / "running").iterdir()) == []


def test_old_runs_go_but_for_what_a_page_shows(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = dg.Definitions([some_asset]).resolve_implicit_global_asset_job_def()
    first, second = (job.execute_in_process(instance=instance).run_id for _ in range(2))
    assert dagster_home.sweep(instance, settings.dagster_home) == 0
    now = time.time()
    monkeypatch.setattr(dagster_home.time, "time", lambda: now + 91 * 86_400)
    assert dagster_home.sweep(instance, settings.dagster_home) == 1
    assert [run.run_id for run in instance.get_runs()] == [second]
    left = {path.name.partition(".")[0] for path in (settings.dagster_home / "history" / "runs").iterdir()}
    assert left == {second, "index"}
    assert not (settings.dagster_home / "storage" / first).exists()
    assert instance.get_latest_materialization_event(some_asset.key).run_id == second


def test_a_night_whose_process_died_is_written_down_by_the_next(settings: Settings) -> None:
    night = compose(settings)
    night.store.make_folders()
    lock = "import os, sys; from pathlib import Path; from pipelines.storage.store import Store\n"
    lock += "with Store(Path(sys.argv[1])).alone('levekar refresh', 5, print): os._exit(9)"
    subprocess.run([sys.executable, "-c", lock, settings.root], cwd=PROJECT, check=False)
    with night.store.alone("levekar refresh", 5, print):
        assert recording.record_death(night) is not None
        assert recording.record_death(night) is None
    [told] = Nights(settings.root).latest()
    assert (told.outcome, told.trigger, told.good) == ("broke off", "levekar refresh", False)
    with night.store.alone("levekar refresh", 5, print):
        assert recording.record_death(night) is None


def test_missed_nights_are_written_down_once_and_a_night_that_was_late_is_none(settings: Settings) -> None:
    night = compose(settings)
    begun = recording.Begun.now(night, "schedule")
    expected = recording.nights_between(recording.datetime(2026, 11, 1, tzinfo=recording.UTC), begun.started_at)[:9]
    assert len(recording.record_others(night, expected, begun)) == 9
    assert recording.record_others(night, expected, begun) == []
    told = list(Nights(settings.root).latest())
    assert {one.outcome for one in told} == {"missed"}
    assert [one.started_at for one in told] == sorted(expected, reverse=True)


def test_the_demo_is_not_opened_beside_real_figures_unless_somebody_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SOURCES", "DATA_DIR"):
        monkeypatch.delenv(f"LEVEKAR_{name}", raising=False)
    _see_that_sources_are_chosen(Settings(data_dir=tmp_path))
    (tmp_path / "live" / "warehouse").mkdir(parents=True)
    (tmp_path / "live" / "warehouse" / "CURRENT").write_text("levekar-x.duckdb")
    (tmp_path / "live" / "warehouse" / "levekar-x.duckdb").touch()
    with pytest.raises(SettingsError, match=r"figures of live, and no source set was chosen.*LEVEKAR_SOURCES=live"):
        _see_that_sources_are_chosen(Settings(data_dir=tmp_path))
    _see_that_sources_are_chosen(Settings("demo", data_dir=tmp_path))
    monkeypatch.setenv("LEVEKAR_SOURCES", "demo")
    _see_that_sources_are_chosen(Settings(data_dir=tmp_path))
