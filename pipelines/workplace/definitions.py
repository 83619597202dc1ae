"""Everything Dagster sees, on one screen.

Keep asset code out of this module: beside a `@dg.definitions` function, plain assets would silently be dropped.
"""

import dagster as dg

from pipelines.settings import Settings
from pipelines.storage import files
from pipelines.workplace import factory
from pipelines.workplace.alone import one_run_at_a_time
from pipelines.workplace.automation import inbox_sensor
from pipelines.workplace.charts import ChartFolder
from pipelines.workplace.confirming import confirm_delivery
from pipelines.workplace.describing import described
from pipelines.workplace.night import Night, compose
from pipelines.workplace.nightly import night_job, nightly_schedule


def build(night: Night, *, full: bool = False) -> dg.Definitions:
    """Compose the graph from the catalogue: an asset per source, one per step, the edition and its page."""
    refresh = dg.define_asset_job(
        "refresh",
        dg.AssetSelection.all(),
        description="All of the work, whether or not anything changed: ask, fetch, compute, publish.",
        tags={"levekar/sources": night.settings.source_set},
    )
    nightly = night_job(night, lambda: built)
    built = dg.Definitions(
        assets=described(
            [
                factory.inbox_asset(night.progress),
                *factory.source_assets(night.catalogue, night.progress),
                *factory.step_assets(night.steps, night.progress),
                factory.edition_asset(night.catalogue, night.progress, full=full),
                factory.overview_asset(night.settings.area),
                factory.page_asset(night.settings.area, night.progress),
            ],
            night.catalogue,
            synthetic=night.settings.synthetic,
        ),
        jobs=[refresh, nightly, confirm_delivery],
        schedules=[nightly_schedule(nightly)],
        sensors=[inbox_sensor(refresh, night.settings, lambda: built)],
        resources={
            "asking": night.asking,
            "runner": night.runner,
            "publisher": night.publisher,
            "names": night.store.names,
            "charts": ChartFolder(
                night.settings.root / "charts",
                night.catalogue,
                night.store.lake,
                night.settings.area,
                night.settings.synthetic,
            ),
        },
        executor=one_run_at_a_time(night),
    )
    return built


@dg.definitions
def definitions() -> dg.Definitions:
    """Return the definitions for the settings in the environment. Whoever loads them keeps what it writes private."""
    files.keep_private()
    return build(compose(Settings()))
