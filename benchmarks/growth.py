"""How the time of measures grows with the facts: 10⁵ to 10⁷ of them, beside one GROUP BY of the same rows.

Issue 15 allows eleven times the time for ten times the rows: an exponent of log₁₀ 11 = 1.041. Synthetic facts, as in
`benchmarks.measures`; times are the processor's. The chart goes to docs/performance.svg.
"""

import math
import tempfile
from pathlib import Path

import matplotlib.figure
import numpy as np

from benchmarks import Result
from benchmarks.harmonise import measured
from benchmarks.measures import INDICATORS, YEARS, computed, group_by, prepare

CHART = Path(__file__).parents[1] / "docs" / "performance.svg"
SIZES = (1e5, 10**5.5, 1e6, 10**6.5, 1e7)
OF_A_UNIT = 2 * INDICATORS * YEARS


def run() -> list[Result]:
    ours, peers = [], []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder), round(size / OF_A_UNIT))
            peers.append(measured(group_by, Path(folder))[0])
            ours.append(measured(computed, Path(folder))[0])
    curves = {"measures": ours, "one GROUP BY": peers}
    draw(curves)
    return [Result("measures, 10⁵ to 10⁷ facts, exponent", exponent(ours), "linear", 1.0, math.log10(11))]


def exponent(seconds: list[float]) -> float:
    """The slope of the logarithms, by least squares: 1 is linear."""
    slope, _start = np.polyfit(np.log10(SIZES[: len(seconds)]), np.log10(seconds), 1)
    return float(slope)


def draw(curves: dict[str, list[float]]) -> None:
    figure = matplotlib.figure.Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for (name, seconds), mark in zip(curves.items(), "os", strict=True):
        axes.loglog(SIZES, seconds, marker=mark, label=f"{name}: rows to the power of {exponent(seconds):.2f}")
    axes.set(xlabel="rows of facts", ylabel="processor seconds, one thread")
    axes.grid(which="major", alpha=0.3)
    axes.legend()
    figure.savefig(CHART, metadata={"Date": None})
