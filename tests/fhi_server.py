"""An FHI of the tests' own: a real HTTP server that answers as the open statistics API does. Every figure is synthetic.

What belongs: the protocol as FHI's user guide describes it (paths, filters, JSON-stat2, errors), its quirks, faults to
inject, a log of what was asked. What does not: anything from `pipelines`.

    with FhiServer({"795": table}) as server:
        server.url                              # http://127.0.0.1:PORT/api/open/v1
        server.faults.append(("/data", "429"))  # kinds: 429, 503, truncated, html, redirect
"""

import itertools
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.listening import Listening

ROOT = "/api/open/v1"


@dataclass
class Table:
    """dimensions: code -> (label, categories: value -> label, or (label, children)). cells: codes -> figure or flag."""

    title: str
    dimensions: dict[str, tuple[str, dict[str, Any]]]
    cells: dict[tuple[str, ...], Any]
    modified: str = "2026-05-04T08:00:00"

    def codes(self, name: str) -> list[str]:
        return [value for value, _label in _flat(self.dimensions[name][1])]

    def label(self, name: str, code: str) -> str:
        return dict(_flat(self.dimensions[name][1]))[code]


def _flat(categories: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for value, told in categories.items():
        label, children = told if isinstance(told, tuple) else (told, {})
        found += [(value, label), *_flat(children)]
    return found


def _tree(categories: dict[str, Any]) -> list[dict[str, Any]]:
    nodes = []
    for value, told in categories.items():
        label, children = told if isinstance(told, tuple) else (told, {})
        nodes.append({"label": label, "value": value, "children": _tree(children)})
    return nodes


@dataclass
class FhiServer(Listening):
    tables: dict[str, Table]
    source: str = "nokkel"
    faults: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        return _handler(self)

    @property
    def url(self) -> str:
        return f"{self.root}{ROOT}"

    def answer(self, method: str, path: str, params: dict[str, list[str]], body: bytes) -> tuple[int, Any]:
        parts = path.split("/")
        if parts[:2] != ["", self.source] or parts[2].lower() != "table":
            return 404, {"title": "Not Found", "status": 404}
        if len(parts) == 3:
            after = params.get("modifiedAfter", [""])[0]
            return 200, [self.about(number) for number in self.tables if self.tables[number].modified > after]
        if parts[3] not in self.tables:
            return 404, {"title": "Not Found", "status": 404}
        table = self.tables[parts[3]]
        if len(parts) == 4:
            return 200, self.about(parts[3])
        if parts[4] == "dimension":
            told = [{"code": c, "label": label, "categories": _tree(cs)} for c, (label, cs) in table.dimensions.items()]
            return 200, {"dimensions": told}
        if parts[4] == "data" and method == "POST":
            return self.data(table, json.loads(body))
        return 404, {"title": "Not Found", "status": 404}

    def about(self, number: str) -> dict[str, Any]:
        table = self.tables[number]
        return {
            "tableId": int(number),
            "title": table.title,
            "publishedAt": "2025-01-01T00:00:00",
            "modifiedAt": table.modified,
        }

    def data(self, table: Table, query: dict[str, Any]) -> tuple[int, Any]:
        self.bodies.append(query)
        asked = {one["code"]: one for one in query["dimensions"]}
        if set(asked) != set(table.dimensions):
            return 400, {"title": "Bad Request: every dimension must have a filter", "status": 400}
        chosen = {}
        for name in table.dimensions:
            codes, values = table.codes(name), asked[name]["values"]
            chosen[name] = {
                "item": [code for code in codes if code in values],
                "all": [code for code in codes if any(v == "*" or code.startswith(v.rstrip("*")) for v in values)],
                # As measured: the first ones, which are the oldest, and the last ones.
                "top": codes[: int(values[0])] if asked[name]["filter"] == "top" else [],
                "bottom": codes[-int(values[0]) :] if asked[name]["filter"] == "bottom" else [],
            }[asked[name]["filter"]]
        cells = list(itertools.product(*chosen.values()))
        if len(cells) > query["response"].get("maxRowCount", len(cells)):
            return 400, {"title": "Bad Request: too many rows", "status": 400}
        return 200, {
            "class": "dataset",
            "version": "2.0",
            "href": None,
            "label": table.title,
            "updated": table.modified,
            "source": None,
            "id": list(chosen),
            "size": [len(codes) for codes in chosen.values()],
            "role": {"time": None, "geo": None, "metric": ["MEASURE_TYPE"]},
            "dimension": {
                name: {
                    "label": table.dimensions[name][0],
                    "category": {"index": codes, "label": {code: table.label(name, code) for code in codes}},
                }
                for name, codes in chosen.items()
            },
            "value": [table.cells.get(cell, "..") for cell in cells],
            "status": "",
        }


_FAULTS: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "truncated": (200, b'{"class": "dataset", "ver', {}),
    "html": (200, b"<!DOCTYPE html><html></html>", {}),
    "redirect": (302, b"", {"Location": "http://elsewhere.invalid/api"}),
    "429": (429, b'{"title": "later"}', {"Retry-After": "0"}),
    "503": (503, b'{"title": "later"}', {"Retry-After": "0"}),
}


def from_selections(selections: dict[str, dict[str, list[str]]], labels: dict[str, dict[str, str]]) -> dict[str, Table]:
    """Synthetic tables with the codes that queries ask for; `*` of AAR is ten years, or windows of seven for 507.

    labels: number of a table -> code -> what it is called, where that is not the code.
    """
    tables = {}
    for number, chosen in selections.items():
        length = 7 if number == "507" else 1
        years = [f"{year - length + 1}_{year}" for year in range(2015, 2025)]
        codes = {name: years if name == "AAR" and values == ["*"] else values for name, values in chosen.items()}
        called = labels.get(number, {})
        dimensions = {name: (name, {code: called.get(code, code) for code in values}) for name, values in codes.items()}
        cells = {cell: 10 + place / 100 for place, cell in enumerate(itertools.product(*codes.values()))}
        tables[number] = Table(f"Syntetisk {number}", dimensions, cells)
    return tables


def _handler(server: FhiServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.asked.append(f"{method} {self.path.removeprefix(ROOT)}")
            split = urlsplit(self.path)
            fault = next((one for one in server.faults if one[0] in self.path), None)
            if fault is not None:
                server.faults.remove(fault)
                self._fail(fault[1])
                return
            status, told = server.answer(method, split.path.removeprefix(ROOT), parse_qs(split.query), body)
            self._send(status, json.dumps(told).encode())

        def _fail(self, kind: str) -> None:
            status, content, headers = _FAULTS[kind]
            self._send(status, content, **headers)

        def _send(self, status: int, content: bytes, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None: ...

    return Handler
