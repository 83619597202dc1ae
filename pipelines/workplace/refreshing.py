"""The refresh that is done now, for the command line: the same job that the schedule and the sensor start."""

import shutil
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import dagster as dg

from pipelines.settings import SettingsError
from pipelines.steps import flow
from pipelines.steps.asking import counted, nobody_answered
from pipelines.storage import warehouse
from pipelines.storage.nights import NightRecord, Outcome
from pipelines.storage.snapshots import DELIVERED
from pipelines.workplace import check_results, dagster_home, recording
from pipelines.workplace.factory import ASKED, EDITION, INBOX, OVERVIEW, PAGE, PLAUSIBLE, NobodyAnswered, asset_key
from pipelines.workplace.night import Night
from pipelines.workplace.recording import Begun

State = Literal["published", "unchanged", "nothing published"]
_OURS = ("indicators.", "pipelines.")


@dataclass(frozen=True)
class Refreshed:
    """What a refresh came to: its state, and each failure and each warning by source, check or step.

    closed: the providers that were left alone at this hour, and until when. held: what is said of files that wait for
    somebody to confirm them. night: what was written down of it.
    """

    state: State
    failures: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict, compare=False)
    closed: dict[str, str] = field(default_factory=dict, compare=False)
    held: dict[str, str] = field(default_factory=dict)
    run_id: str | None = field(default=None, compare=False)
    night: NightRecord | None = field(default=None, compare=False)

    @property
    def exit_code(self) -> int:
        """0; 1 where nothing is published, 3 where something failed, 4 where nothing did but a file is held."""
        if self.state == "nothing published":
            return 1
        return 3 if self.failures else 4 if self.held else 0


def refresh(
    definitions: dg.Definitions,
    night: Night,
    only: str | None = None,
    *,
    trigger: str = "command line",
    instance: dg.DagsterInstance | None = None,
) -> Refreshed:
    """Ask every source whether it changed, then run the job on what did and on all that depends on it.

    only: a stage (snapshots, facts, measures, series, publication) to run alone. Where nothing changed, no run is
    started at all. What came of it is written down (`recording`). instance: Dagster's, where it is open already. Raises
    SourceError where the folder to replay is not there: then no source could answer.
    """
    night.asking.providers.open_replay()
    begun = Begun.now(night, trigger)
    changed = [name for name in night.catalogue.source_names if night.asking.changed(name)]
    waits = changed or night.asking.inbox.waiting(None)
    if only is None and not waits and night.runner.stands(night.steps) and night.publisher.is_current():
        return written_down(night, begun, Refreshed("unchanged", closed=night.asking.closed()))
    return _run(definitions, night, begun, _selection(night, changed, only), instance)


def deliver(definitions: dg.Definitions, night: Night, contracts: Collection[str | None]) -> Refreshed:
    """Run the job on the deliveries of these contracts (None: on files that fit none), and on what depends on them.

    No provider is asked. Where nothing stands published yet, everything that the store has is.
    """
    keys = sorted({*delivered_keys(definitions, night, contracts)} - {PAGE})
    return _run(definitions, night, Begun.now(night, "delivery"), keys)


def written_down(night: Night, begun: Begun, done: Refreshed) -> Refreshed:
    """Return what came of a night with what was written down of it. Raises OSError where there is no room."""
    outcome: Outcome | None = "nothing published" if done.state == "nothing published" else None
    told = recording.record(
        night, begun, outcome, run_id=done.run_id, failed=done.failures, warnings=done.warnings, held=done.held
    )
    return replace(done, night=told)


def delivered_keys(
    definitions: dg.Definitions, night: Night, contracts: Collection[str | None]
) -> Collection[dg.AssetKey]:
    """Return the snapshots of these contracts and all that depends on them; everything, where nothing is published."""
    keys = [INBOX if contract is None else asset_key(f"snapshot/{DELIVERED}/{contract}") for contract in contracts]
    if warehouse.current(night.store.root) is None:
        replayed = night.catalogue.source_names if night.asking.providers.replayed is not None else []
        sources = [asset_key(f"snapshot/{name}") for name in replayed]
        return {*keys, *sources, *(asset_key(step.key) for step in night.steps), EDITION, OVERVIEW}
    return dg.AssetSelection.keys(*keys).downstream().resolve(definitions.resolve_asset_graph())


def stages(night: Night, sources: Sequence[str]) -> dict[str, list[dg.AssetKey]]:
    """Return the asset keys of each stage, in the order of the flow; of the first stage, those of these sources."""
    by_group = flow.groups(night.steps)
    return {
        "snapshots": [INBOX, *(asset_key(f"snapshot/{name}") for name in sources)],
        **{group: [asset_key(key) for key in keys] for group, keys in by_group.items()},
        "publication": [EDITION, OVERVIEW],
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


def _run(
    definitions: dg.Definitions,
    night: Night,
    begun: Begun,
    selection: Sequence[dg.AssetKey],
    instance: dg.DagsterInstance | None = None,
) -> Refreshed:
    try:
        return written_down(night, begun, _carried_out(definitions, night, begun, selection, instance))
    except KeyboardInterrupt:
        with suppress(OSError):
            recording.record(night, begun, "broke off", remark="it was interrupted")
        raise
    except Exception as error:
        # Dagster keeps its own record of runs on the same disk, and knows no failures of it.
        # SQLite calls a full disk an I/O error: how much room there is tells which.
        with suppress(OSError):
            recording.record(night, begun, "broke off", remark=f"the run broke off: {type(error).__name__}")
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


def _carried_out(
    definitions: dg.Definitions,
    night: Night,
    begun: Begun,
    selection: Sequence[dg.AssetKey],
    open_instance: dg.DagsterInstance | None,
) -> Refreshed:
    job = definitions.resolve_job_def("refresh")
    home = night.settings.dagster_home
    run_id = str(uuid.uuid4())
    with _opened(night, open_instance) as instance, dagster_home.running(home, run_id):
        dagster_home.end_dead_runs(instance, home)
        result = job.execute_in_process(
            instance=instance,
            asset_selection=list(selection),
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags={**dagster_home.REPOSITORY, "levekar/trigger": begun.trigger},
            run_id=run_id,
        )
        dagster_home.let_be_run_again(instance, run_id)
        done = came_to(night, begun, instance, run_id, result.get_step_failure_events())
        dagster_home.sweep(instance, home)
    return done


@contextmanager
def _opened(night: Night, instance: dg.DagsterInstance | None) -> Iterator[dg.DagsterInstance]:
    """Yield Dagster's instance: the one that is open already, or the source set's own."""
    if instance is not None:
        yield instance
        return
    with dg.DagsterInstance.from_config(str(dagster_home.prepare_dagster_home(night.settings))) as opened:
        yield opened


def came_to(
    night: Night, begun: Begun, instance: dg.DagsterInstance, run_id: str, failed_steps: Iterable[Any]
) -> Refreshed:
    """Return what a run of the job came to, by its checks and its failed steps. Raises KeyboardInterrupt."""
    rows = [row for row in check_results.rows(instance, run_id) if not row["passed"] and row["check_name"] != ASKED]
    held = _messages([row for row in rows if row["check_name"] == PLAUSIBLE], dg.AssetCheckSeverity.WARN)
    rows = [row for row in rows if row["check_name"] != PLAUSIBLE]
    messages = {severity: _messages(rows, severity) for severity in dg.AssetCheckSeverity}
    failures = messages[dg.AssetCheckSeverity.ERROR]
    success = True
    for event in failed_steps:
        error = event.step_failure_data.error
        if error is not None and "Interrupted" in str(error.cls_name):
            raise KeyboardInterrupt  # Dagster makes a failed step of it
        if not _is(NobodyAnswered, error):  # then each source has told of itself
            success = False
            failures[event.step_key or "run"] = _message(error) if error else "failed"
    state = _state(night, begun, success, failures)
    warnings = messages[dg.AssetCheckSeverity.WARN]
    return Refreshed(state, failures, warnings, night.asking.closed(), held, run_id)


def _is(kind: type[Exception], error: Any) -> bool:
    """Whether a step's error, or one that Dagster wrapped in it, is of a kind of ours."""
    while error is not None:
        if error.cls_name == kind.__name__:
            return True
        error = error.cause
    return False


def _messages(rows: list[dict[str, Any]], severity: dg.AssetCheckSeverity) -> dict[str, str]:
    return {
        row["subject"].partition("/")[2]: row["message"] or row["check_name"]
        for row in rows
        if row["severity"] == severity.value
    }


def _state(night: Night, begun: Begun, success: bool, failures: dict[str, str]) -> State:
    """Nothing is published where no edition stands, a step failed, or not one source that was asked answered.

    Where nobody answered and something else was published, such as a file from the inbox, that is published.
    """
    edition = warehouse.current(night.store.root)
    if edition is not None and edition != begun.before:
        return "published"  # whatever failed beside it, such as the page
    if nobody_answered(night.asking):
        return "nothing published"
    # Of a delivery that was refused what was delivered before, or beside it, stands and is an answer.
    heard = any(
        night.asking.answered(name)
        for name in counted(night.catalogue)
        if name not in failures or name.startswith(f"{DELIVERED}/")
    )
    if not success or not heard or edition is None:
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
