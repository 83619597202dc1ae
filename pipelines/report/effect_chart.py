"""The event study of an evaluation, drawn: each year's difference to areas without a programme, and its interval.

Everything in it is modelled, which the picture says itself.
"""

from markupsafe import Markup

from pipelines.language import Language
from pipelines.report.published import Row, Rows
from pipelines.report.series_chart import Event
from pipelines.report.series_drawing import flag, measure_in_words
from pipelines.report.svg import Scale, element, path, round_scale

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 240, 60, 618, 30, 200


def draw(
    rows: Rows, unit: Row, start: int, title: str, say: Language, key: str, events: list[Event], *, synthetic: bool
) -> Markup:
    """Return the picture of the rows of an event study, by year.

    unit: the indicator; start: first year that counts; events: the measures that should move it, marked on the axis.
    """
    shown = sorted((row for row in rows if row["estimate"] is not None), key=lambda row: row["period_end"])
    limits = [row[name] for row in shown for name in ("estimate", "lower", "upper") if row[name] is not None]
    years = [row["period_end"].year for row in shown]
    x = Scale(min(years), max(years) + 1, _LEFT, _RIGHT)
    y, _from_zero = round_scale([0.0, *limits], _BOTTOM, _TOP)
    parts = []
    for tick in y.ticks(4):
        parts.append(path([(_LEFT, y(tick)), (_RIGHT, y(tick))], class_="axis" if abs(tick) < 1e-12 else "grid"))
        label = say.bare({**unit, "decimals": max(unit["decimals"], 1)}, tick + 0.0, sign=abs(tick) > 1e-12)
        parts.append(element("text", label, x=_LEFT - 8, y=y(tick) + 4, text_anchor="end"))
    if min(years) < start <= max(years):
        parts.append(path([(x(start), _TOP), (x(start), _BOTTOM)], class_="break"))
    for one in events:
        if x.low <= one.begins < x.high:
            parts.append(flag(x(one.begins), _BOTTOM))
            parts.append(element("text", one.letter, x=x(one.begins) + 6, y=_BOTTOM + 9, class_="event-letter"))
    for row, year in zip(shown, years, strict=True):
        at = x(year + 0.5)
        if row["lower"] is not None and row["upper"] is not None:
            parts.append(path([(at, y(row["lower"])), (at, y(row["upper"]))], class_="whisker"))
        parts.append(element("circle", cx=at, cy=y(row["estimate"]), r=4, class_="area mark"))
        parts.append(element("text", str(year), x=at, y=_BOTTOM + 22, text_anchor="middle"))
    words = say("modelled").upper() + (f" · {say('synthetic_short')}" if synthetic else "")
    parts.append(element("text", words, x=_RIGHT, y=16, text_anchor="end", class_="synthetic"))
    parts.append(element("text", say.term("difference", unit["unit"]), x=2, y=16))
    last = shown[-1]
    told = "; ".join(f"{one.letter} {measure_in_words(one.row, say)}" for one in events)
    text = say(
        "alt_effect",
        first=years[0],
        last=years[-1],
        start=start,
        value=say.difference(unit, last["estimate"]),
        limits=say.interval(unit, last["lower"], last["upper"], sign=True) or "–",
    )
    return element(
        "svg",
        element("title", f"{title} ({words})", id=f"{key}-title"),
        element("desc", f"{text} {say('alt_events', measures=told)}" if events else text, id=f"{key}-text"),
        *parts,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        class_="chart effect",
        role="img",
        aria_labelledby=f"{key}-title {key}-text",
    )
