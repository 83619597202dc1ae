"""The Klass client against a real HTTP server that keeps the service's rules."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.sources import klass
from pipelines.sources.klass import KlassClient, KlassQuery
from pipelines.sources.transport import LiveTransport, SourceError
from pipelines.storage.snapshots import Fetch, ReplayTransport, SnapshotStore, StoredResponse
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


@pytest.fixture
def server() -> Iterator[KlassServer]:
    with KlassServer({"131": Classification(CODES, CHANGES, {"1": DISTRICTS})}).running() as running:
        yield running


@pytest.fixture
def client(server: KlassServer) -> KlassClient:
    return KlassClient(LiveTransport(server.url, name="klass", calls_per_minute=10_000, sleep=lambda seconds: None))


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


def test_codes_correspondences_and_variants_of_a_day(client: KlassClient) -> None:
    assert set(client.codes_at("131", D2020)["code"].to_pylist()) == {"3005", "0301"}
    assert client.correspondences_at("131", "1", D2024)["target_code"].to_pylist() == ["03013203"]
    assert set(client.variant_at("131", "Politidistrikt", D2024)["code"].to_pylist()) == {"3301", "0301"}
    assert client.updated("131") == "2026-01-15T08:00:00.000+0000"


def test_an_unknown_classification_is_named_with_where_to_look(client: KlassClient) -> None:
    with pytest.raises(SourceError, match=r"no classification 745; look its number up on https://www\.ssb\.no/klass"):
        client.fetch(KlassQuery("745", D2020))


@pytest.mark.parametrize("fault", ["500", "429", "html", "truncated"])
def test_what_may_pass_is_asked_again(server: KlassServer, client: KlassClient, fault: str) -> None:
    server.faults.append(("/codes", fault))
    fetched = client.fetch(KlassQuery("131", D2018))
    assert fetched is not None
    assert sum("/codes?" in path for path in server.asked) == 2


def test_a_replay_gives_what_was_fetched(server: KlassServer, client: KlassClient, tmp_path: Path) -> None:
    query = KlassQuery("131", D2018, correspondences=("1",))
    fetched = client.fetch(query)
    assert fetched is not None
    store = SnapshotStore(tmp_path)
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
    )
    when = max(one.fetched_at for one in stored)
    store.record(Fetch("klass", "131", fetched.updated, when, "SSB", "CC BY 4.0", stored, {}, {}))
    again = KlassClient(ReplayTransport(store, "klass")).fetch(query)
    assert again is not None
    # A piece without a table leaves nothing to keep, so the replay knows only the pieces that had one.
    kept = [(role, response.content) for role, response in fetched.responses]
    assert [(role, response.content) for role, response in again.responses] == kept


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
