"""How many figures are hidden for the sake of others, beside what a greedy elimination after Gauss would hide.

`python -m benchmarks.companions`; `publications` and `eliminated` serve the tests too. The peer is the method of
Statistics Norway's GaussSuppression (Langsrud 2024, Secondary Cell Suppression by Gaussian Elimination, PSD): figures
are published in turn, the large ones first, and one is hidden where it would let a small count follow exactly from
what is published. It knows no bounds and no whole numbers: a count that may be 1 or 2 is safe for it. Ours must leave
three counts, so it hides more; no more than a quarter, is the goal.
"""

import itertools
from collections.abc import Iterator
from random import Random

import numpy as np
from rich.console import Console

from indicators.disclosure.cells import Cell, Rules, protect

DISTRICTS, YEARS, WINDOW, GOAL = 10, 6, 3, 1.25
_PRIME = 2_147_483_629  # elimination in whole numbers: exact but for one chance in two thousand millions
Sums = list[tuple[object, list[object]]]


def publication(seed: int, smallest: int = 0, largest: int = 40) -> tuple[list[Cell], Sums]:
    """Return made-up cells and sums: ten districts, their town and the rest of it, six years and their windows."""
    random = Random(seed)
    districts = [f"district-{number}" for number in range(DISTRICTS)]
    years = [str(2015 + number) for number in range(YEARS)]
    windows = {
        f"{years[first]}-{years[first + WINDOW - 1]}": years[first : first + WINDOW]
        for first in range(YEARS - WINDOW + 1)
    }
    areas = {name: [name] for name in districts} | {"town": districts, "rest": districts[1:]}
    periods = {year: [year] for year in years} | windows
    base = {place: random.randint(smallest, largest) for place in itertools.product(districts, years)}
    cells = []
    for area, period in itertools.product(areas, periods):
        count = sum(base[place] for place in itertools.product(areas[area], periods[period]))
        persons = 600 * len(areas[area]) * len(periods[period])
        # Prices as `tables` sets them: the town is known to everybody.
        importance = float("inf") if area == "town" else 2.0 if period in windows else 1.0
        cells.append(Cell((area, period), count, persons, importance=importance))
    sums: Sums = [(("town", period), [(name, period) for name in districts]) for period in periods]
    sums += [(("rest", period), [(name, period) for name in districts[1:]]) for period in periods]
    sums += [((area, window), [(area, year) for year in windows[window]]) for area in areas for window in windows]
    return cells, sums


def publications(worlds: int) -> Iterator[tuple[list[Cell], Sums]]:
    """Yield publications of different size of counts, from a handful to dozens."""
    for seed in range(worlds):
        yield publication(seed, largest=(10, 20, 40, 80)[seed % 4])


def eliminated(cells: list[Cell], sums: Sums, primary: set[object]) -> set[object]:
    """Return what the greedy elimination hides beside the primary cells.

    A cell is a row over the unknown parts of which everything is the sum; hidden ones must not lie in the span of those
    published. cells: those of infinite importance are published in any case.
    """
    rows = _rows(cells, sums)
    basis: list[tuple[int, np.ndarray]] = []
    secrets = {key: rows[key] for key in primary}
    hidden: set[object] = set()
    order = sorted(cells, key=lambda cell: (np.isfinite(cell.importance), -float(cell.numerator or 0), repr(cell.key)))
    for cell in order:
        if cell.key in primary:
            continue
        row = rows[cell.key]
        for pivot, known in basis:
            row = (row - row[pivot] * known) % _PRIME
        places = np.flatnonzero(row)
        if not len(places):
            continue  # follows from what is published already
        pivot = int(places[0])
        row = row * pow(int(row[pivot]), -1, _PRIME) % _PRIME
        left = {key: (secret - secret[pivot] * row) % _PRIME for key, secret in secrets.items()}
        if np.isfinite(cell.importance) and any(not secret.any() for key, secret in left.items() if secrets[key].any()):
            hidden.add(cell.key)
            continue
        secrets = left
        basis = [(at, (known - known[pivot] * row) % _PRIME) for at, known in basis]
        basis.append((pivot, row))
    return hidden


def _rows(cells: list[Cell], sums: Sums) -> dict[object, np.ndarray]:
    """Write every cell as a sum of cells that are no totals."""
    totals = dict(reversed([(total, parts) for total, parts in sums]))
    parts = sorted((cell.key for cell in cells if cell.key not in totals), key=repr)
    place = {key: number for number, key in enumerate(parts)}

    def row(key: object) -> np.ndarray:
        if key in totals:
            return sum((row(part) for part in totals[key]), np.zeros(len(parts), dtype=np.int64))
        return np.eye(1, len(parts), place[key], dtype=np.int64)[0]

    return {cell.key: row(cell.key) for cell in cells}


def compared(worlds: int) -> tuple[int, int]:
    """Return how many companions we hide in made-up publications, and how many the peer does."""
    ours = theirs = 0
    for cells, sums in publications(worlds):
        decisions = protect(cells, sums, Rules())
        primary = {decision.key for decision in decisions if decision.reason == "primary"}
        ours += sum(decision.reason == "secondary" for decision in decisions)
        theirs += len(eliminated(cells, sums, primary))
    return ours, theirs


if __name__ == "__main__":
    found, peer = compared(40)
    Console().print(
        f"companions in 40 made-up publications: {found}; greedy elimination: {peer}; ratio {found / peer:.2f}"
    )
