"""Cells hidden by us and by others on the same random tables, and what an attacker finds of them.

`python -m benchmarks.disclosure`. A table is one indicator: districts by years, with the town and the window of all
years. Synthetic, by tests/attack/worlds.py. The peers, each written here in its smallest form:

* Gauss-elimination greedy: the idea of R's GaussSuppression (Langsrud 2024, PSD). Cells are published from the largest
  count down, each unless the equations of the published cells would then give a small count exactly.
* The same made as safe as ours: where whole numbers leave a hidden count fewer than three values, the smallest count
  shown beside it in a sum is hidden too, until none is left.
* Small-count rounding: the idea of R's SmallCountRounding (Langsrud and Heldal 2018). Inner counts of 1 and 2 become 0
  or 3 so that the table still adds up, and the margins move least. Nothing is hidden.
* FHI's rules as ../shared/sources.md gives them: fewer than 3 cases or a base under 10, and a whole series of an area
  where more than 20 % of it is hidden or more than half rests on at most 6 cases. Its secondary suppression is not
  published; the greedy is put behind it.
* Every count rounded to a multiple of 5: to the nearest; or up or down by the chance of a key (as Statistics New
  Zealand does to 3), each once beside a town that is rounded too and once beside one that is public elsewhere.

Found: hidden counts, or small ones of a method that hides none, that whole-number programming narrows to fewer than
three values.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from random import Random

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from benchmarks import Result
from indicators.dictionary import MEASURE
from indicators.disclosure import tables
from tests.attack.counts import Counts, ranges
from tests.attack.worlds import DISTRICTS, random_world

YEARS = range(2019, 2022)
WINDOW = f"{YEARS[0]}-{YEARS[-1]}"
TOWN = "drammen"
PRIME = 2_147_483_647
Cell = tuple[str, str]
Counted = Mapping[Cell, tuple[int, int]]


@dataclass
class Tally:
    """What came of a method on all tables. moved: published counts that are not the true ones."""

    primary: int = 0
    companions: int = 0
    published: int = 0
    found: int = 0
    moved: int = 0
    furthest: int = 0


@dataclass(frozen=True)
class Decided:
    """What a method does with a table: the cells that are hidden, and counts that are shown changed.

    between: of a method that changes counts, what each can have been for one who knows the method.
    """

    hidden: frozenset[Cell]
    changed: Mapping[Cell, int] = field(default_factory=dict)
    between: Mapping[Cell, tuple[int, int]] = field(default_factory=dict)


def table_of(random: Random) -> dict[Cell, tuple[int, int]]:
    """Return numerators and denominators of districts and town, years and their window."""
    world = random_world(random, ["social_assistance"], YEARS)
    cells = {(area, period): counts for (_, area, period), counts in world.counts.items()}
    areas = sorted({area for area, _ in cells} - {TOWN})
    for year in map(str, YEARS):
        cells[TOWN, year] = _total(cells[area, year] for area in areas)
    for area in [*areas, TOWN]:
        cells[area, WINDOW] = _total(cells[area, str(year)] for year in YEARS)
    return cells


def _total(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    numerators, denominators = zip(*counts, strict=True)
    return sum(numerators), sum(denominators)


def sums_of(cells: Iterable[Cell]) -> list[tuple[Cell, list[Cell]]]:
    """Return each whole with its parts."""
    areas = sorted({area for area, _ in cells} - {TOWN})
    periods = [*map(str, YEARS), WINDOW]
    return [
        *(((TOWN, period), [(area, period) for area in areas]) for period in periods),
        *(((area, WINDOW), [(area, str(year)) for year in YEARS]) for area in [*areas, TOWN]),
    ]


def primary(cells: Counted) -> set[Cell]:
    """Return the cells that are hidden for themselves: numerator or complement of 1 or 2, a base of 1 to 9."""
    return {cell for cell, (n, of) in cells.items() if 0 < n < 3 or 0 < of - n < 3 or 0 < of < 10}


# ---- the methods


def ours(cells: Counted, secret: bytes = b"a key of the benchmark") -> Decided:
    """Return what the product hides."""
    rows = [
        {
            "indicator_id": "social_assistance", "area_id": area, "period": period, "sex": "both", "age": "18-66",
            "period_start": date(int(period[:4]), 1, 1), "period_end": date(int(period[-4:]), 12, 31),
            "numerator": float(n), "denominator": float(of), "value": n / of, "lower": 0.0, "upper": 1.0,
            "confidence": 0.95, "status": None, "pooled": "-" in period, "source_table": "delivery/benchmark",
            "method": "proportion, Wilson interval", "periods_counted": 1,
        }
        for (area, period), (n, of) in cells.items()
    ]  # fmt: skip
    parts = tuple(sorted({area for area, _ in cells} - {TOWN}))
    given = tables.Structure(wholes=((TOWN, parts),), rests=(), public=frozenset(), small=frozenset(parts))
    kept = tables.protected(pa.Table.from_pylist(rows, schema=MEASURE.arrow), given, secret=secret).measures.to_pylist()
    return Decided(frozenset((row["area_id"], row["period"]) for row in kept if row["numerator"] is None))


def gauss(cells: Counted, small: set[Cell] | None = None) -> Decided:
    """Return what the greedy by Gauss elimination hides: exact arithmetic modulo a prime."""
    small = primary(cells) if small is None else small
    inner = [cell for cell in cells if cell[0] != TOWN and cell[1] != WINDOW]
    place = {cell: number for number, cell in enumerate(inner)}
    rows = {cell: np.zeros(len(inner), dtype=np.int64) for cell in cells}
    for cell in cells:
        for part in inner:
            if cell[0] in (part[0], TOWN) and cell[1] in (part[1], WINDOW):
                rows[cell][place[part]] = 1
    space, hidden = _Space(len(inner)), set(small)
    for cell in sorted(set(cells) - small, key=lambda cell: (-cells[cell][0], cell)):
        tried = space.with_row(rows[cell])
        if any(tried.spans(rows[other]) for other in small):
            hidden.add(cell)
        else:
            space = tried
    return Decided(frozenset(hidden))


class _Space:
    """The row space of published cells, in echelon form modulo a prime."""

    def __init__(self, width: int, pivots: dict[int, np.ndarray] | None = None) -> None:
        self.width, self.pivots = width, pivots or {}

    def _reduced(self, row: np.ndarray) -> np.ndarray:
        left = row.copy()
        for at in range(self.width):
            if left[at] and at in self.pivots:
                left = (left - left[at] * self.pivots[at]) % PRIME
        return left

    def spans(self, row: np.ndarray) -> bool:
        return not self._reduced(row).any()

    def with_row(self, row: np.ndarray) -> "_Space":
        left = self._reduced(row)
        if not left.any():
            return self
        at = int(np.flatnonzero(left)[0])
        return _Space(self.width, self.pivots | {at: left * pow(int(left[at]), -1, PRIME) % PRIME})


def as_safe(cells: Counted) -> Decided:
    """Return what the greedy hides and, cell after cell, what it takes to leave every hidden count three values."""
    hidden = set(gauss(cells).hidden)
    while told := _narrowed(cells, Decided(frozenset(hidden)), hidden):
        before = len(hidden)
        for cell in sorted(told):
            beside = {other for whole, parts in sums_of(cells) if cell in (whole, *parts) for other in (whole, *parts)}
            if shown := beside - hidden:
                hidden.add(min(shown, key=lambda other: (cells[other][0], other)))
        if len(hidden) == before:
            break  # a group so small that its count has fewer than three values by itself
    return Decided(frozenset(hidden))


def rounded(cells: Counted) -> Decided:
    """Return the table with inner counts of 1 and 2 turned into 0 or 3, so that the margins move least (greedily)."""
    now = {cell: n for cell, (n, _) in cells.items()}
    inner = sorted(cell for cell in cells if _is_inner(cell) and 0 < now[cell] < 3)
    off: dict[Cell, int] = dict.fromkeys(cells, 0)
    for cell in inner:
        margins = [(TOWN, cell[1]), (cell[0], WINDOW), (TOWN, WINDOW)]
        best = min((0, 3), key=lambda to: sum((off[margin] + to - now[cell]) ** 2 for margin in margins))
        for margin in margins:
            off[margin] += best - now[cell]
            now[margin] += best - now[cell]
        now[cell] = best
    # Who knows the method: 0 was 0 to 2, and 3 was 1 to 3.
    could = {0: (0, 2), 3: (1, 3)}
    between = {cell: could.get(n, (n, n)) for cell, n in now.items() if _is_inner(cell)}
    return Decided(frozenset(), {cell: n for cell, n in now.items() if n != cells[cell][0]}, between)


def to_a_base(cells: Counted, *, by_chance: bool, town_is_public: bool, base: int = 5) -> Decided:
    """Return the table with every count rounded to a multiple of a base; of a town that is public, none of its counts.

    Each count is rounded by itself, so that a sum may miss.
    """
    changed, between = {}, {}
    for cell, (n, _) in cells.items():
        if cell[0] == TOWN and town_is_public:
            between[cell] = (n, n)
            continue
        over = n % base
        up = Random(f"a key of the benchmark {cell}").random() < over / base if by_chance else over > base / 2
        shown = n - over + base * up
        reach = base - 1 if by_chance else base // 2
        between[cell] = (max(0, shown - reach), shown + reach)
        if shown != n:
            changed[cell] = shown
    return Decided(frozenset(), changed, between)


def _is_inner(cell: Cell) -> bool:
    return cell[0] != TOWN and cell[1] != WINDOW


def fhi(cells: Counted) -> Decided:
    """Return what FHI's rules hide, whole weak series included, with the greedy behind them."""
    small = {cell for cell, (n, of) in cells.items() if 0 < n < 3 or 0 < of < 10}
    for area in {area for area, _ in cells}:
        series = [cell for cell in cells if cell[0] == area and cell[1] != WINDOW]
        hidden, weak = (sum(cell in small for cell in series), sum(cells[cell][0] <= 6 for cell in series))
        if hidden > len(series) / 5 or weak > len(series) / 2:
            small |= set(series)
    return gauss(cells, small)


# ---- how they do


def _narrowed(cells: Counted, decided: Decided, wanted: Iterable[Cell]) -> set[Cell]:
    """Return which of the wanted counts follow to fewer than three values, but for those of a base of 1."""
    counts = Counts()
    for cell, (n, of) in cells.items():
        low, high = decided.between.get(cell, (0, of) if decided.between or cell in decided.hidden else (n, n))
        counts.add(cell, n if low == high else None, low, min(high, of))
    for whole, parts in sums_of(cells):
        # Rounded by a greedy that keeps the margins' sums, the margins are not the true ones: they tell nothing.
        if not decided.between or {whole, *parts} <= set(decided.between):
            counts.between({whole: 1.0} | dict.fromkeys(parts, -1.0), 0.0, 0.0)
    reached = ranges(counts, [cell for cell in wanted if cells[cell][1] > 1])
    return {cell for cell, (low, high) in reached.items() if high - low < 2}


METHODS = {
    "ours": ours,
    "Gauss-elimination greedy": gauss,
    "the same, as safe as ours": as_safe,
    "FHI's rules, greedy behind": fhi,
    "small-count rounding": rounded,
    "to nearest 5": partial(to_a_base, by_chance=False, town_is_public=False),
    "to nearest 5, town public": partial(to_a_base, by_chance=False, town_is_public=True),
    "to 5 by chance": partial(to_a_base, by_chance=True, town_is_public=False),
    "to 5 by chance, town public": partial(to_a_base, by_chance=True, town_is_public=True),
}


def compared(seeds: Sequence[int]) -> dict[str, Tally]:
    """Return how each method does on the tables of these seeds."""
    tallies = {name: Tally() for name in METHODS}
    for seed in seeds:
        cells = table_of(Random(seed))
        small = primary(cells)
        for name, method in METHODS.items():
            decided = method(cells)
            tally = tallies[name]
            tally.primary += len(small & decided.hidden)
            tally.companions += len(decided.hidden - small)
            tally.published += len(set(cells) - decided.hidden)
            tally.found += len(_narrowed(cells, decided, decided.hidden or small))
            tally.moved += len(decided.changed)
            moved = [abs(n - cells[cell][0]) for cell, n in decided.changed.items()]
            tally.furthest = max([tally.furthest, *moved])
    return tallies


def run(tables_tried: int = 100) -> list[Result]:
    """Print the table; it measures no time, so it has no result to compare."""
    shown = Table(
        "method",
        "small, hidden",
        "others hidden",
        "shown",
        "found",
        "changed",
        "furthest",
        box=None,
        header_style="bold",
    )
    for name, tally in compared(range(tables_tried)).items():
        numbers = (tally.primary, tally.companions, tally.published, tally.found, tally.moved, tally.furthest)
        shown.add_row(name, *map(str, numbers))
    Console(width=120).print(
        f"{tables_tried} synthetic tables of up to {len(DISTRICTS)} districts by {len(YEARS)} years"
    )
    Console(width=120).print(shown)
    return []


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--tables", type=int, default=100)
    run(options.parse_args().tables)
