"""Adults' insecurity from the public-health survey by zone: count and share give the denominator and an interval.

The counts are synthetic; the expected figures are arithmetic, and Wilson's limits by statsmodels.
"""

from typing import Any

import pyarrow as pa
import pytest
from statsmodels.stats.proportion import proportion_confint

from indicators import geography
from pipelines.decoding.delivered import facts_of
from pipelines.steps import measuring
from pipelines.steps.placing import MEMBERSHIP_COLUMNS
from tests.stages import checked, run
from tests.unit import VINTAGE, made_catalogue, real_catalogue

# Zone: those who feel unsafe, and per cent of all who answered: of 500, 400, 250, 300, 320 and 200 persons.
UNSAFE = {"07": (31, 6.2), "08": (36, 9.0), "09": (15, 6.0), "10": (24, 8.0), "45": (32, 10.0), "46": (10, 5.0)}


@pytest.fixture(scope="module")
def measures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The measures by area, of one file with the six zones and no row of the district."""
    catalogue = real_catalogue()
    path = tmp_path_factory.mktemp("survey") / "synthetic.csv"
    rows = [
        f"Drammen levekårssone {zone};2025;Utrygg i nærmiljøet;{count};{share}".replace(".", ",")
        for zone, (count, share) in UNSAFE.items()
    ]
    path.write_text("\n".join(["Område;År;Svar;Antall;Andel", *rows, ""]), encoding="utf-8")
    file = checked(catalogue, path)
    assert file.reading is not None, file.error
    facts = facts_of(file.reading, "5a" * 32, VINTAGE).select(measuring.FACT_COLUMNS)
    named = facts.append_column("table_name", pa.repeat(pa.scalar("delivery/fhus_adults"), facts.num_rows))
    # What the lists of zones and units make of the district: tests/recorded/test_refresh_areas.py.
    tiled = {"area_id": "drammen-7", "part": 9, "first_year": 2024, "last_year": 2025, "codes": 6, "weight": 1.0}
    zones = [{**tiled, "code": f"33010000{zone}", "origin": "derived"} for zone in UNSAFE]
    members = pa.Table.from_pylist([*geography.membership(catalogue.areas.values()), *zones], MEMBERSHIP_COLUMNS)
    alone = made_catalogue(catalogue.indicators["adult_insecurity"].model_copy(update={"subgoal": "9.9"}))
    found = measuring.compute(run, alone, "made", named, members, None)
    return {row["area_id"]: row for row in found.to_pylist()}


def test_a_zones_count_and_share_give_its_denominator_and_interval(measures) -> None:
    row = measures["drammen-zone-07"]
    assert (row["period"], row["numerator"]) == ("2025", 31)
    assert row["value"] == pytest.approx(0.062)
    assert row["denominator"] == pytest.approx(31 / 0.062) == pytest.approx(500)
    # 6.2 % is published of anything from 6.15 % to 6.25 %: of 31 / 0.0615 = 504.07 persons to 31 / 0.0625 = 496.
    lower = proportion_confint(31, 31 / 0.0615, method="wilson")[0]
    upper = proportion_confint(31, 31 / 0.0625, method="wilson")[1]
    assert (row["lower"], row["upper"]) == pytest.approx((lower, upper), abs=1e-9)
    assert row["method"] == "count and share, Wilson interval over the rounding"


def test_six_zones_are_the_district(measures) -> None:
    row = measures["drammen-7"]
    assert row["numerator"] == 31 + 36 + 15 + 24 + 32 + 10 == 148
    assert row["denominator"] == pytest.approx(500 + 400 + 250 + 300 + 320 + 200)
    assert row["value"] == pytest.approx(148 / 1_970)
    most, least = (sum(count / (share / 100 + side * 0.0005) for count, share in UNSAFE.values()) for side in (-1, 1))
    lower = proportion_confint(148, most, method="wilson")[0]
    upper = proportion_confint(148, least, method="wilson")[1]
    assert (row["lower"], row["upper"]) == pytest.approx((lower, upper), abs=1e-9)
