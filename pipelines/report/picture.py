"""A chart as a file of its own, with its title, legend, source and style: for downloads, notebooks and Dagster."""

import re
from functools import cache
from pathlib import Path
from textwrap import wrap

from pipelines.language import Language
from pipelines.report import series_chart, series_drawing
from pipelines.report.figure_set import Figures
from pipelines.report.series_drawing import LARGE, Drawn
from pipelines.report.svg import element

STYLE = Path(__file__).with_name("templates") / "style.css"
# Letters of a line of Arial at their sizes: 600 units in bold 17, 560 in 14.
_TITLE, _TEXT = 70, 78


def of(figures: Figures, indicator: str, area: str, say: Language, source: str | None = None) -> str | None:
    """Return the chart of an indicator in an area as an SVG file's text; None where there is no figure.

    source: its last line; the edition, unless given.
    """
    chart = series_chart.of(figures, indicator, area)
    if chart is None:
        return None
    drawn = series_drawing.large(chart, say, "chart")
    return alone(
        drawn, titles(figures, area, say.of(chart.row, "indicator_name"), say), source or cited(figures, say), say
    )


def titles(figures: Figures, area: str, name: str, say: Language) -> tuple[str, str]:
    """Return what stands above a picture: what it shows; of which area, and what is made up or not yet settled."""
    marks = [say("synthetic_short")] if figures.synthetic else []
    if figures.areas.get(area, {}).get("provisional"):
        marks.append(say("provisional_word"))
    return name, f"{figures.name(area)}{''.join(f' ({mark})' for mark in marks)}"


def cited(figures: Figures, say: Language) -> str:
    """Return the line that names the edition."""
    return say("source_line", edition=figures.meta["edition"])


def alone(drawn: Drawn, title: tuple[str, str], source: str, say: Language) -> str:
    """Return a chart as a file of its own, under its titles. No line is longer than the picture is wide."""
    texts = [(line, "title") for line in wrap(title[0], _TITLE)] + [(line, None) for line in wrap(title[1], _TEXT)]
    heads = [element("text", line, x=20, y=28 + 22 * number, class_=kind) for number, (line, kind) in enumerate(texts)]
    top, legend = 22 * (len(texts) + 1), []
    y = top + drawn.height + 24
    for mark, words in drawn.legend:
        legend.append(element("g", mark, transform=f"translate(20 {y - 13:.0f})"))
        for line in wrap(words, _TEXT):
            legend.append(element("text", line, x=62, y=y))
            y += 24
    if not drawn.from_zero:
        legend.append(element("text", say("axis_not_zero"), x=20, y=y))
        y += 24
    height = y + 24
    own_size = f".alone > g > svg.chart {{ width: {LARGE.width:.0f}px; height: {drawn.height:.0f}px; }}"
    return element(
        "svg",
        element("style", " ".join(f"{_style_of_marks()} {own_size}".split())),
        element("rect", width=LARGE.width, height=height, fill="#fff"),
        *heads,
        element("g", drawn.svg, transform=f"translate(0 {top})"),
        *legend,
        element("text", source, x=20, y=height - 14),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {LARGE.width:.0f} {height:.0f}",
        width=LARGE.width,
        height=height,
        font_family="Arial, Helvetica, sans-serif",
        class_="alone",
    )


@cache
def _style_of_marks() -> str:
    """Return what the style sheet says of charts, with its colours written out."""
    style = STYLE.read_text(encoding="utf-8")
    colours = dict(re.findall(r"(--[\w-]+): (#\w+)", style))
    marks = style[style.index("/* charts */") : style.index("/* end of the marks */")]
    return re.sub(r"var\((--[\w-]+)\)", lambda found: colours[found[1]], marks) + (
        " text { font-size: 14px; } text.title { font-size: 17px; font-weight: 700; fill: #16232d; }"
    )
