"""Every response that was kept, as rows of `snapshot`: what was asked when, by what terms, and why it was refused.

Records are never changed, so what was read of them once is kept in the lake: a night reads only the new ones.
"""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from indicators.dictionary import SCHEMA
from pipelines.code_version import modules_behind
from pipelines.storage.lake import LakeError, Memo
from pipelines.storage.snapshots import NOT_PERSONAL, Fetch, SnapshotError
from pipelines.storage.store import Store

_KEY = "provenance/responses"
_RECORD = "record"
_LET_THROUGH = NOT_PERSONAL
"""Column of the lake alone, as JSON: what readers get is not to tell where somebody looked for persons."""


def responses(store: Store) -> pa.Table:
    """Return the rows of `snapshot`, in the order of the records; refused answers with the reason."""
    columns = SCHEMA["snapshot"].arrow
    wanted = columns.append(pa.field(_RECORD, pa.string())).append(pa.field(_LET_THROUGH, pa.string()))
    memo = Memo(code=modules_behind(responses))
    known = _known(store, memo, wanted)
    names = store.snapshots.records()
    seen = set(pc.unique(known[_RECORD]).to_pylist())
    new = [row | {_RECORD: name} for name in names if name not in seen for row in _read(store, name)]
    if new or not known.num_rows:
        known = pa.concat_tables([known, pa.Table.from_pylist(new, schema=wanted)])
        store.lake.write(_KEY, known, memo)
    there = known.filter(pc.is_in(known[_RECORD], pa.array(names, pa.string())))
    return _each_once(there).select(columns.names)


def _known(store: Store, memo: Memo, wanted: pa.Schema) -> pa.Table:
    kept = store.lake.kept(_KEY)
    if kept is None or kept.memo != memo:
        return wanted.empty_table()
    try:
        return store.lake.read(_KEY)
    except LakeError:
        return wanted.empty_table()


def _read(store: Store, record: str) -> list[dict[str, Any]]:
    """Return the rows of a record; none of a damaged one, of which its own source and the doctor tell."""
    try:
        return _rows(store.snapshots.fetch(record))
    except SnapshotError:
        return []


def _rows(fetch: Fetch) -> list[dict[str, Any]]:
    let_through = fetch.notes.get(NOT_PERSONAL)
    return [
        {
            "sha256": response.sha256,
            "provider": fetch.provider,
            "table_id": fetch.table_id,
            "role": response.role,
            "url": response.url,
            "method": response.method,
            "request_body": response.body,
            "updated": fetch.updated,
            "fetched_at": response.fetched_at,
            "size": response.size,
            "attribution": fetch.attribution,
            "licence": fetch.licence,
            "accepted": fetch.accepted,
            "reason": fetch.reason,
            _LET_THROUGH: json.dumps(let_through, ensure_ascii=False) if let_through else None,
        }
        for response in fetch.responses
    ]


def _each_once(table: pa.Table) -> pa.Table:
    """An answer that several records name is one row: as the newest of them has it, where the oldest stands."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    # Records are ordered by their file's name, which begins with the time.
    for row in table.sort_by([(_RECORD, "ascending")]).to_pylist():
        rows[tuple(row[name] for name in ("provider", "table_id", "sha256", "role", "fetched_at"))] = row
    return pa.Table.from_pylist(list(rows.values()), schema=table.schema)
