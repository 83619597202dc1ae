"""What small areas say together: the model against published results, the limits by arithmetic."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from indicators.catalogue import load
from indicators.dictionary import SCHEMA
from indicators.small_areas import FEWEST_AREAS, fay_herriot, overdispersion, small_areas
from pipelines.steps.comparing import together

# Expenditure on fresh milk in 43 areas of four regions, US Bureau of Labor Statistics 1989: mean, standard error,
# region (Arora & Lahiri 1997, Statistica Sinica 7:1053; `milk` of the R package sae), and eblupFH's estimate and
# mean square error by restricted maximum likelihood, as published with samplics' tests (samplics-org/samplics).
MILK = """
1.099 .163 1 1.0219703 .013460220  1.075 .080 1 1.0476018 .005372876  1.105 .083 1 1.0679513 .005701990
0.628 .109 1 0.7608170 .008541740  0.753 .119 1 0.8461574 .009579594  0.981 .141 1 0.9743727 .011670632
1.257 .202 1 1.0584523 .015926137  1.095 .127 2 1.0977762 .010586518  1.405 .168 2 1.2215449 .014184043
1.356 .178 2 1.1951455 .014901472  0.615 .100 2 0.7852155 .007694262  1.460 .201 2 1.2139456 .016336469
1.338 .148 2 1.2096593 .012562726  0.854 .143 2 0.9834967 .012117378  1.176 .149 3 1.1864247 .012031229
1.111 .145 3 1.1556982 .011709147  1.257 .135 3 1.2263411 .010859780  1.430 .172 3 1.2856486 .013690860
1.278 .137 3 1.2363247 .011034674  1.292 .163 3 1.2349600 .013079686  1.002 .125 3 1.0903019 .009948636
1.183 .247 3 1.1923057 .017243977  1.044 .140 3 1.1216470 .011292325  1.267 .171 3 1.2230296 .013625297
1.193 .106 3 1.1938054 .008065787  0.791 .121 4 0.7627195 .009205133  0.795 .121 4 0.7649550 .009205133
0.759 .259 4 0.7338443 .016476912  0.796 .106 4 0.7699294 .007800626  0.565 .089 4 0.6134418 .006098668
0.886 .225 4 0.7695558 .015441564  0.952 .205 4 0.7958250 .014657866  0.807 .119 4 0.7723187 .009024699
0.582 .067 4 0.6102302 .003870786  0.684 .106 4 0.7001782 .007800626  0.787 .126 4 0.7592787 .009646139
0.440 .092 4 0.5298867 .006404335  0.759 .132 4 0.7434466 .010155645  0.770 .100 4 0.7548996 .007209937
0.800 .113 4 0.7701918 .008470277  0.756 .083 4 0.7481164 .005484860  0.865 .121 4 0.8040773 .009205133
0.640 .129 4 0.6810870 .009903626
"""
# Persons aged 15-29 outside work and education in the districts of a (synthetic) city.
PARTS = pa.table({"area_id": list("abcdef"), "kind": ["district"] * 6, "whole_id": ["city"] * 6})
SHARE = {"idle": 1.0}


def test_the_model_gives_the_published_estimates_and_errors_of_the_milk_data() -> None:
    mean, error, region, published, published_mse = np.array(MILK.split(), float).reshape(-1, 5).T
    design = np.column_stack([np.ones(len(mean)), *(region == number for number in (2, 3, 4))]).astype(float)
    found = fay_herriot(mean, error**2, design)
    # The published ones stopped at a precision of 0.0001.
    assert found.values == pytest.approx(published, abs=2e-5)
    assert found.errors**2 == pytest.approx(published_mse, rel=1e-3)
    # Regression coefficients of the same source: 0.9681890 + 0.1327801, + 0.2269462, - 0.2413011.
    assert found.mean[[0, 7, 14, 25]] == pytest.approx([0.968189, 1.1009691, 1.1951352, 0.7268879], abs=2e-5)


def test_where_chance_explains_all_each_area_is_the_mean_and_still_not_sure() -> None:
    direct, variances = np.array([0.10, 0.11, 0.09, 0.10, 0.10]), np.full(5, 0.01)
    found = fay_herriot(direct, variances)
    assert found.spread == 0
    assert found.values == pytest.approx(np.full(5, 0.10))
    assert found.own_weight == pytest.approx(np.zeros(5))
    # The mean's own variance, 0.01 / 5, and twice that of the estimated spread, 2 x 0.01 / 5: 0.002 + 2 x 0.004.
    assert found.errors**2 == pytest.approx(np.full(5, 0.010))


def test_intervals_hold_as_often_as_they_say_and_the_estimates_are_nearer_than_the_figures() -> None:
    random = np.random.default_rng(20300101)
    variances = np.linspace(0.5, 3.0, 10)
    held, near, far = [], 0.0, 0.0
    for _ in range(400):
        truth = random.normal(10.0, 1.0, 10)
        direct = random.normal(truth, np.sqrt(variances))
        found = fay_herriot(direct, variances)
        held.append(np.abs(found.values - truth) <= 1.96 * found.errors)
        near, far = near + np.sum((found.values - truth) ** 2), far + np.sum((direct - truth) ** 2)
    assert 0.92 <= np.mean(held) <= 0.98
    # In the long run by A / (A + D) of each, on average about a half: at least a third must be gained.
    assert near < 2 / 3 * far


def test_limits_widen_where_areas_differ_more_than_chance() -> None:
    # z = -6, -2, -2, 0, 0, 0, 0, 2, 2, 6 and tenths that are drawn in: quantiles (linear) at 0.9 and 8.1 of 0..9 lie
    # at -6 + 0.9 x 4 = -2.4 and 2 + 0.1 x 4 = 2.4. So (2 x 5.76 + 4 x 4) / 10 = 2.752.
    distances = np.array([-6.0, -2, -2, 0, 0, 0, 0, 2, 2, 6])
    found = overdispersion(5 + distances * 0.5, 5.0, np.full(10, 0.5))
    assert found.factor == pytest.approx(2.752)
    # (27.52 - 9) / (40 - 160 / 40) with weights of 4.
    assert found.between**2 == pytest.approx(18.52 / 36)
    calm = overdispersion(5 + distances * 0.1, 5.0, np.full(10, 0.5))
    assert (calm.factor < 1, calm.between) == (True, 0.0)


def measured(*rows: tuple[str, float | None, float | None], **common: Any) -> pa.Table:
    year = {"period": "2025", "period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31), "status": None}
    blank = dict.fromkeys(SCHEMA["measure"].arrow.names)
    made = [
        {
            **blank, "indicator_id": "idle", "area_id": area, **year, "numerator": events, "denominator": persons,
            "value": events / persons if events is not None and persons else None, **common,
        }
        for area, events, persons in rows
    ]  # fmt: skip
    return pa.Table.from_pylist(made, schema=SCHEMA["measure"].arrow)


CITY = [("a", 30, 300), ("b", 55, 500), ("c", 20, 400), ("d", 40, 200), ("e", 36, 400), ("f", 1, 40)]


def test_a_table_of_districts_by_hand() -> None:
    found = small_areas(measured(*CITY), PARTS, SHARE).to_pandas().set_index("area_id")
    assert set(found["status"]) == {"modelled"}
    # 182 events of 1,840 persons. One standard error of 40 persons there is sqrt(0.0989 x 0.9011 / 40) = 0.0472.
    assert found["areas_mean"].to_numpy() == pytest.approx(np.full(6, 182 / 1840))
    assert found["areas"].tolist() == [6] * 6
    p = 182 / 1840
    errors = np.sqrt(p * (1 - p) / np.array([300, 500, 400, 200, 400, 40]))
    spread = overdispersion(found["value"].to_numpy(), p, errors)
    assert found["overdispersion"].to_numpy() == pytest.approx(np.full(6, spread.factor))
    half = (found["limit_upper"] - found["areas_mean"]).to_numpy()
    assert half == pytest.approx(1.959964 * np.sqrt(errors**2 + spread.between**2))
    # The figure of 40 persons is drawn in most, that of 500 least; each estimate lies between figure and mean.
    assert found["own_weight"].idxmin() == "f"
    assert found["own_weight"].idxmax() == "b"
    assert found.loc["f", "value"] < found.loc["f", "modelled"] < p
    assert (found.loc["d", "standing"], found.loc["b", "standing"]) == ("above", "within")
    assert found.loc["f", "limit_lower"] == 0


def test_a_rate_is_told_in_its_unit() -> None:
    common = {"indicator_id": "injuries"}
    rows = measured(*CITY, **common)
    values = pa.array([1000 * events / persons for _area, events, persons in CITY])
    rows = rows.set_column(rows.schema.get_field_index("value"), "value", values)
    found = small_areas(rows, PARTS, {"injuries": 1000.0}).to_pandas()
    assert found["areas_mean"].to_numpy() == pytest.approx(np.full(6, 1000 * 182 / 1840))
    assert found["modelled"].between(found["modelled_lower"], found["modelled_upper"]).all()


@pytest.mark.parametrize(
    "rows",
    [
        measured(*CITY[: FEWEST_AREAS - 1]),
        measured(*[(area, None, None) for area, *_ in CITY]),
        measured(*[(area, 0, persons) for area, _events, persons in CITY]),
        measured(*CITY, status="incomplete"),
        measured(*CITY, indicator_id="median_income"),
    ],
)
def test_nothing_is_modelled_of_few_areas_of_hidden_figures_or_of_no_events(rows: pa.Table) -> None:
    assert small_areas(rows, PARTS, SHARE).num_rows == 0


def test_a_hidden_figure_is_in_no_estimate() -> None:
    hidden = measured(*CITY[:5], ("f", None, None))
    found = small_areas(hidden, PARTS, SHARE)
    assert found.equals(small_areas(measured(*CITY[:5]), PARTS, SHARE))
    assert "f" not in found["area_id"].to_pylist()


def test_only_small_areas_of_the_same_kind_and_municipality_are_put_together() -> None:
    catalogue = load()
    districts = [area.id for area in catalogue.areas.values() if area.kind == "district" and area.parent == "drammen"]
    assert "drammen-7" in districts
    rows = [
        (name, 20.0 + number, 400.0) for number, name in enumerate([*districts, "drammen", "drammen-rest", "skien"])
    ]
    found = together(catalogue, measured(*rows, indicator_id="crowding")).to_pandas()
    assert set(found["area_id"]) == set(districts)
    assert set(found["whole_id"]) == {"drammen"}
    assert together(catalogue, measured(*rows, indicator_id="median_income")).num_rows == 0
