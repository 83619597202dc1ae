"""The attack of one who knows the rule: it is run again on every table that fits what is shown.

Tables on which it would hide other cells than it did are ruled out. The rule is handed in, so that nothing of the
product is imported here; of a secret key the attacker knows only what he guesses.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

Cell = Hashable
Table = Mapping[Cell, int]
Again = Callable[[Table, bytes], frozenset[Cell]]
_MOST_TABLES = 20_000


def worlds(
    shown: Table, hidden: Sequence[Cell], sums: Iterable[tuple[Cell, Sequence[Cell]]], most: int
) -> Iterator[dict[Cell, int]]:
    """Yield every table of whole numbers from 0 to `most` that fits what is shown, and the sums."""
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
        for value in range(most + 1):
            yield from extended({**table, rest[0]: value}, rest[1:])

    return extended(dict(shown), list(hidden))


def possible(
    shown: Table,
    hidden: Sequence[Cell],
    sums: Iterable[tuple[Cell, Sequence[Cell]]],
    again: Again,
    keys: Sequence[bytes],
    most: int = 12,
    enough: int | None = None,
    first: Callable[[Table], float] | None = None,
) -> dict[Cell, set[int]]:
    """Return what each hidden cell can be, of the tables on which the rule hides just these with one of the keys.

    enough: a cell is not followed further once it may be so many. first: tables are tried by this, the least first, and
    no more than a few thousand; without it all, as they come.
    """
    pattern = frozenset(hidden)
    left: dict[Cell, set[int]] = {cell: set() for cell in hidden}

    def tells(table: Table) -> bool:
        news = (cell for cell in hidden if table[cell] not in left[cell])
        return any(enough is None or len(left[cell]) < enough for cell in news)

    tables: Iterable[dict[Cell, int]] = worlds(shown, hidden, sums, most)
    if first is not None:
        tables = sorted(islice(tables, _MOST_TABLES), key=first)
    for table in tables:
        if tells(table) and any(again(table, key) == pattern for key in keys):
            for cell in hidden:
                left[cell].add(table[cell])
    return left
