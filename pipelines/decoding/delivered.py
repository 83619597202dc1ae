"""From delivered files to observations: what a contract's reading says, as facts."""

from datetime import datetime

import pyarrow as pa

from pipelines.decoding import tidy
from pipelines.deliveries.reading import Reading


def facts_of(reading: Reading, snapshot_sha256: str, vintage: datetime) -> pa.Table:
    """Return a delivered file's figures as facts (columns of FACTS_SCHEMA). Raises SourceError."""
    columns = {name: column.cast(pa.string()) for name, column in reading.columns.items()}
    named = [*reading.contract.every_dimension, "ContentsCode"]
    return tidy.facts(
        provider="delivery",
        table_id=reading.contract.id,
        area_id=columns["area_id"],
        area_label=columns["area_label"],
        period=columns["period"],
        boundary_year=reading.boundary_years(),
        dimensions={key: columns[key] for key in named},
        value=reading.value,
        status=reading.status,
        snapshot_sha256=snapshot_sha256,
        vintage=vintage,
        where=reading.name,
    )
