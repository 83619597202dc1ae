"""Skien against Telemark's municipalities on real figures, and whether docs/evaluation.md says what they say."""

import base64
import csv
import re
from functools import cache
from statistics import fmean
from typing import Any

import pyarrow as pa
import pytest

from indicators.evaluation import DEMEANED, DIFFERENCE, EVENT_STUDY, METHODS, SYNTHETIC
from pipelines.settings import PROJECT
from pipelines.steps import evaluating, measuring
from pipelines.workplace import charts
from tests.recorded.test_county_measures import COUNTY, computed, known

PAGE = (PROJECT / "docs" / "evaluation.md").read_text(encoding="utf-8")
USED = ["indicator_id", "area_id", "period", "period_start", "period_end", "sex", "age", "value", "status"]
# Fyresdal, Tokke and Vinje lack years; Notodden and Midt-Telemark changed their boundaries.
CROWDING_DONORS = {
    "Porsgrunn", "Siljan", "Bamble", "Kragerø", "Drangedal", "Nome", "Seljord", "Hjartdal", "Tinn", "Kviteseid",
    "Nissedal",
}  # fmt: skip


@cache
def fits() -> list[dict[str, Any]]:
    """The rows of `evaluation/fits`, one per question and indicator."""
    published = [measuring.protect(known(), computed(pillar)).select(USED) for pillar in known().pillars]
    return evaluating.fitted(known(), pa.concat_tables(published)).to_pylist()


def placebos() -> list[dict[str, Any]]:
    return [row for fit in fits() for row in fit["placebos"]]


def rows(**wanted: str) -> list[dict[str, Any]]:
    results = [row for fit in fits() for row in fit["results"]]
    found = [row for row in results if row["evaluation_id"] == "skien-demonstration"]
    return [row for row in found if all(row[name] == value for name, value in wanted.items())]


def wholes() -> list[dict[str, Any]]:
    return [row for row in rows(phase="whole") if row["method"] in METHODS]


def number(value: float | None, factor: float, decimals: int, *, signed: bool = False) -> str:
    return "none" if value is None else f"{value * factor:{'+' if signed else ''}.{decimals}f}"


def line(row: dict[str, Any]) -> str:
    """A row of the page's table, in per cent and percentage points where the unit is a share."""
    indicator = known().indicators[row["indicator_id"]]
    factor, decimals = (100, 2) if indicator.unit == "share" else (1, 1)
    observed, without = (number(row[name], factor, decimals) for name in ("value", "reference"))
    effect, lower, upper = (number(row[name], factor, decimals, signed=True) for name in ("estimate", "lower", "upper"))
    limits = "no limits" if row["lower"] is row["upper"] is None else f"{lower} to {upper}"
    interval = f"{limits} ({100 * row['confidence']:.1f} %)"
    cells = [
        indicator.name_en,
        row["period"],
        row["method"],
        observed,
        without,
        effect,
        interval,
        f"{row['p_value']:.2f}",
        number(row["mde"], factor, decimals),
        str(row["donors"]),
    ]
    return f"| {' | '.join(cells)} |"


def test_the_pages_table_is_what_the_pipeline_computes():
    assert re.findall(r"^\| .*\| \d+ \|$", PAGE, flags=re.MULTILINE) == [line(row) for row in wholes()]


def test_the_page_says_of_every_other_indicator_why_it_is_not_evaluated():
    for row in rows(status="not evaluated"):
        if row["method"] == "none":
            said = f"* {known().indicators[row['indicator_id']].name_en}: {row['note']}"
            assert said in PAGE.replace("\n  ", " ")


def crowded(name: str, years: range) -> list[float]:
    with (COUNTY / "trangboddhet.csv").open(encoding="utf-8", newline="") as opened:
        found = {
            int(row["År"][:4]): float(row["Andel"])
            for row in csv.DictReader(opened)
            if row["Geografi"] == name and row["Innvandringsbakgrunn"] == "totalt"
        }
    return [found[year] for year in years]


def test_the_pages_four_means_are_those_of_the_file_and_give_the_pipelines_estimate():
    """Read from the file as a person would; a mean of means, for every municipality counts the same."""
    before, after = range(2015, 2020), range(2020, 2025)
    own = [fmean(crowded("Skien", years)) for years in (before, after)]
    others = [fmean(fmean(crowded(name, years)) for name in CROWDING_DONORS) for years in (before, after)]
    apart = (own[1] - own[0]) - (others[1] - others[0])
    [row] = rows(indicator_id="crowding", method=DIFFERENCE)
    assert row["estimate"] == pytest.approx(apart)
    for said in (*own, *others):
        assert f"{100 * said:.3f}" in PAGE
    assert f"{100 * apart:.3f}" in PAGE


def test_donors_of_a_figure_are_those_with_it_in_every_year():
    ranked = [
        known().areas[row["area_id"]].name
        for row in placebos()
        if (row["indicator_id"], row["method"], row["treated"]) == ("crowding", DIFFERENCE, False)
    ]
    assert set(ranked) == CROWDING_DONORS


def test_a_start_that_was_pretended_shows_no_effect():
    """No test over all years finds one where none can be, at the level that so few donors allow."""
    assert {row["indicator_id"] for row in wholes()} == {
        "registered_unemployment", "reduced_work_capability", "lowest_education", "crowding", "crowding_immigrants",
        "mental_symptoms",
    }  # fmt: skip
    assert all(row["p_value"] > 1 / (row["donors"] + 1) for row in wholes())
    assert not any(row["programme_effect_claimed"] for row in rows())


def test_every_figure_is_modelled_and_every_p_value_can_be_counted():
    """Absolute estimates are ranked for differences in differences, ratios for synthetic controls."""
    for row in wholes():
        found = [
            one
            for one in placebos()
            if all(one[name] == row[name] for name in ("evaluation_id", "indicator_id", "method"))
        ]
        ranked = "rmspe_ratio" if row["method"] in (SYNTHETIC, DEMEANED) else "estimate"
        [own] = [abs(one[ranked]) for one in found if one["treated"]]
        assert row["p_value"] == pytest.approx(fmean(abs(one[ranked]) >= own for one in found))
    assert {row["status"] for row in rows() if row["estimate"] is not None} == {"modelled"}


def test_the_chart_says_that_it_is_modelled_and_claims_nothing():
    plan = known().evaluations["skien-demonstration"]
    own = [fit for fit in fits() if fit["evaluation_id"] == plan.id]
    told = charts.evaluation(charts.named(known(), synthetic=False), plan, own)
    assert "**A method's example. No effect of any programme is claimed.**" in told
    pictures = [base64.b64decode(one).decode() for one in re.findall(r"data:image/svg\+xml;base64,([^)]+)", told)]
    with_controls = {row["indicator_id"] for row in wholes() if row["method"] == DEMEANED}
    studied = {row["indicator_id"] for row in rows(method=EVENT_STUDY) if row["estimate"] is not None}
    assert with_controls and len(pictures) == len(studied) + 2 * len(with_controls)  # controls, and placebos' gaps
    assert all("modelled" in one.lower() and "Skien" in one and "SYNTHETIC FIGURES" not in one for one in pictures)
