"""Do probabilities mean what they say? Simulated series with a known truth, beside the backtest on real ones.

`python -m benchmarks.calibration`; `simulated` serves the tests too. An indicator has 20 areas whose level (in
log-odds) wanders from year to year, each with a drift of its own; what is seen of it are counts. Targets are changes
of 10 to 30 per cent from the last figure. Kinds differ in what real indicators differ in: persons per area, size of
innovations and drifts, number of years. What counts is `levekar backtest`, the same on real figures: the method was
chosen on those. So it is too wide where nothing much happens; and where every area drifts, which it seldom believes, it
misses the limit, by caution in large areas and by missing the drift in small ones (`drifts`: held to no limit).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.special import expit, logit

from benchmarks import Result
from indicators import projection
from indicators.projection import Pooled

AREAS, AHEAD, INDICATORS = 20, 5, 2_000
# No tenth with so many forecasts may be further off than this; the interval must hold so often.
ENOUGH, WORST, COVERED = 500, 0.15, (0.90, 0.995)


@dataclass(frozen=True)
class Kind:
    """innovation, drift: standard deviations a year, in log-odds. persons: of an area."""

    innovation: float
    drift: float
    persons: int
    years: int


KINDS = {
    "no drift, 10,000 persons, 8 years": Kind(0.10, 0.0, 10_000, 8),
    "no drift, 500 persons, 8 years": Kind(0.10, 0.0, 500, 8),
    "no drift, 500 persons, 5 years": Kind(0.10, 0.0, 500, 5),
    "drifts, 10,000 persons, 10 years": Kind(0.05, 0.05, 10_000, 10),
    "drifts, 500 persons, 10 years": Kind(0.05, 0.05, 500, 10),
    "calm, 10,000 persons, 8 years": Kind(0.03, 0.0, 10_000, 8),
}


@dataclass(frozen=True)
class Simulated:
    """Each probability given, and whether it came true; for each forecast whether its 95 % interval held."""

    given: NDArray[np.float64]
    came_true: NDArray[np.bool_]
    covered: NDArray[np.bool_]


def simulated(kind: Kind, indicators: int, rng: np.random.Generator) -> Simulated:
    """Forecast the level of every area `AHEAD` years on, indicator by indicator."""
    parts = [_one_indicator(kind, rng) for _ in range(indicators)]
    given, came_true, covered = (np.concatenate([part[number].ravel() for part in parts]) for number in range(3))
    return Simulated(given, came_true.astype(bool), covered.astype(bool))


def _one_indicator(kind: Kind, rng: np.random.Generator) -> tuple[NDArray[np.float64], ...]:
    steps = rng.normal(0, kind.drift, (AREAS, 1)) + rng.normal(0, kind.innovation, (AREAS, kind.years + AHEAD))
    level = rng.normal(logit(0.15), 0.3, (AREAS, 1)) + steps.cumsum(axis=1)
    seen, truth = level[:, : kind.years], expit(level[:, -1])
    events = rng.binomial(kind.persons, expit(seen))
    y = np.log((events + 0.5) / (kind.persons - events + 0.5))
    mean = events.mean(axis=1, keepdims=True) / kind.persons
    variance = np.broadcast_to(1 / (kind.persons * mean + 0.5) + 1 / (kind.persons * (1 - mean) + 0.5), y.shape)
    x = np.broadcast_to(np.arange(kind.years, dtype=float), y.shape)
    shared = projection.pooled(projection.moments(x, y, variance), projection.shared_drift(x, y))
    known = Pooled(*(np.full(AREAS, figure) for figure in shared))
    found = projection.forecast(x, y, variance, known, np.full(AREAS, kind.years - 1.0 + AHEAD))
    last = events[:, -1] / kind.persons
    given, came_true = [], []
    for change in (-0.3, -0.2, -0.1, 0.1, 0.2, 0.3):
        target = last * (1 + change)
        below = found.below(projection.to_scale(target, "logit"))
        given.append(below if change < 0 else 1 - below)
        came_true.append(truth <= target if change < 0 else truth >= target)
    low, high = (projection.from_scale(found.at(tail), "logit") for tail in (0.025, 0.975))
    return np.array(given), np.array(came_true, float), ((low <= truth) & (truth <= high)).astype(float)


def tenths(found: Simulated) -> list[tuple[int, float, float]]:
    """Return (forecasts, mean probability, share that came true) per tenth of the probability."""
    tenth = np.minimum((found.given * 10).astype(int), 9)
    chosen = [tenth == number for number in range(10)]
    return [
        (int(own.sum()), float(found.given[own].mean()), float(found.came_true[own].mean()))
        for own in chosen
        if own.any()
    ]


def worst(found: Simulated) -> float:
    """Return by how much the worst tenth with enough forecasts is off."""
    return max(abs(given - came) for number, given, came in tenths(found) if number >= ENOUGH)


def run() -> list[Result]:
    """Print the table; it measures no time, so it has no result to compare."""
    rng = np.random.default_rng(2030)
    columns = [f"{tenth * 10}-{tenth * 10 + 10} %" for tenth in range(10)]
    table = Table("simulated", *columns, "worst", "95 % holds", "", box=None, header_style="bold")
    for name, kind in KINDS.items():
        found = simulated(kind, INDICATORS, rng)
        told = {int(given * 10): f"{given:.2f}:{came:.2f}" for number, given, came in tenths(found) if number >= ENOUGH}
        shares = [told.get(tenth, "") for tenth in range(10)]
        holds = found.covered.mean()
        good = worst(found) <= WORST and COVERED[0] <= holds <= COVERED[1]
        mark = "no limit" if kind.drift else "ok" if good else "MISSED"
        table.add_row(name, *shares, f"{worst(found):.3f}", f"{holds:.3f}", mark)
    Console(width=180).print("Probability given : share that came true, by tenth of the probability")
    Console(width=180).print(table)
    return []


if __name__ == "__main__":
    run()
