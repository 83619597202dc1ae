"""The charts that the page of an asset shows: those of the report, drawn of the lake's tables and kept beside it.

The page of a table that stands should show its charts too, and drawing a pillar's takes longer than to look at it.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from indicators import pillars
from indicators.catalogue import Catalogue
from indicators.catalogue.models import EvaluationPlan
from indicators.evaluation import DEMEANED, EVENT_STUDY
from pipelines.code_version import version_behind
from pipelines.edition.gathering import recorded
from pipelines.language import Language
from pipelines.report import effect_chart, picture, series_drawing
from pipelines.report.figure_set import Figures, Row, by_one, by_two
from pipelines.report.series_chart import Point, SeriesChart
from pipelines.steps.counting import RESIDENTS
from pipelines.steps.evaluating import FITS, RESULTS
from pipelines.steps.runner import Made
from pipelines.storage import files
from pipelines.storage.lake import Lake

Charts = dict[str, str]
"""Markdown with pictures inside, by its title."""
_SAY = Language("en")


@dataclass(frozen=True)
class ChartFolder:
    """The charts of one area below `root`, each with the version of the table that it shows in its name."""

    root: Path
    catalogue: Catalogue
    lake: Lake
    area: str
    synthetic: bool

    def of(self, made: Made) -> Charts:
        """Return the charts of a step's table; none for tables that are not drawn."""
        key = made.step.key
        if made.step.group != "series" and key not in (RESIDENTS, RESULTS):
            return {}
        version = hashlib.sha256(f"{made.kept.version} {self.area} {self._code}".encode()).hexdigest()[:16]
        path = self.root / f"{key}-{version}.json"
        if not path.is_file():
            files.write(path, json.dumps(self._drawn(key)).encode())
            for older in path.parent.glob(f"{path.stem.rpartition('-')[0]}-*.json"):
                if older != path:
                    older.unlink(missing_ok=True)
        drawn: Charts = json.loads(path.read_bytes())
        return drawn

    @cached_property
    def _code(self) -> str:
        return version_behind(series)

    def _drawn(self, key: str) -> Charts:
        stage, _, pillar = key.partition("/")
        if stage == "series":
            figures = _figures(self.catalogue, self.lake, pillar, synthetic=self.synthetic)
            return {"chart": series(figures, pillar, self.area)}
        if key == RESIDENTS:
            return {"chart": population(self._named(), self.lake.read(key), self.area)}
        fits = by_one(self.lake.read(FITS).to_pylist(), "evaluation_id")
        plans = self.catalogue.evaluations.values()
        return {f"chart {plan.id}": evaluation(self._named(), plan, fits.get(plan.id, [])) for plan in plans}

    def _named(self) -> Figures:
        return named(self.catalogue, synthetic=self.synthetic)


def named(catalogue: Catalogue, *, synthetic: bool, **known: Any) -> Figures:
    """Return figures of the catalogue's areas: none, but for those that are known."""
    none: dict[str, Any] = {"newest": {}, "series": {}, "measures": {}, "record": {}}
    areas = {one.id: {"name": one.name, "provisional": one.provisional} for one in catalogue.areas.values()}
    meta = {"synthetic": str(synthetic).lower()}
    return Figures(catalogue=catalogue, meta=meta, areas=areas, **{**none, **known})


def _figures(catalogue: Catalogue, lake: Lake, pillar: str, *, synthetic: bool) -> Figures:
    """Return a pillar's figures as the report has them, of the lake's tables."""
    table = lake.read(f"series/{pillar}")
    order = [(name, "ascending") for name in ("period_end", "period_start")]
    rows = by_two(table.filter(pc.is_valid(table["period"])).sort_by(order).to_pylist(), "indicator_id", "area_id")
    newest = {}
    for name, area, period in pillars.newest(table)[["indicator_id", "area_id", "period"]].itertuples(index=False):
        about = catalogue.indicators[name]
        words = {"indicator_name_no": about.name_no, "indicator_name_en": about.name_en}
        for row in rows.get((name, area), []):
            if row["period"] == period:
                newest[name, area] = {**row, **words, "unit": about.unit, "decimals": about.decimals}
    order = [(name, "ascending") for name in ("period_end", "period_start", "sex", "age")]
    measures = by_one(lake.read(f"measures/{pillar}").sort_by(order).to_pylist(), "indicator_id")
    record = recorded(catalogue, synthetic=synthetic)
    record["measure_taken"].sort(key=lambda row: (row["first_day"], row["measure_taken_id"]))
    return named(catalogue, synthetic=synthetic, newest=newest, series=rows, measures=measures, record=record)


def series(figures: Figures, pillar: str, area: str) -> str:
    """Return the chart of each of a pillar's indicators as Markdown with the pictures inside."""
    drawn, without = [], []
    for indicator in figures.catalogue.pillars[pillar].indicators:
        svg = picture.of(figures, indicator.id, area, _SAY, _SAY("source_lake"))
        if svg is None:
            without.append(f"* {indicator.name_en}: no data")
        else:
            drawn.append(_markdown(svg, f"{indicator.name_en}, {figures.name(area)}"))
    return "\n\n".join([*drawn, "\n".join(without)])


def population(figures: Figures, residents: pa.Table, area: str) -> str:
    """Return the area's residents by year as Markdown with the picture inside; where only bounds are known, those."""
    own = pc.and_(pc.equal(residents["area_id"], area), pc.equal(residents["sex"], "both"))
    rows = residents.filter(pc.and_(own, pc.equal(residents["age"], "all"))).sort_by("period_end").to_pylist()
    if not rows:
        return "No source counts the area's residents."
    points = []
    for row in rows:
        limits = (row["lower"], row["upper"]) if row["status"] == "bounds" else (None, None)
        points.append(_point(row["period_end"].year, row["persons"], *limits, estimated=row["status"] == "estimated"))
    lines = ["Persons on 1 January."]
    for status, words in {"rounded": "small cells changed by the publisher", "bounds": "at least and at most"}.items():
        periods = [str(row["period"]) for row in rows if row["status"] == status]
        if periods:
            lines.append(f"{', '.join(periods)}: {words}.")
    chart = _chart(
        {"unit": "persons", "decimals": 0}, "Residents", figures.name(area), points, synthetic=figures.synthetic
    )
    return "\n\n".join(
        [_alone(figures, area, series_drawing.large(chart, _SAY, "chart"), "Residents"), " ".join(lines)]
    )


def evaluation(figures: Figures, plan: EvaluationPlan, fits: list[Row]) -> str:
    """Return three pictures per evaluated indicator as Markdown, and why the others could not be.

    fits: the rows of `evaluation/fits` that belong to the plan.
    """
    known = figures.catalogue.indicators
    claim = "" if plan.programme_effect_claimed else f"**{_SAY('no_effect_claimed')}**"
    lines = [plan.purpose, claim]
    lines += [text for fit in fits if fit["paths"] for text in _evaluated(figures, plan, fit)]
    refused = (
        f"* {known[fit['indicator_id']].name_en}: not evaluated, {fit['results'][0]['note']}"
        for fit in fits
        if not fit["paths"]
    )
    return "\n\n".join([*filter(None, lines), "\n".join(refused)])


def _evaluated(figures: Figures, plan: EvaluationPlan, fit: Row) -> Iterator[str]:
    about = figures.catalogue.indicators[fit["indicator_id"]]
    unit = {"unit": about.unit, "decimals": about.decimals}
    synthetic = figures.synthetic
    effects = [row for row in fit["results"] if row["method"] == EVENT_STUDY and row["estimate"] is not None]
    if effects:
        title = _SAY("event_study", indicator=about.name_en)
        drawn = effect_chart.draw(effects, unit, plan.start, title, _SAY, "effect", [], synthetic=synthetic)
        yield _alone(figures, plan.area, drawn, title)
    points = by_two(fit["paths"], "method", "area_id")
    own = {method: rows for (method, area), rows in points.items() if method is not None and area == plan.area}
    if own:
        observed = next(iter(own.values()))
        controls = [
            (f"{method} (modelled)", [_point(row["year"], row["observed"] - row["gap"]) for row in rows])
            for method, rows in own.items()
        ]
        title = f"{about.name_en}: the area and its synthetic controls (modelled)"
        mine = [_point(row["year"], row["observed"]) for row in observed]
        chart = _chart(unit, title, figures.name(plan.area), mine, *controls, synthetic=synthetic)
        yield _alone(figures, plan.area, series_drawing.large(chart, _SAY, "chart"), title)
    if DEMEANED in own:
        gaps = {
            area: [(row["year"], row["gap"]) for row in rows]
            for (method, area), rows in points.items()
            if method == DEMEANED
        }
        mine_gap = gaps.pop(plan.area)
        title = _SAY("placebo_gaps", indicator=about.name_en, number=len(gaps))
        others = list(gaps.values())
        drawn = effect_chart.placebos(mine_gap, others, unit, plan.start, title, _SAY, synthetic=synthetic)
        yield _alone(figures, plan.area, drawn, title)


def _point(
    year: int, value: float | None, lower: float | None = None, upper: float | None = None, *, estimated: bool = False
) -> Point:
    return Point(year, year, str(year), value, lower, upper, "estimated" if estimated else None, is_window=False)


def _chart(
    unit: Row,
    name: str,
    area: str,
    points: list[Point],
    *beside: tuple[str, list[Point]],
    synthetic: bool,
) -> SeriesChart:
    """Return a chart of figures without aim or record."""
    nothing = dict.fromkeys(("baseline_value", "target_value", "target_status", "projected_value"))
    row = {**nothing, **unit, "indicator_name_no": name, "indicator_name_en": name}
    return SeriesChart(row, area, points, [], list(beside), [], [], [], 1, synthetic, [])


def _alone(figures: Figures, area: str, drawn: series_drawing.Drawn, title: str) -> str:
    lines = picture.titles(figures, area, title, _SAY)
    return _markdown(picture.alone(drawn, lines, _SAY("source_lake"), _SAY), f"{title}, {lines[1]}")


def _markdown(svg: str, title: str) -> str:
    """Return a picture as Markdown (a data URI). title: of our own catalogue, so that no bracket ends it."""
    return f"![{title}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"
