"""How often the published tests of an evaluation find what they say they would: effects of the size of `mde`.

Simulated, for the truth must be known: areas with levels of their own, a common path, and a random walk each whose
size differs between areas. In each panel the treated area gets an effect of exactly the size that `evaluate` publishes
for that panel as the minimum detectable effect, up or down; counted is how often the p-value reaches the level that so
many areas can give, without the effect and with it. Published are promises of at most that level, and of 80 %.

    python -m benchmarks.evaluation_power [panels]
"""

import sys

import numpy as np
import pandas as pd

from benchmarks import Result
from indicators import evaluation
from indicators.evaluation_inference import minimum_detectable, rejections
from indicators.evaluation_panel import Panel, among

BEFORE, AFTER = 8, 4


def drawn(random: np.random.Generator, areas: int, step: float, noise: float) -> Panel:
    """A panel without any effect."""
    periods = BEFORE + AFTER
    sizes = random.uniform(0.5, 1.5, areas)
    walk = (random.normal(size=(periods, areas)) * step * sizes).cumsum(axis=0)
    common = random.normal(size=(periods, 1)).cumsum(axis=0) * 0.01
    known = random.uniform(0.2, 0.4, areas) + common + walk + random.normal(size=(periods, areas)) * noise * sizes
    names = [f"a{number:02d}" for number in range(areas)]
    years = [str(2012 + number) for number in range(periods)]
    return Panel(pd.DataFrame(known, years, names), pd.DataFrame({"period": years}), BEFORE)


def counted(areas: int, step: float, noise: float, panels: int) -> dict[str, tuple[int, int, int]]:
    """Per method: panels in which it has an mde, rejections without an effect, and with one of that size."""
    random = np.random.default_rng(7)
    found = dict.fromkeys(evaluation.METHODS, (0, 0, 0))
    ranks = rejections(areas)
    for _panel in range(panels):
        data = drawn(random, areas, step, noise)
        sign = random.choice([-1, 1])
        for method in evaluation.METHODS:
            donors = evaluation.applied(among(data, data.donors), method)
            size = minimum_detectable(donors.effects, donors.weights, scale=donors.scale, ranks=ranks)
            null = evaluation.applied(data, method).p_value <= ranks / areas + 1e-9
            power = False
            if size is not None:
                changed = data.outcomes.copy()
                changed.iloc[BEFORE:, 0] += sign * size
                power = evaluation.applied(Panel(changed, data.periods, BEFORE), method).p_value <= ranks / areas + 1e-9
            one = found[method]
            found[method] = (one[0] + (size is not None), one[1] + null, one[2] + power)
    return found


def run(panels: int = 100) -> list[Result]:
    """Print a line per panel size and method; it measures no time, so it has no result to compare."""
    for areas in (10, 15, 21):
        for step, noise in ((0.0, 0.01), (0.01, 0.002)):
            for method, (given, null, power) in counted(areas, step, noise, panels).items():
                shown = f"{100 * power / given:.0f} %" if given else "none"
                print(
                    f"{areas - 1} donors, {'walks' if step else 'noise'}: {method}: without an effect "
                    f"{100 * null / panels:.0f} % (at most {100 * rejections(areas) / areas:.0f} %), with one of the "
                    f"mde {shown} of {given} panels that have one"
                )
    return []


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
