"""Drawing in SVG: elements with escaped text, scales, ticks.

Written by hand rather than by matplotlib or Vega: a chart is a few kB instead of 30 to 60, made in a hundredth of a
second instead of a tenth (a site has two thousand), and its text stays text, which a screen reader reads, a reader
searches and a narrow screen shows larger. Pages, downloads, notebooks and the Dagster user interface draw with it.
"""

import math
from dataclasses import dataclass

from markupsafe import Markup

from pipelines.formats.untrusted import visible

_STEPS = (1.0, 2.0, 5.0, 10.0)


def element(name: str, *content: str, **attributes: object) -> Markup:
    """Return an element; names of attributes are written class_ and stroke_width.

    What is not Markup is escaped, and characters in it that act on a surface are written out.
    """
    given = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _short(value))
        for key, value in attributes.items()
        if value is not None
    )
    inner = Markup("").join(part if isinstance(part, Markup) else visible(part) for part in content)
    return Markup("<{0}{1}>{2}</{0}>").format(name, given, inner) if inner else Markup("<{}{}/>").format(name, given)


def _short(value: object) -> object:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


@dataclass(frozen=True)
class Scale:
    """A straight line from figures to places on the picture."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a figure."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, about: int) -> list[float]:
        """Return round figures within the scale, about so many."""
        step = _step((self.high - self.low) / about)
        first = math.ceil(self.low / step - 1e-9)
        return [number * step for number in range(first, math.floor(self.high / step + 1e-9) + 1)]


def round_scale(values: list[float], start: float, end: float, *, about: int = 5) -> tuple[Scale, bool]:
    """Return a scale over the values with round ends, and whether it begins at zero.

    It does unless that would press what differs into less than half of the picture.
    """
    low, high = min(values), max(values)
    if low >= 0 and low <= high / 2:
        low = 0.0
    if high == low:
        high = low + (abs(low) or 1.0) / 2
    step = _step((high - low) / about)
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return Scale(low, high, start, end), low == 0


def _step(wanted: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(wanted))
    return next(step for step in _STEPS if step * magnitude >= wanted * (1 - 1e-9)) * magnitude


def path(points: list[tuple[float, float]], **attributes: object) -> Markup:
    """Return a line through the points."""
    return element("path", d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), **attributes)


def diamond(x: float, y: float, size: float, class_: str) -> Markup:
    """Return a square on its corner."""
    corners = [(x, y - size), (x + size, y), (x, y + size), (x - size, y)]
    d = "M" + "L".join(f"{left:.1f} {top:.1f}" for left, top in corners) + "Z"
    return element("path", d=d, class_=class_)
