"""The attack of one who knows the rule: it is run again on every table that fits what is shown.

Tables on which it would hide other cells than it did are ruled out. The rule is handed in, so that nothing of the
product is imported here; of a secret key the attacker knows only what he guesses.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

Cell = Hashable
Table = Mapping[Cell, int]
Again = Callable[[Table, bytes], frozenset[Cell]]
_MANY = 50_000  # more tables than these are not looked through
_REACH = 3  # how far a table's counts are from those of one that is near, then


def worlds(
    shown: Table, hidden: Sequence[Cell], sums: Iterable[tuple[Cell, Sequence[Cell]]], values: Mapping[Cell, range]
) -> Iterator[dict[Cell, int]]:
    """Yield every table of these values of hidden cells that fits what is shown, and the sums."""
    sums = list(sums)

    def fits(table: dict[Cell, int]) -> bool:
        for whole, parts in sums:
            left = [cell for cell in (whole, *parts) if cell not in table]
            short = table.get(whole, 0) - sum(table.get(part, 0) for part in parts)
            if not left and short != 0:
                return False
            if whole in table and short < 0:
                return False
        return True

    def extended(table: dict[Cell, int], rest: Sequence[Cell]) -> Iterator[dict[Cell, int]]:
        if not fits(table):
            return
        if not rest:
            yield table
            return
        for value in values[rest[0]]:
            yield from extended({**table, rest[0]: value}, rest[1:])

    return extended(dict(shown), list(hidden))


def _nearly(table: Table, hidden: Sequence[Cell]) -> dict[Cell, range]:
    most = max((table[cell] for cell in hidden), default=0) + _REACH
    if (most + 1) ** len(hidden) <= _MANY:
        return dict.fromkeys(hidden, range(most + 1))
    return {cell: range(max(0, table[cell] - _REACH), table[cell] + _REACH + 1) for cell in hidden}


def possible(
    shown: Table,
    hidden: Sequence[Cell],
    sums: Iterable[tuple[Cell, Sequence[Cell]]],
    again: Again,
    keys: Sequence[bytes],
    most: int = 12,
    enough: int | None = None,
    near: Table | None = None,
    tries: int | None = None,
) -> dict[Cell, set[int]]:
    """Return what each hidden cell can be, of the tables on which the rule hides just these with one of the keys.

    most: of counts tried. For a measurement that knows the true table and need not try all: enough: a cell is not
    followed further once it may be so many; near: only tables that are nearly this one are tried, the nearest first,
    for they are hidden alike most often; tries: the rule is run on so many tables at most.
    """
    pattern = frozenset(hidden)
    left: dict[Cell, set[int]] = {cell: set() for cell in hidden}

    def tells(table: Table) -> bool:
        news = (cell for cell in hidden if table[cell] not in left[cell])
        return any(enough is None or len(left[cell]) < enough for cell in news)

    if near is None:
        tables: Iterable[dict[Cell, int]] = worlds(shown, hidden, sums, dict.fromkeys(hidden, range(most + 1)))
    else:
        values = _nearly(near, hidden)
        found = worlds(shown, hidden, sums, values)
        tables = sorted(found, key=lambda table: sum(abs(table[cell] - near[cell]) for cell in hidden))
    for table in islice(filter(tells, tables), tries):
        if any(again(table, key) == pattern for key in keys):
            for cell in hidden:
                left[cell].add(table[cell])
    return left
