"""Which counts may be shown, and which others are hidden so that those stay hidden: pure functions on counts and sums.

What an attacker is taken to know, and what is promised against that, is said in `indicators.disclosure`. Which rows of
`measure` are cells, which sums hold between them and what happens to a hidden row is decided in `tables`.
(Hundepool et al. 2012, Statistical Disclosure Control, chapters 4 and 5)
"""

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from indicators.disclosure.concealing import Counts, Exposed, Range, conceal, imputed

State = Literal["shown", "unreliable", "suppressed", "missing"]
Reason = Literal["primary", "secondary", "source"]
Sum = tuple[Hashable, Sequence[Hashable]]


class CannotProtect(ValueError):
    """A hidden count can be computed from counts that must stay shown (their importance is infinite).

    decisions: for each cell, with everything hidden that is tied to such a count and may be: no more can be done.
    """

    def __init__(self, message: str, decisions: "list[Decision]") -> None:
        super().__init__(message)
        self.decisions = decisions


@dataclass(frozen=True)
class Rules:
    """When a count is hidden, and when it is shown with a mark. Raises ValueError for negative limits.

    smallest: numerators and complements above 0 and below this are hidden. smallest_base: denominators above 0 and
    below this hide their cell (FHI's practice: fewer than 3 cases, a base under 10). unreliable_below and rse_limit:
    fewer events, or a larger relative standard error, are marked.

    certain_base: 0 % and 100 % of a group below this are hidden: they say something of every member, and in a small
    group who the members are is known. hide_zeros: hide them on any base; an indicator of a sensitive matter may need
    it. By default those of larger groups are shown: a zero singles out nobody, and the providers publish theirs ('-').
    """

    smallest: int = 3
    smallest_base: int = 10
    unreliable_below: int = 10
    rse_limit: float = 0.30
    hide_zeros: bool = False
    certain_base: int = 20

    def __post_init__(self) -> None:
        if (
            self.smallest < 1
            or min(self.smallest_base, self.certain_base) < 0
            or self.unreliable_below < 0
            or self.rse_limit <= 0
        ):
            raise ValueError(f"rules need smallest >= 1, other counts >= 0 and rse_limit > 0; found {self}")


class Cell(NamedTuple):
    """One count. A numerator of None (or NaN) is unknown: hidden by the provider, or else missing.

    importance multiplies the price of hiding the cell: 0 for a cell that is never published, infinite for a cell that
    cannot be hidden because others publish it; such a cell is no secret, however small. hidden_before: an earlier
    publication hid the same count, and would be undone by showing it now; it stays hidden, and protected. rules: those
    of this cell, where its provider demands others than hold for all. width: how far apart the least and the greatest
    value are that it is left with, where neighbours allow more than two.
    """

    key: Hashable
    numerator: float | None
    denominator: float | None = None
    hidden_by_source: bool = False
    importance: float = 1.0
    hidden_before: bool = False
    rules: Rules | None = None
    width: int = 2


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
    given = [_read(Cell(*cell), rules or Rules()) for cell in cells]
    table = sorted(given, key=lambda cell: repr(cell.key))
    ties = _ties([cell.key for cell in table], sums)
    exposed: list[Exposed] = []
    hidden_bases = _conceal_denominators(table, ties, exposed)
    primary = [_is_primary(cell) for cell in table]
    at_risk = [
        is_primary or base_hidden or cell.hidden_by_source or _is_missing(cell) or _stays_hidden(cell)
        for cell, is_primary, base_hidden in zip(table, primary, hidden_bases, strict=True)
    ]
    hidden = _conceal_numerators(table, ties, at_risk, exposed)
    by_key = {
        cell.key: _decide(cell, is_primary, is_hidden, not base_hidden)
        for cell, is_primary, is_hidden, base_hidden in zip(table, primary, hidden, hidden_bases, strict=True)
    }
    decisions = [by_key[cell.key] for cell in given]
    if exposed:
        fixed = [table[cell].key for cell in exposed[0].fixed]
        raise CannotProtect(
            f"{table[exposed[0].cell].key!r} must stay hidden, but follows from counts whose importance is infinite, "
            f"among {fixed[:5]!r}; lower the importance of one, or publish fewer of its siblings",
            decisions,
        )
    return decisions


def _read(cell: Cell, rules: Rules) -> Cell:
    """Turn NaN into None and refuse what is no count."""
    counts = [None if count is None or math.isnan(count) else float(count) for count in cell[1:3]]
    if any(count is not None and (count < 0 or math.isinf(count)) for count in counts) or not cell.importance >= 0:
        raise ValueError(f"cell {cell.key!r}: counts and importance are zero or more; found {tuple(cell)}")
    return cell._replace(numerator=counts[0], denominator=counts[1], rules=cell.rules or rules)


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


def _is_primary(cell: Cell) -> bool:
    """Tell whether to hide the cell because it is small; not so where its count is unknown or public elsewhere."""
    exempt = cell.numerator is None or cell.hidden_by_source or math.isinf(cell.importance)
    return not exempt and is_small(cell)


def _is_missing(cell: Cell) -> bool:
    """Tell whether nobody knows why a published figure has no count; one that is never published is no secret."""
    return cell.numerator is None and cell.importance > 0


def _stays_hidden(cell: Cell) -> bool:
    return cell.hidden_before and math.isfinite(cell.importance)


def _complement(cell: Cell) -> float:
    """Return denominator minus numerator; infinite where the numerator is no part of a known denominator."""
    if cell.numerator is None or cell.denominator is None or cell.numerator > cell.denominator:
        return math.inf
    return cell.denominator - cell.numerator


def is_small(cell: Cell) -> bool:
    """Tell whether the cell's count is too small to be shown; never so in an empty group, which has no members.

    Of 40 persons 2 are too few, and so are all but 2; a base of 9 is too small for any count, and one of 19 for none.

    >>> counts = [(2, 40), (38, 40), (3, 40), (5, 9), (0, 40), (0, 19)]
    >>> [is_small(Cell("x", numerator, of)) for numerator, of in counts]
    [True, True, False, True, False, True]
    """
    if cell.denominator == 0:
        return False
    counts = (cell.numerator or 0.0, _complement(cell))
    smallest, zeros = _rules(cell).smallest, _hides_zeros(cell)
    return any(0 < count < smallest or (zeros and count == 0) for count in counts) or _has_small_base(cell)


def _rules(cell: Cell) -> Rules:
    return cell.rules or Rules()


def _hides_zeros(cell: Cell) -> bool:
    """Tell whether 0 and 100 % of the cell's group are hidden."""
    rules = _rules(cell)
    return rules.hide_zeros or (cell.denominator is not None and 0 < cell.denominator < rules.certain_base)


def _has_small_base(cell: Cell) -> bool:
    return cell.denominator is not None and 0 < cell.denominator < _rules(cell).smallest_base


def _is_unreliable(cell: Cell) -> bool:
    """Tell whether the cell gets a mark: few events, or a large relative standard error (binomial, else Poisson).

    A true zero has no relative error; its interval says how far it can be trusted.
    """
    events = cell.numerator or 0.0
    if events == 0:
        return False
    is_share = cell.denominator is not None and events <= cell.denominator
    variance_share = 1 - events / cell.denominator if is_share and cell.denominator else 1.0
    rules = _rules(cell)
    return events < rules.unreliable_below or math.sqrt(variance_share / events) > rules.rse_limit


def _decide(cell: Cell, primary: bool, hidden: bool, base_may_stay: bool) -> Decision:
    base = base_may_stay and cell.denominator is not None
    if cell.hidden_by_source:
        return Decision(cell.key, "suppressed", "source", base)
    if cell.numerator is None:
        return Decision(cell.key, "missing", None, base)
    if hidden:
        return Decision(cell.key, "suppressed", "primary" if primary else "secondary", base)
    return Decision(cell.key, "unreliable" if _is_unreliable(cell) else "shown", None, base)


def _conceal_denominators(table: list[Cell], ties: list[list[int]], exposed: list[Exposed]) -> list[bool]:
    """Tell which denominators must be hidden so that the secret ones cannot be computed from the rest.

    Secret are those that providers hide and small ones: one of few participants is a person, as a count is.
    """
    bases = [cell.denominator for cell in table]
    secret = [
        (cell.denominator is None and (cell.hidden_by_source or _is_missing(cell)))
        or (_has_small_base(cell) and math.isfinite(cell.importance))
        for cell in table
    ]
    if not any(secret) or all(base is None for base in bases):
        return [False] * len(table)
    values = imputed(bases, [math.inf] * len(table), ties)
    free = [(0.0, math.inf)] * len(table)
    counts = Counts(values, free, free, secret, _prices(table, values), _widths(table))
    start = [base is None or is_secret for base, is_secret in zip(bases, secret, strict=True)]
    hidden = _concealed(ties, counts, start, exposed)
    return [is_hidden and (secret[at] or bases[at] is not None) for at, is_hidden in enumerate(hidden)]


def _conceal_numerators(
    table: list[Cell], ties: list[list[int]], at_risk: list[bool], exposed: list[Exposed]
) -> list[bool]:
    """Tell which cells to hide so that nobody can narrow a hidden count to fewer than three."""
    if not any(at_risk):
        return at_risk
    highs = [_highest(cell) for cell in table]
    values = imputed([cell.numerator for cell in table], highs, ties)
    filled = [cell._replace(numerator=value) for cell, value in zip(table, values, strict=True)]
    possible = [(0.0, high) for high in highs]
    expected = [_expected(cell) for cell in filled]
    counts = Counts(values, possible, expected, at_risk, _prices(table, values), _widths(table))
    return _concealed(ties, counts, at_risk, exposed)


def _concealed(ties: list[list[int]], counts: Counts, hidden: list[bool], exposed: list[Exposed]) -> list[bool]:
    found = conceal(ties, counts, hidden)
    exposed += found.exposed
    return found.hidden


def _highest(cell: Cell) -> float:
    """Return the largest numerator an attacker considers: the denominator, where the numerator is a part of it."""
    if cell.denominator is None or (cell.numerator is not None and cell.numerator > cell.denominator):
        return math.inf
    return cell.denominator


def _expected(cell: Cell) -> Range:
    """Return the range of a hidden numerator for an attacker who knows that 0 and 100 % would be shown."""
    high, numerator = _highest(cell), cell.numerator or 0.0
    if _hides_zeros(cell) or _has_small_base(cell):
        return 0.0, high
    return min(1.0, numerator), max(high - 1, numerator)


def _widths(table: list[Cell]) -> list[int]:
    return [cell.width for cell in table]


def _prices(table: list[Cell], values: list[float]) -> list[float]:
    """Return the price of hiding each cell: more for a large count, but not in proportion to its size.

    The logarithm lies between 'as few cells as possible' and 'as few persons as possible'.
    """
    return [cell.importance * (1 + math.log1p(value)) for cell, value in zip(table, values, strict=True)]
