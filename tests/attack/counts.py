"""Whole numbers that are not known, what is known of them, and what each can be (integer programming)."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Name = Hashable
MOST = 10.0**7


@dataclass
class Counts:
    """Unknown counts with their bounds, and sums of them that lie between two numbers.

    known: those that stand in a published table. means: those that need not be whole, such as a yearly mean.
    """

    known: dict[Name, float] = field(default_factory=dict)
    bounds: dict[Name, tuple[float, float]] = field(default_factory=dict)
    sums: list[tuple[dict[Name, float], float, float]] = field(default_factory=list)
    means: set[Name] = field(default_factory=set)

    def add(self, name: Name, value: float | None, low: float = 0.0, high: float = MOST) -> None:
        """Take in a count that is shown, or one that is not."""
        if value is not None:
            self.known[name] = value
            self.bounds.pop(name, None)
        elif name not in self.known:
            before = self.bounds.get(name, (0.0, MOST))
            self.bounds[name] = (max(low, before[0]), min(high, before[1]))

    def between(self, weights: Mapping[Name, float], low: float, high: float) -> None:
        """Say between what a weighted sum lies."""
        for name in weights:
            if name not in self.known and name not in self.bounds:
                self.bounds[name] = (0.0, MOST)
        self.sums.append((dict(weights), low, high))


def ranges(counts: Counts, wanted: Iterable[Name], wide: float = 3.0) -> dict[Name, tuple[float, float]]:
    """Return the least and the greatest value that each wanted count can have.

    A range is not followed to its ends once it is known to be wider than `wide`. Sums that contradict each other (two
    sources that count differently) are left out, all of their group: nothing follows from them.
    """
    sought = {name for name in wanted if name in counts.bounds}
    found: dict[Name, tuple[float, float]] = {
        name: (counts.known[name],) * 2 for name in wanted if name in counts.known
    }
    for names, sums in _groups(counts):
        targets = [name for name in names if name in sought]
        if targets and not sums:
            found.update((name, counts.bounds[name]) for name in targets)
        elif (
            targets and len(sums) == 1 and not counts.means and set(map(abs, counts.sums[sums[0]][0].values())) == {1.0}
        ):
            found.update(_of_one_sum(counts, targets, sums[0]))
        elif targets:
            found.update(_Group(counts, names, sums).ranges(targets, wide))
    return found


def _of_one_sum(counts: Counts, targets: list[Name], number: int) -> dict[Name, tuple[float, float]]:
    """Return what counts can be that are tied by one sum alone, added and subtracted: no programme is needed.

    A count is what the sum leaves it when the others are as large, or as small, as they can be. Of whole numbers
    between whole bounds every such value is possible.
    """
    weights, low, high = counts.sums[number]
    least, most = {}, {}
    for name, weight in weights.items():
        ends = [weight * end for end in counts.bounds.get(name, (counts.known.get(name, 0.0),) * 2)]
        least[name], most[name] = min(ends), max(ends)
    if sum(least.values()) > high or sum(most.values()) < low:
        return {}  # the sum contradicts the bounds: nothing follows
    found = {}
    for name in targets:
        if name not in weights:
            found[name] = counts.bounds[name]
            continue
        ends = (
            max(least[name], low - sum(most.values()) + most[name]),
            min(most[name], high - sum(least.values()) + least[name]),
        )
        found[name] = tuple(sorted(weights[name] * end for end in ends))
    return found


def _groups(counts: Counts) -> list[tuple[dict[Name, int], list[int]]]:
    """Split the unknown counts into groups that no sum connects: each count's place, and the sums' numbers."""
    root = {name: name for name in counts.bounds}

    def find(name: Name) -> Name:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    involved = []
    for number, (weights, _low, _high) in enumerate(counts.sums):
        members = [name for name in weights if name in root]
        if members:
            involved.append((members[0], number))
        for member in members[1:]:
            root[find(member)] = find(members[0])
    groups: dict[Name, tuple[dict[Name, int], list[int]]] = {}
    for name in counts.bounds:
        places = groups.setdefault(find(name), ({}, []))[0]
        places[name] = len(places)
    for member, number in involved:
        groups[find(member)][1].append(number)
    return list(groups.values())


class _Group:
    """Counts that hang together: asked again and again with another count to minimise or maximise."""

    def __init__(self, counts: Counts, names: dict[Name, int], sums: list[int]) -> None:
        self.names = names
        self.whole = np.array([name not in counts.means for name in names], dtype=float)
        self.low, self.high = np.array([counts.bounds[name] for name in names]).T
        rows, columns, entries, lows, highs = [], [], [], [], []
        for row, number in enumerate(sums):
            weights, low, high = counts.sums[number]
            given = sum(weight * counts.known[name] for name, weight in weights.items() if name in counts.known)
            for name, weight in weights.items():
                if name in names:
                    rows.append(row)
                    columns.append(names[name])
                    entries.append(weight)
            lows.append(low - given - 1e-6)
            highs.append(high - given + 1e-6)
        self.limits = []
        if sums:
            self.limits = [
                LinearConstraint(csr_array((entries, (rows, columns)), shape=(len(sums), len(names))), lows, highs)
            ]

    def _solve(self, cost: np.ndarray) -> np.ndarray | None:
        answer = milp(cost, integrality=self.whole, bounds=Bounds(self.low, self.high), constraints=self.limits)
        return answer.x

    def ranges(self, targets: list[Name], wide: float) -> dict[Name, tuple[float, float]]:
        places = [self.names[name] for name in targets]
        random, seen = Random(1), []
        for _ in range(4):  # many counts at once: most ranges are seen to be wide by these
            signs = np.zeros(len(self.names))
            signs[places] = [random.choice([-1.0, 1.0]) for _ in places]
            for cost in (signs, -signs):
                if (point := self._solve(cost)) is None:
                    return {}
                seen.append(point)
        found = {}
        for name, place in zip(targets, places, strict=True):
            ends = (min(point[place] for point in seen), max(point[place] for point in seen))
            if ends[1] - ends[0] <= wide:
                cost = np.zeros(len(self.names))
                for sign in (1.0, -1.0):
                    cost[place] = sign
                    if (point := self._solve(cost)) is not None:
                        seen.append(point)
                ends = (min(point[place] for point in seen), max(point[place] for point in seen))
            found[name] = (round(ends[0], 6), round(ends[1], 6))
        return found
