"""A stand-in for SSB's PxWeb server: PxWebApi v2 and the older v0 over real HTTP, on a free local port.

What belongs: the protocol as the live server speaks it (paths, parameters, answers, limits, errors,
headers), faults to inject, a log of what was asked. What does not: the tables and the arithmetic
(tests/pxweb_tables.py), anything from `pipelines` (the client is tested against this: they share no code),
expectations of single tests.

    table = SyntheticTable(
        "99001", "99001: Personer (syntetisk)", "2026-01-15T07:00:00Z",
        [
            Dimension("Region", "region", [("3301", "Drammen"), ("3303", "Kongsberg")], "geo", True),
            Dimension("ContentsCode", "statistikkvariabel", [("Personer", "Personer (syntetisk)")], "metric"),
            Dimension("Tid", "år", [("2023", "2023"), ("2024", "2024")], "time"),
        ],
        values=[[[1, 2]], [[3, ":"]]],  # or an array, or callable({"Region": "3301", …}) -> number or symbol
    )
    with PxWebServer([table], max_cells=800_000) as server:
        server.url         # http://127.0.0.1:PORT/api/pxwebapi/v2
        server.v0_url      # http://127.0.0.1:PORT/api/v0, to be followed by /no/table/99001
        server.requests    # [Exchange(method, path below the root, params, body, headers, at, status), …]
        server.fail("429", times=2, path="/data", retry_after=1)           # the kinds: see Fault
        server.tables["99001"].revise("2026-02-15T07:00:00Z", values=…)    # a publication day

Behaviour worth knowing, as measured on the live servers: codes are matched whatever their case, code list
ids are not; `top(n)` gives the newest periods of a time dimension and the first values of any other; values
come in the table's order, not the query's; expressions in one list form a union; an eliminated dimension is
missing from the answer; `/config` answers 0 for the call limits while the headers carry them; a URL above
2,100 characters is 404. A sum with a hidden part carries that part's symbol; `.` (the category did not
exist) adds nothing to it.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import numpy as np
import orjson

from tests.pxweb_tables import Choice, CodeList, Dimension, Extract, Problem, SyntheticTable, extract, select

__all__ = ["CodeList", "Dimension", "Exchange", "Fault", "FaultKind", "PxWebServer", "SyntheticTable"]

V2_ROOT = "/api/pxwebapi/v2"
V0_ROOT = "/api/v0"
MAX_URL = 2100


@dataclass
class Exchange:
    """One request as it came, and the status it got (0: none, the connection was dropped)."""

    method: str
    path: str  # below the root of its dialect, percent-decoded
    params: tuple[tuple[str, str], ...]
    body: bytes
    headers: Mapping[str, str]
    at: float = field(default_factory=time.monotonic)
    status: int = 0

    def param(self, name: str, default: str = "") -> str:
        """A query parameter, whatever the case of its name."""
        return next((value for key, value in self.params if key.lower() == name.lower()), default)


# --- answers in JSON-stat2 ----------------------------------------------------------------------------------


def describe(dimension: Dimension) -> dict[str, Any]:
    """One dimension without its code lists, as a data answer gives it."""
    index = {code: place for place, code in enumerate(dimension.codes)}
    extras = {"note": dimension.value_notes, "unit": dimension.units}
    given = {key: {code: of[code] for code in index if code in of} for key, of in extras.items() if of}
    extension: dict[str, Any] = {"elimination": bool(dimension.elimination)}
    if isinstance(dimension.elimination, str):
        extension["eliminationValueCode"] = dimension.elimination
    extension["show"] = "code" if dimension.role == "time" else "value"
    return {
        "label": dimension.label,
        **({"note": list(dimension.notes)} if dimension.notes else {}),
        "category": {"index": index, "label": dict(dimension.categories), **given},
        "extension": extension | dict(dimension.extension),
    }


def dataset(table: SyntheticTable, dimensions: Sequence[Dimension]) -> dict[str, Any]:
    """What metadata and data answers share."""
    roles = {role: [each.id for each in dimensions if each.role == role] for role in ("time", "geo", "metric")}
    return {
        "version": "2.0",
        "class": "dataset",
        "label": table.label,
        "source": table.source,
        "updated": table.updated,
        **({"note": list(table.notes)} if table.notes else {}),
        "role": {role: names for role, names in roles.items() if names},
        "id": [dimension.id for dimension in dimensions],
        "size": [len(dimension.codes) for dimension in dimensions],
        "dimension": {dimension.id: describe(dimension) for dimension in dimensions},
        "extension": {"px": px_keywords(table), "contact": [], **table.extension},
    }


def px_keywords(table: SyntheticTable) -> dict[str, Any]:
    """The table's keywords in the PX file format."""
    heading = [dimension.id for dimension in table.dimensions if dimension.role in ("metric", "time")]
    stub = [dimension.id for dimension in table.dimensions if dimension.id not in heading]
    flags = {
        "official-statistics": False,
        "aggregallowed": True,
        "copyright": False,
        "descriptiondefault": False,
    }
    names = {"infofile": "None", "tableid": table.id, "matrix": table.id, "contents": table.label}
    subject = {"language": "no", "subject-code": "sy", "subject-area": "Syntetisk"}
    return {**names, "decimals": 0, **flags, **subject, "heading": heading, "stub": stub}


def data_answer(table: SyntheticTable, part: Extract) -> dict[str, Any]:
    """Whole numbers as such, null where there is no figure, symbols in `status`."""
    answer = dataset(table, part.dimensions) | {"updated": table.updated_of(part.dimensions)}
    answer["value"] = [
        None if math.isnan(value) else int(value) if value.is_integer() else value
        for value in part.values.ravel().tolist()
    ]
    symbols = part.status.ravel()
    marked = np.flatnonzero(symbols != "").tolist()
    return answer | ({"status": {str(place): str(symbols[place]) for place in marked}} if marked else {})


# --- PxWebApi v2 --------------------------------------------------------------------------------------------


class V2:
    """Routes and bodies of PxWebApi v2."""

    def __init__(self, server: PxWebServer, request: Exchange) -> None:
        self.server, self.request = server, request
        self.language = request.param("lang", server.languages[0])

    def answer(self) -> dict[str, Any]:
        """The body, or a Problem."""
        if self.language not in self.server.languages:
            raise Problem(400, "Unsupported language")
        match self.request.path.strip("/").split("/"):
            case ["config"]:
                return self.config()
            case ["tables"]:
                return self.tables()
            case ["codelists" | "codeLists", name]:
                return self.codelist(name)
            case ["tables", name, *rest]:
                if name not in self.server.tables:
                    raise Problem(400 if rest == ["data"] else 404, "Non-existent table")
                return self.about(self.server.tables[name], *rest)
        raise Problem(404, "Not Found")

    def about(self, table: SyntheticTable, what: str = "") -> dict[str, Any]:
        """The four answers about one table."""
        routes = {
            "": lambda table: {"language": self.language} | self.entry(table),
            "metadata": self.metadata,
            "defaultselection": self.default_selection,
            "data": self.data,
        }
        if what not in routes:
            raise Problem(404, "Not Found")
        return routes[what](table)

    def link(self, rel: str, path: str) -> dict[str, str]:
        """One link as the API writes it."""
        address = f"{self.server.shown_url}{path}{'&' if '?' in path else '?'}lang={self.language}"
        return {"rel": rel, "hreflang": self.language, "href": address}

    def config(self) -> dict[str, Any]:
        """The live server states no call limit here, although it has one."""
        server, stated = self.server, self.server.limits_in_config
        return {
            "apiVersion": "2.3.2",
            "appVersion": "stand-in",
            "languages": [{"id": language, "label": language} for language in server.languages],
            "defaultLanguage": server.languages[0],
            "maxDataCells": server.max_cells,
            "maxCallsPerTimeWindow": server.calls if stated else 0,
            "timeWindow": math.ceil(server.window) if stated else 0,
            "license": "https://creativecommons.org/publicdomain/zero/1.0/",
            "sourceReferences": [{"language": each, "text": "Syntetisk"} for each in server.languages],
            "defaultDataFormat": "json-stat2",
            "dataFormats": ["json-stat2"],
            "features": [{"id": "CORS", "params": [{"key": "enabled", "value": "True"}]}],
        }

    def tables(self) -> dict[str, Any]:
        """Search with paging."""
        found = [table for table in self.server.tables.values() if self.is_wanted(table)]
        size, number = int(self.request.param("pageSize", "20")), int(self.request.param("pageNumber", "1"))
        pages = max(1, math.ceil(len(found) / size))
        if not 1 <= number <= pages:
            raise Problem(404, "Non-existent page")
        address = f"/tables/?pagesize={size}&pageNumber="
        onward = [("next", number + 1), ("last", pages)] if number < pages else []
        return {
            "language": self.language,
            "tables": [self.entry(table) for table in found[(number - 1) * size : number * size]],
            "page": {
                "pageNumber": number,
                "pageSize": size,
                "totalElements": len(found),
                "totalPages": pages,
                "links": [self.link(rel, f"{address}{target}") for rel, target in onward],
            },
            "links": [self.link("self", f"{address}{number}")],
        }

    def is_wanted(self, table: SyntheticTable) -> bool:
        """Whether `query` and `pastDays` let the table through."""
        text = " ".join([table.id, table.label, *(dimension.label for dimension in table.dimensions)])
        days = self.request.param("pastDays")
        recent = not days or datetime.fromisoformat(table.updated) > datetime.now(UTC) - timedelta(int(days))
        return recent and self.request.param("query").casefold() in text.casefold()

    def entry(self, table: SyntheticTable) -> dict[str, Any]:
        """A table as the lists show it."""
        path = f"/tables/{table.id}"
        periods = next((each.codes for each in table.dimensions if each.role == "time"), [""])
        letter = re.sub(r"[\d\W_]", "", periods[0])[:1]
        return {
            "id": table.id,
            "label": table.label,
            "description": "",
            "sortCode": table.id,
            "updated": table.updated,
            "firstPeriod": periods[0],
            "lastPeriod": periods[-1],
            "category": "public",
            "variableNames": [dimension.label for dimension in table.dimensions],
            "source": table.source,
            "subjectCode": "sy",
            "timeUnit": {"": "Annual", "M": "Monthly", "K": "Quarterly", "U": "Weekly"}.get(letter, "Other"),
            "paths": [[{"id": "sy", "label": "Syntetisk", "sortCode": "sy"}]],
            "links": [
                self.link("self", path),
                self.link("metadata", f"{path}/metadata"),
                self.link("data", f"{path}/data?outputFormat=json-stat2"),
            ],
        }

    def metadata(self, table: SyntheticTable) -> dict[str, Any]:
        """The table without its values; each dimension names its code lists."""
        answer = dataset(table, table.dimensions)
        for dimension in table.dimensions:
            answer["dimension"][dimension.id]["extension"]["codelists"] = [
                {"id": known.id, "label": known.label, "type": known.type}
                | {"links": [self.link("metadata", f"/codeLists/{known.id}")]}
                for known in dimension.codelists
            ]
        return answer | {"value": []}

    def codelist(self, name: str) -> dict[str, Any]:
        """A code list with what each of its codes consists of."""
        dimensions = [each for table in self.server.tables.values() for each in table.dimensions]
        found = [(known, each) for each in dimensions for known in each.codelists if known.id == name]
        if not found:
            raise Problem(404, "Non-existent codelist")
        codelist, dimension = found[0]
        values = [
            {"code": code, "label": label, "valueMap": list(codelist.valueMap[code])}
            for code, label in dimension.through(name)[0].categories
        ]
        named = {"id": codelist.id, "label": codelist.label, "language": self.language, "type": codelist.type}
        return named | {"values": values, "links": [self.link("self", f"/codeLists/{name}")]}

    def default_selection(self, table: SyntheticTable) -> dict[str, Any]:
        """What a data call without a selection gets, spelt out in codes."""
        query = default_query(table)
        selection = [
            {
                "variableCode": each.id,
                "codelist": None,
                "valueCodes": [each.codes[place] for place in select(query[each.id].expressions, each)],
            }
            for each in table.dimensions
        ]
        placement = {key: px_keywords(table)[key] for key in ("heading", "stub")}
        links = [self.link("self", f"/tables/{table.id}/defaultselection")]
        return {"language": self.language, "selection": selection, "placement": placement, "links": links}

    def data(self, table: SyntheticTable) -> dict[str, Any]:
        """Data by GET or POST."""
        request = self.request
        if request.param("outputFormat", "json-stat2").lower() != "json-stat2":
            raise Problem(400, "Unsupported output format")
        query = posted_query(request.body) if request.method == "POST" else asked_query(request.params)
        return self.server.data_of(table, query or default_query(table))


def default_query(table: SyntheticTable) -> dict[str, Choice]:
    """The newest period of everything that cannot be left out."""

    def default(dimension: Dimension) -> Choice:
        if dimension.elimination:
            return Choice()
        return Choice(["top(1)"] if dimension.role == "time" else ["*"])

    return {dimension.id: default(dimension) for dimension in table.dimensions}


def asked_query(params: Sequence[tuple[str, str]]) -> dict[str, Choice]:
    """The query of a GET: valueCodes[Var]=…, codelist[Var]=…, outputValues[Var]=…."""
    named: dict[tuple[str, str], str] = {}
    for key, value in params:
        parts = re.fullmatch(r"(?i)(valuecodes|codelist|outputvalues)\[(.+)\]", key)
        if parts:
            named[parts[1].lower(), parts[2].casefold()] = value
    return {
        name: Choice(
            split_list(text),
            named.get(("codelist", name)),
            named.get(("outputvalues", name), "").lower() == "single",
        )
        for (kind, name), text in named.items()
        if kind == "valuecodes"
    }


def split_list(text: str) -> list[str]:
    """A GET list: comma separates, except inside brackets, which are taken off."""
    return [bracketed or plain for bracketed, plain in re.findall(r"\[([^\]]*)\]|([^,]+)", text)]


def posted_query(body: bytes) -> dict[str, Choice]:
    """The query of a POST: {"selection": [{"variableCode", "codelist", "valueCodes"}]}."""
    try:
        selection = json.loads(body)["selection"]
        items = [{key.lower(): value for key, value in item.items()} for item in selection]
        return {
            item["variablecode"]: Choice(
                item.get("valuecodes") or [],
                item.get("codelist"),
                str(item.get("outputvalues")).lower() == "single",
            )
            for item in items
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(400, "One or more validation errors occurred.") from error


# --- PxWebApi v0 --------------------------------------------------------------------------------------------


class V0:
    """The older dialect: one address per table, GET for metadata and POST for data."""

    def __init__(self, server: PxWebServer, request: Exchange) -> None:
        self.server, self.request = server, request

    def answer(self) -> dict[str, Any]:
        """The body, or a Problem."""
        match self.request.path.strip("/").split("/"):
            case [_, "table", name] if name in self.server.tables:
                table = self.server.tables[name]
                return self.metadata(table) if self.request.method == "GET" else self.data(table)
        raise Problem(404, "Non-existent table")

    def metadata(self, table: SyntheticTable) -> dict[str, Any]:
        """Title and variables."""
        variables = [
            {
                "code": each.id,
                "text": each.label,
                "values": each.codes,
                "valueTexts": [label for _, label in each.categories],
                **({"elimination": True} if each.elimination else {}),
                **({"time": True} if each.role == "time" else {}),
            }
            for each in table.dimensions
        ]
        return {"title": table.label, "variables": variables}

    def data(self, table: SyntheticTable) -> dict[str, Any]:
        """Data; a variable left out that cannot be eliminated comes whole, other than in v2."""
        whole = {each.id: Choice(["*"]) for each in table.dimensions if not each.elimination}
        try:
            items = json.loads(self.request.body)["query"]
            query = {item["code"]: self.choice(**item["selection"]) for item in items}
        except (ValueError, KeyError, TypeError) as error:
            raise Problem(400, "Parameter error") from error
        try:
            return self.server.data_of(table, whole | query)
        except Problem as problem:
            too_many = problem.title == "Too many cells selected"
            raise Problem(403 if too_many else problem.status, problem.title) from problem

    def choice(self, filter: str, values: Sequence[str]) -> Choice:
        """One filter: item, all, top, agg:X or vs:X."""
        if filter == "top":
            return Choice([f"top({values[0]})"])
        return Choice(values, filter.replace(":", "_") if ":" in filter else None)


# --- the server ---------------------------------------------------------------------------------------------

FaultKind = Literal["404", "429", "500", "503", "truncated", "cut", "html", "slow", "drop", "redirect"]


@dataclass
class Fault:
    """What befalls the next `times` requests whose path holds `path`.

    404: as any failure to read a table's metadata is told. 429, 503: with `retry_after` (seconds or text as such, a
    datetime as HTTP date). 500: empty body. truncated: half of the body, complete as HTTP. cut: the connection ends
    within the body. html: an error page with status 200. slow: the right answer after `seconds`. drop: no answer.
    redirect: 302 to `location`.
    """

    kind: FaultKind
    times: int = 1
    path: str = ""
    retry_after: int | str | datetime | None = None
    seconds: float = 1.0
    location: str = "http://other.invalid/"

    def answer(self) -> Answer | None:
        """What is answered instead; None where the right answer is spoilt on its way."""
        if self.kind == "html":
            return Answer(200, ERROR_PAGE, content_type="text/html")
        if self.kind == "redirect":
            return Answer(302, headers={"Location": self.location})
        if self.kind == "500":
            return Answer(500)
        if self.kind == "404":
            return Answer(404, problem_body(404, "Non-existent table"))
        if self.kind not in ("429", "503"):
            return None
        after = self.retry_after
        told = format_datetime(after.astimezone(UTC), usegmt=True) if isinstance(after, datetime) else after
        headers = {} if told is None else {"Retry-After": str(told)}
        return Answer(int(self.kind), problem_body(int(self.kind), "Injected fault"), headers)


ERROR_PAGE = b"<!DOCTYPE html><html><body><h1>Synthetic error page</h1></body></html>"


@dataclass
class Answer:
    """What goes out."""

    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"


def problem_body(status: int, title: str | None) -> bytes:
    """The body of an error in v2; only "Too many cells" has a `detail`."""
    detail = {"detail": title} if title == "Too many cells selected" else {}
    return orjson.dumps({"type": "Parameter error", "title": title, "status": status} | detail)


class PxWebServer:
    """Serves tables while the context is open, at most `calls` requests per `window` seconds of `clock`.

    says_reset: whether headers say when the window ends, and a 429 how long to wait.
    limits_in_config: whether `/config` states the limit. tls: speaks https, as localhost.
    now: the time by which tables are closed. caches: GETs are answered as the first time, errors too, until `forget`.
    """

    def __init__(
        self,
        tables: Iterable[SyntheticTable] = (),
        *,
        max_cells: int = 800_000,
        calls: int = 10_000,
        window: float = 60,
        limits_in_config: bool = False,
        says_reset: bool = True,
        languages: Sequence[str] = ("no", "en"),
        clock: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        caches: bool = False,
    ) -> None:
        self.tables = {table.id: table for table in tables}
        self.max_cells, self.calls, self.window = max_cells, calls, window
        self.limits_in_config, self.says_reset, self.languages = limits_in_config, says_reset, languages
        self.clock, self.tls, self.now, self.caches = clock, tls, now, caches
        self._cached: dict[str, Answer] = {}
        self.requests: list[Exchange] = []
        self.stopped = False
        self._faults: list[Fault] = []
        self._window_start, self._used = -math.inf, 0
        self._lock = threading.Lock()

    def __enter__(self) -> PxWebServer:
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._listener = _Listener(("127.0.0.1", 0), handler)
        host = f"http://127.0.0.1:{self._listener.server_port}"
        if self.tls:
            self._listener.socket = self.tls.wrap_socket(self._listener.socket, server_side=True)
            host = f"https://localhost:{self._listener.server_port}"
        self.url, self.v0_url = host + V2_ROOT, host + V0_ROOT
        # The address that links in answers give; another one where answers are kept that must not name this port.
        self.shown_url = self.url
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped = True
        self._listener.shutdown()
        self._listener.server_close()

    def fail(self, kind: FaultKind, **options: Any) -> None:
        """Inject a fault; the options are the fields of Fault."""
        self._faults.append(Fault(kind, **options))

    def take_fault(self, path: str) -> Fault | None:
        """The fault waiting for this path, one use of it spent."""
        with self._lock:
            fault = next((fault for fault in self._faults if fault.times > 0 and fault.path in path), None)
            if fault:
                fault.times -= 1
            return fault

    def cached(self, address: str, answer: Answer) -> Answer:
        """What a GET of an address gets, having been given such an answer: the first one that it got."""
        return self._cached.setdefault(address, answer) if self.caches else answer

    def forget(self, part: str = "") -> None:
        """Empty the cache of addresses that hold `part`: the real server's hold metadata and data apart."""
        self._cached = {address: answer for address, answer in self._cached.items() if part not in address}

    def data_of(self, table: SyntheticTable, query: Mapping[str, Choice]) -> dict[str, Any]:
        """A data answer; in a table's closed hours every figure is 0."""
        part = extract(table, query, self.max_cells)
        if table.closed and table.closed[0] <= self.now() < table.closed[1]:
            part = Extract(part.dimensions, np.zeros(part.values.shape), np.full(part.values.shape, ""))
        return data_answer(table, part)

    def answer(self, dialect: V2 | V0) -> Answer:
        """The dialect's answer, within the call limit."""
        allowed, headers = self._count_call()
        try:
            if not allowed:
                raise Problem(429, "Too Many Requests")
            return Answer(200, orjson.dumps(dialect.answer()), headers)
        except Problem as problem:
            body = problem_body(problem.status, problem.title)
            if isinstance(dialect, V0):
                body = orjson.dumps({"error": problem.title})
            return Answer(problem.status, body if problem.title else b"", headers)

    def _count_call(self) -> tuple[bool, dict[str, str]]:
        with self._lock:
            now = self.clock()
            if now - self._window_start >= self.window:
                self._window_start, self._used = now, 0
            self._used += 1
            allowed, left = self._used <= self.calls, self._window_start + self.window - now
            limits = {
                "x-ratelimit-limit": str(self.calls),
                "x-ratelimit-policy": f"{self.calls};w={self.window:g}s",
                "x-ratelimit-remaining": str(max(0, self.calls - self._used)),
            }
            if not self.says_reset:  # as SSB's: its refusals carry the policy alone
                return allowed, limits
            limits["x-ratelimit-reset"] = str(math.ceil(left))
            return allowed, limits if allowed else limits | {"Retry-After": str(math.ceil(left))}


class _Listener(ThreadingHTTPServer):
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up (a timeout, a closed pool) is part of the tests, not worth a traceback."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    stand_in: PxWebServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # header and body leave together

    def do_GET(self) -> None:
        if self.stand_in.stopped:  # a connection kept alive must not outlive the server
            self.close_connection = True
            return
        url = urlsplit(self.path)
        path = unquote(url.path)
        root, dialect = (V0_ROOT, V0) if path.startswith(V0_ROOT) else (V2_ROOT, V2)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        params = tuple(parse_qsl(url.query, keep_blank_values=True))
        request = Exchange(self.command, path.removeprefix(root), params, body, dict(self.headers))
        self.stand_in.requests.append(request)
        fault = self.stand_in.take_fault(path)
        answer = fault.answer() if fault else None
        if answer is None:
            answer = self._right_answer(dialect(self.stand_in, request))
        if self.command == "GET" and answer.status < 429:
            answer = self.stand_in.cached(self.path, answer)
        self._send(request, answer, fault)

    do_POST = do_GET

    def _right_answer(self, dialect: V2 | V0) -> Answer:
        if len(f"http://{self.headers['Host']}{self.path}") > MAX_URL:
            return Answer(404, ERROR_PAGE, content_type="text/html")
        return self.stand_in.answer(dialect)

    def _send(self, request: Exchange, answer: Answer, fault: Fault | None) -> None:
        kind = fault.kind if fault else ""
        self.close_connection = self.close_connection or kind in ("drop", "cut")
        if kind == "drop":
            return
        if fault and kind == "slow":
            time.sleep(fault.seconds)
        content = answer.content[: len(answer.content) // 2] if kind == "truncated" else answer.content
        zipped = "gzip" in self.headers.get("Accept-Encoding", "") and len(content) > 1000
        content = gzip.compress(content, 1) if zipped else content
        request.status = answer.status
        self.send_response(answer.status)
        encoding = {"Content-Encoding": "gzip"} if zipped else {}
        sizes = {"Content-Type": answer.content_type, "Content-Length": str(len(content))}
        for name, value in {**answer.headers, **encoding, **sizes}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if kind == "cut" else content)

    def log_message(self, *_: Any) -> None:
        """The log is `PxWebServer.requests`."""
