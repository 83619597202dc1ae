"""Figures with a standard's sexes and ages: by hand, and what is not told because something is hidden."""

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from indicators import geography
from indicators.catalogue.contracts import DeliveryContract
from indicators.dictionary import SCHEMA
from indicators.standardisation import DIRECT, GAMMA, INDIRECT, Rule, standardised, strata
from pipelines import deliveries as delivery
from pipelines.decoding.delivered import facts_of
from pipelines.steps import measuring, standardising
from pipelines.steps.placing import MEMBERSHIP_COLUMNS
from tests.stages import measures_of, run
from tests.unit import VINTAGE, made_catalogue, made_indicator

MEASURE = SCHEMA["measure"].arrow
RULES = {"ill": Rule((("men", "18-29"), ("men", "30-66")), "norway", "2020", 1.0)}
YOUNG, OLD = RULES["ill"].strata
# Norway of 2020: 400 young of whom 5 % are ill, 600 old of whom 20 % are.
NORWAY = [(YOUNG, 20, 400), (OLD, 120, 600)]


def row(
    area: str, stratum: tuple[str, str], count: float | None, persons: float | None, **given: Any
) -> dict[str, Any]:
    year = given.pop("period", "2020")
    whole = {"period": year, "period_start": date(int(year), 1, 1), "period_end": date(int(year), 12, 31)}
    value = count / persons if count is not None and persons else None
    blank = dict.fromkeys(MEASURE.names) | {"indicator_id": "ill", "area_id": area, **whole, "snapshots": []}
    counts = {"numerator": count, "denominator": persons, "value": value, "source_table": "delivery/made"}
    return blank | counts | {"sex": stratum[0], "age": stratum[1], "method": "proportion", "pooled": False} | given


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=MEASURE)


def told(own: list[dict[str, Any]], total: dict[str, Any], small: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    base = [row("norway", *cells) for cells in NORWAY]
    return standardised(table(*base, *own), table(total), RULES, small).to_pylist()


ALL = ("both", "18-66")


def test_an_old_area_is_no_worse_than_the_standard_at_the_same_ages() -> None:
    # 100 young, 300 old, with Norway's own shares 5 and 20 %: crude 65 / 400 = 16.25 %, Norway's 140 / 1,000 = 14 %.
    own = [row("skien", YOUNG, 10, 200), row("skien", OLD, 120, 600)]
    [found] = told(own, row("skien", ALL, 130, 800))
    assert (found["crude"], found["value"]) == pytest.approx((0.1625, 0.14))
    assert (found["method"], found["strata"], found["standard_period"]) == (DIRECT, 2, "2020")
    # Weights 0.4 / 200 and 0.6 / 600; variance 0.002^2 x 10 + 0.001^2 x 120 = 0.00016. Byar's limits of 130 events
    # are 108.61 and 154.36 (130 x (1 - 1/1170 - 1.96 / (3 x sqrt(130)))^3 and so on), over sqrt(0.00016 / 130).
    assert (found["lower"], found["upper"]) == pytest.approx(
        (0.14 - 21.39 * 0.0011094, 0.14 + 24.36 * 0.0011094), abs=2e-5
    )


def test_a_stratum_of_few_events_has_the_gamma_interval() -> None:
    [found] = told([row("skien", YOUNG, 4, 200), row("skien", OLD, 120, 600)], row("skien", ALL, 124, 800))
    assert found["method"] == GAMMA
    assert found["value"] == pytest.approx(0.4 * 4 / 200 + 0.6 * 120 / 600)
    assert found["lower"] < found["value"] < found["upper"]


def test_where_a_stratum_is_hidden_the_total_is_held_to_what_the_standard_expects() -> None:
    own = [row("skien", YOUNG, None, 200, status="suppressed"), row("skien", OLD, 120, 600)]
    [found] = told(own, row("skien", ALL, 104, 800))
    # Expected are 0.05 x 200 + 0.2 x 600 = 130; 104 / 130 = 0.8 of Norway's 14 %.
    assert (found["method"], found["value"]) == (INDIRECT, pytest.approx(0.112))


@pytest.mark.parametrize(
    "changed",
    [
        {"value": None, "status": "suppressed"},
        {"status": "incomplete"},
        {"source_table": "delivery/other"},
        {"period": "2021"},
    ],
)
def test_nothing_is_told_of_a_hidden_or_unfinished_figure_or_one_from_elsewhere(changed: dict[str, Any]) -> None:
    own = [row("skien", YOUNG, 10, 200), row("skien", OLD, 120, 600)]
    assert told(own, row("skien", ALL, 130, 800) | row("skien", ALL, 130, 800, **changed)) == []


def test_of_small_areas_none_is_told_directly() -> None:
    """Total 13 of 270 and 250, directly 0.4 x 3 / 270 + 0.6 x 10 / 250: no other whole numbers lead there."""
    own = [row("drammen-7", YOUNG, 3, 270), row("drammen-7", OLD, 10, 250)]
    total, direct = row("drammen-7", ALL, 13, 520), 0.4 * 3 / 270 + 0.6 * 10 / 250
    near = [young for young in range(14) if abs(0.4 * young / 270 + 0.6 * (13 - young) / 250 - direct) < 1e-9]
    assert near == [3]
    assert [(found["method"], found["value"]) for found in told(own, total)] == [(GAMMA, pytest.approx(direct))]
    assert [found["method"] for found in told(own, total, frozenset({"drammen-7"}))] == [INDIRECT]


def test_what_is_taken_off_is_taken_off_counts_and_persons() -> None:
    parts = table(
        row("skien", ALL, 10, 200) | {"indicator_id": "ill|0|whole"},
        row("skien", ALL, 130, 800) | {"indicator_id": "ill|1|whole"},
        row("skien", ALL, 10, 200) | {"indicator_id": "ill|1|less"},
        # 3 less 4 cannot be: rounding.
        row("tokke", ALL, 3, 90) | {"indicator_id": "ill|1|whole"},
        row("tokke", ALL, 4, 40) | {"indicator_id": "ill|1|less"},
        row("vinje", ALL, 9, 90) | {"indicator_id": "ill|1|whole"},
        row("vinje", ALL, None, 40, status="suppressed") | {"indicator_id": "ill|1|less"},
    )
    found = {(one["area_id"], one["age"]): one for one in strata(parts, RULES).to_pylist()}
    old = found["skien", "30-66"]
    assert (old["numerator"], old["denominator"], old["value"]) == (120, 600, 0.2)
    assert (old["status"], found["skien", "18-29"]["status"]) == ("estimated", None)
    assert [found[name, "30-66"]["value"] for name in ("tokke", "vinje")] == [None, None]
    assert found["vinje", "30-66"]["status"] == "suppressed"


AGES = DeliveryContract.model_validate(
    {
        "id": "made_ages",
        "name_no": "Laget",
        "name_en": "Made",
        "provider": "Drammen kommune",
        "attribution": "made up",
        "licence": "made up",
        "levels": ["district", "municipality"],
        "header": ["Område", "År", "Alder", "Syke", "Bosatte"],
        "area": {"name": "Område"},
        "boundary_year": 2024,
        "period": {"column": "År"},
        "dimensions": {"Alder": {"column": "Alder", "codes": {"18-29": "18-29", "30-66": "30-66", "18-66": "18-66"}}},
        "contents": [
            {"code": "ill", "column": "Syke", "unit": "persons", "decimals": 0, "kind": "count"},
            {"code": "residents", "column": "Bosatte", "unit": "persons", "decimals": 0, "kind": "count"},
        ],
        "missing": {":": ":"},
    }
)
SICK = made_indicator(
    "sick",
    [
        {
            "table": "delivery/made_ages",
            "method": "proportion",
            "numerator": {"ContentsCode": "ill", "Alder": "18-66"},
            "denominator": {"ContentsCode": "residents", "Alder": "18-66"},
            "strata": [{"sex": "both", "age": age, "cells": {"Alder": age}} for age in ("18-29", "30-66")],
        }
    ],
    age="18-66",
    standard={"area": "drammen", "year": 2024},
)
DRAMMEN = ["Drammen,2024,18-29,400,8000", "Drammen,2024,30-66,2400,12000", "Drammen,2024,18-66,2800,20000"]


def delivered(*rows: str) -> list[dict[str, Any]]:
    """What is standardised of a file with ages for districts, from its bytes on."""
    known = replace(made_catalogue(SICK), contracts={AGES.id: AGES})
    lines = ["Område,År,Alder,Syke,Bosatte", *DRAMMEN, *(f"Kommunedel 7,2024,{row}" for row in rows)]
    file = "\n".join([*lines, ""]).encode()
    found = delivery.match(delivery.open_file(file, "ages.csv"), [AGES])
    read = delivery.read(found, "ages.csv", geography.names(known.areas.values()))
    facts = facts_of(read, AGES.id, VINTAGE)
    members = pa.Table.from_pylist(geography.membership(known.areas.values()), schema=MEMBERSHIP_COLUMNS)
    totals = measuring.protect(known, measures_of(known, "made", {"delivery/made_ages": facts}), membership=members)
    named = facts.select(measuring.FACT_COLUMNS)
    named = named.append_column("table_name", pa.repeat(pa.scalar("delivery/made_ages"), named.num_rows))
    return standardising.compute(run, known, named, members, totals).to_pylist()


def test_a_delivered_file_with_ages_gives_its_district_an_indirect_figure() -> None:
    """At Drammen's 5 and 20 per cent 1,000 young and 1,000 old would have 250 ill; there are 360: 1.44 x 14 %."""
    found = {row["area_id"]: row for row in delivered("18-29,60,1000", "30-66,300,1000", "18-66,360,2000")}
    town, district = found["drammen"], found["drammen-7"]
    assert (town["method"], town["value"]) == (DIRECT, pytest.approx(0.14))
    assert district["method"] == INDIRECT
    assert (district["crude"], district["value"]) == pytest.approx((0.18, 360 / 250 * 0.14))
    # Byar's limits of 360 events (Breslow & Day 1987, 2.3), over 250, times 14 %.
    low = 360 * (1 - 1 / (9 * 360) - 1.959964 / (3 * 360**0.5)) ** 3
    high = 361 * (1 - 1 / (9 * 361) + 1.959964 / (3 * 361**0.5)) ** 3
    assert (district["lower"], district["upper"]) == pytest.approx((low / 250 * 0.14, high / 250 * 0.14))


def test_a_district_whose_figure_is_hidden_has_no_standardised_one_either() -> None:
    found = delivered("18-29,0,40", "30-66,2,50", "18-66,2,90")
    assert {row["area_id"] for row in found} == {"drammen"}
