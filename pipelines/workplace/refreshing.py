"""The refresh that is done now, for the command line: the same job that the schedule and the sensor start."""

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import dagster as dg

from pipelines.settings import PROJECT, Settings, SettingsError
from pipelines.steps import flow
from pipelines.steps.asking import counted
from pipelines.storage import files, warehouse
from pipelines.storage.snapshots import DELIVERED
from pipelines.storage.store import Store
from pipelines.workplace import check_results
from pipelines.workplace.factory import EDITION, INBOX, PAGE, asset_key
from pipelines.workplace.night import Night

State = Literal["published", "unchanged", "nothing published"]
_OURS = ("indicators.", "pipelines.")
_NAMED = 3  # of many sources with one fault


@dataclass(frozen=True)
class Refreshed:
    """What a refresh came to: its state, and each failure and each warning by source, check or step.

    closed: the providers that were left alone at this hour, and until when.
    """

    state: State
    failures: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict, compare=False)
    closed: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def exit_code(self) -> int:
        """0; 3 where figures stand published but something failed; 1 where nothing is published."""
        if self.state == "nothing published":
            return 1
        return 3 if self.failures else 0


def refresh(definitions: dg.Definitions, night: Night, only: str | None = None) -> Refreshed:
    """Ask every source whether it changed, then run the job on what did and on all that depends on it.

    only: a stage (snapshots, facts, measures, series, publication) to run alone. Where nothing changed, no run is
    started at all. Raises SourceError where the folder to replay is not there: then no source could answer.
    """
    night.asking.providers.open_replay()
    changed = [name for name in night.catalogue.source_names if night.asking.changed(name)]
    waits = changed or night.asking.inbox.waiting(None)
    if only is None and not waits and night.runner.stands(night.steps) and night.publisher.is_current():
        return Refreshed("unchanged", closed=night.asking.closed())
    return _run(definitions, night, _selection(night, changed, only))


def deliver(definitions: dg.Definitions, night: Night, contracts: Collection[str | None]) -> Refreshed:
    """Run the job on the deliveries of these contracts (None: on files that fit none), and on what depends on them.

    No provider is asked. Where nothing stands published yet, everything that the store has is.
    """
    return _run(definitions, night, sorted({*delivered_keys(definitions, night, contracts)} - {PAGE}))


def delivered_keys(
    definitions: dg.Definitions, night: Night, contracts: Collection[str | None]
) -> Collection[dg.AssetKey]:
    """Return the snapshots of these contracts and all that depends on them; everything, where nothing is published."""
    keys = [INBOX if contract is None else asset_key(f"snapshot/{DELIVERED}/{contract}") for contract in contracts]
    if warehouse.current(night.store.root) is None:
        replayed = night.catalogue.source_names if night.asking.providers.replayed is not None else []
        sources = [asset_key(f"snapshot/{name}") for name in replayed]
        return {*keys, *sources, *(asset_key(step.key) for step in night.steps), EDITION}
    return dg.AssetSelection.keys(*keys).downstream().resolve(definitions.resolve_asset_graph())


def stages(night: Night, sources: Sequence[str]) -> dict[str, list[dg.AssetKey]]:
    """Return the asset keys of each stage, in the order of the flow; of the first stage, those of these sources."""
    by_group = flow.groups(night.steps)
    return {
        "snapshots": [INBOX, *(asset_key(f"snapshot/{name}") for name in sources)],
        **{group: [asset_key(key) for key in keys] for group, keys in by_group.items()},
        "publication": [EDITION],
    }


def _selection(night: Night, changed: Sequence[str], only: str | None) -> list[dg.AssetKey]:
    by_stage = stages(night, changed)
    if only is None:
        return [key for keys in by_stage.values() for key in keys]
    if only not in by_stage:
        raise SettingsError(f"no group '{only}'; expected one of {', '.join(by_stage)}")
    return by_stage[only]


class RunBroken(Exception):
    """A run that ended in the middle, by a full disk say; the message is one line that says what to do."""


def _run(definitions: dg.Definitions, night: Night, selection: Sequence[dg.AssetKey]) -> Refreshed:
    try:
        return _carried_out(definitions, night, selection)
    except Exception as error:
        # Dagster keeps its own record of runs on the same disk, and knows no failures of it.
        # SQLite calls a full disk an I/O error: how much room there is tells which.
        folder = night.settings.data_dir
        room = f" ({shutil.disk_usage(folder).free / 1e6:,.1f} MB are free)" if folder.exists() else ""
        raise RunBroken(
            f"the run broke off: {_origin(error)}. What stood before stands. See that {folder} is writable and has "
            f"room{room}, and run it again."
        ) from error


def _origin(error: BaseException) -> str:
    """Return what the first error of a chain said, on one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _carried_out(definitions: dg.Definitions, night: Night, selection: Sequence[dg.AssetKey]) -> Refreshed:
    failures: dict[str, str] = {}
    job = definitions.resolve_job_def("refresh")
    with dg.DagsterInstance.from_config(str(prepare_dagster_home(night.settings))) as instance:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=list(selection),
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags={"levekar/trigger": "command line", "levekar/sources": night.settings.sources},
        )
        failed = [row for row in check_results.rows(instance, result.run_id) if not row["passed"]]
    messages = {severity: _messages(failed, severity) for severity in dg.AssetCheckSeverity}
    failures |= messages[dg.AssetCheckSeverity.ERROR]
    for event in result.get_step_failure_events():
        error = event.step_failure_data.error
        if error is not None and "Interrupted" in str(error.cls_name):
            raise KeyboardInterrupt  # Dagster makes a failed step of it
        failures[event.step_key or "run"] = _message(error) if error else "failed"
    state = _state(night, result.success, failures)
    return Refreshed(state, failures, messages[dg.AssetCheckSeverity.WARN], night.asking.closed())


def grouped(messages: Mapping[str, str], but: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Yield subjects and what is to be said of them, once where it is the same of several, as of all of one host.

    but: messages whose faults were told already.
    """
    known = {message.partition("\n")[0] for message in (but or {}).values()}
    by_fault: dict[str, list[str]] = {}
    for subject, message in messages.items():
        if message.partition("\n")[0] in known:
            continue
        by_fault.setdefault(message.partition("\n")[0], []).append(subject)
    for fault, subjects in by_fault.items():
        if len(subjects) == 1:
            yield subjects[0], messages[subjects[0]]
        else:
            shown = ", ".join(subjects[:_NAMED]) + (", …" if len(subjects) > _NAMED else "")
            yield (
                f"{len(subjects)} sources ({shown})",
                f"{fault}\nWhat was fetched of them before, if anything, stands.",
            )


def _messages(rows: list[dict[str, Any]], severity: dg.AssetCheckSeverity) -> dict[str, str]:
    return {
        row["subject"].partition("/")[2]: row["message"] or row["check_name"]
        for row in rows
        if row["severity"] == severity.value
    }


def _state(night: Night, success: bool, failures: dict[str, str]) -> State:
    """Nothing is published where no edition stands, publication failed, or not one source of figures answered."""
    # Of a delivery that was refused what was delivered before, or beside it, stands and is an answer.
    heard = any(
        night.asking.answered(name)
        for name in counted(night.catalogue)
        if name not in failures or name.startswith(f"{DELIVERED}/")
    )
    if not success or not heard or warehouse.current(night.store.root) is None:
        return "nothing published"
    return "published"


def _message(error: Any) -> str:
    """Return what is to be read of a step's error: the outermost of our own, which says what to do, else the first.

    Dagster wraps what a step raises; beneath our own error lies the library's, such as `ZSTD decompress failed`.
    """
    chain = [error]
    while getattr(chain[-1], "cause", None) is not None:
        chain.append(chain[-1].cause)
    messages = [str(cause.message).strip() for cause in chain]
    own = next((message for message in messages if message.startswith(_OURS)), None)
    # A message begins with the class and where it is defined.
    return own.partition(": ")[2] if own is not None else messages[-1]


def prepare_dagster_home(settings: Settings) -> Path:
    """Make the folder of the project's Dagster instance, with the project's `dagster.yaml` in it, and return it.

    Whatever is kept beside it for nobody else to read is closed, as older versions left it open.
    """
    Store(settings.root).make_folders()
    home = settings.dagster_home
    files.make_folder(home)
    files.write(home / "dagster.yaml", (PROJECT / "dagster.yaml").read_bytes())
    kept = (settings.root / name for name in ("snapshots", "lake", "charts"))
    for folder in (*kept, home, settings.paces, settings.quarantine):
        files.close(folder)
    return home
