"""What one learns who runs the rule again: small tables, every table that fits what is shown, the rule on each of them.

`python -m benchmarks.rule`. The algorithm is open; the key of a store is not. A count may be what some table has that
fits what is shown, and on which the rule hides just the same cells with some key. Tables are synthetic: three to five
districts and their town, one year or two with their window. Found: hidden counts that are left fewer than three values.
"""

import argparse
from collections.abc import Iterator
from random import Random

from rich.console import Console

from benchmarks.disclosure import TOWN, Counted, ours, primary
from tests.attack.rule import Cell, possible

NARROW = 3
_MOST_TRIES = 30  # of tables, each with every key; what none of them allows counts as found
Sums = list[tuple[Cell, list[Cell]]]


def small_table(random: Random, most_years: int) -> dict[tuple[str, str], tuple[int, int]]:
    """Return numerators and denominators of a table of a few districts with their town."""
    districts = [f"drammen-{number}" for number in range(1, random.randint(3, 5) + 1)]
    years = ["2023", "2024"][: random.randint(1, most_years)]
    highest = random.choice([4, 8, 12, 20])
    cells = {
        (district, year): (random.randint(0, highest), random.randint(60, 400))
        for district in districts
        for year in years
    }
    for year in years:
        cells[TOWN, year] = _total(cells[district, year] for district in districts)
    if len(years) > 1:
        for area in [*districts, TOWN]:
            cells[area, f"{years[0]}-{years[-1]}"] = _total(cells[area, year] for year in years)
    return cells


def _total(counts: Iterator[tuple[int, int]]) -> tuple[int, int]:
    numerators, denominators = zip(*counts, strict=True)
    return sum(numerators), sum(denominators)


def sums_of(cells: Counted) -> Sums:
    """Return each whole with its parts."""
    areas = sorted({area for area, _ in cells} - {TOWN})
    periods = sorted({period for _, period in cells})
    years = [period for period in periods if "-" not in period]
    windows = [period for period in periods if "-" in period]
    return [
        *(((TOWN, period), [(area, period) for area in areas]) for period in periods),
        *(((area, window), [(area, year) for year in years]) for window in windows for area in [*areas, TOWN]),
    ]


def attacked(cells: Counted, secret: bytes, keys: list[bytes]) -> tuple[int, dict[Cell, set[int]]]:
    """Return how many cells are hidden, and what each that is left fewer than three values can be."""
    hidden = sorted(ours(cells, secret).hidden)
    shown = {cell: n for cell, (n, _) in cells.items() if cell not in hidden}
    pattern = set(hidden)
    bases = {cell: of for cell, (_, of) in cells.items()}

    def again(table: dict[Cell, int], key: bytes) -> frozenset[Cell]:
        counted = {cell: (n, bases[cell]) for cell, n in table.items()}
        return ours(counted, key).hidden if primary(counted) <= pattern else frozenset()

    truth = {cell: n for cell, (n, _) in cells.items()}
    left = possible(shown, hidden, sums_of(cells), again, keys, enough=NARROW, near=truth, tries=_MOST_TRIES)
    return len(hidden), {cell: values for cell, values in left.items() if len(values) < NARROW}


def compared(seeds: range, keys: int, most_years: int = 1, most_keys: int = 0) -> tuple[int, int, list[str]]:
    """Return how many cells are hidden in all tables, how many are found, and which these are.

    most_keys: a table of which something is found is attacked again with twice as many keys, up to so many: a value
    that none of few keys allows is ruled out by their number, not by the rule.
    """
    hidden, lines = 0, []
    for seed in seeds:
        random = Random(seed)
        cells = small_table(random, most_years)
        secret = random.randbytes(16)
        tried = [secret, *(random.randbytes(16) for _ in range(keys))]
        number, found = attacked(cells, secret, tried)
        while found and keys and len(tried) <= most_keys:
            tried += [random.randbytes(16) for _ in range(len(tried))]
            _, found = attacked(cells, secret, tried)
        hidden += number
        for cell, values in found.items():
            pattern = sorted(ours(cells, secret).hidden)
            counts = {at: cells[at][0] for at in sorted(cells)}
            lines.append(f"{seed}: {cell} of {cells[cell][0]} is one of {sorted(values)}; hidden {pattern}; {counts}")
    return hidden, len(lines), lines


def run(tables: int, keys: int, most_years: int, most_keys: int, verbose: bool = False) -> None:
    """Print what is found."""
    hidden, found, lines = compared(range(tables), keys, most_years, most_keys)
    console = Console(width=200)
    more = f", up to {most_keys} where something is found" if most_keys else ""
    said = f"any of {keys + 1} keys{more}" if keys else "the key known"
    console.print(f"the rule run again on {tables} small tables, {said}: {found} of {hidden} hidden counts found")
    for line in lines if verbose else []:
        console.print(line, highlight=False)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--tables", type=int, default=100)
    options.add_argument("--years", type=int, default=1, help="a table has so many years at most")
    options.add_argument("--keys", type=int, default=8, help="beside the true one; 0: the attacker has it")
    options.add_argument("--most-keys", type=int, default=0, help="so many at most where something is found")
    options.add_argument("--verbose", action="store_true")
    given = options.parse_args()
    run(given.tables, given.keys, given.years, given.most_keys, given.verbose)
