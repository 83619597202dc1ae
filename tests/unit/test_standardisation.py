"""Figures with a standard's sexes and ages: by hand, and what is not told because something is hidden."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from indicators.dictionary import SCHEMA
from indicators.standardisation import DIRECT, GAMMA, INDIRECT, Rule, standardised, strata

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
