"""The attack of one who knows the rule: it is run again on every table that fits what is shown.

Tables on which it would hide other cells than it did are ruled out. The rule is handed in, so that nothing of the
product is imported here; of a secret key the attacker knows only what he guesses.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

Cell = Hashable
Table = Mapping[Cell, int]
Again = Callable[[Table, bytes], frozenset[Cell]]


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
) -> dict[Cell, set[int]]:
    """Return what each hidden cell can be, of the tables on which the rule hides just these with one of the keys."""
    pattern = frozenset(hidden)
    left: dict[Cell, set[int]] = {cell: set() for cell in hidden}
    for table in worlds(shown, hidden, sums, most):
        if any(again(table, key) == pattern for key in keys):
            for cell in hidden:
                left[cell].add(table[cell])
    return left
