"""Publication: every table of the warehouse gathered, checked and put out as one edition.

Only gathers: figures come from the lake, provenance from the snapshot store, definitions from the catalogue.
How a file is built and the pointer moved belongs to `storage.warehouse`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import duckdb
import pyarrow as pa

from indicators import population
from indicators.catalogue import Catalogue
from indicators.catalogue.models import Indicator
from pipelines import checks, engine
from pipelines.assets import areas, comparison, evaluation, inbox, masking, revisions, snapshots
from pipelines.assets import population as residents
from pipelines.resources import Workspace
from pipelines.storage import schema, warehouse

_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_GATHERED = ("facts", "areas", "population", "series", "comparison", "evaluation")
_KEPT_WHOLE = {
    "area_code": ["areas", "membership"],
    "official_area": ["areas", "official"],
    "area_change": ["areas", "changes"],
    "boundary": ["areas", "boundaries"],
    "population": residents.KEY.path,
    "reconciliation": residents.RECONCILIATION.path,
    "comparison": comparison.COMPARISON.path,
    "pillar_view": comparison.PILLARS.path,
    "evaluation": evaluation.RESULTS.path,
    "evaluation_placebo": evaluation.PLACEBOS.path,
}


def stage_keys(catalogue: Catalogue) -> dict[str, list[dg.AssetKey]]:
    """Return the asset keys of each stage, in the order of the flow."""
    return {
        "snapshots": [inbox.KEY, *(dg.AssetKey(["snapshot", *name.split("/")]) for name in catalogue.source_names)],
        "facts": [dg.AssetKey(["facts", *name.split("/")]) for name in catalogue.fact_sources],
        "areas": [dg.AssetKey(["areas", name]) for name in areas.STAGE],
        "population": [residents.KEY, residents.RECONCILIATION],
        "measures": [dg.AssetKey(["measures", pillar]) for pillar in catalogue.pillars],
        "series": [dg.AssetKey(["series", pillar]) for pillar in catalogue.pillars],
        "comparison": [comparison.COMPARISON, comparison.PILLARS],
        "evaluation": [evaluation.RESULTS, evaluation.PLACEBOS],
        "publication": [dg.AssetKey(["publication", "warehouse"])],
    }


def fingerprint(workspace: Workspace) -> str:
    """Identify what an edition is made from; the same fingerprint means the same figures."""
    keys = stage_keys(workspace.catalogue)
    return workspace.fingerprint(
        "edition", *(workspace.lake.fingerprint(key.path) for stage in _GATHERED for key in keys[stage])
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
            "kind": _kind_of(code, one.kind),
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


def _kind_of(code: str, kind: str) -> str:
    """What an official code is, by its form; codes of other forms are what the area is."""
    if len(code) == 8:
        return "statistical tract" if code.endswith("00") else "basic statistical unit"
    return kind


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
    facts = {name: lake.read(["facts", *name.split("/")]) for name in catalogue.fact_sources}
    shown = masking.masked(catalogue, facts, stages["measures"], lake.read(_KEPT_WHOLE["area_code"]))
    observations = pa.concat_tables(shown.values()).drop(["cell"])
    revised = revisions.between_vintages(workspace, list(facts))
    rows = {
        "pillar": _pillars(catalogue),
        "subgoal": _subgoals(catalogue),
        "indicator": _indicators(catalogue),
        "coverage": catalogue.coverage(),
        "area": _areas(catalogue, _populations(lake.read(residents.KEY.path))),
        "snapshot": _snapshots(workspace),
        "refresh_run": _runs(workspace, run_id, started, now, states),
        "check_result": [{key: value for key, value in row.items() if key != "state"} for row in checked],
        "release": [],
    }
    return {
        "observation": observations,
        "measure": stages["measures"],
        "series": stages["series"],
        **{name: lake.read(key) for name, key in _KEPT_WHOLE.items()},
        "revision": masking.masked_revisions(catalogue, revised, observations),
        **{name: pa.Table.from_pylist(found, schema=schema.SCHEMA[name].arrow) for name, found in rows.items()},
    }


def _populations(counted: pa.Table) -> dict[str, tuple[int, str]]:
    """Newest population of each area, with its period."""
    rows = engine.compute(population.newest, counted).to_pylist()
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
        deps=[key for stage in (*_GATHERED, "measures") for key in keys[stage]],
        description="The edition that evaluators open: DuckDB, and Parquet beside it.",
    )
    def warehouse_edition(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.MaterializeResult[None]:
        if is_current(workspace) and not workspace.full:
            return dg.MaterializeResult(metadata={"published": False, "reason": "nothing has changed"})
        # Comparators of tables that were never tried are not enough for a first edition.
        counted = [
            name for name in workspace.catalogue.fact_sources if not snapshots.only_warns(workspace.catalogue, name)
        ]
        if not any(workspace.store.latest(*name.split("/")) for name in counted):
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
