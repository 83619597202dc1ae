"""Every vintage of every source, decoded once and kept in the lake: `<kind>/<provider>/<table>/<vintage>`.

What stands today is a fold over vintages (`steps.folding`), what stood on a day is one over those known by then. A
vintage is made anew only where the code or the part of the catalogue that reads it has changed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pyarrow as pa

from indicators.catalogue import Catalogue
from pipelines.code_version import version_behind
from pipelines.decoding.observations import Answers, decode, parts_read
from pipelines.storage.lake import Memo, Ref
from pipelines.storage.snapshots import DELIVERED, Fetch, SnapshotStore, StoredResponse
from pipelines.storage.store import Store


class Vintages:
    """The decoded answers of every source. decoded: how many this object has decoded, for who watches over it."""

    def __init__(self, catalogue: Catalogue, store: Store) -> None:
        self._catalogue, self._store = catalogue, store
        self._standing: dict[str, Standing] = {}
        self.decoded = 0

    def decode(self, fetch: Fetch, answers: Answers) -> dict[str, pa.Table]:
        """Return what answers say that are not in the store yet, by kind. Raises SourceError."""
        self.decoded += 1
        return decode(self._catalogue, fetch, answers)

    def keep(self, fetch: Fetch, tables: Mapping[str, pa.Table]) -> None:
        """Keep what was decoded of a fetch that is now in the store, and stands from now on."""
        self._write(fetch, tables)
        self.look_again(fetch.source)

    def table(self, kind: str, fetch: Fetch) -> Ref | None:
        """Return one kind of table of a vintage; None where its answers hold none. Raises SourceError, LakeError.

        fetch: of a delivery, one with a single file.
        """
        key = self._key(kind, fetch)
        kept = self._store.lake.kept(key)
        if kept is None or kept.memo != self._memo(fetch) or not self._store.lake.is_whole(kept):
            tables = self.decode(fetch, Answers(self._store.snapshots.get))
            self._write(fetch, tables)
            if kind not in tables:
                return None
        return self._store.lake.ref(key)

    def standing(self, name: str) -> "Standing":
        """Return what stands of a source, as it was when first looked at."""
        if name not in self._standing:
            self._standing[name] = Standing(name, self, self._store.snapshots)
        return self._standing[name]

    def look_again(self, name: str) -> None:
        """Forget what stood of a source: something was recorded."""
        self._standing.pop(name, None)

    def _write(self, fetch: Fetch, tables: Mapping[str, pa.Table]) -> None:
        for kind, table in tables.items():
            self._store.lake.write(self._key(kind, fetch), table, self._memo(fetch))

    def _key(self, kind: str, fetch: Fetch) -> str:
        return f"{kind}/{fetch.source}/{fetch.fetched_at:%Y%m%dT%H%M%S%fZ}-{_digest(fetch.responses)[:8]}"

    def _memo(self, fetch: Fetch) -> Memo:
        read = self._catalogue.digests(*parts_read(self._catalogue, fetch.source))
        return Memo({"answers": _digest(fetch.responses)}, read, {"pipelines.decoding": version_behind(decode)})


@dataclass(frozen=True)
class Standing:
    """What stands of one source today: its newest accepted answers, or all files that were not withdrawn."""

    source: str
    vintages: Vintages
    store: SnapshotStore

    @cached_property
    def fetch(self) -> Fetch | None:
        """The fetch, or one that has the files of all deliveries; None where nothing stands."""
        return self.store.latest(*self.source.split("/"))

    @cached_property
    def version(self) -> str:
        """Tells what stands apart from what stood before: a digest of the answers."""
        return version_of(self.fetch) if self.fetch is not None else "nothing"

    def tables(self, kind: str) -> list[tuple[Fetch, Ref]]:
        """Return the vintages that stand, oldest first, with a table of one kind. Raises SourceError, LakeError."""
        return self.of(self.fetch, kind) if self.fetch is not None else []

    def of(self, fetch: Fetch, kind: str) -> list[tuple[Fetch, Ref]]:
        """Return the vintages that a fetch, such as one of `states`, consists of, as `tables` does."""
        found = [(vintage, self.vintages.table(kind, vintage)) for vintage in _vintages(fetch)]
        return [(vintage, ref) for vintage, ref in found if ref is not None]

    def records(self) -> list[str]:
        """Return the names of all records of the source, oldest first."""
        return self.store.records(*self.source.split("/"))

    def states(self, since: str = "") -> dict[str, Fetch]:
        """Return what stood after each accepted fetch by its record, oldest first, from the record `since` on."""
        provider, _, table_id = self.source.partition("/")
        return self.store.states(provider, table_id, since)


def version_of(fetch: Fetch) -> str:
    """Return what tells the figures of a fetch apart: metadata asked for anew changes none.

    A classification has no figures, and all its answers count.
    """
    return _digest(fetch.data or fetch.responses)


def _vintages(fetch: Fetch) -> list[Fetch]:
    """A provider's answers are of one moment; each delivered file has its own."""
    if fetch.provider != DELIVERED:
        return [fetch]
    return [replace(fetch, responses=(file,), fetched_at=file.fetched_at) for file in fetch.data]


def _digest(responses: tuple[StoredResponse, ...]) -> str:
    return hashlib.sha256("\n".join(response.sha256 for response in responses).encode()).hexdigest()[:16]
