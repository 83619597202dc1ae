"""From facts to measures, one asset per pillar: the pipelines' side of `indicators.measures`.

Collects the facts that the catalogue names and runs the expression; the method itself is not here.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import ibis
import pyarrow as pa
import pyarrow.compute as pc

from indicators import geography
from indicators import measures as method
from indicators.catalogue import Catalogue
from indicators.geography.membership import ADDING_UP
from pipelines.resources import Workspace
from pipelines.storage.io_manager import Frame

_MEMBERSHIP = dg.AssetKey(["areas", "membership"])
_USED = [
    "area_id",
    "boundary_year",
    "period",
    "period_start",
    "period_end",
    "cell",
    "value",
    "status",
    "snapshot_sha256",
    "vintage",
]


def compute(
    catalogue: Catalogue, pillar: str, facts: dict[str, pa.Table], membership: pa.Table | None = None
) -> pa.Table:
    """Return the measures of a pillar from the facts of its source tables (by name, such as `ssb/07459`).

    membership: the table `areas/membership`; without it the catalogue's own codes alone make up an area.
    """
    members = (
        adding_up(membership) if membership else pa.Table.from_pylist(geography.membership(catalogue.areas.values()))
    )
    together = pa.concat_tables([_named(table.select(_USED), name) for name, table in sorted(facts.items())])
    expression = method.measures(
        ibis.memtable(together),
        ibis.memtable(pa.Table.from_pylist(catalogue.terms(pillar), schema=_TERMS)),
        ibis.memtable(members),
        ibis.memtable(pa.Table.from_pylist(catalogue.rests(), schema=_RESTS)),
    )
    # One thread: else the order in which a mean is summed, and its last bit, would differ from run to run.
    return ibis.duckdb.connect(threads=1).to_pyarrow(expression)


def adding_up(membership: pa.Table) -> pa.Table:
    """Return the rows whose codes make an area up, without those that only bound it."""
    return membership.filter(pc.is_in(membership["origin"], pa.array(ADDING_UP)))


_TERMS = pa.schema(
    [
        ("indicator_id", pa.string()),
        ("source", pa.int64()),
        ("table_name", pa.string()),
        ("method", pa.string()),
        ("scale", pa.float64()),
        ("pooling", pa.int64()),
        ("role", pa.string()),
        ("cell", pa.string()),
        ("cells", pa.int64()),
        ("age", pa.string()),
        ("sex", pa.string()),
    ]
)
_RESTS = pa.schema([("area_id", pa.string()), ("whole", pa.string()), ("without", pa.string()), ("parts", pa.int64())])


def _named(table: pa.Table, name: str) -> pa.Table:
    return table.append_column("table_name", pa.repeat(pa.scalar(name), table.num_rows))


def assets(catalogue: Catalogue) -> Iterator[dg.AssetsDefinition]:
    """Yield one asset per pillar."""
    for pillar in catalogue.pillars:
        yield _asset(pillar, catalogue)


def _asset(pillar: str, catalogue: Catalogue) -> dg.AssetsDefinition:
    names = catalogue.tables_of(pillar)
    keys = {name: dg.AssetKey(["facts", *name.split("/")]) for name in names}

    @dg.asset(
        key=["measures", pillar],
        group_name="measures",
        deps=[*keys.values(), _MEMBERSHIP],
        io_manager_key="lake",
        description=f"{catalogue.pillars[pillar].pillar.name_en}: each indicator's value for area and period.",
    )
    def measures(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[Any]:
        inputs = [workspace.lake.fingerprint(key.path) for key in [*keys.values(), _MEMBERSHIP]]
        fingerprint = workspace.fingerprint("measures", pillar, *inputs)
        if workspace.lake.fingerprint(["measures", pillar]) == fingerprint and not workspace.full:
            return dg.MaterializeResult(
                value=None, metadata={"rebuilt": False}, data_version=dg.DataVersion(fingerprint)
            )
        facts = {name: workspace.lake.read(key.path) for name, key in keys.items()}
        table = compute(workspace.catalogue, pillar, facts, workspace.lake.read(_MEMBERSHIP.path))
        workspace.progress(f"measures/{pillar}", f"{table.num_rows:,} rows")
        return dg.MaterializeResult(
            value=Frame(table, fingerprint),
            metadata={"rows": table.num_rows, "rebuilt": True},
            data_version=dg.DataVersion(fingerprint),
        )

    return measures
