"""Registers that give no table: accidents, units, counters of vehicles, stations of air quality.

Of NVDB road traffic accidents (objects of type 570) are asked for, of Brreg numbers of units, of Statens vegvesen's
Trafikkdata the average day of its counters, of NILU the days of its stations. What belongs: what is asked of each, page
by page, and what of an answer may be kept. What does not: what the answers mean (`decoding.entries`,
`decoding.stations`). Each is looked through once a month: none says when anything of an area last changed. No working
query of ours was seen; the interfaces are documented (nvdb-docs.atlas.vegvesen.no/nvdbapil/v4,
data.brreg.no/enhetsregisteret/api/dokumentasjon, github.com/trafikkdata/trafikkdata.no-dokumentasjon, api.nilu.no) and
used so in public code.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from pipelines.errors import SourceError
from pipelines.providers.nodes import Malformed, Node
from pipelines.providers.pxweb import Fetched
from pipelines.providers.pxweb_metadata import TableMetadata
from pipelines.providers.pxweb_plan import Query, QueryError
from pipelines.providers.transport import Check, Request, Response, Transport, json_object

PAGE = 1000  # objects of one answer, the most that NVDB gives
_PAGES = 500  # of one municipality; more would be another kind of answer
_CLIENT = (("X-Client", "levekar"),)  # NVDB asks who is asking

CONTENTS: dict[str, tuple[tuple[str, str], ...]] = {
    "voluntary": (("registrertIFrivillighetsregisteret", "true"),),
    "associations": (("organisasjonsform", "FLI"),),
    "companies": (("organisasjonsform", "AS,ASA"),),
    "sole_proprietorships": (("organisasjonsform", "ENK"),),
}
"""What units of Brreg are counted, and by which filter."""


class RegisterClient(ABC):
    """Asks one register. Thread-safe. clock: gives the time, with its zone."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime]) -> None:
        self._transport, self._clock = transport, clock
        self._name = getattr(transport, "name", "register")

    def updated(self, _table_id: str, _known: str | None = None) -> str:
        """Return the month, without asking: a register is looked through once in each."""
        return f"{self._clock():%Y-%m}"

    def calls(self, query: Query) -> int:
        """Return how many calls a query takes, or takes at least."""
        return len(list(self._requests(query)))

    def fetch(self, query: Query, known_updated: str | None = None) -> Fetched | None:
        """Return the answers; None, and no call, where the register was looked through this month. Raises SourceError.

        Raises QueryError for a query that names what is not in the register.
        """
        updated = self.updated(query.table_id)
        if known_updated == updated:
            return None
        answers = [answer for request in self._requests(query) for answer in self._answers(request, query)]
        metadata = TableMetadata(query.table_id, query.table_id, updated, (), (), (), answers[0])
        return Fetched(metadata, tuple(("data", answer) for answer in answers), (), {}, ())

    def probe(self, query: Query) -> None:
        """Ask for one answer, to see whether it has the shape that is documented. Raises SourceError."""
        next(self._answers(next(self._requests(query)), query))

    @abstractmethod
    def _requests(self, query: Query) -> Iterator[Request]:
        """Yield the first request of each figure or municipality. Raises QueryError."""

    @abstractmethod
    def _answers(self, request: Request, query: Query) -> Iterator[Response]:
        """Yield the answer, and those of what follows from it. Raises SourceError."""


class NvdbClient(RegisterClient):
    """Statens vegvesen's road database: every accident of a municipality of today, with its day and place.

    Neither the vehicles nor the persons that were in it are asked for.
    """

    def _requests(self, query: Query) -> Iterator[Request]:
        for code in _areas(query)[1]:
            params = (("kommune", code), ("inkluder", "egenskaper,geometri"), ("srid", "4326"), ("antall", str(PAGE)))
            yield Request("GET", f"/vegobjekter/{query.table_id}", params, headers=_CLIENT)

    def _answers(self, request: Request, _query: Query) -> Iterator[Response]:
        seen: set[str] = set()
        start: str | None = None
        while True:
            params = request.params if start is None else (*request.params, ("start", start))
            answer = self._transport.send(replace(request, params=params), check=objects_of)
            yield answer
            page = Node(json_object(answer.content))["metadata"]
            try:
                following = page["neste"]["start"].text_or_none()
                last = page["returnert"].number(0) < PAGE
            except Malformed as error:
                raise SourceError(f"{answer.url}: {error}") from error
            if following is None or last:
                return
            if following in seen or len(seen) > _PAGES:
                raise SourceError(f"{answer.url}: the pages go in a circle; expected each once. Try again later.")
            seen.add(following)
            start = following


class BrregClient(RegisterClient):
    """The register of units (Enhetsregisteret): how many there are of a kind, and nothing else.

    One unit comes with each number. The name of a sole proprietorship is a person's, so that nothing of a unit is kept:
    what is stored is the answer without it.
    """

    def _requests(self, query: Query) -> Iterator[Request]:
        area, codes = _areas(query)
        for kind in query.selection["ContentsCode"].values:
            if kind not in CONTENTS:
                raise QueryError(self._name, [f"unknown kind '{kind}'; expected one of {', '.join(CONTENTS)}"])
            for code in codes:
                yield Request("GET", f"/{query.table_id}", ((area, code), *CONTENTS[kind], ("size", "1")))

    def _answers(self, request: Request, _query: Query) -> Iterator[Response]:
        yield CountsOnly(self._transport).send(request)


class TrafficClient(RegisterClient):
    """Statens vegvesen's counters (GraphQL): those of a municipality, and each one's average day of every year.

    Counters are searched by county, the search that public code uses, and told apart by the municipality they name.
    """

    def _requests(self, query: Query) -> Iterator[Request]:
        for code in _areas(query)[1]:
            yield _of_graph(code, _COUNTERS % int(code[:2]))

    def _answers(self, request: Request, _query: Query) -> Iterator[Response]:
        listed = self._transport.send(request, check=graph_of)
        yield listed
        code = municipality_asked(request.body or b"")
        try:
            counters = [
                one["id"].code()
                for one in graph_of(listed.content)["trafficRegistrationPoints"].needed().entries()
                if one["trafficRegistrationType"].text("VEHICLE") == "VEHICLE"
                and one["location"]["municipality"]["number"].number(0) == int(code)
            ]
        except Malformed as error:
            raise SourceError(f"{listed.url}: {error}") from error
        for first in range(0, len(counters), _AT_ONCE):
            own = counters[first : first + _AT_ONCE]
            asked = " ".join(f"c{at}: {_AVERAGE_DAY % json.dumps(one)}" for at, one in enumerate(own))
            yield self._transport.send(_of_graph(code, asked), check=graph_of)


_AT_ONCE = 40  # counters of one question
_COUNTERS = (
    "trafficRegistrationPoints(searchQuery: {countyNumbers: [%d]}) "
    "{ id trafficRegistrationType location { municipality { number } } }"
)
_AVERAGE_DAY = (
    "trafficData(trafficRegistrationPointId: %s) "
    "{ trafficRegistrationPoint { id location { coordinates { latLon { lat lon } } } } "
    "volume { average { daily { byYear { year total { volume { average } coverage { percentage } } } } } } }"
)
_ASKED = re.compile(rb"query kommune_(\d{4}) ")


def _of_graph(code: str, asked: str) -> Request:
    """Return a question about a municipality, which its name tells: an answer does not say what it is about."""
    body = orjson.dumps({"query": f"query kommune_{code} {{ {asked} }}"})
    return Request("POST", "/", (), body, (("Content-Type", "application/json"), *_CLIENT))


def municipality_asked(body: bytes) -> str:
    """Return the municipality that a question to Trafikkdata is about. Raises ValueError where it is none of ours."""
    found = _ASKED.search(body)
    if found is None:
        raise ValueError("a question that names no municipality")
    return found[1].decode()


def graph_of(content: bytes) -> Node:
    """Return the data of an answer to a GraphQL question. Raises ValueError where it has faults, or none."""
    answer = Node(json_object(content))
    if faults := answer["errors"].entries():
        raise ValueError(f"the question is refused: {faults[0]['message'].text('without a reason')[:200]}")
    return answer["data"].needed()


class AirClient(RegisterClient):
    """NILU's stations of air quality: those of a municipality, and each one's mean of every day, by component.

    The register knows municipalities by name: the catalogue gives it, as the label of the code.
    """

    def _requests(self, query: Query) -> Iterator[Request]:
        name, codes = _areas(query)
        for code in codes:
            if code not in query.selection[name].labels:
                raise QueryError(self._name, [f"no name for municipality {code}; expected one in `labels`"])
            yield Request("GET", STATIONS, (("area", query.selection[name].labels[code]),))

    def _answers(self, request: Request, query: Query) -> Iterator[Response]:
        listed = self._transport.send(request, check=list_of)
        yield listed
        [years] = query.selection["Tid"].values
        period = f"{years.removeprefix('from(').removesuffix(')')}-01-01/{self._clock().year - 1}-12-31"
        try:
            measured = [
                (station["station"].text(), component)
                for station in list_of(listed.content)
                for component in query.selection["ContentsCode"].values
                if component in _components(station["components"])
            ]
        except Malformed as error:
            raise SourceError(f"{listed.url}: {error}") from error
        for station, component in measured:
            of_days = Request("GET", f"{DAYS}/{period}/{station}", (("components", component),))
            yield self._transport.send(of_days, check=list_of)


STATIONS, DAYS = "/lookup/stations", "/stats/day"
"""What is asked of NILU: a municipality's stations, and the means of a station's days."""


def _components(given: Node) -> list[str]:
    """Return what a station measures, which is written as a list or as a text with signs between."""
    return list(given.texts()) if isinstance(given.value, list) else re.split(r"[,; ]+", given.text(""))


def list_of(content: bytes) -> list[Node]:
    """Return what a body holds that must be a JSON list. Raises ValueError."""
    try:
        body: Any = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not JSON, or not all of it ({error})") from error
    return Node(body, "the answer").entries()


CLIENTS: dict[str, type[RegisterClient]] = {
    "nvdb": NvdbClient,
    "brreg": BrregClient,
    "trafikkdata": TrafficClient,
    "nilu": AirClient,
}
"""The client of each dialect of registers."""


class CountsOnly:
    """Lets nothing of an answer of Brreg through but the number of units, not even into a message."""

    def __init__(self, inner: Transport) -> None:
        self.inner, self.name = inner, getattr(inner, "name", "brreg")

    def send(self, request: Request, check: Check | None = None) -> Response:
        """Return the answer without its units. Raises SourceError."""
        answer = self.inner.send(request)  # no check: what fails one is quoted
        try:
            number = units_counted(answer.content)
        except ValueError as error:
            # What stands where something else was expected is quoted, and may be the name of a unit.
            why = "another shape than is documented" if isinstance(error, Malformed) else str(error)
            raise SourceError(f"{answer.url}: {why}; expected page.totalElements, the number of units") from None
        kept = replace(answer, content=orjson.dumps({"page": {"totalElements": number}}), headers={})
        if check is not None:
            check(kept.content)
        return kept


def _areas(query: Query) -> tuple[str, tuple[str, ...]]:
    """Return the variable of areas, which is the register's own parameter, and the codes that are asked for."""
    [(name, chosen)] = [one for one in query.selection.items() if one[0] not in ("ContentsCode", "Tid")]
    return name, chosen.values


def objects_of(content: bytes) -> list[Mapping[str, object]]:
    """Return the objects of a page of NVDB. Raises ValueError where it has another shape."""
    entries = Node(json_object(content))["objekter"].needed().entries()
    return [entry.mapping() for entry in entries]


def units_counted(content: bytes) -> int:
    """Return how many units there are, by an answer of Brreg. Raises ValueError where it does not say so."""
    return int(Node(json_object(content))["page"]["totalElements"].number())
