"""What a source has revised: observations that differ between two successive vintages of one table.

A plain comparison of facts; why a provider revised is in its own notes. Only vintages that came since the last time
are read: a night after two hundred of them costs what one after two does.
"""

import json
from collections.abc import Sequence
from itertools import pairwise

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from indicators.catalogue import Catalogue
from indicators.dictionary import SCHEMA
from pipelines.decoding.vintages import Standing, version_of
from pipelines.steps.folding import boundaries_of, folded
from pipelines.steps.step import SNAPSHOT, Inputs, Step
from pipelines.storage.snapshots import Fetch

REVISIONS = "revisions/observations"
_COLUMNS = SCHEMA["revision"].arrow
_REACHED = b"levekar.reached"
"""Where the table keeps how far each source was compared: the last record, and how many there were up to it."""

Reached = dict[str, tuple[str, int]]


def steps(catalogue: Catalogue) -> list[Step]:
    """Return the one step that looks at all sources of figures."""
    return [
        Step(
            REVISIONS,
            tuple(f"{SNAPSHOT}{name}" for name in catalogue.fact_sources),
            ("tables", "contracts", "boundaries", "providers", "areas"),
            _revisions,
            "Observations that a source has changed between two vintages.",
        )
    ]


def _revisions(inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    before = inputs.before
    known = before.table.read() if before is not None else _COLUMNS.empty_table()
    reached = _reached(known)
    found = [_COLUMNS.empty_table()]
    now: Reached = {}
    for name in catalogue.fact_sources:
        earlier = known.filter(pc.equal(known["table_id"], name))
        if before is not None and name in reached and f"{SNAPSHOT}{name}" not in before.changed:
            found.append(earlier)
            now[name] = reached[name]
            continue
        source = inputs.source(name)
        records = source.records()
        since = _resumed(records, reached.get(name))
        states = source.states(since)
        found += [earlier] if since else []
        found += [
            _between(inputs, catalogue, source, older, newer)
            for older, newer in pairwise(states.values())
            if version_of(older) != version_of(newer)
        ]
        if states:
            last = list(states)[-1]
            now[name] = (last, records.index(last) + 1)
    return pa.concat_tables(found).replace_schema_metadata({_REACHED: json.dumps(now).encode()})


def _reached(known: pa.Table) -> Reached:
    kept = json.loads((known.schema.metadata or {}).get(_REACHED, b"{}"))
    return {name: (record, count) for name, (record, count) in kept.items()}


def _resumed(records: Sequence[str], reached: tuple[str, int] | None) -> str:
    """Return the record from which on to compare: the last one compared, unless others have come in before it."""
    if reached is None:
        return ""
    record, count = reached
    return record if records[count - 1 : count] == [record] else ""


def _between(inputs: Inputs, catalogue: Catalogue, source: Standing, older: Fetch, newer: Fetch) -> pa.Table:
    boundaries = boundaries_of(catalogue, source.source)
    tables = (folded(source, newer, boundaries), folded(source, older, boundaries))
    return inputs.run(differences, *tables).read().cast(_COLUMNS)


def differences(newer: ibis.Table, older: ibis.Table) -> ibis.Table:
    """Return the rows of `revision`: cells of both tables (columns of FACTS_SCHEMA) whose value or status differs."""
    old = older.rename("old_{name}")
    met = newer.join(
        old,
        [
            newer.cell == old.old_cell,
            newer.period == old.old_period,
            newer.area_id.identical_to(old.old_area_id),
            newer.area_label.identical_to(old.old_area_label),
        ],
    )
    changed = met.filter(~met.value.identical_to(met.old_value) | ~met.status.identical_to(met.old_status))
    return changed.order_by("area_id", "period", "cell").select(
        table_id=changed.provider + "/" + changed.table_id,
        area_id=changed.area_id,
        period=changed.period,
        dimensions=changed.dimensions,
        old_value=changed.old_value,
        new_value=changed.value,
        old_status=changed.old_status,
        new_status=changed.status,
        old_snapshot_sha256=changed.old_snapshot_sha256,
        new_snapshot_sha256=changed.snapshot_sha256,
        old_vintage=changed.old_vintage,
        new_vintage=changed.vintage,
    )
