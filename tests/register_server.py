"""Registers of the tests' own: a real HTTP server that answers as NVDB's and Brreg's documented interfaces do.

What belongs: paths, parameters, pages, faults to inject, a log of what was asked. What does not: anything from
`pipelines`. Every accident and every unit is synthetic; the person that a unit is called after does not exist.

    with RegisterServer(accidents={"3301": [accident(1, "2023-05-01", 59.74, 10.20)]}) as server:
        server.nvdb, server.brreg                # http://127.0.0.1:PORT/vegobjekter/api/v4, …
        server.faults.append("truncated")        # for the next answer; kinds: 503, truncated, html, shape, named
"""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.listening import Listening

NVDB, BRREG = "/vegobjekter/api/v4", "/enhetsregisteret/api"
PERSON = "SYNTETISK NORDMANN, KARI"
_MOST = 1000  # objects of a page


def accident(
    number: int, day: str, latitude: float | None = None, longitude: float | None = None, persons: Any = None
) -> dict[str, Any]:
    """An object of type 570. persons: killed, very seriously, seriously, slightly injured; None: NVDB does not say."""
    properties = [
        {"id": 5055, "navn": "Ulykkesdato", "egenskapstype": "Dato", "verdi": day},
        {"id": 5056, "navn": "Ulykkesklokkeslett", "egenskapstype": "Tid", "verdi": "08:15"},
    ]
    properties += [
        {"id": 5070 + at, "navn": "Antall (syntetisk)", "egenskapstype": "Heltall", "verdi": counted}
        for at, counted in enumerate(persons or ())
    ]
    told = {"id": number, "href": f"https://synthetic.invalid/vegobjekter/570/{number}/1", "egenskaper": properties}
    if latitude is not None:
        # As asked for with srid=4326: latitude, longitude, height.
        told["geometri"] = {"wkt": f"POINT Z ({latitude} {longitude} 3.2)", "srid": 4326, "egengeometri": True}
    return told


@dataclass
class RegisterServer(Listening):
    """accidents: municipality -> objects. units: (value of the area's parameter, filters) -> number of units."""

    accidents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    units: dict[tuple[str, str], int] = field(default_factory=dict)
    page: int = _MOST
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        return _handler(self)

    @property
    def nvdb(self) -> str:
        return f"{self.root}{NVDB}"

    @property
    def brreg(self) -> str:
        return f"{self.root}{BRREG}"

    def answer(self, path: str, params: dict[str, str]) -> tuple[int, Any]:
        if path == f"{NVDB}/vegobjekter/570":
            return self._accidents(params)
        if path == f"{BRREG}/enheter":
            return self._units(params)
        return 404, {"title": "Not Found", "status": 404}

    def _accidents(self, params: dict[str, str]) -> tuple[int, Any]:
        if unknown := set(params) - {"kommune", "inkluder", "srid", "antall", "start"}:
            return 400, {"title": f"Ukjente parametre: {', '.join(unknown)}", "status": 400}
        own = self.accidents.get(params["kommune"], [])
        first = int(params.get("start", "p0").removeprefix("p"))
        size = min(int(params["antall"]), self.page)
        shown = own[first : first + size]
        following = {"start": f"p{first + len(shown)}", "href": "https://synthetic.invalid/next"}
        page = {"returnert": len(shown), "sidestørrelse": size, **({"neste": following} if shown else {})}
        return 200, {"objekter": shown, "metadata": page}

    def _units(self, params: dict[str, str]) -> tuple[int, Any]:
        area = params.pop("kommunenummer", None) or params.pop("forretningsadresse.postnummer")
        size = int(params.pop("size", "20"))
        [(name, value)] = params.items()
        number = self.units.get((area, f"{name}={value}"), 0)
        unit = {"organisasjonsnummer": "999999999", "navn": PERSON, "organisasjonsform": {"kode": "ENK"}}
        page = {"size": size, "totalElements": number, "totalPages": number, "number": 0}
        return 200, {"_embedded": {"enheter": [unit][:number]}, "page": page}


def _handler(server: RegisterServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            server.headers.append(dict(self.headers))
            split = urlsplit(self.path)
            status, told = server.answer(split.path, dict(parse_qsl(split.query)))
            content = json.dumps(told).encode()
            match server.faults.pop(0) if server.faults else "":
                case "503":
                    status, content = 503, b'{"title": "later"}'
                case "truncated":
                    content = content[: len(content) // 2]
                case "html":
                    content = b"<!DOCTYPE html><html></html>"
                case "shape":
                    content = json.dumps([told]).encode()
                case "named":
                    content = json.dumps({"page": PERSON, "objekter": PERSON, "metadata": PERSON}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            if status == 503:
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def with_some() -> RegisterServer:
    """A server with an accident a year in two municipalities, and units of each kind."""
    years = range(2015, 2026)
    return RegisterServer(
        accidents={
            code: [
                accident(number, f"{year}-06-01", 59.7, 10.2, (0, 0, 0, 1)) for number, year in enumerate(years, first)
            ]
            for code, first in (("3301", 1), ("4003", 1_001))
        },
        units={
            (code, filters): 500
            for code in ("3301", "4003")
            for filters in (
                "registrertIFrivillighetsregisteret=true",
                *(f"organisasjonsform={form}" for form in ("FLI", "AS,ASA", "ENK")),
            )
        },
    )
