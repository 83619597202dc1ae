"""The stand-in PxWeb server: its protocol by plain HTTP, its conformity by third-party clients.

The figures are synthetic and can be read off their codes: the municipality's last digit gives the thousands,
the age group the hundreds, sex the tens, the year the ones (2019 is 1).
"""

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pandas as pd
import pytest
import requests
from pxstatspy import OutputFormat, PxAPI, PxAPIConfig
from pxweb import PxApi

from tests.pxweb_server import CodeList, Dimension, FaultKind, PxWebServer, SyntheticTable

MUNICIPALITIES = [("0602", "Drammen (-2019)"), ("3301", "Drammen"), ("3303", "Kongsberg")]
DRAMMEN = CodeList(
    "agg_Drammen", "Drammen over tid", "Aggregation", {"K-3301": ["0602", "3301"]}, {"K-3301": "Drammen"}
)
TODAY = CodeList("vs_Today", "Dagens kommuner", "Valueset", {"3301": ["3301"], "3303": ["3303"]})
ALL = CodeList("agg_All", "Alle", "Aggregation", {"all": ["0602", "3301", "3303"], "two": ["3301", "3303"]})


def figure(codes: Mapping[str, str]) -> float | str:
    """Drammen's old code ends in 2019, the new one begins in 2020; one cell is confidential."""
    year, region = int(codes["Tid"]), codes["Region"]
    if (region == "0602") != (year < 2020) and region != "3303":
        return "."
    if codes == {"Region": "3303", "Alder": "2", "Kjonn": "2", "ContentsCode": "Personer", "Tid": "2021"}:
        return ":"
    persons = int(region[-1]) * 1000 + int(codes["Alder"]) * 100 + int(codes["Kjonn"]) * 10 + year - 2018
    return persons if codes["ContentsCode"] == "Personer" else persons / 8


def population() -> SyntheticTable:
    return SyntheticTable(
        "99001",
        "99001: Personer, etter region, alder, kjønn, statistikkvariabel og år (syntetisk)",
        "2026-01-15T07:00:00Z",
        [
            Dimension("Region", "region", MUNICIPALITIES, "geo", True, [DRAMMEN, TODAY, ALL]),
            Dimension("Alder", "alder", [("1", "ung"), ("2", "gammel")], elimination=True),
            Dimension("Kjonn", "kjønn", [("0", "begge"), ("1", "menn"), ("2", "kvinner")], elimination="0"),
            Dimension(
                "ContentsCode",
                "statistikkvariabel",
                [("Personer", "Personer (syntetisk)"), ("Andel", "Andel (syntetisk)")],
                "metric",
                units={
                    "Personer": {"base": "personer", "decimals": 0},
                    "Andel": {"base": "prosent", "decimals": 3},
                },
                extension={"refperiod": {"Personer": "1. januar", "Andel": "1. januar"}},
            ),
            Dimension("Tid", "år", [(str(year), str(year)) for year in range(2018, 2024)], "time"),
        ],
        figure,
        notes=["Syntetiske tall."],
        extension={"noteMandatory": {"0": True}},
    )


@pytest.fixture
def server() -> Iterator[PxWebServer]:
    with PxWebServer([population()]) as running:
        yield running


def get(server: PxWebServer, path: str, **params: str) -> requests.Response:
    return requests.get(server.url + path, params=params, timeout=5, allow_redirects=False)


def ask(server: PxWebServer, **choices: str | None) -> requests.Response:
    """Kongsberg's young persons of both sexes in 2020, unless told otherwise; None leaves a dimension out."""
    usual = {"Region": "3303", "Alder": "1", "Kjonn": "0", "ContentsCode": "Personer", "Tid": "2020"}
    asked = {name: codes for name, codes in (usual | choices).items() if codes is not None}
    params = {f"valueCodes[{name}]": codes for name, codes in asked.items()}
    return get(server, "/tables/99001/data", **params)


def post(server: PxWebServer, *selection: dict) -> requests.Response:
    body = {"selection": list(selection)}
    return requests.post(f"{server.url}/tables/99001/data", json=body, timeout=5)


def codes(answer: requests.Response, dimension: str) -> list[str]:
    return list(answer.json()["dimension"][dimension]["category"]["index"])


class TestDiscovery:
    def test_config_hides_the_call_limit_that_the_headers_tell(self) -> None:
        with PxWebServer(calls=40, window=60) as server:
            answer = get(server, "/config")
        assert (answer.json()["maxCallsPerTimeWindow"], answer.json()["timeWindow"]) == (0, 0)
        assert answer.headers["x-ratelimit-policy"] == "40;w=60s"
        assert answer.headers["x-ratelimit-remaining"] == "39"

    def test_config_may_tell_it(self) -> None:
        with PxWebServer(calls=40, window=60, max_cells=123, limits_in_config=True) as server:
            config = get(server, "/config").json()
        assert (config["maxCallsPerTimeWindow"], config["timeWindow"], config["maxDataCells"]) == (
            40,
            60,
            123,
        )

    def test_tables_are_searched_and_paged(self, server: PxWebServer) -> None:
        for number in range(5):
            other = population()
            other.id, other.label = f"9900{number + 2}", f"Sysselsatte {number} (syntetisk)"
            other.updated = datetime.now(UTC).isoformat()
            server.tables[other.id] = other
        page = get(server, "/tables", query="SYSSELSATTE", pageSize="2", pageNumber="3").json()
        assert [table["id"] for table in page["tables"]] == ["99006"]
        assert page["page"] | {"links": []} == {
            "pageNumber": 3, "pageSize": 2, "totalElements": 5, "totalPages": 3, "links": []
        }  # fmt: skip
        assert get(server, "/tables", pastDays="2").json()["page"]["totalElements"] == 5
        beyond = get(server, "/tables", pageNumber="9")
        assert (beyond.status_code, beyond.json()["title"]) == (404, "Non-existent page")

    def test_metadata_has_no_values_but_all_that_a_query_needs(self, server: PxWebServer) -> None:
        metadata = get(server, "/tables/99001/metadata").json()
        assert metadata["value"] == []
        assert metadata["size"] == [3, 2, 3, 2, 6]
        assert metadata["role"] == {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]}
        extension = {name: each["extension"] for name, each in metadata["dimension"].items()}
        assert [known["id"] for known in extension["Region"]["codelists"]] == [
            "agg_Drammen", "vs_Today", "agg_All"
        ]  # fmt: skip
        assert extension["Kjonn"]["eliminationValueCode"] == "0"
        assert not extension["Tid"]["elimination"]
        assert metadata["extension"]["noteMandatory"] == {"0": True}

    @pytest.mark.parametrize("folder", ["codelists", "codeLists"])
    def test_a_code_list_tells_what_its_codes_consist_of(self, server: PxWebServer, folder: str) -> None:
        codelist = get(server, f"/{folder}/agg_Drammen").json()
        assert codelist["type"] == "Aggregation"
        assert codelist["values"] == [{"code": "K-3301", "label": "Drammen", "valueMap": ["0602", "3301"]}]

    def test_the_default_selection_is_what_a_call_without_selection_gets(self, server: PxWebServer) -> None:
        selection = get(server, "/tables/99001/defaultselection").json()["selection"]
        assert get(server, "/tables/99001/data").json() == post(server, *selection).json()


class TestSelection:
    @pytest.mark.parametrize(
        ("expression", "years"),
        [
            ("*", "2018 2019 2020 2021 2022 2023"),
            ("202?", "2020 2021 2022 2023"),
            ("*9", "2019"),
            ("top(2)", "2022 2023"),
            ("TOP(2)", "2022 2023"),
            ("[top(3,2)]", "2019 2020 2021"),
            ("bottom(2)", "2018 2019"),
            ("[range(2020,2022)]", "2020 2021 2022"),
            ("[range(2022,2020)]", "2020 2021 2022"),
            ("from(2022)", "2022 2023"),
            ("to(2019)", "2018 2019"),
            ("2023,2018", "2018 2023"),
            ("2018,top(1)", "2018 2023"),
            ("2023,top(1)", "2023"),
            ("from(2022),to(2018)", "2018 2022 2023"),
        ],
    )
    def test_expressions_in_get(self, server: PxWebServer, expression: str, years: str) -> None:
        assert codes(ask(server, Tid=expression), "Tid") == years.split()

    def test_top_of_another_dimension_than_time_is_its_first_values(self, server: PxWebServer) -> None:
        assert codes(ask(server, Region="top(2)"), "Region") == ["0602", "3301"]
        assert codes(ask(server, Region="bottom(1)"), "Region") == ["3303"]

    def test_post_takes_expressions_without_brackets(self, server: PxWebServer) -> None:
        contents = {"variableCode": "contentscode", "valueCodes": ["personer"]}
        answer = post(server, contents, {"variableCode": "TID", "valueCodes": ["range(2020,2022)", "2018"]})
        assert codes(answer, "Tid") == ["2018", "2020", "2021", "2022"]
        assert codes(answer, "ContentsCode") == ["Personer"]
        assert answer.json()["id"] == ["ContentsCode", "Tid"]

    def test_parameter_names_in_any_case_and_brackets_encoded_or_not(self, server: PxWebServer) -> None:
        address = urlsplit(server.url)
        for query in (
            "valuecodes[CONTENTSCODE]=personer&VALUECODES[tid]=2020",
            "valuecodes%5BContentsCode%5D=Personer&valueCodes%5BTid%5D=%5Brange(2020%2C2020)%5D",
        ):
            connection = http.client.HTTPConnection(address.netloc, timeout=5)
            connection.request("GET", f"{address.path}/tables/99001/data?{query}")
            cube = json.load(connection.getresponse())
            connection.close()
            assert list(cube["dimension"]["Tid"]["category"]["index"]) == ["2020"]

    @pytest.mark.parametrize(
        ("choices", "title"),
        [
            ({"Yrke": "1"}, "Non-existent variable"),
            ({"Region": "9999"}, "Non-existent value"),
            ({"Region": "99*"}, "Non-existent value"),
            ({"Tid": "from(1900)"}, "Non-existent value"),
            ({"Tid": "range(2020,2022)"}, "Illegal selection expression"),
            ({"Tid": "top(x)"}, "Illegal selection expression"),
            ({"Tid": None}, "Missing selection for mandantory variable"),
            ({"ContentsCode": None}, "Missing selection for mandantory variable"),
        ],
    )
    def test_faults_of_a_query(self, server: PxWebServer, choices: dict, title: str) -> None:
        answer = ask(server, **choices)
        assert answer.status_code == 400
        assert answer.json() == {"type": "Parameter error", "title": title, "status": 400}

    def test_unknown_tables_and_code_lists(self, server: PxWebServer) -> None:
        for path in (
            "/tables/00000",
            "/tables/00000/metadata",
            "/codelists/agg_drammen",
        ):
            assert get(server, path).status_code == 404
        assert get(server, "/tables/00000/data").status_code == 400
        contents = {"variableCode": "ContentsCode", "valueCodes": ["*"]}
        period = {"variableCode": "Tid", "valueCodes": ["*"]}
        region = {"variableCode": "Region", "codelist": "agg_drammen", "valueCodes": ["*"]}
        answer = post(server, contents, period, region)  # the id is right but for its case
        assert (answer.status_code, answer.json()["title"]) == (400, "Non-existent codelist")

    def test_the_same_code_twice_breaks_the_server(self, server: PxWebServer) -> None:
        answer = ask(server, Tid="2020,2020")
        assert (answer.status_code, answer.content) == (500, b"")

    def test_too_many_cells(self) -> None:
        with PxWebServer([population()], max_cells=5) as server:
            assert ask(server, Tid="[range(2018,2022)]").status_code == 200
            answer = ask(server, Tid="*")
        assert (answer.status_code, answer.json()["title"]) == (400, "Too many cells selected")

    def test_a_long_url_is_not_found_but_post_is_answered(self, server: PxWebServer) -> None:
        table = population()
        units = [(f"3301{unit:04}", f"Krets {unit} (syntetisk)") for unit in range(250)]
        server.tables["99002"] = SyntheticTable(
            "99002", "Kretser (syntetisk)", table.updated, [Dimension("Region", "krets", units)], range(250)
        )
        everything = [code for code, _ in units]
        address = f"{server.url}/tables/99002/data"
        raw = f"{address}?valueCodes[Region]={','.join(everything)}"
        assert len(raw) > 2100
        assert requests.get(raw, timeout=5).status_code == 404
        body = {"selection": [{"variableCode": "Region", "valueCodes": everything}]}
        assert requests.post(address, json=body, timeout=5).json()["value"] == list(range(250))

    def test_only_json_stat2(self, server: PxWebServer) -> None:
        answer = get(server, "/tables/99001/data", outputFormat="xlsx")
        assert (answer.status_code, answer.json()["title"]) == (400, "Unsupported output format")


class TestFigures:
    def test_cells_with_unit_and_reference_time(self, server: PxWebServer) -> None:
        cube = ask(server, ContentsCode="Andel", Tid="2020").json()
        assert cube["value"] == [(3000 + 100 + 0 + 2) / 8]
        assert cube["dimension"]["ContentsCode"]["category"]["unit"] == {"Andel": {"base": "prosent", "decimals": 3}}
        assert cube["dimension"]["ContentsCode"]["extension"]["refperiod"]["Andel"] == "1. januar"

    def test_a_symbol_stands_in_status_and_its_value_is_null(self, server: PxWebServer) -> None:
        cube = ask(server, Alder="*", Kjonn="2", Tid="2021").json()
        assert cube["value"] == [3123, None]
        assert cube["status"] == {"1": ":"}

    def test_elimination_sums_or_takes_the_value_that_stands_for_all(self, server: PxWebServer) -> None:
        summed = ask(server, Alder=None).json()
        assert summed["id"] == ["Region", "Kjonn", "ContentsCode", "Tid"]
        assert summed["value"] == [3102 + 3202]
        taken = ask(server, Kjonn=None).json()
        assert taken["id"] == ["Region", "Alder", "ContentsCode", "Tid"]
        assert taken["value"] == [3102]

    def test_a_hidden_part_hides_the_sum(self, server: PxWebServer) -> None:
        cube = ask(server, Alder=None, Kjonn="2", Tid="2021,2022").json()
        assert (cube["value"], cube["status"]) == ([None, 3124 + 3224], {"0": ":"})

    def test_an_aggregation_sums_what_existed(self, server: PxWebServer) -> None:
        params = {
            "codelist[Region]": "agg_Drammen",
            "valueCodes[Region]": "K-3301",
            "valueCodes[Tid]": "2019,2020",
        }
        params |= {"valueCodes[ContentsCode]": "Personer", "valueCodes[Alder]": "1"}
        cube = get(server, "/tables/99001/data", **params).json()
        assert cube["dimension"]["Region"]["category"]["label"] == {"K-3301": "Drammen"}
        assert cube["value"] == [2101, 1102]  # 0602 in its last year, 3301 in its first
        assert "status" not in cube

    def test_groups_of_different_size_and_their_single_values(self, server: PxWebServer) -> None:
        params = {"codelist[Region]": "agg_All", "valueCodes[Region]": "*", "valueCodes[Tid]": "2020"}
        params |= {"valueCodes[ContentsCode]": "Personer", "valueCodes[Alder]": "1"}
        assert get(server, "/tables/99001/data", **params).json()["value"] == [1102 + 3102, 1102 + 3102]
        single = get(server, "/tables/99001/data", **params, **{"outputValues[Region]": "single"})
        assert codes(single, "Region") == ["0602", "3301", "3303"]
        assert single.json()["value"] == [None, 1102, 3102]

    def test_a_value_set_limits_what_a_star_means(self, server: PxWebServer) -> None:
        region = {"variableCode": "Region", "codelist": "vs_Today", "valueCodes": ["*"]}
        others = [{"variableCode": name, "valueCodes": ["top(1)"]} for name in ("ContentsCode", "Tid")]
        assert codes(post(server, region, *others), "Region") == ["3301", "3303"]

    def test_a_publication_day(self, server: PxWebServer) -> None:
        before = ask(server).json()
        server.tables["99001"].revise("2026-02-15T07:00:00Z", lambda codes: 7)
        after = ask(server).json()
        assert (before["updated"], before["value"]) == ("2026-01-15T07:00:00Z", [3102])
        assert (after["updated"], after["value"]) == ("2026-02-15T07:00:00Z", [7])


class TestOlderDialect:
    @pytest.fixture
    def address(self, server: PxWebServer) -> str:
        return f"{server.v0_url}/no/table/99001"

    def query(self, address: str, **filters: tuple[str, list[str]]) -> requests.Response:
        query = [
            {"code": name, "selection": {"filter": kind, "values": values}} for name, (kind, values) in filters.items()
        ]
        body = {"query": query, "response": {"format": "json-stat2"}}
        return requests.post(address, json=body, timeout=5)

    def test_metadata(self, address: str) -> None:
        metadata = requests.get(address, timeout=5).json()
        assert metadata["variables"][1] == {
            "code": "Alder", "text": "alder", "values": ["1", "2"], "valueTexts": ["ung", "gammel"],
            "elimination": True,
        }  # fmt: skip
        assert metadata["variables"][-1]["time"] is True

    def test_filters(self, address: str) -> None:
        answer = self.query(
            address,
            Region=("agg:Drammen", ["K-3301"]),
            Alder=("item", ["1"]),
            ContentsCode=("all", ["Pers*"]),
            Tid=("top", ["2"]),
        )
        assert answer.json()["value"] == [1104, 1105]
        today = self.query(address, Region=("vs:Today", ["3303"]), ContentsCode=("item", ["Personer"]))
        assert codes(today, "Tid") == ["2018", "2019", "2020", "2021", "2022", "2023"]  # left out: whole

    def test_errors(self, server: PxWebServer, address: str) -> None:
        assert self.query(address, Region=("item", ["9999"])).status_code == 400
        assert requests.get(f"{server.v0_url}/no/table/00000", timeout=5).status_code == 404
        server.max_cells = 5
        assert self.query(address).status_code == 403


class TestTrouble:
    def test_the_call_limit_is_enforced_until_its_window_has_passed(self) -> None:
        with PxWebServer(calls=2, window=0.4) as server:
            statuses = [get(server, "/config").status_code for _ in range(2)]
            refused = get(server, "/config")
            time.sleep(0.45)
            assert [*statuses, get(server, "/config").status_code] == [200, 200, 200]
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        assert refused.headers["x-ratelimit-remaining"] == "0"

    def test_a_fault_befalls_the_path_it_is_meant_for_as_often_as_said(self, server: PxWebServer) -> None:
        server.fail("503", path="/metadata", times=2)
        assert get(server, "/config").status_code == 200
        answers = [get(server, "/tables/99001/metadata").status_code for _ in range(3)]
        assert answers == [503, 503, 200]
        assert [(request.path, request.status) for request in server.requests] == [
            ("/config", 200),
            ("/tables/99001/metadata", 503),
            ("/tables/99001/metadata", 503),
            ("/tables/99001/metadata", 200),
        ]

    def test_retry_after_in_both_forms(self, server: PxWebServer) -> None:
        then = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=90)
        server.fail("429", retry_after=7)
        server.fail("429", retry_after=then)
        first, second = get(server, "/config"), get(server, "/config")
        assert (first.status_code, first.headers["Retry-After"]) == (429, "7")
        assert parsedate_to_datetime(second.headers["Retry-After"]) == then

    def test_broken_answers(self, server: PxWebServer) -> None:
        for kind in ("500", "truncated", "html", "redirect"):
            server.fail(kind)
        empty, truncated, page, redirect = (get(server, "/tables/99001/metadata") for _ in range(4))
        assert (empty.status_code, empty.content) == (500, b"")
        with pytest.raises(requests.JSONDecodeError):
            truncated.json()
        assert page.headers["Content-Type"] == "text/html"
        assert (redirect.status_code, redirect.headers["Location"]) == (302, "http://other.invalid/")

    @pytest.mark.parametrize(
        ("kind", "error"),
        [("drop", requests.ConnectionError), ("cut", requests.exceptions.ChunkedEncodingError)],
    )
    def test_broken_connections(self, server: PxWebServer, kind: FaultKind, error: type[Exception]) -> None:
        server.fail(kind)
        with pytest.raises(error):
            get(server, "/config")
        assert get(server, "/config").status_code == 200

    def test_a_slow_answer(self, server: PxWebServer) -> None:
        server.fail("slow", seconds=0.3)
        with pytest.raises(requests.Timeout):
            requests.get(f"{server.url}/config", timeout=0.1)

    def test_a_stopped_server_answers_nobody(self) -> None:
        with PxWebServer() as server, requests.Session() as session:
            session.get(f"{server.url}/config", timeout=5)
            server.__exit__()
            with pytest.raises(requests.ConnectionError):
                session.get(f"{server.url}/config", timeout=5)

    def test_the_log_keeps_what_was_asked(self, server: PxWebServer) -> None:
        ask(server, Tid="top(1)")
        requests.post(f"{server.v0_url}/no/table/99001", data=b'{"query": []}', timeout=5)
        asked, posted = server.requests
        assert (asked.method, asked.path) == ("GET", "/tables/99001/data")
        assert asked.param("VALUECODES[tid]") == "top(1)"
        assert asked.headers["User-Agent"].startswith("python-requests")
        assert (posted.method, posted.path, posted.body) == ("POST", "/no/table/99001", b'{"query": []}')


class TestNights:
    """What the real server does at night and behind its cache."""

    def test_an_unknown_language_and_data_of_an_unknown_table_are_bad_requests(self, server: PxWebServer) -> None:
        for path in ("/config", "/tables/99001/metadata", "/codelists/agg_All", "/tables/99001/data"):
            assert get(server, path, lang="no").status_code == 200
            assert get(server, path, lang="se").status_code == 400
        assert get(server, "/tables/00000/data").status_code == 400

    def test_data_has_the_time_of_the_newest_content_in_it(self, server: PxWebServer) -> None:
        server.tables["99001"].content_updated = {"Andel": "2025-06-15T07:00:00Z"}
        times = {
            contents: ask(server, ContentsCode=contents, Tid="2020").json()["updated"]
            for contents in ("Personer", "Andel", "*")
        }
        earlier, later = "2025-06-15T07:00:00Z", "2026-01-15T07:00:00Z"
        assert times == {"Personer": later, "Andel": earlier, "*": later}
        assert get(server, "/tables/99001/metadata").json()["updated"] == later

    def test_in_closed_hours_all_is_zero_and_the_time_is_stamped_ahead(self) -> None:
        table, now = population(), [datetime(2026, 2, 15, 5, 30, tzinfo=UTC)]
        table.revise("2026-02-15T07:00:00Z", figure)
        table.closed = now[0].replace(minute=0), now[0].replace(hour=7, minute=0)
        with PxWebServer([table], now=lambda: now[0]) as server:
            early = ask(server, ContentsCode="*", Tid="*").json()
            assert datetime.fromisoformat(early["updated"]) > now[0]
            assert set(early["value"]) == {0}
            assert "status" not in early
            now[0] = now[0].replace(hour=7, minute=0)
            late = ask(server, ContentsCode="*", Tid="*").json()
            assert late["updated"] == early["updated"]
            assert 0 not in late["value"]

    def test_metadata_and_data_are_cached_apart_and_so_are_errors(self) -> None:
        with PxWebServer([population()], caches=True) as server:
            server.fail("404", path="/metadata")
            assert [get(server, "/tables/99001/metadata").status_code for _ in range(2)] == [404, 404]
            before = ask(server, ContentsCode="*", Tid="2020").json()
            server.tables["99001"].revise("2026-02-15T07:00:00Z", lambda _codes: 5)
            server.forget("/metadata")
            assert get(server, "/tables/99001/metadata").json()["updated"] == "2026-02-15T07:00:00Z"
            assert ask(server, ContentsCode="*", Tid="2020").json() == before
            assert ask(server, ContentsCode="*", Tid="2021").json()["updated"] == "2026-02-15T07:00:00Z"
            server.forget("/data")
            assert set(ask(server, ContentsCode="*", Tid="2020").json()["value"]) == {5}

    def test_a_fault_that_passes_is_not_cached(self) -> None:
        with PxWebServer([population()], caches=True) as server:
            server.fail("503")
            assert [get(server, "/config").status_code for _ in range(2)] == [503, 200]

    def test_a_star_may_bring_the_members_of_groups_that_the_list_does_not_name(self) -> None:
        table = population()
        both = replace(DRAMMEN, id="agg_B", shows_members=True)
        table.dimensions = [replace(table.dimensions[0], codelists=[both]), *table.dimensions[1:]]
        with PxWebServer([table]) as server:
            listed = get(server, "/codelists/agg_B").json()["values"]
            assert [value["code"] for value in listed] == ["K-3301"]
            params = {"codelist[Region]": "agg_B", "valueCodes[Tid]": "2020", "valueCodes[ContentsCode]": "Personer"}
            answer = get(server, "/tables/99001/data", **params, **{"valueCodes[Region]": "*"})
            assert codes(answer, "Region") == ["K-3301", "0602", "3301"]
            answer = get(server, "/tables/99001/data", **params, **{"valueCodes[Region]": "K-3301"})
            assert codes(answer, "Region") == ["K-3301"]

    def test_a_refused_call_may_say_its_policy_alone(self) -> None:
        with PxWebServer([population()], calls=1, says_reset=False) as server:
            assert get(server, "/config").status_code == 200
            refused = get(server, "/config")
            limits = {name: text for name, text in refused.headers.items() if "rate" in name.lower()}
            assert (refused.status_code, limits) == (
                429,
                {"x-ratelimit-limit": "1", "x-ratelimit-policy": "1;w=60s", "x-ratelimit-remaining": "0"},
            )
            assert "Retry-After" not in refused.headers


class TestThirdPartyClients:
    """pxwebpy and pxstatspy know nothing of this server: that they work shows that it speaks the protocol."""

    @pytest.fixture
    def pxwebpy(self, server: PxWebServer) -> PxApi:
        return PxApi(server.url, disable_cache=True)

    @pytest.fixture
    def pxstatspy(self, server: PxWebServer) -> PxAPI:
        return PxAPI(PxAPIConfig(base_url=server.url, language="no"))

    def test_pxwebpy_explores(self, pxwebpy: PxApi) -> None:
        assert pxwebpy.number_of_tables == 1
        assert pxwebpy.language == "no"
        assert [table["id"] for table in pxwebpy.search(query="syntetisk")["tables"]] == ["99001"]
        assert pxwebpy.get_paths()[0]["id"] == "sy"
        assert list(pxwebpy.get_table_variables("99001")) == [
            "Region",
            "Alder",
            "Kjonn",
            "ContentsCode",
            "Tid",
        ]
        assert pxwebpy.get_code_list("vs_Today")["values"][0]["label"] == "Drammen"

    def test_pxwebpy_fetches_by_codes_and_code_lists(self, pxwebpy: PxApi) -> None:
        rows = pxwebpy.get_table_data(
            "99001",
            {"Region": "*", "Alder": "1", "ContentsCode": "Personer", "Tid": ["2019", "2020"]},
            code_list={"Region": "agg_Drammen"},
            show="code",
        )
        assert [(row["region"], row["år"], row["value"]) for row in rows] == [
            ("K-3301", "2019", 2101),
            ("K-3301", "2020", 1102),
        ]

    def test_pxwebpy_splits_what_is_too_large(self, server: PxWebServer) -> None:
        server.max_cells = 50
        rows = PxApi(server.url, disable_cache=True).get_table_data_all("99001", show="code")
        assert len(rows) == 3 * 2 * 3 * 2 * 6
        frame = pd.DataFrame(rows).query("statistikkvariabel == 'Personer' and region == '3303' and kjønn == '1'")
        # ages 1 and 2, the years 2018 to 2023: 6*(3110 + 3210) + 2*(0 + 1 + 2 + 3 + 4 + 5)
        assert frame["value"].sum() == 37_950

    def test_pxwebpy_waits_for_retry_after(self, server: PxWebServer, pxwebpy: PxApi) -> None:
        server.fail("429", retry_after=0)
        assert pxwebpy.get_table_metadata("99001")["id"][0] == "Region"

    def test_pxstatspy_explores(self, pxstatspy: PxAPI) -> None:
        assert pxstatspy.max_data_cells == 800_000
        assert pxstatspy.find_tables_as_dataframe("personer")["id"].tolist() == ["99001"]
        assert pxstatspy.get_table_by_id("99001")["lastPeriod"] == "2023"
        assert pxstatspy.get_table_metadata("99001", output_format="json-stat2")["size"] == [3, 2, 3, 2, 6]

    def test_pxstatspy_fetches_a_data_frame(self, pxstatspy: PxAPI) -> None:
        frame = pxstatspy.get_data_as_dataframe(
            "99001", {"Region": ["33*"], "Kjonn": ["1", "2"], "ContentsCode": ["*"], "Tid": ["2022"]}
        )
        assert frame["region_code"].tolist() == ["3301", "3301", "3303", "3303"]
        # both ages: 1114 + 1214, 1124 + 1224, 3114 + 3214, 3124 + 3224
        assert frame["Personer (syntetisk)"].tolist() == [2328, 2348, 6328, 6348]

    def test_pxstatspy_fetches_by_code_list(self, pxstatspy: PxAPI) -> None:
        cube = pxstatspy.get_table_data(
            "99001",
            {"Alder": ["1"], "ContentsCode": ["Personer"], "Tid": ["2020"]},
            output_format=OutputFormat.JSON_STAT2,
        )
        assert cube["value"] == [1102 + 3102]
