"""Which further counts to hide so that each hidden one may be any of three: an integer programme per count.

Works on positions and numbers only. Which counts are at risk, and what an attacker takes for possible, is decided in
`cells`.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array, eye_array, hstack

Range = tuple[float, float]
Tie = list[int]
"""A sum by positions: the total, then its parts."""

_WIDTH = 2  # three counts: from one to one that is two larger
_ALMOST_ZERO = 1e-7
_HIDDEN_PRICE = 1e-3  # of a count that is hidden already: nearly nothing, but above 0 so that short paths are preferred
_MISMATCH_PRICE = 1e4  # of a sum that does not hold, per person
# Where to look for counts to hide along with one at risk: at most so many counts, and so many parts of each sum.
_NEAR, _FAR, _ALL = (60, 8), (600, 40), (math.inf, math.inf)
# (within what is expected or only within what is possible, where to look), tried in this order.
_SEARCH = ((True, _NEAR), (True, _FAR), (False, _NEAR), (False, _FAR), (False, _ALL))
_AMONG_HIDDEN = (150, 40)
_Change = dict[int, float]


class Exposed(NamedTuple):
    """A hidden count to which counts of infinite price leave fewer than three values, whatever else is hidden."""

    cell: int
    fixed: list[int]


class Concealed(NamedTuple):
    """Which counts are hidden, by position, and which of these could not be protected."""

    hidden: list[bool]
    exposed: list[Exposed]


@dataclass(frozen=True)
class Counts:
    """Numerators or denominators by position.

    possible: what a count can be at all. expected: the same for one who knows the rules. at_risk: counts to protect.
    prices: of hiding each; 0 for one that is never published, infinite for one that cannot be hidden. widths: how far
    the ends of each one's range lie apart, where that can be had; two at least.
    """

    values: list[float]
    possible: list[Range]
    expected: list[Range]
    at_risk: list[bool]
    prices: list[float]
    widths: list[int]


@dataclass(frozen=True)
class _Guard:
    """Why a hidden count is safe: hidden counts whose joint changes allow it other values.

    strictly: they keep every count within its expected range, not only within its possible one. width: from end to end.
    """

    strictly: bool
    members: frozenset[int]
    width: int = _WIDTH


class _Step(NamedTuple):
    """One end of a range: the count, and how far it is away."""

    cell: int
    size: float
    strictly: bool


def conceal(ties: list[Tie], counts: Counts, hidden: list[bool]) -> Concealed:
    """Hide further counts until every hidden one may be three; then show those again that turn out not to be needed.

    Nobody can rule out a joint change of counts that keeps every sum and moves hidden counts only, by whole persons.
    The cheapest such change is an integer programme, solved for one end of a range after the other (after Kelly,
    Golden & Assad 1992, Networks 22:397; Hundepool et al. 2012, chapter 4). Hiding more only widens the ranges, so a
    count that is safe stays safe. Companions are protected as well: they are as hidden as the small counts.
    A count that can only be two, because its denominator is 1, may be both.
    """
    net = _Net(ties, counts, list(hidden))
    waiting = [cell for cell, risk in enumerate(counts.at_risk) if risk and net.at[cell]]
    exposed = []
    while waiting:
        for cell in waiting:
            if not _protect(net, cell) and counts.at_risk[cell]:
                exposed += _hide_all_tied(net, cell)
        waiting = net.new_companions()
    _show_superfluous(net, hidden)
    return Concealed(net.hidden, exposed)


class _Net:
    """Counts, sums between them, which are hidden so far, and what keeps each of these safe."""

    def __init__(self, ties: list[Tie], counts: Counts, hidden: list[bool]) -> None:
        self.ties, self.counts, self.hidden = ties, counts, hidden
        self.at: list[list[int]] = [[] for _ in counts.values]
        for number, tie in enumerate(ties):
            for cell in tie:
                self.at[cell].append(number)
        self.guards: dict[int, _Guard] = {}
        self.changes: dict[int, list[_Change]] = defaultdict(list)
        self._new = set[int]()
        self._whole = [abs(value - round(value)) < _ALMOST_ZERO for value in counts.values]

    def price(self, cell: int) -> float:
        return _HIDDEN_PRICE + (0.0 if self.hidden[cell] else self.counts.prices[cell])

    def room(self, cell: int, strictly: bool) -> Range:
        """Return how far a count can fall, and how far it can rise."""
        low, high = (self.counts.expected if strictly else self.counts.possible)[cell]
        return self.counts.values[cell] - low, high - self.counts.values[cell]

    def may_move(self, cell: int, strictly: bool) -> bool:
        return math.isfinite(self.price(cell)) and max(self.room(cell, strictly)) > _ALMOST_ZERO

    def whole(self, cells: list[int]) -> bool:
        """Tell whether all are whole numbers, and so have to stay; weighted counts and means are not."""
        return all(self._whole[cell] for cell in cells)

    def hide(self, cells: Iterable[int]) -> None:
        """Hide counts."""
        for cell in cells:
            if not self.hidden[cell]:
                self.hidden[cell] = True
                self._new.add(cell)

    def new_companions(self) -> list[int]:
        """Return the published counts that were hidden, for the sake of others, since this was asked last."""
        new = sorted(
            cell
            for cell in self._new
            if not self.counts.at_risk[cell] and 0 < self.counts.prices[cell] < math.inf and cell not in self.guards
        )
        self._new.clear()
        return new


def _protect(net: _Net, cell: int) -> bool:
    """Hide the cheapest counts that leave this one a range of three; tell whether there are any."""
    width = net.counts.widths[cell]
    searches = [*(((width, True, _NEAR),) if width > _WIDTH else ()), *((_WIDTH, *search) for search in _SEARCH)]
    guard = _cheapest_guard(net, cell, width, True, _AMONG_HIDDEN, net.hidden)
    if guard is not None:
        net.guards[cell] = guard
        return True
    for wanted, strictly, reach in searches:
        guard = _cheapest_guard(net, cell, wanted, strictly, reach)
        if guard is not None:
            net.guards[cell] = guard
            net.hide(guard.members)
            return True
    return False


def _cheapest_guard(
    net: _Net, cell: int, width: int, strictly: bool, reach: tuple[float, float], among: list[bool] | None = None
) -> _Guard | None:
    """Return the guard of the cheapest of the ranges of a width around a count; None if none can be had."""
    guards = (_guard(net, steps, width, reach, among) for steps in _ranges(net, cell, width, strictly))
    found = (guard for guard in guards if guard is not None)
    if among is not None:
        return next(found, None)  # they all cost nothing
    return min(found, key=lambda guard: sum(net.price(member) for member in guard.members), default=None)


def _ranges(net: _Net, cell: int, width: int, strictly: bool) -> Iterator[list[_Step]]:
    """Yield the ranges of a width around a count, each by its ends: both ways, only up, only down."""
    fall, rise = net.room(cell, strictly)
    if fall + rise < width - _ALMOST_ZERO:
        if strictly:
            return
        choices = [(fall, rise)]
    else:
        down = float(width // 2)
        choices = [(down, width - down), (0.0, float(width)), (float(width), 0.0)]
    for down, up in choices:
        if down <= fall + _ALMOST_ZERO and up <= rise + _ALMOST_ZERO:
            yield [_Step(cell, size, strictly) for size in (-down, up) if abs(size) > _ALMOST_ZERO]


def _guard(
    net: _Net, steps: list[_Step], width: int, reach: tuple[float, float], among: list[bool] | None = None
) -> _Guard | None:
    """Return changes that make all steps; what the first hides costs the second nothing."""
    changes: list[_Change] = []
    newly: list[int] = []
    for step in steps:
        change = _known_change(net, step) or _cheapest_change(net, step, _neighbours(net, step, reach, among))
        if not change:
            break
        changes.append(change)
        fresh = [cell for cell in change if not net.hidden[cell]]
        newly += fresh
        for cell in fresh:
            net.hidden[cell] = True
    for cell in newly:
        net.hidden[cell] = False
    if len(changes) < len(steps):
        return None
    for change in changes:
        for cell in change:
            if not any(change is known for known in net.changes[cell]):
                net.changes[cell].append(change)
    strictly = all(step.strictly for step in steps)
    return _Guard(strictly, frozenset(cell for change in changes for cell in change), width)


def _known_change(net: _Net, step: _Step) -> _Change | None:
    """Return a change found before that makes the step too, repeated or reversed as far as every count has room."""
    for change in net.changes[step.cell]:
        if not all(net.hidden[cell] for cell in change):
            continue
        direction = math.copysign(1.0, step.size * change[step.cell])
        times = min(net.room(cell, step.strictly)[size * direction > 0] / abs(size) for cell, size in change.items())
        if math.isfinite(times) and net.whole(list(change)):
            times = math.floor(times + _ALMOST_ZERO)
        if times * abs(change[step.cell]) >= abs(step.size) - _ALMOST_ZERO:
            return change
    return None


def _hide_all_tied(net: _Net, cell: int) -> list[Exposed]:
    """Hide every count that sums tie to this one, directly or not: the last resort where no smaller set suffices."""
    tied, ring = {cell}, [cell]
    while ring:
        ring = sorted({other for member in ring for tie in net.at[member] for other in net.ties[tie]} - tied)
        tied.update(ring)
    net.hide(other for other in tied if net.may_move(other, strictly=False))
    net.guards[cell] = _Guard(False, frozenset(other for other in tied if net.hidden[other]))
    fixed = [other for other in sorted(tied) if math.isinf(net.price(other))]
    return [Exposed(cell, fixed)] if fixed else []


def _show_superfluous(net: _Net, before: list[bool]) -> None:
    """Show again, the most expensive first, each count that was hidden but that no other needs."""
    users: dict[int, set[int]] = defaultdict(set)
    for user, guard in net.guards.items():
        for cell in guard.members:
            users[cell].add(user)
    added = [cell for cell, hidden in enumerate(net.hidden) if hidden and not before[cell]]
    for cell in sorted(added, key=lambda cell: (-net.counts.prices[cell], cell)):
        net.hidden[cell] = False
        own = net.guards.pop(cell, None)
        guards = _other_guards(
            net, [user for user in users[cell] if user in net.guards and cell in net.guards[user].members]
        )
        if guards is None:
            net.hidden[cell] = True
            if own:
                net.guards[cell] = own
        for user, guard in (guards or {}).items():
            net.guards[user] = guard
            for member in guard.members:
                users[member].add(user)
    needed = frozenset[int]().union(*(guard.members for guard in net.guards.values()))
    for cell in added:
        net.hidden[cell] = net.hidden[cell] and cell in needed


def _other_guards(net: _Net, cells: list[int]) -> dict[int, _Guard] | None:
    """Find another guard among the hidden counts for each cell, no weaker than its own; None where one has none."""
    found = {}
    for cell in cells:
        own = net.guards[cell]
        guard = _cheapest_guard(net, cell, own.width, own.strictly, _AMONG_HIDDEN, net.hidden)
        if guard is None:
            return None
        found[cell] = guard
    return found


def _neighbours(net: _Net, step: _Step, reach: tuple[float, float], among: list[bool] | None = None) -> set[int]:
    """Return the count and others that may change along with it, found ring by ring over the sums, cheapest first."""
    most, of_each = reach
    found, ring, seen = {step.cell}, [step.cell], set[int]()
    while ring and len(found) < most:
        numbers = {number for member in ring for number in net.at[member]} - seen
        seen |= numbers
        ring = []
        for number in sorted(numbers):
            tie = net.ties[number]
            usable = [
                other
                for other in tie
                if other not in found and (among is None or among[other]) and net.may_move(other, step.strictly)
            ]
            if len(usable) > of_each:
                usable = sorted(usable, key=net.price)[: int(of_each)] + [tie[0]] * (tie[0] in usable)
            found.update(usable)
            ring.extend(usable)
    return found


def _cheapest_change(net: _Net, step: _Step, cells: set[int]) -> _Change:
    """Return the cheapest joint change of the cells that makes the step (cell -> change); empty if there is none."""
    columns = sorted(_without_fixed(net, cells))
    if step.cell not in columns:
        return {}
    numbers = sorted({number for cell in columns for number in net.at[cell]})
    matrix = _matrix([net.ties[number] for number in numbers], columns)
    falls, rises = np.array([net.room(cell, step.strictly) for cell in columns]).T
    lows, highs = np.zeros(2 * len(columns)), np.concatenate([rises, falls])
    target = columns.index(step.cell)
    highs[[target, target + len(columns)]] = 0.0
    place = target if step.size > 0 else target + len(columns)
    lows[place] = highs[place] = abs(step.size)
    prices = np.tile([net.price(cell) for cell in columns], 2)
    right, both = np.zeros(len(numbers)), hstack([matrix, -matrix], format="csc")
    found = _cheapest(both, right, lows, highs, prices, net.whole(columns))
    if found is None:
        return {}
    moved = found[: len(columns)] - found[len(columns) :]
    return {cell: float(size) for cell, size in zip(columns, moved, strict=True) if abs(size) > _ALMOST_ZERO}


def _without_fixed(net: _Net, cells: set[int]) -> set[int]:
    """Drop every count that cannot change because nothing else in one of its sums can."""
    left = set(cells)
    members = {number: left.intersection(net.ties[number]) for cell in left for number in net.at[cell]}
    lone = [number for number, of_sum in members.items() if len(of_sum) == 1]
    while lone:
        for cell in members[lone.pop()] & left:
            left.discard(cell)
            for number in net.at[cell]:
                members[number].discard(cell)
                if len(members[number]) == 1:
                    lone.append(number)
    return left


def imputed(values: list[float | None], highs: list[float], ties: list[Tie]) -> list[float]:
    """Fill in unknown counts, each as near to 1 as the sums allow; where no values fit, the sums miss by the least.

    What an attacker can find out depends on the known counts only; the filled-in counts are a point to start from.
    """
    start = [min(1.0, high) if value is None else value for value, high in zip(values, highs, strict=True)]
    rows = [tie for tie in ties if any(values[at] is None for at in tie)]
    if not rows:
        return start
    unknown = sorted({at for tie in rows for at in tie if values[at] is None})
    size, misses = len(unknown), len(rows)
    matrix = _matrix(rows, unknown)
    slack = eye_array(misses, format="csc")
    limits = [[highs[at] - start[at] for at in unknown], [start[at] for at in unknown], [math.inf] * 2 * misses]
    step = _cheapest(
        hstack([matrix, -matrix, slack, -slack], format="csc"),
        np.array([start[tie[0]] - sum(start[at] for at in tie[1:]) for tie in rows]),
        np.zeros(2 * size + 2 * misses),
        np.concatenate(limits),
        np.concatenate([np.ones(2 * size), np.full(2 * misses, _MISMATCH_PRICE)]),
        all(start[at] == round(start[at]) for tie in rows for at in tie),
    )
    if step is not None:
        for number, at in enumerate(unknown):
            start[at] += float(step[number] - step[size + number])
    return start


def _matrix(rows: list[Tie], columns: list[int]) -> csc_array:
    """Return the sums' coefficients over some counts: parts 1, total -1."""
    place = {cell: number for number, cell in enumerate(columns)}
    entries = [
        (number, place[cell], 1.0 if order else -1.0)
        for number, tie in enumerate(rows)
        for order, cell in enumerate(tie)
        if cell in place
    ]
    row, column, sign = zip(*entries, strict=True)
    return csc_array((sign, (row, column)), shape=(len(rows), len(columns)))


def _cheapest(
    matrix: csc_array, right: np.ndarray, lows: np.ndarray, highs: np.ndarray, prices: np.ndarray, whole: bool
) -> np.ndarray | None:
    """Minimise prices x steps where matrix x steps = right and lows <= steps <= highs; None if there are no steps.

    whole: by whole persons. The continuous solution is whole almost always and costs far less, so it is tried first
    (`milp` without integrality is HiGHS' simplex, with less overhead per call than `linprog`).
    """
    sums, limits = LinearConstraint(matrix, right, right), Bounds(lows, highs)
    options = {"presolve": False}  # too small to be worth it
    found = milp(prices, constraints=sums, bounds=limits, options=options).x
    if found is None or not whole:
        return found
    if np.abs(found - np.round(found)).max() > _ALMOST_ZERO * 10:
        found = milp(prices, constraints=sums, bounds=limits, integrality=np.ones(len(prices))).x
    return None if found is None else np.round(found)
