"""A Klass of the tests' own: a real HTTP server that answers as Statistics Norway's classification service does.

It keeps the service's rules: XML unless JSON is asked for, `to` exclusive, 404 for a range of changes or
correspondences that begins before the first version. Faults can be told to happen once each.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd

LATER = date(2999, 12, 31)


@dataclass
class Classification:
    """Its codes, with validity (`valid_to` exclusive), its changes, and which codes of others belong to its own."""

    codes: pd.DataFrame
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    correspondences: dict[str, pd.DataFrame] = field(default_factory=dict)
    modified: str = "2026-01-15T08:00:00.000+0000"

    @property
    def versions(self) -> list[date]:
        return sorted(self.codes["valid_from"].unique())


@dataclass
class KlassServer:
    """Serves classifications by id. `faults` are (path part, kind), each used up by the first request that it fits."""

    classifications: dict[str, Classification]
    faults: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def running(self) -> Iterator["KlassServer"]:
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                served.asked.append(self.path)
                status, kind, body = served.answer(self.path, self.headers.get("Accept", ""))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if status == 429:
                    self.send_header("Retry-After", "0")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_given: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}/api/klass/v1"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def answer(self, path: str, accept: str) -> tuple[int, str, bytes]:
        for number, (part, kind) in enumerate(self.faults):
            if part in path:
                del self.faults[number]
                return _fault(kind)
        if "application/json" not in accept:
            return 200, "application/xml", b'<?xml version="1.0"?><codeList/>'
        parts = urlsplit(path)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        found = re.fullmatch(r"/api/klass/v1/classifications/(\w+)(?:/(\w+))?", parts.path)
        known = self.classifications.get(found[1]) if found else None
        body = None if known is None else _ANSWERS[found[2]](known, given)  # type: ignore[index]
        if body is None:
            return 404, "application/json", b'{"error":"Not Found"}'
        return 200, "application/json", json.dumps(body, default=str, ensure_ascii=False).encode()


def _fault(kind: str) -> tuple[int, str, bytes]:
    return {
        "500": (500, "text/html", b"<html>Internal Server Error</html>"),
        "429": (429, "text/plain", b"slow down"),
        "html": (200, "text/html", b"<html>maintenance</html>"),
        "truncated": (200, "application/json", b'{"codes":[{"code":"01'),
    }[kind]


def _metadata(known: Classification, _given: dict[str, str]) -> dict[str, Any]:
    begins = known.versions
    versions = [{"validFrom": first, "validTo": last} for first, last in zip(begins, [*begins[1:], None], strict=True)]
    return {"name": "Standard for testing", "lastModified": known.modified, "versions": versions[::-1]}


def _span(given: dict[str, str]) -> tuple[date, date]:
    return date.fromisoformat(given["from"]), date.fromisoformat(given["to"]) if "to" in given else LATER


def _ends(frame: pd.DataFrame) -> pd.Series:
    return frame["valid_to"].map(lambda end: LATER if end is None or pd.isna(end) else end)


def _codes(known: Classification, given: dict[str, str]) -> dict[str, Any]:
    first, until = _span(given)
    codes = known.codes
    rows = codes[(codes["valid_from"] < until) & (_ends(codes) > first)]
    return {"codes": [_code(row, first, until) for row in rows.itertuples()]}


def _code(row: Any, first: date, until: date) -> dict[str, Any]:
    ends = None if row.valid_to is None or pd.isna(row.valid_to) else row.valid_to
    within = min(ends or LATER, until)
    return {
        "code": row.code,
        "parentCode": None if pd.isna(row.parent_code) else row.parent_code,
        "level": row.level,
        "name": row.name_,
        "validFromInRequestedRange": max(row.valid_from, first),
        "validToInRequestedRange": None if within == LATER else within,
    }


def _codes_at(known: Classification, given: dict[str, str]) -> dict[str, Any]:
    day = date.fromisoformat(given["date"])
    codes = known.codes
    rows = codes[(codes["valid_from"] <= day) & (_ends(codes) > day)]
    return {"codes": [{**_code(row, row.valid_from, LATER)} for row in rows.itertuples()]}


def _changes(known: Classification, given: dict[str, str]) -> dict[str, Any] | None:
    first, until = _span(given)
    if first < known.versions[0]:
        return None
    rows = known.changes
    rows = rows[(rows["change_date"] >= first) & (rows["change_date"] < until)]
    keys = {"oldCode": "old_code", "oldName": "old_name", "newCode": "new_code", "newName": "new_name"}
    return {
        "codeChanges": [
            {"changeOccurred": row["change_date"]}
            | {key: None if pd.isna(row[name]) else row[name] for key, name in keys.items()}
            for row in rows.to_dict("records")
        ]
    }


def _corresponds(known: Classification, given: dict[str, str]) -> dict[str, Any] | None:
    first, until = _span(given)
    pairs = known.correspondences.get(given["targetClassificationId"])
    if pairs is None or first < pairs["valid_from"].min():
        return None
    rows = pairs[(pairs["valid_from"] < until) & (_ends(pairs) > first)]
    return {"correspondenceItems": [_pair(row) for row in rows.to_dict("records")]}


def _corresponds_at(known: Classification, given: dict[str, str]) -> dict[str, Any] | None:
    day = given["date"]
    return _corresponds(known, {**given, "from": day, "to": (date.fromisoformat(day).replace(year=3000)).isoformat()})


def _pair(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "sourceCode": row["source_code"],
        "sourceName": row["source_name"],
        "targetCode": row["target_code"],
        "targetName": row["target_name"],
        "validFrom": row["valid_from"],
        "validTo": None if pd.isna(row["valid_to"]) else row["valid_to"],
    }


def _variant_at(known: Classification, given: dict[str, str]) -> dict[str, Any]:
    return {"name": given["variantName"], **_codes_at(known, given)}


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
