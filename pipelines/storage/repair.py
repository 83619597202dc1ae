"""What is damaged in a store, and what can be done about it without losing anything.

What is derived (tables of the lake) is removed, and made anew by the next run. What is original is never removed: a
damaged answer or record is set aside, where its bytes can still be looked at, and named. The only copy of a delivery
stays where it is, so that its sender's file or a backup can take its place; so does the history of publications.

    <root>/set-aside/<time>/…      what was moved there, under the path it had below the root
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pipelines.storage import files, warehouse
from pipelines.storage.history import FOLDER as HISTORY
from pipelines.storage.public_names import KEY, KeyDamaged
from pipelines.storage.snapshots import DELIVERED, Fetch, SnapshotError
from pipelines.storage.store import Store

SET_ASIDE = "set-aside"
Kind = Literal["derived", "history", "answer", "delivery", "record", "pointer", "key"]


@dataclass(frozen=True)
class Damage:
    """One damaged file. subject: the table it belongs to. words: what is wrong, and what to do."""

    kind: Kind
    subject: str
    path: Path
    words: str


def damages(store: Store) -> Iterator[Damage]:
    """Yield everything in a store that is not what it should be; changes nothing."""
    yield from _key(store)
    yield from _snapshots(store)
    yield from _lake(store)
    yield from _pointers(store.root)


def _key(store: Store) -> Iterator[Damage]:
    try:
        if store.names.exists:
            store.names.of(KEY)  # any name: by a damaged key nothing can be named
    except KeyDamaged as error:
        yield Damage("key", KEY, store.root / KEY, str(error))


def _snapshots(store: Store) -> Iterator[Damage]:
    looked_at: set[str] = set()
    for record in store.snapshots.records():
        _file, provider, table_id = record.split("/")
        subject = f"snapshot/{provider}/{table_id}"
        try:
            fetch = store.snapshots.fetch(record)
        except SnapshotError as error:
            yield Damage("record", subject, store.snapshots.path_of(record), str(error))
            continue
        for sha256 in {response.sha256 for response in fetch.responses} - looked_at:
            looked_at.add(sha256)
            try:
                store.snapshots.get(sha256)
            except SnapshotError as error:
                kind: Kind = "delivery" if _is_delivered(fetch) else "answer"
                yield Damage(kind, subject, store.snapshots.path_of_bytes(sha256), str(error))


def _is_delivered(fetch: Fetch) -> bool:
    return fetch.provider == DELIVERED


def _lake(store: Store) -> Iterator[Damage]:
    for key in store.lake.all_keys():
        kept = store.lake.kept(key)
        if kept is not None and store.lake.is_whole(kept):
            continue
        path, damaged = store.lake.path(key), "damaged, or not written to its end"
        if key.startswith(f"{HISTORY}/"):
            yield Damage("history", key, path, f"{path}: {damaged}; only this file says what that edition changed")
        else:
            yield Damage("derived", key, path, f"{path}: {damaged}; the next `levekar refresh` makes it anew")


def _pointers(root: Path) -> Iterator[Damage]:
    for pointer in warehouse.dangling(root):
        yield Damage("pointer", "edition", pointer, f"{pointer}: names an edition that is not there")


def mend(store: Store, damage: Damage) -> str:
    """Mend what can be mended of one damage and say what was done; or say what cannot be. Raises OSError."""
    if damage.kind == "derived":
        _set_aside(store.root, damage.path.with_suffix(".json"))
        _set_aside(store.root, damage.path)
        return "set aside; the next `levekar refresh` makes it anew"
    if damage.kind == "answer":
        moved = _set_aside(store.root, damage.path)
        where = f"set aside as {moved}; " if moved is not None else ""
        return f"{where}`levekar refresh --full` fetches it anew, if the provider still gives the same"
    if damage.kind == "record":
        moved = _set_aside(store.root, damage.path)
        return f"set aside as {moved}; {_after_record(damage)}"
    if damage.kind == "pointer":
        edition = warehouse.repoint(store.root)
        return f"names {edition.name} now" if edition else "no edition is left: `levekar refresh` publishes one"
    if damage.kind == "key":
        return "was left where it is: a new key is made only once somebody removes it"
    if damage.kind == "history":
        return (
            "cannot be mended from here, and was left where it is: copy it from a backup. Until then no measures are "
            "made anew, for what earlier editions showed is not known"
        )
    return (
        "cannot be mended from here, and was left where it is. Deliver the file again as it was sent "
        "(`levekar deliver FILE`), or copy it from a backup"
    )


def _after_record(damage: Damage) -> str:
    if damage.subject.startswith(f"snapshot/{DELIVERED}/"):
        return "the delivery that it told of stands no longer: deliver the file again. Its bytes are kept"
    return "what was fetched before it stands; `levekar refresh` asks the provider again"


def _set_aside(root: Path, path: Path) -> Path | None:
    """Move a file out of the way, under the path it had; None where it is not there."""
    if not path.exists():
        return None
    target = root / SET_ASIDE / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}" / path.relative_to(root)
    files.make_folder(target.parent)
    shutil.move(path, target)
    files.sync(target.parent)
    return target
