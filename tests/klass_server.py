"""A Klass of the tests' own: a real HTTP server that answers as Statistics Norway's classification service does.

What belongs: the protocol (paths, parameters, JSON, errors), faults to inject, a log of what was asked, classifications
made of lists. What does not: anything from `pipelines` (the client is tested against this: they share no code).

    with KlassServer({"131": Classification(codes, changes)}) as server:
        server.url                              # http://127.0.0.1:PORT/api/klass/v1
        server.asked                            # paths with parameters, as they came
        server.faults.append(("/codes", "500"))  # the kinds: see _fault

The rules are those of the service's own source (github.com/statisticsnorway/klass): XML unless JSON is asked for; `to`
is exclusive; a version is asked where it overlaps the range, so a change on the range's first day is not found; 404 for
a range of changes where a version has no table with the one before, for a range of correspondences where a version has
none with the target (`strict`; the service as it is now: where none has one), for a language that is not published and
a variant that there is not; 400 for what is no number, no day or no range. What is valid is told within the range, and
not at all for a single day. A version begins on each day on which a code does.
"""

import json
import re
import threading
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd

LATER = date(2999, 12, 31)
CODES = ["code", "parent_code", "level", "name_", "valid_from", "valid_to"]
CHANGES = ["change_date", "old_code", "old_name", "new_code", "new_name"]
PAIRS = ["source_code", "source_name", "target_code", "target_name", "valid_from", "valid_to"]


@dataclass
class Classification:
    """Its codes, with validity (`valid_to` exclusive), its changes, and which codes of others belong to its own.

    variants: name -> codes grouped otherwise, as `codes`. without_changes: first days of versions that have no table of
    changes with the version before. languages: those in which it is published.
    """

    codes: pd.DataFrame
    changes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CHANGES))
    correspondences: dict[str, pd.DataFrame] = field(default_factory=dict)
    modified: str | None = "2026-01-15T08:00:00.000+0000"
    variants: dict[str, pd.DataFrame] = field(default_factory=dict)
    without_changes: frozenset[date] = frozenset()
    languages: tuple[str, ...] = ("nb", "nn", "en")

    @property
    def versions(self) -> list[date]:
        return sorted(self.codes["valid_from"].unique())

    def on(self, today: date) -> "Classification":
        """What is visible of it on a day: what begins later is hidden, with all that hangs on it."""
        if not len(self.codes) or max(self.versions) <= today:
            return self
        pairs = {target: _begun(frame, "valid_from", today) for target, frame in self.correspondences.items()}
        codes, changes = _begun(self.codes, "valid_from", today), _begun(self.changes, "change_date", today)
        return replace(self, codes=codes, changes=changes, correspondences=pairs)

    def versions_in(self, first: date, until: date) -> list[tuple[date, date]]:
        """First day and first day after of the versions that overlap a range."""
        begins = self.versions
        spans = zip(begins, [*begins[1:], LATER], strict=True)
        return [(begin, end) for begin, end in spans if begin < until and end > first]


def _begun(frame: pd.DataFrame, begins: str, today: date) -> pd.DataFrame:
    """Rows that begin by a day; an end that lies beyond it is not told yet."""
    found = frame[frame[begins] <= today]
    if "valid_to" in frame:
        ends = [None if pd.isna(end) or end > today else end for end in found["valid_to"]]
        found = found.assign(valid_to=pd.Series(ends, found.index, dtype=object))
    return found


class Refused(Exception):
    """An answer that is an error: its status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class KlassServer:
    """Serves classifications by id. `faults` are (path part, kind), each used up by the first request that it fits.

    retry_after: seconds that a 429 asks to be left alone. strict: see the rule of correspondences above. today: what
    begins later is hidden; by default nothing is.
    """

    classifications: dict[str, Classification]
    faults: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    retry_after: int = 0
    strict: bool = True
    today: date = LATER

    def __enter__(self) -> "KlassServer":
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # header and body leave together

            def do_GET(self) -> None:
                served.asked.append(self.path)
                status, kind, body = served.answer(self.path, self.headers.get("Accept", ""))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if status == 429:
                    self.send_header("Retry-After", str(served.retry_after))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_given: Any) -> None:
                pass

        self._listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}/api/klass/v1"
        return self

    def __exit__(self, *_given: object) -> None:
        self._listener.shutdown()
        self._listener.server_close()

    def answer(self, path: str, accept: str) -> tuple[int, str, bytes]:
        for number, (part, kind) in enumerate(self.faults):
            if part in path:
                del self.faults[number]
                return _fault(kind)
        if "application/json" not in accept:
            return 200, "application/xml", b'<?xml version="1.0"?><codeList/>'
        try:
            body = self._body(path)
        except Refused as refused:
            return refused.status, "application/json", json.dumps({"error": str(refused)}).encode()
        return 200, "application/json", json.dumps(body, default=str, ensure_ascii=False).encode()

    def _body(self, path: str) -> dict[str, Any]:
        parts = urlsplit(path)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        found = re.fullmatch(r"/api/klass/v1/classifications/(\w+)(?:/(\w+))?", parts.path)
        if not found or found[2] not in _ANSWERS:
            raise Refused(404, "Not Found")
        number, what = found.groups()
        if not number.isdigit():
            raise Refused(400, f"Failed to convert value '{number}'")
        if number not in self.classifications:
            raise Refused(404, f"Classification not found with id = {number}")
        known = self.classifications[number].on(self.today)
        language = given.get("language", "nb")
        if language not in ("nb", "nn", "en"):
            raise Refused(400, f"No enum constant Language.{language.upper()}")
        if what not in (None, "changes") and language not in known.languages:
            raise Refused(404, f"Is not published in language: {language.upper()}")
        if language not in known.languages:  # such tables are left out, and nothing said
            known = replace(known, changes=pd.DataFrame(columns=CHANGES))
        return _ANSWERS[what](known, {"strict": "true" if self.strict else "", **given})


def _fault(kind: str) -> tuple[int, str, bytes]:
    return {
        "500": (500, "text/html", b"<html>Internal Server Error</html>"),
        "429": (429, "text/plain", b"slow down"),
        "html": (200, "text/html", b"<html>maintenance</html>"),
        "error": (200, "application/json", b'{"error":"Internal Server Error"}'),
        "truncated": (200, "application/json", b'{"codes":[{"code":"01'),
    }[kind]


def _metadata(known: Classification, _given: dict[str, str]) -> dict[str, Any]:
    begins = known.versions
    versions = [{"validFrom": first, "validTo": last} for first, last in zip(begins, [*begins[1:], None], strict=True)]
    modified = {"lastModified": known.modified} if known.modified else {}
    return {"name": "Standard for testing", **modified, "versions": versions[::-1]}


def _param(given: dict[str, str], name: str) -> str:
    if name not in given:
        raise Refused(400, f"Required parameter '{name}' is not present.")
    return given[name]


def _date(given: dict[str, str], name: str) -> date:
    text = _param(given, name)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(400, f"Failed to convert value '{text}'") from None


def _span(given: dict[str, str]) -> tuple[date, date]:
    """The asked range; a single day is a range, too."""
    if "date" in given:
        return _date(given, "date"), _date(given, "date") + timedelta(days=1)
    first, until = _date(given, "from"), _date(given, "to") if "to" in given else LATER
    if first >= until:
        raise Refused(400, f"From is equal or after to. From: {first} To: {until}")
    return first, until


def _overlapping(frame: pd.DataFrame, first: date, until: date) -> pd.DataFrame:
    ends = frame["valid_to"].where(frame["valid_to"].notna(), LATER)
    found = frame.assign(valid_to=ends)[(frame["valid_from"] < until) & (ends > first)]
    return found.assign(
        valid_from=found["valid_from"].where(found["valid_from"] > first, first),
        valid_to=found["valid_to"].where(found["valid_to"] < until, until).replace(LATER, None),
    )


def _records(frame: pd.DataFrame, keys: dict[str, str]) -> list[dict[str, Any]]:
    """Rows under the names that Klass gives their columns; what is missing is null."""
    columns = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in keys]
    return [dict(zip(keys.values(), row, strict=True)) for row in zip(*columns, strict=True)]


_CODE = {"code": "code", "parent_code": "parentCode", "level": "level", "name_": "name"}


def _codes(known: Classification, given: dict[str, str]) -> dict[str, Any]:
    rows = _overlapping(known.codes, *_span(given))
    within = {"valid_from": "validFromInRequestedRange", "valid_to": "validToInRequestedRange"}
    return {"codes": _records(rows, _CODE | within)}


def _codes_at(known: Classification, given: dict[str, str]) -> dict[str, Any]:
    rows = _overlapping(known.codes, *_span({"date": _param(given, "date")}))
    return {"codes": [one | {"validFrom": None, "validTo": None} for one in _records(rows, _CODE)]}


def _changes(known: Classification, given: dict[str, str]) -> dict[str, Any]:
    first, until = _span(given)
    later = [begins for begins, _ends in known.versions_in(first, until)[1:]]
    if not known.without_changes.isdisjoint(later):
        raise Refused(404, "the version has no change table (correspondenceTable) with the one before")
    rows = known.changes
    rows = rows[(rows["change_date"] > first) & (rows["change_date"] < until)]
    keys = {"oldCode": "old_code", "oldName": "old_name", "newCode": "new_code", "newName": "new_name"}
    renamed = {"change_date": "changeOccurred"} | {name: key for key, name in keys.items()}
    return {"codeChanges": _records(rows, renamed)}


_PAIR = {
    "source_code": "sourceCode",
    "source_name": "sourceName",
    "target_code": "targetCode",
    "target_name": "targetName",
}


def _pairs(known: Classification, given: dict[str, str]) -> pd.DataFrame:
    first, until = _span(given)
    table = known.correspondences.get(_param(given, "targetClassificationId"), pd.DataFrame(columns=PAIRS))
    rows = _overlapping(table, first, until)
    lacks = any(_overlapping(rows, *version).empty for version in known.versions_in(first, until))
    if rows.empty or (lacks and given["strict"]):
        raise Refused(404, "the version has no correspondence table with the target")
    return rows


def _corresponds(known: Classification, given: dict[str, str]) -> dict[str, Any]:
    within = {"valid_from": "validFrom", "valid_to": "validTo"}
    return {"correspondenceItems": _records(_pairs(known, given), _PAIR | within)}


def _corresponds_at(known: Classification, given: dict[str, str]) -> dict[str, Any]:
    return {"correspondenceItems": _records(_pairs(known, given | {"date": _param(given, "date")}), _PAIR)}


def _variant_at(known: Classification, given: dict[str, str]) -> dict[str, Any]:
    name = _param(given, "variantName")
    if name not in known.variants:
        raise Refused(404, f"does not have a variant named: '{name}' in requested date range")
    return _codes_at(Classification(known.variants[name]), given)


_ANSWERS = {
    None: _metadata,
    "codes": _codes,
    "codesAt": _codes_at,
    "changes": _changes,
    "corresponds": _corresponds,
    "correspondsAt": _corresponds_at,
    "variantAt": _variant_at,
}


def from_areas(areas: pd.DataFrame, changes: pd.DataFrame) -> dict[str, Classification]:
    """Classifications 1, 103, 104 and 131 as Klass numbers them, from official areas and their changes."""
    made = {}
    for number, levels in _LEVELS.items():
        own = areas[areas["level"].isin(levels)]
        codes = own.assign(level=own["level"].map(levels)).rename(columns={"name": "name_"})
        told = changes[changes["level"].isin(levels) & (changes["kind"] != "respelled")]
        made[number] = Classification(codes, told[["change_date", "old_code", "old_name", "new_code", "new_name"]])
    units = areas[(areas["level"] == "basic statistical unit") & areas["district_code"].notna()]
    if len(units):
        pairs = units.rename(columns={"district_code": "source_code", "code": "target_code", "name": "target_name"})
        made["103"].correspondences["1"] = pairs.assign(source_name="")[
            ["source_code", "source_name", "target_code", "target_name", "valid_from", "valid_to"]
        ]
    return made


_LEVELS = {
    "1": {"statistical tract": "1", "basic statistical unit": "2"},
    "103": {"city district": "1"},
    "104": {"county": "1"},
    "131": {"municipality": "1"},
}
