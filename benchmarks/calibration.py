"""Does "probability 0.7" mean 70 %? Series with a known truth, and how many of them truly reach their target.

`python -m benchmarks.calibration`; `simulated` and `deciles` serve the tests too. Every series has a straight true
path, figures drawn from it, and a target for 2030 set from the first figure *observed*, as a programme does.

A probability can be right on average only over some ensemble of truths. This one is a reference ensemble: levels,
true yearly changes and the yearly changes that the targets ask for are uniform over widths that are large beside the
noise (+/- 6 and +/- 4 standard errors of a slope), so that the ensemble itself says nearly nothing of one series, and
the target knows the figures but not the truth. Where true and wanted changes are small beside the noise (`NARROW`)
most of an observed change is chance, and a method that looks at one series alone claims somewhat too much: that case is
printed, and held to no limit.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks import Result
from indicators import rates, trends

TARGET_YEAR = 2030
# No decile may be further off than this, nor the series on average.
WORST, AVERAGE = 0.05, 0.01
# Deciles with fewer series are too uncertain themselves.
ENOUGH = 500
SERIES = 100_000


@dataclass(frozen=True)
class Scenario:
    """Series of one kind: persons per figure, number of yearly figures from 2020, what the method is told.

    excess: real year-to-year scatter of the true share, as a multiple of the binomial standard error. width: of the
    ensemble's slopes, to either side, in standard errors of a slope. errors: 'pooled' over the series, of each figure's
    own 'interval', or None, not told. shares: between which the true share stays while it is observed. sign: 1 where
    higher is better, -1 where lower is.
    """

    persons: int
    points: int
    excess: float = 0.0
    width: float = 6.0
    errors: str | None = "pooled"
    shares: tuple[float, float] = (0.02, 0.98)
    sign: int = 1


@dataclass(frozen=True)
class Decile:
    series: int
    given: float
    reached: float

    @property
    def off(self) -> float:
        return abs(self.given - self.reached)


@dataclass(frozen=True)
class Simulated:
    """For each series: the probability given, whether the truth reaches the target, whether the interval holds it."""

    probability: NDArray[np.float64]
    reached: NDArray[np.bool_]
    covered: NDArray[np.bool_]


def simulated(scenario: Scenario, series: int, rng: np.random.Generator) -> Simulated:
    """Simulate up to so many series: those whose true share leaves its bounds while observed are left out."""
    years = 2020.0 + np.arange(scenario.points)
    away = years - years.mean()
    low, high = scenario.shares
    level = rng.uniform(low, high, series)
    noise = np.sqrt(level * (1 - level) / scenario.persons * (1 + scenario.excess**2) / (away**2).sum())
    slope = rng.uniform(-scenario.width, scenario.width, series) * noise
    path = level[:, np.newaxis] + slope[:, np.newaxis] * away
    possible = ((path > low) & (path < high)).all(axis=1)
    level, slope, path, noise = level[possible], slope[possible], path[possible], noise[possible]

    counts = _observed(path, scenario, rng)
    values = counts / scenario.persons
    wanted = rng.uniform(-scenario.width, scenario.width, len(values)) * 2 / 3 * noise * (TARGET_YEAR - years[0])
    target, sign = values[:, 0] + wanted, scenario.sign
    truth = level + slope * (TARGET_YEAR - years.mean())

    trend = trends.weighted_trend(years, values, _errors(counts, scenario))
    _, lower, upper = trends.projection(trend, TARGET_YEAR)
    probability = trends.probability_of_reaching(target, trend, TARGET_YEAR, sign)
    return Simulated(probability, sign * (truth - target) >= 0, (lower <= truth) & (truth <= upper))


def _observed(path: NDArray[np.float64], scenario: Scenario, rng: np.random.Generator) -> NDArray[np.int64]:
    year_effect = rng.normal(size=path.shape) * scenario.excess * np.sqrt(path * (1 - path) / scenario.persons)
    return rng.binomial(scenario.persons, np.clip(path + year_effect, 0, 1))


def _errors(counts: NDArray[np.int64], scenario: Scenario) -> NDArray[np.float64] | None:
    if scenario.errors == "pooled":
        return trends.pooled_standard_errors(counts, scenario.persons)
    if scenario.errors == "interval":
        return trends.standard_error(*rates.wilson(counts, scenario.persons))
    return None


def deciles(results: list[Simulated]) -> list[Decile]:
    """Put series into tenths of the probability given, and count how many of each reached their target."""
    probability = np.concatenate([one.probability for one in results])
    reached = np.concatenate([one.reached for one in results])
    tenth = np.minimum((probability * 10).astype(int), 9)
    chosen = [tenth == position for position in range(10)]
    return [Decile(int(own.sum()), float(probability[own].mean()), float(reached[own].mean())) for own in chosen]


def average_off(tenths: list[Decile]) -> float:
    return sum(one.off * one.series for one in tenths) / sum(one.series for one in tenths)


def worst_off(tenths: list[Decile]) -> float:
    return max(one.off for one in tenths if one.series >= ENOUGH)


POINTS = range(4, 9)
PERSONS = (50, 200, 1_000, 10_000)
PURE = [Scenario(persons, points) for persons in PERSONS for points in POINTS]
SCATTERED = [replace(one, excess=excess) for one in PURE for excess in (1.0, 2.0)]
UNKNOWN = [replace(one, errors=None) for one in PURE]
THREE = [Scenario(persons, 3, excess) for persons in PERSONS for excess in (0.0, 1.0)]
FEW = [Scenario(persons, points, shares=(0.005, 0.1)) for persons in (200, 1_000) for points in POINTS]
FEW_LOWER_BETTER = [replace(one, sign=-1) for one in FEW]
OWN_WEIGHTS = [replace(one, errors="interval") for one in FEW_LOWER_BETTER if one.persons == 200]
NARROW = [replace(one, width=0.5) for one in PURE]
KINDS = {
    "binomial noise, 4-8 points": PURE,
    "  of these 50 persons": [one for one in PURE if one.persons == 50],
    "  of these 10,000 persons": [one for one in PURE if one.persons == 10_000],
    "  of these 4 points": [one for one in PURE if one.points == 4],
    "  of these 8 points": [one for one in PURE if one.points == 8],
    "three points, excess 0-1 x": THREE,
    "excess scatter, 1-2 x the noise": SCATTERED,
    "errors unknown": UNKNOWN,
    "few events, higher is better": FEW,
    "few events, lower is better": FEW_LOWER_BETTER,
}
# What goes wrong, for comparison.
UNLIMITED = {"few events, own intervals as weights": OWN_WEIGHTS, "changes within the noise": NARROW}


def run() -> list[Result]:
    """Print the table; it measures no time, so it has no result to compare."""
    rng = np.random.default_rng(2030)
    columns = [f"{tenth * 10}-{tenth * 10 + 10} %" for tenth in range(10)]
    table = Table("series", *columns, "average", "worst", "95 % holds", "", box=None, header_style="bold")
    for kind, scenarios in {**KINDS, **UNLIMITED}.items():
        results = [simulated(scenario, SERIES, rng) for scenario in scenarios]
        tenths = deciles(results)
        good = average_off(tenths) <= AVERAGE and worst_off(tenths) <= WORST
        shares = [f"{one.given:.2f}:{one.reached:.2f}" for one in tenths]
        holds = np.concatenate([one.covered for one in results]).mean()
        mark = "no limit" if kind in UNLIMITED else "ok" if good else "MISSED"
        table.add_row(kind, *shares, f"{average_off(tenths):.3f}", f"{worst_off(tenths):.3f}", f"{holds:.3f}", mark)
    Console(width=190).print("Probability given : share that truly reaches the target, by tenth of the probability")
    Console(width=190).print(table)
    return []


if __name__ == "__main__":
    run()
