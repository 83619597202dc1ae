"""Which counts may be shown, and which others are hidden so that those stay hidden: pure functions on counts and sums.

What an attacker is taken to know, and what is promised against that, is said in `indicators.disclosure`. Which rows of
`measure` are cells, which sums hold between them and what happens to a hidden row is decided in `tables`.
(Hundepool et al. 2012, Statistical Disclosure Control, chapters 4 and 5)
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array, eye_array, hstack

State = Literal["shown", "unreliable", "suppressed", "missing"]
Reason = Literal["primary", "secondary", "source"]
Sum = tuple[Hashable, Sequence[Hashable]]

_ALMOST_ZERO = 1e-7
_HIDDEN_PRICE = 1e-3  # of a count that is hidden already: nearly nothing, but above 0 so that short paths are preferred
_MISMATCH_PRICE = 1e4  # of a sum that does not hold, per person
# Where to look for counts to hide along with one at risk: at most so many counts, and so many parts of each sum.
_NEAR, _FAR, _ALL = (60, 8), (600, 40), (math.inf, math.inf)
# (within what is expected or only within what is possible, where to look), tried in this order.
_SEARCH = ((True, _NEAR), (True, _FAR), (False, _NEAR), (False, _FAR), (False, _ALL))
_AMONG_HIDDEN = (150, 40)
_Range = tuple[float, float]


class CannotProtect(ValueError):
    """A hidden count can be computed from counts that must stay shown (their importance is infinite)."""


@dataclass(frozen=True)
class Rules:
    """When a count is hidden, and when it is shown with a mark. Raises ValueError for negative limits.

    smallest: numerators and complements above 0 and below this are hidden. smallest_base: denominators above 0 and
    below this hide their cell (FHI's practice: fewer than 3 cases, a base under 10). unreliable_below and rse_limit:
    fewer events, or a larger relative standard error, are marked.

    hide_zeros: hide also 0 and 100 % on a sufficient base. By default they are shown: a zero singles out nobody, and
    the providers publish theirs ('-'). But 100 % says something about every member of the group, so an indicator of a
    sensitive matter needs the stricter rule.
    """

    smallest: int = 3
    smallest_base: int = 10
    unreliable_below: int = 10
    rse_limit: float = 0.30
    hide_zeros: bool = False

    def __post_init__(self) -> None:
        if self.smallest < 1 or self.smallest_base < 0 or self.unreliable_below < 0 or self.rse_limit <= 0:
            raise ValueError(f"rules need smallest >= 1, other counts >= 0 and rse_limit > 0; found {self}")


class Cell(NamedTuple):
    """One count. A numerator of None (or NaN) is unknown: hidden by the provider, or else missing.

    importance multiplies the price of hiding the cell: 0 for a cell that is never published, infinite for a cell that
    cannot be hidden because others publish it; such a cell is no secret, however small. hidden_before: an earlier
    publication hid the same count, and would be undone by showing it now; it stays hidden, and protected.
    """

    key: Hashable
    numerator: float | None
    denominator: float | None = None
    hidden_by_source: bool = False
    importance: float = 1.0
    hidden_before: bool = False


class Decision(NamedTuple):
    """What to do with a cell. The reason is for the log, not for publication: it narrows down what is hidden.

    state `suppressed`: numerator, value and interval are hidden, and the denominator too unless `denominator` is true.
    """

    key: Hashable
    state: State
    reason: Reason | None
    denominator: bool


def protect(cells: Iterable[Cell | tuple], sums: Iterable[Sum], rules: Rules | None = None) -> list[Decision]:
    """Decide for each cell, in the order given, so that no hidden count follows from the shown ones and the sums.

    sums: (total key, part keys), true of numerators and denominators alike. Where rounding makes a sum miss by a
    little, the attacker is taken to know by how much. A missing count is protected like one that its provider hides,
    for the reason is unknown. The outcome does not depend on the order of cells and sums.
    Raises ValueError for a negative or infinite count, a key given twice, or a sum of unknown cells; CannotProtect
    where a count that must be hidden follows from counts that cannot be.
    (Hundepool et al. 2012, chapter 4: sensitive cells, secondary suppression, attack by linear programming)

    Two of 40 are too few to show. 30 - 7 - 21 would give them away, so a second part is hidden too: the smaller one,
    which costs least. A reader can then still subtract, but only to learn that the two parts sum to 9.

    >>> cells = [("town", 30, 300), ("north", 2, 40), ("south", 7, 60), ("west", 21, 200)]
    >>> [decision.state for decision in protect(cells, [("town", ["north", "south", "west"])])]
    ['shown', 'suppressed', 'suppressed', 'shown']
    """
    rules = rules or Rules()
    given = [_read(Cell(*cell)) for cell in cells]
    table = sorted(given, key=lambda cell: repr(cell.key))
    ties = _ties([cell.key for cell in table], sums)
    hidden_bases = _conceal_denominators(table, ties)
    primary = [_is_primary(cell, rules) for cell in table]
    at_risk = [
        is_primary or base_hidden or cell.hidden_by_source or cell.numerator is None or _stays_hidden(cell)
        for cell, is_primary, base_hidden in zip(table, primary, hidden_bases, strict=True)
    ]
    hidden = _conceal_numerators(table, ties, at_risk, rules)
    decisions = {
        cell.key: _decide(cell, is_primary, is_hidden, not base_hidden, rules)
        for cell, is_primary, is_hidden, base_hidden in zip(table, primary, hidden, hidden_bases, strict=True)
    }
    return [decisions[cell.key] for cell in given]


def _read(cell: Cell) -> Cell:
    """Turn NaN into None and refuse what is no count."""
    counts = [None if count is None or math.isnan(count) else float(count) for count in cell[1:3]]
    if any(count is not None and (count < 0 or math.isinf(count)) for count in counts) or not cell.importance >= 0:
        raise ValueError(f"cell {cell.key!r}: counts and importance are zero or more; found {tuple(cell)}")
    return cell._replace(numerator=counts[0], denominator=counts[1])


def _ties(keys: list[Hashable], sums: Iterable[Sum]) -> list[list[int]]:
    """Turn each sum into positions, total first; refuse what would silently leave a sum unguarded."""
    place = {key: position for position, key in enumerate(keys)}
    if len(place) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"cell {twice!r} is given twice; a key names one cell")
    ties = []
    for total, parts in sums:
        members = [total, *parts]
        unknown = next((key for key in members if key not in place), None)
        if unknown is not None:
            raise ValueError(
                f"sum {total!r} names {unknown!r}, which is no cell; pass it as a cell (importance 0 if it is never "
                "published), or leave the sum out if the count is known to nobody"
            )
        if len(set(members)) < len(members) or not parts:
            raise ValueError(f"sum {total!r} needs at least one part, and every cell once; found {list(parts)!r}")
        ties.append([place[total], *sorted(place[key] for key in parts)])
    return sorted(ties)


def _is_primary(cell: Cell, rules: Rules) -> bool:
    """Tell whether to hide the cell because it is small; not so where its count is unknown or public elsewhere."""
    exempt = cell.numerator is None or cell.hidden_by_source or math.isinf(cell.importance)
    return not exempt and is_small(cell, rules)


def _stays_hidden(cell: Cell) -> bool:
    return cell.hidden_before and math.isfinite(cell.importance)


def _complement(cell: Cell) -> float:
    """Return denominator minus numerator; infinite where the numerator is no part of a known denominator."""
    if cell.numerator is None or cell.denominator is None or cell.numerator > cell.denominator:
        return math.inf
    return cell.denominator - cell.numerator


def is_small(cell: Cell, rules: Rules) -> bool:
    """Tell whether the cell's count is too small to be shown; never so in an empty group, which has no members.

    Of 40 persons 2 are too few, and so are all but 2; a base of 9 is too small for any count.

    >>> [is_small(Cell("x", numerator, of), Rules()) for numerator, of in [(2, 40), (38, 40), (3, 40), (5, 9), (0, 40)]]
    [True, True, False, True, False]
    """
    if cell.denominator == 0:
        return False
    counts = (cell.numerator or 0.0, _complement(cell))
    small = any(0 < count < rules.smallest or (rules.hide_zeros and count == 0) for count in counts)
    return small or _has_small_base(cell, rules)


def _has_small_base(cell: Cell, rules: Rules) -> bool:
    return cell.denominator is not None and 0 < cell.denominator < rules.smallest_base


def _is_unreliable(cell: Cell, rules: Rules) -> bool:
    """Tell whether the cell gets a mark: few events, or a large relative standard error (binomial, else Poisson).

    A true zero has no relative error; its interval says how far it can be trusted.
    """
    events = cell.numerator or 0.0
    if events == 0:
        return False
    is_share = cell.denominator is not None and events <= cell.denominator
    variance_share = 1 - events / cell.denominator if is_share and cell.denominator else 1.0
    return events < rules.unreliable_below or math.sqrt(variance_share / events) > rules.rse_limit


def _decide(cell: Cell, primary: bool, hidden: bool, base_may_stay: bool, rules: Rules) -> Decision:
    base = base_may_stay and cell.denominator is not None
    if cell.hidden_by_source:
        return Decision(cell.key, "suppressed", "source", base)
    if cell.numerator is None:
        return Decision(cell.key, "missing", None, base)
    if hidden:
        return Decision(cell.key, "suppressed", "primary" if primary else "secondary", base)
    return Decision(cell.key, "unreliable" if _is_unreliable(cell, rules) else "shown", None, base)


def _conceal_denominators(table: list[Cell], ties: list[list[int]]) -> list[bool]:
    """Tell which denominators must be hidden so that those that providers hide cannot be computed from the rest."""
    bases = [cell.denominator for cell in table]
    secret = [cell.denominator is None and (cell.hidden_by_source or cell.numerator is None) for cell in table]
    if not any(secret) or all(base is None for base in bases):
        return [False] * len(table)
    values = _imputed(bases, [math.inf] * len(table), ties)
    free = [(0.0, math.inf)] * len(table)
    promised = [
        (max(value - 1, 0.0), value + 1) if is_secret else None for value, is_secret in zip(values, secret, strict=True)
    ]
    counts = _Counts(values, free, free, promised, _prices(table, values))
    hidden = _conceal(table, ties, counts, [base is None for base in bases])
    return [is_hidden and (secret[at] or bases[at] is not None) for at, is_hidden in enumerate(hidden)]


def _conceal_numerators(table: list[Cell], ties: list[list[int]], at_risk: list[bool], rules: Rules) -> list[bool]:
    """Tell which cells to hide so that nobody can narrow a cell at risk to less than the range promised to it."""
    highs = [_highest(cell) for cell in table]
    values = _imputed([cell.numerator for cell in table], highs, ties)
    filled = [cell._replace(numerator=value) for cell, value in zip(table, values, strict=True)]
    possible = [(0.0, high) for high in highs]
    expected = [_expected(cell, rules) for cell in filled]
    promised = [_promised(cell, rules) if risk else None for cell, risk in zip(filled, at_risk, strict=True)]
    return _conceal(table, ties, _Counts(values, possible, expected, promised, _prices(table, values)), at_risk)


def _highest(cell: Cell) -> float:
    """Return the largest numerator an attacker considers: the denominator, where the numerator is a part of it."""
    if cell.denominator is None or (cell.numerator is not None and cell.numerator > cell.denominator):
        return math.inf
    return cell.denominator


def _expected(cell: Cell, rules: Rules) -> _Range:
    """Return the range of a hidden numerator for an attacker who knows that 0 and 100 % would be shown."""
    high, numerator = _highest(cell), cell.numerator or 0.0
    if rules.hide_zeros or _has_small_base(cell, rules):
        return 0.0, high
    return min(1.0, numerator), max(high - 1, numerator)


def _promised(cell: Cell, rules: Rules) -> _Range:
    """Return the range of numerators that an attacker must not be able to narrow."""
    value, high = cell.numerator or 0.0, _highest(cell)
    low, top = value, value
    if value < rules.smallest and (value > 0 or rules.hide_zeros):  # a small numerator
        low, top = min(low, 1.0), max(top, rules.smallest - 1.0)
    if high - value < rules.smallest and (value < high or rules.hide_zeros):  # a small complement
        low, top = min(low, high - rules.smallest + 1), max(top, high - 1)
    if not is_small(cell, rules) or _has_small_base(cell, rules) or cell.hidden_by_source:
        low, top = min(low, value - 1), max(top, value + 1)
    return max(low, 0.0), min(top, high)


def _prices(table: list[Cell], values: list[float]) -> list[float]:
    """Return the price of hiding each cell: more for a large count, but not in proportion to its size.

    The logarithm lies between 'as few cells as possible' and 'as few persons as possible'.
    """
    return [cell.importance * (1 + math.log1p(value)) for cell, value in zip(table, values, strict=True)]


def _imputed(values: list[float | None], highs: list[float], ties: list[list[int]]) -> list[float]:
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
    )
    if step is not None:
        for number, at in enumerate(unknown):
            start[at] += float(step[number] - step[size + number])
    return start


@dataclass(frozen=True)
class _Counts:
    """Numerators or denominators by position, each with its possible, its expected and its promised range."""

    values: list[float]
    possible: list[_Range]
    expected: list[_Range]
    promised: list[_Range | None]
    prices: list[float]


@dataclass
class _Need:
    """One side of a promise: the count must be able to change by `step`.

    support: the hidden counts whose joint change makes that possible. strictly: they stay within their expected ranges,
    not only within their possible ones.
    """

    cell: int
    step: float
    strictly: bool = True
    support: frozenset[int] = frozenset()


def _conceal(table: list[Cell], ties: list[list[int]], counts: _Counts, hidden: list[bool]) -> list[bool]:
    """Hide further counts until every need is met, then show those again that turn out not to be needed.

    Nobody can rule out a joint change of counts that keeps every sum and moves hidden counts only. The cheapest such
    change is a linear program, solved for one need after the other (after Kelly, Golden & Assad 1992, Networks 22:397;
    Hundepool et al. 2012, chapter 4). Hiding more only widens the ranges, so a need that is met stays met.
    """
    net = _Net(ties, counts, list(hidden))
    unmet = [need for need in net.needs if not need.support and not _meet(net, need)]
    for need in unmet:
        if not any(other.support for other in net.needs_of[need.cell]):
            _hide_all_tied(net, need, table)
    _show_superfluous(net, hidden)
    return net.hidden


class _Net:
    """Counts, sums between them, and which are hidden so far."""

    def __init__(self, ties: list[list[int]], counts: _Counts, hidden: list[bool]) -> None:
        self.ties, self.counts, self.hidden = ties, counts, hidden
        self.at: list[list[int]] = [[] for _ in counts.values]
        for number, tie in enumerate(ties):
            for cell in tie:
                self.at[cell].append(number)
        self.needs = [
            _Need(cell, end - counts.values[cell])
            for cell, promised in enumerate(counts.promised)
            for end in promised or ()
            if self.at[cell] and abs(end - counts.values[cell]) > _ALMOST_ZERO
        ]
        self.needs_of = defaultdict(list)
        for need in self.needs:
            self.needs_of[need.cell].append(need)

    def price(self, cell: int) -> float:
        return _HIDDEN_PRICE + (0.0 if self.hidden[cell] else self.counts.prices[cell])

    def room(self, cell: int, strictly: bool) -> _Range:
        """Return how far a count can fall, and how far it can rise."""
        low, high = (self.counts.expected if strictly else self.counts.possible)[cell]
        return self.counts.values[cell] - low, high - self.counts.values[cell]

    def may_move(self, cell: int, strictly: bool) -> bool:
        return math.isfinite(self.price(cell)) and max(self.room(cell, strictly)) > _ALMOST_ZERO


def _meet(net: _Net, need: _Need) -> bool:
    """Hide the cheapest counts that let the need's count change; tell whether there are any."""
    for strictly, reach in _SEARCH:
        change = _cheapest_change(net, need, _neighbours(net, need.cell, strictly, reach), strictly)
        if change:
            break
    else:
        return False
    need.strictly, need.support = strictly, frozenset(change)
    for cell in change:
        net.hidden[cell] = True
    if strictly:
        _mark_met_by(net, change)
    return True


def _mark_met_by(net: _Net, change: dict[int, float]) -> None:
    """Mark further needs as met by the same change, scaled up or reversed as far as every count in it has room."""
    for direction in (1, -1):
        rooms = (net.room(cell, True)[step * direction > 0] / abs(step) for cell, step in change.items())
        scale = direction * min(rooms)
        for cell, step in change.items():
            for need in net.needs_of[cell]:
                if not need.support and step * scale / need.step >= 1 - _ALMOST_ZERO:
                    need.support = frozenset(change)


def _hide_all_tied(net: _Net, need: _Need, table: list[Cell]) -> None:
    """Hide every count that sums tie to this one, directly or not: the last resort where no smaller set suffices."""
    tied, ring = {need.cell}, [need.cell]
    while ring:
        ring = sorted({other for cell in ring for tie in net.at[cell] for other in net.ties[tie]} - tied)
        tied.update(ring)
    fixed = [table[cell].key for cell in sorted(tied) if math.isinf(net.price(cell))]
    if fixed:
        raise CannotProtect(
            f"{table[need.cell].key!r} must stay hidden, but follows from counts whose importance is infinite, among "
            f"{fixed[:5]!r}; lower the importance of one, or publish fewer of its siblings"
        )
    need.support = frozenset(cell for cell in tied if net.may_move(cell, strictly=False))
    for cell in need.support:
        net.hidden[cell] = True


def _show_superfluous(net: _Net, before: list[bool]) -> None:
    """Show again, the most expensive first, each count that was hidden but that no need depends on."""
    users = defaultdict(list)
    for need in net.needs:
        for cell in need.support:
            users[cell].append(need)
    added = [cell for cell, hidden in enumerate(net.hidden) if hidden and not before[cell]]
    for cell in sorted(added, key=lambda cell: (-net.counts.prices[cell], cell)):
        net.hidden[cell] = False
        changes = _other_supports(net, [need for need in users[cell] if cell in need.support])
        net.hidden[cell] = changes is None
        for need, support in changes or ():
            need.support = support
            for other in support:
                users[other].append(need)
    supports = [need.support for need in net.needs]
    needed = set[int]().union(*supports)
    net.hidden = [hidden or cell in needed for cell, hidden in enumerate(before)]


def _other_supports(net: _Net, needs: list[_Need]) -> list[tuple[_Need, frozenset[int]]] | None:
    """Find another support among the hidden counts for each need; None where a need has no other."""
    found = []
    for need in needs:
        neighbours = _neighbours(net, need.cell, need.strictly, _AMONG_HIDDEN, net.hidden)
        change = _cheapest_change(net, need, neighbours, need.strictly)
        if not change:
            return None
        found.append((need, frozenset(change)))
    return found


def _neighbours(
    net: _Net, cell: int, strictly: bool, reach: tuple[float, float], among: list[bool] | None = None
) -> set[int]:
    """Return the count and others that may change along with it, found ring by ring over the sums, cheapest first."""
    most, of_each = reach
    found, ring, seen = {cell}, [cell], set[int]()
    while ring and len(found) < most:
        numbers = {number for member in ring for number in net.at[member]} - seen
        seen |= numbers
        ring = []
        for number in sorted(numbers):
            tie = net.ties[number]
            usable = [
                other
                for other in tie
                if other not in found and (among is None or among[other]) and net.may_move(other, strictly)
            ]
            if len(usable) > of_each:
                usable = sorted(usable, key=net.price)[: int(of_each)] + [tie[0]] * (tie[0] in usable)
            found.update(usable)
            ring.extend(usable)
    return found


def _cheapest_change(net: _Net, need: _Need, cells: set[int], strictly: bool) -> dict[int, float]:
    """Return the cheapest joint change of the cells that meets the need (cell -> step); empty if there is none."""
    if abs(need.step) > net.room(need.cell, strictly)[need.step > 0] + _ALMOST_ZERO:
        return {}
    columns = sorted(_without_fixed(net, cells))
    if need.cell not in columns:
        return {}
    numbers = sorted({number for cell in columns for number in net.at[cell]})
    matrix = _matrix([net.ties[number] for number in numbers], columns)
    falls, rises = np.array([net.room(cell, strictly) for cell in columns]).T
    lows, highs = np.zeros(2 * len(columns)), np.concatenate([rises, falls])
    target = columns.index(need.cell)
    highs[[target, target + len(columns)]] = 0.0
    place = target if need.step > 0 else target + len(columns)
    lows[place] = highs[place] = abs(need.step)
    prices = np.tile([net.price(cell) for cell in columns], 2)
    steps = _cheapest(hstack([matrix, -matrix], format="csc"), np.zeros(len(numbers)), lows, highs, prices)
    if steps is None:
        return {}
    both = steps[: len(columns)] - steps[len(columns) :]
    return {cell: float(step) for cell, step in zip(columns, both, strict=True) if abs(step) > _ALMOST_ZERO}


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


def _matrix(rows: list[list[int]], columns: list[int]) -> csc_array:
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
    matrix: csc_array, right: np.ndarray, lows: np.ndarray, highs: np.ndarray, prices: np.ndarray
) -> np.ndarray | None:
    """Minimise prices x steps where matrix x steps = right and lows <= steps <= highs; None if there are no steps.

    Continuous: `milp` without integrality is HiGHS' simplex, with less overhead per call than `linprog`.
    """
    sums, limits = LinearConstraint(matrix, right, right), Bounds(lows, highs)
    return milp(prices, constraints=sums, bounds=limits, options={"presolve": False}).x  # too small to be worth it
