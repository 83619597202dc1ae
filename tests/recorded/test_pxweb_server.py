"""The stand-in PxWeb server against what real PxWeb servers answered: same shapes, same figures."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from pxweb import PxApi
from pyjstat import pyjstat

from tests.pxweb_server import CodeList, Dimension, PxWebServer, SyntheticTable
from tests.recorded import RECORDED

PXWEB = RECORDED / "pxweb"
# What a table has only where its owner made it: links to other pages, and keywords of single tables.
OPTIONAL = {"link", "extension.px.nextUpdate", "extension.px.survey", "extension.px.link"}
OPTIONAL |= {"extension.px.updateFrequency", "extension.discontinued", "note", "role.geo"}
BY_NAME = {"dimension", "index", "label", "unit", "note", "refperiod", "noteMandatory"}
BY_NAME |= {"measuringType", "priceType", "adjustment", "alternativeText", "basePeriod"}


def recorded(name: str) -> Any:
    return json.loads((PXWEB / name).read_bytes())


def shape(value: Any, path: str = "") -> set[str]:
    """Paths of all keys with the kind of their values; names of dimensions and codes are left open."""
    if isinstance(value, dict):
        by_name = path.rsplit(".", 1)[-1] in BY_NAME
        inner = [(f"{path}.{'<name>' if by_name else key}".lstrip("."), each) for key, each in value.items()]
        return {key for key, _ in inner} | {found for key, each in inner for found in shape(each, key)}
    if isinstance(value, list):
        return {found for each in value for found in shape(each, f"{path}[]")} | {f"{path}[]"}
    kind = "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
    return {f"{path}:{kind}"}


def missing(ours: Any, theirs: Any) -> set[str]:
    """What the real server answers and ours does not."""
    lacking = shape(theirs) - shape(ours)
    return {path for path in lacking if not any(path.startswith(optional) for optional in OPTIONAL)}


@pytest.fixture(scope="module")
def server() -> Iterator[PxWebServer]:
    """Serves the recorded cube, with code lists of the form that its recorded metadata name."""
    population = SyntheticTable.from_jsonstat(PXWEB / "scb_TAB6471_data.json")
    with PxWebServer([population], limits_in_config=True) as running:
        yield running


@pytest.fixture(scope="module")
def synthetic() -> Iterator[PxWebServer]:
    years = [("2023", "2023"), ("2024", "2024")]
    contents = [("Personer", "Personer (syntetisk)")]
    by_code = {"measuringType": "Stock", "priceType": "NotApplicable", "adjustment": "None"}
    by_code |= {"refperiod": "1. januar", "alternativeText": "Personer"}
    table = SyntheticTable(
        "99001",
        "Personer (syntetisk)",
        "2026-01-15T07:00:00Z",
        [
            Dimension(
                "Region",
                "region",
                [("3301", "Drammen")],
                elimination="3301",
                codelists=[CodeList("vs_Kommune", "kommuner", "Valueset", {"3301": ["3301"]})],
                notes=["Syntetisk."],
                extension={"noteMandatory": {"0": True}},
            ),
            Dimension(
                "ContentsCode",
                "innhold",
                contents,
                "metric",
                units={"Personer": {"base": "personer", "decimals": 0}},
                extension={key: {"Personer": value} for key, value in by_code.items()},
            ),
            Dimension("Tid", "år", years, "time"),
        ],
        [1, 2],
        notes=["Syntetisk."],
        extension={
            "noteMandatory": {"0": True},
            "contact": [dict.fromkeys(("name", "organization", "phone", "mail", "raw"), "syntetisk")],
        },
    )
    with PxWebServer([table]) as running:
        yield running


def get(server: PxWebServer, path: str, **params: str) -> Any:
    answer = requests.get(server.url + path, params=params, timeout=5)
    answer.raise_for_status()
    return answer.json()


@pytest.mark.parametrize("name", ["scb_config.json", "pxwebapi_GetApiConfiguration.json"])
def test_config_has_the_recorded_shape(synthetic: PxWebServer, name: str) -> None:
    assert shape(get(synthetic, "/config")) == shape(recorded(name))


def test_the_list_of_tables_has_the_recorded_shape(synthetic: PxWebServer) -> None:
    table = synthetic.tables["99001"]
    with PxWebServer() as server:
        server.tables = {f"copy {number}": table for number in range(25)}  # a next page, as in the recording
        assert shape(get(server, "/tables")) == shape(recorded("scb_tables.json"))


def test_an_entry_has_the_recorded_shape(synthetic: PxWebServer) -> None:
    assert shape(get(synthetic, "/tables/99001")) == shape(recorded("pxwebapi_TableById_tab004.json"))


@pytest.mark.parametrize(
    "name",
    [
        "scb_TAB6471_metadata.json",
        "pxwebapi_MetadataById_tab001_js2.json",
        "pxwebapi_MetadataById_tab003_js2.json",
    ],
)
def test_metadata_have_all_that_was_recorded(synthetic: PxWebServer, name: str) -> None:
    theirs = recorded(name)
    for dimension in theirs["dimension"].values():
        dimension.pop("link", None)
        dimension["extension"].pop("basePeriod", None)
    assert missing(get(synthetic, "/tables/99001/metadata"), theirs) == set()


def test_metadata_have_nothing_that_was_never_recorded(synthetic: PxWebServer) -> None:
    theirs = [recorded(f"{name}.json") for name in ("scb_TAB6471_metadata", "pxwebapi_MetadataById_tab001_js2")]
    assert shape(get(synthetic, "/tables/99001/metadata")) <= shape(theirs[0]) | shape(theirs[1])


def test_a_recorded_cube_comes_back_as_it_was(server: PxWebServer) -> None:
    theirs = recorded("scb_TAB6471_data.json")
    selection = [{"variableCode": name, "valueCodes": ["*"]} for name in theirs["id"]]
    answer = requests.post(f"{server.url}/tables/TAB6471/data", json={"selection": selection}, timeout=5)
    assert answer.json() == theirs


@pytest.mark.parametrize("name", ["05300", "13861"])
def test_recorded_symbols_come_back(name: str) -> None:
    theirs = json.loads((RECORDED / "ssb" / f"{name}_data.json").read_bytes())
    with PxWebServer([SyntheticTable.from_jsonstat(theirs)]) as server:
        ours = get(server, f"/tables/{name}/data", **{f"valueCodes[{each}]": "*" for each in theirs["id"]})
        older = requests.post(f"{server.v0_url}/no/table/{name}", json={"query": []}, timeout=5).json()
    for key in ("label", "updated", "id", "size", "value", "status", "role", "note"):
        assert ours.get(key) == theirs.get(key)
    for each in theirs["id"]:
        assert ours["dimension"][each]["category"] == theirs["dimension"][each]["category"]
    if name == "05300":  # nothing in it can be eliminated, so that the older dialect gives it whole
        assert older["value"] == theirs["value"]


@pytest.mark.parametrize("name", ["05300", "13861"])
def test_the_older_dialect_has_the_recorded_metadata_shape(server: PxWebServer, name: str) -> None:
    ours = requests.get(f"{server.v0_url}/no/table/TAB6471", timeout=5).json()
    theirs = json.loads((RECORDED / "ssb" / f"{name}_metadata.json").read_bytes())
    assert shape(theirs) <= shape(ours)
    assert set(ours["variables"][0]) <= {"code", "text", "values", "valueTexts", "elimination", "time"}


def test_pxwebpy_reads_the_recorded_figures(server: PxWebServer) -> None:
    """Against pyjstat's reading of the recording: two third parties agree on what stands where."""
    theirs = pyjstat.from_json_stat(recorded("scb_TAB6471_data.json"), naming="id")[0]
    wanted = theirs[(theirs["Region"] == "03") & (theirs["Tid"] == "2026M02") & (theirs["Kon"] == "2")]
    api = PxApi(server.url, disable_cache=True)
    rows = api.get_table_data(
        "TAB6471",
        {"Region": "03", "Alder": "*", "Kon": "2", "ContentsCode": "000007SF", "Tid": "2026M02"},
        show="code",
    )
    assert len(rows) == 11
    assert [(row["ålder"], row["value"]) for row in rows] == list(zip(wanted["Alder"], wanted["value"], strict=True))


def test_the_server_eliminates_by_the_recorded_total(server: PxWebServer) -> None:
    """Leaving Kon out takes its total TotSa, which Statistics Sweden perturbs: not the sum of the sexes."""
    theirs = pyjstat.from_json_stat(recorded("scb_TAB6471_data.json"), naming="id")[0]
    wanted = theirs[(theirs["Region"] == "01") & (theirs["Tid"] == "2026M04") & (theirs["Kon"] == "TotSa")]
    asked = {"Region": "01", "Alder": "*", "ContentsCode": "*", "Tid": "top(1)"}
    ours = get(server, "/tables/TAB6471/data", **{f"valueCodes[{name}]": codes for name, codes in asked.items()})
    assert ours["id"] == ["Region", "Alder", "ContentsCode", "Tid"]
    assert ours["value"] == wanted["value"].tolist()
