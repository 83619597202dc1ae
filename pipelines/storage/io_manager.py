"""Between Dagster and the lake: an asset's key is its table's name.

Own, because the ready-made managers need pandas below 3. Reading and writing files is the lake's work.
"""

from dataclasses import dataclass

import dagster as dg
import pyarrow as pa

from pipelines.storage.lake import Lake, LakeError


@dataclass(frozen=True)
class Frame:
    """What an asset hands over to be kept: the table, and the fingerprint of what it was made from."""

    table: pa.Table
    fingerprint: str


class ParquetIOManager(dg.IOManager):
    """Keeps each asset's table in the lake; an asset that hands over None is unchanged."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def handle_output(self, context: dg.OutputContext, obj: Frame | None) -> None:
        """Keep the table; None says that what is there stands."""
        key = context.asset_key.path
        if obj is not None:
            self._lake.write(key, obj.table, obj.fingerprint)
        elif not self._lake.exists(key):
            raise LakeError(
                f"lake: the asset {'/'.join(key)} says that it is unchanged, but nothing is kept of it; "
                "expected a Frame"
            )

    def load_input(self, context: dg.InputContext) -> pa.Table:
        """Return the table of the asset that this input comes from."""
        return self._lake.read(context.asset_key.path)
