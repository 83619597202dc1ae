"""Registers of the tests' own: a real HTTP server that answers as the documented interfaces of NVDB, Brreg, Trafikkdata
and NILU do.

What belongs: paths, parameters, pages, faults to inject, a log of what was asked. What does not: anything from
`pipelines`. Accidents, units, counters and stations are synthetic; the person a unit is called after does not exist.

    with RegisterServer(accidents={"3301": [accident(1, "2023-05-01", 59.74, 10.20)]}) as server:
        server.nvdb, server.brreg                # http://127.0.0.1:PORT/vegobjekter/api/v4, …
        server.faults.append("truncated")        # for the next answer; kinds: 503, truncated, html, shape, named
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.listening import Listening

NVDB, BRREG = "/vegobjekter/api/v4", "/enhetsregisteret/api"
TRAFIKKDATA, NILU = "/trafikkdata", "/nilu"
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


def counter(
    municipality: str,
    years: Mapping[int, float | None],
    at: tuple[float, float] | None = (59.74, 10.2),
    kind: str = "VEHICLE",
    covered: Mapping[int, float] | None = None,
) -> dict[str, Any]:
    """A counter of Trafikkdata. years: average day of each; None: no figure. at: latitude, longitude; covered: %."""
    by_year = [
        {
            "year": year,
            "total": None
            if number is None
            else {"volume": {"average": number}, "coverage": {"percentage": (covered or {}).get(year, 98.5)}},
        }
        for year, number in years.items()
    ]
    place = {"lat": at[0], "lon": at[1]} if at else None
    return {"municipality": municipality, "kind": kind, "place": place, "by_year": by_year}


def station(
    municipality: str, means: Mapping[str, Mapping[int, float]], at: tuple[float, float] = (59.74, 10.2)
) -> dict[str, Any]:
    """A station of NILU. means: component -> year -> the mean that each of its days has. at: latitude, longitude."""
    return {"municipality": municipality, "means": means, "place": at}


@dataclass
class RegisterServer(Listening):
    """accidents: municipality -> objects. units: (value of the area's parameter, filters) -> number of units.

    counters, stations: by their number or name. missing: days of which a station's component has no figure.
    """

    accidents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    units: dict[tuple[str, str], int] = field(default_factory=dict)
    counters: dict[str, dict[str, Any]] = field(default_factory=dict)
    stations: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: dict[tuple[str, str], set[date]] = field(default_factory=dict)
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

    @property
    def trafikkdata(self) -> str:
        return f"{self.root}{TRAFIKKDATA}"

    @property
    def nilu(self) -> str:
        return f"{self.root}{NILU}"

    def graph(self, question: str) -> tuple[int, Any]:
        """Answer the two questions of the documentation; what is not understood is a fault, with status 200."""
        if found := re.search(r"trafficRegistrationPoints\(searchQuery: \{countyNumbers: \[(\d+)\]\}\)", question):
            own = {name: one for name, one in self.counters.items() if int(one["municipality"][:2]) == int(found[1])}
            listed = [
                {
                    "id": name,
                    "trafficRegistrationType": one["kind"],
                    "location": {"municipality": {"number": int(one["municipality"])}},
                }
                for name, one in own.items()
            ]
            return 200, {"data": {"trafficRegistrationPoints": listed}}
        asked = re.findall(r"(\w+): trafficData\(trafficRegistrationPointId: \"(\w+)\"\)", question)
        if not asked or any(name not in self.counters for _alias, name in asked):
            return 200, {"errors": [{"message": "Validation error: not understood"}], "data": None}
        return 200, {"data": {alias: _traffic(name, self.counters[name]) for alias, name in asked}}

    def _days(self, path: str, component: str) -> tuple[int, Any]:
        first, last, name = (unquote(part) for part in path.split("/"))
        one, without = self.stations[name], self.missing.get((name, component), set())
        days, values = date.fromisoformat(first), []
        while days <= date.fromisoformat(last):
            mean = one["means"][component].get(days.year)
            if mean is not None:
                told = {"value": None, "coverage": 0.0} if days in without else {"value": mean, "coverage": 100.0}
                values.append({"dateTime": f"{days}T00:00:00+01:00", **told})
            days += timedelta(days=1)
        return 200, [{"station": name, "component": component, "unit": "µg/m³", "values": values}]

    def _stations(self, area: str) -> list[dict[str, Any]]:
        return [
            {
                "municipality": one["municipality"],
                "area": one["municipality"],
                "station": name,
                "latitude": one["place"][0],
                "longitude": one["place"][1],
                "components": ";".join(one["means"]),
            }
            for name, one in self.stations.items()
            if one["municipality"] == area
        ]

    def answer(self, path: str, params: dict[str, str]) -> tuple[int, Any]:
        if path == f"{NVDB}/vegobjekter/570":
            return self._accidents(params)
        if path == f"{BRREG}/enheter":
            return self._units(params)
        if path == f"{NILU}/lookup/stations":
            return 200, self._stations(params["area"])
        if path.startswith(f"{NILU}/stats/day/"):
            return self._days(path.removeprefix(f"{NILU}/stats/day/"), params["components"])
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


def _traffic(name: str, one: dict[str, Any]) -> dict[str, Any]:
    place = {"id": name, "location": {"coordinates": {"latLon": one["place"]}}}
    return {"trafficRegistrationPoint": place, "volume": {"average": {"daily": {"byYear": one["by_year"]}}}}


def _broken(fault: str, status: int, told: Any) -> tuple[int, bytes]:
    """Return what is sent in place of an answer; the answer itself where there is no fault."""
    content = json.dumps(told).encode()
    named = {"page": PERSON, "objekter": PERSON, "metadata": PERSON}
    return {
        "503": (503, b'{"title": "later"}'),
        "truncated": (status, content[: len(content) // 2]),
        "html": (status, b"<!DOCTYPE html><html></html>"),
        "shape": (status, json.dumps([told]).encode()),
        "named": (status, json.dumps(named).encode()),
        "refused": (200, b'{"errors": [{"message": "no such field"}]}'),
    }.get(fault, (status, content))


def _handler(server: RegisterServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            split = urlsplit(self.path)
            self._send(self.path, *server.answer(split.path, dict(parse_qsl(split.query))))

        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["query"]
            is_there = urlsplit(self.path).path == f"{TRAFIKKDATA}/"
            self._send(question, *(server.graph(question) if is_there else (404, {"title": "Not Found"})))

        def _send(self, asked: str, status: int, told: Any) -> None:
            server.asked.append(asked)
            server.headers.append(dict(self.headers))
            status, content = _broken(server.faults.pop(0) if server.faults else "", status, told)
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
    """A server with an accident a year in two municipalities, units of each kind, counters and stations."""
    years = range(2015, 2026)
    return RegisterServer(
        # One within the polygons that test_registers delivers, one beside them, one of another municipality.
        counters={
            "1V1": counter("3301", dict.fromkeys(years, 8_000.0), (59.75, 10.25)),
            "2V2": counter("3301", dict.fromkeys(years, 20_000.0), (59.60, 10.25)),
            "9V9": counter("4003", dict.fromkeys(years, 4_000.0), (59.2, 9.6)),
        },
        stations={
            "Syntetisk torg": station("Drammen", {"NO2": dict.fromkeys(years, 24.0)}, (59.75, 10.25)),
            "Syntetisk ås": station("Drammen", {"NO2": dict.fromkeys(years, 12.0)}, (59.60, 10.25)),
        },
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
