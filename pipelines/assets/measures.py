"""From facts to measures, one asset per pillar: the pipelines' side of `indicators.measures` and `protection`.

Collects the facts that the catalogue names, runs the expression and hides what must not be seen; the methods
themselves are not here. What this stage keeps is fit to be published: no later stage sees a hidden count.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from indicators import geography, protection
from indicators import measures as method
from indicators.catalogue import Catalogue
from indicators.disclosure import Rules
from indicators.geography.membership import ADDING_UP
from pipelines import engine
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
    """Return the measures of a pillar from the facts of its source tables (by name, such as `ssb/07459`), unprotected.

    membership: the table `areas/membership`; without it the catalogue's own codes alone make up an area.
    """
    members = (
        adding_up(membership) if membership else pa.Table.from_pylist(geography.membership(catalogue.areas.values()))
    )
    together = pa.concat_tables([_named(table.select(_USED), name) for name, table in sorted(facts.items())])
    return engine.compute(
        method.measures,
        together,
        pa.Table.from_pylist(catalogue.terms(pillar), schema=TERMS),
        members,
        pa.Table.from_pylist(catalogue.rests(), schema=_RESTS),
    )


def protect(catalogue: Catalogue, measures: pa.Table) -> protection.Protected:
    """Return measures fit to be published, with what was hidden and marked."""
    rules = Rules(**catalogue.disclosure.model_dump())
    return protection.protected(measures, protection.structure(catalogue), rules)


def adding_up(membership: pa.Table) -> pa.Table:
    """Return the rows whose codes make an area up, without those that only bound it."""
    return membership.filter(pc.is_in(membership["origin"], pa.array(ADDING_UP)))


TERMS = pa.schema(
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

    key = dg.AssetKey(["measures", pillar])

    @dg.asset(
        key=key,
        group_name="measures",
        deps=[*keys.values(), _MEMBERSHIP],
        io_manager_key="lake",
        description=f"{catalogue.pillars[pillar].pillar.name_en}: each indicator's value for area and period.",
        check_specs=[
            dg.AssetCheckSpec(
                "small_numbers_are_hidden",
                asset=key,
                description="No hidden count follows from what is shown; where that took hiding whole indicators, a "
                "warning.",
            )
        ],
    )
    def measures(workspace: dg.ResourceParam[Workspace]) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        inputs = [workspace.lake.fingerprint(key.path) for key in [*keys.values(), _MEMBERSHIP]]
        fingerprint = workspace.fingerprint("measures", pillar, *inputs)
        version = dg.DataVersion(fingerprint)
        if workspace.lake.fingerprint(["measures", pillar]) == fingerprint and not workspace.full:
            yield dg.MaterializeResult(value=None, metadata={"rebuilt": False}, data_version=version)
            yield _said(workspace.lake.read(["measures", pillar]))
            return
        facts = {name: workspace.lake.read(key.path) for name, key in keys.items()}
        computed = compute(workspace.catalogue, pillar, facts, workspace.lake.read(_MEMBERSHIP.path))
        found = protect(workspace.catalogue, computed)
        kept = {**(found.measures.schema.metadata or {}), _ABANDONED: ", ".join(found.abandoned).encode()}
        table = found.measures.replace_schema_metadata(kept)
        hidden, marked = (sum(one.values()) for one in (found.hidden, found.unreliable))
        workspace.progress(f"measures/{pillar}", f"{table.num_rows:,} rows")
        yield dg.MaterializeResult(
            value=Frame(table, fingerprint),
            metadata={"rows": table.num_rows, "rebuilt": True, "hidden by us": hidden, "unreliable": marked},
            data_version=version,
        )
        yield _said(table)

    return measures


_ABANDONED = b"hidden whole"


def _said(table: pa.Table) -> dg.AssetCheckResult:
    """Say how many figures are hidden and marked, never which counts: a number of hidden cells tells nothing of one."""
    counts = pc.value_counts(table["status"]).to_pylist()
    numbers = {row["values"]: row["counts"] for row in counts if row["values"] in ("suppressed", "unreliable")}
    abandoned = (table.schema.metadata or {}).get(_ABANDONED, b"").decode()
    reason = f"all delivered figures are hidden, as single ones would follow from public figures: {abandoned}"
    return dg.AssetCheckResult(
        check_name="small_numbers_are_hidden",
        passed=not abandoned,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={**numbers, **({"reason": reason} if abandoned else {})},
    )
