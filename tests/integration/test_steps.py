"""What the house promises: made once, rebuilt for a reason that has a name, and no dearer with every night.

Answers come from a real server, tables go to a real lake; nothing here is replaced, some calls are counted.
"""

import importlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from indicators.catalogue import Catalogue, UndeclaredPart
from pipelines.code_version import modules_behind
from pipelines.decoding.vintages import Vintages
from pipelines.deliveries import receive
from pipelines.formats import jsonstat
from pipelines.settings import DEMO, PROJECT, Settings
from pipelines.steps import flow, revising
from pipelines.steps.remembering import Memory
from pipelines.steps.runner import DAMAGED, NEVER_MADE, Runner
from pipelines.steps.step import Check, Finding, Inputs, Step, UndeclaredInput
from pipelines.storage import snapshots
from pipelines.storage.snapshots import SnapshotStore
from pipelines.storage.store import Store
from pipelines.terminal import deliver
from pipelines.workplace import definitions, refreshing
from pipelines.workplace.night import compose
from tests.integration.test_stages import PUBLISHED_LATER, Night, copied, first, place, refresh, serve, tables
from tests.unit import real_catalogue

pytestmark = pytest.mark.slow  # on a refreshed demo of its own

__all__ = ["first", "serve", "tables"]

Watch = Callable[[Any, str], None]


@pytest.fixture
def calls() -> Counter[str]:
    return Counter()


@pytest.fixture
def watch(calls: Counter[str], monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Count the calls of a function, which does its work all the same."""

    def count(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def counted(*given: Any, **named: Any) -> Any:
            calls[name] += 1
            return original(*given, **named)

        monkeypatch.setattr(owner, name, counted)

    return count


# --- once -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow  # a night of its own, that no other test of this module needs
def test_an_answer_is_decoded_once_and_put_once(
    first: Night, serve: Any, tmp_path: Path, calls: Counter[str], watch: Watch
) -> None:
    folder = copied(first, tmp_path)
    with serve() as server:
        table = server.tables["11084"]
        values = table.values.copy()
        values[place(table, Region="0", EierStatus="4", Tid="2021")] += 1
        table.revise(PUBLISHED_LATER, values, table.status)
        for owner, name in ((jsonstat, "decode"), (SnapshotStore, "put")):
            watch(owner, name)
        night = refresh(server, folder)
    assert night.fetched == {"11084"}
    newest = SnapshotStore(folder / "live" / "snapshots").latest("ssb", "11084")
    assert newest is not None
    assert calls == {"decode": len(newest.data), "put": len(newest.responses)}


DELIVERED = "Kommunenummer,Geografi,År,Alder,Innvandringsbakgrunn,Andel\n4003,Skien,2024-01-01,alle aldre,totalt,0.09\n"


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_delivered_file_is_opened_once(
    dry_run: bool, tmp_path: Path, calls: Counter[str], watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    path = tmp_path / "synthetic.csv"
    path.write_text(DELIVERED, encoding="utf-8")
    watch(receive.os, "fdopen")
    settings = Settings("files", data_dir=tmp_path / "store", area="skien")
    code = deliver.deliver(Console(), Console(stderr=True), settings, path, None, dry_run=dry_run)
    assert code == 0, capsys.readouterr().err
    assert calls == {"fdopen": 1}


def test_nothing_is_stored_of_a_file_that_is_refused_by_what_it_says(tmp_path: Path) -> None:
    """The list has a contract's header and can be read; that a unit has two names is known when it is decoded."""
    catalogue = real_catalogue()
    contract = next(one for one in catalogue.area_lists.values() if one.units is not None)
    rows = [contract.header, ["3301000001", "Synthetic", "33010101"], ["3301000001", "Otherwise", "33010102"]]
    (tmp_path / "inbox").mkdir()
    text = "\n".join(",".join(row) for row in rows) + "\n"
    (tmp_path / "inbox" / "synthetic.csv").write_text(text, encoding="utf-8")
    settings = Settings("files", data_dir=tmp_path / "store", inbox=tmp_path / "inbox")
    outcome = compose(settings).asking.take(f"delivery/{contract.id}")
    assert outcome.state == "failed"
    assert "cannot be read as what it seems to be" in outcome.message
    assert not list((settings.root / "snapshots").rglob("*.zst"))


# --- rebuilt for a reason ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings("demo", data_dir=folder, inbox=folder / "none")
    night = compose(settings)
    assert refreshing.refresh(definitions.build(night), night).state == "published"
    return settings


@pytest.fixture
def copy(demo: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(demo.data_dir, tmp_path / "store", symlinks=True)
    return demo.model_copy(update={"data_dir": tmp_path / "store"})


def runner(settings: Settings, catalogue: Catalogue) -> Runner:
    store = Store(settings.root)
    return Runner(catalogue, store.lake, Vintages(catalogue, store), Memory(store, tuple(catalogue.pillars)))


def rebuilt(settings: Settings, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Run every step, and return why each was made anew that was."""
    ran = runner(settings, catalogue)
    made = [ran.run(step) for step in flow.steps(catalogue)]
    return {one.step.key: one.reasons for one in made if one.rebuilt}


def test_what_is_unchanged_stands(demo: Settings) -> None:
    catalogue = real_catalogue()
    assert runner(demo, catalogue).stands(flow.steps(catalogue))
    assert rebuilt(demo, catalogue) == {}


def test_no_step_depends_on_how_it_is_shown() -> None:
    shown = ("pipelines.terminal", "pipelines.workplace", "pipelines.edition", "pipelines.cli")
    for step in flow.steps(real_catalogue()):
        behind = modules_behind(step.make)
        assert "pipelines.steps.step" in behind
        assert not [name for name in behind if name.startswith(shown)], step.key
    assert "indicators.evaluation" not in modules_behind(flow.measuring.compute)


def changed_indicator(catalogue: Catalogue, name: str, **changes: Any) -> Catalogue:
    pillars = {
        pillar: file.model_copy(
            update={
                "indicators": [one.model_copy(update=changes) if one.id == name else one for one in file.indicators]
            }
        )
        for pillar, file in catalogue.pillars.items()
    }
    return replace(catalogue, pillars=pillars)


def test_a_changed_indicator_rebuilds_its_pillar_from_measures_on_and_says_why(copy: Settings) -> None:
    catalogue = changed_indicator(real_catalogue(), "upper_secondary_completion", direction="context", target=None)
    reasons = rebuilt(copy, catalogue)
    why = "catalogue indicator upper_secondary_completion changed"
    assert reasons["computed/education"] == reasons["measures/education"] == (why,)
    # The measures are the same, for only where they are aimed at was changed; the series are not.
    assert reasons["series/education"] == (why,)
    assert reasons["comparison/areas"] == reasons["comparison/pillars"] == ("input series/education changed", why)
    assert reasons.keys() == {
        "computed/education",
        "measures/education",
        "forecasts/education",
        "series/education",
        "comparison/areas",
        "comparison/changes",
        "comparison/small_areas",
        "comparison/standardised",
        "comparison/pillars",
        "evaluation/fits",
    }


def test_a_changed_delivery_contract_decodes_its_own_files_anew_and_no_others(copy: Settings) -> None:
    catalogue = real_catalogue()
    contract = catalogue.contracts["fhi_crowding"].model_copy(update={"name_en": "Crowding, said otherwise"})
    reasons = rebuilt(copy, replace(catalogue, contracts={**catalogue.contracts, "fhi_crowding": contract}))
    why = "catalogue contracts fhi_crowding changed"
    assert reasons["facts/delivery/fhi_crowding"] == (why,)
    assert {key for key in reasons if key.startswith("facts/")} == {"facts/delivery/fhi_crowding"}


def test_a_new_vintage_rebuilds_what_follows_and_names_the_source(copy: Settings) -> None:
    store = Store(copy.root).snapshots
    _revise(store, "11084", 1)
    reasons = rebuilt(copy, real_catalogue())
    assert reasons["facts/ssb/11084"] == ("input snapshot/ssb/11084 changed",)
    assert reasons["computed/housing"] == ("input facts/ssb/11084 changed",)
    assert reasons["measures/housing"] == ("input computed/housing changed", "input facts/ssb/11084 changed")
    # The spread of a projection is corrected by past forecasts.
    inputs = ("forecasts/housing", "measures/housing", "skill/housing")
    assert reasons["series/housing"] == tuple(f"input {name} changed" for name in inputs)
    assert "measures/work" not in reasons


def test_a_table_that_lost_its_end_is_made_anew_and_so_is_one_that_was_never_made(copy: Settings) -> None:
    lake = Store(copy.root).lake
    path = lake.ref("series/work").path
    path.write_bytes(path.read_bytes()[:-1])
    assert rebuilt(copy, real_catalogue()) == {"series/work": (NEVER_MADE,)}


def test_a_table_of_which_a_byte_is_wrong_is_made_anew_by_itself_and_so_is_a_vintage(copy: Settings) -> None:
    lake = Store(copy.root).lake
    for path in (lake.ref("series/work").path, lake.ref("facts/ssb/11084").path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    assert rebuilt(copy, real_catalogue()) == {"series/work": (DAMAGED,), "facts/ssb/11084": (DAMAGED,)}
    assert rebuilt(copy, real_catalogue()) == {}


# --- declared, and nothing else ---------------------------------------------------------------------------------------


def _step(make: Any, *, needs: tuple[str, ...] = (), reads: tuple[str, ...] = ()) -> Step:
    return Step("made/up", needs, reads, make, "made up")


def test_a_step_gets_no_input_that_it_did_not_declare(copy: Settings) -> None:
    ran = runner(copy, real_catalogue())
    for make in (
        lambda inputs, _catalogue: inputs.read("measures/work"),
        lambda inputs, _catalogue: inputs.source("ssb/11084").fetch,
    ):
        with pytest.raises(UndeclaredInput, match="not declared: add it to the step's needs"):
            ran.run(_step(make))


def test_a_step_sees_no_part_of_the_catalogue_that_it_did_not_declare(copy: Settings) -> None:
    ran = runner(copy, real_catalogue())
    with pytest.raises(UndeclaredPart, match="areas are used here, but not declared"):
        ran.run(_step(lambda _inputs, catalogue: pa.table({"area": list(catalogue.areas)}), reads=("pillars",)))
    with pytest.raises(KeyError, match=r"has no part 'pillars\.sport'"):
        ran.run(_step(lambda _inputs, _catalogue: pa.table({}), reads=("pillars.sport",)))


def test_what_a_check_found_is_told_again_while_the_table_stands(copy: Settings, calls: Counter[str]) -> None:
    def examine(table: pa.Table, _inputs: Inputs, _catalogue: Catalogue) -> Finding:
        calls["examine"] += 1
        return Finding(False, f"{table.num_rows} rows", {"rows": table.num_rows})

    def make(_inputs: Inputs, _catalogue: Catalogue) -> pa.Table:
        return pa.table({"value": [1.0]})

    step = replace(_step(make), checks=(Check("few", "Made up.", examine),))
    found = [runner(copy, real_catalogue()).run(step) for _ in range(2)]
    assert [one.rebuilt for one in found] == [True, False]
    assert found[0].findings == found[1].findings == {"few": Finding(False, "1 rows", {"rows": 1})}
    assert calls == {"examine": 1}


def test_a_check_that_only_warns_fails_alone_and_one_that_blocks_stops_its_table(copy: Settings) -> None:
    def examine(_table: pa.Table, _inputs: Inputs, _catalogue: Catalogue) -> Finding:
        raise IndexError("of two columns the third")

    step = _step(lambda _inputs, _catalogue: pa.table({"value": [1.0]}))
    blocking = replace(step, checks=(Check("few", "Made up.", examine, blocking=True),))
    stopped = runner(copy, real_catalogue()).run(blocking)
    assert isinstance(stopped.error, IndexError)
    assert stopped.findings == {}, "a check without a finding has failed (workplace.factory)"
    warning = replace(step, checks=(Check("few", "Made up.", examine),))
    done = runner(copy, real_catalogue()).run(warning)
    assert done.error is None
    assert done.findings == {"few": Finding(False, "the check itself failed (IndexError): report it; the table stands")}


# --- a stage more -----------------------------------------------------------------------------------------------------


def stage_of_the_page() -> str:
    """The stage that docs/architecture.md shows, whole."""
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return page.partition("A made-up stage")[2].partition("```python\n")[2].partition("```")[0]


def test_a_made_up_stage_is_one_module_and_one_line(
    copy: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 10 < len(stage_of_the_page().splitlines()) < 40
    (tmp_path / "made_up_stage.py").write_text(stage_of_the_page(), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    stage = importlib.import_module("made_up_stage")
    night = compose(copy)
    night.steps.extend(stage.steps(night.catalogue))  # the one line: in flow.steps
    defined = definitions.build(night)
    keys = {key.to_user_string() for key in defined.resolve_asset_graph().get_all_asset_keys()}
    assert {"hidden/work", "hidden/health"} <= keys
    done = refreshing.refresh(defined, night)
    assert done.failures == {}
    hidden = night.store.lake.read("hidden/health")["hidden"].to_pylist()
    status = night.store.lake.read("measures/health")["status"]
    assert hidden == [pc.sum(pc.equal(status, "suppressed")).as_py()]
    assert runner(copy, night.catalogue).stands(night.steps)


# --- no dearer with every night ---------------------------------------------------------------------------------------


def _revise(store: SnapshotStore, table_id: str, number: int) -> None:
    """Record one more (synthetic) vintage of a table, in which one figure is another."""
    newest = store.latest("ssb", table_id)
    assert newest is not None
    [data] = newest.data
    cube = orjson.loads(store.get(data.sha256))
    at = next(place for place, value in enumerate(cube["value"]) if value)
    cube["value"][at] += 1
    content = orjson.dumps(cube)
    moment = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=number)
    response = replace(data, sha256=store.put(content), size=len(content), fetched_at=moment)
    others = tuple(one for one in newest.responses if one.role != "data")
    store.record(replace(newest, updated=moment.isoformat(), fetched_at=moment, responses=(*others, response)))


@pytest.fixture
def nights(copy: Settings, calls: Counter[str], watch: Watch) -> Iterator[Callable[[int], dict[str, int]]]:
    """Run so many nights with a revision each, and return what the last one read."""
    catalogue = real_catalogue()
    steps = [step for step in flow.steps(catalogue) if step.key in ("facts/ssb/11084", revising.REVISIONS)]
    for owner, name in ((snapshots, "_from_json"), (SnapshotStore, "get"), (pa.parquet, "ParquetFile")):
        watch(owner, name)

    def run(number: int) -> dict[str, int]:
        for _ in range(number):
            calls["night"] += 1
            _revise(Store(copy.root).snapshots, "11084", calls["night"])
            before = Counter(calls)
            ran = runner(copy, catalogue)
            made = [ran.run(step) for step in steps]
            assert all(one.rebuilt for one in made)
        return {name: calls[name] - before[name] for name in calls if name != "night"}

    return run


def test_a_night_after_many_vintages_reads_what_one_after_two_does(
    nights: Callable[[int], dict[str, int]], copy: Settings
) -> None:
    early = nights(2)
    late = nights(40)
    assert late == early
    # And nothing was left out: every vintage's revision is there, in the order of the vintages.
    revisions = Store(copy.root).lake.read(revising.REVISIONS)
    own = revisions.filter(pc.equal(revisions["table_id"], "ssb/11084"))
    assert own.num_rows == 42
    vintages = own["new_vintage"].to_pylist()
    assert vintages == sorted(vintages)
    assert own["new_vintage"].to_pylist()[:-1] == own["old_vintage"].to_pylist()[1:]


def test_revisions_told_night_by_night_are_those_told_at_once(
    nights: Callable[[int], dict[str, int]], copy: Settings
) -> None:
    nights(5)
    step = next(step for step in flow.steps(real_catalogue()) if step.key == revising.REVISIONS)
    told = Store(copy.root).lake.read(revising.REVISIONS)
    store = Store(copy.root)
    vintages = Vintages(real_catalogue(), store)
    at_once = Runner(real_catalogue(), store.lake, vintages, Memory(store, ()), full=True).run(step)
    assert at_once.kept.rows == told.num_rows
    assert store.lake.read(revising.REVISIONS).equals(told)
    # Every vintage was decoded before, night by night.
    assert vintages.decoded == 0


def test_the_demo_folder_is_not_written_to(demo: Settings) -> None:
    assert not list((DEMO / "snapshots").rglob("*.unfinished-*"))
