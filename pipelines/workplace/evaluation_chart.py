"""Charts of evaluations: the event study, and the area beside its synthetic control with all placebo runs.

Every chart says that it is modelled, that no effect is claimed where none is, and when its figures are synthetic.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING

from indicators.catalogue import Catalogue
from indicators.catalogue.models import EvaluationPlan, Indicator
from indicators.evaluation import DEMEANED, EVENT_STUDY, Evaluation, Result
from pipelines.workplace.charts import AREA, COMPARATOR, PATH, png

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def chart(
    catalogue: Catalogue, plan: EvaluationPlan, found: Mapping[str, Evaluation | Result], *, synthetic: bool
) -> str:
    """Return three panels per evaluated indicator as Markdown, and why the others could not be."""
    drawn = {name: one for name, one in found.items() if isinstance(one, Evaluation)}
    refused = [
        f"* {catalogue.indicators[name].name_en}: not evaluated, {one.note}"
        for name, one in found.items()
        if isinstance(one, Result)
    ]
    picture = []
    if drawn:
        encoded = base64.b64encode(png(figure(catalogue, plan, drawn, synthetic=synthetic))).decode()
        picture = [f"![{_title(catalogue, plan, synthetic)}](data:image/png;base64,{encoded})"]
    return "\n".join([plan.purpose, "", *picture, "", *refused])


def figure(catalogue: Catalogue, plan: EvaluationPlan, drawn: Mapping[str, Evaluation], *, synthetic: bool) -> Figure:
    """Return a figure with a row per indicator: event study, paths, gaps."""
    # Imported here: it takes half a second, and most runs draw nothing.
    from matplotlib.figure import Figure

    height = 2.9 * len(drawn) + 0.6
    drawing = Figure(figsize=(12, height))
    # Given, not found: to measure every label takes as long as the evaluation itself.
    drawing.subplots_adjust(0.06, 0.3 / height, 0.99, 1 - 0.7 / height, wspace=0.22, hspace=0.3)
    panels = drawing.subplots(len(drawn), 3, squeeze=False)
    for row, (name, one) in zip(panels, drawn.items(), strict=True):
        indicator = catalogue.indicators[name]
        factor, unit = (100.0, "percentage points") if indicator.unit == "share" else (1.0, indicator.unit)
        _study(row[0], one, factor)
        _paths(row[1], one, factor)
        _gaps(row[2], one, factor)
        _labels(row, indicator, unit, one, plan.start)
    drawing.suptitle(_title(catalogue, plan, synthetic), fontsize=11, weight="bold")
    return drawing


def _title(catalogue: Catalogue, plan: EvaluationPlan, synthetic: bool) -> str:
    claim = "" if plan.programme_effect_claimed else ", no programme effect is claimed"
    return f"{catalogue.areas[plan.area].name}: modelled{claim}" + (" - SYNTHETIC FIGURES" if synthetic else "")


def _study(panel: Axes, one: Evaluation, factor: float) -> None:
    """Draw each period's difference to the donors, from the last before the start, with its interval."""
    for row in one.results:
        if row.method != EVENT_STUDY or row.estimate is None or row.period_end is None:
            continue
        year = row.period_end.year
        if row.lower is not None and row.upper is not None:
            panel.vlines(year, row.lower * factor, row.upper * factor, color=AREA, lw=1.2)
        panel.plot(year, row.estimate * factor, "o", color=AREA, ms=4)


def _paths(panel: Axes, one: Evaluation, factor: float) -> None:
    own = one.panel.outcomes[one.panel.treated]
    panel.plot(_years(one), own * factor, color=AREA, lw=1.5, label="area")
    for (method, found), style in zip(one.synthetic.items(), ("--", ":"), strict=False):
        panel.plot(
            _years(one), (own - found.gaps[one.panel.treated]) * factor, color=PATH, ls=style, lw=1.5, label=method
        )
    panel.legend(frameon=False, fontsize=7)


def _gaps(panel: Axes, one: Evaluation, factor: float) -> None:
    """Draw the area's gap to its demeaned synthetic control over the placebo gaps of all donors."""
    if not one.synthetic:
        panel.set_axis_off()
        note = one.results[-1].note or ""
        panel.text(0.5, 0.5, note, transform=panel.transAxes, ha="center", color=COMPARATOR, fontsize=6)
        return
    gaps = one.synthetic[DEMEANED].gaps * factor
    panel.plot(_years(one), gaps[one.panel.donors], color=COMPARATOR, lw=0.6, alpha=0.6)
    panel.plot(_years(one), gaps[one.panel.treated], color=AREA, lw=1.8)


def _labels(row: list[Axes], indicator: Indicator, unit: str, one: Evaluation, start: int) -> None:
    level = "per cent" if indicator.unit == "share" else indicator.unit
    said = (
        (indicator.name_en, f"difference, {unit}"),
        ("area and its synthetic control", level),
        (f"gap to the demeaned one, and of {len(one.panel.donors)} placebos", unit),
    )
    for panel, (title, label) in zip(row, said, strict=True):
        panel.set_title(title, fontsize=8, loc="left")
        panel.set_ylabel(label, fontsize=7)
        panel.tick_params(labelsize=7)
        panel.spines[["top", "right"]].set_visible(False)
        panel.axvline(start - 0.5, color=COMPARATOR, ls=":", lw=1)
        panel.locator_params(axis="x", integer=True)
    for panel in (row[0], row[2]):
        panel.axhline(0, color=COMPARATOR, lw=0.8)


def _years(one: Evaluation) -> list[int]:
    return [day.year for day in one.panel.periods["period_end"]]
