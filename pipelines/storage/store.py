"""The store of one source set: snapshots as received, the lake made of them, and below the same root the editions."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelines.storage.lake import Lake
from pipelines.storage.names import PublicNames
from pipelines.storage.snapshots import SnapshotStore


@dataclass(frozen=True)
class Store:
    """Snapshots and lake below `root`, opened when first used.

    known_key: of a store of made-up figures, a key that everybody knows, so that all machines publish the same.
    """

    root: Path
    known_key: bytes | None = None

    @cached_property
    def snapshots(self) -> SnapshotStore:
        """The source set's own snapshots."""
        return SnapshotStore(self.root / "snapshots")

    @cached_property
    def names(self) -> PublicNames:
        """The names that readers get of what was delivered, by the store's own key."""
        return PublicNames(self.root, self.known_key)

    @cached_property
    def lake(self) -> Lake:
        """The source set's Parquet files."""
        return Lake(self.root / "lake")
