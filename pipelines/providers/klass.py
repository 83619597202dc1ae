"""The Klass client: asks Statistics Norway's classification service for official areas and what became of them.

What belongs: which requests are made, the service's rules (JSON only on request, an exclusive `to`, 404 for a range of
which a part has no table), reading its answers into Arrow tables. What does not: connections and patience
(`transport`), what a change means for a figure (`indicators.geography`).

The rules, as the service's own source has them (github.com/statisticsnorway/klass): a range asks every version of the
classification that overlaps it. A change is found where the version that ended and the one that began both overlap the
range, so one on the range's very first day is not. Versions that begin in the future are left out.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal

import pyarrow as pa

from pipelines.errors import AnswerError, NotKept, SourceError
from pipelines.providers.transport import Check, Request, Response, Transport, json_object

Role = Literal["metadata", "codes", "changes", "correspondences"]
Params = tuple[tuple[str, str], ...]

_CODES = pa.schema(
    [
        ("code", pa.string()),
        ("parent_code", pa.string()),
        ("level", pa.string()),
        ("name", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
_CHANGES = pa.schema(
    [
        ("change_date", pa.date32()),
        ("old_code", pa.string()),
        ("old_name", pa.string()),
        ("new_code", pa.string()),
        ("new_name", pa.string()),
    ]
)
_CORRESPONDENCES = pa.schema(
    [
        ("source_code", pa.string()),
        ("source_name", pa.string()),
        ("target_code", pa.string()),
        ("target_name", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
_JSON = (("Accept", "application/json"),)
# The list that an answer holds, whatever else it holds.
_LISTS: dict[Role, str] = {
    "metadata": "versions",
    "codes": "codes",
    "changes": "codeChanges",
    "correspondences": "correspondenceItems",
}
_LOOK_UP = "look its number up on https://www.ssb.no/klass"


@dataclass(frozen=True)
class KlassQuery:
    """A classification, from a day on; `until` is exclusive, as in Klass, and None means: to the newest version.

    Without `until`, versions that begin in the future are not included. correspondences: ids of classifications whose
    codes this one's are matched with.
    """

    classification: str
    first: date
    until: date | None = None
    correspondences: tuple[str, ...] = ()


@dataclass(frozen=True)
class KlassFetched:
    """A classification's answers as received: (role, response), role metadata, codes, changes or correspondences.

    Changes and correspondences may be several answers, each of a part of the range. absent: what was asked for in parts
    and has no table, as path and parameters. updated: see `KlassClient.updated`.
    """

    updated: str | None
    responses: tuple[tuple[str, Response], ...]
    absent: tuple[str, ...] = ()


class KlassClient:
    """Asks one Klass service, through a transport that keeps its pace and retries."""

    def __init__(self, transport: Transport, language: str = "nb") -> None:
        self._transport, self._language = transport, language

    def updated(self, classification: str) -> str | None:
        """Return what changes when the classification does: when it was last modified, and which versions are visible.

        A version of the future is hidden until its day, and then appears without a new time. None where Klass says
        nothing of all this. Raises SourceError.
        """
        return _updated(self._metadata(classification))

    def fetch(self, query: KlassQuery, known_updated: str | None = None) -> KlassFetched | None:
        """Return a classification's areas, changes and correspondences, or None if not modified since `known_updated`.

        Asks for the metadata first, and for nothing else where nothing changed. Raises SourceError.
        """
        metadata = self._metadata(query.classification)
        updated = _updated(metadata)
        if known_updated is not None and updated == known_updated:
            return None
        root = f"/classifications/{query.classification}"
        whole = _range(query.first, query.until)
        responses: list[tuple[str, Response]] = [
            ("metadata", metadata),
            ("codes", self._published("codes", query.classification, f"{root}/codes", whole)),
        ]
        absent: list[str] = []
        wanted: list[tuple[Role, str, Params, Sequence[Params]]] = [
            ("changes", f"{root}/changes", (), _change_pieces(metadata, query))
        ]
        for target in query.correspondences:
            named: Params = (("targetClassificationId", target),)
            wanted.append(("correspondences", f"{root}/corresponds", named, _pieces(metadata, query)))
        for role, path, named, pieces in wanted:
            for answer in self._in_pieces(role, path, [(*named, *span) for span in (whole, *pieces)]):
                if isinstance(answer, Response):
                    responses.append((role, answer))
                else:
                    absent.append(answer.target)
        return KlassFetched(updated, tuple(responses), tuple(absent))

    def codes_at(self, classification: str, day: date) -> pa.Table:
        """Return the codes that are valid on a day (columns as `read_codes`).

        Klass gives no validity here, unless the classification has one per code: valid_from and valid_to are null.
        Raises SourceError.
        """
        path = f"/classifications/{classification}/codesAt"
        response = self._published("codes", classification, path, (("date", day.isoformat()),))
        return read_codes(response.content, response.url)

    def correspondences_at(self, source: str, target: str, day: date) -> pa.Table:
        """Return which codes of two classifications belong together on a day (columns as `read_correspondences`).

        Klass gives no validity here: valid_from and valid_to are null. Raises SourceError where there is no table.
        """
        params = (("targetClassificationId", target), ("date", day.isoformat()))
        path = f"/classifications/{source}/correspondsAt"
        response = self._published("correspondences", f"{source} and its table to {target}", path, params)
        return read_correspondences(response.content, response.url)

    def variant_at(self, classification: str, variant_name: str, day: date) -> pa.Table:
        """Return a variant's codes on a day: the classification's own, grouped otherwise (columns as `read_codes`).

        Raises SourceError.
        """
        params = (("variantName", variant_name), ("date", day.isoformat()))
        path = f"/classifications/{classification}/variantAt"
        response = self._published("codes", f"{classification} and its variant '{variant_name}'", path, params)
        return read_codes(response.content, response.url)

    def _metadata(self, classification: str) -> Response:
        try:
            return self._get("metadata", f"/classifications/{classification}")
        except AnswerError as error:
            if error.status != 404 and not (error.status == 400 and not classification.isdigit()):
                raise
            raise SourceError(f"klass: there is no classification {classification}; {_LOOK_UP}") from error

    def _published(self, role: Role, what: str, path: str, params: Params) -> Response:
        """Return an answer that must be there; a 404 is said in words that tell what to do."""
        try:
            return self._get(role, path, params)
        except AnswerError as error:
            if error.status != 404:
                raise
            raise SourceError(
                f"{error}. Expected classification {what} to be published for that time, in the language "
                f"'{self._language}'; if the number is wrong, {_LOOK_UP}"
            ) from error

    def _in_pieces(self, role: Role, path: str, spans: Sequence[Params]) -> Iterator[Response | Request]:
        """Yield the answer for the first span or, where a part of it has no table, one for each of the others.

        A part without a table is yielded as the request that was made in vain.
        """
        whole, *pieces = spans
        answer = self._unless_absent(role, path, whole)
        if isinstance(answer, Response):
            yield answer
            return
        for piece in pieces or [whole]:
            yield answer if piece == whole else self._unless_absent(role, path, piece)

    def _unless_absent(self, role: Role, path: str, params: Params) -> Response | Request:
        try:
            return self._get(role, path, params)
        except NotKept:  # an answer that there is no table is none that a replay could keep
            return self._request(path, params)
        except AnswerError as error:
            if error.status != 404:
                raise
            return self._request(path, params)

    def _request(self, path: str, params: Params) -> Request:
        return Request("GET", path, (*params, ("language", self._language)), headers=_JSON)

    def _get(self, role: Role, path: str, params: Params = ()) -> Response:
        return self._transport.send(self._request(path, params), check=_has_list(_LISTS[role]))


def _has_list(key: str) -> Check:
    def check(content: bytes) -> None:
        if not isinstance(json_object(content).get(key), list):
            raise ValueError(f"an object without the list '{key}'")

    return check


def _range(first: date, until: date | None) -> Params:
    return (("from", first.isoformat()), *((("to", until.isoformat()),) if until else ()))


def _pieces(metadata: Response, query: KlassQuery) -> list[Params]:
    """The asked range, cut where a version begins or ends; the last piece is as open as the range."""
    days = {day for begins, ends in _versions(metadata) for day in (begins, ends) if day is not None}
    cuts = [query.first, *sorted(day for day in days if _is_within(day, query))]
    return [_range(first, until) for first, until in pairwise([*cuts, query.until]) if first is not None]


def _change_pieces(metadata: Response, query: KlassQuery) -> list[Params]:
    """The asked range in pieces of which each holds one version's beginning: the days on both sides of it."""
    begins = sorted(day for day, _ends in _versions(metadata) if _is_within(day, query))
    cuts = [query.first, *(day + timedelta(days=1) for day in begins)]
    return [_range(first, until) for first, until in pairwise(cuts)]


def _is_within(day: date, query: KlassQuery) -> bool:
    return query.first < day and (query.until is None or day < query.until)


def _versions(metadata: Response) -> list[tuple[date, date | None]]:
    """First day and first day after, of each version; the second is None where Klass does not say."""
    found = []
    for number, version in _entries(metadata.content, "versions", metadata.url):
        begins = _day(version, ("validFrom",), metadata.url, number)
        if begins is None or begins == date.max:
            raise _malformed(metadata.url, number, version, "a version with 'validFrom'")
        found.append((begins, _day(version, ("validTo",), metadata.url, number)))
    return found


def _updated(metadata: Response) -> str | None:
    """When last modified (the classification, else the newest of its versions), and its visible versions, in short."""
    entries = [version for _number, version in _entries(metadata.content, "versions", metadata.url)]
    own = _text_or_none(json_object(metadata.content), "lastModified", metadata.url, 0)
    modified = own or max((str(version.get("lastModified") or "") for version in entries), default="")
    if not modified and not entries:
        return None
    spans = sorted(f"{begins}/{ends or ''}" for begins, ends in _versions(metadata))
    digest = hashlib.sha256(" ".join(spans).encode()).hexdigest()[:8]
    return f"{modified} {len(spans)} versions {digest}".lstrip()


def read_codes(content: bytes, where: str) -> pa.Table:
    """Return code, parent_code, level, name, valid_from, valid_to (exclusive), a row per validity, in no order of time.

    Where Klass gives validity within the asked range, that is taken. So null in valid_to means still valid, and only a
    range without `until` can say it. A code occurs once for
    each name it has had, and for each time it came back. Level is Klass' own number, as text: "1" is the highest.
    Raises SourceError naming `where`, which entry, and what was expected.
    """
    rows = [
        {
            "code": _text(entry, "code", where, number),
            "parent_code": _text_or_none(entry, "parentCode", where, number),
            "level": _text(entry, "level", where, number),
            "name": _text(entry, "name", where, number),
            "valid_from": _day(entry, ("validFromInRequestedRange", "validFrom"), where, number),
            "valid_to": _day(entry, ("validToInRequestedRange", "validTo"), where, number),
        }
        for number, entry in _entries(content, "codes", where)
    ]
    return pa.Table.from_pylist(rows, schema=_CODES)


def read_changes(content: bytes, where: str) -> pa.Table:
    """Return change_date, old_code, old_name, new_code, new_name; old null: born, new null: ended.

    Raises SourceError as `read_codes`.
    """
    rows = []
    for number, entry in _entries(content, "codeChanges", where):
        row = {
            "change_date": _day(entry, ("changeOccurred",), where, number),
            "old_code": _text_or_none(entry, "oldCode", where, number),
            "old_name": _text_or_none(entry, "oldName", where, number),
            "new_code": _text_or_none(entry, "newCode", where, number),
            "new_name": _text_or_none(entry, "newName", where, number),
        }
        if row["change_date"] is None or (row["old_code"] is None and row["new_code"] is None):
            raise _malformed(where, number, entry, "a change with its day and at least one code")
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=_CHANGES)


def read_correspondences(content: bytes, where: str) -> pa.Table:
    """Return source_code, source_name, target_code, target_name, valid_from, valid_to (exclusive; null: still valid).

    Validity lies within the asked range. A null code on one side: nothing corresponds to the other.
    Raises SourceError as `read_codes`.
    """
    rows = []
    for number, entry in _entries(content, "correspondenceItems", where):
        row = {
            "source_code": _text_or_none(entry, "sourceCode", where, number),
            "source_name": _text_or_none(entry, "sourceName", where, number),
            "target_code": _text_or_none(entry, "targetCode", where, number),
            "target_name": _text_or_none(entry, "targetName", where, number),
            "valid_from": _day(entry, ("validFrom",), where, number),
            "valid_to": _day(entry, ("validTo",), where, number),
        }
        if row["source_code"] is None and row["target_code"] is None:
            raise _malformed(where, number, entry, "a correspondence with at least one code")
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=_CORRESPONDENCES)


def _entries(content: bytes, key: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        body = json_object(content)
    except ValueError as error:
        raise SourceError(f"{where}: {error}") from error
    entries = body.get(key)
    if not isinstance(entries, list):
        raise SourceError(f"{where}: found no list '{key}'; expected Klass' answer in JSON")
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise _malformed(where, number, entry, "an object")
        yield number, entry


def _text(entry: dict[str, Any], key: str, where: str, number: int) -> str:
    given = entry.get(key)
    if not isinstance(given, str) or not given:
        raise _malformed(where, number, entry, f"a text '{key}'")
    return given


def _text_or_none(entry: dict[str, Any], key: str, where: str, number: int) -> str | None:
    given = entry.get(key)
    if given is not None and not isinstance(given, str):
        raise _malformed(where, number, entry, f"a text '{key}', or none")
    return given or None


def _day(entry: dict[str, Any], keys: tuple[str, ...], where: str, number: int) -> date | None:
    """The first of the keys that is given; Klass gives validity within the asked range beside the full one."""
    given = next((entry[key] for key in keys if entry.get(key)), None)
    if given is None:
        return None
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise _malformed(where, number, entry, f"a date such as 2020-01-01 as '{keys[0]}'") from None


def _malformed(where: str, number: int, entry: object, expected: str) -> SourceError:
    return SourceError(f"{where}: entry {number} is {str(entry)[:200]}, expected {expected}")
