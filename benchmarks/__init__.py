"""Performance against named peers and named limits, measured in the same run: `make bench`.

Each module's `run()` returns its results. Nothing here is a test: a slow machine fails no build.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One comparison: our figure against a peer's or a limit; `ratio` is ours / peer, and must stay below `limit`."""

    case: str
    ours: float
    peer_name: str
    peer: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.ours / self.peer

    @property
    def good(self) -> bool:
        return self.ratio <= self.limit


def in_turn(ours: Callable[[], object], peer: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median seconds of both, timed in turn, so that a machine that slows down slows both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for function, kept in zip((ours, peer), times, strict=True):
            start = time.perf_counter()
            function()
            kept.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])
