"""The snapshot store: answers as received, and the record of where each came from. Nothing in it is changed.

    <root>/<first two of the SHA-256>/<SHA-256>.zst           the bytes, compressed with zstd
    <root>/index/<provider>/<table>/<stamp>-<digest>.json     one fetch: requests, times, attribution

What belongs: keeping, finding and verifying. What does not: asking a provider, or replaying what was kept as if it were
asked (`providers`), what the bytes mean (`decoding`), whether to accept them (`steps.asking`).

Every file is written whole under a name that follows from its content. So two writers can only write the
same, and a killed one leaves at most bytes that no record names.

The order of a table's records is the store's own: a stamp is the time of the fetch, but always later than the stamps
before it. So what is taken while the clock stands two hours back still comes after what was there.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.errors import SourceError
from pipelines.storage import files

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"(?!\.)[\w.-]+")
_STAMP = "%Y%m%dT%H%M%S%fZ"
DELIVERED = "delivery"
NOT_PERSONAL = "not_personal"
"""The note of a delivery in which something looked like personal data: the kinds of it, and why it is none."""
CONFIRMED = "confirmed"
"""The note of a delivery that was held: by whom it was confirmed, why, when, and what stood out by kind."""
WITHDRAWS = "withdraws"


class SnapshotError(SourceError):
    """A kept answer, or its record, that is missing or damaged; the message names the file and what to do.

    of: the contract of a delivery; its file's SHA-256 and name are for whoever looks after the store alone.
    """

    def __init__(self, message: str, of: str | None = None) -> None:
        super().__init__(message)
        self._of = of

    def for_readers(self) -> str:
        """Name the file, unless it was delivered: then the contract, and who names the file."""
        if self._of is None:
            return str(self)
        return (
            f"a kept delivery of '{self._of}' is damaged or gone: `levekar doctor` names its file and says what to do"
        )


@dataclass(frozen=True)
class StoredResponse:
    """One answer: what was asked, and the SHA-256 by which the store knows the bytes.

    role: config, metadata, codelist or data. A file that was handed over has method FILE, its name as path.
    """

    role: str
    sha256: str
    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    body: str | None
    url: str
    size: int
    fetched_at: datetime


@dataclass(frozen=True)
class Fetch:
    """All answers that one vintage of a source table consists of, and under what terms it may be used.

    updated: the provider's own time of its newest change, as published. query: as the catalogue declares it.
    notes: what the answers do not say themselves. accepted: False for what was refused, with the reason.
    """

    provider: str
    table_id: str
    updated: str | None
    fetched_at: datetime
    attribution: str
    licence: str
    responses: tuple[StoredResponse, ...]
    query: Mapping[str, Any]
    notes: Mapping[str, Any]
    accepted: bool = True
    reason: str | None = None

    @property
    def source(self) -> str:
        """The name of the source, such as `ssb/07459`."""
        return f"{self.provider}/{self.table_id}"

    @property
    def withdraws(self) -> str | None:
        """The SHA-256 of the delivery that this record takes back."""
        return self.query.get(WITHDRAWS)

    @property
    def data(self) -> tuple[StoredResponse, ...]:
        """The answers that hold figures."""
        return tuple(response for response in self.responses if response.role == "data")


class SnapshotStore:
    """Answers and their records below `root`; safe with several writers, and when one is killed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        files.sweep(root)

    def put(self, content: bytes) -> str:
        """Keep the bytes and return their SHA-256; what is there already, and whole, is left alone."""
        import pyarrow as pa

        sha256 = hashlib.sha256(content).hexdigest()
        try:
            self.get(sha256)
        except SnapshotError:
            # Not there, or damaged: either way the right bytes are written.
            files.write(self._blob(sha256), pa.compress(content, codec="zstd", asbytes=True))
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes, verified against their SHA-256. Raises SnapshotError."""
        # Who reads records alone does not wait for Arrow.
        import pyarrow as pa

        path = self._blob(sha256)
        try:
            with pa.input_stream(str(path), compression="zstd") as stream:
                content: bytes = stream.read()
        except FileNotFoundError:
            raise self._lost(sha256, "the answer is not in the store") from None
        except (OSError, pa.ArrowException) as error:
            raise self._lost(sha256, f"damaged: {error}") from error
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise self._lost(sha256, f"damaged: its content has SHA-256 {found}")
        return content

    def _lost(self, sha256: str, how: str) -> SnapshotError:
        """Return the error of bytes that are lost, with what brings them back: of a delivery nobody may have a copy."""
        path = self._blob(sha256)
        kept = ((fetch, file) for fetch in self._accepted_deliveries() for file in fetch.responses)
        fetch, file = next((found for found in kept if found[1].sha256 == sha256), (None, None))
        if fetch is None or file is None:
            return SnapshotError(
                f"{path}: {how}. Copy the file from another machine's store, or run `levekar refresh --full` to fetch "
                "anew."
            )
        return SnapshotError(
            f"{path}: {how}. It is the delivery '{file.path}', of which this may be the only copy: do not delete it. "
            "Copy the file from a backup, or run `levekar deliver FILE` with the file as it was sent.",
            fetch.table_id,
        )

    def record(self, fetch: Fetch) -> Path:
        """Keep the record of a fetch, after all records of its table; the same fetch twice is one record.

        Raises SnapshotError where one of its answers is not in the store.
        """
        stamps = [name.partition("-")[0] for name in self._names(fetch)]
        moment = fetch.fetched_at.astimezone(UTC)
        if stamps:
            moment = max(moment, _moment(max(stamps)) + timedelta(microseconds=1))
        return self._keep(fetch, moment)

    def _keep(self, fetch: Fetch, moment: datetime) -> Path:
        """Write a record with the stamp of a moment, unless the table has the same record already."""
        missing = [answer.sha256 for answer in fetch.responses if not self._blob(answer.sha256).is_file()]
        if missing:
            raise SnapshotError(
                f"{self.root}: the fetch of {fetch.provider}/{fetch.table_id} names answers that are "
                f"not in the store: {', '.join(missing)}. Put every answer before the record."
            )
        content = _to_json(fetch)
        digest = hashlib.sha256(content).hexdigest()[:8]
        same = [name for name in self._names(fetch) if name.endswith(f"-{digest}.json")]
        name = same[0] if same else f"{moment.strftime(_STAMP)}-{digest}.json"
        path = self._index(fetch.provider, fetch.table_id) / name
        if not path.is_file() or path.read_bytes() != content:
            files.write(path, content)
        return path

    def _names(self, fetch: Fetch) -> list[str]:
        """Return the file names of the records of a fetch's table, in the store's order."""
        return [record.partition("/")[0] for record in self.records(fetch.provider, fetch.table_id)]

    def fetches(self, provider: str | None = None, table_id: str | None = None) -> list[Fetch]:
        """Return the fetches, oldest first, accepted or not: of a table, a provider, or all. Raises SnapshotError."""
        return [self.fetch(record) for record in self.records(provider, table_id)]

    def delivered_before(self) -> set[str]:
        """Return the SHA-256 of every file that was ever taken, withdrawn ones among them.

        A damaged record is passed over: it is told of where its own table is read.
        """
        return {file.sha256 for fetch in self._accepted_deliveries() for file in fetch.responses}

    def withdrawn(self) -> dict[str, Fetch]:
        """Return the record that took back each delivery which was not delivered anew since, by the file's SHA-256."""
        found: dict[str, Fetch] = {}
        for fetch in self._accepted_deliveries():
            for file in fetch.responses:
                found.pop(file.sha256, None)
            if fetch.withdraws is not None:
                found[fetch.withdraws] = fetch
        return found

    def _accepted_deliveries(self) -> Iterator[Fetch]:
        """Yield the accepted records of deliveries, oldest first, as far as records can be read."""
        for record in self.records(DELIVERED):
            try:
                fetch = self.fetch(record)
            except SnapshotError:
                continue
            if fetch.accepted:
                yield fetch

    def records(self, provider: str | None = None, table_id: str | None = None) -> list[str]:
        """Return the names of records, oldest first: time and digest, provider, table. None of them is read."""
        paths = (path for folder in self._folders(provider, table_id) for path in folder.glob("*.json"))
        return ["/".join(parts) for parts in sorted((path.name, *path.parent.parts[-2:]) for path in paths)]

    def path_of(self, record: str) -> Path:
        """Return the file of a record by its name."""
        file, provider, table_id = record.split("/")
        return self._index(provider, table_id) / file

    def path_of_bytes(self, sha256: str) -> Path:
        """Return the file in which bytes are kept, whether or not it is there. Raises SnapshotError for no SHA-256."""
        return self._blob(sha256)

    def fetch(self, record: str) -> Fetch:
        """Return the fetch of a record by its name, as `records` gives it. Raises SnapshotError."""
        return _from_json(self.path_of(record))

    def history(self, provider: str, table_id: str) -> list[Fetch]:
        """Return what stood after each accepted fetch of a table, oldest first (see `states`)."""
        return list(self.states(provider, table_id).values())

    def states(self, provider: str, table_id: str, since: str = "") -> dict[str, Fetch]:
        """Return what stood after each accepted fetch of a table by its record, from the record `since` on.

        A provider's answer replaces the one before. Deliveries stand together: the fetch has the files of all that
        were not withdrawn, oldest first, so that a later one supersedes row by row. One delivered anew stands again.
        """
        records = self.records(provider, table_id)
        read = records if provider == DELIVERED else [record for record in records if record >= since]
        accepted = {record: fetch for record in read if (fetch := self.fetch(record)).accepted}
        if provider != DELIVERED:
            return accepted
        standing: list[StoredResponse] = []
        states = {}
        for record, fetch in accepted.items():
            gone = {fetch.withdraws, *(file.sha256 for file in fetch.responses)}
            standing = [file for file in standing if file.sha256 not in gone] + list(fetch.responses)
            states[record] = replace(fetch, responses=tuple(standing))
        return {record: state for record, state in states.items() if record >= since}

    def latest(self, provider: str, table_id: str) -> Fetch | None:
        """Return what stands of a table, or None: its newest accepted fetch, or all deliveries not withdrawn."""
        if provider == DELIVERED:
            states = self.history(provider, table_id)
            return states[-1] if states and states[-1].responses else None
        newest = map(self.fetch, reversed(self.records(provider, table_id)))
        return next((fetch for fetch in newest if fetch.accepted), None)

    def adopt(self, other: "SnapshotStore", provider: str, table_id: str) -> bool:
        """Copy all fetches of a table, with their answers and stamps, from another store; what is here already stays.

        Returns whether anything was not here.
        """
        there = self.records(provider, table_id)
        for record in other.records(provider, table_id):
            fetch = other.fetch(record)
            for response in fetch.responses:
                if not self._blob(response.sha256).is_file():
                    self.put(other.get(response.sha256))
            self._keep(fetch, _moment(record.partition("-")[0]))
        return self.records(provider, table_id) != there

    def _blob(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise SnapshotError(f"{self.root}: '{sha256}' is not a SHA-256; expected 64 hexadecimal digits")
        return self.root / sha256[:2] / f"{sha256}.zst"

    def _index(self, provider: str, table_id: str) -> Path:
        for name in (provider, table_id):
            if not _NAME.fullmatch(name):
                raise SnapshotError(
                    f"{self.root}: '{name}' cannot name a provider or table; expected letters, digits, _ - ."
                )
        return self.root / "index" / provider / table_id

    def _folders(self, provider: str | None, table_id: str | None) -> Iterator[Path]:
        if provider and table_id:
            yield self._index(provider, table_id)
        elif provider:
            yield from (self.root / "index" / provider).glob("*")
        else:
            yield from (self.root / "index").glob("*/*")


def _moment(stamp: str) -> datetime:
    """Return the moment that a stamp tells; of a file that somebody named by hand, one before all others."""
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _to_json(fetch: Fetch) -> bytes:
    """Return the record as text that is the same for the same fetch, and that people can read."""
    text = json.dumps(asdict(fetch), default=_time_as_text, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode() + b"\n"


def _time_as_text(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"a fetch's record holds text, numbers, lists and mappings, not {type(value).__name__}")


def _from_json(path: Path) -> Fetch:
    try:
        raw = json.loads(path.read_bytes())
        responses = tuple(map(_response, raw.pop("responses")))
        return Fetch(**{**raw, "fetched_at": datetime.fromisoformat(raw["fetched_at"]), "responses": responses})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(
            f"{path}: not the record of a fetch ({type(error).__name__}: {error}). Copy the file from a backup or "
            "another machine's store; without one, `levekar doctor --repair` sets it aside.",
            path.parent.name if path.parent.parent.name == DELIVERED else None,
        ) from error


def _response(raw: Mapping[str, Any]) -> StoredResponse:
    params = tuple((name, value) for name, value in raw["params"])
    return StoredResponse(**{**raw, "params": params, "fetched_at": datetime.fromisoformat(raw["fetched_at"])})
