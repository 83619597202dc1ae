"""Deliveries under their public names: what an edition says of a file that would let readers rebuild it is taken out.

A file of an agreed layout with a few hidden counts has few possible contents. Its SHA-256, its exact size and the order
of its rows would each tell them apart. Its name is whatever its sender called it, and may name somebody. How a public
name is made belongs to `storage.public_names`.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.storage.public_names import PublicNames
from pipelines.storage.snapshots import DELIVERED

_NAMES = ("sha256", "snapshot_sha256", "old_snapshot_sha256", "new_snapshot_sha256")
_LISTS = ("snapshots",)
_ORDER = ("area_id", "area_label", "boundary_year", "period", "cell")


def named(tables: Mapping[str, pa.Table], names: PublicNames) -> dict[str, pa.Table]:
    """Return the tables of an edition in which no delivered file has its SHA-256, its own name or its exact size.

    Every column that names answers is looked at, in every table; answers of providers keep their SHA-256.
    """
    snapshots = tables["snapshot"]
    delivered = snapshots.filter(pc.equal(snapshots["provider"], DELIVERED))["sha256"]
    public = {sha256: names.of(sha256) for sha256 in pc.unique(delivered).to_pylist()}
    renamed = {name: _renamed(table, public) for name, table in tables.items()}
    return {**renamed, "snapshot": _with_rough_sizes(_without_file_names(renamed["snapshot"]))}


def in_no_order(facts: pa.Table) -> pa.Table:
    """Return facts sorted by what they are about, not as their file had them."""
    return facts.sort_by([(name, "ascending") for name in _ORDER])


def rough(size: int) -> int:
    """Return a number of bytes rounded up to one digit, and to a thousand at least.

    In a small file one count of two digits instead of one would else be told now and then.

    >>> [rough(size) for size in (7, 94, 12_345, 20_000)]
    [1000, 1000, 20000, 20000]
    """
    unit = 10 ** (len(str(size)) - 1)
    return max(1_000, -(-size // unit) * unit)


def _renamed(table: pa.Table, public: Mapping[str, str]) -> pa.Table:
    for name in table.column_names:
        column, place = table[name], table.schema.get_field_index(name)
        if name in _NAMES:
            known = pc.unique(column).to_pylist()
            new = pa.array([public.get(sha256, sha256) for sha256 in known], pa.string())
            table = table.set_column(place, name, new.take(pc.index_in(column, pa.array(known, column.type))))
        elif name in _LISTS:
            new = pa.array([_renamed_list(listed, public) for listed in column.to_pylist()], column.type)
            table = table.set_column(place, name, new)
    return table


def _renamed_list(listed: list[str] | None, public: Mapping[str, str]) -> list[str] | None:
    """Sorted anew: the order of the SHA-256 would tell something of them."""
    return None if listed is None else sorted(public.get(sha256, sha256) for sha256 in listed)


def file_name(public: str) -> str:
    """Return what readers see instead of a delivered file's name: the beginning of its public name.

    >>> file_name("3f9a12cd34ef" + "0" * 52)
    'delivered file 3f9a12cd34ef'
    """
    return f"delivered file {public[:12]}"


def _without_file_names(snapshots: pa.Table) -> pa.Table:
    rows = zip(*(snapshots[name].to_pylist() for name in ("provider", "sha256", "url")), strict=True)
    names = [file_name(sha256) if provider == DELIVERED else url for provider, sha256, url in rows]
    place = snapshots.schema.get_field_index("url")
    return snapshots.set_column(place, snapshots.schema.field("url"), pa.array(names, pa.string()))


def _with_rough_sizes(snapshots: pa.Table) -> pa.Table:
    sizes = [
        rough(size) if provider == DELIVERED else size
        for provider, size in zip(snapshots["provider"].to_pylist(), snapshots["size"].to_pylist(), strict=True)
    ]
    place = snapshots.schema.get_field_index("size")
    return snapshots.set_column(place, "size", pa.array(sizes, snapshots.schema.field("size").type))
