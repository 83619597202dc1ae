"""The Klass client: asks Statistics Norway's classification service for official areas and what became of them.

What belongs: which requests are made, the service's rules (JSON only on request, an exclusive `to`, 404 for a range of
which a part has no table), reading its answers into Arrow tables. What does not: connections and patience
(`transport`), what a change means for a figure (`indicators.geography`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import orjson
import pyarrow as pa

from pipelines.sources.transport import AnswerError, NotKept, Request, Response, SourceError, Transport

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


@dataclass(frozen=True)
class KlassQuery:
    """A classification, from a day on; `until` is exclusive, as in Klass, and None means: to the newest version.

    correspondences: ids of classifications whose codes this one's are matched with.
    """

    classification: str
    first: date
    until: date | None = None
    correspondences: tuple[str, ...] = ()


@dataclass(frozen=True)
class KlassFetched:
    """A classification's answers as received: (role, response), role metadata, codes, changes or correspondences."""

    updated: str | None
    responses: tuple[tuple[str, Response], ...]


class KlassClient:
    """Asks one Klass service, through a transport that keeps its pace and retries."""

    def __init__(self, transport: Transport, language: str = "nb") -> None:
        self._transport, self._language = transport, language

    def updated(self, classification: str) -> str | None:
        """Return when the classification was last modified, in Klass' own words; None where it does not say."""
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
        codes = self._get(f"{root}/codes", _range(query.first, query.until))
        responses = [("metadata", metadata), ("codes", codes)]
        # A change on a version's first day is found in a range that holds the days on both sides of it.
        over = _cuts(metadata, query, timedelta(days=1))
        responses += [("changes", one) for one in self._in_pieces(f"{root}/changes", query, over)]
        cuts = _cuts(metadata, query, timedelta())
        for target in query.correspondences:
            params = (("targetClassificationId", target),)
            responses += [
                ("correspondences", one) for one in self._in_pieces(f"{root}/corresponds", query, cuts, params)
            ]
        return KlassFetched(updated, tuple(responses))

    def codes_at(self, classification: str, day: date) -> pa.Table:
        """Return the codes that are valid on a day (columns as `read_codes`)."""
        response = self._get(f"/classifications/{classification}/codesAt", (("date", day.isoformat()),))
        return read_codes(response.content, response.url)

    def correspondences_at(self, source: str, target: str, day: date) -> pa.Table:
        """Return which codes of two classifications belong together on a day (columns as `read_correspondences`)."""
        params = (("targetClassificationId", target), ("date", day.isoformat()))
        response = self._get(f"/classifications/{source}/correspondsAt", params)
        return read_correspondences(response.content, response.url)

    def variant_at(self, classification: str, variant: str, day: date) -> pa.Table:
        """Return a variant's codes on a day: the classification's own, grouped otherwise (columns as `read_codes`)."""
        params = (("variantName", variant), ("date", day.isoformat()))
        response = self._get(f"/classifications/{classification}/variantAt", params)
        return read_codes(response.content, response.url)

    def _metadata(self, classification: str) -> Response:
        try:
            return self._get(f"/classifications/{classification}")
        except AnswerError as error:
            if error.status != 404:
                raise
            raise SourceError(
                f"klass: there is no classification {classification}; look its number up on https://www.ssb.no/klass"
            ) from error

    def _in_pieces(
        self,
        path: str,
        query: KlassQuery,
        cuts: list[date],
        params: tuple[tuple[str, str], ...] = (),
    ) -> Iterator[Response]:
        """Yield the answer for the range or, where a part of it has no table, those for the parts that have one."""
        whole = self._unless_absent(path, (*params, *_range(query.first, query.until)))
        if whole is not None:
            yield whole
            return
        for first, last in pairwise(cuts):
            piece = self._unless_absent(path, (*params, *_range(first, last)))
            if piece is not None:
                yield piece

    def _unless_absent(self, path: str, params: tuple[tuple[str, str], ...]) -> Response | None:
        try:
            return self._get(path, params)
        except NotKept:  # an answer that there is no table is none that a replay could keep
            return None
        except AnswerError as error:
            if error.status != 404:
                raise
            return None

    def _get(self, path: str, params: tuple[tuple[str, str], ...] = ()) -> Response:
        asked = Request("GET", path, (*params, ("language", self._language)), headers=_JSON)
        return self._transport.send(asked, check=_is_object)


def _range(first: date, until: date | None) -> tuple[tuple[str, str], ...]:
    return (("from", first.isoformat()), *((("to", until.isoformat()),) if until else ()))


def _cuts(metadata: Response, query: KlassQuery, over: timedelta) -> list[date]:
    """Days at which versions begin (or so long after) within the asked range, with its first and last day."""
    begins = {date.fromisoformat(one["validFrom"]) for one in _object(metadata.content).get("versions", [])}
    end = query.until or max([*begins, query.first]) + timedelta(days=1)
    within = {day + over for day in begins if query.first < day < end}
    return sorted({query.first, *within, end})


def _updated(metadata: Response) -> str | None:
    body = _object(metadata.content)
    versions = [str(one.get("lastModified") or one.get("validFrom") or "") for one in body.get("versions", [])]
    return body.get("lastModified") or max(versions, default="") or None


def _object(content: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not JSON, or not all of it ({error})") from error
    if not isinstance(body, dict):
        raise ValueError(f"a JSON {type(body).__name__} where an object was expected")
    return body


def _is_object(content: bytes) -> None:
    _object(content)


def read_codes(content: bytes, where: str) -> pa.Table:
    """Return code, parent_code, level, name, valid_from, valid_to (exclusive; null: still valid), a row per validity.

    Raises SourceError naming `where`, which entry, and what was expected.
    """
    rows = [
        {
            "code": _text(one, "code", where, number),
            "parent_code": one.get("parentCode") or None,
            "level": _text(one, "level", where, number),
            "name": _text(one, "name", where, number),
            "valid_from": _day(one, ("validFromInRequestedRange", "validFrom"), where, number),
            "valid_to": _day(one, ("validToInRequestedRange", "validTo"), where, number),
        }
        for number, one in _entries(content, "codes", where)
    ]
    return pa.Table.from_pylist(rows, schema=_CODES)


def read_changes(content: bytes, where: str) -> pa.Table:
    """Return change_date, old_code, old_name, new_code, new_name; old null: born, new null: ended.

    Raises SourceError as `read_codes`.
    """
    rows = []
    for number, one in _entries(content, "codeChanges", where):
        row = {
            "change_date": _day(one, ("changeOccurred",), where, number),
            "old_code": one.get("oldCode") or None,
            "old_name": one.get("oldName") or None,
            "new_code": one.get("newCode") or None,
            "new_name": one.get("newName") or None,
        }
        if row["change_date"] is None or (row["old_code"] is None and row["new_code"] is None):
            raise _malformed(where, number, one, "a change with its day and at least one code")
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=_CHANGES)


def read_correspondences(content: bytes, where: str) -> pa.Table:
    """Return source_code, source_name, target_code, target_name, valid_from, valid_to (exclusive).

    Raises SourceError as `read_codes`.
    """
    rows = [
        {
            "source_code": _text(one, "sourceCode", where, number),
            "source_name": one.get("sourceName"),
            "target_code": _text(one, "targetCode", where, number),
            "target_name": one.get("targetName"),
            "valid_from": _day(one, ("validFrom",), where, number),
            "valid_to": _day(one, ("validTo",), where, number),
        }
        for number, one in _entries(content, "correspondenceItems", where)
    ]
    return pa.Table.from_pylist(rows, schema=_CORRESPONDENCES)


def _entries(content: bytes, key: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        body = _object(content)
    except ValueError as error:
        raise SourceError(f"{where}: {error}") from error
    entries = body.get(key)
    if not isinstance(entries, list):
        raise SourceError(f"{where}: found no list '{key}'; expected Klass' answer in JSON")
    for number, one in enumerate(entries, 1):
        if not isinstance(one, dict):
            raise _malformed(where, number, one, "an object")
        yield number, one


def _text(entry: dict[str, Any], key: str, where: str, number: int) -> str:
    given = entry.get(key)
    if not isinstance(given, str) or not given:
        raise _malformed(where, number, entry, f"a text '{key}'")
    return given


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
