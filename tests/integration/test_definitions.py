"""What Dagster sees: the exact set of assets, their groups and checks, the schedule, and what importing costs."""

import subprocess
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator
from ruamel.yaml import YAML

from pipelines.settings import PROJECT, Settings
from pipelines.workplace import definitions
from pipelines.workplace.dagster_home import prepare_dagster_home
from pipelines.workplace.night import compose
from pipelines.workplace.nightly import CRON

CATALOGUE = PROJECT / "indicators" / "catalogue"
PILLARS = ["work", "education", "housing", "health"]
STAGES_OF_A_PILLAR = ["computed", "measures", "forecasts", "skill", "series"]
MARGIN = timedelta(minutes=15)


@pytest.fixture(scope="module")
def defined() -> dg.Definitions:
    return definitions.build(compose(Settings()))


def sources_file() -> dict:
    return YAML(typ="safe").load(CATALOGUE / "sources.yaml")


def pillar_of_each_source() -> dict[str, str]:
    """The pillar of each source that one pillar's indicators alone are made of, as the YAML files say."""
    yaml = YAML(typ="safe")
    drawn: dict[str, set[str]] = {}
    for pillar in PILLARS:
        for indicator in yaml.load(CATALOGUE / f"{pillar}.yaml")["indicators"]:
            for source in [
                *(one["table"] for one in indicator["sources"]),
                *[indicator.get("prices", {}).get("index")],
            ]:
                drawn.setdefault(source, set()).add(pillar)
    counting = {table["id"] for table in sources_file()["tables"] if "residents" in table}
    return {name: min(own) for name, own in drawn.items() if len(own) == 1 and name not in counting}


def test_the_assets_are_exactly_those_of_the_catalogue(defined: dg.Definitions) -> None:
    deliveries = [f"delivery/{path.stem}" for path in (CATALOGUE / "deliveries").glob("*.yaml")]
    figures = [*(table["id"] for table in sources_file()["tables"]), *deliveries, "delivery/tract_boundaries"]
    lists = [f"delivery/{path.stem}" for path in (CATALOGUE / "deliveries" / "areas").glob("*.yaml")]
    lists.append("delivery/basic_unit_boundaries")
    sources = [*figures, *lists, *(one["id"] for one in sources_file()["classifications"])]
    # What one pillar alone draws on is shown with it; other sources, and those of residents, are shared.
    owner = pillar_of_each_source()
    groups = {
        "snapshot/inbox": "shared",
        **{f"snapshot/{name}": owner.get(name, "shared") for name in sources},
        **{f"facts/{name}": owner.get(name, "shared") for name in figures},
        **{f"areas/{name}": "areas" for name in ("official", "changes", "membership", "boundaries")},
        **{f"population/{name}": "population" for name in ("cells", "residents", "reconciliation")},
        "revisions/observations": "revisions",
        **{f"{stage}/{pillar}": pillar for stage in STAGES_OF_A_PILLAR for pillar in PILLARS},
        **{f"backtest/{name}": "backtest" for name in ("calibration", "base_rates")},
        **{
            f"comparison/{name}": "comparison"
            for name in ("areas", "pillars", "changes", "small_areas", "standardised")
        },
        **{f"evaluation/{name}": "evaluation" for name in ("fits", "results", "placebos")},
        "publication/warehouse": "publication",
        "publication/overview": "publication",
        "publication/page": "publication",
    }
    assert {"snapshot/ssb/07459", "facts/ssb/07459", "facts/delivery/nav_unemployment"} < set(groups)
    specs = defined.resolve_all_asset_specs()
    assert {spec.key.to_user_string(): spec.group_name for spec in specs} == groups
    assert len(specs) == len(groups)


def test_every_asset_of_the_demo_says_what_it_is_and_that_it_is_synthetic(defined: dg.Definitions) -> None:
    specs = {spec.key.to_user_string(): spec for spec in defined.resolve_all_asset_specs()}
    assert all(spec.owners and spec.kinds and "levekar/synthetic" in spec.tags for spec in specs.values())
    assert all((spec.description or "").startswith("SYNTHETIC FIGURES. ") for spec in specs.values())
    series = specs["series/work"]
    assert (series.tags["levekar/stage"], series.tags["levekar/pillar"]) == ("series", "work")
    columns = {column.name: column for column in series.metadata["dagster/column_schema"].columns}
    assert "95 per cent interval" in columns["lower"].description
    table = specs["snapshot/ssb/06070"]
    assert "Privathusholdninger" in (table.description or "")  # the graph shows the number alone
    assert table.metadata["page of the provider"].value == "https://www.ssb.no/statbank/table/06070"
    assert "levekar/unverified" in specs["snapshot/fhi/370"].tags
    assert "levekar/unverified" not in table.tags
    # Each table says what it holds, and not what all of them do.
    facts = [spec.description for key, spec in specs.items() if key.startswith("facts/")]
    assert len(set(facts)) == len(facts)


def test_real_figures_are_not_called_synthetic() -> None:
    for spec in definitions.build(compose(Settings("live"))).resolve_all_asset_specs():
        assert "levekar/synthetic" not in spec.tags
        assert "SYNTHETIC" not in (spec.description or "")


def test_each_stage_depends_on_the_one_before_and_nothing_reaches_back(defined: dg.Definitions) -> None:
    before = "snapshot facts areas population revisions computed measures forecasts skill backtest series"
    order = f"{before} comparison evaluation publication"
    flow = order.split()
    specs = defined.resolve_all_asset_specs()
    known = {spec.key for spec in specs}
    for spec in specs:
        stage = flow.index(spec.key.path[0])
        assert {dep.asset_key for dep in spec.deps} <= known
        # Some stages are a few tables that follow from each other; any other follows from earlier ones.
        within = stage + 1 if spec.key.path[0] in ("areas", "population", "evaluation", "publication") else stage
        # Which codes make up an area is weighted by who lives there, as the sources of residents count them; and in
        # which area an accident happened is looked up on polygons.
        later = {dg.AssetKey(["population", "cells"]), dg.AssetKey(["areas", "boundaries"])}
        earlier = {dep.asset_key for dep in spec.deps} - later
        assert all(flow.index(key.path[0]) < within for key in earlier)
        assert bool(spec.deps) == (stage > 0)
        assert spec.description


def test_the_check_between_facts_and_measures_blocks_and_that_of_a_source_does_not(defined: dg.Definitions) -> None:
    checks = list(defined.resolve_asset_graph().asset_check_keys)
    graph = defined.resolve_asset_graph()
    by_stage = {
        stage: [key for key in checks if key.asset_key.path[0] == stage]
        for stage in {key.asset_key.path[0] for key in checks}
    }
    # Every table says whether it could be made; what else is asked of each stage:
    made = {stage for stage, keys in by_stage.items() if "made" in {key.name for key in keys}}
    computed = {"computed", "measures", "forecasts", "skill", "backtest", "series", "comparison", "evaluation"}
    assert made == {"facts", "areas", "population", "revisions", *computed}
    found = {stage: {key.name for key in keys} - {"made"} for stage, keys in by_stage.items()}
    assert {stage: names for stage, names in found.items() if names} == {
        "snapshot": {"fetched", "understood", "plausible"},
        "facts": {"one_row_per_cell"},
        "areas": {"codes_exist"},
        "population": {
            "units_add_up",
            "units_add_up_to_municipality",
            "tracts_add_up",
            "districts_add_up",
            "ages_add_up",
            "provider_agrees",
        },
        "computed": {"residents_of_the_day"},
        "measures": {"small_numbers_are_hidden"},
        "publication": {"asked", "changes_have_a_reason"},
        "series": {
            "rows_are_whole",
            "figures_are_possible",
            "probabilities_are_founded",
            "newest_figures_fit_their_series",
            "coverage",
            "relative_targets_have_a_baseline",
        },
        "comparison": {"rows_are_whole"},
        "evaluation": {"every_question_is_answered", "rows_are_whole"},
    }
    # What would publish a wrong figure stops it; what may be true only warns.
    judged = [key for stage in ("series", "comparison", "evaluation") for key in by_stage[stage]]
    stops = {key.name for key in judged if graph.get_check_spec(key).blocking}
    assert stops == {"rows_are_whole", "figures_are_possible", "probabilities_are_founded"}
    blocking = [key for key in by_stage["facts"] if key.name != "made"]
    assert len(blocking) == len({spec.key for spec in defined.resolve_all_asset_specs() if spec.key.path[0] == "facts"})
    assert all(graph.get_check_spec(key).blocking for key in blocking)
    assert not any(graph.get_check_spec(key).blocking for key in by_stage["snapshot"])


def test_every_source_says_until_when_it_is_fresh_by_how_often_its_figures_come(defined: dg.Definitions) -> None:
    specs = {spec.key.to_user_string(): spec.freshness_policy for spec in defined.resolve_all_asset_specs()}
    sources = {
        name: policy for name, policy in specs.items() if name.startswith("snapshot/") and name != "snapshot/inbox"
    }
    assert all(sources.values())
    assert not any(policy for name, policy in specs.items() if name not in sources)
    days = {name: policy.fail_window.to_timedelta().days for name, policy in sources.items()}
    # A provider's are read anew once in 30 days; figures of a contract come every year, of a survey when they come.
    assert {days[f"snapshot/{name}"] for name in ("ssb/07459", "klass/1", "fhi/794")} == {45}
    assert days["snapshot/delivery/udir_wellbeing_grade10"] == 365 + 120
    assert days["snapshot/delivery/ungdata_mental_distress"] == 5 * 365 + 120


def test_runs_of_the_page_have_the_source_set_in_their_tags(defined: dg.Definitions) -> None:
    for name in ("refresh", "night"):
        assert defined.resolve_job_def(name).tags["levekar/sources"] == "demo"


def test_one_job_does_the_nights_work_in_one_process(defined: dg.Definitions) -> None:
    job = defined.resolve_job_def("refresh")
    assert job.executor_def.name == dg.in_process_executor.name
    assert set(job.asset_layer.executable_asset_keys) == {spec.key for spec in defined.resolve_all_asset_specs()}


def test_the_night_is_off_until_someone_turns_it_on(defined: dg.Definitions) -> None:
    [schedule] = defined.schedules
    assert schedule.name == "nightly"
    assert schedule.job_name == "night"
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    assert schedule.cron_schedule == CRON
    assert schedule.execution_timezone == "Europe/Oslo"


def test_the_night_keeps_clear_of_every_providers_closed_hours() -> None:
    closed = [
        hours.split("-") for provider in sources_file()["providers"] for hours in provider.get("closed_hours", [])
    ]
    assert closed
    # A whole year, so that both changes of the clock are in it.
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Oslo"))
    ticks = schedule_execution_time_iterator(start.timestamp(), CRON, "Europe/Oslo", ascending=True)
    nights = [next(ticks) for _ in range(365)]
    assert {night.date() for night in nights} == {(start + timedelta(days=day)).date() for day in range(365)}
    for night in nights:
        for first, last in closed:
            opens, closes = (night.replace(hour=int(at[:2]), minute=int(at[3:])) for at in (last, first))
            assert not closes - MARGIN <= night <= opens + MARGIN


WATCH = """
import sys

def watch(event, arguments):
    name = str(arguments[0]) if arguments else ""
    if event == "open" and name.endswith(".yaml"):
        seen.append(f"read {name}")
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append(f"wrote {name}")
    elif event in ("os.mkdir", "os.rename", "os.remove"):
        seen.append(f"{event} {name}")
    elif event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        seen.append(event)

seen = []
sys.dont_write_bytecode = True
sys.addaudithook(watch)
import pipelines.workplace.definitions
sys.stdout.write("\\n".join(seen))
"""


def test_importing_the_definitions_asks_nobody_reads_no_catalogue_and_writes_nothing() -> None:
    script = [sys.executable, "-c", WATCH]
    done = subprocess.run(script, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == []


def test_dagster_sends_no_telemetry_and_keeps_its_runs_below_the_data_folder(tmp_path) -> None:
    home = prepare_dagster_home(Settings(data_dir=tmp_path))
    assert home == tmp_path / "dagster" / "demo"
    settings = YAML(typ="safe").load(home / "dagster.yaml")
    assert settings["telemetry"] == {"enabled": False}
    assert settings["nux"] == {"enabled": False}
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
