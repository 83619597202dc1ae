"""Assets that keep one table in the lake, made anew only where what it is made from has changed."""

import json
from collections.abc import Callable
from typing import Any

import dagster as dg
import pyarrow as pa

from pipelines.resources import Workspace
from pipelines.storage.io_manager import Frame


def table_asset(
    key: dg.AssetKey, deps: list[dg.AssetKey], make: Callable[[Workspace], pa.Table], description: str
) -> dg.AssetsDefinition:
    """Return the asset whose table `make` gives; its group is the key's first part."""

    @dg.asset(key=key, group_name=key.path[0], deps=deps, io_manager_key="lake", description=description)
    def kept(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[Any]:
        fingerprint = workspace.fingerprint("/".join(key.path), *(_state(workspace, dep) for dep in deps))
        if workspace.lake.fingerprint(key.path) == fingerprint and not workspace.full:
            return dg.MaterializeResult(
                value=None, metadata={"rebuilt": False}, data_version=dg.DataVersion(fingerprint)
            )
        table = make(workspace)
        if table.num_rows:
            workspace.progress("/".join(key.path), f"{table.num_rows:,} rows")
        return dg.MaterializeResult(
            value=Frame(table, fingerprint),
            metadata={"rows": table.num_rows, "rebuilt": True},
            data_version=dg.DataVersion(fingerprint),
        )

    return kept


def _state(workspace: Workspace, dep: dg.AssetKey) -> str | None:
    """What identifies an input: a table's fingerprint, or the answers of a snapshot."""
    if dep.path[0] != "snapshot":
        return workspace.lake.fingerprint(dep.path)
    fetch = workspace.store.latest(*dep.path[1:])
    return json.dumps([one.sha256 for one in fetch.responses]) if fetch else None
