"""From measures to series, one asset per pillar, each with a chart in the Dagster UI.

The pipelines' side of `indicators.series`; the method itself is not here.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow as pa

from indicators import assessment
from indicators import series as method
from indicators.catalogue import Catalogue
from pipelines import engine
from pipelines.resources import Workspace
from pipelines.storage.io_manager import Frame
from pipelines.workplace import charts


def compute(catalogue: Catalogue, pillar: str, measures: pa.Table) -> pa.Table:
    """Return the series of a pillar from its measures, from both baselines where the catalogue names two."""
    comparators = pa.Table.from_pylist(catalogue.comparators())
    points = engine.compute(method.points, measures)
    rules, alternative = (
        pa.Table.from_pylist(catalogue.rules(pillar, alternative=other), schema=_RULES) for other in (False, True)
    )
    rows, others = (
        assessment.assess(engine.compute(method.series, measures, one, comparators), points)
        for one in (rules, alternative)
    )
    wanted = assessment.ordered(engine.compute(method.no_data, measures, rules))
    return assessment.ordered(pa.concat_tables([assessment.with_alternative(rows, others), wanted]))


_RULES = pa.schema(
    [
        ("indicator_id", pa.string()),
        ("area_id", pa.string()),
        ("pools", pa.bool_()),
        ("baseline_year", pa.int64()),
        ("baseline_caveat", pa.string()),
        ("target_year", pa.int64()),
        ("target_absolute", pa.float64()),
        ("target_relative", pa.float64()),
        ("target_gap_closed", pa.float64()),
        ("target_comparator", pa.string()),
        ("target_status", pa.string()),
        ("trajectory", pa.string()),
        ("sign", pa.int64()),
        ("multiplier", pa.float64()),
        ("is_programme", pa.bool_()),
        ("wanted", pa.string()),
    ]
)


def assets(catalogue: Catalogue) -> Iterator[dg.AssetsDefinition]:
    """Yield one asset per pillar."""
    for pillar in catalogue.pillars:
        yield _asset(pillar, catalogue)


def _asset(pillar: str, catalogue: Catalogue) -> dg.AssetsDefinition:
    @dg.asset(
        key=["series", pillar],
        group_name="series",
        deps=[dg.AssetKey(["measures", pillar])],
        io_manager_key="lake",
        description=f"{catalogue.pillars[pillar].pillar.name_en}: baseline, target, trajectory, gaps, assessment.",
    )
    def series(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[Any]:
        fingerprint = workspace.fingerprint("series", pillar, workspace.lake.fingerprint(["measures", pillar]))
        known = workspace.lake.fingerprint(["series", pillar]) == fingerprint and not workspace.full
        table = (
            workspace.lake.read(["series", pillar])
            if known
            else compute(workspace.catalogue, pillar, workspace.lake.read(["measures", pillar]))
        )
        chart, table = _charted(workspace, pillar, table)
        workspace.progress(f"series/{pillar}", "unchanged" if known else f"{table.num_rows:,} rows")
        return dg.MaterializeResult(
            value=None if known else Frame(table, fingerprint),
            metadata={"rows": table.num_rows, "rebuilt": not known, "chart": dg.MetadataValue.md(chart)},
            data_version=dg.DataVersion(fingerprint),
        )

    return series


def _charted(workspace: Workspace, pillar: str, table: pa.Table) -> tuple[str, pa.Table]:
    """Return the area's chart as Markdown, and the table with the chart kept in its metadata.

    Drawing takes longer than the stage's other work, and the UI should show the chart of an unchanged series too.
    """
    area = workspace.settings.area
    key, kept = f"chart {area}".encode(), table.schema.metadata or {}
    if key not in kept:
        drawn = charts.pillar(workspace.catalogue, pillar, table, area, synthetic=workspace.settings.synthetic)
        kept = {key: drawn.encode()}
    return kept[key].decode(), table.replace_schema_metadata(kept)
