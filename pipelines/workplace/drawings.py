"""Charts of series: the area, its interval, its comparator, and the path from baseline to target.

Every chart names unit, period and area, and says so when its figures are synthetic.
"""

from __future__ import annotations

import base64
import io
import itertools
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from indicators.catalogue import Catalogue
from indicators.catalogue.models import Indicator

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart by colour-blind readers too.
AREA, COMPARATOR, PATH = "#0072B2", "#767676", "#D55E00"


def pillar(catalogue: Catalogue, pillar_id: str, series: pa.Table, area: str, *, synthetic: bool) -> str:
    """Return one chart per indicator of a pillar as Markdown with the picture inside (a data URI)."""
    drawing = figure(catalogue, catalogue.pillars[pillar_id].indicators, series, area, synthetic=synthetic)
    return as_markdown(drawing, f"{catalogue.pillars[pillar_id].pillar.name_en}, {catalogue.areas[area].name}")


_RESIDENTS: dict[str | None, dict[str, Any]] = {
    None: {"label": "residents"},
    "estimated": {"label": "estimated", "mfc": "white", "ls": ":"},
    "rounded": {"label": "small cells changed by the publisher", "mfc": "white", "ls": "--"},
}


def population(catalogue: Catalogue, residents: pa.Table, area: str, synthetic: bool) -> str:
    """Return the area's residents by year as Markdown with the picture inside; where only bounds are known, those."""
    own = pc.and_(pc.equal(residents["area_id"], area), pc.equal(residents["sex"], "both"))
    rows = residents.filter(pc.and_(own, pc.equal(residents["age"], "all"))).to_pylist()
    if not rows:
        return "No source counts the area's residents."
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(6.4, 3.6), layout="constrained")
    panel = drawing.subplots()
    for status, style in _RESIDENTS.items():
        marked = [(row["period_end"].year, row["persons"]) for row in rows if row["status"] == status]
        if marked:
            panel.plot(*zip(*marked, strict=True), color=AREA, marker="o", ms=4, lw=1.5, **style)
    bounded = [(row["period_end"].year, row["lower"], row["upper"]) for row in rows if row["status"] == "bounds"]
    if bounded:
        panel.vlines(*zip(*bounded, strict=True), color=COMPARATOR, lw=4, label="at least, at most")
    panel.set_ylim(bottom=0)
    panel.set_ylabel("persons on 1 January")
    panel.locator_params(axis="x", integer=True)
    panel.spines[["top", "right"]].set_visible(False)
    panel.legend(frameon=False, fontsize=8, loc="lower left")
    _title(drawing, catalogue, area, synthetic)
    return as_markdown(drawing, f"Residents, {catalogue.areas[area].name}")


def _title(drawing: Figure, catalogue: Catalogue, area: str, synthetic: bool) -> None:
    name = catalogue.areas[area].name + (" (provisional definition)" if catalogue.areas[area].provisional else "")
    title = name + (" - SYNTHETIC FIGURES" if synthetic else "")
    drawing.suptitle(title, fontsize=11, weight="bold", y=1 - 0.15 / drawing.get_figheight())


def as_markdown(drawing: Figure, title: str) -> str:
    """Return a figure as Markdown with the picture inside (a data URI)."""
    return f"![{title}](data:image/png;base64,{base64.b64encode(png(drawing)).decode()})"


def png(drawing: Figure) -> bytes:
    """Return a figure as a PNG picture."""
    picture = io.BytesIO()
    drawing.savefig(picture, format="png", dpi=90)
    return picture.getvalue()


def figure(
    catalogue: Catalogue, indicators: list[Indicator], series: pa.Table, area: str, *, synthetic: bool
) -> Figure:
    """Return a figure with one panel per indicator."""
    # Imported here: it takes half a second, and most runs draw nothing.
    from matplotlib.figure import Figure

    columns = min(2, len(indicators))
    rows = -(-len(indicators) // columns)
    width, height = 5.4 * columns, 3.4 * rows
    # Margins in inches, as all panels are alike: to let Matplotlib find them takes as long as the drawing itself.
    drawing = Figure(figsize=(width, height))
    drawing.subplots_adjust(
        left=0.7 / width,
        right=1 - 0.2 / width,
        bottom=0.75 / height,
        top=1 - 0.85 / height,
        wspace=0.22,
        hspace=0.32,
    )
    panels = drawing.subplots(rows, columns, squeeze=False).ravel()
    for panel, indicator in zip(panels, indicators, strict=False):
        _panel(panel, catalogue, indicator, series, area)
    for panel in panels[len(indicators) :]:
        panel.set_axis_off()
    handles: dict[str, Any] = {}
    for panel in panels:
        handles |= dict(zip(*reversed(panel.get_legend_handles_labels()), strict=True))
    if handles:
        drawing.legend(handles.values(), handles.keys(), loc="lower center", ncols=5, frameon=False, fontsize=8)
    _title(drawing, catalogue, area, synthetic)
    return drawing


def _panel(panel: Axes, catalogue: Catalogue, indicator: Indicator, series: pa.Table, area: str) -> None:
    factor, unit = (100.0, "per cent") if indicator.unit == "share" else (1.0, indicator.unit)
    panel.set_title(indicator.name_en, fontsize=9, loc="left")
    panel.set_ylabel(unit, fontsize=8)
    panel.tick_params(labelsize=8)
    panel.spines[["top", "right"]].set_visible(False)
    ours = _rows(series, indicator.id, area)
    if not ours:
        panel.set_axis_off()
        panel.text(0.5, 0.5, "no data", transform=panel.transAxes, ha="center", color=COMPARATOR)
        return
    comparators = sorted({row["comparator_id"] for row in ours if row["comparator_id"]})
    for comparator, style in zip(comparators, ("-", ":", "-.", "--"), strict=False):
        points = _points(_rows(series, indicator.id, comparator), "value", factor)
        name = catalogue.areas[comparator].name
        panel.plot(*points, color=COMPARATOR, lw=1, ls=style, label=f"comparator: {name}")
    _interruptions(panel, ours)
    _area(panel, ours, factor)
    panel.locator_params(axis="x", integer=True)


def _interruptions(panel: Axes, ours: list[dict[str, Any]]) -> None:
    """Shade disturbed periods, and draw a line where a figure is not comparable with the one before."""
    for row in ours:
        if row["disturbed"]:
            panel.axvspan(row["year"] - 0.5, row["year"] + 0.5, color=COMPARATOR, alpha=0.15, lw=0, label="disturbed")
    for before, row in itertools.pairwise(ours):
        if row["broken"] != before["broken"]:
            middle = (before["year"] + row["year"]) / 2
            panel.axvline(middle, color=COMPARATOR, lw=0.8, ls=(0, (1, 2)), label="break in the series")


def _area(panel: Axes, ours: list[dict[str, Any]], factor: float) -> None:
    bounded = [row for row in ours if row["lower"] is not None]
    if bounded:
        (years, lower), (_years, upper) = (_points(bounded, limit, factor) for limit in ("lower", "upper"))
        panel.fill_between(years, lower, upper, color=AREA, alpha=0.18, lw=0, label="95 % interval")
    panel.plot(*_points(ours, "value", factor), color=AREA, marker="o", ms=3.5, lw=1.5, label="area")
    last = ours[-1]
    if last["target_value"] is not None:
        path = [(row["year"], row["required_value"]) for row in ours if row["required_value"] is not None]
        end = int(last["target_period"])
        path = [(year, value) for year, value in path if year < end] + [(end, last["target_value"])]
        points = [year for year, _value in path], [value * factor for _year, value in path]
        label = f"path to {last['target_status']} target"
        panel.plot(*points, color=PATH, ls="--", lw=1.2, marker="D", ms=4, markevery=[-1], label=label)


def _points(rows: list[dict[str, Any]], column: str, factor: float) -> tuple[list[int], list[float]]:
    return [row["year"] for row in rows], [row[column] * factor for row in rows]


def _rows(series: pa.Table, indicator: str, area: str) -> list[dict[str, Any]]:
    own = pc.and_(pc.equal(series["indicator_id"], indicator), pc.equal(series["area_id"], area))
    rows = series.filter(pc.and_(own, pc.is_valid(series["value"]))).to_pylist()
    usable = [row | {"year": row["period_end"].year} for row in rows if row["status"] != "incomplete"]
    return sorted(usable, key=lambda row: row["period_end"])
