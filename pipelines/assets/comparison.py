"""Areas against their comparators, and pillars as a whole.

The pipelines' side of `indicators.comparison` and `indicators.pillars`: collects what the series of all pillars say.
"""

from collections.abc import Iterator

import dagster as dg
import pyarrow as pa

from indicators import comparison, pillars
from indicators.catalogue import Catalogue
from pipelines import engine
from pipelines.assets.kept import table_asset
from pipelines.resources import Workspace

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


def assets(catalogue: Catalogue) -> Iterator[dg.AssetsDefinition]:
    """Yield the two assets that look across pillars."""
    series, measures = (
        [dg.AssetKey([stage, pillar]) for pillar in catalogue.pillars] for stage in ("series", "measures")
    )

    def compared(workspace: Workspace) -> pa.Table:
        return compare(workspace.catalogue, _together(workspace, series), _together(workspace, measures))

    def viewed(workspace: Workspace) -> pa.Table:
        pillars_of = workspace.catalogue.pillars.items()
        pillar_of = {one.id: pillar for pillar, file in pillars_of for one in file.indicators}
        return pillars.pillar_view(_together(workspace, series), pillar_of)

    yield table_asset(
        COMPARISON,
        [*series, *measures],
        compared,
        "Each area against each of its comparators, with interval and word.",
    )
    yield table_asset(PILLARS, series, viewed, "Per area and pillar: indicators per assessment, mean standardised gap.")


def _together(workspace: Workspace, keys: list[dg.AssetKey]) -> pa.Table:
    return pa.concat_tables(workspace.lake.read(key.path) for key in keys)
