"""Charts of evaluations: the event study, and the area beside its synthetic control with all placebo runs.

Every chart says that it is modelled, that no effect is claimed where none is, and when its figures are synthetic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from indicators.catalogue import Catalogue
from indicators.catalogue.models import EvaluationPlan, Indicator
from indicators.evaluation import DEMEANED, EVENT_STUDY
from pipelines.workplace.drawings import AREA, COMPARATOR, PATH, as_markdown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


Fit = Mapping[str, Any]
"""A row of `evaluation/fits`."""


def chart(catalogue: Catalogue, plan: EvaluationPlan, fits: Sequence[Fit], *, synthetic: bool) -> str:
    """Return three panels per evaluated indicator as Markdown, and why the others could not be.

    fits: the rows of `evaluation/fits` that belong to the plan.
    """
    drawn = [fit for fit in fits if fit["paths"]]
    refused = [
        f"* {catalogue.indicators[fit['indicator_id']].name_en}: not evaluated, {fit['results'][0]['note']}"
        for fit in fits
        if not fit["paths"]
    ]
    lines = [plan.purpose, ""]
    if drawn:
        drawing = figure(catalogue, plan, drawn, synthetic=synthetic)
        lines.append(as_markdown(drawing, _title(catalogue, plan, synthetic)))
    return "\n".join([*lines, "", *refused])


def figure(catalogue: Catalogue, plan: EvaluationPlan, drawn: Sequence[Fit], *, synthetic: bool) -> Figure:
    """Return a figure with a row per indicator: event study, paths, gaps."""
    # Imported here: it takes half a second, and most runs draw nothing.
    from matplotlib.figure import Figure

    height = 2.9 * len(drawn) + 0.6
    drawing = Figure(figsize=(12, height))
    # Margins in inches: to let Matplotlib measure every label takes as long as the evaluation itself.
    drawing.subplots_adjust(0.06, 0.3 / height, 0.99, 1 - 0.7 / height, wspace=0.22, hspace=0.3)
    panels = drawing.subplots(len(drawn), 3, squeeze=False)
    for row, fit in zip(panels, drawn, strict=True):
        indicator = catalogue.indicators[fit["indicator_id"]]
        factor, unit = (100.0, "percentage points") if indicator.unit == "share" else (1.0, indicator.unit)
        _study(row[0], fit, factor)
        _paths(row[1], fit, plan.area, factor)
        _gaps(row[2], fit, plan.area, factor)
        _labels(row, indicator, unit, fit["donors"], plan.start)
    drawing.suptitle(_title(catalogue, plan, synthetic), fontsize=11, weight="bold")
    return drawing


def _title(catalogue: Catalogue, plan: EvaluationPlan, synthetic: bool) -> str:
    claim = "" if plan.programme_effect_claimed else ", no programme effect is claimed"
    return f"{catalogue.areas[plan.area].name}: modelled{claim}" + (" - SYNTHETIC FIGURES" if synthetic else "")


def _study(panel: Axes, fit: Fit, factor: float) -> None:
    """Draw each period's difference to the donors, from the last before the start, with its interval."""
    for row in fit["results"]:
        if row["method"] != EVENT_STUDY or row["estimate"] is None or row["period_end"] is None:
            continue
        year = row["period_end"].year
        if row["lower"] is not None and row["upper"] is not None:
            panel.vlines(year, row["lower"] * factor, row["upper"] * factor, color=AREA, lw=1.2)
        panel.plot(year, row["estimate"] * factor, "o", color=AREA, ms=4)


def _points(fit: Fit, method: str | None, area: str, column: str, factor: float) -> tuple[list[int], list[float]]:
    points = [point for point in fit["paths"] if (point["method"], point["area_id"]) == (method, area)]
    return [point["year"] for point in points], [point[column] * factor for point in points]


def _methods(fit: Fit) -> list[str]:
    return [method for method in dict.fromkeys(point["method"] for point in fit["paths"]) if method is not None]


def _paths(panel: Axes, fit: Fit, area: str, factor: float) -> None:
    methods = _methods(fit)
    years, own = _points(fit, methods[0] if methods else None, area, "observed", factor)
    panel.plot(years, own, color=AREA, lw=1.5, label="area")
    for method, style in zip(methods, ("--", ":"), strict=False):
        _years, gaps = _points(fit, method, area, "gap", factor)
        synthetic = [value - gap for value, gap in zip(own, gaps, strict=True)]
        panel.plot(years, synthetic, color=PATH, ls=style, lw=1.5, label=method)
    panel.legend(frameon=False, fontsize=7)


def _gaps(panel: Axes, fit: Fit, area: str, factor: float) -> None:
    """Draw the area's gap to its demeaned synthetic control over the placebo gaps of all donors."""
    if DEMEANED not in _methods(fit):
        panel.set_axis_off()
        note = next((row["note"] for row in fit["results"] if row["method"] == DEMEANED), None) or ""
        panel.text(0.5, 0.5, note, transform=panel.transAxes, ha="center", color=COMPARATOR, fontsize=6)
        return
    donors = dict.fromkeys(point["area_id"] for point in fit["paths"] if point["area_id"] != area)
    for donor in donors:
        panel.plot(*_points(fit, DEMEANED, donor, "gap", factor), color=COMPARATOR, lw=0.6, alpha=0.6)
    panel.plot(*_points(fit, DEMEANED, area, "gap", factor), color=AREA, lw=1.8)


def _labels(row: list[Axes], indicator: Indicator, unit: str, donors: int, start: int) -> None:
    level = "per cent" if indicator.unit == "share" else indicator.unit
    captions = (
        (indicator.name_en, f"difference, {unit}"),
        ("area and its synthetic control", level),
        (f"gap to the demeaned one, and of {donors} placebos", unit),
    )
    for panel, (title, label) in zip(row, captions, strict=True):
        panel.set_title(title, fontsize=8, loc="left")
        panel.set_ylabel(label, fontsize=7)
        panel.tick_params(labelsize=7)
        panel.spines[["top", "right"]].set_visible(False)
        panel.axvline(start - 0.5, color=COMPARATOR, ls=":", lw=1)
        panel.locator_params(axis="x", integer=True)
    for panel in (row[0], row[2]):
        panel.axhline(0, color=COMPARATOR, lw=0.8)
