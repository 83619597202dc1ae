"""What a run from the user interface says of a store that a disk damaged, and what it leaves alone.

The job is the one that the page launches, on the demo's store; the command line's own words are tried in test_cli and
test_doctor.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from pipelines.settings import Settings
from pipelines.storage import warehouse
from pipelines.storage.store import Store
from pipelines.workplace import check_results, dagster_home, definitions
from pipelines.workplace.night import compose
from tests.e2e.conftest import Levekar
from tests.e2e.test_kill import published, values

pytestmark = pytest.mark.slow  # they publish the demo, and run its job again

TABLE = "ssb/08764"
DELIVERY = "delivery/nav_unemployment"


@dataclass(frozen=True)
class Ran:
    """How a run of the job ended: the messages of the checks that failed, of failed steps, and everything it logged."""

    success: bool
    checks: dict[tuple[str, str], str]
    steps: dict[str, str]
    log: str
    rebuilt: set[str]


def settings_of(folder: Path) -> Settings:
    return Settings("demo", data_dir=folder, inbox=folder / "no inbox")


@contextmanager
def instance_of(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(dagster_home.prepare_dagster_home(settings))) as instance:
        yield instance


def ran(settings: Settings) -> Ran:
    """Run the job `refresh` as the page's launch does."""
    job = definitions.build(compose(settings)).resolve_job_def("refresh")
    silent = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with instance_of(settings) as instance:
        done = job.execute_in_process(instance=instance, raise_on_error=False, run_config=silent)
        rows = list(check_results.rows(instance, done.run_id))
        return Ran(
            done.success,
            {(row["subject"], row["check_name"]): str(row["message"]) for row in rows if not row["passed"]},
            {str(one.step_key): str(one.step_failure_data.error) for one in done.get_step_failure_events()},
            "\n".join(str(entry) for entry in instance.all_logs(done.run_id)),
            {"/".join(event.asset_key.path) for event in done.all_events if _rebuilt(event)},
        )


def _rebuilt(event: dg.DagsterEvent) -> bool:
    if not event.is_step_materialization:
        return False
    found = event.step_materialization_data.materialization.metadata.get("rebuilt")
    return found is not None and bool(found.value)


def flipped(path: Path) -> None:
    """Flip one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def answer_of(store: Store, source: str) -> Path:
    fetch = store.snapshots.latest(*source.split("/"))
    assert fetch is not None
    return store.snapshots.path_of_bytes(fetch.data[0].sha256)


def as_other_code_left_it(store: Store, source: str) -> None:
    """Let all that was decoded of a source look as if the program had been renewed since: it is read anew."""
    memos = [path for path in store.lake.root.rglob("*.json") if source in path.as_posix()]
    assert memos
    for memo in memos:
        raw = json.loads(memo.read_bytes())
        raw["memo"]["code"] = {}
        memo.write_text(json.dumps(raw))


@pytest.mark.parametrize("source", [TABLE, DELIVERY])
def test_of_a_damaged_answer_the_run_says_which_and_what_to_do_and_what_stood_stands(
    demo_copy: Path, levekar: Levekar, source: str
) -> None:
    settings = settings_of(demo_copy)
    store = compose(settings).store
    before = values(published(demo_copy))
    path = answer_of(store, source)
    flipped(path)
    as_other_code_left_it(store, source)
    run = ran(settings)
    assert run.success, run.steps  # nothing else is broken by it
    assert run.checks.keys() == {(f"facts/{source}", "made")}
    [message] = run.checks.values()
    assert "could not be made anew" in message
    assert "The figures computed before stand." in message
    assert values(published(demo_copy)) == before
    if source == TABLE:
        assert str(path) in message
        assert "levekar refresh --full" in message
    else:
        # Neither the sum nor the name of a delivered file is for readers of Dagster and of editions.
        assert "'nav_unemployment'" in message
        assert path.stem not in run.log
        assert "syntetisk_nav_unemployment.csv" not in run.log
        told = levekar("doctor", "--data-dir", demo_copy)
        assert path.name in told.out.replace("\n", "")
    # What the message tells to do puts it right.
    if source == TABLE:
        healed = levekar("refresh", "--full", "--data-dir", demo_copy)
        assert healed.code == 0, healed.err
        assert ran(settings).checks == {}


def test_where_nothing_stands_of_a_damaged_answer_nothing_is_published_without_it(demo_copy: Path) -> None:
    settings = settings_of(demo_copy)
    store = compose(settings).store
    before = warehouse.current(store.root)
    path = answer_of(store, TABLE)
    flipped(path)
    for table in [*store.lake.root.glob(f"facts/{TABLE}.*"), *store.lake.root.glob(f"facts/{TABLE}/*")]:
        table.unlink()
    run = ran(settings)
    assert not run.success
    [(step, message)] = run.steps.items()
    assert step == "facts__ssb__08764"
    assert str(path) in message
    assert "levekar refresh --full" in message
    assert "ZSTD" not in message.partition("Stack Trace")[2]  # no trail through libraries
    assert warehouse.current(store.root) == before


def test_a_cut_table_and_a_pointer_to_nothing_are_made_good_by_the_run(demo_copy: Path) -> None:
    settings = settings_of(demo_copy)
    store = compose(settings).store
    table = store.lake.path("series/work")
    whole = table.read_bytes()
    table.chmod(0o600)
    table.write_bytes(whole[: len(whole) // 2])
    edition = warehouse.current(store.root)
    assert edition is not None
    edition.unlink()
    assert list(warehouse.dangling(store.root))
    run = ran(settings)
    assert run.success, run.steps
    assert run.checks == {}
    assert "series/work" in run.rebuilt
    assert not list(warehouse.dangling(store.root))
    with warehouse.connect(store.root) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM scorecard").fetchone() == (True,)
