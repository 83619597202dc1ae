"""Publication: every table of the warehouse gathered, checked and put out as one edition.

Only gathers: figures come from the lake, provenance from the snapshot store, definitions from the catalogue.
How a file is built and the pointer moved belongs to `storage.warehouse`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import duckdb
import ibis
import pyarrow as pa

from indicators import geography, population
from indicators.catalogue import Catalogue
from indicators.catalogue.models import Indicator
from pipelines import checks
from pipelines.assets import revisions
from pipelines.resources import Workspace
from pipelines.storage import schema, warehouse

_FIRST_YEAR, _LAST_YEAR = 1900, 2999


def table_names(catalogue: Catalogue) -> list[str]:
    """Return the names of all source tables and deliveries, such as `ssb/07459`."""
    return [*catalogue.tables, *(f"delivery/{one}" for one in catalogue.contracts)]


def stage_keys(catalogue: Catalogue) -> dict[str, list[dg.AssetKey]]:
    """Return the asset keys of each stage, in the order of the flow."""
    names = table_names(catalogue)
    return {
        "snapshots": [dg.AssetKey(["snapshot", *name.split("/")]) for name in names],
        "facts": [dg.AssetKey(["facts", *name.split("/")]) for name in names],
        "measures": [dg.AssetKey(["measures", pillar]) for pillar in catalogue.pillars],
        "series": [dg.AssetKey(["series", pillar]) for pillar in catalogue.pillars],
        "publication": [dg.AssetKey(["publication", "warehouse"])],
    }


def fingerprint(workspace: Workspace) -> str:
    """Identify what an edition is made from; the same fingerprint means the same figures."""
    keys = stage_keys(workspace.catalogue)
    return workspace.fingerprint(
        "edition", *(workspace.lake.fingerprint(key.path) for key in [*keys["facts"], *keys["series"]])
    )


def is_current(workspace: Workspace) -> bool:
    """Say whether the edition that readers see is made from what the lake holds, by today's code and catalogue."""
    try:
        with warehouse.connect(workspace.settings.root) as connection:
            found = connection.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
    except (warehouse.NothingPublished, duckdb.Error):
        return False
    return found is not None and found[0] == fingerprint(workspace)


def _pillars(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {"pillar_id": one.id, "position": one.order, "name_no": one.name_no, "name_en": one.name_en}
        for one in (file.pillar for file in catalogue.pillars.values())
    ]


def _subgoals(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {"subgoal_id": one.id, "pillar_id": pillar, "name_no": one.name_no, "name_en": one.name_en}
        for pillar, file in catalogue.pillars.items()
        for one in file.subgoals
    ]


def _indicators(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [_indicator(pillar, one) for pillar, file in catalogue.pillars.items() for one in file.indicators]


def _indicator(pillar: str, one: Indicator) -> dict[str, Any]:
    same = ("subgoal", "name_no", "name_en", "definition_no", "definition_en", "unit", "decimals", "direction")
    return {
        "indicator_id": one.id,
        "pillar_id": pillar,
        **{("subgoal_id" if name == "subgoal" else name): getattr(one, name) for name in same},
        "method": ", ".join(dict.fromkeys(source.method for source in one.sources)),
        "numerator": one.numerator,
        "denominator": one.denominator,
        "sources": [source.table for source in one.sources],
        "periodicity": one.periodicity,
        "baseline_note": one.baseline.note,
        "target_note": one.target.note if one.target else None,
        "caveats": "\n".join(one.caveats) or None,
    }


def _areas(catalogue: Catalogue, population: dict[str, tuple[int, str]]) -> list[dict[str, Any]]:
    """Rows of `area`: each place of the catalogue, and each official code that is a part of one."""
    places = [
        {
            "area_id": one.id,
            "kind": one.kind,
            "name": one.name,
            "parent_id": one.parent,
            "valid_from": None,
            "valid_to": None,
            "population": population.get(one.id, (None, None))[0],
            "population_period": population.get(one.id, (None, None))[1],
            "provisional": one.provisional,
            "note": one.note,
        }
        for one in catalogue.areas.values()
    ]
    codes = {
        (code, part.first, part.last): {
            "area_id": code,
            "kind": {8: "basic statistical unit"}.get(len(code), one.kind),
            "name": f"{one.name}, code {code}",
            "parent_id": one.id,
            "valid_from": date(part.first, 1, 1) if part.first > _FIRST_YEAR else None,
            "valid_to": date(part.last, 12, 31) if part.last < _LAST_YEAR else None,
            "population": None,
            "population_period": None,
            "provisional": one.provisional,
            "note": None,
        }
        for one in catalogue.areas.values()
        for part in one.parts
        for code in part.codes
        if code != one.id
    }
    return [*places, *codes.values()]


def _snapshots(workspace: Workspace) -> list[dict[str, Any]]:
    """Rows of `snapshot`: every response that was kept, refused ones with the reason."""
    rows = {
        (fetch.provider, fetch.table_id, response.sha256, response.role, response.fetched_at): {
            "sha256": response.sha256,
            "provider": fetch.provider,
            "table_id": fetch.table_id,
            "role": response.role,
            "url": response.url,
            "method": response.method,
            "request_body": response.body,
            "updated": fetch.updated,
            "fetched_at": response.fetched_at,
            "size": response.size,
            "attribution": fetch.attribution,
            "licence": fetch.licence,
            "accepted": fetch.accepted,
            "reason": fetch.reason,
        }
        for fetch in workspace.store.fetches()
        for response in fetch.responses
    }
    return list(rows.values())


def _runs(
    workspace: Workspace, run_id: str, started: datetime, now: datetime, states: list[str]
) -> list[dict[str, Any]]:
    """Rows of `refresh_run`: those of the edition before, and this run."""
    this = {
        "run_id": run_id,
        "started_at": started,
        "finished_at": now,
        "source_set": workspace.settings.source_set,
        "trigger": "refresh",
        "fetched": states.count("new"),
        "unchanged": states.count("unchanged"),
        "failed": states.count("failed"),
        "outcome": "published, some sources failed" if "failed" in states else "published",
    }
    try:
        with warehouse.connect(workspace.settings.root) as connection:
            earlier = connection.execute("SELECT * FROM refresh_run").to_arrow_table().to_pylist()
    except (warehouse.NothingPublished, duckdb.Error):
        earlier = []
    return [*earlier, this]


def gather(workspace: Workspace, checked: list[dict[str, Any]], run_id: str, started: datetime) -> dict[str, pa.Table]:
    """Return every table of the warehouse by name, in its contract's columns."""
    catalogue, lake = workspace.catalogue, workspace.lake
    now = datetime.now(UTC)
    states = [str(row["state"]) for row in checked if row.get("state")]
    stages = {
        stage: pa.concat_tables(lake.read([stage, pillar]) for pillar in catalogue.pillars)
        for stage in ("measures", "series")
    }
    facts = {name: lake.read(["facts", *name.split("/")]) for name in table_names(catalogue)}
    rows = {
        "pillar": _pillars(catalogue),
        "subgoal": _subgoals(catalogue),
        "indicator": _indicators(catalogue),
        "area": _areas(catalogue, _populations(catalogue, facts)),
        "snapshot": _snapshots(workspace),
        "refresh_run": _runs(workspace, run_id, started, now, states),
        "check_result": [{key: value for key, value in row.items() if key != "state"} for row in checked],
        "release": [],
    }
    return {
        "observation": pa.concat_tables(facts.values()).drop(["cell"]),
        "measure": stages["measures"],
        "series": stages["series"],
        "revision": revisions.between_vintages(workspace, list(facts)),
        **{name: pa.Table.from_pylist(found, schema=schema.SCHEMA[name].arrow) for name, found in rows.items()},
    }


def _populations(catalogue: Catalogue, facts: dict[str, pa.Table]) -> dict[str, tuple[int, str]]:
    """Newest population of each area from the population tables, by units first and municipalities second."""
    columns = ["area_id", "boundary_year", "period", "period_end", "value"]
    counted = pa.concat_tables([facts[name].select(columns) for name in catalogue.population_tables])
    expression = population.newest(
        ibis.memtable(counted),
        ibis.memtable(pa.Table.from_pylist(geography.membership(catalogue.areas.values()))),
    )
    rows = ibis.duckdb.connect().to_pyarrow(expression).to_pylist()
    return {row["area_id"]: (row["population"], row["population_period"]) for row in rows}


def _meta(workspace: Workspace) -> dict[str, str]:
    return {
        "source_set": workspace.settings.source_set,
        "synthetic": str(workspace.settings.synthetic).lower(),
        "code_version": workspace.code_version,
        "catalogue_hash": workspace.catalogue.digest,
        "fingerprint": fingerprint(workspace),
    }


def assets(catalogue: Catalogue) -> Iterator[dg.AssetsDefinition]:
    """Yield the one asset that readers see."""
    keys = stage_keys(catalogue)

    @dg.asset(
        key=["publication", "warehouse"],
        group_name="publication",
        deps=[*keys["series"], *keys["measures"], *keys["facts"]],
        description="The edition that evaluators open: DuckDB, and Parquet beside it.",
    )
    def warehouse_edition(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.MaterializeResult[None]:
        if is_current(workspace) and not workspace.full:
            return dg.MaterializeResult(metadata={"published": False, "reason": "nothing has changed"})
        if not any(workspace.store.latest(*name.split("/")) for name in table_names(workspace.catalogue)):
            return dg.MaterializeResult(metadata={"published": False, "reason": "no source has ever answered"})
        checked = list(checks.results(context.instance, context.run_id))
        started = datetime.fromtimestamp(context.instance.get_run_record_by_id(context.run_id).start_time, UTC)
        tables = gather(workspace, checked, context.run_id, started)
        edition = warehouse.publish(
            workspace.settings.root, tables, schema.SCHEMA, schema.VIEWS, _meta(workspace), datetime.now(UTC)
        )
        workspace.progress("publication/warehouse", edition.name)
        return dg.MaterializeResult(
            metadata={"edition": edition.name, **{name: table.num_rows for name, table in tables.items()}}
        )

    yield warehouse_edition
