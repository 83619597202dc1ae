"""All basic units of Norway 2002-2025 and the changes of its municipalities, from a Klass of the tests' own."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.providers import klass
from pipelines.providers.klass import KlassClient, KlassFetched, KlassQuery
from pipelines.providers.transport import LiveTransport
from tests.klass_server import Classification, KlassServer, from_areas
from tests.recorded import RECORDED
from tests.recorded.test_harmonise_norway import areas

KLASS = RECORDED / "klass"
D2002, D2019, D2020, D2024 = (date(year, 1, 1) for year in (2002, 2019, 2020, 2024))


@pytest.fixture(scope="module")
def lists() -> pd.DataFrame:
    return pd.read_csv(KLASS / "classifications_2002-2025.csv.gz", sep=";", dtype=str)


@pytest.fixture(scope="module")
def classifications() -> dict[str, Classification]:
    """The recorded areas; the changes of municipalities as klassR has them, and none of units."""
    made = from_areas(areas(), changes_of_municipalities())
    made["1"].without_changes = frozenset(made["1"].versions[1:])
    return made


def changes_of_municipalities() -> pd.DataFrame:
    """klassR's graph of Klass 131; days count from 1970."""
    named = pd.read_csv(KLASS / "klassR_klass131_vertices.csv", dtype={"code": str}).set_index("idx")
    edges = pd.read_csv(KLASS / "klassR_klass131_edges.csv").dropna().astype({"a": int, "b": int})
    old, new = (named.loc[edges[end]].reset_index(drop=True) for end in ("a", "b"))
    days = (pd.Timestamp("1970-01-01") + pd.to_timedelta(edges["changeOccurred"], unit="D")).dt.date
    return pd.DataFrame(
        {
            "level": "municipality",
            "kind": "stated by klassR",
            "change_date": days.to_numpy(),
            "old_code": old["code"],
            "old_name": old["label"],
            "new_code": new["code"],
            "new_name": new["label"],
        }
    )


@pytest.fixture(scope="module")
def server(classifications: dict[str, Classification]) -> Iterator[KlassServer]:
    with KlassServer(classifications) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: KlassServer) -> KlassClient:
    return KlassClient(LiveTransport(server.url, name="klass", calls_per_minute=10_000, sleep=lambda seconds: None))


def fetched(client: KlassClient, query: KlassQuery) -> KlassFetched:
    result = client.fetch(query)
    assert result is not None
    return result


def changes(result: KlassFetched) -> pd.DataFrame:
    tables = [klass.read_changes(one.content, one.url) for role, one in result.responses if role == "changes"]
    return pa.concat_tables(tables).to_pandas()


def units(codes: pa.Table, day: date | None = None) -> pa.Table:
    found = codes.filter(pc.equal(codes["level"], "2"))
    if day is None:
        return found
    still = pc.fill_null(pc.greater(found["valid_to"], pa.scalar(day)), True)
    return found.filter(pc.and_(pc.less_equal(found["valid_from"], pa.scalar(day)), still))


@pytest.mark.parametrize(("day", "count"), [(D2019, 14_485), (D2024, 14_458)])
def test_units_are_as_many_as_the_list_of_that_day_has(
    lists: pd.DataFrame, client: KlassClient, day: date, count: int
) -> None:
    listed = set(lists.loc[lists["version_date"] == day.isoformat(), "grunnkrets_no"])
    codes = units(client.codes_at("1", day))
    assert len(listed) == count == codes.num_rows
    assert set(codes["code"].to_pylist()) == listed


def test_a_range_gives_the_units_of_every_year(lists: pd.DataFrame, client: KlassClient) -> None:
    [answer] = [one for role, one in fetched(client, KlassQuery("1", D2002)).responses if role == "codes"]
    codes = klass.read_codes(answer.content, answer.url)
    columns = ["grunnkrets_no", "grunnkrets_name", "delomraade_no"]
    for text, listed in lists.groupby("version_date"):
        valid = units(codes, date.fromisoformat(str(text))).select(["code", "name", "parent_code"]).to_pandas()
        assert sorted(valid.itertuples(index=False, name=None)) == sorted(
            listed[columns].itertuples(index=False, name=None)
        )
    tracts = codes.filter(pc.equal(codes["level"], "1"))
    assert pc.all(pc.ends_with(tracts["code"], "00")).as_py()
    assert set(tracts["code"].to_pylist()) == set(lists["delomraade_no"])


def test_drammen_and_its_neighbours_became_3005_and_then_3301(client: KlassClient) -> None:
    found = changes(fetched(client, KlassQuery("131", D2002)))
    merged = found[found["new_code"] == "3005"]
    assert set(merged["old_code"]) == {"0602", "0625", "0711"}
    assert set(merged["change_date"]) == {D2020}
    [renumbered] = found[found["new_code"] == "3301"].itertuples(index=False)
    assert (renumbered.change_date, renumbered.old_code) == (D2024, "3005")


def test_the_day_before_the_range_ends_is_the_last(client: KlassClient) -> None:
    until = changes(fetched(client, KlassQuery("131", D2019, until=D2020)))
    beyond = changes(fetched(client, KlassQuery("131", D2019, until=date(2020, 1, 2))))
    assert until.empty
    assert {"0602", "0625", "0711"} < set(beyond["old_code"])


def test_municipalities_in_pieces_are_those_of_the_whole(server: KlassServer, client: KlassClient) -> None:
    """Without the changes of one year, the client asks version by version and gets all others, each once."""
    whole = changes(fetched(client, KlassQuery("131", D2002)))
    known = server.classifications["131"]
    known.without_changes = frozenset({D2020})
    try:
        result = fetched(client, KlassQuery("131", D2002))
    finally:
        known.without_changes = frozenset()
    order = list(whole.columns)
    expected = whole[whole["change_date"] != D2020].sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(changes(result).sort_values(order, ignore_index=True), expected)
    assert len(result.absent) == 1


def test_units_have_no_changes_and_that_is_told(client: KlassClient) -> None:
    result = fetched(client, KlassQuery("1", date(2018, 6, 1)))
    assert {role for role, _one in result.responses} == {"metadata", "codes"}
    assert {path.split("?")[0] for path in result.absent} == {"/classifications/1/changes"}
    assert len(result.absent) == 6  # the versions of 2019 to 2025; the list of 2022 is that of 2021


def test_units_of_city_districts(lists: pd.DataFrame, client: KlassClient) -> None:
    day = "2024-01-01"
    listed = lists[(lists["version_date"] == day) & lists["bydel_no"].notna()]
    pairs = client.correspondences_at("103", "1", D2024).to_pandas()
    assert set(zip(pairs["source_code"], pairs["target_code"], strict=True)) == set(
        zip(listed["bydel_no"], listed["grunnkrets_no"], strict=True)
    )
    assert set(client.codes_at("103", D2024)["code"].to_pylist()) == set(listed["bydel_no"])
