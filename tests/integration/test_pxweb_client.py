"""The PxWeb client against the stand-in server, over real sockets. All tables are synthetic."""

import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import SourceError
from pipelines.formats import jsonstat
from pipelines.providers import pxweb
from pipelines.providers.pxweb import Fetched, PxWebClient, Query, QueryError, Selection, TableGone, assemble
from pipelines.providers.transport import Check, LiveTransport, Request, Response
from tests.pxweb_server import CodeList, Dimension, PxWebServer, SyntheticTable

JANUARY, FEBRUARY = "2026-01-15T07:00:00Z", "2026-02-15T07:00:00Z"
REGIONS = [
    ("0", "Hele landet"),
    ("0602", "Drammen (-2019)"),
    ("3005", "Drammen (2020-2023)"),
    ("3301", "Drammen"),
]
YEARS = [(str(year), str(year)) for year in range(2019, 2026)]
SUMS = CodeList("agg_KommSummer", "Sammenslått", "Aggregation", {"K-3301": ["0602", "3005", "3301"]})


def employed(updated: str = JANUARY, shift: int = 0) -> SyntheticTable:
    """Persons by region, sex and year: 1000 x region + 100 x sex + year, and some symbols."""

    def value(at: Mapping[str, str]) -> float | str:
        if at["Region"] == "0602" and at["Tid"] >= "2020":
            return "."
        if at["Kjonn"] == "2" and at["Tid"] == "2019":
            return ":"
        place = [code for code, _ in REGIONS].index(at["Region"])
        return 1000.0 * place + 100 * int(at["Kjonn"]) + int(at["Tid"]) % 100 + shift

    return SyntheticTable(
        "99001",
        "99001: Sysselsatte (syntetisk)",
        updated,
        [
            Dimension("Region", "region", REGIONS, "geo", True, [SUMS], notes=["Grenser av i dag."]),
            Dimension("Kjonn", "kjønn", [("1", "Menn"), ("2", "Kvinner")], elimination=True),
            Dimension(
                "ContentsCode",
                "statistikkvariabel",
                [("Personer", "Personer (syntetisk)")],
                "metric",
                units={"Personer": {"base": "personer", "decimals": 0}},
                value_notes={"Personer": ["Avrundet."]},
                extension={
                    "refperiod": {"Personer": "4. kvartal"},
                    "categoryNoteMandatory": {"Personer": {"0": True}},
                },
            ),
            Dimension("Tid", "år", YEARS, "time"),
        ],
        value,
        notes=["Syntetiske tall.", "Brudd i 2020."],
        extension={"noteMandatory": {"1": True}},
    )


@pytest.fixture
def server() -> Iterator[PxWebServer]:
    with PxWebServer([employed()]) as running:
        yield running


class Slept(list[float]):
    """Collects waits instead of waiting."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def live(server: PxWebServer, url: str | None = None) -> LiveTransport:
    return LiveTransport(url or server.url, name="ssb", sleep=Slept())


def client(server: PxWebServer, **options: Any) -> PxWebClient:
    return PxWebClient(live(server), **options)


def query(**selection: str | list[str] | Selection) -> Query:
    chosen = {}
    for name, one in selection.items():
        values = [one] if isinstance(one, str) else one
        chosen[name] = values if isinstance(values, Selection) else Selection(tuple(values))
    return Query("99001", chosen)


WHOLE = query(Region="*", Kjonn="*", ContentsCode="*", Tid="*")


def fetched(asked: PxWebClient, wanted: Query = WHOLE) -> Fetched:
    result = asked.fetch(wanted)
    assert result is not None
    return result


def joined(result: Fetched) -> pa.Table:
    data = [response.content for role, response in result.responses if role == "data"]
    return assemble([(hashlib.sha256(content).hexdigest(), content) for content in data], "ssb/99001")


Cells = dict[tuple[str, ...], tuple[float | None, str]]


def cells(table: pa.Table) -> Cells:
    """Code tuple -> (value, status); a cell that occurs twice is an error here, too."""
    names = [name for name in table.column_names if name not in ("value", "status", "snapshot_sha256")]
    found: Cells = {}
    for row in table.to_pylist():
        key = tuple(row[name] for name in names)
        assert key not in found
        found[key] = (row["value"], row["status"] or "")
    return found


def published(table: SyntheticTable) -> Cells:
    """The same of the stand-in's own array, without any JSON-stat."""
    keys = itertools.product(*(dimension.codes for dimension in table.dimensions))
    values, status = table.values.ravel().tolist(), table.status.ravel().tolist()
    return {
        key: (None if math.isnan(value) else value, symbol)
        for key, value, symbol in zip(keys, values, status, strict=True)
    }


def data_calls(server: PxWebServer) -> list[str]:
    return [one.method for one in server.requests if one.path.endswith("/data")]


# --- fetching -----------------------------------------------------------------------------------------------


def test_a_table_comes_whole_with_everything_kept(server: PxWebServer) -> None:
    result = fetched(client(server))
    assert cells(joined(result)) == published(server.tables["99001"])
    assert [role for role, _ in result.responses] == ["config", "metadata", "data"]
    table = joined(result)
    assert table.column_names[-3:] == ["value", "status", "snapshot_sha256"]
    assert set(table["snapshot_sha256"].to_pylist()) == {hashlib.sha256(result.responses[-1][1].content).hexdigest()}


def test_notes_units_and_reference_times_are_kept(server: PxWebServer) -> None:
    metadata = client(server).metadata("99001")
    contents = metadata.dimension("ContentsCode")
    assert contents is not None
    assert contents.units["Personer"] == {"base": "personer", "decimals": 0}
    assert contents.reference_times == {"Personer": "4. kvartal"}
    assert (metadata.label, metadata.updated) == ("99001: Sysselsatte (syntetisk)", JANUARY)
    assert metadata.notes == (
        "Syntetiske tall.",
        "Brudd i 2020.",
        "Region: Grenser av i dag.",
        "ContentsCode Personer: Avrundet.",
    )
    assert metadata.mandatory_notes == ("Brudd i 2020.", "ContentsCode Personer: Avrundet.")
    assert [one.role for one in metadata.dimensions] == ["geo", None, "metric", "time"]


def test_all_groups_of_a_code_list_that_shows_its_members_are_asked_for_by_name() -> None:
    groups = {"K-3301": ["0602", "3005", "3301"], "L": ["0"]}
    both = CodeList("agg_B", "Sammenslått", "Aggregation", groups, shows_members=True)
    table = employed()
    table.dimensions = [replace(table.dimensions[0], codelists=[both]), *table.dimensions[1:]]
    with PxWebServer([table]) as server:
        result = fetched(client(server), query(Region=Selection(("*",), "agg_B"), ContentsCode="*", Tid="2024"))
        assert result.cubes[0].dimensions[0].codes == ("K-3301", "L")
        [asked] = [each for each in server.requests if each.path.endswith("/data")]
        assert asked.param("valueCodes[Region]") == "K-3301,L"
        # What `*` brings, there and on the real server.
        star = Request("GET", "/tables/99001/data", (*asked.params[:3], ("valueCodes[Region]", "*"), *asked.params[4:]))
        [cube] = jsonstat.decode(live(server).send(star).content, "ssb")
        assert cube.dimensions[0].codes == ("K-3301", "L", "0602", "3005", "3301", "0")


def test_a_code_list_is_looked_up_used_and_kept(server: PxWebServer) -> None:
    wanted = query(Region=Selection(("*",), "agg_KommSummer"), ContentsCode="*", Tid=["2019", "2021"])
    result = fetched(client(server), wanted)
    assert [role for role, _ in result.responses] == ["config", "metadata", "codelist", "data"]
    assert result.codelists == {"Region": "agg_KommSummer"}
    assert result.eliminated == ("Kjonn",)
    # 2021, both sexes, predecessors 3005 (place 2) and 3301 (place 3); 0602 had ceased:
    # (2100 + 21) + (2200 + 21) + (3100 + 21) + (3200 + 21) = 10,684. In 2019 women are confidential.
    assert cells(joined(result)) == {
        ("K-3301", "Personer", "2019"): (None, ":"),
        ("K-3301", "Personer", "2021"): (10_684.0, ""),
    }
    codelist = client(server).codelist("agg_KommSummer")
    assert codelist.value_map == {"K-3301": ("0602", "3005", "3301")}


def test_an_unchanged_table_is_known_by_its_metadata_and_no_data_is_asked_for(server: PxWebServer) -> None:
    asked = client(server)
    result = fetched(asked)
    server.requests.clear()
    assert asked.fetch(WHOLE, known_updated=result.metadata.updated) is None
    assert [one.path for one in server.requests] == ["/tables/99001/metadata"]
    server.tables["99001"] = employed(FEBRUARY, shift=1)
    again = asked.fetch(WHOLE, known_updated=result.metadata.updated)
    assert again is not None
    assert again.metadata.updated == FEBRUARY
    assert cells(joined(again)) == published(server.tables["99001"])


def test_the_configuration_is_asked_for_once(server: PxWebServer) -> None:
    asked = client(server)
    for _ in range(2):
        fetched(asked)
    assert [one.path for one in server.requests].count("/config") == 1


def test_the_limit_in_the_configuration_sets_the_pace() -> None:
    with PxWebServer([employed()], calls=100, window=60, limits_in_config=True) as server:
        config = client(server).config()
    assert (config.calls, config.window_seconds, config.max_cells) == (100, 60, 800_000)


def test_codes_are_sent_once_whatever_the_expressions(server: PxWebServer) -> None:
    # The server answers 500 to a code that is asked for twice.
    wanted = query(Region=["3301", "33*", "3301"], Kjonn=["*", "1"], ContentsCode="*", Tid=["top(2)", "from(2025)"])
    assert len(cells(joined(fetched(client(server), wanted)))) == 1 * 2 * 1 * 2


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("top(2)", ["2024", "2025"]),
        ("bottom(1)", ["2019"]),
        ("[range(2020,2021)]", ["2020", "2021"]),
        ("from(2025)", ["2025"]),
        ("to(2019)", ["2019"]),
        ("202?", ["2020", "2021", "2022", "2023", "2024", "2025"]),
    ],
)
def test_expressions_mean_what_they_mean_to_the_server(
    server: PxWebServer, expression: str, expected: list[str]
) -> None:
    ours = cells(joined(fetched(client(server), query(ContentsCode="*", Tid=expression))))
    assert [period for _contents, period in ours] == expected
    sent = expression if expression.startswith("[") else f"[{expression}]"
    params = (("valueCodes[ContentsCode]", "*"), ("valueCodes[Tid]", sent))
    theirs = live(server).send(Request("GET", "/tables/99001/data", params)).content
    assert cells(assemble([("", theirs)], "")) == ours


# --- what of it is new --------------------------------------------------------------------------------------


OLDER = "2025-06-15T07:00:00Z"
IN_PARTS = query(Region="3301", Kjonn="1", ContentsCode="*", Tid="*")


def with_shares() -> SyntheticTable:
    """The employed with a second content, that was last updated earlier."""
    table = employed()
    contents = [("Personer", "Personer (syntetisk)"), ("Andel", "Andel (syntetisk)")]
    dimensions = [*table.dimensions[:2], Dimension("ContentsCode", "x", contents, "metric"), table.dimensions[3]]
    values = np.concatenate([table.values, table.values / 100], axis=2)
    status = np.concatenate([table.status, table.status], axis=2)
    content_updated = {"Andel": OLDER}
    return SyntheticTable("99001", "x", JANUARY, dimensions, values, status, content_updated=content_updated)


def test_parts_with_other_contents_may_be_of_another_time() -> None:
    table = with_shares()
    with PxWebServer([table], max_cells=7) as server:
        result = fetched(client(server), IN_PARTS)
        assert [cube.updated for cube in result.cubes] == [JANUARY, OLDER]
        assert len(joined(result)) == 14
        assert not result.provisional


def test_parts_with_the_same_contents_may_not() -> None:
    with PxWebServer([with_shares()], max_cells=3, caches=True) as server:
        fetched(client(server), IN_PARTS)
        server.tables["99001"].revise(FEBRUARY, server.tables["99001"].values)
        server.forget("Tid%5D=2019")
        with pytest.raises(SourceError, match=f"while it was fetched .*{JANUARY} and {FEBRUARY}.*starting over"):
            client(server).fetch(IN_PARTS)


def test_a_revision_between_parts_with_other_contents_is_seen() -> None:
    with PxWebServer([with_shares()], max_cells=7, caches=True) as server:
        fetched(client(server), IN_PARTS)
        server.tables["99001"].revise(FEBRUARY, server.tables["99001"].values)
        server.forget("=Personer")
        with pytest.raises(SourceError, match=f"updated while it was fetched, after {JANUARY}; .*starting over"):
            client(server).fetch(IN_PARTS)
        server.forget()
        assert fetched(client(server), IN_PARTS).metadata.updated == FEBRUARY


def test_figures_older_than_the_metadata_are_provisional() -> None:
    with PxWebServer([employed()], caches=True) as server:
        assert not fetched(client(server)).provisional
        server.tables["99001"] = employed(FEBRUARY, shift=7)
        server.forget("/metadata")
        stale = fetched(client(server))
        assert stale.provisional
        assert cells(joined(stale)) == published(employed())
        server.forget("/data")
        fresh = fetched(client(server))
        assert not fresh.provisional
        assert cells(joined(fresh)) == published(employed(FEBRUARY, shift=7))


@pytest.mark.parametrize(
    ("times", "than", "expected"),
    [
        ([OLDER], JANUARY, True),
        ([OLDER, JANUARY], JANUARY, False),
        ([FEBRUARY], JANUARY, False),
        (["2026-01-15T08:00:00+01:00"], JANUARY, False),
        ([None], JANUARY, False),
        ([OLDER], None, False),
        (["soon"], JANUARY, False),
        (["2025-06-15T07:00:00"], JANUARY, False),
    ],
)
def test_which_times_are_older(times: list[str | None], than: str | None, expected: bool) -> None:
    assert pxweb._older(times, than) is expected


# --- faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["v2", "v0"])
def test_an_unknown_table_is_said_to_be_unknown(server: PxWebServer, dialect: Any) -> None:
    asked = PxWebClient(live(server, server.url if dialect == "v2" else server.v0_url), dialect=dialect)
    said = r"ssb/00000: .*\n.*404 for table '00000': it does not exist, or is being renewed"
    with pytest.raises(QueryError, match=said) as caught:
        asked.plan(Query("00000", {}))
    assert isinstance(caught.value, TableGone) is (dialect == "v2")


def test_a_404_for_the_metadata_of_a_table_that_is_there_is_asked_again(server: PxWebServer) -> None:
    server.fail("404", path="/metadata")
    assert cells(joined(fetched(client(server)))) == published(server.tables["99001"])
    paths = ["/tables/99001/metadata", "/tables/99001", "/tables/99001/metadata"]
    assert [each.path for each in server.requests[:3]] == paths


def test_a_table_that_is_there_is_not_gone_while_its_metadata_is_renewed() -> None:
    with PxWebServer([employed()], caches=True) as server:
        server.fail("404", path="/metadata")  # kept by the server's cache
        with pytest.raises(
            SourceError, match=r"ssb/99001: 404 for the metadata, .* being renewed.*Try again"
        ) as caught:
            client(server).fetch(WHOLE)
        assert not isinstance(caught.value, QueryError)
        server.forget()
        assert fetched(client(server))


def test_a_wrong_query_is_refused_before_any_data_call_naming_all_that_is_wrong(server: PxWebServer) -> None:
    wrong = query(Region=Selection(("3301",), "agg_Kommsummer"), Kjønn="1", Tid=["2O21", "range(2019,2030)"])
    with pytest.raises(QueryError) as error:
        client(server).fetch(wrong)
    said = str(error.value)
    for fragment in [
        "'agg_KommSummer'",
        "'Kjonn'",
        "'ContentsCode'",
        "'2O21'",
        "'2021'",
        "2030",
        "ssb/99001",
    ]:
        assert fragment in said
    assert len(error.value.faults) == 4
    assert not data_calls(server)


def test_a_dimension_that_changed_its_name_is_named(server: PxWebServer) -> None:
    table = employed()
    table.dimensions[1] = Dimension("KjonnNy", "kjønn", [("1", "Menn"), ("2", "Kvinner")])
    server.tables["99001"] = table
    with pytest.raises(QueryError, match=r"variable 'Kjonn' does not exist; did you mean 'KjonnNy'\?"):
        client(server).fetch(WHOLE)


@pytest.mark.parametrize("kind", ["truncated", "cut", "html", "500", "429", "drop"])
def test_a_broken_data_answer_is_asked_for_again(server: PxWebServer, kind: Any) -> None:
    server.fail(kind, path="/data", times=2)
    assert cells(joined(fetched(client(server)))) == published(server.tables["99001"])
    assert len(data_calls(server)) == 3


@pytest.mark.parametrize("path", ["/config", "/metadata", "/data", "/codelists"])
def test_html_instead_of_json_is_a_source_error_that_names_the_address(server: PxWebServer, path: str) -> None:
    server.fail("html", path=path, times=99)
    wanted = query(Region=Selection(("*",), "agg_KommSummer"), ContentsCode="*", Tid="*")
    with pytest.raises(SourceError, match=rf"ssb: http\S*{path}\S*: (?s:.*)DOCTYPE"):
        client(server).fetch(wanted)


class Revising(LiveTransport):
    """The table is revised after each of the first `times` data answers."""

    def __init__(self, server: PxWebServer, times: int) -> None:
        super().__init__(server.url, name="ssb", sleep=Slept())
        self.server, self.times = server, times

    def send(self, request: Request, check: Check | None = None) -> Response:
        response = super().send(request, check)
        if self.times and request.path.endswith("/data"):
            self.times -= 1
            self.server.tables["99001"] = employed(f"2026-03-{31 - self.times}T07:00:00Z", shift=self.times)
        return response


def test_a_table_revised_between_two_parts_is_fetched_anew(server: PxWebServer) -> None:
    server.max_cells = 28  # two parts
    result = fetched(PxWebClient(Revising(server, 1), workers=1))
    assert result.metadata.updated == "2026-03-31T07:00:00Z"
    assert cells(joined(result)) == published(server.tables["99001"])
    assert len(data_calls(server)) == 4


def test_a_table_that_is_revised_all_the_time_is_left_for_another_day(server: PxWebServer) -> None:
    server.max_cells = 28
    with pytest.raises(SourceError, match=r"ssb/99001: the table was updated while it was fetched .*starting over"):
        PxWebClient(Revising(server, 9), workers=1).fetch(WHOLE)
    assert len(data_calls(server)) == 4


# --- splitting ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared() -> Iterator[PxWebServer]:
    with PxWebServer(calls=1_000_000) as running:
        yield running


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_the_parts_of_any_table_make_up_the_table(shared: PxWebServer, data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 6), min_size=2, max_size=4))
    limit = data.draw(st.integers(max(1, math.prod(sizes) // 12), math.prod(sizes) + 1))
    names = [f"D{axis}" for axis in range(len(sizes) - 2)] + ["ContentsCode", "Tid"]
    dimensions = [
        Dimension(name, name, [(f"{name}{place}", "x") for place in range(size)])
        for name, size in zip(names, sizes, strict=True)
    ]
    values = np.arange(math.prod(sizes), dtype=float).reshape(sizes)
    table = SyntheticTable("1", "syntetisk", JANUARY, dimensions, values)
    shared.tables, shared.max_cells, shared.requests = {"1": table}, limit, []
    wanted = Query("1", {name: Selection(("*",)) for name in names})
    assert cells(joined(fetched(client(shared), wanted))) == published(table)
    asked = [one for one in shared.requests if one.path.endswith("/data")]
    assert {one.status for one in asked} == {200}
    assert len({(one.params, one.body) for one in asked}) == len(asked) >= math.prod(sizes) / limit


def test_a_long_query_is_posted_and_a_short_one_is_not() -> None:
    many = [(f"{place:04}", "x") for place in range(1000)]
    dimensions = [
        Dimension("Region", "region", many, "geo"),
        Dimension("ContentsCode", "innhold", [("P", "P")], "metric"),
        Dimension("Tid", "år", YEARS, "time"),
    ]
    table = SyntheticTable("99001", "syntetisk", JANUARY, dimensions, np.arange(7000.0).reshape(1000, 1, 7))
    with PxWebServer([table]) as server:
        half = fetched(client(server), query(Region="range(0000,0499)", ContentsCode="*", Tid="*"))
        assert joined(half).num_rows == 3500
        fetched(client(server), query(Region="*", ContentsCode="*", Tid="*"))
        short = fetched(client(server), query(Region="range(0000,0299)", ContentsCode="*", Tid="top(1)"))
        assert joined(short).num_rows == 300
        assert data_calls(server) == ["POST", "GET", "GET"]
        posted = next(one for one in server.requests if one.method == "POST")
    assert json.loads(posted.body)["selection"][2] == {"variableCode": "Tid", "valueCodes": ["*"]}


def test_no_get_is_longer_than_the_server_takes() -> None:
    many = [(f"{place:03}", "x") for place in range(600)]
    dimensions = [
        Dimension("Region", "region", many),
        Dimension("ContentsCode", "innhold", [("P", "P")], "metric"),
        Dimension("Tid", "år", [("2025", "2025")], "time"),
    ]
    table = SyntheticTable("99001", "syntetisk", JANUARY, dimensions, np.arange(600.0).reshape(600, 1, 1))
    with PxWebServer([table]) as server:
        for last in range(380, 560, 20):
            wanted = query(Region=f"to({last:03})", ContentsCode="P", Tid="2025")
            assert joined(fetched(client(server), wanted)).num_rows == last + 1
        assert set(data_calls(server)) == {"GET", "POST"}


def test_a_code_with_a_comma_is_posted() -> None:
    dimensions = [
        Dimension("Naring", "næring", [("A,B", "x"), ("C", "x"), ("D", "x")]),
        Dimension("ContentsCode", "innhold", [("P", "P")], "metric"),
        Dimension("Tid", "år", [("2025", "2025")], "time"),
    ]
    table = SyntheticTable("99001", "syntetisk", JANUARY, dimensions, [[[1]], [[2]], [[3]]])
    with PxWebServer([table]) as server:
        result = fetched(client(server), query(Naring=["A,B", "C"], ContentsCode="*", Tid="*"))
        assert cells(joined(result)) == {("A,B", "P", "2025"): (1.0, ""), ("C", "P", "2025"): (2.0, "")}
        assert data_calls(server) == ["POST"]


# --- other transports and dialects --------------------------------------------------------------------------


class Replay:
    """Stored answers by what was asked."""

    name = "replayed"

    def __init__(self, result: Fetched) -> None:
        self.stored = {response.request.key: response for _role, response in result.responses}

    def send(self, request: Request, check: Check | None = None) -> Response:
        return self.stored[request.key]


def test_a_replay_asks_for_the_same_and_gets_the_same(server: PxWebServer) -> None:
    server.max_cells = 10
    wanted = query(Region=Selection(("*",), "agg_KommSummer"), Kjonn="*", ContentsCode="*", Tid="*")
    first = fetched(client(server), wanted)
    asked = len(server.requests)
    second = fetched(PxWebClient(Replay(first)), wanted)
    assert second == first
    assert len(server.requests) == asked
    assert len([role for role, _ in first.responses if role == "data"]) > 1


def test_v0_gives_the_same_table_as_v2(server: PxWebServer) -> None:
    old = PxWebClient(live(server, server.v0_url), dialect="v0")
    new = client(server)
    listed = Selection(("K-3301",), "agg_KommSummer")
    for wanted in [WHOLE, query(Region=["3301", "0"], ContentsCode="*", Tid="top(2)")]:
        assert cells(joined(fetched(old, wanted))) == cells(joined(fetched(new, wanted)))
    result = fetched(old, query(Region=listed, ContentsCode="*", Tid="2021"))
    assert cells(joined(result)) == {("K-3301", "Personer", "2021"): (10_684.0, "")}
    assert (result.eliminated, result.codelists) == (("Kjonn",), {"Region": "agg_KommSummer"})


def test_v0_takes_the_time_of_update_from_the_figures(server: PxWebServer) -> None:
    old = PxWebClient(live(server, server.v0_url), dialect="v0")
    result = old.fetch(WHOLE, known_updated=JANUARY)
    assert result is not None
    assert result.metadata.updated == JANUARY
    assert [role for role, _ in result.responses] == ["metadata", "data"]
    with pytest.raises(QueryError, match="404 for table '00000'"):
        old.plan(Query("00000", {}))


# --- joining ------------------------------------------------------------------------------------------------


def dataset(region: list[str], years: list[str], name: str = "Region") -> bytes:
    def dimension(codes: list[str]) -> dict[str, Any]:
        return {"category": {"index": {code: place for place, code in enumerate(codes)}}}

    cube = {
        "version": "2.0",
        "class": "dataset",
        "id": [name, "Tid"],
        "size": [len(region), len(years)],
        "dimension": {name: dimension(region), "Tid": dimension(years)},
        "value": list(range(len(region) * len(years))),
    }
    return json.dumps(cube).encode()


def test_parts_are_joined_with_their_own_snapshot() -> None:
    table = assemble([("aa", dataset(["1"], ["2020", "2021"])), ("bb", dataset(["2"], ["2020", "2021"]))], "x/1")
    assert table.to_pydict() == {
        "Region": ["1", "1", "2", "2"],
        "Tid": ["2020", "2021", "2020", "2021"],
        "value": [0.0, 1.0, 0.0, 1.0],
        "status": [None] * 4,
        "snapshot_sha256": ["aa", "aa", "bb", "bb"],
    }


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (dataset(["1", "2"], ["2021"]), "two parts hold the same cells"),
        (dataset(["2"], ["2022"]), "cells are in no part"),
        (
            dataset(["2"], ["2020", "2021"], name="Kommune"),
            "differ in their dimensions: Region, Tid against Kommune",
        ),
        (b"<html>", "x/1"),
    ],
)
def test_parts_that_do_not_fit_are_refused(second: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        assemble([("aa", dataset(["1"], ["2020", "2021"])), ("bb", second)], "x/1")


def test_no_parts_are_no_table() -> None:
    with pytest.raises(SourceError, match="x/1: no data answers"):
        assemble([], "x/1")
