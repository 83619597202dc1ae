"""What an area without a figure waits for: deliveries that can have it, tables by zone with the lists they need."""

import pyarrow as pa
import pytest

from indicators.geography import tree
from pipelines.steps import assessing
from tests.unit import real_catalogue

UNIT = {"level": tree.UNIT, "code": "33010601", "name": "Strømsø"}
ZONED = {**UNIT, "zone_code": "3301000045"}
ZONE_LIST = "the list of zones (delivery/living_conditions_zones)"
OFFICIAL = "the official areas (klass/1 or delivery/official_areas)"


def wanted(indicator: str, area: str, *official: dict[str, str]) -> str:
    catalogue = real_catalogue()
    pillar = next(name for name, file in catalogue.pillars.items() if indicator in {one.id for one in file.indicators})
    areas = pa.Table.from_pylist(list(official), schema=tree.OFFICIAL_AREAS) if official else None
    rows = assessing._wanted(catalogue, pillar, assessing._missing_lists(catalogue, areas)).to_pylist()
    [found] = [row["wanted"] for row in rows if (row["indicator_id"], row["area_id"]) == (indicator, area)]
    return found


@pytest.mark.parametrize(
    ("official", "named"),
    [
        ([], f", with {ZONE_LIST} and {OFFICIAL}"),
        ([UNIT], f", with {ZONE_LIST}"),
        ([{**ZONED, "level": "living-conditions zone"}], f", with {OFFICIAL}"),  # of which units nobody knows
        ([ZONED], ""),
    ],
)  # fmt: skip
def test_the_list_of_areas_that_is_missing_is_named_and_no_other(official: list[dict[str, str]], named: str) -> None:
    tables = "fhi/794 or fhi/795 by living-conditions zone"
    assert wanted("crowding", "drammen-7", *official) == f"delivery/drammen_district_counts or {tables}{named}"


def test_a_delivery_with_figures_by_zone_counts_by_its_zones_too() -> None:
    by_zone = "delivery/fhus_adults by living-conditions zone"
    assert wanted("adult_insecurity", "drammen-7", ZONED) == f"delivery/fhus_adults or {by_zone}"
    # No zones make up a municipality of the catalogue.
    assert wanted("adult_insecurity", "skien") == "delivery/fhus_adults"


def test_a_delivery_that_ends_above_the_area_is_not_waited_for() -> None:
    """NAV's files have municipalities and no districts."""
    assert "municipality" in real_catalogue().contracts["nav_unemployment"].levels
    assert "district" not in real_catalogue().contracts["nav_unemployment"].levels
    assert wanted("registered_unemployment", "drammen-7") == "delivery/drammen_district_counts"
    assert "delivery/nav_unemployment" in wanted("registered_unemployment", "skien")
