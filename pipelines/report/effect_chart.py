"""What became of an area less what would have become of it, drawn: the event study, and the gap beside the placebos'.

Everything in it is modelled, which the picture says itself.
"""

from collections.abc import Sequence

from markupsafe import Markup

from pipelines.language import Language
from pipelines.report.figure_set import Row, Rows
from pipelines.report.series_chart import Event
from pipelines.report.series_drawing import Drawn, flag, measure_in_words
from pipelines.report.svg import Scale, element, path, round_scale

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 240, 60, 618, 30, 200
Course = Sequence[tuple[int, float]]
"""Years and figures, in the order of time."""


class _Frame:
    """The axes of a picture of differences by year, with a line where the programme began."""

    def __init__(self, years: list[int], values: list[float], unit: Row, start: int, say: Language) -> None:
        self.x = Scale(min(years), max(years) + 1, _LEFT, _RIGHT)
        self.y, _from_zero = round_scale([0.0, *values], _BOTTOM, _TOP)
        self.parts: list[Markup] = []
        for tick in self.y.ticks(4):
            at, zero = self.y(tick), abs(tick) < 1e-12
            self.parts.append(path([(_LEFT, at), (_RIGHT, at)], class_="axis" if zero else "grid"))
            label = say.bare({**unit, "decimals": max(unit["decimals"], 1)}, tick, sign=True)
            self.parts.append(element("text", label, x=_LEFT - 8, y=at + 4, text_anchor="end"))
        if min(years) < start <= max(years):
            self.parts.append(path([(self.x(start), _TOP), (self.x(start), _BOTTOM)], class_="break"))
        apart = next(step for step in (1, 2, 5, 10, 20) if (max(years) - min(years)) / step <= 12)
        for year in sorted({year for year in years if year % apart == 0}):
            label = element("text", str(year), x=self.x(year + 0.5), y=_BOTTOM + 22, text_anchor="middle")
            self.parts.append(label)
        self.parts.append(element("text", say.term("difference", unit["unit"]), x=2, y=16))

    def places(self, course: Course) -> list[tuple[float, float]]:
        return [(self.x(year + 0.5), self.y(value)) for year, value in course]

    def drawn(self, title: str, text: str, key: str, say: Language, *, synthetic: bool) -> Drawn:
        words = say("modelled").upper() + (f" · {say('synthetic_short')}" if synthetic else "")
        svg = element(
            "svg",
            element("title", f"{title} ({words})", id=f"{key}-title"),
            element("desc", text, id=f"{key}-text"),
            *self.parts,
            element("text", words, x=_RIGHT, y=16, text_anchor="end", class_="synthetic"),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
            width=_WIDTH,
            height=_HEIGHT,
            class_="chart effect",
            role="img",
            aria_labelledby=f"{key}-title {key}-text",
        )
        return Drawn(svg, _HEIGHT, text, [], from_zero=True)


def draw(
    rows: Rows, unit: Row, start: int, title: str, say: Language, key: str, events: list[Event], *, synthetic: bool
) -> Drawn:
    """Draw the rows of an event study, by year, each with its interval.

    unit: the indicator; start: first year that counts; events: the measures that should move it, marked on the axis.
    """
    shown = sorted((row for row in rows if row["estimate"] is not None), key=lambda row: row["period_end"])
    limits = [row[name] for row in shown for name in ("estimate", "lower", "upper") if row[name] is not None]
    years = [row["period_end"].year for row in shown]
    frame = _Frame(years, limits, unit, start, say)
    x, y, parts = frame.x, frame.y, frame.parts
    for one in events:
        if x.low <= one.begins < x.high:
            parts.append(flag(x(one.begins), _BOTTOM))
            parts.append(element("text", one.letter, x=x(one.begins) + 6, y=_BOTTOM + 9, class_="event-letter"))
    for row, year in zip(shown, years, strict=True):
        at = x(year + 0.5)
        if row["lower"] is not None and row["upper"] is not None:
            parts.append(path([(at, y(row["lower"])), (at, y(row["upper"]))], class_="whisker"))
        parts.append(element("circle", cx=at, cy=y(row["estimate"]), r=4, class_="area mark"))
    last = shown[-1]
    text = say(
        "alt_effect",
        first=years[0],
        last=years[-1],
        start=start,
        value=say.difference(unit, last["estimate"]),
        limits=say.interval(unit, last["lower"], last["upper"], sign=True) or "–",
    )
    told = "; ".join(f"{one.letter} {measure_in_words(one.row, say)}" for one in events)
    told = f" {say('alt_events', measures=told)}" if events else ""
    return frame.drawn(title, text + told, key, say, synthetic=synthetic)


def placebos(
    own: Course, others: Sequence[Course], unit: Row, start: int, title: str, say: Language, *, synthetic: bool
) -> Drawn:
    """Draw an area's gap to its synthetic control over the gaps of areas without a programme to theirs."""
    every = [*others, own]
    years = [year for course in every for year, _gap in course]
    values = [gap for course in every for _year, gap in course]
    frame = _Frame(years, values, unit, start, say)
    frame.parts += [path(frame.places(course), class_="placebo") for course in others]
    frame.parts.append(path(frame.places(own), class_="area line"))
    text = say(
        "alt_placebos",
        number=len(others),
        first=min(years),
        last=max(years),
        start=start,
        value=say.difference(unit, own[-1][1]),
    )
    return frame.drawn(title, text, "placebos", say, synthetic=synthetic)
