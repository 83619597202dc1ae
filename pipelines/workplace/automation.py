"""The sensor that looks into the inbox, so that what is dropped there is taken without anybody's asking for it."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from pipelines.deliveries import checking
from pipelines.deliveries.receive import StillWritten
from pipelines.settings import Settings
from pipelines.workplace.dagster_home import STARTED_ONCE_MORE
from pipelines.workplace.night import compose
from pipelines.workplace.refreshing import delivered_keys

TICK = 10  # seconds between two looks at the inbox


def inbox_sensor(job: object, settings: Settings, definitions: Callable[[], dg.Definitions]) -> dg.SensorDefinition:
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
    def look(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        # An inbox remembers what it saw, so that each tick needs its own.
        night = compose(settings)
        inbox = night.asking.inbox
        before = json.loads(context.cursor or '{"last": {}, "asked": {}}')
        # A confirmation makes files that were asked for before worth another look: one of them may now be taken.
        states = {path: [*_state_of(path), *inbox.held.confirmed] for path in inbox.files}
        names = {path: hashlib.sha256(os.fsencode(path)).hexdigest()[:16] for path in states}
        settled = [path for path, state in states.items() if before["last"].get(names[path]) == state]
        read = [checking.taken_from(path) for path in settled if before["asked"].get(names[path]) != states[path]]
        whole = [file for file in read if not isinstance(file.error, StillWritten)]
        asked = before["asked"] | {names[file.path]: states[file.path] for file in whole}
        cursor = json.dumps(
            {
                "last": {names[path]: state for path, state in states.items()},
                "asked": {name: state for name, state in asked.items() if name in names.values()},
            }
        )
        new = [file for file in whole if not inbox.is_known(file)]
        if not new:
            withdrawn = night.store.snapshots.withdrawn() if whole else {}
            taken_back = sum(file.sha256 in withdrawn for file in whole)
            more = f"; {taken_back} withdrawn before: `levekar deliver FILE` takes one again" if taken_back else ""
            said = f"{len(states)} file(s), none of them new and settled{more}"
            return dg.SensorResult(skip_reason=said, cursor=cursor)
        contracts = {checking.check(file, inbox.rules).contract for file in new}
        told_apart = "".join(f"{names[file.path]}{states[file.path]}" for file in new)
        request = dg.RunRequest(
            run_key=hashlib.sha256(told_apart.encode()).hexdigest(),
            asset_selection=sorted(delivered_keys(definitions(), night, sorted(contracts, key=str))),
            tags={"levekar/trigger": "inbox", **STARTED_ONCE_MORE},
        )
        return dg.SensorResult(run_requests=[request], cursor=cursor)

    return look


def _state_of(path: Path) -> list[int | str]:
    """What changes while a file is being written."""
    try:
        found = path.lstat()
    except OSError:
        return []  # gone again
    return [found.st_size, found.st_mtime_ns]
