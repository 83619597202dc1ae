"""Everything Dagster sees, on one screen.

Keep asset code out of this module: beside a `@dg.definitions` function, plain assets would silently be dropped.
"""

import dagster as dg

from pipelines.assets import (
    areas,
    comparison,
    evaluation,
    facts,
    inbox,
    measures,
    population,
    publication,
    series,
    snapshots,
)
from pipelines.automation import inbox_sensor, nightly
from pipelines.resources import Settings, Workspace
from pipelines.storage.io_manager import ParquetIOManager


def build(workspace: Workspace) -> dg.Definitions:
    """Compose the graph from the catalogue: one snapshot and one facts asset per source, three stages per pillar."""
    stages = (inbox, snapshots, facts, areas, population, measures, series, comparison, evaluation, publication)
    defined = [one for stage in stages for one in stage.assets(workspace.catalogue)]
    refresh = dg.define_asset_job(
        "refresh", dg.AssetSelection.all(), description="The night's work: ask, fetch what changed, publish."
    )
    built = dg.Definitions(
        assets=[one for one in defined if not isinstance(one, dg.AssetChecksDefinition)],
        asset_checks=[one for one in defined if isinstance(one, dg.AssetChecksDefinition)],
        jobs=[refresh],
        schedules=[nightly(refresh)],
        sensors=[inbox_sensor(refresh, lambda: built)],
        resources={"workspace": workspace, "lake": ParquetIOManager(workspace.lake)},
        executor=dg.in_process_executor,
    )
    return built


@dg.definitions
def definitions() -> dg.Definitions:
    """Return the definitions for the settings in the environment."""
    return build(Workspace(Settings.from_environment()))
