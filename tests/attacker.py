"""An attacker on suppressed counts who knows what is shown and how counts add up, and nothing of how we hide.

Independent of `indicators.disclosure` on purpose: it takes shown counts, bounds and sums, and answers what each hidden
count can be (linear programming, minimum and maximum) and which are determined (elimination over fractions).
"""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

Key = Hashable
Bounds = Mapping[Key, tuple[float, float]]
Sum = tuple[Key, Sequence[Key]]


def attainable(
    shown: Mapping[Key, float],
    bounds: Bounds,
    sums: Iterable[Sum],
    wanted: Iterable[Key] | None = None,
    *,
    whole: bool = False,
) -> dict[Key, tuple[float, float]]:
    """Return the range that the published figures leave for each hidden count, or for those of them that are wanted.

    bounds: what is possible at all, of every count that the sums name and that is not shown. whole: counts are whole
    numbers, which narrows the ranges.
    """
    ranges = {}
    sought = set(bounds if wanted is None else wanted)
    for hidden, equations in _separate([key for key in bounds if key not in shown], list(sums)):
        ranges.update(_ranges(hidden, equations, shown, bounds, [key for key in hidden if key in sought], whole))
    return ranges


def determined(shown: Mapping[Key, float], hidden: Iterable[Key], sums: Iterable[Sum]) -> dict[Key, Fraction]:
    """Return the hidden counts that follow exactly from the equations alone, without any bound."""
    hidden = [key for key in hidden if key not in shown]
    place = {key: number for number, key in enumerate(hidden)}
    rows = []
    for equation in sums:
        row = [Fraction(0)] * (len(hidden) + 1)
        for key, sign in _terms(equation):
            if key in place:
                row[place[key]] += sign
            else:
                row[-1] -= sign * Fraction(shown[key])
        rows.append(row)
    pivots = _reduce(rows, len(hidden))
    return {
        hidden[column]: row[-1]
        for column, row in pivots.items()
        if not any(row[other] for other in range(len(hidden)) if other != column)
    }


def _terms(equation: Sum) -> list[tuple[Key, int]]:
    total, parts = equation
    return [(total, -1), *((part, 1) for part in parts)]


def _reduce(rows: list[list[Fraction]], width: int) -> dict[int, list[Fraction]]:
    """Bring the equations to reduced row echelon form; return the row of each pivot column."""
    pivots: dict[int, list[Fraction]] = {}
    for column in range(width):
        free = [row for row in rows if not any(row is used for used in pivots.values())]
        pivot = next((row for row in free if row[column]), None)
        if pivot is None:
            continue
        pivot[:] = [value / pivot[column] for value in pivot]
        for row in rows:
            if row is not pivot and row[column]:
                factor = row[column]
                row[:] = [value - factor * other for value, other in zip(row, pivot, strict=True)]
        pivots[column] = pivot
    return pivots


def _separate(hidden: list[Key], sums: list[Sum]) -> Iterable[tuple[list[Key], list[Sum]]]:
    """Split the hidden counts into groups that no sum connects, with the sums of each."""
    root = {key: key for key in hidden}

    def find(key: Key) -> Key:
        while root[key] != key:
            key = root[key]
        return key

    involved = []
    for equation in sums:
        members = [key for key, _ in _terms(equation) if key in root]
        if members:
            involved.append((members[0], equation))
        for member in members[1:]:
            root[find(member)] = find(members[0])
    groups: dict[Key, tuple[list[Key], list[Sum]]] = {}
    for key in hidden:
        groups.setdefault(find(key), ([], []))[0].append(key)
    for member, equation in involved:
        groups[find(member)][1].append(equation)
    return groups.values()


def _ranges(
    hidden: list[Key], sums: list[Sum], shown: Mapping[Key, float], bounds: Bounds, wanted: list[Key], whole: bool
) -> dict[Key, tuple[float, float]]:
    place = {key: number for number, key in enumerate(hidden)}
    entries, right = [], np.zeros(len(sums))
    for number, equation in enumerate(sums):
        for key, sign in _terms(equation):
            if key in place:
                entries.append((number, place[key], float(sign)))
            else:
                right[number] -= sign * shown[key]
    # The solver calls an integer programme without bounds infeasible.
    most = 1e6 if whole else None
    limits = [(low, most if math.isinf(high) else high) for low, high in (bounds[key] for key in hidden)]
    matrix = None
    if entries:
        rows, columns, signs = zip(*entries, strict=True)
        matrix = csr_array((signs, (rows, columns)), shape=(len(sums), len(hidden)))
    ranges = {}
    for key in wanted:
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(hidden))
            cost[place[key]] = sign
            answer = linprog(
                cost,
                A_eq=matrix,
                b_eq=None if matrix is None else right,
                bounds=limits,
                method="highs",
                integrality=int(whole),
            )
            if answer.status not in (0, 3):  # 3: unbounded
                raise ArithmeticError(f"the published figures contradict each other around {key!r}: {answer.message}")
            ends.append(sign * answer.fun if answer.status == 0 else -sign * math.inf)
        ranges[key] = (ends[0], ends[1])
    return ranges
