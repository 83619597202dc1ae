"""Dagster's own folder of one source set: its settings, runs whose process died, and how long runs are kept.

What a run does belongs elsewhere. Each run holds a lock from its start to its end, which the system releases when its
process dies: so a run that Dagster still takes for started, and whose lock is free, is dead.
"""

import hashlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import dagster as dg

# Where the job of a run is defined, as Dagster's page keeps it of the runs that it starts; it has no public name.
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from filelock import FileLock, Timeout

from pipelines.settings import PROJECT, Settings
from pipelines.storage import files
from pipelines.storage.store import Store

_LOCATION, _REPOSITORY = "pipelines.workplace.definitions", "__repository__"
REPOSITORY = {".dagster/repository": f"{_REPOSITORY}@{_LOCATION}"}
"""The tag by which Dagster's timeline and the page of a job find their runs; it gives it to its own runs alone."""
STARTED_ONCE_MORE = {"dagster/max_retries": "1", "dagster/retry_strategy": "ALL_STEPS"}
"""Of a run that nobody sits before: where its process dies, it is started anew, and finds done what was done."""
KEPT_DAYS = 90
"""Runs older than this are removed, but for those that made what the page of an asset shows."""
_SETTINGS, _AS_SHIPPED = "dagster.yaml", ".dagster.yaml.sha256"
_RUNNING = "running"


def prepare_dagster_home(settings: Settings) -> Path:
    """Make the folder of the source set's Dagster instance, with `dagster.yaml` in it, and return it.

    A `dagster.yaml` that somebody edited stays as it is. Whatever is kept beside the instance for nobody else to read
    is closed, as older versions left it open.
    """
    Store(settings.root).make_folders()
    home = settings.dagster_home
    files.make_folder(home)
    _put_settings(home)
    kept = (settings.root / name for name in ("snapshots", "lake", "charts", "nights"))
    for folder in (*kept, home.parent, settings.paces, settings.quarantine, settings.held):
        files.close(folder)
    return home


def _put_settings(home: Path) -> None:
    shipped = (PROJECT / _SETTINGS).read_bytes()
    there, put = home / _SETTINGS, home / _AS_SHIPPED
    if there.exists() and _digest(there.read_bytes()) != _put_before(put):
        return  # somebody's own
    files.write(there, shipped)
    files.write(put, _digest(shipped).encode())


def _put_before(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="replace") if path.exists() else ""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def running(home: Path, run_id: str) -> Iterator[None]:
    """Hold the lock of a run, as long as its process lives."""
    folder = home / _RUNNING
    files.make_folder(folder)
    path = folder / run_id
    lock = FileLock(path, mode=files.PRIVATE, thread_local=False)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()
        with suppress(OSError):
            path.unlink(missing_ok=True)


def end_dead_runs(instance: dg.DagsterInstance, home: Path) -> list[str]:
    """Have Dagster know of runs whose process died that they ended; return their ids."""
    filters = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
    ended = []
    for run in instance.get_runs(filters):
        path = home / _RUNNING / run.run_id
        if path.exists() and _is_free(path):
            words = "The run's process ended in the middle, by a kill or a power cut. What it had finished stands."
            instance.report_run_failed(run, words)
            let_be_run_again(instance, run.run_id)
            path.unlink(missing_ok=True)
            ended.append(run.run_id)
    return ended


def let_be_run_again(instance: dg.DagsterInstance, run_id: str) -> None:
    """Note of a run of the command line where its job is defined: *Re-execute* on its page fails without."""
    run = instance.get_run_by_id(run_id)
    if run is not None:
        origin = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(_LOCATION), _REPOSITORY)
        instance.run_storage.replace_job_origin(run, RemoteJobOrigin(origin, run.job_name))


def _is_free(path: Path) -> bool:
    try:
        with FileLock(path, timeout=0):
            return True
    except Timeout:
        return False


def sweep(instance: dg.DagsterInstance, home: Path, days: float = KEPT_DAYS) -> int:
    """Remove runs that are older than `days`, with their logs; return how many.

    Those that made what the page of an asset shows now stay, and so does one that has not ended.
    """
    before = time.time() - days * 86_400
    shown = _shown(instance)
    old = [
        record.dagster_run
        for record in instance.get_run_records(ascending=True)
        if record.create_timestamp.timestamp() < before
    ]
    gone = [run.run_id for run in old if run.is_finished and run.run_id not in shown]
    for run_id in gone:
        instance.delete_run(run_id)
        # Dagster empties the database of a run, and leaves it lying.
        for left in (home / "history" / "runs").glob(f"{run_id}.db*"):
            left.unlink(missing_ok=True)
        shutil.rmtree(home / "storage" / run_id, ignore_errors=True)
    return len(gone)


def _shown(instance: dg.DagsterInstance) -> set[str]:
    """Return the runs of which some asset shows its last materialisation."""
    keys = instance.all_asset_keys()
    events = instance.get_latest_materialization_events(keys).values() if keys else ()
    return {event.run_id for event in events if event is not None}
