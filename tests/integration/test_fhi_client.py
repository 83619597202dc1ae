"""The client of FHI's open statistics against a real HTTP server with its ways and faults. Figures are synthetic."""

from collections.abc import Iterator

import pytest

from pipelines.errors import SourceError
from pipelines.providers import fhi, pxweb
from pipelines.providers.fhi import FhiClient
from pipelines.providers.pxweb import Query, QueryError, Selection
from pipelines.providers.transport import LiveTransport
from tests.fhi_server import FhiServer, Table

YEARS = ["2018_2020", "2019_2021", "2020_2022"]
GEO = {"0": ("Hele landet", {"33": ("Buskerud", {"3301": "Drammen"}), "40": ("Telemark", {"4003": "Skien"})})}
AREAS = ["0", "33", "3301", "40", "4003"]


def table() -> Table:
    figures = {
        (area, year, "0", "RATE"): 10.0 * number + at
        for number, area in enumerate(AREAS)
        for at, year in enumerate(YEARS)
    }
    # Both signs of a confidential figure were seen.
    figures["4003", "2018_2020", "0", "RATE"] = ":"
    figures["40", "2018_2020", "0", "RATE"] = "k"
    return Table(
        "Syntetisk",
        {
            "GEO": ("Geografi", GEO),
            "AAR": ("År", {year: year.replace("_", "-") for year in YEARS}),
            "KJONN": ("Kjønn", {"0": "Kjønn samlet", "1": "Menn", "2": "Kvinner"}),
            "MEASURE_TYPE": ("Måltall", {"RATE": "per 1000"}),
        },
        figures,
    )


def query(**changes: list[str]) -> Query:
    chosen = {"GEO": ["3301", "4003"], "AAR": ["*"], "KJONN": ["0"], "MEASURE_TYPE": ["RATE"], **changes}
    return Query("795", {name: Selection(tuple(values)) for name, values in chosen.items()})


@pytest.fixture
def server() -> Iterator[FhiServer]:
    with FhiServer({"795": table(), "370": table()}) as running:
        yield running


def client(server: FhiServer) -> FhiClient:
    """Calls without waits between them."""
    transport = LiveTransport(server.url, name="fhi", calls_per_minute=10_000, sleep=lambda _seconds: None)
    return FhiClient(transport)


def cube(fetched: pxweb.Fetched) -> list[tuple[str, str, float | None, str | None]]:
    data = [(str(number), one.content) for number, (role, one) in enumerate(fetched.responses) if role == "data"]
    rows = fhi.as_published(pxweb.assemble(data, "fhi/795"), "AAR").to_pylist()
    return [(row["GEO"], row["AAR"], row["value"], row["status"]) for row in rows]


def test_figures_come_with_periods_as_shown_and_hidden_ones_marked(server: FhiServer) -> None:
    fetched = client(server).fetch(query())
    assert fetched is not None
    assert cube(fetched) == [
        ("3301", "2018-2020", 20.0, None),
        ("3301", "2019-2021", 21.0, None),
        ("3301", "2020-2022", 22.0, None),
        ("4003", "2018-2020", None, ":"),
        ("4003", "2019-2021", 41.0, None),
        ("4003", "2020-2022", 42.0, None),
    ]
    of_county = client(server).fetch(query(GEO=["40"], AAR=["2018_2020"]))
    assert of_county is not None
    assert cube(of_county) == [("40", "2018-2020", None, ":")]
    assert [role for role, _response in fetched.responses] == ["metadata", "metadata", "data"]
    assert fetched.metadata.updated == "2026-05-04T08:00:00"


def test_every_dimension_is_asked_for_by_its_codes(server: FhiServer) -> None:
    client(server).fetch(query(AAR=["top(1)"]))
    [body] = server.bodies
    assert {one["code"]: (one["filter"], one["values"]) for one in body["dimensions"]} == {
        "GEO": ("item", ["3301", "4003"]),
        # The newest: what FHI calls `top` is the oldest, so that it is never sent.
        "AAR": ("item", ["2020_2022"]),
        "KJONN": ("item", ["0"]),
        "MEASURE_TYPE": ("item", ["RATE"]),
    }
    assert body["response"] == {"format": "json-stat2", "maxRowCount": 50_000}


def test_an_unchanged_table_is_not_fetched_and_not_described(server: FhiServer) -> None:
    asked = client(server)
    first = asked.fetch(query())
    assert first is not None
    server.asked.clear()
    # Modified on the day that is asked about, so that it is listed: its own time decides.
    assert asked.fetch(query(), known_updated=first.metadata.updated) is None
    assert server.asked == ["GET /nokkel/table?modifiedAfter=2026-05-04", "GET /nokkel/Table/795"]
    server.asked.clear()
    assert asked.fetch(query(), known_updated="2026-06-01T00:00:00") is None
    assert server.asked == ["GET /nokkel/table?modifiedAfter=2026-06-01"]


def test_a_modified_table_is_fetched(server: FhiServer) -> None:
    asked = client(server)
    server.tables["795"].modified = "2026-09-01T08:00:00"
    fetched = asked.fetch(query(), known_updated="2026-05-04T08:00:00")
    assert fetched is not None
    assert fetched.metadata.updated == "2026-09-01T08:00:00"


def test_what_is_too_large_for_one_answer_is_split(server: FhiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fhi, "MOST_ROWS", 4)
    fetched = client(server).fetch(query(GEO=["*"]))
    assert fetched is not None
    assert len(server.bodies) >= 4
    assert len(cube(fetched)) == 15


def test_a_query_that_does_not_fit_names_every_fault_and_the_nearest_code(server: FhiServer) -> None:
    with pytest.raises(QueryError) as caught:
        client(server).plan(query(GEO=["3302"], KJOEN=["0"]))
    told = "\n".join(caught.value.faults)
    assert "variable 'KJOEN' does not exist; did you mean 'KJONN'?" in told
    assert "no value '3302' (did you mean '3301'" in told
    left_out = Query("795", {name: one for name, one in query().selection.items() if name != "KJONN"})
    with pytest.raises(QueryError, match=r"'KJONN' .* must have values"):
        client(server).plan(left_out)
    with pytest.raises(QueryError, match="404 for table '999': source 'nokkel' has no such table"):
        client(server).metadata("999")


@pytest.mark.parametrize("kind", ["429", "503", "truncated", "html"])
@pytest.mark.parametrize("path", ["/Table/795/data", "/Table/795/dimension"])
def test_what_may_pass_is_tried_again(server: FhiServer, kind: str, path: str) -> None:
    server.faults.append((path, kind))
    fetched = client(server).fetch(query())
    assert fetched is not None
    assert sum(path in one for one in server.asked) == 2


def test_what_does_not_pass_is_told_with_its_address(server: FhiServer) -> None:
    server.faults += [("/data", "503")] * 9
    with pytest.raises(SourceError, match=r"/nokkel/Table/795/data: HTTP 503 .*tried 5 times"):
        client(server).fetch(query())
    server.faults[:] = [("/Table/795", "redirect")]
    with pytest.raises(SourceError, match="redirects to another host"):
        client(server).fetch(query())


def test_a_description_without_categories_is_told(server: FhiServer) -> None:
    server.tables["795"].dimensions = {}
    answer = server.answer
    server.answer = lambda *asked: (
        (200, {"dimensions": [{"code": "GEO"}]}) if "dimension" in asked[1] else answer(*asked)
    )  # type: ignore[method-assign]
    with pytest.raises(SourceError, match=r"/dimension: table 795 .*dimensions\[0\].categories is missing"):
        client(server).metadata("795")
