"""The chart of a series drawn in a language: large for an indicator's page, small for the grid of the first page.

Every state that a colour tells is told by a mark too, and in words in the legend and in the text alternative.
"""

from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from pipelines.language import Language
from pipelines.report.figure_set import Row
from pipelines.report.series_chart import Event, Point, SeriesChart, break_at, runs, span
from pipelines.report.svg import Scale, diamond, element, path, round_scale


@dataclass(frozen=True)
class Size:
    """A picture's size, the box within it that figures stand in, and the width of a letter on its axis.

    The box begins further to the right where the axis has longer numbers.
    """

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    letter: float


# A narrow screen shows the large chart's letters half as large again: see style.css.
LARGE = Size("chart", 640, 330, left=60, right=618, top=30, bottom=290, letter=11.5)
LANE = 20.0
"""Height of the strip below the years for each measure taken."""
SMALL = Size("small", 220, 76, left=36, right=210, top=8, bottom=58, letter=6.2)


@dataclass(frozen=True)
class Drawn:
    """A chart as SVG for a page, its height, its text alternative, and its legend: the mark, drawn, and words."""

    svg: Markup
    height: float
    text: str
    legend: list[tuple[Markup, str]]
    from_zero: bool


class _Drawing:
    """One chart on its way onto the picture."""

    def __init__(self, chart: SeriesChart, language: Language, size: Size) -> None:
        self.chart, self.say, self.row = chart, language, chart.row
        self.y, self.from_zero = round_scale(self._values(), size.bottom, size.top)
        widest = max(len(self.tick(value)) for value in self.y.ticks(5))
        self.box = (max(size.left, widest * size.letter + 10), size.right, size.top, size.bottom)
        self.x = Scale(*self._years(), *self.box[:2])

    def _years(self) -> tuple[float, float]:
        chart = self.chart
        first = min(point.last for point in chart.points)
        windows = [point.first for point in chart.points if point.is_window]
        lasts = [point.last + 1.0 for point in chart.points]
        ends = [*lasts, *([chart.target_at + 0.5] if chart.target_at else [])]
        return min([first, *windows]) + 0.0, max(ends)

    def _values(self) -> list[float]:
        chart, row = self.chart, self.row
        shown = [*chart.points, *chart.singles, *(point for _name, theirs in chart.comparators for point in theirs)]
        values = [point.value for point in shown]
        values += [limit for point in chart.points for limit in (point.lower, point.upper)]
        values += [row["target_value"], row["baseline_value"], *(value for _at, value in chart.path)]
        found = [value for value in values if value is not None]
        return found or [0.0, 1.0]

    def place(self, point: Point) -> tuple[float, float]:
        return self.x(point.at), self.y(point.value or 0.0)

    # what belongs to the area

    def area(self, size: float) -> list[Markup]:
        drawn = []
        for group in runs(self.chart.points, self.chart.breaks, self.chart.every):
            if len(group) > 1:
                drawn += [self._band(group), path([self.place(point) for point in group], class_="area line")]
        for point in self.chart.points:
            drawn += self._point(point, size)
        return drawn

    def _band(self, group: list[Point]) -> Markup:
        limits = [point for point in group if point.lower is not None and point.upper is not None]
        if len(limits) < len(group):
            return Markup("")
        above = [(self.x(point.at), self.y(point.upper or 0.0)) for point in group]
        below = [(self.x(point.at), self.y(point.lower or 0.0)) for point in reversed(group)]
        return path([*above, *below], class_="band")

    def _point(self, point: Point, size: float) -> list[Markup]:
        if point.status == "suppressed":
            return [self._hidden(point)]
        x, y = self.place(point)
        drawn = []
        if point.lower is not None and point.upper is not None:
            drawn.append(path([(x, self.y(point.lower)), (x, self.y(point.upper))], class_="whisker"))
        if point.value is None:
            return drawn
        weak = " weak" if point.status == "unreliable" else " estimated" if point.status == "estimated" else ""
        if point.is_window:
            drawn.append(path([(self.x(point.first), y), (self.x(point.last + 1.0), y)], class_="span"))
            drawn.append(
                element(
                    "rect", x=x - size, y=y - size, width=2 * size, height=2 * size, class_=f"area mark window{weak}"
                )
            )
        else:
            drawn.append(element("circle", cx=x, cy=y, r=size, class_=f"area mark{weak}"))
        return drawn

    def _hidden(self, point: Point) -> Markup:
        x, y = self.x(point.at), self.box[3] - 7
        strokes = Markup("").join(
            path([(x - 4, y - 4 * turn), (x + 4, y + 4 * turn)], class_="hidden") for turn in (1, -1)
        )
        return element("g", strokes)

    def singles(self) -> list[Markup]:
        return [
            element("circle", cx=self.place(point)[0], cy=self.place(point)[1], r=2.0, class_="single")
            for point in self.chart.singles
            if point.value is not None and self.x.low <= point.at <= self.x.high
        ]

    def comparators(self) -> list[Markup]:
        drawn = []
        for number, (_name, theirs) in enumerate(self.chart.comparators, 1):
            for group in runs(theirs, self.chart.breaks, self.chart.every):
                places = [self.place(point) for point in group]
                if len(places) > 1:
                    drawn.append(path(places, class_=f"other line other{number}"))
                drawn += [self._other_mark(number, *place) for place in places]
        return drawn

    @staticmethod
    def _other_mark(number: int, x: float, y: float) -> Markup:
        if number == 1:
            return path([(x - 3.5, y + 3), (x, y - 3.5), (x + 3.5, y + 3), (x - 3.5, y + 3)], class_="other mark")
        return element("rect", x=x - 3, y=y - 1.2, width=6.0, height=2.4, class_="other mark")

    def aim(self, size: float) -> list[Markup]:
        drawn = []
        if self.chart.path:
            drawn.append(path([(self.x(at), self.y(value)) for at, value in self.chart.path], class_="path"))
        if self.chart.target_at is not None:
            kind = "target adopted" if self.row["target_status"] == "adopted" else "target"
            drawn.append(diamond(self.x(self.chart.target_at), self.y(self.row["target_value"]), size, kind))
        return drawn

    def projection(self) -> list[Markup]:
        row, at = self.row, self.chart.target_at
        if at is None or row["projected_value"] is None:
            return []
        x = self.x(at) - 12
        clip = [min(max(value, self.y.low), self.y.high) for value in (row["projected_lower"], row["projected_upper"])]
        y = self.y(min(max(row["projected_value"], self.y.low), self.y.high))
        return [
            path([(x, self.y(clip[0])), (x, self.y(clip[1]))], class_="projected"),
            path([(x - 5, y), (x + 5, y)], class_="projected"),
        ]

    def disturbed(self) -> list[Markup]:
        left, right, top, bottom = self.box
        drawn = []
        for one in self.chart.disturbed:
            first, last = (min(max(self.x(at), left), right) for at in span(one))
            if last > first:
                drawn.append(
                    element("rect", x=first, y=top, width=last - first, height=bottom - top, class_="disturbed")
                )
                drawn.append(path([(first, top), (last, top)], class_="disturbed-edge"))
        return drawn

    def breaks(self) -> list[Markup]:
        left, right, top, bottom = self.box
        places = [self.x(break_at(one)) for one in self.chart.breaks]
        return [path([(x, top), (x, bottom)], class_="break") for x in places if left < x < right]

    # what the programme did

    def flags(self) -> list[Markup]:
        """Mark on the time axis where measures begin."""
        left, right, _top, bottom = self.box
        places = (self.x(one.begins) for one in self.chart.events)
        return [flag(x, bottom) for x in places if left <= x < right]

    def lanes(self) -> list[Markup]:
        """Draw from when to when each measure was taken, below the years; one without an end runs out dashed."""
        left, right = self.box[:2]
        drawn = []
        for number, one in enumerate(self.chart.events):
            y = self.box[3] + 36 + number * LANE
            first = min(max(self.x(one.begins), left), right)
            last = right if one.ends is None else max(min(self.x(one.ends), right), first)
            kind = "event open" if one.ends is None else "event"
            drawn.append(element("text", one.letter, x=left - 8, y=y + 5, text_anchor="end", class_="event-letter"))
            if last > first:
                drawn.append(path([(first, y), (last, y)], class_=kind))
            else:
                words = self.say("event_later" if first == right else "event_before", year=one.row["first_day"].year)
                at, anchor = (right, "end") if first == right else (left, "start")
                drawn.append(element("text", words, x=at, y=y + 5, text_anchor=anchor))
        return drawn

    # what belongs to the axes

    def axes(self) -> list[Markup]:
        left, right, top, bottom = self.box
        drawn = []
        for value in self.y.ticks(5):
            y = self.y(value)
            drawn.append(path([(left, y), (right, y)], class_="grid"))
            drawn.append(element("text", self.tick(value), x=left - 8, y=y + 4, text_anchor="end"))
        years = range(int(self.x.low), int(self.x.high))
        step = next(step for step in (1, 2, 5, 10, 20) if len(years) / step <= 7)
        for year in years:
            if year % step == 0:
                drawn.append(element("text", str(year), x=self.x(year + 0.5), y=bottom + 20, text_anchor="middle"))
            drawn.append(path([(self.x(year + 0.5), bottom), (self.x(year + 0.5), bottom + 4)], class_="axis"))
        drawn.append(path([(left, bottom), (right, bottom)], class_="axis"))
        unit = self.say.term("unit", self.row["unit"])
        drawn.append(element("text", unit, x=2.0, y=top - 14))
        if not self.from_zero:
            zigzag = [(left - 5, bottom - 10), (left + 5, bottom - 7), (left - 5, bottom - 4), (left + 5, bottom - 1)]
            drawn.append(path(zigzag, class_="zigzag"))
        return drawn

    def tick(self, value: float) -> str:
        """Write a place on the axis, without its unit."""
        steps = self.y.ticks(5)
        factor = 100 if self.row["unit"] == "share" else 1
        apart = round((steps[1] - steps[0]) * factor, 9) if len(steps) > 1 else 1.0
        decimals = 0 if apart.is_integer() else 1 if apart >= 0.1 else 2
        return self.say.number(value * factor + 0.0, decimals)


def large(chart: SeriesChart, language: Language, key: str) -> Drawn:
    """Draw the chart for an indicator's page. key: makes the ids of its texts unique on the page."""
    own = _Drawing(chart, language, LARGE)
    parts = [
        *own.disturbed(),
        *own.axes(),
        *own.breaks(),
        *own.comparators(),
        *own.aim(7),
        *own.projection(),
        *own.singles(),
        *own.area(4),
        *own.flags(),
        *own.lanes(),
    ]
    size = LARGE if not chart.events else replace(LARGE, height=LARGE.height + LANE * len(chart.events))
    if chart.synthetic:
        mark = element("text", language("synthetic_short"), x=LARGE.right, y=16, text_anchor="end", class_="synthetic")
        parts.append(mark)
    text = describe(chart, language, from_zero=own.from_zero)
    svg = _picture(parts, chart, language, text, key, size)
    return Drawn(svg, size.height, text, _legend(chart, language), own.from_zero)


def small(chart: SeriesChart, language: Language, key: str) -> Drawn:
    """Draw the chart for the grid of the first page: the area, its path and target, the ends of the axis."""
    own = _Drawing(chart, language, SMALL)
    left, right, _top, bottom = own.box
    parts = [path([(left, bottom), (right, bottom)], class_="axis")]
    for value in (own.y.low, own.y.high):
        parts.append(element("text", own.tick(value), x=left - 5, y=own.y(value) + 4, text_anchor="end"))
    years = (int(own.x.low), int(own.x.high) - 1)
    for year, anchor, at in ((years[0], "start", left), (years[1], "end", right)):
        parts.append(element("text", str(year), x=at, y=SMALL.height - 4, text_anchor=anchor))
    if not own.from_zero:
        parts.append(path([(left - 4, bottom - 5), (left + 4, bottom - 3), (left - 4, bottom - 1)], class_="zigzag"))
    parts += [*own.aim(5), *own.area(2.2), *own.flags()]
    text = describe(chart, language, from_zero=own.from_zero)
    return Drawn(_picture(parts, chart, language, text, key, SMALL), SMALL.height, text, [], own.from_zero)


def _picture(parts: list[Markup], chart: SeriesChart, language: Language, text: str, key: str, size: Size) -> Markup:
    named = f"{language.of(chart.row, 'indicator_name')}, {chart.name_of_area}"
    return element(
        "svg",
        element("title", named, id=f"{key}-title"),
        element("desc", text, id=f"{key}-text"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {size.width:.0f} {size.height:.0f}",
        width=size.width,
        height=size.height,
        class_=size.name,
        role="img",
        aria_labelledby=f"{key}-title {key}-text",
    )


def describe(chart: SeriesChart, language: Language, *, from_zero: bool) -> str:
    """Say in words what the chart shows: first and newest figure, baseline, path, target, what is marked."""
    row, say = chart.row, language
    shown = [point for point in chart.points if point.value is not None]
    sentences = [say("synthetic_sentence")] if chart.synthetic else []
    if shown:
        first, last = shown[0], shown[-1]
        sentences.append(
            say(
                "alt_figures",
                number=len(shown),
                first=say.figure(row, first.value),
                first_period=first.period,
                last=say.figure(row, last.value),
                last_period=last.period,
            )
        )
        if last.lower is not None:
            sentences.append(say("alt_interval", limits=say.interval(row, last.lower, last.upper)))
    sentences += _described_aim(chart, say)
    for name, theirs in chart.comparators:
        last = next(point for point in reversed(theirs) if point.value is not None)
        sentences.append(say("alt_comparator", name=name, value=say.figure(row, last.value), period=last.period))
    if chart.disturbed:
        spans = ", ".join(f"{one.first}-{one.last}" if one.first != one.last else one.first for one in chart.disturbed)
        sentences.append(say("alt_disturbed", spans=spans))
    hidden = [point.period for point in chart.points if point.status == "suppressed"]
    if hidden:
        sentences.append(say("alt_hidden", periods=", ".join(hidden)))
    if chart.events:
        told = "; ".join(measure_in_words(one.row, say) for one in chart.events)
        sentences.append(say("alt_events", measures=told))
    if not from_zero:
        sentences.append(say("axis_not_zero"))
    return " ".join(sentences)


def _described_aim(chart: SeriesChart, say: Language) -> list[str]:
    row, found = chart.row, []
    if row["baseline_value"] is not None:
        found.append(say("alt_baseline", value=say.figure(row, row["baseline_value"]), period=row["baseline_period"]))
    if row["target_value"] is not None:
        status = say.term("target_status", row["target_status"])
        value = say.figure(row, row["target_value"])
        found.append(say("alt_target", status=status, value=value, period=row["target_period"]))
    return found


def _legend(chart: SeriesChart, say: Language) -> list[tuple[Markup, str]]:
    """Return the marks that the chart has, each drawn, with its words."""
    row, points = chart.row, [point for point in chart.points if point.value is not None]
    statuses = {point.status for point in chart.points}
    target = "target_adopted" if row["target_status"] == "adopted" else "target"
    wanted: list[tuple[Any, str, str]] = [
        (any(not point.is_window for point in points), "dot", chart.name_of_area),
        (any(point.is_window for point in points), "window", say("legend_window", name=chart.name_of_area)),
        (chart.singles, "single", say("legend_single")),
        (any(point.lower is not None for point in points), "interval", say("legend_interval")),
        (chart.path, "path", say("legend_path")),
        (row["target_value"] is not None, target, say(f"legend_{target}")),
        (row["projected_value"] is not None, "projected", say("legend_projected")),
        *((True, f"other{number}", name) for number, (name, _theirs) in enumerate(chart.comparators, 1)),
        ("unreliable" in statuses, "weak", say("legend_weak")),
        ("estimated" in statuses, "estimated", say("legend_estimated")),
        ("suppressed" in statuses, "hidden", say("legend_hidden")),
        (chart.breaks, "break", say("legend_break")),
        (chart.disturbed, "disturbed", say("legend_disturbed")),
    ]
    marks = [(key(mark), text) for present, mark, text in wanted if present]
    return [*marks, *((_event_key(one), measure_in_words(one.row, say)) for one in chart.events)]


def flag(x: float, y: float) -> Markup:
    """Draw the mark of a measure's beginning, its tip on the time axis."""
    return path([(x - 5, y + 8), (x, y), (x + 5, y + 8)], class_="event-flag")


def measure_in_words(row: Row, say: Language) -> str:
    """Name a measure taken, with its time and how far it has come."""
    time = say.span(row["first"], row["last"])
    words = say("event", name=say.of(row, "name"), time=time, status=say.term("measure_status", row["status"]).lower())
    return f"{words} ({say('synthetic_word')})" if row["synthetic"] else words


def _event_key(one: Event) -> Markup:
    kind = "event open" if one.ends is None else "event"
    letter = element("text", one.letter, x=0, y=14, class_="event-letter")
    return _key(path([(14, 9), (32, 9)], class_=kind), letter)


def key(mark: str) -> Markup:
    """Draw a mark of the legend as it is drawn in the chart."""
    return _key(*_KEYS[mark])


def _key(*shapes: Markup) -> Markup:
    return element(
        "svg", *shapes, viewBox="0 0 32 18", width=32, height=18, class_="key", aria_hidden="true", focusable="false"
    )


def _line(class_: str) -> Markup:
    return path([(0, 9), (32, 9)], class_=class_)


def _circle(class_: str, r: float = 5) -> Markup:
    return element("circle", cx=16, cy=9, r=r, class_=class_)


_UPRIGHT = [(16.0, 1.0), (16.0, 17.0)]
_KEYS: dict[str, list[Markup]] = {
    "dot": [_line("area line"), _circle("area mark", 4)],
    "window": [_line("span"), element("rect", x=12, y=5, width=8, height=8, class_="area mark window")],
    "single": [_circle("single", 2.5)],
    "interval": [element("rect", width=32, height=18, class_="band"), path(_UPRIGHT, class_="whisker")],
    "path": [_line("path")],
    "target": [diamond(16, 9, 7, "target")],
    "target_adopted": [diamond(16, 9, 7, "target adopted")],
    "projected": [path(_UPRIGHT, class_="projected"), path([(11, 9), (21, 9)], class_="projected")],
    "other1": [_line("other line other1"), path([(12, 12), (16, 5), (20, 12), (12, 12)], class_="other mark")],
    "other2": [_line("other line other2"), element("rect", x=13, y=7.5, width=6, height=3, class_="other mark")],
    "weak": [_circle("area mark weak")],
    "estimated": [_circle("area mark estimated")],
    "hidden": [path([(11, 4), (21, 14)], class_="hidden"), path([(21, 4), (11, 14)], class_="hidden")],
    "break": [path([(16, 0), (16, 18)], class_="break")],
    "disturbed": [
        element("rect", width=32, height=18, class_="disturbed"),
        path([(0, 1.5), (32, 1.5)], class_="disturbed-edge"),
    ],
}
