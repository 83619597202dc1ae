"""When the work is done: the nightly schedule, and the refresh that the command line runs now.

Both run the same job. What the job does stands in `assets`.
"""

import os
import sys
from dataclasses import dataclass, field
from typing import Any, Literal

import dagster as dg

from pipelines import checks
from pipelines.assets import publication, snapshots
from pipelines.resources import Settings, SettingsError, Workspace, prepare_dagster_home
from pipelines.storage import warehouse

# Between the providers' closed hours (sources.yaml), when neither figures nor metadata are being renewed.
NIGHT = "10 3 * * *"

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
    # A file that cannot be read belongs to no source: it fails under its own name.
    unreadable = workspace.inbox.unreadable if workspace.replayed is None else {}
    failures = {f"inbox/{path.name}": reason for path, reason in unreadable.items()}
    if only is None and not changed and publication.is_current(workspace):
        return Refreshed("unchanged", failures)
    job = definitions.resolve_job_def("refresh")
    with dg.DagsterInstance.from_config(str(prepare_dagster_home(workspace.settings))) as instance:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=_selection(workspace, changed, only),
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
    stages["snapshots"] = [dg.AssetKey(["snapshot", *name.split("/")]) for name in changed]
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
    home = prepare_dagster_home(Settings.from_environment()).resolve()
    # Not beside the project's own dagster.yaml: Dagster would warn that it reads the other one.
    os.chdir(home)
    command = [sys.executable, "-m", "dagster", "dev", "-m", "pipelines.definitions", "-h", "127.0.0.1", *sys.argv[1:]]
    os.execve(command[0], command, os.environ | {"DAGSTER_HOME": str(home)})


if __name__ == "__main__":
    main()
