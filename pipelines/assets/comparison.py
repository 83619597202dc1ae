"""Areas against their comparators, and pillars as a whole.

The pipelines' side of `indicators.comparison` and `indicators.pillars`: collects what the series of all pillars say.
"""

from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg
import pyarrow as pa

from indicators import comparison, pillars
from indicators.catalogue import Catalogue
from pipelines import engine
from pipelines.resources import Workspace
from pipelines.storage.io_manager import Frame

COMPARISON = dg.AssetKey(["comparison", "areas"])
PILLARS = dg.AssetKey(["comparison", "pillars"])
_SIGNS = pa.schema([("indicator_id", pa.string()), ("sign", pa.int64())])


def compare(catalogue: Catalogue, series: pa.Table, measures: pa.Table) -> pa.Table:
    """Return every area against each of its comparators."""
    signs = [{"indicator_id": one.id, "sign": one.sign} for one in catalogue.indicators.values()]
    return engine.compute(
        comparison.comparisons,
        series,
        measures,
        pa.Table.from_pylist(catalogue.comparators()),
        pa.Table.from_pylist(signs, schema=_SIGNS),
    )


def view(catalogue: Catalogue, series: pa.Table, _measures: pa.Table) -> pa.Table:
    """Return how each pillar stands in each programme's area."""
    pillar_of = {one.id: pillar for pillar, file in catalogue.pillars.items() for one in file.indicators}
    return pillars.pillar_view(series, pillar_of)


def assets(catalogue: Catalogue) -> Iterator[dg.AssetsDefinition]:
    """Yield the two assets that look across pillars."""
    yield _asset(COMPARISON, catalogue, compare, "Each area against each of its comparators, with interval and word.")
    yield _asset(PILLARS, catalogue, view, "Per area and pillar: indicators per assessment, mean standardised gap.")


def _asset(
    key: dg.AssetKey,
    catalogue: Catalogue,
    compute: Callable[[Catalogue, pa.Table, pa.Table], pa.Table],
    description: str,
) -> dg.AssetsDefinition:
    stages = {stage: [[stage, pillar] for pillar in catalogue.pillars] for stage in ("series", "measures")}

    @dg.asset(
        key=key,
        group_name="comparison",
        deps=[dg.AssetKey(path) for paths in stages.values() for path in paths],
        io_manager_key="lake",
        description=description,
    )
    def across(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[Any]:
        lake = workspace.lake
        inputs = [lake.fingerprint(path) for paths in stages.values() for path in paths]
        fingerprint = workspace.fingerprint("/".join(key.path), *inputs)
        if lake.fingerprint(key.path) == fingerprint and not workspace.full:
            return dg.MaterializeResult(
                value=None, metadata={"rebuilt": False}, data_version=dg.DataVersion(fingerprint)
            )
        series, measures = (pa.concat_tables(lake.read(path) for path in paths) for paths in stages.values())
        table = compute(workspace.catalogue, series, measures)
        workspace.progress("/".join(key.path), f"{table.num_rows:,} rows")
        return dg.MaterializeResult(
            value=Frame(table, fingerprint),
            metadata={"rows": table.num_rows, "rebuilt": True},
            data_version=dg.DataVersion(fingerprint),
        )

    return across
