"""FHI's tables with living-conditions zones are found among all of them, and asked for their zones. Synthetic figures.

The server is tests/fhi_server.py. Their codes are true.
"""

from collections.abc import Iterator

import pytest

from indicators.catalogue.models import SourceTable
from pipelines.providers.fhi import FhiClient
from pipelines.providers.tonight import query_of
from pipelines.providers.transport import LiveTransport
from pipelines.terminal import zones
from tests.fhi_server import FhiServer, Table

OF_DRAMMEN = [f"33010000{number:02}" for number in range(1, 53)]
WITH_ZONES = ("902", "915", "930")


def table(*, zones: bool) -> Table:
    within = {code: f"Drammen LKS {code[-2:]}" for code in OF_DRAMMEN} | {"4003000001": "Skien LKS"} if zones else {}
    geo = {"0": ("Hele landet", {"33": ("Buskerud", {"3301": ("Drammen", within)}), "4003": "Skien"})}
    dimensions = {
        "GEO": ("Geografi", geo),
        "AAR": ("År", {"2024_2024": "2024"}),
        "MEASURE_TYPE": ("Måltall", {"RATE": "%"}),
    }
    return Table("Syntetisk", dimensions, {})


@pytest.fixture(scope="module")
def server() -> Iterator[FhiServer]:
    """Thirty tables, three of them with zones."""
    numbers = [str(number) for number in range(901, 931)]
    with FhiServer({number: table(zones=number in WITH_ZONES) for number in numbers}) as running:
        yield running


def client(server: FhiServer) -> FhiClient:
    return FhiClient(LiveTransport(server.url, name="fhi", calls_per_minute=10_000, sleep=lambda _seconds: None))


def declared(number: str, **more: object) -> SourceTable:
    selection = {"GEO": {"values": ["0", "3301"]}, "AAR": {"values": ["*"]}, "MEASURE_TYPE": {"values": ["RATE"]}}
    given = {"id": f"fhi/{number}", "title": "t", "area": "GEO", "time": "AAR", "selection": selection, **more}
    return SourceTable.model_validate(given)


def test_three_tables_with_zones_among_thirty_are_found_with_one_call_each(server: FhiServer) -> None:
    server.asked.clear()
    found = zones.survey(client(server))
    assert (found.looked_at, tuple(found.found), found.unread) == (30, WITH_ZONES, {})
    assert dict(found.found["915"][1]) == {"3301": 52, "4003": 1}
    assert len(server.asked) == 31
    lines = found.lines([declared("902", zones="discover"), declared("915")])
    assert lines == [
        "30 tables looked at, 3 have living-conditions zones",
        "902 (Syntetisk): 53 zones, 52 of 3301, 1 of 4003; they are asked for",
        "915 (Syntetisk): 53 zones, 52 of 3301, 1 of 4003; not asked for: fhi/915 lacks `zones: discover`",
        "930 (Syntetisk): 53 zones, 52 of 3301, 1 of 4003; no indicator uses the table",
    ]


def test_a_table_that_cannot_be_read_is_named_and_the_others_are_looked_at(server: FhiServer) -> None:
    server.faults += [("/Table/910/dimension", "redirect")]
    found = zones.survey(client(server))
    assert tuple(found.found) == WITH_ZONES
    assert list(found.unread) == ["910"]
    assert "redirects to another host" in found.unread["910"]


def test_zones_of_the_municipalities_asked_for_are_asked_for_where_a_table_has_them(server: FhiServer) -> None:
    asked = {}
    for number in ("901", "902"):
        server.bodies.clear()
        client(server).fetch(query_of(declared(number, zones="discover")))
        [body] = server.bodies
        [asked[number]] = [one["values"] for one in body["dimensions"] if one["code"] == "GEO"]
    assert asked == {"901": ["0", "3301"], "902": ["0", "3301", *OF_DRAMMEN]}
    server.bodies.clear()
    client(server).fetch(query_of(declared("902")))
    assert server.bodies[0]["dimensions"][0]["values"] == ["0", "3301"]
