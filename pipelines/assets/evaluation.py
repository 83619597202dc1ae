"""Did the programme do it? One asset pair over all evaluations of the catalogue: results, and what their tests rank.

The pipelines' side of `indicators.evaluation`: collects published measures and draws; no statistics here. Suppressed
figures never come this far, for measures are protected before anything else sees them.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import dagster as dg
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators import evaluation as method
from indicators.catalogue import Catalogue
from indicators.catalogue.models import EvaluationPlan
from pipelines.resources import Workspace
from pipelines.storage import schema
from pipelines.storage.io_manager import Frame
from pipelines.workplace import evaluation_chart as report

RESULTS = dg.AssetKey(["evaluation", "results"])
PLACEBOS = dg.AssetKey(["evaluation", "placebos"])
_USED = ["indicator_id", "area_id", "period", "period_start", "period_end", "sex", "age", "value", "status"]


@dataclass(frozen=True)
class Evaluated:
    """The two tables as published, and a chart (Markdown) per evaluation."""

    results: pa.Table
    placebos: pa.Table
    charts: dict[str, str]


def compute(catalogue: Catalogue, measures: pa.Table, *, synthetic: bool) -> Evaluated:
    """Put every question of evaluations.yaml to the measures of all pillars."""
    figures = measures.select(_USED).to_pandas()
    results: list[dict[str, Any]] = []
    placebos, charts = [schema.SCHEMA["evaluation_placebo"].arrow.empty_table()], {}
    for plan in catalogue.evaluations.values():
        found = {name: _evaluated(catalogue, plan, name, figures) for name in plan.indicators}
        for name, one in found.items():
            rows = one.results if isinstance(one, method.Evaluation) else [one]
            results += [_named(plan, name) | asdict(row) for row in rows]
            if isinstance(one, method.Evaluation):
                placebos.append(_ranked(plan, name, one))
        charts[plan.id] = report.chart(catalogue, plan, found, synthetic=synthetic)
    return Evaluated(
        pa.Table.from_pylist(results, schema=schema.SCHEMA["evaluation"].arrow), pa.concat_tables(placebos), charts
    )


def _evaluated(
    catalogue: Catalogue, plan: EvaluationPlan, name: str, figures: pd.DataFrame
) -> method.Evaluation | method.Result:
    """Evaluate one indicator, or return the row that says why that cannot be."""
    indicator = catalogue.indicators[name]
    chosen = {"indicator_id": name, "sex": indicator.sex, "age": indicator.age}
    own = figures[(figures[list(chosen)] == pd.Series(chosen)).all(axis=1)]
    try:
        return method.evaluate(method.panel(own, plan.area, catalogue.donors(plan), plan.start))
    except method.NotEnough as reason:
        return method.not_evaluated(str(reason))


def _named(plan: EvaluationPlan, indicator: str) -> dict[str, Any]:
    return {
        "evaluation_id": plan.id,
        "indicator_id": indicator,
        "area_id": plan.area,
        "programme_effect_claimed": plan.programme_effect_claimed,
        "purpose": plan.purpose,
    }


def _ranked(plan: EvaluationPlan, indicator: str, found: method.Evaluation) -> pa.Table:
    columns = {"evaluation_id": plan.id, "indicator_id": indicator}
    table = found.placebos.assign(**columns, treated=found.placebos["area_id"] == plan.area)
    wanted = schema.SCHEMA["evaluation_placebo"].arrow
    return pa.Table.from_pandas(table[wanted.names], wanted, preserve_index=False)


def assets(catalogue: Catalogue) -> Iterator[dg.AssetsDefinition]:
    """Yield the one step that makes both tables."""
    measures = [dg.AssetKey(["measures", pillar]) for pillar in catalogue.pillars]

    @dg.multi_asset(
        name="evaluation",
        group_name="evaluation",
        outs={
            "results": dg.AssetOut(
                key=RESULTS,
                io_manager_key="lake",
                description="Modelled: each area with a programme against areas without, with permutation tests.",
            ),
            "placebos": dg.AssetOut(
                key=PLACEBOS,
                io_manager_key="lake",
                description="Modelled: what each test ranks, the treated area and every donor as a placebo.",
            ),
        },
        deps=measures,
    )
    def evaluation(workspace: dg.ResourceParam[Workspace]) -> Iterator[dg.MaterializeResult[Any]]:
        lake = workspace.lake
        fingerprint = workspace.fingerprint("evaluation", *(lake.fingerprint(key.path) for key in measures))
        known = all(lake.fingerprint(key.path) == fingerprint for key in (RESULTS, PLACEBOS)) and not workspace.full
        made = _kept(workspace) if known else _made(workspace, measures)
        if not known:
            modelled = pc.sum(pc.equal(made.results["status"], "modelled")).as_py() or 0
            workspace.progress("/".join(RESULTS.path), f"{modelled:,} modelled rows")
        for key, table in ((RESULTS, made.results), (PLACEBOS, made.placebos)):
            charts = made.charts if key == RESULTS else {}
            yield dg.MaterializeResult(
                asset_key=key,
                value=None if known else Frame(table, fingerprint),
                metadata={
                    "rows": table.num_rows,
                    "rebuilt": not known,
                    **{f"chart {name}": dg.MetadataValue.md(chart) for name, chart in charts.items()},
                },
                data_version=dg.DataVersion(fingerprint),
            )

    yield evaluation


def _made(workspace: Workspace, measures: list[dg.AssetKey]) -> Evaluated:
    """Evaluate, and keep the charts with the results, so that an unchanged night shows them too."""
    together = pa.concat_tables(workspace.lake.read(key.path).select(_USED) for key in measures)
    made = compute(workspace.catalogue, together, synthetic=workspace.settings.synthetic)
    kept = {f"{_CHART}{name}": chart for name, chart in made.charts.items()}
    return Evaluated(made.results.replace_schema_metadata(kept), made.placebos, made.charts)


def _kept(workspace: Workspace) -> Evaluated:
    results = workspace.lake.read(RESULTS.path)
    texts = {key.decode(): text.decode() for key, text in (results.schema.metadata or {}).items()}
    charts = {key.removeprefix(_CHART): text for key, text in texts.items() if key.startswith(_CHART)}
    return Evaluated(results, workspace.lake.read(PLACEBOS.path), charts)


_CHART = "chart "
