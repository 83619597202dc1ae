"""How many figures are hidden for the sake of others: no more than a quarter above a greedy elimination after Gauss."""

import math

from benchmarks.companions import compared, eliminated
from indicators.disclosure.cells import Cell


def test_the_peer_hides_one_other_part_and_nothing_where_nothing_follows():
    cells = [Cell("t", 61, importance=math.inf), Cell("a", 1), Cell("b", 20), Cell("c", 9), Cell("d", 31)]
    assert eliminated(cells, [("t", list("abcd"))], {"a"}) == {"c"}
    assert eliminated(cells, [("t", list("abcd"))], {"a", "c"}) == set()


def test_no_more_companions_than_a_quarter_above_the_peer():
    ours, theirs = compared(worlds=8)
    assert theirs > 50
    assert ours <= 1.25 * theirs
