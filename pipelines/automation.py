"""When the work is done: the nightly schedule, and the refresh that the command line runs now.

Both run the same job. What the job does stands in `assets`.
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import dagster as dg

from pipelines import checks
from pipelines.assets import inbox, publication, snapshots
from pipelines.deliveries import checking
from pipelines.deliveries.receive import StillWritten
from pipelines.resources import Settings, SettingsError, Workspace, prepare_dagster_home
from pipelines.storage import warehouse
from pipelines.storage.snapshots import DELIVERED

# Between the providers' closed hours (sources.yaml), when neither figures nor metadata are being renewed.
NIGHT = "10 3 * * *"
TICK = 10  # seconds between two looks at the inbox

State = Literal["published", "unchanged", "nothing published"]


def nightly(job: dg.ScheduleDefinition | object) -> dg.ScheduleDefinition:
    """Return the schedule of the night, off until someone turns it on."""
    return dg.ScheduleDefinition(
        name="nightly",
        job=job,  # type: ignore[arg-type]
        cron_schedule=NIGHT,
        execution_timezone="Europe/Oslo",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Refresh everything, outside the hours in which the providers renew their figures.",
    )


@dataclass(frozen=True)
class Refreshed:
    """What a refresh came to: its state, and each failure and each warning by source, check or step."""

    state: State
    failures: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def exit_code(self) -> int:
        """0; 3 where figures stand published but something failed; 1 where nothing is published."""
        if self.state == "nothing published":
            return 1
        return 3 if self.failures else 0


def refresh(definitions: dg.Definitions, workspace: Workspace, only: str | None = None) -> Refreshed:
    """Ask every source whether it changed, then run the job on what did and on all that depends on it.

    only: a stage (snapshots, facts, measures, series, publication) to run alone. Where nothing changed, no run is
    started at all.
    """
    changed = [name for name in workspace.catalogue.source_names if snapshots.changed(workspace, name)]
    if only is None and not changed and not inbox.pending(workspace, None) and publication.is_current(workspace):
        return Refreshed("unchanged")
    return _run(definitions, workspace, _selection(workspace, changed, only))


def deliver(definitions: dg.Definitions, workspace: Workspace, contracts: Collection[str | None]) -> Refreshed:
    """Run the job on the deliveries of these contracts (None: on files that fit none), and on what depends on them.

    No provider is asked. Where nothing stands published yet, everything that the store has is.
    """
    return _run(definitions, workspace, sorted(_delivered_keys(definitions, workspace, contracts)))


def _delivered_keys(
    definitions: dg.Definitions, workspace: Workspace, contracts: Collection[str | None]
) -> Collection[dg.AssetKey]:
    """Return the snapshots of these contracts and all that depends on them; everything, where nothing is published."""
    keys = [_delivery_key(contract) for contract in contracts]
    if warehouse.current(workspace.settings.root) is None:
        replayed = workspace.catalogue.source_names if workspace.replayed is not None else []
        stages = publication.stage_keys(workspace.catalogue)
        stages["snapshots"] = [*keys, *(dg.AssetKey(["snapshot", *name.split("/")]) for name in replayed)]
        return {key for stage in stages.values() for key in stage}
    return dg.AssetSelection.keys(*keys).downstream().resolve(definitions.resolve_asset_graph())


def _delivery_key(contract: str | None) -> dg.AssetKey:
    return inbox.KEY if contract is None else dg.AssetKey(["snapshot", DELIVERED, contract])


def _run(definitions: dg.Definitions, workspace: Workspace, selection: Sequence[dg.AssetKey]) -> Refreshed:
    failures: dict[str, str] = {}
    job = definitions.resolve_job_def("refresh")
    with dg.DagsterInstance.from_config(str(prepare_dagster_home(workspace.settings))) as instance:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=list(selection),
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags={"levekar/trigger": "command line", "levekar/sources": workspace.settings.sources},
        )
        found = [row for row in checks.results(instance, result.run_id) if not row["passed"]]
    told = {severity: _messages(found, severity) for severity in dg.AssetCheckSeverity}
    failures |= told[dg.AssetCheckSeverity.ERROR]
    for event in result.get_step_failure_events():
        error = event.step_failure_data.error
        failures[event.step_key or "run"] = _innermost(error) if error else "failed"
    return Refreshed(_state(workspace, result.success, failures), failures, warnings=told[dg.AssetCheckSeverity.WARN])


def inbox_sensor(job: object, definitions: Callable[[], dg.Definitions]) -> dg.SensorDefinition:
    """Return the sensor that takes what is dropped in the inbox, and refreshes what depends on it.

    definitions: gives the graph that the keys are resolved in, of which the sensor itself is a part.

    A file is taken when it is settled: as large and as old as it was a tick before, and not open for writing.
    """

    @dg.sensor(
        name="inbox",
        job=job,  # type: ignore[arg-type]
        minimum_interval_seconds=TICK,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Takes each file that is dropped in the inbox once it is settled, and publishes what follows.",
    )
    def look(context: dg.SensorEvaluationContext, workspace: dg.ResourceParam[Workspace]) -> dg.SensorResult:
        # Tools remember what they saw, so that each tick needs its own.
        fresh = Workspace(workspace.settings)
        before = json.loads(context.cursor or '{"last": {}, "asked": {}}')
        states = {path: _state_of(path) for path in fresh.inbox_files}
        names = {path: hashlib.sha256(str(path).encode()).hexdigest()[:16] for path in states}
        settled = [path for path, state in states.items() if before["last"].get(names[path]) == state]
        taken = [checking.taken_from(path) for path in settled if before["asked"].get(names[path]) != states[path]]
        whole = [one for one in taken if not isinstance(one.error, StillWritten)]
        asked = before["asked"] | {names[one.path]: states[one.path] for one in whole}
        cursor = json.dumps(
            {
                "last": {names[path]: state for path, state in states.items()},
                "asked": {name: state for name, state in asked.items() if name in names.values()},
            }
        )
        new = [one for one in whole if not fresh.is_known(one)]
        if not new:
            return dg.SensorResult(skip_reason=f"{len(states)} file(s), none of them new and settled", cursor=cursor)
        contracts = {checking.check(one, fresh.rules).contract for one in new}
        selection = _delivered_keys(definitions(), fresh, sorted(contracts, key=str))
        request = dg.RunRequest(
            run_key=hashlib.sha256("".join(f"{names[one.path]}{states[one.path]}" for one in new).encode()).hexdigest(),
            asset_selection=sorted(selection),
            tags={"levekar/trigger": "inbox", "levekar/sources": fresh.settings.sources},
        )
        return dg.SensorResult(run_requests=[request], cursor=cursor)

    return look


def _state_of(path: Path) -> list[int]:
    """What changes while a file is being written."""
    try:
        found = path.lstat()
    except OSError:
        return []  # gone again
    return [found.st_size, found.st_mtime_ns]


def _messages(rows: list[dict[str, Any]], severity: dg.AssetCheckSeverity) -> dict[str, str]:
    return {
        row["subject"].partition("/")[2]: row["message"] or row["check_name"]
        for row in rows
        if row["severity"] == severity.value
    }


def _state(workspace: Workspace, success: bool, failures: dict[str, str]) -> State:
    """Nothing is published where no edition stands, publication failed, or not one source of figures answered."""
    catalogue = workspace.catalogue
    counted = (name for name in catalogue.fact_sources if not snapshots.only_warns(catalogue, name))
    answered = [name for name in counted if name not in failures]
    heard = any(workspace.store.latest(*name.split("/")) for name in answered)
    if not success or not heard or warehouse.current(workspace.settings.root) is None:
        return "nothing published"
    return "published"


def _selection(workspace: Workspace, changed: list[str], only: str | None) -> list[dg.AssetKey]:
    stages = publication.stage_keys(workspace.catalogue)
    stages["snapshots"] = [inbox.KEY, *(dg.AssetKey(["snapshot", *name.split("/")]) for name in changed)]
    if only is None:
        return [key for keys in stages.values() for key in keys]
    if only not in stages:
        raise SettingsError(f"no group '{only}'; expected one of {', '.join(stages)}")
    return stages[only]


def _innermost(error: object) -> str:
    """Return the message of the error that started it, without Dagster's own wrapping."""
    while getattr(error, "cause", None) is not None:
        error = error.cause  # type: ignore[attr-defined]
    return str(getattr(error, "message", error)).strip()


def main() -> None:
    """Open the Dagster UI on 127.0.0.1, on the same instance that the command line writes to."""
    settings = Settings.from_environment()
    settings.inbox.mkdir(parents=True, exist_ok=True)  # so that there is a folder to drop files in
    home = prepare_dagster_home(settings).resolve()
    # Not beside the project's own dagster.yaml: Dagster would warn that it reads the other one.
    os.chdir(home)
    command = [sys.executable, "-m", "dagster", "dev", "-m", "pipelines.definitions", "-h", "127.0.0.1", *sys.argv[1:]]
    os.execve(command[0], command, os.environ | {"DAGSTER_HOME": str(home)})


if __name__ == "__main__":
    main()
