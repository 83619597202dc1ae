"""The Klass client against a real HTTP server that keeps the service's rules."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request as PlainRequest
from urllib.request import urlopen

import pandas as pd
import pyarrow as pa
import pytest

from pipelines.errors import SourceError
from pipelines.providers import klass
from pipelines.providers.klass import KlassClient, KlassFetched, KlassQuery
from pipelines.providers.replay import ReplayTransport
from pipelines.providers.transport import Check, LiveTransport, Request, Response
from pipelines.storage.snapshots import Fetch, SnapshotStore, StoredResponse
from tests.klass_server import Classification, KlassServer

D2018, D2020, D2024 = date(2018, 1, 1), date(2020, 1, 1), date(2024, 1, 1)
# The municipalities of Drammen as Klass 131 has them, and one that has not changed since 2002.
CODES = pd.DataFrame(
    [
        ("0602", "06", "1", "Drammen", D2018, D2020),
        ("0625", "06", "1", "Nedre Eiker", D2018, D2020),
        ("0711", "07", "1", "Svelvik", D2018, D2020),
        ("3005", "30", "1", "Drammen", D2020, D2024),
        ("3301", "33", "1", "Drammen", D2024, None),
        ("0301", None, "1", "Oslo", D2018, None),
    ],
    columns=["code", "parent_code", "level", "name_", "valid_from", "valid_to"],
)
CHANGES = pd.DataFrame(
    [
        (D2020, "0602", "Drammen", "3005", "Drammen"),
        (D2020, "0625", "Nedre Eiker", "3005", "Drammen"),
        (D2020, "0711", "Svelvik", "3005", "Drammen"),
        (D2024, "3005", "Drammen", "3301", "Drammen"),
        (D2024, None, None, "1580", "Haram"),
    ],
    columns=["change_date", "old_code", "old_name", "new_code", "new_name"],
)
DISTRICTS = pd.DataFrame(
    [("030115", "Søndre Nordstrand", "03013203", "Holmlia", D2020, None)],
    columns=["source_code", "source_name", "target_code", "target_name", "valid_from", "valid_to"],
)


POLICE = pd.DataFrame(
    [
        ("P1", None, "1", "Oslo politidistrikt", D2018, None),
        ("0301", "P1", "2", "Oslo", D2018, None),
    ],
    columns=CODES.columns,
)


@pytest.fixture
def server() -> Iterator[KlassServer]:
    with KlassServer({"131": Classification(CODES, CHANGES, {"1": DISTRICTS}, variants={"Politi": POLICE})}) as running:
        yield running


@pytest.fixture
def client(server: KlassServer) -> KlassClient:
    return KlassClient(LiveTransport(server.url, name="klass", calls_per_minute=10_000, sleep=lambda seconds: None))


def fetched_by(client: KlassClient, query: KlassQuery) -> KlassFetched:
    fetched = client.fetch(query)
    assert fetched is not None
    return fetched


def rows(fetched: KlassFetched, role: str) -> list[dict[str, Any]]:
    read = {"codes": klass.read_codes, "changes": klass.read_changes, "correspondences": klass.read_correspondences}
    tables = [read[role](one.content, one.url) for each, one in fetched.responses if each == role]
    return pa.concat_tables(tables).to_pylist() if tables else []


def test_codes_changes_and_correspondences_come_as_tables(client: KlassClient) -> None:
    fetched = client.fetch(KlassQuery("131", D2018, correspondences=("1",)))
    assert fetched is not None
    answers = dict(fetched.responses)
    codes = klass.read_codes(answers["codes"].content, "codes").to_pylist()
    assert {(row["code"], row["valid_from"], row["valid_to"]) for row in codes} == {
        (row.code, row.valid_from, row.valid_to if isinstance(row.valid_to, date) else None)
        for row in CODES.itertuples()
    }
    assert next(row["parent_code"] for row in codes if row["code"] == "0301") is None
    changes = klass.read_changes(answers["changes"].content, "changes").to_pylist()
    assert [row["old_code"] for row in changes if row["new_code"] == "3005"] == ["0602", "0625", "0711"]
    [born] = [row for row in changes if row["old_code"] is None]
    assert (born["new_name"], born["change_date"]) == ("Haram", D2024)


def test_the_end_of_a_range_is_exclusive(client: KlassClient) -> None:
    until = client.fetch(KlassQuery("131", D2018, until=D2020))
    beyond = client.fetch(KlassQuery("131", D2018, until=date(2020, 1, 2)))
    for fetched, expected in ((until, 0), (beyond, 3)):
        assert fetched is not None
        [answer] = [response for role, response in fetched.responses if role == "changes"]
        assert klass.read_changes(answer.content, "changes").num_rows == expected


def test_what_was_not_modified_is_asked_for_metadata_only(server: KlassServer, client: KlassClient) -> None:
    first = client.fetch(KlassQuery("131", D2018))
    assert first is not None
    server.asked.clear()
    assert client.fetch(KlassQuery("131", D2018), known_updated=first.updated) is None
    assert len(server.asked) == 1
    server.classifications["131"].modified = "2026-11-01T08:00:00.000+0000"
    assert client.fetch(KlassQuery("131", D2018), known_updated=first.updated) is not None


def test_a_range_of_which_a_part_has_no_table_is_asked_for_piece_by_piece(
    server: KlassServer, client: KlassClient
) -> None:
    fetched = client.fetch(KlassQuery("131", D2018, correspondences=("1",)))
    assert fetched is not None
    pairs = [
        row
        for role, response in fetched.responses
        if role == "correspondences"
        for row in klass.read_correspondences(response.content, "corresponds").to_pylist()
    ]
    # The table begins in 2020: 2018-2020 has none, and is left out.
    assert {(row["source_code"], row["target_code"]) for row in pairs} == {("030115", "03013203")}
    asked = [path for path in server.asked if "/corresponds" in path]
    assert "from=2018-01-01&language" in asked[0]
    assert any("from=2020-01-01&to=2024-01-01" in path for path in asked)


def test_changes_on_the_first_day_of_a_version_are_in_exactly_one_piece(
    server: KlassServer, client: KlassClient
) -> None:
    fetched = client.fetch(KlassQuery("131", date(2002, 1, 1)))
    assert fetched is not None
    changes = [
        (row["old_code"], row["new_code"])
        for role, response in fetched.responses
        if role == "changes"
        for row in klass.read_changes(response.content, "changes").to_pylist()
    ]
    assert sorted(changes, key=str) == sorted(
        [(None if pd.isna(row.old_code) else row.old_code, row.new_code) for row in CHANGES.itertuples()], key=str
    )


def test_the_last_piece_is_as_open_as_the_range(client: KlassClient) -> None:
    """Klass tells validity within the range: a bounded last piece would end what is still valid."""
    pairs = rows(fetched_by(client, KlassQuery("131", D2018, correspondences=("1",))), "correspondences")
    assert [(row["valid_from"], row["valid_to"]) for row in pairs] == [(D2020, D2024), (D2024, None)]


def test_what_has_no_table_is_told(client: KlassClient) -> None:
    fetched = fetched_by(client, KlassQuery("131", D2018, until=date(2022, 1, 1), correspondences=("1", "103")))
    root = "/classifications/131/corresponds?targetClassificationId="
    spans = ["from=2018-01-01&to=2020-01-01", "from=2020-01-01&to=2022-01-01"]
    assert fetched.absent == (
        f"{root}1&{spans[0]}&language=nb",
        *(f"{root}103&{span}&language=nb" for span in spans),
    )


def test_a_service_that_gives_the_tables_that_there_are_is_asked_once(server: KlassServer, client: KlassClient) -> None:
    server.strict = False
    fetched = fetched_by(client, KlassQuery("131", D2018, correspondences=("1",)))
    assert [row["valid_from"] for row in rows(fetched, "correspondences")] == [D2020]
    assert (fetched.absent, sum("/corresponds" in path for path in server.asked)) == ((), 1)


def test_changes_into_a_version_without_a_table_are_absent_and_the_others_are_there(
    server: KlassServer, client: KlassClient
) -> None:
    server.classifications["131"].without_changes = frozenset({D2024})
    fetched = fetched_by(client, KlassQuery("131", D2018))
    assert {row["new_code"] for row in rows(fetched, "changes")} == {"3005"}
    assert fetched.absent == ("/classifications/131/changes?from=2020-01-02&to=2024-01-02&language=nb",)


def test_only_one_version_and_no_table_is_asked_for_once(server: KlassServer, client: KlassClient) -> None:
    fetched = fetched_by(client, KlassQuery("131", D2024, correspondences=("103",)))
    assert len(fetched.absent) == sum("/corresponds" in path for path in server.asked) == 1


def test_a_change_on_the_first_day_of_the_range_is_not_in_it(client: KlassClient) -> None:
    assert {row["new_code"] for row in rows(fetched_by(client, KlassQuery("131", D2020)), "changes")} == {
        "3301",
        "1580",
    }


def test_births_and_deaths(server: KlassServer, client: KlassClient) -> None:
    told = pd.DataFrame(
        [(D2020, None, None, "3301", "Født"), (D2020, "0602", "Opphørt", None, None)], columns=CHANGES.columns
    )
    server.classifications["131"].changes = told
    found = [tuple(row.values()) for row in rows(fetched_by(client, KlassQuery("131", D2018)), "changes")]
    assert found == [(D2020, None, None, "3301", "Født"), (D2020, "0602", "Opphørt", None, None)]


def test_a_code_that_was_renamed_or_came_back_has_a_row_for_each_time(server: KlassServer, client: KlassClient) -> None:
    times = [("Røyrvik", D2018, D2020), ("Raarvihke Røyrvik", D2020, D2024), ("Røyrvik", D2024, None)]
    codes = pd.DataFrame([("1739", None, "1", *one) for one in times], columns=CODES.columns)
    server.classifications["1"] = Classification(codes)
    found = rows(fetched_by(client, KlassQuery("1", D2018)), "codes")
    assert [(row["name"], row["valid_from"], row["valid_to"]) for row in found] == times


def test_validity_is_told_within_the_range(client: KlassClient) -> None:
    found = rows(fetched_by(client, KlassQuery("131", date(2019, 7, 1), until=date(2021, 7, 1))), "codes")
    spans = {row["code"]: (row["valid_from"], row["valid_to"]) for row in found}
    assert spans["0602"] == (date(2019, 7, 1), D2020)
    assert spans["3005"] == (D2020, date(2021, 7, 1))
    assert "3301" not in spans


def test_codes_correspondences_and_variants_of_a_day(client: KlassClient) -> None:
    assert set(client.codes_at("131", D2020)["code"].to_pylist()) == {"3005", "0301"}
    assert client.correspondences_at("131", "1", D2024)["target_code"].to_pylist() == ["03013203"]
    assert set(client.variant_at("131", "Politi", D2024)["code"].to_pylist()) == {"P1", "0301"}
    assert re.fullmatch(r"2026-01-15T08:00:00\.000\+0000 3 versions [0-9a-f]{8}", client.updated("131") or "")


def test_an_unknown_classification_is_named_with_where_to_look(client: KlassClient) -> None:
    with pytest.raises(SourceError, match=r"no classification 745; look its number up on https://www\.ssb\.no/klass"):
        client.fetch(KlassQuery("745", D2020))


def test_what_is_not_even_a_number_is_no_classification(client: KlassClient) -> None:
    with pytest.raises(
        SourceError, match=r"no classification kommuner; look its number up on https://www\.ssb\.no/klass"
    ):
        client.updated("kommuner")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda client: client.codes_at("745", D2020), "745"),
        (lambda client: client.correspondences_at("131", "103", D2020), "131 and its table to 103"),
        (lambda client: client.variant_at("131", "Sogn", D2020), "131 and its variant 'Sogn'"),
    ],
)
def test_what_there_is_not_on_a_day_is_said_so(
    client: KlassClient, ask: Callable[[KlassClient], pa.Table], said: str
) -> None:
    with pytest.raises(SourceError, match=f"Expected classification {said} .*https://www.ssb.no/klass"):
        ask(client)


def test_a_language_in_which_it_is_not_published_is_named(server: KlassServer) -> None:
    server.classifications["131"].languages = ("nb", "nn")
    transport = LiveTransport(server.url, name="klass", calls_per_minute=10_000, sleep=lambda seconds: None)
    assert KlassClient(transport, "nn").codes_at("131", D2020).num_rows == 2
    with pytest.raises(SourceError, match=r"not published in language: EN\. Expected .* in the language 'en'"):
        KlassClient(transport, "en").fetch(KlassQuery("131", D2018))
    with pytest.raises(SourceError, match="HTTP 400 No enum constant") as refused:
        KlassClient(transport, "se").fetch(KlassQuery("131", D2018))
    assert "there is no classification" not in str(refused.value)


def test_a_range_that_ends_before_it_begins_is_refused(client: KlassClient) -> None:
    with pytest.raises(SourceError, match="HTTP 400 From is equal or after to"):
        client.fetch(KlassQuery("131", D2020, until=D2020))


class Bare:
    """Sends what a request says and nothing of its own, as no other transport does."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, request: Request, check: Check | None = None) -> Response:
        url = self.url + request.target
        with urlopen(PlainRequest(url, headers=dict(request.headers)), timeout=10) as answer:
            content = answer.read()
        if check is not None:
            check(content)
        return Response(request, url, content, {}, datetime.now(UTC))


def test_json_is_asked_for_by_the_client_itself(server: KlassServer) -> None:
    bare = Bare(server.url)
    with pytest.raises(ValueError, match="not JSON"):
        bare.send(Request("GET", "/classifications/131"), check=klass._has_list("versions"))
    fetched = fetched_by(KlassClient(bare), KlassQuery("131", D2020, correspondences=("1",)))
    assert [role for role, _ in fetched.responses] == ["metadata", "codes", "changes", "correspondences"]


@pytest.mark.parametrize("modified", ["2026-01-15T08:00:00.000+0000", None])
def test_a_version_that_appears_on_its_day_is_a_change_without_a_new_time(modified: str | None) -> None:
    with KlassServer({"131": Classification(CODES, CHANGES, modified=modified)}, today=date(2023, 12, 20)) as server:
        client = KlassClient(LiveTransport(server.url, name="klass", calls_per_minute=10_000))
        before = fetched_by(client, KlassQuery("131", D2018))
        assert "3301" not in {row["code"] for row in rows(before, "codes")}
        assert [row["valid_to"] for row in rows(before, "codes") if row["code"] == "3005"] == [None]
        server.today = date(2023, 12, 31)
        assert client.updated("131") == before.updated
        assert client.fetch(KlassQuery("131", D2018), known_updated=before.updated) is None
        server.today = date(2024, 1, 10)
        assert client.updated("131") != before.updated
        after = client.fetch(KlassQuery("131", D2018), known_updated=before.updated)
        assert after is not None
        assert "3301" in {row["code"] for row in rows(after, "codes")}
        assert client.updated("131") == after.updated
        assert len(after.updated or "") < 60


def test_a_changed_end_of_a_version_is_a_change() -> None:
    ended = about('[{"validFrom": "2020-01-01", "validTo": "2024-01-01"}]')
    assert klass._updated(about('[{"validFrom": "2020-01-01"}]')) != klass._updated(ended)
    two = ['{"validFrom": "2020-01-01"}', '{"validFrom": "2018-01-01", "validTo": "2020-01-01"}']
    assert klass._updated(about(f"[{two[0]},{two[1]}]")) == klass._updated(about(f"[{two[1]},{two[0]}]"))


@pytest.mark.parametrize("fault", ["500", "429", "html", "truncated", "error"])
@pytest.mark.parametrize("part", ["/codes?", "/changes?", "/corresponds?"])
def test_what_may_pass_is_asked_again(server: KlassServer, client: KlassClient, fault: str, part: str) -> None:
    server.faults.append((part, fault))
    fetched = fetched_by(client, KlassQuery("131", D2020, correspondences=("1",)))
    assert [role for role, _ in fetched.responses] == ["metadata", "codes", "changes", "correspondences"]
    assert sum(part in path for path in server.asked) == 2


def test_a_wish_to_be_left_alone_is_heeded(server: KlassServer) -> None:
    passed: list[float] = []
    transport = LiveTransport(
        server.url, name="klass", calls_per_minute=10_000, clock=lambda: sum(passed), sleep=passed.append
    )
    server.retry_after = 30
    server.faults.append(("/codes?", "429"))
    assert KlassClient(transport).fetch(KlassQuery("131", D2018)) is not None
    assert sum(passed) >= 30


def replaying(fetched: KlassFetched, folder: Path, without: str = "") -> KlassClient:
    """A client of a store that keeps what was fetched, but for one role."""
    store = SnapshotStore(folder)
    stored = tuple(
        StoredResponse(
            role=role,
            sha256=store.put(response.content),
            method=response.request.method,
            path=response.request.path,
            params=response.request.params,
            body=None,
            url=response.url,
            size=len(response.content),
            fetched_at=response.fetched_at,
        )
        for role, response in fetched.responses
        if role != without
    )
    when = max(one.fetched_at for one in stored)
    store.record(Fetch("klass", "131", fetched.updated, when, "SSB", "CC BY 4.0", stored, {}, {}))
    return KlassClient(ReplayTransport(store, "klass"))


def test_a_replay_gives_what_was_fetched(client: KlassClient, tmp_path: Path) -> None:
    query = KlassQuery("131", D2018, correspondences=("1",))
    fetched = fetched_by(client, query)
    again = fetched_by(replaying(fetched, tmp_path), query)
    # A piece without a table leaves nothing to keep, so the replay knows only the pieces that had one.
    kept = [(role, response.content) for role, response in fetched.responses]
    assert [(role, response.content) for role, response in again.responses] == kept
    assert [rows(again, role) for role in ("codes", "changes", "correspondences")] == [
        rows(fetched, role) for role in ("codes", "changes", "correspondences")
    ]
    assert (again.updated, again.absent) == (fetched.updated, fetched.absent)
    assert fetched.absent


def test_what_a_replay_does_not_keep_is_told(client: KlassClient, tmp_path: Path) -> None:
    query = KlassQuery("131", D2024)  # one version: there is nothing to cut
    again = fetched_by(replaying(fetched_by(client, query), tmp_path, without="changes"), query)
    assert again.absent == ("/classifications/131/changes?from=2024-01-01&language=nb",)


# --- reading ----------------------------------------------------------------------------------------------------------

# Entries as the service's own tests expect them (RestApiCode…, RestApiChanges…, RestApiCorrespondsIntegrationTest).
OWN_CODES = {
    "codes": [
        {
            "code": "1739",
            "parentCode": None,
            "level": "1",
            "name": "Raarvihke Røyrvik",
            "shortName": "",
            "presentationName": "",
            "validFrom": None,
            "validTo": None,
            "validFromInRequestedRange": "2014-01-01",
            "validToInRequestedRange": "2015-01-01",
            "notes": "13. juni 2014 ble det vedtatt at kommunenavnet skulle være tospråklig (samisk -norsk)",
        }
    ]
}
OWN_CHANGES = {
    "codeChanges": [
        {
            "oldCode": "1739",
            "oldName": "Røyrvik",
            "oldShortName": "",
            "newCode": "1739",
            "newName": "Raarvihke Røyrvik",
            "newShortName": "",
            "changeOccurred": "2014-01-01",
        }
    ]
}
OWN_PAIRS = {
    "correspondenceItems": [
        {
            "sourceCode": "0301",
            "sourceName": "Oslo",
            "sourceShortName": "",
            "targetCode": "030103",
            "targetName": "Sagene",
            "targetShortName": "",
            "validFrom": "2015-01-01",
            "validTo": None,
        },
        {"sourceCode": "9999", "sourceName": "Uoppgitt", "targetCode": None, "targetName": None},
    ]
}


def test_the_services_own_answers_are_read() -> None:
    [code] = klass.read_codes(json.dumps(OWN_CODES).encode(), "klass").to_pylist()
    span = (date(2014, 1, 1), date(2015, 1, 1))
    assert tuple(code.values()) == ("1739", None, "1", "Raarvihke Røyrvik", *span)
    [change] = klass.read_changes(json.dumps(OWN_CHANGES).encode(), "klass").to_pylist()
    assert tuple(change.values()) == (date(2014, 1, 1), "1739", "Røyrvik", "1739", "Raarvihke Røyrvik")
    pairs = [tuple(row.values()) for row in klass.read_correspondences(json.dumps(OWN_PAIRS).encode(), "k").to_pylist()]
    assert pairs == [
        ("0301", "Oslo", "030103", "Sagene", date(2015, 1, 1), None),
        ("9999", "Uoppgitt", None, None, None, None),
    ]


def test_tables_have_their_columns_when_empty() -> None:
    assert klass.read_codes(b'{"codes": []}', "k").schema.field("valid_to").type == pa.date32()
    assert klass.read_changes(b'{"codeChanges": []}', "k").schema.field("change_date").type == pa.date32()
    assert klass.read_correspondences(b'{"correspondenceItems": []}', "k").schema.field("valid_to").type == pa.date32()


@pytest.mark.parametrize(
    ("read", "content", "said"),
    [
        (klass.read_changes, b'{"codeChanges": [{"oldCode": "1"}]}', "entry 1 is {'oldCode': '1'}, expected a change"),
        (klass.read_changes, b'{"codeChanges": [{"changeOccurred": "2020-01-01"}]}', "at least one code"),
        (klass.read_changes, b'{"codeChanges": [{"oldCode": 301}]}', "a text 'oldCode', or none"),
        (klass.read_changes, b'{"codeChanges": [7]}', "entry 1 is 7, expected an object"),
        (klass.read_correspondences, b'{"correspondenceItems": [{"sourceName": "x"}]}', "at least one code"),
        (klass.read_correspondences, b'{"correspondenceItems": {}}', "no list 'correspondenceItems'"),
        (klass.read_codes, b'{"codes": [{"code": "1", "level": 1, "name": "x"}]}', "a text 'level'"),
    ],
)
def test_what_is_malformed_is_named(read: Callable[[bytes, str], pa.Table], content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match="klass/131: ") as refused:
        read(content, "klass/131")
    assert said in str(refused.value)


def about(versions: str) -> Response:
    content = f'{{"lastModified": "x", "versions": {versions}}}'.encode()
    asked = Request("GET", "/classifications/131")
    return Response(asked, "http://klass/131", content, {}, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_time_between_two_versions_is_a_piece_of_correspondences_but_no_cut_of_changes() -> None:
    metadata = about('[{"validFrom": "2018-01-01"}, {"validFrom": "2010-01-01", "validTo": "2015-01-01"}]')
    query = KlassQuery("131", date(2012, 1, 1))
    assert klass._pieces(metadata, query) == [
        (("from", "2012-01-01"), ("to", "2015-01-01")),
        (("from", "2015-01-01"), ("to", "2018-01-01")),
        (("from", "2018-01-01"),),
    ]
    assert klass._change_pieces(metadata, query) == [(("from", "2012-01-01"), ("to", "2018-01-02"))]


@pytest.mark.parametrize("versions", ['[{"validTo": "2020-01-01"}]', '[{"validFrom": "i går"}]', "[1]"])
def test_versions_that_cannot_be_read_are_named(versions: str) -> None:
    metadata = about(versions)
    with pytest.raises(SourceError, match="http://klass/131: entry 1 is "):
        klass._versions(metadata)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>", "not JSON"),
        (b'{"codeList": []}', "no list 'codes'"),
        (b'{"codes": [{"code": "0301", "level": "1", "name": "Oslo"}, {"code": 301}]}', "entry 2 is {'code': 301}"),
        (b'{"codes": [{"code": "1", "level": "1", "name": "x", "validFrom": "2020"}]}', "a date such as 2020-01-01"),
    ],
)
def test_what_is_no_answer_of_klass_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match="klass/131: ") as refused:
        klass.read_codes(content, "klass/131")
    assert said in str(refused.value)
